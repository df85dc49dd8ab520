"""Pre-flight: which marketplaces can be called without worry, which not, and why.

It puts together what the developer blog (2022) recommends: participations, the account's status, its metrics. What is
older than two intervals is unknown, never healthy.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from sptui.health.known import Details, Known
from sptui.health.metric import Metric, Severity
from sptui.health.participations import Participation
from sptui.health.seller_central import page_for
from sptui.spapi.marketplaces import MarketplaceKind, label_of_marketplace

Answer = Literal["yes", "care", "no", "unknown"]

CLOSED: Final = frozenset({"DEACTIVATED", "SUSPENDED"})
NEVER_OPENED: Final = "not opened"
_ORDER: Final[tuple[Answer, ...]] = ("no", "care", "unknown", "yes")
_CLOCK_SKEW: Final = timedelta(minutes=5)


class Preflight(msgspec.Struct, frozen=True):
    """Whether a marketplace can be called without worry: yes, with care, no, or unknown, and why (the worst first).

    ``page``: the Seller Central page where a person is needed, else "". ``opened``: False for a store of a unified
    account that nobody opened.
    """

    marketplace_id: str
    answer: Answer
    why: tuple[str, ...] = ()
    page: str = ""
    opened: bool = True


class _Finding(msgspec.Struct, frozen=True):
    answer: Answer
    why: str
    page: str = ""


def is_fresh(moment: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Whether something that is read every ``interval`` is not too old at ``now``, and not of the future."""
    return moment is not None and -_CLOCK_SKEW <= now - moment <= 2 * interval


def fresh_until(known: Known, now: datetime, interval: timedelta, report_interval: timedelta) -> datetime | None:
    """When the next source grows too old; None where none will."""
    ends = [
        moment + 2 * each
        for moment, each in (
            (known.reading.time if known.reading else None, interval),
            (known.performance.made, report_interval),
        )
        if moment is not None and is_fresh(moment, each, now)
    ]
    return min(ends, default=None)


def unopened(known: Known) -> frozenset[str]:
    """The stores that nobody opened: isParticipating is false, and that is no problem.

    A unified account lists every store of its region, those included in which the seller never sold. Not
    participating is a problem all the same where the seller took part before (``formerly``), where listings are
    suspended (there are some, then), where the newest report finds something bad, and where the seller takes part
    in no store at all.
    """
    participations = [each for each in _stores(known) if each.kind is not MarketplaceKind.PSEUDO]
    if not any(each.participating for each in participations):
        return frozenset()
    bad = {each.marketplace_id for each in known.performance.alarms}
    return frozenset(
        each.marketplace_id
        for each in participations
        if each.participating is False
        and not each.suspended_listings
        and each.marketplace_id not in known.formerly
        and each.marketplace_id not in bad
    )


def store_problems(known: Known) -> tuple[str, ...]:
    """What stands in the way as far as participations tell, one sentence each: ``FR: listings suspended``."""
    nobodys = unopened(known)
    stores = _stores(known)
    found = [
        f"{label_of(each.marketplace_id, known)}: {each.problem}"
        for each in stores
        if each.problem and each.marketplace_id not in nobodys
    ]
    listed = {each.marketplace_id for each in stores}
    found += [f"{label_of(id_, known)}: no longer listed" for id_ in sorted(known.formerly - listed)]
    if known.reading is not None and not any(each.kind is not MarketplaceKind.PSEUDO for each in stores):
        found.append("No Amazon store is listed for this seller in this region.")
    return tuple(found)


def preflight_of(
    known: Known, details: Details, *, now: datetime, interval: timedelta, report_interval: timedelta
) -> tuple[Preflight, ...]:
    """An answer for every store that any source names; pseudo-marketplaces are dropped."""
    stores = {each.marketplace_id: each for each in _stores(known)}
    report = details.report
    ids = dict.fromkeys(
        [
            *(id_ for id_, each in stores.items() if each.kind is not MarketplaceKind.PSEUDO),
            *sorted(known.formerly - stores.keys()),
            *(each.marketplace_id for each in report.statuses),
            *(each.marketplace_id for each in report.metrics if each.marketplace_id),
        ]
    )
    pseudo = {id_ for id_, each in stores.items() if each.kind is MarketplaceKind.PSEUDO}
    nobodys = unopened(known)
    participations_fresh = known.failure is None and is_fresh(
        known.reading.time if known.reading else None, interval, now
    )
    report_fresh = is_fresh(known.performance.made, report_interval, now)
    open_stores = [id_ for id_ in ids if id_ not in pseudo and id_ not in nobodys]
    found = []
    for id_ in ids:
        if id_ in pseudo:
            continue
        if id_ in nobodys and participations_fresh:
            found.append(Preflight(id_, "no", (NEVER_OPENED,), opened=False))
            continue
        findings = [
            _participation_finding(id_, stores.get(id_), known, fresh=participations_fresh),
            *_report_findings(id_, known, details, fresh=report_fresh),
            *_notified_findings(id_, known, alone=len(open_stores) == 1),
        ]
        found.append(_put_together(id_, [each for each in findings if each is not None], opened=id_ not in nobodys))
    return tuple(found)


