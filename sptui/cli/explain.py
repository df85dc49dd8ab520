"""``sptui explain``: why a call failed, from what somebody has at hand; offline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from sptui.cli.explain_input import Given, opened
from sptui.cli.output import CommandError, Exit, print_json
from sptui.cli.plain import plain
from sptui.spapi.regions import Region
from sptui.triage.case import UnreadableCaseError
from sptui.triage.causes import Cause
from sptui.triage.reading import FillIn, read_text
from sptui.triage.reading.recognised import check_operation

if TYPE_CHECKING:
    from sptui.triage.explanation import Explanation

_TOKENS = ("access", "grantless", "rdt", "refresh", "none")
_STATUSES = ("NORMAL", "AT_RISK", "DEACTIVATED", "SUSPENDED")


def _counted(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:  # noqa: ARG001
    """``3/120`` (it fails for three of the 120 sellers that make the call) as calling and failing."""
    if value is None:
        return None
    failing, _, calling = value.partition("/")
    if not (failing.isdecimal() and calling.isdecimal() and len(value) < 20 and int(calling)):
        raise click.BadParameter(f"{value!r} is not like 3/120: for how many of how many sellers it fails.")
    return int(calling), int(failing)


@click.command()
@click.argument("file", default="-", metavar="[FILE or -]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each call, a line each.")
@click.option("--support-case", is_flag=True, help="The text that Amazon's support asks for, instead of the verdict.")
@click.option("--entry", type=click.IntRange(min=1), help="Which call of several (a HAR, a collection); from 1.")
@click.option("--operation", default="", metavar="NAME", help="The operation, where the call does not tell it.")
@click.option("--status", type=click.IntRange(100, 599), help="The answer's HTTP status.")
@click.option("--region", type=click.Choice([each.value for each in Region], case_sensitive=False))
@click.option("--marketplace", default="", metavar="ID or COUNTRY", help="The marketplace it is about.")
@click.option("--seller", default="", metavar="ID", help="The seller's id, for --support-case.")
@click.option("--token", "token_kind", type=click.Choice(_TOKENS), default=None, help="What kind of token was sent.")
@click.option("--role", "roles", multiple=True, metavar="NAME", help="A role that the application has; repeat it.")
@click.option("--account-status", type=click.Choice(_STATUSES, case_sensitive=False), default=None)
@click.option("--other-sellers", callback=_counted, metavar="3/120", help="It fails for 3 of 120 sellers.")
@click.pass_context
def explain(
    ctx: click.Context,
    file: str,
    *,
    as_json: bool,
    support_case: bool,
    entry: int | None,
    operation: str,
    status: int | None,
    region: str | None,
    marketplace: str,
    seller: str,
    token_kind: str | None,
    roles: tuple[str, ...],
    account_status: str | None,
    other_sellers: tuple[int, int] | None,
) -> None:
    """Say why a call failed, offline: causes by likelihood, why, what to do, who must do it.

    FILE (- or nothing: standard input) holds one failing call: a curl command, raw HTTP, a HAR file, a call as
    JSON, a log line, a traceback, a code snippet or an answer's body, alone or below each other; or many, one a
    line as JSON, of which each gets its own verdict as it comes. Options add what the call does not tell.

    Exit status 0 when nothing failed, 1 when a cause was found, 2 when something could not be read.
    """
    more = FillIn(
        operation=operation, status=status, seller=seller, region=Region(region.upper()) if region else None,
        marketplace=marketplace, token_kind=token_kind or "", roles=roles, account_status=account_status or "",
        other_sellers=other_sellers,
    )  # fmt: skip
    face = _Face(more, None if entry is None else entry - 1, as_json=as_json, as_case=support_case)
    try:
        if operation:
            check_operation(operation)
        with opened(file) as source:
            face.take(Given(source))
    except UnreadableCaseError as problem:
        name = "Standard input" if file == "-" else file
        if as_json:
            print_json({"error": str(problem)})
        raise CommandError(f"{name}: {problem}", Exit.USAGE) from problem
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror or problem}.", Exit.USAGE) from problem
    ctx.exit(face.exit)


class _Face:
    """Reads, judges and prints one call after the other; a bad line never stops the rest."""

    def __init__(self, more: FillIn, entry: int | None, *, as_json: bool, as_case: bool) -> None:
        self._more = more
        self._entry = entry
        self._as_json = as_json
        self._as_case = as_case
        self._now = datetime.now(UTC)
        self._told = 0
        self.exit = Exit.FINE

    def take(self, given: Given) -> None:
        """Everything that was given. Raises UnreadableCaseError where it is one call that cannot be read."""
        if given.one is not None:
            self._tell(self._explained(given.one), 0)
            return
        for number, line in given.lines:
            try:
                self._tell(self._explained(line), number)
            except UnreadableCaseError as problem:
                self.exit = Exit.USAGE
                if self._as_json:
                    print_json({"line": number, "error": str(problem)})
                else:
                    click.echo(f"Line {number}: {problem}", err=True)

    def _explained(self, text: str) -> Explanation:
        from sptui.triage.explanation import explain as explained

        found = read_text(text, entry=self._entry)
        return explained(found.filled(self._more) if self._more != FillIn() else found, self._now)

    def _tell(self, explanation: Explanation, number: int) -> None:
        if explanation.verdict.first.cause is not Cause.SUCCESS and self.exit is Exit.FINE:
            self.exit = Exit.PROBLEM_FOUND
        if self._as_json:
            value = explanation.as_json()
            if self._as_case:
                value["support_case"] = _for_support(explanation)
            print_json(value)
            return
        if self._told:
            click.echo("")
        if number:
            click.echo(f"── line {number}{f', {explanation.case.id}' if explanation.case.id.isprintable() else ''} ──")
        self._told += 1
        click.echo(self._words(explanation))

    def _words(self, explanation: Explanation) -> str:
        from sptui.cli.explain_report import describe_explanation

        if self._as_case:
            return "\n".join(map(plain, _for_support(explanation).split("\n")))
        return describe_explanation(explanation)


def _for_support(explanation: Explanation) -> str:
    from sptui.triage.support_case import SupportFacts, support_case

    return support_case(SupportFacts.of_explanation(explanation))
