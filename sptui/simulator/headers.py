"""The headers of an answer, as recorded: request ids, the usage plan's rate, the error's type.

``x-amzn-RateLimit-Limit`` comes with 20x, 400 and 404 only (docs usage-plans); ``X-Amzn-Trace-Id`` holds the time of
arrival and the start of the request id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sptui.simulator.replies import Reply
from sptui.simulator.seeded import CAPITALS, Seeded

Headers = tuple[tuple[str, str], ...]

RATE_LIMIT: Final = "x-amzn-RateLimit-Limit"

_WITH_RATE: Final = frozenset({200, 201, 202, 203, 204, 207, 400, 404})


def api_headers(reply: Reply, request_id: str, rate: float | None, now: datetime, seeded: Seeded) -> Headers:
    """What SP-API sends with ``reply``. ``rate``: requests a second of the operation's plan, if it has one."""
    digits = request_id.replace("-", "")
    found = [
        *_common(reply, now),
        ("x-amzn-RequestId", request_id),
        ("x-amz-apigw-id", f"OPF{digits[:12]}"),
        ("X-Amzn-Trace-Id", f"Root=1-{int(now.timestamp()):08x}-{digits[:16]}"),
    ]
    if reply.status < 300 or reply.status == 400:
        found.append(("x-amz-rid", seeded.text(20, "rid", request_id, alphabet=CAPITALS)))
    if rate is not None and reply.status in _WITH_RATE and all(name != RATE_LIMIT for name, _ in reply.headers):
        found.append((RATE_LIMIT, str(float(rate))))
    return tuple(found)


def lwa_headers(reply: Reply, request_id: str, now: datetime, seeded: Seeded) -> Headers:
    """What Login with Amazon sends with ``reply``."""
    return (
        *_common(reply, now),
        ("x-amzn-RequestId", request_id),
        ("x-amz-rid", seeded.text(20, "rid", request_id, alphabet=CAPITALS)),
        ("x-amz-date", now.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        ("Cache-Control", "no-cache, no-store, must-revalidate"),
        ("Pragma", "no-cache"),
    )


def document_headers(reply: Reply, now: datetime) -> Headers:
    """What a document's host sends with ``reply``."""
    return _common(reply, now)


def _common(reply: Reply, now: datetime) -> Headers:
    found = [("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT")), *reply.headers]
    if reply.content_type:
        found.append(("Content-Type", reply.content_type))
    if reply.error_type:
        found.append(("x-amzn-ErrorType", reply.error_type))
    return tuple(found)
