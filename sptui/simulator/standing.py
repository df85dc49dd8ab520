"""How a marketplace named in a request stands to the seller who calls, and what each operation makes of it.

The 403 for another region and for a pseudo-marketplace are recorded of Orders v2026-01-01 (selling-partner-api-models
5126, 5295), the texts of Listings, Pricing and Feeds of theirs (models 2771, developer blog of 2022). What the other
operations answer to a marketplace where the seller takes no part is inferred from the 403 that the documentation
lists for unsupported marketplaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from sptui.simulator.replies import RefusalError, denied, invalid
from sptui.simulator.speech import invalid_feed
from sptui.simulator.world import AccountState, WorldMarketplace, WorldSeller
from sptui.spapi.catalogue import Operation
from sptui.spapi.marketplaces import MARKETPLACES, PSEUDO_MARKETPLACES
from sptui.spapi.regions import Region

Refuse = Callable[[], RefusalError]


class Standing(StrEnum):
    """What a marketplace id is to a seller."""

    PARTICIPATING = "participating"
    ABSENT = "absent"
    """A marketplace of the region in which the seller does not take part."""
    FOREIGN = "foreign"
    """A marketplace of another region."""
    PSEUDO = "pseudo"
    UNKNOWN = "unknown"
    """No marketplace, and none that the world says the seller has."""


def standing_of(marketplace_id: str, seller: WorldSeller | None, region: Region) -> Standing:
    """How the id stands to the seller in ``region``."""
    if marketplace_id in PSEUDO_MARKETPLACES:
        return Standing.PSEUDO
    known = MARKETPLACES.get(marketplace_id)
    if known is not None and known.region is not region:
        return Standing.FOREIGN
    entry = seller.marketplace(marketplace_id) if seller else None
    if entry is not None and entry.participating:
        return Standing.PARTICIPATING
    return Standing.UNKNOWN if known is None and entry is None else Standing.ABSENT


def _other_region() -> RefusalError:
    return denied("The marketplaces you provided are not valid for region.")


def _invalid_marketplace_ids() -> RefusalError:
    return invalid("Invalid 'marketplaceIds' provided.")


def _unsupported() -> RefusalError:
    return invalid("Requested MarketplaceId is invalid, unsupported, or does not exist.", None)


def _not_valid() -> RefusalError:
    return invalid("The input you have submitted is not valid. Please check your input and try again.")


class _Rule(msgspec.Struct, frozen=True):
    """What an operation answers to each standing; None lets the request go on."""

    foreign: Refuse | None = _other_region
    pseudo: Refuse | None = denied
    unknown: Refuse | None = _invalid_marketplace_ids
    absent: Refuse | None = denied

    def refusal(self, standing: Standing) -> Refuse | None:
        return {
            Standing.FOREIGN: self.foreign,
            Standing.PSEUDO: self.pseudo,
            Standing.UNKNOWN: self.unknown,
            Standing.ABSENT: self.absent,
        }.get(standing)


_USUAL: Final = _Rule()
_FILTERING: Final = _Rule(pseudo=None, unknown=None, absent=None)
_LISTINGS: Final = _Rule(*(_invalid_marketplace_ids,) * 4)
_RULES: Final = {
    "orders-v0.getOrders": _Rule(pseudo=None, unknown=_not_valid),
    "orders-2026-01-01.searchOrders": _Rule(unknown=_not_valid),
    "feeds-2021-06-30.createFeed": _Rule(pseudo=invalid_feed, unknown=invalid_feed, absent=invalid_feed),
    "feeds-2021-06-30.getFeeds": _FILTERING,
    "reports-2021-06-30.getReports": _FILTERING,
    "reports-2021-06-30.createReport": _FILTERING,  # judged by report type, see report_types.py
    "reports-2021-06-30.createReportSchedule": _FILTERING,
    "catalogItems-2022-04-01.getCatalogItem": _Rule(pseudo=None, unknown=None, absent=None),
    "catalogItems-2022-04-01.searchCatalogItems": _Rule(pseudo=_invalid_marketplace_ids, absent=None),
    "listingsItems-2021-08-01.getListingsItem": _LISTINGS,
    "listingsItems-2021-08-01.searchListingsItems": _LISTINGS,
    "listingsItems-2021-08-01.putListingsItem": _LISTINGS,
    "listingsItems-2021-08-01.patchListingsItem": _LISTINGS,
    "listingsItems-2021-08-01.deleteListingsItem": _LISTINGS,
    "productPricing-v0.getItemOffersBatch": _Rule(_unsupported, _unsupported, _unsupported, None),
    "productPricing-v0.getListingOffersBatch": _Rule(_unsupported, _unsupported, _unsupported, None),
    "sales-v1.getOrderMetrics": _Rule(unknown=None),  # "all" has an answer of its own, see sales.py
    "fbaInventory-v1.getInventorySummaries": _Rule(pseudo=lambda: invalid("Invalid Input")),
}
"""By operation; an operation that is not named here follows the usual rule."""


def check_marketplaces(
    operation: Operation, marketplaces: Iterable[str], seller: WorldSeller | None, region: Region
) -> None:
    """Raises the RefusalError with which the operation meets one of the marketplaces, if it does."""
    rule = _RULES.get(operation.key, _USUAL)
    for each in marketplaces:
        if (refuse := rule.refusal(standing_of(each, seller, region))) is not None:
            raise refuse()


def status_now(seller: WorldSeller, marketplace: WorldMarketplace, began: datetime, now: datetime) -> AccountState:
    """The account's status there at ``now``; changes since the world ``began`` have happened.

    A change names no marketplace (nor does Amazon's notification), so it happens to all that are in its ``from``.
    """
    status = marketplace.status
    for change in sorted(seller.status_changes, key=lambda each: each.moment(began)):
        if began < change.moment(began) <= now and status == change.before:
            status = change.after
    return status
