"""Browsing a log: the same calls, counts, errors and trends from every engine, as counted by hand in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sptui.calllog import duck, opening
from sptui.calllog.asking.ask import errors
from sptui.calllog.asking.browse import count, page, signatures, window
from sptui.calllog.asking.engine import Engine
from sptui.calllog.asking.listing import LISTED
from sptui.calllog.browsing import Chosen, statuses_of
from sptui.calllog.importing.importer import Importer
from sptui.calllog.questions import STEPS
from sptui.calllog.signatures import signature_of
from sptui.calllog.store import CallLog
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue

START = datetime(2026, 11, 1, tzinfo=UTC)
US, DE, FR, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A13V1IB3VIYZZH", "A1VC38T7YXB528"
REGIONS = {US: "NA", DE: "EU", FR: "EU", JP: "FE"}
SELLERS = ("A1SELLER00001", "A1SELLER00002", "A2SELLER_0003", "A2SELLERX0003", "")
OPERATIONS = ("getOrders", "getOrderAddress", "createFeed", "getListingsItem")
ERRORS = (
    (403, "Unauthorized", "Access to requested resource is denied.", ""),
    (400, "InvalidInput", "100% wrong_value!", "SKU_1 is 50% off"),
    (400, "InvalidInput", "100x wrongXvalue!", "SKUx1 is 50x off"),
    (429, "QuotaExceeded", "You exceeded your quota for the requested resource.", ""),
    (500, "InternalFailure", "Request 1f0c3b2a-0d6e-4c4b-9d2f-5a1f3d7e9b10 failed after 17 s", "it's 'quoted' \\ back"),
    (500, "InternalFailure", "Request 2f0c3b2a-0d6e-4c4b-9d2f-5a1f3d7e9b10 failed after 18 s", "Größe fehlt"),
    (0, "timeout", "no answer", ""),
)


def made(number: int) -> CallRecord:
    """The calls come about every 20 minutes, some of them at the same moment."""
    operation = load_catalogue().find(OPERATIONS[number % 4])
    seller = SELLERS[number * 7 % 5]
    shops: tuple[str, ...] = ((US,), (DE, FR), (DE,), (), (JP,), (FR,))[number * 5 % 6]
    status, code, message, details = (202 if operation.name == "createFeed" else 200, "", "", "")
    if number % 3 == 0:
        status, code, message, details = ERRORS[number // 3 % len(ERRORS)]
    return CallRecord(
        time=START + timedelta(minutes=20 * (number - number % 2), milliseconds=number // 2),
        method=operation.method,
        path=operation.path,
        operation=operation.key,
        stage="api",
        status=status,
        code=code,
        message=message,
        details=details,
        seller_id=seller,
        region=REGIONS[shops[0]] if shops else "",
        application=f"app-{number % 2}",
        marketplaces=shops,
        request_id=f"request-{number:04d}",
        milliseconds=float(number % 900),
    )


CALLS = [made(number) for number in range(400)]


def as_json_lines(calls: list[CallRecord]) -> bytes:
    return b"".join(msgspec.json.encode(each) + b"\n" for each in calls)


@contextmanager
def recorded(folder: Path) -> Iterator[Engine]:
    with recorded_log(folder, CALLS) as log, opening.asked_log(log, folder) as engine:
        yield engine


@contextmanager
def recorded_log(folder: Path | None, calls: list[CallRecord]) -> Iterator[CallLog]:
    log = CallLog(folder and folder / "calls.sqlite3")
    try:
        for each in calls:
            log.record(each)
        yield log
    finally:
        log.close()


@contextmanager
def half_imported(folder: Path) -> Iterator[Engine]:
    (folder / "their.jsonl").write_bytes(as_json_lines(CALLS[::2]))
    with opening.opened_ledger(folder) as ledger, opening.opened_store(ledger, folder) as store:
        Importer(ledger, store).run(str(folder / "their.jsonl"))
    with recorded_log(folder, CALLS[1::2]) as log, opening.asked_log(log, folder) as engine:
        yield engine


@contextmanager
def half_imported_without_duckdb(folder: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duck, "available", lambda: False)
        with half_imported(folder) as engine:
            yield engine


@contextmanager
def a_file(folder: Path) -> Iterator[Engine]:
    (folder / "their.jsonl").write_bytes(as_json_lines(CALLS))
    with opening.asked_file(str(folder / "their.jsonl")) as engine:
        yield engine


@contextmanager
def a_file_without_duckdb(folder: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duck, "available", lambda: False)
        with a_file(folder) as engine:
            yield engine


@contextmanager
def a_database(folder: Path) -> Iterator[Engine]:
    import sqlite3

    from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog

    rows = [[_cell(value) for value in msgspec.structs.astuple(each)] for each in CALLS]
    connection = sqlite3.connect(folder / "log.db")
    with connection:
        connection.execute(f"CREATE TABLE calls ({', '.join(CallRecord.__struct_fields__)})")
        connection.executemany(f"INSERT INTO calls VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.close()
    engine = DatabaseEngine(DatabaseLog(f"sqlite:///{folder}/log.db"))
    try:
        yield engine
    finally:
        engine.close()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return ",".join(value) if isinstance(value, tuple) else value


ENGINES: dict[str, Callable[[Path], Any]] = {
    "recorded": recorded,
    "imported and recorded": half_imported,
    "imported and recorded, without DuckDB": half_imported_without_duckdb,
    "a file": a_file,
    "a file, without DuckDB": a_file_without_duckdb,
    "a database": a_database,
}


@pytest.fixture(scope="module", params=ENGINES, ids=list(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with ENGINES[request.param](tmp_path_factory.mktemp("log")) as made_engine:
        yield made_engine


# -- The oracle ---------------------------------------------------------------------------------------------------


def fits(call: CallRecord, chosen: Chosen) -> bool:
    searched = (call.code, call.message, call.details, call.request_id, call.path)
    return all(
        (
            not chosen.sellers or call.seller_id in chosen.sellers,
            not chosen.marketplace or chosen.marketplace in call.marketplaces,
            not chosen.operations or call.operation in chosen.operations,
            not chosen.region or call.region == chosen.region,
            not chosen.statuses or any(low <= call.status <= high for low, high in chosen.statuses),
            not chosen.code or call.code == chosen.code,
            any(lower(chosen.text) in lower(each) for each in searched),
            chosen.since is None or call.time >= chosen.since,
            chosen.until is None or call.time < chosen.until,
        )
    )


def lower(text: str) -> str:
    """What every engine does alike: letters of ASCII."""
    return "".join(chr(ord(each) + 32) if "A" <= each <= "Z" else each for each in text)


def expected_errors(calls: list[CallRecord], start: datetime, end: datetime) -> dict[Any, Any]:
    edges = [start + (end - start) * number / STEPS for number in range(1, STEPS)]
    found: dict[Any, Any] = {}
    for call in calls:
        if 0 < call.status < 400:
            continue
        key = (call.operation, call.status, call.code, signature_of(call.message))
        entry = found.setdefault(key, {"sellers": set(), "calls": 0, "times": [], "trend": [0] * STEPS})
        entry["sellers"] |= {call.seller_id} - {""}
        entry["calls"] += 1
        entry["times"].append(call.time)
        entry["trend"][sum(call.time >= edge for edge in edges)] += 1
    return {
        key: (len(each["sellers"]), each["calls"], min(each["times"]), max(each["times"]), tuple(each["trend"]))
        for key, each in found.items()
    }


_WORDS = (
    "denied", "DENIED", "%", "_", "!", "100%", "wrong_value", "sku_1", "'", "'quoted'", "\\", ":since", "request-00",
    "Größe", "/orders/v0", "{orderId}", "no such", "50% OFF", "!%",
)  # fmt: skip
_MOMENTS = st.integers(-3, 140).map(lambda hours: START + timedelta(hours=hours))
CHOSEN = st.builds(
    Chosen,
    sellers=st.lists(st.sampled_from((*SELLERS[:4], "A1SELLER%")), max_size=3, unique=True).map(tuple),
    marketplace=st.sampled_from(("", "", US, DE, FR, "A1PA6795UKMFR_", "%")),
    operations=st.lists(
        st.sampled_from([load_catalogue().find(each).key for each in (*OPERATIONS, "getReport")]), max_size=2
    ).map(tuple),
    region=st.sampled_from(("", "", "NA", "EU", "FE")),
    statuses=st.sampled_from(("", "", "failed", "ok", "4xx", "403", "400,5xx", "none")).map(statuses_of),
    code=st.sampled_from(("", "", "", "InvalidInput", "timeout", "invalidinput")),
    text=st.one_of(st.just(""), st.sampled_from(_WORDS), st.text("adeniß%_!'\\\":;-/?$ 0", max_size=4)),
    since=st.one_of(st.none(), _MOMENTS),
    until=st.one_of(st.none(), _MOMENTS),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(chosen=CHOSEN, limit=st.integers(1, 60))
def test_every_engine_lists_counts_and_groups_what_is_chosen(engine: Engine, chosen: Chosen, limit: int) -> None:
    wanted = sorted((each for each in CALLS if fits(each, chosen)), key=_order, reverse=True)
    found = page(engine, chosen, limit)
    assert [each.time for each in found] == [each.time for each in wanted[:limit]]
    assert set(found) <= set(wanted)
    assert count(engine, chosen) == len(wanted)
    between = window(engine, chosen)
    if between is not None:
        kinds = {
            (each.operation, each.status, each.code, each.message):
            (each.sellers, each.calls, each.first, each.last, each.trend)
            for each in signatures(engine, chosen)
        }  # fmt: skip
        assert kinds == expected_errors(wanted, *between)


def _order(call: CallRecord) -> tuple[datetime, str]:
    return call.time, call.request_id


def test_a_page_holds_whole_calls_newest_first(engine: Engine) -> None:
    assert page(engine, Chosen(), 400) == sorted(CALLS, key=_order, reverse=True)
    assert page(engine, Chosen(), 7) == sorted(CALLS, key=_order, reverse=True)[:7]


def test_listed_are_the_fields_of_a_call_in_their_order() -> None:
    assert tuple(LISTED.split(", ")) == CallRecord.__struct_fields__


def test_the_window_is_the_whole_log_where_none_is_chosen(engine: Engine) -> None:
    assert window(engine, Chosen(text="no such")) == (CALLS[0].time, max(each.time for each in CALLS))
    assert engine.newest() == max(each.time for each in CALLS)
    assert errors(engine, None) == signatures(engine, Chosen())


def test_errors_that_hit_most_sellers_come_first(engine: Engine) -> None:
    found = signatures(engine, Chosen())
    assert [each.sellers for each in found] == sorted((each.sellers for each in found), reverse=True)
    assert not any(each.at_least for each in found)


@pytest.mark.parametrize("text", ["\0", "\0denied", "\udcff", "\ud800x"], ids=ascii)
def test_what_no_log_can_hold_is_found_nowhere(engine: Engine, text: str) -> None:
    chosen = Chosen(text=text, code=text, sellers=(text,), marketplace=text)
    assert page(engine, Chosen(text=text), 5) == []
    assert count(engine, chosen) == 0


def test_an_empty_log_has_nothing(tmp_path: Path) -> None:
    with recorded_log(None, []) as log, opening.asked_log(log, tmp_path) as empty:
        assert page(empty, Chosen(), 5) == []
        assert count(empty, Chosen()) == 0
        assert signatures(empty, Chosen()) == []
        assert window(empty, Chosen()) is None


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("403", ((403, 403),)),
        ("4xx, none", ((400, 499), (0, 0))),
        ("failed", ((0, 0), (400, 999))),
        ("OK", ((200, 299),)),
        ("", ()),
    ],
)
def test_statuses_as_typed(text: str, ranges: tuple[tuple[int, int], ...]) -> None:
    assert statuses_of(text) == ranges


@pytest.mark.parametrize("text", ["x", "1234", "0xx", "4x"])
def test_what_is_no_status(text: str) -> None:
    with pytest.raises(ValueError, match="is no status"):
        statuses_of(text)


# -- A file of another program --------------------------------------------------------------------------------------


@pytest.mark.parametrize("quick", [True, False], ids=["DuckDB", "without"])
@pytest.mark.parametrize("shops", [(DE, FR), ()], ids=["marketplaces", "none"])
def test_a_foreign_line_is_shown_without_what_is_personal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: bool, shops: tuple[str, ...]
) -> None:
    monkeypatch.setattr(duck, "available", lambda: quick)
    line = {
        "ts": "2026-11-01T00:00:00Z", "status": "403", "sellerId": "A1SELLER00001",
        "url": "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders/902-1234567-7654321?token=Atza|canary-token",
        "message": "refused Atza|canary-token", "marketplaceIds": shops,
    }  # fmt: skip
    path = tmp_path / "their.jsonl"
    path.write_bytes(msgspec.json.encode(line) + b"\n")
    chosen = Chosen(marketplace=shops[-1] if shops else "", region="EU", operations=("orders-v0.getOrder",))
    with opening.asked_file(str(path)) as asked:
        (call,) = page(asked, chosen, 5)
        (error,) = signatures(asked, Chosen())
    assert (call.operation, call.path) == ("orders-v0.getOrder", "/orders/v0/orders/{orderId}")
    assert call.marketplaces == shops
    assert error.operation == "orders-v0.getOrder"
    assert call.region == "EU"
    for told in (repr(call), repr(error)):
        assert "canary" not in told
        assert "902-1234567" not in told
