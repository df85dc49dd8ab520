"""The root command: what it imports, the simulated world before any command, health, log, completion, exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_world import GONE, imported_by, run, seller, world_file

from sptui import __version__
from sptui.cli.main import COMMANDS, SUMMARIES

CLOSED, SUSPENDED = "A1PA6795UKMFR9\nparticipating = false", "A13V1IB3VIYZZH\nsuspended_listings = true"


@pytest.fixture
def world(tmp_path: Path) -> str:
    well = seller("Well", "A1WELL00000001", "NA", "ATVPDKIKX0DER", "A2ZV50J4W1RKNI")
    return world_file(tmp_path, well, seller("Sick", "A2SICK00000002", "EU", CLOSED, SUSPENDED), GONE)


def test_version_imports_next_to_nothing() -> None:
    heavy = {"textual", "rich", "httpx", "keyring", "starlette", "uvicorn", "msgspec", "asyncio", "sqlite3"}
    assert not heavy & imported_by("--version")
    assert run("--version").output == f"sptui {__version__}\n"


def test_headless_commands_import_no_screen(world: str) -> None:
    assert not {"textual", "rich"} & imported_by("--simulate", world, "health", "--json")


def test_simulated_commands_touch_no_keyring(world: str) -> None:
    assert "keyring" not in imported_by("--simulate", world, "health", "--json")


def test_every_command_has_a_summary_and_can_be_imported() -> None:
    assert list(SUMMARIES) == list(COMMANDS)
    for name in COMMANDS:
        result = run(name, "--help")
        assert result.exit_code == 0, result.output


def test_health_prints_one_object_an_authorization(world: str) -> None:
    result = run("--simulate", world, "health", "--json")
    well, sick, gone = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 1
    assert (well["seller"], well["region"], well["healthy"], well["problems"]) == ("Well", "NA", True, [])
    assert well["participations"][0] == {
        "marketplace": "ATVPDKIKX0DER",
        "country": "US",
        "kind": "amazon",
        "participating": True,
        "suspended_listings": False,
        "store_name": "Well",
    }
    assert [each["kind"] for each in well["participations"]] == ["amazon", "pseudo"]
    assert sick["healthy"] is False
    assert sick["problems"] == ["FR: listings suspended"]  # nobody opened DE
    assert gone["healthy"] is None
    assert gone["as_of"] is None
    assert "invalid_grant" in gone["errors"][0]
    for each in (well, sick, gone):
        assert each.keys() == {
            "seller", "region", "as_of", "healthy", "problems", "participations", "account_status", "status_history",
            "metrics", "errors",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("seller", "status"), [("Well", 0), ("well@na", 0), ("A2SICK00000002", 1), ("Gone", 3), ("Nobody", 2)]
)
def test_health_exits_as_promised(world: str, seller: str, status: int) -> None:
    result = run("--simulate", world, "health", seller)
    assert result.exit_code == status, result.output


def test_health_in_words(world: str) -> None:
    result = run("--simulate", world, "health", "Sick")
    assert "Sick · EU · has problems" in result.stdout
    assert "! FR: listings suspended" in result.stdout


def test_simulate_without_a_file_is_the_demo_world() -> None:
    result = run("--simulate", "health", "Northwind Outdoor@NA", "--json")
    assert json.loads(result.stdout)["seller"] == "Northwind Outdoor"


def test_a_broken_world_tells_where(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[[seller]]\nid = 5\n", encoding="utf-8")
    result = run("--simulate", str(path), "health")
    assert result.exit_code == 2
    assert f"{path}:2:" in result.output


def test_a_missing_world_is_told(tmp_path: Path) -> None:
    result = run("--simulate", str(tmp_path / "none.toml"), "health")
    assert result.exit_code == 2
    assert "none.toml" in result.output


def test_a_broken_config_tells_where_and_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path))
    (tmp_path / "config.toml").write_text('refresh = "15m"\ntheme = 7\n', encoding="utf-8")
    result = run("health")
    assert result.exit_code == 2
    assert "config.toml:2:" in result.output
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == 'refresh = "15m"\ntheme = 7\n'


def test_an_unusable_data_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path))
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "file"))
    result = run("log", "tail")
    assert result.exit_code == 3
    assert "cannot be used" in result.output


def test_the_app_needs_a_terminal() -> None:
    result = run("demo")
    assert result.exit_code == 2
    assert "needs a terminal" in result.output


def test_usage_errors_exit_with_2() -> None:
    assert run("no-such-command").exit_code == 2
    assert run("health", "--no-such-option").exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_SPTUI_COMPLETE" in result.output
