"""Plausible values: what a value of some name and shape may look like, where the model gives no example.

``{marketplace}``, ``{seller_id}``, ``{now-7d}`` (a moment) and ``{day-7}`` (a date) in a value are filled in when a
request is built: ``fill``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from sptui.spapi.catalogue.shapes import Shape, Shapes
from sptui.spapi.marketplaces import MARKETPLACES

_UUID: Final = "11111111-1111-4111-8111-111111111111"

_BY_NAME: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), value)
    for pattern, value in (
        (r"^marketplace_?ids?$", "{marketplace}"),
        (r"^(seller|merchant|selling_?partner)_?id$", "{seller_id}"),
        (r"asins?$", "B07XJ8C8F5"),
        (r"skus?$|skulist$", "SKU-1"),
        (r"^(amazon)?_?order_?ids?$|orderNumber$", "111-1111111-1111111"),
        (r"country(Code)?$", "US"),
        (r"currency(Code)?$", "USD"),
        (r"postal_?code$|zip", "98101"),
        (r"city$", "Seattle"),
        (r"state(OrRegion|OrProvinceCode)?$", "WA"),
        (r"address_?line_?1$", "1 Main Street"),
        (r"e?mail(Address)?$", "buyer@example.com"),
        (r"phone(Number)?$", "206-555-0100"),
        (r"locale$|languageTag$|Accept-Language", "en_US"),
        (r"time_?zone$", "UTC"),
        (r"ur[il]$", "https://example.com/"),
        (r"name$", "Northwind"),
        (r"keywords?$", "shirt"),
        (r"uuid$", _UUID),
        (r"^notificationTypes?$", "ACCOUNT_STATUS_CHANGED"),
    )
)
"""What the names of SP-API's parameters and fields tell of their values."""

_PATTERN_CANDIDATES: Final = (
    "sample", "SAMPLE", "Sample1", "1", "10", "US", "USD", "en_US", "en-US", "98101", "2026-01-31", "{now-1d}", _UUID,
    "111-1111111-1111111", "B07XJ8C8F5", "A1B2C3D4E5", "AFTN1", "12:00", "0.5", "https://example.com/", "SKU-1",
    "+12065550100", "2065550100", "PACKAGE_TRACKING_ID", "sh" + _UUID, "wf" + _UUID, "pg" + _UUID, "pl" + _UUID,
    "arn:aws:sqs:us-east-1:123456789012:queue", "12:00:00", "GMT+00:00", "P1D", "image/png", "AZ:" + "A" * 26,
)  # fmt: skip
"""Tried one after the other on a pattern."""

_FILLED: Final = {
    "{now-1d}": "2026-01-31T08:00:00Z",
    "{marketplace}": "ATVPDKIKX0DER",
    "{seller_id}": "A1SELLER000000",
}
"""What a pattern is held against in place of a placeholder."""

_DEEPEST: Final = 12


def plausible_value(name: str, shape: Shape, shapes: Shapes, depth: int = 0) -> Any:
    """A value that the shape allows: of an object the fields that it needs, of a list as many members as it must
    have and at least one. Placeholders are not filled in.
    """
    shape = shapes.resolve(shape)
    if shape.sample is not None and fits_limits(shape.sample, shape):
        return _placed(name, shape, shape.sample)
    if shape.type == "object" or shape.fields:
        return _object(shape, shapes, depth)
    if shape.type == "array":
        return _list(name, shape, shapes, depth)
    if shape.enum:
        return shape.enum[0]
    if shape.type == "boolean":
        return False if shape.default is None else shape.default
    if shape.type in ("integer", "number"):
        return _number(shape)
    return _text(name, shape)


