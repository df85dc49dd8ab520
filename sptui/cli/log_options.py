"""What the commands of ``sptui log`` have in common: the log asked, the window, the end of trouble."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sptui.calllog.asking.engine import CallLogError
from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, run
from sptui.database import DatabaseError

if TYPE_CHECKING:
    from sptui.calllog.asking.database import DatabaseLog
    from sptui.calllog.asking.engine import Engine
    from sptui.workspace import Workspace


@contextmanager
def trouble_told() -> Iterator[None]:
    """What goes wrong with a log, as the end of a command."""
    try:
        yield
    except CallLogError as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem
    except DatabaseError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem


@contextmanager
def asked(ctx: click.Context, file: str | None) -> Iterator[Engine]:
    """The log that a command asks: a file, else the database of ``[call_log] url``, else sptui's own."""
    from sptui.calllog import opening

    with trouble_told():
        if file is not None:
            with opening.asked_file(file) as engine:
                yield engine
            return
        workspace = workspace_of(ctx)
        try:
            database = _database(workspace)
            if database is not None:
                with opening.asked_database(database) as engine:
                    yield engine
                return
            with opening.asked_log(workspace.call_log, folder_of(workspace)) as engine:
                yield engine
        finally:
            run(workspace.close())


def folder_of(workspace: Workspace) -> Path | None:
    """Where imported calls lie; nowhere in a simulated world."""
    from sptui.settings import data_dir

    return None if workspace.simulated else data_dir()


def _database(workspace: Workspace) -> DatabaseLog | None:
    import os

    from sptui.calllog.asking.database import DatabaseLog

    config = workspace.config.call_log
    if not config.url or workspace.simulated:
        return None
    return DatabaseLog(
        url=config.url,
        table=config.table,
        columns=config.columns,
        timeout=config.timeout.total_seconds(),
        password=os.environ.get("SPTUI_CALL_LOG_PASSWORD", ""),
    )


def since_of(engine: Engine, text: str | None) -> datetime | None:
    """The start of the window: ``24h`` back from the newest call of the log, or a moment (ISO 8601, UTC)."""
    if text is None:
        return None
    from sptui.calllog.asking.ask import window_start
    from sptui.settings import parse_duration

    try:
        return window_start(engine, parse_duration(text))
    except ValueError:
        return moment_of(text)


def moment_of(text: str | None) -> datetime | None:
    """A moment as ISO 8601; without a zone it is UTC. Raises click's usage error."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"{text!r} is neither a duration such as 24h or 30d nor a moment such as 2026-11-23T12:00Z."
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
