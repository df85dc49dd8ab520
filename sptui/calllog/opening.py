"""Opening the call logs: what sptui recorded, what it imported, a file where it lies, a database.

What takes its time tells a ``Preparing`` how far it is, and is ended by it: then PreparingEndedError is raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sptui.calllog import duck
from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.asking.sqlite import SqliteEngine
from sptui.calllog.copying import COPY_FOLDER, bring_up_to_date, is_long, tally_told
from sptui.calllog.preparing import CONNECTING, READING, Preparing
from sptui.database import Database

if TYPE_CHECKING:
    from sptui.calllog.asking.database import DatabaseLog
    from sptui.calllog.importing.ledger import Ledger
    from sptui.calllog.importing.store import ImportStore
    from sptui.calllog.store import CallLog

FOLDER: Final = "imported"
"""In the data folder: where imported calls lie."""


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
def asked_database(log: DatabaseLog, preparing: Preparing | None = None) -> Iterator[Engine]:
    """The log of ``[call_log] url``. Raises CallLogError."""
    from sptui.calllog.asking.database import DatabaseEngine

    preparing = preparing or Preparing()
    preparing.tell(CONNECTING)
    engine = DatabaseEngine(log, preparing)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def asked_log(call_log: CallLog, data_folder: Path | None, preparing: Preparing | None = None) -> Iterator[Engine]:
    """Everything recorded and imported, as one log. Raises CallLogError and DatabaseError."""
    preparing = preparing or Preparing()
    imported = data_folder and data_folder / FOLDER / "imported.sqlite3"
    there = imported is not None and imported.exists()
    with call_log.reading() as database:
        if data_folder is not None and duck.available() and (there or is_long(database)):
            with _stored(call_log, database, data_folder, preparing) as engine:
                yield engine
        elif imported is not None and there:
            with _attached(call_log, database, imported, preparing) as engine:
                yield engine
        else:

            def refresh() -> bool:
                call_log.tallied()
                return (imported is None or not imported.exists()) and not (duck.available() and is_long(database))

            call_log.tallied(preparing)
            yield SqliteEngine(database, refresh)


@contextmanager
def _attached(call_log: CallLog, database: Database, imported: Path, preparing: Preparing) -> Iterator[Engine]:
    """Without DuckDB: both SQLite files, one attached to the other."""
    from sptui.calllog.importing.ledger import Ledger
    from sptui.calllog.tally import catch_up

    def refresh() -> bool:
        call_log.tallied()
        catch_up(ledger.database)
        return True

    ledger = Ledger(imported.parent)
    try:
        call_log.tallied(preparing)
        tally_told(ledger.database, preparing)
        database.attach(imported, "imported")
        try:
            yield SqliteEngine(database, refresh, beside="imported")
        finally:
            database.detach("imported")
    finally:
        ledger.close()


@contextmanager
def _stored(call_log: CallLog, database: Database, data_folder: Path, preparing: Preparing) -> Iterator[Engine]:
    """With DuckDB: what was imported as Parquet, and each SQLite file with its copy."""
    from sptui.calllog.asking.imported import StoredEngine
    from sptui.calllog.asking.stored import Stored
    from sptui.calllog.importing.ledger import Ledger
    from sptui.calllog.importing.parquet import ParquetStore

    call_log.flush()
    with ExitStack() as stack:
        ledger = stack.enter_context(opened_ledger(data_folder))
        folder = data_folder / FOLDER
        if ledger.segments() and not ledger.hour_files():  # an older sptui imported them: opening counts the hours
            ParquetStore(ledger, folder).close()
        logs = []
        for each, copied in ((database, data_folder / COPY_FOLDER), (ledger.database, folder / COPY_FOLDER)):
            bring_up_to_date(each, copied, preparing)
            kept = Ledger(copied)
            stack.callback(kept.close)
            logs.append((each, Stored(kept, copied)))
        engine = StoredEngine(folder, (Stored(ledger, folder),), tuple(logs), call_log.flush)
        stack.callback(engine.close)
        yield engine


@contextmanager
def asked_file(path: str, preparing: Preparing | None = None) -> Iterator[Engine]:
    """A log where it lies, not imported: JSON Lines are asked as they are, other shapes are made quick to ask first.

    Raises CallLogError.
    """
    from sptui.calllog.importing.shape import JSON_LINES, shape_of
    from sptui.calllog.importing.sources import STDIN, head_of_file

    if path != STDIN and not path.endswith(".bz2") and duck.available():
        from sptui.calllog.asking.duck import FileEngine
        from sptui.calllog.importing.parquet_calls import reads_alone

        head = head_of_file(path)
        shape = shape_of(head, path)
        if shape.kind == JSON_LINES and reads_alone(head, shape.mapped):
            engine = FileEngine(path, shape.mapped)
            try:
                yield engine
            finally:
                engine.close()
            return
    with _imported_for_now(path, preparing or Preparing()) as imported:
        yield imported


@contextmanager
def _imported_for_now(path: str, preparing: Preparing) -> Iterator[Engine]:
    """A log imported for as long as it is asked: beside nothing else, and nothing of it stays."""
    from tempfile import TemporaryDirectory

    from sptui.calllog.importing.importer import Importer, Report

    def told(report: Report) -> None:
        preparing.tell(READING, report.done, report.size)

    if not duck.available():
        with opened_ledger(None) as ledger, opened_store(ledger, None) as store:
            report = Importer(ledger, store, on_progress=told).run(path)
            plain = SqliteEngine(ledger.database)
            plain.unreadable = report.aside
            yield plain
        return
    from sptui.calllog.asking.imported import StoredEngine
    from sptui.calllog.asking.stored import Stored

    with TemporaryDirectory(prefix="sptui-") as name, opened_ledger(Path(name)) as ledger:
        with opened_store(ledger, Path(name)) as store:
            report = Importer(ledger, store, on_progress=told).run(path)
        folder = Path(name) / FOLDER
        engine = StoredEngine(folder, (Stored(ledger, folder),), ())
        engine.unreadable = report.aside
        try:
            yield engine
        finally:
            engine.close()


__all__ = [
    "CallLogError",
    "asked_database",
    "asked_file",
    "asked_log",
    "opened_ledger",
    "opened_store",
]
