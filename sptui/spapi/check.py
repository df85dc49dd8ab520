"""A request held against the catalogue, offline: what Amazon would refuse, before it is asked.

What the catalogue knows comes from Amazon's models; the conflicts that the models tell only in prose are in its
``one_of``, ``excludes`` and ``needs``. A problem found here is a fact about the request, not yet the reason why
a call failed: Amazon lets some of them pass.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Operation, Parameter
from sptui.spapi.marketplaces import (
    MARKETPLACES,
    MarketplaceKind,
    kind_of_marketplace,
    label_of_marketplace,
    marketplaces_of,
)
from sptui.spapi.regions import Region
from sptui.spapi.requests import Values, format_value, marketplaces_in


class ProblemKind(StrEnum):
    """What is wrong, as a word that rules can read."""

    MISSING = "missing"
    UNKNOWN_NAME = "unknown name"
    TYPE = "type"
    ENUM = "enum"
    RANGE = "range"
    COUNT = "count"
    FORMAT = "format"
    ORDER = "order"
    TOO_RECENT = "too recent"
    ONE_OF = "one of"
    CONFLICT = "conflict"
    NEEDS = "needs"
    OTHER_REGION = "other region"
    PSEUDO_MARKETPLACE = "pseudo-marketplace"
    UNKNOWN_MARKETPLACE = "unknown marketplace"
    TOKEN = "token"
    DEPRECATED = "deprecated"


class RequestProblem(msgspec.Struct, frozen=True):
    """One thing that does not fit: the parameter, what is wrong in a sentence, and what is allowed instead."""

    parameter: str
    kind: ProblemKind
    problem: str
    allowed: str = ""

    @property
    def is_note(self) -> bool:
        """Whether it is worth knowing but no reason for a refusal."""
        return self.kind is ProblemKind.DEPRECATED


def check_request(
    operation: Operation, values: Values, *, now: datetime, region: Region | None = None, token_kind: str = ""
) -> list[RequestProblem]:
    """Every problem of a request, the gravest kinds first; empty where the catalogue has nothing against it.

    ``region`` is that of the host (None: not known, marketplaces are then not held against it); ``token_kind``
    the prefix of the token that was sent (``Atza|``), or "" where it is not known.
    """
    return [
        *_missing(operation, values),
        *_unknown_names(operation, values),
        *_combinations(operation, values),
        *_values(operation, values, now),
        *_date_order(operation, values),
        *_marketplaces(values, region),
        *_token(operation, token_kind),
        *_deprecated(operation),
    ]


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _missing(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    for each in operation.required:
        if each.name not in values:
            yield RequestProblem(each.name, ProblemKind.MISSING, f"{each.name} is missing; {operation.name} needs it.")
        elif _is_blank(values[each.name]):
            yield RequestProblem(each.name, ProblemKind.MISSING, f"{each.name} is empty; {operation.name} needs it.")


def _unknown_names(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    names = [each.name for each in operation.parameters]
    for name in values:
        if name not in names:
            near = _nearest(name, names)
            hint = f" Did you mean {near}?" if near else ""
            yield RequestProblem(
                name, ProblemKind.UNKNOWN_NAME, f"{operation.name} has no parameter {name!r}.{hint}", near
            )


def _nearest(name: str, names: Iterable[str]) -> str:
    by_lower = {each.lower(): each for each in names}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def _combinations(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    given = {name for name, value in values.items() if not _is_blank(value)}
    for group in operation.one_of:
        if not given & set(group):
            names = " or ".join(group)
            yield RequestProblem(names, ProblemKind.ONE_OF, f"One of {', '.join(group)} must be given.", names)
    clashes: dict[frozenset[str], RequestProblem] = {}
    for first, *others in operation.excludes:
        for other in others:
            if first in given and other in given:
                problem = RequestProblem(
                    other, ProblemKind.CONFLICT, f"{other} cannot be given together with {first}.", "one of the two"
                )
                clashes.setdefault(frozenset((first, other)), problem)
    yield from clashes.values()
    for first, *others in operation.needs:
        for other in others:
            if first in given and other not in given:
                yield RequestProblem(other, ProblemKind.NEEDS, f"{first} needs {other} beside it.")


def _values(operation: Operation, values: Values, now: datetime) -> Iterator[RequestProblem]:
    for parameter in operation.parameters:
        value = values.get(parameter.name)
        if _is_blank(value):
            continue
        if wrong := _type_problem(parameter, value):
            yield wrong
            continue
        items = _items(parameter, value)
        yield from _enum_problems(parameter, items)
        yield from _limit_problems(parameter, value, items)
        yield from _date_problems(parameter, value, now)
        yield from _batch_problems(operation, parameter, value)


def _items(parameter: Parameter, value: Any) -> list[Any]:
    if parameter.type != "array":
        return [value]
    return value.split(",") if isinstance(value, str) else list(value)


_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_WORDS: Final = {"string": "a string", "integer": "a whole number", "array": "a list", "object": "an object"}


def _type_problem(parameter: Parameter, value: Any) -> RequestProblem | None:
    if _fits(parameter, value):
        return None
    wanted = _WORDS.get(parameter.type, f"a {parameter.type}")
    if parameter.type == "array" and isinstance(value, str):
        told = f'{parameter.name} is the string "{_short(value)}" where a list belongs.'
        return RequestProblem(parameter.name, ProblemKind.TYPE, told, f'["{_short(value)}"]')
    told = f"{parameter.name} is {_short(format_value(value))!r}, which is not {wanted}."
    return RequestProblem(parameter.name, ProblemKind.TYPE, told, wanted)


def _fits(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool):
        return parameter.type == "boolean"
    if isinstance(value, _TYPES[parameter.type]):
        return not (parameter.type == "array" and parameter.items == "string" and _holds_containers(value))
    if parameter.place == "body":
        return False
    # Outside the body everything is text on the wire: what reads as the type is of the type.
    if parameter.type == "array":
        return isinstance(value, str)
    text = value if isinstance(value, str) else ""
    if parameter.type == "boolean":
        return text in ("true", "false")
    if parameter.type in ("integer", "number"):
        return re.fullmatch(r"[+-]?\d+" if parameter.type == "integer" else r"[+-]?\d+(\.\d+)?", text) is not None
    return parameter.type == "string" and isinstance(value, (int, float))


def _holds_containers(value: Any) -> bool:
    return any(isinstance(each, (dict, list)) for each in value)


def _enum_problems(parameter: Parameter, items: list[Any]) -> Iterator[RequestProblem]:
    if not parameter.enum:
        return
    wrong = [str(each) for each in items if str(each) not in parameter.enum]
    for each in wrong:
        near = _nearest(each, parameter.enum)
        hint = f" Did you mean {near}?" if near else ""
        told = f"{parameter.name} does not take {_short(each)!r}.{hint}"
        yield RequestProblem(parameter.name, ProblemKind.ENUM, told, ", ".join(parameter.enum))


def _limit_problems(parameter: Parameter, value: Any, items: list[Any]) -> Iterator[RequestProblem]:
    name = parameter.name
    if parameter.type == "array":
        most, least = parameter.max_items, parameter.min_items
        if most is not None and len(items) > most:
            told = f"{name} holds {len(items)} values; at most {most} {'is' if most == 1 else 'are'} allowed."
            yield RequestProblem(name, ProblemKind.COUNT, told, f"at most {most}")
        if least is not None and len(items) < least:
            told = f"{name} holds {len(items)} values; at least {least} must be given."
            yield RequestProblem(name, ProblemKind.COUNT, told, f"at least {least}")
        return
    if parameter.type not in ("integer", "number"):
        return
    number = float(value) if isinstance(value, str) else value
    least_value, most_value = parameter.minimum, parameter.maximum
    if (most_value is not None and number > most_value) or (least_value is not None and number < least_value):
        allowed = _range_in_words(least_value, most_value)
        yield RequestProblem(name, ProblemKind.RANGE, f"{name} is {value}; {allowed} is allowed.", allowed)


def _range_in_words(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:g}"
    return f"at least {least:g}" if most is None else f"{least:g} to {most:g}"


def _date_problems(parameter: Parameter, value: Any, now: datetime) -> Iterator[RequestProblem]:
    if parameter.format not in ("date", "date-time"):
        return
    moment = read_moment(value)
    if moment is None:
        told = f"{parameter.name} is {_short(str(value))!r}, which is not an ISO 8601 date."
        if re.search(r"\d \d\d:?\d\d$", str(value)):
            told += " The + of an offset must be URL-encoded."
        yield RequestProblem(parameter.name, ProblemKind.FORMAT, told, "such as 2026-01-31T08:00:00Z")
    elif parameter.minutes_past and moment > now - timedelta(minutes=parameter.minutes_past):
        allowed = f"at least {parameter.minutes_past} minutes before the call"
        told = f"{parameter.name} is {value}, which is too recent: it must lie {allowed}."
        yield RequestProblem(parameter.name, ProblemKind.TOO_RECENT, told, allowed)


def read_moment(value: Any) -> datetime | None:
    """The moment that an ISO 8601 date or date-time means (UTC where it names no zone); None for other values."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d(T|$)", value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_BOUNDS: Final = (("After", "Before"), ("Since", "Until"), ("Start", "End"), ("start", "end"))


