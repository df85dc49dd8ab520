"""The log of every call that sptui sends: an SQLite file written behind the caller's back, in batches.

It holds CallRecords: no token, no body, no buyer's data.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sptui.calllog import tally
from sptui.calllog.copying import KeptNear, tally_told
from sptui.calllog.preparing import Preparing
from sptui.database import Database, DatabaseError
from sptui.spapi.calls import CallRecord, Stage
from sptui.spapi.usage_plan import PastCall

RAW_PATH: Final = "ALTER TABLE call ADD COLUMN raw_path TEXT NOT NULL DEFAULT ''"
MIGRATIONS: Final = (
    """
    CREATE TABLE call (
        id INTEGER PRIMARY KEY,
        time TEXT NOT NULL,
        method TEXT NOT NULL,
        path TEXT NOT NULL,
        operation TEXT NOT NULL,
        stage TEXT NOT NULL,
        status INTEGER NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        details TEXT NOT NULL,
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        application TEXT NOT NULL,
        marketplaces TEXT NOT NULL,
        request_id TEXT NOT NULL,
        milliseconds REAL NOT NULL,
        attempt INTEGER NOT NULL
    );
    CREATE INDEX call_by_path_and_time ON call (path, time);
    """,
    tally.MIGRATION,
    tally.BY_HOUR,
    RAW_PATH,
)
INSERT: Final = f"INSERT INTO call VALUES (NULL{', ?' * 17})"
"""A row of ``call``, as ``row_of`` gives it."""
_RECENT: Final = """
    SELECT id, time, stage, operation, application, seller_id, region, status FROM call
    WHERE id < ? ORDER BY id DESC LIMIT ?
