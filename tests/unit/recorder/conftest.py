from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sptui.recorder import Recorder, quiet

from .recorder_kit import server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


@pytest.fixture
def made(file: Path) -> Iterator[Callable[..., Recorder]]:
    """Makes recorders to ``file``; their threads end with the test."""
    recorders: list[Recorder] = []

    def make(**options: Any) -> Recorder:
        recorders.append(Recorder(file, **{"linger": 0.0, "loopback": True, **options}))
        return recorders[-1]

    yield make
    for each in recorders:
        each.close()


@pytest.fixture
def recorder(made: Callable[..., Recorder]) -> Recorder:
    return made()


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What was told to the log already: nothing yet."""
    told: set[str] = set()
    monkeypatch.setattr(quiet, "_told", told)
    return told


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with server() as address:
        yield address
