"""The roll-up of an SQLite call log: alike calls as one row with their first and last time and their number.

It is what makes "who else" quick: it grows with sellers, operations and kinds of errors, not with calls.
"""

from __future__ import annotations

from datetime import UTC, datetime
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
_MOST_AT_ONCE: Final = 2000
_ADD: Final = """
    INSERT INTO tally SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT up_to FROM tallied) = ?
    ON CONFLICT DO UPDATE SET first_time = min(first_time, excluded.first_time),
        last_time = max(last_time, excluded.last_time), calls = calls + excluded.calls
"""
_READ: Final = (
    "SELECT id, operation, seller_id, marketplaces, region, application, status, code, message,"
    " method || ' ' || path, time FROM call WHERE id > ? ORDER BY id LIMIT ?"
)


def catch_up(database: Database) -> None:
    """Tallies the calls that are not tallied yet. Several programs may do so at once: each call counts once.

    Raises DatabaseError.
    """
    while True:
        before = int(database.query("SELECT up_to FROM tallied")[0][0])
        rows = database.query(_READ, (before, _MOST_AT_ONCE))
        if not rows:
            return
        # Whoever comes second finds `up_to` changed, and its statements do nothing.
        statements: list[tuple[str, tuple[Any, ...]]] = [(_ADD, (*row, before)) for row in _grouped(rows)]
        statements.append(("UPDATE tallied SET up_to = ? WHERE up_to = ?", (rows[-1][0], before)))
        database.write(statements)
        if len(rows) < _MOST_AT_ONCE:
            return


def _grouped(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    grouped: dict[tuple[Any, ...], list[Any]] = {}
    for _, operation, seller, marketplaces, region, application, status, code, message, path, time in rows:
        key = (operation, seller, marketplaces, region, application, status, code, signature_of(message), path)
        known = grouped.get(key)
        if known is None:
            grouped[key] = [time, time, 1]
        else:
            known[0], known[1], known[2] = min(known[0], time), max(known[1], time), known[2] + 1
    return [(*key, *times) for key, times in grouped.items()]


def forget_before(database: Database, time: datetime) -> int:
    """Removes calls made before then from calls and roll-up, and tells how many calls. Raises DatabaseError."""
    text = time.astimezone(UTC).isoformat()
    count = int(database.query("SELECT count(*) FROM call WHERE time < ?", (text,))[0][0])
    database.write(
        [
            ("DELETE FROM call WHERE time < ?", (text,)),
            ("DELETE FROM tally WHERE last_time < ?", (text,)),
            ("UPDATE tally SET first_time = ? WHERE first_time < ?", (text, text)),
        ]
    )
    return count