"""
_PAGE: Final = 2000
_NO_ID: Final = 2**62
_LARGEST_BATCH: Final = 1000
_KEPT_AT_MOST: Final = 100_000
_READ_AT_ONCE: Final = 5_000
_BEHIND_SECONDS: Final = 0.02


class CallLog:
    """Takes records from any thread without waiting for the disk; ``close`` writes what is left.

    ``on_problem`` is told (from the writing thread) when records could not be written; they are then kept and
    tried again with the next ones, so that a disk that was full for a while loses none of the last 100,000.
    """

    def __init__(self, path: Path | None, *, on_problem: Callable[[DatabaseError], None] | None = None) -> None:
        """Opens the file, or memory where ``path`` is None. Raises DatabaseError."""
        self._path = path
        self._database = Database(path, MIGRATIONS)
        self._on_problem = on_problem
        self._waiting: queue.SimpleQueue[CallRecord | threading.Event | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_until_closed, name="sptui call log", daemon=True)
        self._writer.start()

    def record(self, record: CallRecord) -> None:
        """Hands a record to the writer."""
        self._waiting.put(record)

    def flush(self) -> None:
        """Waits until everything handed over so far was tried to be written, half a minute at most."""
        done = threading.Event()
        self._waiting.put(done)
        for _ in range(60):
            if not self._writer.is_alive() or done.wait(timeout=0.5):
                return

    def tail(self, count: int) -> list[CallRecord]:
        """The last records, oldest first."""
        self.flush()
        rows = self._database.query("SELECT * FROM call ORDER BY id DESC LIMIT ?", (count,))
        return [_record(row) for row in reversed(rows)]

    def window(self, start: datetime, end: datetime | None = None) -> Iterator[CallRecord]:
        """The records from ``start`` up to before ``end`` (None: to the last), in the order of their writing.

        They are read in steps, so that a log of any size can be gone through.
        """
        self.flush()
        until = end.astimezone(UTC).isoformat() if end is not None else "9999"
        last = 0
        while rows := self._database.query(
            "SELECT * FROM call WHERE id > ? AND time >= ? AND time < ? ORDER BY id LIMIT ?",
            (last, start.astimezone(UTC).isoformat(), until, _READ_AT_ONCE),
        ):
            yield from map(_record, rows)
            last = rows[-1][0]

    def sent_since(self, moment: datetime) -> list[PastCall]:
        """The calls to Amazon's API that are in the file since ``moment``, oldest first; none where it cannot be read.

        Read from the end: no index by time is needed, and a long log costs no more than a short one.
        """
        since, found, before = moment.astimezone(UTC).isoformat(), list[PastCall](), _NO_ID
        while True:
            try:
                rows = self._database.query(_RECENT, (before, _PAGE))
            except DatabaseError:
                break
            for _, time, stage, *fields in rows:
                if time >= since and stage == Stage.API:
                    found.append(PastCall(datetime.fromisoformat(time), *fields))
            if len(rows) < _PAGE or rows[-1][1] < since:
                break
            before = rows[-1][0]
        return found[::-1]

    def passed_operations(self, application: str) -> list[str]:
        """The operations of which an application made a call that passed."""
        self.flush()
        rows = self._database.query(
            "SELECT DISTINCT operation FROM call WHERE application = ? AND status BETWEEN 200 AND 299", (application,)
        )
        return [row[0] for row in rows if row[0]]

    def tallied(self, preparing: Preparing | None = None) -> Database:
        """The file with everything recorded so far in its ``tally``: for the questions.

        Raises DatabaseError, and PreparingEndedError where ``preparing`` is ended: what is tallied by then stays.
        """
        self.flush()
        tally_told(self._database, preparing or Preparing())
        return self._database

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The tables over a connection of its own, so that long questions neither wait for the writer nor hold it up
        (in memory there is only one). Raises DatabaseError.
        """
        if self._path is None:
            yield self._database
            return
        database = Database(self._path, MIGRATIONS)
        try:
            yield database
        finally:
            database.close()

    def forget_before(self, time: datetime, wait: Callable[[], bool] = lambda: True) -> int:
        """Removes the calls made before the hour of then from the file (not from its copy), and tells how many.

        For ``wait`` see ``tally.forget_before``. Raises DatabaseError.
        """
        return tally.forget_before(self._database, time, in_order=True, wait=wait)

    def close(self) -> None:
        """Writes what is left and closes the file."""
        self._waiting.put(None)
        self._writer.join(timeout=30.0)
        self._database.close()

    def _write_until_closed(self) -> None:
        kept: list[CallRecord] = []
        new = 0
        closing = behind = False
        with KeptNear(self._database, self._path) as near:
            while not closing:
                batch, events, closing = self._next_batch(_BEHIND_SECONDS if behind else None)
                kept = self._write(kept + batch)
                new += len(batch)
                for event in events:
                    event.set()
                if (behind or new >= near.step_calls) and not kept and not closing:
                    behind, new = self._step(near), 0

    def _step(self, near: KeptNear) -> bool:
        try:
            return near.step()
        except DatabaseError as problem:
            if self._on_problem is not None:
                self._on_problem(problem)
            return False

    def _next_batch(self, seconds: float | None) -> tuple[list[CallRecord], list[threading.Event], bool]:
        """What waits, or comes within so many seconds (None: whenever it comes), and whether that is all."""
        batch: list[CallRecord] = []
        events: list[threading.Event] = []
        try:
            item = self._waiting.get(timeout=seconds)
        except queue.Empty:
            return [], [], False
        while True:
            if item is None:
                return batch, events, True
            if isinstance(item, CallRecord):
                batch.append(item)
            else:
                events.append(item)
            if len(batch) >= _LARGEST_BATCH or self._waiting.empty():
                return batch, events, False
            item = self._waiting.get()

    def _write(self, records: list[CallRecord]) -> list[CallRecord]:
        """Writes batch after batch; gives those that are left when one could not be written."""
        while records:
            try:
                self._database.write_many(INSERT, [row_of(record) for record in records[:_LARGEST_BATCH]])
            except DatabaseError as problem:
                if self._on_problem is not None:
                    self._on_problem(problem)
                return records[-_KEPT_AT_MOST:]
            records = records[_LARGEST_BATCH:]
        return records


def row_of(record: CallRecord) -> tuple[Any, ...]:
    """The columns of the table ``call`` after its id."""
    texts = (
        record.time.astimezone(UTC).isoformat(), record.method, record.path, record.operation, record.stage,
        record.code, record.message, record.details, record.seller_id, record.region, record.application,
        ",".join(record.marketplaces), record.request_id, record.raw_path,
    )  # fmt: skip
    # Half a character cannot be stored, and must not keep the records beside it from being stored.
    time, method, path, operation, stage, *others, raw = (each.encode(errors="replace").decode() for each in texts)
    return time, method, path, operation, stage, record.status, *others, record.milliseconds, record.attempt, raw


def _record(row: tuple[Any, ...]) -> CallRecord:
    names = ("time", *CallRecord.__struct_fields__[1:])
    fields = dict(zip(names, row[1:], strict=True))
    fields["marketplaces"] = tuple(filter(None, fields["marketplaces"].split(",")))
    fields["time"] = datetime.fromisoformat(fields["time"])
    return CallRecord(**fields)
