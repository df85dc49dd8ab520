"""``sptui operations``: the list, the card, the search, and one JSON object for each operation."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cli_world import imported_by, run

from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.check import check_request
from sptui.spapi.operation_card import card_of
from sptui.spapi.regions import Region

FIELDS = [
    "operation", "api", "version", "method", "path", "roles", "token", "rate", "burst", "side_effects", "deprecated",
    "required", "optional", "minimal_request",
]  # fmt: skip
"""The contract's, in its order; what follows them is extra."""


def records(*args: str) -> list[dict[str, Any]]:
    result = run("operations", *args, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_without_a_query_all_are_listed() -> None:
    result = run("operations")
    assert result.exit_code == 0
    header, *rows = result.stdout.splitlines()
    assert header.split() == ["OPERATION", "API", "METHOD", "NOTES", "PATH"]
    assert len(rows) == len(load_catalogue())
    assert any(re.search(r"createFeed +feeds 2021-06-30 +POST +writes +/feeds/2021-06-30/feeds$", row) for row in rows)


def test_every_operation_as_json_with_a_request_that_fits_the_catalogue() -> None:
    found = records("--region", "eu")
    assert {each["key"] for each in found} == {each.key for each in load_catalogue()}
    for each in found:
        assert list(each)[: len(FIELDS)] == FIELDS
        request = each["minimal_request"]
        assert list(request) == ["method", "url", "headers", "body"]
        url = urlsplit(request["url"])
        assert (url.scheme, url.hostname) == ("https", Region.EU.host)
        assert "{" not in request["url"]
        matched = load_catalogue().match(request["method"], request["url"])
        assert matched is not None
        assert matched[0].path == each["path"]
        assert not {"x-amz-access-token", "authorization"} & set(map(str.lower, request["headers"]))


def test_a_name_is_enough_for_one_and_its_minimal_request() -> None:
    (one,) = records("feeds-2021-06-30.createFeed", "--marketplace", "de")
    assert one["operation"] == "createFeed"
    assert one["token"] == "seller"
    assert one["side_effects"] == "real"
    assert one["required"] == ["feedType", "marketplaceIds", "inputFeedDocumentId"]
    assert one["optional"] == ["feedOptions"]
    assert one["minimal_request"]["url"] == f"https://{Region.EU.host}/feeds/2021-06-30/feeds"
    assert one["minimal_request"]["body"]["marketplaceIds"] == ["A1PA6795UKMFR9"]
    operation = load_catalogue().find(one["key"])
    body = one["minimal_request"]["body"]
    assert not check_request(operation, body, now=datetime.now(UTC), region=Region.EU)


def test_the_sellers_own_id_and_region_are_used() -> None:
    args = ["--simulate", "operations", "listingsItems-2021-08-01.getListingsItem", "--json"]
    result = run(*args, "--seller", "Northwind Outdoor@EU")
    assert result.exit_code == 0, result.output
    url = json.loads(result.stdout)["minimal_request"]["url"]
    assert url.startswith(f"https://{Region.EU.host}/")
    assert "A1DEMO0SELLER1" in url


def test_an_exact_name_shows_the_card() -> None:
    result = run("operations", "GETORDERS")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "getOrders · orders v0 GET /orders/v0/orders" in text
    assert "0.0167 calls a second (one in 60 s), 20 at once" in text
    assert "One of CreatedAfter, LastUpdatedAfter or NextToken must be given." in text
    assert "MarketplaceIds list of strings, at most 50" in text
    assert "FulfillmentChannels list of strings, each one of AFN or MFN" in text
    assert "Minimal request GET https://sellingpartnerapi-na.amazon.com/orders/v0/orders?" in text
    assert "Also called so: vendor" in result.stderr


def test_words_search_and_initials_do() -> None:
    assert "getMarketplaceParticipations · sellers v1" in run("operations", "gmp").stdout
    found = run("operations", "feed", "document").stdout.splitlines()[1:]
    assert any(line.startswith("createFeedDocument") for line in found)
    assert all("feed" in line.lower() for line in found)
    assert len(found) < 20


def test_what_is_ambiguous_is_listed() -> None:
    name = next(name for name in sorted(names_more_than_once()) if load_catalogue().get(name) is None)
    keys = {each.key for each in load_catalogue().named(name)}
    assert {each["key"] for each in records(name)} == keys


def names_more_than_once() -> set[str]:
    names = [each.name for each in load_catalogue()]
    return {name for name in names if names.count(name) > 1}


def test_what_is_not_there_is_told_with_what_is_near() -> None:
    result = run("operations", "xyzzyplugh")
    assert result.exit_code == 2
    assert "No operation is called 'xyzzyplugh'" in result.stderr
    assert result.stdout == ""


def test_a_marketplace_of_another_region_is_a_usage_error() -> None:
    result = run("operations", "getOrders", "--marketplace", "DE", "--region", "na")
    assert result.exit_code == 2
    assert "Germany (A1PA6795UKMFR9) belongs to EU, not to NA" in result.stderr
    assert run("operations", "getOrders", "--marketplace", "Atlantis"[:4]).exit_code == 2


def test_build_is_a_command_of_its_own(tmp_path: Any) -> None:
    assert run("operations", "build", "--help").exit_code == 0
    result = run("operations", "--help")
    assert result.exit_code == 0
    assert "[QUERY]" in result.stdout
    assert "operations build" in result.stdout


def test_listing_imports_neither_the_screen_nor_the_network() -> None:
    heavy = {"textual", "rich", "httpx", "keyring", "starlette", "uvicorn", "sqlite3"}
    assert not heavy & imported_by("operations", "getOrders", "--json")


def test_every_card_is_whole() -> None:
    for operation in load_catalogue():
        card = card_of(operation)
        assert card.call == f"{operation.method} {operation.path}"
        assert len(card.required) + len(card.optional) == len(operation.parameters)
        assert all(len(fact.label) <= 11 and fact.text for fact in card.facts)
        assert all(each.text for each in (*card.required, *card.optional))
        assert all(rule.endswith(".") for rule in card.rules)
