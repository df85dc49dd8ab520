"""The 23 marketplaces, and the ids beside them that look like marketplaces and are none.

Sources: docs marketplace-ids and sp-api-endpoints (documented); Seller Central hosts and the other ids from
bizon/amazon-ids, 2026-07-31 (observed often), A1VN0HAN483KP2 from the Amazon developer blog of October 2022.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from sptui.spapi.regions import Region


class MarketplaceKind(StrEnum):
    """What an id that Amazon lists as a marketplace really is."""

    AMAZON = "amazon"
    PSEUDO = "pseudo"
    UNKNOWN = "unknown"


class Marketplace(msgspec.Struct, frozen=True):
    """An Amazon store: its id, its country and the region whose host serves it."""

    id: str
    country_code: str
    country: str
    region: Region
    currency: str
    domain: str
    seller_central: str


_ROWS: Final = (
    ("A2Q3Y263D00KWC", "BR", "Brazil", "NA", "BRL", "com.br", "sellercentral.amazon.com.br"),
    ("A2EUQ1WTGCTBG2", "CA", "Canada", "NA", "CAD", "ca", "sellercentral.amazon.ca"),
    ("A1AM78C64UM0Y8", "MX", "Mexico", "NA", "MXN", "com.mx", "sellercentral.amazon.com.mx"),
    ("ATVPDKIKX0DER", "US", "United States", "NA", "USD", "com", "sellercentral.amazon.com"),
    ("AMEN7PMS3EDWL", "BE", "Belgium", "EU", "EUR", "com.be", "sellercentral.amazon.com.be"),
    ("ARBP9OOSHTCHU", "EG", "Egypt", "EU", "EGP", "eg", "sellercentral.amazon.eg"),
    ("A13V1IB3VIYZZH", "FR", "France", "EU", "EUR", "fr", "sellercentral-europe.amazon.com"),
    ("A1PA6795UKMFR9", "DE", "Germany", "EU", "EUR", "de", "sellercentral-europe.amazon.com"),
    ("A21TJRUUN4KGV", "IN", "India", "EU", "INR", "in", "sellercentral.amazon.in"),
    ("A28R8C7NBKEWEA", "IE", "Ireland", "EU", "EUR", "ie", "sellercentral.amazon.ie"),
    ("APJ6JRA9NG5V4", "IT", "Italy", "EU", "EUR", "it", "sellercentral-europe.amazon.com"),
    ("A1805IZSGTT6HS", "NL", "Netherlands", "EU", "EUR", "nl", "sellercentral.amazon.nl"),
    ("A1C3SOZRARQ6R3", "PL", "Poland", "EU", "PLN", "pl", "sellercentral.amazon.pl"),
    ("A17E79C6D8DWNP", "SA", "Saudi Arabia", "EU", "SAR", "sa", "sellercentral.amazon.sa"),
    ("AE08WJ6YKNBMC", "ZA", "South Africa", "EU", "ZAR", "co.za", "sellercentral.amazon.co.za"),
    ("A1RKKUPIHCS9HS", "ES", "Spain", "EU", "EUR", "es", "sellercentral-europe.amazon.com"),
    ("A2NODRKZP88ZB9", "SE", "Sweden", "EU", "SEK", "se", "sellercentral.amazon.se"),
    ("A33AVAJ2PDY3EV", "TR", "Turkey", "EU", "TRY", "com.tr", "sellercentral.amazon.com.tr"),
    ("A2VIGQ35RCS4UG", "AE", "United Arab Emirates", "EU", "AED", "ae", "sellercentral.amazon.ae"),
    ("A1F83G8C2ARO7P", "UK", "United Kingdom", "EU", "GBP", "co.uk", "sellercentral-europe.amazon.com"),
    ("A39IBJ37TRP1C6", "AU", "Australia", "FE", "AUD", "com.au", "sellercentral.amazon.com.au"),
    ("A1VC38T7YXB528", "JP", "Japan", "FE", "JPY", "co.jp", "sellercentral.amazon.co.jp"),
    ("A19VAU5U5O7RUS", "SG", "Singapore", "FE", "SGD", "sg", "sellercentral.amazon.sg"),
)

MARKETPLACES: Final[dict[str, Marketplace]] = {
    id_: Marketplace(id_, code, country, Region(region), currency, f"www.amazon.{domain}", f"https://{central}")
    for id_, code, country, region, currency, domain, central in _ROWS
}
"""Every marketplace by its id. The United Kingdom is ``UK`` here and ``GB`` in Amazon's answers."""

PSEUDO_MARKETPLACES: Final[dict[str, str]] = {
    "A1MQXOICRS2Z7M": "CA Non-Amazon",
    "A1ZFFQZ3HTUKT9": "FR Non-Amazon",
    "A2ZV50J4W1RKNI": "US Non-Amazon",
    "A38D8NSA03LJTC": "DE Non-Amazon",
    "A3BXB0YN3XH17H": "US Amazon Pay sandbox",
    "A3H6HPSLHAK3XG": "MX Non-Amazon",
    "A62U237T8HV6N": "IT Non-Amazon",
    "AFQLKURYRPEL8": "ES Non-Amazon",
    "AGWSWK15IEJJ7": "US Amazon Pay",
    "AHRY1CZE9ZY4H": "US invoicing shadow",
    "AZMDEXL2RVFNN": "UK Non-Amazon",
    "A1VN0HAN483KP2": "JP Non-Amazon",
    "A30BMGT8JIOX0F": "AU Non-Amazon",
}
"""Ids of off-Amazon order channels and of Amazon Pay: getMarketplaceParticipations lists some of them,
no SP-API operation takes them (Orders 2026-01-01 answers 403, models issue 5295)."""


def marketplaces_of(region: Region) -> list[Marketplace]:
    """The region's marketplaces, by country."""
    return [marketplace for marketplace in MARKETPLACES.values() if marketplace.region is region]


def find_marketplace(text: str) -> Marketplace | None:
    """The marketplace meant by an id or a country code (``UK`` and ``GB`` are one), or None."""
    wanted = text.strip().upper()
    if wanted in MARKETPLACES:
        return MARKETPLACES[wanted]
    wanted = "UK" if wanted == "GB" else wanted
    return next((each for each in MARKETPLACES.values() if each.country_code == wanted), None)


def kind_of_marketplace(marketplace_id: str, name: str = "", domain: str = "") -> MarketplaceKind:
    """Whether an id is an Amazon store, a pseudo-marketplace, or one that this version does not know.

    In this order: the known pseudo ids, the official ids, the name ("Non-Amazon", "Prod Marketplace"), the
    domain. An id that nothing tells about stays unknown: new countries appear (Ireland in 2025).
    """
    if marketplace_id in PSEUDO_MARKETPLACES:
        return MarketplaceKind.PSEUDO
    if marketplace_id in MARKETPLACES:
        return MarketplaceKind.AMAZON
    if "non-amazon" in name.lower() or "prod marketplace" in name.lower():
        return MarketplaceKind.PSEUDO
    if domain and not domain.lower().startswith("www.amazon."):
        return MarketplaceKind.PSEUDO
    return MarketplaceKind.UNKNOWN


def label_of_marketplace(marketplace_id: str) -> str:
    """A short name for people: ``US``, ``DE``; a pseudo-marketplace's name; else the id itself."""
    if marketplace_id in MARKETPLACES:
        return MARKETPLACES[marketplace_id].country_code
    return PSEUDO_MARKETPLACES.get(marketplace_id, marketplace_id)
