"""What the call log shows of other sellers, before any call is made for them: it costs none."""

from __future__ import annotations

from datetime import datetime

from sptui.calllog.beside import FailingCall
from sptui.spapi.calls import Stage
from sptui.triage.events import StepOutcome
from sptui.triage.evidence import Evidence, NotTried, Probe
from sptui.triage.observe import time_of_call
from sptui.triage.observe_log import LOG, log_tells_enough, observe_log
from sptui.triage.run import Run
from sptui.triage.steps.base import nothing_to_explain


async def look_into_log(run: Run) -> None:
    """Notes what the log tells beside the failing call; that it cannot be asked is noted too, and ends nothing."""
    call = _failing_call(run)
    if call is None:
        return
    look = await run.services.in_log(call)
    if look.problem:
        why = f"The call log could not be asked. {look.problem}"
        run.note(Evidence(why, LOG, NotTried(Probe.LOG, why)))
    elif look.beside is not None:
        run.note(*observe_log(look.beside, call, run.began))
        if look.beside.others.failing:
            run.outcome = StepOutcome.FOUND


def log_tells(run: Run) -> bool:
    """Whether the log has shown enough of other sellers that no call needs to be made for them."""
    return any(log_tells_enough(each) for each in run.evidence)


def _failing_call(run: Run) -> FailingCall | None:
    """What to ask for; None where the failure is not one of this seller's call to SP-API, or not known."""
    case, operation, failed = run.case, run.operation, run.reference
    who = case.authorization
    seller_id = who.seller_id if who else case.seller_id
    if not seller_id or operation is None or failed is None or nothing_to_explain(run):
        return None
    if operation.token != "seller" or case.sandbox or case.stage is not Stage.API or run.lwa_failed:
        return None
    if run.minimal_passes or run.culprits:
        return None  # an option is at fault: other sellers have nothing to add
    return FailingCall(
        operation=operation,
        status=failed.status,
        code=failed.code,
        seller_id=seller_id,
        region=case.where.value if case.where else "",
        application=who.application if who else case.application,
        at=_when(run),
        marketplaces=case.marketplaces,
    )


def _when(run: Run) -> datetime:
    """When it failed: in this run, or as the case says."""
    now = run.services.now()
    return now if run.reproduced is not None else min(now, time_of_call(run.case, now))
