"""The queue against SQS-compatible servers that nobody here wrote."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aws_servers import IN_CI, REGION, Server, client, program

from sptui.health.history import History
from sptui.health.notifications.queue import open_queue
from sptui.health.notifications.queue_check import CheckState, check_queue, suggested_policy
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.reader import QueueReader
from sptui.health.notifications.store import Fate, NotificationStore
from sptui.health.notifications.subscriptions import Subscription
from sptui.settings.queue_address import QueueAddress, read_queue_address
from sptui.spapi.regions import Region

NAMES = ("moto", "ministack")
MISSING = [name for name in NAMES if program(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING) and not IN_CI, reason=f"not installed: {', '.join(MISSING)}")

CHILD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sptui.health.history import History
from sptui.health.notifications import reader
from sptui.health.notifications.queue import open_queue
from sptui.health.notifications.store import NotificationStore
from sptui.settings.queue_address import read_queue_address

reader._HIDDEN_SECONDS = 1
address = read_queue_address(sys.argv[1], region=sys.argv[2])
history = History(Path(sys.argv[3]))
store = NotificationStore(history.database, history, lambda: datetime.now(UTC))

async def main():
    async with open_queue(address) as queue:
        async def killed(messages):
            os.kill(os.getpid(), signal.SIGKILL)
        queue.delete = killed
        class Same:
            async def __aenter__(self): return queue
            async def __aexit__(self, *_): pass
        await reader.QueueReader(Same, store, own_queue=True).read_once()

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Made-up credentials from the environment, and nothing of whoever runs the tests."""
    values = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module", params=NAMES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(request.param, tmp_path_factory.mktemp(request.param))
    made.start()
    yield made
    made.end()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.sqlite3")
    yield made
    made.close()


@pytest.fixture
def store(history: History) -> NotificationStore:
    made = NotificationStore(history.database, history, lambda: datetime.now(UTC))
    made.book.remember_subscription(Subscription("sub-1", "app", "A1NORTH", Region.EU, "dest-1"))
    return made


class Queue:
    """A new queue on a server, with Amazon's policy; ``send`` and ``waiting`` go past sptui."""

    def __init__(self, server: Server, url: str) -> None:
        self.server = server
        self.url = f"{server.url}/{url.split('/', 3)[3]}"

    @classmethod
    async def make(cls, server: Server, **attributes: str) -> Queue:
        name = f"q-{uuid.uuid4().hex}"
        policy = suggested_policy(f"arn:aws:sqs:{REGION}:{server.account}:{name}")
        async with client("sqs", server.url) as sqs:
            made = await sqs.create_queue(QueueName=name, Attributes={"Policy": policy, **attributes})
        return cls(server, made["QueueUrl"])

    @property
    def address(self) -> QueueAddress:
        return read_queue_address(self.url, region=REGION)

    def reader(self, store: NotificationStore, *, own_queue: bool, **options: Any) -> QueueReader:
        return QueueReader(lambda: open_queue(self.address), store, own_queue=own_queue, **options)

    async def send(self, *bodies: Any) -> None:
        async with client("sqs", self.server.url) as sqs:
            for start in range(0, len(bodies), 10):
                entries = [
                    {"Id": str(place), "MessageBody": each if isinstance(each, str) else json.dumps(each)}
                    for place, each in enumerate(bodies[start : start + 10])
                ]
                await sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    async def waiting(self) -> list[str]:
        """What another reader receives now."""
        found: list[str] = []
        async with client("sqs", self.server.url) as sqs:
            while True:
                answer = await sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=60)
                if not answer.get("Messages"):
                    return sorted(found)
                found += [each["Body"] for each in answer["Messages"]]


def message(number: int, previous: str, current: str, **metadata: str) -> dict[str, Any]:
    return {
        "notificationType": "ACCOUNT_STATUS_CHANGED",
        "eventTime": f"2026-11-{number:02d}T08:00:00.000Z",
        "payload": {
            "accountStatusChangeNotification": {"previousAccountStatus": previous, "currentAccountStatus": current}
        },
        "notificationMetadata": {
            "subscriptionId": "sub-1", "notificationId": f"n-{number}",
            "publishTime": f"2026-11-{number:02d}T08:03:00.000Z", **metadata,
        },
    }  # fmt: skip


