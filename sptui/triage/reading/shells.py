"""A command's words as bash, cmd.exe or PowerShell would hand them over."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Shell(StrEnum):
    """Whose quoting a command is in."""

    BASH = "bash"
    CMD = "cmd.exe"
    POWERSHELL = "PowerShell"


_CARET_LINE = re.compile(r"\^[ \t]*\n")
_BACKTICK_LINE = re.compile(r"`[ \t]*\n")
_CURLY: Final = {0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'"}


def shell_of(command: str) -> Shell:
    """Whose quoting it looks like: line ends tell, then the quotes, then the program's name."""
    start = command[:20_000]
    if _CARET_LINE.search(start) or '^"' in start:
        return Shell.CMD
    if _BACKTICK_LINE.search(start):
        return Shell.POWERSHELL
    if "\\\n" in start:
        return Shell.BASH
    return Shell.POWERSHELL if re.match(r"\s*curl\.exe\b", start) and "'" in start else Shell.BASH


def split_command(text: str, at: int = 0) -> tuple[list[str], int, Shell]:
    """The words of the command at ``at``, where it ends, and its shell. It ends with its line, which the shells
    continue each in their own way, or at a pipe or a semicolon. A quote that is never closed runs to the end.
    """
    shell = shell_of(text[at:])
    if shell is Shell.CMD:
        words, end = _cmd_words(text, at)
        return words, end, shell
    quotes = text[at : at + 50_000]
    if '"' not in quotes and "'" not in quotes:
        text = text.translate(_CURLY)
    words, end = _Words(text, at, shell).read()
    return words, end, shell


class _Words:
    """bash and PowerShell: they differ in what escapes and what continues a line."""

    def __init__(self, text: str, at: int, shell: Shell) -> None:
        self._text = text
        self._at = at
        self._escape = "`" if shell is Shell.POWERSHELL else "\\"
        self._powershell = shell is Shell.POWERSHELL
        self._word: list[str] | None = None
        self._words: list[str] = []

    def read(self) -> tuple[list[str], int]:
        text, size = self._text, len(self._text)
        while self._at < size:
            character = text[self._at]
            if character in " \t":
                self._finish()
            elif character == "\n" or (character in "|;" and self._is_end(character)):
                break
            elif character == self._escape:
                self._escaped()
                continue
            elif character == "$" and text[self._at + 1 : self._at + 2] == "'" and not self._powershell:
                self._at += 1
                self._quoted("'", "\\", unescape=True)
                continue
            elif character == "'":
                self._quoted("'", "")
                continue
            elif character == '"':
                self._quoted('"', self._escape)
                continue
            else:
                self._add(character)
            self._at += 1
        self._finish()
        return self._words, self._at

    def _is_end(self, character: str) -> bool:
        # A token's own bar (Atza|…) is not quoted by everybody; a pipe has a blank before or behind it.
        around = self._text[max(0, self._at - 1) : self._at] + self._text[self._at + 1 : self._at + 2]
        return character == ";" or not around.strip() or " " in around

    def _add(self, text: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(text)

    def _finish(self) -> None:
        if self._word is not None:
            self._words.append("".join(self._word))
            self._word = None

    def _escaped(self) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        if following in ("\n", ""):
            self._at += 2
            return
        if following in " \t" and (rest := re.compile(r"[ \t]*\n").match(self._text, self._at + 1)):
            self._at = rest.end()  # blanks behind the backslash: the shell would stop, the person meant to go on
            return
        self._add(following)
        self._at += 2

    def _quoted(self, quote: str, escape: str, *, unescape: bool = False) -> None:
        text, size, at = self._text, len(self._text), self._at + 1
        self._add("")
        stops = re.compile(f"[{re.escape(quote + escape)}]")
        while at < size:
            found = stops.search(text, at)
            if found is None:
                self._add(text[at:])
                at = size
                break
            self._add(text[at : found.start()])
            at = found.end()
            if found[0] == quote:
                if self._powershell and text[at : at + 1] == quote:
                    self._add(quote)
                    at += 1
                    continue
                break
            at = self._escape_inside(at, unescape=unescape)
        self._at = at

    def _escape_inside(self, at: int, *, unescape: bool) -> int:
        character = self._text[at : at + 1]
        if unescape:
            if coded := re.compile(r"u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})").match(self._text, at):
                code = int(coded[1] or coded[2], 16)
                self._add("\ufffd" if 0xD800 <= code < 0xE000 else chr(code))
                return coded.end()
            self._add({"n": "\n", "t": "\t", "r": "\r"}.get(character, character))
        elif self._powershell:
            self._add({"n": "\n", "t": "\t", "r": "\r"}.get(character, character))
        elif character in '"\\$`':
            self._add(character)
        elif character != "\n":
            self._add("\\" + character)
        return at + 1


def _cmd_words(text: str, at: int) -> tuple[list[str], int]:
    """cmd.exe: a caret escapes what follows and continues the line; only double quotes quote."""
    line: list[str] = []
    size = len(text)
    while at < size:
        character = text[at]
        if character == "^" and at + 1 < size:
            if text[at + 1] == "\n":
                at += 2
                if text[at : at + 1] == "\n":  # ^ and two line ends: a line end in the value
                    line.append("\n")
                    at += 1
                elif line and line[-1] != " ":
                    line.append(" ")
                continue
            blanks = _CARET_LINE.match(text, at)
            line.append(" " if blanks else text[at + 1])
            at = blanks.end() if blanks else at + 2
            continue
        if character == "\n":
            break
        line.append(character)
        at += 1
    return _program_words("".join(line)), at


def _program_words(line: str) -> list[str]:
    """Words as a Windows program splits its command line."""
    words: list[str] = []
    word: list[str] | None = None
    quoted = False
    at = 0
    while at < len(line):
        character = line[at]
        if character == "\\" and line[at + 1 : at + 2] == '"':
            word = [] if word is None else word
            word.append('"')
            at += 2
            continue
        if character == '"':
            word = [] if word is None else word
            if quoted and line[at + 1 : at + 2] == '"':
                word.append('"')
                at += 1
            else:
                quoted = not quoted
        elif character in " \t\n" and not quoted:
            if word is not None:
                words.append("".join(word))
                word = None
        else:
            word = [] if word is None else word
            word.append(character)
        at += 1
    return [*words, "".join(word)] if word is not None else words
