"""``sptui call``: what is shown, what is sent, what is refused, and with which exit status it ends."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_world import GONE, imported_by, run, seller, world_file
from click.testing import Result

import sptui.cli.call
from sptui.calling import plan_call, sample_context, smallest_values
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.check import check_request
from sptui.spapi.regions import Region

pytestmark = pytest.mark.usefixtures("day_of_tests")

WELL = seller("Well", "A1WELL00000001", "NA", "ATVPDKIKX0DER", facts='refresh_token = "Atzr|planted-refresh-canary"')
DROPPED = """
[[fault]]
operation = "getReports"
drop = true
"""


@pytest.fixture
def world(tmp_path: Path) -> str:
    return world_file(tmp_path, WELL, GONE, DROPPED)


def sent(world: str, *args: str, given: bytes | None = None) -> Result:
    return run("--simulate", world, "call", *args, given=given)


def test_a_dry_run_needs_no_seller() -> None:
    result = run("call", "getOrders", "--minimal", "--dry-run", "--region", "fe")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("GET https://sellingpartnerapi-fe.amazon.com/orders/v0/orders?MarketplaceIds=A1VC")
    assert "curl -X GET 'https://sellingpartnerapi-fe.amazon.com/" in result.stdout
    assert '"x-amz-access-token: $SPAPI_TOKEN"' in result.stdout


def test_a_dry_run_shows_the_body_and_a_command_for_the_shell() -> None:
    args = ("call", "createFeed", "--minimal", "--dry-run", "-p", "feedType=IT'S")
    result = run(*args)
    assert result.exit_code == 0, result.output
    assert '"feedType": "IT\'S"' in result.stdout
    command = shlex.split(result.stdout.partition("\ncurl ")[2])
    body = json.loads(command[command.index("--data-raw") + 1])
    assert body == json.loads(run(*args, "--json").stdout)["request"]["body"]


def test_a_dry_run_of_an_invalid_request_tells_what_is_wrong() -> None:
    result = run("call", "getOrders", "--dry-run", "-p", "MarketplaceIds=ATVPDKIKX0DER", "-p", "OrderStatuses=Gone")
    assert result.exit_code == 1
    assert "! One of CreatedAfter" in result.stderr
    assert "OrderStatuses" in result.stderr
    told = json.loads(run("call", "getOrders", "--dry-run", "--json").stdout)
    assert {"parameter", "kind", "problem", "allowed"} == told["problems"][0].keys()
    assert told["response"] is None


@pytest.mark.parametrize(
    ("args", "told", "status"),
    [
        (("feeds-2021-06-30.getFeed", "-p", "feedId="), "! GET /feeds/2021-06-30/feeds/ is getFeeds, not getFeed.", 1),
        (("getShippingLabel", "--minimal"), "- getShippingLabel gives personal data", 0),
        (("getOrders", "--sandbox", "-p", "CreatedAfter=2026-01-01T00:00:00Z", "-p", "MarketplaceIds=ATVPDKIKX0DER"),
         "- The sandbox answers getOrders for its samples alone", 0),
    ],
    ids=["path", "token", "host"],
)  # fmt: skip
def test_a_dry_run_checks_path_host_and_headers_too(args: tuple[str, ...], told: str, status: int) -> None:
    result = run("call", *args, "--dry-run")
    assert told in result.stderr, result.output
    assert result.exit_code == status
    problems = json.loads(run("call", *args, "--dry-run", "--json").stdout)["problems"]
    assert told[2:] in " ".join(each["problem"] for each in problems)


def test_a_dry_run_of_every_operation_s_smallest_call_finds_nothing_on_the_wire() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for operation in load_catalogue():
        values = smallest_values(operation, sample_context(now), sandbox=operation.sandbox_only)
        planned = plan_call(operation, values, region=Region.NA, now=now, sandbox=operation.sandbox_only)
        of_values = check_request(operation, values, now=now, region=Region.NA)
        assert [each for each in planned.faults if each not in of_values] == [], operation.key


def test_a_call_is_sent_and_its_body_alone_is_on_standard_output(world: str) -> None:
    result = sent(world, "getMarketplaceParticipations", "--seller", "Well")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["payload"][0]["marketplace"]["id"] == "ATVPDKIKX0DER"
    assert "200 OK" in result.stderr
    assert "request id " in result.stderr
    assert "rate limit 0.016 a second" in result.stderr


def test_json_tells_request_and_response_without_any_token(world: str) -> None:
    result = sent(world, "getMarketplaceParticipations", "--seller", "Well", "--json")
    told = json.loads(result.stdout)
    assert list(told) == [
        "operation", "request", "problems", "response", "request_id", "milliseconds", "error",
    ]  # fmt: skip
    assert told["operation"] == "sellers-v1.getMarketplaceParticipations"
    assert told["request"]["url"] == "https://sellingpartnerapi-na.amazon.com/sellers/v1/marketplaceParticipations"
    assert told["request"]["headers"]["x-amz-access-token"] == "Atza|•••"
    assert told["response"]["status"] == 200
    assert told["response"]["headers"]["x-amzn-requestid"] == told["request_id"] != ""
    assert told["error"] is None
    assert "canary" not in result.output


def test_a_harmless_call_is_sent_although_the_catalogue_is_against_it(world: str) -> None:
    result = sent(world, "getOrders", "-p", "MarketplaceIds=ATVPDKIKX0DER", "--seller", "Well")
    assert result.exit_code == 1
    assert "! One of CreatedAfter" in result.stderr
    assert "400 InvalidInput" in result.stderr
    assert json.loads(result.stdout)["errors"][0]["code"] == "InvalidInput"
    assert "sptui triage --seller A1WELL00000001@NA --operation orders-v0.getOrders -p Market" in result.stderr


def test_side_effects_want_a_yes(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("createReport", "--minimal", "--seller", "Well")
    result = sent(world, *args)
    assert result.exit_code == 2
    assert "sent only with --yes" in result.stderr
    assert result.stdout == ""
    assert not json.loads(sent(world, *args, "--dry-run", "--json").stdout)["problems"]
    result = sent(world, *args, "--yes")
    assert result.exit_code == 0, result.output
    assert "reportId" in json.loads(result.stdout)
    assert "Sending for" not in result.stderr
    monkeypatch.setattr(sptui.cli.call, "_is_watched", lambda: True)
    result = sent(world, *args, "--yes")
    assert result.exit_code == 0
    before, _, after = result.stderr.partition("\n202 ")
    assert "Sending for Well · NA:\nPOST https://sellingpartnerapi-na.amazon.com/reports" in before
    assert '"marketplaceIds": [\n    "ATVPDKIKX0DER"' in before
    assert "request id" in after


def test_read_only_refuses_even_a_yes(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from sptui.settings import Config
    from sptui.workspace import Workspace

    simulate = Workspace.simulate
    monkeypatch.setattr(Workspace, "simulate", lambda world, **more: simulate(world, Config(read_only=True), **more))
    result = sent(world, "createReport", "--minimal", "--seller", "Well", "--yes")
    assert result.exit_code == 2
    assert "read_only is set" in result.stderr
    assert sent(world, "getMarketplaceParticipations", "--seller", "Well").exit_code == 0


def test_no_token_and_no_answer_are_3(world: str) -> None:
    result = sent(world, "getMarketplaceParticipations", "--seller", "Gone", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 3
    assert told["response"] is None
    assert "invalid_grant" in told["error"]
    assert told["request"]["url"].endswith("/sellers/v1/marketplaceParticipations")
    result = sent(world, "getMarketplaceParticipations", "--seller", "Gone")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "No access token" in result.stderr


def test_a_dropped_connection_is_3(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sptui.spapi.client.RETRIES", 0)
    result = sent(world, "getReports", "--minimal", "--seller", "Well", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 3
    assert told["response"] is None
    assert told["error"].startswith("no answer (closed)")


def test_a_body_from_a_file_or_standard_input_is_sent_as_it_is(world: str, tmp_path: Path) -> None:
    body = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": ["ATVPDKIKX0DER"], "more": {"x": [1]}}
    file = tmp_path / "body.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    common = ("createReport", "--seller", "Well", "--dry-run", "--json")
    assert json.loads(sent(world, *common, "--body", str(file)).stdout)["request"]["body"] == body
    told = json.loads(sent(world, *common, "--body", "-", given=file.read_bytes()).stdout)
    assert told["request"]["body"] == body
    told = json.loads(sent(world, *common, "--body", str(file), "-p", "reportType=OTHER").stdout)
    assert told["request"]["body"] == {**body, "reportType": "OTHER"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("createReport", "--body", "none.json"), "none.json cannot be read"),
        (("createReport", "--body", "-"), "Standard input is no JSON"),
        (("getOrders", "--body", "-"), "getOrders takes no body"),
        (("getOrders", "-p", "MarketplaceIds"), "is not name=value"),
        (("getOrdrs",), "Did you mean"),
        (("feeds-2021-06-30.getFeed",), "--minimal fills in what is needed"),
        (("getMarketplaceParticipations",), "Which seller?"),
        (("getMarketplaceParticipations", "--seller", "Nobody"), "No seller is called 'Nobody'"),
        (("getOrders", "--marketplace", "DE", "--region", "NA"), "belongs to EU"),
    ],
)
def test_usage_errors_are_2(world: str, args: tuple[str, ...], told: str) -> None:
    seller = () if "getMarketplaceParticipations" in args else ("--seller", "Well")
    result = sent(world, *args, *seller, given=b"{broken")
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert result.stdout == ""


def test_the_sandbox_is_asked_with_a_sample_that_it_answers() -> None:
    args = ("call", "getOrders", "--minimal", "--sandbox", "--dry-run", "--json")
    told = json.loads(run(*args).stdout)
    assert told["request"]["url"].startswith("https://sandbox.sellingpartnerapi-na.amazon.com/orders/v0/orders?")
    assert "CreatedAfter=TEST_CASE_200" in told["request"]["url"]
    assert told["problems"] == []


def test_what_the_sandbox_alone_serves_goes_there() -> None:
    result = run("call", "fbaInventory-v1.createInventoryItem", "--minimal", "--dry-run")
    assert result.stdout.startswith("POST https://sandbox.sellingpartnerapi-na.amazon.com/fba/inventory/v1/items")
    assert "in the sandbox alone" in result.stderr


def test_version_stays_light() -> None:
    assert not {"msgspec", "sptui.calling", "sptui.cli.call"} & imported_by("--version")
    loaded = imported_by("call", "getOrders", "--minimal", "--dry-run")
    assert not {"textual", "rich", "httpx", "keyring", "starlette"} & loaded


def test_what_a_terminal_could_obey_is_not_printed(tmp_path: Path) -> None:
    fault = '[[fault]]\noperation = "getReports"\nstatus = 500\nbody = "<html>\\u001b[31mred\\u0007</html>"\n'
    result = sent(
        world_file(tmp_path, WELL, GONE, fault),
        "createReport",
        "--dry-run",
        "--seller",
        "Well",
        "-p",
        "reportType=\x1b[31m",
    )
    assert "\x1b" not in result.output
