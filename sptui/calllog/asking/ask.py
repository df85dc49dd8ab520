"""Putting the questions to an engine and reading its counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sptui.calllog.asking import sql
from sptui.calllog.asking.browse import signatures
from sptui.calllog.asking.engine import Engine, Scope, once_more, utc
from sptui.calllog.browsing import Chosen
from sptui.calllog.questions import (
    Controls,
    Question,
    Share,
    Signature,
    WhoAnswer,
    pattern_of,
    shared_by,
    wilson,
)
from sptui.calllog.signatures import signature_of


def window_start(engine: Engine, back: timedelta | None) -> datetime | None:
    """The moment ``back`` before the newest call of the log: an old log is asked about its own last day."""
    newest = engine.newest() if back is not None else None
    if back is None or newest is None:
        return None
    return newest - back


@once_more
def who(engine: Engine, question: Question, *, deep: bool = True) -> WhoAnswer:
    """Who else gets this error. ``deep`` also asks for the signatures and the control groups.

    Raises CallLogError.
    """
    scope = engine.calls_of(question)
    rows = _rows(engine, sql.counts(engine.dialect, scope, question))
    shares = _shares(engine, scope, question, rows)
    totals = next((each for each in rows if each[0] == "total"), ("total", "", 0, 0))
    calling, failing = int(totals[2] or 0), int(totals[3] or 0)
    kinds, spans = _kinds(engine, scope, question) if deep else ([], _spans(engine, scope, question))
    failures = sum(int(each[0] or 0) for each in spans)
    return WhoAnswer(
        question=question,
        calling=calling,
        failing=failing,
        failures=failures,
        pattern=pattern_of(calling, failing),
        range=wilson(failing, calling),
        marketplaces=shares["marketplaces"],
        regions=shares["region"],
        applications=shares["application"],
        first_failure=min(filter(None, (utc(each[1]) for each in spans)), default=None) if failures else None,
        last_failure=max(filter(None, (utc(each[2]) for each in spans)), default=None) if failures else None,
        elsewhere=int(_rows(engine, sql.elsewhere(scope, question))[0][0] or 0) if deep and failing else 0,
        shared=tuple(
            found
            for name, kind in (("marketplace", "marketplaces"), ("region", "region"), ("application", "application"))
            for found in shared_by(name, shares[kind], calling, failing)
        ),
        signatures=tuple(_merged(_signature(question.operation.key, row) for row in kinds)) if failures else (),
        controls=_controls(engine, scope, question, calling, failing) if deep and failing else None,
    )


@once_more
def errors(engine: Engine, since: datetime | None) -> list[Signature]:
    """Every kind of error since then, those that hit most sellers first. Raises CallLogError."""
    return signatures(engine, Chosen(since=since))


def _rows(engine: Engine, scope: Scope) -> list[tuple[Any, ...]]:
    return engine.rows(scope.sql, scope.values)


def _shares(
    engine: Engine, scope: Scope, question: Question, rows: list[tuple[Any, ...]]
) -> dict[str, tuple[Share, ...]]:
    several = any(each[0] == "marketplaces" and "," in each[1] for each in rows)
    if several and engine.dialect.split:
        split = _rows(engine, sql.split_marketplaces(engine.dialect, scope, question))
        rows = [each for each in rows if each[0] != "marketplaces"] + split
    shares: dict[str, tuple[Share, ...]] = {}
    for kind in ("marketplaces", "region", "application"):
        found = [Share(each[1] or "", int(each[2] or 0), int(each[3] or 0)) for each in rows if each[0] == kind]
        shares[kind] = tuple(sorted(found, key=lambda share: (-share.failing, -share.calling, share.value)))
    return shares


def _controls(engine: Engine, scope: Scope, question: Question, calling: int, failing: int) -> Controls:
    rows = _rows(engine, sql.same_sellers(scope, engine.other_calls(question), question))
    return Controls(int(rows[0][0] or 0), int(rows[0][1] or 0), calling - failing)


def _spans(engine: Engine, scope: Scope, question: Question) -> list[tuple[Any, ...]]:
    """How many calls failed, and from when to when."""
    return _rows(engine, sql.when(engine.times_of(question) or scope, question))


def _kinds(engine: Engine, scope: Scope, question: Question) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The kinds of errors, and the same as ``_spans``, one for each kind: that saves asking for it."""
    condition, values = sql.failing(question)
    found = _rows(engine, sql.messages(engine.dialect, scope, condition, values))
    if (times := engine.times_of(question)) is None:
        spans = [row[4:] for row in found]
        return found, spans if len(found) < sql.MOST_MESSAGES else _spans(engine, scope, question)
    # The sellers are those of ``scope``; calls and times those of ``times``.
    counted = {row[:3]: row[3:] for row in _rows(engine, sql.often(times, question))}
    return [(*row[:4], *counted.get(row[:3], row[4:])) for row in found], list(counted.values())


def _signature(operation: str, row: Iterable[Any]) -> Signature:
    status, code, message, sellers, calls, first, last = row
    return Signature(
        operation,
        int(status),
        code or "",
        signature_of(message or ""),
        int(sellers or 0),
        int(calls),
        utc(first),
        utc(last),
    )


def _merged(found: Iterable[Signature]) -> list[Signature]:
    """Like errors as one. Which sellers two of them have in common is not known then: at least the larger number."""
    merged: dict[tuple[str, int, str, str], Signature] = {}
    for each in found:
        key = (each.operation, each.status, each.code, each.message)
        merged[key] = _sum(merged[key], each) if key in merged else each
    return sorted(merged.values(), key=lambda each: (-each.sellers, -each.calls, each.operation, each.message))


def _sum(one: Signature, other: Signature) -> Signature:
    firsts = [each.first for each in (one, other) if each.first]
    lasts = [each.last for each in (one, other) if each.last]
    return Signature(
        one.operation,
        one.status,
        one.code,
        one.message,
        max(one.sellers, other.sellers),
        one.calls + other.calls,
        min(firsts, default=None),
        max(lasts, default=None),
        at_least=True,
    )
