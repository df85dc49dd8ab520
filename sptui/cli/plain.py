"""Text from elsewhere for a terminal: without what would move its cursor or break its lines."""

from __future__ import annotations


def plain(text: str) -> str:
    """One line: a blank for every character that would steer the terminal."""
    return "".join(each if each.isprintable() else " " for each in text)


def plain_lines(text: str) -> str:
    """The same with its line breaks kept."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def printable(text: str) -> str:
    """One line, as a name: a mark for every character that would steer the terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
