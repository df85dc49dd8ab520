"""What a step may cost in time: how long the usage plan of the operation that it calls makes it wait."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sptui.health.participations import OPERATION as PARTICIPATIONS
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.events import StepName
from sptui.triage.probes import read_that_tells
from sptui.triage.services import Services

_CALLING_THE_OPERATION: Final = frozenset({StepName.ANSWER, StepName.REPRODUCE, StepName.MINIMAL, StepName.OPTIONS})


def seconds_of_waiting(case: Case, step: StepName, calls: int, services: Services) -> float:
    """About how many seconds so many calls of a step would wait for the usage plan, as known now; 0 where its calls
    are not limited, or nobody knows.
    """
    operation, who = _operation_of(case, step), case.authorization
    if operation is None or who is None or not calls:
        return 0.0
    first = services.seconds_until_allowed(operation, who, sandbox=case.sandbox)
    at_once = 1 if first else operation.burst or calls
    return first + (max(0, calls - at_once) / operation.rate if operation.rate else 0.0)


def _operation_of(case: Case, step: StepName) -> Operation | None:
    if step in _CALLING_THE_OPERATION:
        return case.operation
    if step is StepName.MARKETPLACE:
        return load_catalogue().find(PARTICIPATIONS)
    if step is StepName.OPERATIONS and case.operation is not None and case.authorization is not None:
        return _read_beside(case.operation.key, case.authorization.region)
    return None


@lru_cache(maxsize=64)
def _read_beside(key: str, region: Region) -> Operation | None:
    """Kept, because a face asks again with every drawing, and the whole catalogue is searched for it."""
    operation = load_catalogue().get(key)
    return read_that_tells(operation, region) if operation is not None else None
