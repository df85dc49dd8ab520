"""What a face works with: settings, accounts, secrets, the wire, the log and the history, real or simulated."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sptui.calllog.keeping import Keeper
from sptui.calllog.store import CallLog
from sptui.database import DatabaseError
from sptui.health.history import History
from sptui.health.monitor import Monitor
from sptui.settings import (
    Accounts,
    Config,
    asks_for_password,
    data_dir,
    holds_password,
    load_accounts,
    load_config,
    save_accounts,
    without_password,
)
from sptui.simulation import Simulation, past_changes
from sptui.spapi.authorization import Authorization, CredentialError, CredentialSource
from sptui.spapi.catalogue import CATALOGUE_NAME, use_catalogue_file
from sptui.spapi.client import Client
from sptui.spapi.clock import Clock, SystemClock
from sptui.spapi.endpoints import Endpoints
from sptui.spapi.redaction import Secret
from sptui.triage.saved import CaseStore
from sptui.triage.services import ClientServices
from sptui.vault import MemoryVault, MissingSecretError, NoBackendError, Vault, open_vault

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sptui.calllog.asking.database import DatabaseLog
    from sptui.calllog.asking.engine import Engine
    from sptui.calllog.desk import LogDesk
    from sptui.calllog.preparing import Preparing
    from sptui.health.notifications.service import Notifications
    from sptui.health.notifications.store import Taken
    from sptui.simulator.world import World
    from sptui.spapi.pools import Transport


class Workspace:
    """The services behind both faces. ``close`` it at the end.

    ``simulated``: the embedded simulator stands for Amazon; neither keyring nor network nor disk is touched.
    """

    def __init__(
        self,
        config: Config,
        accounts: Accounts,
        vault: Vault,
        *,
        data_folder: Path | None,
        simulation: Simulation | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``data_folder`` None keeps log and history in memory; ``simulation`` brings its own clock and transport.

        Raises DatabaseError.
        """
        self.config = config
        self.vault = vault
        self.simulation = simulation
        if simulation is not None:
            clock, transport = simulation.clock, simulation.transport
        self.clock = clock or SystemClock()
        self.on_log_problem: Callable[[DatabaseError], None] | None = None
        self._accounts = accounts
        self._data_folder = data_folder
        self.call_log = CallLog(data_folder and data_folder / "calls.sqlite3", on_problem=self._log_problem)
        self._keeper = Keeper()
        self.history = History(data_folder and data_folder / "history.sqlite3")
        self.cases = CaseStore(data_folder and data_folder / "cases", self.clock.now)
        self._transport = transport
        self.client = self.trial_client(_VaultInForce(self))
        self.monitor = Monitor(
            self.client, self.history, self.clock, config.refresh,
            report_interval=config.health.report_interval,
            create_reports=config.health.create_reports and not config.read_only,
        )  # fmt: skip

    @classmethod
    def open(cls, *, only_this_run: bool = False) -> Workspace:
        """The user's own: settings from disk, secrets from the keyring (or memory ``only_this_run``).

        Raises SettingsError, TomlFileError and DatabaseError; a missing keyring shows when a secret is needed.
        """
        config = load_config()
        use_catalogue_file(data_dir() / CATALOGUE_NAME)
        return cls(config, load_accounts(), open_vault(only_this_run=only_this_run), data_folder=data_dir())

    @classmethod
    def simulate(
        cls, world: World, config: Config | None = None, clock: Clock | None = None, *, speed: float = 1.0
    ) -> Workspace:
        """A world of the embedded simulator: its sellers, its secrets, its answers.

        Everything waits and reads the time on one clock, by default one that runs ``speed`` times as fast.
        """
        from sptui.simulator.world import accounts_of, secrets_of

        applications, sellers = accounts_of(world)
        secrets = secrets_of(world)
        vault = MemoryVault(
            {each.client_id: secrets[each.client_id] for each in applications},
            {each.key: secrets[each.seller_id, each.region] for seller in sellers for each in seller.authorizations},
        )
        accounts = Accounts(applications=tuple(applications), sellers=tuple(sellers))
        simulation = Simulation(world, clock, speed)
        made = cls(config or Config(), accounts, vault, data_folder=None, simulation=simulation)
        made.history.store_status_changes(past_changes(world, made.clock.now()))
        return made

    def keep_secrets_in_memory(self) -> None:
        """From now on secrets are kept for this run only: there is no keyring, or the person does not want it."""
        self.vault = MemoryVault()
        self.client.forget_tokens()

    @cached_property
    def notifications(self) -> Notifications:
        """The account-status notifications: queue, set-up, files."""
        from sptui.health.notifications.service import Notifications

        settings = self.config.notifications
        made = Notifications(self.client, self.history, self.clock.now, settings, read_only=self.config.read_only)
        made.listeners.append(self._tell_monitor)
        return made

    @property
    def simulated(self) -> bool:
        """Whether the embedded simulator stands for Amazon."""
        return self.simulation is not None

    @property
    def heavy_modules(self) -> tuple[str, ...]:
        """What the first call will import: a face may import it in a thread before."""
        return ("sptui.simulator.transport",) if self.simulated else ("sptui.spapi.lean_httpx", "keyring")

    @property
    def accounts(self) -> Accounts:
        """The applications and sellers."""
        return self._accounts

    def trial_client(self, credentials: CredentialSource) -> Client:
        """A client like ``client`` with other credentials: to try them out before they are kept. Close it."""
        network = self.config.network
        return Client(
            credentials,
            endpoints=Endpoints(network.endpoint, network.lwa_endpoint),
            timeout_seconds=network.timeout.total_seconds(),
            transport=self._transport,
            clock=self.clock,
            on_record=self.call_log.record,
            past_calls=self.call_log.sent_since,
        )

    def open_log(self) -> LogDesk:
        """The call log, asked from an event loop. Close it before the workspace."""
        from sptui.calllog.desk import LogDesk

        return LogDesk(self.asked_log)

    def asked_log(self, preparing: Preparing | None = None) -> AbstractContextManager[Engine]:
        """The call log as every face asks it: the database of ``[call_log] url``, else what was recorded and imported.

        A simulated workspace knows what it recorded itself alone. ``preparing`` is told how far the opening is, and
        ends it. Raises CallLogError and DatabaseError.
        """
        from sptui.calllog import opening

        if (database := self._log_database()) is not None:
            return opening.asked_database(database, preparing)
        return opening.asked_log(self.call_log, self.log_folder, preparing)

    @property
    def log_source(self) -> str:
        """Where the log is asked, for people: ``logs.calls in postgresql``; "" where it is sptui's own."""
        config = self.config.call_log
        if not config.url or self.simulated:
            return ""
        return f"{config.table} in {config.url.partition(':')[0].partition('+')[0]}"

    def forget_old_calls(self) -> None:
        """Begins to forget, in the background, the calls that are older than ``[call_log] keep``; once a day."""
        keep = self.config.call_log.keep
        if keep is not None and self.log_folder is not None:
            self._keeper.begin(self.call_log, self.log_folder, keep, self.clock.now())

    @property
    def log_folder(self) -> Path | None:
        """The folder with the imported calls in it; nowhere in a simulated world."""
        return None if self.simulated else self._data_folder

    async def log_password(self) -> Secret:
        """The password of ``[call_log] url``: of the environment, else of the keyring; "" where there is none.

        Raises CredentialError where a keyring is there and fails.
        """
        import os

        url = self.config.call_log.url
        if given := os.environ.get("SPTUI_CALL_LOG_PASSWORD", ""):
            return Secret(given)
        if holds_password(url) or not asks_for_password(url):
            return Secret("")
        try:
            return await self.vault.database_password(without_password(url))
        except (MissingSecretError, NoBackendError):  # the database may want none
            return Secret("")

    def _log_database(self) -> DatabaseLog | None:
        import asyncio

        from sptui.calllog.asking.database import DatabaseLog
        from sptui.calllog.asking.engine import CallLogError

        config = self.config.call_log
        if not config.url or self.simulated:
            return None
        try:
            password = asyncio.run(self.log_password())
        except CredentialError as problem:
            raise CallLogError(f"The password of [call_log] url is not to be had. {problem}") from problem
        return DatabaseLog(
            url=config.url,
            table=config.table,
            columns=config.columns,
            timeout=config.timeout.total_seconds(),
            password=password,
        )

    def triage_services(self) -> ClientServices:
        """What the triage flow works with, for the accounts as they are now."""
        return ClientServices(
            self.client,
            self.clock,
            applications=self._accounts.applications,
            authorizations=self._accounts.authorizations(),
            passed=self._passed_operations,
            open_log=self.open_log,
        )

    def reload_accounts(self) -> None:
        """Reads sellers.toml again, unless simulated. Raises as settings.load_accounts; then nothing changes."""
        if not self.simulated:
            self._accounts = load_accounts()

    def save_accounts(self, accounts: Accounts) -> None:
        """Takes over changed accounts, and writes them unless simulated. Raises as settings.save_accounts."""
        self._accounts = accounts if self.simulated else save_accounts(accounts)

    async def close(self) -> None:
        """Ends what is in flight, writes what is left, closes the files."""
        await self.monitor.aclose()
        await self.client.aclose()
        self._keeper.close()
        self.call_log.close()
        self.history.close()

    def _tell_monitor(self, taken: Taken) -> None:
        known = {(each.seller_id, each.region): each for each in self._accounts.authorizations()}
        for change in taken.changes:
            if (authorization := known.get((change.seller_id, change.region))) is not None:
                self.monitor.heard(authorization, change)

    def _passed_operations(self, application: str) -> list[str]:
        try:
            return self.call_log.passed_operations(application)
        except DatabaseError as problem:  # a log that cannot be read proves nothing
            self._log_problem(problem)
            return []

    def _log_problem(self, problem: DatabaseError) -> None:
        if self.on_log_problem is not None:
            self.on_log_problem(problem)


class _VaultInForce:
    """The workspace's vault, also after it was changed for another."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def client_secret(self, client_id: str) -> Secret:
        """From the vault of the moment."""
        return await self._workspace.vault.client_secret(client_id)

    async def refresh_token(self, authorization: Authorization) -> Secret:
        """From the vault of the moment."""
        return await self._workspace.vault.refresh_token(authorization)
