"""The real AWS library against a server on this machine: what is sent, and every failure in sptui's words."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sptui.health.notifications.queue import QueueMessage, open_queue
from sptui.health.notifications.queue_errors import QueueError
from sptui.settings.queue_address import QueueAddress, read_queue_address

from .samples import CANARY

if os.environ.get("CI", "").lower() != "true":
    pytest.importorskip("aiobotocore", reason="the extra sptui[aws] is not installed")


class Server:
    """Answers every request with ``answers`` in turn, then with an empty object; keeps what was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.port = 0
        self.content_type = "application/x-amz-json-1.0"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = (each.partition(":") for each in head.split("\r\n")[1:])
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append((headers.get("x-amz-target", "").rpartition(".")[2], headers, json.loads(body)))
        status, answer = self.answers.pop(0) if self.answers else (200, {})
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: {self.content_type}\r\ncontent-length: {len(data)}\r\n"
            "connection: close\r\n\r\n".encode()
            + data
        )
        await writer.drain()
        writer.close()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {
        "AWS_ACCESS_KEY_ID": f"ASIA{CANARY}0000000000",
        "AWS_SECRET_ACCESS_KEY": f"{CANARY}secret",
        "AWS_SESSION_TOKEN": f"{CANARY}session",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
    await listening.wait_closed()


def address(server: Server, region: str = "eu-west-1") -> QueueAddress:
    return read_queue_address(f"http://127.0.0.1:{server.port}/123456789012/q", region=region)


def refused(code: str, message: str = f"{CANARY} told", status: int = 400) -> tuple[int, Any]:
    return status, {"__type": f"com.amazonaws.sqs#{code}", "message": message}


async def problem_of(server: Server, *, profile: str = "", region: str = "eu-west-1") -> QueueError:
    with pytest.raises(QueueError) as told:
        async with open_queue(address(server, region), profile) as queue:
            await queue.receive(wait_seconds=0, hide_seconds=30)
    assert told.value.__cause__ is None
    assert f"{CANARY}secret" not in str(told.value)
    return told.value


async def test_what_is_asked_of_aws(server: Server) -> None:
    server.answers = [
        (200, {"Messages": [{"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": "{}"}]}),
        (200, {"Attributes": {"QueueArn": "arn"}}),
    ]
    async with open_queue(address(server)) as queue:
        messages = await queue.receive(wait_seconds=20, hide_seconds=30)
        assert list(messages) == [QueueMessage("m-1", "r-1", "{}")]
        assert await queue.attributes() == {"QueueArn": "arn"}
        many = [QueueMessage(f"m-{number}", f"r-{number}", "") for number in range(12)]
        await queue.give_back(many)
        await queue.delete(messages)
    operations = [operation for operation, _, _ in server.asked]
    assert operations == [
        "ReceiveMessage", "GetQueueAttributes", "ChangeMessageVisibilityBatch", "ChangeMessageVisibilityBatch",
        "DeleteMessageBatch",
    ]  # fmt: skip
    bodies = [body for _, _, body in server.asked]
    assert {body["QueueUrl"] for body in bodies} == {address(server).url}
    assert (bodies[0]["MaxNumberOfMessages"], bodies[0]["WaitTimeSeconds"], bodies[0]["VisibilityTimeout"]) == (
        10,
        20,
        30,
    )
    assert [len(body["Entries"]) for body in bodies[2:]] == [10, 2, 1]
    assert bodies[2]["Entries"][0] == {"Id": "0", "ReceiptHandle": "r-0", "VisibilityTimeout": 0}


CODES = {
    "QueueDoesNotExist": ("queue", "There is no such queue"),
    "AWS.SimpleQueueService.NonExistentQueue": ("queue", "There is no such queue"),
    "InvalidClientTokenId": ("credentials", "does not know the access key"),
    "SignatureDoesNotMatch": ("credentials", "does not know the access key"),
    "ExpiredToken": ("expired", "have expired"),
    "RequestTimeTooSkewed": ("clock", "Set this machine's clock"),
    "AccessDenied": ("access", "may not use the queue"),
    "KmsAccessDenied": ("other", "cannot be used"),
    "KMS.AccessDeniedException": ("key", "kms:Decrypt"),
    "RequestThrottled": ("busy", "tries again"),
    "SomethingNew": ("other", "SomethingNew"),
}


@pytest.mark.parametrize(("code", "kind", "words"), [(code, *told) for code, told in CODES.items()], ids=list(CODES))
async def test_aws_errors_have_a_next_step(server: Server, code: str, kind: str, words: str) -> None:
    server.answers = [refused(code)] * 3
    problem = await problem_of(server)
    assert (problem.kind, words in str(problem)) == (kind, True), str(problem)


async def test_a_signature_of_another_time_is_the_clocks_fault_and_is_not_repeated_whole(server: Server) -> None:
    told = (
        "Signature expired: 20261123T100000Z is now earlier than 20261123T113000Z. The Canonical String for this "
        f"request should have been 'POST x-amz-security-token:{CANARY}session'"
    )
    server.answers = [refused("SignatureDoesNotMatch", told, 403)] * 3
    problem = await problem_of(server)
    assert problem.kind == "clock"
    assert CANARY not in str(problem)


async def test_a_server_that_is_broken(server: Server) -> None:
    server.answers = [(500, {})] * 5
    assert (await problem_of(server)).kind == "busy"
    server.answers, server.content_type = [(200, b"<html>")] * 5, "text/html"
    assert (await problem_of(server)).kind == "network"


async def test_what_could_not_be_deleted_is_told(server: Server) -> None:
    server.answers = [(200, {"Failed": [{"Id": "0", "SenderFault": True, "Code": "AccessDenied"}], "Successful": []})]
    async with open_queue(address(server)) as queue:
        with pytest.raises(QueueError, match=r"1 stored messages could not be deleted \(AccessDenied\)"):
            await queue.delete([QueueMessage("m-1", "r-1", "")])


async def test_nobody_answers(server: Server) -> None:
    server.port = 1
    problem = await problem_of(server)
    assert (problem.kind, "AWS was not reached" in str(problem)) == ("network", True)


async def test_no_credentials_no_profile_no_region(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = await problem_of(server, region="")
    assert (problem.kind, "Set region" in str(problem)) == ("address", True)
    problem = await problem_of(server, profile="nobody")
    assert (problem.kind, "nobody" in str(problem)) == ("credentials", True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    assert (await problem_of(server)).kind == "credentials"
    assert server.asked == []


async def test_the_environment_sends_the_credentials_nowhere_else(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
    async with open_queue(address(server)) as queue:
        assert await queue.receive(wait_seconds=0, hide_seconds=30) == ()
    ((_, headers, _),) = server.asked
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert "/eu-west-1/sqs/" in headers["authorization"]


def test_the_aws_library_is_imported_when_a_queue_is_opened_and_its_absence_is_told() -> None:
    code = """
import asyncio, sys
import sptui.health.notifications.service
from sptui.health.notifications.queue import open_queue
from sptui.health.notifications.queue_errors import QueueError
from sptui.settings.queue_address import read_queue_address
assert not {"aiobotocore", "botocore", "aiohttp"} & set(sys.modules)
sys.modules["aiobotocore"] = None
async def main():
    async with open_queue(read_queue_address("http://127.0.0.1:1/123456789012/q")):
        pass
try:
    asyncio.run(main())
except QueueError as problem:
    print(problem.kind, problem)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "extra Reading an SQS queue needs the AWS library. Install it: pip install 'sptui[aws]'\n"
