"""A seller's health as text for people: the verdict of the day, statuses, what is bad, where it takes part."""

from __future__ import annotations

from sptui.cli.output import table
from sptui.cli.plain import printable
from sptui.health.metric import Severity
from sptui.health.participations import Participation
from sptui.health.summary import HealthSummary
from sptui.health.wording import (
    disagreement_in_words,
    metric_in_words,
    number_in_words,
    target_in_words,
    window_in_words,
)
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.redaction import redact

_VERDICTS = {True: "no problem seen", False: "has problems", None: "unknown"}
_FLAGS = {True: "yes", False: "no", None: "unknown"}


def report_text(summary: HealthSummary) -> str:
    """Several lines, the most important first; nothing in it could move a terminal's cursor."""
    as_of = f", as of {summary.as_of:%Y-%m-%d %H:%M:%S} UTC" if summary.as_of else ""
    lines = [f"{summary.seller} · {summary.region} · {_VERDICTS[summary.healthy]}{as_of}"]
    if summary.preflight:
        lines.append(f"  Today: {summary.preflight_line}")
    lines += [f"  ! {each}" for each in (*summary.errors, *summary.problems)]
    if summary.account_status:
        lines.append(f"  Accounts: {', '.join(_status(summary))}")
    lines += [f"  Last change: {each}" for each in _changes(summary)]
    lines += _metrics(summary)
    lines += [
        f"  {label_of_marketplace(each.marketplace_id)}: a person looks at {each.page}"
        for each in summary.preflight
        if each.page
    ]
    if summary.participations:
        rows = [_row(each) for each in summary.participations]
        header = ("MARKETPLACE", "COUNTRY", "KIND", "PARTICIPATING", "SUSPENDED LISTINGS", "STORE")
        lines += [f"  {each}" for each in table(rows, header).splitlines()]
    lines += [f"  note: {each}" for each in summary.notes]
    lines += [
        f"  not understood, as Amazon sent it: {label_of_marketplace(each.marketplace_id)} {each.path} {each.text}"
        for each in summary.leftovers
    ]
    return "\n".join(printable(each) for each in lines)


def change_text(summary: HealthSummary) -> str:
    """One line for a notice of a change."""
    told = "; ".join((*summary.errors, *summary.problems)) or "no problem seen any more"
    return printable(redact(f"{summary.seller} · {summary.region}: {told}"))


def _status(summary: HealthSummary) -> list[str]:
    told = []
    for each in summary.account_status:
        place = label_of_marketplace(each.marketplace_id) or "all"
        since = f" since {each.since:%Y-%m-%d}" if each.since else ""
        told.append(f"{place} {each.status}{since}")
    return told


def _changes(summary: HealthSummary) -> list[str]:
    newest = sorted(summary.status_history, key=lambda each: each.time)[-1:]
    return [
        f"{each.time:%Y-%m-%d %H:%M} UTC {label_of_marketplace(each.marketplace_id) or 'account'} "
        f"{each.previous or '?'} -> {each.current} ({each.source})"
        for each in newest
    ]


def _metrics(summary: HealthSummary) -> list[str]:
    bad = [each for each in summary.metrics if each.severity >= Severity.WARNING or each.disagrees]
    if not bad:
        return []
    rows = [
        (
            each.status or "-",
            label_of_marketplace(each.marketplace_id),
            metric_in_words(each),
            number_in_words(each.value, each.unit) or "-",
            target_in_words(each) or "-",
            window_in_words(each.start, each.end),
        )
        for each in bad
    ]
    lines = [f"  {each}" for each in table(rows, ("STATUS", "IN", "METRIC", "VALUE", "TARGET", "WINDOW")).splitlines()]
    return lines + [f"  {metric_in_words(each)}: {disagreement_in_words(each)}" for each in bad if each.disagrees]


def _row(each: Participation) -> tuple[str, ...]:
    participating, suspended = _FLAGS[each.participating], _FLAGS[each.suspended_listings]
    return each.marketplace_id, each.country_code, each.kind.value, participating, suspended, each.store_name
