"""The demo's own panel: faults of the simulated world, switched while the app runs, and what is wrong in it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sptui.simulation import Simulation
from sptui.simulator.switches import Switch, all_off, flipped, switches_of
from sptui.simulator.world import World
from sptui.tui.marks import Mark, line, one_line
from sptui.tui.widgets.quiet_static import QuietStatic

_ON: Final = Mark("▲", "on ", "warning")
_OFF: Final = Mark("○", "off", "muted")


class FaultsScreen(ModalScreen[None]):
    """Switches act at once: the next call meets them. What the story of the world is, is told when asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "flip", "On or off", id="faults.flip", tooltip="Switch the fault under the cursor"),
        Binding("x", "all_off", "All off", id="faults.off", tooltip="Switch every fault off"),
        Binding("question_mark,w", "tell", "What is wrong here", id="faults.tell", tooltip="The scenario's answer"),
        Binding("j", "through('cursor_down')", "Down", show=False, id="faults.down", tooltip="One fault down"),
        Binding("k", "through('cursor_up')", "Up", show=False, id="faults.up", tooltip="One fault up"),
        Binding("escape,f9,q", "close", "Close", id="faults.close", tooltip="Back to the screen"),
    ]

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self._simulation = simulation
        self._switches = switches_of(simulation.world)

    def compose(self) -> ComposeResult:
        """The faults, and the story below them."""
        with Vertical(id="faults") as box:
            box.border_title = Content(f"Faults of {one_line(self._world_name)}")
            box.border_subtitle = "Space switches · x all off · ? tells what is wrong here · Esc closes"
            yield OptionList(*(Option(self._prompt(each), id=each.key) for each in self._switches), compact=True)
            yield QuietStatic(id="story")

    @property
    def _world_name(self) -> str:
        scenario = self._simulation.world.scenario
        return (scenario.name or scenario.title) if scenario else "this world"

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _prompt(self, switch: Switch) -> Content:
        mark = _ON if switch.is_on(self._simulation.simulator.world) else _OFF
        return line((mark.label, mark.tone), f"  {one_line(switch.label)}")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._flip(event.option_id)

    def action_flip(self) -> None:
        """Switches the fault under the cursor."""
        place = self._list.highlighted
        if place is not None:
            self._flip(self._list.get_option_at_index(place).id)

    def action_all_off(self) -> None:
        """Switches every fault off."""
        self._put(all_off(self._simulation.simulator.world))

    def action_tell(self) -> None:
        """Tells what is wrong and how one can tell, or hides it again."""
        story, scenario = self.query_one("#story", QuietStatic), self._simulation.world.scenario
        if story.has_class("-told"):
            story.remove_class("-told")
            return
        story.add_class("-told")
        if scenario is None:
            story.show(line("This world has no scenario: nobody wrote down what is wrong in it."))
            return
        parts = [line(one_line(scenario.wrong))]
        parts += [line(("How one can tell: ", "muted"), one_line(scenario.tell))] * bool(scenario.tell)
        parts += [line((f"It looks like {scenario.twin}, and is not.", "muted"))] * bool(scenario.twin)
        story.show(Content("\n").join(parts))

    def action_through(self, action: str) -> None:
        """A key of the list's own, under another name."""
        getattr(self._list, f"action_{action}")()

    def action_close(self) -> None:
        """Back to the screen; the faults stay as they are."""
        self.dismiss()

    def _flip(self, key: str | None) -> None:
        switch = next((each for each in self._switches if each.key == key), None)
        if switch is not None:
            self._put(flipped(self._simulation.simulator.world, switch))

    def _put(self, world: World) -> None:
        self._simulation.simulator.replace_world(world)
        for place, switch in enumerate(self._switches):
            self._list.replace_option_prompt_at_index(place, self._prompt(switch))
