"""``sptui log password``: the password of the database that holds the call log, kept in the keyring."""

from __future__ import annotations

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, run, talk
from sptui.cli.secrets_asked import SecretFreeCommand, ask_secret, from_stdin_option
from sptui.spapi.authorization import CredentialError
from sptui.spapi.redaction import Secret


@click.command(cls=SecretFreeCommand)
@click.option("--forget", is_flag=True, help="Delete it.")
@from_stdin_option
@click.pass_context
def password(ctx: click.Context, *, forget: bool, from_stdin: bool) -> None:
    """Keep the password for the database of [call_log] url in the keyring, or --forget it.

    It is asked for without echo, belongs to that address alone, and is tried out when the log is asked next
    (`sptui doctor` does). SPTUI_CALL_LOG_PASSWORD goes before it.
    """
    from sptui.settings import holds_password, without_password

    workspace = workspace_of(ctx)
    try:
        url = workspace.config.call_log.url
        if not url:
            raise CommandError("No database holds the call log: [call_log] url is not set.", Exit.USAGE)
        address = without_password(url)
        if forget:
            run(workspace.vault.forget_database_password(address))
            talk(f"Forgotten: the password for {address}.")
            return
        text = ask_secret(f"Password for {address}", from_stdin=from_stdin).rstrip("\r\n")
        if not text:
            raise CommandError("An empty password is not kept.", Exit.USAGE)
        run(workspace.vault.set_database_password(address, Secret(text)))
        talk(f"Kept in {workspace.vault.description}: the password for {address}.")
        if holds_password(url):
            talk("[call_log] url holds a password too, which goes before it: take it out of config.toml.")
    except CredentialError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from None
    finally:
        run(workspace.close())
