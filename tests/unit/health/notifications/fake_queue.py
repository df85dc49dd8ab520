"""A queue in memory with SQS's manners: hidden while received, delivered again, counted."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sptui.health.notifications.queue import BATCH, Queue, QueueMessage
from sptui.health.notifications.queue_errors import QueueError

from .samples import text


class FakeQueue:
    """``bodies`` by message id, in order; ``hidden`` those received and not given back.

    ``problems`` are raised first, by method.
    """

    def __init__(self, *messages: Any) -> None:
        self.bodies: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.deleted: list[str] = []
        self.received: dict[str, int] = {}
        self.problems: dict[str, list[QueueError]] = {}
        self.attributes_told: dict[str, str] = {}
        self.opened = 0
        self.forgetful = False
        """Does not hide what is received: a delivery may come twice at any time."""
        self._ids = itertools.count(1)
        self.send(*messages)

    def send(self, *messages: Any) -> None:
        for each in messages:
            self.bodies[f"m-{next(self._ids)}"] = each if isinstance(each, str) else text(each)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Queue]:
        self._raise("open")
        self.opened += 1
        yield self

    async def attributes(self) -> Mapping[str, str]:
        self._raise("attributes")
        return self.attributes_told

    async def receive(self, *, wait_seconds: int, hide_seconds: int) -> Sequence[QueueMessage]:
        await asyncio.sleep(0)
        self._raise("receive")
        found = [each for each in self.bodies if self.forgetful or each not in self.hidden][:BATCH]
        for each in found:
            self.hidden.add(each)
            self.received[each] = self.received.get(each, 0) + 1
        return [QueueMessage(each, f"r-{each}-{self.received[each]}", self.bodies[each]) for each in found]

    async def give_back(self, messages: Sequence[QueueMessage]) -> None:
        self._raise("give_back")
        self.hidden -= {each.message_id for each in messages}

    async def delete(self, messages: Sequence[QueueMessage]) -> None:
        self._raise("delete")
        for each in messages:
            self.bodies.pop(each.message_id, None)
            self.deleted.append(each.message_id)

    def _raise(self, step: str) -> None:
        if self.problems.get(step):
            raise self.problems[step].pop(0)
