"""What the sellers of a world sell: invented products, the same for the same seed."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.seeded import CAPITALS, DIGITS, Seeded
from sptui.spapi.marketplaces import MARKETPLACES

COUNT: Final = 24
"""Products of each seller: ``SKU-1`` to ``SKU-24``."""

_QUALITIES: Final = ("Foldable", "Waterproof", "Compact", "Classic", "Lightweight", "Insulated", "Adjustable", "Soft")
_MATERIALS: Final = ("Canvas", "Steel", "Bamboo", "Wool", "Cotton", "Oak", "Ceramic", "Felt")
_THINGS: Final = ("Lantern", "Backpack", "Bottle", "Notebook", "Blanket", "Kettle", "Toolbox", "Mug", "Cushion", "Lamp")


class Product(msgspec.Struct, frozen=True):
    """One product of a seller; ``price`` is the same figure in every currency."""

    sku: str
    asin: str
    title: str
    brand: str
    price: float
    stock: int


def products_of(seeded: Seeded, seller_id: str, brand: str) -> list[Product]:
    """Everything that the seller sells."""
    return [_product(seeded, seller_id, brand, number) for number in range(1, COUNT + 1)]


def product_with_sku(seeded: Seeded, seller_id: str, brand: str, sku: str) -> Product | None:
    """The seller's product of that SKU, or None."""
    number = sku.removeprefix("SKU-")
    if not (number.isascii() and number.isdigit() and sku == f"SKU-{int(number[:9])}"):
        return None
    return _product(seeded, seller_id, brand, int(number)) if 1 <= int(number) <= COUNT else None


def product_with_asin(seeded: Seeded, asin: str) -> Product:
    """A product of somebody under that ASIN: Amazon's catalogue is not the seller's."""
    what = ("asin", asin)
    return Product("", asin, title_of(seeded, *what), "Generic", price_of(seeded, *what), 0)


def title_of(seeded: Seeded, *what: object) -> str:
    """An invented title."""
    words = (_QUALITIES, _MATERIALS, _THINGS)
    return " ".join(seeded.pick(each, "title", place, *what) for place, each in enumerate(words))


def price_of(seeded: Seeded, *what: object) -> float:
    """An invented price."""
    return seeded.integer(499, 12999, "price", *what) / 100


def money(amount: float, marketplace_id: str) -> tuple[str, str]:
    """Currency code and amount in the marketplace; yen have no decimals."""
    store = MARKETPLACES.get(marketplace_id)
    currency = store.currency if store else "USD"
    return currency, f"{amount:.0f}" if currency == "JPY" else f"{amount:.2f}"


def ean_of(seeded: Seeded, asin: str) -> str:
    """A number that looks like an EAN."""
    return "40" + seeded.text(11, "ean", asin, alphabet=DIGITS)


def _product(seeded: Seeded, seller_id: str, brand: str, number: int) -> Product:
    what = (seller_id, number)
    return Product(
        f"SKU-{number}",
        "B0" + seeded.text(8, "asin", *what, alphabet=CAPITALS),
        f"{brand} {title_of(seeded, *what)}",
        brand,
        price_of(seeded, *what),
        seeded.integer(0, 240, "stock", *what),
    )
