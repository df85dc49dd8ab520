"""``logging``: records that tell of a call, written or formatted as the line of that call."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .lines import field_of, fields_of, line_of
from .quiet import quietly

if TYPE_CHECKING:
    from .recorder import Recorder

_OWN: Final = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime", "taskName"}
"""What every record has, and what formatters add: ``name`` or ``process`` tell nothing of a call."""


def call_in(record: logging.LogRecord) -> dict[str, Any] | None:
    """The fields of the call that a record tells of; None where it tells of none: path and status are the least."""
    told: Any = getattr(record, "spapi", None) or {
        name: value for name, value in vars(record).items() if name not in _OWN and field_of(name)
    }
    if not isinstance(told, Mapping):
        return None
    fields = fields_of(told)
    if not fields.get("path") and not fields.get("operation"):
        return None
    return {"time": record.created, **fields} if "status" in fields else None


class CallHandler(logging.Handler):
    """Hands the calls among the records it gets to a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    def handle(self, record: logging.LogRecord) -> Any:
        """As ``logging`` does, but without its lock: nothing here needs it, and a caller never waits for it."""
        kept: Any = self.filter(record)
        if kept:  # from Python 3.12 on a filter may put another record in its place
            self.emit(kept if isinstance(kept, logging.LogRecord) else record)
        return kept

    def emit(self, record: logging.LogRecord) -> None:
        """Queues the call that the record tells of."""
        if record.name != __package__:
            quietly(self._emit, record)

    def _emit(self, record: logging.LogRecord) -> None:
        told = call_in(record)
        if told is not None:
            self._recorder.write(**told)


class CallFormatter(logging.Formatter):
    """Calls as lines of JSON, redacted; other records as ``logging`` formats them."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__()
        self._fields = fields

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line break."""
        line = quietly(self._line, record)
        return super().format(record) if line is None else str(line)

    def _line(self, record: logging.LogRecord) -> str | None:
        told = call_in(record)
        if told is None:
            return None
        return line_of({**fields_of(self._fields), **told}).decode("utf-8").rstrip("\n")
