"""The parameters of a request, and the body's fields with them: there, known, and with a value that fits."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Operation, Parameter, Shape, Values
from sptui.spapi.check.combinations import is_blank
from sptui.spapi.check.lifted import Lifted
from sptui.spapi.check.problems import ProblemKind, RequestProblem, did_you_mean, listed, nearest, short
from sptui.spapi.check.values import Scope, value_problems


def missing_problems(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    """The required parameters that are not there or say nothing."""
    for each in operation.required:
        name = each.name
        if name not in values:
            yield RequestProblem(name, ProblemKind.MISSING, f"{name} is missing; {operation.name} needs it.")
        elif _says_nothing(each, values[name], operation):
            yield RequestProblem(name, ProblemKind.MISSING, f"{name} is empty; {operation.name} needs it.")


def _says_nothing(parameter: Parameter, value: Any, operation: Operation) -> bool:
    """Whether a required value is as good as missing: an empty list or object in a body is one that may be meant."""
    if parameter.place != "body" or not isinstance(value, (list, dict)):
        return is_blank(value)
    return value == [] and bool(operation.shapes.resolve(parameter.as_shape()).min_items)


def unknown_name_problems(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    """Names that the operation does not have."""
    names = [each.name for each in operation.parameters]
    for name in values:
        if name in names or _is_spare_marketplace(operation, name, values):
            continue
        if operation.has_body and name == (operation.body_name or "body"):
            told = f"The body is {short(_kind_in_words(values[name]))} where an object belongs."
            fields = [each.name for each in operation.parameters if each.place == "body"]
            yield RequestProblem(name, ProblemKind.TYPE, told, f"an object with {listed(fields)}")
            continue
        near = nearest(name, names)
        told = f"{operation.name} has no parameter {short(name)!r}.{did_you_mean(near)}"
        yield RequestProblem(name, ProblemKind.UNKNOWN_NAME, told, near)


_MARKETPLACE_NAME: Final = re.compile(r"marketplace_?ids?", re.IGNORECASE)


def _is_spare_marketplace(operation: Operation, name: str, values: Values) -> bool:
    """Whether it is one more spelling of the marketplace in a query: a client library in wide use sends all four with
    every call, and Amazon passes over those that it does not know.
    """
    if operation.has_body or not _MARKETPLACE_NAME.fullmatch(name):
        return False
    known = [each.name for each in operation.parameters if _MARKETPLACE_NAME.fullmatch(each.name)]
    return not known or any(each in values for each in known)


def _kind_in_words(value: Any) -> str:
    words: dict[type, str] = {list: "a list", dict: "an object", str: "text", bool: "true or false"}
    return words.get(type(value), "a number")


def parameter_problems(operation: Operation, values: Values, now: datetime) -> Iterator[RequestProblem]:
    """What is wrong with each value that was given."""
    lifted = Lifted(operation.key)
    body = Scope(operation.shapes, now, wire=False, lifted=lifted)
    wire = Scope(operation.shapes, now, wire=True, lifted=lifted)
    for parameter in operation.parameters:
        value = values.get(parameter.name)
        in_body = parameter.place == "body"
        if (value in (None, "", []) and parameter.required) or (is_blank(value) and not in_body):
            continue  # told as missing, or as good as left out
        shape = _body_shape(parameter, operation) if in_body else parameter.as_shape()
        yield from value_problems(body if in_body else wire, parameter.name, value, shape)
        yield from _batch_problems(operation, parameter, value)


def _body_shape(parameter: Parameter, operation: Operation) -> Shape:
    """The shape of a field of the body, with the rules that the catalogue adds to the model's on the first level."""
    shape = operation.shapes.resolve(parameter.as_shape())
    if shape.type == "array":
        return shape
    if parameter.format == shape.format and parameter.minutes_past == shape.minutes_past:
        return shape
    return msgspec.structs.replace(shape, format=parameter.format, minutes_past=parameter.minutes_past)


_BATCH_URIS: Final = {
    "getListingOffersBatch": "/products/pricing/v0/listings/{SellerSKU}/offers",
    "getItemOffersBatch": "/products/pricing/v0/items/{Asin}/offers",
}
"""What ``requests[].uri`` must look like; a wrong one is answered with 500 (Amazon developer blog, 2022)."""


def _batch_problems(operation: Operation, parameter: Parameter, value: Any) -> Iterator[RequestProblem]:
    template = _BATCH_URIS.get(operation.name)
    if template is None or parameter.name != "requests" or not isinstance(value, list):
        return
    for index, each in enumerate(value):
        uri = each.get("uri") if isinstance(each, dict) else None
        if isinstance(uri, str) and not _uri_pattern(template).fullmatch(uri):
            told = f"requests[{index}].uri is {short(uri)!r}; it must be the path of one offer request."
            yield RequestProblem(f"requests[{index}].uri", ProblemKind.FORMAT, told, template)


@functools.cache
def _uri_pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/?]+", re.escape(template)))
