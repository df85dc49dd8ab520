"""The lines above the panels of one seller: its regions, the verdict of the day, why nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from sptui.health.summary import HealthSummary
from sptui.spapi.authorization import Authorization
from sptui.tui.marks import RANKS, REFRESHING, age_in_words, line, one_line, wait_in_words
from sptui.tui.widgets.verdict_line import verdict

if TYPE_CHECKING:
    from sptui.health.monitor import Monitor
    from sptui.workspace import Workspace


def region_line(workspace: Workspace, authorization: Authorization, width: int, *, shown: bool) -> Content:
    """One of the seller's regions: how it stands, how old that is, when Amazon may be asked next."""
    monitor, now = workspace.monitor, workspace.clock.now()
    known = monitor.known(authorization)
    mark = REFRESHING if monitor.is_refreshing(authorization) else RANKS[monitor.standing(authorization).rank]
    read = f"read {_ago(known.reading.time, now)}" if known.reading else "never read"
    report = f"report {_ago(known.performance.made, now)}" if known.performance.made else "no report"
    next_call = f"next call {wait_in_words(monitor.seconds_until_allowed(authorization))}"
    return line(
        ("▌ " if shown else "  ", "warning"),
        (f"{authorization.region}  ", "plain"),
        (f"{one_line(authorization.seller_id)}  " if width >= 90 else "", "muted"),
        (f"{mark.label:<13}", mark.tone),
        (f"{read} · {report} · {next_call}", "muted"),
    )


def _ago(moment: datetime, now: datetime) -> str:
    age = age_in_words(moment, now)
    return age if age == "now" else f"{age} ago"


def today_text(summaries: list[HealthSummary]) -> Content:
    """The verdict, and below it what could not be found out: what is shown is older then."""
    failures = [
        line(("✖ ", "error"), one_line(f"{summary.region}: {error}"))
        for summary in summaries
        for error in summary.errors[:1]
    ]
    return Content("\n").join([verdict(summaries), *failures])


def why_empty_text(
    monitor: Monitor, authorizations: list[Authorization], summary_of: Callable[[Authorization], HealthSummary]
) -> Content:
    """Why nothing is known, and what to do."""
    if any(monitor.is_refreshing(each) for each in authorizations):
        return line("Asking Amazon where this seller takes part…")
    failures = [(each, error) for each in authorizations for error in summary_of(each).errors]
    if failures:
        return line(
            ("✖ Amazon could not be asked.\n\n", "error"),
            "\n".join(f"{each.region}: {one_line(error)}" for each, error in failures),
            "\n\n", ("r", "warning"), " tries again; ", ("t", "warning"), " finds out why.",
        )  # fmt: skip
    return line("Nothing has been read yet. ", ("r", "warning"), " asks Amazon now.")
