"""``sptui triage``: its output, its exit statuses, whom it calls for, what it asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sptui.cli.main import cli
from sptui.cli.output import CommandError
from sptui.cli.plain import plain
from sptui.cli.triage import choose_authorization
from sptui.cli.triage_report import describe_event, describe_question, describe_result
from sptui.settings import Accounts
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.regions import Region
from sptui.triage.case import Case, read_case
from sptui.triage.causes import Cause
from sptui.triage.events import (
    Conclusion,
    Planned,
    Question,
    StepFinished,
    StepName,
    StepOutcome,
    StepStarted,
    TriageResult,
    TrialMade,
    Waiting,
)
from sptui.triage.evidence import Evidence, NotReproduced
from sptui.triage.isolation import Trial
from sptui.triage.verdict import RankedCause, Strength, Verdict

pytestmark = pytest.mark.usefixtures("day_of_tests")

US, CA, DE, JP = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1PA6795UKMFR9", "A1VC38T7YXB528"
CANARY = "canary5a4b3c2d"

WORLD = f"""
latency_ms = [0, 0]

[[application]]
client_id = "amzn1.application-oa2-client.test"
client_secret = "amzn1.oa2-cs.v1.{CANARY}"

[[seller]]
id = "A1NORTH0000001"
name = "North"
region = "NA"
refresh_token = "Atzr|{CANARY}-na"
  [[seller.marketplace]]
  id = "{US}"
  status = "DEACTIVATED"

[[seller]]
id = "A1NORTH0000001"
name = "North"
region = "EU"
refresh_token = "Atzr|{CANARY}-eu"
  [[seller.marketplace]]
  id = "{DE}"

[[seller]]
id = "A2REVOKED00002"
name = "Gone"
region = "FE"
authorization = "revoked"
  [[seller.marketplace]]
  id = "{JP}"
