"""What the models say in sentences alone: read where the sentences are regular, into facts without the words.

Only names and numbers leave this module. What no pattern here reads is in ``rules.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from sptui.spapi.catalogue_build.models import Model

Groups = tuple[tuple[str, ...], ...]

_NUMBERS = {"one": 1, "two": 2, "three": 3, "five": 5, "seven": 7, "ten": 10, "fifteen": 15, "thirty": 30}
_NUMBER = r"(\d+|" + "|".join(_NUMBERS) + ")"


def number_in_words(text: str) -> int:
    """``7`` for both "7" and "seven"."""
    return _NUMBERS.get(text.lower()) or int(text)


def sentences(text: Any) -> list[str]:
    """The sentences of a description, without its mark-up for notes and code."""
    if not isinstance(text, str):
        return []
    plain = re.sub(r"\*\*|</?\w[^>]*>", "", text).replace("\\n", "\n")
    return [each.strip() for each in re.split(r"(?<=[.!?:])\s+|\n+", plain) if each.strip()]


class Limits(msgspec.Struct, frozen=True):
    """Limits that a description states."""

    format: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_items: int | None = None
    minutes_past: int = 0


_TOO_RECENT = re.compile(rf"(?:at least|more than|no later than) {_NUMBER} minutes? (?:before|prior|in the past)", re.I)
_BETWEEN = re.compile(r"(?:value must be|must be between|be in the range:?)\s*(\d+)\s*(?:-|to|and)\s*(\d+)", re.I)
_AT_MOST = re.compile(r"^(?:the )?max(?:imum)?(?: value| count| allowed| number)?\s*(?:is|=|:|of)?\s*(\d+)\b", re.I)
_ISO_MOMENT = re.compile(r"ISO[ -]?8601", re.I)
_NO_MOMENT = re.compile(
    r"duration|period|interval|two dates|country|currency|day of|time ?zone|timezone|yyyy-mm-dd'?\)?$|offset", re.I
)
_ISO_DATE = re.compile(r"ISO[ -]?8601[^.]{0,40}\bdate format|\(YYYY-MM-DD\)|format of YYYY-MM-DD", re.I)


def limits_in_words(description: str, type_: str) -> Limits:
    """The limits that a description of a value of that type states."""
    least = most = items = None
    past = 0
    for sentence in sentences(description):
        if found := _TOO_RECENT.search(sentence):
            past = number_in_words(found[1])
        if type_ in ("integer", "number") and (found := _BETWEEN.search(sentence)):
            least, most = float(found[1]), float(found[2])
        if found := _AT_MOST.search(sentence):
            if type_ in ("integer", "number"):
                most = float(found[1])
            elif type_ == "array":
                items = int(found[1])
    return Limits(_moment_format(description, type_), least, most, items, past)


_POSSIBLE = re.compile(r"(?:possible|allowed|valid|acceptable) values[^:\n]{0,60}:\**\s*[*-]?\s*`([^`\s]+)`", re.I)


def first_possible(description: Any) -> str:
    """The first of the values that a description lists in code marks; empty where it lists none.

    Good for an example only: such lists are seldom complete.
    """
    found = _POSSIBLE.search(description) if isinstance(description, str) else None
    return found[1] if found else ""


def _moment_format(description: str, type_: str) -> str:
    if type_ != "string":
        return ""
    if _ISO_DATE.search(re.sub(r"</?a[^>]*>|\]\([^)]*\)|\[", "", description)):
        return "date"
    if _ISO_MOMENT.search(description) and not _NO_MOMENT.search(description):
        return "date-time"
    return ""


class Relations(msgspec.Struct, frozen=True):
    """How parameters, or fields of one object, depend on each other; as in ``Operation``."""

    one_of: Groups = ()
    excludes: Groups = ()
    needs: Groups = ()


_ANY = r"(?P<names>[^.;]+?)"
_ONE_OF = (
    re.compile(rf"\b(?:either|one of) {_ANY} (?:is|are|must be|should be) "
               r"(?:required|specified|provided|submitted|mandatory|given)", re.I),
    re.compile(r"must specify either (?:an?|the) (?P<names>[^.;]+?)(?: as query parameter)?\.?$", re.I),
)  # fmt: skip
_UNLESS = re.compile(r"^required if (?P<names>\S+) is not (?:specified|provided)", re.I)
_BOTH_FAIL = re.compile(rf"specifying both {_ANY} returns an error", re.I)
_TOGETHER = re.compile(rf"{_ANY} are mutually exclusive", re.I)
_NOT_WITH = re.compile(rf"^(?:note:?\s*)?cannot be used with {_ANY}\.?$", re.I)
_NOT_WHEN = re.compile(
    rf"(?P<barred>[^.;]+?) (?:cannot|can't|may not|must not) be (?:set|specified|used|provided) (?:when|if) {_ANY} is",
    re.I,
)
_YOU_CANNOT = re.compile(
    rf"you cannot use (?P<barred>\S+) if you (?:specify|include|provide) {_ANY}(?: in your request)?\.?$", re.I
)
_IF_THEN_NOT = re.compile(
    rf"^if {_ANY} is (?:specified|provided|set), (?:then )?(?:neither )?(?P<barred>[^;]+?) "
    r"(?:cannot be|may be|can be|must not be) (?:specified|provided|set)", re.I
)  # fmt: skip
_NEEDED_WITH = re.compile(
    rf"^(?:note:?\s*)?(?P<needed>\S+) is required when (?:you specify )?{_ANY}"
    r"(?: is (?:in the request|provided|specified|set))?\.?$", re.I
)  # fmt: skip
_ALSO = re.compile(
    rf"(?:if|when) you (?:include|provide|specify) (?:a value for )?{_ANY},? you must also "
    r"(?:specify|provide|include) (?P<needed>[^.]+)", re.I
)  # fmt: skip
_TOKEN_ALONE = re.compile(r"specifying (?P<names>\S+) with any other parameters? will cause the request to fail", re.I)


def relations(described: Mapping[str, str], about_all: str = "") -> Relations:
    """What the descriptions of parameters or fields, by name, and the operation's own say of each other."""
    one_of: list[tuple[str, ...]] = []
    excludes: list[tuple[str, ...]] = []
    needs: list[tuple[str, ...]] = []
    for own, text in [("", about_all), *described.items()]:
        for sentence in sentences(text):
            reader = _Sentence(sentence, own, tuple(described))
            one_of += reader.one_of()
            excludes += reader.excludes()
            needs += reader.needs()
    return Relations(_unique(one_of), _unique(excludes), _unique(needs))


