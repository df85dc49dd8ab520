"""One thing looked at."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class State(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    """It could not be found out."""
    SKIPPED = "skipped"
    """It was not to be looked at."""


class Finding(msgspec.Struct, frozen=True):
    """``check`` is what was looked at (``keyring``, ``network``), ``found`` a sentence, ``do`` the next step or ""."""

    check: str
    state: State
    found: str
    do: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form of ``doctor --json``."""
        return {"check": self.check, "state": self.state.value, "found": self.found, "do": self.do}
