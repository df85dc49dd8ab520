"""Objects as programs print them: JSON, Python's ``repr``, JavaScript's ``inspect``, PHP's ``=>``; cut ones too.

A tolerant parser that never raises: it takes quoted strings of every kind, bare keys and words, ``None`` and
``undefined``, trailing commas, ``HTTPHeaderDict({…})``, and returns what it has where the text ends too early.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import json

_DEEPEST: Final = 40
_MOST_TRIED: Final = 2000
"""Braces that are looked behind: a text of nothing but braces is no call."""
_SPACE = re.compile(r"[\s,;]*")
_WORD = re.compile(r"[A-Za-z_$@][\w$.@-]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BARE = re.compile(r"[^\s,;{}\[\]()\"'`:=]+")
_ARROW = re.compile(r"\s*(?:=>|:|=)\s*")
_WORDS: Final = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "None": None, "NULL": None, "undefined": None, "nil": None,
}  # fmt: skip
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)


def objects_in(text: str, budget: int | None = None) -> Iterator[tuple[Any, int, int]]:
    """Each outermost object or list in ``text`` with where it begins and ends.

    ``budget``: characters looked at in all (default: four times the text, so that time stays linear).
    """
    left = 4 * len(text) + 1000 if budget is None else budget
    at = 0
    opening = re.compile(r"[{\[]")
    for _ in range(_MOST_TRIED):
        found = opening.search(text, at)
        if left <= 0 or found is None:
            return
        value, end = parse(text, found.start(), limit=left)
        left -= max(1, end - found.start())
        # A brace in prose: what parsed to nothing is passed over, so that an object inside it is still found.
        at = end if value else found.start() + 1
        if value:
            yield value, found.start(), end


def parse(text: str, at: int = 0, *, limit: int | None = None) -> tuple[Any, int]:
    """The value at ``at`` and where it ends. Never raises."""
    try:
        value, end = _decoder().raw_decode(text, at)
    except (ValueError, RecursionError):
        end = len(text) if limit is None else min(len(text), at + limit)
        return _Parser(text, end).value(at, 0)
    return (_without_halves(value) if "\\ud" in text[at:end].lower() else value), end


@functools.cache
def _decoder() -> json.JSONDecoder:
    """JSON from the middle of a text: the standard library alone can tell where a value ends."""
    import json

    return json.JSONDecoder()


def _without_halves(value: Any) -> Any:
    """The JSON value without halves of characters (``\\ud800``), which no encoding takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_without_halves(each) for each in value]
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(each) for name, each in value.items()}
    return value


class _Parser:
    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        at = self._skip(_SPACE, at)
        if at >= self._end or depth > _DEEPEST:
            return None, self._end if depth > _DEEPEST else at
        character = self._text[at]
        if character == "{":
            return self._object(at + 1, depth)
        if character == "[":
            return self._list(at + 1, depth)
        if character in "\"'`":
            return self.string(at)
        if character in "bBrRuUf" and self._text[at + 1 : at + 2] in ('"', "'"):
            return self.string(at + 1)
        return self._plain(at, depth)

    def string(self, at: int) -> tuple[str, int]:
        """The string whose quote stands at ``at``; up to the end where it is never closed."""
        quote = self._text[at]
        parts: list[str] = []
        start = at = at + 1
        closing = _ENDS[quote]
        while found := closing.search(self._text, at, self._end):
            if found[0] == quote:
                parts.append(self._text[start : found.start()])
                return _unescaped("".join(parts)), found.end()
            at = min(found.start() + 2, self._end)
        return _unescaped(self._text[start : self._end]), self._end

    def _plain(self, at: int, depth: int) -> tuple[Any, int]:
        if (number := _NUMBER.match(self._text, at, self._end)) and not _WORD.match(self._text, number.end()):
            text = number[0]
            return (float(text) if any(each in text for each in ".eE") else int(text[:300])), number.end()
        if word := _WORD.match(self._text, at, self._end):
            if word[0] in _WORDS:
                return _WORDS[word[0]], word.end()
            if self._text[word.end() : word.end() + 1] == "(":  # a constructor: what it was given counts
                value, end = self.value(word.end() + 1, depth + 1)
                closing = self._skip(_SPACE, end)
                return value, closing + 1 if self._text[closing : closing + 1] == ")" else max(end, word.end() + 1)
        bare = _BARE.match(self._text, at, self._end)
        return (bare[0], bare.end()) if bare else (None, at + 1)

    def _object(self, at: int, depth: int) -> tuple[Any, int]:
        found: dict[str, Any] = {}
        while True:
            at = self._skip(_SPACE, at)
            if at >= self._end:
                return found, self._end
            if self._text[at] in "}])":
                return found, at + 1
            key, after = self._key(at)
            arrow = _ARROW.match(self._text, after, self._end)
            if key is None or arrow is None:
                if not found and key is None:
                    return found, at + 1
                at = max(after, at + 1)  # a stray word: go on behind it
                continue
            found[key], at = self.value(arrow.end(), depth + 1)

    def _list(self, at: int, depth: int) -> tuple[Any, int]:
        found: list[Any] = []
        keyed: dict[str, Any] = {}
        while True:
            at = self._skip(_SPACE, at)
            if at >= self._end or self._text[at] in "]})":
                return (keyed or found), min(at + 1, self._end)
            value, after = self.value(at, depth + 1)
            arrow = _ARROW.match(self._text, after, self._end)
            if arrow is not None and isinstance(value, str) and arrow[0].strip():  # PHP: ['code' => 'InvalidInput']
                keyed[value], after = self.value(arrow.end(), depth + 1)
            elif value is not None:
                found.append(value)
            at = max(after, at + 1)

    def _key(self, at: int) -> tuple[str | None, int]:
        if self._text[at] in "\"'`":
            return self.string(at)
        if self._text[at] in "bu" and self._text[at + 1 : at + 2] in ('"', "'"):
            return self.string(at + 1)
        bare = _BARE.match(self._text, at, self._end)
        return (bare[0], bare.end()) if bare else (None, at)

    def _skip(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self._text, at, self._end)
        return found.end() if found else at


_ENDS: Final = {quote: re.compile(rf"\\|{quote}") for quote in "\"'`"}


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    told = found[1]
    if len(told) > 1:
        code = int(told[1:], 16)
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
    return _ESCAPES.get(told, told)


def json_or_text(text: str) -> Any:
    """The JSON value in ``text``, where it is one; else the text."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return text
