"""Calls that fail in the demo world, one for each kind of cause: what to try first, and what the tests hold."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.spapi.regions import Region


class DemoCall(msgspec.Struct, frozen=True):
    """A call that fails. ``values`` are typed as for ``-p``: ``name=value``; ``cause`` is the verdict's label.

    ``story`` tells in one sentence what happened to the developer; ``culprits`` are the parameters at fault.
    """

    title: str
    story: str
    seller: str
    region: Region
    operation: str
    values: tuple[str, ...]
    cause: str
    culprits: tuple[str, ...] = ()


DEMO_CALLS: Final[tuple[DemoCall, ...]] = (
    DemoCall(
        "A bad option",
        "Yesterday's job fetched the orders; since somebody added an end date, the same call fails.",
        "Northwind Outdoor",
        Region.NA,
        "getOrders",
        (
            "MarketplaceIds=ATVPDKIKX0DER",
            "CreatedAfter=2026-01-01T00:00:00Z",
            "CreatedBefore=2099-12-31T23:59:59Z",
            "OrderStatuses=Unshipped,PartiallyShipped",
            "MaxResultsPerPage=50",
        ),
        "request",
        ("CreatedBefore",),
    ),
    DemoCall(
        "A missing role",
        "The order helper learned to look up products, and every seller gets a 403.",
        "Prairie Lantern Books",
        Region.NA,
        "catalogItems-2022-04-01.searchCatalogItems",
        ("marketplaceIds=ATVPDKIKX0DER", "keywords=lantern"),
        "role",
    ),
    DemoCall(
        "A revoked authorization",
        "Nothing works any more for this one seller, since last night.",
        "Maple Hollow Toys",
        Region.NA,
        "getOrders",
        ("MarketplaceIds=A2EUQ1WTGCTBG2", "CreatedAfter=2026-01-01T00:00:00Z"),
        "authorization",
    ),
    DemoCall(
        "A marketplace without participation",
        "The seller asked for German orders too; the United Kingdom works, Germany answers 403.",
        "Fjord & Field Textiles",
        Region.EU,
        "getOrders",
        ("MarketplaceIds=A1PA6795UKMFR9", "CreatedAfter=2026-01-01T00:00:00Z"),
        "marketplace",
        ("MarketplaceIds",),
    ),
    DemoCall(
        "An account deactivated in one marketplace",
        "Feeds for France are refused with a 400 that names nothing; the document before it was accepted.",
        "Alpenglow Kitchen",
        Region.EU,
        "createFeed",
        (
            "feedType=JSON_LISTINGS_FEED",
            "marketplaceIds=A13V1IB3VIYZZH",
            "inputFeedDocumentId=amzn1.tortuga.4.eu.00000000-0000-4000-8000-000000000000",
        ),
        "account",
    ),
    DemoCall(
        "An outage at Amazon",
        "The same search works in North America and Europe; in the Far East it fails for every seller.",
        "Sakura Stationery",
        Region.FE,
        "searchOrders",
        ("marketplaceIds=A1VC38T7YXB528", "createdAfter=2026-01-01T00:00:00Z"),
        "service",
    ),
)
