"""``sptui explain`` and ``sptui log explain``: what goes in, what comes out, the exit statuses."""

# ruff: noqa: E501 - calls are as long as they are
from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sptui.cli.main import cli

CANARY = "canary5a4b3c2d"
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}
EXPIRED = {"errors": [{**DENIED["errors"][0], "details": "The LWA secret token you provided has expired."}]}
URL = "https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER&CreatedAfter=2026-01-01T00:00:00Z"
CASE = {
    "id": "one",
    "operation": "getOrders",
    "request": {"method": "GET", "url": URL, "headers": {"x-amz-access-token": f"Atza|{CANARY}"}},
    "response": {"status": 403, "body": EXPIRED},
}
FINE = {
    "id": "fine",
    "operation": "getOrders",
    "request": {"method": "GET", "url": URL},
    "response": {"status": 200, "body": {"payload": {"Orders": []}}},
}
CURL = f"curl '{URL}' -H 'x-amz-access-token: Atza|{CANARY}'\nHTTP/2 403\nx-amzn-requestid: 252b173d-0120-4747-b400-18bc541bfeaf\n\n{json.dumps(EXPIRED)}\n"


def explain(text: str | bytes, *args: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *args], input=text)


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def lines(*values: Any) -> str:
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in values)


def test_one_case_as_the_contract_says() -> None:
    result = explain(json.dumps(CASE, indent=2), "--json", "-")
    (found,) = objects(result)
    assert set(found) == {"id", "operation", "verdict", "request_problems"}
    assert (found["id"], found["operation"], result.exit_code) == ("one", "getOrders", 1)
    first = found["verdict"][0]
    assert set(first) == {"cause", "likelihood", "because", "against", "do", "who"}
    assert first["cause"] == "lwa"
    assert sum(each["likelihood"] for each in found["verdict"]) <= 1
    assert CANARY not in result.output


def test_a_line_for_each_line() -> None:
    result = explain(lines(CASE, FINE, "", CASE), "--json")
    assert [each["id"] for each in objects(result)] == ["one", "fine", "one"]
    assert result.exit_code == 1


def test_nothing_failed() -> None:
    result = explain(lines(FINE), "--json")
    assert objects(result)[0]["verdict"][0]["cause"] == "success"
    assert result.exit_code == 0


@pytest.mark.parametrize("bad", ['{"operation": ', "garbage", '{"foo": 1}', "[[[", '{"request": {"url": "https://["}}'])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_line_never_stops_the_rest(bad: str, place: int) -> None:
    given: list[Any] = [CASE, FINE, CASE]
    given.insert(place, bad)
    result = explain(lines(*given), "--json")
    told = objects(result)
    assert [each.get("id", "bad") for each in told] == [
        *("one", "fine")[:place],
        "bad",
        *("one", "fine", "one")[place:],
    ]
    assert told[place]["line"] == place + 1
    assert told[place]["error"]
    assert result.exit_code == 2


def test_words_for_people_come_cause_first() -> None:
    result = explain(CURL)
    shown = result.stdout.splitlines()
    assert shown[0].startswith("LWA · certain")
    assert "who acts: developer" in shown[0]
    assert [each.split()[0] for each in shown if each[:1].isalpha()][:4] == ["LWA", "Client", "Because", "Do"]
    assert any(each.startswith("Read") and "a curl command: getOrders, NA, US" in each for each in shown)
    assert any(each.startswith("Missing") for each in shown)
    assert max(map(len, shown)) <= 100
    assert result.exit_code == 1
    assert CANARY not in result.output


def test_what_is_not_told_can_be_added() -> None:
    result = explain(
        json.dumps(DENIED), "--json", "--operation", "createFeed", "--status", "403", "--region", "eu", "--marketplace", "JP",
        "--token", "grantless", "--role", "Pricing", "--account-status", "NORMAL", "--other-sellers", "1/20",
    )  # fmt: skip
    (found,) = objects(result)
    assert found["operation"] == "createFeed"
    assert found["verdict"][0]["cause"] in ("token", "host")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--operation", "getOrdrs"], "getOrders"),
        (["--other-sellers", "many"], "3/120"),
        (["--other-sellers", "1/0"], "3/120"),
        (["--status", "42"], "100"),
        (["--entry", "2"], "no entry 2"),
        (["/nowhere/at/all"], "cannot be read"),
    ],
)
def test_usage_is_told(args: list[str], told: str) -> None:
    result = explain(json.dumps(DENIED), *args)
    assert result.exit_code == 2
    assert told in result.stderr


