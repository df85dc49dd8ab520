"""What the rooms below the faces import when they run: the contracts in pyproject.toml see only the text."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROOMS = {
    "sptui.spapi.client": {"textual", "rich", "click", "keyring", "httpx", "sqlite3", "starlette"},
    "sptui.health.monitor": {"textual", "rich", "click", "keyring", "httpx", "starlette"},
    "sptui.calllog.store": {"textual", "rich", "click", "keyring", "httpx", "starlette"},
    "sptui.triage.flow": {"textual", "rich", "click", "keyring", "httpx", "starlette"},
    "sptui.triage.rules": {"textual", "rich", "click", "keyring", "httpx", "sqlite3"},
    "sptui.simulator.world": {"textual", "rich", "click", "keyring", "httpx", "starlette", "uvicorn"},
    "sptui.settings": {"textual", "rich", "click", "keyring", "httpx", "starlette"},
    "sptui.workspace": {"textual", "rich", "click", "keyring", "httpx", "starlette"},
    "sptui.tui.app": {"httpx", "keyring", "starlette", "uvicorn"},
}


@pytest.mark.parametrize(("module", "unwanted"), ROOMS.items(), ids=list(ROOMS))
def test_imports_nothing_heavy_or_from_above(module: str, unwanted: set[str]) -> None:
    code = f"import sys, {module}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not unwanted & set(done.stdout.split())
