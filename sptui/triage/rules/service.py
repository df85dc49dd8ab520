"""Amazon's side: outages, gateways' pages, answers that never came, and the caller's own network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    Culprit,
    Flaky,
    MinimalTried,
    NamesAnother,
    NoAnswer,
    OperationsTried,
    OthersToo,
    ParticipationsRefused,
    SellersTried,
    TokenRefreshed,
)
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, Refused, RuleBook, con, pro
from sptui.triage.rules.request import MISCODED
from sptui.triage.rules.words import SUPPORT, operation, where

rules = RuleBook()

_WAIT: Final = "Retry with growing pauses and jitter; look at the SP-API Health Dashboard (it may stay green)."
_CASE: Final = f"If it lasts: open a case at {SUPPORT} with request ids and times."


def _broken(facts: Facts) -> bool:
    """Whether Amazon's side looks broken: 5xx, a blank 200, a gateway's page, or no answer at all."""
    failure = facts.api_failure()
    if failure is None:
        return facts.silence is not None
    return failure.status >= 500 or failure.status == 408 or 200 <= failure.status < 300


@rules.rule("models issues 2684, 5230, 4667, 4850; docs issue 1771 (staff)", reads=Refused)
def server_error(facts: Facts) -> Iterator[Judgement]:
    """5xx, a maintenance page, a blank 200."""
    failure = facts.api_failure()
    if failure is None:
        return
    if 200 <= failure.status < 300:
        why = f"Amazon answers {failure.status} with {_body(failure.body)}."
        yield pro(Cause.SERVICE, STRONG, why, _WAIT, _CASE)
        yield pro(Cause.CLIENT, HINT, why, "Look at the raw answer: a library may have lost the body.")
    elif failure.status in (408, 502, 503, 504) or (failure.status >= 500 and failure.body is BodyKind.HTML):
        yield pro(Cause.SERVICE, STRONG + 0.5, f"Amazon's gateway answers {failure.status}.", _WAIT, _CASE)
    elif failure.status >= 500:
        weight = FAIR if facts.call.operation in MISCODED else FAIR + HINT
        yield pro(Cause.SERVICE, weight, f"Amazon answers {failure.status}: an internal error.", _WAIT, _CASE)
        yield pro(
            Cause.REQUEST,
            HINT,
            f"{failure.status} also comes for some faulty requests.",
            "Send the smallest request: if it passes, an option is to blame.",
        )


def _body(kind: BodyKind) -> str:
    return {BodyKind.EMPTY: "an empty body", BodyKind.HTML: "an HTML page"}.get(kind, "a body that cannot be read")


@rules.rule(
    "inferred: an answer about something else than the question is a fault of whoever answers", reads=NamesAnother
)
def answer_names_another_thing(facts: Facts) -> Iterator[Judgement]:
    """The request names one thing, the refusal another."""
    named = facts.last(NamesAnother)
    if named is not None and facts.failure is not None:
        why = f"The answer speaks of {named.told}, which the request does not name."
        yield pro(Cause.SERVICE, FAIR, why, _CASE)
        yield con(Cause.SUCCESS, STRONG, why)


@rules.rule("docs issue 2753; inferred for the local network", reads=NoAnswer)
def no_answer(facts: Facts) -> Iterator[Judgement]:
    """No answer: the network between, or Amazon."""
    silence = facts.silence
    if silence is None:
        return
    network = "Check network, DNS, proxy and TLS on this side (`sptui doctor`)."
    if silence.failure in ("connect", "tls", "other"):
        yield pro(Cause.CLIENT, STRONG, f"No connection came about ({silence.failure}).", network)
        yield pro(Cause.SERVICE, HINT, "Amazon's host may be down.", _WAIT)
    elif silence.failure in ("timeout", "closed", "unreadable"):
        why = {"timeout": "No answer within the time limit.", "closed": "The connection ended without an answer."}
        told = why.get(silence.failure, "What came back is no HTTP answer.")
        yield pro(Cause.SERVICE, FAIR + HINT, told, _WAIT, _CASE)
        yield pro(Cause.CLIENT, FAIR, told, network)
    elif silence.failure == "forbidden host":
        yield pro(Cause.CLIENT, DECISIVE, "The address is neither Amazon's nor this machine.", "Check SPTUI_ENDPOINT.")
    elif silence.failure == "credentials":
        yield pro(
            Cause.LWA,
            HINT,
            "The credentials could not be read on this machine, so no call was made.",
            "Run `sptui doctor`, then store client secret and refresh token again if they are gone.",
        )


@rules.rule("inferred: what answers shows that the network is up", reads=NoAnswer)
def something_answered(facts: Facts) -> Iterator[Judgement]:
    """LWA or another operation answered while this call did not."""
    if facts.silence is None or facts.silence.stage is Stage.LWA:
        return
    others = facts.last(OperationsTried)
    if facts.last(TokenRefreshed) is not None or (others is not None and others.passing):
        name = others.passing[0] if others is not None and others.passing else "Login with Amazon"
        yield con(Cause.CLIENT, FAIR, f"{name} answered in the same run: the network is up.")
        yield pro(Cause.SERVICE, HINT, f"{name} answered in the same run.")


@rules.rule(
    "errors: a 5xx that follows the time is an outage, one that follows the request a mis-coded 400 (inferred)",
    reads=MinimalTried,
)
def minimal_call_meets_it_too(facts: Facts) -> Iterator[Judgement]:
    """The smallest request meets the same fault."""
    if not _broken(facts):
        return
    tried = facts.all(MinimalTried)
    if any(each.passes for each in tried):
        yield con(Cause.SERVICE, FAIR, "The minimal call passes at the same time.")
    elif any(each.same for each in tried):
        yield pro(Cause.SERVICE, FAIR, f"The smallest {operation(facts.call)} meets the same fault.", _WAIT)
    if any(each.samples and not each.same and 400 <= each.status < 500 for each in tried):
        why = f"With other values {operation(facts.call)} gets a proper answer at the same time."
        yield con(Cause.SERVICE, FAIR, why)
        yield pro(Cause.REQUEST, FAIR, why, "Compare the values with those of a call that works.")


@rules.rule("inferred: the smallest request passes and one option fails, so it follows the request", reads=Culprit)
def fault_follows_the_request(facts: Facts) -> Iterator[Judgement]:
    """The isolation blamed a parameter."""
    if facts.all(Culprit):
        yield con(Cause.SERVICE, STRONG, "The fault follows a parameter of the request.")


@rules.rule("troubleshooting-seller-accounts: all sellers, or one?", reads=SellersTried)
def fault_for_other_sellers(facts: Facts) -> Iterator[Judgement]:
    """An outage does not ask who calls."""
    tried = facts.last(SellersTried)
    if tried is None or tried.calling == 0:
        return
    limited = facts.api_failure()
    if limited is not None and limited.status == 429 and tried.trusted and tried.all_fail:
        why = f"All {tried.calling} sellers are throttled at once: each has a quota of its own."
        yield pro(Cause.SERVICE, DECISIVE, why, _WAIT, _CASE)
    if not _broken(facts):
        return
    part = 1.0 if tried.trusted else 0.6
    failure, minimal = facts.api_failure(), facts.all(MinimalTried)
    if failure is not None and failure.status == 500 and not any(each.samples and each.same for each in minimal):
        part *= 0.3 if facts.call.operation in MISCODED else 0.6  # the same faulty body fails for everybody
    if tried.all_fail:
        why = f"{operation(facts.call)}{where(facts.call.region)} fails in the same way for other sellers."
        yield pro(Cause.SERVICE, part * STRONG, why, _WAIT, _CASE)
        for cause in (Cause.ACCOUNT, Cause.AUTHORIZATION, Cause.MARKETPLACE):
            yield con(cause, part * STRONG, why)
    elif tried.failing == 0:
        why = f"{operation(facts.call)} passes for other sellers at the same time."
        yield con(Cause.SERVICE, part * HINT, why)
        yield pro(Cause.ACCOUNT, part * HINT, why)


@rules.rule("models issue 2589 (on and off for days)", reads=Flaky)
def comes_and_goes(facts: Facts) -> Iterator[Judgement]:
    """The same request passes and fails: nothing in it can be the reason."""
    flaky = facts.last(Flaky)
    if flaky is not None:
        why = "The same request passes at one time and fails at another."
        yield pro(Cause.SERVICE, STRONG, why, _WAIT, _CASE)
        for cause in (Cause.REQUEST, Cause.ROLE, Cause.AUTHORIZATION, Cause.ACCOUNT, Cause.MARKETPLACE):
            yield con(cause, STRONG, why)


@rules.rule("inferred", reads=ParticipationsRefused)
def participations_broken_too(facts: Facts) -> Iterator[Judgement]:
    """Another operation of the same region is broken as well."""
    refused = facts.last(ParticipationsRefused)
    if refused is not None and (refused.status >= 500 or refused.status == 0):
        why = "getMarketplaceParticipations fails on Amazon's side too."
        yield pro(Cause.SERVICE, STRONG, why, _WAIT, _CASE)


@rules.rule("troubleshoot-sp-api-errors: patterns across sellers and developers", reads=OthersToo)
def others_meet_it_too(facts: Facts) -> Iterator[Judgement]:
    """Several applications have no code in common but Amazon's."""
    others, seen = facts.last(OthersToo), facts.failure or facts.success
    if others is None or seen is None or seen.status == 429:
        return
    why = f"Others meet it too ({others.told[:80]})."
    weight = DECISIVE if others.developers else HINT
    yield pro(Cause.SERVICE, weight, why, _WAIT, _CASE)
    for cause in (Cause.ACCOUNT, Cause.AUTHORIZATION, Cause.MARKETPLACE):
        yield con(cause, FAIR if others.developers else HINT, why)
    if others.developers:
        yield con(Cause.REQUEST, FAIR, why)
        yield con(Cause.SUCCESS, FAIR, why)
