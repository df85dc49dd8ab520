"""``sptui call``: one call, shown or sent."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from sptui.calling import (
    PlannedCall,
    body_for_people,
    context_of,
    outcome_as_json,
    outcome_in_words,
    plan_call,
    sample_context,
    smallest_values,
)
from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, talk
from sptui.cli.place import REGIONS, chosen_place
from sptui.cli.plain import plain_lines
from sptui.spapi.calls import Call, Stage
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError
from sptui.spapi.regions import Region
from sptui.spapi.requests import InvalidValueError, Values, format_value, parse_assignments

if TYPE_CHECKING:
    from sptui.settings import Accounts
    from sptui.spapi.authorization import Authorization
    from sptui.workspace import Workspace

_WORTH_TELLING_SECONDS: Final = 1.0
_SELF_EVIDENT: Final = frozenset({ProblemKind.ONE_OF, ProblemKind.CONFLICT, ProblemKind.UNKNOWN_NAME})
"""Problems whose sentence tells what is allowed."""


@dataclass(frozen=True)
class _Wish:
    """What the options say."""

    operation: Operation
    values: dict[str, Any]
    seller: str | None
    region: Region | None
    marketplace_id: str
    minimal: bool
    dry_run: bool
    sandbox: bool
    assume_yes: bool
    as_json: bool


@click.command()
@click.argument("name", metavar="OPERATION")
@click.option(
    "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter; a list with commas."
)
@click.option("--body", metavar="FILE", help="The body as JSON, from a file or - for standard input.")
@click.option("--seller", metavar="NAME", help="A seller's name or id, alone or with @NA, @EU or @FE.")
@click.option("--region", type=REGIONS, help="The region, where the seller alone does not tell it.")
@click.option("--marketplace", metavar="ID", help="What --minimal asks about: an id or a country.")
@click.option("--minimal", is_flag=True, help="Fill in the smallest valid request; -p and --body go before it.")
@click.option("--dry-run", is_flag=True, help="Check the request and show it, also for curl; send nothing.")
@click.option("--sandbox", is_flag=True, help="Send it to the sandbox; with --minimal, a sample that it answers.")
@click.option("--yes", "assume_yes", is_flag=True, help="Send it although it has side effects.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: request, problems, response.")
@click.pass_context
def call(
    ctx: click.Context,
    name: str,
    parameters: tuple[str, ...],
    body: str | None,
    seller: str | None,
    region: str | None,
    marketplace: str | None,
    *,
    minimal: bool,
    dry_run: bool,
    sandbox: bool,
    assume_yes: bool,
    as_json: bool,
) -> None:
    """Send one call, or show it.

    OPERATION is a name (getOrders), a key (orders-v0.getOrders) or name@version. The request is checked against the
    catalogue first; what the catalogue has against it is told, and a harmless call is sent all the same. A call with
    side effects is sent only with --yes, and never where the settings say read_only. The answer's body goes to
    standard output, everything else to standard error.

    Exit status 0 for an answer of success, 1 for another answer or, with --dry-run, for an invalid request, 2 for
    usage or unreadable input, 3 where no answer came.
    """
    place, marketplace_id = chosen_place(region, marketplace)
    workspace = workspace_of(ctx)  # before the catalogue is read: it knows where a newer one may lie
    try:
        operation, values = _read(name, parameters, body)
    except CommandError:
        run(workspace.close())
        raise
    if operation.sandbox_only and not sandbox:
        talk(f"{operation.name} is served in the sandbox alone: that is where it goes.")
        sandbox = True
    wish = _Wish(
        operation, values, seller, place, marketplace_id, minimal, dry_run, sandbox, assume_yes, as_json
    )  # fmt: skip
    ctx.exit(run(_call(workspace, wish)))


# Reading --------------------------------------------------------------------------------------------------


def _read(name: str, parameters: tuple[str, ...], body: str | None) -> tuple[Operation, dict[str, Any]]:
    try:
        operation = load_catalogue().find(name)
        values = parse_assignments(operation, parameters)
    except (LookupError, InvalidValueError) as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem
    if body is None:
        return operation, values
    if not operation.has_body:
        raise CommandError(f"{operation.name} takes no body; its parameters are given with -p.", Exit.USAGE)
    return operation, {**operation.values_of_body(_read_body(body)), **values}


def _read_body(file: str) -> Any:
    name = "Standard input" if file == "-" else file
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as problem:
        raise CommandError(f"{name} cannot be read: {problem.strerror or problem}.", Exit.USAGE) from problem
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise CommandError(f"{name} is no JSON: {problem}.", Exit.USAGE) from problem


# Planning and sending -------------------------------------------------------------------------------------


async def _call(workspace: Workspace, wish: _Wish) -> Exit:
    try:
        authorization = _authorization(workspace.accounts, wish)
        planned = _plan(workspace, wish, authorization)
        if wish.dry_run or authorization is None:
            return _show(planned, as_json=wish.as_json)
        _refuse(planned, wish, read_only=workspace.config.read_only)
        _announce(planned, wish, authorization)
        seconds = workspace.client.seconds_until_allowed(planned.operation, authorization, sandbox=wish.sandbox)
        if seconds > _WORTH_TELLING_SECONDS and not wish.as_json:
            talk(f"The usage plan of {planned.operation.name} wants a wait of {seconds:.0f} s …")
        made = await workspace.client.send(planned.request, authorization, sandbox=wish.sandbox)
        return _tell(planned, made, wish, authorization)
    finally:
        await workspace.close()


def _authorization(accounts: Accounts, wish: _Wish) -> Authorization | None:
    """For whom; None for a call that is only shown, for no particular seller. Raises CommandError."""
    from sptui.cli.triage import choose_authorization
    from sptui.triage.case import Case

    case = Case(operation=wish.operation, values=wish.values)
    try:
        return choose_authorization(accounts, case, wish.seller, wish.region)
    except CommandError:
        if wish.dry_run and wish.seller is None:
            return None
        raise


def _plan(workspace: Workspace, wish: _Wish, authorization: Authorization | None) -> PlannedCall:
    region = authorization.region if authorization else wish.region or Region.NA
    network = workspace.config.network
    try:
        return plan_call(
            wish.operation,
            _values(workspace, wish, authorization, region),
            region=region,
            now=workspace.clock.now(),
            endpoints=Endpoints(network.endpoint, network.lwa_endpoint),
            sandbox=wish.sandbox,
        )
    except InvalidValueError as problem:
        hint = "" if wish.minimal else " --minimal fills in what is needed."
        raise CommandError(f"{problem}{hint}", Exit.USAGE) from problem
    except ForbiddenHostError as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem


def _values(workspace: Workspace, wish: _Wish, authorization: Authorization | None, region: Region) -> Values:
    if not wish.minimal:
        return wish.values
    if authorization is None:
        context = sample_context(workspace.clock.now(), region, wish.marketplace_id)
    else:
        context = context_of(workspace, authorization, wish.marketplace_id)
    return smallest_values(wish.operation, context, wish.values, sandbox=wish.sandbox)


def _refuse(planned: PlannedCall, wish: _Wish, *, read_only: bool) -> None:
    if not planned.has_side_effects:
        return
    name, effects = planned.operation.name, planned.operation.side_effects
    if read_only:
        raise CommandError(
            f"{name} has {effects} side effects, and read_only is set: it is not sent. --dry-run shows it.", Exit.USAGE
        )
    if not wish.assume_yes:
        raise CommandError(
            f"{name} has {effects} side effects: it is sent only with --yes. --dry-run shows what would be sent.",
            Exit.USAGE,
        )


def _announce(planned: PlannedCall, wish: _Wish, authorization: Authorization) -> None:
    """What the catalogue has against it; and what will be sent, where a person looks on and it has side effects."""
    if not wish.as_json:
        _tell_problems(planned.problems)
    if planned.has_side_effects and _is_watched():
        talk(f"Sending for {authorization.seller} · {authorization.region}:")
        talk(plain_lines(planned.preview.as_text()))


def _is_watched() -> bool:
    return sys.stderr.isatty()


# Telling --------------------------------------------------------------------------------------------------


def _show(planned: PlannedCall, *, as_json: bool) -> Exit:
    if as_json:
        print_json(outcome_as_json(planned, None))
    else:
        _tell_problems(planned.problems)
        click.echo(f"{plain_lines(planned.preview.as_text())}\n\n{plain_lines(planned.preview.as_curl())}")
    return Exit.PROBLEM_FOUND if planned.faults else Exit.FINE


def _tell(planned: PlannedCall, made: Call, wish: _Wish, authorization: Authorization) -> Exit:
    if wish.as_json:
        print_json(outcome_as_json(planned, made))
    else:
        talk(plain_lines(outcome_in_words(made)))
        for told in _circumstances(made):
            talk(f"  {told}")
        text, _ = body_for_people(made)
        if text and made.stage is Stage.API:
            click.echo(plain_lines(text))
        if not made.ok:
            talk(f"Why? {_triage_command(planned, authorization)}")
    if made.failure is not None or made.stage is not Stage.API:
        return Exit.COULD_NOT_FIND_OUT
    return Exit.FINE if made.ok else Exit.PROBLEM_FOUND


def _triage_command(planned: PlannedCall, authorization: Authorization) -> str:
    given = [f"-p {shlex.quote(f'{name}={format_value(value)}')}" for name, value in planned.values.items()]
    who = f"--seller {shlex.quote(authorization.key)}"
    return plain_lines(" ".join(["sptui triage", who, f"--operation {planned.operation.key}", *given]))


def _circumstances(made: Call) -> list[str]:
    answer = made.answer
    told = [f"took {made.milliseconds:.0f} ms" + (f", after a wait of {made.waited:.0f} s" if made.waited else "")]
    if answer is not None and answer.request_id:
        told.insert(0, f"request id {plain_lines(answer.request_id)}")
    if answer is not None and answer.rate_limit is not None:
        told.append(f"rate limit {answer.rate_limit:g} a second")
    return told


def _tell_problems(problems: Iterable[RequestProblem]) -> None:
    for each in problems:
        told_already = each.kind in _SELF_EVIDENT or not each.allowed or each.allowed in each.problem
        allowed = "" if told_already else f" Allowed: {each.allowed}."
        talk(plain_lines(f"{'-' if each.is_note else '!'} {each.problem}{allowed}"))
