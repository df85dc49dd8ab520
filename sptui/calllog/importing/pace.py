"""How far an import is, in words: for the command line and the screen."""

from __future__ import annotations

from sptui.calllog.importing.importer import Report


def told(report: Report, seconds: float, done_before: int = 0) -> str:
    """``42 %, 120,000 new calls, 80,000 calls/s, 12 s left``, after ``seconds`` since byte ``done_before`` of the
    file.
    """
    calls = report.new + report.known
    parts = [f"{100 * report.done // report.size} %" if report.size else f"{report.done / 1e6:.0f} MB"]
    parts.append(f"{report.new:,} new calls")
    if seconds >= 0.5 and calls:
        parts.append(f"{calls / seconds:,.0f} calls/s")
    here = report.done - done_before
    if seconds >= 0.5 and report.size and here > 0:
        parts.append(f"{span((report.size - report.done) * seconds / here)} left")
    return ", ".join(parts)


def counted(report: Report) -> str:
    """What became of the lines of a source."""
    if report.shape.kind == "empty":
        return "empty"
    some = any((report.new, report.known, report.aside, report.old, report.passed))
    if not (some or report.cancelled or report.problem):
        return "nothing new since the last import" if report.before else "no calls"
    parts = [f"{report.new:,} new {'call' if report.new == 1 else 'calls'}", f"{report.known:,} known already"]
    parts.append(f"{report.aside:,} {'line' if report.aside == 1 else 'lines'} that cannot be read")
    if report.old:
        parts.append(f"{report.old:,} left out: older than [call_log] keep")
    if report.passed:
        parts.append(f"{report.passed:,} lines that tell of no call")
    return ", ".join(parts)


def span(seconds: float) -> str:
    """A span of time as people say it."""
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 6000 else f"{whole // 3600} h"
