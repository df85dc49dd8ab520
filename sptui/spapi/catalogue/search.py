"""Finding operations by a few words, typed fast and half remembered."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

from sptui.spapi.catalogue.operation import Operation

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d[\d-]*")


def ranked(operations: Iterable[Operation], query: str) -> list[Operation]:
    """The operations in which every word of ``query`` is found, best first; equal ones keep their order.

    Only where no operation has them all as they were typed, what is nearly so counts.
    """
    words = query.lower().replace(",", " ").split()
    every = list(operations)
    if not words:
        return every
    return _sorted(every, words, _as_typed) or _sorted(every, words, _nearly)


def _sorted(every: list[Operation], words: list[str], score: Callable[[Operation, str], float]) -> list[Operation]:
    scored = [(_total(each, words, score), each) for each in every]
    return [each for total, each in sorted(scored, key=lambda pair: -pair[0]) if total > 0]


def _total(operation: Operation, words: list[str], score: Callable[[Operation, str], float]) -> float:
    total = 1.0
    for word in words:
        found = score(operation, word)
        if found == 0:
            return 0.0
        total += found
    return total - (0.5 if operation.is_vendor else 0.0) - (0.25 if operation.deprecated else 0.0)


def _as_typed(operation: Operation, word: str) -> float:
    """How well a word fits name, API, path, method or roles, where it is a part of one."""
    name, api = operation.name.lower(), operation.api.lower()
    if word in (name, operation.key.lower()):
        return 1000.0
    if name.startswith(word):
        return 12.0 + 8.0 * len(word) / len(name)
    if api.startswith(word):
        return 11.0 + 8.0 * len(word) / len(api)
    if word in name:
        return 10.0
    if word in operation.key.lower():
        return 8.0
    if word in operation.path.lower() or word == operation.method.lower():
        return 6.0
    return 3.0 if any(word in role.lower() for role in operation.roles) else 0.0


def _nearly(operation: Operation, word: str) -> float:
    """Initials (``gmp``), a slip of the fingers (``oders``) or letters left out (``getordr``)."""
    if (typed := _as_typed(operation, word)) > 0:
        return typed
    parts = [part.lower() for part in _WORD.findall(operation.name)]
    if len(word) > 1 and "".join(part[0] for part in parts).startswith(word):
        return 4.0
    if len(word) < 4:
        return 0.0
    name = operation.name.lower()
    close = difflib.get_close_matches(word, (*parts, operation.api.lower(), name), n=1, cutoff=0.75)
    if close:
        return 4.0 * difflib.SequenceMatcher(None, word, close[0]).ratio()
    return 1.0 if word[:3] == name[:3] and _in_order(word, name) else 0.0


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
