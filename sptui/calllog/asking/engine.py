"""What an engine has to offer so that the questions can be put to it, and how its SQL differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import msgspec

from sptui.calllog.browsing import Chosen
from sptui.calllog.questions import Question

P = ParamSpec("P")
T = TypeVar("T")


class CallLogError(Exception):
    """The log cannot be asked or imported; the message says which, why, and the next step."""


class LogUnreachableError(CallLogError):
    """The database that holds the log is not reached, refuses, or gives no answer in time."""


class LogChangedError(CallLogError):
    """The log was put into other files while it was asked: asking once more helps."""


class Dialect(msgspec.Struct, frozen=True):
    """How an engine's SQL differs. ``{…}`` in a template is filled in.

    ``grouping``: 7, 3, 5 or 6 for which of three columns a row is grouped by: none, the first, second or third.
    ``apostrophe``: as it is written within a text.
    ``key``: what tells sellers apart, where the engine groups something else faster than text. ``split``: rows of
    ``{relation}`` once for each marketplace of the comma-separated ``marketplaces``; "" where the engine cannot.
    ``replace``: every match of ``{pattern}`` in ``{text}``; "" where it cannot. ``contains``: whether ``{text}`` holds
    the parameter ``{name}`` in any case of letters; ``{name}_like`` is the same text as a pattern for LIKE, with "!"
    before what LIKE would take for a wildcard. ``member``: whether the comma-separated ``{text}`` holds the parameter
    ``{name}``; ``{name}_first``, ``_inside`` and ``_last`` are patterns for LIKE.
    """

    grouping_sets: bool = False
    grouping: str = "GROUPING(marketplaces, region, application)"
    apostrophe: str = "''"
    key: str = "seller_id"
    split: str = ""
    replace: str = ""
    contains: str = "lower({text}) LIKE lower(:{name}_like) ESCAPE '!'"
    member: str = (
        "({text} = :{name} OR {text} LIKE :{name}_first ESCAPE '!' OR {text} LIKE :{name}_inside ESCAPE '!'"
        " OR {text} LIKE :{name}_last ESCAPE '!')"
    )


class Scope(msgspec.Struct, frozen=True):
    """A relation as SQL, with its parameters: seller_id, marketplaces, region, application, status, code,
    message, first_time, last_time, calls. A row stands for ``calls`` alike calls between the two times.
    """

    sql: str
    values: Mapping[str, Any]


class Engine(Protocol):
    """Holds calls and answers SQL. Everything raises CallLogError.

    ``foreign``: its calls are as another program wrote them; what is listed is matched to operations, and secrets and
    personal ids are taken out, when it is read. ``by_time``: whether a window of time is found without looking through
    the whole log. ``unreadable``: the lines that could not be read when the last question was answered; of other
    operations than the one asked for they may be left out.
    """

    dialect: Dialect
    foreign: bool
    by_time: bool
    unreadable: int

    def refresh(self) -> bool:
        """Takes in what was logged since the last question; False where the log is to be opened anew for that."""

    def moment(self, time: datetime) -> Any:
        """A time as a parameter that the engine compares with the column ``time`` of ``listed``."""

    def listed(self, chosen: Chosen) -> Scope:
        """The chosen calls themselves, one row each, with the columns ``asking.listing.LISTED``."""

    def placed(self, chosen: Chosen) -> Scope:
        """The same with one more column, ``place``: the method and the path without ids, "" where a call has its
        operation's name instead.
        """

    def kept(self, scope: Scope) -> Scope:
        """The same rows, taken out once where that is quicker than asking for them several times."""

    def alike(self, text: str) -> str:
        """The SQL that makes a text of ``listed`` like others of its kind, as ``signature_of`` does."""

    def failed(self, chosen: Chosen) -> Scope:
        """Those of them that failed, with operation, ``path`` (method and path), status, code, message, seller_id and
        time; ``message`` may be a signature already.
        """

    def cancel(self) -> None:
        """Ends what runs in another thread, which raises CallLogError there; does nothing where nothing runs."""

    def oldest(self) -> datetime | None:
        """The time of the first call, None where there is none."""

    def newest(self) -> datetime | None:
        """The time of the newest call, None where there is none."""

    def calls_of(self, question: Question) -> Scope:
        """The calls of the operation in the window; a row may stand for calls of which only the last lies in it."""

    def times_of(self, question: Question) -> Scope | None:
        """How often and when the operation was called in the window, exactly: status, code, message, first_time,
        last_time and calls, without sellers. None where ``calls_of`` is exact itself.
        """

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations in the window."""

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question; parameters are written ``:name``."""

    def stream(self, sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]] | None:
        """The rows of a question, some at a time; None where every question has to be a short one."""

    def close(self) -> None:
        """Lets go of files and connections."""


def once_more(ask: Callable[Concatenate[Engine, P], T]) -> Callable[Concatenate[Engine, P], T]:
    """A question that is asked a second time where the log was put into other files meanwhile."""

    @wraps(ask)
    def asked(engine: Engine, /, *rest: P.args, **named: P.kwargs) -> T:
        try:
            return ask(engine, *rest, **named)
        except LogChangedError:
            engine.refresh()
            return ask(engine, *rest, **named)

    return asked


def utc(value: Any) -> datetime | None:
    """A time as an engine gives it (text, naive or aware) in UTC; None where there is none."""
    if isinstance(value, str):
        if not value:
            return None
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
