"""The same call of other sellers of the application in the region: what the call log shows of them, then, where that
does not tell, made for a few of them; and in another region where that decides.
"""

from __future__ import annotations

from typing import Any, Final

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.events import StepName, StepOutcome
from sptui.triage.evidence import Evidence, Flaky, Probe, SellersTried
from sptui.triage.isolation import Attempt, is_same_failure
from sptui.triage.observe_answer import outcome_of, source_of
from sptui.triage.run import Run
from sptui.triage.sending import Events, Sent, relayed, send
from sptui.triage.steps.base import Step, cannot_send, names_a_thing, nothing_to_explain
from sptui.triage.steps.in_log import log_tells, look_into_log
from sptui.triage.steps.regions import region_that_tells, try_region

_ENOUGH: Final = 2
_SURE: Final = 0.9
_MOST_TRIED: Final = 3


def _others(run: Run) -> tuple[Authorization, ...]:
    authorization = run.case.authorization
    return run.services.other_authorizations(authorization) if authorization is not None else ()


def _skip(run: Run) -> str:
    if why := cannot_send(run) or nothing_to_explain(run):
        return why
    if log_tells(run) and region_that_tells(run) is None:
        return "The call log shows it for other sellers: no call is needed."
    if run.has_side_effects:
        return "The call has side effects: it is not made for other sellers."
    if run.operation is not None and run.operation.token == "grantless":
        return "The operation is grantless: it knows no seller."
    if run.case.sandbox:
        return "The sandbox knows no sellers."
    if region_that_tells(run) is not None:
        return ""
    if _is_let_in(run):
        return "The minimal call passes for this seller: other sellers have nothing to add."
    if run.verdict.is_settled(_SURE) and run.verdict.first.cause not in (Cause.SERVICE, Cause.REQUEST):
        return f"What is known already speaks for {run.verdict.first.cause}."
    denied = run.reference is not None and run.reference.status in (401, 403)
    if not denied and names_a_thing(run):  # who is refused at the door is refused whatever the id
        return "The call names an id of this seller's: other sellers cannot make it."
    return "" if _others(run) else "No other seller of this application and region is known."


def _is_let_in(run: Run) -> bool:
    return run.minimal_passes or bool(run.culprits)


def _calls(run: Run) -> int:
    if cannot_send(run) or run.has_side_effects or run.case.authorization is None:
        return 0
    return min(_ENOUGH, len(_others(run))) + bool(run.services.in_other_regions(run.case.authorization))


def _values_for(run: Run, authorization: Authorization) -> dict[str, Any]:
    """The smallest failing call, with the other seller's id where this seller's stands."""
    values = dict(run.minimal if run.minimal is not None else run.case.values)
    own = run.case.authorization.seller_id if run.case.authorization else None
    return {name: authorization.seller_id if value == own else value for name, value in values.items()}


async def _try_elsewhere(run: Run) -> Events:
    if not _is_let_in(run) and not log_tells(run):
        async with relayed(_try_others(run)) as relay:
            async for event in relay:
                relay.reply = yield event
    if (elsewhere := region_that_tells(run)) is not None:
        async with relayed(try_region(run, elsewhere)) as relay:
            async for event in relay:
                relay.reply = yield event


async def _try_others(run: Run) -> Events:
    calling, failing = [], []
    for authorization in _others(run)[:_MOST_TRIED]:
        attempt = Attempt(_values_for(run, authorization), f"the same call for {authorization.seller}")
        sent = Sent()
        async with relayed(send(run, attempt, authorization, sent)) as relay:
            async for event in relay:
                relay.reply = yield event
        if sent.call is None:
            continue
        outcome = outcome_of(sent.call)
        same = is_same_failure(outcome, run.reference)
        if sent.call.stage is Stage.LWA or (outcome.is_passing_trouble and not same):
            continue  # this seller's own trouble says nothing of the call
        calling.append(authorization.seller)
        if not same:
            if run.reference is not None and run.reference.is_passing_trouble:
                async with relayed(_repeat(run)) as relay:
                    async for event in relay:
                        relay.reply = yield event
            break  # one seller for whom it passes decides
        failing.append(authorization.seller)
        if outcome.is_passing_trouble or len(calling) >= _ENOUGH:
            break
    if not calling:
        run.leave_out(Probe.SELLERS, "No other seller's call came to an answer that could be compared.")
        return
    status = run.reference.status if run.reference else 0
    tried = SellersTried(len(calling), len(failing), status)
    told = [f"It fails in the same way for {' and '.join(failing)}."] if failing else []
    told += [f"It does not fail in this way for {each}." for each in calling if each not in failing]
    region = run.case.authorization.region if run.case.authorization else ""
    run.note(Evidence(" ".join(told), f"the same call for other sellers in {region}", tried))
    run.outcome = StepOutcome.FOUND if failing else StepOutcome.OK


async def _repeat(run: Run) -> Events:
    """A server's fault that another seller did not meet: does it come and go, or does it follow this seller?"""
    authorization, failed = run.case.authorization, run.reference
    if authorization is None or failed is None:
        return
    attempt, sent = Attempt(_values_for(run, authorization), "this seller's call once more", fresh=True), Sent()
    async with relayed(send(run, attempt, authorization, sent)) as relay:
        async for event in relay:
            relay.reply = yield event
    if sent.call is not None and sent.call.ok:
        fact = "The same request passes at one time and fails at another."
        run.note(Evidence(fact, source_of(sent.call), Flaky(failed.status)))


SELLERS: Final = Step(
    StepName.SELLERS,
    "Other sellers",
    "Look in the call log for whom else it fails; else make the same call for other sellers, or in another region.",
    _calls,
    _skip,
    _try_elsewhere,
    look_into_log,
)
