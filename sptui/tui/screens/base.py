"""What every screen of sptui has: the top bar, typed access to the app, the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from sptui.tui.messages import ModesChanged
from sptui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from sptui.onboarding import Removal
    from sptui.tui.app import SptuiApp
    from sptui.workspace import Workspace

Result = TypeVar("Result")


class SptuiScreen(Screen[Result]):
    """A screen with a top bar that tells the app's modes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="screen.back", tooltip="To the screen before"),
    ]

    in_triage: ClassVar[bool] = False
    """Whether the screen is a page of the wizard."""

    @property
    def sptui(self) -> SptuiApp:
        """The app, typed."""
        return cast("SptuiApp", self.app)

    @property
    def workspace(self) -> Workspace:
        """The services behind the screen."""
        return self.sptui.workspace

    def on_mount(self) -> None:
        """Tells the modes; Textual calls a subclass's own ``on_mount`` as well."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.redraw())
        self._show_modes()

    def redraw(self) -> None:
        """Draws everything again: cells hold the colours of the theme that they were made in."""

    @on(ModesChanged)
    def _show_modes(self) -> None:
        for bar in self.query(TopBar):
            bar.show_modes(*self.sptui.modes)

    async def remove_after_yes(self, name: str, text: str, removing: Callable[[], Awaitable[Removal]]) -> None:
        """Asks whether to remove ``name``, does it, and tells what was left behind. To be awaited in a worker."""
        from sptui.settings import SettingsError
        from sptui.tui.screens.confirm import ConfirmScreen

        if not await self.app.push_screen_wait(ConfirmScreen(f"Remove {name}?", text, yes="Remove", no="Keep")):
            return
        try:
            removal = await removing()
        except SettingsError as problem:
            self.app.notify(str(problem), title="Not removed", severity="error", markup=False)
            return
        if removal.left:
            self.app.notify(removal.left, severity="warning", markup=False)
        self.sptui.accounts_changed([])

    def action_back(self) -> None:
        """Leaves the screen."""
        self.app.pop_screen()
