"""What an engine has to offer so that the questions can be put to it, and how its SQL differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from sptui.calllog.questions import Question


class CallLogError(Exception):
    """The log cannot be asked or imported; the message says which, why, and the next step."""


class Dialect(msgspec.Struct, frozen=True):
    """How an engine's SQL differs. ``{…}`` in a template is filled in.

    ``key``: what tells sellers apart, where the engine groups something else faster than text. ``split``: rows of
    ``{relation}`` once for each marketplace of the comma-separated ``marketplaces``; "" where the engine cannot.
    ``replace``: every match of ``{pattern}`` in ``{text}``; "" where it cannot.
    """

    grouping_sets: bool = False
    key: str = "seller_id"
    split: str = ""
    replace: str = ""


class Scope(msgspec.Struct, frozen=True):
    """A relation as SQL, with its parameters: seller_id, marketplaces, region, application, status, code,
    message, first_time, last_time, calls. A row stands for ``calls`` alike calls between the two times.
    """

    sql: str
    values: Mapping[str, Any]


class Engine(Protocol):
    """Holds calls and answers SQL. Everything raises CallLogError."""

    dialect: Dialect

    def newest(self) -> datetime | None:
        """The time of the newest call, None where there is none."""

    def calls_of(self, question: Question) -> Scope:
        """The calls of the operation in the window; a row may stand for calls of which only the last lies in it."""

    def exact_calls_of(self, question: Question) -> Scope:
        """The calls of the operation in the window, and no others."""

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations in the window."""

    def failures(self, since: datetime | None) -> Scope:
        """Every failure since then, with two more columns: ``operation`` and ``path`` (method and path)."""

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question; parameters are written ``:name``."""

    def close(self) -> None:
        """Lets go of files and connections."""


def utc(value: Any) -> datetime | None:
    """A time as an engine gives it (text, naive or aware) in UTC; None where there is none."""
    if isinstance(value, str):
        if not value:
            return None
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
