"""From what was known of an authorization, and a reading, to what is known now."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.health.known import Known, PerformanceKnown, alarms_of
from sptui.health.participations import ParticipationReading
from sptui.health.performance import PerformanceReading
from sptui.spapi.authorization import Authorization
from sptui.spapi.marketplaces import MARKETPLACES

_MOST_MARKETPLACES: Final = 25
"""createReport takes no more (model reports_2021-06-30)."""


def with_participations(before: Known, reading: ParticipationReading) -> Known:
    """What is known after a reading of participations; one that failed stands beside what was known."""
    if reading.participations is None:
        return msgspec.structs.replace(before, failure=reading)
    now = {each.marketplace_id: each for each in reading.participations}
    then = {each.marketplace_id: each for each in (before.reading and before.reading.participations) or ()}
    taking_part = {id_ for id_, each in now.items() if each.participating}
    left = {id_ for id_, each in then.items() if each.participating and id_ not in taking_part}
    told, told_then = (
        {id_: (each.participating, each.suspended_listings) for id_, each in places.items()} for places in (now, then)
    )
    changed = before.reading is not None and told != told_then
    return msgspec.structs.replace(
        before,
        reading=msgspec.structs.replace(reading, call=None),  # thousands of answers would fill the memory
        failure=None,
        formerly=(before.formerly | left) - taking_part,
        changed_at=reading.time if changed else before.changed_at,
    )


def with_performance(before: Known, reading: PerformanceReading) -> Known:
    """What is known after a look for the performance report; one that failed keeps the report before."""
    known = before.performance
    if reading.report is None:
        return msgspec.structs.replace(
            before, performance=msgspec.structs.replace(known, failed_at=reading.time, problem=reading.problem)
        )
    made = reading.as_of or reading.time
    if known.made is not None and made < known.made:  # another sptui read a newer one
        tried = msgspec.structs.replace(
            known, read_at=reading.time, failed_at=reading.time if reading.problem else None, problem=reading.problem
        )
        return msgspec.structs.replace(before, performance=tried)
    alarms = alarms_of(reading.report)
    changed = known.read_at is not None and alarms != known.alarms
    notified = before.notified if before.notified is not None and before.notified.time > made else None
    return msgspec.structs.replace(
        before,
        performance=PerformanceKnown(
            reading.time, reading.as_of, reading.report_id, alarms,
            reading.time if reading.problem else None, reading.problem,
        ),
        notified=notified,
        changed_at=made if changed else before.changed_at,
    )  # fmt: skip


def stores_for_report(authorization: Authorization, known: Known) -> tuple[str, ...]:
    """The stores of the region in which the seller takes part: one id that is none makes createReport refuse all."""
    participations = (known.reading.participations if known.reading else None) or ()
    found = (
        each.marketplace_id
        for each in participations
        if each.participating
        and each.marketplace_id in MARKETPLACES
        and MARKETPLACES[each.marketplace_id].region is authorization.region
    )
    return tuple(sorted(found))[:_MOST_MARKETPLACES]
