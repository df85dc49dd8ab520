"""Findings for the rules on comparisons, changes, types, words and the caller's layer, and what each speaks for."""

from __future__ import annotations

from typing import Any, Final

from sptui.spapi.answers import BodyKind
from sptui.spapi.check import ProblemKind
from sptui.spapi.regions import Region
from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    AnswerSeen,
    Aspect,
    CallKnown,
    Change,
    Changed,
    Compared,
    Finding,
    LivesElsewhere,
    NamesAnother,
    OthersToo,
    RegionsTried,
    RequestFlaw,
    RolesKnown,
    SellersTried,
    Signed,
    TokenSent,
    TypeAsked,
    Withheld,
)

US, MX = "ATVPDKIKX0DER", "A1AM78C64UM0Y8"


def call(operation: str = "getOrders", **more: Any) -> CallKnown:
    return CallKnown(operation, "GET", f"/{operation}", True, region=Region.NA, **more)


def refused(status: int = 403, message: str = "", details: str = "", **more: Any) -> AnswerSeen:
    code = {403: "Unauthorized", 500: "InternalFailure", 409: "Conflict"}.get(status, "InvalidInput")
    usual = {403: "Access to requested resource is denied.", 500: "We encountered an internal error."}
    return AnswerSeen(status, code=code, message=message or usual.get(status, ""), details=details, **more)


def good(processing: str = "", **more: Any) -> AnswerSeen:
    return AnswerSeen(200, ok=True, processing=processing, **more)


def passes(*aspects: Aspect) -> Compared:
    return Compared(frozenset(aspects), passing=True, told="something else")


def fails(*aspects: Aspect) -> Compared:
    return Compared(frozenset(aspects), passing=False, told="something else")


def changed(*changes: Change) -> Changed:
    return Changed(frozenset(changes))


def report(**more: Any) -> TypeAsked:
    return TypeAsked("report", "GET_A_REPORT", **more)


