"""Notifications as both faces use them: what is configured, the queue, the set-up, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sptui.health.history import History
from sptui.health.notifications.amazon import Asks
from sptui.health.notifications.message import LARGEST_FILE, read_notifications
from sptui.health.notifications.queue import OpensQueue, open_queue
from sptui.health.notifications.queue_check import QueueFinding, check_queue
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.reader import QueueReader
from sptui.health.notifications.setup import Setup
from sptui.health.notifications.store import NotificationStore, Taken
from sptui.health.participations import Sends
from sptui.health.status_change import StatusSource
from sptui.settings import NotificationsConfig
from sptui.settings.queue_address import QueueAddress, read_queue_address
from sptui.spapi.authorization import Authorization

NOT_CONFIGURED = (
    "No queue is set. Create a standard SQS queue and write its address into config.toml: "
    '[notifications], queue_url = "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME".'
)


class Notifications:
    """One workspace's notifications. ``listeners`` hear of what is new, after it was stored.

    ``opens`` takes the place of the real queue in tests.
    """

    def __init__(
        self,
        client: Sends,
        history: History,
        now: Callable[[], datetime],
        config: NotificationsConfig,
        *,
        read_only: bool = False,
        opens: OpensQueue | None = None,
    ) -> None:
        self.config = config
        self.listeners: list[Callable[[Taken], None]] = []
        self.problem = ""
        """What stands in the way of reading the queue while it is watched, "" for nothing."""
        self._client = client
        self._now = now
        self._read_only = read_only
        self._opens = opens
        self.store = NotificationStore(history.database, history, now)

    @property
    def is_configured(self) -> bool:
        """Whether there is a queue."""
        return bool(self.config.queue_url)

    @property
    def address(self) -> QueueAddress:
        """The queue's address. Raises QueueError."""
        if not self.is_configured:
            raise QueueError("address", NOT_CONFIGURED)
        config = self.config
        try:
            return read_queue_address(config.queue_url, region=config.region, endpoint_url=config.endpoint_url)
        except ValueError as problem:
            told = str(problem).replace("; ", ": ", 1)
            raise QueueError("address", f"[notifications] in config.toml: queue_url is {told}.") from None

    @property
    def arn(self) -> str:
        """The queue's ARN, made of its address without asking AWS. Raises QueueError."""
        address = self.address
        if address.is_fifo:
            raise QueueError("address", "Amazon delivers to standard queues alone, and this is a FIFO queue.")
        if not address.arn:
            raise QueueError("address", "The queue's region is not known. Set region in config.toml, [notifications].")
        return address.arn

    def open_queue(self) -> OpensQueue:
        """What opens the queue. Raises QueueError."""
        address = self.address
        return self._opens or (lambda: open_queue(address, self.config.profile))

    async def check(self) -> tuple[QueueFinding, ...]:
        """What the queue's attributes tell. Raises QueueError."""
        async with self.open_queue()() as queue:
            return check_queue(await queue.attributes(), own_queue=self.config.own_queue)

    def setup(self, ask: Asks) -> Setup:
        """The set-up; ``ask`` decides on each call with side effects."""
        return Setup(self._client, self.store.book, self._now, ask, read_only=self._read_only)

    def reader(self, on_problem: Callable[[str], None] | None = None) -> QueueReader:
        """What reads the queue. Raises QueueError."""

        def tell(problem: str) -> None:
            self.problem = problem
            if on_problem is not None:
                on_problem(problem)

        return QueueReader(
            self.open_queue(),
            self.store,
            own_queue=self.config.own_queue,
            on_taken=self._tell,
            on_problem=tell,
        )

    def take_file(self, data: bytes, owner: Authorization | None = None) -> Taken:
        """Takes over a file's notifications; ``owner``: whose they are where their subscription is not known.

        Raises DatabaseError.
        """
        found = read_notifications(data, limit=LARGEST_FILE)
        taken = self.store.take(found, source=StatusSource.IMPORT, owner=owner)
        self._tell(taken)
        return taken

    def assign(self) -> Taken:
        """Gives what waited for its seller to the sellers that the set-up has made known. Raises DatabaseError."""
        taken = self.store.assign()
        self._tell(taken)
        return taken

    def waiting_in_words(self) -> list[str]:
        """What was read and did not get into the history, a sentence each. Raises DatabaseError."""
        told = []
        if waiting := self.store.unassigned():
            told.append(f"{waiting} of subscriptions that are not known: a look at all sellers finds out whose.")
        if aside := self.store.count_aside():
            told.append(f"{aside} could not be read: `sptui notifications aside` shows them.")
        return told

    def _tell(self, taken: Taken) -> None:
        if taken.changes:
            for each in self.listeners:
                each(taken)
