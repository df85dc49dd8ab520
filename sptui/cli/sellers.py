"""``sptui sellers``: list, add, remove, rename and import sellers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sptui.cli.accounts import application_meant, as_json_option, opened, print_table, tell_removals
from sptui.cli.applications import applications
from sptui.cli.output import CommandError, Exit, print_json, run, talk
from sptui.cli.plain import printable
from sptui.cli.secrets_asked import SecretFreeGroup, ask_secret, confirm, from_stdin_option, yes_option
from sptui.cli.whom import unknown_seller
from sptui.settings import SettingsError
from sptui.spapi.authorization import Authorization
from sptui.spapi.redaction import Secret

if TYPE_CHECKING:
    from sptui.onboarding import CredentialTrial, ImportedRow, Removal
    from sptui.workspace import Workspace


@click.group(cls=SecretFreeGroup)
def sellers() -> None:
    """Sellers and applications: list, add, remove, import.

    Names and ids are kept in sellers.toml, client secrets and refresh tokens in the keyring.
    """


sellers.add_command(applications)


@sellers.command("list")
@as_json_option
@click.pass_context
def list_sellers(ctx: click.Context, *, as_json: bool) -> None:
    """The sellers, one line a region."""
    with opened(ctx) as workspace:
        rows = [_as_json(each, workspace) for each in workspace.accounts.authorizations()]
    if as_json:
        for row in rows:
            print_json(row)
    elif not rows:
        talk("There are no sellers yet. Add one with `sptui sellers add`.")
    else:
        cells = [(row["seller"], row["region"], row["seller_id"], row["application_name"]) for row in rows]
        print_table(cells, ("SELLER", "REGION", "SELLER ID", "APPLICATION"))


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

    with opened(ctx) as workspace:
        application = application_meant(workspace, app)
        wanted = Authorization(name.strip(), seller_id.strip(), region_meant(region), application.client_id)
        check_accounts(workspace.accounts.with_authorization(name, wanted))
        _check_replacement(workspace, wanted, replace=replace)
        prompt = f"Refresh token of {wanted.seller} ({wanted.key})"
        token = checked_refresh_token(ask_secret(prompt, from_stdin=from_stdin))
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
        talk(f"Saved {printable(kept.seller)} ({kept.key}): {'its credentials work' if trial else 'not tested'}.")
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

    with opened(ctx) as workspace:
        meant = workspace.accounts.find(seller)
        named = workspace.accounts.seller(seller)
        if not meant and named is None:
            raise SettingsError(unknown_seller(workspace.accounts, seller))
        keys = [each.key for each in meant]
        what = f"{meant[0].seller} ({', '.join(keys)})" if meant else seller
        confirm(f"Remove {what} and its refresh tokens?", yes=yes)
        removals = run(work(workspace, named.name if named is not None else "", keys))
    ctx.exit(tell_removals(removals, as_json=as_json))


@sellers.command()
@click.argument("seller")
@click.argument("new_name")
@click.pass_context
def rename(ctx: click.Context, seller: str, new_name: str) -> None:
    """Give SELLER the name NEW_NAME."""
    from sptui.onboarding import rename_seller

    with opened(ctx) as workspace:
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
    with opened(ctx) as workspace:
        imported = run(import_accounts(workspace, rows, trial=trial))
    _tell_import(imported, as_json=as_json)
    refused = sum(each.outcome is ImportOutcome.REFUSED for each in imported)
    talk(f"{len(imported) - refused} of {len(imported)} taken over.")
    talk(f"{file} still holds refresh tokens: delete it when you no longer need it.")
    ctx.exit(Exit.PROBLEM_FOUND if refused else Exit.FINE)


def _check_replacement(workspace: Workspace, wanted: Authorization, *, replace: bool) -> None:
    seller = workspace.accounts.seller(wanted.seller)
    known = seller.in_region(wanted.region) if seller is not None else None
    if known is not None and known.seller_id != wanted.seller_id and not replace:
        raise SettingsError(
            f"{known.seller} has the seller id {known.seller_id} in {known.region} already. Give this one another "
            "name, or put it in its place with --replace."
        )


def _tell_trial(trial: CredentialTrial, *, as_json: bool) -> Exit:
    who = trial.authorization
    status = Exit.COULD_NOT_FIND_OUT if trial.undecided else Exit.PROBLEM_FOUND
    if as_json:
        told = {"seller": who.seller, "region": who.region, "seller_id": who.seller_id, "application": who.application}
        print_json({**told, "tested": True, "saved": False, "problem": trial.problem, "advice": trial.advice})
    else:
        talk(f"{trial.problem}\n{trial.advice}\nNothing was saved; --no-test saves all the same.")
    return status


def _tell_import(imported: list[ImportedRow], *, as_json: bool) -> None:
    if as_json:
        for row in imported:
            print_json(row.as_json())
        return
    cells = [(str(row.number), row.name, row.key, row.outcome.value, row.problem) for row in imported]
    print_table(cells, ("ROW", "SELLER", "AUTHORIZATION", "OUTCOME", "PROBLEM"))


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
