"""What is known of one call, or of one kind of error, in lines: in short under the table, whole in a sheet."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from sptui.calllog.questions import Signature
from sptui.calllog.wording import calls, error_in_words, sellers, trend_in_words
from sptui.spapi.calls import CallRecord, Stage
from sptui.tui.log_rows import (
    SellerNames,
    answer_mark,
    marketplaces_in_words,
    name_of_call,
    took_in_words,
)
from sptui.tui.marks import Tone, hanging, line, one_line, wrapped


def call_in_short(record: CallRecord, names: SellerNames, width: int, lines: int) -> Content:
    """The call, its message, when and where it was: at most ``lines`` of ``width`` cells."""
    mark = answer_mark(record)
    who = " · ".join(filter(None, (names.of(record), record.region, marketplaces_in_words(record))))
    told = [line((mark.label, mark.tone), f"  {one_line(name_of_call(record))}", (f"  {one_line(who)}", "muted"))]
    message = " ".join(filter(None, (record.message, record.details)))
    told += _cut(message, width, lines - 3)
    told.append(line((one_line(f"{record.method} {record.raw_path or record.path}"), "muted")))
    when = [f"{record.time:%Y-%m-%d %H:%M:%S} UTC", took_in_words(record.milliseconds)]
    when += [f"attempt {record.attempt}"] * (record.attempt > 1) + [record.request_id] * bool(record.request_id)
    told.append(line((one_line(" · ".join(when)), "muted")))
    return Content("\n").join(told[:lines])


def call_in_full(record: CallRecord, names: SellerNames, width: int) -> Content:
    """Everything that the log keeps of a call."""
    mark = answer_mark(record)
    seller = names.of(record)
    facts: list[tuple[str, str]] = [
        ("time", f"{record.time:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"),
        ("call", name_of_call(record) if record.operation or record.stage != Stage.API else ""),
        ("operation", record.operation),
        ("path", f"{record.method} {record.path}"),
        ("raw path", record.raw_path),
        ("seller", seller if seller != record.seller_id else ""),
        ("seller id", record.seller_id),
        ("region", record.region),
        ("markets", " ".join(f"{marketplaces_in_words(record)} ({', '.join(record.marketplaces)})".split())
         if record.marketplaces else ""),
        ("application", record.application),
        ("took", took_in_words(record.milliseconds)),
        ("attempt", str(record.attempt)),
        ("request id", record.request_id),
        ("code", record.code),
        ("message", record.message),
        ("details", record.details),
    ]  # fmt: skip
    told = [line((mark.label, mark.tone)), line("")]
    told += [hanging(label, text, tone="muted", width=width, column=14) for label, text in facts if text]
    return Content("\n").join(told)


def error_in_short(signature: Signature, width: int, lines: int) -> Content:
    """The kind of error, its message, since when, and whether it grows."""
    tone: Tone = "error"
    told = [
        line(
            (f"✖ {one_line(error_in_words(signature.status, signature.code))}", tone),
            f"  {one_line(signature.operation)}",
        )
    ]
    told += _cut(signature.message or "without a message", width, lines - 4)
    least = "at least " if signature.at_least else ""
    told.append(line((f"{least}{sellers(signature.sellers)}, {calls(signature.calls)}", "muted")))
    if signature.first and signature.last:
        told.append(line((f"{_utc(signature.first)} to {_utc(signature.last)} UTC", "muted")))
    if trend := trend_in_words(signature.trend):
        told.append(line((trend, "muted")))
    return Content("\n").join(told[:lines])


def _utc(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"


def _cut(text: str, width: int, lines: int) -> list[Content]:
    """The first lines of a text; that there is more is shown by its last character."""
    told = wrapped(text, width) if text else []
    if len(told) > max(1, lines):
        told = told[: max(1, lines)]
        told[-1] = told[-1][: width - 1] + "…"
    return [line(each) for each in told]
