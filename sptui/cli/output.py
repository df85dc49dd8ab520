"""What goes to stdout, and with which exit status a command ends."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Sequence
from enum import IntEnum
from typing import Any, TypeVar

import click

T = TypeVar("T")


class Exit(IntEnum):
    """The exit statuses, the same for every command."""

    FINE = 0
    PROBLEM_FOUND = 1
    USAGE = 2
    COULD_NOT_FIND_OUT = 3


class CommandError(click.ClickException):
    """Ends a command with a message on stderr and one of the exit statuses."""

    def __init__(self, message: str, status: Exit) -> None:
        super().__init__(message)
        self.exit_code = status  # type: ignore[misc]  # click reads it from the instance


def print_json(value: Any) -> None:
    """One JSON value on one line of stdout."""
    import msgspec

    click.echo(msgspec.json.encode(value).decode())


def talk(text: str) -> None:
    """A line for people, on stderr: stdout is for the answer."""
    click.echo(text, err=True)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs the asynchronous part of a command; Ctrl+C and SIGTERM cancel it in order."""
    import asyncio
    import signal

    async def until_done() -> T:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        if sys.platform != "win32":
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(until_done())
    except asyncio.CancelledError:
        raise click.Abort from None


def table(rows: Sequence[tuple[str, ...]], header: tuple[str, ...]) -> str:
    """Plain columns, as wide as what they hold."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [header, *rows]]
    return "\n".join(line.rstrip() for line in lines)
