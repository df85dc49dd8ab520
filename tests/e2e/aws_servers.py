"""SQS-compatible servers that nobody here wrote, each as a process on a free port: moto's and MiniStack."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from ports import free_port

IN_CI = os.environ.get("CI", "").lower() == "true"
REGION = "eu-west-1"
ACCOUNTS = {"moto": "123456789012", "ministack": "000000000000"}
_READY = {"moto": "/moto-api/data.json", "ministack": "/_localstack/health"}


def program(name: str) -> str | None:
    """Where a server is: beside this Python, or on the path."""
    beside = Path(sys.executable).parent
    return shutil.which({"moto": "moto_server", "ministack": "ministack"}[name], path=f"{beside}:{os.environ['PATH']}")


class Server:
    """One running server. ``end`` kills it; ``start`` starts it again on the same port, empty."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.account = ACCOUNTS[name]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        found = program(self.name)
        assert found is not None, f"{self.name} is not installed: pip install 'moto[server,sqs,events,sts]' ministack"
        command = [found, "-H", "127.0.0.1", "-p", str(self.port)] if self.name == "moto" else [found]
        environment = {
            **os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port), "HOME": str(self._folder),
        }  # fmt: skip
        self._process = subprocess.Popen(
            command, env=environment, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(self.url + _READY[self.name], timeout=5, trust_env=False).status_code == 200:
                    return
            assert self._process.poll() is None, f"{self.name} ended with {self._process.returncode}"
            assert time.monotonic() < until, f"{self.name} is not ready after a minute"
            time.sleep(0.05)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=60)
            self._process = None


def client(service: str, url: str) -> Any:
    """AWS's own client, to send and to look with: an asynchronous context manager."""
    session = importlib.import_module("aiobotocore.session").get_session()
    return session.create_client(service, region_name=REGION, endpoint_url=url)
