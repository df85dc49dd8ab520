"""Report, feed and notification types: who may use each, where Amazon offers it, and whether it has gone.

``offered_types.json`` is kept by hand from Amazon's documentation (report-type-values, feed-type-values and
notification-type-values pages, role mappings, deprecation schedule; as of 2026-08). No ``marketplaces``,
``not_marketplaces`` or ``regions`` means that no limit is documented, not that there is none.
"""

from __future__ import annotations

import difflib
import functools
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Final

import msgspec

from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region


class TypeKind(StrEnum):
    """What is ordered by a type's name."""

    REPORT = "report"
    FEED = "feed"
    NOTIFICATION = "notification"


TYPE_PARAMETERS: Final = {
    "reportType": TypeKind.REPORT,
    "reportTypes": TypeKind.REPORT,
    "feedType": TypeKind.FEED,
    "feedTypes": TypeKind.FEED,
    "notificationType": TypeKind.NOTIFICATION,
    "notificationTypes": TypeKind.NOTIFICATION,
}
"""The parameters that name types."""


class OfferedType(msgspec.Struct, frozen=True):
    """One type. Any one of ``roles`` suffices. What is None or empty is not documented.

    ``restricted``: the report's document needs a Restricted Data Token. ``requestable``: whether createReport takes
    it. ``needs``: a program that the seller has to be in. ``listed``: on Amazon's newest list. ``removed_on``: ISO
    8601 date of its removal, past or to come; a type that ends so is no longer made.
    """

    name: str = ""
    roles: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    not_marketplaces: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    restricted: bool = False
    requestable: bool | None = None
    max_marketplaces: int | None = None
    sellers: bool | None = None
    vendors: bool | None = None
    deprecated: bool = False
    removed_on: str = ""
    replaced_by: str = ""
    needs: str = ""
    format: str = ""
    content_types: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    payload_versions: tuple[str, ...] = ()
    grantless: bool = False
    listed: bool = True
    also_spelled: str = ""

    def offered_in(self, marketplace_id: str) -> bool | None:
        """Whether Amazon offers it there; None where no limit is documented or the marketplace is not known."""
        marketplace = MARKETPLACES.get(marketplace_id)
        if marketplace is None:
            return None
        if self.regions and marketplace.region not in self.regions:
            return False
        if marketplace_id in self.not_marketplaces:
            return False
        if self.marketplaces:
            return marketplace_id in self.marketplaces
        return True if self.regions or self.not_marketplaces else None

    def removed_by(self, day: date) -> bool:
        """Whether Amazon had removed it on that day."""
        return bool(self.removed_on) and date.fromisoformat(self.removed_on) <= day


def find_type(kind: TypeKind, name: str) -> OfferedType | None:
    """The type of that exact name, in either of its spellings; None where no list has it."""
    return _types()[kind].get(name)


def types_of(kind: TypeKind) -> tuple[OfferedType, ...]:
    """Every known type of a kind, by name."""
    found = {each.name: each for each in _types()[kind].values()}
    return tuple(found.values())


def similar_type(kind: TypeKind, name: str) -> str:
    """The known name nearest to ``name``, or "" where none is near."""
    return next(iter(difflib.get_close_matches(name[:100].upper(), _types()[kind], n=1, cutoff=0.8)), "")


@functools.cache
def _types() -> dict[TypeKind, dict[str, OfferedType]]:
    data = (resources.files("sptui.spapi") / "offered_types.json").read_bytes()
    read = msgspec.json.decode(data, type=dict[TypeKind, dict[str, OfferedType]])
    found: dict[TypeKind, dict[str, OfferedType]] = {}
    for kind, entries in read.items():
        found[kind] = named = {}
        for name, entry in entries.items():
            named[name] = whole = msgspec.structs.replace(entry, name=name)
            if entry.also_spelled:
                named.setdefault(entry.also_spelled, whole)
    return found
