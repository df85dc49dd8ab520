"""The request against the catalogue: offline."""

from __future__ import annotations

from typing import Final

from sptui.triage.events import StepName
from sptui.triage.evidence import Probe, RequestClean
from sptui.triage.observe_request import observe_request, observe_signing
from sptui.triage.run import Run
from sptui.triage.steps.base import Step, never, no_calls, quietly
from sptui.triage.types_asked import observe_types


async def _check(run: Run) -> None:
    if run.operation is None:
        run.leave_out(Probe.CALL, "The catalogue does not know the operation: the request cannot be checked.")
        return
    now = run.services.now()
    evidence = list(observe_request(run.case, now))
    run.note(*observe_types(run.case, now.date()), *observe_signing(run.case))
    if any(isinstance(each.data, RequestClean) for each in evidence):
        run.note(*evidence)
    else:
        run.found(*evidence)


REQUEST: Final = Step(
    StepName.REQUEST,
    "The request",
    "Hold the request against the catalogue: names, types, values, conflicts, marketplaces, kind of token.",
    no_calls,
    never,
    quietly(_check),
)
