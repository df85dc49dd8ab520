"""What the call log tells beside a failing call, as evidence. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sptui.calllog.beside import Beside, FailingCall
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.enumeration import both
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.regions import Region
from sptui.triage.evidence import (
    Change,
    Changed,
    Evidence,
    MarketplacesTried,
    OperationsTried,
    RegionsTried,
    SellersTried,
)

LOG: Final = "the call log"
_ENOUGH_TO_TRUST: Final = 3
"""Sellers: fewer tell little (flow of the developer blog, thresholds proposed)."""
_ENOUGH_TO_TELL: Final = 5
"""Other sellers from whom on no call needs to be made for others, where they agree."""
_MANY: Final = 20
"""From so many on it tells as well where they do not agree."""
_HABIT: Final = 3
"""So many calls on either side make a change of a call whose values may differ from one to the next."""
_NAMES_TOLD: Final = 6


def observe_log(beside: Beside, call: FailingCall, run_began: datetime) -> Iterator[Evidence]:
    """The evidence. ``run_began``: what fails only since then was made to fail by the flow itself."""
    yield from _sellers(beside, call)
    own = beside.own
    habitual = own.failing_since is not None and own.failing_since < run_began
    refused, broken = call.status in (401, 403), call.status >= 500 or not call.status
    if own.passing_in and not own.mixed and call.status != 429 and (refused or habitual):
        names = both(map(label_of_marketplace, own.passing_in[:_NAMES_TOLD]))
        fact = f"{call.operation.name} passes for this seller in {names}, since it began to fail here."
        yield Evidence(fact, LOG, MarketplacesTried(passing=True))
    yield from _regions(beside, call)
    if beside.passing or beside.failing:
        yield _operations(beside)
    if own.passed_last is None or own.failing_since is None or own.mixed or call.status == 429:
        return
    often = own.passes >= _HABIT and own.failures >= _HABIT and habitual
    if refused or broken or often:
        until, since = _moment(own.passed_last), _moment(own.failing_since)
        fact = f"It passed for this seller until {until}, and fails since {since}."
        yield Evidence(fact, LOG, Changed(frozenset({Change.STOPPED})))


def log_tells_enough(evidence: Evidence) -> bool:
    """Whether the log has shown for other sellers what calls for a few of them would show."""
    tried = evidence.data
    if evidence.source.partition(":")[0] != LOG or not isinstance(tried, SellersTried) or not tried.trusted:
        return False
    if tried.all_fail:
        return tried.calling >= _ENOUGH_TO_TELL
    if tried.status >= 500 or tried.status in (0, 408, 429):
        return False  # does it come and go? Only a call tells.
    return tried.calling >= (_ENOUGH_TO_TELL if tried.few_fail else _MANY)


def _sellers(beside: Beside, call: FailingCall) -> Iterator[Evidence]:
    others = beside.others
    if not others.calling:
        return
    who = "1 other seller" if others.calling == 1 else f"{others.calling} other sellers"
    made = f"{who} called {call.operation.name}{f' in {call.region}' if call.region else ''}"
    first = f", first at {_moment(beside.first_failure)}" if others.failing and beside.first_failure else ""
    fact = f"Since {_moment(others.since)} {made}: it fails so for {others.failing or 'none'} of them{first}."
    counted = "1 seller" if others.calling == 1 else f"{others.calling} sellers"
    source = f"{LOG}: {counted} in {_span(call.at - others.since)}"
    tried = SellersTried(others.calling, others.failing, call.status)
    trusted = others.calling >= _ENOUGH_TO_TRUST and (tried.all_fail or not others.earlier)
    yield Evidence(fact, source, msgspec.structs.replace(tried, trusted=trusted))


def _regions(beside: Beside, call: FailingCall) -> Iterator[Evidence]:
    """Where it is this region that fails, not this seller: how it stands in the others."""
    if beside.others.failing * 2 <= beside.others.calling:
        return
    shares = [each for each in beside.elsewhere if each.calling > 1 and each.value in tuple(Region)]
    passing = tuple(Region(each.value) for each in shares if each.failing * 3 < each.calling)
    failing = tuple(Region(each.value) for each in shares if each.failing == each.calling)
    if passing or failing:
        told = [f"passes in {both(passing)}"] if passing else []
        told += [f"fails in {both(failing)}"] if failing else []
        fact = f"For other sellers {call.operation.name} {both(told)}."
        yield Evidence(fact, LOG, RegionsTried(passing, failing, of_others=True))


def _operations(beside: Beside) -> Evidence:
    passing, failing = (
        tuple(operation.name for key in keys[:_NAMES_TOLD] if (operation := load_catalogue().get(key)) is not None)
        for keys in (beside.passing, beside.failing)
    )
    told = [f"{both(passing)} {'passes' if len(passing) == 1 else 'pass'}"] if passing else []
    told += [f"{both(failing)} {'is' if len(failing) == 1 else 'are'} refused too"] if failing else []
    return Evidence(f"Of this seller's other calls since then {both(told)}.", LOG, OperationsTried(passing, failing))


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _span(span: timedelta) -> str:
    """``24 h``, ``30 days``, ``12 min``."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 120:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes <= 48 * 60 else f"{round(minutes / 1440)} days"
