"""Kinds of failures in a log, each with what tells whose fault it is."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sptui.calllog.questions import Share


class Looked(msgspec.Struct, frozen=True):
    """What the calls of some of the sellers that a kind hits show, of those that it hits most.

    ``sellers``: how many were looked at. ``before``, ``since``, ``after``: for how many of them the same call passed
    before the kind's first failure, after that, and after its last; ``between``: in between, counted where the kind
    may be over. ``elsewhere``, ``here``: for how many it passed in marketplaces where it never failed, and in those
    where it did. ``passing``, ``failing``: their other operations (keys of the catalogue): those that passed, and those
    that only failed.
    """

    sellers: int = 0
    before: int = 0
    since: int = 0
    after: int = 0
    between: int = 0
    elsewhere: int = 0
    here: int = 0
    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


class Kind(msgspec.Struct, frozen=True):
    """One kind of failure: the same call in one region that failed with the same words. Times are UTC.

    ``operation`` is the catalogue's key, "" where it has none; ``path`` is the template, or the path without ids.
    ``message`` and ``details`` are those of one of the calls. ``hit``: distinct sellers; ``sellers``: those that were
    hit most, the most often hit first. ``at_least``: it has several names or texts in the log, so that more sellers may
    be hit. ``marketplaces``: the most often named first. ``request_ids``: some of the newest. ``calling``: sellers that
    made the call between the first and the last failure, or, where those are fewer than three, since the first; 0 where
    it was not counted. ``regions``: how many sellers make the call in the other regions, and for how many it only
    fails.
    """

    operation: str
    method: str
    path: str
    region: str
    stage: str
    status: int
    code: str
    message: str
    details: str
    hit: int
    calls: int
    first: datetime
    last: datetime
    sellers: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    request_ids: tuple[str, ...] = ()
    at_least: bool = False
    calling: int = 0
    regions: tuple[Share, ...] = ()
    looked: Looked = Looked()
