"""Every kind of failure in a log, with its verdict: what `sptui log explain` shows. Pure: no clock, no files.

What the rules need beside the answer the log was asked for together with the kinds (``sptui.calllog.asking.kinds``):
how many sellers made the same call in the time of its failures, what else passed and failed for the sellers that were
hit, whether it passes in other regions and in other marketplaces of theirs, and whether it had passed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.calllog.kinds import Kind
from sptui.spapi.answers import Answer, ApiError, BodyKind, LwaError
from sptui.spapi.calls import Stage, TransportFailure
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.enumeration import both
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.evidence import (
    Aspect,
    Change,
    Changed,
    Compared,
    Evidence,
    MarketplacesTried,
    OperationsTried,
    RegionsTried,
    SellersTried,
)
from sptui.triage.observe_answer import observe_given_answer
from sptui.triage.observe_log import LOG
from sptui.triage.observe_request import observe_call, observe_request
from sptui.triage.rules import judge
from sptui.triage.verdict import Verdict

_NOT_OF_THE_VALUES: Final = frozenset({401, 403, 408, 429})
_NAMES_TOLD: Final = 6
_ENOUGH: Final = 3
"""Sellers: fewer tell little (flow of the developer blog, thresholds proposed)."""
_CLEAR: Final = 5
"""Sellers that fail alike while nobody passes: then it begins and ends, however few calls each of them made."""


class KindVerdict(msgspec.Struct, frozen=True):
    """One kind of failure, the evidence that the log gives, and what it probably is."""

    kind: Kind
    operation: str
    evidence: tuple[Evidence, ...]
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """One object of ``log explain --json``."""
        kind = self.kind
        return {
            "operation": self.operation,
            "method": kind.method,
            "path": kind.path,
            "region": kind.region,
            "status": kind.status,
            "code": kind.code,
            "message": kind.message,
            "details": kind.details,
            "sellers_hit": kind.hit,
            "sellers_calling": kind.calling,
            "calls_lost": kind.calls,
            "first_seen": kind.first,
            "last_seen": kind.last,
            "marketplaces": list(kind.marketplaces),
            "request_ids": list(kind.request_ids),
            "verdict": self.verdict.as_json(),
        }


def explain_kinds(kinds: Iterable[Kind], now: datetime) -> list[KindVerdict]:
    """Each kind with its verdict, in the same order."""
    return [_explained(kind, now) for kind in kinds]


def _explained(kind: Kind, now: datetime) -> KindVerdict:
    operation = load_catalogue().get(kind.operation) if kind.operation else None
    case = _case_of(kind, operation)
    evidence = (
        observe_call(case),
        *observe_given_answer(case),
        *observe_request(case, now, whole=False),
        *_compared(kind),
    )
    return KindVerdict(kind, operation.name if operation else "", evidence, judge(evidence))


def _case_of(kind: Kind, operation: Operation | None) -> Case:
    answer: Answer | None = None
    failure: TransportFailure | None = None
    stage = Stage(kind.stage) if kind.stage in tuple(Stage) else Stage.API
    if kind.status:
        told = ApiError(kind.code, kind.message, kind.details)
        is_told = bool(kind.code or kind.message or kind.details)
        lwa = LwaError(kind.code, kind.message) if stage is Stage.LWA else None
        body = BodyKind.JSON if is_told else BodyKind.EMPTY
        answer = Answer(kind.status, {}, "", body, None, (told,) if is_told and lwa is None else (), lwa)
    else:
        failure = TransportFailure(kind.code or "other", kind.message)
    return Case(
        operation=operation,
        method=kind.method,
        path=operation.path if operation else kind.path,
        region=Region(kind.region) if kind.region in tuple(Region) else None,
        stage=stage,
        answer=answer,
        failure=failure,
    )


def _compared(kind: Kind) -> Iterator[Evidence]:
    tried = SellersTried(kind.calling, kind.hit, kind.status)
    if kind.calling > 1 and kind.hit:
        fact = f"Of {kind.calling} sellers that make this call, it fails for {kind.hit}."
        # Fewer than three say little, and the failing ones are among those that were counted.
        yield Evidence(fact, LOG, msgspec.structs.replace(tried, trusted=kind.calling >= _ENOUGH))
    yield from _other_operations(kind)
    if kind.hit * 2 > kind.calling:
        yield from _other_regions(kind)
    looked = kind.looked
    # A single failure between good calls is the call's own affair, and no beginning or end of anything.
    together = (kind.status >= 500 or not kind.status) and tried.all_fail and kind.calling >= _CLEAR
    lasts = kind.calls >= 2 * kind.hit or together
    if kind.calls * 2 >= kind.hit * 3 and looked.elsewhere > 2 * looked.here:  # else what passes later passes elsewhere
        fact = "The same call passes in other marketplaces of these sellers."
        yield Evidence(fact, LOG, MarketplacesTried(passing=True))
    elif lasts and (changes := tuple(_changes(kind))):
        yield from changes
    elif 400 <= kind.status < 500 and kind.status not in _NOT_OF_THE_VALUES and looked.since * 2 > looked.sellers:
        told = f"other calls of {looked.since} of these sellers since {kind.first:%Y-%m-%d %H:%M} UTC"
        yield Evidence(f"It passes with {told}.", LOG, Compared(frozenset({Aspect.VALUES}), passing=True, told=told))


def _other_operations(kind: Kind) -> Iterator[Evidence]:
    passing, failing = (
        tuple(_bare(key) for key in keys[:_NAMES_TOLD]) for keys in (kind.looked.passing, kind.looked.failing)
    )
    if passing or failing:
        told = [f"pass: {', '.join(passing)}"] if passing else []
        told += [f"fail: {', '.join(failing)}"] if failing else []
        yield Evidence(f"Of the same sellers' other calls {'; '.join(told)}.", LOG, OperationsTried(passing, failing))


def _other_regions(kind: Kind) -> Iterator[Evidence]:
    shares = [each for each in kind.regions if each.calling > 1 and each.value in tuple(Region)]
    passing = tuple(Region(each.value) for each in shares if each.failing * 3 < each.calling)
    failing = tuple(Region(each.value) for each in shares if each.failing == each.calling)
    if passing or failing:
        told = f"passes in {both(passing)}" if passing else f"fails in {both(failing)}"
        tried = RegionsTried(passing, failing, of_others=True)
        yield Evidence(f"The same operation {told}.", LOG, tried)


def _changes(kind: Kind) -> Iterator[Evidence]:
    looked = kind.looked
    if looked.before and not looked.since:
        fact = f"It passed for {looked.before} of these sellers until {kind.first:%Y-%m-%d %H:%M} UTC, and not since."
        yield Evidence(fact, LOG, Changed(frozenset({Change.STOPPED})))
    if looked.before and looked.after * 2 > looked.sellers and looked.between * 4 < looked.after:
        fact = f"It passes again for {looked.after} of these sellers since {kind.last:%Y-%m-%d %H:%M} UTC."
        yield Evidence(fact, LOG, Changed(frozenset({Change.ENDED})))


def _bare(key: str) -> str:
    operation = load_catalogue().get(key)
    return operation.name if operation else key
