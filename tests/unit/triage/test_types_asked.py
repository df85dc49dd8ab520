"""The types that a call names, held against Amazon's lists."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from sptui.spapi.answers import read_answer
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.evidence import TypeAsked
from sptui.triage.types_asked import observe_place, observe_types, type_roles

US, DE = "ATVPDKIKX0DER", "A1PA6795UKMFR9"
DAY: Final = date(2026, 11, 23)


def asked(operation: str, values: dict[str, Any], body: bytes = b"") -> TypeAsked:
    """The only type that is told."""
    (found,) = all_asked(operation, values, body)
    return found


def all_asked(operation: str, values: dict[str, Any], body: bytes = b"") -> list[TypeAsked]:
    answer = read_answer(200, {}, body) if body else None
    case = Case(operation=load_catalogue().find(operation), values=values, answer=answer)
    return [each.data for each in observe_types(case, DAY) if isinstance(each.data, TypeAsked)]


def test_a_type_that_is_not_offered_in_the_marketplace() -> None:
    found = asked("createReport", {"reportType": "GET_VAT_TRANSACTION_DATA", "marketplaceIds": [US]})
    assert found.not_in == (US,)
    assert asked("createReport", {"reportType": "GET_VAT_TRANSACTION_DATA", "marketplaceIds": [DE]}).not_in == ()


def test_a_type_of_mws_is_not_known() -> None:
    found = asked("getReports", {"reportTypes": ["_GET_MERCHANT_LISTINGS_DATA_"]})
    assert (found.known, found.similar) == (False, "GET_MERCHANT_LISTINGS_DATA")


def test_the_type_in_an_answer_counts_where_the_request_names_none() -> None:
    body = (
        b'{"reportType": "GET_VAT_TRANSACTION_DATA", "marketplaceIds": ["ATVPDKIKX0DER"], "processingStatus": "FATAL"}'
    )
    found = asked("getReport", {"reportId": "1"}, body)
    assert found.not_in == (US,)


def test_the_roles_are_those_of_the_type() -> None:
    case = Case(
        operation=load_catalogue().find("createReport"),
        values={"reportType": "GET_V2_SELLER_PERFORMANCE_REPORT", "marketplaceIds": [US]},
    )
    assert type_roles(case) == ("Selling Partner Insights",)


def test_a_call_without_a_type_tells_nothing() -> None:
    assert all_asked("getOrders", {"MarketplaceIds": [US]}) == []


def test_an_operation_that_is_offered_elsewhere() -> None:
    invoices = Case(operation=load_catalogue().find("getInvoices"), region=Region.EU)
    (found,) = [each.data for each in observe_place(invoices)]
    assert isinstance(found, TypeAsked)
    assert found.not_in == ("EU",)
    assert list(observe_place(msgspec.structs.replace(invoices, region=Region.NA))) == []


def test_an_operation_that_is_offered_everywhere() -> None:
    orders = Case(operation=load_catalogue().find("getOrders"), region=Region.FE)
    assert list(observe_place(orders)) == []