FIRST = message(1, "NORMAL", "AT_RISK")
SECOND = message(2, "AT_RISK", "DEACTIVATED")
OTHER = {"NotificationType": "ORDER_CHANGE", "Payload": {}}
POISON = '{"notificationType": "ACCOUNT_STATUS_CHANGED", "payload": '


def ids(history: History) -> list[str]:
    return [each.id for each in history.status_changes()]


async def test_the_queue_is_judged_by_its_own_attributes(server: Server) -> None:
    queue = await Queue.make(server)
    await queue.send(FIRST)
    async with open_queue(queue.address) as opened:
        findings = check_queue(await opened.attributes(), own_queue=False)
    assert {each.state for each in findings} == {CheckState.OK}
    assert findings[-1].found == "about 1 waiting"
    bare = await Queue.make(server, Policy=suggested_policy("arn:aws:sqs:eu-west-1:1:another"))
    async with open_queue(bare.address) as opened:
        found = {each.check: each.state for each in check_queue(await opened.attributes(), own_queue=False)}
    assert found["policy"] is CheckState.PROBLEM


async def test_out_of_order_twice_and_among_poison(server: Server, store: NotificationStore, history: History) -> None:
    queue = await Queue.make(server)
    await queue.send(SECOND, POISON, FIRST, "\u2603 no JSON", FIRST, OTHER, message(3, "x", "y", subscriptionId="?"))
    done = await queue.reader(store, own_queue=True).read_once()
    assert ids(history) == ["n-1", "n-2"]
    assert (done.received, done.count(Fate.STORED), done.count(Fate.KNOWN)) == (7, 2, 1)
    left = await queue.waiting()
    assert len(left) == 3, "the other type, the unknown subscription, and what is no notification at all"
    assert not any("AT_RISK" in each for each in left)
    assert sorted(each.reason.partition(":")[0] for each in store.kept_aside()) == ["no JSON", "no JSON"]


async def test_a_queue_of_others_is_left_as_it_was(server: Server, store: NotificationStore, history: History) -> None:
    queue = await Queue.make(server)
    await queue.send(FIRST, OTHER, POISON, *(message(number, "a", "b") for number in range(3, 28)))
    reader = queue.reader(store, own_queue=False)
    assert (await reader.read_once()).count(Fate.STORED) == 26
    assert (await reader.read_once()).count(Fate.KNOWN) == 26
    assert len(ids(history)) == 26
    assert len(await queue.waiting()) == 28, "each is there for the next reader, at once"


async def test_killed_between_storing_and_deleting(server: Server, tmp_path: Path) -> None:
    queue = await Queue.make(server)
    await queue.send(FIRST)
    path = tmp_path / "killed.sqlite3"
    history = History(path)
    store = NotificationStore(history.database, history, lambda: datetime.now(UTC))
    store.book.remember_subscription(Subscription("sub-1", "app", "A1NORTH", Region.EU, "dest-1"))
    try:
        arguments = [sys.executable, "-c", CHILD, queue.url, REGION, str(path)]
        died = await asyncio.to_thread(subprocess.run, arguments, capture_output=True, timeout=60)
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert ids(history) == ["n-1"], "it was stored before it would have been deleted"
        done = await queue.reader(store, own_queue=True).read_once(wait_seconds=10)
        assert (done.count(Fate.KNOWN), ids(history)) == (1, ["n-1"])
        assert await queue.waiting() == []
    finally:
        history.close()


