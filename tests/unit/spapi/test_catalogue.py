"""The catalogue: finding an operation by its name and by the address that it serves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.catalogue import AmbiguousOperationError, Catalogue, Operation, UnknownOperationError, load_catalogue
from sptui.spapi.regions import Region

CATALOGUE = load_catalogue()
KEYS = [operation.key for operation in CATALOGUE]


def operation(name: str, path: str, method: str = "GET", api: str = "x", version: str = "v1") -> Operation:
    return Operation(name=name, api=api, version=version, method=method, path=path)


def test_it_is_read_once() -> None:
    assert load_catalogue() is load_catalogue()
    assert len(CATALOGUE) == len(list(CATALOGUE)) == len(set(KEYS)) >= 16


@pytest.mark.parametrize("key", KEYS)
def test_every_entry_holds_together(key: str) -> None:
    found = CATALOGUE.find(key)
    assert found.path.startswith("/")
    assert found.method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    names = [each.name for each in found.parameters]
    assert len(names) == len(set(names))
    in_path = {each.name for each in found.parameters if each.place == "path"}
    assert in_path == {part[1:-1] for part in found.path.split("/") if part.startswith("{")}
    assert all(each.required for each in found.parameters if each.place == "path")
    assert sorted(each.name for each in (*found.required, *found.optional)) == sorted(names)
    for group in (*found.one_of, *found.excludes, *found.needs):
        assert set(group) <= set(names), group
    assert (found.token == "grantless") == bool(found.scope)
    assert found.method != "GET" or found.side_effects == "none"
    assert found.method != "GET" or all(each.place != "body" for each in found.parameters)
    for parameter in found.parameters:
        assert parameter.items or parameter.type != "array"
        assert found.parameter(parameter.name) is parameter
    assert found.parameter("no such name") is None


@pytest.mark.parametrize("key", KEYS)
def test_every_operation_is_found_by_its_names(key: str) -> None:
    found = CATALOGUE.find(key)
    assert CATALOGUE.find(key.upper()) is found
    assert found in CATALOGUE.named(f"  {found.name.lower()} ")
    assert CATALOGUE.get(key) is found


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("getOrdrs", "getOrders"),
        ("createfeeds", "createFeed"),
        ("getMarketplaceParticipation", "getMarketplaceParticipations"),
        ("searchCatalogItem", "searchCatalogItems"),
    ],
)
def test_a_slip_names_what_may_be_meant(typed: str, nearest: str) -> None:
    with pytest.raises(UnknownOperationError, match=f"Did you mean .*{nearest}") as raised:
        CATALOGUE.find(typed)
    assert nearest in raised.value.nearest
    assert CATALOGUE.get(typed) is None


@pytest.mark.parametrize("typed", ["", "   ", "zzzzzz", "[/x]", "%s"])
def test_what_is_like_nothing_says_where_to_look(typed: str) -> None:
    with pytest.raises(UnknownOperationError, match="sptui operations"):
        CATALOGUE.find(typed)


def test_one_name_for_several_asks_which() -> None:
    twins = Catalogue([operation("get", "/x/v1/a"), operation("get", "/y/v2/a", api="y", version="v2")])
    with pytest.raises(AmbiguousOperationError, match=r"x-v1\.get, y-v2\.get") as raised:
        twins.find("get")
    assert raised.value.keys == ("x-v1.get", "y-v2.get")
    assert twins.get("get") is None
    assert twins.find("y-v2.get").version == "v2"


def test_of_several_versions_the_newest_is_meant() -> None:
    versions = Catalogue([operation("get", "/x/v1/a"), operation("get", "/x/v2/a", version="v2")])
    assert versions.find("get").version == "v2"
    assert versions.find("x-v1.get").version == "v1"


@pytest.mark.parametrize("key", KEYS)
def test_every_path_is_matched(key: str) -> None:
    wanted = CATALOGUE.find(key)
    names = [each.name for each in wanted.parameters if each.place == "path"]
    path = re.sub(r"\{(\w+)\+?\}", r"{\1}", wanted.path)
    for number, name in enumerate(names):
        path = path.replace("{" + name + "}", f"value-{number}")
    values = {name: f"value-{number}" for number, name in enumerate(names)}
    for url in (
        path,
        path + "/",
        path + "?a=b/c&d",
        f"https://sellingpartnerapi-eu.amazon.com{path}?x=1#y",
        f"https://SANDBOX.sellingpartnerapi-eu.amazon.com:443{path}/",
    ):
        for method in (wanted.method, wanted.method.lower()):
            assert CATALOGUE.match(method, url) == (wanted, values)
    assert CATALOGUE.match("TRACE", path) is None
    longer = CATALOGUE.match(wanted.method, path + "/more")
    greedy = any(each.greedy for each in wanted.parameters)  # takes whatever follows
    assert greedy or longer is None or longer[0] is not wanted
    assert CATALOGUE.match(wanted.method, "/x" + path) is None


@pytest.mark.parametrize(
    ("written", "sku"),
    [("A%2FB", "A/B"), ("50%25", "50%"), ("a+b", "a+b"), ("a%20b", "a b"), ("%C3%84", "Ä"), ("%252F", "%2F"),
     ("a.b", "a.b"), ("%FF", "\ufffd"), ("a;b=c", "a;b=c"), ("%3F", "?")],
)  # fmt: skip
def test_values_of_the_path_are_decoded(written: str, sku: str) -> None:
    found = CATALOGUE.match("GET", f"/listings/2021-08-01/items/A1SELLER/{written}?marketplaceIds=X")
    assert found is not None
    assert found[0].name == "getListingsItem"
    assert found[1] == {"sellerId": "A1SELLER", "sku": sku}


@pytest.mark.parametrize(
    "url",
    ["", "/", "?", "https://", "http://[", "https://[::1/x", "/orders/v0", "//orders/v0/orders"],
)  # fmt: skip
def test_other_addresses_match_nothing_and_raise_nothing(url: str) -> None:
    assert CATALOGUE.match("GET", url) is None


def test_a_path_of_its_own_wins_over_one_with_a_value_in_its_place() -> None:
    both = Catalogue([operation("one", "/x/v1/{id}"), operation("list", "/x/v1/all"), operation("two", "/x/{a}/{b}")])
    found = both.match("GET", "/x/v1/all")
    assert found is not None
    assert found[0].name == "list"
    found = both.match("GET", "/x/v1/7")
    assert found is not None
    assert found == (both.find("one"), {"id": "7"})


def test_a_dot_in_a_path_is_a_dot() -> None:
    assert Catalogue([operation("o", "/x/v1.0/a")]).match("GET", "/x/v1-0/a") is None


@given(st.text(max_size=60), st.sampled_from(["GET", "POST", "", "get"]))
def test_any_text_is_matched_or_not(url: str, method: str) -> None:
    CATALOGUE.match(method, url)
    CATALOGUE.match(method, "https://" + url)
    assert CATALOGUE.get(url) is None or url.strip().lower() in {
        *(key.lower() for key in KEYS),
        *(each.name.lower() for each in CATALOGUE),
    }


def test_roles_may_hold_in_some_regions_only() -> None:
    participations = CATALOGUE.find("getMarketplaceParticipations")
    assert participations.roles_in(Region.NA) == ("Product Listing", "Selling Partner Insights")
    assert participations.roles_in(Region.EU) == participations.roles_in(Region.NA)
    assert set(participations.roles_in(Region.FE)) == set(participations.roles)
    assert "Pricing" in participations.roles_in(Region.FE)