def test_what_is_no_call_is_told() -> None:
    result = explain("hello there")
    assert result.exit_code == 2
    assert "a curl command" in result.stderr
    assert result.stdout == ""
    result = explain("hello there", "--json")
    assert result.exit_code == 2
    assert "error" in objects(result)[0]


def test_the_text_for_support() -> None:
    result = explain(CURL, "--support-case", "--seller", "A1SELLER000001")
    assert CANARY not in result.output
    for told in (
        "252b173d-0120-4747-b400-18bc541bfeaf",
        "getOrders",
        "A1SELLER000001",
        "NA",
        "ATVPDKIKX0DER",
        "production",
        "Atza|•••",
    ):
        assert told in result.stdout
    (found,) = objects(explain(CURL, "--support-case", "--json"))
    assert "Application id" in found["support_case"]


def test_a_file_in_utf_16_and_an_entry_of_a_har(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_bytes(CURL.encode("utf-16"))
    assert objects(explain("", "--json", str(path)))[0]["operation"] == "getOrders"

    def entry(url: str, status: int) -> dict[str, Any]:
        return {
            "startedDateTime": "x",
            "request": {"method": "GET", "url": url, "headers": []},
            "response": {"status": status},
        }

    feeds = URL.replace("orders/v0/orders", "feeds/2021-06-30/feeds")
    path.write_text(json.dumps({"log": {"entries": [entry(URL, 503), entry(feeds, 429)]}}))
    assert objects(explain("", "--json", str(path)))[0]["verdict"][0]["cause"] == "service"
    assert objects(explain("", "--json", str(path), "--entry", "2"))[0]["verdict"][0]["cause"] == "throttled"
    assert "2. 429 GET /feeds" in explain("", str(path)).stdout


def test_a_stream_is_answered_as_it_comes() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sptui", "explain", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("first", "second"):
            process.stdin.write(json.dumps({**CASE, "id": name}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()
        assert process.wait(timeout=30) == 1


def test_neither_network_nor_screen_nor_database_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text(CURL)
    program = (
        "import sys\nfrom sptui.cli.main import cli\ntry:\n    cli(['explain', sys.argv[1]])\nexcept SystemExit:\n    pass\n"
        "print(sorted(set(sys.modules) & {'httpx', 'textual', 'rich', 'keyring', 'sqlite3', 'starlette', 'uvicorn', 'asyncio', 'ssl'}))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def log_line(minute: int, seller: str, status: int, **more: Any) -> dict[str, Any]:
    return {
        "ts": datetime(2026, 11, 23, 10, minute, tzinfo=UTC).isoformat(), "method": "GET", "path": "/orders/v0/orders",
        "status": status, "seller_id": seller, "marketplace_id": "ATVPDKIKX0DER", **more,
    }  # fmt: skip


def test_the_log_is_explained_the_most_harmful_first(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    quota = {"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource."}
    broken = {"code": "InternalFailure", "message": "We encountered an internal error. Please try again."}
    records = [log_line(1, "A1", 429, **quota)]
    records += [log_line(2 + n, f"A{n}", 500, **broken) for n in range(5)]
    path.write_text(lines(*records))
    result = CliRunner().invoke(cli, ["log", "explain", "--file", str(path), "--json"])
    found = objects(result)
    assert [(each["sellers_hit"], each["verdict"][0]["cause"]) for each in found] == [(5, "service"), (1, "throttled")]
    assert result.exit_code == 1
    shown = CliRunner().invoke(cli, ["log", "explain", "--file", str(path), "--since", "7d"]).stdout
    assert "1. getOrders" in shown
    assert "SERVICE" in shown
    assert "5 of 5 sellers hit, 5 calls lost" in shown


def test_the_logs_window_lines_and_exit_statuses(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(lines(log_line(0, "A1", 500), "garbage", log_line(50, "A1", 200)))
    run = CliRunner()
    result = run.invoke(cli, ["log", "explain", "--file", str(path), "--since", "30m", "--json"])
    assert (result.stdout, result.exit_code) == ("", 0)  # what is no call is passed over
    path.write_text(lines(log_line(50, "A1", 200)))
    result = run.invoke(cli, ["log", "explain", "--file", str(path)])
    assert (result.stdout, result.exit_code) == ("No call failed in that time.\n", 0)
    path.write_text("nothing\n")
    assert run.invoke(cli, ["log", "explain", "--file", str(path)]).exit_code == 2
    assert run.invoke(cli, ["log", "explain", "--since", "soon"]).exit_code == 2
    assert run.invoke(cli, ["--simulate", "log", "explain"]).exit_code == 0
