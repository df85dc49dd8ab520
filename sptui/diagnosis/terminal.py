"""Is the terminal one that the app can be seen on?"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

import msgspec

from sptui.diagnosis.finding import Finding, State


class Terminal(msgspec.Struct, frozen=True):
    """What is known of it: whether it is one, its size in cells, the encoding of the output."""

    is_terminal: bool
    columns: int
    lines: int
    encoding: str


def this_terminal() -> Terminal:
    """The terminal that the program writes to; its size is 0 where it does not tell."""
    output = sys.__stdout__
    try:
        columns, lines = os.get_terminal_size(output.fileno()) if output is not None else (0, 0)
    except (OSError, ValueError):
        columns, lines = 0, 0
    is_terminal = output is not None and output.isatty()
    return Terminal(is_terminal, columns, lines, (output.encoding if output is not None else "") or "")


def check_terminal(terminal: Terminal, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What stands in the way of the app on this terminal."""
    if not terminal.is_terminal:
        yield Finding("terminal", State.SKIPPED, "Not looked at: the output goes elsewhere.")
        return
    name = environment.get("TERM", "")
    if name in ("", "dumb", "unknown") and os.name != "nt":
        do = "Set it to what the terminal is, for most of them TERM=xterm-256color."
        yield Finding("terminal", State.PROBLEM, f"TERM is {name or 'not set'}: the app cannot be drawn.", do)
    if "utf" not in terminal.encoding.lower():
        do = "Set a UTF-8 locale, such as LANG=C.UTF-8 (Windows: use Windows Terminal)."
        yield Finding(
            "terminal", State.PROBLEM, f"The output is {terminal.encoding or 'of no encoding'}, not UTF-8.", do
        )
    if terminal.columns and (terminal.columns < 80 or terminal.lines < 24):
        found = f"It has {terminal.columns}x{terminal.lines} cells; the app is made for 80x24 and more."
        yield Finding("terminal", State.WARNING, found, "Make the window larger, or its letters smaller.")
    size = f"{terminal.columns}x{terminal.lines} cells" if terminal.columns else "of unknown size"
    yield Finding("terminal", State.OK, f"{_colours(name, environment)}, {size}.")


def _colours(name: str, environment: Mapping[str, str]) -> str:
    told = name or "A Windows console"
    if environment.get("TMUX"):
        told += " in tmux"
    if environment.get("NO_COLOR"):
        return f"{told}, without colours (NO_COLOR)"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or environment.get("WT_SESSION"):
        return f"{told}, 16 million colours"
    return f"{told}, {'256' if '256' in name else '16'} colours as far as TERM tells"
