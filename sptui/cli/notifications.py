"""``sptui notifications``: the account-status notifications, from the set-up to the history."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from sptui.cli.context import workspace_of
from sptui.cli.notifications_given import contents_of, owner_of
from sptui.cli.notifications_report import (
    fates_in_words,
    finding_as_json,
    last_change,
    pass_in_words,
    print_changes,
    print_gaps,
    result_as_json,
    status_of,
    tell_taken,
    tell_waiting,
    teller,
)
from sptui.cli.output import CommandError, Exit, print_json, run, table, talk
from sptui.cli.plain import plain_lines
from sptui.cli.whom import chosen
from sptui.database import DatabaseError
from sptui.health.notifications.queue_errors import QueueError

if TYPE_CHECKING:
    from sptui.health.notifications.amazon import Asks, SideEffect
    from sptui.workspace import Workspace

json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
yes_option = click.option("--yes", "assume_yes", is_flag=True, help="Yes to every call with side effects.")
sellers_argument = click.argument("sellers", nargs=-1, metavar="[SELLER]...")


@click.group()
def notifications() -> None:
    """Changes of accounts' status (ACCOUNT_STATUS_CHANGED): set them up, read them, import them.

    Amazon delivers them to an SQS queue of yours: config.toml, [notifications], queue_url. Reading it takes
    `pip install 'sptui[aws]'` and AWS credentials from AWS's own chain. Without AWS, `import` takes files.
    """


@notifications.command()
@json_option
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> None:
    """Look at the queue: can Amazon deliver to it, and may sptui read it? Exit status 1 for a problem."""

    async def work(workspace: Workspace) -> Exit:
        findings = await workspace.notifications.check()
        if as_json:
            print_json(
                {"queue": workspace.notifications.address.url, "checks": [finding_as_json(each) for each in findings]}
            )
        else:
            for each in findings:
                click.echo(f"{each.state:<8} {each.check}: {plain_lines(each.found)}")
                if each.do:
                    click.echo(f"         → {plain_lines(each.do)}")
        return Exit.PROBLEM_FOUND if any(each.state == "problem" for each in findings) else Exit.FINE

    ctx.exit(_run(ctx, work))


@notifications.command()
@sellers_argument
@yes_option
@json_option
@click.pass_context
def setup(ctx: click.Context, sellers: tuple[str, ...], *, assume_yes: bool, as_json: bool) -> None:
    """Create the destination and subscribe each SELLER (default: all). Asks before each call that changes something.

    It looks first and changes only what is missing, so it may be run again after it stopped half-way. Exit status 1
    when a seller could not be subscribed, 3 when Amazon could not be asked.
    """

    async def work(workspace: Workspace) -> Exit:
        service = workspace.notifications
        making = service.setup(_asking(assume_yes=assume_yes))
        results = await making.set_up(
            chosen(workspace.accounts, sellers), service.arn, service.config.destination, teller(as_json=as_json)
        )
        tell_taken(service.assign())
        return status_of(results)

    ctx.exit(_run(ctx, work))


@notifications.command()
@sellers_argument
@json_option
@click.pass_context
def status(ctx: click.Context, sellers: tuple[str, ...], *, as_json: bool) -> None:
    """How each SELLER stands at Amazon now (default: all). Changes nothing. Exit status 1: one is not subscribed."""

    async def work(workspace: Workspace) -> Exit:
        from sptui.health.notifications.setup import Standing

        service = workspace.notifications
        making = service.setup(_asking(assume_yes=False))
        results = await making.look(chosen(workspace.accounts, sellers), service.arn)
        tell_taken(service.assign())
        if as_json:
            for each in results:
                print_json(result_as_json(each))
        else:
            rows = [
                (
                    each.authorization.seller,
                    each.authorization.region.value,
                    each.standing.value,
                    last_change(service, each),
                )
                for each in results
            ]
            click.echo(plain_lines(table(rows, ("SELLER", "REGION", "NOTIFICATIONS", "LAST CHANGE"))))
            for each in results:
                if each.problem:
                    talk(f"! {plain_lines(each.authorization.key)}: {plain_lines(each.problem)}")
            tell_waiting(service)
        missing = any(each.standing is Standing.NOT_SUBSCRIBED for each in results)
        return Exit.PROBLEM_FOUND if missing and status_of(results) is Exit.FINE else status_of(results)

    ctx.exit(_run(ctx, work))


@notifications.command()
@click.option("--once/--watch", "once", default=True, help="Read what there is (default), or go on until Ctrl+C.")
@json_option
@click.pass_context
def read(ctx: click.Context, *, once: bool, as_json: bool) -> None:
    """Read the queue into the history. What is deleted from it: nothing, unless own_queue = true in config.toml.

    With --json, one object a change. Exit status 3 when the queue cannot be read.
    """

    async def work(workspace: Workspace) -> Exit:
        service = workspace.notifications
        service.listeners += [lambda taken: print_changes(taken.changes, as_json=as_json), print_gaps]
        if not once:
            await service.reader(lambda problem: talk(plain_lines(problem)) if problem else None).watch()
        done = await service.reader().read_once()
        if not as_json:
            talk(pass_in_words(done))
            tell_waiting(service)
        return Exit.FINE

    ctx.exit(_run(ctx, work))


@notifications.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--seller", help="Whose they are where their subscription is not known.")
@json_option
@click.pass_context
def import_files(ctx: click.Context, files: tuple[str, ...], seller: str | None, *, as_json: bool) -> None:
    """Take over notifications from files, folders of .json and .jsonl files, or - for standard input.

    One message, an array, or one message a line, in any envelope (SQS, SNS, EventBridge). Exit status 2 when nothing
    could be read, 1 when something could not.
    """

    async def work(workspace: Workspace) -> Exit:
        service = workspace.notifications
        owner = owner_of(workspace, seller)
        fates: list[str] = []
        for name, data in contents_of(files):
            taken = service.take_file(data, owner)
            print_changes(taken.changes, as_json=as_json)
            fates += [each.value for each in taken.fates]
            unread = sum(1 for each in taken.fates if each in ("aside", "left"))
            if unread:
                talk(f"! {name}: {unread} of {len(taken.fates)} could not be read.")
        if not as_json:
            talk(fates_in_words(fates))
            tell_waiting(service)
        unread = sum(1 for each in fates if each in ("aside", "left"))
        if unread == len(fates):
            return Exit.USAGE
        return Exit.PROBLEM_FOUND if unread else Exit.FINE

    ctx.exit(_run(ctx, work))


@notifications.command()
@json_option
@click.pass_context
def aside(ctx: click.Context, *, as_json: bool) -> None:
    """Show the messages that could not be read, with the reason. Tokens are masked, buyers' data is not kept."""

    async def work(workspace: Workspace) -> Exit:
        found = workspace.notifications.store.kept_aside()
        for each in found:
            if as_json:
                print_json({"time": each.received_at, "reason": each.reason, "text": each.text})
            else:
                click.echo(plain_lines(f"{each.received_at:%Y-%m-%d %H:%M:%S} UTC  {each.reason}\n  {each.text}"))
        if not found and not as_json:
            talk("Every message could be read.")
        return Exit.FINE

    ctx.exit(_run(ctx, work))


