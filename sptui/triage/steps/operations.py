"""Other operations of this seller: what the log proves, and a harmless read that the same roles open."""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import Call, Stage
from sptui.spapi.catalogue import Operation
from sptui.spapi.enumeration import either
from sptui.spapi.requests import build_request, minimal_values
from sptui.triage.events import StepName
from sptui.triage.evidence import Evidence, OperationsTried, Probe, RoleProof, RolesInferred, RolesKnown, RoleState
from sptui.triage.observe_answer import observe_outcome, outcome_of, source_of
from sptui.triage.probes import names_a_marketplace, read_that_tells
from sptui.triage.rules.base import Facts
from sptui.triage.run import Run
from sptui.triage.sending import Events, wait_for_plan
from sptui.triage.steps.base import Step, cannot_send, nothing_to_explain
from sptui.triage.steps.explained import nothing_of_the_seller


def _skip(run: Run) -> str:
    if why := cannot_send(run) or nothing_to_explain(run):
        return why
    if run.operation is not None and run.operation.token == "grantless":
        return "The operation is grantless: it knows no seller."
    if run.case.sandbox:
        return "The sandbox knows no sellers."
    if run.minimal_passes or run.culprits:
        return "The minimal call passes for this seller: the roles are there."
    if run.reference is None and not run.has_side_effects:
        return "How the call fails is not known."
    if run.reference is not None and run.reference.status not in (401, 403):
        return "The call was not refused: no role is lacking."
    if why := nothing_of_the_seller(run):
        return why
    if run.verdict.is_settled():
        return f"What is known already speaks for {run.verdict.first.cause}."
    if (read := _read(run)) is None:
        return "No harmless read tells of the roles that open this operation."
    known = Facts(run.evidence).last(RolesKnown)
    if known is not None and run.case.where is not None and not set(known.has) & set(read.roles_in(run.case.where)):
        return f"The application is said to have no role for {read.name} either: its refusal would tell nothing."
    return ""


def _read(run: Run) -> Operation | None:
    authorization = run.case.authorization
    if run.operation is None or authorization is None:
        return None
    return read_that_tells(run.operation, authorization.region)


def _calls(run: Run) -> int:
    return 1 if _read(run) is not None and not cannot_send(run) else 0


async def _try_read(run: Run) -> Events:
    read, authorization = _read(run), run.case.authorization
    if read is None or authorization is None:
        return
    waiting, too_long = wait_for_plan(run, read, authorization)
    if too_long:
        run.leave_out(Probe.OPERATIONS, too_long)
        return
    if waiting is not None:
        yield waiting
    run.calls += 1
    request = build_request(read, minimal_values(read, run.context_for(authorization)))
    _note(run, read, await run.services.send(request, authorization))


def _note(run: Run, read: Operation, call: Call) -> None:
    outcome, source, authorization = outcome_of(call), source_of(call), run.case.authorization
    if run.operation is None or authorization is None:
        return
    if call.stage is Stage.LWA:
        run.found(observe_outcome(call, None))
        return
    if outcome.is_passing_trouble:
        run.leave_out(Probe.OPERATIONS, f"{read.name} told nothing: {call.summary}")
        return
    refused = outcome.status in (401, 403)
    tried = OperationsTried(failing=(read.name,)) if refused else OperationsTried(passing=(read.name,))
    how = "is refused too" if refused else "is let in"
    run.note(Evidence(f"{read.name}, a harmless read that needs like roles, {how}: {call.summary}", source, tried))
    opening = run.operation.roles_in(authorization.region)
    state = RoleState.PROVEN
    if refused:  # of a store where the seller is not, a refusal says nothing of the role
        state = RoleState.UNKNOWN if names_a_marketplace(read) else RoleState.REFUTED
    here = RoleProof(read.roles_in(authorization.region), state, f"{read.name} {'is refused' if refused else 'passes'}")
    proofs = (*run.services.roles_proven(authorization.application), here)
    inferred = RolesInferred(opening, proofs)
    run.note(Evidence(_in_words(inferred), "calls that need these roles", inferred))
    if refused:
        run.found()


def _in_words(inferred: RolesInferred) -> str:
    told = [f"{role}: {inferred.state_of(role)}" for role in inferred.opening]
    if (proof := inferred.proof) is not None and len(proof.roles) > 1:
        told = [f"one of {either(proof.roles)} is there ({proof.by})"]
    return f"Roles that open it: {'; '.join(told)}."


OPERATIONS: Final = Step(
    StepName.OPERATIONS,
    "This seller, other operations",
    "Send a harmless read that the same roles open: is it only this operation that is refused?",
    _calls,
    _skip,
    _try_read,
)
