"""What a person types to choose calls of the log: ``seller:Northwind status:failed since:24h access denied``.

A word of the form ``key:value`` asks for one thing, all other words are a text to be found as it stands. A value with
blanks stands in quotes. Times such as ``24h`` count back from the newest call of the log, so that an old log is asked
about its own last day.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import msgspec

from sptui.calllog.browsing import Chosen, statuses_of
from sptui.settings import parse_duration
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import find_marketplace
from sptui.spapi.regions import Region

KEYS: Final = {
    "seller": "a seller's name or id",
    "status": "403, 4xx, failed, ok or none (no answer)",
    "op": "an operation, such as getOrders",
    "marketplace": "a country such as DE, or a marketplace's id",
    "code": "an error's code, such as InvalidInput",
    "region": "NA, EU or FE",
    "since": "24h, 7d, or a moment such as 2026-11-23T12:00",
    "until": "1h, or a moment such as 2026-11-23T12:00",
}
"""What can be asked for by name, and what each takes."""

ONE_AT_A_TIME: Final = ("marketplace", "code", "region", "since", "until")
"""Of these one value can be asked for at a time; of the others any of several."""

WINDOWS: Final = ("1h", "24h", "7d", "30d", "")
"""From the shortest to everything: what the keys for the window go through."""

_TERM: Final = re.compile(r'(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))')

T = TypeVar("T")
Sellers = Mapping[str, tuple[str, ...]]
"""The ids of each seller known by name."""


class Term(msgspec.Struct, frozen=True):
    """One thing asked for. ``key`` "": a text. No value holds a double quote."""

    key: str
    value: str

    @property
    def text(self) -> str:
        """As it is typed."""
        whole = bool(self.value) and not re.search(r"[\s:]" if not self.key else r"\s", self.value)
        value = self.value if whole or (self.key and not self.value) else f'"{self.value}"'
        return f"{self.key}:{value}" if self.key else value


class Query(msgspec.Struct, frozen=True):
    """What was typed, understood. ``problems`` say what was not; what they are about is left out of ``chosen``.

    ``since`` and ``until``: a moment (UTC), or how far back from the newest call.
    """

    terms: tuple[Term, ...] = ()
    chosen: Chosen = Chosen()
    since: timedelta | datetime | None = None
    until: timedelta | datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The terms as they are typed."""
        return text_of(self.terms)

    @property
    def needs_newest(self) -> bool:
        """Whether a time counts back from the newest call."""
        return isinstance(self.since, timedelta) or isinstance(self.until, timedelta)

    def at(self, newest: datetime | None) -> Chosen:
        """Which calls are meant in a log whose newest call is of then; in an empty one no time is asked for."""
        return msgspec.structs.replace(
            self.chosen, since=_moment(self.since, newest), until=_moment(self.until, newest)
        )


def terms_of(text: str) -> tuple[Term, ...]:
    """The terms of a text, whatever it is."""
    found = []
    for match in _TERM.finditer(text):
        key, quoted, plain = (match["key"] or "").lower(), match["quoted"], match["plain"]
        value = quoted if quoted is not None else (plain or "").replace('"', "")
        if key or value.strip():
            found.append(Term(key, value if key else value.strip()))
    return tuple(found)


def text_of(terms: Iterable[Term]) -> str:
    """The terms as they are typed."""
    return " ".join(each.text for each in terms)


def query_of(text: str, sellers: Sellers) -> Query:
    """Reads what was typed. Never raises: what cannot be understood becomes a problem in words."""
    return query_of_terms(terms_of(text), sellers)


def query_of_terms(terms: Iterable[Term], sellers: Sellers) -> Query:
    """Understands terms."""
    reading = _Reading(tuple(terms), sellers)
    return reading.query()


def replaced(terms: Iterable[Term], term: Term) -> tuple[Term, ...]:
    """The terms with all of ``term``'s key taken out, and it at their end; without a value only taken out."""
    kept = tuple(each for each in terms if each.key != term.key)
    return (*kept, term) if term.value else kept


def value_of(terms: Iterable[Term], key: str) -> str:
    """The value that stands for a key, "" where there is none."""
    return next((each.value for each in terms if each.key == key), "")


def next_window(terms: tuple[Term, ...], step: int) -> tuple[Term, ...]:
    """The terms with the next shorter (-1) or longer (1) of the windows that end with the newest call."""
    now, spans = _span(value_of(terms, "since")), [_span(each) for each in WINDOWS]
    if now in spans:
        place = max(0, min(len(WINDOWS) - 1, spans.index(now) + step))
    else:  # a window of the person's own: the next of ours in that direction
        longer = next((number for number, each in enumerate(spans) if each > now), len(WINDOWS) - 1)
        place = longer if step > 0 else max(0, longer - 1)
    return replaced(terms, Term("since", WINDOWS[place]))


