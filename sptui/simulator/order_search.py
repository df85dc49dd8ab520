"""Looking orders up: by a search, page by page, or by their id. Both versions of the API read one book."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.context import CallContext
from sptui.simulator.order_book import HISTORY, Order, order_with_id, orders_of
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.replies import USUAL_ERRORS, RefusalError, invalid
from sptui.simulator.validation import moment_in
from sptui.spapi.marketplaces import MARKETPLACES

_ORDER_ID: Final = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_END_NAMES: Final = {
    "orders-v0.getOrders": ("CreatedBefore", "LastUpdatedBefore"),
    "orders-2026-01-01.searchOrders": ("createdBefore", "lastUpdatedBefore"),
}


class Search(msgspec.Struct, frozen=True):
    """The filters of both versions; ``by_update``: the dates are those of the last update."""

    after: datetime
    before: datetime
    by_update: bool
    statuses: tuple[str, ...]
    channels: tuple[str, ...]
    ids: tuple[str, ...] = ()

    def matches(self, order: Order) -> bool:
        """Whether an order is asked for."""
        moment = order.updated if self.by_update else order.created
        return (
            self.after <= moment <= self.before
            and (not self.statuses or order.status in self.statuses)
            and (not self.channels or ("AMAZON" if order.by_amazon else "MERCHANT") in self.channels)
            and (not self.ids or order.id in self.ids)
        )


def not_valid() -> RefusalError:
    """How Orders answers nearly every wrong value."""
    return invalid("The input you have submitted is not valid. Please check your input and try again.")


def continued(context: CallContext, name: str) -> tuple[dict[str, Any], int]:
    """The values and where the page begins; with a token, the values that it was made for."""
    token = context.values.get(name)
    if token is None:
        return context.values, 0
    start, values = read_page_token(context.seeded, context.operation.key, token, not_valid())
    return values, start


def dates_in(
    context: CallContext, values: dict[str, Any], created: tuple[str, str], updated: tuple[str, str]
) -> tuple[datetime, datetime, bool]:
    """From when to when, and whether by the last update; ``created`` and ``updated`` are the parameters' names."""
    by_update = updated[0] in values
    after, before = updated if by_update else created
    ends = moment_in(values, before) or context.now - timedelta(minutes=2)
    return moment_in(values, after) or context.now - HISTORY, ends, by_update


def page_of(
    context: CallContext, values: dict[str, Any], search: Search, start: int, size: int
) -> tuple[list[Order], str]:
    """One page and the token of the next, "" where there is none."""
    found = list(_found(context, values, search))
    token = ""
    if start + size < len(found):
        # The end of the range is fixed with the first page, so that later ones are cut from the same list.
        ends = _END_NAMES[context.operation.key][search.by_update]
        filters = {**values, ends: search.before.isoformat()}
        token = page_token(context.seeded, context.operation.key, filters, start + size)
    return found[start : start + size], token


def order_named(context: CallContext) -> Order:
    """The order that the path names. Raises RefusalError: 400 for what is no order id, 404 for one of nobody's.

    The 404 is documented; of getOrder v0 a 200 without content was seen once (selling-partner-api-docs 2460).
    """
    order_id = context.values["orderId"]
    if not _ORDER_ID.fullmatch(order_id):
        raise not_valid()
    found = find_order(context, order_id)
    if found is None:
        raise RefusalError(404, *USUAL_ERRORS[404], error_type="")
    return found


def find_order(context: CallContext, order_id: str) -> Order | None:
    """The seller's order of that id as it is now, or None."""
    found = order_with_id(context.seeded, context.seller, _stores(context), order_id, context.now)
    return context.memory.orders.applied(found) if found else None


def channel_of(order: Order) -> str:
    """The store as ``Amazon.com`` writes itself."""
    return MARKETPLACES[order.marketplace_id].domain.removeprefix("www.").capitalize()


def stamp(moment: datetime) -> str:
    """A moment as Orders writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _stores(context: CallContext) -> list[str]:
    return [each.id for each in context.seller.marketplaces if each.participating and each.id in MARKETPLACES]


def _found(context: CallContext, values: dict[str, Any], search: Search) -> Iterable[Order]:
    asked = context.marketplaces or values.get("marketplaceIds") or values.get("MarketplaceIds") or ()
    taken = _stores(context)
    marketplaces = [each for each in dict.fromkeys(asked or taken) if each in taken]
    first = context.now - HISTORY if search.by_update else search.after
    for each in marketplaces:
        orders = orders_of(context.seeded, context.seller, each, first, search.before, context.now)
        yield from filter(search.matches, map(context.memory.orders.applied, orders))
