"""Amazon's own Python SDK and python-amazon-sp-api, unmodified, with the simulator in Amazon's place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from simulator_process import running

CLIENTS = Path(__file__).parent / "clients"
US = "ATVPDKIKX0DER"
DENIED = "Access to requested resource is denied."
SECRET_EXPIRED = "The LWA secret token you provided has expired."

pytestmark = pytest.mark.xdist_group("client libraries")


def journey(script: str, package: str) -> dict[str, Any]:
    """What a client's script tells of its steps, with a simulator of its own: its clock runs 20 times as fast, so that
    reports finish at once.
    """
    python = os.environ.get("SPTUI_CLIENTS", sys.executable)
    there = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False)
    if there.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{package} is not installed for {python} (SPTUI_CLIENTS)")
        pytest.skip(f"{package} is not installed; SPTUI_CLIENTS may name a Python that has it")
    with running("--world", str(CLIENTS / "world.toml"), "--speed", "20") as simulator:
        command = [python, str(CLIENTS / script), simulator.base]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def amazon() -> dict[str, Any]:
    return journey("amazon_sdk.py", "spapi")


@pytest.fixture(scope="module")
def community() -> dict[str, Any]:
    return journey("community_library.py", "sp_api")


@pytest.fixture(params=["amazon", "community"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The steps of either library; what they have in common is looked at once."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_participations(told: dict[str, Any]) -> None:
    assert told["participations"] == [[US, True]]


def test_a_report_from_its_creation_to_its_document(told: dict[str, Any]) -> None:
    assert told["createReport"].isdigit()
    assert told["report"] == "DONE"
    assert told["document"].startswith("item-name\t")


def test_a_destination_is_created_without_a_seller_and_listed(told: dict[str, Any]) -> None:
    assert told["destination"]
    assert told["destination"] in told["destinations"]


def test_a_subscription_can_be_read_again(told: dict[str, Any]) -> None:
    assert told["subscription"]
    assert told["subscription"] == told["subscription read"]


def test_restricted_data_is_opened_by_its_token_alone(told: dict[str, Any]) -> None:
    assert told["order without RDT"] is False
    assert told["RDT"].startswith("Atz.sprdt|")
    assert told["order with RDT"] == [True, True]


def _error(outcome: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """Status, code, message and details, as either library tells them."""
    if "body" in outcome:
        error = outcome["body"]["errors"][0]
        return outcome["status"], error["code"], error["message"], error.get("details", "")
    return outcome["code"], outcome["amzn_code"], outcome["message"], outcome["details"] or ""


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("secret expired", (403, "Unauthorized", DENIED, SECRET_EXPIRED)),
        ("role missing", (403, "Unauthorized", DENIED, "")),
        ("account closed", (400, "InvalidInput", "Invalid request parameters", "")),
        ("throttled", (429, "QuotaExceeded", "You exceeded your quota for the requested resource.", "")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_failures_carry_amazons_words(told: dict[str, Any], step: str, error: tuple[Any, ...]) -> None:
    assert _error(told[step]) == error


@pytest.mark.parametrize(
    ("step", "status", "code"),
    [
        ("no such report", 404, "NotFound"),
        ("subscription again", 409, "StateConflict"),
        ("destination again", 409, "Conflict"),
    ],
)
def test_failures_whose_words_vary(told: dict[str, Any], step: str, status: int, code: str) -> None:
    assert _error(told[step])[:2] == (status, code)


def test_each_library_raises_its_own_exceptions(amazon: dict[str, Any], community: dict[str, Any]) -> None:
    failed = ("secret expired", "account closed", "throttled", "no such report", "subscription again")
    assert {amazon[step]["raised"] for step in failed} == {"ApiException"}
    assert [community[step]["raised"] for step in failed] == [
        "SellingApiForbiddenException",
        "SellingApiBadRequestException",
        "SellingApiRequestThrottledException",
        "SellingApiNotFoundException",
        "SellingApiStateConflictException",
    ]


def test_a_revoked_authorization_fails_at_the_token(amazon: dict[str, Any], community: dict[str, Any]) -> None:
    # The SDK asks whether the answer is true, and an answer that is no success is not: it tells nothing of it.
    assert amazon["revoked"]["raised"] == "LwaException"
    assert community["revoked"]["raised"] == "AuthorizationError"
    assert (community["revoked"]["status_code"], community["revoked"]["error_code"]) == (400, "invalid_grant")
