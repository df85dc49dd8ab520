"""python-amazon-sp-api against the address given: a script, so that it runs as its users run it."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import Any

from journey import Journey
from sp_api.api import CatalogItemsV20220401, Feeds, Notifications, OrdersV0, Reports, Sellers, Tokens
from sp_api.auth import AccessTokenClient

BASE = sys.argv[1]
US = "ATVPDKIKX0DER"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:community"

AccessTokenClient.scheme, AccessTokenClient.host = "http://", BASE.removeprefix("http://")


def api(kind: Any, name: str, refresh_token: str, **more: Any) -> Any:
    """One of the library's clients for one of the world's applications."""
    return kind(
        marketplace=SimpleNamespace(endpoint=f"{BASE}/na", marketplace_id=US, region="us-east-1"),
        credentials={
            "refresh_token": refresh_token,
            "lwa_app_id": f"amzn1.application-oa2-client.{name}",
            "lwa_client_secret": f"amzn1.oa2-cs.v1.{name}",
        },
        **more,
    )


def describe(raised: BaseException) -> dict[str, Any]:
    """What the library's exceptions carry."""
    told = {name: getattr(raised, name, None) for name in ("code", "amzn_code", "message", "error_code", "status_code")}
    error = getattr(raised, "error", None)
    return told | {"details": error[0].get("details") if isinstance(error, list) and error else None}


def finished_report(reports: Any, report_id: str) -> Any:
    """Asks until the report has ended."""
    for _ in range(300):
        report = reports.get_report(report_id).payload
        if report["processingStatus"] in ("DONE", "CANCELLED", "FATAL"):
            return report
        time.sleep(0.2)
    raise TimeoutError(report_id)


def main() -> None:
    """The whole journey."""
    journey = Journey(describe)
    reports, orders = api(Reports, "whole", "Atzr|well"), api(OrdersV0, "whole", "Atzr|well")
    notifications = api(Notifications, "whole", "Atzr|well")

    journey.step(
        "participations",
        lambda: [
            [each["marketplace"]["id"], each["participation"]["isParticipating"]]
            for each in api(Sellers, "whole", "Atzr|well").get_marketplace_participation().payload
        ],
    )
    report_id = journey.step(
        "createReport",
        lambda: reports.create_report(reportType="GET_MERCHANT_LISTINGS_ALL_DATA").payload["reportId"],
    )
    report = finished_report(reports, report_id)
    journey.step("report", lambda: report["processingStatus"])
    journey.step(
        "document",
        lambda: reports.get_report_document(report["reportDocumentId"], download=True).payload["document"][:200],
    )

    destination = journey.step(
        "destination",
        lambda: notifications.create_destination(name="community", arn=QUEUE).payload["destinationId"],
    )
    journey.step("destinations", lambda: [each["destinationId"] for each in notifications.get_destinations().payload])

    def subscribe() -> Any:
        return notifications.create_subscription(
            "ACCOUNT_STATUS_CHANGED", destination_id=destination, payload_version="2021-01-01"
        ).payload["subscriptionId"]

    journey.step("subscription", subscribe)
    journey.step(
        "subscription read",
        lambda: notifications.get_subscription("ACCOUNT_STATUS_CHANGED").payload["subscriptionId"],
    )

    found = orders.get_orders(CreatedAfter="2020-01-01T00:00:00Z").payload["Orders"]
    order_id = next(each["AmazonOrderId"] for each in found if each["OrderStatus"] == "Shipped")
    journey.step("order without RDT", lambda: "BuyerName" in orders.get_order(order_id).payload.get("BuyerInfo", {}))
    resource = {
        "method": "GET",
        "path": f"/orders/v0/orders/{order_id}",
        "dataElements": ["buyerInfo", "shippingAddress"],
    }
    token = journey.step(
        "RDT",
        lambda: (
            api(Tokens, "whole", "Atzr|well")
            .create_restricted_data_token(restrictedResources=[resource])
            .payload["restrictedDataToken"]
        ),
    )
    restricted = api(OrdersV0, "whole", "Atzr|well", restricted_data_token=token)
    journey.step(
        "order with RDT",
        lambda: [
            bool(restricted.get_order(order_id).payload["ShippingAddress"]["Name"]),
            bool(restricted.get_order(order_id).payload["BuyerInfo"]["BuyerName"]),
        ],
    )

    journey.step("subscription again", subscribe)
    journey.step("destination again", lambda: notifications.create_destination(name="community", arn=QUEUE))
    journey.step("revoked", lambda: api(Sellers, "whole", "Atzr|revoked").get_marketplace_participation())
    journey.step("secret expired", lambda: api(Sellers, "late", "Atzr|late").get_marketplace_participation())
    few = api(CatalogItemsV20220401, "few", "Atzr|few")
    journey.step("role missing", lambda: few.search_catalog_items(keywords=["lamp"]))
    closed = api(Feeds, "whole", "Atzr|closed")
    journey.step("account closed", lambda: closed.create_feed("JSON_LISTINGS_FEED", "amzn1.tortuga.4.na.none"))
    journey.step("no such report", lambda: reports.get_report("1"))
    sellers = api(Sellers, "whole", "Atzr|well")
    journey.step("throttled", lambda: [sellers.get_marketplace_participation() and None for _ in range(200)])
    journey.tell()


if __name__ == "__main__":
    main()
