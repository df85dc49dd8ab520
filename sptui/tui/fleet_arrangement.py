"""How the fleet is shown: by what it is ordered and grouped, and how far a round of refreshes is."""

from __future__ import annotations

from typing import Final

from sptui.health.fleet import Grouping, Order

_ORDER_BY_COLUMN: Final = {
    "changed": Order.CHANGED, "seller": Order.NAME, "state": Order.WORST, "places": Order.WORST,
    "problems": Order.WORST, "regions": Order.REGION, "application": Order.APPLICATION, "age": Order.AGE,
}  # fmt: skip
_COLUMN_OF: Final = {
    Order.CHANGED: "changed", Order.NAME: "seller", Order.WORST: "state", Order.REGION: "regions",
    Order.APPLICATION: "application", Order.AGE: "age",
}  # fmt: skip


class Arrangement:
    """Worst first and not grouped, until a key or a click on a column's name says otherwise."""

    def __init__(self) -> None:
        self.order, self.backwards, self.grouping = Order.WORST, False, Grouping.NONE

    @property
    def column(self) -> str:
        """The key of the column by which the fleet is ordered."""
        return _COLUMN_OF[self.order]

    @property
    def order_in_words(self) -> str:
        """``worst``, ``name backwards``."""
        return f"{self.order.value}{' backwards' if self.backwards else ''}"

    def by_column(self, column: str) -> None:
        """Orders by a column; by the one that it is ordered by already, the other way round."""
        order = _ORDER_BY_COLUMN.get(column, self.order)
        self.backwards = order is self.order and not self.backwards
        self.order = order

    def next_order(self) -> None:
        """The next of the orders, forwards."""
        orders = list(Order)
        self.order, self.backwards = orders[(orders.index(self.order) + 1) % len(orders)], False

    def turn_round(self) -> None:
        """The same order, the other way round."""
        self.backwards = not self.backwards

    def next_grouping(self) -> None:
        """Not grouped, by region, by application."""
        groupings = list(Grouping)
        self.grouping = groupings[(groupings.index(self.grouping) + 1) % len(groupings)]


class Round:
    """Who was asked in the round of refreshes that runs, and who has answered."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._answered: set[str] = set()

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many of how many have answered; None where nobody is asked."""
        return (len(self._answered), len(self._asked)) if self._asked else None

    def note(self, key: str, *, asking: bool) -> None:
        """An authorization is being asked, or is not any more."""
        if asking:
            self._asked.add(key)
        elif key in self._asked:
            self._answered.add(key)

    def end_where_all_answered(self) -> None:
        """The next one who is asked begins another round."""
        if self._asked == self._answered:
            self._asked, self._answered = set(), set()
