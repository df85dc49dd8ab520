"""The same call in another region: a fault that one region alone has is Amazon's (models issues 5365, 2589).

Only a call that passes there tells something: one that fails may fail for reasons of that region's own.
"""

from __future__ import annotations

from typing import Any, Final

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage
from sptui.spapi.requests import marketplaces_in, sample_value
from sptui.triage.evidence import AnswerSeen, Evidence, RegionsTried, RequestClean, RolesKnown, SellersTried
from sptui.triage.isolation import Attempt, is_same_failure
from sptui.triage.observe_answer import outcome_of, source_of
from sptui.triage.rules.base import Facts
from sptui.triage.rules.request import is_marketplace_parameter
from sptui.triage.run import Run
from sptui.triage.sending import Events, Sent, relayed, send
from sptui.triage.steps.base import names_a_thing

_GENERIC: Final = ("the input you have submitted is not valid", "invalid input", "bad request")
"""Texts of a 400 that tell nothing, and that a fault of Amazon's has had as well (models issue 5365)."""


def region_that_tells(run: Run) -> Authorization | None:
    """The authorization in another region for which the same call would decide, if there is one and it is open."""
    authorization, operation = run.case.authorization, run.operation
    if authorization is None or operation is None or run.has_side_effects or operation.token != "seller":
        return None
    if names_a_thing(run) or not (_is_refused_to_all(run) or _is_option_refused(run)):
        return None
    opening = set(operation.roles_in(authorization.region))
    others = run.services.in_other_regions(authorization)
    return next((each for each in others if set(operation.roles_in(each.region)) == opening), None)


def _is_refused_to_all(run: Run) -> bool:
    """A refusal without words that follows neither the seller nor the roles that the application is said to have."""
    facts = Facts(run.evidence)
    failure, sellers, roles = facts.api_failure(), facts.last(SellersTried), facts.last(RolesKnown)
    if failure is None or not failure.denied or failure.details or (roles is not None and roles.lacking):
        return False
    return sellers is not None and sellers.trusted and sellers.failing > 0 and sellers.all_fail


def _is_option_refused(run: Run) -> bool:
    """An option that the catalogue has nothing against, refused in words that say nothing."""
    facts = Facts(run.evidence)
    failure = facts.api_failure()
    return (
        bool(run.culprits)
        and not any(is_marketplace_parameter(name) for name in run.culprits)
        and facts.last(RequestClean) is not None
        and failure is not None
        and failure.status == 400
        and _says_nothing(failure)
    )


def _says_nothing(failure: AnswerSeen) -> bool:
    return not failure.named and (not failure.text or failure.text.startswith(_GENERIC))


async def try_region(run: Run, elsewhere: Authorization) -> Events:
    """Makes the smallest failing call there, in a store of that region."""
    attempt, sent = Attempt(_values_for(run, elsewhere), f"the same call in {elsewhere.region}"), Sent()
    async with relayed(send(run, attempt, elsewhere, sent)) as relay:
        async for event in relay:
            relay.reply = yield event
    if sent.call is None or sent.call.stage is Stage.LWA or run.case.where is None:
        return
    outcome = outcome_of(sent.call)
    where, source = elsewhere.region, source_of(sent.call)
    if outcome.ok:
        run.found(Evidence(f"The same call passes in {where}.", source, RegionsTried(passing=(where,))))
    elif is_same_failure(outcome, run.reference):
        run.note(Evidence(f"It fails in the same way in {where}.", source, RegionsTried(failing=(where,))))


def _values_for(run: Run, elsewhere: Authorization) -> dict[str, Any]:
    """The smallest failing call, with a store of the other region and the other seller's id."""
    own = run.case.authorization.seller_id if run.case.authorization else None
    failing = next((each.values for each in reversed(run.trials) if _is_blamed(run, each.values, ok=each.ok)), None)
    values = dict(failing or run.minimal or run.case.values)
    context = run.context_for(elsewhere, at_home=True)
    kind = {"granularityType": values.get("granularityType")}
    for name, value in values.items():
        if value == own:
            values[name] = elsewhere.seller_id
        elif run.operation is not None and marketplaces_in({**kind, name: value}):
            values[name] = sample_value(run.operation, name, context)
    return values


def _is_blamed(run: Run, values: dict[str, Any], *, ok: bool) -> bool:
    return bool(run.culprits) and not ok and all(values.get(name) == run.case.values[name] for name in run.culprits)
