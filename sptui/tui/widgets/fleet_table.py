"""The sellers as rows of the home screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from sptui.health.fleet import Entry, Fleet, Grouping
from sptui.health.known import Known
from sptui.health.participations import Participation
from sptui.health.preflight import unopened
from sptui.health.standing import Rank
from sptui.spapi.authorization import Authorization
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.tui.marks import RANKS, REFRESHING, Mark, Tone, age_in_words
from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.long_table import LongTable, Parts, Row

if TYPE_CHECKING:
    from sptui.workspace import Workspace

_CHANGED = Column("changed", "", 1)
_TINY = (_CHANGED, Column("seller", "SELLER", 22), Column("state", "STATE", 11), Column("places", "IN", 16))
_NARROW = (
    _CHANGED,
    Column("seller", "SELLER", 25),
    Column("state", "STATE", 12),
    Column("places", "MARKETPLACES", 22),
    Column("age", "READ", 7),
)
_WIDE = (
    _CHANGED,
    Column("seller", "SELLER", 28),
    Column("state", "STATE", 12),
    Column("places", "MARKETPLACES", 24),
    Column("regions", "REGION", 8),
    Column("application", "APPLICATION", 16),
    Column("age", "READ", 8),
)
_WIDER = (*_WIDE, Column("problems", "WHAT STANDS IN THE WAY", 30))
_VAST = (
    _CHANGED,
    Column("seller", "SELLER", 32),
    Column("state", "STATE", 12),
    Column("places", "MARKETPLACES", 34),
    Column("regions", "REGION", 8),
    Column("ids", "SELLER IDS", 16),
    Column("application", "APPLICATION", 18),
    Column("age", "READ", 8),
    Column("problems", "WHAT STANDS IN THE WAY", 44),
)
_NARROWEST_FOR = ((196, _VAST), (152, _WIDER), (114, _WIDE), (77, _NARROW), (0, _TINY))
_UNOPENED = Mark("○", "not opened", "muted")
_ORDER: dict[Tone, int] = {"error": 0, "warning": 1, "plain": 2, "success": 3, "muted": 4}


class FleetTable(LongTable):
    """One row a seller, or a seller's part in a group; Enter opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", id="sellers.open", tooltip="Open the seller under the cursor"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(_NARROW, self._cells, id=id)
        self._fleet: Fleet | None = None
        self._workspace: Workspace | None = None

    def use(self, fleet: Fleet, workspace: Workspace) -> None:
        """Where the rows come from; before the first of them is drawn."""
        self._fleet, self._workspace = fleet, workspace

    def entry(self, key: str) -> Entry | None:
        """The row of a key; made now where it was not yet."""
        if self._fleet is None or self._workspace is None:
            return None
        found = self._fleet.entry(key)
        if found is None:
            name, grouped, _ = key.partition("\n")
            seller = self._workspace.accounts.seller(name)
            if seller is not None and not grouped:
                self._fleet.rows([seller], Grouping.NONE)
            elif seller is not None:
                self._fleet.rows([seller], self._grouping)
            found = self._fleet.entry(key)
        return found

    _grouping = Grouping.NONE

    def show_entries(self, entries: Sequence[Entry], grouping: Grouping, sorted_by: str) -> None:
        """Shows these rows in this order, under the names of their groups."""
        self._grouping = grouping
        self.set_columns(self.shown_columns, sorted_by)
        if grouping is Grouping.NONE:
            self.set_rows([each.key for each in entries])
            return
        sizes: dict[str, int] = {}
        for each in entries:
            sizes[each.group] = sizes.get(each.group, 0) + 1
        keys, headings = [], {}
        for each in entries:
            heading = f"\n{each.group}"
            if heading not in headings:
                headings[heading] = f"{each.group} ({sizes[each.group]})"
                keys.append(heading)
            keys.append(each.key)
        self.set_rows(keys, headings)

    def touch_sellers(self, names: Iterable[str]) -> None:
        """What is known of these sellers changed."""
        wanted = set(names)
        self.touch([key for key in self.keys_on_screen if key.partition("\n")[0] in wanted])
        self.forget_rows(key for key in list(self._rows) if key.partition("\n")[0] in wanted)

    def on_resize(self) -> None:
        """As many columns as there is room for."""
        width = self.size.width + 3
        self.set_columns(next(columns for least, columns in _NARROWEST_FOR if width >= least), self._sorted_by)

    def _cells(self, key: str) -> Row:
        entry = self.entry(key)
        if entry is None or self._workspace is None:
            return tuple(() for _ in self.shown_columns)
        monitor, now = self._workspace.monitor, self._workspace.clock.now()
        busy = any(monitor.is_refreshing(each) for each in entry.authorizations)
        unknown = entry.rank is Rank.UNKNOWN
        mark = REFRESHING if busy and unknown else RANKS[entry.rank]
        known = [monitor.known(each) for each in entry.authorizations]
        application = dict.fromkeys(map(self._application, entry.authorizations))
        by_column: dict[str, Parts] = {
            "changed": (("◆" if entry.changed else " ", "warning"),),
            "seller": ((entry.seller.name, "plain"),),
            "state": ((mark.label, mark.tone),),
            "places": _places(known),
            "regions": ((" ".join(each.region for each in entry.authorizations), "muted"),),
            "ids": ((" ".join(dict.fromkeys(each.seller_id for each in entry.authorizations)), "muted"),),
            "application": ((", ".join(application), "muted"),),
            "age": (("…" if busy else age_in_words(entry.read, now), "muted"),),
            "problems": (("; ".join(entry.problems), mark.tone),),
        }
        return tuple(by_column[column.key] for column in self.shown_columns)

    def _application(self, authorization: Authorization) -> str:
        found = self._workspace.accounts.application(authorization.application) if self._workspace else None
        return (found.name if found else "") or authorization.application


def _places(known: Sequence[Known]) -> Parts:
    """``✖FR ▲DE ●IT``: every store with its mark, worst first."""
    told: list[tuple[Mark, str]] = []
    for each in known:
        alarms: dict[str, str] = {}
        nobodys = unopened(each)
        for alarm in each.performance.alarms:
            if not alarm.metric or alarm.marketplace_id not in alarms:
                alarms[alarm.marketplace_id] = alarm.status if not alarm.metric else "metric"
        for one in (each.reading.participations or ()) if each.reading else ():
            if one.kind is not MarketplaceKind.PSEUDO:
                mark = _mark(one.participating, one.suspended_listings, alarms.get(one.marketplace_id, ""))
                mark = _UNOPENED if one.marketplace_id in nobodys else mark
                told.append((mark, _code(one)))
    told.sort(key=lambda entry: (_ORDER[entry[0].tone], entry[1]))
    return tuple((f"{mark.glyph}{place} ", mark.tone) for mark, place in told)


def _code(one: Participation) -> str:
    return "UK" if one.country_code == "GB" else one.country_code or one.marketplace_id[:4]


def _mark(participating: bool | None, suspended: bool | None, alarm: str) -> Mark:  # noqa: FBT001
    if alarm in ("DEACTIVATED", "SUSPENDED"):
        return RANKS[Rank.CLOSED]
    if participating is False:
        return RANKS[Rank.ATTENTION]
    if alarm or suspended:
        return RANKS[Rank.ATTENTION]
    return RANKS[Rank.FINE] if participating else RANKS[Rank.UNKNOWN]
