"""Where a seller's notifications do not fit together. Amazon itself advises a second way to the data: some get lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from sptui.spapi.regions import Region


class Gap(msgspec.Struct, frozen=True):
    """At ``time`` a notification came that does not follow from the one before: the report has to be asked again."""

    seller_id: str
    region: Region
    time: datetime
    expected: str
    """The status that was last known."""
    told: str
    """The status that the notification says was there before."""

    @property
    def in_words(self) -> str:
        """What is odd, for people."""
        if self.expected == self.told:
            return f"a notification tells a change from {self.told} to {self.told}"
        return f"{self.expected} was last known, and a notification tells a change from {self.told}"


def gaps_in(seller_id: str, region: Region, steps: Sequence[tuple[datetime, str, str]]) -> tuple[Gap, ...]:
    """The gaps in one account's changes: time, previous and current status of each, in their order.

    A notification is no change where both are the same; it misses one where its previous status is not the last
    known. One that tells no previous status shows nothing.
    """
    found, last = [], ""
    for time, previous, current in steps:
        if previous and previous == current:
            found.append(Gap(seller_id, region, time, previous, previous))
        elif previous and last and previous != last:
            found.append(Gap(seller_id, region, time, last, previous))
        last = current
    return tuple(found)
