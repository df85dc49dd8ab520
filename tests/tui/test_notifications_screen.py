"""The notifications' screen: what is remembered, the set-up with its questions, the queue, files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sptui.health.notifications.queue import Queue, QueueMessage
from sptui.health.notifications.queue_check import suggested_policy
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.service import Notifications
from sptui.health.notifications.subscriptions import Subscription
from sptui.settings import Config, NotificationsConfig
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.tui.screens.notifications import NotificationsScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.workspace import Workspace

from .amazon import DE, US, Amazon
from .conftest import APPLICATION, refreshing, settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/sptui"
ARN = "arn:aws:sqs:eu-west-1:123456789012:sptui"
CONFIG = Config(notifications=NotificationsConfig(queue_url=URL, own_queue=True))
SUBSCRIPTIONS = "/notifications/v1/subscriptions/ACCOUNT_STATUS_CHANGED"
Open = Callable[..., SptuiApp]


class NotifyingAmazon(Amazon):
    """Keeps destinations by host and subscriptions by token; ``changes`` are the calls with side effects."""

    def __init__(self) -> None:
        super().__init__()
        self.destinations: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[str, dict[str, str]] = {}
        self.changes: list[str] = []

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if "client_credentials" in request.content.decode():
            return httpx.Response(200, json={"access_token": "Atc|app", "expires_in": 3600})
        if not request.url.path.startswith("/notifications/"):
            return await super()._answer(request)
        await self.gate.wait()
        if request.method != "GET":
            self.changes.append(f"{request.method} {request.url.path}")
        body = json.loads(request.content) if request.content else {}
        if "/destinations" in request.url.path:
            return self._destination(request, body)
        return self._subscription(request, body)

    def _destination(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        host = request.url.host
        if request.method == "GET":
            return httpx.Response(200, json={"payload": [self.destinations[host]] if host in self.destinations else []})
        if request.method == "DELETE":
            del self.destinations[host]
            return httpx.Response(200, json={})
        shown = {"destinationId": f"dest-{host}", "name": body["name"], "resource": body["resourceSpecification"]}
        self.destinations[host] = shown
        return httpx.Response(200, json={"payload": shown})

    def _subscription(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        token = request.headers["x-amz-access-token"]
        if request.method == "DELETE":
            wanted = request.url.path.rpartition("/")[2]
            gone = next(key for key, each in self.subscriptions.items() if each["subscriptionId"] == wanted)
            del self.subscriptions[gone]
            return httpx.Response(200, json={})
        if "kestrel" in token:
            error = {"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}
            return httpx.Response(403, json={"errors": [error]})
        if request.method == "POST":
            self.subscriptions[token] = {"subscriptionId": f"sub-{token[5:]}", **body}
        if token not in self.subscriptions:
            return httpx.Response(404, json={"errors": [{"code": "NotFound", "message": "None.", "details": ""}]})
        return httpx.Response(200, json={"payload": self.subscriptions[token]})


class FakeQueue:
    """Bodies that are received once, and problems that are raised before."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.deleted: list[str] = []
        self.problems: list[QueueError] = []
        self.arrived = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Queue]:
        if self.problems:
            raise self.problems.pop(0)
        yield self

    async def attributes(self) -> Mapping[str, str]:
        return {"QueueArn": ARN, "Policy": suggested_policy(ARN), "ApproximateNumberOfMessages": "0"}

    async def receive(self, *, wait_seconds: int, hide_seconds: int) -> Sequence[QueueMessage]:
        if not self.bodies and wait_seconds == 20:
            await self.arrived.wait()
        found = [QueueMessage(f"m-{place}", f"r-{place}", each) for place, each in enumerate(self.bodies)]
        self.bodies = []
        self.arrived.clear()
        return found

    async def give_back(self, messages: Sequence[QueueMessage]) -> None:
        pass

    async def delete(self, messages: Sequence[QueueMessage]) -> None:
        self.deleted += [each.message_id for each in messages]


def message(subscription: str = "sub-north", id_: str = "n-1") -> dict[str, Any]:
    return {
        "notificationType": "ACCOUNT_STATUS_CHANGED",
        "eventTime": "2026-11-23T09:00:00Z",
        "payload": {
            "accountStatusChangeNotification": {"previousAccountStatus": "NORMAL", "currentAccountStatus": "AT_RISK"}
        },
        "notificationMetadata": {"subscriptionId": subscription, "notificationId": id_},
    }