class _Sentence:
    """One sentence in the description of ``own`` (empty: of the operation), beside which there are ``known`` names."""

    def __init__(self, text: str, own: str, known: tuple[str, ...]) -> None:
        self._text = text
        self._own = own
        self._known = {name.lower(): name for name in known}

    def one_of(self) -> Iterator[tuple[str, ...]]:
        for pattern in _ONE_OF:
            if (found := pattern.search(self._text)) and len(names := self._names(found["names"])) > 1:
                yield names
        if (found := _UNLESS.search(self._text)) and self._own and (names := self._names(found["names"])):
            yield tuple(sorted((self._own, *names)))

    def excludes(self) -> Iterator[tuple[str, ...]]:
        for pattern in (_BOTH_FAIL, _TOGETHER):
            if (found := pattern.search(self._text)) and len(names := self._names(found["names"])) == 2:
                yield tuple(sorted(names))
        if (found := _NOT_WITH.search(self._text)) and self._own:
            for name in self._names(found["names"]):
                yield tuple(sorted((name, self._own)))
        for pattern in (_NOT_WHEN, _IF_THEN_NOT):
            if found := pattern.search(self._text):
                first, barred = self._names(found["names"]), self._names(found["barred"])
                if len(first) == 1 and (others := tuple(each for each in barred if each != first[0])):
                    yield first[0], *others
        if (found := _YOU_CANNOT.search(self._text)) and (barred := self._names(found["barred"])):
            yield barred[0], *self._names(found["names"])
        if (found := _TOKEN_ALONE.search(self._text)) and (first := self._names(found["names"])):
            yield first[0], *(name for name in self._known.values() if name != first[0])

    def needs(self) -> Iterator[tuple[str, ...]]:
        for pattern in (_NEEDED_WITH, _ALSO):
            if not (found := pattern.search(self._text)):
                continue
            first = self._names(found["names"]) or self._self_in(found["names"])
            needed = self._names(found["needed"]) or self._self_in(found["needed"])
            if len(first) == 1 and needed and first[0] not in needed:
                yield first[0], *needed

    def _names(self, text: str) -> tuple[str, ...]:
        words = re.findall(r"[A-Za-z][\w-]*", text)
        found = [self._known[word.lower()] for word in words if word.lower() in self._known]
        if not found and (word := _singular(words, self._known)):
            found = [word]
        return tuple(dict.fromkeys(found))

    def _self_in(self, text: str) -> tuple[str, ...]:
        return (self._own,) if self._own and re.search(r"\bthis\b", text, re.I) else ()


