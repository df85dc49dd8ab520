"""What came back, or that nothing did."""

from __future__ import annotations

import functools

import msgspec

from sptui.spapi.answers import BodyKind, code_word
from sptui.spapi.calls import Stage

_OF_THE_INPUT = ("invalid ", "missing ", "the request ", "one or more ")


@functools.lru_cache(maxsize=10_000)
def _plain(message: str, details: str) -> str:
    return " ".join(f"{message} {details}".lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


class AnswerSeen(msgspec.Struct, frozen=True, tag="answer"):
    """What came back. ``status`` 0 means that nobody noted it.

    ``named``: parameters of the operation that the error's text names. ``empty``: a good answer whose list
    holds nothing; ``data_empty``: one with an empty object where a thing was asked for. ``processing``: the status
    of a report, a feed or another job. ``now``: seen in this run, not only told. A good answer has ``code`` and
    ``message`` where it holds an error all the same.
    """

    status: int
    stage: Stage = Stage.API
    code: str = ""
    message: str = ""
    details: str = ""
    error_type: str = ""
    body: BodyKind = BodyKind.JSON
    ok: bool = False
    empty: bool = False
    processing: str = ""
    named: tuple[str, ...] = ()
    now: bool = False
    data_empty: bool = False

    @property
    def code_word(self) -> str:
        """The code without its many spellings: ``RESOURCE_NOT_FOUND`` and ``ResourceNotFound`` are one."""
        return code_word(self.code)

    @property
    def text(self) -> str:
        """Message and details, lower case, spaces collapsed: what rules match phrases of Amazon against."""
        return _plain(self.message, self.details)

    @property
    def speaks_of_the_input(self) -> bool:
        """Whether a refusal has words of its own about a value, and not the usual sentence (docs issue 1662)."""
        return self.denied and self.text.startswith(_OF_THE_INPUT)

    @property
    def denied(self) -> bool:
        """401 and 403: SP-API answers bad tokens with either (the models say 401, the field says 403)."""
        return self.stage is Stage.API and self.status in (401, 403)


class NoAnswer(msgspec.Struct, frozen=True, tag="no answer"):
    """No answer came: ``failure`` is the kind of a TransportFailure (``timeout``, ``connect``, ``tls``, …)."""

    failure: str
    stage: Stage = Stage.API


class NamesAnother(msgspec.Struct, frozen=True, tag="names another"):
    """The answer speaks of another thing than the request named: its own and the other's id."""

    asked: str
    told: str


class Withheld(msgspec.Struct, frozen=True, tag="withheld"):
    """A good answer of an operation that gives personal data, without any. ``restricted``: an RDT was sent."""

    restricted: bool = False
