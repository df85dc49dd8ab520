"""Scenarios on the command line: the list, and a name wherever a world is expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_world import run

from sptui.cli.context import Invocation
from sptui.simulator.scenarios import scenario_names


def test_the_list_as_a_table() -> None:
    result = run("demo", "--list")
    assert result.exit_code == 0
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["name", "cause", "what", "is", "wrong"]
    assert [line.split()[0] for line in lines] == list(scenario_names())
    assert any(line.startswith("secret-expired") and "lwa" in line for line in lines)


def test_the_list_as_json() -> None:
    result = run("demo", "--list", "--json")
    found = {each["name"]: each for each in map(json.loads, result.stdout.splitlines())}
    assert tuple(found) == scenario_names()
    expired = found["secret-expired"]
    assert (expired["cause"], expired["twin"]) == ("lwa", "authorization-revoked")
    assert expired["tell"].startswith("Every seller")
    assert expired["calls"][0]["operation"] == "getOrders"
    assert found["token-missing"]["calls"][0]["request"]["method"] == "GET"


def test_json_alone_is_a_mistake() -> None:
    result = run("demo", "--json")
    assert result.exit_code == 2
    assert "--list" in result.output


def test_a_scenario_stands_before_any_command() -> None:
    result = run(
        "--simulate", "secret-expired", "triage", "--operation", "getOrders", "--json", "--seller", "Tidewater Toys",
        "-p", "MarketplaceIds=ATVPDKIKX0DER", "-p", "CreatedAfter=2026-01-01T00:00:00Z",
    )  # fmt: skip
    assert result.exit_code == 1, result.output
    assert json.loads(result.stdout)["verdict"][0]["cause"] == "lwa"
    listed = run("--simulate", "role-by-region", "sellers", "list")
    assert "Nightjar Notebooks" in listed.stdout


def test_a_wrong_name_tells_the_nearest() -> None:
    result = run("--simulate", "secret-expird", "health")
    assert result.exit_code == 2
    assert "did you mean 'secret-expired'" in result.output


def test_a_file_goes_before_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "role-missing").write_text(
        '[[seller]]\nid = "A1"\nname = "From the file"\nregion = "NA"\n', encoding="utf-8"
    )
    assert "From the file" in run("--simulate", "role-missing", "sellers", "list").stdout


def test_demo_opens_the_scenario_at_its_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Invocation] = []
    monkeypatch.setattr("sptui.cli.app.run_app", opened.append)
    assert run("demo", "--scenario", "brown-out", "--speed", "60").exit_code == 0
    assert run("demo").exit_code == 0
    assert [(each.simulate, each.speed) for each in opened] == [("brown-out", 60.0), ("demo", 1.0)]
    assert run("demo", "--speed", "0").exit_code == 2


def test_the_server_takes_a_scenario_or_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, float]] = []

    def serve(world: object, port: int, **more: object) -> None:
        scenario = getattr(world, "scenario", None)
        served.append((scenario.name if scenario else "", more["speed"]))  # type: ignore[arg-type]  # as given

    monkeypatch.setattr("sptui.simulator.serve.serve", serve)
    assert run("simulator", "--scenario", "brown-out", "--speed", "60").exit_code == 0
    assert served == [("brown-out", 60.0)]
    result = run("simulator", "--scenario", "brown-out", "--world", "x.toml")
    assert result.exit_code == 2
    assert "contradict" in result.output
    assert run("simulator", "--scenario", "nothing-like-it").exit_code == 2
