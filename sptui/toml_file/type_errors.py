"""Values of a wrong type, unknown and missing keys: msgspec's words made the file's words, with their place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final, TypeVar

import msgspec

from sptui.toml_file.errors import TomlFileError
from sptui.toml_file.places import Steps, place_in_toml

T = TypeVar("T")


def convert(data: Any, type_: type[T]) -> T:
    """TOML's values as ``type_``, strictly. Raises msgspec.ValidationError."""
    return msgspec.convert(data, type_, builtin_types=(datetime, date, time), str_keys=True)


_WORDS: Final = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list [...]",
    "object": "a table",
    "datetime": "a date and time such as 2026-10-02T08:15:00Z",
    "date": "a date such as 2026-10-02",
    "time": "a time such as 08:15:00",
}
_VALUE_WORDS: Final = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list"}


def type_error(text: str, data: Any, type_: type, name: str, told: str) -> TomlFileError:
    """The error for ``data`` (parsed from ``text``) of which msgspec ``told`` why it is no ``type_``."""
    message, _, where = told.partition(" - at ")
    at_key = where.startswith("`key` in ")
    steps = _resolve(_steps_in(where.removeprefix("`key` in ")), data, type_, told)
    if found := re.search(r"unknown field `(.*)`$", message, re.DOTALL):
        steps = (*steps, found[1])
        problem, expected = f"unknown key {found[1]!r}", _known_keys(type_, steps)
    elif found := re.search(r"missing required field `(.*)`$", message, re.DOTALL):
        problem, expected = f"{_label(steps)} without {found[1]!r}", f"expected {found[1]} = ..."
    elif message.startswith(("Invalid enum value", "Invalid value")):
        problem, expected = f"{_label(steps)} has a value that does not exist", _allowed(type_, steps)
        if at_key:
            problem = f"{_label(steps)} has a key that does not exist"
    elif message.startswith("Expected "):
        problem = f"{_label(steps)} is {_value_words(data, steps) if ', got ' in message else 'out of bounds'}"
        expected = _in_words(message)
    else:  # what a struct's own check says
        problem, _, expected = message.partition("; ")
    line, column = place_in_toml(text, steps)
    return TomlFileError(name, line, column, problem, expected or "expected a valid value", steps=steps)


def _steps_in(where: str) -> list[str | int | None]:
    """``$.seller[3].names[...]`` taken apart; None stands for a key that msgspec does not name."""
    found = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]|(\[\.\.\.\])", where)
    return [name or (int(index) if index else None) for name, index, _ in found]


def _resolve(steps: list[str | int | None], data: Any, type_: type, told: str) -> Steps:
    """The steps with each unnamed key found: the key whose entry alone brings about the same error."""
    known: Steps = ()
    for step in steps:
        found = _guilty_key(known, data, type_, told) if step is None else step
        if found is None:
            break
        known = (*known, found)
    return known


def _guilty_key(steps: Steps, data: Any, type_: type, told: str) -> str | None:
    table: dict[str, Any] = _value_at(data, steps)
    return next((key for key in table if _error_of(_with_only(data, steps, key), type_) == told), None)


def _with_only(data: Any, steps: Steps, key: str) -> Any:
    """A copy of ``data`` in which the table at ``steps`` holds ``key`` alone."""
    if not steps:
        return {key: data[key]}
    copy = data.copy()
    copy[steps[0]] = _with_only(data[steps[0]], steps[1:], key)
    return copy


def _error_of(data: Any, type_: type) -> str:
    try:
        convert(data, type_)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _value_at(data: Any, steps: Steps) -> Any:
    for step in steps:
        data = data[step]
    return data


def _value_words(data: Any, steps: Steps) -> str:
    value = _value_at(data, steps)
    for type_, words in _VALUE_WORDS.items():
        if isinstance(value, type_):
            return words
    return "a table" if isinstance(value, dict) else "a date or time"


def _label(steps: Steps) -> str:
    """The last key in words: ``region``, ``item 2 of latency_ms``, ``the file`` for the whole."""
    if not steps:
        return "the file"
    if isinstance(steps[-1], int):
        return f"item {steps[-1] + 1} of {_label(steps[:-1])}"
    return repr(steps[-1])


def _in_words(message: str) -> str:
    """Words for ``Expected `str | null`, got `int```: ``expected text in quotes``."""
    message = re.sub(r", got .*$", "", message, flags=re.DOTALL).replace(" | null", "")

    def words(found: re.Match[str]) -> str:
        return " or ".join(_WORDS.get(each, each) for each in found[1].split(" | "))

    return "e" + re.sub(r"`([^`]*)`", words, message).removeprefix("E")


def _known_keys(type_: type, steps: Steps) -> str:
    names = [field.encode_name for kind in _types_at(type_, steps[:-1]) for field in getattr(kind, "fields", ())]
    if close := difflib.get_close_matches(str(steps[-1]), names, n=1):
        return f"did you mean {close[0]!r}?"
    return f"expected {_listed(names)}" if names else "expected no key here"


def _allowed(type_: type, steps: Steps) -> str:
    """The values of the enumeration at ``steps`` (of its keys, where that is a table)."""
    import msgspec.inspect as types

    values: list[str] = []
    found = _types_at(type_, steps)
    for kind in [each.key_type if isinstance(each, types.DictType) else each for each in found]:
        if isinstance(kind, types.EnumType):
            values += [str(each.value) for each in kind.cls]
        elif isinstance(kind, types.LiteralType):
            values += [str(each) for each in kind.values]
    return f"expected {_listed(values)}" if values else "expected one of the values that exist"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _types_at(type_: type, steps: Steps) -> list[Any]:
    """The types of what ``steps`` leads to; several where the declaration allows several."""
    import msgspec.inspect as types

    found = list(_members(types.type_info(type_)))
    for step in steps:
        found = [member for kind in found for inner in _inner(kind, step) for member in _members(inner)]
    return found


def _members(kind: Any) -> Iterator[Any]:
    """The alternatives of a union, without None; any other type itself."""
    import msgspec.inspect as types

    if isinstance(kind, types.Metadata):
        yield from _members(kind.type)
    elif isinstance(kind, types.UnionType):
        for each in kind.types:
            yield from _members(each)
    elif not isinstance(kind, types.NoneType):
        yield kind


def _inner(kind: Any, step: str | int) -> Iterator[Any]:
    import msgspec.inspect as types

    if isinstance(kind, types.StructType):
        yield from (field.type for field in kind.fields if field.encode_name == step)
    elif isinstance(kind, types.DictType):
        yield kind.value_type
    elif isinstance(kind, types.TupleType) and isinstance(step, int):
        yield from kind.item_types[step : step + 1]
    elif isinstance(kind, types.CollectionType):
        yield kind.item_type
