"""Whether Amazon offers an operation at all: at this host, and still.

What is gone, and what the other host alone has, is met with a 403 without details (docs resolve-common-http-and-
authorization-error-codes; recorded of the sandbox). The sandbox keeps the samples of what production has removed.
"""

from __future__ import annotations

from datetime import date, datetime

from sptui.simulator.replies import denied
from sptui.spapi.catalogue import Operation


def check_offered(operation: Operation, now: datetime, *, sandbox: bool) -> None:
    """Raises RefusalError 403 for an operation that this host does not have, or has no more."""
    if sandbox and not operation.sandbox:
        raise denied()
    if not sandbox and (operation.sandbox_only or _is_removed(operation, now)):
        raise denied()


def _is_removed(operation: Operation, now: datetime) -> bool:
    return bool(operation.removed_on) and now.date() >= date.fromisoformat(operation.removed_on)
