"""``sptui operations [QUERY]``: the catalogue, found and shown."""

from __future__ import annotations

import shutil
import sys

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, talk
from sptui.cli.place import REGIONS, chosen_place
from sptui.spapi.catalogue import Catalogue, Operation, catalogue_problem, load_catalogue
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext

LISTING = "[QUERY]"
"""The name of the command behind a query: as it stands in the usage line, and what nobody searches for."""


class QueryGroup(click.Group):
    """A group whose first word is a query unless it names a subcommand: ``operations getOrders``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the listing before whatever is no subcommand."""
        if not args or args[0] not in self.commands:
            args = [LISTING, *args]
        return super().parse_args(ctx, args)


@click.command()
@click.argument("query", nargs=-1, metavar="")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, each with its minimal request.")
@click.option("--region", type=REGIONS, help="For the minimal request: whose host.")
@click.option("--marketplace", metavar="ID", help="For the minimal request: an id or a country.")
@click.option("--seller", metavar="NAME", help="For the minimal request: a seller's name or id.")
@click.pass_context
def operations_list(
    ctx: click.Context,
    query: tuple[str, ...],
    region: str | None,
    marketplace: str | None,
    seller: str | None,
    *,
    as_json: bool,
) -> None:
    """The operations of SP-API: what each needs and takes, costs, and who may call it.

    Without QUERY all of them. QUERY is a name (getOrders), a key (orders-v0.getOrders) or a few words; what it names
    exactly is shown whole, else what it may mean is listed, best first.

    \b
    sptui operations build FOLDER   writes a newer catalogue from Amazon's models.
    """
    text = " ".join(query)
    catalogue = load_catalogue()
    if problem := catalogue_problem():
        talk(problem)
    found, exact = _found(catalogue, text)
    place, marketplace_id = chosen_place(region, marketplace)
    context, wanted = _context(ctx, seller, place, marketplace_id)
    from sptui.cli.operation_report import as_json as record
    from sptui.cli.operation_report import card, listing

    if as_json:
        for each in found:
            print_json(record(each, context, wanted))
    elif exact:
        click.echo(card(found[0], context, wanted, _width()))
    else:
        click.echo(listing(found, _width() if sys.stdout.isatty() else 1000))
        count = f"{len(found)} {'operation' if len(found) == 1 else 'operations'}"
        talk(f"{count}, as of {catalogue.as_of}. `sptui operations NAME` shows one.")


def _found(catalogue: Catalogue, text: str) -> tuple[list[Operation], bool]:
    """What ``text`` means, and whether that is one operation alone. Raises CommandError where it is nothing."""
    if not text:
        return list(catalogue), False
    named = catalogue.named(text)
    one = catalogue.get(text)
    if one is not None:
        if others := [each.key for each in named if each is not one]:
            talk(f"Also called so: {', '.join(others)}.")
        return [one], True
    if found := named or catalogue.search(text):
        return found, len(found) == 1
    try:
        return [catalogue.find(text)], True
    except LookupError as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem


def _context(
    ctx: click.Context, seller: str | None, region: Region | None, marketplace_id: str
) -> tuple[RequestContext, Region]:
    from sptui.calling import context_of, sample_context
    from sptui.spapi.clock import SystemClock

    if seller is None:
        wanted = region or Region.NA
        return sample_context(SystemClock().now(), wanted, marketplace_id), wanted
    from sptui.cli.triage import choose_authorization
    from sptui.triage.case import Case

    workspace = workspace_of(ctx)
    try:
        authorization = choose_authorization(workspace.accounts, Case(), seller, region)
        return context_of(workspace, authorization, marketplace_id), authorization.region
    finally:
        run(workspace.close())


def _width() -> int:
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
