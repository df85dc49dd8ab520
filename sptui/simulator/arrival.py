"""A request taken apart by its operation's parameters, before anything about it is judged."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from sptui.simulator.wire import WireRequest, read_json
from sptui.spapi.catalogue import Operation, Parameter
from sptui.spapi.requests import marketplaces_in

ABSENT: Final = object()
"""Stands for a parameter that was not sent."""

_JSON_TYPES: Final = ("application/json", "text/json", "application/vnd.api+json")


class Arrival(msgspec.Struct, frozen=True):
    """What was sent. ``body`` is the JSON value, or None where none was sent or none could be read.

    Parameters that the operation does not know are kept and ignored, as Amazon ignores them.
    """

    operation: Operation
    path_values: dict[str, str]
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    body_size: int
    readable: bool

    def raw(self, parameter: Parameter) -> Any:
        """What was sent for ``parameter``: a text, a list of texts of the query, a JSON value, or ABSENT."""
        if parameter.place == "path":
            return self.path_values.get(parameter.name, ABSENT)
        if parameter.place == "header":
            return self.headers.get(parameter.name.lower(), ABSENT)
        if parameter.place == "body":
            if parameter.whole:
                return ABSENT if self.body is None else self.body
            return self.body.get(parameter.wire_name, ABSENT) if isinstance(self.body, dict) else ABSENT
        texts = [text for text in self.query.get(parameter.name, ()) if text]
        return texts or ABSENT

    @property
    def names(self) -> frozenset[str]:
        """The names of everything that was sent."""
        fields = self.body if isinstance(self.body, dict) else {}
        return frozenset((*self.path_values, *self.query, *fields))

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """The marketplace ids that the operation's own parameters name, right or wrong."""
        plain: dict[str, Any] = {}
        for each in self.operation.parameters:
            if (raw := self.raw(each)) is not ABSENT:
                plain[each.name] = ",".join(raw) if each.place == "query" else raw
        return marketplaces_in(plain)


def read_arrival(request: WireRequest, operation: Operation, path_values: dict[str, str]) -> Arrival:
    """Takes a request apart; never fails, whatever was sent."""
    body, readable = _read_body(request)
    return Arrival(
        operation, path_values, _read_query(request.query), request.headers, body, len(request.body), readable
    )


def _read_query(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return found


def _read_body(request: WireRequest) -> tuple[Any, bool]:
    """The JSON value and whether there was nothing unreadable.

    A body under another content type is not looked at: the operation then misses its parameters
    (selling-partner-api-docs issue 2721).
    """
    if not request.body or request.content_type not in _JSON_TYPES:
        return None, True
    return read_json(request.body)
