"""A change of an account's status, and where it was learnt."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from sptui.spapi.regions import Region


class StatusSource(StrEnum):
    """Where a status was learnt."""

    NOTIFICATION = "notification"
    REPORT = "report"
    IMPORT = "import"


class StatusChange(msgspec.Struct, frozen=True, gc=False):
    """One ACCOUNT_STATUS_CHANGED event, or a change seen between two reports.

    ``id`` is the same for the same event however often it is learnt: the notificationId, or made of the report's id
    and the marketplace. ``marketplace_id`` is "" where it is not told: notifications do not name one (docs
    account-status-changed). ``previous`` and ``current`` are Amazon's words, known or not; ``previous`` may be "".
    """

    id: str
    seller_id: str
    region: Region
    marketplace_id: str
    time: datetime
    previous: str
    current: str
    source: StatusSource
