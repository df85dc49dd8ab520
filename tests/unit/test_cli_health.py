"""``sptui health``: what it prints, with which exit status, when a report is made, what is told of changes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cli_world import GONE, WELL, run, seller, world_file

from sptui.cli import health as command
from sptui.cli.change_notice import ChangeNotice
from sptui.cli.health_report import report_text
from sptui.cli.output import CommandError, Exit
from sptui.health.metric import Leftover
from sptui.health.summary import HealthSummary
from sptui.settings import Config
from sptui.settings.config import HealthConfig
from sptui.simulator.world import demo_world
from sptui.workspace import Workspace

SICK_STORE = """A13V1IB3VIYZZH
status = "DEACTIVATED"
[seller.marketplace.metrics.lateShipmentRate]
status = "BAD"
rate = 0.061
[seller.marketplace.metrics.onTimeDeliveryRate]
status = "GOOD"
rate = 0.4286
[[seller.status_change]]
time = "2024-10-02T08:15:00Z"
from = "NORMAL"
to = "DEACTIVATED"
"""


@pytest.fixture
def world(tmp_path: Path) -> str:
    return world_file(tmp_path, WELL, seller("Sick", "A2SICK00000002", "EU", SICK_STORE), GONE)


@pytest.mark.parametrize(("seller", "status"), [("Well", 0), ("Sick", 1), ("Gone", 3), ("Nobody", 2)])
def test_the_exit_status_tells_how_the_seller_stands(world: str, seller: str, status: int) -> None:
    assert run("--simulate", world, "health", seller).exit_code == status


def test_people_read_the_verdict_the_bad_metrics_and_where_a_person_acts(world: str) -> None:
    output = run("--simulate", world, "health", "Sick").output
    assert "Sick · EU · has problems" in output
    assert "Today: not FR: account DEACTIVATED" in output
    assert re.search(r"BAD +FR +Late shipment rate +6.1 % +< 4 %", output)
    assert "although the target is missed" in output
    assert "NORMAL -> DEACTIVATED (notification)" in output
    assert "FR: a person looks at https://sellercentral-europe.amazon.com/" in output


def test_all_stand_worst_first_for_people(world: str) -> None:
    lines = run("--simulate", world, "health", "--all").output.splitlines()
    told = [line.split(" · ")[0] for line in lines if " · " in line and not line.startswith(" ")]
    assert told == ["Sick", "Gone", "Well"]


def test_json_tells_status_history_and_metrics(world: str) -> None:
    result = run("--simulate", world, "health", "--json", "Sick")
    entry = json.loads(result.stdout)
    assert entry["account_status"][0]["status"] == "DEACTIVATED"
    assert [each["to"] for each in entry["status_history"]] == ["DEACTIVATED"]
    late = next(each for each in entry["metrics"] if each["metric"] == "lateShipmentRate")
    assert (late["status"], late["value"], late["target"], late["condition"]) == ("BAD", 0.061, 0.04, "LESS_THAN")


def test_sellers_and_all_together_are_refused(world: str) -> None:
    assert run("--simulate", world, "health", "--all", "Well").exit_code == 2


async def closed(workspace: Workspace) -> Workspace:
    await workspace.close()
    return workspace


@pytest.mark.parametrize(
    ("config", "flag", "terminal", "made"),
    [
        (Config(), None, False, False),
        (Config(), None, True, True),
        (Config(), True, False, True),
        (Config(), False, True, False),
        (Config(sources={"health.create_reports": "config.toml"}), None, False, True),
        (Config(health=HealthConfig(create_reports=False)), None, True, False),
        (Config(read_only=True), True, True, False),
    ],
    ids=["alone", "in-a-terminal", "asked-for", "refused", "by-config", "config-says-no", "read-only"],
)
async def test_a_report_is_made_only_where_somebody_agreed(
    config: Config, flag: bool | None, terminal: bool, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await closed(Workspace.simulate(demo_world(), config))
    monkeypatch.setattr(Workspace, "simulated", property(lambda _: False))
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"isatty": lambda _: terminal})())
    assert command._may_create(workspace, flag) is made


def test_text_from_the_network_moves_no_cursor() -> None:
    summary = HealthSummary("One\x1b[31m", "NA", None, None, leftovers=(Leftover("", "x", '"\x1b[2J"'),))
    text = report_text(summary)
    assert "\x1b" not in text
    assert "not understood, as Amazon sent it" in text


# Telling of changes ---------------------------------------------------------------------------------------------


class FakeApprise:
    """What the library does, without sending."""

    sent: list[tuple[str, str]] = []  # noqa: RUF012 - shared on purpose
    delivers = True

    def __init__(self) -> None:
        self.services = 0

    def add(self, config: FakeConfig) -> None:
        self.services += config.services

    def __len__(self) -> int:
        return self.services

    def notify(self, *, body: str, title: str, body_format: str) -> bool:
        assert body_format == "text"
        FakeApprise.sent.append((title, body))
        return FakeApprise.delivers


class FakeConfig:
    """A file with one service a line."""

    def __init__(self) -> None:
        self.services = 0

    def add(self, path: str) -> None:
        self.services += len(Path(path).read_text(encoding="utf-8").splitlines())


@pytest.fixture
def apprise(monkeypatch: pytest.MonkeyPatch) -> type[FakeApprise]:
    module: Any = ModuleType("apprise")
    module.Apprise, module.AppriseConfig = FakeApprise, FakeConfig
    module.NotifyFormat = type("NotifyFormat", (), {"TEXT": "text"})
    monkeypatch.setitem(sys.modules, "apprise", module)
    FakeApprise.sent, FakeApprise.delivers = [], True
    return FakeApprise


@pytest.fixture
def services(tmp_path: Path) -> str:
    path = tmp_path / "apprise.conf"
    path.write_text("mailto://user:canary-password@example.org\n", encoding="utf-8")
    return str(path)


def test_without_the_library_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, services: str) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(CommandError, match=r"pip install 'sptui\[notify\]'") as caught:
        ChangeNotice(services)
    assert caught.value.exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("path", "told"),
    [("", "notify_config"), ("/nowhere/apprise.yml", "is not there")],
    ids=["not-set", "no-such-file"],
)
def test_a_missing_file_is_told(path: str, told: str, apprise: type[FakeApprise]) -> None:
    with pytest.raises(CommandError, match=told):
        ChangeNotice(path)


def test_a_file_without_services_is_told(tmp_path: Path, apprise: type[FakeApprise]) -> None:
    empty = tmp_path / "empty.yml"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match="names no service"):
        ChangeNotice(str(empty))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library imports what Python 3.13 dropped
async def test_the_real_library_reads_such_a_file(services: str) -> None:
    assert len(ChangeNotice(services)._sender) == 1


async def test_only_changes_are_told_and_each_once(apprise: type[FakeApprise], services: str) -> None:
    from sptui.simulator.clock import ManualClock

    clock = ManualClock()
    workspace = Workspace.simulate(demo_world(), clock=clock)
    try:
        harbor = workspace.accounts.find("Harbor & Pine Home")
        notice = ChangeNotice(services)
        await workspace.monitor.refresh_all(harbor)
        await command._tell_changes(workspace, list(harbor), notice)
        assert apprise.sent == []  # the first time there is nothing to compare with
        clock.advance(60)
        change_everywhere(workspace, clock)
        apprise.delivers = False
        await command._tell_changes(workspace, list(harbor), notice)
        apprise.delivers = True
        clock.advance(60)
        await command._tell_changes(workspace, list(harbor), notice)  # not delivered: told again
        clock.advance(60)
        await command._tell_changes(workspace, list(harbor), notice)
        assert [title for title, _ in apprise.sent] == ["sptui: 1 seller changed"] * 2
        assert apprise.sent[1][1].startswith("Harbor & Pine Home · NA: account DEACTIVATED")
        assert "canary" not in str(apprise.sent)
    finally:
        await workspace.close()


def change_everywhere(workspace: Workspace, clock: Any) -> None:
    """Amazon's notification that the account was deactivated."""
    from sptui.health.status_change import StatusChange, StatusSource

    (authorization,) = workspace.accounts.find("Harbor & Pine Home")
    change = StatusChange(
        "n-1", authorization.seller_id, authorization.region, "", clock.now(), "NORMAL", "DEACTIVATED",
        StatusSource.NOTIFICATION,
    )  # fmt: skip
    workspace.history.store_status_changes([change])
    workspace.monitor.heard(authorization, change)


async def test_a_long_list_of_changes_is_cut(apprise: type[FakeApprise], services: str) -> None:
    await ChangeNotice(services).send([f"Seller {number}: changed" for number in range(100)])
    title, body = apprise.sent[0]
    assert title == "sptui: 100 sellers changed"
    assert len(body.splitlines()) == 41
    assert body.endswith("and 60 more")