@notifications.command()
@sellers_argument
@yes_option
@json_option
@click.pass_context
def undo(ctx: click.Context, sellers: tuple[str, ...], *, assume_yes: bool, as_json: bool) -> None:
    """Delete the subscription of each SELLER (default: all), and the destination that sptui created for them.

    The history stays. Asks before each call. Subscriptions that deliver elsewhere are left alone.
    """

    async def work(workspace: Workspace) -> Exit:
        service = workspace.notifications
        making = service.setup(_asking(assume_yes=assume_yes))
        done = await making.undo(chosen(workspace.accounts, sellers), service.arn, teller(as_json=as_json))
        for destination, problem in done.destinations:
            name = destination.name or destination.destination_id
            talk(plain_lines(f"! {problem}" if problem else f"Deleted the destination {name} in {destination.region}."))
        kept = any(problem for _, problem in done.destinations)
        return Exit.PROBLEM_FOUND if kept and status_of(done.sellers) is Exit.FINE else status_of(done.sellers)

    ctx.exit(_run(ctx, work))


# -- Running ---------------------------------------------------------------------------------------------------------


def _run(ctx: click.Context, work: Any) -> Exit:
    async def until_done() -> Exit:
        workspace = workspace_of(ctx)
        try:
            result = await work(workspace)
        except (QueueError, DatabaseError) as problem:
            usage = isinstance(problem, QueueError) and problem.kind in ("address", "extra")
            raise CommandError(plain_lines(str(problem)), Exit.USAGE if usage else Exit.COULD_NOT_FIND_OUT) from None
        finally:
            await workspace.close()
        assert isinstance(result, Exit)  # noqa: S101 - every work above returns one
        return result

    return run(until_done())


def _asking(*, assume_yes: bool) -> Asks:
    """Asks on the terminal; without one the answer is no, unless ``--yes`` said it beforehand."""

    async def ask(effect: SideEffect) -> bool:
        if assume_yes:
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            talk(f"{effect.request.operation.name} has side effects: it is sent only with --yes.")
            return False
        talk(f"{effect.request.method} {plain_lines(effect.request.target)}")
        return await asyncio.to_thread(click.confirm, plain_lines(effect.text), default=False, err=True)

    return ask
