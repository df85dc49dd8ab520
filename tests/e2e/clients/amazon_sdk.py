"""Amazon's own Python SDK against the address given: a script, so that it runs as its users run it."""

from __future__ import annotations

import gzip
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

import requests
from journey import Journey
from spapi import SPAPIClient, SPAPIConfig
from spapi.api.catalogitems_v2022_04_01.catalog_api import CatalogApi
from spapi.api.feeds_v2021_06_30.feeds_api import FeedsApi
from spapi.api.notifications_v1.notifications_api import NotificationsApi
from spapi.api.orders_v0.orders_v0_api import OrdersV0Api
from spapi.api.reports_v2021_06_30.reports_api import ReportsApi
from spapi.api.sellers_v1.sellers_api import SellersApi
from spapi.api.tokens_v2021_03_01.tokens_api import TokensApi
from spapi.models.feeds_v2021_06_30.create_feed_specification import CreateFeedSpecification
from spapi.models.notifications_v1.create_destination_request import CreateDestinationRequest
from spapi.models.notifications_v1.create_subscription_request import CreateSubscriptionRequest
from spapi.models.notifications_v1.destination_resource_specification import DestinationResourceSpecification
from spapi.models.notifications_v1.sqs_resource import SqsResource
from spapi.models.reports_v2021_06_30.create_report_specification import CreateReportSpecification
from spapi.models.tokens_v2021_03_01.create_restricted_data_token_request import CreateRestrictedDataTokenRequest
from spapi.models.tokens_v2021_03_01.restricted_resource import RestrictedResource

BASE = sys.argv[1]
US = "ATVPDKIKX0DER"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:amazon-sdk"


def client(name: str, refresh_token: str = "", **more: Any) -> Any:
    """The SDK's client of one of the world's applications."""
    config = SPAPIConfig(
        client_id=f"amzn1.application-oa2-client.{name}",
        client_secret=f"amzn1.oa2-cs.v1.{name}",
        refresh_token=refresh_token or None,
        region="NA",
        **more,
    )
    return SPAPIClient(config, oauth_endpoint=f"{BASE}/auth/o2/token", endpoint=f"{BASE}/na").api_client


def describe(raised: BaseException) -> dict[str, Any]:
    """What the SDK's exceptions carry."""
    body = getattr(raised, "body", None)
    try:
        told = json.loads(body) if body else None
    except ValueError:
        told = repr(body)
    return {"status": getattr(raised, "status", None), "body": told, "text": str(raised)[:300]}


def finished_report(reports: Any, report_id: str) -> Any:
    """Asks until the report has ended."""
    for _ in range(300):
        report = reports.get_report(report_id)
        if report.processing_status in ("DONE", "CANCELLED", "FATAL"):
            return report
        time.sleep(0.2)
    raise TimeoutError(report_id)


def document(reports: Any, document_id: str) -> bytes:
    """The bytes of a report's document."""
    where = reports.get_report_document(document_id)
    data: bytes = requests.get(where.url, timeout=10).content
    return gzip.decompress(data) if where.compression_algorithm == "GZIP" else data


def main() -> None:
    """The whole journey."""
    journey = Journey(describe)
    well = client("whole", "Atzr|well")
    reports, orders, notifications = ReportsApi(well), OrdersV0Api(well), NotificationsApi(well)

    journey.step(
        "participations",
        lambda: [
            [each.marketplace.id, each.participation.is_participating]
            for each in SellersApi(well).get_marketplace_participations().payload
        ],
    )
    wanted = CreateReportSpecification(report_type="GET_MERCHANT_LISTINGS_ALL_DATA", marketplace_ids=[US])
    report_id = journey.step("createReport", lambda: reports.create_report(wanted).report_id)
    report = finished_report(reports, report_id)
    journey.step("report", lambda: report.processing_status)
    journey.step("document", lambda: document(reports, report.report_document_id).decode()[:200])

    grantless = NotificationsApi(client("whole", scope="sellingpartnerapi::notifications"))
    queue = DestinationResourceSpecification(sqs=SqsResource(arn=QUEUE))
    new = CreateDestinationRequest(resource_specification=queue, name="amazon-sdk")
    destination = journey.step("destination", lambda: grantless.create_destination(new).payload.destination_id)
    journey.step("destinations", lambda: [each.destination_id for each in grantless.get_destinations().payload])
    subscription = CreateSubscriptionRequest(payload_version="2021-01-01", destination_id=destination)
    journey.step(
        "subscription",
        lambda: notifications.create_subscription("ACCOUNT_STATUS_CHANGED", subscription).payload.subscription_id,
    )
    journey.step(
        "subscription read", lambda: notifications.get_subscription("ACCOUNT_STATUS_CHANGED").payload.subscription_id
    )

    found = orders.get_orders([US], created_after="2020-01-01T00:00:00Z").payload.orders
    order_id = next(each.amazon_order_id for each in found if each.order_status == "Shipped")
    journey.step("order without RDT", lambda: bool(orders.get_order(order_id).payload.buyer_info))
    resource = RestrictedResource(
        method="GET", path=f"/orders/v0/orders/{order_id}", data_elements=["buyerInfo", "shippingAddress"]
    )
    request = CreateRestrictedDataTokenRequest(restricted_resources=[resource])
    token = journey.step("RDT", lambda: TokensApi(well).create_restricted_data_token(request).restricted_data_token)
    restricted = client("whole", "Atzr|well")
    restricted.configuration.access_token_cache = SimpleNamespace(get_lwa_access_token=lambda: token)
    journey.step(
        "order with RDT",
        lambda: [
            bool(OrdersV0Api(restricted).get_order(order_id).payload.shipping_address.name),
            bool(OrdersV0Api(restricted).get_order(order_id).payload.buyer_info.buyer_name),
        ],
    )

    def subscribe() -> Any:
        return notifications.create_subscription("ACCOUNT_STATUS_CHANGED", subscription)

    def participations(name: str, refresh_token: str) -> Any:
        return SellersApi(client(name, refresh_token)).get_marketplace_participations()  # fetches a token at once

    feed = CreateFeedSpecification(
        feed_type="JSON_LISTINGS_FEED", marketplace_ids=[US], input_feed_document_id="amzn1.tortuga.4.na.none"
    )
    journey.step("subscription again", subscribe)
    journey.step("destination again", lambda: grantless.create_destination(new))
    journey.step("revoked", lambda: participations("whole", "Atzr|revoked"))
    journey.step("secret expired", lambda: participations("late", "Atzr|late"))
    journey.step(
        "role missing",
        lambda: CatalogApi(client("few", "Atzr|few")).search_catalog_items([US], keywords=["lamp"]),
    )
    journey.step("account closed", lambda: FeedsApi(client("whole", "Atzr|closed")).create_feed(feed))
    journey.step("no such report", lambda: reports.get_report("1"))
    sellers = SellersApi(well)
    journey.step("throttled", lambda: [sellers.get_marketplace_participations() and None for _ in range(200)])
    journey.tell()


if __name__ == "__main__":
    main()
