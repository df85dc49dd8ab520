"""The request itself: what the catalogue has against it, what Amazon names, what the isolation found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sptui.spapi.check import ProblemKind
from sptui.spapi.enumeration import both
from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen, Culprit, MinimalTried, RequestClean, RequestFlaw, SellersTried
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, Refused, RuleBook, con, pro
from sptui.triage.rules.wording import subjects_of
from sptui.triage.rules.words import operation

rules = RuleBook()

_ELSEWHERE: Final = frozenset(
    {
        ProblemKind.OTHER_REGION,
        ProblemKind.PSEUDO_MARKETPLACE,
        ProblemKind.TOKEN,
        ProblemKind.RESTRICTED,
        ProblemKind.DEPRECATED,
        ProblemKind.REMOVED,
        ProblemKind.HOST,
        ProblemKind.SANDBOX,
        ProblemKind.UNKNOWN_MARKETPLACE,
        ProblemKind.HEADER,
    }
)
"""Flaws that other subjects judge."""

_GRAVE: Final = frozenset(
    {ProblemKind.MISSING, ProblemKind.TYPE, ProblemKind.ONE_OF, ProblemKind.CONFLICT, ProblemKind.RANGE}
)
"""Flaws that Amazon nearly always refuses."""

_OF_THE_PATH: Final = frozenset({ProblemKind.PATH, ProblemKind.METHOD, ProblemKind.VERSION})
"""Flaws that SP-API answers with 403 or 404: it knows no such method and path."""

MISCODED: Final = frozenset({"getListingOffersBatch", "getItemOffersBatch", "getOrderMetrics"})
"""Operations that answer a faulty request with 500 instead of 400 (developer blog 2022; models issue 1347)."""

_GENERIC: Final = (
    "invalid input",
    "invalid request parameters",
    "the input you have submitted is not valid",
    "bad request",
)


_OF_OTHER_SUBJECTS: Final = ("could not match input arguments", "access to some or all requested resource")
"""Texts that come with 400 and tell of something else than the input."""
_NOT_THE_INPUT: Final = frozenset({Cause.UNAVAILABLE, Cause.ACCOUNT, Cause.ROLE, Cause.THROTTLED})


_MARKETPLACE: Final = re.compile(r"(?:.*\.)?(?:marketplace_?ids?|granularityId)(?:\[\d+\])?", re.IGNORECASE)


def is_marketplace_parameter(name: str) -> bool:
    """Whether a parameter, or a field at any depth of the body, names marketplaces."""
    return _MARKETPLACE.fullmatch(name) is not None


def _input_refused(facts: Facts) -> AnswerSeen | None:
    failure = facts.api_failure()
    if failure is None:
        return None
    return failure if failure.status in (400, 405, 410, 413, 415, 422) or failure.speaks_of_the_input else None


@rules.rule("Amazon's models", reads=RequestFlaw)
def flaw_in_the_request(facts: Facts) -> Iterator[Judgement]:
    """What the catalogue has against the request weighs most where Amazon refused the input."""
    failure = facts.api_failure()
    miscoded = failure is not None and failure.status == 500 and facts.call.operation in MISCODED
    # Who is refused at the door was not read, and an outage does not read either.
    unread = failure is None and facts.silence is not None
    part = 1.0 if (failure is None and not unread) or miscoded or _input_refused(facts) else 0.2
    flaws = [each for each in facts.all(RequestFlaw) if each.flaw not in _ELSEWHERE]
    if _input_refused(facts) is not None:  # Amazon read the request, so it serves the path
        flaws = [each for each in flaws if each.flaw not in _OF_THE_PATH]
    for place, each in enumerate(sorted(flaws, key=lambda flaw: flaw.flaw not in _GRAVE)):
        refusing = each.flaw in _OF_THE_PATH and failure is not None and failure.status in (403, 404, 410)
        weight = (1.0 if refusing else part) * (STRONG if each.flaw in _GRAVE or refusing else FAIR + 0.5)
        if place:
            weight = min(weight, HINT / 2)
        allowed = f" Allowed: {each.allowed}." if each.allowed else ""
        yield pro(Cause.REQUEST, weight, each.told, f"Correct {each.parameter or 'the request'}.{allowed}")


@rules.rule("resolve-common-http-and-authorization-error-codes: the 400 list", reads=Refused)
def input_refused(facts: Facts) -> Iterator[Judgement]:
    """400 and its relatives: the request is the first suspect, more so where the text names what is wrong."""
    failure = _input_refused(facts)
    if failure is None:
        return
    why = f"Amazon refuses the input ({failure.status}{f' {failure.code}' if failure.code else ''})."
    elsewhere = _NOT_THE_INPUT.intersection(subjects_of(failure.text))
    if elsewhere or any(phrase in failure.text for phrase in _OF_OTHER_SUBJECTS):
        yield pro(Cause.REQUEST, HINT, why)
        return
    yield pro(Cause.REQUEST, FAIR, why, "Send the smallest request, then add the parameters one by one.")
    for cause in (Cause.ACCOUNT, Cause.MARKETPLACE, Cause.SERVICE):
        yield pro(cause, HINT - 0.4, why)
    if failure.named:
        told = f"Amazon's text names {both(failure.named)}."
        yield pro(Cause.REQUEST, FAIR + 0.5, told, f"Check {both(failure.named)}: {_quoted(failure)}")
    elif failure.text and not failure.text.startswith(_GENERIC) and not subjects_of(failure.text):
        yield pro(Cause.REQUEST, FAIR, "Amazon's text says what is wrong.", f"Read: {_quoted(failure)}")


def _quoted(failure: AnswerSeen) -> str:
    told = failure.details or failure.message
    return f"“{told[:160]}”"


@rules.rule("models issue 955, docs issues 610, 2320")
def unknown_path(facts: Facts) -> Iterator[Judgement]:
    """MissingAuthenticationToken means: there is no such method and path here."""
    for each in facts.failures:
        unknown = each.code_word == "missingauthenticationtoken" or each.error_type == (
            "MissingAuthenticationTokenException"
        )
        if not unknown and "cannot find resource by the given uri" not in each.text:
            continue
        call = f"{facts.call.method} {facts.call.path}".strip() or "the method and path"
        why = f"Amazon has no such method and path ({each.code or each.status})."
        fix = f"Check method, path and version of {call}."
        if facts.call.path_known is False:
            yield pro(Cause.REQUEST, CERTAIN, f"{why} The catalogue knows no {call} either.", fix)
        else:
            yield pro(Cause.REQUEST, STRONG, why, fix)
            yield pro(Cause.HOST, FAIR, why, "Check that the call goes to the host of the API.")
            yield pro(Cause.CLIENT, HINT, why, "Compare the address that your library really sends.")
        return


@rules.rule("Amazon's models: every path of SP-API")
def path_not_in_the_catalogue(facts: Facts) -> Iterator[Judgement]:
    """The path is none that this version knows: removed, mistyped, or newer than the catalogue."""
    told = any(each.flaw in _OF_THE_PATH | {ProblemKind.REMOVED} for each in facts.all(RequestFlaw))
    if facts.call.path_known is False and facts.failure is not None and not told:
        weight = FAIR if facts.failure.status in (400, 403, 404, 410) else HINT
        why = f"The catalogue knows no {facts.call.method} {facts.call.path}."
        yield pro(Cause.REQUEST, weight, why, "Check method, path and version against Amazon's reference.")


@rules.rule("docs sp-api-deprecations: removals and their dates", reads=RequestFlaw)
def removed_operation(facts: Facts) -> Iterator[Judgement]:
    """What Amazon took away answers as an unknown path does; an answer of another kind came while it still served."""
    failure = facts.api_failure()
    for each in facts.all(RequestFlaw):
        if each.flaw is not ProblemKind.REMOVED:
            continue
        gone = failure is not None and (failure.status in (404, 410) or failure.code_word == _NO_SUCH_PATH)
        bare = failure is not None and failure.denied and not failure.details.strip()
        weight = STRONG if gone or failure is None else FAIR + HINT if bare else 0.0
        if weight and (failure is not None or facts.nothing_seen):
            yield pro(Cause.REQUEST, weight, each.told, f"Use {each.allowed or 'what takes its place'}.")
        return


_NO_SUCH_PATH: Final = "missingauthenticationtoken"


@rules.rule("developer blog 2022 (minimal call, then options one by one)", reads=Culprit)
def culprit_found(facts: Facts) -> Iterator[Judgement]:
    """The isolation found what makes the call fail."""
    for each in facts.all(Culprit):
        names = both(each.names)
        if each.missing:
            why = f"The call passes as soon as {names} is given."
            yield pro(Cause.REQUEST, DECISIVE + 0.5, why, f"Give {names}.")
            continue
        together = "together " if len(each.names) > 1 else ""
        why = f"The minimal call passes; with {names} {together}it fails ({each.status or 'no answer'})."
        values = ", ".join(f"{name}={value}" for name, value in zip(each.names, each.values, strict=False))
        fix = f"Leave out {names} or give another value" + (f" (now {values})." if values else ".")
        if all(is_marketplace_parameter(name) for name in each.names):
            yield pro(Cause.MARKETPLACE, STRONG, why, f"Check whether the seller takes part there. {fix}")
            yield pro(Cause.REQUEST, FAIR, why, fix)
        elif each.status in (401, 403):
            yield pro(Cause.REQUEST, STRONG, why, fix)
        else:
            yield pro(Cause.REQUEST, DECISIVE + 0.5, why, fix)


@rules.rule("inferred: what fails without any option does not fail for an option", reads=MinimalTried)
def options_are_not_it(facts: Facts) -> Iterator[Judgement]:
    """The minimal call fails in the same way."""
    tried = facts.all(MinimalTried)
    if any(each.passes for each in tried) or not any(each.same for each in tried):
        return
    if any(each.samples and each.same for each in tried):
        yield con(Cause.REQUEST, STRONG, "The smallest request fails in the same way, even with sample values.")
    else:
        yield con(Cause.REQUEST, HINT, "The smallest request fails in the same way: no option is to blame.")


@rules.rule("developer blog 2022; models issues 1347, 472; docs issues 3265, 1405", reads=Refused)
def fault_of_the_request_told_as_500(facts: Facts) -> Iterator[Judgement]:
    """Some operations answer a faulty request with 500."""
    failure = facts.api_failure()
    if failure is not None and failure.status == 500 and facts.call.operation in MISCODED:
        why = f"{facts.call.operation} answers faulty requests with 500 where 400 belongs."
        yield pro(Cause.REQUEST, FAIR, why, "Check every uri and id in the body; try a request of one plain item.")


@rules.rule("inferred", reads=RequestClean)
def catalogue_has_nothing_against_it(facts: Facts) -> Iterator[Judgement]:
    """A request that fits the catalogue may still be wrong, but less likely."""
    if facts.last(RequestClean) is not None:
        yield con(Cause.REQUEST, 0.3, "The request fits the catalogue.")


@rules.rule("troubleshooting-seller-accounts: all sellers, or one?", reads=SellersTried)
def input_refused_for_other_sellers(facts: Facts) -> Iterator[Judgement]:
    """A refused input that follows the request fails for every seller."""
    tried = facts.last(SellersTried)
    if tried is None or tried.calling == 0 or _input_refused(facts) is None:
        return
    part = 1.0 if tried.trusted else 0.5
    if tried.all_fail:
        why = f"{operation(facts.call)} is refused in the same way for other sellers."
        yield pro(Cause.REQUEST, part * FAIR, why)
        yield pro(Cause.SERVICE, part * HINT, why)
        yield con(Cause.ACCOUNT, part * STRONG, why)
        yield con(Cause.MARKETPLACE, part * FAIR, why)
    elif tried.few_fail:
        why = f"{operation(facts.call)} passes for other sellers."
        # What others send with the call differs in its values, but for a feed hardly in kind.
        weight = FAIR if facts.call.operation == "createFeed" else HINT
        yield con(Cause.REQUEST, part * weight, why)
        yield pro(Cause.ACCOUNT, part * weight, why)
        yield pro(Cause.MARKETPLACE, part * HINT, why)


@rules.rule("seen often: the caller sent something else than meant", reads=RequestFlaw)
def body_lost_by_the_library(facts: Facts) -> Iterator[Judgement]:
    """Every required parameter missing at once: the body was not sent, or not as JSON."""
    missing = [each for each in facts.all(RequestFlaw) if each.flaw is ProblemKind.MISSING]
    if len(missing) > 1 and facts.call.method == "POST" and _input_refused(facts) is not None:
        why = "All that is required is missing: the body may not have been sent as JSON."
        yield pro(Cause.CLIENT, HINT, why, "Send the body as JSON with Content-Type application/json.")
