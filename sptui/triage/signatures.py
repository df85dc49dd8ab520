"""Every kind of failure in a log, with its verdict: what `sptui log explain` shows.

``explain_log(records, now)`` takes the CallRecords of a window in the order of their times and gives one
SignatureVerdict for each error signature (operation and region; status; code; message and details without ids,
dates and quoted values), those that hurt most first: by sellers hit, then by calls lost. Pure: no clock, no files.

What the rules need beside the answer is counted from the same records: for how many sellers the same operation
passed since the first failure, what else passed and failed for the sellers that were hit, whether it passes in
other regions and in other marketplaces of theirs, and whether it had passed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.spapi.answers import Answer, ApiError, BodyKind, LwaError
from sptui.spapi.calls import CallRecord, Stage, TransportFailure
from sptui.spapi.catalogue import Operation
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.evidence import (
    Change,
    Changed,
    Evidence,
    MarketplacesTried,
    OperationsTried,
    RegionsTried,
    SellersTried,
)
from sptui.triage.log_window import Hits, LogWindow, Signature, operations_by_key
from sptui.triage.observe_answer import observe_given_answer
from sptui.triage.observe_request import observe_call, observe_request
from sptui.triage.rules import judge
from sptui.triage.verdict import Verdict

LOG: Final = "the log"


_NAMES_TOLD: Final = 6


class SignatureVerdict(msgspec.Struct, frozen=True):
    """One kind of failure: how much it hurts, how it compares, and what it probably is.

    ``code``, ``message`` and ``details`` are as first seen. ``sellers``: the ids hit, the most often hit first;
    ``calling``: sellers that made the call since the first failure, those hit among them. ``calls`` were lost.
    ``request_ids``: the newest, for a case with Amazon.
    """

    signature: Signature
    operation: str
    code: str
    message: str
    details: str
    sellers: tuple[str, ...]
    calling: int
    calls: int
    first_seen: datetime
    last_seen: datetime
    marketplaces: tuple[str, ...]
    request_ids: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """One object of ``log explain --json``."""
        return {
            "operation": self.operation,
            "method": self.signature.method,
            "path": self.signature.path,
            "region": self.signature.region,
            "status": self.signature.status,
            "code": self.code,
            "message": self.message,
            "details": self.details,
            "sellers_hit": len(self.sellers),
            "sellers_calling": self.calling,
            "calls_lost": self.calls,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "marketplaces": list(self.marketplaces),
            "request_ids": list(self.request_ids),
            "verdict": self.verdict.as_json(),
        }


def explain_log(records: Iterable[CallRecord], now: datetime) -> list[SignatureVerdict]:
    """Every error signature of the records with its verdict, the most harmful first."""
    window = LogWindow()
    for record in records:
        window.add(record)
    found = [_explained(window, signature, hits, now) for signature, hits in window.failures.items()]
    return sorted(found, key=lambda each: (-len(each.sellers), -each.calls, each.first_seen))


def _explained(window: LogWindow, signature: Signature, hits: Hits, now: datetime) -> SignatureVerdict:
    operation = _operation(signature.operation)
    case = _case_of(signature, hits, operation)
    calling = _calling(window, signature, hits)
    evidence = (
        observe_call(case),
        *observe_given_answer(case),
        *(each for each in observe_request(case, now, whole=False)),
        *_compared(window, signature, hits, calling),
    )
    return SignatureVerdict(
        signature=signature,
        operation=operation.name if operation else "",
        code=hits.sample.code,
        message=hits.sample.message,
        details=hits.sample.details,
        sellers=tuple(seller for seller, _ in hits.sellers.most_common()),
        calling=len(calling),
        calls=hits.calls,
        first_seen=hits.first,
        last_seen=hits.last,
        marketplaces=tuple(id_ for id_, _ in hits.marketplaces.most_common()),
        request_ids=tuple(id_ for _, id_ in hits.newest),
        evidence=evidence,
        verdict=judge(evidence),
    )


def _case_of(signature: Signature, hits: Hits, operation: Operation | None) -> Case:
    sample, region = hits.sample, _region(signature.region)
    answer: Answer | None = None
    failure: TransportFailure | None = None
    stage = Stage(sample.stage) if sample.stage in tuple(Stage) else Stage.API
    if sample.status:
        told = ApiError(sample.code, sample.message, sample.details)
        is_told = bool(sample.code or sample.message or sample.details)
        lwa = LwaError(sample.code, sample.message) if stage is Stage.LWA else None
        kind = BodyKind.JSON if is_told else BodyKind.EMPTY
        answer = Answer(sample.status, {}, "", kind, None, (told,) if is_told and lwa is None else (), lwa)
    else:
        failure = TransportFailure(sample.code or "other", sample.message)
    return Case(
        operation=operation,
        name="" if operation else sample.operation,
        method=sample.method,
        path=operation.path if operation else sample.path,
        region=region,
        stage=stage,
        answer=answer,
        failure=failure,
    )


def _calling(window: LogWindow, signature: Signature, hits: Hits) -> set[str]:
    """The sellers that made the call since the signature's first failure."""
    passed = window.passed.get(signature.operation, {}).get(signature.region, {})
    failed = window.failed.get(signature.operation, {}).get(signature.region, {})
    calling = {seller for seller, times in passed.items() if times.last >= hits.first}
    calling |= {seller for seller, time in failed.items() if time >= hits.first}
    return {seller for seller in calling | set(hits.sellers) if seller}


