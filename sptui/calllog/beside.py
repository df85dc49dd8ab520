"""What a log tells beside one failing call: the same call of other sellers, and what else this seller calls."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sptui.calllog.questions import Share
from sptui.spapi.catalogue import Operation


class FailingCall(msgspec.Struct, frozen=True):
    """Whose call of what fails how, and when. ``status`` 0: no answer came; the ``code`` then does not matter.

    ``marketplaces``: those that the call names; its history is then that of calls with one of them.
    """

    operation: Operation
    status: int
    code: str
    seller_id: str
    region: str
    application: str
    at: datetime
    marketplaces: tuple[str, ...] = ()


class OtherSellers(msgspec.Struct, frozen=True):
    """Other sellers of the application that made the call in one region since then, by how it last ended for each.

    ``calling`` counts those who were answered at all: well, with this error, or with one that shows them let in.
    ``earlier``: too few called since this seller's call began to fail, so that calls before that count as well; those
    that passed tell little then.
    """

    since: datetime
    calling: int
    failing: int
    earlier: bool = False


class OwnCalls(msgspec.Struct, frozen=True):
    """The same call of the seller itself, in the region and marketplaces: what is known of the last 30 days.

    ``passed_last``, ``failing_since``: the last good call, and the first failure after it, None where there is none.
    ``passes``, ``failures``: how many calls ended so. ``mixed``: it passed between two failures.
    ``passing_in``: other marketplaces in which it passed since it began to fail.
    """

    passed_last: datetime | None = None
    failing_since: datetime | None = None
    passes: int = 0
    failures: int = 0
    mixed: bool = False
    passing_in: tuple[str, ...] = ()


class Beside(msgspec.Struct, frozen=True):
    """The answer. ``elsewhere``: other sellers in other regions, the share of those for whom it fails.

    ``first_failure``: of anybody in the region, in the time that ``others`` is about. ``passing`` and ``failing``:
    other operations (keys of the catalogue) of the seller since it began to fail, the latter refused alike;
    asked for only where the call is refused.
    """

    others: OtherSellers
    own: OwnCalls
    elsewhere: tuple[Share, ...] = ()
    first_failure: datetime | None = None
    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
