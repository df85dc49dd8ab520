"""The seller: does he take part in the marketplace, and how does his account stand?"""

from __future__ import annotations

from typing import Final

from sptui.health.account_status import REPORT_TYPE, AccountStatusReading
from sptui.health.participations import OPERATION, ParticipationReading
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.spapi.requests import marketplaces_in
from sptui.triage.causes import Cause
from sptui.triage.events import YES, Question, StepName, StepOutcome
from sptui.triage.evidence import (
    AccountStatusSeen,
    Evidence,
    OperationsTried,
    ParticipationsRefused,
    Presence,
    PresenceSeen,
    Probe,
    RolesKnown,
)
from sptui.triage.observe_answer import observe_outcome, outcome_of, source_of
from sptui.triage.observe_context import observe_account, observe_presence
from sptui.triage.rules.base import Facts
from sptui.triage.rules.request import is_marketplace_parameter
from sptui.triage.run import Run
from sptui.triage.sending import Events, wait_for_plan
from sptui.triage.steps.base import Step, nothing_to_explain
from sptui.triage.steps.explained import nothing_of_the_seller

_PARTICIPATIONS: Final = OPERATION.rpartition(".")[2]
_SURE: Final = 0.9
_REPORTS: Final = "reports-2021-06-30.getReports"


def _says_nothing(run: Run) -> str:
    """Why nothing about the seller can explain the failure, or cannot be asked."""
    if run.case.authorization is None:
        return "No seller is picked."
    if run.lwa_failed:
        return "There is no access token: nothing can be asked."
    if run.case.stage is Stage.DOCUMENT:
        return "The document store answered, not SP-API: it knows no seller."
    if run.operation is not None and run.operation.token == "grantless":
        return "The operation is grantless: it knows no seller."
    if run.case.sandbox:
        return "The sandbox knows no sellers."
    blamed_marketplace = any(is_marketplace_parameter(name) for name in run.culprits)
    if (run.minimal_passes or run.culprits) and not blamed_marketplace:
        return "The minimal call passes for this seller: marketplace and account are in order."
    return nothing_of_the_seller(run)


def _names_none(run: Run) -> str:
    """Why a refused input that names no marketplace leads to none, or ""."""
    refused = run.reference is not None and run.reference.status in (400, 413, 415, 422)
    return "The call was read and names no marketplace." if refused and not run.case.marketplaces else ""


def _skip_marketplace(run: Run) -> str:
    if why := _says_nothing(run):
        return why
    if run.operation is not None and run.operation.key == OPERATION:
        return "It is this very call."
    if nothing_to_explain(run) and (run.verdict.is_certain or not run.case.marketplaces):
        return nothing_to_explain(run)
    if why := _names_none(run):
        return why
    first = run.verdict.first
    roles = Facts(run.evidence).last(RolesKnown)
    if first.cause is Cause.ROLE and roles is not None and roles.lacking and run.verdict.is_settled(_SURE):
        return "The application lacks the role: the participations would not change that."
    if first.cause is Cause.SERVICE and run.verdict.is_settled():
        return "Amazon's side is broken: the participations would not explain it."
    return ""


def _participation_calls(run: Run) -> int:
    return 1 if run.case.authorization is not None else 0


async def _look_at_marketplace(run: Run) -> Events:
    authorization = run.case.authorization
    if authorization is None:
        return
    waiting, too_long = wait_for_plan(run, load_catalogue().find(OPERATION), authorization)
    if too_long:
        run.leave_out(Probe.MARKETPLACE, too_long)
        return
    if waiting is not None:
        yield waiting
    run.calls += 1
    reading = await run.services.participations(authorization)
    if reading.participations is None:
        _note_refusal(run, reading, authorization)
        return
    source = source_of(reading.call) if reading.call else _PARTICIPATIONS
    stores = [each.country_code for each in reading.participations if each.kind is MarketplaceKind.AMAZON]
    fact = f"{_PARTICIPATIONS} passes and lists {', '.join(stores) or 'no store'}."
    evidence = [
        Evidence(fact, source, OperationsTried(passing=(_PARTICIPATIONS,))),
        *observe_presence(run.case.marketplaces, reading.participations, source),
    ]
    run.note(*evidence)
    seen = [each.data for each in evidence if isinstance(each.data, PresenceSeen)]
    if any(each.presence not in (Presence.PARTICIPATING, Presence.UNKNOWN) for each in seen):
        run.found()
    absent = {each.marketplace for each in seen if each.presence in (Presence.MISSING, Presence.NOT_PARTICIPATING)}
    run.culprits = run.culprits or _parameters_naming(run, absent)


def _parameters_naming(run: Run, marketplaces: set[str]) -> tuple[str, ...]:
    """The parameters of the call that name one of these marketplaces."""
    values = run.case.values
    kind = {"granularityType": values.get("granularityType")}
    return tuple(name for name in values if marketplaces & set(marketplaces_in({**kind, name: values[name]})))


