"""What the import of a log tells: the shape of the file, the meaning of its fields, its first calls, the outcome."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from rich.text import Text
from textual.content import Content

from sptui.calllog.importing import pace
from sptui.calllog.importing.fields import BESIDE, MAPPED, NEEDED
from sptui.calllog.importing.preview import Preview
from sptui.calllog.importing.run import Outcome
from sptui.calllog.importing.values import Unreadable
from sptui.spapi.calls import CallRecord
from sptui.tui.marks import line, one_line

_WORDS: Final = {
    "json lines": "JSON, one object a line",
    "json": "JSON, objects one after the other",
    "json after a prefix": "lines that end with a JSON object",
    "csv": "CSV",
    "har": "HAR",
    "access log": "an access log",
    "w3c log": "an access log in W3C form",
    "empty": "empty",
}
_REASONS_SHOWN: Final = 4
_LONGEST: Final = 60


def shape_line(preview: Preview) -> Content:
    """What the file is, how large, and how many there are."""
    shape = preview.shape
    told = _WORDS.get(shape.kind, shape.kind)
    if shape.has_fields:
        told += f", {len(shape.names)} fields"
    told += f", {size_in_words(preview.size)}"
    if len(preview.files) > 1:
        told += f" in {len(preview.files)} files (shown: {one_line(Path(preview.files[0]).name)})"
    if preview.aside:
        count = len(preview.aside)
        told += f"; of the first lines {count} cannot be read"
    return line(("● ", "success"), told)


def fields_rows(preview: Preview) -> list[tuple[str, tuple[Text, ...]]]:
    """A row for each field that is read: those that the log has first, and needed ones that it lacks."""
    columns = preview.shape.mapped.columns
    first = preview.calls[0] if preview.calls else None
    shown = [each for each in MAPPED if each in columns or each not in BESIDE]
    order = sorted(shown, key=lambda name: (name not in columns and name not in preview.missing, MAPPED.index(name)))
    return [(name, (_cell(name), _column(name, columns, preview), _cell(_told_by(first, name)))) for name in order]


def _column(name: str, columns: dict[str, str], preview: Preview) -> Text:
    if name in columns:
        return _cell(columns[name])
    return Text("✖ choose one" if name in preview.missing or name in NEEDED else "-", end="")


def _told_by(call: CallRecord | None, name: str) -> str:
    if call is None:
        return ""
    value = getattr(call, name, "")
    if name == "time":
        return f"{call.time:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def calls_rows(preview: Preview) -> list[tuple[Text, ...]]:
    """The first calls, as they would be imported."""
    return [
        (
            Text(f"{each.time:%Y-%m-%d %H:%M:%S}"),
            Text(str(each.status or "-")),
            _cell(each.seller_id or "-"),
            _cell(f"{each.method} {each.path}"),
        )
        for each in preview.calls[:5]
    ]


def outcome_lines(outcome: Outcome) -> list[Content]:
    """What was imported, and why some was not."""
    reports = outcome.reports
    lines = []
    if len(reports) == 1:
        lines.append(line(("● ", "success"), f"{pace.counted(reports[0])}."))
    elif reports:
        new, known, aside = (sum(getattr(each, name) for each in reports) for name in ("new", "known", "aside"))
        told = f"{len(reports)} files: {new:,} new calls, {known:,} known already, {aside:,} lines that cannot be read."
        lines.append(line(("● ", "success"), told))
    lines += [line(("✖ ", "error"), one_line(each)) for each in outcome.failures]
    lines += [line(("▲ ", "warning"), one_line(each.problem)) for each in reports if each.problem]
    return lines + _aside_lines(outcome.aside)


def _aside_lines(aside: tuple[tuple[str, Unreadable], ...]) -> list[Content]:
    """The reasons for which lines are kept aside, the most frequent first, each with where it is met first."""
    if not aside:
        return []
    where: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for path, each in aside:
        reason = each.reason.partition(" (byte")[0]
        counts[reason] += 1
        where.setdefault(reason, f"{Path(path).name}:{each.line}")
    lines = [line(("Kept aside, without what they hold (all of them: sptui log import --aside):", "muted"))]
    for reason, count in counts.most_common(_REASONS_SHOWN):
        told = f"{count:,} {'line' if count == 1 else 'lines'}: {one_line(reason)}, first in {one_line(where[reason])}"
        lines.append(line(("▲ ", "warning"), told))
    if len(counts) > _REASONS_SHOWN:
        lines.append(line((f"… and {len(counts) - _REASONS_SHOWN} other reasons", "muted")))
    return lines


def size_in_words(size: float) -> str:
    """Bytes as people say them."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _cell(text: str) -> Text:
    return Text(one_line(text)[:_LONGEST], end="")
