"""Listings Items API v2021-08-01: what is put, patched and deleted is what is read afterwards.

``VALIDATION_PREVIEW`` judges and changes nothing (model). A change is seen at once; at Amazon it may take minutes.
"""

from __future__ import annotations

from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.listing_changes import ListingChange
from sptui.simulator.listing_view import Listing, listing_of, skus_of
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.replies import RefusalError, Reply, invalid, json_reply

_USUAL_PAGE: Final = 10
_ATTRIBUTE: Final = "/attributes/"


def _get_listings_item(context: CallContext) -> Reply:
    _check_seller(context)
    sku = context.values["sku"]
    found = _listings(context, sku)
    if not found:
        told = f"SKU '{sku}' not found in marketplace {', '.join(context.marketplaces)}"
        raise RefusalError(404, "NOT_FOUND", told)
    return json_reply(200, _item(context, sku, found))


def _search_listings_items(context: CallContext) -> Reply:
    _check_seller(context)
    values, start = context.values, 0
    if "pageToken" in values:
        start, _ = read_page_token(
            context.seeded, context.operation.key, values["pageToken"], invalid("Invalid 'pageToken' provided.")
        )
    found = [(sku, listings) for sku in skus_of(context) if (listings := _wanted(context, sku))]
    end = start + values.get("pageSize", _USUAL_PAGE)
    data: dict[str, Any] = {
        "numberOfResults": len(found),
        "pagination": {},
        "items": [_item(context, sku, listings) for sku, listings in found[start:end]],
    }
    if end < len(found):
        data["pagination"] = {"nextToken": page_token(context.seeded, context.operation.key, {}, end)}
    return json_reply(200, data)


def _wanted(context: CallContext, sku: str) -> list[Listing]:
    """The listings of a SKU, if the search asks for it."""
    values, found = context.values, _listings(context, sku)
    wanted = values.get("identifiers")
    if wanted and not any(each.identifier(values.get("identifiersType", "SKU")) in wanted for each in found):
        return []
    statuses = values.get("withStatus")
    return found if not statuses or any(set(statuses) <= set(each.status(context)) for each in found) else []


def _put_listings_item(context: CallContext) -> Reply:
    _check_seller(context)
    attributes = context.values["attributes"]
    issues = [] if attributes else [_missing_name(context)]
    if not issues:
        _change(context, dict.fromkeys(context.marketplaces, attributes))
    return _submission(context, issues)


def _patch_listings_item(context: CallContext) -> Reply:
    _check_seller(context)
    sku = context.values["sku"]
    patches = [(patch, _attribute(patch["path"])) for patch in context.values["patches"]]
    issues = [_wrong_path(context, patch["path"]) for patch, name in patches if not name]
    patched: dict[str, dict[str, Any]] = {}
    for each in context.marketplaces:
        listing = listing_of(context, sku, each)
        patched[each] = dict(listing.attributes(context)) if listing else {}
        for patch, name in patches:
            _apply(patch, name, patched[each])
    if not issues and not all(patched.values()):
        issues.append(_missing_name(context))
    if not issues:
        _change(context, patched)
    return _submission(context, issues)


def _attribute(path: str) -> str:
    """The attribute that a patch is for, "" where the path is none: only whole attributes can be patched (model)."""
    name = path.removeprefix(_ATTRIBUTE) if path.startswith(_ATTRIBUTE) else ""
    return "" if "/" in name else name


def _apply(patch: dict[str, Any], name: str, attributes: dict[str, Any]) -> None:
    value = patch.get("value") or []
    if patch["op"] == "delete":
        attributes.pop(name, None)
    elif patch["op"] == "merge":
        attributes[name] = [*attributes.get(name, ()), *value]
    else:
        attributes[name] = value


def _delete_listings_item(context: CallContext) -> Reply:
    _check_seller(context)
    sku = context.values["sku"]
    found = _listings(context, sku)
    for each in found:
        change = ListingChange(context.now, each.product_type, deleted=True)
        context.memory.listings.put(context.seller.id, context.region, each.marketplace_id, sku, change)
    return json_reply(200, {"sku": sku, "status": "ACCEPTED", "submissionId": _submission_id(context)})