def line_of(preflight: Iterable[Preflight], known: Known) -> str:
    """All answers in one sentence: those without worry first, then each trouble with where it is."""
    by_why: dict[tuple[Answer, str], list[str]] = {}
    unopened_labels: list[str] = []
    for each in preflight:
        label = label_of(each.marketplace_id, known)
        if not each.opened and each.answer == "no":
            unopened_labels.append(label)
        else:
            why = "" if each.answer == "yes" else "; ".join(each.why[:2])
            by_why.setdefault((each.answer, why), []).append(label)
    templates = {
        "yes": "{places} can be called without worry",
        "care": "{places} with care: {why}",
        "no": "not {places}: {why}",
        "unknown": "unknown {places}: {why}",
    }
    parts = [
        templates[answer].format(places=_listed(labels), why=why)
        for wanted in ("yes", "care", "no", "unknown")
        for (answer, why), labels in by_why.items()
        if answer == wanted
    ]
    if unopened_labels:
        parts.append(f"not opened: {_listed(unopened_labels)}")
    told = " · ".join(parts)
    return f"{told}." if told else "Nothing is known yet."


def label_of(marketplace_id: str, known: Known) -> str:
    """A marketplace's short name, as Amazon's answer tells the country."""
    found = next((each for each in _stores(known) if each.marketplace_id == marketplace_id), None)
    return (found.country_code if found else "") or label_of_marketplace(marketplace_id)


def trouble_in_words(metric: Metric) -> str:
    """``lateShipmentRate BAD (0.061, target < 0.04)``."""
    signs = {"LESS_THAN": "<", "GREATER_THAN": ">", "EQUALS": "="}
    told = [] if metric.value is None else [f"{metric.value:g}"]
    if metric.target is not None:
        told.append(f"target {signs.get(metric.condition, metric.condition)} {metric.target:g}".replace("  ", " "))
    numbers = f" ({', '.join(told)})" if told else ""
    return f"{metric.label} {metric.status}".strip() + numbers


def _stores(known: Known) -> tuple[Participation, ...]:
    return (known.reading.participations if known.reading else None) or ()


def _participation_finding(id_: str, found: Participation | None, known: Known, *, fresh: bool) -> _Finding | None:
    reading = known.reading
    if reading is None:
        return _Finding("unknown", "the participations are not known")
    if not fresh:
        return _Finding("unknown", f"the participations were last read {_stamp(reading.time)}")
    if found is None:
        return _Finding("no", "no longer listed" if id_ in known.formerly else "not listed")
    page = page_for("account_information", id_)
    if found.participating is False:
        return _Finding("no", "not participating any more" if id_ in known.formerly else "not participating", page)
    if found.suspended_listings:
        return _Finding("care", "listings suspended (vacation, or suspended by Amazon)", page)
    if found.participating is None or found.suspended_listings is None:
        return _Finding("unknown", "Amazon does not tell how the seller takes part")
    return None


def _report_findings(id_: str, known: Known, details: Details, *, fresh: bool) -> Iterable[_Finding]:
    performance = known.performance
    statuses = [each.status for each in details.report.statuses if each.marketplace_id == id_]
    if performance.made is None:
        yield _Finding("unknown", f"no performance report: {performance.problem}" if performance.problem else (
            "no performance report was read yet"
        ))  # fmt: skip
        return
    if not fresh:
        last = f"; the account was {statuses[0]} then" if statuses else ""
        yield _Finding("unknown", f"the newest performance report is of {_stamp(performance.made)}{last}")
        return
    if not statuses:
        yield _Finding("unknown", "the newest performance report tells no account status")
    for status in statuses:
        if status != "NORMAL":
            answer: Answer = "no" if status in CLOSED else "care"
            yield _Finding(answer, f"account {status}", page_for("account_information", id_))
    for metric in details.report.metrics:
        if metric.marketplace_id == id_ and metric.severity >= Severity.WARNING:
            yield _Finding("care", trouble_in_words(metric), page_for("account_health", id_))


def _notified_findings(id_: str, known: Known, *, alone: bool) -> Iterable[_Finding]:
    change = known.notified
    if change is None or change.current == "NORMAL" or change.marketplace_id not in ("", id_):
        return
    told_here = bool(change.marketplace_id) or alone
    where = "" if told_here else ", without telling in which marketplace"
    answer: Answer = "no" if change.current in CLOSED and told_here else "care"
    why = f"account {change.current} ({change.source.value} of {_stamp(change.time)}{where})"
    yield _Finding(answer, why, page_for("account_information", id_))


def _put_together(id_: str, findings: list[_Finding], *, opened: bool) -> Preflight:
    findings.sort(key=lambda each: _ORDER.index(each.answer))
    if not findings:
        return Preflight(id_, "yes", opened=opened)
    page = next((each.page for each in findings if each.page), "")
    return Preflight(id_, findings[0].answer, tuple(each.why for each in findings), page, opened)


def _listed(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
