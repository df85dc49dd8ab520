from __future__ import annotations

from datetime import date

import pytest

from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.offered_types import TYPE_PARAMETERS, TypeKind, find_type, similar_type, types_of

US, DE, IN, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A21TJRUUN4KGV", "A1VC38T7YXB528"


@pytest.mark.parametrize("kind", list(TypeKind))
def test_every_type_names_known_marketplaces_and_a_real_date(kind: TypeKind) -> None:
    for each in types_of(kind):
        assert set(each.marketplaces) | set(each.not_marketplaces) <= set(MARKETPLACES), each.name
        assert isinstance(each.removed_by(date(2026, 11, 23)), bool), each.name


def test_numbers_of_types() -> None:
    assert [len(types_of(kind)) for kind in TypeKind] == [147, 41, 30]


def test_roles_are_words_of_the_catalogue() -> None:
    known = {role for operation in load_catalogue() for role in operation.roles}
    for kind in TypeKind:
        for each in types_of(kind):
            assert {role.removesuffix(" (Restricted)") for role in each.roles} <= {
                role.removesuffix(" (Restricted)") for role in known
            } | {"Tax Remittance", "Buyer Communication"}, each.name


def test_a_type_for_some_countries_is_not_offered_elsewhere() -> None:
    found = find_type(TypeKind.REPORT, "END_USER_DATA_REPORT")
    assert found is not None
    assert (found.offered_in(DE), found.offered_in(US), found.offered_in("NOBODY")) == (True, False, None)


def test_a_type_of_one_region() -> None:
    found = find_type(TypeKind.REPORT, "GET_AFN_INVENTORY_DATA_BY_COUNTRY")
    assert found is not None
    assert (found.offered_in(DE), found.offered_in(JP)) == (True, False)


def test_no_documented_limit_is_not_known() -> None:
    found = find_type(TypeKind.REPORT, "GET_V2_SELLER_PERFORMANCE_REPORT")
    assert found is not None
    assert found.offered_in(US) is None
    assert found.roles == ("Selling Partner Insights",)


def test_removed_types_have_gone_from_their_day_on() -> None:
    found = find_type(TypeKind.FEED, "POST_PRODUCT_DATA")
    assert found is not None
    assert (found.removed_by(date(2025, 7, 30)), found.removed_by(date(2025, 7, 31))) == (False, True)


def test_a_misspelt_name_finds_its_neighbour() -> None:
    assert find_type(TypeKind.FEED, "JSON_LISTING_FEED") is None
    assert similar_type(TypeKind.FEED, "JSON_LISTING_FEED") == "JSON_LISTINGS_FEED"
    assert similar_type(TypeKind.FEED, "HELLO") == ""


def test_the_parameters_that_name_types_are_real() -> None:
    names = {parameter.name for operation in load_catalogue() for parameter in operation.parameters}
    assert set(TYPE_PARAMETERS) <= names
