from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .amazon import Amazon


@pytest.fixture
async def amazon() -> AsyncIterator[Amazon]:
    """The simulator over the world of these tests."""
    client = Amazon()
    yield client
    await client.http.aclose()
