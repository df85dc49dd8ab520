"""What the tests of importing share: both kinds of store, and what is in them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import msgspec

from sptui.calllog import opening
from sptui.calllog.importing.importer import Importer, Report
from sptui.calllog.importing.ledger import Ledger
from sptui.calllog.importing.reading import records_of
from sptui.calllog.importing.shape import EMPTY, shape_of
from sptui.calllog.importing.sources import Prefixed, head_of, open_log
from sptui.calllog.importing.store import ImportStore, SqliteStore
from sptui.calllog.importing.values import Unreadable
from sptui.spapi.calls import CallRecord

STORES = ("parquet", "sqlite")
COLUMNS = (
    "time, method, path, operation, status, code, message, details, seller_id, region, application, marketplaces,"
    " request_id, milliseconds, attempt"
)


def line(number: int = 0, **changes: Any) -> bytes:
    """A line of JSON as another program logs it."""
    fields: dict[str, Any] = {
        "ts": f"2026-11-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}.{number % 1000:03d}Z",
        "method": "GET",
        "path": f"/orders/v0/orders/902-{number:07d}-7654321/address?x=1",
        "status": 403 if number % 3 == 0 else 200,
        "code": "Unauthorized" if number % 3 == 0 else None,
        "message": f"denied for order 902-{number:07d}-7654321" if number % 3 == 0 else None,
        "sellerId": f"A{number % 7:012d}",
        "marketplaceIds": ["ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"],
        "request_id": f"{number:08x}",
        "ms": 12.5,
    }
    return msgspec.json.encode(fields | changes) + b"\n"


def lines(count: int, start: int = 0) -> bytes:
    return b"".join(map(line, range(start, start + count)))


@contextmanager
def opened(kind: str, folder: Path, **options: Any) -> Iterator[tuple[Importer, Ledger]]:
    with opening.opened_ledger(folder) as ledger:
        if kind == "sqlite":
            yield Importer(ledger, SqliteStore(ledger), **options), ledger
        else:
            with opening.opened_store(ledger, folder) as store:
                yield Importer(ledger, store, **options), ledger


def import_file(kind: str, folder: Path, path: Path, **options: Any) -> Report:
    with opened(kind, folder, **options) as (importer, _):
        return importer.run(str(path))


def stored(kind: str, folder: Path) -> list[tuple[Any, ...]]:
    """Every call that is stored, sorted."""
    with opening.opened_ledger(folder) as ledger:
        if kind == "sqlite":
            rows = ledger.database.query(f"SELECT {COLUMNS} FROM call")
            return sorted(rows)
        from sptui.calllog.duck import Duck, listed

        files = [folder / "imported" / each.name for each in ledger.segments()]
        if not files:
            return []
        duck = Duck()
        try:
            rows = duck.rows(f"SELECT {COLUMNS} FROM read_parquet({listed(files)})")
        finally:
            duck.close()
        return sorted((f"{row[0].isoformat()}+00:00", *row[1:]) for row in rows)


def everything_on_disk(folder: Path) -> bytes:
    """All bytes below a folder; what Parquet compresses is read out."""
    data = b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())
    return data + repr(stored("parquet", folder)).encode()


def records_in(
    source: str | IO[bytes], *, name: str = "the log", mapping: tuple[str, ...] = ()
) -> Iterator[CallRecord | Unreadable]:
    """The calls of a path or an open stream, and the lines that cannot be read, as an import would take them."""
    with open_log(source) if isinstance(source, str) else nullcontext(source) as stream:
        named = source if isinstance(source, str) else name
        head = head_of(stream, named)
        shape = shape_of(head, named, by_hand=mapping)
        if shape.kind != EMPTY:
            yield from records_of(Prefixed(head, stream), shape, named)


def packed(data: bytes) -> bytes:
    return gzip.compress(data)


__all__ = [
    "STORES",
    "ImportStore",
    "everything_on_disk",
    "import_file",
    "line",
    "lines",
    "opened",
    "packed",
    "records_in",
    "stored",
]
