"""Orders API v0: reading. Buyers' data is in the answers only where a Restricted Data Token opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sptui.simulator.buyers import Buyer, buyer_of
from sptui.simulator.context import CallContext, Handler
from sptui.simulator.order_book import Order
from sptui.simulator.order_search import Search, channel_of, continued, dates_in, order_named, page_of, stamp
from sptui.simulator.products import money
from sptui.simulator.replies import Reply, internal_failure, json_reply

_STATUSES: Final = {
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
}
_WORDS: Final = {word.upper(): status for status, word in _STATUSES.items()}


def _get_orders(context: CallContext) -> Reply:
    _check_elements(context)
    values, start = continued(context, "NextToken")
    statuses = [_WORDS.get(each.upper(), each) for each in values.get("OrderStatuses", ())]
    channels = [{"AFN": "AMAZON", "MFN": "MERCHANT"}[each] for each in values.get("FulfillmentChannels", ())]
    search = Search(
        *dates_in(context, values, ("CreatedAfter", "CreatedBefore"), ("LastUpdatedAfter", "LastUpdatedBefore")),
        statuses=tuple(statuses),
        channels=tuple(channels),
        ids=tuple(values.get("AmazonOrderIds", ())),
    )
    page, token = page_of(context, values, search, start, values.get("MaxResultsPerPage", 100))
    payload: dict[str, Any] = {"Orders": [_order(context, each) for each in page]}
    payload["LastUpdatedBefore" if search.by_update else "CreatedBefore"] = stamp(search.before)
    return json_reply(200, {"payload": {**payload, **({"NextToken": token} if token else {})}})


def _get_order(context: CallContext) -> Reply:
    _check_elements(context)
    return json_reply(200, {"payload": _order(context, order_named(context))})


def _check_elements(context: CallContext) -> None:
    """Data elements that do not belong to the operation break it (selling-partner-api-docs 3265)."""
    if not context.elements <= frozenset(context.operation.data_elements):
        raise internal_failure()


def _order(context: CallContext, order: Order) -> dict[str, Any]:
    currency, amount = money(order.total, order.marketplace_id)
    found: dict[str, Any] = {
        "AmazonOrderId": order.id,
        "PurchaseDate": stamp(order.created),
        "LastUpdateDate": stamp(order.updated),
        "OrderStatus": _STATUSES[order.status],
        "FulfillmentChannel": "AFN" if order.by_amazon else "MFN",
        "SalesChannel": channel_of(order),
        "ShipServiceLevel": "Std",
        "NumberOfItemsShipped": order.shipped,
        "NumberOfItemsUnshipped": order.open_units,
        "PaymentMethod": "Other",
        "PaymentMethodDetails": ["Standard"],
        "MarketplaceId": order.marketplace_id,
        "ShipmentServiceLevelCategory": "Standard",
        "OrderType": "StandardOrder",
        "EarliestShipDate": stamp(order.created),
        "LatestShipDate": stamp(order.created + timedelta(days=2)),
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
    return {**found, **_personal(context, order)}


def _personal(context: CallContext, order: Order) -> dict[str, Any]:
    """What the token's data elements add; an order that is not paid yet tells nothing of its buyer."""
    if order.status == "PENDING" or not context.elements:
        return {}
    buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
    parts = {
        "buyerInfo": {"BuyerInfo": _buyer_info(buyer)},
        "shippingAddress": {"ShippingAddress": _address(buyer)},
        "buyerTaxInformation": {"BuyerTaxInformation": _tax_information(buyer)},
    }
    return {name: value for each in sorted(context.elements) for name, value in parts[each].items()}


def _buyer_info(buyer: Buyer) -> dict[str, Any]:
    return {"BuyerEmail": buyer.email, "BuyerName": buyer.name}


def _tax_information(buyer: Buyer) -> dict[str, Any]:
    return {"BuyerLegalCompanyName": buyer.company or buyer.name, "BuyerBusinessAddress": buyer.street}


def _address(buyer: Buyer) -> dict[str, Any]:
    return {
        "Name": buyer.name,
        "AddressLine1": buyer.street,
        "City": buyer.city,
        "StateOrRegion": buyer.state,
        "PostalCode": buyer.postal_code,
        "CountryCode": buyer.country_code,
        "Phone": buyer.phone,
        "AddressType": "Commercial" if buyer.company else "Residential",
    }


def _get_order_buyer_info(context: CallContext) -> Reply:
    order = order_named(context)
    buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
    return json_reply(200, {"payload": {"AmazonOrderId": order.id, **_buyer_info(buyer)}})


def _get_order_address(context: CallContext) -> Reply:
    order = order_named(context)
    buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
    return json_reply(200, {"payload": {"AmazonOrderId": order.id, "ShippingAddress": _address(buyer)}})


def _get_order_items(context: CallContext) -> Reply:
    _check_elements(context)
    order = order_named(context)
    return json_reply(200, {"payload": {"AmazonOrderId": order.id, "OrderItems": [_item(context, order)]}})


def _item(context: CallContext, order: Order) -> dict[str, Any]:
    currency, amount = money(order.total, order.marketplace_id)
    product = order.product
    found: dict[str, Any] = {
        "ASIN": product.asin,
        "SellerSKU": product.sku,
        "OrderItemId": order.item_id,
        "Title": product.title,
        "QuantityOrdered": order.quantity,
        "QuantityShipped": order.shipped,
        "ProductInfo": {"NumberOfItems": "1"},
        "IsGift": "false",
        "ConditionId": "New",
        "ConditionSubtypeId": "New",
    }
    if order.status != "PENDING":
        found["ItemPrice"] = {"CurrencyCode": currency, "Amount": amount}
    if "buyerInfo" in context.elements:
        found["BuyerInfo"] = _gift(order)
    return found


def _gift(order: Order) -> dict[str, Any]:
    currency, amount = money(0, order.marketplace_id)
    nothing = {"CurrencyCode": currency, "Amount": amount}
    return {"GiftMessageText": "", "GiftWrapLevel": "None", "GiftWrapPrice": nothing, "GiftWrapTax": nothing}


def _get_order_items_buyer_info(context: CallContext) -> Reply:
    order = order_named(context)
    item = {"OrderItemId": order.item_id, **_gift(order)}
    return json_reply(200, {"payload": {"AmazonOrderId": order.id, "OrderItems": [item]}})


HANDLERS: Final[dict[str, Handler]] = {
    "orders-v0.getOrders": _get_orders,
    "orders-v0.getOrder": _get_order,
    "orders-v0.getOrderBuyerInfo": _get_order_buyer_info,
    "orders-v0.getOrderAddress": _get_order_address,
    "orders-v0.getOrderItems": _get_order_items,
    "orders-v0.getOrderItemsBuyerInfo": _get_order_items_buyer_info,
}
