"""The account's status in each marketplace, from the newest seller performance report: what triage asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sptui.health.metric import MarketplaceStatus
from sptui.health.performance import REPORT_TYPE, Downloads, fetch_performance
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.clock import Clock, SystemClock

__all__ = ["REPORT_TYPE", "AccountStatus", "AccountStatusReading", "Downloads", "newest_account_status"]

AccountStatus = MarketplaceStatus

_RETENTION: Final = timedelta(days=90)
"""Any report that Amazon still has will do: triage shows its age (docs reports-faq)."""


class AccountStatusReading(msgspec.Struct, frozen=True):
    """``statuses`` is None where no report could be had; ``problem`` says why. ``as_of``: when it was made."""

    statuses: tuple[AccountStatus, ...] | None
    as_of: datetime | None = None
    problem: str = ""
    calls: tuple[Call, ...] = ()


async def newest_account_status(
    client: Downloads,
    authorization: Authorization,
    *,
    create: bool,
    marketplaces: tuple[str, ...] = (),
    sleep: Callable[[float], Awaitable[None]],
    clock: Clock | None = None,
) -> AccountStatusReading:
    """The statuses of the newest finished report; with ``create`` a new report is requested where there is none.

    Creating is a call with a mild side effect (it queues a report), so ``create`` needs somebody's yes.
    """
    reading = await fetch_performance(
        client, authorization, marketplaces=marketplaces, newer_than=_RETENTION, create=create, sleep=sleep,
        clock=clock or SystemClock(),
    )  # fmt: skip
    if reading.report is None:
        return AccountStatusReading(None, problem=reading.problem, calls=reading.calls)
    return AccountStatusReading(reading.report.statuses, reading.as_of, calls=reading.calls)
