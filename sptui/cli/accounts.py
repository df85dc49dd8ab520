"""What the commands about sellers and those about applications share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, table, talk
from sptui.cli.plain import printable
from sptui.settings import SettingsError
from sptui.spapi.authorization import Application, CredentialError

if TYPE_CHECKING:
    from sptui.onboarding import Removal
    from sptui.workspace import Workspace

as_json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


@contextlib.contextmanager
def opened(ctx: click.Context) -> Iterator[Workspace]:
    """The workspace, closed afterwards; what goes wrong is told with an exit status.

    Questions are asked outside the event loop: within it, Ctrl+C would not end them.
    """
    workspace = workspace_of(ctx)
    try:
        yield workspace
    except SettingsError as problem:
        raise CommandError(str(problem), Exit.USAGE) from None
    except CredentialError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from None
    finally:
        run(workspace.close())


def application_meant(workspace: Workspace, text: str) -> Application:
    """The application of that client id or name; "" means the only one. Raises SettingsError."""
    known = workspace.accounts.applications
    if found := workspace.accounts.find_application(text):
        return found
    if not known:
        raise SettingsError("There is no application yet. Add it first: `sptui sellers app add CLIENT_ID`.")
    if not text and len(known) == 1:
        return known[0]
    names = ", ".join(each.name or each.client_id for each in known[:5])
    raise SettingsError(f"Name the application, by its client id or by a name that only one has. There is {names}.")


def tell_removals(removals: list[Removal], *, as_json: bool) -> Exit:
    """Says what was removed, and what could not be."""
    left = next((each.left for each in removals if each.left), "")
    authorizations = [each for removal in removals for each in removal.authorizations]
    applications = [removal.application.client_id for removal in removals if removal.application is not None]
    if as_json:
        removed = {"authorizations": [each.key for each in authorizations], "applications": applications}
        print_json({"removed": removed, "problem": left})
    else:
        names = [f"{printable(each.seller)} ({each.key})" for each in authorizations] + applications
        talk(f"Removed {', '.join(names)}." if names else "Removed.")
    if left:
        talk(left)
        return Exit.COULD_NOT_FIND_OUT
    return Exit.FINE


def print_table(rows: Iterable[tuple[str, ...]], header: tuple[str, ...]) -> None:
    """Columns of names and ids, which may hold anything."""
    click.echo(table([tuple(printable(cell) for cell in row) for row in rows], header))
