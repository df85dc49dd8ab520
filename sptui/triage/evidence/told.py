"""What people say of the failure: answers to questions, comparisons, changes."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class PersonSaid(msgspec.Struct, frozen=True, tag="person said"):
    """What a person answered to one of the questions that no call can answer."""

    question: str
    answer: str


class Aspect(StrEnum):
    """In what a call that somebody compared with this one differs from it."""

    OPERATIONS = "other operations"
    TYPES = "other report, feed or notification types"
    MARKETPLACES = "other marketplaces"
    REGIONS = "other regions"
    SELLERS = "other sellers"
    PRODUCTION = "the production host"
    CLIENT = "another client, library or connection"
    TOKEN = "another token"
    VALUES = "other values or fewer of them"
    PACE = "fewer calls"
    EVERYTHING = "everything else"


class Compared(msgspec.Struct, frozen=True, tag="compared"):
    """What somebody compared the call with, and with what end: ``told`` are that person's words."""

    aspects: frozenset[Aspect]
    passing: bool
    told: str = ""


class Change(StrEnum):
    """What happened before a call began to fail, or about it."""

    STOPPED = "it passed before"
    UNCHANGED = "nothing changed on the caller's side"
    ENDED = "it passes again"
    NEW_ROLE = "a role was added or approved"
    OLD_CONSENT = "the seller has not authorized since"
    NEW_CONSENT = "the seller authorized anew, or the token was renewed"
    DRAFT = "the application is a draft"
    REPEATED = "the same was asked for shortly before"
    UPDATED = "code, library or version changed"
    NEW_SECRET = "the client secret was replaced"
    LIBRARY = "a library stands between"
    SIGNING = "AWS keys or an IAM role are in play"
    SKIPPED = "a step before it was left out"
    SLOW = "it takes much longer than before"
    DELAYED = "it began some time after the start, or after waiting"


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """What changed, or did not, before the call began to fail."""

    changes: frozenset[Change]
    told: str = ""
