"""FBA Inventory API v1."""

from __future__ import annotations

from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.products import Product, products_of
from sptui.simulator.replies import Reply, invalid, json_reply

_PAGE: Final = 50


def _get_inventory_summaries(context: CallContext) -> Reply:
    values, seller, start = context.values, context.seller, 0
    if values["granularityId"] not in values["marketplaceIds"]:
        raise invalid("Invalid Input")
    if "nextToken" in values:
        start, _ = read_page_token(context.seeded, context.operation.key, values["nextToken"], invalid("Invalid Input"))
    wanted = values.get("sellerSkus") or ([values["sellerSku"]] if "sellerSku" in values else [])
    everything = products_of(context.seeded, seller.id, seller.name)
    found = [each for each in everything if not wanted or each.sku in wanted]
    summaries = [
        _summary(context, each, detailed=values.get("details", False)) for each in found[start : start + _PAGE]
    ]
    more = start + _PAGE < len(found)
    token = page_token(context.seeded, context.operation.key, {}, start + _PAGE) if more else ""
    granularity = {"granularityType": "Marketplace", "granularityId": values["granularityId"]}
    data: dict[str, Any] = {"payload": {"granularity": granularity, "inventorySummaries": summaries}}
    return json_reply(200, {**({"pagination": {"nextToken": token}} if token else {}), **data})


def _summary(context: CallContext, product: Product, *, detailed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "asin": product.asin,
        "fnSku": "X0" + product.asin[2:],
        "sellerSku": product.sku,
        "condition": "NewItem",
        "lastUpdatedTime": f"{context.now:%Y-%m-%d}T00:00:00Z",
        "productName": product.title,
        "totalQuantity": product.stock,
    }
    if detailed:
        found["inventoryDetails"] = {
            "fulfillableQuantity": product.stock,
            "inboundWorkingQuantity": 0,
            "inboundShippedQuantity": 0,
            "inboundReceivingQuantity": 0,
        }
    return found


HANDLERS: Final[dict[str, Handler]] = {"fbaInventory-v1.getInventorySummaries": _get_inventory_summaries}
