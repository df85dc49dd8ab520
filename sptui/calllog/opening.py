"""Opening the call logs: what sptui recorded, what it imported, a file where it lies, a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from sptui.calllog import duck
from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.asking.sqlite import SqliteEngine
from sptui.database import Database, DatabaseError

if TYPE_CHECKING:
    from sptui.calllog.asking.database import DatabaseLog
    from sptui.calllog.importing.ledger import Ledger
    from sptui.calllog.importing.store import ImportStore
    from sptui.calllog.store import CallLog

_ASKED: Final = "id, time, method, path, operation, status, code, message, seller_id, region, application, marketplaces"
FOLDER: Final = "imported"
"""In the data folder: where imported calls lie."""


class Sizes(msgspec.Struct, frozen=True):
    """What the call logs take on the disk, in bytes, and how many calls were imported."""

    recorded: int
    imported: int
    imported_calls: int


@contextmanager
def opened_ledger(data_folder: Path | None) -> Iterator[Ledger]:
    """The ledger of imports. Raises DatabaseError."""
    from sptui.calllog.importing.ledger import Ledger

    ledger = Ledger(data_folder and data_folder / FOLDER)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def opened_store(ledger: Ledger, data_folder: Path | None) -> Iterator[ImportStore]:
    """Where imports go: Parquet files where DuckDB is installed, else SQLite. Raises CallLogError."""
    from sptui.calllog.importing.store import SqliteStore

    store: ImportStore
    if duck.available() and data_folder is not None:
        from sptui.calllog.importing.parquet import ParquetStore

        store = ParquetStore(ledger, data_folder / FOLDER)
    else:
        store = SqliteStore(ledger)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def asked_database(log: DatabaseLog) -> Iterator[Engine]:
    """The log of ``[call_log] url``. Raises CallLogError."""
    from sptui.calllog.asking.database import DatabaseEngine

    engine = DatabaseEngine(log)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def asked_log(call_log: CallLog, data_folder: Path | None) -> Iterator[Engine]:
    """Everything recorded and imported, as one log. Raises CallLogError and DatabaseError."""
    recorded = SqliteEngine(call_log.tallied())
    if data_folder is None or not (data_folder / FOLDER / "imported.sqlite3").exists():
        yield recorded
        return
    with opened_ledger(data_folder) as ledger:
        if not duck.available():
            with _both(recorded, ledger) as both:
                yield both
            return
        from sptui.calllog.asking.duck import ImportedEngine
        from sptui.calllog.tally import catch_up

        catch_up(ledger.database)
        beside = [recorded]
        if ledger.database.query("SELECT 1 FROM tally LIMIT 1"):
            beside.append(SqliteEngine(ledger.database))
        engine = ImportedEngine(ledger, data_folder / FOLDER, tuple(beside))
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def asked_file(path: str) -> Iterator[Engine]:
    """A log where it lies, not imported; with DuckDB where it can read the form. Raises CallLogError."""
    from sptui.calllog.importing.importer import Importer, head_of
    from sptui.calllog.importing.sources import STDIN
    from sptui.calllog.importing.store import SqliteStore

    with opened_ledger(None) as ledger:
        importer = Importer(ledger, SqliteStore(ledger))
        shape = importer.shape_of(head_of(path), path) if path != STDIN else None
        quick = shape is not None and shape.kind == "json lines" and not path.endswith(".bz2") and duck.available()
        if quick and shape is not None:
            from sptui.calllog.asking.duck import FileEngine

            engine = FileEngine(path, shape.mapped)
            try:
                yield engine
            finally:
                engine.close()
            return
        importer.run(path)
        yield SqliteEngine(ledger.database)


def sizes(data_folder: Path) -> Sizes:
    """What the call logs take on the disk; nothing is opened for writing."""
    recorded = sum(each.stat().st_size for each in data_folder.glob("calls.sqlite3*") if each.is_file())
    folder = data_folder / FOLDER
    imported = sum(each.stat().st_size for each in folder.glob("*") if each.is_file()) if folder.is_dir() else 0
    calls = 0
    if (folder / "imported.sqlite3").exists():
        try:
            with opened_ledger(data_folder) as ledger:
                calls = sum(each.calls for each in ledger.segments())
                calls += int(ledger.database.query("SELECT count(*) FROM call")[0][0])
        except DatabaseError:
            calls = 0
    return Sizes(recorded, imported, calls)


@contextmanager
def _both(recorded: SqliteEngine, ledger: Ledger) -> Iterator[SqliteEngine]:
    """Without DuckDB: the roll-ups of both SQLite files side by side, in memory: for smaller logs."""
    from sptui.calllog.tally import MIGRATION, catch_up

    catch_up(ledger.database)
    imported = SqliteEngine(ledger.database)
    together = Database(None, (f"CREATE TABLE call ({_ASKED})", MIGRATION))
    try:
        for each in (recorded, imported):
            together.write_many(
                "INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " first_time = min(first_time, excluded.first_time), last_time = max(last_time, excluded.last_time),"
                " calls = calls + excluded.calls",
                each.rows("SELECT * FROM tally", {}),
            )
            together.write_many(
                "INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                each.rows(f"SELECT {_ASKED} FROM call", {}),
            )
        yield SqliteEngine(together)
    finally:
        together.close()


__all__ = [
    "CallLogError",
    "Sizes",
    "asked_database",
    "asked_file",
    "asked_log",
    "opened_ledger",
    "opened_store",
    "sizes",
]
