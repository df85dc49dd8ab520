"""What must be there before an operation can succeed: made through the API, as a client would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from asking import Asker

from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region

Given = dict[str, Any]
_HOUR: Final = 3600.0


def given_for(asker: Asker, key: str) -> Given:
    """Values for the operation's request that name what has been made for it; empty where nothing is needed."""
    return PREPARED[key](asker) if key in PREPARED else {}


def _report(asker: Asker) -> Given:
    made = asker.made("reports-2021-06-30.createReport")
    asker.clock.advance(_HOUR)
    return asker.made("reports-2021-06-30.getReport", made)


def _queued_report(asker: Asker) -> Given:
    return asker.made("reports-2021-06-30.createReport")


def _schedule(asker: Asker) -> Given:
    return asker.made("reports-2021-06-30.createReportSchedule")


def _queued_feed(asker: Asker) -> Given:
    document = asker.made("feeds-2021-06-30.createFeedDocument")["feedDocumentId"]
    return asker.made("feeds-2021-06-30.createFeed", {"inputFeedDocumentId": document})


def _feed(asker: Asker) -> Given:
    document = asker.made("feeds-2021-06-30.createFeedDocument")["feedDocumentId"]
    asker.made("feeds-2021-06-30.createFeed", {"inputFeedDocumentId": document})
    return {"feedDocumentId": document}


def _destination(asker: Asker) -> Given:
    queue = {"sqs": {"arn": "arn:aws:sqs:us-east-1:123456789012:events"}}
    made = asker.made("notifications-v1.createDestination", {"resourceSpecification": queue, "name": "events"})
    return {"destinationId": made["payload"]["destinationId"]}


def _tested(asker: Asker) -> Given:
    return {**_destination(asker), "testNotification": {"payloadVersion": "1.0", "testScenario": "any"}}


def _subscribed(asker: Asker) -> Given:
    return {**_destination(asker), "notificationType": "ACCOUNT_STATUS_CHANGED", "payloadVersion": "2021-01-01"}


def _subscription(asker: Asker) -> Given:
    made = asker.made("notifications-v1.createSubscription", _subscribed(asker))["payload"]
    return {"subscriptionId": made["subscriptionId"]}


def _order(asker: Asker) -> Given:
    """An order that the seller has still to send."""
    stores = [each.id for each in MARKETPLACES.values() if each.region is Region.NA]
    asked = {"OrderStatuses": ["Unshipped"], "FulfillmentChannels": ["MFN"], "MarketplaceIds": stores}
    found = asker.made("orders-v0.getOrders", asked)["payload"]["Orders"][0]
    return {"orderId": found["AmazonOrderId"], "marketplaceId": found["MarketplaceId"]}


def _items(asker: Asker) -> Given:
    order = _order(asker)
    item = asker.made("orders-v0.getOrderItems", order)["payload"]["OrderItems"][0]
    sent = [{"orderItemId": item["OrderItemId"], "quantity": 1}]
    package = {"packageReferenceId": "1", "carrierCode": "UPS", "trackingNumber": "1Z", "orderItems": sent}
    now = asker.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**order, "packageDetail": {**package, "shipDate": now}}


def _parcel_of(order: str) -> Given:
    address = {"Name": "North", "AddressLine1": "1 Main Street", "City": "Seattle", "PostalCode": "98101"}
    details = {
        "AmazonOrderId": order,
        "ItemList": [{"OrderItemId": "1", "Quantity": 1}],
        "ShipFromAddress": {**address, "Email": "a@example.com", "CountryCode": "US", "Phone": "206-555-0100"},
        "PackageDimensions": {"Length": 1, "Width": 1, "Height": 1, "Unit": "inches"},
        "Weight": {"Value": 1, "Unit": "oz"},
        "ShippingServiceOptions": {"DeliveryExperience": "NoTracking", "CarrierWillPickUp": False},
    }
    return {"ShipmentRequestDetails": details}


def _parcel(asker: Asker) -> Given:
    return _parcel_of(_order(asker)["orderId"])


def _shipment(asker: Asker) -> Given:
    made = asker.made("merchantFulfillment-v0.createShipment", _parcel(asker))["payload"]
    return {"shipmentId": made["ShipmentId"]}


def _patch(_: Asker) -> Given:
    return {"patches": [{"op": "replace", "path": "/attributes/item_name", "value": [{"value": "Shirt"}]}]}


PREPARED: Final[dict[str, Callable[[Asker], Given]]] = {
    "feeds-2021-06-30.cancelFeed": _queued_feed,
    "feeds-2021-06-30.getFeed": _queued_feed,
    "feeds-2021-06-30.getFeedDocument": _feed,
    "listingsItems-2021-08-01.patchListingsItem": _patch,
    "merchantFulfillment-v0.cancelShipment": _shipment,
    "merchantFulfillment-v0.createShipment": _parcel,
    "merchantFulfillment-v0.getShipment": _shipment,
    "notifications-v1.createSubscription": _subscribed,
    "notifications-v1.deleteDestination": _destination,
    "notifications-v1.deleteSubscriptionById": _subscription,
    "notifications-v1.getDestination": _destination,
    "notifications-v1.getSubscription": _subscription,
    "notifications-v1.getSubscriptionById": _subscription,
    "notifications-v1.sendTestNotification": _tested,
    "orders-2026-01-01.getOrder": _order,
    "orders-v0.confirmShipment": _items,
    "orders-v0.getOrder": _order,
    "orders-v0.getOrderAddress": _order,
    "orders-v0.getOrderBuyerInfo": _order,
    "orders-v0.getOrderItems": _order,
    "orders-v0.getOrderItemsBuyerInfo": _order,
    "orders-v0.getOrderRegulatedInfo": _order,
    "orders-v0.updateShipmentStatus": _order,
    "orders-v0.updateVerificationStatus": _order,
    "reports-2021-06-30.cancelReport": _queued_report,
    "reports-2021-06-30.cancelReportSchedule": _schedule,
    "reports-2021-06-30.getReport": _report,
    "reports-2021-06-30.getReportDocument": _report,
    "reports-2021-06-30.getReportSchedule": _schedule,
}
"""By operation: what makes the things it asks for."""
