"""``sptui cases``: what the triage kept, shown, run again after the fix, compared, written out, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sptui.cli.main import cli
from sptui.simulator.clock import ManualClock
from sptui.simulator.world import Fault, World, WorldMarketplace, WorldSeller, complete
from sptui.spapi.regions import Region
from sptui.triage.saved import CaseStore
from sptui.workspace import Workspace

US = "ATVPDKIKX0DER"
CANARY = "canary5a4b3c2d"
ORDERS = ("--operation", "getOrders", "-p", f"MarketplaceIds={US}", "-p", "CreatedAfter=2026-01-01T00:00:00Z")
BROKEN = Fault(operation="getOrders", parameters=("OrderStatuses",), status=400)
FAILING = (*ORDERS, "-p", "OrderStatuses=Shipped")

Cli = Callable[..., Result]


@pytest.fixture
def sptui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command for a user whose cases are kept in a folder, and whose Amazon is a world; ``fixed``: in order."""
    monkeypatch.setattr(Workspace, "simulated", False)
    store = WorldMarketplace(US)

    def run(*args: str, fixed: bool = False, sellers: int = 1) -> Result:
        made = tuple(
            WorldSeller(f"A{number}", Region.NA, f"North{number}", f"Atzr|{CANARY}-{number}", marketplaces=(store,))
            for number in range(3 - sellers, 3)
        )
        world = complete(World(latency_ms=(0, 0), sellers=made, faults=() if fixed else (BROKEN,)))
        clock = ManualClock()
        workspace = Workspace.simulate(world, clock=clock)
        workspace.cases = CaseStore(tmp_path / "cases", clock.now)
        for module in ("triage", "cases"):
            monkeypatch.setattr(f"sptui.cli.{module}.workspace_of", lambda _: workspace)
        result = CliRunner().invoke(cli, args)
        assert CANARY not in result.output
        return result

    return run


@pytest.fixture
def kept(sptui: Cli) -> str:
    """The id of a case that was looked into and kept."""
    assert sptui("triage", *FAILING).exit_code == 1
    (found,) = listed(sptui)
    return str(found["id"])


def listed(sptui: Cli) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sptui("cases", "list", "--json").stdout.splitlines()]


def test_the_triage_keeps_the_case_and_says_so(sptui: Cli) -> None:
    result = sptui("triage", *FAILING)
    (found,) = listed(sptui)
    assert f"Kept as {found['id']}" in result.stderr
    assert (found["title"], found["runs"], found["cause"]) == ("getOrders · 400 InvalidInput", 1, "request")
    assert found["seller"] == "A2@NA"


def test_it_keeps_nothing_where_that_is_not_wanted(sptui: Cli) -> None:
    sptui("triage", *FAILING, "--no-save")
    assert listed(sptui) == []


def test_the_list_as_a_table(sptui: Cli, kept: str) -> None:
    header, line = sptui("cases", "list").stdout.splitlines()
    assert header.split()[:2] == ["ID", "CALL"]
    assert line.startswith(kept)
    assert line.endswith("request")


def test_a_file_that_is_no_case_is_told(sptui: Cli, kept: str, tmp_path: Path) -> None:
    (tmp_path / "cases" / "broken.json").write_text("{", encoding="utf-8")
    result = sptui("cases", "list", "--json")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [kept]
    assert "broken.json" in result.stderr
    assert sptui("cases", "show", "broken").exit_code == 3


def test_a_case_is_shown(sptui: Cli, kept: str) -> None:
    text = sptui("cases", "show", kept).stdout
    assert "REQUEST" in text
    assert "run 1, " in text
    whole = json.loads(sptui("cases", "show", kept, "--json").stdout)
    assert whole["runs"][0]["result"]["culprits"] == ["OrderStatuses"]


def test_it_is_run_again_after_the_fix_and_compared(sptui: Cli, kept: str) -> None:
    result = sptui("cases", "run", kept, fixed=True)
    assert result.exit_code == 0, result.output
    assert "It passes now; before, the cause was request." in result.stdout
    found = json.loads(sptui("cases", "compare", kept, "--json").stdout)
    assert (found["fixed"], found["before"], found["after"]) == (True, "request", "success")
    whole = next(each for each in found["trials"] if "OrderStatuses" in each["parameters"])
    assert (whole["before"], whole["after"]) == ("400 InvalidInput", "200")
    text = sptui("cases", "compare", kept, "--runs", "2", "1").stdout
    assert text.startswith("It fails now (request); before, it passed.")


def test_it_is_run_again_with_another_value(sptui: Cli, kept: str) -> None:
    result = sptui("cases", "run", kept, "-p", "MaxResultsPerPage=500", "--json")
    assert result.exit_code == 1
    assert [each["runs"] for each in listed(sptui)] == [2]


def test_a_single_run_is_compared_with_nothing(sptui: Cli, kept: str) -> None:
    result = sptui("cases", "compare", kept)
    assert result.exit_code == 2
    assert "has 1 run;" in result.stderr
    assert sptui("cases", "compare", kept, "--runs", "1", "3").exit_code == 2


def test_what_was_not_kept_must_be_given(sptui: Cli) -> None:
    sptui("triage", *FAILING, "-p", "BuyerEmail=jane@example.com")
    (found,) = listed(sptui)
    assert "jane" not in sptui("cases", "show", found["id"], "--json").stdout
    result = sptui("cases", "run", found["id"])
    assert result.exit_code == 2
    assert "BuyerEmail" in result.stderr
    assert sptui("cases", "run", found["id"], "-p", "BuyerEmail=jane@example.com", fixed=True).exit_code == 0


def test_a_seller_who_has_gone_is_told(sptui: Cli) -> None:
    sptui("triage", *FAILING, "--seller", "A1", sellers=2)
    (found,) = listed(sptui)
    result = sptui("cases", "run", found["id"])
    assert result.exit_code == 2
    assert "no longer among the sellers" in result.stderr


def test_it_is_written_out(sptui: Cli, kept: str) -> None:
    assert sptui("cases", "export", kept).stdout.startswith("# ")
    assert json.loads(sptui("cases", "export", kept, "--json").stdout)["culprits"] == ["OrderStatuses"]
    assert sptui("cases", "export", kept, "--json", "--markdown").exit_code == 2


def test_it_is_removed(sptui: Cli, kept: str) -> None:
    assert sptui("cases", "remove", kept).exit_code == 0
    assert listed(sptui) == []
    result = sptui("cases", "remove", kept)
    assert result.exit_code == 2
    assert "sptui cases list" in result.stderr


@pytest.mark.parametrize("command", ["show", "run", "compare", "export"])
def test_a_case_that_is_not_there(sptui: Cli, command: str) -> None:
    result = sptui("cases", command, "no-such-case")
    assert result.exit_code == 2
    assert "no-such-case" in result.stderr


def test_a_simulated_case_is_not_kept() -> None:
    result = CliRunner().invoke(cli, ["--simulate", "triage", "--seller", "Northwind Outdoor@NA", *ORDERS])
    assert "Kept as" not in result.stderr
