"""Orders API v0: what changes an order. Both versions of the API then read it changed."""

from __future__ import annotations

from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.order_book import Order
from sptui.simulator.order_changes import OrderChange
from sptui.simulator.order_search import order_named, stamp
from sptui.simulator.replies import Reply, invalid, json_reply
from sptui.simulator.validation import read_moment

_DONE: Final = Reply(204, content_type="")
_REASONS: Final = ({"RejectionReasonId": "shield_pom_not_verified", "RejectionReasonDescription": "Not verified"},)


def _confirm_shipment(context: CallContext) -> Reply:
    """The seller has sent units of an order that is theirs to send."""
    order = _order_to_send(context)
    package = context.values["packageDetail"]
    if not isinstance(package.get("shipDate"), str) or read_moment(package["shipDate"]) is None:
        raise invalid("Invalid Input")
    units = _units(order, package.get("orderItems"))
    shipped = order.shipped + units
    if not 0 < units <= order.open_units:
        raise invalid("Invalid Input")
    status = "SHIPPED" if shipped == order.quantity else "PARTIALLY_SHIPPED"
    context.memory.orders.put(order.id, OrderChange(context.now, status, shipped))
    return _DONE


def _update_shipment_status(context: CallContext) -> Reply:
    """An order to be picked up in a store: ready changes its date alone."""
    order = _order_to_send(context)
    status = {"PickedUp": "SHIPPED", "RefusedPickup": "CANCELLED"}.get(context.values["shipmentStatus"], "")
    shipped = order.quantity if status == "SHIPPED" else order.shipped
    context.memory.orders.put(order.id, OrderChange(context.now, status or order.status, shipped))
    return _DONE


def _order_to_send(context: CallContext) -> Order:
    """The order, if the seller sends it and has not yet. Raises RefusalError."""
    order = order_named(context)
    if order.by_amazon or order.marketplace_id != context.values["marketplaceId"]:
        raise invalid("Invalid Input")
    if order.status not in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
        raise invalid("Invalid Input")
    return order


def _units(order: Order, items: Any) -> int:
    """How many units the items name. Raises RefusalError for an item that is not the order's."""
    units = 0
    for each in items if isinstance(items, list) else ():
        fits = isinstance(each, dict) and each.get("orderItemId") == order.item_id
        if not fits or not isinstance(each.get("quantity"), int):
            raise invalid("Invalid Input")
        units += each["quantity"]
    return units


def _get_order_regulated_info(context: CallContext) -> Reply:
    order = order_named(context)
    change = context.memory.orders.find(order.id)
    sent = change.verification if change is not None else {}
    status = sent.get("status", "Pending")
    verification: dict[str, Any] = {
        "Status": status,
        "RequiresMerchantAction": status == "Pending",
        "ValidRejectionReasons": list(_REASONS),
    }
    if change is not None and sent:
        verification["ReviewDate"] = stamp(change.moment)
        verification["ExternalReviewerId"] = sent["externalReviewerId"]
    if sent.get("rejectionReasonId"):
        verification["RejectionReason"] = _REASONS[0]
    field = {"FieldId": "pom_name", "FieldLabel": "Name", "FieldType": "Text", "FieldValue": "Sample"}
    payload = {
        "AmazonOrderId": order.id,
        "RegulatedInformation": {"Fields": [field]},
        "RequiresDosageLabel": False,
        "RegulatedOrderVerificationStatus": verification,
    }
    return json_reply(200, {"payload": payload})


def _update_verification_status(context: CallContext) -> Reply:
    order = order_named(context)
    sent = context.values["regulatedOrderVerificationStatus"]
    if not isinstance(sent.get("externalReviewerId"), str):
        raise invalid("Invalid Input")
    if sent.get("rejectionReasonId") not in (None, *(each["RejectionReasonId"] for each in _REASONS)):
        raise invalid("Invalid Input")
    context.memory.orders.put(order.id, OrderChange(context.now, order.status, order.shipped, sent))
    return _DONE


HANDLERS: Final[dict[str, Handler]] = {
    "orders-v0.confirmShipment": _confirm_shipment,
    "orders-v0.updateShipmentStatus": _update_shipment_status,
    "orders-v0.updateVerificationStatus": _update_verification_status,
    "orders-v0.getOrderRegulatedInfo": _get_order_regulated_info,
}
