"""From an operation and values to the request that goes out, and the smallest such request."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from sptui.spapi.catalogue import Operation, Parameter, Values
from sptui.spapi.plausible import fill, plausible_value

__all__ = [
    "ApiRequest",
    "InvalidValueError",
    "RequestContext",
    "Values",
    "build_request",
    "format_value",
    "marketplaces_in",
    "minimal_values",
    "options_of",
    "parse_assignments",
    "parse_value",
    "sample_value",
    "with_needed",
]


class RequestContext(msgspec.Struct, frozen=True):
    """What fills the samples: whose call, where, when."""

    marketplace_id: str
    seller_id: str
    now: datetime


class ApiRequest(msgspec.Struct, frozen=True):
    """A request before host and token: path filled in and quoted, query encoded, JSON body or None."""

    operation: Operation
    path: str
    query: str = ""
    body: Any = None
    headers: dict[str, str] = {}
    marketplaces: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.method

    @property
    def target(self) -> str:
        """Path and query as they go on the wire."""
        return f"{self.path}?{self.query}" if self.query else self.path


class InvalidValueError(ValueError):
    """A value that the parameter cannot take; the message names parameter, value and what is allowed."""


def build_request(operation: Operation, values: Values) -> ApiRequest:
    """The request for ``values``. A name that the operation does not know goes into the query (or, where the
    operation has a body, into the body): what the developer sent is sent, right or wrong.

    Raises InvalidValueError where a path parameter is missing.
    """
    path, query, headers = operation.path, [], {}
    body: Any = {}
    for name, value in values.items():
        known = operation.parameter(name)
        place = known.place if known else ("body" if operation.has_body and isinstance(body, dict) else "query")
        if place == "path":
            path = path.replace("{" + name + "}", _path_segment(value, greedy=bool(known and known.greedy)))
        elif place == "query":
            query += _query_pairs(known, name, value)
        elif place == "header":
            headers[name] = _as_text(value)
        elif known is not None and known.whole:
            body = value
        else:
            body[known.wire_name if known else name] = value
    if missing := re.findall(r"\{([^}]+)\}", path):
        raise InvalidValueError(f"{operation.name} needs {' and '.join(missing)}: part of its path {operation.path}.")
    return ApiRequest(
        operation,
        path,
        urlencode(query, quote_via=quote, safe=",:", errors="surrogatepass"),
        body if body or _always_has_body(operation) else None,
        headers,
        marketplaces_in(values),
    )


def _path_segment(value: Any, *, greedy: bool) -> str:
    text = quote(_as_text(value), safe="/" if greedy else "", errors="surrogatepass")
    # Plain dots would be taken for this folder and the one above, and the request for another operation's.
    return "/".join(part.replace(".", "%2E") if part in (".", "..") else part for part in text.split("/"))


def _query_pairs(parameter: Parameter | None, name: str, value: Any) -> list[tuple[str, str]]:
    if parameter is not None and parameter.collection == "multi" and isinstance(value, list):
        return [(name, _as_text(each)) for each in value]
    return [(name, _as_text(value))]


def _always_has_body(operation: Operation) -> bool:
    return operation.body_required or any(each.place == "body" and each.required for each in operation.parameters)


_MARKETPLACES: Final = re.compile(r"marketplace_?ids?", re.IGNORECASE)


def marketplaces_in(values: Values) -> tuple[str, ...]:
    """The marketplace ids that a request's values name."""
    found: list[str] = []
    for name, value in values.items():
        if _MARKETPLACES.fullmatch(name) or (
            name == "granularityId" and values.get("granularityType") == "Marketplace"
        ):
            found += value.split(",") if isinstance(value, str) else map(str, value if isinstance(value, list) else [])
        elif name == "requests" and isinstance(value, list):
            found += [
                str(each["MarketplaceId"]) for each in value if isinstance(each, dict) and "MarketplaceId" in each
            ]
    return tuple(dict.fromkeys(found))


def minimal_values(operation: Operation, context: RequestContext, given: Values | None = None) -> dict[str, Any]:
    """The smallest set of values that the operation accepts; where ``given`` has a needed value, that one.

    A body that must be there and consists of a single field that need not is sent with that field: an empty one
    asks for nothing.
    """
    given = given or {}
    names = [each.name for each in operation.required]
    for group in operation.one_of:
        if not set(group) & set(names):
            names.append(next((name for name in group if name in given), group[0]))
    of_body = [each.name for each in operation.parameters if each.place == "body"]
    if operation.body_required and len(of_body) == 1 and of_body[0] not in names:
        names += of_body
    values: dict[str, Any] = {}
    waiting = with_needed(operation, names)
    while waiting:
        values |= {name: given[name] if name in given else sample_value(operation, name, context) for name in waiting}
        waiting = [name for name in with_needed(operation, _asked_by(operation, values, given)) if name not in values]
    return values


