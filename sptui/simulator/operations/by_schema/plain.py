"""Plain values of an answer: what was asked said again, else something that a name and a shape let expect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.simulator.operations.by_schema.scope import ABSENT
from sptui.simulator.seeded import CAPITALS, Seeded
from sptui.simulator.validation import read_moment
from sptui.spapi.catalogue import Shape, Shapes
from sptui.spapi.plausible import date_sample, fill, fits_limits, plausible_value

_NO_SHAPES: Final = Shapes()
_TROUBLE: Final = re.compile(r"err|fail|fatal|invalid|cancel|reject|denied|lost|expired|unknown|suspend|delet", re.I)
_COUNTRY: Final = re.compile(r"country_?(code)?$", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"currency_?(code)?$", re.IGNORECASE)
_ID: Final = re.compile(r"(^id|[a-z]I[dD]|_id|ID|identifier|token|uuid|number)$")
_MONEY: Final = re.compile(r"(amount|price|value|total|rate|fee|cost|charge)$", re.IGNORECASE)
_LINK: Final = re.compile(r"href$|link$", re.IGNORECASE)
_BY_NAME: Final = (
    (re.compile(r"^status_?code$", re.IGNORECASE), 200, "200"),
    (re.compile(r"^reason_?phrase$", re.IGNORECASE), None, "OK"),
    (re.compile(r"^status$", re.IGNORECASE), None, "Success"),
)
"""A number and a text for names that tell how it went."""

_LONGEST: Final = 40
_USUAL_ID: Final = 14
_MOST: Final = 2**31 - 1


class Place(msgspec.Struct, frozen=True):
    """For whom and where the answer is, and the moment that its dates lie around."""

    marketplace_id: str
    country: str
    currency: str
    seller_id: str
    moment: datetime


class PlainValues:
    """Makes values that are no object and no list."""

    def __init__(self, seeded: Seeded, place: Place) -> None:
        self._seeded = seeded
        self._place = place

    def chance(self, likelihood: float, what: str) -> bool:
        """Whether something happens that does so with ``likelihood``."""
        return self._seeded.fraction("chance", what) < likelihood

    def asked(self, value: Any, shape: Shape) -> Any:
        """What the request said, as the answer's shape lets it be said; ABSENT where it does not."""
        if value is ABSENT or value is None:
            return ABSENT
        if shape.type == "string":
            return self._asked_text(value, shape)
        if shape.type == "boolean":
            return value if isinstance(value, bool) else ABSENT
        if shape.type in ("integer", "number") and isinstance(value, (int, float)) and not isinstance(value, bool):
            whole = isinstance(value, int) or value.is_integer()
            if (whole or shape.type == "number") and fits_limits(value, shape):
                return int(value) if shape.type == "integer" else value
        return ABSENT

    def _asked_text(self, value: Any, shape: Shape) -> Any:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return ABSENT
        text = str(value)
        if shape.format in ("date-time", "date"):
            moment = read_moment(text)
            return ABSENT if moment is None else _date_text(moment, shape.format)
        usual = not shape.format and "{" not in text
        return text if usual and fits_limits(text, shape) else ABSENT

    def made(self, name: str, shape: Shape, what: str) -> Any:
        """A value of that name and shape; ``what`` tells it apart from its likes."""
        if shape.enum:
            return self._seeded.pick(_harmless(shape.enum), "enum", what)
        if shape.type == "boolean":
            return self.chance(0.5, what)
        if shape.type in ("integer", "number"):
            return self._number(name, shape, what)
        if shape.type == "string":
            return self._text(name, shape, what)
        return {}

    def _number(self, name: str, shape: Shape, what: str) -> int | float:
        if shape.sample is not None and fits_limits(shape.sample, shape):
            return int(shape.sample) if _is_whole(shape) else shape.sample
        told = next((number for pattern, number, _ in _BY_NAME if pattern.search(name)), None)
        if told is not None and fits_limits(told, shape):
            return told
        low = 1 if shape.minimum is None else shape.minimum
        high = max(low, min(low + 99 if shape.maximum is None else shape.maximum, _MOST))
        if shape.maximum is not None:
            low = min(low, high)
        step = shape.multiple_of or (1 if _is_whole(shape) else 0.01)
        value = self._seeded.between(low, min(high, low + 100), "number", what) // step * step
        value = value if value >= low else value + step
        return int(value) if _is_whole(shape) else round(value, 2)

    def _text(self, name: str, shape: Shape, what: str) -> str:
        if not (shape.pattern or shape.format or shape.sample):
            for text in self._texts(name, what):
                sized = _sized(text, shape)
                if fits_limits(sized, shape):
                    return sized
        if _ID.search(name) and not shape.format:
            unlike = self._seeded.text(_length_of_id(shape), "id", what, alphabet=CAPITALS)
            if fits_limits(unlike, shape):
                return unlike
        found = plausible_value(name, shape, _NO_SHAPES)
        if str(found).startswith("{now"):  # the name tells begin from end
            found = date_sample(name, "date-time")
        place = self._place
        filled = fill(found, marketplace_id=place.marketplace_id, seller_id=place.seller_id, now=place.moment)
        if shape.format == "date-time" and not fits_limits(filled, shape):  # a time in the prose, a day in the pattern
            return str(filled)[:10]
        return str(filled)

    def _texts(self, name: str, what: str) -> Iterable[str]:
        if _COUNTRY.search(name):
            yield "GB" if self._place.country == "UK" else self._place.country
        if _CURRENCY.search(name):
            yield self._place.currency
        for pattern, _, text in _BY_NAME:
            if pattern.search(name):
                yield text
        told = plausible_value(name, Shape(type="string"), _NO_SHAPES)
        if told != "sample":
            place = self._place
            yield fill(told, marketplace_id=place.marketplace_id, seller_id=place.seller_id, now=place.moment)
        if _ID.search(name):
            yield self._seeded.text(_USUAL_ID, "id", what, alphabet=CAPITALS)
        if _LINK.search(name):
            yield f"https://example.com/{self._seeded.hex(8, 'link', what)}"
        if _MONEY.search(name):
            yield f"{self._seeded.between(5, 100, 'money', what):.2f}"
        yield _words(name) or "sample"


def _length_of_id(shape: Shape) -> int:
    least, most = shape.min_length or 0, shape.max_length
    return max(least, _USUAL_ID if most is None else min(most, _USUAL_ID))


def _is_whole(shape: Shape) -> bool:
    """Whether a number has no fraction; some models say so with a format alone."""
    return shape.type == "integer" or shape.format.startswith("int")


def _harmless(options: tuple[Any, ...]) -> tuple[Any, ...]:
    """The words that do not tell of trouble, if there are any."""
    return tuple(each for each in options if not _TROUBLE.search(str(each))) or options


def _words(name: str) -> str:
    """``carrierStatus`` is ``Carrier status``."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).strip()
    return text[:1].upper() + text[1:].lower()


def _sized(text: str, shape: Shape) -> str:
    if shape.min_length is not None and len(text) < shape.min_length:
        text = (text * (shape.min_length // len(text) + 1))[: shape.min_length]
    return text[: shape.max_length if shape.max_length is not None else max(_LONGEST, shape.min_length or 0)]


def _date_text(moment: datetime, format_: str) -> str:
    text = moment.isoformat(timespec="seconds")  # strftime writes the years of antiquity with fewer digits
    return text[:10] if format_ == "date" else text.replace("+00:00", "Z")
