"""Roles and tokens: the application's roles against the operation's, and a fresh access token from LWA."""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import Stage
from sptui.triage.events import StepName
from sptui.triage.evidence import Evidence, RolesKnown, TokenRefreshed
from sptui.triage.observe_answer import observe_outcome
from sptui.triage.observe_context import observe_roles
from sptui.triage.run import Run
from sptui.triage.steps.base import Step, nothing_to_explain, quietly


def _skip(run: Run) -> str:
    if run.case.authorization is None:
        return "No seller is picked: there is no token to try."
    if run.case.stage is Stage.DOCUMENT:
        return "The document store answered, not SP-API: no token plays a part."
    return nothing_to_explain(run)


def _needs_refresh(run: Run) -> bool:
    """Whether a fresh token would tell something: not after an answer that no token problem gives."""
    if run.lwa_failed or (run.operation is not None and run.operation.token == "grantless"):
        return False
    if run.reference is not None and _lacks_the_role(run) and run.verdict.is_settled():
        return False
    return run.reference is None or run.reference.status in (0, 401, 403)


def _lacks_the_role(run: Run) -> bool:
    return any(isinstance(each.data, RolesKnown) and each.data.lacking for each in run.evidence)


def _calls(run: Run) -> int:
    return 1 if run.case.authorization is not None and _needs_refresh(run) else 0


async def _try_token(run: Run) -> None:
    authorization = run.case.authorization
    if authorization is None:
        return
    roles = list(observe_roles(run.case, run.services.roles_of(authorization.application), "the application's roles"))
    run.note(*roles)
    if _lacks_the_role(run):
        run.found()
    if not _needs_refresh(run):
        return
    run.calls += 1
    call = await run.services.refresh_token(authorization)
    if call.ok:
        fact = f"LWA gives a fresh access token for {authorization.seller} in {authorization.region}."
        run.note(Evidence(fact, "Login with Amazon", TokenRefreshed()))
    else:
        run.found(observe_outcome(call, run.operation))


TOKEN: Final = Step(
    StepName.TOKEN,
    "Roles and tokens",
    "Compare the application's roles with those of the operation, and fetch a fresh access token.",
    _calls,
    _skip,
    quietly(_try_token),
)
