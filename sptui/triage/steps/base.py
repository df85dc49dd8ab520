"""What a step of the flow is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from sptui.triage.events import Event, PlannedStep, StepName
from sptui.triage.run import Run
from sptui.triage.sending import Events


class Step(msgspec.Struct, frozen=True):
    """One step: what it is called, what it will do, what it may cost, when it is not needed, and its work.

    ``calls`` gives the most calls it may take; ``skip`` the reason to leave it out, or "". ``look`` is what it does
    without a call beforehand: where that finds something, the step has been made, even if no work is left to do.
    """

    name: StepName
    title: str
    purpose: str
    calls: Callable[[Run], int]
    skip: Callable[[Run], str]
    work: Callable[[Run], Events]
    look: Callable[[Run], Awaitable[None]] | None = None

    def planned(self, run: Run) -> PlannedStep:
        """The step before it runs."""
        return PlannedStep(self.name, self.title, self.purpose, self.calls(run))


_NOTHING: Final[tuple[Event, ...]] = ()


def quietly(work: Callable[[Run], Awaitable[None]]) -> Callable[[Run], Events]:
    """The work of a step that has nothing to tell meanwhile."""

    async def events(run: Run) -> Events:
        await work(run)
        for event in _NOTHING:
            yield event

    return events


def no_calls(run: Run) -> int:  # noqa: ARG001 - one signature for every step
    """A step that only reads."""
    return 0


def never(run: Run) -> str:  # noqa: ARG001 - one signature for every step
    """A step that is always needed."""
    return ""


def cannot_send(run: Run) -> str:
    """Why no call of this case can be sent, or ""."""
    if run.case.authorization is None:
        return "No seller is picked: nothing can be sent."
    if run.operation is None:
        return "The catalogue does not know the operation: it cannot be sent."
    if run.lwa_failed:
        return "There is no access token: nothing can be sent."
    return ""


def nothing_to_explain(run: Run) -> str:
    """Why there is nothing to look into any more, or ""."""
    given = run.case.answer
    passed = (run.reproduced is not None and run.reproduced.ok) or (given is not None and given.ok)
    return "The call passes: there is nothing to look for." if run.reference is None and passed else ""


def names_a_thing(run: Run) -> bool:
    """Whether the path names something of this seller's, such as an order or a report, that no other seller has."""
    operation = run.operation
    return operation is not None and any(
        each.place == "path" and each.name != "sellerId" for each in operation.parameters
    )
