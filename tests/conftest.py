"""Every test runs without the user's settings, keyring and proxies, and without any network but loopback."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, settings

# Machines under load are slow, not wrong.
settings.register_profile("sptui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sptui")

NO_KEYRING = "keyring.backends.fail.Keyring"
FOR_TESTS = ("SPTUI_APPROVE", "SPTUI_CHDB", "SPTUI_CLIENTS", "SPTUI_MODELS", "SPTUI_PRISM", "SPTUI_SCHEMATHESIS")
"""Variables that are about the tests themselves."""

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty folders for settings and data, no variable from outside that changes what sptui does, no real keyring.

    A test that wants another keyring sets its own, in the environment or with monkeypatch.
    """
    for name in list(os.environ):
        if (name.startswith("SPTUI_") and name not in FOR_TESTS) or name.lower() in PROXIES or name == "NO_COLOR":
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("sptui")
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(folder / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", NO_KEYRING)
    if (core := sys.modules.get("keyring.core")) is not None:
        monkeypatch.setattr(core, "_keyring_backend", None)  # so that it is chosen anew
    return folder


class _DayOfTests(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 11, 23, 12, tzinfo=tz)


@pytest.fixture
def day_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """sptui's clocks begin at 2026-11-23 12:00 UTC: what Amazon removes on a later day is still offered."""
    for module in ("sptui.spapi.clock", "sptui.simulator.clock"):
        monkeypatch.setattr(f"{module}.datetime", _DayOfTests)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuses every connection and every look-up that leaves this machine, and fails the test that tried one."""
    tried: list[str] = []

    def refuse(target: object) -> OSError:
        tried.append(repr(target))
        return OSError(f"{target!r} is not on this machine, and tests stay here")

    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _stays_here(self, address):
            raise refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _stays_here(self, address):
            raise refuse(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if not _is_local(host):
            raise refuse(host)
        return getaddrinfo(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    yield
    if tried:
        pytest.fail(f"The test reached for {', '.join(tried)}: tests stay on this machine.")


def _stays_here(connecting: socket.socket, address: Any) -> bool:
    return connecting.family not in (socket.AF_INET, socket.AF_INET6) or _is_local(address[0])


def _is_local(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
