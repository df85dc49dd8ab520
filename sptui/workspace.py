"""What a face works with: settings, accounts, secrets, the wire, the log and the history, real or simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sptui.calllog.store import CallLog
from sptui.database import DatabaseError
from sptui.health.history import History
from sptui.health.monitor import Monitor
from sptui.settings import Accounts, Config, data_dir, load_accounts, load_config, save_accounts
from sptui.spapi.client import Client
from sptui.spapi.clock import Clock, SystemClock
from sptui.spapi.endpoints import Endpoints
from sptui.vault import MemoryVault, Vault, open_vault

if TYPE_CHECKING:
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
        world: World | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``data_folder`` None keeps log and history in memory. Raises DatabaseError."""
        self.config = config
        self.vault = vault
        self.clock = clock or SystemClock()
        self.world = world
        self.on_log_problem: Callable[[DatabaseError], None] | None = None
        self._accounts = accounts
        self.call_log = CallLog(data_folder and data_folder / "calls.sqlite3", on_problem=self._log_problem)
        self.history = History(data_folder and data_folder / "history.sqlite3")
        self.client = Client(
            vault,
            endpoints=Endpoints(config.network.endpoint, config.network.lwa_endpoint),
            timeout_seconds=config.network.timeout.total_seconds(),
            transport=transport,
            clock=self.clock,
            on_record=self.call_log.record,
        )
        self.monitor = Monitor(self.client, self.history, self.clock, config.refresh)

    @classmethod
    def open(cls, *, only_this_run: bool = False) -> Workspace:
        """The user's own: settings from disk, secrets from the keyring (or memory ``only_this_run``).

        Raises SettingsError, TomlFileError and DatabaseError; a missing keyring shows when a secret is needed.
        """
        config = load_config()
        return cls(config, load_accounts(), open_vault(only_this_run=only_this_run), data_folder=data_dir())

    @classmethod
    def simulate(cls, world: World, config: Config | None = None, clock: Clock | None = None) -> Workspace:
        """A world of the embedded simulator: its sellers, its secrets, its answers."""
        from sptui.simulator.accounts import accounts_of, secrets_of

        def transport() -> object:
            from sptui.simulator.transport import SimulatorTransport

            return SimulatorTransport(world)

        applications, sellers = accounts_of(world)
        client_secrets, refresh_tokens = secrets_of(world)
        vault = MemoryVault(client_secrets, refresh_tokens)
        accounts = Accounts(applications=tuple(applications), sellers=tuple(sellers))
        return cls(config or Config(), accounts, vault, data_folder=None, world=world, transport=transport, clock=clock)

    @property
    def simulated(self) -> bool:
        """Whether the embedded simulator stands for Amazon."""
        return self.world is not None

    @property
    def accounts(self) -> Accounts:
        """The applications and sellers."""
        return self._accounts

    def save_accounts(self, accounts: Accounts) -> None:
        """Takes over changed accounts, and writes them unless simulated. Raises as settings.save_accounts."""
        self._accounts = accounts if self.simulated else save_accounts(accounts)

    async def close(self) -> None:
        """Ends what is in flight, writes what is left, closes the files."""
        self.monitor.cancel()
        await self.client.aclose()
        self.call_log.close()
        self.history.close()

    def _log_problem(self, problem: DatabaseError) -> None:
        if self.on_log_problem is not None:
            self.on_log_problem(problem)
