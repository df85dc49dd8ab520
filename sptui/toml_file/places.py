"""Where the keys and tables of a TOML text stand.

``tomllib`` keeps no positions. A text that it has accepted is scanned once more here, on the error path alone.
"""

from __future__ import annotations

import re
import tomllib

Steps = tuple[str | int, ...]
"""The way to a value: names of keys and indexes of array elements."""


def place_in_toml(text: str, steps: Steps) -> tuple[int, int]:
    """Line and column (from 1) of the key or table that ``steps`` leads to in valid TOML.

    Where it is not in the text, the place of the nearest table around it; at last 1, 1.
    """
    text = plain_line_ends(text)
    try:
        places = _Scanner(text).places
    except RecursionError:
        places = {}
    while steps and steps not in places:
        steps = steps[:-1]
    return line_and_column(text, places.get(steps, 0))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column, both from 1, of an offset into ``text``."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def plain_line_ends(text: str) -> str:
    """``text`` with Windows line ends made plain, as tomllib counts lines and columns."""
    return text.replace("\r\n", "\n")


_BLANK = re.compile(r"(?:[ \t\n\r]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*""")
_STRING = re.compile(r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL)
_SIMPLE = re.compile(r"[^,\]}\n#]*")


class _Scanner:
    """Finds where the keys and tables of valid TOML stand: ``places`` maps steps to offsets in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Steps, int] = {(): 0}
        self._at = 0
        self._lengths: dict[Steps, int] = {}
        table: Steps = ()
        while self._skip_blank() < len(text):
            if text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip_blank(self) -> int:
        found = _BLANK.match(self.text, self._at)
        assert found is not None  # noqa: S101 - the pattern matches the empty string
        self._at = found.end()
        return self._at

    def _header(self) -> Steps:
        start = self._at
        many = self.text.startswith("[[", start)
        self._at += 2 if many else 1
        *outer, last = self._key()
        steps = self._into((), outer, start)
        steps = self._append((*steps, last), start) if many else self._into(steps, [last], start)
        self._at += 2 if many else 1
        return steps

    def _append(self, steps: Steps, start: int) -> Steps:
        """One more element of the list of tables at ``steps``."""
        index = self._lengths.get(steps, 0)
        self._lengths[steps] = index + 1
        self.places.setdefault(steps, start)
        self.places[*steps, index] = start
        return (*steps, index)

    def _into(self, steps: Steps, names: list[str], start: int) -> Steps:
        """Down through tables; a list of tables stands for its last element."""
        for name in names:
            steps = (*steps, name)
            self.places.setdefault(steps, start)
            if steps in self._lengths:
                steps = (*steps, self._lengths[steps] - 1)
        return steps

    def _key(self) -> list[str]:
        names: list[str] = []
        while found := _KEY_PART.match(self.text, self._at):
            bare, double, single = found.groups()
            names.append(_unescape(double) if double is not None else (single if single is not None else bare))
            self._at = found.end()
            if not self.text.startswith(".", self._at):
                break
            self._at += 1
        return names

    def _pair(self, table: Steps) -> None:
        start = self._at
        steps = self._into(table, self._key(), start)
        self._at += 1  # =
        self._value(steps)

    def _value(self, steps: Steps) -> None:
        self._skip_blank()
        first = self.text[self._at : self._at + 1]
        if first == "[":
            self._list(steps)
        elif first == "{":
            self._inline_table(steps)
        else:
            found = (_STRING if first in ('"', "'") else _SIMPLE).match(self.text, self._at)
            self._at = found.end() if found else len(self.text)

    def _list(self, steps: Steps) -> None:
        self._at += 1
        index = 0
        while self._skip_blank() < len(self.text) and self.text[self._at] != "]":
            self.places[*steps, index] = self._at
            self._value((*steps, index))
            index += 1
            self._skip_blank()
            self._at += self.text.startswith(",", self._at)
        self._at += 1

    def _inline_table(self, steps: Steps) -> None:
        self._at += 1
        while self._skip_blank() < len(self.text) and self.text[self._at] != "}":
            self._pair(steps)
            self._skip_blank()
            self._at += self.text.startswith(",", self._at)
        self._at += 1


def _unescape(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted
    name: str = next(iter(tomllib.loads(f'"{quoted}" = 0')))
    return name
