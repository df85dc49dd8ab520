"""Product Pricing API v0: offers in batches."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.products import Product, money, product_with_asin, product_with_sku
from sptui.simulator.replies import Reply, internal_failure, invalid, json_reply

_LISTING_URI: Final = re.compile(r"/products/pricing/v0/listings/([^/?]+)/offers")
_ITEM_URI: Final = re.compile(r"/products/pricing/v0/items/([^/?]+)/offers")
_ASIN: Final = re.compile(r"B0[A-Z0-9]{8}")
_CONDITIONS: Final = ("New", "Used", "Collectible", "Refurbished", "Club")
_UNSUPPORTED: Final = "Requested MarketplaceId is invalid, unsupported, or does not exist."


def _get_listing_offers_batch(context: CallContext) -> Reply:
    return _batch(context, _LISTING_URI, "SKU")


def _get_item_offers_batch(context: CallContext) -> Reply:
    return _batch(context, _ITEM_URI, "ASIN")


def _batch(context: CallContext, uri: re.Pattern[str], kind: str) -> Reply:
    requests = context.values["requests"]
    if any(each in requests[:index] for index, each in enumerate(requests)):
        raise invalid("Duplicate requests submitted. Cannot run batch request.", None)
    # A wrong uri breaks the whole batch with what looks like Amazon's own fault (developer blog, 2022).
    names = [_named(each, uri) for each in requests]
    if any(not isinstance(each.get("MarketplaceId"), str) for each in requests):
        raise invalid(_UNSUPPORTED, None)
    responses = [_response(context, each, kind, name) for each, name in zip(requests, names, strict=True)]
    return json_reply(200, {"responses": responses})


def _named(request: dict[str, Any], wanted: re.Pattern[str]) -> str:
    uri = request.get("uri")
    found = wanted.fullmatch(uri) if isinstance(uri, str) else None
    if found is None or request.get("method") != "GET":
        raise internal_failure()
    return unquote(found[1])


def _product(context: CallContext, kind: str, name: str) -> Product | None:
    if kind == "ASIN":
        return product_with_asin(context.seeded, name) if _ASIN.fullmatch(name) else None
    return product_with_sku(context.seeded, context.seller.id, context.seller.name, name)


def _response(context: CallContext, request: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    marketplace = request["MarketplaceId"]
    condition = request.get("ItemCondition")
    condition = condition if condition in _CONDITIONS else "New"
    seller = context.seller
    entry = seller.marketplace(marketplace)
    product = _product(context, kind, name)
    found = product is not None and (kind == "ASIN" or (entry is not None and entry.participating))
    body: dict[str, Any]
    if found and product is not None:
        status, reason = 200, "OK"
        body = {"payload": _offers(seller.id, product, kind, marketplace, condition)}
    else:
        status, reason = 400, "Bad Request"
        told = f"{name} is an invalid {kind} for marketplace {marketplace}"
        body = {"errors": [{"code": "InvalidInput", "message": told, "details": ""}]}
    return {
        "status": {"statusCode": status, "reasonPhrase": reason},
        "headers": {
            "x-amzn-RequestId": context.seeded.uuid("batch", seller.id, name, marketplace, context.now),
            "Date": context.now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        },
        "body": body,
        "request": {
            "MarketplaceId": marketplace,
            "Asin" if kind == "ASIN" else "SellerSKU": name,
            "ItemCondition": condition,
        },
    }


def _offers(seller_id: str, product: Product, kind: str, marketplace: str, condition: str) -> dict[str, Any]:
    currency, amount = money(product.price, marketplace)
    price = {"CurrencyCode": currency, "Amount": float(amount)}
    offer = {
        "MyOffer": kind == "SKU",
        "SubCondition": condition.lower(),
        "SellerId": seller_id,
        "ShippingTime": {"minimumHours": 24, "maximumHours": 48, "availabilityType": "NOW"},
        "ListingPrice": price,
        "Shipping": {"CurrencyCode": currency, "Amount": 0.0},
        "IsFulfilledByAmazon": False,
    }
    name = {"SellerSKU": product.sku} if kind == "SKU" else {"ASIN": product.asin}
    return {
        **({"SKU": product.sku} if kind == "SKU" else {}),
        "ASIN": product.asin,
        "marketplaceId": marketplace,
        "ItemCondition": condition,
        "status": "Success",
        "Identifier": {"MarketplaceId": marketplace, **name, "ItemCondition": condition},
        "Summary": {"TotalOfferCount": 1},
        "Offers": [offer],
    }


HANDLERS: Final[dict[str, Handler]] = {
    "productPricing-v0.getItemOffersBatch": _get_item_offers_batch,
    "productPricing-v0.getListingOffersBatch": _get_listing_offers_batch,
}
