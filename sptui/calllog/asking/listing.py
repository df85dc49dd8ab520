"""Which calls are listed, as SQL: the conditions that every engine puts into its own WHERE."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sptui.calllog.asking.engine import Dialect, Scope
from sptui.calllog.browsing import Chosen

LISTED: Final = (
    "time, method, path, operation, stage, status, code, message, details, seller_id, region, application,"
    " marketplaces, request_id, milliseconds, attempt, raw_path"
)
"""The columns of a listed call: a CallRecord's fields; marketplaces with commas, "" for what is not known."""
FAILED: Final = "(status >= 400 OR status = 0)"
_SEARCHED: Final = ("code", "message", "details", "request_id", "path", "raw_path")


def chosen_calls(
    relation: Scope,
    chosen: Chosen,
    dialect: Dialect,
    moment: Callable[[datetime], Any],
    *,
    operations: bool = True,
    more: str = "",
) -> Scope:
    """The rows of a relation with the columns ``LISTED`` that are chosen. ``moment``: a time as the engine compares it.

    ``operations`` False: the relation holds those of the chosen operations alone already. ``more``: further columns.
    """
    parts, values = _equalities(chosen, operations=operations)
    for name, time, sign in (("since", chosen.since, ">="), ("until", chosen.until, "<")):
        if time is not None:
            parts.append(f"time {sign} :{name}")
            values[name] = moment(time)
    if chosen.statuses:
        ranges = [
            f"status = {low}" if low == high else f"status BETWEEN {low} AND {high}" for low, high in _whole(chosen)
        ]
        parts.append(f"({' OR '.join(ranges)})")
    if chosen.marketplace:
        parts.append(dialect.member.format(text="marketplaces", name="shop"))
        values |= _patterns(chosen.marketplace)
    if chosen.text:
        parts.append("(" + " OR ".join(dialect.contains.format(text=each, name="text") for each in _SEARCHED) + ")")
        values["text"] = _storable(chosen.text)
        values["text_like"] = f"%{escaped(values['text'])}%"
    where = f" WHERE {' AND '.join(parts)}" if parts else ""
    return Scope(f"SELECT {LISTED}{more} FROM ({relation.sql}) c{where}", {**relation.values, **values})


def _whole(chosen: Chosen) -> list[tuple[int, int]]:
    return [(int(low), int(high)) for low, high in chosen.statuses]


def _equalities(chosen: Chosen, *, operations: bool) -> tuple[list[str], dict[str, Any]]:
    parts: list[str] = []
    values: dict[str, Any] = {}
    several = {"seller_id": chosen.sellers, "operation": chosen.operations if operations else ()}
    several |= {name: (value,) for name in ("region", "code") if (value := getattr(chosen, name))}
    for column, wanted in several.items():
        if wanted:
            names = [lettered(column, number) for number in range(len(wanted))]
            parts.append(f"{column} IN ({', '.join(f':{name}' for name in names)})")
            values |= dict(zip(names, map(_storable, wanted), strict=True))
    return parts, values


def _storable(text: str) -> str:
    """Half a character and NUL are in no log, and engines stumble over them."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _patterns(marketplace: str) -> dict[str, str]:
    marketplace = _storable(marketplace)
    inside = escaped(marketplace)
    return {
        "shop": marketplace,
        "shop_first": f"{inside},%",
        "shop_inside": f"%,{inside},%",
        "shop_last": f"%,{inside}",
    }


def lettered(name: str, number: int) -> str:
    """A parameter's name with letters alone, which no engine takes for a place or a time: ``seller_a``."""
    letters = ""
    while number >= 0:
        letters = chr(ord("a") + number % 26) + letters
        number = number // 26 - 1
    return f"{name}_{letters}"


def escaped(text: str) -> str:
    """A text in which LIKE finds no wildcards; its ESCAPE is "!"."""
    return re.sub(r"([!%_])", r"!\1", text)


def renamed(sql: str, values: Mapping[str, Any], number: int) -> Scope:
    """The same with other names for the parameters, so that several of a kind stand side by side."""
    for name in values:
        sql = re.sub(rf"(?<![:\w]):{name}\b", f":{lettered(name, number)}", sql)
    return Scope(sql, {lettered(name, number): value for name, value in values.items()})
