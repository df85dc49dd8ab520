"""A person's yes to each call that changes something at Amazon."""

from __future__ import annotations

from typing import Any, Final

from textual.screen import Screen

from sptui.health.notifications.amazon import SideEffect
from sptui.triage.events import Question, StepName
from sptui.tui.screens.question import QuestionScreen

_CHOICES: Final = ("yes", "yes to all", "no", "no to all")


class Consent:
    """Asked for on top of a screen; a yes or no to all holds as long as this object."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._answer_to_all = ""

    async def ask(self, effect: SideEffect) -> bool:
        """Whether this very call may be sent."""
        if self._answer_to_all:
            return self._answer_to_all == "yes to all"
        question = Question(
            step=StepName.REQUEST,
            id="notifications",
            text=effect.text,
            choices=_CHOICES,
            method=effect.request.method,
            path=effect.request.target,
            body=effect.request.body,
        )
        who = effect.authorization
        answer = await self._screen.app.push_screen_wait(QuestionScreen(question, f"{who.seller} · {who.region}"))
        if answer.endswith("to all"):
            self._answer_to_all = answer
        return answer.startswith("yes")
