"""What the presence of one parameter asks of the others: one of several, never both, not without."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from sptui.spapi.catalogue import Condition, Operation, Values
from sptui.spapi.check.dates import field_at
from sptui.spapi.check.problems import ProblemKind, RequestProblem

Groups = tuple[tuple[str, ...], ...]


def is_blank(value: Any) -> bool:
    """Whether a value says nothing: null, or an empty text, list or object."""
    return value is None or value in ("", [], {})


def combination_problems(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    """What the catalogue tells of an operation's parameters together."""
    given = {name for name, value in values.items() if not is_blank(value)}
    token = operation.paging_token
    yield from group_problems(operation.one_of, operation.excludes, operation.needs, given, paging_token=token)
    for condition in operation.conditions:
        yield from _condition_problems(condition, dict(values))


def group_problems(
    one_of: Groups,
    excludes: Groups,
    needs: Groups,
    given: AbstractSet[str],
    prefix: str = "",
    *,
    paging_token: str = "",
) -> Iterator[RequestProblem]:
    """What is wrong with the set of names that are ``given``; ``prefix`` leads to the object whose fields they are."""
    for group in one_of:
        if not given & set(group):
            names = " or ".join(f"{prefix}{name}" for name in group)
            told = f"One of {', '.join(f'{prefix}{name}' for name in group)} must be given."
            yield RequestProblem(names, ProblemKind.ONE_OF, told, names)
    yield from _clashes(excludes, given, prefix, paging_token)
    for first, *others in needs:
        for other in others:
            if first in given and other not in given:
                told = f"{prefix}{first} needs {prefix}{other} beside it."
                yield RequestProblem(f"{prefix}{other}", ProblemKind.NEEDS, told, f"{prefix}{other}")


def _clashes(excludes: Groups, given: AbstractSet[str], prefix: str, paging_token: str) -> Iterator[RequestProblem]:
    told: set[frozenset[str]] = set()  # a clash is told once, however often the catalogue names it
    for first, *others in excludes:
        for other in others:
            pair = frozenset((first, other))
            if first not in given or other not in given or pair in told:
                continue
            told.add(pair)
            if first == paging_token:
                why = f"{prefix}{first} asks for the next page and takes no {prefix}{other} beside it."
                allowed = f"{prefix}{first} instead of the filters"
            else:
                why, allowed = f"{prefix}{other} cannot be given together with {prefix}{first}.", "one of the two"
            yield RequestProblem(f"{prefix}{other}", ProblemKind.CONFLICT, why, allowed)


def _condition_problems(condition: Condition, values: dict[str, Any]) -> Iterator[RequestProblem]:
    value = field_at(values, condition.parameter)
    told = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    matching = next((each for each in told if each in condition.values), None)
    if value is None or matching is None:
        return
    case = f"{condition.parameter} {matching}"
    for name in condition.needs:
        if is_blank(field_at(values, name)):
            yield RequestProblem(name, ProblemKind.NEEDS, f"{case} needs {name} beside it.", name)
    if condition.one_of and all(is_blank(field_at(values, name)) for name in condition.one_of):
        names = " or ".join(condition.one_of)
        yield RequestProblem(names, ProblemKind.ONE_OF, f"{case} needs {names} beside it.", names)
    for name in condition.excludes:
        if not is_blank(field_at(values, name)):
            yield RequestProblem(name, ProblemKind.CONFLICT, f"{name} cannot be given with {case}.", "one of the two")
