"""The database of ``[call_log] url``: reached, with the table, its columns understood, and read-only?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sptui.calllog.asking.connection import DatabaseLog
from sptui.calllog.asking.engine import CallLogError
from sptui.diagnosis.finding import Finding, State
from sptui.settings import CallLogConfig, asks_for_password, holds_password, without_password
from sptui.spapi.authorization import CredentialError
from sptui.spapi.clock import Clock
from sptui.spapi.redaction import Secret
from sptui.vault import MissingSecretError, NoBackendError, Vault

if TYPE_CHECKING:
    from sptui.calllog.asking.database import DatabaseEngine

CHECK: Final = "log database"
OLD: Final = timedelta(days=2)
"""A log whose newest call is older than that is perhaps no longer written."""
SECONDS: Final = 20.0


async def check_log_database(
    config: CallLogConfig, vault: Vault | None, clock: Clock, given: str, *, network: bool
) -> list[Finding]:
    """Nothing where no database is set. ``given``: the password of the environment."""
    if not config.url:
        return []
    found = []
    if holds_password(config.url):
        found.append(
            Finding(
                CHECK,
                State.WARNING,
                "[call_log] url holds a password, in a file that others may come to read.",
                "Take it out of config.toml and keep it in the keyring: `sptui log password`. Where the file was "
                "shared or put into a repository, change the password at the database too.",
            )
        )
    if not network and asks_for_password(config.url):
        return [*found, Finding(CHECK, State.SKIPPED, "Not looked at: that needs the network.")]
    try:
        password = await _password(config.url, vault, given)
    except CredentialError as problem:
        return [*found, Finding(CHECK, State.PROBLEM, f"Its password is not to be had. {problem}")]
    log = DatabaseLog(
        config.url, config.table, config.columns, min(SECONDS, config.timeout.total_seconds()), Secret(password)
    )
    return found + await asyncio.to_thread(lambda: list(_looked_at(log, clock.now())))


async def _password(url: str, vault: Vault | None, given: str) -> str:
    if given or vault is None or holds_password(url) or not asks_for_password(url):
        return given
    try:
        return (await vault.database_password(without_password(url))).reveal()
    except (MissingSecretError, NoBackendError):  # the database may want none
        return ""


def _looked_at(log: DatabaseLog, now: datetime) -> Iterator[Finding]:
    from sptui.calllog.asking.database import DatabaseEngine

    try:
        engine = DatabaseEngine(log)
    except CallLogError as problem:
        yield Finding(CHECK, State.PROBLEM, str(problem))
        return
    try:
        columns = ", ".join(f"{field} = {name}" for field, name in engine.mapped.items())
        yield Finding(CHECK, State.OK, f"{engine.name} answers. In the table {log.table}: {columns}.")
        yield _writing(engine)
        yield _age(engine.newest(), log.table, now)
    except CallLogError as problem:
        yield Finding(CHECK, State.PROBLEM, str(problem))
    finally:
        engine.close()


def _writing(engine: DatabaseEngine) -> Finding:
    if engine.refuses_to_write():
        return Finding(CHECK, State.OK, "It is asked in read-only mode: the server refuses to write.")
    return Finding(
        CHECK,
        State.WARNING,
        "This kind of server knows no read-only mode; sptui sends nothing but SELECT.",
        "Give sptui a user of its own who may only read the table.",
    )


def _age(newest: datetime | None, table: str, now: datetime) -> Finding:
    if newest is None:
        do = "Check [call_log] table, and the column of its times under [call_log.columns]."
        return Finding(CHECK, State.WARNING, f"{table} holds no call whose time can be read.", do)
    told = f"The newest call is of {newest:%Y-%m-%d %H:%M} UTC"
    if newest > now + timedelta(hours=1):
        do = "Its times are perhaps not in UTC: keep them with their zone."
        return Finding(CHECK, State.WARNING, f"{told}, which is yet to come.", do)
    if now - newest > OLD:
        return Finding(CHECK, State.WARNING, f"{told}, {(now - newest).days} days ago.", "Is the log still written?")
    return Finding(CHECK, State.OK, f"{told}.")
