"""``sptui sellers app``: the applications, LWA clients to which sellers belong."""

from __future__ import annotations

from typing import Any

import click

from sptui.cli.accounts import application_meant, as_json_option, opened, print_table, tell_removals
from sptui.cli.output import print_json, run, talk
from sptui.cli.plain import printable
from sptui.cli.secrets_asked import SecretFreeGroup, ask_secret, confirm, from_stdin_option, yes_option
from sptui.spapi.authorization import Application


@click.group("app", cls=SecretFreeGroup)
def applications() -> None:
    """Applications (LWA clients): list, add, remove."""


@applications.command("list")
@as_json_option
@click.pass_context
def list_applications(ctx: click.Context, *, as_json: bool) -> None:
    """The applications, with how many authorizations belong to each."""
    with opened(ctx) as workspace:
        accounts = workspace.accounts
    rows = [(each, len(accounts.users_of(each.client_id))) for each in accounts.applications]
    if as_json:
        for application, users in rows:
            print_json({**_as_json(application), "authorizations": users})
    elif not rows:
        talk("There are no applications yet. Add one with `sptui sellers app add`.")
    else:
        cells = [
            (each.name, each.client_id, "not known" if each.roles is None else ", ".join(each.roles), str(users))
            for each, users in rows
        ]
        print_table(cells, ("NAME", "CLIENT ID", "ROLES", "AUTHORIZATIONS"))


@applications.command("add")
@click.argument("client_id")
@click.option("--name", default=None, help="A name to know it by.")
@click.option("--role", "roles", multiple=True, help="A role that it was granted; repeat it. Sharpens the verdicts.")
@click.option("--keep-secret", is_flag=True, help="Change the name or the roles only.")
@from_stdin_option
@as_json_option
@click.pass_context
def add_app(
    ctx: click.Context, client_id: str, name: str | None, roles: tuple[str, ...],
    *, keep_secret: bool, from_stdin: bool, as_json: bool,
) -> None:  # fmt: skip
    """Add the application CLIENT_ID, or give it a new client secret, name or roles.

    The client secret is tried out with the first seller that is added.
    """
    from sptui.onboarding import add_application, checked_client_id, checked_client_secret
    from sptui.settings import check_accounts

    with opened(ctx) as workspace:
        known = workspace.accounts.find_application(client_id) or Application(checked_client_id(client_id))
        wanted = Application(known.client_id, known.name if name is None else name.strip(), roles or known.roles)
        check_accounts(workspace.accounts.with_application(wanted))
        secret = None
        if not keep_secret:
            secret = checked_client_secret(ask_secret(f"Client secret of {wanted.client_id}", from_stdin=from_stdin))
        run(add_application(workspace, wanted, secret))
    if as_json:
        print_json({**_as_json(wanted), "saved": True})
    else:
        talk(f"Saved the application {printable(wanted.name or wanted.client_id)}.")


@applications.command("remove")
@click.argument("application")
@yes_option
@as_json_option
@click.pass_context
def remove_app(ctx: click.Context, application: str, *, yes: bool, as_json: bool) -> None:
    """Remove APPLICATION (a client id or a name) and its client secret; its sellers must be removed before."""
    from sptui.onboarding import remove_application

    with opened(ctx) as workspace:
        found = application_meant(workspace, application)
        confirm(f"Remove the application {found.name or found.client_id} and its client secret?", yes=yes)
        removal = run(remove_application(workspace, found.client_id))
    ctx.exit(tell_removals([removal], as_json=as_json))


def _as_json(application: Application) -> dict[str, Any]:
    return {"application": application.client_id, "name": application.name, "roles": application.roles}
