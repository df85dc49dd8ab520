"""What reports contain: the content and the form that their type has, from the state of the world.

The seller performance report is Amazon's in every field. The others are plausible, not complete: columns under the
names that the flat files have, rows from the seller's orders and products.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec

from sptui.simulator.buyers import buyer_of
from sptui.simulator.context import CallContext
from sptui.simulator.documents import Document, compressed
from sptui.simulator.order_book import Order, orders_of
from sptui.simulator.performance_report import performance_report
from sptui.simulator.processing import Job, time_text
from sptui.simulator.products import money, products_of
from sptui.simulator.report_types import PERFORMANCE
from sptui.simulator.world import WorldSeller
from sptui.spapi.marketplaces import MARKETPLACES, PSEUDO_MARKETPLACES
from sptui.spapi.offered_types import TypeKind, find_type

Row = dict[str, str]

_MEDIA: Final = {
    "tsv": "text/plain; charset=UTF-8",
    "csv": "text/csv; charset=UTF-8",
    "json": "application/json; charset=UTF-8",
    "xml": "text/xml; charset=UTF-8",
    "pdf": "application/pdf",
}
_ABOUT_ORDERS: Final = (
    "ORDER", "SHIPMENT", "SALES", "RETURN", "REIMBURSEMENT", "SETTLEMENT", "TAX", "VAT", "GST", "INVOIC", "FEE",
    "TRAFFIC", "ANALYTICS", "PROMOTION", "REPLACEMENT",
)  # fmt: skip
"""Types with such a word in their name have a row an order, the others one a product."""

_USUAL_DAYS: Final = 30
_PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def document_of(context: CallContext, job: Job) -> Document:
    """The document of a report that is over."""
    if job.told:
        json = job.told.startswith("{")
        return compressed(job.told.encode(), _MEDIA["json" if json else "tsv"])
    if job.kind == PERFORMANCE:
        marketplaces = reported_marketplaces(context.seller, job.marketplaces)
        statuses = {each.id: context.status(each) for each in context.seller.marketplaces if each.id in marketplaces}
        report = performance_report(context.seller, statuses, context.now, context.seeded)
        return compressed(msgspec.json.encode(report), _MEDIA["json"])
    form = format_of(job.kind)
    return compressed(_content(context, job, form), _MEDIA[form])


def format_of(kind: str) -> str:
    """``tsv``, ``csv``, ``json``, ``xml`` or ``pdf``; where no list tells it, what its name suggests."""
    offered = find_type(TypeKind.REPORT, kind)
    if offered is not None and offered.format in _MEDIA:
        return offered.format
    if "XML" in kind:
        return "xml"
    if kind == PERFORMANCE:
        return "json"
    return "json" if kind.startswith(("GET_BRAND_ANALYTICS_", "GET_VENDOR_")) or "JSON" in kind else "tsv"


def reported_marketplaces(seller: WorldSeller, asked: Sequence[str]) -> tuple[str, ...]:
    """The marketplaces that a performance report tells about: stores in which the seller takes part."""
    return tuple(
        each.id
        for each in seller.marketplaces
        if each.participating and each.id in asked and each.id not in PSEUDO_MARKETPLACES
    )


def _content(context: CallContext, job: Job, form: str) -> bytes:
    if form == "pdf":
        return _PDF
    names, rows = _table(context, job)
    if form == "json":
        return msgspec.json.encode(_json(job, rows))
    if form == "xml":
        return _xml(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, delimiter="\t" if form == "tsv" else ",", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().removesuffix("\r\n").encode()


def _table(context: CallContext, job: Job) -> tuple[Sequence[str], list[Row]]:
    """The columns and the rows; no rows for what was asked too much of."""
    if any(word in job.kind for word in _ABOUT_ORDERS):
        rows = [_order_row(context, job.kind, each) for each in _orders(context, job)]
        return tuple(_order_names(job.kind)), [] if job.options.get("empty") else rows
    return _PRODUCT_COLUMNS, [
        dict(
            zip(
                _PRODUCT_COLUMNS,
                (each.title, each.sku, each.asin, f"{each.price:.2f}", str(each.stock)),
                strict=True,
            )
        )
        for each in products_of(context.seeded, context.seller.id, context.seller.name)
    ]


_PRODUCT_COLUMNS: Final = ("item-name", "seller-sku", "asin1", "price", "quantity")
_ORDER_COLUMNS: Final = (
    "amazon-order-id", "purchase-date", "last-updated-date", "order-status", "fulfillment-channel", "sales-channel",
    "product-name", "sku", "asin", "quantity", "currency", "item-price",
)  # fmt: skip
_BUYER_COLUMNS: Final = (
    "buyer-email", "buyer-name", "recipient-name", "ship-address-1", "ship-city", "ship-state", "ship-postal-code",
    "ship-country", "ship-phone-number",
)  # fmt: skip


def _order_names(kind: str) -> Sequence[str]:
    offered = find_type(TypeKind.REPORT, kind)
    return (*_ORDER_COLUMNS, *_BUYER_COLUMNS) if offered is not None and offered.restricted else _ORDER_COLUMNS


def _orders(context: CallContext, job: Job) -> list[Order]:
    start, end = job.period
    before = min(end or job.created, job.created)
    after = start or before - timedelta(days=_USUAL_DAYS)
    found: list[Order] = []
    for each in job.marketplaces:
        if each in MARKETPLACES:
            found += orders_of(context.seeded, context.seller, each, after, before, context.now)
    return [context.memory.orders.applied(each) for each in found]


def _order_row(context: CallContext, kind: str, order: Order) -> Row:
    currency, amount = money(order.total, order.marketplace_id)
    values = (
        order.id,
        time_text(order.created),
        time_text(order.updated),
        order.status.capitalize(),
        "Amazon" if order.by_amazon else "Merchant",
        MARKETPLACES[order.marketplace_id].domain.removeprefix("www.").capitalize(),
        order.product.title,
        order.product.sku,
        order.product.asin,
        str(order.quantity),
        currency,
        amount,
    )
    row = dict(zip(_ORDER_COLUMNS, values, strict=True))
    if len(_order_names(kind)) > len(_ORDER_COLUMNS):
        buyer = buyer_of(context.seeded, order.id, order.marketplace_id)
        personal = (
            buyer.email,
            buyer.name,
            buyer.name,
            buyer.street,
            buyer.city,
            buyer.state,
            buyer.postal_code,
            buyer.country_code,
            buyer.phone,
        )
        row.update(zip(_BUYER_COLUMNS, personal, strict=True))
    return row


def _json(job: Job, rows: list[Row]) -> dict[str, Any]:
    start, end = job.period
    specification: dict[str, Any] = {
        "reportType": job.kind,
        "reportOptions": job.options.get("reportOptions", {}),
        "dataStartTime": f"{start or job.created - timedelta(days=_USUAL_DAYS):%Y-%m-%d}",
        "dataEndTime": f"{end or job.created:%Y-%m-%d}",
        "marketplaceIds": list(job.marketplaces),
    }
    if job.kind == "GET_SALES_AND_TRAFFIC_REPORT":
        return {"reportSpecification": specification, **_sales_and_traffic(rows)}
    return {"reportSpecification": specification, "rows": rows}


def _sales_and_traffic(rows: list[Row]) -> dict[str, Any]:
    """Sales by day and by product, as the report groups them."""
    by_day: dict[str, dict[str, Any]] = {}
    by_asin: dict[str, dict[str, Any]] = {}
    for row in rows:
        for key, groups in ((row["purchase-date"][:10], by_day), (row["asin"], by_asin)):
            sums = groups.setdefault(key, {"unitsOrdered": 0, "amount": 0.0, "currencyCode": row["currency"]})
            sums["unitsOrdered"] += int(row["quantity"])
            sums["amount"] = round(sums["amount"] + float(row["item-price"]), 2)
    return {
        "salesAndTrafficByDate": [{"date": day, "salesByDate": _sales(sums)} for day, sums in sorted(by_day.items())],
        "salesAndTrafficByAsin": [
            {"parentAsin": asin, "salesByAsin": _sales(sums)} for asin, sums in sorted(by_asin.items())
        ],
    }


def _sales(sums: dict[str, Any]) -> dict[str, Any]:
    amount = {"amount": sums["amount"], "currencyCode": sums["currencyCode"]}
    return {"orderedProductSales": amount, "unitsOrdered": sums["unitsOrdered"]}


def _xml(rows: list[Row]) -> bytes:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<AmazonEnvelope>"]
    for row in rows:
        fields = "".join(f"<{_tag(name)}>{escape(value)}</{_tag(name)}>" for name, value in row.items())
        parts.append(f"<Message>{fields}</Message>")
    parts.append("</AmazonEnvelope>")
    return "\n".join(parts).encode()


def _tag(column: str) -> str:
    return "".join(part.capitalize() for part in column.split("-"))
