"""The buyers of a world: invented people, the same for the same order. What only restricted tokens and roles show."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.seeded import CAPITALS, DIGITS, Seeded
from sptui.spapi.marketplaces import MARKETPLACES

_FIRST: Final = ("Alex", "Robin", "Sam", "Jamie", "Kim", "Noor", "Mika", "Toni", "Lou", "Sasha", "Ari", "Jo")
_LAST: Final = ("Sample", "Example", "Muster", "Modelo", "Exemple", "Esempio", "Testov", "Mikamo")
_STREETS: Final = ("Sample Street", "Example Road", "Test Lane", "Demo Avenue", "Fiction Way")
_CITIES: Final = ("Sampleton", "Exampleburg", "Testville", "Demo Springs", "Fictionham")


class Buyer(msgspec.Struct, frozen=True):
    """Who bought, and where it goes. The e-mail address is one of Amazon's own, which hides the buyer's."""

    name: str
    email: str
    street: str
    city: str
    state: str
    postal_code: str
    country_code: str
    phone: str
    company: str = ""


def buyer_of(seeded: Seeded, order_id: str, marketplace_id: str) -> Buyer:
    """The buyer of an order."""
    store = MARKETPLACES.get(marketplace_id)
    country = "US" if store is None else "GB" if store.country_code == "UK" else store.country_code
    name = f"{seeded.pick(_FIRST, 'first', order_id)} {seeded.pick(_LAST, 'last', order_id)}"
    domain = store.domain.removeprefix("www.") if store else "amazon.com"
    box = seeded.text(14, "email", order_id, alphabet=CAPITALS).lower()
    return Buyer(
        name=name,
        email=f"{box}@marketplace.{domain}",
        street=f"{seeded.integer(1, 240, 'house', order_id)} {seeded.pick(_STREETS, 'street', order_id)}",
        city=seeded.pick(_CITIES, "city", order_id),
        state=seeded.pick(("North", "South", "East", "West"), "state", order_id),
        postal_code=seeded.text(5, "postal", order_id, alphabet=DIGITS),
        country_code=country,
        phone="+1 555 01" + seeded.text(2, "phone", order_id, alphabet=DIGITS),
        company=f"{name.split()[1]} Ltd" if seeded.fraction("business", order_id) < 0.1 else "",
    )
