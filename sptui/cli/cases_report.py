"""What ``sptui cases`` prints: a kept case, its runs, and two of them beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sptui.cli.output import table
from sptui.cli.plain import plain
from sptui.cli.triage_report import describe_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sptui.triage.events import TriageResult
    from sptui.triage.saved import Comparison, SavedCase


def summary_json(saved: SavedCase) -> dict[str, Any]:
    """A line of ``cases list --json``."""
    last = saved.runs[-1] if saved.runs else None
    return {
        "id": saved.id,
        "title": saved.title,
        "seller": saved.authorization_key or None,
        "created": saved.created,
        "last_run": last.at if last else None,
        "runs": len(saved.runs),
        "cause": last.cause if last else None,
    }


def row_of(saved: SavedCase) -> tuple[str, ...]:
    """A row of the list: id, call, seller, last run, runs, cause."""
    last = saved.runs[-1] if saved.runs else None
    seller = f"{saved.seller}@{saved.region}" if saved.seller else ""
    when = f"{last.at:%Y-%m-%d %H:%M}" if last else ""
    return saved.id, saved.title, seller, when, str(len(saved.runs)), last.cause if last else ""


def head_of(saved: SavedCase) -> Iterator[str]:
    """Which case it is, its runs, and what was not kept."""
    yield plain(f"{saved.id}  {saved.title}")
    if saved.seller:
        yield plain(f"for {saved.seller} ({saved.authorization_key})")
    for number, each in enumerate(saved.runs, 1):
        yield plain(f"run {number}, {each.at:%Y-%m-%d %H:%M} UTC: {each.cause or 'no cause'}")
    if saved.blurred:
        yield plain(f"To send it again, give what was not kept: {', '.join(saved.blurred)}.")


def last_verdict(saved: SavedCase) -> list[str]:
    """What the last run found, or that there is none to show."""
    result = last_result(saved)
    return [describe_result(result)] if result is not None else ["No run of it can be shown."]


def last_result(saved: SavedCase) -> TriageResult | None:
    """The last run, where it can be read."""
    return saved.runs[-1].whole if saved.runs else None


def comparison_json(found: Comparison) -> dict[str, Any]:
    """The object of ``cases compare --json``."""
    return {
        "summary": found.summary,
        "fixed": found.fixed,
        "before": found.cause_before,
        "after": found.cause_after,
        "trials": [
            {"parameters": list(each.parameters), "before": each.before, "after": each.after} for each in found.trials
        ],
        "steps": [{"step": step, "before": before, "after": after} for step, before, after in found.steps],
    }


def comparison_lines(found: Comparison) -> Iterator[str]:
    """What changed between two runs: in a sentence, then call by call and step by step."""
    yield found.summary
    if found.trials:
        rows = [
            (", ".join(each.parameters) or "(none)", each.before or "-", each.after or "-") for each in found.trials
        ]
        cells = [tuple(plain(cell) for cell in row) for row in rows]
        yield ""
        yield table(cells, ("PARAMETERS", "BEFORE", "AFTER"))
    if found.steps:
        yield ""
        yield table([tuple(map(plain, each)) for each in found.steps], ("STEP", "BEFORE", "AFTER"))
