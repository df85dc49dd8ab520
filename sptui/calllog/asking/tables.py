"""The table that holds the log: its name as a person writes it, and its columns."""

from __future__ import annotations

import difflib
import re
from typing import Any, Final

from sptui.calllog.asking.connection import Connection
from sptui.calllog.asking.engine import CallLogError

_PART: Final = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')
_FILE: Final = re.compile(r"[/\\*]|\.(parquet|json|jsonl|ndjson|csv)(\.gz|\.zst)?$", re.IGNORECASE)


def parts_of(table: str) -> list[str]:
    """``schema.table`` taken apart; a name with a dot in it stands in double quotes. Raises CallLogError."""
    parts: list[str] = []
    place = 0
    while found := _PART.match(table, place):
        parts.append(found[1].replace('""', '"') if found[1] else found[2].strip())
        place = found.end() + 1
        if table[found.end() : place] != ".":
            break
    if place <= len(table) or not parts or not all(parts):
        raise CallLogError(
            f"[call_log] table is {table!r}; expected a name such as calls or schema.calls, a name with a dot in it in "
            "double quotes."
        )
    return parts


def quoted_table(table: str, connection: Connection) -> str:
    """The table as SQL. With DuckDB it may be files: ``/data/calls/*.parquet``."""
    if is_file(table, connection):
        return connection.quoted(table)
    return ".".join(connection.quoted(part) for part in parts_of(table))


def is_file(table: str, connection: Connection) -> bool:
    """Whether DuckDB would read it as files."""
    return connection.name == "duckdb" and _FILE.search(table) is not None


def columns_of(table: str, connection: Connection) -> dict[str, Any]:
    """The columns with their types; None where the type is not known. Raises CallLogError."""
    parts = parts_of(table) if connection.name != "duckdb" else []
    if not 1 <= len(parts) <= 2:
        # Not every dialect looks into a catalogue before the schema, and DuckDB's into no file.
        return dict.fromkeys(connection.names(f"SELECT * FROM {quoted_table(table, connection)} LIMIT 0"))
    schema = parts[0] if len(parts) == 2 else None
    found = connection.looked_at(lambda inspector: _columns(inspector, parts[-1], schema))
    if isinstance(found, list):
        raise CallLogError(_no_table(table, found))
    return found


def _columns(inspector: Any, table: str, schema: str | None) -> dict[str, Any] | list[str]:
    """The columns; where there is no such table, the names that there are."""
    from sqlalchemy.exc import NoSuchTableError

    try:
        return {each["name"]: each["type"] for each in inspector.get_columns(table, schema=schema)}
    except NoSuchTableError:
        names = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
        return sorted(str(name) for name in names if name)


def _no_table(table: str, names: list[str]) -> str:
    near = difflib.get_close_matches(table.rpartition(".")[2], names, n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(names[:10])}." if names else "It has none."
    return f"There is no table {table} in the database of [call_log] url. {hint} Set [call_log] table (schema.table)."
