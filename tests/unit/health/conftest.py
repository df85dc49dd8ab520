"""What all tests of health share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sptui.health.history import History


@pytest.fixture(autouse=True)
def every_history_is_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python 3.13 warns of a database that is left to the garbage collector."""
    made: list[History] = []
    init = History.__init__

    def remember(self: History, path: Path | None) -> None:
        init(self, path)
        made.append(self)

    monkeypatch.setattr(History, "__init__", remember)
    yield
    for each in made:
        each.close()