WIDENED: Final[dict[str, tuple[tuple[Finding, ...], Cause]]] = {
    "another client passes": ((call(), refused(), passes(Aspect.CLIENT)), Cause.CLIENT),
    "the header is lost by one client": (
        (call(), refused(details="Access token is missing in the request header."), passes(Aspect.CLIENT)),
        Cause.CLIENT,
    ),
    "another token passes": ((call(), refused(), passes(Aspect.TOKEN)), Cause.TOKEN),
    "a restricted token of another path fails": (
        (call(), refused(), TokenSent("Atz.sprdt|"), fails(Aspect.TOKEN)),
        Cause.TOKEN,
    ),
    "other values pass": ((call(), refused(400), passes(Aspect.VALUES)), Cause.REQUEST),
    "other values pass where one is refused": ((call(), refused(), passes(Aspect.VALUES)), Cause.REQUEST),
    "other operations pass": ((call(), refused(), passes(Aspect.OPERATIONS)), Cause.ROLE),
    "other types pass, this one is refused": ((call("createReport"), refused(), passes(Aspect.TYPES)), Cause.ROLE),
    "other types pass, this one is invalid": (
        (call("createReport"), refused(400, "not enrolled in the program"), passes(Aspect.TYPES)),
        Cause.UNAVAILABLE,
    ),
    "other types pass, this one ends FATAL": (
        (call("getReport"), good("FATAL"), passes(Aspect.TYPES), report(needs="FBA")),
        Cause.UNAVAILABLE,
    ),
    "a feed is cancelled in one marketplace": (
        (call("getFeed"), good("CANCELLED"), passes(Aspect.MARKETPLACES)),
        Cause.ACCOUNT,
    ),
    "other marketplaces pass": ((call(), refused(), passes(Aspect.MARKETPLACES)), Cause.MARKETPLACE),
    "one marketplace alone passes": (
        (call(marketplaces=(US, MX)), refused(400), passes(Aspect.MARKETPLACES, Aspect.VALUES)),
        Cause.REQUEST,
    ),
    "another region passes": ((call(), refused(), passes(Aspect.REGIONS)), Cause.AUTHORIZATION),
    "another region passes, this one breaks": ((call(), refused(500), passes(Aspect.REGIONS)), Cause.SERVICE),
    "another region's thing fails": (
        (call("createSubscription"), refused(400, "no destination with this id"), fails(Aspect.REGIONS)),
        Cause.NOT_FOUND,
    ),
    "the seller's stores are in another region": (
        (call(), refused(), LivesElsewhere((Region.EU,))),
        Cause.HOST,
    ),
    "everybody is refused in one region, with the role": (
        (
            call(),
            refused(),
            RegionsTried((Region.EU,)),
            SellersTried(2, 2, 403, trusted=False),
            RolesKnown(("Pricing",), ("Pricing",)),
        ),
        Cause.SERVICE,
    ),
    "everybody is refused in one region, roles not known": (
        (call(), refused(), RegionsTried((Region.EU,)), SellersTried(9, 9, 403)),
        Cause.ROLE,
    ),
    "an input is refused to everybody in one region": (
        (call(), refused(400), RegionsTried((Region.EU,)), SellersTried(9, 9, 400)),
        Cause.SERVICE,
    ),
    "production passes, and nobody meant the sandbox": (
        (call(sandbox=True), refused(400, "Could not match input arguments"), passes(Aspect.PRODUCTION)),
        Cause.HOST,
    ),
    "a documented sample is refused by the sandbox": (
        (call(sandbox=True, sandbox_sample=True), refused(400, "Could not match input arguments")),
        Cause.SERVICE,
    ),
    "the first calls pass": ((call(), refused(400), passes(Aspect.PACE)), Cause.THROTTLED),
    "the first calls pass, then a refusal": (
        (call(), refused(details="The access token you provided has expired."), passes(Aspect.PACE)),
        Cause.TOKEN,
    ),
    "other sellers pass, as somebody says": ((call(), refused(), passes(Aspect.SELLERS)), Cause.AUTHORIZATION),
    "everything is refused for everybody": (
        (call(), refused(), fails(Aspect.EVERYTHING), SellersTried(9, 9, 403)),
        Cause.ACCOUNT,
    ),
    "several operations break": ((call(), refused(500), fails(Aspect.OPERATIONS)), Cause.SERVICE),
    "stopped without any change": (
        (call(), refused(400), changed(Change.STOPPED, Change.UNCHANGED)),
        Cause.SERVICE,
    ),
    "a refusal that began by itself": ((call(), refused(), changed(Change.STOPPED)), Cause.AUTHORIZATION),
    "all sellers refused at once, nothing changed": (
        (call(), refused(), changed(Change.STOPPED, Change.UNCHANGED), SellersTried(30, 30, 403)),
        Cause.SERVICE,
    ),
    "results stopped": ((call("getReport"), good("FATAL"), changed(Change.STOPPED)), Cause.SERVICE),
    "ended by itself": ((call(), refused(), changed(Change.ENDED)), Cause.SERVICE),
    "a role after the consent": (
        (call(), refused(), changed(Change.NEW_ROLE, Change.OLD_CONSENT)),
        Cause.AUTHORIZATION,
    ),
    "just authorized": ((call(), refused(), changed(Change.NEW_CONSENT)), Cause.ROLE),
    "a draft application": ((call(), refused(), changed(Change.DRAFT)), Cause.AUTHORIZATION),
    "asked again too soon": ((call("getReport"), good("CANCELLED"), changed(Change.REPEATED)), Cause.THROTTLED),
    "an own change": ((call(), refused(400), changed(Change.UPDATED)), Cause.REQUEST),
    "the secret was replaced": ((call(), refused(), changed(Change.NEW_SECRET)), Cause.LWA),
    "AWS keys are in play": ((call(), refused(), changed(Change.SIGNING, Change.LIBRARY)), Cause.CLIENT),
    "a step left out": ((call(), refused(500), changed(Change.SKIPPED)), Cause.REQUEST),
    "it waits far too long": ((call("getReport"), good("IN_QUEUE"), changed(Change.SLOW)), Cause.SERVICE),
    "it begins after an hour": ((call(), refused(), changed(Change.DELAYED)), Cause.TOKEN),
    "other developers meet it": (
        (call(), refused(400, "Invalid 'sku' provided."), OthersToo("several developers", developers=True)),
        Cause.SERVICE,
    ),
    "the answer names another queue": (
        (call("createDestination"), refused(409, details="already exists"), NamesAnother("arn:a", "arn:b")),
        Cause.SERVICE,
    ),
    "an unknown type": ((call("createReport"), refused(400), report(known=False, similar="GET_B")), Cause.REQUEST),
    "a removed type": ((call("createReport"), refused(400), report(removed_on="2025-01-01")), Cause.REQUEST),
    "a type that is not offered there": ((call("createReport"), refused(400), report(not_in=(US,))), Cause.UNAVAILABLE),
    "an empty list of a type not offered there": (
        (call("getReports"), good(empty=True), report(not_in=(US,))),
        Cause.UNAVAILABLE,
    ),
    "a type that Amazon makes": ((call("createReport"), refused(400), report(made_by_amazon=True)), Cause.REQUEST),
    "too many marketplaces for a type": ((call("createReport"), refused(400), report(too_many=True)), Cause.REQUEST),
    "a type with personal data": (
        (call("createReport"), refused(), report(restricted=True, roles=("Tax Invoicing (Restricted)",))),
        Cause.ROLE,
    ),
    "a type that goes elsewhere": (
        (
            call("createSubscription"),
            refused(400),
            TypeAsked("notification", "LISTINGS_ITEM_STATUS_CHANGE", delivery=("EventBridge",)),
        ),
        Cause.REQUEST,
    ),
    "words of an account": ((call(), refused(400, "The seller account is suspended")), Cause.ACCOUNT),
    "words of a program": ((call(), refused(400, "Seller is not enrolled in Easy Ship")), Cause.UNAVAILABLE),
    "words of a role": ((call(), refused(400, "You are not authorized to use this")), Cause.ROLE),
    "words of an application id": ((call(), refused(400, "client id does not match")), Cause.LWA),
    "a report for one marketplace at a time": (
        (call("createReport"), refused(400, "Report rejected for this client. … to one marketplace at a time")),
        Cause.REQUEST,
    ),
    "a queue without the policy": (
        (call("createDestination"), refused(400, "The SQS queue policy does not allow it")),
        Cause.CLIENT,
    ),
    "signed requests": ((call(), refused(), Signed()), Cause.CLIENT),
    "a body in another form": (
        (call(), refused(400), RequestFlaw("Content-Type", ProblemKind.HEADER, "Content-Type is text.", "JSON")),
        Cause.CLIENT,
    ),
    "another Host header": (
        (call(), refused(500), RequestFlaw("Host", ProblemKind.HOST, "Host names another host.", "it")),
        Cause.HOST,
    ),
    "a token request to the API": (
        (call(), refused(), RequestFlaw("url", ProblemKind.HOST, "tokens come from LWA", "api.amazon.com")),
        Cause.HOST,
    ),
    "a removed operation": (
        (call(), refused(404), RequestFlaw("url", ProblemKind.REMOVED, "It was removed.", "another")),
        Cause.REQUEST,
    ),
    "an error of the program": (
        (call(), AnswerSeen(0, message="TypeError: x is not a function", body=BodyKind.TEXT)),
        Cause.CLIENT,
    ),
    "the store compares signatures": (
        (call(), AnswerSeen(403, code="SignatureDoesNotMatch", message="The request signature", body=BodyKind.XML)),
        Cause.CLIENT,
    ),
    "personal data left out": ((call("getOrderAddress"), good(), Withheld()), Cause.TOKEN),
    "a refusal that speaks of a value": ((call(), refused(message="Invalid amazonOrderId.")), Cause.REQUEST),
    "all sellers throttled at once": (
        (call(), refused(429, "Rate exceeded"), SellersTried(50, 50, 429)),
        Cause.THROTTLED,
    ),
    "an answer that holds an error": ((call(), good(code="90220", message="is required")), Cause.REQUEST),
    "an empty object for an id": ((call("getOrder"), good(data_empty=True, empty=True)), Cause.NOT_FOUND),
}
