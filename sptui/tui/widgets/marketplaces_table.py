"""Where a seller takes part: may it be called today, the account's status, participation, listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from sptui.health.participations import Participation
from sptui.health.summary import HealthSummary, Preflight, StatusNow
from sptui.health.wording import place_in_words
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.tui.marks import (
    ACTIVE,
    ANSWERS,
    NO,
    NO_STORE,
    NOT_OPENED,
    NOT_TOLD,
    SUSPENDED,
    UNKNOWN_ID,
    YES,
    Mark,
    Tone,
    account_mark,
    age_in_words,
)
from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.long_table import LongTable, Row

_NARROW = (
    Column("answer", "TODAY", 12),
    Column("marketplace", "MARKETPLACE", 17),
    Column("account", "ACCOUNT", 13),
    Column("participating", "PART", 5),
    Column("listings", "LISTINGS", 11),
    Column("since", "SINCE", 5),
)
_WIDE = (
    Column("answer", "TODAY", 12),
    Column("marketplace", "MARKETPLACE", 19),
    Column("account", "ACCOUNT", 13),
    Column("since", "SINCE", 7),
    Column("participating", "PART", 5),
    Column("listings", "LISTINGS", 11),
    Column("store", "STORE NAME", 17),
    Column("id", "ID", 14),
)
_ORDER = ("no", "care", "unknown", "yes")


class Store(msgspec.Struct, frozen=True):
    """One marketplace of one authorization: what each source says of it."""

    marketplace_id: str
    participation: Participation | None = None
    status: StatusNow | None = None
    preflight: Preflight | None = None

    @property
    def kind(self) -> MarketplaceKind:
        """What the id really is; a store that only a report names is not known to take part."""
        return self.participation.kind if self.participation else MarketplaceKind.AMAZON


def stores_of(summary: HealthSummary) -> list[Store]:
    """Every marketplace that any source names."""
    participations = {each.marketplace_id: each for each in summary.participations}
    statuses = {each.marketplace_id: each for each in summary.account_status}
    answers = {each.marketplace_id: each for each in summary.preflight}
    whole = statuses.pop("", None)
    ids = dict.fromkeys([*participations, *statuses, *answers])
    return [
        Store(each, participations.get(each), statuses.get(each) or whole, answers.get(each)) for each in ids if each
    ]


def worst_first(store: Store) -> tuple[bool, int, int, str]:
    """A sort key: those that cannot be called first, those that nobody opened late, those that are no stores last."""
    return (
        store.kind is MarketplaceKind.PSEUDO,
        _place_of(store.preflight),
        list(MarketplaceKind).index(store.kind),
        place_in_words(store.marketplace_id, store.participation),
    )


def _place_of(preflight: Preflight | None) -> int:
    if preflight is None or not preflight.opened:
        return len(_ORDER)
    return _ORDER.index(preflight.answer)


class MarketplacesTable(LongTable):
    """One row a marketplace."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(_NARROW, self._cells, id=id)
        self._stores: dict[str, Store] = {}
        self._now: datetime | None = None

    def show(self, stores: Sequence[tuple[str, Store]], now: datetime) -> None:
        """``stores`` by a key of their own."""
        new = dict(stores)
        changed = [key for key, store in new.items() if self._stores.get(key) != store or now != self._now]
        self._stores, self._now = new, now
        self.set_rows(list(new))
        self.touch(changed)

    @property
    def selected(self) -> Store | None:
        """The marketplace under the cursor."""
        return self._stores.get(self.selected_key or "")

    def on_resize(self) -> None:
        """As many columns as there is room for."""
        self.set_columns(_WIDE if self.size.width >= 108 else _NARROW)

    def _cells(self, key: str) -> Row:
        store = self._stores[key]
        participation = store.participation
        dim: Tone = "plain" if store.kind is MarketplaceKind.AMAZON else "muted"
        answer = ANSWERS[store.preflight.answer] if store.preflight else ANSWERS["unknown"]
        if store.kind is MarketplaceKind.PSEUDO:
            answer = NO_STORE
        elif store.kind is MarketplaceKind.UNKNOWN:
            answer = UNKNOWN_ID
        elif store.preflight is not None and not store.preflight.opened and store.preflight.answer == "no":
            answer = NOT_OPENED
        status = account_mark(store.status.status if store.status else "")
        pseudo = store.kind is MarketplaceKind.PSEUDO
        by_column = {
            "answer": _mark(answer),
            "marketplace": ((place_in_words(store.marketplace_id, participation), dim),),
            "account": () if pseudo else _mark(status),
            "since": ((self._since(store), "muted"),),
            "participating": ()
            if pseudo
            else _mark(_flag(participation.participating if participation else None, YES, NO)),
            "listings": ()
            if pseudo
            else _mark(_flag(participation.suspended_listings if participation else None, SUSPENDED, ACTIVE)),
            "store": ((participation.store_name if participation else "", dim),),
            "id": ((store.marketplace_id, "muted"),),
        }
        return tuple(by_column[column.key] for column in self.shown_columns)

    def _since(self, store: Store) -> str:
        if store.status is None or store.status.since is None or self._now is None:
            return ""
        return age_in_words(store.status.since, self._now)


def _flag(value: bool | None, yes: Mark, no: Mark) -> Mark:  # noqa: FBT001
    return NOT_TOLD if value is None else yes if value else no


def _mark(mark: Mark) -> tuple[tuple[str, Tone], ...]:
    return ((mark.label, mark.tone),)
