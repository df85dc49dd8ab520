"""Where a seller takes part: getMarketplaceParticipations, read and judged.

Facts (docs sellers-api, Amazon's model, recorded answers): one answer covers every marketplace of the region;
``isParticipating`` was seen true for stores the seller never opened, so true alone proves no active account;
``hasSuspendedListings`` is true when the listing status is inactive (vacation mode, or listings suspended);
``storeName`` is missing in older answers; the list holds pseudo-marketplaces too.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES, MarketplaceKind, kind_of_marketplace
from sptui.spapi.redaction import redact
from sptui.spapi.requests import ApiRequest, build_request

OPERATION: Final = "sellers-v1.getMarketplaceParticipations"


class Participation(msgspec.Struct, frozen=True, gc=False):
    """What Amazon says of one marketplace; None is unknown, never guessed."""

    marketplace_id: str
    country_code: str = ""
    name: str = ""
    domain: str = ""
    kind: MarketplaceKind = MarketplaceKind.UNKNOWN
    participating: bool | None = None
    suspended_listings: bool | None = None
    store_name: str = ""

    @property
    def problem(self) -> str:
        """What stands in the way of calls for this marketplace, in words; "" where nothing is known to."""
        if self.kind is MarketplaceKind.PSEUDO:
            return ""
        if self.participating is False:
            return "not participating"
        return "listings suspended" if self.suspended_listings else ""


class ParticipationState(StrEnum):
    """How an authorization stands, as far as participations tell."""

    UNKNOWN = "unknown"
    OK = "ok"
    ATTENTION = "attention"
    FAILED = "failed"


class ParticipationReading(msgspec.Struct, frozen=True, gc=False):
    """One attempt to read the participations. ``participations`` is None where it failed; ``problem`` says why."""

    authorization: Authorization
    time: datetime
    participations: tuple[Participation, ...] | None
    problem: str = ""
    call: Call | None = None

    @property
    def state(self) -> ParticipationState:
        """FAILED, ATTENTION (a marketplace with a problem) or OK."""
        if self.participations is None:
            return ParticipationState.FAILED
        return ParticipationState.ATTENTION if self.problems else ParticipationState.OK

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence a problem: ``DE: not participating``."""
        if self.participations is None:
            return (self.problem,)
        return tuple(
            f"{each.country_code or each.marketplace_id}: {each.problem}"
            for each in self.participations
            if each.problem
        )


class UnreadableAnswerError(ValueError):
    """The answer is not what the model promises; the message says where it differs."""


class Sends(Protocol):
    """What health asks of the wire."""

    async def send(self, request: ApiRequest, authorization: Authorization, *, retry: bool = True) -> Call:
        """Sends one request; the Call tells everything, also what went wrong."""
        ...


async def fetch_participations(client: Sends, authorization: Authorization) -> ParticipationReading:
    """Asks Amazon; never raises for what the network or Amazon does."""
    call = await client.send(build_request(load_catalogue().find(OPERATION), {}), authorization)
    return reading_of_call(call, authorization)


def reading_of_call(call: Call, authorization: Authorization) -> ParticipationReading:
    """The reading that a finished call amounts to."""
    if not call.ok or call.answer is None:
        problem = call.summary if call.stage == "api" else f"No access token: {call.summary}"
        return ParticipationReading(authorization, call.sent_at, None, problem, call)
    try:
        participations = read_participations(call.answer.data)
    except UnreadableAnswerError as problem:
        told = ": ".join(filter(None, (call.answer.code, call.answer.message)))
        words = f"{problem} It says {told!r}." if told else str(problem)
        return ParticipationReading(authorization, call.sent_at, None, redact(words), call)
    return ParticipationReading(authorization, call.sent_at, tuple(participations), "", call)


def read_participations(data: Any) -> list[Participation]:
    """The entries of ``payload``, Amazon stores first, each group by country. Raises UnreadableAnswerError.

    A marketplace that is listed twice counts once; where its entries contradict each other, nothing is known.
    """
    entries = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise UnreadableAnswerError("The answer has no list called payload; Amazon's model promises one.")
    found: dict[str, Participation] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise UnreadableAnswerError("An entry of payload is not an object; Amazon's model promises objects.")
        read = _read_entry(entry)
        first = found.get(read.marketplace_id)
        found[read.marketplace_id] = _merged(first, read) if first else read
    order = list(MarketplaceKind)
    return sorted(found.values(), key=lambda each: (order.index(each.kind), each.country_code, each.marketplace_id))


def _read_entry(entry: dict[str, Any]) -> Participation:
    marketplace, participation = _object(entry, "marketplace"), _object(entry, "participation")
    marketplace_id = marketplace.get("id")
    if not isinstance(marketplace_id, str) or not marketplace_id:
        raise UnreadableAnswerError("An entry of payload has no marketplace.id.")
    name, domain = _string(marketplace, "name"), _string(marketplace, "domainName")
    known = MARKETPLACES.get(marketplace_id)
    return Participation(
        marketplace_id=marketplace_id,
        country_code=_string(marketplace, "countryCode") or (known.country_code if known else ""),
        name=name,
        domain=domain,
        kind=kind_of_marketplace(marketplace_id, name, domain),
        participating=_flag(participation, "isParticipating"),
        suspended_listings=_flag(participation, "hasSuspendedListings"),
        store_name=_string(entry, "storeName"),
    )


def _merged(one: Participation, other: Participation) -> Participation:
    return msgspec.structs.replace(
        one,
        participating=one.participating if one.participating is other.participating else None,
        suspended_listings=one.suspended_listings if one.suspended_listings is other.suspended_listings else None,
    )


def _object(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def _string(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _flag(entry: dict[str, Any], name: str) -> bool | None:
    value = entry.get(name)
    return value if isinstance(value, bool) else None
