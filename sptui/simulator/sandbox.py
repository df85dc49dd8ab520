"""The static sandbox: it knows the samples of Amazon's models and nothing of the seller.

A request meets a sample where everything that the sample names was sent; what a sample does not name is not checked
(docs selling-partner-api-sandbox). Of several samples the one that names most answers, so that a sample which names
nothing catches what is left. A request that meets none gets 400 "Could not match input arguments" (models 5056).
Operations whose sandbox is dynamic have state of their own there: they answer as in production.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sptui.simulator.arrival import ABSENT, Arrival
from sptui.simulator.replies import ERROR_TYPES, Reply, invalid, json_reply
from sptui.spapi.catalogue import Parameter, SandboxCase

_DEEPEST: Final = 60
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_WHOLE: Final = re.compile(r"-?[0-9]+\.0+")
_Fits = int | None
"""How many plain values a sample names that were sent as named; None where one of them was not."""


def sample_answer(arrival: Arrival) -> Reply | None:
    """What the static sandbox answers, or None where the operation's sandbox is dynamic.

    Raises RefusalError 400 for a request that meets no sample.
    """
    if arrival.operation.sandbox == "dynamic":
        return None
    case = matching_case(arrival)
    if case is None:
        raise invalid("Could not match input arguments")
    return _reply(case)


def matching_case(arrival: Arrival) -> SandboxCase | None:
    """The sample that a request meets: of several the one that names most, of those the first in the catalogue."""
    best: SandboxCase | None = None
    most = -1
    for case in arrival.operation.sandbox_cases:
        fits = _case_fits(case, arrival)
        if fits is not None and fits > most:
            best, most = case, fits
    return best


def _reply(case: SandboxCase) -> Reply:
    headers = tuple(case.headers.items())
    if case.answer is None or case.status == 204:
        return Reply(case.status, content_type="", headers=headers)
    reply = json_reply(case.status, case.answer)
    return Reply(case.status, reply.body, headers=headers, error_type=ERROR_TYPES.get(case.status, ""))


def _case_fits(case: SandboxCase, arrival: Arrival) -> _Fits:
    total = 0
    for name, wanted in case.values.items():
        parameter = arrival.operation.parameter(name)
        fits = None if parameter is None else _parameter_fits(wanted, parameter, arrival)
        if fits is None:
            return None
        total += fits
    return total


def _parameter_fits(wanted: Any, parameter: Parameter, arrival: Arrival) -> _Fits:
    sent = arrival.raw(parameter)
    if sent is ABSENT:
        return 0 if _says_nothing(wanted) else None
    if parameter.place == "body":
        return _json_fits(wanted, sent)
    return _plain_fits(wanted, sent)


def _plain_fits(wanted: Any, sent: Any) -> _Fits:
    if _as_texts(wanted) == _as_texts(sent):
        return 1
    return 0 if _is_older_date(wanted, sent) else None


def _is_older_date(wanted: Any, sent: Any) -> bool:
    """Whether two moments differ in year and month alone.

    Amazon has moved the dates of its samples that way (2019-12-10T20:11:24.000Z became 2024-03-10T20:11:24.000Z), and
    clients' tests still send the older ones.
    """
    sent = sent[0] if isinstance(sent, list) and len(sent) == 1 else sent
    if not isinstance(wanted, str) or not isinstance(sent, str):
        return False
    return _MOMENT.fullmatch(wanted) is not None and _MOMENT.fullmatch(sent) is not None and wanted[7:] == sent[7:]


def _says_nothing(wanted: Any) -> bool:
    """Clients leave out what is empty: a sample that names an empty list means the same as none."""
    return wanted is None or wanted in ("", [], {}, [""])


def _as_texts(value: Any) -> list[str]:
    """The texts of a value: a list may be written with commas or by repeating its name, a number as ``10`` or
    ``10.0``, and Python's clients write ``True``.
    """
    if isinstance(value, list):
        return sorted(part for each in value for part in _as_texts(each))
    text = str(value)
    if text in ("True", "False"):
        return [text.lower()]
    if _WHOLE.fullmatch(text):
        return [text.partition(".")[0]]
    return sorted(part.strip() for part in text.split(","))


def _json_fits(wanted: Any, sent: Any, depth: int = 0) -> _Fits:
    """A sample may name a part of an object; lists have the same members in the same order."""
    if depth > _DEEPEST:
        return None
    if isinstance(wanted, Mapping):
        if not isinstance(sent, Mapping):
            return None
        pairs = [(each, sent.get(name)) for name, each in wanted.items() if name in sent or not _says_nothing(each)]
        return _sum(pairs, depth)
    if isinstance(wanted, list):
        if not isinstance(sent, list) or len(sent) != len(wanted):
            return None
        return _sum(list(zip(wanted, sent, strict=True)), depth)
    if isinstance(sent, (Mapping, list)):
        return None
    return _plain_fits(wanted, sent)


def _sum(pairs: list[tuple[Any, Any]], depth: int) -> _Fits:
    total = 0
    for wanted, sent in pairs:
        fits = _json_fits(wanted, sent, depth + 1)
        if fits is None:
            return None
        total += fits
    return total