@pytest.fixture
def amazon() -> NotifyingAmazon:
    found = NotifyingAmazon()
    found.answers = {f"Atzr|{name}": (200, {"payload": [US]}) for name in ("northwind-na", "blueheron", "markup")}
    found.answers["Atzr|northwind-eu"] = (200, {"payload": [DE]})
    return found


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    made = FakeQueue()
    init = Notifications.__init__

    def with_fake(self: Notifications, *arguments: Any, **options: Any) -> None:
        init(self, *arguments, **{**options, "opens": made.open})

    monkeypatch.setattr(Notifications, "__init__", with_fake)
    return made


@pytest.fixture
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue is read by hand alone."""

    async def rest(app: SptuiApp) -> None:
        del app

    monkeypatch.setattr("sptui.tui.queue_watch.watch_queue", rest)


def screen(app: SptuiApp) -> NotificationsScreen:
    assert isinstance(app.screen, NotificationsScreen)
    return app.screen


def standings(app: SptuiApp) -> list[str]:
    table = screen(app).query_one(KeyedTable)
    return [table.get_row(key)[2].plain for key in table.keys]


def remember(workspace: Workspace) -> None:
    """Northwind in NA was subscribed in an earlier run, and Amazon told of a change."""
    store = workspace.notifications.store
    found = Subscription("sub-north", APPLICATION.client_id, "A1NORTHWIND001", Region.NA, "dest-1")
    store.book.remember_subscription(found)
    workspace.notifications.take_file(json.dumps(message()).encode())


@asynccontextmanager
async def showing(
    workspace: Workspace, size: tuple[int, int] = (80, 24), *, notifications: bool = False
) -> AsyncIterator[tuple[SptuiApp, Pilot[None]]]:
    """The notifications' screen, once all sellers were read."""
    app = SptuiApp(workspace)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        await settle(pilot)
        await open_screen(pilot)
        yield app, pilot


