"""The check of an operation's values: every subject in turn, the gravest kinds first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from sptui.spapi.catalogue import Operation, Values
from sptui.spapi.check.combinations import combination_problems
from sptui.spapi.check.dates import range_problems
from sptui.spapi.check.parameters import missing_problems, parameter_problems, unknown_name_problems
from sptui.spapi.check.place import marketplace_problems
from sptui.spapi.check.problems import RequestProblem
from sptui.spapi.check.standing import standing_problems
from sptui.spapi.check.token import token_kind_problems
from sptui.spapi.regions import Region

_MOST: Final = 50
"""Problems of one subject that are told: a list of a thousand wrong values is wrong after the first few."""


def check_request(
    operation: Operation, values: Values, *, now: datetime, region: Region | None = None, token_kind: str = ""
) -> list[RequestProblem]:
    """Every problem of a request, the gravest kinds first; empty where the catalogue has nothing against it.

    ``region`` is that of the host (None: not known, marketplaces are then not held against it); ``token_kind``
    the prefix of the token that was sent (``Atza|``), or "" where it is not known.
    """
    subjects: tuple[Iterator[RequestProblem], ...] = (
        missing_problems(operation, values),
        unknown_name_problems(operation, values),
        combination_problems(operation, values),
        parameter_problems(operation, values, now),
        range_problems(operation, values),
        marketplace_problems(values, region),
        token_kind_problems(operation, token_kind),
        standing_problems(operation, now),
    )
    return [problem for subject in subjects for problem in islice(subject, _MOST)]