def _compared(window: LogWindow, signature: Signature, hits: Hits, calling: set[str]) -> Iterator[Evidence]:
    if calling and hits.sellers:
        fact = f"Of {len(calling)} sellers that make this call, it fails for {len(hits.sellers)}."
        # Fewer than three say little, and the failing ones are among those that were counted.
        tried = SellersTried(len(calling), len(hits.sellers), signature.status, trusted=len(calling) > 2)
        if len(calling) > 1:
            yield Evidence(fact, LOG, tried)
    yield from _other_operations(window, signature, hits)
    if len(hits.sellers) * 2 > len(calling):
        yield from _other_regions(window, signature)
    elsewhere = list(_other_marketplaces(window, signature, hits))
    yield from elsewhere
    if not elsewhere:  # else what passes later passes elsewhere
        yield from _before(window, signature, hits)


def _other_operations(window: LogWindow, signature: Signature, hits: Hits) -> Iterator[Evidence]:
    sellers = [seller for seller, _ in hits.sellers.most_common(20)]
    passing: set[str] = set()
    failing: set[str] = set()
    for seller in sellers:
        passing |= window.passing_for.get((seller, signature.region), set())
        failing |= window.failing_for.get((seller, signature.region), set())
    passing -= {signature.operation}
    failing -= {signature.operation, *passing}
    if passing or failing:
        names = tuple(sorted(_bare(each) for each in passing))[:_NAMES_TOLD]
        others = tuple(sorted(_bare(each) for each in failing))[:_NAMES_TOLD]
        told = [f"pass: {', '.join(names)}"] if names else []
        told += [f"fail: {', '.join(others)}"] if others else []
        yield Evidence(f"Of the same sellers' other calls {'; '.join(told)}.", LOG, OperationsTried(names, others))


def _other_regions(window: LogWindow, signature: Signature) -> Iterator[Evidence]:
    passed = window.passed.get(signature.operation, {})
    failed = window.failed.get(signature.operation, {})
    passing: list[Region] = []
    failing: list[Region] = []
    for region in Region:
        good, bad = len(passed.get(region, {})), len(failed.get(region, {}))
        if region != signature.region and good + bad > 1:
            (passing if good > 2 * bad else failing if not good else []).append(region)
    if passing or failing:
        told = f"passes in {', '.join(passing)}" if passing else f"fails in {', '.join(failing)}"
        tried = RegionsTried(tuple(passing), tuple(failing), of_others=True)
        yield Evidence(f"The same operation {told}.", LOG, tried)


def _other_marketplaces(window: LogWindow, signature: Signature, hits: Hits) -> Iterator[Evidence]:
    elsewhere = here = 0
    for seller, failing in hits.places.items():
        passing = window.passed_in.get((signature.operation, seller), set())
        elsewhere += bool(passing - failing)
        here += bool(passing & failing)
    if elsewhere > 2 * here:
        fact = "The same call passes in other marketplaces of these sellers."
        yield Evidence(fact, LOG, MarketplacesTried(passing=True))


def _before(window: LogWindow, signature: Signature, hits: Hits) -> Iterator[Evidence]:
    passed = window.passed.get(signature.operation, {}).get(signature.region, {})
    before = [seller for seller in hits.sellers if seller in passed and passed[seller].first < hits.first]
    since = [seller for seller in hits.sellers if seller in passed and passed[seller].last > hits.first]
    # A single failure between good calls is the call's own affair, and no beginning or end of anything.
    if hits.calls < 2 * len(hits.sellers):
        return
    if before and not since:
        fact = f"It passed for {len(before)} of these sellers until {hits.first:%Y-%m-%d %H:%M} UTC, and not since."
        yield Evidence(fact, LOG, Changed(frozenset({Change.STOPPED})))
    after = [seller for seller in hits.sellers if seller in passed and passed[seller].last > hits.last]
    mixed = sum(window.recovered.get((signature.operation, signature.region, seller), False) for seller in after)
    if before and after and len(after) * 2 > len(hits.sellers) and mixed * 4 < len(after):
        fact = f"It passes again for {len(after)} of these sellers since {hits.last:%Y-%m-%d %H:%M} UTC."
        yield Evidence(fact, LOG, Changed(frozenset({Change.ENDED})))


def _operation(key: str) -> Operation | None:
    return operations_by_key().get(key)


def _bare(key: str) -> str:
    operation = _operation(key)
    return operation.name if operation else key


def _region(text: str) -> Region | None:
    return Region(text) if text in tuple(Region) else None
