"""Orders API v2026-01-01: the same orders. No restricted token any more: ``includedData`` and the role open buyers'
data (selling-partner-api-models 5306).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sptui.simulator.buyers import buyer_of
from sptui.simulator.context import CallContext, Handler
from sptui.simulator.order_book import Order
from sptui.simulator.order_search import Search, channel_of, continued, dates_in, order_named, page_of, stamp
from sptui.simulator.products import money
from sptui.simulator.replies import Reply, denied, json_reply
from sptui.simulator.restricted import carries, element_roles

_ELEMENTS: Final = {"BUYER": "buyerInfo", "RECIPIENT": "shippingAddress", "TAX": "buyerTaxInformation"}
"""The words of ``includedData`` that ask for buyers' data, and the data elements whose roles they take (inferred)."""


def _search_orders(context: CallContext) -> Reply:
    _check_roles(context)
    values, start = continued(context, "paginationToken")
    search = Search(
        *dates_in(context, values, ("createdAfter", "createdBefore"), ("lastUpdatedAfter", "lastUpdatedBefore")),
        statuses=tuple(values.get("fulfillmentStatuses", ())),
        channels=tuple(values.get("fulfilledBy", ())),
    )
    page, token = page_of(context, values, search, start, context.values.get("maxResultsPerPage", 100))
    data: dict[str, Any] = {
        "orders": [_order(context, each) for each in page],
        "lastUpdatedBefore" if search.by_update else "createdBefore": stamp(search.before),
    }
    return json_reply(200, {**data, **({"pagination": {"nextToken": token}} if token else {})})


def _get_order(context: CallContext) -> Reply:
    _check_roles(context)
    return json_reply(200, {"order": _order(context, order_named(context))})


def _check_roles(context: CallContext) -> None:
    for word in context.values.get("includedData", ()):
        if word in _ELEMENTS and not carries(context.caller.roles, element_roles(_ELEMENTS[word])):
            raise denied()


def _order(context: CallContext, order: Order) -> dict[str, Any]:
    found: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": stamp(order.created),
        "lastUpdatedTime": stamp(order.updated),
        "programs": ["PRIME"] if order.by_amazon else [],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": order.marketplace_id,
            "marketplaceName": channel_of(order),
        },
        "orderItems": [_item(order)],
    }
    for name in context.values.get("includedData", ()):
        if name in _PARTS:
            found[_PARTS[name][0]] = _PARTS[name][1](context, order)
    return found


def _item(order: Order) -> dict[str, Any]:
    product = order.product
    return {
        "orderItemId": order.item_id,
        "quantityOrdered": order.quantity,
        "product": {"asin": product.asin, "title": product.title, "sellerSku": product.sku},
        "fulfillment": {"quantityFulfilled": order.shipped, "quantityUnfulfilled": order.open_units},
    }


def _fulfillment(context: CallContext, order: Order) -> dict[str, Any]:
    del context
    return {
        "fulfillmentStatus": order.status,
        "fulfilledBy": "AMAZON" if order.by_amazon else "MERCHANT",
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {
            "earliestDateTime": stamp(order.created),
            "latestDateTime": stamp(order.created + timedelta(days=2)),
        },
    }


def _proceeds(context: CallContext, order: Order) -> dict[str, Any]:
    del context
    currency, amount = money(order.total, order.marketplace_id)
    return {"grandTotal": {"amount": amount, "currencyCode": currency}}


def _buyer(context: CallContext, order: Order) -> dict[str, Any]:
    buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
    return {"buyerName": buyer.name, "buyerEmail": buyer.email}


def _recipient(context: CallContext, order: Order) -> dict[str, Any]:
    buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
    return {
        "deliveryAddress": {
            "name": buyer.name,
            "addressLine1": buyer.street,
            "city": buyer.city,
            "stateOrRegion": buyer.state,
            "postalCode": buyer.postal_code,
            "countryCode": buyer.country_code,
            "phone": buyer.phone,
            "addressType": "COMMERCIAL" if buyer.company else "RESIDENTIAL",
        }
    }


_PARTS: Final[dict[str, tuple[str, Callable[[CallContext, Order], dict[str, Any]]]]] = {
    "BUYER": ("buyer", _buyer),
    "FULFILLMENT": ("fulfillment", _fulfillment),
    "PROCEEDS": ("proceeds", _proceeds),
    "RECIPIENT": ("recipient", _recipient),
}
"""What ``includedData`` adds; the other words add nothing here."""

HANDLERS: Final[dict[str, Handler]] = {
    "orders-2026-01-01.searchOrders": _search_orders,
    "orders-2026-01-01.getOrder": _get_order,
}
