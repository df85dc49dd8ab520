"""Calls and errors of the log as rows: what stands in which column, at which width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sptui.calllog.questions import Signature
from sptui.calllog.wording import error_in_words, sellers_hit
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import CallRecord, Stage
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.regions import LWA_PATH
from sptui.triage.from_record import has_failed
from sptui.tui.marks import Mark, Tone, age_in_words, one_line
from sptui.tui.widgets.bars import counts_strip
from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.long_table import Parts, Row

_GAP: Final = 2
_STAGES: Final[dict[str, str]] = {Stage.LWA: "access token", Stage.DOCUMENT: "document"}
_THROTTLED: Final = 429

_CALLS: Final = {
    0: ((Column("when", "WHEN (UTC)", 10), Column("answer", "ANSWER", 20), Column("call", "CALL", 0),
         Column("seller", "SELLER", 17))),
    100: ((Column("when", "WHEN (UTC)", 10), Column("answer", "ANSWER", 24), Column("call", "CALL", 0),
           Column("seller", "SELLER", 23), Column("places", "MARKETPLACES", 12), Column("took", "TOOK", 7))),
    150: ((Column("when", "WHEN (UTC)", 10), Column("answer", "ANSWER", 24), Column("call", "CALL", 34),
           Column("seller", "SELLER", 26), Column("region", "REGION", 6), Column("places", "MARKETPLACES", 14),
           Column("took", "TOOK", 7), Column("message", "MESSAGE", 0))),
}  # fmt: skip
_ERRORS: Final = {
    0: ((Column("sellers", "SELLERS", 7), Column("calls", "  CALLS", 7), Column("since", "SINCE", 6),
         Column("trend", "TREND", 12), Column("call", "CALL", 17), Column("error", "ERROR", 0))),
    100: ((Column("sellers", "SELLERS", 7), Column("calls", "    CALLS", 9), Column("since", "SINCE", 6),
           Column("last", "LAST", 6), Column("trend", "TREND", 12), Column("call", "CALL", 24),
           Column("error", "ERROR", 0))),
    150: ((Column("sellers", "SELLERS", 7), Column("calls", "    CALLS", 9), Column("since", "SINCE", 6),
           Column("last", "LAST", 6), Column("trend", "TREND", 24), Column("call", "CALL", 34),
           Column("error", "ERROR", 0))),
}  # fmt: skip
"""From which width on; the column of width 0 takes what is left."""


class SellerNames:
    """What the sellers are called, by the ids that stand in the log."""

    def __init__(self, authorizations: Iterable[Authorization]) -> None:
        self.ids: dict[str, tuple[str, ...]] = {}
        self._names: dict[tuple[str, str], str] = {}
        for each in authorizations:
            self.ids[each.seller] = tuple(dict.fromkeys((*self.ids.get(each.seller, ()), each.seller_id)))
            self._names[each.seller_id, each.region.value] = each.seller
            self._names.setdefault((each.seller_id, ""), each.seller)

    def of(self, record: CallRecord) -> str:
        """The seller's name, else its id; "" where the log has none."""
        known = self._names.get((record.seller_id, record.region)) or self._names.get((record.seller_id, ""))
        return known or record.seller_id


def columns_of(*, calls: bool, width: int) -> tuple[Column, ...]:
    """The columns of the calls, or of the errors, for a table of that many cells."""
    shapes = _CALLS if calls else _ERRORS
    columns = shapes[max(least for least in shapes if least <= width)]
    left = width - sum(each.width + _GAP for each in columns)
    return tuple(each._replace(width=max(10, left)) if not each.width else each for each in columns)


def answer_mark(record: CallRecord) -> Mark:
    """How a call ended: ``● 200 ok``, ``✖ 403 Unauthorized``, ``▲ 429 QuotaExceeded``, ``✖ no answer timeout``."""
    if not has_failed(record):
        return Mark("●", f"{record.status} ok", "success")
    glyph, tone = ("▲", "warning") if record.status == _THROTTLED else ("✖", "error")
    return Mark(
        glyph, error_in_words(record.status, one_line(record.code)), "warning" if tone == "warning" else "error"
    )


def name_of_call(record: CallRecord) -> str:
    """``getOrders``; what it was for where that is no operation, else the method and the path."""
    if record.operation:
        return name_of_operation(record.operation)
    return _STAGES.get(record.stage) or f"{record.method} {record.path}"


def name_of_operation(key: str) -> str:
    """The catalogue's key without its API; a method and path as they are, but for that of the access tokens."""
    if key == f"POST {LWA_PATH}":
        return _STAGES[Stage.LWA]
    return key if " " in key else key.rpartition(".")[2]


def marketplaces_in_words(record: CallRecord) -> str:
    """``US DE``."""
    return " ".join(map(label_of_marketplace, record.marketplaces))


def took_in_words(milliseconds: float) -> str:
    """``24 ms``, ``1.2 s``, ``31 s``."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def by_day(calls: Mapping[str, CallRecord], now: datetime) -> tuple[list[str], dict[str, str]]:
    """The keys of calls that come newest first, with a line before each day (in UTC) but today, and those lines."""
    keys: list[str] = []
    headings: dict[str, str] = {}
    day = now.date()
    for key, record in calls.items():
        if record.time.date() != day:
            day = record.time.date()
            line = f"day {day}"
            headings[line] = f"{day:%Y-%m-%d}"
            keys.append(line)
        keys.append(key)
    return keys, headings


def row_of_call(record: CallRecord, columns: tuple[Column, ...], names: SellerNames) -> Row:
    """A call's cells."""
    return tuple(_call_cell(column.key, record, names) for column in columns)


def _call_cell(key: str, record: CallRecord, names: SellerNames) -> Parts:
    match key:
        case "when":
            return _part(f"{record.time:%H:%M:%S}", "muted")
        case "answer":
            mark = answer_mark(record)
            return _part(mark.label, mark.tone)
        case "call":
            return _part(name_of_call(record))
        case "seller":
            return _part(names.of(record) or "·", "plain" if record.seller_id else "muted")
        case "region":
            return _part(record.region, "muted")
        case "places":
            return _part(marketplaces_in_words(record), "muted")
        case "took":
            return _part(f"{took_in_words(record.milliseconds):>7}", "muted")
        case _:
            return _part(" ".join(filter(None, (record.message, record.details))))


def row_of_error(signature: Signature, columns: tuple[Column, ...], now: datetime) -> Row:
    """The cells of a kind of error."""
    return tuple(_error_cell(column, signature, now) for column in columns)


def _error_cell(column: Column, signature: Signature, now: datetime) -> Parts:
    match column.key:
        case "sellers":
            return _part(f"{sellers_hit(signature):>7}")
        case "calls":
            return _part(f"{signature.calls:>{column.width},}")
        case "since":
            return _part(age_in_words(signature.first, now), "muted")
        case "last":
            return _part(age_in_words(signature.last, now), "muted")
        case "trend":
            return _part(counts_strip(signature.trend, column.width), "warning")
        case "call":
            return _part(name_of_operation(signature.operation))
        case _:
            tone: Tone = "warning" if signature.status == _THROTTLED else "error"
            told = error_in_words(signature.status, signature.code)
            return (one_line(told), tone), (f"  {one_line(signature.message)}", "plain")


def _part(text: str, tone: Tone = "plain") -> Parts:
    blank = len(text) - len(text.lstrip(" "))
    return ((" " * blank + one_line(text), tone),)