async def open_screen(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.press("N")
    await until_front(pilot, NotificationsScreen)


async def answer(pilot: Pilot[None], choice: str) -> None:
    """Waits for a question and answers it."""
    question = await until_front(pilot, QuestionScreen)
    await pilot.press(str(question._question.choices.index(choice) + 1))
    await until(pilot, lambda front: front is not question, "what follows the question")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_looks_as_approved_with_what_is_remembered(
    make_workspace: Callable[..., Workspace], queue: FakeQueue, unwatched: None, size: tuple[int, int]
) -> None:
    workspace = make_workspace(config=CONFIG)
    remember(workspace)
    async with showing(workspace, size) as (app, _pilot):
        assert_screen(app, f"notifications-{size[0]}x{size[1]}")


async def test_looks_as_approved_without_a_queue(make_workspace: Callable[..., Workspace]) -> None:
    async with showing(make_workspace()) as (app, pilot):
        assert_screen(app, "notifications-no-queue-80x24")
        await pilot.press("r")
        await until_shown(pilot, "No queue is set")


async def test_looks_as_approved_without_sellers(make_workspace: Callable[..., Workspace], unwatched: None) -> None:
    async with showing(make_workspace(sellers=(), config=CONFIG)) as (app, _pilot):
        assert_screen(app, "notifications-empty-80x24")


async def test_setting_up_all_asks_before_every_change(
    make_workspace: Callable[..., Workspace], amazon: NotifyingAmazon, queue: FakeQueue, unwatched: None
) -> None:
    async with showing(make_workspace(config=CONFIG), notifications=True) as (app, pilot):
        assert standings(app) == ["? not asked yet"] * 5
        await pilot.press("S")
        await until_front(pilot, QuestionScreen)
        assert amazon.changes == []
        assert_screen(app, "notifications-question-80x24")
        await answer(pilot, "yes")
        await answer(pilot, "yes to all")
        await until_shown(pilot, "subscribed.")
        assert standings(app) == ["● subscribed"] * 3 + ["✖ failed", "● subscribed"]
        assert len(amazon.changes) == 2 + 4
        for _ in range(3):
            await pilot.press("j")
        await pilot.pause()
        assert_screen(app, "notifications-set-up-80x24")


async def test_a_no_sends_nothing(
    make_workspace: Callable[..., Workspace], amazon: NotifyingAmazon, queue: FakeQueue, unwatched: None
) -> None:
    async with showing(make_workspace(config=CONFIG)) as (app, pilot):
        await pilot.press("s")
        await until_front(pilot, QuestionScreen)
        await pilot.press("escape")
        await until_shown(pilot, "0 of 1 subscribed")
        assert standings(app)[0] == "- not done"
        await pilot.press("S")
        await answer(pilot, "no to all")
        await until_shown(pilot, "0 of 5 subscribed")
        assert amazon.changes == []


async def test_undo_takes_back_what_was_set_up(
    make_workspace: Callable[..., Workspace], amazon: NotifyingAmazon, queue: FakeQueue, unwatched: None
) -> None:
    async with showing(make_workspace(config=CONFIG)) as (_app, pilot):
        await pilot.press("S")
        await answer(pilot, "yes to all")
        await until_shown(pilot, "4 of 5 subscribed")
        await pilot.press("r")
        await until_shown(pilot, "4 of 5 subscribed")
        await until_shown(pilot, "Amazon may deliver")
        await pilot.press("U")
        await answer(pilot, "yes to all")
        await until_shown(pilot, "destinations deleted")
        assert (amazon.destinations, amazon.subscriptions) == ({}, {})


async def test_escape_stops_what_runs_and_a_further_escape_leaves(
    make_workspace: Callable[..., Workspace], amazon: NotifyingAmazon, queue: FakeQueue, unwatched: None
) -> None:
    async with showing(make_workspace(config=CONFIG)) as (_app, pilot):
        amazon.gate.clear()
        await pilot.press("S")
        await until_shown(pilot, "setting up")
        await pilot.press("escape")
        await until_shown(pilot, "Stopped.")
        amazon.gate.set()
        await pilot.press("escape")
        await until(pilot, lambda front: not isinstance(front, NotificationsScreen), "the screen before")
        assert amazon.changes == []


async def test_reading_by_hand_and_a_queue_that_fails(
    make_workspace: Callable[..., Workspace], queue: FakeQueue, unwatched: None
) -> None:
    workspace = make_workspace(config=CONFIG)
    remember(workspace)
    async with showing(workspace) as (app, pilot):
        queue.problems = [QueueError("expired", "The AWS credentials have expired: [/x] sign in again.")]
        await pilot.press("n")
        await until_shown(pilot, "have expired")
        assert_screen(app, "notifications-failed-80x24")
        queue.bodies = [json.dumps(message(id_="n-2")), json.dumps(message(id_="n-1"))]
        await pilot.press("n")
        await until_shown(pilot, "2 received, 1 new")
        assert queue.deleted == ["m-0", "m-1"]
        assert "A notification is missing: on 2026-11-23" in screen_text(app)


async def test_while_the_app_runs_the_queue_is_read_and_the_report_asked_for(
    make_workspace: Callable[..., Workspace], amazon: NotifyingAmazon, queue: FakeQueue
) -> None:
    workspace = make_workspace(config=CONFIG)
    remember(workspace)
    who = workspace.accounts.authorizations()[0]
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        known = workspace.monitor.known
        await until(pilot, lambda _: known(who).latest is not None and not refreshing(workspace), "the first reading")
        asked = amazon.asked["Atzr|northwind-na"]
        queue.bodies = [json.dumps({**message(id_="n-2"), "eventTime": "2026-11-23T11:00:00Z"})]
        queue.arrived.set()
        await until(pilot, lambda _: amazon.asked["Atzr|northwind-na"] > asked, "the question to Amazon")
        notified = workspace.monitor.known(who).notified
        assert notified is not None
        assert notified.id == "n-2"


async def test_a_queue_that_cannot_be_read_is_told_among_the_modes(
    make_workspace: Callable[..., Workspace], queue: FakeQueue
) -> None:
    queue.problems = [QueueError("network", "AWS was not reached.")] * 3
    app = SptuiApp(make_workspace(config=CONFIG))
    async with app.run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "queue failing")
        await open_screen(pilot)
        await until_shown(pilot, "not being read: AWS was not reached.")


async def test_a_file_is_imported_for_a_seller(
    make_workspace: Callable[..., Workspace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unwatched: None
) -> None:
    workspace = make_workspace(config=CONFIG)
    monkeypatch.chdir(tmp_path)
    path = Path("notifications.jsonl")
    path.write_text(json.dumps(message(subscription="sub-unknown")) + "\n{cut\n", encoding="utf-8")  # noqa: ASYNC240
    async with showing(workspace) as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda front: bool(front.query("#path")), "the form")
        app.screen.query_one("#path", Input).value = "none"
        await pilot.press("enter")
        await until_shown(pilot, "cannot be read")
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("enter")
        await until_shown(pilot, "1 of subscriptions that are not known")
        assert_screen(app, "notifications-import-80x24")
        app.screen.query_one("#seller").value = workspace.accounts.authorizations()[1].key  # type: ignore[attr-defined]
        app.screen.query_one("#path", Input).focus()
        await pilot.press("enter")
        await until_shown(pilot, "1 new")
        assert [each.region for each in workspace.history.status_changes()] == [Region.EU]


async def test_without_colours_every_state_has_a_word(
    make_workspace: Callable[..., Workspace], queue: FakeQueue, unwatched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    workspace = make_workspace(config=CONFIG)
    remember(workspace)
    async with showing(workspace) as (app, _pilot):
        assert standings(app)[:2] == ["● subscribed", "? not asked yet"]
