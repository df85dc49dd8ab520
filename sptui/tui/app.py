"""The app: which screen is shown, what runs in the background, and what happens when something breaks."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Final

from textual import on
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from sptui.database import DatabaseError
from sptui.spapi.authorization import Authorization
from sptui.spapi.redaction import redact
from sptui.tui.marks import wait_in_words
from sptui.tui.messages import AccountsChanged, KnownChanged, ModesChanged
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.theme import THEMES
from sptui.workspace import Workspace

_LOOK_FOR_DUE_SECONDS: Final = 5.0
_BEGUN_AT_ONCE: Final = 8
_TOLD_TOGETHER_SECONDS: Final = 0.05
_INTERVALS: Final = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 10, 15, 30, 60, 120, 240))


class SptuiApp(App[None]):
    """sptui's screen over a workspace. Whoever made the workspace closes it."""

    TITLE = "sptui"
    CSS_PATH = "sptui.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (150, "-vast")]  # noqa: RUF012 - Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "triage", "Triage", id="app.triage", tooltip="Find out why a call fails"),
        Binding("C", "cases", "Cases", show=False, id="app.cases", tooltip="What was looked into before"),
        Binding("L", "log", "Call log", show=False, id="app.log", tooltip="Every call: filter, errors, who else"),
        Binding("o", "operations", "Operations", show=False, id="app.operations", tooltip="Find an operation, call it"),
        Binding("question_mark", "help", "Help", id="app.help", key_display="?", tooltip="The keys that work here"),
        Binding("f1", "help", "Help", show=False, id="app.help-f1", tooltip="The keys that work here"),
        Binding("p", "pause", "Pause", show=False, id="app.pause", tooltip="Stop or resume refreshing by interval"),
        Binding(
            "plus,equals_sign", "interval(1)", "Refresh less often", show=False, id="app.slower",
            tooltip="Lengthen the interval between refreshes",
        ),
        Binding(
            "minus", "interval(-1)", "Refresh more often", show=False, id="app.faster",
            tooltip="Shorten the interval between refreshes",
        ),
        Binding("ctrl+t", "toggle_dark", "Light or dark", show=False, id="app.dark", tooltip="Change the theme"),
        Binding("D", "doctor", "Doctor", show=False, id="app.doctor", tooltip="What works on this machine"),
        Binding(
            "N", "notifications", "Notifications", show=False, id="app.notifications",
            tooltip="Changes of accounts' status as Amazon tells them: set up, read, import",
        ),
        Binding(
            "ctrl+r", "reload", "Load sellers again", show=False, id="app.reload",
            tooltip="Read sellers.toml again, after it was changed",
        ),
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave sptui"),
        Binding("f9", "faults", "Demo", id="app.faults", tooltip="Faults of the simulated world; what is wrong there"),
        Binding("ctrl+q", "quit", "Quit", show=False, id="app.quit-anywhere", tooltip="Leave sptui"),
    ]  # fmt: skip

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.log_problem = ""
        self.queue_problem = ""
        self._changed: dict[str, Authorization] = {}
        self.last_look = workspace.history.last_look()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = workspace.config.theme if workspace.config.theme in self.available_themes else THEMES[0].name
        self.set_keymap(workspace.config.keys)
        workspace.monitor.on_change = self._known_changed
        workspace.on_log_problem = self._log_failed

    def on_mount(self) -> None:
        """Shows the sellers, and begins to refresh after the first frame."""
        from sptui.tui.screens.sellers import SellersScreen

        self.push_screen(SellersScreen())
        self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        """Nothing goes on behind a screen that is gone. What changes from now on counts as changed since this look."""
        with contextlib.suppress(DatabaseError):
            self.workspace.history.store_look(self.workspace.clock.now())
        self.workspace.monitor.on_change = None
        self.workspace.on_log_problem = None
        self.workspace.monitor.cancel()

    # Refreshing -------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.workspace.config.keys:
            self.run_worker(self._check_keys, thread=True, exit_on_error=False)
        self.run_worker(self._warm_up_then_refresh(), name="first refresh", exit_on_error=False)
        self.set_interval(_LOOK_FOR_DUE_SECONDS, self._refresh_due)
        if self.workspace.config.notifications.queue_url and not self.workspace.simulated:
            from sptui.tui.queue_watch import watch_queue

            self.run_worker(watch_queue(self), name="queue", group="queue", exit_on_error=False)

    def _check_keys(self) -> None:
        from sptui.tui.keymap import problems_of

        for problem in problems_of(self.workspace.config.keys):
            self.call_from_thread(self.notify, problem, severity="warning", markup=False, timeout=15)

    async def _warm_up_then_refresh(self) -> None:
        # In a thread, so that the first keys after the first frame are answered at once.
        for module in self.workspace.heavy_modules:
            await asyncio.to_thread(importlib.import_module, module)
        self._refresh_due()
        self.workspace.forget_old_calls()

    def _refresh_due(self) -> None:
        self.refresh_authorizations(self.workspace.monitor.due(self.workspace.accounts.authorizations()))

    def refresh_authorizations(self, authorizations: Iterable[Authorization], *, new_report: bool = False) -> None:
        """Refreshes in the background those whose usage plan allows it now."""
        if wanted := list(authorizations):
            self.run_worker(self._refresh_many(wanted, new_report=new_report), group="refresh", exit_on_error=False)

    async def _refresh_many(self, authorizations: list[Authorization], *, new_report: bool) -> None:
        """Begins them a few at a time: to begin thousands in one turn would hold up the keys."""
        monitor, begun = self.workspace.monitor, []
        for place, each in enumerate(authorizations):
            if not monitor.is_refreshing(each) and monitor.seconds_until_allowed(each) <= 0:
                begun.append(asyncio.create_task(self._refresh(each, new_report=new_report)))
            if place % _BEGUN_AT_ONCE == 0:
                await asyncio.sleep(0)
        await asyncio.gather(*begun)

    def refresh_by_hand(self, authorizations: Iterable[Authorization], *, new_report: bool = False) -> None:
        """Refreshes because a person asked: says when the usage plan makes them wait."""
        wanted = list(authorizations)
        waiting = [seconds for each in wanted if (seconds := self.workspace.monitor.seconds_until_allowed(each)) > 0]
        if waiting:
            self.notify(
                f"Amazon's usage plan allows the next call {wait_in_words(min(waiting))}. What is known stays.",
                title="Not yet", severity="warning", markup=False,
            )  # fmt: skip
        self.refresh_authorizations(wanted, new_report=new_report)

    async def _refresh(self, authorization: Authorization, *, new_report: bool) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self.workspace.monitor.refresh(authorization, new_report=new_report)
        except DatabaseError as problem:
            self.notify(str(problem), title="The history was not written", severity="error", markup=False)

    @on(Worker.StateChanged)
    def _worker_failed(self, event: Worker.StateChanged) -> None:
        """A fault of sptui's own behind the screen is told, and ends nothing."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            fault = event.worker.error
            told = redact(f"{type(fault).__name__}: {fault}")
            self.notify(told, title="A fault of sptui's own", severity="error", markup=False, timeout=20)

    def _known_changed(self, authorization: Authorization) -> None:
        """In a round of thousands a message for each change would be most of the work: one tells of many."""
        if not self._changed:
            self.set_timer(_TOLD_TOGETHER_SECONDS, self._tell_changes)
        self._changed[authorization.key] = authorization

    def _tell_changes(self) -> None:
        changed, self._changed = tuple(self._changed.values()), {}
        for screen in self.screen_stack:
            screen.post_message(KnownChanged(changed))

    def _log_failed(self, problem: DatabaseError) -> None:
        """Called from the log's own thread."""
        self.call_later(self._show_log_problem, str(problem))

    def _show_log_problem(self, problem: str) -> None:
        if problem != self.log_problem:
            self.log_problem = problem
            self.notify(problem, title="Calls are not being logged", severity="error", markup=False, timeout=20)
            self._tell_modes()

    def accounts_changed(self, added: Iterable[Authorization]) -> None:
        """Sellers or applications were changed: every screen shows them, and new ones are asked about."""
        for screen in self.screen_stack:
            screen.post_message(AccountsChanged())
        self.refresh_authorizations(added)

    def pop_screen(self) -> AwaitComplete:
        """Leaves a screen. Its workers end first: one that draws while the widgets go would not find them."""
        self.workers.cancel_node(self.screen)
        return super().pop_screen()

    # Modes ------------------------------------------------------------------------------------------------

    @property
    def modes(self) -> tuple[str, ...]:
        """What holds for everything that is shown, for the top bar."""
        workspace = self.workspace
        simulation = workspace.simulation
        told = (
            (simulation.title if simulation else "", simulation is not None),
            (f"{simulation.speed:g}× time" if simulation else "", simulation is not None and simulation.speed != 1),  # noqa: RUF001
            ("faults switched", simulation is not None and simulation.disturbed),
            ("read-only", workspace.config.read_only),
            ("call log failing", bool(self.log_problem)),
            ("queue failing", bool(self.queue_problem)),
            ("paused", workspace.monitor.paused),
            (f"every {int(workspace.monitor.interval.total_seconds() // 60)} min", not workspace.monitor.paused),
        )
        return tuple(words for words, holds in told if holds)

    def _tell_modes(self) -> None:
        for screen in self.screen_stack:
            screen.post_message(ModesChanged())

    def action_pause(self) -> None:
        """Stops or resumes the refreshing by interval; refreshing by key goes on."""
        monitor = self.workspace.monitor
        if monitor.paused:
            monitor.resume()
        else:
            monitor.pause()
        self._tell_modes()
        self._refresh_due()

    def action_interval(self, step: int) -> None:
        """Lengthens or shortens the interval."""
        monitor = self.workspace.monitor
        places = [place for place, interval in enumerate(_INTERVALS) if interval <= monitor.interval] or [0]
        monitor.interval = _INTERVALS[max(0, min(len(_INTERVALS) - 1, places[-1] + step))]
        self._tell_modes()

    def action_reload(self) -> None:
        """Reads sellers.toml again."""
        from sptui.settings import SettingsError
        from sptui.toml_file import TomlFileError

        try:
            self.workspace.reload_accounts()
        except (SettingsError, TomlFileError) as problem:
            self.notify(str(problem), title="Not loaded", severity="error", markup=False, timeout=15)
        else:
            self.accounts_changed([])

    def action_toggle_dark(self) -> None:
        """Between the light and the dark theme."""
        dark, light = THEMES
        self.theme = light.name if self.current_theme.dark else dark.name

    # Going places -----------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """The keys of the screen in front."""
        from sptui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_doctor(self) -> None:
        """What works on this machine and what does not."""
        from sptui.tui.screens.doctor import DoctorScreen

        self.push_screen(DoctorScreen())

    def action_notifications(self) -> None:
        """The account-status notifications: queue, subscriptions, set-up."""
        from sptui.tui.screens.notifications import NotificationsScreen

        self.push_screen(NotificationsScreen())

    def action_faults(self) -> None:
        """The panel of the simulated world."""
        from sptui.tui.screens.faults import FaultsScreen

        if self.workspace.simulation is not None:
            self.push_screen(FaultsScreen(self.workspace.simulation), lambda _: self._tell_modes())

    def action_triage(self) -> None:
        """The wizard, for the seller and the operation that are selected or shown."""
        from sptui.tui.screens.triage import TriageScreen

        known = ("selected_seller", "selected_operation", "typed_values")
        self.push_screen(TriageScreen(*(getattr(self.screen, name, None) for name in known)))

    def action_cases(self) -> None:
        """The cases that were looked into."""
        from sptui.tui.screens.cases import CasesScreen

        self.push_screen(CasesScreen())

    def action_log(self) -> None:
        """The call log."""
        from sptui.tui.screens.log import LogScreen

        self.push_screen(LogScreen())

    def action_operations(self) -> None:
        """All operations of SP-API, for the seller that is selected or shown."""
        from sptui.tui.screens.operations import OperationsScreen

        self.push_screen(OperationsScreen(getattr(self.screen, "selected_seller", None)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody opens the wizard from within the wizard, the operations twice, or either from under a dialogue."""
        if action == "triage":
            return isinstance(self.screen, SptuiScreen) and not self.screen.in_triage
        if action == "faults":
            return self.workspace.simulated and isinstance(self.screen, SptuiScreen)
        if action in ("doctor", "notifications"):
            return isinstance(self.screen, SptuiScreen) and action not in type(self.screen).__module__
        if action == "cases":
            opened = any("cases" in type(each).__module__ for each in self.screen_stack)
            return isinstance(self.screen, SptuiScreen) and not opened
        if action == "log":
            opened = any(type(each).__module__ == "sptui.tui.screens.log" for each in self.screen_stack)
            return isinstance(self.screen, SptuiScreen) and not opened
        if action == "operations":
            opened = any("operations" in type(each).__module__ for each in self.screen_stack)
            return isinstance(self.screen, SptuiScreen) and not opened
        return super().check_action(action, parameters)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action that applies to the screen in front, with its key."""
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            if enabled and binding.id and not binding.id.startswith("table."):
                title = f"{binding.description}  ({self.get_key_display(binding)})"
                action = binding.action
                yield SystemCommand(title, tooltip or binding.tooltip, lambda a=action, n=node: self._run_later(a, n))
        yield SystemCommand("Theme", "Choose among all themes", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save a picture (SVG) of the screen", self.deliver_screenshot)

    def _run_later(self, action: str, node: object) -> None:
        self.call_later(self.run_action, action, node)

    # When something breaks --------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Textual's own prints every local variable, tokens included; this one prints where and what."""
        import traceback

        from rich.segment import Segments
        from rich.text import Text

        self.bell()
        story = Text(
            redact(traceback.format_exc())
            + "\nsptui met a fault of its own and had to end. Nothing that was stored is lost.\n"
        )
        self._exit_renderables.append(Segments(self.console.render(story, self.console.options)))
        self._close_messages_no_wait()
