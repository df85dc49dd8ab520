"""Waiting for what other tasks, threads and sockets do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import pytest

PATIENCE_SECONDS: Final = 30.0
"""Far longer than it takes: a machine under load is slow, not wrong."""


async def until(happened: Callable[[], bool], pause: float = 0.001) -> None:
    """Lets the others run until something holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > end:
            pytest.fail("it never happened")
        await asyncio.sleep(pause)
