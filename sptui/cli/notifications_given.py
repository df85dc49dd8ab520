"""What `sptui notifications import` is given: whose the notifications are, and the files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sptui.cli.output import CommandError, Exit
from sptui.cli.whom import chosen

if TYPE_CHECKING:
    from sptui.spapi.authorization import Authorization
    from sptui.workspace import Workspace


def owner_of(workspace: Workspace, name: str | None) -> Authorization | None:
    """The one authorization that is meant; None where none is named. Raises CommandError."""
    if name is None:
        return None
    found = chosen(workspace.accounts, (name,))
    if len(found) > 1:
        told = ", ".join(each.key for each in found)
        raise CommandError(f"{name!r} is several: {told}. Name one of them.", Exit.USAGE)
    return found[0]


def contents_of(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file, of those in a folder, of standard input (``-``). Raises CommandError."""
    for name in names:
        if name == "-":
            yield "standard input", sys.stdin.buffer.read()
            continue
        path = Path(name)
        try:
            files = sorted(_in_folder(path)) if path.is_dir() else [path]
            if not files:
                raise CommandError(f"{name} holds no .json and no .jsonl file.", Exit.USAGE)
            for each in files:
                yield str(each), each.read_bytes()
        except OSError as problem:
            raise CommandError(f"{name} cannot be read: {problem.strerror or problem}.", Exit.USAGE) from problem


def _in_folder(folder: Path) -> Iterator[Path]:
    return (each for each in folder.rglob("*") if each.suffix.lower() in (".json", ".jsonl", ".ndjson"))
