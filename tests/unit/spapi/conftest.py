"""A client over a scripted Amazon."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .wire import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A client, its Amazon, its clock and what it recorded."""
    made = Wire()
    yield made
    await made.client.aclose()
