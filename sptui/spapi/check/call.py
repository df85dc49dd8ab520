"""The check of a whole call, as it goes over the wire: method, address, headers and body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.check.paths import path_problem
from sptui.spapi.check.place import host_problems, is_token_request, sandbox_problems, split
from sptui.spapi.check.problems import ProblemKind, RequestProblem, short
from sptui.spapi.check.request import check_request
from sptui.spapi.check.token import HEADER, bare_token, token_header_problems
from sptui.spapi.redaction import token_kind
from sptui.spapi.regions import region_of_host
from sptui.spapi.requests import parse_assignments

_AGENT_LONGEST: Final = 500


def check_call(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    *,
    now: datetime,
    catalogue: Catalogue | None = None,
) -> list[RequestProblem]:
    """Every problem of a call as it is on the wire; empty where the catalogue has nothing against it.

    ``url`` is whole, or a path with its query; ``headers`` None or empty: nobody told them. ``body`` is a JSON
    value, or the text that was sent. Nothing of a token but its kind is in a problem.
    """
    catalogue = catalogue or load_catalogue()
    names = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    parts = split(url)
    if parts is None:
        told = f"The address {short(url)!r} cannot be read."
        return [RequestProblem("url", ProblemKind.PATH, told, "an address such as https://host/path?name=value")]
    if is_token_request(parts):
        return []  # no call of SP-API
    found = [*host_problems(url, names), *token_header_problems(names)]
    matched = catalogue.match(method, parts.path)
    if matched is None:
        return [*found, path_problem(catalogue, method, parts.path)]
    operation, in_path = matched
    content, unread = _read(body)
    found += unread
    found += _body_problems(operation, names, content)
    asked, misplaced = _query_values(operation, parts.query)
    sent = {} if unread else operation.values_of_body(content) if operation.has_body else {}
    found += misplaced
    found += _misplaced_fields(operation, sent)
    place = region_of_host(parts.hostname or "")
    values: dict[str, Any] = {**asked, **sent, **in_path}
    kind = token_kind(bare_token(names.get(HEADER, "")))
    for each in check_request(operation, values, now=now, region=place[0] if place else None, token_kind=kind):
        # What could not be read is not missing as well.
        if not (unread and each.kind in (ProblemKind.MISSING, ProblemKind.ONE_OF)):
            found.append(each)
    if place:
        found += sandbox_problems(operation, values, sandbox=place[1])
    return found


def _read(body: Any) -> tuple[Any, list[RequestProblem]]:
    """The JSON value of a body, and what is wrong with a text that is none."""
    if isinstance(body, bytes):
        body = body.decode(errors="replace")
    if not isinstance(body, str):
        return body, []
    if not body.strip():
        return None, []
    try:
        return msgspec.json.decode(body), []
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        what = "a form's fields" if re.fullmatch(r"\w+=[^{}\n]*", body.strip()) else "no JSON"
        return body, [RequestProblem("body", ProblemKind.BODY, f"The body is {what}.", "JSON")]


def _body_problems(operation: Operation, names: dict[str, str], body: Any) -> Iterator[RequestProblem]:
    if body is not None and not operation.has_body:
        told = f"{operation.name} takes no body, and one was sent."
        yield RequestProblem("body", ProblemKind.BODY, told, "no body")
    content_type = names.get("content-type", "").partition(";")[0].strip().lower()
    if body is not None and operation.has_body and content_type and content_type not in _taken(operation):
        told = f"Content-Type is {short(content_type)}; {operation.name} takes JSON."
        yield RequestProblem("Content-Type", ProblemKind.HEADER, told, "application/json")
    agent = names.get("user-agent", "")
    if len(agent) > _AGENT_LONGEST:
        told = f"User-Agent is {len(agent)} characters long; at most {_AGENT_LONGEST} are allowed."
        yield RequestProblem("User-Agent", ProblemKind.HEADER, told, f"at most {_AGENT_LONGEST} characters")


def _taken(operation: Operation) -> set[str]:
    return {"application/json", *(each.lower() for each in operation.consumes)}


def _query_values(operation: Operation, query: str) -> tuple[dict[str, Any], list[RequestProblem]]:
    """The values in a query, and what in it belongs elsewhere."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        told = "The query has more than a thousand fields."
        return {}, [RequestProblem("url", ProblemKind.COUNT, told, "at most a thousand fields")]
    assignments: list[str] = []
    misplaced: dict[str, RequestProblem] = {}
    for name, value in pairs:
        parameter = operation.parameter(name)
        if parameter is not None and parameter.place in ("body", "path"):
            told = f"{name} is in the query; {operation.name} reads it from the {parameter.place}."
            misplaced[name] = RequestProblem(name, ProblemKind.PLACE, told, f"in the {parameter.place}")
        elif name.strip() and "=" not in name:
            assignments.append(f"{name}={value}")
    return parse_assignments(operation, assignments), list(misplaced.values())


def _misplaced_fields(operation: Operation, fields: dict[str, Any]) -> Iterator[RequestProblem]:
    """Takes out of the body's fields those that belong elsewhere, and tells them."""
    for name in list(fields):
        parameter = operation.parameter(name)
        if parameter is not None and parameter.place in ("query", "header"):
            del fields[name]
            told = f"{name} is in the body; {operation.name} reads it from the {parameter.place}."
            yield RequestProblem(name, ProblemKind.PLACE, told, f"in the {parameter.place}")
