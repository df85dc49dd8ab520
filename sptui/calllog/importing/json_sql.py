"""Lines of JSON as DuckDB reads them: the mapped fields as text, without Python touching a line."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sptui.calllog.duck import named, quoted
from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.reading import LONGEST_LINE
from sptui.calllog.paths import literal_words
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES

# A cast to TIMESTAMP passes over the zone, one to TIMESTAMPTZ takes the machine's where there is none.
TIME: Final = (
    "CASE WHEN suffix(time, 'Z') THEN try_cast(time AS TIMESTAMP)"
    " WHEN regexp_matches(time, '[0-9]:[0-9]{2}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?[ ]*$')"
    " THEN make_timestamp(epoch_us(try_cast(time AS TIMESTAMPTZ)))"
    " WHEN regexp_full_match(trim(time), '[0-9]{9,11}([.][0-9]+)?')"
    " THEN make_timestamp(CAST(round(CAST(trim(time) AS DOUBLE) * 1000000) AS BIGINT))"
    " WHEN regexp_full_match(trim(time), '[0-9]{12,14}([.][0-9]+)?')"
    " THEN make_timestamp(CAST(round(CAST(trim(time) AS DOUBLE) * 1000) AS BIGINT))"
    " ELSE try_cast(time AS TIMESTAMP) END"
)
STATUS: Final = "coalesce(try_cast(trim(status) AS USMALLINT), 0)"
READABLE_STATUS: Final = "translate(trim(status), '0123456789', '') = '' AND length(trim(status)) <= 3"
PATH_ALONE: Final = "regexp_extract(path, '^(?:[A-Za-z]{2,6}://[^/?#]*)?([^?#]*)', 1)"
SHOP: Final = (
    "CASE WHEN marketplaces <> '' THEN marketplaces WHEN contains(path, 'arketplace') THEN"
    " url_decode(regexp_extract(path, '[?&][Mm]arketplace_?[Ii]ds?=([^&#]+)', 1)) ELSE '' END"
)
"""What names the marketplaces of a line: its field, else the address's query."""
MARKETPLACES_SQL: Final = f"array_to_string(regexp_extract_all({SHOP}, '[A-Za-z0-9_-]{{1,40}}'), ',')"


def read_lines(path: Path | str, mapped: Mapped, *, forgiving: bool) -> str:
    """A SELECT of all fields (text, "" where a line lacks it). ``forgiving``: an unreadable line is a row of "",
    else an error.
    """
    columns: dict[str, str] = {}
    texts: dict[str, str] = {}
    for field, name in mapped.columns.items():
        columns[name] = "VARCHAR"
        texts[field] = named(name)
        if "." in name:
            first, _, rest = name.partition(".")
            columns[first] = "JSON" if columns.get(first) != "VARCHAR" else "VARCHAR"
            inner = "".join(f"[{part}]" if part.isdigit() else f'."{part}"' for part in rest.split("."))
            texts[field] = f"coalesce({named(name)}, json_extract_string({named(first)}, {quoted('$' + inner)}))"
    shape = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in columns.items())
    chosen = ", ".join(
        f"coalesce({texts[each]}, '') AS {each}" if each in texts else f"'' AS {each}" for each in FIELDS
    )
    return (
        f"SELECT {chosen} FROM read_json({quoted(str(path))}, columns = {{{shape}}}, format = 'newline_delimited',"
        f" ignore_errors = {str(forgiving).lower()}, maximum_object_size = {LONGEST_LINE + 1024})"
    )


def region_sql(marketplace: str, region: str = "region") -> str:
    """The region: as told, else that of a marketplace."""
    cases = "".join(f" WHEN {marketplace} IN ({_ids(name)}) THEN '{name}'" for name in ("NA", "EU", "FE"))
    return f"CASE WHEN upper({region}) IN ('NA', 'EU', 'FE') THEN upper({region}){cases} ELSE '' END"


def _ids(region: str) -> str:
    return ", ".join(quoted(each.id) for each in MARKETPLACES.values() if each.region == region)


def reduced_sql() -> str:
    """The path alone, with {} for whatever is no word of the catalogue (as ``PathMatcher.reduced``)."""
    words = ", ".join(quoted(each) for each in sorted(literal_words(load_catalogue())))
    return (
        f"array_to_string(list_transform(list_filter(string_split({PATH_ALONE}, '/'), lambda p: p <> ''),"
        f" lambda p: CASE WHEN p IN ({words}) THEN p ELSE '{{}}' END), '/')"
    )
