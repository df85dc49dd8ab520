"""The orders of a seller: one in every few hours of the last 90 days, the same for the same seed.

They follow from the time: an order that is new now is shipped when the world is two days older.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from sptui.simulator.products import COUNT, Product, products_of
from sptui.simulator.seeded import DIGITS, Seeded
from sptui.simulator.world import WorldSeller

HISTORY: Final = timedelta(days=90)

_SLOT_SECONDS: Final = 6 * 3600
_PENDING: Final = timedelta(minutes=30)
_SHIPPED_BY: Final = timedelta(hours=40)


class Order(msgspec.Struct, frozen=True):
    """One order of one item. ``status``: PENDING, UNSHIPPED, PARTIALLY_SHIPPED, SHIPPED or CANCELLED, as Orders
    v2026-01-01 writes it; ``shipped`` counts the units sent.
    """

    id: str
    marketplace_id: str
    created: datetime
    updated: datetime
    status: str
    by_amazon: bool
    quantity: int
    product: Product
    shipped: int = 0

    @property
    def item_id(self) -> str:
        """The id of its item."""
        return self.id.replace("-", "")[:14]

    @property
    def open_units(self) -> int:
        """Units still to be sent; none of a cancelled order."""
        return 0 if self.status == "CANCELLED" else self.quantity - self.shipped

    @property
    def total(self) -> float:
        """What the buyer pays."""
        return self.product.price * self.quantity


class _Drawn(msgspec.Struct, frozen=True):
    """What about an order does not depend on the time; ``settled`` is when it is shipped or cancelled."""

    id: str
    moment: datetime
    created: datetime
    settled: datetime
    cancelled: bool
    by_amazon: bool
    quantity: int
    product: int


def orders_of(
    seeded: Seeded, seller: WorldSeller, marketplace_id: str, after: datetime, before: datetime, now: datetime
) -> Iterator[Order]:
    """The orders of a marketplace created from ``after`` to ``before``, oldest first."""
    products = products_of(seeded, seller.id, seller.name)
    begin, end = max(after, now - HISTORY), min(before, now)
    for slot in range(int(begin.timestamp()) // _SLOT_SECONDS, int(end.timestamp()) // _SLOT_SECONDS + 1):
        drawn = _drawn(seeded, ("order", seller.id, seller.region, marketplace_id, slot))
        if begin <= drawn.moment <= end:
            yield _order(drawn, marketplace_id, products, now)


def order_with_id(
    seeded: Seeded, seller: WorldSeller, marketplace_ids: Iterable[str], order_id: str, now: datetime
) -> Order | None:
    """The seller's order of that id in one of the marketplaces, or None."""
    last = int(now.timestamp()) // _SLOT_SECONDS
    first = int((now - HISTORY).timestamp()) // _SLOT_SECONDS
    for each in marketplace_ids:
        for slot in range(last, first - 1, -1):
            drawn = _drawn(seeded, ("order", seller.id, seller.region, each, slot))
            if drawn.id == order_id and now - HISTORY <= drawn.moment <= now:
                return _order(drawn, each, products_of(seeded, seller.id, seller.name), now)
    return None


@functools.lru_cache(maxsize=10_000)
def _drawn(seeded: Seeded, what: tuple[object, ...]) -> _Drawn:
    """One order, drawn once: a list of 90 days is asked for again and again."""
    slot = what[-1]
    assert isinstance(slot, int)  # noqa: S101 - made so above
    moment = datetime.fromtimestamp((slot + seeded.fraction("time", *what)) * _SLOT_SECONDS, UTC)
    created = moment.replace(microsecond=0)
    number = seeded.text(17, "number", *what, alphabet=DIGITS)
    return _Drawn(
        id=f"{number[:3]}-{number[3:10]}-{number[10:]}",
        moment=moment,
        created=created,
        settled=created + _PENDING + _SHIPPED_BY * seeded.between(0.1, 1.0, "settled", *what),
        cancelled=seeded.fraction("cancelled", *what) < 0.06,
        by_amazon=seeded.fraction("channel", *what) < 0.4,
        quantity=1 + int(seeded.fraction("quantity", *what) ** 4 * 4),
        product=seeded.integer(0, COUNT - 1, "product", *what),
    )


def _order(drawn: _Drawn, marketplace_id: str, products: list[Product], now: datetime) -> Order:
    status, updated = _progress(drawn, now)
    return Order(
        id=drawn.id,
        marketplace_id=marketplace_id,
        created=drawn.created,
        updated=updated.replace(microsecond=0),
        status=status,
        by_amazon=drawn.by_amazon,
        quantity=drawn.quantity,
        product=products[drawn.product],
        shipped=drawn.quantity if status == "SHIPPED" else 0,
    )


def _progress(drawn: _Drawn, now: datetime) -> tuple[str, datetime]:
    """Status and last update: paid after half an hour, then cancelled or shipped within two days."""
    paid = drawn.created + _PENDING
    if now < paid:
        return "PENDING", drawn.created
    if now < drawn.settled:
        return "UNSHIPPED", paid
    return "CANCELLED" if drawn.cancelled else "SHIPPED", drawn.settled
