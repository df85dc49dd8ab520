"""Hive's protocol, which Spark speaks too: its driver waits for a statement so that it cannot be ended meanwhile.

So the statement is begun, and asked about until it is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

SECONDS_BETWEEN: Final = 0.05
_UNDER_WAY: Final = (0, 1, 7)
"""INITIALIZED, RUNNING, PENDING (TCLIService's TOperationState)."""
_FINISHED: Final = 2


class EndedError(Exception):
    """The server ended the statement; the message is its own."""


def execute_and_poll(is_stopped: Callable[[], bool]) -> Callable[..., bool]:
    """For SQLAlchemy's event ``do_execute``. Cancels the statement when ``is_stopped``."""

    def do_execute(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        cursor.execute(statement, parameters or None, async_=True)
        while (status := cursor.poll()).operationState in _UNDER_WAY:
            if is_stopped():
                cursor.cancel()
                raise EndedError("cancelled")
            time.sleep(SECONDS_BETWEEN)
        if status.operationState != _FINISHED:
            raise EndedError(status.errorMessage or "the server ended the statement")
        return True

    return do_execute
