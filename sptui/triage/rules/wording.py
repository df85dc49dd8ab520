"""What the words of a refusal are about: families of words that Amazon's APIs share, never a whole sentence."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen
from sptui.triage.rules.base import FAIR, HINT, STRONG, Facts, Judgement, RuleBook, pro
from sptui.triage.rules.words import labels, operation

rules = RuleBook()

_FAMILIES: Final = {
    Cause.NOT_FOUND: r"""
        \bno\ (?:destination|subscription|order|report|feed|document|shipment|item|listing|offer|plan)s?
            \ (?:with|for|found)\b
        | \bnot\ found\b (?! \ in\ request) | \b(?:could|can) ?not\ be\ found\b | \b(?:does|do)\ ?n[o']t\ exist\b
        | \bdoes\ not\ exist\b | \bunable\ to\ find\b | \bno\ such\b | \bno\ longer\ (?:available|exists?)\b
        | \bunknown\ (?:order|report|feed|document|shipment|item|sku)\b""",
    Cause.UNAVAILABLE: r"""
        \bnot\ (?:currently\ )?(?:supported|available|offered|enabled|applicable|provided)\b (?!\ in\ request)
        | \bdoes\ not\ support\b | \bnot\ allowed\ (?:for|at\ this\ time|in)\b | \bonly\ (?:available|supported)\b
        | \bunsupported\ (?:marketplace|operation|report|feed|region|country)\b
        | \bnot\ (?:enrolled|eligible|registered\ for|opted|a\ member)\b | \bbrand\ (?:registry|owner)\b
        | \brejected\ for\ this\ client\b""",
    Cause.ACCOUNT: r"""
        \b(?:account|seller|merchant)\b [^.]{0,40} \b(?:inactive|suspended|deactivated|closed|blocked|on\ hold
            |not\ active|not\ (?:in\ )?good\ standing|under\ review)\b
        | \b(?:inactive|suspended|deactivated|blocked)\ (?:\w+\ )?(?:account|seller|merchant)\b
        | \binvalid\ partyids?\b | \bcharge\ method\b | \bverif(?:y|ication)\b [^.]{0,30} \b(?:account|identity)\b
        | \blisting\ (?:privileges?|ability)\b | \bselling\ (?:plan|privileges?)\b""",
    Cause.MARKETPLACE: r"""
        \bmarketplaces?(?:_?ids?)?\b [^.]{0,60} \b(?:invalid|unsupported|not\ (?:valid|allowed|registered|authori[sz]ed)
            |does\ not\ (?:exist|belong|participate))\b
        | \b(?:invalid|unsupported|unknown|wrong)\ '?marketplaces?(?:_?ids?)?\b
        | \bseller'?(?:id)?'?\ and\ '?marketplace""",
    Cause.ROLE: r"""
        \bdoes\ not\ have\ (?:\w+\ )?(?:access|permission|the\ (?:required\ )?role)\b
        | \bnot\ authori[sz]ed\ (?:to|for)\b | \bunauthori[sz]ed\ to\ access\b | \binsufficient\ permissions?\b
        | \bmissing\ (?:the\ )?(?:required\ )?(?:role|permission)s?\b | \bresource\ is\ forbidden\b
        | \black(?:s|ing)?\ (?:the\ )?(?:required\ )?(?:role|permission)s?\b""",
    Cause.LWA: r"""
        \b(?:client|app(?:lication)?)[\ _-]?(?:id|secret)\b [^.]{0,30} \b(?:invalid|not\ found|mismatch|expired|wrong
            |does\ not\ (?:match|exist))\b""",
    Cause.CLIENT: r"""
        \bunexpected\ (?:token|character|end)\b | \bmalformed\ (?:json|request\ body|body)\b
        | \b(?:could|can) ?not\ (?:parse|deseriali[sz]e|decode)\b | \bunable\ to\ (?:parse|unmarshall?|deseriali[sz]e)\b
        | \b(?:in|not\ )valid\ json\b | \bcontent-?\ ?type\b | \bcharset\b | \bheader\ field\b
        | \bcanonical\ (?:request|string)\b | \brequest\ signature\b | \bsignaturedoesnotmatch\b""",
    Cause.THROTTLED: r"""
        \btoo\ (?:many\ requests|frequent(?:ly)?)\b | \brate\ (?:limit|exceeded)\b | \bthrottl\w+
        | \bexceeded\ (?:your|the)\ (?:quota|rate|limit\ of\ requests)\b | \bquota\ exceeded\b""",
    Cause.SERVICE: r"""
        \binternal\ (?:server\ |service\ )?(?:error|failure)\b | \bserver-?\ side\ error\b
        | \b(?:service|website)\ (?:is\ )?(?:temporarily\ )?unavailable\b | \bsomething\ went\ wrong\b
        | \btry\ again\ later\b | \bdependency\ (?:failure|error)\b
        | \b(?:com|org|java|javax|software)(?:\.\w+){2,}(?:exception|error)\b""",
}
_COMPILED: Final = {cause: re.compile(pattern, re.X) for cause, pattern in _FAMILIES.items()}
_FIXES: Final = {
    Cause.NOT_FOUND: "Check the id, its seller, its region and its age.",
    Cause.UNAVAILABLE: "Check in Amazon's documentation for whom and where it is offered.",
    Cause.ACCOUNT: "The seller looks at the Account Health and Seller Account Information pages.",
    Cause.MARKETPLACE: "Check the marketplace id, and with getMarketplaceParticipations that the seller is there.",
    Cause.ROLE: "Add the role to developer profile and application, then have the sellers authorize again.",
    Cause.LWA: "Compare client id and application id with those of the published application.",
    Cause.CLIENT: "Look at the raw request that is really sent: body, Content-Type, encoding, headers.",
    Cause.THROTTLED: "Keep to the usage plan, and retry with jitter.",
    Cause.SERVICE: "Retry with growing pauses; look at the SP-API Health Dashboard.",
}
_USUAL: Final = ("access to requested resource is denied", "we encountered an internal error", "given uri")


