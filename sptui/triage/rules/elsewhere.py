"""What the same call in another region tells of an option, and of the address that it was sent to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.enumeration import both
from sptui.triage.causes import Cause
from sptui.triage.evidence import Culprit, NotReproduced, RegionsTried
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.words import SUPPORT, operation

rules: Final = RuleBook()

_WAIT: Final = "Wait and try again; look at the SP-API Health Dashboard (it may stay green)."
_CASE: Final = f"If it lasts: open a case at {SUPPORT} with request ids and times, and say that other regions answer."


def _passing(facts: Facts) -> str:
    """The other regions in which the call passes."""
    tried = facts.last(RegionsTried)
    return both(each for each in tried.passing if each != facts.call.region) if tried is not None else ""


@rules.rule("models issue 5365 (2026-08): one option refused in the Far East alone")
def one_region_refuses_an_option(facts: Facts) -> Iterator[Judgement]:
    """A parameter that is wrong is wrong everywhere."""
    blamed, passing = facts.last(Culprit), _passing(facts)
    if blamed is not None and passing and not facts.all(NotReproduced):
        why = f"The same call with {both(blamed.names)} passes in {passing}: the request is not at fault."
        yield pro(Cause.SERVICE, DECISIVE + FAIR, why, _WAIT, _CASE)
        yield con(Cause.REQUEST, DECISIVE, why)


@rules.rule("sp-api-endpoints; connecting-to-the-selling-partner-api: one authorization for each region")
def sent_to_another_region(facts: Facts) -> Iterator[Judgement]:
    """The address that was given is of a region for which the seller's authorization is not."""
    tried = facts.last(RegionsTried)
    if tried is None or facts.last(NotReproduced) is None or facts.call.region not in tried.failing:
        return
    home = both(tried.passing)
    why = f"{operation(facts.call)} was sent to {facts.call.region}; the authorization is for {home}, where it passes."
    yield pro(Cause.HOST, CERTAIN, why, f"Send this seller's calls to the host of {home}.")
    yield pro(Cause.AUTHORIZATION, HINT, why, f"Or have the seller authorize the application in {facts.call.region}.")
    yield con(Cause.SUCCESS, STRONG, why)
    yield con(Cause.TOKEN, FAIR, why)
