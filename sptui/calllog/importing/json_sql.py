"""Lines of JSON as DuckDB reads them: the mapped fields as text, without Python touching a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sptui.calllog.duck import named, quoted
from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.record import DOCUMENT_HOST, IS_DOCUMENT
from sptui.calllog.importing.values import LONGEST_LINE
from sptui.calllog.paths import literal_words
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import LWA_PATH

# A cast to TIMESTAMP passes over the zone, one to TIMESTAMPTZ takes the machine's where there is none; and both take
# what is no time to others ("infinity", "2026-1-1"). What is none of these forms is left to Python's reader.
TIME: Final = (
    "CASE WHEN time LIKE '____-__-__T__:__:__%' OR time LIKE '____-__-__ __:__:__%' THEN"
    " CASE WHEN suffix(time, 'Z') THEN try_cast(time AS TIMESTAMP)"
    " WHEN regexp_full_match(time, '.{19}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?')"
    " THEN make_timestamp(epoch_us(try_cast(time AS TIMESTAMPTZ)))"
    " WHEN regexp_full_match(time, '.{19}([.,][0-9]+)?') THEN try_cast(replace(time, ',', '.') AS TIMESTAMP) END"
    " WHEN regexp_full_match(time, '[0-9]{9,11}([.][0-9]+)?')"
    " THEN make_timestamp(CAST(round(CAST(time AS DOUBLE) * 1000000) AS BIGINT))"
    " WHEN regexp_full_match(time, '[0-9]{12,14}([.][0-9]+)?')"
    " THEN make_timestamp(CAST(round(CAST(time AS DOUBLE) * 1000) AS BIGINT))"
    " WHEN regexp_full_match(time, '[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}')"
    " THEN make_timestamp(epoch_us(try_strptime(time, '%d/%b/%Y:%H:%M:%S %z'))) END"
)
STATUS: Final = "coalesce(try_cast(trim(status) AS USMALLINT), 0)"
READABLE_STATUS: Final = (
    # The usual ones: quicker. More than four in one list are looked up by a join, which is slower.
    "(status IN ('200', '202', '400', '403') OR status IN ('404', '429', '500') OR"
    " regexp_full_match(trim(status), '[0-9]{0,3}'))"
)
PATH_ALONE: Final = "regexp_extract(path, '^(?:[A-Za-z]{2,6}://[^/?#]*)?([^?#]*)', 1)"
STAGE: Final = (
    f"CASE WHEN (starts_with(path, 'document:') OR starts_with(path, 'https://tortuga-'))"
    f" AND regexp_matches(path, {quoted(IS_DOCUMENT)}) THEN 'document' ELSE 'api' END"
)
"""Whether a line tells of a document, by its path as read (``chosen``)."""
STORED_STAGE: Final = (
    f"CASE WHEN path = {quoted(LWA_PATH)} THEN 'lwa' WHEN starts_with(path, '/') THEN 'api' ELSE 'document' END"
)
"""The stage of a stored call, by its path (as ``record.stage_of``)."""
SHOP: Final = (
    "CASE WHEN marketplaces <> '' THEN marketplaces WHEN contains(path, 'arketplace') THEN"
    " url_decode(regexp_extract(path, '[?&][Mm]arketplace_?[Ii]ds?=([^&#]+)', 1)) ELSE '' END"
)
"""What names the marketplaces of a line: its field, else the address's query."""
SELLER: Final = (
    "(CASE WHEN seller_id <> '' THEN seller_id WHEN contains(path, '/items/A')"
    " THEN regexp_extract(path, '/items/(A[A-Z0-9]{8,20})([/?#]|$)', 1)"
    " WHEN contains(path, '?') THEN"
    " regexp_extract(path, '[?&]([Ss]eller|[Mm]erchant|[Ss]ellingPartner)_?[Ii]ds?=(A[A-Z0-9]{8,20})', 2) ELSE '' END)"
)
"""The seller: as told, else from the address (as ``record.seller_of``)."""
HOST_REGION: Final = (
    "CASE WHEN starts_with(path, 'http') THEN upper("
    "regexp_extract(path, '^https?://(?:sandbox[.])?sellingpartnerapi-(na|eu|fe)[.]amazon[.]com', 1)) ELSE '' END"
)

