"""From an operation and values to the request that goes out, and the smallest such request."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from sptui.spapi.catalogue import Operation, Parameter

Values = Mapping[str, Any]
"""Parameter values by name, typed as the catalogue says: str, int, float, bool, list or dict."""


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
    path, query, body, headers = operation.path, [], {}, {}
    has_body = any(each.place == "body" for each in operation.parameters)
    for name, value in values.items():
        known = operation.parameter(name)
        place = known.place if known else ("body" if has_body else "query")
        if place == "path":
            path = path.replace("{" + name + "}", _path_segment(value))
        elif place == "query":
            query.append((name, _as_text(value)))
        elif place == "header":
            headers[name] = _as_text(value)
        else:
            body[name] = value
    if missing := re.findall(r"\{([^}]+)\}", path):
        raise InvalidValueError(f"{operation.name} needs {' and '.join(missing)}: part of its path {operation.path}.")
    return ApiRequest(
        operation,
        path,
        urlencode(query, quote_via=quote, safe=",:", errors="surrogatepass"),
        body if has_body else None,
        headers,
        marketplaces_in(values),
    )


def _path_segment(value: Any) -> str:
    text = quote(_as_text(value), safe="", errors="surrogatepass")
    # Plain dots would be taken for this folder and the one above, and the request for another operation's.
    return text.replace(".", "%2E") if text in (".", "..") else text


def marketplaces_in(values: Values) -> tuple[str, ...]:
    """The marketplace ids that a request's values name."""
    found: list[str] = []
    for name, value in values.items():
        if re.fullmatch(r"marketplace_?ids?", name, re.IGNORECASE) or (
            name == "granularityId" and values.get("granularityType") == "Marketplace"
        ):
            found += value.split(",") if isinstance(value, str) else map(str, value if isinstance(value, list) else [])
        elif name == "requests" and isinstance(value, list):
            found += [
                str(each["MarketplaceId"]) for each in value if isinstance(each, dict) and "MarketplaceId" in each
            ]
    return tuple(dict.fromkeys(found))


def minimal_values(operation: Operation, context: RequestContext, given: Values | None = None) -> dict[str, Any]:
    """The smallest set of values that the operation accepts; where ``given`` has a needed value, that one."""
    given = given or {}
    names = [each.name for each in operation.required]
    for group in operation.one_of:
        if not set(group) & set(names):
            names.append(next((name for name in group if name in given), group[0]))
    names = with_needed(operation, names)
    return {name: given[name] if name in given else sample_value(operation, name, context) for name in names}


def with_needed(operation: Operation, names: Iterable[str]) -> list[str]:
    """``names`` and what they bring with them (``identifiers`` needs ``identifiersType``)."""
    wanted = list(names)
    for first, *others in operation.needs:
        if first in wanted:
            wanted += [name for name in others if name not in wanted]
    return wanted


def sample_value(operation: Operation, name: str, context: RequestContext) -> Any:
    """A plausible value for a parameter: the catalogue's sample filled in, else one of its type."""
    parameter = operation.parameter(name)
    if parameter is None:
        return ""
    if parameter.sample is not None:
        return _fill(parameter.sample, context)
    first = parameter.enum[0] if parameter.enum else "sample"
    plain: dict[str, Any] = {"integer": 1, "number": 1.0, "boolean": False, "array": [first], "object": {}}
    return plain.get(parameter.type, first)


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


_MOMENT = re.compile(r"\{now([+-]\d+)([dhm])\}")


def _fill(sample: Any, context: RequestContext) -> Any:
    if isinstance(sample, list):
        return [_fill(each, context) for each in sample]
    if isinstance(sample, dict):
        return {name: _fill(each, context) for name, each in sample.items()}
    if not isinstance(sample, str):
        return sample
    if found := _MOMENT.fullmatch(sample):
        step = timedelta(**{{"d": "days", "h": "hours", "m": "minutes"}[found[2]]: int(found[1])})
        return (context.now + step).strftime("%Y-%m-%dT%H:%M:%SZ")
    return sample.replace("{marketplace}", context.marketplace_id).replace("{seller_id}", context.seller_id)