def _date_order(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    for parameter in operation.parameters:
        for early_word, late_word in _BOUNDS:
            late = parameter.name.replace(early_word, late_word)
            if late == parameter.name or late not in values:
                continue
            begin, end = read_moment(values.get(parameter.name)), read_moment(values[late])
            if begin is not None and end is not None and begin >= end:
                told = f"{late} ({values[late]}) is not after {parameter.name} ({values[parameter.name]})."
                yield RequestProblem(late, ProblemKind.ORDER, told, f"a moment after {parameter.name}")


_BATCH_URIS: Final = {
    "getListingOffersBatch": "/products/pricing/v0/listings/{SellerSKU}/offers",
    "getItemOffersBatch": "/products/pricing/v0/items/{Asin}/offers",
}
"""What ``requests[].uri`` must look like; a wrong one is answered with 500 (Amazon developer blog, 2022)."""


def _batch_problems(operation: Operation, parameter: Parameter, value: Any) -> Iterator[RequestProblem]:
    template = _BATCH_URIS.get(operation.name)
    if template is None or parameter.name != "requests":
        return
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/?]+", re.escape(template)))
    for index, each in enumerate(value):
        uri = each.get("uri") if isinstance(each, dict) else None
        if not isinstance(uri, str) or not pattern.fullmatch(uri):
            told = f"requests[{index}].uri is {_short(str(uri))!r}; it must be the path of one offer request."
            yield RequestProblem(parameter.name, ProblemKind.FORMAT, told, template)


