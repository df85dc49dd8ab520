"""What the outcome alone says: nothing failed, throttled, not found, not offered, or the caller's own layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.evidence import NotReproduced
from sptui.triage.rules.base import (
    CERTAIN,
    DECISIVE,
    FAIR,
    HINT,
    STRONG,
    Answered,
    Facts,
    Judgement,
    Refused,
    RuleBook,
    con,
    pro,
)
from sptui.triage.rules.words import operation

rules = RuleBook()


@rules.rule("developer blog 2022: 200 first; an empty list is no error", reads=Answered)
def nothing_failed(facts: Facts) -> Iterator[Judgement]:
    """A good answer."""
    success = facts.success
    if success is None:
        return
    if success.processing in ("IN_QUEUE", "IN_PROGRESS"):
        why = f"It is not finished yet ({success.processing})."
        yield pro(Cause.SUCCESS, FAIR, why, "Ask again with growing pauses; reports take seconds to hours.")
    elif success.processing == "CANCELLED" and facts.call.operation in ("getFeed", "getFeeds"):
        why = "The feed was cancelled: not for want of data, as with reports."
        yield pro(Cause.ACCOUNT, FAIR, why, "The seller checks that the account may list in these marketplaces.")
        yield pro(Cause.SUCCESS, HINT, "It may have been cancelled by request (cancelFeed).")
    elif success.processing == "CANCELLED":
        why = "Amazon cancelled it: by request, for want of data, or because the same was asked too soon."
        yield pro(Cause.SUCCESS, FAIR, why, "Take the last finished one, widen the dates, or wait before asking again.")
        yield pro(Cause.ACCOUNT, HINT, why)
        yield pro(Cause.THROTTLED, HINT, why)
    elif success.processing in ("FATAL", "FAILED"):
        why = f"Processing ended {success.processing}; its document or problems, if there are any, say why."
        yield pro(Cause.REQUEST, FAIR, why, "Fetch the document that the answer names and read its errorDetails.")
        yield pro(Cause.UNAVAILABLE, HINT, why)
        yield pro(Cause.SERVICE, HINT, why)
    elif success.data_empty:
        why = f"{success.status} with an empty object: some operations answer so for an id that they do not know."
        yield pro(Cause.NOT_FOUND, STRONG, why, "Check the id, its seller and its region.")
        yield pro(Cause.SUCCESS, FAIR + HINT, why)
    elif success.empty:
        why = f"{success.status}: the call works; the list is empty."
        yield pro(Cause.SUCCESS, STRONG, why, "Widen dates and filters.")
    elif success.code or success.message:
        why = f"{success.status}, but the answer holds an error: {success.code} {success.message[:120]}".strip()
        yield pro(Cause.REQUEST, STRONG, why, "Correct what the answer's body names, and send it again.")
        yield pro(Cause.SUCCESS, HINT, f"{success.status}: the call as such works.")
    elif success.now:
        yield pro(Cause.SUCCESS, CERTAIN, f"{success.status}: the call works.")
    else:
        yield pro(Cause.SUCCESS, STRONG, f"{success.status}: the call works.")


@rules.rule("inferred", reads=NotReproduced)
def not_reproduced(facts: Facts) -> Iterator[Judgement]:
    """What was said to fail passes now, unchanged."""
    if facts.last(NotReproduced) is None:
        return
    if facts.call.path_known is False or facts.call.host:
        where = f"{facts.call.method} {facts.call.path}".strip() if facts.call.path_known is False else facts.call.host
        cause = Cause.REQUEST if facts.call.path_known is False else Cause.HOST
        why = f"With the operation's own address the call passes: {where} is none of SP-API's."
        yield pro(cause, DECISIVE, why, f"Send {operation(facts.call)} to the address of Amazon's reference.")
        return
    failure = facts.api_failure()
    if failure is not None and failure.denied and not failure.now:
        why = "The call passes with a token of sptui's, where the one that was sent was refused."
        yield pro(Cause.TOKEN, FAIR, why, "Compare the token that your program sends: its kind, age and header.")
    why = "The call passes now, with every parameter: the failure could not be reproduced."
    yield pro(Cause.SUCCESS, STRONG, why, "If it comes back: note the time and the request id, and run this again.")
    yield pro(Cause.SERVICE, FAIR, why)
    for cause in (Cause.REQUEST, Cause.ROLE, Cause.AUTHORIZATION, Cause.ACCOUNT, Cause.MARKETPLACE, Cause.HOST):
        yield con(cause, STRONG, why)


@rules.rule("notifications API model: one subscription for each seller, type and application", reads=Refused)
def exists_already(facts: Facts) -> Iterator[Judgement]:
    """409: what was to be created is there."""
    failure = facts.api_failure()
    if failure is None or failure.status != 409:
        return
    if failure.code_word in ("duplicaterequest", "requestconflict"):
        yield pro(Cause.REQUEST, STRONG, "409: the idempotency key was used before.", "Use a new key for each request.")
        return
    creates = facts.call.operation in ("createSubscription", "createDestination")
    if "already exist" in failure.text and creates:
        why = f"409 {failure.code}: what you create exists already.".replace("  ", " ")
        yield pro(Cause.SUCCESS, STRONG, why, "Read the existing one (getSubscription, getDestinations), use it.")
        yield pro(Cause.REQUEST, HINT, why)
    elif creates:
        why = f"409 {failure.code}: it conflicts with what exists.".replace("  ", " ")
        yield pro(Cause.SUCCESS, FAIR + HINT, why, "Read the existing one (getSubscription, getDestinations), use it.")
        yield pro(Cause.REQUEST, FAIR, why)
    else:
        why = "409: the call does not fit the state that the thing is in."
        yield pro(Cause.REQUEST, FAIR + HINT, why, "Read the thing's state first; make the steps in their order.")
        yield pro(Cause.SUCCESS, HINT, why)
        yield pro(Cause.SERVICE, HINT, why)


@rules.rule("Amazon's models, 404 texts; recorded answers", reads=Refused)
def not_found(facts: Facts) -> Iterator[Judgement]:
    """404: the id, seldom the path."""
    failure = facts.api_failure()
    if failure is None or failure.status != 404 or "given uri" in failure.text:
        return
    if facts.call.operation == "getSubscription":
        why = "404: there is no such subscription yet."
        yield pro(Cause.SUCCESS, STRONG, why, "Create it with createSubscription.")
        return
    why = "404: Amazon does not know the id for this seller and region."
    yield pro(
        Cause.NOT_FOUND,
        STRONG,
        why,
        "Check the id, its seller, its region and its age: ids of reports and feeds belong to one seller.",
    )
    yield pro(Cause.REQUEST, HINT, why)
    yield pro(Cause.MARKETPLACE, HINT - 0.3, why)


@rules.rule("recorded answers of the document store; getReportDocument model")
def document_address_expired(facts: Facts) -> Iterator[Judgement]:
    """A pre-signed address lives five minutes."""
    for each in facts.failures:
        of_store = each.stage is Stage.DOCUMENT or each.body is BodyKind.XML
        if of_store and "request has expired" in each.text:
            why = "The document's address has expired: it is good for five minutes."
            yield pro(
                Cause.NOT_FOUND, CERTAIN, why, "Call getReportDocument again and fetch at once, without any token."
            )
        elif of_store and "signature" not in f"{each.code_word} {each.text}":
            why = "The document store refuses the address."
            yield pro(
                Cause.CLIENT, FAIR, why, "Fetch it plainly: no token, no Authorization header, address unchanged."
            )
            yield pro(Cause.NOT_FOUND, FAIR, why, "Call getReportDocument again for a fresh address.")


_THROTTLE_CODES: Final = frozenset(
    {"quotaexceeded", "toomanyrequests", "requestthrottled", "ratelimited", "toomanyrequestsexception"}
)


@rules.rule("usage-plans-and-rate-limits; recorded answers", reads=Refused)
def throttled(facts: Facts) -> Iterator[Judgement]:
    """429, under its many spellings."""
    failure = facts.api_failure()
    if failure is None or not (failure.status == 429 or failure.code_word in _THROTTLE_CODES):
        return
    rate = facts.call.rate
    wait = f"Wait {1 / rate:.0f} s or more between calls" if rate and rate < 1 else "Keep to the usage plan"
    yield pro(
        Cause.THROTTLED,
        CERTAIN,
        f"Amazon answers {failure.status}: the quota of {operation(facts.call)} is used up.",
        f"{wait}, for each application, seller and region; other programs of the application share the quota.",
        "Retry with jitter, read in larger pages, use notifications or reports instead of polling.",
    )


_LEGACY: Final = (
    "request signature we calculated",
    "credential should be scoped",
    "arn:aws:",
    "security token included",
)


@rules.rule("changelog 2023-10: SP-API no longer requires AWS signatures")
def legacy_signature(facts: Facts) -> Iterator[Judgement]:
    """Texts of AWS signing, which SP-API does not need since October 2023."""
    for each in facts.failures:
        if each.code_word == "invalidsignature" or (each.denied and any(word in each.text for word in _LEGACY)):
            why = "The refusal speaks of AWS signatures, which SP-API has not needed since October 2023."
            yield pro(Cause.CLIENT, CERTAIN, why, "Update the library, or stop signing: send the access token only.")
            return


@rules.rule("saleweaver issue 642; models issue 470", reads=Refused)
def refused_by_the_gateway(facts: Facts) -> Iterator[Judgement]:
    """An HTML page for a 4xx: the call did not reach SP-API."""
    failure = facts.api_failure()
    if failure is not None and 400 <= failure.status < 500 and failure.body is BodyKind.HTML:
        why = f"An HTML page comes with {failure.status}: the gateway turned the call away before SP-API saw it."
        yield pro(Cause.CLIENT, STRONG, why, "Check header sizes, TLS version, host and encoding of the raw request.")
        yield con(Cause.REQUEST, FAIR, why)