def _note_refusal(run: Run, reading: ParticipationReading, authorization: Authorization) -> None:
    call = reading.call
    if call is None or (call.stage is Stage.API and call.ok):
        run.leave_out(Probe.MARKETPLACE, reading.problem)
        return
    if call.stage is Stage.LWA:
        run.found(observe_outcome(call, None))
        return
    outcome, roles = outcome_of(call), run.services.roles_of(authorization.application)
    opening = load_catalogue().find(OPERATION).roles_in(authorization.region)
    refused = ParticipationsRefused(
        outcome.status, outcome.code, None if roles is None else bool(set(roles) & set(opening))
    )
    run.found(Evidence(f"{_PARTICIPATIONS} fails too: {call.summary}", source_of(call), refused))


def _came_to_nothing(run: Run) -> bool:
    """Whether a good answer tells of a report or feed that was cancelled or broken off: the account may be why."""
    success = Facts(run.evidence).success
    return success is not None and success.processing in ("CANCELLED", "FATAL")


def _skip_account(run: Run) -> str:
    if why := _says_nothing(run) or ("" if _came_to_nothing(run) else nothing_to_explain(run)) or _names_none(run):
        return why
    verdict = run.verdict
    if verdict.is_settled() and verdict.first.cause is not Cause.ACCOUNT:
        return f"What is known already speaks for {verdict.first.cause}: the account's report would not change it."
    return ""


async def _look_at_account(run: Run) -> Events:
    authorization = run.case.authorization
    if authorization is None:
        return
    waiting, too_long = wait_for_plan(run, load_catalogue().find(_REPORTS), authorization)
    if too_long:
        run.leave_out(Probe.ACCOUNT, too_long)
        return
    if waiting is not None:
        yield waiting
    asked = _asked(run)
    reading = await run.services.account_status(authorization, create=False, marketplaces=asked)
    run.calls += len(reading.calls)
    if reading.statuses is None and _may_ask_for_report(run, reading):
        reply = yield Question(
            step=run.step,
            id="create-report",
            text=f"There is no recent {REPORT_TYPE}. Request one? It changes nothing but takes up to some minutes.",
            method="POST",
            path="/reports/2021-06-30/reports",
            body={"reportType": REPORT_TYPE, "marketplaceIds": list(asked)},
        )
        if reply == YES:
            reading = await run.services.account_status(authorization, create=True, marketplaces=asked)
            run.calls += len(reading.calls)
        else:
            run.leave_out(Probe.ACCOUNT, f"{reading.problem} None was requested.", StepOutcome.ASKED)
            return
    if reading.statuses is None:
        run.leave_out(Probe.ACCOUNT, reading.problem)
        return
    _note_statuses(run, reading, asked)


def _asked(run: Run) -> tuple[str, ...]:
    """The marketplaces that matter: those of the call, else of the report or feed that the answer tells of, else the
    seller's stores.
    """
    answer = run.last_call.answer if run.last_call is not None else run.case.answer
    told = marketplaces_in(answer.data) if answer is not None and answer.ok and isinstance(answer.data, dict) else ()
    return run.case.marketplaces or told or _stores(run)


def _stores(run: Run) -> tuple[str, ...]:
    """The marketplaces that are known to be the seller's, where the call names none."""
    seen = (each.data for each in run.evidence if isinstance(each.data, PresenceSeen))
    return tuple(each.marketplace for each in seen if each.presence is Presence.PARTICIPATING)


def _may_ask_for_report(run: Run, reading: AccountStatusReading) -> bool:
    """Whether a report that somebody must allow is worth asking for: the look itself worked, and it may decide."""
    looked = all(call.ok for call in reading.calls)
    return looked and not run.read_only and bool(_asked(run)) and _is_account_likely(run)


def _is_account_likely(run: Run) -> bool:
    return any(each.cause is Cause.ACCOUNT for each in run.verdict.causes[:3])


def _note_statuses(run: Run, reading: AccountStatusReading, asked: tuple[str, ...]) -> None:
    evidence = [each for each in observe_account(reading, run.services.now()) if _concerns(each, asked)]
    if not evidence:
        run.leave_out(Probe.ACCOUNT, "The performance report names no account status.")
        return
    run.note(*evidence)
    if any(isinstance(each.data, AccountStatusSeen) and each.data.status != "NORMAL" for each in evidence):
        run.found()


def _concerns(evidence: Evidence, asked: tuple[str, ...]) -> bool:
    return not asked or (isinstance(evidence.data, AccountStatusSeen) and evidence.data.marketplace in asked)


def _account_calls(run: Run) -> int:
    return 3 if run.case.authorization is not None else 0


MARKETPLACE: Final = Step(
    StepName.MARKETPLACE,
    "The marketplace",
    "Ask getMarketplaceParticipations whether the seller takes part where the call goes.",
    _participation_calls,
    _skip_marketplace,
    _look_at_marketplace,
)

ACCOUNT: Final = Step(
    StepName.ACCOUNT,
    "The account",
    "Read the account's status from the newest seller performance report.",
    _account_calls,
    _skip_account,
    _look_at_account,
)