def _asked_by(operation: Operation, values: Values, given: Values) -> list[str]:
    """What the values that were chosen ask for beside them: ``QueryType`` ``SHIPMENT`` asks for a list of them."""
    asked: list[str] = []
    for condition in operation.conditions:
        if str(values.get(condition.parameter)) not in condition.values:
            continue
        asked += [name for name in condition.needs if operation.parameter(name)]
        if condition.one_of and not set(condition.one_of) & set(values):
            asked.append(next((name for name in condition.one_of if name in given), condition.one_of[0]))
    return asked


def with_needed(operation: Operation, names: Iterable[str]) -> list[str]:
    """``names`` and what they bring with them (``identifiers`` needs ``identifiersType``)."""
    wanted = list(names)
    pairs = [(one.after, one.before) for one in operation.ranges if one.both]
    groups = [*operation.needs, *pairs, *((late, early) for early, late in pairs)]
    for name in wanted:  # grows while it is walked through: what is brought may bring more
        for first, *others in groups:
            if first == name:
                wanted += [each for each in others if each not in wanted]
    return wanted


def sample_value(operation: Operation, name: str, context: RequestContext) -> Any:
    """A plausible value for a parameter: the catalogue's sample filled in, else one of its shape."""
    parameter = operation.parameter(name)
    if parameter is None:
        return ""
    sample = parameter.sample
    if sample is None:
        sample = plausible_value(parameter.wire_name, parameter.as_shape(), operation.shapes)
    return fill(sample, marketplace_id=context.marketplace_id, seller_id=context.seller_id, now=context.now)


_PLACE_ORDER: Final = {"path": 0, "query": 1, "body": 2, "header": 3}


def options_of(operation: Operation, context: RequestContext) -> list[tuple[str, Any]]:
    """The options that can be added one by one to the minimal request, with values: the query's in the model's
    order, then the body's, then headers. Those that exclude a part of the minimal request are left out, and so is
    the token for the next page: nobody can make one up. ``with_needed`` tells what an option brings with it.
    """
    minimal = minimal_values(operation, context)
    barred = {
        other for group in operation.excludes for other in group if set(group[:1]) & set(minimal) and other != group[0]
    } | {group[0] for group in operation.excludes if set(group[1:]) & set(minimal)}
    for condition in operation.conditions:
        if str(minimal.get(condition.parameter)) in condition.values:
            barred |= set(condition.excludes)
    free = [
        each
        for each in operation.parameters
        if each.name not in minimal and each.name not in barred and each.name != operation.paging_token
    ]
    free.sort(key=lambda each: _PLACE_ORDER[each.place])
    return [(each.name, sample_value(operation, each.name, context)) for each in free]


def parse_value(parameter: Parameter | None, text: str) -> Any:
    """A value typed by a person: ``a,b`` for a list, ``true``, ``7``, JSON for objects.

    Text that is not of the parameter's type stays text: a developer may want to send just that.
    """
    kind = parameter.type if parameter else "string"
    if kind == "array":
        if not text.strip():
            return []
        if text.lstrip().startswith("["):
            return _json_or(text, text)
        if parameter and parameter.items == "object":
            return _json_or(text, text)
        return _parts(text)
    if kind == "object":
        return _json_or(text, text)
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "integer" and re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def parse_assignments(operation: Operation, assignments: Iterable[str]) -> dict[str, Any]:
    """``name=value`` pairs as a person types them; a name that comes twice makes a list longer.

    Raises InvalidValueError for a pair without ``=``.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InvalidValueError(f"{assignment!r} is not name=value.")
        value = parse_value(operation.parameter(name), text)
        if isinstance(value, list) and isinstance(values.get(name), list):
            values[name] = [*values[name], *value]
        else:
            values[name] = value
    return values


def format_value(value: Any) -> str:
    """A value as a person would type it: the inverse of ``parse_value``.

    A list is joined with commas where that reads back as the same list, else it is JSON.
    """
    text = _as_text(value)
    if isinstance(value, list) and (text.lstrip().startswith("[") or _parts(text) != value):
        return _as_json(value)
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(each, (dict, list)) for each in value):
        return ",".join(_as_text(each) for each in value)
    return _as_json(value)


def _as_json(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # half a character, as a terminal may give it
        import json

        return json.dumps(value, separators=(",", ":"))


def _json_or(text: str, otherwise: Any) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return otherwise
