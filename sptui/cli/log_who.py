"""``sptui log who``: who else gets this error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sptui.cli.log_options import FILE, SINCE, UNTIL, asked, since_of
from sptui.cli.output import CommandError, Exit, print_json, talk

if TYPE_CHECKING:
    from sptui.calllog.asking.engine import Engine
    from sptui.calllog.questions import Question
    from sptui.spapi.calls import CallRecord
    from sptui.spapi.catalogue import Operation


@click.command()
@click.argument("operation")
@click.option("--status", type=click.IntRange(0, 999), help="The HTTP status; 0 for no answer.")
@click.option("--code", default="", help="The error's code, such as InvalidInput.")
@SINCE
@UNTIL
@FILE
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def who(
    ctx: click.Context,
    operation: str,
    status: int | None,
    code: str,
    since: str | None,
    until: str | None,
    file: str | None,
    *,
    as_json: bool,
) -> None:
    """Who else gets this error: all sellers, a group (and what they share), or one.

    OPERATION is a name such as getOrders, a key such as orders-v0.getOrders, or a method and path. Exit status 1 when
    somebody gets the error.
    """
    from sptui.calllog.asking.ask import who as ask
    from sptui.calllog.questions import Question

    meant = _operation(operation)
    latest = None
    with asked(ctx, file) as engine:
        question = Question(meant, status, code, since_of(engine, since), since_of(engine, until))
        answer = ask(engine, question, deep=not as_json)
        if not as_json and 0 < answer.failing < 3:
            latest = _latest(engine, question)
    if engine.unreadable:
        talk(_passed_over(engine.unreadable))
    if as_json:
        print_json(answer.as_json())
    else:
        from sptui.cli.who_report import describe

        click.echo(describe(answer, file, latest))
    ctx.exit(Exit.PROBLEM_FOUND if answer.failing else Exit.FINE)


def _latest(engine: Engine, question: Question) -> CallRecord | None:
    """The newest call that failed so: whose it is, where so few fail."""
    from sptui.calllog.asking.browse import page
    from sptui.calllog.browsing import FAILED_STATUSES, Chosen

    statuses: tuple[tuple[int, int], ...] = () if question.code else FAILED_STATUSES
    if question.status is not None:
        statuses = ((question.status, question.status),)
    chosen = Chosen(
        operations=(question.operation.key,), statuses=statuses, code=question.code,
        since=question.since, until=question.until,
    )  # fmt: skip
    return next(iter(page(engine, chosen, 1)), None)


def _passed_over(lines: int) -> str:
    told = "1 line that cannot be read is" if lines == 1 else f"{lines:,} lines that cannot be read are"
    return f"{told} not counted. sptui log import keeps such lines, and says why."


def _operation(text: str) -> Operation:
    from sptui.spapi.catalogue import AmbiguousOperationError, UnknownOperationError, load_catalogue

    method, _, path = text.partition(" ")
    if path.strip().startswith("/") and (matched := load_catalogue().match(method, path)):
        return matched[0]
    try:
        return load_catalogue().find(text)
    except (UnknownOperationError, AmbiguousOperationError) as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem
