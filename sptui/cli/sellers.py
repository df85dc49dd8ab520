"""``sptui sellers``: applications and sellers. Secrets are asked for without echo or read from standard input."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, table, talk
from sptui.settings import SettingsError, problem_of_text
from sptui.spapi.authorization import Application, Authorization, CredentialError
from sptui.spapi.redaction import Secret

if TYPE_CHECKING:
    from sptui.onboarding import CredentialTrial, ImportedRow, Removal
    from sptui.workspace import Workspace


def _refuse_secrets(ctx: click.Context, args: list[str]) -> None:
    """Looks at the arguments before anything could print them."""
    if any(problem_of_text(arg) for arg in args):
        raise click.UsageError(
            "An argument looks like a secret. Arguments are visible to other programs, and the shell keeps them: "
            "leave it out, and sptui asks for it (or give it with --secrets-from-stdin). Renew the one just typed.",
            ctx,
        )


class SecretFreeCommand(click.Command):
    """Refuses arguments that are secrets."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, for arguments without secrets."""
        _refuse_secrets(ctx, args)
        return super().parse_args(ctx, args)


class SecretFreeGroup(click.Group):
    """Refuses arguments that are secrets; so do its commands."""

    command_class = SecretFreeCommand
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, for arguments without secrets."""
        _refuse_secrets(ctx, args)
        return super().parse_args(ctx, args)


as_json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
from_stdin_option = click.option(
    "--secrets-from-stdin", "from_stdin", is_flag=True, help="Read the secret from standard input, one line."
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group(cls=SecretFreeGroup)
def sellers() -> None:
    """Sellers and applications: list, add, remove, import.

    Names and ids are kept in sellers.toml, client secrets and refresh tokens in the keyring.
    """


# -- Sellers -----------------------------------------------------------------------------------------------------


@sellers.command("list")
@as_json_option
@click.pass_context
def list_sellers(ctx: click.Context, *, as_json: bool) -> None:
    """The sellers, one line a region."""
    with _opened(ctx) as workspace:
        rows = [_as_json(each, workspace) for each in workspace.accounts.authorizations()]
    if as_json:
        for row in rows:
            print_json(row)
    elif not rows:
        talk("There are no sellers yet. Add one with `sptui sellers add`.")
    else:
        cells = [(row["seller"], row["region"], row["seller_id"], row["application_name"]) for row in rows]
        _print_table(cells, ("SELLER", "REGION", "SELLER ID", "APPLICATION"))


@sellers.command()
@click.argument("name")
@click.option("--region", required=True, help="NA, EU or FE, or a country in it such as DE.")
@click.option("--seller-id", required=True, help="The merchant id (merchant token) in that region.")
@click.option("--application", "app", default="", help="Client id or name; may be left out where there is only one.")
@click.option("--replace", is_flag=True, help="Put it in place of another seller id of that seller and region.")
@click.option("--no-test", is_flag=True, help="Save without trying the refresh token out.")
@from_stdin_option
@as_json_option
@click.pass_context
def add(
    ctx: click.Context, name: str, region: str, seller_id: str, app: str,
    *, replace: bool, no_test: bool, from_stdin: bool, as_json: bool,
) -> None:  # fmt: skip
    """Add the seller NAME in a region, or give it a new refresh token.

    The token is tried out (a token request, then getMarketplaceParticipations) and saved when it works. Exit
    status 1: Amazon refuses it; 3: could not find out. Nothing is saved then.
    """
    from sptui.onboarding import checked_refresh_token, region_meant
    from sptui.settings import check_accounts

    with _opened(ctx) as workspace:
        application = _application(workspace, app)
        wanted = Authorization(name.strip(), seller_id.strip(), region_meant(region), application.client_id)
        check_accounts(workspace.accounts.with_authorization(name, wanted))
        _check_replacement(workspace, wanted, replace=replace)
        prompt = f"Refresh token of {wanted.seller} ({wanted.key})"
        token = checked_refresh_token(_secret(prompt, from_stdin=from_stdin))
        status = run(_try_and_add(workspace, wanted, token, trial=not no_test, as_json=as_json))
    ctx.exit(status)


async def _try_and_add(
    workspace: Workspace, wanted: Authorization, token: Secret, *, trial: bool, as_json: bool
) -> Exit:
    from sptui.onboarding import add_authorization, try_credentials

    if trial:
        outcome = await try_credentials(workspace, wanted, refresh_token=token)
        if not outcome.ok:
            return _tell_trial(outcome, as_json=as_json)
    kept = await add_authorization(workspace, wanted.seller, wanted, token)
    if as_json:
        print_json({**_as_json(kept, workspace), "tested": trial, "saved": True, "problem": "", "advice": ""})
    else:
        talk(f"Saved {_printable(kept.seller)} ({kept.key}): {'its credentials work' if trial else 'not tested'}.")
    return Exit.FINE


@sellers.command()
@click.argument("seller")
@yes_option
@as_json_option
@click.pass_context
def remove(ctx: click.Context, seller: str, *, yes: bool, as_json: bool) -> None:
    """Remove SELLER (a name, in all its regions; or NAME@EU, or a seller id) and its refresh tokens."""
    from sptui.onboarding import remove_authorization, remove_seller

    async def work(workspace: Workspace, whole: str, keys: list[str]) -> list[Removal]:
        if whole:
            return [await remove_seller(workspace, whole)]
        return [await remove_authorization(workspace, key) for key in keys]

    with _opened(ctx) as workspace:
        meant = workspace.accounts.find(seller)
        named = workspace.accounts.seller(seller)
        if not meant and named is None:
            raise SettingsError(_unknown_seller(workspace, seller))
        keys = [each.key for each in meant]
        what = f"{meant[0].seller} ({', '.join(keys)})" if meant else seller
        _confirm(f"Remove {what} and its refresh tokens?", yes=yes)
        removals = run(work(workspace, named.name if named is not None else "", keys))
    ctx.exit(_tell_removals(removals, as_json=as_json))


@sellers.command()
@click.argument("seller")
@click.argument("new_name")
@click.pass_context
def rename(ctx: click.Context, seller: str, new_name: str) -> None:
    """Give SELLER the name NEW_NAME."""
    from sptui.onboarding import rename_seller

    with _opened(ctx) as workspace:
        rename_seller(workspace, seller, new_name)


@sellers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--test", "trial", is_flag=True, help="Take over only those whose credentials work (two calls each).")
@as_json_option
@click.pass_context
def import_file(ctx: click.Context, file: Path, *, trial: bool, as_json: bool) -> None:
    """Take over the sellers of FILE (.json, .csv or .toml).

    One entry or line an authorization: name, region, seller_id, refresh_token, application (a client id or a name;
    may be left out where there is only one), client_secret (where the application is new). The refresh tokens go
    into the keyring; FILE stays as it is, so delete it afterwards. Exit status 1 when a row was refused.
    """
    from sptui.onboarding import AccountsFileError, ImportOutcome, import_accounts, read_accounts_file

    try:
        rows = read_accounts_file(file)
    except AccountsFileError as problem:
        raise CommandError(str(problem), Exit.USAGE) from None
    with _opened(ctx) as workspace:
        imported = run(import_accounts(workspace, rows, trial=trial))
    _tell_import(imported, as_json=as_json)
    refused = sum(each.outcome is ImportOutcome.REFUSED for each in imported)
    talk(f"{len(imported) - refused} of {len(imported)} taken over.")
    talk(f"{file} still holds refresh tokens: delete it when you no longer need it.")
    ctx.exit(Exit.PROBLEM_FOUND if refused else Exit.FINE)


# -- Applications ------------------------------------------------------------------------------------------------


@sellers.group(cls=SecretFreeGroup)
def app() -> None:
    """Applications (LWA clients): list, add, remove."""


@app.command("list")
@as_json_option
@click.pass_context
def list_applications(ctx: click.Context, *, as_json: bool) -> None:
    """The applications, with how many authorizations belong to each."""
    with _opened(ctx) as workspace:
        accounts = workspace.accounts
    rows = [(each, len(accounts.users_of(each.client_id))) for each in accounts.applications]
    if as_json:
        for application, users in rows:
            print_json({**_application_as_json(application), "authorizations": users})
    elif not rows:
        talk("There are no applications yet. Add one with `sptui sellers app add`.")
    else:
        cells = [
            (each.name, each.client_id, "not known" if each.roles is None else ", ".join(each.roles), str(users))
            for each, users in rows
        ]
        _print_table(cells, ("NAME", "CLIENT ID", "ROLES", "AUTHORIZATIONS"))


@app.command("add")
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

    with _opened(ctx) as workspace:
        known = workspace.accounts.find_application(client_id) or Application(checked_client_id(client_id))
        wanted = Application(known.client_id, known.name if name is None else name.strip(), roles or known.roles)
        check_accounts(workspace.accounts.with_application(wanted))
        secret = None
        if not keep_secret:
            secret = checked_client_secret(_secret(f"Client secret of {wanted.client_id}", from_stdin=from_stdin))
        run(add_application(workspace, wanted, secret))
    if as_json:
        print_json({**_application_as_json(wanted), "saved": True})
    else:
        talk(f"Saved the application {_printable(wanted.name or wanted.client_id)}.")


@app.command("remove")
@click.argument("application")
@yes_option
@as_json_option
@click.pass_context
def remove_app(ctx: click.Context, application: str, *, yes: bool, as_json: bool) -> None:
    """Remove APPLICATION (a client id or a name) and its client secret; its sellers must be removed before."""
    from sptui.onboarding import remove_application

    with _opened(ctx) as workspace:
        found = _application(workspace, application)
        _confirm(f"Remove the application {found.name or found.client_id} and its client secret?", yes=yes)
        removal = run(remove_application(workspace, found.client_id))
    ctx.exit(_tell_removals([removal], as_json=as_json))


# -- What they share ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(ctx: click.Context) -> Iterator[Workspace]:
    """The workspace, closed afterwards; what goes wrong becomes an exit status.

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