def _object(shape: Shape, shapes: Shapes, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        return {}
    if not shape.fields and not shape.required and depth <= 1 and not shape.closed:
        member = shape.others or Shape(type="string")
        return {"sample": plausible_value("sample", member, shapes, depth + 1)}
    names = list(shape.required)
    for group in shape.one_of:
        if not set(group) & set(names):
            names.append(group[0])
    names += [other for first, *others in shape.needs if first in names for other in others if other not in names]
    if not names and shape.fields and depth <= 1:
        names = [next(iter(shape.fields))]
    return {each: plausible_value(each, shape.fields.get(each, Shape()), shapes, depth + 1) for each in names}


def _list(name: str, shape: Shape, shapes: Shapes, depth: int) -> list[Any]:
    if depth > _DEEPEST:
        return []
    items = shapes.resolve(shape.items or Shape())
    count = max(shape.min_items or 0, 1)
    if shape.unique and items.enum:
        return list(items.enum[:count])
    return [plausible_value(name, items, shapes, depth + 1)] * count


def _number(shape: Shape) -> float | int:
    value: float | int = shape.default if isinstance(shape.default, (int, float)) else 1
    if shape.minimum is not None:
        value = max(value, shape.minimum)
    if shape.maximum is not None:
        value = min(value, shape.maximum)
    if shape.multiple_of:
        value = max(shape.multiple_of, value // shape.multiple_of * shape.multiple_of)
    return int(value) if shape.type == "integer" or value == int(value) else value


def _text(name: str, shape: Shape) -> str:
    if shape.format in ("date-time", "date"):
        return date_sample(name, shape.format)
    if isinstance(shape.default, str) and shape.default and fits_limits(shape.default, shape):
        return shape.default
    by_format = {"byte": "c2FtcGxl", "ip": "192.0.2.1", "uri": "https://example.com/", "boolean": "false"}
    if shape.format in by_format:
        return by_format[shape.format]
    named = next((value for pattern, value in _BY_NAME if pattern.search(name)), None)
    for candidate in (named, *_PATTERN_CANDIDATES) if shape.pattern else (named or "sample",):
        if candidate is not None:
            sized = _sized(candidate, shape)
            if fits_limits(_FILLED.get(sized, sized), shape):
                return sized
    return _sized("sample", shape)


def _sized(text: str, shape: Shape) -> str:
    if text.startswith("{"):
        return text
    if shape.min_length is not None and len(text) < shape.min_length:
        text = (text * (shape.min_length // len(text) + 1))[: shape.min_length]
    return text if shape.max_length is None else text[: shape.max_length]


def date_sample(name: str, format_: str) -> str:
    """A placeholder for a date of that name: the begin of a span lies a week back, its end minutes, and what is
    still to come (a delivery, an expiry) ahead.
    """
    days = -1
    if re.search(r"After|Since|Start|From|Begin|^start|^from", name):
        days = -7
    elif re.search(r"Before|Until|End|To$|^end|^to[A-Z]", name):
        days = 0
    if re.search(r"deliver|expir|ship(ping)?Date|arriv|appointment|pickup|readyToShip|schedule", name, re.IGNORECASE):
        days += 7 if days else 14
    if format_ == "date":
        return f"{{day{days:+d}}}"
    return "{now-5m}" if days == 0 else f"{{now{days:+d}d}}"


def fits_limits(value: Any, shape: Shape) -> bool:
    """Whether a plain value keeps to pattern, lengths, range and enum; a placeholder keeps to all of them."""
    if shape.enum and value not in shape.enum:
        return False
    if isinstance(value, str):
        if value.startswith("{"):
            return True
        if shape.pattern and not _matches(shape.pattern, value):
            return False
        if not (shape.min_length or 0) <= len(value) <= (shape.max_length or len(value)):
            return False
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        return (shape.minimum is None or value >= shape.minimum) and (shape.maximum is None or value <= shape.maximum)
    return True


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def _placed(name: str, shape: Shape, sample: Any) -> Any:
    """The sample, with the caller's own marketplace, seller id and clock in place of the example's."""
    if not isinstance(sample, str):
        return sample
    if sample.startswith("{"):
        return sample
    if shape.format in ("date-time", "date"):
        return date_sample(name, shape.format)
    if sample in MARKETPLACES:
        return "{marketplace}"
    for pattern, value in _BY_NAME[:2]:
        if pattern.search(name):
            return value
    return sample


def with_placeholders(name: str, shape: Shape, shapes: Shapes, value: Any, depth: int = 0) -> Any:
    """An example value with the caller's own marketplace, seller id and clock in place of the example's."""
    shape = shapes.resolve(shape)
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        return [with_placeholders(name, shape.items or Shape(), shapes, each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {
            key: with_placeholders(key, shape.fields.get(key, shape.others or Shape()), shapes, each, depth + 1)
            for key, each in value.items()
        }
    return _placed(name, shape, value)


_MOMENT = re.compile(r"\{now([+-]\d+)([dhm])\}")
_DAY = re.compile(r"\{day([+-]\d+)\}")
_STEPS: Final = {"d": "days", "h": "hours", "m": "minutes"}


def fill(sample: Any, *, marketplace_id: str, seller_id: str, now: datetime) -> Any:
    """``sample`` with its placeholders filled in, at every depth."""
    if isinstance(sample, list):
        return [fill(each, marketplace_id=marketplace_id, seller_id=seller_id, now=now) for each in sample]
    if isinstance(sample, dict):
        return {
            name: fill(each, marketplace_id=marketplace_id, seller_id=seller_id, now=now)
            for name, each in sample.items()
        }
    if not isinstance(sample, str) or "{" not in sample:
        return sample

    def moment(found: re.Match[str]) -> str:
        return (now + timedelta(**{_STEPS[found[2]]: int(found[1])})).strftime("%Y-%m-%dT%H:%M:%SZ")

    def day(found: re.Match[str]) -> str:
        return (now + timedelta(days=int(found[1]))).strftime("%Y-%m-%d")

    text = _DAY.sub(day, _MOMENT.sub(moment, sample))
    return text.replace("{marketplace}", marketplace_id).replace("{seller_id}", seller_id)
