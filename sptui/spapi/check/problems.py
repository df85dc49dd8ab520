"""What a check finds: the kinds of problems, and one problem with what is wrong and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec


class ProblemKind(StrEnum):
    """What is wrong, as a word that rules can read."""

    MISSING = "missing"
    UNKNOWN_NAME = "unknown name"
    PLACE = "place"
    TYPE = "type"
    ENUM = "enum"
    RANGE = "range"
    COUNT = "count"
    LENGTH = "length"
    FORMAT = "format"
    ORDER = "order"
    TOO_RECENT = "too recent"
    ONE_OF = "one of"
    CONFLICT = "conflict"
    NEEDS = "needs"
    BODY = "body"
    HEADER = "header"
    METHOD = "method"
    VERSION = "version"
    PATH = "path"
    HOST = "host"
    OTHER_REGION = "other region"
    PSEUDO_MARKETPLACE = "pseudo-marketplace"
    UNKNOWN_MARKETPLACE = "unknown marketplace"
    TOKEN = "token"
    RESTRICTED = "restricted data token"
    REMOVED = "removed"
    DEPRECATED = "deprecated"
    SANDBOX = "sandbox"


_NOTES: Final = frozenset({ProblemKind.DEPRECATED, ProblemKind.SANDBOX, ProblemKind.RESTRICTED})


class RequestProblem(msgspec.Struct, frozen=True):
    """One thing that does not fit: the parameter, what is wrong in a sentence, and what is allowed instead.

    ``parameter`` is a name, or a path to a field at any depth: ``requests[0].MarketplaceId``. It is empty where
    the whole request is meant.
    """

    parameter: str
    kind: ProblemKind
    problem: str
    allowed: str = ""

    @property
    def is_note(self) -> bool:
        """Whether it is worth knowing but no reason for a refusal."""
        return self.kind in _NOTES

    @property
    def name(self) -> str:
        """The first-level parameter that ``parameter`` leads into."""
        return first_level(self.parameter)


def first_level(path: str) -> str:
    """The first-level parameter of a path: ``requests`` for ``requests[0].uri``.

    A field that is called like a parameter of the path keeps the prefix that tells the two apart: ``body.orderId``.
    """
    found = re.match(r"(?:body\.)?[^.\[]*", path)
    return found[0] if found else path


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of ``names`` that ``name`` is most likely meant to be, whatever its case; empty where none is near."""
    by_lower = {each.lower(): each for each in names}
    if name.lower() in by_lower:
        return by_lower[name.lower()]
    close = difflib.get_close_matches(name[:80].lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else ""


def did_you_mean(near: str) -> str:
    """The question that follows a sentence, or nothing."""
    return f" Did you mean {near}?" if near else ""


def short(text: str) -> str:
    """``text``, cut where it is too long for a sentence."""
    return text if len(text) <= 60 else text[:59] + "…"


def listed(names: Iterable[str]) -> str:
    """A list of allowed values, cut where it is too long to be read."""
    known = list(names)
    return ", ".join(known) if len(known) <= 20 else ", ".join(known[:20]) + f" and {len(known) - 20} more"
