"""The sandbox in the models: which requests it answers, with which status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from sptui.spapi.catalogue import Operation, SandboxCase

_STATIC = ("x-amzn-api-sandbox", "x-amazon-spds-sandbox-behaviors")


def sandbox_kind(nodes: tuple[dict[str, Any], ...], cases: bool) -> Literal["", "static", "dynamic"]:  # noqa: FBT001
    """How the sandbox answers an operation; ``nodes`` are those of operation and path."""
    if cases:
        return "static"
    told = [node.get("x-amzn-api-sandbox") for node in nodes]
    return "dynamic" if any(isinstance(each, dict) and "dynamic" in each for each in told) else ""


class _Sample(msgspec.Struct, frozen=True):
    """A static sample as the model has it: parameters under the model's names, the answer and its headers.

    Models write "no body" as null, as an empty text, or not at all.
    """

    status: int
    parameters: dict[str, Any]
    answer: Any
    headers: dict[str, str]


def static_cases(responses: Any) -> Iterator[_Sample]:
    """Every static sample of an operation."""
    for status, response in sorted(responses.items() if isinstance(responses, dict) else ()):
        if not str(status).isdigit() or not isinstance(response, dict):
            continue
        for case in _cases(response):
            request = case.get("request")
            parameters = request.get("parameters") if isinstance(request, dict) else None
            values = {
                str(name): node["value"]
                for name, node in (parameters.items() if isinstance(parameters, dict) else ())
                if isinstance(node, dict) and "value" in node
            }
            answer = case.get("response")
            yield _Sample(int(status), values, None if answer == "" else answer, _headers(case.get("responseHeaders")))


def _headers(told: Any) -> dict[str, str]:
    """The headers of a sample's answer: ``{"Location": {"value": "TestOrderId"}}``."""
    named = told.items() if isinstance(told, dict) else ()
    return {str(name): str(node["value"]) for name, node in named if isinstance(node, dict) and "value" in node}


def _cases(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in _STATIC:
        told = response.get(key)
        listed = told.get("static") if isinstance(told, dict) else told
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, dict):
                yield each


def as_values(operation: Operation, parameters: dict[str, Any]) -> dict[str, Any]:
    """A sample's parameters as values of the operation: the body is taken apart into its fields."""
    values: dict[str, Any] = {}
    body_names = {operation.body_name, "body"} if operation.body_name else set()
    for name, value in parameters.items():
        known = operation.parameter(name)
        if name in body_names and (known is None or known.place != "body" or _is_body(value, name)):
            values |= operation.values_of_body(value)
        else:
            values[name] = value
    return values


def _is_body(value: Any, name: str) -> bool:
    """Whether the value is the body that has a field of its own name."""
    return isinstance(value, dict) and name in value


def cases_of(operation: Operation, responses: Any) -> tuple[SandboxCase, ...]:
    """The static samples of an operation, successes first."""
    found = [
        SandboxCase(as_values(operation, each.parameters), each.status, each.headers, each.answer)
        for each in static_cases(responses)
    ]
    return tuple(sorted(found, key=lambda each: each.status))
