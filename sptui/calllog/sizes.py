"""What the call logs take on the disk, and how many calls they hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from sptui.calllog.copying import COPY_FOLDER
from sptui.database import Database, DatabaseError


class Sizes(msgspec.Struct, frozen=True):
    """Bytes on the disk, with roll-ups and copies, and calls. The number of recorded calls is near, not exact."""

    recorded: int = 0
    imported: int = 0
    recorded_calls: int = 0
    imported_calls: int = 0


def sizes(data_folder: Path) -> Sizes:
    """Of the logs in the data folder. A log that cannot be read counts no calls."""
    from sptui.calllog.opening import FOLDER

    recorded = _bytes(data_folder.glob("calls.sqlite3*")) + _bytes((data_folder / COPY_FOLDER).rglob("*"))
    imported = _bytes((data_folder / FOLDER).rglob("*"))
    return Sizes(recorded, imported, _recorded_calls(data_folder), _imported_calls(data_folder))


def _bytes(paths: Iterable[Path]) -> int:
    total = 0
    for each in paths:
        try:
            total += each.stat().st_size if each.is_file() else 0
        except OSError:  # merged into another meanwhile
            continue
    return total


def _recorded_calls(data_folder: Path) -> int:
    from sptui.calllog.store import MIGRATIONS

    path = data_folder / "calls.sqlite3"
    if not path.exists():
        return 0
    try:
        database = Database(path, MIGRATIONS)
        try:
            # Counting millions takes seconds; calls are numbered on and removed from the front.
            return int(database.query("SELECT coalesce(max(id) - min(id) + 1, 0) FROM call")[0][0])
        finally:
            database.close()
    except DatabaseError:
        return 0


def _imported_calls(data_folder: Path) -> int:
    from sptui.calllog.opening import FOLDER, opened_ledger

    if not (data_folder / FOLDER / "imported.sqlite3").exists():
        return 0
    try:
        with opened_ledger(data_folder) as ledger:
            calls = int(ledger.database.query("SELECT count(*) FROM call")[0][0])
            return calls + sum(each.calls for each in ledger.segments())
    except DatabaseError:
        return 0
