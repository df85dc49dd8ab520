"""Restricted Data Tokens: what may be asked for, and which roles it takes.

Restricted operations, data elements and their roles as the catalogue has them (docs tokens-api use case guide). The
texts are recorded (selling-partner-api-docs issues 702, 1201; the model's sandbox sample). Amazon answers a missing
role with 400 here, not with 403. That the address and the buyer of an order take the roles of the same data elements
is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sptui.simulator.replies import RefusalError, invalid
from sptui.simulator.tokens import Resource
from sptui.spapi.catalogue import Operation, load_catalogue

Roles = frozenset[str] | None
"""The roles that an authorization carries; None is every role."""

MOST: Final = 50
"""Resources of one token (model)."""

ELEMENTS: Final = ("buyerInfo", "buyerTaxInformation", "shippingAddress")

_ORDERS: Final = "orders-v0.getOrders"
_LIKE_ELEMENT: Final = {
    "orders-v0.getOrderAddress": "shippingAddress",
    "orders-v0.getOrderBuyerInfo": "buyerInfo",
    "orders-v0.getOrderItemsBuyerInfo": "buyerInfo",
    "orders-v0.getOrderRegulatedInfo": "shippingAddress",
}
_DOCUMENT: Final = "reports-2021-06-30.getReportDocument"


def resources_of(
    asked: Sequence[Any], roles: Roles, roles_of_document: Callable[[str], tuple[str, ...] | None]
) -> tuple[Resource, ...]:
    """What a token for ``restrictedResources`` opens. Raises RefusalError for the first that it cannot.

    ``roles_of_document``: the roles that open a report document of the seller, None where it is not restricted.
    """
    if not asked or len(asked) > MOST:
        raise not_provided()
    found: list[Resource] = []
    for each in asked:
        method, path = each.get("method"), each.get("path")
        elements = each.get("dataElements") or []
        if not isinstance(method, str) or not isinstance(path, str) or not method or not path:
            raise not_provided()
        if not isinstance(elements, list) or any(word not in ELEMENTS for word in elements):
            raise not_provided()
        matched = load_catalogue().match(method, path)
        if matched is None or not path.startswith("/") or not matched[0].rdt:
            raise _no_access()
        operation, values = matched
        _check_roles(operation, values, elements, roles, roles_of_document)
        found.append(Resource(operation.key, tuple(values.items()), frozenset(elements)))
    return tuple(found)


def element_roles(element: str) -> tuple[str, ...]:
    """The roles of which any one opens a kind of buyers' data."""
    return load_catalogue().find(_ORDERS).pii_roles[element]


def carries(roles: Roles, wanted: Sequence[str]) -> bool:
    """Whether an authorization has one of the roles; all have what takes none."""
    return roles is None or not wanted or not roles.isdisjoint(wanted)


def not_provided() -> RefusalError:
    """A body that names no resource, or one that cannot be read."""
    told = "Request is missing or has invalid parameters"
    return RefusalError(400, "InvalidRequest", told, "Resource not provided.")


def no_elements(elements: Sequence[str]) -> RefusalError:
    """The application lacks the role of a data element, or the target application is none."""
    told = ", ".join(elements)
    return invalid(f"Application does not have access to one or more requested data elements: [{told}]")


def _no_access() -> RefusalError:
    return invalid("Application do not have access to some or all requested resource")


def _check_roles(
    operation: Operation,
    values: dict[str, str],
    elements: list[str],
    roles: Roles,
    roles_of_document: Callable[[str], tuple[str, ...] | None],
) -> None:
    if operation.key == _DOCUMENT:
        wanted = roles_of_document(values["reportDocumentId"])
        if wanted is None or not carries(roles, wanted):
            raise _no_access()
        return
    if lacking := [each for each in elements if not carries(roles, element_roles(each))]:
        raise no_elements(lacking)
    element = _LIKE_ELEMENT.get(operation.key)
    if not carries(roles, element_roles(element) if element else operation.roles):
        raise _no_access()