def _singular(words: Iterable[str], known: Mapping[str, str]) -> str:
    return next((known[f"{word.lower()}s"] for word in words if f"{word.lower()}s" in known), "")


def _unique(groups: Iterable[tuple[str, ...]]) -> Groups:
    seen: dict[tuple[str, ...], None] = {}
    for group in groups:
        if not any(set(group) <= set(other) and group[0] == other[0] for other in seen):
            seen[group] = None
    return tuple(seen)


def field_rules(model: Model, fields: Mapping[str, Any]) -> Relations:
    """What the descriptions of an object's fields say of each other."""
    if len(fields) < 2:
        return Relations()
    described = {name: " \n".join(_descriptions(model, each)) for name, each in fields.items()}
    return relations(described)


def _descriptions(model: Model, schema: Any) -> Iterator[str]:
    """A field's own description and that of what it refers to."""
    if isinstance(schema, dict):
        yield str(schema.get("description") or "")
        if "$ref" in schema:
            yield str(model.resolved(schema).get("description") or "")


_PAIRS = (("After", "Before"), ("Since", "Until"), ("Start", "End"), ("start", "end"), ("from", "to"), ("From", "To"))
_SPAN = re.compile(
    rf"(?:range|interval)\b[^.]*?(?:not (?:be )?(?:more than|exceed)|no more than|cannot exceed|can be) {_NUMBER} days",
    re.I,
)


def date_pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of names that begin and end a span of time."""
    known = list(names)
    found: dict[tuple[str, str], None] = {}
    for name in known:
        for early, late in _PAIRS:
            other = re.sub(rf"^{early}|{early}", late, name, count=1)
            if early in name and other != name and other in known:
                found[name, other] = None
    return list(found)


def most_days(texts: Iterable[str]) -> int | None:
    """How far apart, in days, the two ends of a span may lie at most, where a sentence tells it."""
    for text in texts:
        for sentence in sentences(text):
            if found := _SPAN.search(sentence):
                return number_in_words(found[1])
    return None


_RATE_ROW = re.compile(r"^\|\s*(?:Default\s*\|)?\s*(\d*\.?\d+)\s*\|\s*(\d+)\s*\|", re.M)


def usage_plan(description: Any) -> tuple[float | None, int | None]:
    """Rate (requests a second) and burst from the table in an operation's description; None where it has none."""
    found = _RATE_ROW.search(description) if isinstance(description, str) else None
    return (float(found[1]), int(found[2])) if found else (None, None)