def _secret(prompt: str, *, from_stdin: bool) -> str:
    """Asks without echo, or takes a line of standard input."""
    if from_stdin:
        line = sys.stdin.buffer.readline().decode(errors="replace")
        if not line.strip():
            raise CommandError("Standard input held no secret; expected one line.", Exit.USAGE)
        return line
    if not _on_a_terminal():
        raise CommandError(
            "There is no terminal to ask for the secret on. Give it on standard input, with --secrets-from-stdin.",
            Exit.USAGE,
        )
    answer: str = click.prompt(_printable(prompt), hide_input=True, err=True)
    return answer


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not _on_a_terminal():
        raise CommandError("There is no terminal to ask on. Say yes beforehand, with --yes.", Exit.USAGE)
    if not click.confirm(_printable(question), err=True):
        raise CommandError("Nothing was removed.", Exit.USAGE)


def _on_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _application(workspace: Workspace, text: str) -> Application:
    known = workspace.accounts.applications
    if found := workspace.accounts.find_application(text):
        return found
    if not known:
        raise SettingsError("There is no application yet. Add it first: `sptui sellers app add CLIENT_ID`.")
    if not text and len(known) == 1:
        return known[0]
    names = ", ".join(each.name or each.client_id for each in known[:5])
    raise SettingsError(f"Name the application, by its client id or by a name that only one has. There is {names}.")


