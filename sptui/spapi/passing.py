"""Which failures pass: those after which the same request is worth sending once more."""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import Call

RETRIES: Final = 2
"""Repetitions of a GET or of a token request that met a passing fault."""

_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_PASSING_FAILURES: Final = frozenset({"timeout", "connect", "closed"})


def is_token_expired(call: Call) -> bool:
    """Whether it was refused because the access token's hour was over: a new one may pass."""
    return call.status in (401, 403) and call.answer is not None and "token you provided has expired" in (
        call.answer.details.lower()
    ) and "secret" not in call.answer.details.lower()  # fmt: skip


def is_passing(call: Call) -> bool:
    """Whether the next attempt may well end otherwise."""
    if call.failure is not None:
        return call.failure.kind in _PASSING_FAILURES
    return call.status in _PASSING or (200 <= call.status < 300 and not call.ok)