def _marketplaces(values: Values, region: Region | None) -> Iterator[RequestProblem]:
    for name in values:
        for id_ in marketplaces_in({"granularityType": values.get("granularityType"), name: values[name]}):
            if problem := _marketplace_problem(name, id_, region):
                yield problem


def _marketplace_problem(name: str, id_: str, region: Region | None) -> RequestProblem | None:
    kind = kind_of_marketplace(id_)
    if kind is MarketplaceKind.PSEUDO:
        told = f"{name} names {id_} ({label_of_marketplace(id_)}), which is no Amazon store: no operation takes it."
        return RequestProblem(name, ProblemKind.PSEUDO_MARKETPLACE, told, "the id of an Amazon store")
    if kind is MarketplaceKind.UNKNOWN:
        near = difflib.get_close_matches(id_, MARKETPLACES, n=1, cutoff=0.8)
        hint = f" Did you mean {near[0]} ({label_of_marketplace(near[0])})?" if near else ""
        told = f"{name} names {_short(id_)!r}, which is none of the {len(MARKETPLACES)} known marketplaces.{hint}"
        return RequestProblem(name, ProblemKind.UNKNOWN_MARKETPLACE, told, near[0] if near else "a marketplace id")
    home = MARKETPLACES[id_].region
    if region is None or home is region:
        return None
    told = f"{name} names {id_} ({label_of_marketplace(id_)}), which belongs to {home}, but the host is {region}'s."
    allowed = f"{home.host}, or {', '.join(each.country_code for each in marketplaces_of(region))}"
    return RequestProblem(name, ProblemKind.OTHER_REGION, told, allowed)


_SELLER_TOKENS: Final = ("Atza|",)
_GRANTLESS_TOKENS: Final = ("Atc|",)
_NEVER_SENT: Final = ("Atzr|", "Atnr|")


def _token(operation: Operation, token_kind: str) -> Iterator[RequestProblem]:
    header = "x-amz-access-token"
    if token_kind in _NEVER_SENT:
        told = f"{header} carries a refresh token ({token_kind}); it takes the access token made from it."
        yield RequestProblem(header, ProblemKind.TOKEN, told, "an access token (Atza|)")
    elif operation.token == "grantless" and token_kind in _SELLER_TOKENS:
        told = f"{operation.name} is grantless and refuses a seller's token ({token_kind})."
        yield RequestProblem(header, ProblemKind.TOKEN, told, f"a grantless token (Atc|), scope {operation.scope}")
    elif operation.token == "seller" and token_kind in _GRANTLESS_TOKENS:
        told = f"{operation.name} acts for a seller and refuses a grantless token ({token_kind})."
        yield RequestProblem(header, ProblemKind.TOKEN, told, "a token made from the seller's refresh token (Atza|)")


def _deprecated(operation: Operation) -> Iterator[RequestProblem]:
    if operation.deprecated:
        instead = f"; {operation.replaced_by} takes its place" if operation.replaced_by else ""
        told = f"{operation.name} ({operation.version}) is deprecated{instead}."
        yield RequestProblem("", ProblemKind.DEPRECATED, told, operation.replaced_by)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