def _check_replacement(workspace: Workspace, wanted: Authorization, *, replace: bool) -> None:
    seller = workspace.accounts.seller(wanted.seller)
    known = seller.in_region(wanted.region) if seller is not None else None
    if known is not None and known.seller_id != wanted.seller_id and not replace:
        raise SettingsError(
            f"{known.seller} has the seller id {known.seller_id} in {known.region} already. Give this one another "
            "name, or put it in its place with --replace."
        )


def _unknown_seller(workspace: Workspace, text: str) -> str:
    meant = " or ".join(workspace.accounts.similar(text))
    hint = f"Did you mean {meant}?" if meant else "`sptui sellers list` shows them."
    return f"No seller is called {text!r}. {hint}"


def _tell_trial(trial: CredentialTrial, *, as_json: bool) -> Exit:
    who = trial.authorization
    status = Exit.COULD_NOT_FIND_OUT if trial.undecided else Exit.PROBLEM_FOUND
    if as_json:
        told = {"seller": who.seller, "region": who.region, "seller_id": who.seller_id, "application": who.application}
        print_json({**told, "tested": True, "saved": False, "problem": trial.problem, "advice": trial.advice})
    else:
        talk(f"{trial.problem}\n{trial.advice}\nNothing was saved; --no-test saves all the same.")
    return status


def _tell_removals(removals: list[Removal], *, as_json: bool) -> Exit:
    left = next((each.left for each in removals if each.left), "")
    authorizations = [each for removal in removals for each in removal.authorizations]
    applications = [removal.application.client_id for removal in removals if removal.application is not None]
    if as_json:
        removed = {"authorizations": [each.key for each in authorizations], "applications": applications}
        print_json({"removed": removed, "problem": left})
    else:
        names = [f"{_printable(each.seller)} ({each.key})" for each in authorizations] + applications
        talk(f"Removed {', '.join(names)}." if names else "Removed.")
    if left:
        talk(left)
        return Exit.COULD_NOT_FIND_OUT
    return Exit.FINE


def _tell_import(imported: list[ImportedRow], *, as_json: bool) -> None:
    if as_json:
        for row in imported:
            print_json(row.as_json())
        return
    cells = [(str(row.number), row.name, row.key, row.outcome.value, row.problem) for row in imported]
    _print_table(cells, ("ROW", "SELLER", "AUTHORIZATION", "OUTCOME", "PROBLEM"))


def _print_table(rows: Iterable[tuple[str, ...]], header: tuple[str, ...]) -> None:
    click.echo(table([tuple(_printable(cell) for cell in row) for row in rows], header))


def _as_json(authorization: Authorization, workspace: Workspace) -> dict[str, Any]:
    application = workspace.accounts.application(authorization.application)
    name = application.name if application is not None else ""
    return {
        "seller": authorization.seller,
        "region": authorization.region,
        "seller_id": authorization.seller_id,
        "application": authorization.application,
        "application_name": name or authorization.application,
    }


def _application_as_json(application: Application) -> dict[str, Any]:
    return {"application": application.client_id, "name": application.name, "roles": application.roles}


def _printable(text: str) -> str:
    """Without what would move the cursor or break the line: names may hold anything."""
    return "".join(character if character.isprintable() else "�" for character in text)
