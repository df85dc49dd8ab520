"""What the commands of ``sptui log`` have in common: the log asked, which calls of it, the end of trouble."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sptui.calllog.asking.engine import CallLogError, LogUnreachableError
from sptui.calllog.preparing import PreparingEndedError
from sptui.cli.context import Invocation, workspace_of
from sptui.cli.log_opening import opened_told
from sptui.cli.output import CommandError, Exit, run, talk
from sptui.database import DatabaseError

if TYPE_CHECKING:
    from sptui.calllog.asking.engine import Engine
    from sptui.calllog.browsing import Chosen
    from sptui.calllog.query import Query, Term
    from sptui.workspace import Workspace

FILE: Final = click.option("--file", metavar="LOG", help="Ask a log where it lies, without importing it (- for stdin).")
SINCE: Final = click.option(
    "--since", metavar="24h|TIME", help="Back from the log's newest call, or from a moment on. Default: everything."
)
UNTIL: Final = click.option("--until", metavar="1h|TIME", help="Up to then.")
_FILTERS: Final = (
    ("seller", "seller", "NAME", "A seller's name or id; repeat it for several."),
    ("marketplace", "marketplace", "ID", "A marketplace's id, or a country such as DE."),
    ("operation", "op", "NAME", "An operation such as getOrders; repeat it for several."),
    ("region", "region", "NA|EU|FE", "A region."),
    ("status", "status", "403", "Such as 403, 4xx, failed, ok or none (no answer); several with commas."),
    ("code", "code", "CODE", "The error's code, such as InvalidInput."),
)
_SEVERAL: Final = ("seller", "operation", "status")


@contextmanager
def trouble_told() -> Iterator[None]:
    """What goes wrong with a log, as the end of a command."""
    try:
        yield
    except PreparingEndedError as ended:
        talk(str(ended))
        raise click.Abort from None
    except LogUnreachableError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem
    except CallLogError as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem
    except DatabaseError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem


@contextmanager
def asked(ctx: click.Context, file: str | None) -> Iterator[Engine]:
    """The log that a command asks: a file, else the database of ``[call_log] url``, else sptui's own."""
    from sptui.calllog import duck, opening

    with trouble_told():
        if file is not None:
            if not duck.available():
                talk(duck.NEEDS_EXTRA)
            with opened_told(partial(opening.asked_file, file)) as engine:
                yield engine
            return
        workspace = workspace_of(ctx)
        try:
            with opened_told(workspace.asked_log) as engine:
                yield engine
        finally:
            run(workspace.close())


def folder_of(workspace: Workspace) -> Path | None:
    """Where imported calls lie; nowhere in a simulated world."""
    return workspace.log_folder


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose calls; the command gets them as ``terms``, and ``file``."""

    @functools.wraps(command)
    def with_terms(*arguments: Any, text: str | None, since: str | None, until: str | None, **options: Any) -> Any:
        from sptui.calllog.query import Term

        given = {key: options.pop(name) for name, key, _, _ in _FILTERS}
        terms = [Term(key, value) for key, values in given.items() for value in _each(values)]
        terms += [Term(key, value) for key, value in (("", text), ("since", since), ("until", until)) if value]
        return command(*arguments, terms=terms, **options)

    decorated = FILE(with_terms)
    for option in (
        UNTIL,
        SINCE,
        click.option("--text", metavar="TEXT", help="To be found in code, message, details, request id or path."),
    ):
        decorated = option(decorated)
    for name, _, metavar, told in reversed(_FILTERS):
        decorated = click.option(f"--{name}", metavar=metavar, multiple=name in _SEVERAL, help=told)(decorated)
    return decorated


def chosen_of(ctx: click.Context, engine: Engine, terms: list[Term]) -> Chosen:
    """Which calls the options mean. Raises CommandError for what cannot be understood."""
    query = understood(ctx, terms)
    return query.at(engine.newest() if query.needs_newest else None)


def understood(ctx: click.Context, terms: list[Term]) -> Query:
    """The options, understood as the screen's filter is. Raises CommandError."""
    from sptui.calllog.query import query_of_terms

    query = query_of_terms(terms, _sellers(ctx) if any(each.key == "seller" for each in terms) else {})
    if query.problems:
        raise CommandError(" ".join(query.problems), Exit.USAGE)
    return query


def _each(values: tuple[str, ...] | str | None) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else values or ()


def _sellers(ctx: click.Context) -> dict[str, tuple[str, ...]]:
    """The ids of the sellers known by name."""
    from sptui.settings import SettingsError, load_accounts
    from sptui.toml_file import TomlFileError

    invocation = ctx.find_object(Invocation) or Invocation()
    if invocation.simulated:
        from sptui.simulator.world import accounts_of

        sellers = list(accounts_of(invocation.world())[1])
    else:
        try:
            sellers = list(load_accounts().sellers)
        except (SettingsError, TomlFileError) as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
    return {each.name: tuple(one.seller_id for one in each.authorizations) for each in sellers}


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
