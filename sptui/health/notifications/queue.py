"""An SQS queue: received from, given back, deleted from. The AWS library is imported when a queue is opened.

Credentials come from the chain of AWS's own tools (profile, environment, role) and are never kept by sptui. The
requests go to the queue's own host and nowhere else, whatever the environment says of other end points.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Protocol

import msgspec

from sptui.health.notifications.queue_errors import QueueError, aws_errors, missing_extra, read_aws_error
from sptui.settings.queue_address import QueueAddress

BATCH: Final = 10
"""Messages of one request, at most (AWS SQS quotas)."""
LONGEST_WAIT: Final = 20
"""Seconds of a long poll, at most (AWS SQS quotas)."""


class QueueMessage(msgspec.Struct, frozen=True):
    """One delivery of a message. ``receipt`` stands for this delivery: it gives back and deletes."""

    message_id: str
    receipt: str
    body: str


class Queue(Protocol):
    """What the reader asks of a queue. Every method raises QueueError."""

    async def attributes(self) -> Mapping[str, str]:
        """All attributes, by AWS's names."""
        ...

    async def receive(self, *, wait_seconds: int, hide_seconds: int) -> Sequence[QueueMessage]:
        """Up to ``BATCH`` messages, hidden from every reader for a while; none when nothing came in the time."""
        ...

    async def give_back(self, messages: Sequence[QueueMessage]) -> None:
        """Shows messages to every reader again, at once."""
        ...

    async def delete(self, messages: Sequence[QueueMessage]) -> None:
        """Deletes messages. One that could not be deleted comes again."""
        ...


OpensQueue = Callable[[], AbstractAsyncContextManager[Queue]]


@asynccontextmanager
async def open_queue(address: QueueAddress, profile: str = "") -> AsyncIterator[Queue]:
    """The queue, until the end of the block. Raises QueueError."""
    await asyncio.to_thread(_import_library)
    errors = aws_errors()
    config = importlib.import_module("aiobotocore.config").AioConfig(
        connect_timeout=10,
        read_timeout=LONGEST_WAIT + 15,
        retries={"total_max_attempts": 2, "mode": "standard"},
    )
    try:
        session = await asyncio.to_thread(_session, profile)
        making = session.create_client(
            "sqs", region_name=address.region or None, endpoint_url=address.endpoint, config=config
        )
        client = await making.__aenter__()
    except errors as problem:
        raise read_aws_error(problem) from None
    except ValueError as problem:  # an end point that botocore does not take
        raise QueueError("address", f"The queue's address is refused: {problem}") from None
    try:
        yield _SqsQueue(client, address.url, errors)
    finally:
        await making.__aexit__(None, None, None)


class _SqsQueue:
    """One queue behind aiobotocore's client."""

    def __init__(self, client: Any, url: str, errors: tuple[type[Exception], ...]) -> None:
        self._client = client
        self._url = url
        self._errors = errors

    async def attributes(self) -> Mapping[str, str]:
        answer = await self._ask("get_queue_attributes", AttributeNames=["All"])
        found = answer.get("Attributes")
        return found if isinstance(found, dict) else {}

    async def receive(self, *, wait_seconds: int, hide_seconds: int) -> Sequence[QueueMessage]:
        answer = await self._ask(
            "receive_message",
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=wait_seconds,
            VisibilityTimeout=hide_seconds,
        )
        return tuple(
            QueueMessage(each["MessageId"], each["ReceiptHandle"], each.get("Body", ""))
            for each in answer.get("Messages") or ()
        )

    async def give_back(self, messages: Sequence[QueueMessage]) -> None:
        for batch in _batches(messages):
            entries = [
                {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                for number, each in enumerate(batch)
            ]
            await self._ask("change_message_visibility_batch", Entries=entries)

    async def delete(self, messages: Sequence[QueueMessage]) -> None:
        for batch in _batches(messages):
            entries = [{"Id": str(number), "ReceiptHandle": each.receipt} for number, each in enumerate(batch)]
            answer = await self._ask("delete_message_batch", Entries=entries)
            if failed := answer.get("Failed"):
                told = f"{len(failed)} stored messages could not be deleted ({failed[0].get('Code', 'not told why')})"
                raise QueueError("access", f"{told}. They come again, and nothing is lost. Check sqs:DeleteMessage.")

    async def _ask(self, operation: str, **values: Any) -> dict[str, Any]:
        try:
            answer = await getattr(self._client, operation)(QueueUrl=self._url, **values)
        except self._errors as problem:
            raise read_aws_error(problem) from None
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        if "html" in str(headers.get("content-type", "")):  # a proxy's or a hotel's page would look like an empty queue
            raise QueueError("network", "Something else than AWS answered, with a web page: check network and proxy.")
        found: dict[str, Any] = answer
        return found


def _batches(messages: Sequence[QueueMessage]) -> list[Sequence[QueueMessage]]:
    return [messages[start : start + BATCH] for start in range(0, len(messages), BATCH)]


def _session(profile: str) -> Any:
    """A session with what a client reads from disk already read: in a thread, because that takes a while."""
    session = importlib.import_module("aiobotocore.session").AioSession(profile=profile or None)
    loader = session.get_component("data_loader")
    loader.load_service_model("sqs", "service-2")
    for name in ("endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
    return session


def _import_library() -> None:
    """Raises QueueError where it is not installed."""
    try:
        for name in ("aiobotocore.session", "aiobotocore.config"):
            importlib.import_module(name)
    except ModuleNotFoundError:
        raise missing_extra() from None
