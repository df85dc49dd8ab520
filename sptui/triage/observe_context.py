"""From what is known beside the exchange to evidence: roles, sellers, marketplaces, the account, comparisons."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from sptui.health.participations import Participation
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.enumeration import both, either
from sptui.spapi.marketplaces import MARKETPLACES, MarketplaceKind, kind_of_marketplace, label_of_marketplace
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.comparisons import changes_in, compared_aspects
from sptui.triage.evidence import (
    AccountStatusSeen,
    Change,
    Changed,
    Compared,
    Evidence,
    LivesElsewhere,
    MarketplacesTried,
    NamesAnother,
    OthersToo,
    Presence,
    PresenceSeen,
    RegionsTried,
    RolesKnown,
    SellersTried,
)
from sptui.triage.observe_answer import GIVEN
from sptui.triage.types_asked import type_roles

if TYPE_CHECKING:
    from sptui.health.account_status import AccountStatusReading  # it brings what fetches reports with it


def observe_roles(case: Case, roles: tuple[str, ...] | None, source: str) -> Iterator[Evidence]:
    """The application's roles, where somebody said, against those that open the operation."""
    operation, region = case.operation, case.where
    if roles is None or operation is None or not operation.roles:
        return
    if roles and not set(roles) & _role_names():
        return  # words that are no role of SP-API's say nothing of what is lacking
    opening = type_roles(case) or (operation.roles_in(region) if region else operation.roles)
    known = RolesKnown(roles, opening)
    where = f" in {region}" if region else ""
    if known.lacking:
        fact = f"The application has none of the roles that open {operation.name}{where} ({either(opening)})."
    else:
        held = either(each for each in opening if each in roles)
        fact = f"The application has {held or 'the roles'}, which opens {operation.name}{where}."
    yield Evidence(fact, source, known)


@functools.cache
def _role_names() -> set[str]:
    return {role for operation in load_catalogue() for role in operation.roles}


def observe_context(case: Case) -> Iterator[Evidence]:
    """What is known beside the exchange."""
    context = case.context
    yield from observe_roles(case, context.roles, GIVEN)
    if context.participations is not None:
        yield from observe_presence(case.marketplaces, context.participations, GIVEN)
        yield from observe_home(case, context.participations)
    if context.account_status:
        fact = f"The account is {context.account_status}."
        yield Evidence(fact, GIVEN, AccountStatusSeen(context.account_status))
    if context.other_sellers is not None:
        calling, failing = context.other_sellers
        status = case.answer.status if case.answer else 0
        fact = f"Of {calling} sellers that make this call, it fails for {failing}."
        yield Evidence(fact, GIVEN, SellersTried(calling, failing, status, trusted=calling > 2))
    if context.other_marketplaces_ok is not None:
        passing = context.other_marketplaces_ok
        fact = f"The same call {'passes' if passing else 'fails'} in other marketplaces of this seller."
        yield Evidence(fact, GIVEN, MarketplacesTried(passing))
    if context.other_regions is not None:
        passing_in, failing_in = context.other_regions
        seen = [f"passes in {both(passing_in)}"] if passing_in else []
        seen += [f"fails in {both(failing_in)}"] if failing_in else []
        yield Evidence(f"The same operation {both(seen)}.", GIVEN, RegionsTried(passing_in, failing_in))
    if context.others_told:
        developers = re.search(r"\b(?:developers?|users?|people|everybody|integrators?)\b", context.others_told)
        fact = f"Others meet it too: {context.others_told}"
        yield Evidence(fact, GIVEN, OthersToo(context.others_told, developers=developers is not None))
    yield from observe_names(case)
    for told, passes in ((context.works_with, True), (context.fails_with, False)):
        if told.strip():
            name = case.operation.name if case.operation else case.name
            aspects = compared_aspects(told, name, case.path, case.where)
            fact = f"{'It works' if passes else 'It fails too'} with: {told}"
            yield Evidence(fact, GIVEN, Compared(aspects, passes, told))
    changes = changes_in(context.recent_change) if context.recent_change.strip() else frozenset()
    if context.application_type == "draft":
        changes |= {Change.DRAFT}
    if changes:
        yield Evidence(f"What changed: {context.recent_change}", GIVEN, Changed(changes, context.recent_change))


_ARN: Final = re.compile(r"arn:aws:[\w\-]+:[\w\-]*:\d*:[\w\-/:]+")


def observe_names(case: Case) -> Iterator[Evidence]:
    """An answer that speaks of another queue or bus than the request."""
    answer = case.answer
    if answer is None or answer.ok or case.body is None:
        return
    told = _ARN.findall(f"{answer.message} {answer.details}")
    asked = _ARN.findall(msgspec.json.encode(case.body).decode()) if told else []
    if told and asked and not set(told) & set(asked):
        fact = f"The answer speaks of {told[0]}; the request names {asked[0]}."
        yield Evidence(fact, GIVEN, NamesAnother(asked[0], told[0]))


def observe_presence(asked: Iterable[str], participations: Iterable[Participation], source: str) -> Iterator[Evidence]:
    """How the seller stands in the marketplaces that a call names."""
    by_id = {each.marketplace_id: each for each in participations}
    for id_ in asked:
        presence = _presence(id_, by_id.get(id_))
        label = label_of_marketplace(id_)
        told = {
            Presence.PARTICIPATING: f"The seller participates in {label}.",
            Presence.SUSPENDED_LISTINGS: f"The seller's listings in {label} are suspended.",
            Presence.NOT_PARTICIPATING: f"The seller does not participate in {label}.",
            Presence.MISSING: f"The seller's participations do not list {label} ({id_}).",
            Presence.PSEUDO: f"{id_} ({label}) is no Amazon store.",
            Presence.UNKNOWN: f"Whether the seller participates in {label} is not told.",
        }[presence]
        yield Evidence(told, source, PresenceSeen(id_, presence))


def observe_home(case: Case, participations: Iterable[Participation]) -> Iterator[Evidence]:
    """That every store of the seller's lies in another region than the host that was called.

    Of a call that names marketplaces, those tell more.
    """
    homes = {MARKETPLACES[each.marketplace_id].region for each in participations if each.marketplace_id in MARKETPLACES}
    if case.region is None or case.sandbox or case.marketplaces or not homes or case.region in homes:
        return
    found = tuple(region for region in Region if region in homes)
    fact = f"All the seller's participations are in {both(found)}; the call went to the host of {case.region}."
    yield Evidence(fact, GIVEN, LivesElsewhere(found))


def _presence(id_: str, found: Participation | None) -> Presence:
    if kind_of_marketplace(id_) is MarketplaceKind.PSEUDO or (found and found.kind is MarketplaceKind.PSEUDO):
        return Presence.PSEUDO
    if found is None:
        return Presence.MISSING
    if found.participating is False:
        return Presence.NOT_PARTICIPATING
    if found.suspended_listings:
        return Presence.SUSPENDED_LISTINGS
    return Presence.PARTICIPATING if found.participating else Presence.UNKNOWN


def observe_account(reading: AccountStatusReading, now: datetime) -> Iterator[Evidence]:
    """The statuses of a performance report."""
    days = None if reading.as_of is None else max(0.0, (now - reading.as_of) / timedelta(days=1))
    made = f" of {reading.as_of:%Y-%m-%d %H:%M} UTC" if reading.as_of else ""
    for each in reading.statuses or ():
        fact = f"The account is {each.status} in {label_of_marketplace(each.marketplace_id)}."
        seen = AccountStatusSeen(each.status, each.marketplace_id, days)
        yield Evidence(fact, f"the seller performance report{made}", seen)
