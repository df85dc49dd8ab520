"""``sptui log who`` and ``sptui log errors``: who else gets this error, and which errors there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sptui.cli.log_options import asked, moment_of, since_of
from sptui.cli.output import CommandError, Exit, print_json, table

if TYPE_CHECKING:
    from sptui.calllog.questions import Share, Signature, WhoAnswer
    from sptui.spapi.catalogue import Operation

_PATTERNS = {
    "all": "all sellers: not this seller's account; Amazon, the application's role or secret, or the request itself",
    "group": "a group of sellers",
    "one": "one seller alone: look at its authorization, marketplaces and account",
    "none": "no seller",
    "too few": "too few sellers make this call to tell (fewer than 3)",
}
SINCE = click.option(
    "--since", metavar="24h|TIME", help="Back from the log's newest call, or from a moment on. Default: everything."
)
FILE = click.option("--file", metavar="LOG", help="Ask a log where it lies, without importing it (- for stdin).")


@click.command()
@click.argument("operation")
@click.option("--status", type=click.IntRange(0, 999), help="The HTTP status; 0 for no answer.")
@click.option("--code", default="", help="The error's code, such as InvalidInput.")
@SINCE
@click.option("--until", metavar="TIME", help="Up to that moment.")
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
    end = moment_of(until)
    with asked(ctx, file) as engine:
        question = Question(meant, status, code, since_of(engine, since), end)
        answer = ask(engine, question, deep=not as_json)
    if as_json:
        print_json(answer.as_json())
    else:
        _show(answer)
    ctx.exit(Exit.PROBLEM_FOUND if answer.failing else Exit.FINE)


@click.command()
@SINCE
@FILE
@click.option("--json", "as_json", is_flag=True, help="One JSON object an error.")
@click.pass_context
def errors(ctx: click.Context, since: str | None, file: str | None, *, as_json: bool) -> None:
    """The errors in the log, alike ones as one: how many sellers they hit, and since when."""
    from sptui.calllog.asking.ask import errors as ask
    from sptui.calllog.questions import iso

    with asked(ctx, file) as engine:
        found = ask(engine, since_of(engine, since))
    for each in found if as_json else ():
        print_json(
            {
                "operation": each.operation,
                "status": each.status,
                "code": each.code,
                "message": each.message,
                "sellers": each.sellers,
                "at_least": each.at_least,
                "calls": each.calls,
                "first": iso(each.first),
                "last": iso(each.last),
            }
        )
    if not as_json:
        click.echo(table([_row(each) for each in found], ("SELLERS", "CALLS", "SINCE (UTC)", "OPERATION", "ERROR")))
    ctx.exit(Exit.PROBLEM_FOUND if found else Exit.FINE)


def _operation(text: str) -> Operation:
    from sptui.spapi.catalogue import AmbiguousOperationError, UnknownOperationError, load_catalogue

    method, _, path = text.partition(" ")
    if path.strip().startswith("/") and (matched := load_catalogue().match(method, path)):
        return matched[0]
    try:
        return load_catalogue().find(text)
    except (UnknownOperationError, AmbiguousOperationError) as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem


def _show(answer: WhoAnswer) -> None:
    question = answer.question
    error = " ".join(filter(None, (str(question.status) if question.status is not None else "", question.code)))
    click.echo(f"{question.operation.key} · {error or 'any error'}")
    low, high = (round(100 * each) for each in answer.range)
    click.echo(f"{answer.failing} of {answer.calling} sellers fail ({low} to {high} % at 95 %): "
               f"{_PATTERNS[answer.pattern.value]}")  # fmt: skip
    click.echo(f"{answer.failures} calls failed so")
    if answer.first_failure and answer.last_failure:
        click.echo(
            f"first {answer.first_failure:%Y-%m-%d %H:%M:%S} UTC, last {answer.last_failure:%Y-%m-%d %H:%M:%S} UTC"
        )
    for shared in answer.shared:
        (hit, of), (others, other_sellers) = shared.among_failing, shared.among_others
        sure = "" if shared.sure else ", which may be chance"
        told = (
            f"they share the {shared.attribute} {shared.value}: {hit} of {of}, and {others} of {other_sellers} others"
        )
        click.echo(told + sure)
    if answer.elsewhere:
        click.echo(f"{answer.elsewhere} of them get it in one marketplace and never in another of theirs")
    if answer.controls is not None and answer.controls.same_sellers_calling:
        controls = answer.controls
        told = f"{controls.same_sellers_failing} of {controls.same_sellers_calling}"
        click.echo(f"other operations: {told} of these sellers get the same error there")
    for title, shares in (("MARKETPLACE", answer.marketplaces), ("REGION", answer.regions)):
        if any(each.value for each in shares):
            click.echo("\n" + table([_share(each) for each in shares], (title, "CALLING", "FAILING")))
    if answer.signatures:
        rows = [(str(each.sellers), str(each.calls), _error(each)) for each in answer.signatures[:20]]
        click.echo("\n" + table(rows, ("SELLERS", "CALLS", "ERROR")))


def _share(share: Share) -> tuple[str, ...]:
    return share.value or "(none named)", str(share.calling), str(share.failing)


def _row(signature: Signature) -> tuple[str, ...]:
    sellers = f"{signature.sellers}{'+' if signature.at_least else ''}"
    since = f"{signature.first:%Y-%m-%d %H:%M}" if signature.first else ""
    return sellers, str(signature.calls), since, signature.operation, _error(signature)


def _error(signature: Signature) -> str:
    return " ".join(filter(None, (str(signature.status or "no answer"), signature.code, signature.message)))[:160]
