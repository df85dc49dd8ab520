"""What a call log must answer to a person who browses it, counted by hand (in Python)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from calllog_world import START

from sptui.calllog.browsing import FAILED_STATUSES, Chosen
from sptui.calllog.questions import STEPS
from sptui.calllog.signatures import signature_of
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES

Kind = tuple[str, int, str, str]


def choices() -> dict[str, Chosen]:
    """Every filter, by a name that tells what is chosen."""
    keys = {name: load_catalogue().find(name).key for name in ("getOrders", "createFeed", "getListingsItem")}
    day = timedelta(days=1)
    return {
        "everything": Chosen(),
        "a seller": Chosen(sellers=("A000000000003X",)),
        "two sellers": Chosen(sellers=("A000000000003X", "A000000000004X", "ANOBODY")),
        "a marketplace": Chosen(marketplace=next(iter(MARKETPLACES))),
        "no such marketplace": Chosen(marketplace="A_%"),
        "an operation": Chosen(operations=(keys["createFeed"],)),
        "two operations": Chosen(operations=(keys["getOrders"], keys["getListingsItem"])),
        "no such operation": Chosen(operations=("nothing",)),
        "a region": Chosen(region="EU"),
        "a status": Chosen(statuses=((403, 403),)),
        "what failed": Chosen(statuses=FAILED_STATUSES),
        "no answer": Chosen(statuses=((0, 0),)),
        "a code": Chosen(code="InvalidInput"),
        "a text": Chosen(text="DENIED"),
        "a text with wildcards": Chosen(text="100 % wrong: a_b"),
        "a text of wildcards alone": Chosen(text="%_"),
        "a text with a backslash": Chosen(text="b\\C"),
        "a text with an apostrophe": Chosen(text="it's"),
        "a request id": Chosen(text=f"{17:032x}"),
        "since": Chosen(since=START + 29 * day),
        "a day": Chosen(since=START + 9 * day, until=START + 10 * day),
        "until": Chosen(until=START + 2 * day),
        "a window without calls": Chosen(since=START + 90 * day),
        "all at once": Chosen(
            sellers=tuple(f"A{number:012d}X" for number in range(9)), operations=(keys["createFeed"],),
            statuses=((400, 499),), code="InvalidInput", text="invalid", since=START + 3 * day, until=START + 27 * day,
        ),
    }  # fmt: skip


def chosen_of(calls: Iterable[CallRecord], chosen: Chosen) -> list[CallRecord]:
    """The chosen calls, newest first."""
    return sorted((each for each in calls if _is_chosen(each, chosen)), key=lambda each: each.time, reverse=True)


def _is_chosen(call: CallRecord, chosen: Chosen) -> bool:
    searched = (call.code, call.message, call.details, call.request_id, call.path)
    return (
        (not chosen.sellers or call.seller_id in chosen.sellers)
        and (not chosen.marketplace or chosen.marketplace in call.marketplaces)
        and (not chosen.operations or call.operation in chosen.operations)
        and (not chosen.region or call.region == chosen.region)
        and (not chosen.statuses or any(low <= call.status <= high for low, high in chosen.statuses))
        and (not chosen.code or call.code == chosen.code)
        and (not chosen.text or any(chosen.text.lower() in each.lower() for each in searched))
        and (chosen.since is None or call.time >= chosen.since)
        and (chosen.until is None or call.time < chosen.until)
    )


def shown(call: CallRecord) -> dict[str, Any]:
    """What every log knows of a call."""
    names = (
        "time", "method", "path", "operation", "status", "code", "message", "seller_id", "region", "application",
        "marketplaces", "request_id", "milliseconds",
    )  # fmt: skip
    return {name: getattr(call, name) for name in names}


def kinds_of(calls: list[CallRecord], chosen: Chosen) -> dict[Kind, tuple[int, int, tuple[int, ...]]]:
    """The kinds of errors: sellers, calls, and the trend."""
    found: dict[Kind, list[CallRecord]] = {}
    for each in chosen_of(calls, chosen):
        if each.status >= 400 or each.status == 0:
            kind = (each.operation, each.status, each.code, signature_of(each.message))
            found.setdefault(kind, []).append(each)
    start = chosen.since or min(each.time for each in calls)
    end = chosen.until or max(each.time for each in calls)
    edges = [start + (end - start) * number / STEPS for number in range(1, STEPS)]
    kinds = {}
    for kind, members in found.items():
        trend = [0] * STEPS
        for each in members:
            trend[sum(each.time >= edge for edge in edges)] += 1
        kinds[kind] = (len({each.seller_id for each in members if each.seller_id}), len(members), tuple(trend))
    return kinds
