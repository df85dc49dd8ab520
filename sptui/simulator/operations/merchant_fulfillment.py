"""Merchant Fulfillment API v0: shipments that can be bought, read and cancelled.

Each of these takes a Restricted Data Token: the address of the buyer is in every answer.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any, Final

from sptui.simulator.buyers import buyer_of
from sptui.simulator.context import CallContext, Handler
from sptui.simulator.order_search import find_order, stamp
from sptui.simulator.replies import USUAL_ERRORS, RefusalError, Reply, invalid, json_reply
from sptui.simulator.seeded import CAPITALS, DIGITS

_LABEL: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _create_shipment(context: CallContext) -> Reply:
    details = context.values["ShipmentRequestDetails"]
    order = find_order(context, details["AmazonOrderId"])
    if order is None or order.by_amazon:
        raise invalid("Invalid Input")
    parcels = context.memory.parcels.of(context.seller.id, context.region)
    what = ("shipment", context.seller.id, context.region, len(parcels))
    shipment_id = context.seeded.uuid(*what)
    buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
    money = {"CurrencyCode": "USD", "Amount": context.seeded.integer(499, 1999, "rate", *what) / 100}
    ships = details.get("ShipDate") or stamp(context.now)
    shipment: dict[str, Any] = {
        "ShipmentId": shipment_id,
        "AmazonOrderId": order.id,
        "ItemList": details["ItemList"],
        "ShipFromAddress": details["ShipFromAddress"],
        "ShipToAddress": {
            "Name": buyer.name,
            "AddressLine1": buyer.street,
            "City": buyer.city,
            "StateOrProvinceCode": buyer.state,
            "PostalCode": buyer.postal_code,
            "CountryCode": buyer.country_code,
            "Email": buyer.email,
            "Phone": buyer.phone,
        },
        "PackageDimensions": details["PackageDimensions"],
        "Weight": details["Weight"],
        "Insurance": {"CurrencyCode": "USD", "Amount": 0.0},
        "ShippingService": {
            "ShippingServiceName": "Standard Parcel",
            "CarrierName": "Sample Carrier",
            "ShippingServiceId": context.values["ShippingServiceId"],
            "ShippingServiceOfferId": context.values.get("ShippingServiceOfferId")
            or context.seeded.text(24, "offer", *what),
            "ShipDate": ships,
            "EarliestEstimatedDeliveryDate": stamp(context.now + timedelta(days=2)),
            "LatestEstimatedDeliveryDate": stamp(context.now + timedelta(days=4)),
            "Rate": money,
            "RateWithAdjustments": money,
            "ShippingServiceOptions": details["ShippingServiceOptions"],
            "RequiresAdditionalSellerInputs": False,
        },
        "Label": {
            "Dimensions": {"Length": 11.0, "Width": 8.5, "Unit": "inches"},
            "FileContents": {
                "Contents": base64.b64encode(_LABEL).decode(),
                "FileType": "application/pdf",
                "Checksum": base64.b64encode(bytes.fromhex(context.seeded.hex(32, "label", *what))).decode(),
            },
            "LabelFormat": "PDF",
        },
        "Status": "Purchased",
        "TrackingId": "1Z" + context.seeded.text(16, "tracking", *what, alphabet=CAPITALS + DIGITS),
        "CreatedDate": stamp(context.now),
        "LastUpdatedDate": stamp(context.now),
    }
    parcels[shipment_id] = shipment
    return json_reply(200, {"payload": shipment})


def _get_shipment(context: CallContext) -> Reply:
    return json_reply(200, {"payload": _found(context)})


def _cancel_shipment(context: CallContext) -> Reply:
    """Cancelling asks for the money back."""
    shipment = _found(context)
    if shipment["Status"] != "Purchased":
        raise invalid("Invalid Input")
    shipment.update({"Status": "RefundPending", "LastUpdatedDate": stamp(context.now)})
    return json_reply(200, {"payload": shipment})


def _found(context: CallContext) -> dict[str, Any]:
    found = context.memory.parcels.of(context.seller.id, context.region).get(context.values["shipmentId"])
    if found is None:
        raise RefusalError(404, *USUAL_ERRORS[404], error_type="")
    return found


HANDLERS: Final[dict[str, Handler]] = {
    "merchantFulfillment-v0.createShipment": _create_shipment,
    "merchantFulfillment-v0.getShipment": _get_shipment,
    "merchantFulfillment-v0.cancelShipment": _cancel_shipment,
}