@functools.lru_cache(maxsize=10_000)
def subjects_of(text: str) -> tuple[Cause, ...]:
    """What a message in lower case is about, by its words; empty for the usual sentences that come for anything."""
    told = text
    for usual in _USUAL:
        if usual == "given uri" and usual in told:
            return ()
        told = told.replace(usual, "")
    if not told.strip():
        return ()
    return tuple(cause for cause, pattern in _COMPILED.items() if pattern.search(told))


@rules.rule("texts of Amazon's models and of public failures, by family of words")
def what_the_words_are_about(facts: Facts) -> Iterator[Judgement]:
    """A refusal that says in words what it is about."""
    failure = _worded(facts)
    if failure is None:
        return
    rejected = "rejected for this client" in failure.text
    for cause in subjects_of(failure.text):
        if rejected and cause is Cause.MARKETPLACE:
            continue
        yield pro(cause, _weight(cause, failure), f"Amazon's text speaks of it: {_quoted(failure)}", _FIXES[cause])


def _worded(facts: Facts) -> AnswerSeen | None:
    failure = facts.failure or (facts.success if facts.success is not None and facts.success.message else None)
    return failure if failure is not None and failure.stage is Stage.API and failure.status not in (429,) else None


def _weight(cause: Cause, failure: AnswerSeen) -> float:
    if cause is Cause.SERVICE:
        return FAIR if failure.status >= 500 or not failure.status else FAIR - 0.3
    if cause in (Cause.UNAVAILABLE, Cause.ACCOUNT, Cause.ROLE, Cause.THROTTLED, Cause.LWA):
        return STRONG
    if cause is Cause.NOT_FOUND:
        return STRONG
    return FAIR + HINT


def _quoted(failure: AnswerSeen) -> str:
    told = (failure.details if len(failure.details) > len(failure.message) else failure.message) or failure.details
    return f"“{told[:160]}”"


@rules.rule("docs issues 382, 614, 911: some of the marketplaces, or one at a time")
def report_rejected_for_its_marketplaces(facts: Facts) -> Iterator[Judgement]:
    """The same opening goes with three different reasons."""
    failure = _worded(facts)
    if failure is None or "rejected for this client" not in failure.text:
        return
    place = labels(facts.call.marketplaces)
    if "one marketplace at a time" in failure.text:
        why = f"{operation(facts.call)} names several marketplaces, and the type takes one."
        yield pro(Cause.REQUEST, STRONG + FAIR, why, "Make one request for each marketplace.")
    elif "some of the marketplaces" in failure.text:
        why = f"Some marketplace of {place} is not allowed for this report."
        yield pro(Cause.MARKETPLACE, FAIR + HINT, why, "Ask for one marketplace at a time to see which one is refused.")
    else:
        yield pro(Cause.MARKETPLACE, FAIR, f"The report could not be applied to {place}.")


@rules.rule("notifications guide: a standard queue, its policy and its KMS key; models issue 4135")
def queue_refuses(facts: Facts) -> Iterator[Judgement]:
    """The seller's own queue in AWS, not SP-API."""
    failure = facts.failure
    of_queue = facts.call.host.startswith("sqs.")
    if failure is None or not (of_queue or re.search(r"\b(?:sqs|kms|queue|eventbridge) ", failure.text)):
        return
    if not of_queue and not re.search(r"polic(?:y|ies)|permission|access|kms|principal|not a valid", failure.text):
        return
    why = "The queue refuses: its policy, its key or its region is not as Amazon needs it."
    fix = "Use a standard queue; let 437568002678 send messages and read attributes, and use the KMS key."
    yield pro(Cause.CLIENT, STRONG + HINT, why, fix)
