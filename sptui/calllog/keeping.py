"""Forgetting old calls (``[call_log] keep``): of what was recorded and imported, with roll-ups and copies.

It goes in small steps beside everything else. The space of what is removed is used again by what comes next.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sptui.calllog import duck
from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.copying import COPY_FOLDER, opened_copy
from sptui.database import DatabaseError

if TYPE_CHECKING:
    from sptui.calllog.store import CallLog
    from sptui.database import Database

EVERY: Final = timedelta(days=1)
_PAUSE_SECONDS: Final = 0.02
_NOTE: Final = "call-log-kept"
"""The file that notes when old calls were forgotten the last time."""


def is_due(data_folder: Path, now: datetime) -> bool:
    """Whether old calls were not forgotten for a day."""
    try:
        last = datetime.fromisoformat((data_folder / _NOTE).read_text(encoding="utf-8").strip())
        return not now - EVERY < last <= now
    except (OSError, ValueError, TypeError):
        return True


def forget_before(
    call_log: CallLog, data_folder: Path, moment: datetime, wait: Callable[[], bool] = lambda: True
) -> int:
    """Removes every call made before the hour of then, and tells how many.

    ``wait`` comes between two steps, and ends it where it gives False. Raises CallLogError and DatabaseError.
    """
    from sptui.calllog.opening import FOLDER

    call_log.flush()
    removed = call_log.forget_before(moment, wait)
    with call_log.reading() as database:
        _forget_in_copy(database, data_folder / COPY_FOLDER, moment)
    if wait() and (data_folder / FOLDER / "imported.sqlite3").exists():
        removed += _forget_imported(data_folder, moment, wait)
    return removed


def forget_if_due(
    call_log: CallLog, data_folder: Path, keep: timedelta, now: datetime, wait: Callable[[], bool] = lambda: True
) -> int:
    """Forgets what is older than ``keep``, at most once a day. A log that cannot be read keeps what it has."""
    if not is_due(data_folder, now):
        return 0
    try:
        removed = forget_before(call_log, data_folder, now - keep, wait)
        if wait():
            (data_folder / _NOTE).write_text(now.astimezone(UTC).isoformat() + "\n", encoding="utf-8")
    except (CallLogError, DatabaseError, OSError):
        return 0
    return removed


class Keeper:
    """Forgets old calls in a thread of its own, beside a screen. ``close`` it before the log."""

    def __init__(self) -> None:
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, call_log: CallLog, data_folder: Path, keep: timedelta, now: datetime) -> None:
        """Begins, unless it did before."""
        if self._thread is not None or not is_due(data_folder, now):
            return

        def forget() -> None:
            forget_if_due(call_log, data_folder, keep, now, lambda: not self._end.wait(_PAUSE_SECONDS))

        self._thread = threading.Thread(target=forget, name="sptui forgets old calls", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it after its step; the rest is done the next time."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()


def _forget_imported(data_folder: Path, moment: datetime, wait: Callable[[], bool]) -> int:
    from sptui.calllog.importing.store import SqliteStore
    from sptui.calllog.opening import FOLDER, opened_ledger, opened_store

    with opened_ledger(data_folder) as ledger:
        removed = SqliteStore(ledger).forget_before(moment)
        _forget_in_copy(ledger.database, data_folder / FOLDER / COPY_FOLDER, moment)
        if ledger.segments() and duck.available() and wait():
            with opened_store(ledger, data_folder) as store:
                removed += store.forget_before(moment)
    return removed


def _forget_in_copy(database: Database, folder: Path, moment: datetime) -> None:
    if not folder.is_dir():
        return
    if not duck.available():  # the copy cannot be read: it is made anew when it can
        shutil.rmtree(folder, ignore_errors=True)
        return
    with opened_copy(database, folder) as copy:
        copy.forget_before(moment)
