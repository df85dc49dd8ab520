"""The 23 marketplaces, and the ids that look like them."""

from __future__ import annotations

import pytest

from sptui.spapi.marketplaces import (
    MARKETPLACES,
    PSEUDO_MARKETPLACES,
    MarketplaceKind,
    find_marketplace,
    kind_of_marketplace,
    label_of_marketplace,
    marketplaces_of,
)
from sptui.spapi.regions import Region

# docs marketplace-ids
DOCUMENTED = {
    "NA": {"US": "ATVPDKIKX0DER", "CA": "A2EUQ1WTGCTBG2", "MX": "A1AM78C64UM0Y8", "BR": "A2Q3Y263D00KWC"},
    "EU": {
        "IE": "A28R8C7NBKEWEA", "ES": "A1RKKUPIHCS9HS", "UK": "A1F83G8C2ARO7P", "FR": "A13V1IB3VIYZZH",
        "BE": "AMEN7PMS3EDWL", "NL": "A1805IZSGTT6HS", "DE": "A1PA6795UKMFR9", "IT": "APJ6JRA9NG5V4",
        "SE": "A2NODRKZP88ZB9", "ZA": "AE08WJ6YKNBMC", "PL": "A1C3SOZRARQ6R3", "EG": "ARBP9OOSHTCHU",
        "TR": "A33AVAJ2PDY3EV", "SA": "A17E79C6D8DWNP", "AE": "A2VIGQ35RCS4UG", "IN": "A21TJRUUN4KGV",
    },
    "FE": {"SG": "A19VAU5U5O7RUS", "AU": "A39IBJ37TRP1C6", "JP": "A1VC38T7YXB528"},
}  # fmt: skip


def test_they_are_those_of_the_documentation() -> None:
    assert len(MARKETPLACES) == 23
    assert {
        region.value: {each.country_code: each.id for each in marketplaces_of(region)} for region in Region
    } == DOCUMENTED
    for id_, marketplace in MARKETPLACES.items():
        assert marketplace.id == id_
        assert marketplace.domain.startswith("www.amazon.")
        assert marketplace.seller_central.startswith("https://sellercentral")
        assert len(marketplace.currency) == 3
    assert [each.country for each in marketplaces_of(Region.FE)] == ["Australia", "Japan", "Singapore"]


@pytest.mark.parametrize("text", ["A1F83G8C2ARO7P", "a1f83g8c2aro7p", "UK", "gb", " Gb "])
def test_the_united_kingdom_has_two_codes(text: str) -> None:
    found = find_marketplace(text)
    assert found is not None
    assert (found.id, found.country_code) == ("A1F83G8C2ARO7P", "UK")


@pytest.mark.parametrize("text", ["", "XX", "A2ZV50J4W1RKNI", "ATVPDKIKX0DEW", "U"])
def test_what_is_no_marketplace_is_not_found(text: str) -> None:
    assert find_marketplace(text) is None


@pytest.mark.parametrize(
    ("id_", "name", "domain", "kind"),
    [
        ("ATVPDKIKX0DER", "Amazon.com", "www.amazon.com", MarketplaceKind.AMAZON),
        ("ATVPDKIKX0DER", "", "", MarketplaceKind.AMAZON),
        ("ATVPDKIKX0DER", "Non-Amazon", "sim1.stores.amazon.com", MarketplaceKind.AMAZON),  # the official list decides
        ("A2ZV50J4W1RKNI", "Amazon.com", "www.amazon.com", MarketplaceKind.PSEUDO),  # and the list of others before it
        ("A2ZV50J4W1RKNI", "", "", MarketplaceKind.PSEUDO),
        ("A9NEW", "Non-Amazon SE", "www.amazon.se", MarketplaceKind.PSEUDO),
        ("A9NEW", "NON-AMAZON", "", MarketplaceKind.PSEUDO),
        ("A9NEW", "SI SE Prod Marketplace", "", MarketplaceKind.PSEUDO),
        ("A9NEW", "", "sim1.stores.amazon.com", MarketplaceKind.PSEUDO),
        ("A9NEW", "Amazon.cl", "WWW.amazon.cl", MarketplaceKind.UNKNOWN),
        ("A9NEW", "Amazon.cl", "", MarketplaceKind.UNKNOWN),
        ("", "", "", MarketplaceKind.UNKNOWN),
    ],
)
def test_what_an_id_is(id_: str, name: str, domain: str, kind: MarketplaceKind) -> None:
    assert kind_of_marketplace(id_, name, domain) is kind


def test_no_id_is_both() -> None:
    assert not set(MARKETPLACES) & set(PSEUDO_MARKETPLACES)
    assert len(PSEUDO_MARKETPLACES) == 13


def test_labels() -> None:
    assert label_of_marketplace("A1PA6795UKMFR9") == "DE"
    assert label_of_marketplace("A2ZV50J4W1RKNI") == "US Non-Amazon"
    assert label_of_marketplace("A9NEW") == "A9NEW"
