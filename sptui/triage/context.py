"""What is known of a failing call beside the exchange itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sptui.health.participations import Participation
from sptui.spapi.marketplaces import kind_of_marketplace, label_of_marketplace
from sptui.spapi.redaction import redact
from sptui.spapi.regions import Region

_LONGEST: Final = 2000


class Context(msgspec.Struct, frozen=True):
    """What is known beside the exchange; None and empty mean that nobody said.

    ``other_sellers``: how many make the call, and for how many it fails; ``others_told``: for whom else it fails,
    where somebody gave words and no numbers. ``other_regions``: where the same operation passes for this application,
    and where it fails in the same way. ``account_status`` is the account's, in the marketplaces of the call.
    ``works_with`` and ``fails_with``: what else was tried, in a person's words; ``recent_change``: what changed
    before it began to fail, in a person's words too. ``called_on``: when the call was made. ``application_type``:
    "public", "private" or "". ``sandbox_meant``: somebody said that the call is for the sandbox.
    """

    roles: tuple[str, ...] | None = None
    participations: tuple[Participation, ...] | None = None
    account_status: str = ""
    other_sellers: tuple[int, int] | None = None
    others_told: str = ""
    other_marketplaces_ok: bool | None = None
    other_regions: tuple[tuple[Region, ...], tuple[Region, ...]] | None = None
    works_with: str = ""
    fails_with: str = ""
    recent_change: str = ""
    called_on: datetime | None = None
    application_type: str = ""
    sandbox_meant: bool = False


def read_context(context: dict[str, Any]) -> Context:
    """The context of a JSON case; what has another form than expected is left out."""
    roles, others = context.get("roles"), context.get("other_sellers")
    change = _text(context.get("recent_change"))
    elsewhere, regions = context.get("other_marketplaces_ok"), context.get("other_regions")
    return Context(
        roles=tuple(redact(each) for each in roles if isinstance(each, str)) if isinstance(roles, list) else None,
        participations=_participations(context.get("participations")),
        account_status=_words(context.get("account_status")).strip().upper(),
        other_sellers=_counts(others) if isinstance(others, dict) else None,
        others_told=_words(others.get("failing")) if isinstance(others, dict) else _words(others),
        sandbox_meant=context.get("sandbox") is True,
        other_marketplaces_ok=elsewhere if isinstance(elsewhere, bool) else None,
        other_regions=_regions(regions) if isinstance(regions, dict) else None,
        works_with=_words(context.get("works_with")),
        fails_with=_words(context.get("fails_with")),
        recent_change=_words(change),
        called_on=_date_in(change),
        application_type=_words(context.get("application_type")).strip().lower()[:40],
    )


def _counts(others: dict[str, Any]) -> tuple[int, int] | None:
    calling, failing = others.get("calling"), others.get("failing")
    for each in (calling, failing):
        if not isinstance(each, int) or isinstance(each, bool) or each < 0:
            return None
    return (calling, min(failing, calling)) if calling else None


def _regions(told: dict[str, Any]) -> tuple[tuple[Region, ...], tuple[Region, ...]] | None:
    passing, failing = (
        tuple(region for region in Region if isinstance(named, list) and region in named)
        for named in (told.get("passing"), told.get("failing"))
    )
    return (passing, failing) if passing or failing else None


def _participations(entries: Any) -> tuple[Participation, ...] | None:
    if not isinstance(entries, list):
        return None
    return tuple(
        Participation(
            marketplace_id=_text(each.get("marketplaceId")),
            country_code=label_of_marketplace(_text(each.get("marketplaceId"))),
            kind=kind_of_marketplace(_text(each.get("marketplaceId"))),
            participating=_flag(each.get("isParticipating")),
            suspended_listings=_flag(each.get("hasSuspendedListings")),
        )
        for each in entries
        if isinstance(each, dict) and _text(each.get("marketplaceId"))
    )


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY: Final = re.compile(
    r"date of (?:the )?call:?\s*(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)\s+([a-z]{3})[a-z]*\.?\s+(\d{4}))", re.I
)


def _date_in(text: str) -> datetime | None:
    """The day that a text gives as that of the call: ``date of the call: 2021-06-13`` or ``… 1 July 2021``."""
    found = _DAY.search(text) if text else None
    if found is None:
        return None
    try:
        if found[1]:
            return datetime(int(found[1]), int(found[2]), int(found[3]), 12, tzinfo=UTC)
        return datetime(int(found[6]), _MONTHS.index(found[5].lower()) + 1, int(found[4]), 12, tzinfo=UTC)
    except ValueError:
        return None


def _words(value: Any) -> str:
    """A person's words; of a list or an object its JSON."""
    if isinstance(value, str):
        return redact(value[:_LONGEST]) if value else ""
    if not isinstance(value, (list, dict)):
        return ""
    try:
        return redact(msgspec.json.encode(value).decode()[:_LONGEST])
    except (TypeError, ValueError, RecursionError):
        return ""


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