def _change(context: CallContext, attributes: dict[str, dict[str, Any]]) -> None:
    if context.values.get("mode") == "VALIDATION_PREVIEW":
        return
    for marketplace_id, each in attributes.items():
        change = ListingChange(context.now, context.values["productType"], each)
        context.memory.listings.put(context.seller.id, context.region, marketplace_id, context.values["sku"], change)


def _submission(context: CallContext, issues: list[dict[str, Any]]) -> Reply:
    preview = context.values.get("mode") == "VALIDATION_PREVIEW"
    status = "INVALID" if issues else "VALID" if preview else "ACCEPTED"
    sku = context.values["sku"]
    data: dict[str, Any] = {"sku": sku, "status": status, "submissionId": _submission_id(context)}
    if issues:
        data["issues"] = issues
    if "identifiers" in context.values.get("includedData", ()):
        found = _listings(context, sku)
        data["identifiers"] = [{"marketplaceId": each.marketplace_id, "asin": each.asin} for each in found]
    return json_reply(200, data)


def _submission_id(context: CallContext) -> str:
    return context.seeded.hex(32, "submission", context.seller.id, context.values["sku"], context.now)


def _missing_name(context: CallContext) -> dict[str, Any]:
    return {
        "code": "90220",
        "message": "'item_name' is required but missing.",
        "severity": "ERROR",
        "attributeNames": ["item_name"],
        "categories": ["MISSING_ATTRIBUTE"],
        "marketplaceIds": list(context.marketplaces),
    }


def _wrong_path(context: CallContext, path: str) -> dict[str, Any]:
    return {
        "code": "4000001",
        "message": f"The provided value '{path[:80]}' for 'path' is invalid.",
        "severity": "ERROR",
        "categories": ["INVALID_ATTRIBUTE"],
        "marketplaceIds": list(context.marketplaces),
    }


def _check_seller(context: CallContext) -> None:
    if context.values["sellerId"] != context.seller.id:
        raise invalid("Invalid 'sellerId' provided.")


def _listings(context: CallContext, sku: str) -> list[Listing]:
    found = [listing_of(context, sku, each) for each in context.marketplaces]
    return [each for each in found if each is not None]


def _item(context: CallContext, sku: str, found: list[Listing]) -> dict[str, Any]:
    """The parts that ``includedData`` asks for."""
    parts: dict[str, Any] = {
        "summaries": [each.summary(context) for each in found],
        "attributes": found[0].attributes(context),
        "issues": [],
        "offers": [each.offer() for each in found],
        "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": found[0].stock}],
        "procurement": [],
        "relationships": [{"marketplaceId": each.marketplace_id, "relationships": []} for each in found],
        "productTypes": [{"marketplaceId": each.marketplace_id, "productType": each.product_type} for each in found],
    }
    if "attributes" in context.values.get("includedData", ()):
        parts["attributes"] = _joined([each.attributes(context) for each in found])
    wanted = context.values.get("includedData", ["summaries"])
    return {"sku": sku, **{name: parts[name] for name in wanted if name in parts}}


def _joined(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """The attributes of several marketplaces in one table, each entry once."""
    joined: dict[str, Any] = {}
    for each in attributes:
        for name, entries in each.items():
            if not isinstance(entries, list):
                joined.setdefault(name, entries)
                continue
            known = joined.setdefault(name, [])
            known += [entry for entry in entries if entry not in known]
    return joined


HANDLERS: Final[dict[str, Handler]] = {
    "listingsItems-2021-08-01.getListingsItem": _get_listings_item,
    "listingsItems-2021-08-01.searchListingsItems": _search_listings_items,
    "listingsItems-2021-08-01.putListingsItem": _put_listings_item,
    "listingsItems-2021-08-01.patchListingsItem": _patch_listings_item,
    "listingsItems-2021-08-01.deleteListingsItem": _delete_listings_item,
}