MARKETPLACES_SQL: Final = (
    "CASE WHEN regexp_full_match(marketplaces, '[A-Za-z0-9_-]{1,40}') THEN marketplaces"  # the usual one: quicker
    f" ELSE array_to_string(regexp_extract_all({SHOP}, '[A-Za-z0-9_-]{{1,40}}'), ',') END"
)


def read_lines(path: Path | str, mapped: Mapped, *, forgiving: bool, longest: int = LONGEST_LINE) -> str:
    """A SELECT of all fields (text, "" where a line lacks it). ``forgiving``: an unreadable line is a row of "",
    else an error. DuckDB's threads share a file in parts of twice the bytes of its ``longest`` line.
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
    return (
        f"SELECT {chosen(texts)} FROM read_json({quoted(str(path))}, columns = {{{shape}}},"
        f" format = 'newline_delimited', ignore_errors = {str(forgiving).lower()},"
        f" maximum_object_size = {longest + 1024})"
    )


def chosen(texts: Mapping[str, str]) -> str:
    """All fields, of SQL for the text of those that the log has; the error out of its ``body`` where it has one."""
    texts = dict(texts)
    stage, host = texts.pop("stage", None), texts.pop("host", "NULL")
    if stage:
        texts["path"] = _path_of_stage(stage, host, texts.get("path", "''"))
    if body := texts.pop("body", None):
        status = texts.get("status", "''")
        error = f"CASE WHEN starts_with({status}, '2') THEN NULL ELSE try_cast({body} AS JSON) END"
        for field in ("code", "message", "details"):
            inner = f"json_extract_string({error}, '$.errors[0].{field}')"
            texts[field] = f"coalesce(nullif({texts.get(field, 'NULL')}, ''), {inner})"
    return ", ".join(f"coalesce({texts[each]}, '') AS {each}" if each in texts else f"'' AS {each}" for each in FIELDS)


def _path_of_stage(stage: str, host: str, path: str) -> str:
    """As ``record.path_of_stage``."""
    where = f"coalesce(nullif({host}, ''), {path}, '')"
    return (
        f"CASE WHEN {stage} = 'lwa' THEN {quoted(LWA_PATH)} WHEN {stage} = 'document' AND {where} <> ''"
        f" AND NOT starts_with({where}, '/') THEN 'document://' || {where} ELSE {path} END"
    )


def region_sql(marketplace: str, region: str = "region") -> str:
    """The region: as told, else that of a marketplace."""
    cases = "".join(f" WHEN {marketplace} IN ({_ids(name)}) THEN '{name}'" for name in ("NA", "EU", "FE"))
    return f"CASE WHEN upper({region}) IN ('NA', 'EU', 'FE') THEN upper({region}){cases} ELSE '' END"


def _ids(region: str) -> str:
    return ", ".join(quoted(each.id) for each in MARKETPLACES.values() if each.region == region)


def reduced_sql() -> str:
    """The path alone, with {} for whatever is no word of the catalogue (as ``PathMatcher.reduced``) and a / before
    it; of a document its host.
    """
    words = ", ".join(quoted(each) for each in sorted(literal_words(load_catalogue())))
    return (
        f"CASE WHEN {STAGE} = 'document' THEN lower(regexp_extract(path, {quoted(DOCUMENT_HOST)}, 1)) ELSE '/' ||"
        f" array_to_string(list_transform(list_filter(string_split({PATH_ALONE}, '/'), lambda p: p <> ''),"
        f" lambda p: CASE WHEN p IN ({words}) THEN p ELSE '{{}}' END), '/') END"
    )
