"""Finding operations: by name, by key, by method and path, by a few words."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.catalogue import AmbiguousOperationError, UnknownOperationError, load_catalogue

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("getOrders", "orders-v0.getOrders"),
        ("GETORDERS", "orders-v0.getOrders"),
        (" searchOrders ", "orders-2026-01-01.searchOrders"),
        ("searchCatalogItems", "catalogItems-2022-04-01.searchCatalogItems"),
        ("searchCatalogItems@2020-12-01", "catalogItems-2020-12-01.searchCatalogItems"),
        ("getOrder@v0", "orders-v0.getOrder"),
        ("linkCarrierAccount@POST", "shipping-v2.linkCarrierAccount@POST"),
        ("shipping-v2.linkCarrierAccount", "shipping-v2.linkCarrierAccount"),
        ("getRates", "shipping-v2.getRates"),
        ("vendorDirectFulfillmentOrders-v1.getOrders", "vendorDirectFulfillmentOrders-v1.getOrders"),
    ],
)
def test_by_name(name: str, key: str) -> None:
    assert CATALOGUE.find(name).key == key


@pytest.mark.parametrize("operation", [each.key for each in CATALOGUE])
def test_every_key_is_exact(operation: str) -> None:
    assert CATALOGUE.find(operation).key == operation
    assert CATALOGUE.find(operation.lower()).key == operation


def test_what_several_apis_share_is_not_chosen() -> None:
    with pytest.raises(AmbiguousOperationError) as told:
        CATALOGUE.find("getShipment")
    assert "shipping-v1.getShipment" in told.value.keys
    assert "merchantFulfillment-v0.getShipment" in str(told.value)
    assert CATALOGUE.get("getShipment") is None
    assert len(CATALOGUE.named("getShipment")) == len(told.value.keys)


def test_what_is_not_there() -> None:
    with pytest.raises(UnknownOperationError, match="Did you mean getOrder"):
        CATALOGUE.find("getOrderz")


@pytest.mark.parametrize(
    ("method", "url", "key", "values"),
    [
        ("GET", "/orders/v0/orders", "orders-v0.getOrders", {}),
        ("get", "/orders/v0/orders/?MarketplaceIds=A", "orders-v0.getOrders", {}),
        ("GET", "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders/1", "orders-v0.getOrder", {"orderId": "1"}),
        ("GET", "http://127.0.0.1:80/sandbox/eu/orders/v0/orders/1/", "orders-v0.getOrder", {"orderId": "1"}),
        ("GET", "/listings/2021-08-01/items/A1/a%2Fb%20c", "listingsItems-2021-08-01.getListingsItem",
         {"sellerId": "A1", "sku": "a/b c"}),
        ("POST", "/shipping/v2/carrierAccounts/ups", "shipping-v2.linkCarrierAccount@POST", {"carrierId": "ups"}),
        ("PUT", "/shipping/v2/carrierAccounts/ups", "shipping-v2.linkCarrierAccount", {"carrierId": "ups"}),
        ("POST", "/uploads/2020-11-01/uploadDestinations/a/b/c",
         "uploads-2020-11-01.createUploadDestinationForResource", {"resource": "a/b/c"}),
    ],
)  # fmt: skip
def test_by_path(method: str, url: str, key: str, values: dict[str, str]) -> None:
    found = CATALOGUE.match(method, url)
    assert found is not None
    assert (found[0].key, found[1]) == (key, values)


@pytest.mark.parametrize("url", ["", "/", "/orders/v0", "/orders/v0/orders/1/2/3/4", "http://[", "/orders/v9/orders"])
def test_paths_that_no_model_has(url: str) -> None:
    assert CATALOGUE.match("GET", url) is None


def test_a_path_with_another_method() -> None:
    assert CATALOGUE.match("DELETE", "/orders/v0/orders") is None
    assert [each.key for each, _ in CATALOGUE.match_path("/orders/v0/orders")] == ["orders-v0.getOrders"]


@given(st.sampled_from(list(CATALOGUE)), st.data())
def test_any_values_in_a_path_come_back(operation: object, data: st.DataObject) -> None:
    from sptui.spapi.catalogue import Operation

    assert isinstance(operation, Operation)
    names = [each.name for each in operation.parameters if each.place == "path"]
    text = st.text(min_size=1, max_size=12).filter(lambda each: each not in (".", ".."))
    values = {name: data.draw(text) for name in names}
    path = operation.path
    for name, value in values.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    assert any(found.key == operation.key and got == values for found, got in CATALOGUE.match_path(path))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("getorders", "orders-v0.getOrders"),
        ("getRep", "reports-2021-06-30.getReport"),
        ("gmp", "sellers-v1.getMarketplaceParticipations"),
        ("patch listings 2021", "listingsItems-2021-08-01.patchListingsItem"),
        ("fba inventory summ", "fbaInventory-v1.getInventorySummaries"),
        ("searchOrdrs", "orders-2026-01-01.searchOrders"),
    ],
)
def test_by_a_few_words(query: str, first: str) -> None:
    assert CATALOGUE.search(query)[0].key == first


def test_searching_for_nothing_and_for_nonsense() -> None:
    assert CATALOGUE.search("") == list(CATALOGUE)
    assert CATALOGUE.search("xyzzy") == []
    assert len(CATALOGUE.search("orders", limit=3)) == 3
