"""Catalog Items API v2022-04-01. Amazon's catalogue is everybody's: no participation is needed."""

from __future__ import annotations

import re
from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.products import Product, ean_of, product_with_asin, product_with_sku, products_of
from sptui.simulator.replies import RefusalError, Reply, invalid, json_reply
from sptui.spapi.marketplaces import MARKETPLACES

_ASIN: Final = re.compile(r"B0[A-Z0-9]{8}")
_USUAL_PAGE: Final = 10


def _search_catalog_items(context: CallContext) -> Reply:
    values, start = context.values, 0
    refusal = invalid("Invalid 'pageToken' provided.")
    if "pageToken" in values:
        start, _ = read_page_token(context.seeded, context.operation.key, values["pageToken"], refusal)
    found = _by_identifier(context) if "identifiers" in values else _by_keyword(context)
    size = values.get("pageSize", _USUAL_PAGE)
    if size < 1:
        raise invalid("Invalid 'pageSize' provided.")
    items = [_item(context, each) for each in found[start : start + size]]
    data: dict[str, Any] = {"numberOfResults": len(found), "pagination": {}, "items": items}
    if start + size < len(found):
        data["pagination"] = {"nextToken": page_token(context.seeded, context.operation.key, {}, start + size)}
    if "keywords" in values:
        brand = {"numberOfResults": len(found), "brandName": context.seller.name}
        data["refinements"] = {"brands": [brand] if found else [], "classifications": []}
    return json_reply(200, data)


def _get_catalog_item(context: CallContext) -> Reply:
    """Every ASIN that looks like one exists, in every marketplace (text: jlevers/selling-partner-api 451)."""
    asin, wrong = context.values["asin"], [each for each in context.marketplaces if each not in MARKETPLACES]
    if not _ASIN.fullmatch(asin) or wrong:
        told = f"Requested item, {asin}, not found in marketplace(s) {', '.join(wrong or context.marketplaces)}."
        raise RefusalError(404, "NOT_FOUND", told, error_type="")
    return json_reply(200, _item(context, product_with_asin(context.seeded, asin)))


def _by_identifier(context: CallContext) -> list[Product]:
    kind, seller = context.values["identifiersType"], context.seller
    if kind == "ASIN":
        return [
            product_with_asin(context.seeded, each) for each in context.values["identifiers"] if _ASIN.fullmatch(each)
        ]
    if kind == "SKU":
        if "sellerId" not in context.values:
            raise invalid("Missing required 'sellerId'.")
        found = [
            product_with_sku(context.seeded, seller.id, seller.name, each) for each in context.values["identifiers"]
        ]
        return [each for each in found if each is not None]
    wanted = context.values["identifiers"]
    everything = products_of(context.seeded, seller.id, seller.name)
    return [each for each in everything if ean_of(context.seeded, each.asin) in wanted]


def _by_keyword(context: CallContext) -> list[Product]:
    """The products whose title has any of the words; Amazon finds something for nearly every word."""
    words = [word.lower() for word in context.values["keywords"]]
    everything = products_of(context.seeded, context.seller.id, context.seller.name)
    return [each for each in everything if any(word in each.title.lower() for word in words)] or everything


def _item(context: CallContext, product: Product) -> dict[str, Any]:
    marketplace = context.marketplaces[0]
    parts: dict[str, Any] = {
        "summaries": [
            {
                "marketplaceId": marketplace,
                "brand": product.brand,
                "itemName": product.title,
                "manufacturer": product.brand,
                "itemClassification": "BASE_PRODUCT",
                "websiteDisplayGroup": "home_display_on_website",
                "websiteDisplayGroupName": "Home",
            }
        ],
        "identifiers": [
            {
                "marketplaceId": marketplace,
                "identifiers": [{"identifierType": "EAN", "identifier": ean_of(context.seeded, product.asin)}],
            }
        ],
        "productTypes": [{"marketplaceId": marketplace, "productType": "HOME"}],
        "attributes": {"item_name": [{"value": product.title, "marketplace_id": marketplace}]},
        "salesRanks": [{"marketplaceId": marketplace}],
        "images": [{"marketplaceId": marketplace, "images": []}],
        "classifications": [{"marketplaceId": marketplace, "classifications": []}],
        "dimensions": [{"marketplaceId": marketplace}],
        "relationships": [{"marketplaceId": marketplace, "relationships": []}],
    }
    wanted = context.values.get("includedData", ["summaries"])
    return {"asin": product.asin, **{name: parts[name] for name in wanted if name in parts}}


HANDLERS: Final[dict[str, Handler]] = {
    "catalogItems-2022-04-01.getCatalogItem": _get_catalog_item,
    "catalogItems-2022-04-01.searchCatalogItems": _search_catalog_items,
}
