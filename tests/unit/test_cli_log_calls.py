"""``sptui log tail``, ``errors``, ``export`` and the words of ``who``: the same choices, of whatever log."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from calllog.test_browsing import CALLS, DE, START, as_json_lines, fits, recorded_log
from click.testing import CliRunner, Result

from sptui.calllog import duck, opening
from sptui.calllog.browsing import Chosen, statuses_of
from sptui.calllog.desk import LogDesk
from sptui.cli.log_tail import follow_log
from sptui.cli.main import cli
from sptui.spapi.calls import CallRecord


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["log", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "their.jsonl"
    path.write_bytes(as_json_lines(CALLS))
    return path


@pytest.fixture
def own_log(isolated: Path) -> None:
    """Half of the calls recorded, half imported."""
    data = Path(os.environ["SPTUI_DATA_DIR"])
    data.mkdir(parents=True)
    with recorded_log(data, CALLS[::2]):
        pass
    (isolated / "other.jsonl").write_bytes(as_json_lines(CALLS[1::2]))
    assert run("import", str(isolated / "other.jsonl")).exit_code == 0


def objects(done: Result) -> list[dict[str, Any]]:
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return [json.loads(line) for line in done.stdout.splitlines()]


def newest(chosen: Chosen, number: int) -> list[str]:
    return [each.request_id for each in CALLS if fits(each, chosen)][-number:]


FILTERS: dict[str, tuple[tuple[str, ...], Chosen]] = {
    "everything": ((), Chosen()),
    "a marketplace": (("--marketplace", "DE"), Chosen(marketplace=DE)),
    "operations": (
        ("--operation", "getOrderAddress", "--operation", "feeds-2021-06-30.createFeed"),
        Chosen(operations=("orders-v0.getOrderAddress", "feeds-2021-06-30.createFeed")),
    ),
    "failed": (("--status", "failed"), Chosen(statuses=statuses_of("failed"))),
    "a text": (("--text", "DENIED"), Chosen(text="denied")),
    "wildcards": (("--text", "100%"), Chosen(text="100%")),
    "a code": (("--code", "InvalidInput", "--region", "eu"), Chosen(code="InvalidInput", region="EU")),
    "a seller": (("--seller", "A1SELLER00001"), Chosen(sellers=("A1SELLER00001",))),
    "a time": (
        ("--since", "2026-11-02T00:00Z", "--until", "2026-11-03T00:00Z"),
        Chosen(since=START.replace(day=2), until=START.replace(day=3)),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("own", [True, False], ids=["own log", "file"])
def test_tail_shows_the_newest_of_those_chosen(
    name: str, own: bool, file: Path, request: pytest.FixtureRequest
) -> None:
    options, chosen = FILTERS[name]
    where: tuple[str, ...] = ("--file", str(file))
    if own:
        request.getfixturevalue("own_log")
        where = ()
    found = objects(run("tail", "-n", "5", "--json", *options, *where))
    assert [each["request_id"] for each in found] == newest(chosen, 5)


def test_tail_of_nothing_says_so(file: Path) -> None:
    assert (
        run("tail", "--operation", "getReport", "--file", str(file)).stdout == "There are no such calls in the log.\n"
    )


def test_tail_for_people(file: Path) -> None:
    told = run("tail", "-n", "2", "--status", "403", "--file", str(file)).stdout.splitlines()
    assert told[0].split() == ["TIME", "(UTC)", "STATUS", "CALL", "SELLER", "PLACE", "ERROR", "TOOK"]
    assert "Unauthorized: Access to requested resource is denied." in told[1]
    assert len(told) == 3


def test_what_another_program_wrote_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "their.jsonl"
    path.write_bytes(
        as_json_lines([msgspec.structs.replace(CALLS[0], message="\x1b[2J", code="a\tb", seller_id="\x07")])
    )
    for command in (("tail",), ("errors",), ("who", "getOrders")):
        assert not set("\x1b\x07\t") & set(run(*command, "--file", str(path)).stdout)


def test_a_seller_is_found_by_name() -> None:
    done = CliRunner().invoke(cli, ["--simulate", "log", "tail", "--seller", "no such seller"])
    assert done.exit_code == 2
    assert "No seller is called 'no such seller'" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("tail", "--status", "x"), ("tail", "--since", "yesterday"), ("errors", "--marketplace", "Atlantis"),
        ("export", "--operation", "getOrderz"), ("tail", "-n", "0"), ("tail", "--follow", "--file", "-"),
        ("tail", "--follow", "--until", "1h"), ("tail", "--file", "/nowhere.log"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_be_understood_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


# -- Following ------------------------------------------------------------------------------------------------------


async def test_following_shows_each_call_once_as_it_comes(tmp_path: Path) -> None:
    shown: list[CallRecord] = []
    coming = [CALLS[10:12], [], CALLS[13:14], [CALLS[12]]]  # one ends after the next one began

    async def wait(_: float) -> None:
        if not coming:
            raise asyncio.CancelledError
        for each in coming.pop(0):
            log.record(each)

    with recorded_log(tmp_path, CALLS[:10]) as log:
        desk = LogDesk(lambda preparing: opening.asked_log(log, tmp_path, preparing))
        with pytest.raises(asyncio.CancelledError):
            await follow_log(desk, Chosen(), 4, shown.append, wait)
        await desk.aclose()
    assert [each.request_id for each in shown] == [CALLS[number].request_id for number in (6, 7, 8, 9, 10, 11, 13, 12)]


async def test_following_an_empty_log_shows_what_is_chosen(tmp_path: Path) -> None:
    shown: list[CallRecord] = []
    coming = [CALLS[:30]]

    async def wait(_: float) -> None:
        if not coming:
            raise asyncio.CancelledError
        for each in coming.pop():
            log.record(each)

    chosen = Chosen(statuses=statuses_of("failed"))
    with recorded_log(tmp_path, []) as log:
        desk = LogDesk(lambda preparing: opening.asked_log(log, tmp_path, preparing))
        with pytest.raises(asyncio.CancelledError):
            await follow_log(desk, chosen, 4, shown.append, wait)
        await desk.aclose()
    assert shown == [each for each in CALLS[:30] if fits(each, chosen)]


# -- Exporting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [True, False], ids=["own log", "file"])
def test_export_of_what_is_chosen(own: bool, file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    where: tuple[str, ...] = ("--file", str(file))
    if own:
        request.getfixturevalue("own_log")
        where = ()
    chosen = Chosen(statuses=statuses_of("4xx"))
    wanted = newest(chosen, 1000)
    assert [each["request_id"] for each in objects(run("export", "--status", "4xx", *where))] == wanted
    out = tmp_path / "out.csv"
    done = run("export", "--status", "4xx", "-n", "9", "-o", str(out), *where)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert f"{out}: 9 calls." in done.stderr
    rows = list(csv.DictReader(io.StringIO(out.read_text(), newline="")))
    assert [each["request_id"] for each in rows] == wanted[-9:]
    if sys.platform != "win32":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_replaced_only_where_that_is_said(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")
    done = run("export", "-o", str(out), "--file", str(file))
    assert done.exit_code == 2
    assert f"{out} is there already: give another name, or add --overwrite." in done.stderr
    assert out.read_text() == "mine"
    assert run("export", "-o", str(out), "--overwrite", "--file", str(file)).exit_code == 0
    assert out.read_text().startswith("time,")
    for other in (tmp_path, Path(os.devnull)):
        done = run("export", "-o", str(other), "--overwrite", "--file", str(file))
        assert done.exit_code == 2
        assert "no file that can be written" in done.stderr
    done = run("export", "-o", str(tmp_path / "no" / "x.csv"), "--file", str(file))
    assert f"There is no folder {tmp_path}/no: make it first." in done.stderr


def test_what_was_exported_can_be_imported(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.jsonl"
    assert run("export", "-o", str(out), "--file", str(file)).exit_code == 0
    assert objects(run("export", "--file", str(out))) == objects(run("export", "--file", str(file)))


def test_an_archive_that_breaks_off_leads_to_the_import(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    packed = gzip.compress(as_json_lines(CALLS))
    (tmp_path / "a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    done = run("tail", "--file", str(tmp_path / "a.jsonl.gz"))
    assert done.exit_code == 2
    assert "a.jsonl.gz breaks off, and cannot be asked. What is whole in it can be imported:" in done.stderr


# -- Errors and who --------------------------------------------------------------------------------------------------


def test_errors_tell_their_trend(file: Path) -> None:
    found = objects(run("errors", "--json", "--operation", "getOrders", "--file", str(file)))
    assert {each["operation"] for each in found} == {"orders-v0.getOrders"}
    for each in found:
        assert len(each["trend"]) == 24
        assert sum(each["trend"]) == each["calls"]
        assert each["trend_from"] == "2026-11-01T00:00:00.000Z"
    told = run("errors", "--operation", "getOrders", "--file", str(file))
    assert told.exit_code == 1
    assert "█" in told.stdout
    assert "TREND goes from 2026-11-01 00:00 to 2026-11-06 12:40 UTC." in told.stdout


def test_no_errors_are_told_as_such(file: Path) -> None:
    done = run("errors", "--operation", "getReport", "--file", str(file))
    assert (done.exit_code, done.stdout) == (0, "No call failed among these.\n")


def test_the_slow_way_says_what_is_missing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "available", lambda: False)
    done = run("who", "getOrders", "--json", "--file", str(file))
    assert done.stderr.splitlines() == [duck.NEEDS_EXTRA]
    assert "sptui[log]" in done.stderr
    assert json.loads(done.stdout)["calling"] == 4


def shop(seller: int, *, status: int, operation: str = "getOrders", minute: int = 0) -> CallRecord:
    return msgspec.structs.replace(
        next(each for each in CALLS if each.operation.endswith(f".{operation}")),
        time=START.replace(minute=minute, second=seller), seller_id=f"A{seller:012d}", status=status,
        code="Unauthorized" if status == 403 else "", message="denied" if status == 403 else "",
        marketplaces=(DE,) if status == 403 else ("ATVPDKIKX0DER",), region="EU" if status == 403 else "NA",
        request_id=f"id-{seller}-{minute}",
    )  # fmt: skip


WHO: dict[str, tuple[list[CallRecord], tuple[str, ...]]] = {
    "all": (
        [shop(each, status=403) for each in range(30)],
        ("All: 30 of 30 sellers", "sptui call orders-v0.getOrders --minimal"),
    ),
    "a group": (
        [shop(each, status=403 if each < 10 else 200) for each in range(40)],
        (
            "A group: 10 of 40 sellers", "They share the marketplace DE", "Other sellers, same call: 30 never get it",
            f"sptui log tail --operation orders-v0.getOrders --status 403 --marketplace {DE}",
        ),
    ),
    "one": (
        [shop(each, status=403 if each == 7 else 200) for each in range(40)],
        (
            "One alone: 1 of 40 sellers", "-n 1 --json --file", "| sptui explain -",
            "The newest: 2026-11-01 00:00:07 UTC, seller A000000000007, DE, request id id-7-0",
            "sptui triage --operation orders-v0.getOrders --seller A000000000007",
        ),
    ),
    "nobody": (
        [shop(each, status=200) for each in range(5)],
        ("Nobody: 0 of 5 sellers", "sptui log errors --operation orders-v0.getOrders"),
    ),
    "too few": (
        [shop(each, status=403) for each in range(2)],
        ("Too few to tell: 2 of 2 sellers", "look further back"),
    ),
    "never called": (
        [shop(1, status=403, operation="createFeed")],
        ("Nobody made this call", "sptui log errors --file"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHO)
def test_who_says_whom_it_hits_and_what_goes_on(name: str, tmp_path: Path) -> None:
    calls, wanted = WHO[name]
    path = tmp_path / "their.jsonl"
    path.write_bytes(as_json_lines(calls))
    done = run("who", "getOrders", "--status", "403", "--file", str(path))
    assert done.exit_code == (1 if name in ("all", "a group", "one", "too few") else 0)
    for each in wanted:
        assert each in done.stdout


def test_who_says_that_it_failed_before_the_window(tmp_path: Path) -> None:
    path = tmp_path / "their.jsonl"
    path.write_bytes(
        as_json_lines([shop(each, status=403, minute=minute) for minute in range(60) for each in range(3)])
    )
    done = run("who", "getOrders", "--since", "30m", "--file", str(path))
    assert "an earlier --since tells since when" in done.stdout
    assert "an earlier --since" not in run("who", "getOrders", "--file", str(path)).stdout
