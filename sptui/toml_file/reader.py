"""Typed TOML with errors that tell file, line, column, what is wrong and what was expected.

``tomllib`` reads, ``msgspec`` checks types.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import msgspec

from sptui.toml_file.errors import TomlFileError
from sptui.toml_file.places import line_and_column, plain_line_ends
from sptui.toml_file.type_errors import convert, type_error

T = TypeVar("T")


def read_toml_file(path: Path, type_: type[T]) -> T:
    """The file's content as ``type_``; a byte order mark and Windows line ends are fine, an empty file too.

    Raises TomlFileError, also where the file is missing, a folder, unreadable or not UTF-8.
    """
    text = read_toml_text(path)
    try:
        return decode_toml(text, type_, str(path))
    except TomlFileError as error:
        error.path = path
        raise


def read_toml_text(path: Path) -> str:
    """The text of a TOML file, without byte order mark. Raises TomlFileError as ``read_toml_file`` does."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        _unreadable(path, "there is no such file", "expected a TOML file there")
    except IsADirectoryError:
        _unreadable(path, "this is a folder", "expected a TOML file; move the folder away")
    except PermissionError:
        problem, remedy = "no permission to read it", "expected a file that you may read; check its owner and mode"
        if path.is_dir():  # what Windows says of a folder
            problem, remedy = "this is a folder", "expected a TOML file; move the folder away"
        _unreadable(path, problem, remedy)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        _unreadable(path, f"it cannot be read ({error})", "expected a readable TOML file")
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode().removeprefix("\ufeff")
        line, column = line_and_column(before, len(before))
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            problem = "this is UTF-16"
        raise TomlFileError(str(path), line, column, problem, "expected text saved as UTF-8", path=path) from None


def decode_toml(text: str, type_: type[T], name: str) -> T:
    """``text`` as ``type_``, strictly: no conversion of text to numbers, no unknown keys where the structs
    forbid them. ``name`` stands for the file in errors. Raises TomlFileError.
    """
    text = text.removeprefix("\ufeff")
    data = _parse(text, name)
    try:
        return convert(data, type_)
    except msgspec.ValidationError as error:
        raise type_error(text, data, type_, name, str(error)) from None
    except RecursionError:
        raise TomlFileError(name, 1, 1, "values are nested too deeply", "expected a few levels at most") from None


def _unreadable(path: Path, problem: str, expected: str) -> NoReturn:
    raise TomlFileError(str(path), 0, 0, problem, expected, path=path) from None


_SYNTAX: Final = (
    ("Invalid value", "no value of TOML's", "text in quotes, a number, true or false, a date, [a list] or {a table}"),
    ("Invalid statement", "not a statement", "key = value, [table] or [[table]]"),
    ("Invalid initial character for a key", "not a key", "letters, digits, - and _, or a key in quotes"),
    ("Expected '=' after a key", "a key without =", "key = value"),
    ("Expected newline or end of document", "more text after the end of a value", "one statement a line"),
    ("Cannot overwrite a value", "a key that is set already", "each key once"),
    ("Cannot redefine namespace", "a table that is set already", "each table once"),
    ("Cannot declare", "a table that is declared already", "each [table] once, or [[table]] for a list of them"),
    ("Cannot mutate immutable namespace", "a table that was closed already", "each table in one place"),
    ("Duplicate inline table key", "a key that is set already", "each key once"),
    ("Unclosed array", "a list without its end", "] after the last value"),
    ("Unclosed inline table", "a table without its end", "} after the last value"),
    ("Unterminated string", "text without its end", "closing quotes"),
    ("Unescaped '\\'", "a single \\ in text in double quotes", "\\\\ or 'single quotes'"),
    ("Expected '\"", "text without its end", "closing quotes"),
    ("Expected \"'", "text without its end", "closing quotes"),
    ("Expected ']]'", "a [[table]] that is not closed", "[[name]]"),
    ("Expected ']'", "a [table] that is not closed", "[name]"),
    ("Invalid date or datetime", "no such date", "a date such as 2026-10-02 or 2026-10-02T08:15:00Z"),
)


def _parse(text: str, name: str) -> dict[str, Any]:
    if "\x00" in text:
        line, column = line_and_column(plain_line_ends(text), plain_line_ends(text).index("\x00"))
        raise TomlFileError(name, line, column, "a NUL character", "expected text: the file is damaged or not TOML")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(plain_line_ends(text), name, str(error)) from None
    except RecursionError:
        raise TomlFileError(name, 1, 1, "values are nested too deeply", "expected a few levels at most") from None
    except ValueError:  # Python's limit on digits
        line, column = _place_of_long_number(plain_line_ends(text))
        raise TomlFileError(name, line, column, "a number of thousands of digits", "expected a shorter one") from None


def _syntax_error(text: str, name: str, told: str) -> TomlFileError:
    if found := re.search(r" \(at line (\d+), column (\d+)\)$", told):
        line, column = int(found[1]), int(found[2])
        told = told[: found.start()]
    else:
        line, column = line_and_column(text, len(text.rstrip("\n")))
        told = told.removesuffix(" (at end of document)")
    for start, problem, expected in _SYNTAX:
        if told.startswith(start):
            return TomlFileError(name, line, column, problem, f"expected {expected}")
    return TomlFileError(name, line, column, told[:1].lower() + told[1:], "expected valid TOML")


def _place_of_long_number(text: str) -> tuple[int, int]:
    found = re.search(r"[0-9][0-9_]{4000,}", text)
    return line_and_column(text, found.start() if found else 0)
