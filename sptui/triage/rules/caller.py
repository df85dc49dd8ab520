"""The caller's own layer: signatures, headers, encoding, transport."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sptui.spapi.answers import BodyKind
from sptui.spapi.check import ProblemKind
from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen, RequestFlaw, Signed, Withheld
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro

rules = RuleBook()

_WIRE: Final = frozenset({ProblemKind.BODY, ProblemKind.HEADER, ProblemKind.PLACE})


@rules.rule("changelog 2023-10: SP-API no longer requires AWS signatures; docs issue 106", reads=Signed)
def still_signed(facts: Facts) -> Iterator[Judgement]:
    """A bare refusal of a signed request: whose keys, whose role, whose clock?"""
    failure = facts.api_failure()
    if facts.last(Signed) is None or failure is None or not failure.denied or failure.details.strip():
        return
    why = "The request carries an AWS signature, which SP-API has not needed since October 2023."
    yield pro(
        Cause.CLIENT, FAIR + 0.3, why, "Send the access token alone; drop Authorization and x-amz-security-token."
    )


@rules.rule("resolve-common-http-and-authorization-error-codes: Content-Type, Host, body on GET", reads=RequestFlaw)
def sent_in_another_form(facts: Facts) -> Iterator[Judgement]:
    """Right values in the wrong place or wrapping: a library or a habit of another API."""
    failure = facts.api_failure()
    if failure is None or failure.status not in (400, 403, 415, 500):
        return
    for each in facts.all(RequestFlaw):
        if each.flaw in _WIRE:
            weight = STRONG if each.flaw is ProblemKind.HEADER else FAIR
            yield pro(Cause.CLIENT, weight, each.told, f"Correct {each.parameter or 'the request'}: {each.allowed}.")
            return


@rules.rule("models issue 472: a wrong Host header is answered with 500", reads=RequestFlaw)
def host_header(facts: Facts) -> Iterator[Judgement]:
    """The Host header and the address are two."""
    failure = facts.api_failure()
    for each in facts.all(RequestFlaw):
        if each.flaw is ProblemKind.HOST and each.parameter == "Host" and failure is not None:
            yield pro(Cause.HOST, STRONG, each.told, f"Let the HTTP library set Host, or set it to {each.allowed}.")
            yield pro(Cause.CLIENT, FAIR + HINT, each.told)


_NETWORK: Final = re.compile(
    r"could not resolve|name or service not known|getaddrinfo|enotfound|econnrefused|connection refused"
    r"|certificate|ssl|tls|handshake|proxy|econnreset|connection reset|broken pipe|curl error (?:6|7|35|60)\b"
)
_SLOW: Final = re.compile(r"timed? ?out|etimedout|curl error 28\b|gateway time")
_CODE: Final = re.compile(
    r"\b(?:type|key|attribute|name|value|index|reference|syntax)error\b|is not a function"
    r"|undefined (?:method|index|property)"
    r"|nullpointer|null reference|cannot read propert|no module named|class .* not found|call to undefined"
    r"|deprecat|must be (?:of type|an instance)|traceback"
)


@rules.rule("inferred: what a library says is not what Amazon says")
def words_of_a_library(facts: Facts) -> Iterator[Judgement]:
    """A text that no server wrote: network, TLS, or the program itself."""
    failure = facts.failure
    if failure is None or failure.body is not BodyKind.TEXT:
        return
    text = f"{failure.code.lower()} {failure.text}"
    if _CODE.search(text):
        fix = "Update the library, and look at the line that its traceback names."
        yield pro(Cause.CLIENT, STRONG + HINT, "It is an error of the program itself.", fix)
    elif _NETWORK.search(text):
        yield pro(Cause.CLIENT, STRONG + HINT, "No connection came about.", "Check network, DNS, proxy and TLS here.")
    elif _SLOW.search(text):
        yield pro(Cause.SERVICE, FAIR + HINT, "No answer came in time.", "Retry with growing pauses.")
        yield pro(Cause.CLIENT, FAIR, "No answer came in time.", "Check network and time limits.")


_TOO_MUCH: Final = ("which were not signed", "only one auth mechanism allowed")


@rules.rule(
    "recorded answers of the document store; S3 error texts: AccessDenied for headers that were not signed, "
    "InvalidArgument for two ways to sign"
)
def store_finds_another_request(facts: Facts) -> Iterator[Judgement]:
    """S3 compares the request with the one that was signed, and takes nothing beside the address."""
    failure = _of_store(facts)
    if any(phrase in each.text for each in facts.failures for phrase in _TOO_MUCH):
        why = "The document store complains of a header that does not belong there: the address is signed already."
        fix = "Fetch the document with a bare GET: no x-amz-access-token, no Authorization, the address unchanged."
        yield pro(Cause.CLIENT, DECISIVE + STRONG, why, fix)
        yield con(Cause.NOT_FOUND, STRONG, why)
    elif failure is not None and ("signature" in failure.text or "signature" in failure.code_word):
        why = "The document store finds another request than the one that the address was signed for."
        fix = "Upload with the Content-Type given to createFeedDocument, the address unchanged, and no other header."
        yield pro(Cause.CLIENT, DECISIVE, why, fix)


def _of_store(facts: Facts) -> AnswerSeen | None:
    return next((each for each in facts.failures if each.body is BodyKind.XML), None)


@rules.rule("tokens API use case guide: without a restricted token personal data are left out", reads=Withheld)
def personal_data_left_out(facts: Facts) -> Iterator[Judgement]:
    """A good answer that holds nothing of what was asked for."""
    withheld = facts.last(Withheld)
    if withheld is None:
        return
    yield con(Cause.SUCCESS, FAIR, "The personal data that the operation is for are missing.")
    if not withheld.restricted:
        why = "A plain access token was sent: Amazon then leaves personal data out."
        yield pro(Cause.TOKEN, STRONG, why, "Get a Restricted Data Token for this path and send it instead.")
        return
    why = "Even a Restricted Data Token brings no personal data."
    fix = "Get the restricted role on profile and application, then have the seller authorize again."
    yield pro(Cause.AUTHORIZATION, FAIR, why, fix)
    yield pro(Cause.ROLE, FAIR, why, fix)
    yield pro(Cause.SUCCESS, HINT, "Amazon keeps addresses only for some time after shipment.")
