"""The orders of a seller: one in every few hours of the last 90 days, the same for the same seed.

They follow from the time: an order that is new now is shipped when the world is two days older.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """One order. ``status``: PENDING, UNSHIPPED, SHIPPED or CANCELLED, as Orders v2026-01-01 writes it."""

    id: str
    marketplace_id: str
    created: datetime
    updated: datetime
    status: str
    by_amazon: bool
    quantity: int
    product: Product

    @property
    def total(self) -> float:
        """What the buyer pays."""
        return self.product.price * self.quantity


def orders_of(
    seeded: Seeded, seller: WorldSeller, marketplace_id: str, after: datetime, before: datetime, now: datetime
) -> Iterator[Order]:
    """The orders of a marketplace created from ``after`` to ``before``, oldest first."""
    products = products_of(seeded, seller.id, seller.name)
    begin, end = max(after, now - HISTORY), min(before, now)
    for slot in range(int(begin.timestamp()) // _SLOT_SECONDS, int(end.timestamp()) // _SLOT_SECONDS + 1):
        what = ("order", seller.id, seller.region, marketplace_id, slot)
        created = datetime.fromtimestamp((slot + seeded.fraction("time", *what)) * _SLOT_SECONDS, UTC)
        if begin <= created <= end:
            yield _order(seeded, marketplace_id, created.replace(microsecond=0), now, products, what)


def _order(
    seeded: Seeded,
    marketplace_id: str,
    created: datetime,
    now: datetime,
    products: list[Product],
    what: tuple[object, ...],
) -> Order:
    status, updated = _progress(seeded, created, now, what)
    number = seeded.text(17, "number", *what, alphabet=DIGITS)
    return Order(
        id=f"{number[:3]}-{number[3:10]}-{number[10:]}",
        marketplace_id=marketplace_id,
        created=created,
        updated=updated.replace(microsecond=0),
        status=status,
        by_amazon=seeded.fraction("channel", *what) < 0.4,
        quantity=1 + int(seeded.fraction("quantity", *what) ** 4 * 4),
        product=products[seeded.integer(0, COUNT - 1, "product", *what)],
    )


def _progress(seeded: Seeded, created: datetime, now: datetime, what: tuple[object, ...]) -> tuple[str, datetime]:
    """Status and last update: paid after half an hour, then cancelled or shipped within two days."""
    paid = created + _PENDING
    settled = paid + _SHIPPED_BY * seeded.between(0.1, 1.0, "settled", *what)
    if now < paid:
        return "PENDING", created
    if now < settled:
        return "UNSHIPPED", paid
    return ("CANCELLED" if seeded.fraction("cancelled", *what) < 0.06 else "SHIPPED"), settled