"""
ORDERS = ("--operation", "getOrders", "-p", f"MarketplaceIds={US}", "-p", "CreatedAfter=2026-01-01T00:00:00Z")
FEED = (
    "--operation",
    "createFeed",
    "-p",
    "feedType=JSON_LISTINGS_FEED",
    "-p",
    f"marketplaceIds={US}",
    "-p",
    "inputFeedDocumentId=amzn1.tortuga.4.na.00000000-0000-4000-8000-000000000000",
)

Triage = Callable[..., Result]


@pytest.fixture
def triage(tmp_path: Path) -> Triage:
    """Runs the command against the world above."""
    world = tmp_path / "world.toml"
    world.write_text(WORLD, encoding="utf-8")

    def run(*args: str, given: Any = None, typed: str = "") -> Result:
        if isinstance(given, dict) and typed:
            (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
            args, given = tuple(str(tmp_path / "given.json") if each == "-" else each for each in args), typed
        text = json.dumps(given) if isinstance(given, dict) else given
        result = CliRunner().invoke(cli, ["--simulate", str(world), "triage", *args], input=text)
        assert CANARY not in result.output
        return result

    return run


def answer(result: Result) -> dict[str, Any]:
    (line,) = result.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


# -- The contract of the output


def test_one_object_at_the_end(triage: Triage) -> None:
    result = triage("--seller", "North", *ORDERS, "-p", "MaxResultsPerPage=500", "--json")
    found = answer(result)
    assert list(found) == ["verdict", "steps", "trials", "culprits", "calls", "seconds"]
    assert list(found["verdict"][0]) == ["cause", "likelihood", "because", "against", "do", "who"]
    assert [each["step"] for each in found["steps"]] == [each.value for each in StepName]
    assert set(found["steps"][0]) == {"step", "outcome", "evidence"}
    assert all(set(each) == {"fact", "source"} for step in found["steps"] for each in step["evidence"])
    assert all(set(each) == {"parameters", "status", "code", "ok"} for each in found["trials"])
    assert (found["verdict"][0]["cause"], found["culprits"]) == ("request", ["MaxResultsPerPage"])
    assert sum(each["likelihood"] for each in found["verdict"]) <= 1
    assert found["calls"] == len(found["trials"])
    assert result.stderr == ""


def test_a_line_for_each_step_before_it(triage: Triage) -> None:
    lines = [
        json.loads(line) for line in triage("--seller", "North", *ORDERS, "--json", "--stream").stdout.splitlines()
    ]
    *steps, last = lines
    assert [each["step"] for each in steps] == [each.value for each in StepName]
    assert last["steps"] == steps


def test_for_people_the_verdict_is_on_stdout_and_the_steps_on_stderr(triage: Triage) -> None:
    result = triage("--seller", "North", *ORDERS, "-p", "MaxResultsPerPage=500")
    assert result.stdout.startswith("REQUEST")
    assert "MaxResultsPerPage" in result.stdout
    assert "1. " in result.stdout
    assert "The minimal call" in result.stderr
    assert "The minimal call (" not in result.stdout


# -- Exit statuses


def test_a_call_that_passes(triage: Triage) -> None:
    result = triage(
        "--seller", "North@EU", "--operation", "getOrders", "-p", f"MarketplaceIds={DE}", *ORDERS[4:], "--json"
    )
    assert (result.exit_code, answer(result)["verdict"][0]["cause"]) == (0, "success")


def test_a_cause_was_found(triage: Triage) -> None:
    result = triage("--seller", "Gone", "--operation", "getMarketplaceParticipations", "--json")
    assert (result.exit_code, answer(result)["verdict"][0]["cause"]) == (1, "authorization")


def test_it_could_not_be_found_out(triage: Triage) -> None:
    """A call with side effects, nobody to say yes, and nothing wrong with the seller."""
    result = triage("--seller", "North@EU", *(each.replace(US, DE) for each in FEED), "--json")
    assert result.exit_code == 3
    assert any("To decide" in each for each in answer(result)["verdict"][0]["do"])


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "Give the call"),
        (("case.json", *ORDERS), "Give the call"),
        (("-p", "a=b", "-"), "-p belongs to --operation"),
        ((*ORDERS, "--yes", "--read-only"), "contradict"),
        (("--operation", "getOrdrs"), "getOrders"),
        (("--operation", "getOrder"), "orders-2026-01-01.getOrder"),
        (("--operation", "getOrders", "-p", "MarketplaceIds"), "name=value"),
        (("no-such-file.json",), "cannot be read"),
        ((*ORDERS, "--seller", "Nort"), "Did you mean North?"),
        ((*ORDERS, "--seller", "Nobody At All"), "sellers list"),
        ((*ORDERS, "--seller", "Gone", "--region", "EU"), "no authorization for EU"),
        (("--operation", "getReports", "-p", "reportTypes=X"), "Which seller?"),
        ((*ORDERS, "--region", "XX"), "Invalid value"),
        ((*ORDERS, "--seller", "North", "--export", "x.txt"), "ends in .md or .json"),
    ],
)
def test_usage(triage: Triage, args: tuple[str, ...], told: str) -> None:
    result = triage(*args)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("text", ["", "[]", "call me, maybe", "{"])
def test_input_that_cannot_be_read(triage: Triage, text: str) -> None:
    result = triage("-", "--seller", "North", given=text)
    assert result.exit_code == 2
    assert "Standard input" in result.stderr


# -- A call as a file


def case(operation: str, url: str, **more: Any) -> dict[str, Any]:
    return {"operation": operation, "request": {"method": more.pop("method", "GET"), "url": url, **more}}


def test_a_case_from_standard_input_is_sent_where_no_answer_is_given(triage: Triage) -> None:
    url = f"https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds={US}&CreatedAfter=2026-01-01"
    result = triage("-", "--seller", "North", "--json", given=case("getOrders", url))
    assert (result.exit_code, answer(result)["calls"]) == (0, 1)


def test_a_given_answer_is_read_instead_of_sending(triage: Triage, tmp_path: Path) -> None:
    body = {"feedType": "F", "marketplaceIds": [US], "inputFeedDocumentId": "amzn1.tortuga.4.na.x"}
    url = "https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/feeds"
    errors = [{"code": "InvalidInput", "message": "Invalid request parameters", "details": ""}]
    given = {
        **case("createFeed", url, method="POST", body=body, headers={"x-amz-access-token": f"Atza|{CANARY}"}),
        "response": {"status": 400, "body": {"errors": errors}},
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    found = answer(triage(str(path), "--seller", "North", "--json"))
    assert found["verdict"][0]["cause"] == "account"
    assert found["trials"] == []


# -- Side effects


def test_without_a_terminal_the_answer_is_no(triage: Triage) -> None:
    found = answer(triage("--seller", "North", *FEED, "--json"))
    assert found["steps"][0]["outcome"] == "asked"
    assert found["trials"] == []
    assert found["verdict"][0]["cause"] == "account"


def test_yes_beforehand(triage: Triage) -> None:
    found = answer(triage("--seller", "North", *FEED, "--json", "--yes"))
    assert [each["status"] for each in found["trials"]] == [400]
    assert found["verdict"][0]["cause"] == "account"


def test_read_only_wins_over_the_question(triage: Triage) -> None:
    found = answer(triage("--seller", "North", *FEED, "--json", "--read-only"))
    assert (found["steps"][0]["outcome"], found["trials"]) == ("asked", [])


@pytest.mark.parametrize(("typed", "sent"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_on_a_terminal_the_call_is_shown_and_asked_for(
    triage: Triage, monkeypatch: pytest.MonkeyPatch, typed: str, sent: int
) -> None:
    monkeypatch.setattr("sptui.cli.triage_face._is_interactive", lambda: True)
    result = triage("--seller", "North", *FEED, "--json", given=typed)
    assert "POST /feeds/2021-06-30/feeds" in result.stderr
    assert "JSON_LISTINGS_FEED" in result.stderr
    assert len(answer(result)["trials"]) == sent


REFUSED = ("-", "--seller", "North@EU")
REFUSED_CASE = {
    "operation": "createFeed",
    "request": {
        "method": "POST",
        "url": "https://sellingpartnerapi-eu.amazon.com/feeds/2021-06-30/feeds",
        "body": {
            "feedType": "JSON_LISTINGS_FEED",
            "marketplaceIds": [DE],
            "inputFeedDocumentId": "amzn1.tortuga.4.eu.x",
        },
    },
    "response": {
        "status": 400,
        "body": {"errors": [{"code": "InvalidInput", "message": "Invalid request parameters"}]},
    },
}


@pytest.mark.parametrize(
    ("typed", "answer_kept"),
    [("only", True), ("don", False), ("", False), ("x\nsome", True)],
    ids=["first letters", "nobody knows", "the default", "a slip first"],
)
def test_on_a_terminal_what_only_a_person_knows_is_asked(
    triage: Triage, monkeypatch: pytest.MonkeyPatch, typed: str, answer_kept: bool
) -> None:
    monkeypatch.setattr("sptui.cli.triage_face._is_interactive", lambda: True)
    result = triage(*REFUSED, "--json", given=REFUSED_CASE, typed=f"no\n\n{typed}\n\n")
    questions = next(each for each in answer(result)["steps"] if each["step"] == "questions")
    assert "For whom of your sellers does the call fail?" in result.stderr
    assert any("For whom" in each["fact"] for each in questions["evidence"]) is answer_kept


def test_yes_is_for_calls_and_answers_no_question_of_a_person(triage: Triage) -> None:
    found = answer(triage(*REFUSED, "--json", "--yes", given=REFUSED_CASE))
    questions = next(each for each in found["steps"] if each["step"] == "questions")
    assert (questions["outcome"], questions["evidence"]) == ("ok", [])


# -- The end, written down


@pytest.mark.parametrize("name", ["end.md", "end.json"])
def test_the_end_is_written_to_a_file(triage: Triage, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    args = ("--seller", "North", *ORDERS, "-p", "MaxResultsPerPage=500", "--export", str(path))
    result = triage(*args)
    assert f"Written to {path}" in result.stderr
    text = path.read_text(encoding="utf-8")
    assert "MaxResultsPerPage" in text
    assert (json.loads(text)["culprits"] == ["MaxResultsPerPage"]) if name.endswith("json") else text.startswith("# ")
    again = triage(*args)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "not written over" in again.stderr


@pytest.mark.parametrize(
    "typed",
    [(f"MarketplaceIds={US},{CA}",), (f"MarketplaceIds={US}", "-p", f"MarketplaceIds={CA}")],
    ids=["commas", "repeated"],
)
def test_a_list_is_given_with_commas_or_by_repeating_the_option(triage: Triage, typed: tuple[str, ...]) -> None:
    result = triage(
        "--seller",
        "North",
        "--operation",
        "getOrders",
        "-p",
        *typed,
        "-p",
        "CreatedAfter=2026-01-01T00:00:00Z",
        "--json",
    )
    assert "marketplaces US, CA" in answer(result)["steps"][0]["evidence"][0]["fact"]


# -- For whom


def accounts(*authorizations: Authorization) -> Accounts:
    sellers: dict[str, Seller] = {}
    for each in authorizations:
        known = sellers.get(each.seller, Seller(each.seller))
        sellers[each.seller] = Seller(each.seller, (*known.authorizations, each))
    return Accounts((Application("app"),), tuple(sellers.values()))


NORTH_NA = Authorization("North", "A1", Region.NA, "app")
NORTH_EU = Authorization("North", "A1", Region.EU, "app")
SOUTH_EU = Authorization("South", "A2", Region.EU, "app")


@pytest.mark.parametrize(
    ("given", "seller", "region", "chosen"),
    [
        ({}, "North", Region.EU, NORTH_EU),
        ({}, "A1@NA", None, NORTH_NA),
        ({"request": {"url": "https://sellingpartnerapi-na.amazon.com/sellers/v1/x"}}, "North", None, NORTH_NA),
        ({"request": {"url": "https://sellingpartnerapi-na.amazon.com/sellers/v1/x"}}, None, None, NORTH_NA),
        ({"request": {"method": "GET", "url": f"/orders/v0/orders?MarketplaceIds={DE}"}}, "North", None, NORTH_EU),
        ({"request": {"method": "GET", "url": f"/orders/v0/orders?MarketplaceIds={US}"}}, None, None, NORTH_NA),
        # The address is of a region where the seller is not: the call is made where the seller is.
        ({"request": {"url": "https://sellingpartnerapi-fe.amazon.com/sellers/v1/x"}}, "South", None, SOUTH_EU),
    ],
)
def test_whom_the_call_is_made_for(
    given: Any, seller: str | None, region: Region | None, chosen: Authorization
) -> None:
    known = accounts(NORTH_NA, NORTH_EU, SOUTH_EU)
    assert choose_authorization(known, read_case(given), seller, region) == chosen


def test_who_is_meant_must_be_clear() -> None:
    with pytest.raises(CommandError, match="North@EU, South@EU"):
        choose_authorization(accounts(NORTH_EU, SOUTH_EU), Case(), None)
    with pytest.raises(CommandError, match="sptui sellers add"):
        choose_authorization(Accounts(), Case(), None)


# -- In words


def result_with(**more: Any) -> TriageResult:
    first = RankedCause(Cause.ROLE, 0.7, Strength.STRONG, ("because of this",), ("against that",), ("do this",))
    second = RankedCause(Cause.AUTHORIZATION, 0.2, Strength.WEAK, ("perhaps this",))
    fields: dict[str, Any] = {
        "verdict": Verdict((first, second)),
        "steps": (),
        "trials": (),
        "culprits": (),
        "calls": 1,
        "seconds": 0.25,
        "conclusion": Conclusion.PROBLEM,
    }
    return TriageResult(**{**fields, **more})


def test_the_verdict_in_words() -> None:
    text = describe_result(result_with(culprits=("A", "B")))
    assert text.splitlines()[0] == "ROLE · very likely (70%) · who acts: developer"
    for part in ("Because  because of this", "Against  against that", "1. do this", "A and B", "authorization (20%)"):
        assert part in text
    assert text.endswith("1 call, 0.2 s")


def test_what_the_network_sends_cannot_steer_the_terminal() -> None:
    hostile = "\x1b]52;c;ZXZpbA==\x07\x1b[2J[/x]\r\nzwei"
    told = plain(hostile)
    assert told.isprintable()
    evidence = Evidence(hostile, "x", NotReproduced())
    trial = Trial((), {}, hostile, 400, hostile, ok=False)
    lines = [
        *describe_event(StepFinished(StepName.ANSWER, StepOutcome.FOUND, (evidence,))),
        *describe_event(StepFinished(StepName.ANSWER, StepOutcome.SKIPPED, (), hostile)),
        *describe_event(TrialMade(StepName.MINIMAL, trial)),
        *describe_event(Waiting(StepName.MINIMAL, 5, hostile)),
        *describe_question(Question(StepName.ANSWER, "q", "?", method="POST", path=hostile, body={"a": hostile})),
    ]
    assert len(lines) == 6
    assert all(line.isprintable() for line in lines)
    cause = RankedCause(Cause.REQUEST, 0.5, Strength.WEAK, (hostile,), (), (hostile,))
    assert all(line.isprintable() for line in describe_result(result_with(verdict=Verdict((cause,)))).splitlines())


def test_events_in_words() -> None:
    assert describe_event(StepStarted(StepName.TOKEN, "Roles and tokens", "x", 1)) == [
        "Roles and tokens (up to 1 call) …"
    ]
    assert describe_event(StepStarted(StepName.REQUEST, "The request", "x", 0)) == ["The request …"]
    assert describe_event(Planned(())) == []
    passes = Trial((), {}, "with A", 200, "", ok=True, milliseconds=12.4)
    assert describe_event(TrialMade(StepName.OPTIONS, passes)) == ["  with A: passes (12 ms)"]