class _Reading:
    def __init__(self, terms: tuple[Term, ...], sellers: Sellers) -> None:
        self._terms = terms
        self._sellers = sellers
        self._problems: list[str] = []

    def query(self) -> Query:
        for key in dict.fromkeys(each.key for each in self._terms):
            if key and key not in KEYS:
                self._unknown(key)
        for key in ONE_AT_A_TIME:
            if len({each.value for each in self._terms if each.key == key}) > 1:
                self._problems.append(f"{key}: stands there twice, and one can be asked for at a time.")
        none: tuple[tuple[int, int], ...] = ()
        statuses = [span for value in self._values("status") for span in self._try(statuses_of, value, none)]
        chosen = Chosen(
            sellers=_each(self._try(self._seller, value, ()) for value in self._values("seller")),
            marketplace=self._one("marketplace", _marketplace, ""),
            operations=_each(self._try(_operations, value, ()) for value in self._values("op")),
            region=self._one("region", _region, ""),
            statuses=tuple(dict.fromkeys(statuses)),
            code=self._one("code", str, ""),
            text=" ".join(each.value for each in self._terms if not each.key),
        )
        since, until = self._one("since", _time, None), self._one("until", _time, None)
        return Query(self._terms, chosen, since, until, tuple(self._problems))

    def _values(self, key: str) -> list[str]:
        found = [each.value.strip() for each in self._terms if each.key == key]
        if found and not all(found):
            self._problems.append(f"{key}: takes {KEYS[key]}.")
        return [each for each in found if each]

    def _one(self, key: str, reader: Callable[[str], T], nothing: T) -> T:
        values = self._values(key)
        return self._try(reader, values[-1], nothing) if values else nothing

    def _try(self, reader: Callable[[str], T], value: str, nothing: T) -> T:
        try:
            return reader(value)
        except ValueError as problem:
            self._problems.append(str(problem))
            return nothing

    def _seller(self, value: str) -> tuple[str, ...]:
        """The ids of the sellers whose name has that text; else the value is an id itself."""
        exact = [ids for name, ids in self._sellers.items() if name.casefold() == value.casefold()]
        found = exact or [ids for name, ids in self._sellers.items() if value.casefold() in name.casefold()]
        if found:
            return _each(found)
        if re.fullmatch(r"[A-Za-z0-9_-]+", value) is None:
            raise ValueError(f"No seller is called {value!r}; a seller's id stands without blanks.")
        return (value,)

    def _unknown(self, key: str) -> None:
        near = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}:?" if near else f"there are {', '.join(KEYS)}."
        self._problems.append(f"{key}: is not known; {hint} In quotes it is a text.")


def _each(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for several in found for each in several))


def _marketplace(value: str) -> str:
    found = find_marketplace(value)
    if found is not None:
        return found.id
    if re.fullmatch(r"[A-Z0-9]{10,}", value.upper()) is None:
        raise ValueError(f"No marketplace is called {value!r}; expected {KEYS['marketplace']}.")
    return value.upper()


def _operations(value: str) -> tuple[str, ...]:
    """Every operation that the name may mean; else those whose name has it in it."""
    catalogue = load_catalogue()
    found = catalogue.named(value) or [each for each in catalogue if value.lower() in each.name.lower()]
    if not found:
        near = difflib.get_close_matches(value, {each.name for each in catalogue}, n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise ValueError(f"No operation is called {value!r}{hint}")
    return tuple(each.key for each in found)


def _region(value: str) -> str:
    if value.upper() not in set(Region):
        raise ValueError(f"{value!r} is no region; expected {KEYS['region']}.")
    return value.upper()


def _time(value: str) -> timedelta | datetime:
    try:
        return parse_duration(value)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{value!r} is no time; expected {KEYS['since']} (UTC).") from None


def _span(value: str) -> timedelta:
    """How long a window is; one without a limit, or from a moment on, is the longest."""
    try:
        return parse_duration(value) if value else timedelta.max
    except ValueError:
        return timedelta.max


def _moment(time: timedelta | datetime | None, newest: datetime | None) -> datetime | None:
    if not isinstance(time, timedelta):
        return time
    if newest is None:
        return None
    try:
        return newest - time
    except OverflowError:
        return None


def window_in_words(terms: Iterable[Term]) -> str:
    """Which time is asked about: ``the whole log``, ``the last 24h of the log``, ``since 2026-11-01``."""
    terms = tuple(terms)
    since, until = value_of(terms, "since"), value_of(terms, "until")
    if not since and not until:
        return "the whole log"
    if not until and _span(since) != timedelta.max:
        return f"the last {since} of the log"
    told = [f"since {since}"] * bool(since) + [f"until {until}"] * bool(until)
    return " ".join(told)
