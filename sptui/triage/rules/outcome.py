"""What the outcome alone says: nothing failed, throttled, not found, not offered, or the caller's own layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.evidence import NotReproduced
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.words import labels, operation

rules = RuleBook()


@rules.rule("developer blog 2022: 200 first; an empty list is no error")
def nothing_failed(facts: Facts) -> Iterator[Judgement]:
    """A good answer."""
    success = facts.success
    if success is None:
        return
    if success.processing == "CANCELLED":
        why = "Amazon cancelled it: by request, for want of data, or because the same was asked too soon."
        yield pro(Cause.SUCCESS, FAIR, why, "Take the last finished one, widen the dates, or wait before asking again.")
        yield pro(Cause.ACCOUNT, HINT, why)
        yield pro(Cause.THROTTLED, HINT, why)
    elif success.processing == "FATAL":
        why = "Processing ended FATAL; its document, if it has one, says why."
        yield pro(Cause.REQUEST, FAIR, why, "Fetch the document that the answer names and read its errorDetails.")
        yield pro(Cause.UNAVAILABLE, HINT, why)
        yield pro(Cause.SERVICE, HINT, why)
    elif success.empty:
        why = f"{success.status}: the call works; the list is empty."
        yield pro(Cause.SUCCESS, STRONG, why, "Widen dates and filters.")
    else:
        yield pro(Cause.SUCCESS, CERTAIN, f"{success.status}: the call works.")


@rules.rule("inferred")
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


@rules.rule("notifications API model: one subscription for each seller, type and application")
def exists_already(facts: Facts) -> Iterator[Judgement]:
    """409: what was to be created is there."""
    failure = facts.api_failure()
    if (
        failure is not None
        and failure.status == 409
        and failure.code_word not in ("duplicaterequest", "requestconflict")
    ):
        why = f"409 {failure.code}: what you create exists already.".replace("  ", " ")
        yield pro(Cause.SUCCESS, FAIR + HINT, why, "Read the existing one (getSubscription, getDestinations), use it.")
        yield pro(Cause.REQUEST, FAIR, why)
    elif failure is not None and failure.status == 409:
        yield pro(Cause.REQUEST, STRONG, "409: the idempotency key was used before.", "Use a new key for each request.")


@rules.rule("Amazon's models, 404 texts; recorded answers")
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
        elif of_store:
            why = "The document store refuses the address."
            yield pro(
                Cause.CLIENT, FAIR, why, "Fetch it plainly: no token, no Authorization header, address unchanged."
            )
            yield pro(Cause.NOT_FOUND, FAIR, why, "Call getReportDocument again for a fresh address.")


_THROTTLE_CODES: Final = frozenset(
    {"quotaexceeded", "toomanyrequests", "requestthrottled", "ratelimited", "toomanyrequestsexception"}
)


@rules.rule("usage-plans-and-rate-limits; recorded answers")
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


@rules.rule("docs issues 382, 911; role mappings and availability tables")
def not_offered(facts: Facts) -> Iterator[Judgement]:
    """Texts that say: not in that marketplace, not for this client."""
    for each in facts.failures:
        if "rejected for this client" in each.text and "one marketplace at a time" not in each.text:
            why = f"Amazon does not offer this report type to this seller in {labels(facts.call.marketplaces)}."
            yield pro(
                Cause.UNAVAILABLE, STRONG, why, "Check the type's marketplaces and programs in the reports guide."
            )
            yield pro(Cause.MARKETPLACE, FAIR, why, "Ask for one marketplace at a time to see which one is refused.")
        elif "is not supported in marketplace" in each.text or "not supported for ascent" in each.text:
            why = "Amazon says that the operation is not supported there."
            yield pro(
                Cause.UNAVAILABLE, DECISIVE, why, "Use another operation or marketplace; check the API's availability."
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


@rules.rule("saleweaver issue 642; models issue 470")
def refused_by_the_gateway(facts: Facts) -> Iterator[Judgement]:
    """An HTML page for a 4xx: the call did not reach SP-API."""
    failure = facts.api_failure()
    if failure is not None and 400 <= failure.status < 500 and failure.body is BodyKind.HTML:
        why = f"An HTML page comes with {failure.status}: the gateway turned the call away before SP-API saw it."
        yield pro(Cause.CLIENT, STRONG, why, "Check header sizes, TLS version, host and encoding of the raw request.")
        yield con(Cause.REQUEST, FAIR, why)