async def test_eventbridge_into_sqs(server: Server, store: NotificationStore, history: History) -> None:
    queue = await Queue.make(server)
    name = queue.url.rpartition("/")[2]
    # Amazon delivers to a partner's bus, which moto does not know. A source "aws.partner/…" is Amazon's alone to put.
    partner = f"aws.partner/sellingpartnerapi.amazon.com/{server.account}/{name}"
    bus = {"EventBusName": partner} if server.name == "ministack" else {}
    source = "tests.sptui"
    async with client("events", server.url) as events:
        if bus:
            await events.create_event_bus(Name=partner, EventSourceName=partner)
        await events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}), State="ENABLED", **bus)
        target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{server.account}:{name}"}
        await events.put_targets(Rule=name, Targets=[target], **bus)
        entry = {"Source": source, "DetailType": "ACCOUNT_STATUS_CHANGED", "Detail": json.dumps(FIRST), **bus}
        answer = await events.put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer["Entries"]
    done = await queue.reader(store, own_queue=True).read_once(wait_seconds=10)
    assert (done.count(Fate.STORED), ids(history)) == (1, ["n-1"])


async def test_a_queue_that_is_not_there(server: Server, store: NotificationStore) -> None:
    address = read_queue_address(f"{server.url}/{server.account}/never-made", region=REGION)
    reader = QueueReader(lambda: open_queue(address), store, own_queue=False)
    with pytest.raises(QueueError, match="There is no such queue") as told:
        await reader.read_once()
    assert told.value.kind == "queue"


async def test_dead_letters_are_not_used_up_by_watching(server: Server, store: NotificationStore) -> None:
    dead = await Queue.make(server)
    arn = f"arn:aws:sqs:{REGION}:{server.account}:{dead.url.rpartition('/')[2]}"
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    queue = await Queue.make(server, RedrivePolicy=policy)
    await queue.send(OTHER)
    told: asyncio.Queue[str] = asyncio.Queue()
    watching = asyncio.ensure_future(queue.reader(store, own_queue=False, on_problem=told.put_nowait).watch())
    assert "dead-letter queue" in await asyncio.wait_for(told.get(), 20)
    await _cancel(watching)
    assert len(await queue.waiting()) == 1


async def test_a_watch_hears_of_what_comes_and_outlives_a_dead_server(
    tmp_path: Path, store: NotificationStore, history: History
) -> None:
    server = Server("ministack", tmp_path)
    server.start()
    try:
        queue = await Queue.make(server)
        heard: asyncio.Queue[Any] = asyncio.Queue()
        told: asyncio.Queue[str] = asyncio.Queue()
        reader = queue.reader(
            store, own_queue=True, on_taken=heard.put_nowait, on_problem=told.put_nowait, sleep=_hardly_sleep
        )
        watching = asyncio.ensure_future(reader.watch())
        await queue.send(FIRST)
        await asyncio.wait_for(heard.get(), 30)
        server.end()
        await _until(told, lambda problem: "AWS was not reached" in problem)
        server.start()
        again = await Queue.make(server)
        queue.url = again.url  # an empty server has lost the queue: the next opening finds the new one
        await queue.send(SECOND)
        await asyncio.wait_for(heard.get(), 60)
        await _until(told, lambda problem: not problem)
        await _cancel(watching)
        assert ids(history) == ["n-1", "n-2"]
    finally:
        server.end()


async def test_a_thousand_messages(tmp_path: Path, store: NotificationStore, history: History) -> None:
    server = Server("ministack", tmp_path)
    server.start()
    try:
        queue = await Queue.make(server)
        bodies = [message(1 + number % 28, "a", "b", notificationId=f"n-{number}") for number in range(990)]
        await queue.send(*bodies, *bodies[:10])
        done = await queue.reader(store, own_queue=True).read_once()
        assert (done.count(Fate.STORED), done.count(Fate.KNOWN)) == (990, 10)
        assert len(ids(history)) == 990
        assert await queue.waiting() == []
    finally:
        server.end()


async def _hardly_sleep(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.05))


async def _until(told: asyncio.Queue[str], holds: Callable[[str], bool]) -> None:
    while not holds(await asyncio.wait_for(told.get(), 60)):
        pass


async def _cancel(task: asyncio.Future[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
