"""Product Pricing API v0: offers in batches."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.products import Product, money, product_with_sku
from sptui.simulator.replies import Reply, internal_failure, invalid, json_reply

_URI: Final = re.compile(r"/products/pricing/v0/listings/([^/?]+)/offers")
_UNSUPPORTED: Final = "Requested MarketplaceId is invalid, unsupported, or does not exist."


def _get_listing_offers_batch(context: CallContext) -> Reply:
    requests = context.values["requests"]
    if any(each in requests[:index] for index, each in enumerate(requests)):
        raise invalid("Duplicate requests submitted. Cannot run batch request.", None)
    # A wrong uri breaks the whole batch with what looks like Amazon's own fault (developer blog, 2022).
    skus = [_sku(each) for each in requests]
    if any(not isinstance(each.get("MarketplaceId"), str) for each in requests):
        raise invalid(_UNSUPPORTED, None)
    responses = [_response(context, each, sku) for each, sku in zip(requests, skus, strict=True)]
    return json_reply(200, {"responses": responses})


def _sku(request: dict[str, Any]) -> str:
    uri = request.get("uri")
    found = _URI.fullmatch(uri) if isinstance(uri, str) else None
    if found is None or request.get("method") != "GET":
        raise internal_failure()
    return unquote(found[1])


def _response(context: CallContext, request: dict[str, Any], sku: str) -> dict[str, Any]:
    marketplace = request["MarketplaceId"]
    condition = request.get("ItemCondition")
    condition = condition if isinstance(condition, str) else "New"
    seller = context.seller
    entry = seller.marketplace(marketplace)
    product = product_with_sku(context.seeded, seller.id, seller.name, sku)
    found = product is not None and entry is not None and entry.participating
    body: dict[str, Any]
    if found and product is not None:
        status, reason = 200, "OK"
        body = {"payload": _offers(seller.id, product, marketplace, condition)}
    else:
        status, reason = 400, "Bad Request"
        told = f"{sku} is an invalid SKU for marketplace {marketplace}"
        body = {"errors": [{"code": "InvalidInput", "message": told, "details": ""}]}
    return {
        "status": {"statusCode": status, "reasonPhrase": reason},
        "headers": {
            "x-amzn-RequestId": context.seeded.uuid("batch", seller.id, sku, marketplace, context.now),
            "Date": context.now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        },
        "body": body,
        "request": {"MarketplaceId": marketplace, "SellerSKU": sku, "ItemCondition": condition},
    }


def _offers(seller_id: str, product: Product, marketplace: str, condition: str) -> dict[str, Any]:
    currency, amount = money(product.price, marketplace)
    price = {"CurrencyCode": currency, "Amount": float(amount)}
    offer = {
        "MyOffer": True,
        "SubCondition": condition.lower(),
        "SellerId": seller_id,
        "ShippingTime": {"minimumHours": 24, "maximumHours": 48, "availabilityType": "NOW"},
        "ListingPrice": price,
        "Shipping": {"CurrencyCode": currency, "Amount": 0.0},
        "IsFulfilledByAmazon": False,
    }
    return {
        "SKU": product.sku,
        "ASIN": product.asin,
        "marketplaceId": marketplace,
        "ItemCondition": condition,
        "status": "Success",
        "Identifier": {"MarketplaceId": marketplace, "SellerSKU": product.sku, "ItemCondition": condition},
        "Summary": {"TotalOfferCount": 1},
        "Offers": [offer],
    }


HANDLERS: Final[dict[str, Handler]] = {"productPricing-v0.getListingOffersBatch": _get_listing_offers_batch}
