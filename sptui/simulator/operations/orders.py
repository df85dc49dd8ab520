"""Orders API: v0 and v2026-01-01. Buyers' data is never part of the answers: that takes a restricted token or role."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.order_book import HISTORY, Order, orders_of
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.products import money
from sptui.simulator.replies import Reply, invalid, json_reply
from sptui.simulator.validation import moment_in
from sptui.spapi.marketplaces import MARKETPLACES

_V0_STATUS: Final = {"PENDING": "Pending", "UNSHIPPED": "Unshipped", "SHIPPED": "Shipped", "CANCELLED": "Canceled"}
_NOT_VALID: Final = "The input you have submitted is not valid. Please check your input and try again."


class _Search(msgspec.Struct, frozen=True):
    """The filters of both versions; ``by_update``: the dates are those of the last update."""

    after: datetime
    before: datetime
    by_update: bool
    statuses: tuple[str, ...]
    channels: tuple[str, ...]
    ids: tuple[str, ...] = ()

    def matches(self, order: Order) -> bool:
        moment = order.updated if self.by_update else order.created
        return (
            self.after <= moment <= self.before
            and (not self.statuses or order.status in self.statuses)
            and (not self.channels or ("AMAZON" if order.by_amazon else "MERCHANT") in self.channels)
            and (not self.ids or order.id in self.ids)
        )


def _get_orders(context: CallContext) -> Reply:
    values, start = _continued(context, "NextToken")
    statuses = [each.upper().replace("CANCELED", "CANCELLED") for each in values.get("OrderStatuses", ())]
    channels = [{"AFN": "AMAZON", "MFN": "MERCHANT"}[each] for each in values.get("FulfillmentChannels", ())]
    search = _Search(
        *_dates(context, values, ("CreatedAfter", "CreatedBefore"), ("LastUpdatedAfter", "LastUpdatedBefore")),
        statuses=tuple(statuses),
        channels=tuple(channels),
        ids=tuple(values.get("AmazonOrderIds", ())),
    )
    page, token = _page(context, values, search, start, values.get("MaxResultsPerPage", 100))
    payload: dict[str, Any] = {"Orders": [_order_v0(each) for each in page]}
    payload["LastUpdatedBefore" if search.by_update else "CreatedBefore"] = _stamp(search.before)
    return json_reply(200, {"payload": {**payload, **({"NextToken": token} if token else {})}})


def _search_orders(context: CallContext) -> Reply:
    values, start = _continued(context, "paginationToken")
    search = _Search(
        *_dates(context, values, ("createdAfter", "createdBefore"), ("lastUpdatedAfter", "lastUpdatedBefore")),
        statuses=tuple(values.get("fulfillmentStatuses", ())),
        channels=tuple(values.get("fulfilledBy", ())),
    )
    page, token = _page(context, values, search, start, context.values.get("maxResultsPerPage", 100))
    data: dict[str, Any] = {
        "orders": [_order_2026(each, context.values.get("includedData", ())) for each in page],
        "lastUpdatedBefore" if search.by_update else "createdBefore": _stamp(search.before),
    }
    return json_reply(200, {**data, **({"pagination": {"nextToken": token}} if token else {})})


def _continued(context: CallContext, name: str) -> tuple[dict[str, Any], int]:
    """The values and where the page begins; with a token, the values that it was made for."""
    token = context.values.get(name)
    if token is None:
        return context.values, 0
    start, values = read_page_token(context.seeded, context.operation.key, token, invalid(_NOT_VALID))
    return values, start


def _dates(
    context: CallContext, values: dict[str, Any], created: tuple[str, str], updated: tuple[str, str]
) -> tuple[datetime, datetime, bool]:
    by_update = updated[0] in values
    after, before = updated if by_update else created
    ends = moment_in(values, before) or context.now - timedelta(minutes=2)
    return moment_in(values, after) or context.now - HISTORY, ends, by_update


def _page(
    context: CallContext, values: dict[str, Any], search: _Search, start: int, size: int
) -> tuple[list[Order], str]:
    """One page and the token of the next, "" where there is none."""
    found = list(_found(context, values, search))
    token = ""
    if start + size < len(found):
        # The end of the range is fixed with the first page, so that later ones are cut from the same list.
        ends = _END_NAMES[context.operation.key][search.by_update]
        filters = {**values, ends: search.before.isoformat()}
        token = page_token(context.seeded, context.operation.key, filters, start + size)
    return found[start : start + size], token


_END_NAMES: Final = {
    "orders-v0.getOrders": ("CreatedBefore", "LastUpdatedBefore"),
    "orders-2026-01-01.searchOrders": ("createdBefore", "lastUpdatedBefore"),
}


def _found(context: CallContext, values: dict[str, Any], search: _Search) -> Iterable[Order]:
    asked = context.marketplaces or values.get("marketplaceIds") or values.get("MarketplaceIds") or ()
    taken = [each.id for each in context.seller.marketplaces if each.participating and each.id in MARKETPLACES]
    marketplaces = [each for each in dict.fromkeys(asked or taken) if each in taken]
    first = context.now - HISTORY if search.by_update else search.after
    for each in marketplaces:
        orders = orders_of(context.seeded, context.seller, each, first, search.before, context.now)
        yield from filter(search.matches, orders)


def _order_v0(order: Order) -> dict[str, Any]:
    currency, amount = money(order.total, order.marketplace_id)
    shipped = order.quantity if order.status == "SHIPPED" else 0
    open_ = order.quantity if order.status in ("PENDING", "UNSHIPPED") else 0
    found: dict[str, Any] = {
        "AmazonOrderId": order.id,
        "PurchaseDate": _stamp(order.created),
        "LastUpdateDate": _stamp(order.updated),
        "OrderStatus": _V0_STATUS[order.status],
        "FulfillmentChannel": "AFN" if order.by_amazon else "MFN",
        "SalesChannel": _channel(order),
        "ShipServiceLevel": "Std",
        "NumberOfItemsShipped": shipped,
        "NumberOfItemsUnshipped": open_,
        "PaymentMethod": "Other",
        "PaymentMethodDetails": ["Standard"],
        "MarketplaceId": order.marketplace_id,
        "ShipmentServiceLevelCategory": "Standard",
        "OrderType": "StandardOrder",
        "EarliestShipDate": _stamp(order.created),
        "LatestShipDate": _stamp(order.created + timedelta(days=2)),
        "IsBusinessOrder": False,
        "IsPrime": order.by_amazon,
        "IsPremiumOrder": False,
        "IsGlobalExpressEnabled": False,
        "IsReplacementOrder": False,
        "IsSoldByAB": False,
        "IsISPU": False,
    }
    if order.status != "PENDING":
        found["OrderTotal"] = {"CurrencyCode": currency, "Amount": amount}
    return found


def _order_2026(order: Order, included: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": _stamp(order.created),
        "lastUpdatedTime": _stamp(order.updated),
        "programs": ["PRIME"] if order.by_amazon else [],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": order.marketplace_id,
            "marketplaceName": _channel(order),
        },
        "orderItems": [_item_2026(order)],
    }
    for name in included:
        if name in _PARTS:
            found[_PARTS[name][0]] = _PARTS[name][1](order)
    return found


def _item_2026(order: Order) -> dict[str, Any]:
    product = order.product
    return {
        "orderItemId": order.id.replace("-", "")[:14],
        "quantityOrdered": order.quantity,
        "product": {"asin": product.asin, "title": product.title, "sellerSku": product.sku},
    }


def _fulfillment(order: Order) -> dict[str, Any]:
    return {
        "fulfillmentStatus": order.status,
        "fulfilledBy": "AMAZON" if order.by_amazon else "MERCHANT",
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {
            "earliestDateTime": _stamp(order.created),
            "latestDateTime": _stamp(order.created + timedelta(days=2)),
        },
    }


def _proceeds(order: Order) -> dict[str, Any]:
    currency, amount = money(order.total, order.marketplace_id)
    return {"grandTotal": {"amount": amount, "currencyCode": currency}}


_PARTS: Final[dict[str, tuple[str, Callable[[Order], dict[str, Any]]]]] = {
    "FULFILLMENT": ("fulfillment", _fulfillment),
    "PROCEEDS": ("proceeds", _proceeds),
}
"""What ``includedData`` adds; the other words add nothing here."""


def _channel(order: Order) -> str:
    return MARKETPLACES[order.marketplace_id].domain.removeprefix("www.").capitalize()


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


HANDLERS: Final[dict[str, Handler]] = {
    "orders-v0.getOrders": _get_orders,
    "orders-2026-01-01.searchOrders": _search_orders,
}
