"""The roll-up of an SQLite call log: alike calls as one row with their first and last time and their number.

It is what makes "who else" quick: it grows with sellers, operations and kinds of errors, not with calls.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sptui.calllog.signatures import signature_of
from sptui.database import Database

MIGRATION: Final = """
    CREATE TABLE tally (
        operation TEXT NOT NULL,
        seller_id TEXT NOT NULL,
        marketplaces TEXT NOT NULL,
        region TEXT NOT NULL,
        application TEXT NOT NULL,
        status INTEGER NOT NULL,
        code TEXT NOT NULL,
        signature TEXT NOT NULL,
        path TEXT NOT NULL,
        first_time TEXT NOT NULL,
        last_time TEXT NOT NULL,
        calls INTEGER NOT NULL,
        PRIMARY KEY (operation, seller_id, marketplaces, region, application, status, code, signature, path)
    ) WITHOUT ROWID;
    CREATE TABLE tallied (up_to INTEGER NOT NULL);
    INSERT INTO tallied VALUES (0);
    CREATE INDEX failed_call ON call (operation, time, status, code) WHERE status >= 400 OR status = 0;
"""
BY_HOUR: Final = """
    CREATE TABLE hour (
        operation TEXT NOT NULL,
        hour TEXT NOT NULL,
        status INTEGER NOT NULL,
        code TEXT NOT NULL,
        signature TEXT NOT NULL,
        first_time TEXT NOT NULL,
        last_time TEXT NOT NULL,
        calls INTEGER NOT NULL,
        PRIMARY KEY (operation, hour, status, code, signature)
    ) WITHOUT ROWID;
    DELETE FROM tally;
    UPDATE tallied SET up_to = 0;
"""
"""How often and when, exactly, for any window: of the hours in which it begins and ends the calls are looked at."""
HOUR: Final = len("2026-11-23T12")
MOST_AT_ONCE: Final = 2000
"""Calls that a step tallies."""
_ADD: Final = """
    INSERT INTO {table} SELECT {marks} WHERE (SELECT up_to FROM tallied) = ?
    ON CONFLICT DO UPDATE SET first_time = min(first_time, excluded.first_time),
        last_time = max(last_time, excluded.last_time), calls = calls + excluded.calls
"""
_ADD_ALIKE: Final = _ADD.format(table="tally", marks=", ".join("?" * 12))
_ADD_HOUR: Final = _ADD.format(table="hour", marks=", ".join("?" * 8))
_READ: Final = (
    "SELECT id, operation, seller_id, marketplaces, region, application, status, code, message,"
    " method || ' ' || path, time FROM call WHERE id > ? ORDER BY id LIMIT ?"
)


def catch_up(database: Database, between: Callable[[], None] = lambda: None) -> None:
    """Tallies the calls that are not tallied yet. Several programs may do so at once: each call counts once.

    What ``between`` raises between two steps ends it. Raises DatabaseError.
    """
    while step(database):
        between()


def how_far(database: Database) -> tuple[int, int]:
    """How many calls are tallied, of how many; where some were forgotten, they are estimated. Raises DatabaseError."""
    tallied, oldest, newest = database.query(
        "SELECT (SELECT up_to FROM tallied), coalesce((SELECT min(id) FROM call), 1),"
        " coalesce((SELECT max(id) FROM call), 0)"  # each found at once, both in one SELECT by a scan
    )[0]
    return max(tallied - oldest + 1, 0), newest - oldest + 1


def step(database: Database) -> bool:
    """Tallies some of them; tells whether more are to be. Raises DatabaseError."""
    before = int(database.query("SELECT up_to FROM tallied")[0][0])
    rows = database.query(_READ, (before, MOST_AT_ONCE))
    if not rows:
        return False
    # Whoever comes second finds `up_to` changed, and its statements do nothing.
    alike, hours = _grouped(rows)
    statements: list[tuple[str, tuple[Any, ...]]] = [(_ADD_ALIKE, (*row, before)) for row in alike]
    statements += [(_ADD_HOUR, (*row, before)) for row in hours]
    statements.append(("UPDATE tallied SET up_to = ? WHERE up_to = ?", (rows[-1][0], before)))
    database.write(statements)
    return len(rows) == MOST_AT_ONCE


def _grouped(rows: list[tuple[Any, ...]]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows that the calls make in ``tally`` and in ``hour``."""
    alike: dict[tuple[Any, ...], list[Any]] = {}
    hours: dict[tuple[Any, ...], list[Any]] = {}
    for _, operation, seller, marketplaces, region, application, status, code, message, path, time in rows:
        signature = signature_of(message)
        _count(alike, (operation, seller, marketplaces, region, application, status, code, signature, path), time)
        _count(hours, (operation, time[:HOUR], status, code, signature), time)
    return [(*key, *times) for key, times in alike.items()], [(*key, *times) for key, times in hours.items()]


def _count(grouped: dict[tuple[Any, ...], list[Any]], key: tuple[Any, ...], time: str) -> None:
    known = grouped.get(key)
    if known is None:
        grouped[key] = [time, time, 1]
    else:
        known[0], known[1], known[2] = min(known[0], time), max(known[1], time), known[2] + 1


def forget_before(
    database: Database, time: datetime, *, in_order: bool = False, wait: Callable[[], bool] = lambda: True
) -> int:
    """Removes the calls made before the hour of ``time`` from calls and roll-up, and tells how many calls.

    It goes in small transactions, so that whoever writes meanwhile need not wait; ``wait`` comes between two, and ends
    it where it gives False. ``in_order``: the calls lie in the order of their times, so that it need not look at all.
    The newest call always stays: its number must not be given again. Raises DatabaseError.
    """
    text = whole_hour(time).isoformat()
    last, removed = 0, 0
    newest = int(database.query("SELECT coalesce(max(id), 0) FROM call")[0][0])
    while rows := database.query(
        "SELECT id, time FROM call WHERE id > ? AND id < ? ORDER BY id LIMIT ?", (last, newest, MOST_AT_ONCE)
    ):
        old = [(number,) for number, made in rows if made < text]
        if old:
            database.write_many("DELETE FROM call WHERE id = ?", old)
            removed += len(old)
        last = rows[-1][0]
        if (in_order and not old) or not wait():
            break
    _forget_alike(database, text, wait)
    return removed


def whole_hour(time: datetime) -> datetime:
    """The beginning of the hour of a time, in UTC: calls are forgotten by the hour, as they are counted."""
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def next_hour(time: datetime) -> datetime:
    """The first whole hour from a time on, in UTC."""
    hour = whole_hour(time)
    return hour if hour == time else hour + timedelta(hours=1)


def _forget_alike(database: Database, text: str, wait: Callable[[], bool]) -> None:
    operations = database.query("SELECT DISTINCT operation FROM hour WHERE hour < ?", (text[:HOUR],))
    for (operation,) in operations:
        database.write(
            [
                ("DELETE FROM tally WHERE operation = ? AND last_time < ?", (operation, text)),
                ("UPDATE tally SET first_time = ? WHERE operation = ? AND first_time < ?", (text, operation, text)),
                ("DELETE FROM hour WHERE operation = ? AND hour < ?", (operation, text[:HOUR])),
            ]
        )
        if not wait():
            return
