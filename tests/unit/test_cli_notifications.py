"""``sptui notifications``: exit statuses, JSON on stdout and nothing else there, no change without a yes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from health.notifications.amazon import TYPE_PATH, Amazon, error
from health.notifications.fake_queue import FakeQueue
from health.notifications.samples import APPLICATION, CANARY, HERON, NORTHWIND, OTHER, notification, text

from sptui.cli import notifications as module
from sptui.cli.main import cli
from sptui.health.history import History
from sptui.health.notifications.queue_check import suggested_policy
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.service import Notifications
from sptui.settings import Accounts, Config, NotificationsConfig
from sptui.simulator.clock import ManualClock
from sptui.spapi.authorization import Application, Seller
from sptui.spapi.redaction import Secret
from sptui.vault import MemoryVault
from sptui.workspace import Workspace

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/sptui"
ARN = "arn:aws:sqs:eu-west-1:123456789012:sptui"
SELLERS = (Seller("Northwind", (NORTHWIND,)), Seller("Heron", (HERON,)))
Run = Callable[..., Result]


class World:
    """What the commands meet; the history outlives each of them."""

    def __init__(self, folder: Path) -> None:
        self.amazon = Amazon()
        self.queue = FakeQueue()
        self.queue.attributes_told = {"QueueArn": ARN, "Policy": suggested_policy(ARN)}
        self.config = Config(notifications=NotificationsConfig(queue_url=URL))
        self.sellers: tuple[Seller, ...] = SELLERS
        self._folder = folder

    def workspace(self, _: object) -> Workspace:
        secrets = {APPLICATION: Secret(f"amzn1.oa2-cs.v1.{CANARY}")}
        tokens = {each.key: Secret(f"Atzr|{each.key}") for each in (NORTHWIND, HERON)}
        accounts = Accounts(applications=(Application(APPLICATION, "app"),), sellers=self.sellers)
        return Workspace(
            self.config, accounts, MemoryVault(secrets, tokens),
            data_folder=self._folder, transport=lambda: httpx.MockTransport(self.amazon._answer), clock=ManualClock(),
        )  # fmt: skip

    def stored(self) -> list[str]:
        history = History(self._folder / "history.sqlite3")
        try:
            return [f"{each.id} {each.seller_id} {each.source}" for each in history.status_changes()]
        finally:
            history.close()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path / "data")
    init = Notifications.__init__

    def with_fake(self: Notifications, *arguments: Any, **options: Any) -> None:
        init(self, *arguments, **{**options, "opens": made.queue.open})

    monkeypatch.setattr(Notifications, "__init__", with_fake)
    monkeypatch.setattr(module, "workspace_of", made.workspace)
    return made


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    seen: list[Result] = []

    def invoke(*arguments: str, stdin: str | bytes = "") -> Result:
        result = CliRunner().invoke(cli, ["notifications", *arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        seen.append(result)
        return result

    yield invoke
    for each in seen:
        assert CANARY not in each.output


def lines(result: Result) -> list[Any]:
    return [json.loads(each) for each in result.stdout.splitlines()]


def test_check_judges_the_queue(run: Run, world: World) -> None:
    result = run("check")
    assert (result.exit_code, "Amazon may deliver" in result.stdout) == (0, True)
    world.queue.attributes_told = {"QueueArn": ARN}
    result = run("check", "--json")
    (told,) = lines(result)
    assert result.exit_code == 1
    assert {each["check"]: each["state"] for each in told["checks"]}["policy"] == "problem"


def test_without_a_queue_or_sellers_it_is_a_matter_of_usage(run: Run, world: World) -> None:
    world.config = Config()
    for command in (("check",), ("setup",), ("read",)):
        result = run(*command)
        assert (result.exit_code, "No queue is set" in result.stderr) == (2, True), command
    world.config, world.sellers = Config(notifications=NotificationsConfig(queue_url=URL)), ()
    assert run("setup").exit_code == 2
    assert run("status", "Nobody").exit_code == 2


def test_setup_changes_nothing_without_a_yes(run: Run, world: World) -> None:
    result = run("setup", "--json")
    assert (result.exit_code, world.amazon.changes) == (1, [])
    assert [each["standing"] for each in lines(result)] == ["declined"] * 2
    assert "only with --yes" in result.stderr


def test_setup_with_yes_then_status_then_undo(run: Run, world: World) -> None:
    result = run("setup", "--yes", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert {each["seller"]: each["standing"] for each in lines(result)} == {
        "Northwind": "subscribed", "Heron": "subscribed"
    }  # fmt: skip
    result = run("status")
    assert (result.exit_code, result.stdout.count("subscribed")) == (0, 2)
    assert "none yet" in result.stdout
    result = run("undo", "Heron", "--yes", "--json")
    assert [(each["seller"], each["standing"]) for each in lines(result)] == [("Heron", "not subscribed")]
    assert len(world.amazon.destinations) == 1
    result = run("status", "--json")
    assert (result.exit_code, sorted(each["standing"] for each in lines(result))) == (
        1,
        ["not subscribed", "subscribed"],
    )
    result = run("undo", "--yes")
    assert (result.exit_code, "Deleted the destination sptui" in result.stderr) == (0, True)
    assert (world.amazon.destinations, world.amazon.subscriptions) == ({}, {})


def test_read_only_sends_nothing_even_with_yes(run: Run, world: World) -> None:
    world.config = Config(read_only=True, notifications=NotificationsConfig(queue_url=URL))
    result = run("setup", "--yes")
    assert (result.exit_code, world.amazon.changes) == (1, [])
    assert "read_only" in result.stderr


def test_exit_statuses_tell_a_refusal_from_a_network_that_is_down(run: Run, world: World) -> None:
    world.amazon.failing[f"POST {TYPE_PATH}"] = [error(403, "Unauthorized", "Access to requested resource is denied.")]
    result = run("setup", "Heron", "--yes")
    assert (result.exit_code, "Selling Partner Insights" in result.stderr) == (1, True)
    world.amazon.failing["GET /notifications/v1/destinations"] = [(0, None)] * 3
    assert run("setup", "Heron", "--yes").exit_code == 3


def test_reading_stores_and_leaves_the_queue(run: Run, world: World) -> None:
    run("setup", "--yes")
    ids = {token: each["subscriptionId"] for (_, token), each in world.amazon.subscriptions.items()}
    ours = ids[f"Atza|{NORTHWIND.key}"]
    world.queue.send(notification(id="n-1", subscription=ours), OTHER, notification(id="n-2", subscription="?"))
    result = run("read", "--json")
    assert result.exit_code == 0
    assert lines(result) == [
        {"time": "2026-11-20T08:15:00.284000Z", "seller_id": "A1NORTHWIND", "region": "NA", "from": "NORMAL",
         "to": "AT_RISK", "source": "notification"}
    ]  # fmt: skip
    assert (world.queue.deleted, len(world.queue.bodies)) == ([], 3)
    result = run("read")
    assert result.stdout == ""
    assert "3 messages received. 1 known already; 1 of a subscription that is not known; 1 of other types" in (
        result.stderr
    )
    assert world.stored() == ["n-1 A1NORTHWIND notification"]
    assert "2026-11-20 08:15 UTC" in run("status").stdout


def test_a_queue_of_ones_own_is_emptied(run: Run, world: World) -> None:
    world.config = Config(notifications=NotificationsConfig(queue_url=URL, own_queue=True))
    run("setup", "--yes")
    (ours,) = [each["subscriptionId"] for (_, token), each in world.amazon.subscriptions.items() if "HERON" in token]
    world.queue.send(notification(subscription=ours))
    assert run("read").exit_code == 0
    assert world.queue.bodies == {}


def test_a_queue_that_fails_is_told(run: Run, world: World) -> None:
    world.queue.problems["open"] = [QueueError("expired", "The AWS credentials have expired.")]
    result = run("read", "--json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "have expired" in result.stderr
    world.queue.problems["open"] = [QueueError("extra", "Install it: pip install 'sptui[aws]'")]
    assert run("check").exit_code == 2


def test_importing_takes_files_folders_and_standard_input(run: Run, world: World, tmp_path: Path) -> None:
    folder = tmp_path / "exported" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(text([notification(id="n-1"), OTHER]), encoding="utf-8")
    (folder / "b.jsonl").write_text(f"{text(notification(id='n-2'))}\n{text(notification(id='n-1'))}\n")
    (folder / "notes.txt").write_text("not looked at")
    result = run("import", str(tmp_path / "exported"), "--seller", "Heron", "--json")
    assert (result.exit_code, [each["seller_id"] for each in lines(result)]) == (0, ["A2HERON"] * 2)
    result = run("import", "-", "--seller", "Heron", stdin=text(notification(id="n-3")))
    assert (result.exit_code, "AT_RISK" in result.stdout) == (0, True)
    assert world.stored() == [f"n-{number} A2HERON import" for number in (1, 2, 3)]
    assert "1 new." in result.stderr


def test_an_import_of_an_unknown_subscription_waits_for_the_setup(run: Run, world: World, tmp_path: Path) -> None:
    path = tmp_path / "later.json"
    path.write_text(text(notification(subscription="sub-2")))
    result = run("import", str(path))
    assert (result.exit_code, world.stored()) == (0, [])
    assert "1 of subscriptions that are not known" in result.stderr
    result = run("setup", "--yes")
    assert "1 message had waited" in result.stderr
    assert len(world.stored()) == 1


def test_a_look_finds_out_whose_a_subscription_is(run: Run, world: World, tmp_path: Path) -> None:
    run("setup", "Heron", "--yes")
    (tmp_path / "data" / "history.sqlite3").unlink()  # another machine's sptui made the set-up
    for each in (tmp_path / "data").glob("history.sqlite3-*"):
        each.unlink()
    (ours,) = [each["subscriptionId"] for each in world.amazon.subscriptions.values()]
    world.queue.send(notification(subscription=ours))
    assert "1 of subscriptions that are not known" in run("read").stderr
    result = run("status", "Heron")
    assert (result.exit_code, "1 message had waited" in result.stderr) == (0, True)
    assert world.stored() == ["n-1 A2HERON notification"]


def test_poison_and_gaps_are_told(run: Run, world: World) -> None:
    assert "Every message could be read" in run("aside").stderr
    first, third = (
        notification("NORMAL", "AT_RISK", id="n-1"),
        notification("X", "Y", id="n-3", at="2026-11-21T08:15:00Z"),
    )
    run("setup", "Heron", "--yes")
    world.queue.send({"notificationType": "ACCOUNT_STATUS_CHANGED", "refresh_token": f"Atzr|{CANARY}"})
    for each in (first, third):
        world.queue.send({**each, "notificationMetadata": {**each["notificationMetadata"], "subscriptionId": "sub-2"}})
    result = run("read")
    assert "A2HERON@NA: AT_RISK was last known, and a notification tells a change from X on 2026-11-21" in result.stderr
    assert "1 could not be read" in result.stderr
    (told,) = lines(run("aside", "--json"))
    assert told["reason"] == "it tells no currentAccountStatus"
    assert "it tells no currentAccountStatus" in run("aside").stdout


def test_what_cannot_be_imported(run: Run, world: World, tmp_path: Path) -> None:
    result = run("import", str(tmp_path / "none.json"))
    assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)
    (tmp_path / "empty").mkdir()
    assert run("import", str(tmp_path / "empty")).exit_code == 2
    path = tmp_path / "bad.json"
    path.write_bytes(b"\xff\xfe\x00garbage\xd8")
    assert run("import", str(path)).exit_code == 2
    path.write_text(f"{text(notification())}\n{{cut {CANARY}")
    result = run("import", str(path), "--seller", "Heron")
    assert (result.exit_code, "1 of 2 could not be read" in result.stderr) == (1, True)
    assert run("import", str(path), "--seller", "Nobody").exit_code == 2


def test_the_group_is_in_the_help() -> None:
    assert "notifications" in CliRunner().invoke(cli, ["--help"]).output
