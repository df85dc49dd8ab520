"""Harmless calls that tell something beside the failing one: which roles are there, and what else is let in.

Any one of an operation's roles opens it (docs role mappings). So a call that passes proves one of its operation's
roles, and a bare refusal where other operations pass refutes them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.regions import Region
from sptui.triage.evidence import RoleProof, RoleState

_SELLER_ID: Final = "sellerId"
_MOST_NEEDED: Final = 2
_FOR_SOME_SELLERS_ONLY: Final = (
    "amazonWarehousingAndDistribution",
    "awd",
    "dataKiosk",
    "externalFulfillment",
    "sellerWallet",
    "services",
    "shipping",
    "supplySources",
    "transfers",
    "vehicles",
    "vendor",
)
"""APIs that need an enrolment beside the role: their refusal says nothing of the role."""


def proven_by(operations: Iterable[str], catalogue: Catalogue | None = None) -> tuple[RoleProof, ...]:
    """What calls of these operations (keys of the catalogue) prove, since they passed."""
    known = catalogue or load_catalogue()
    found: dict[tuple[str, ...], RoleProof] = {}
    for key in operations:
        operation = known.get(key)
        if operation is not None and operation.roles:
            by = f"{operation.name} passed, in the call log"
            found.setdefault(operation.roles, RoleProof(operation.roles, RoleState.PROVEN, by))
    return tuple(found.values())


def read_that_tells(operation: Operation, region: Region, catalogue: Catalogue | None = None) -> Operation | None:
    """The harmless read whose answer tells most of the roles that open an operation in a region: opened by the same
    roles, else by some of them alone, else by them and others; naming no marketplace; of the same API; needing as
    little as possible.
    """
    opening = set(operation.roles_in(region))
    ranked = [
        (rank, names_a_marketplace(each), each.api != operation.api, len(each.required), each.key, each)
        for each in catalogue or load_catalogue()
        if each.key != operation.key
        and is_harmless(each)
        and (rank := _relation(set(each.roles_in(region)), opening)) is not None
    ]
    return min(ranked, key=lambda entry: entry[:5])[-1] if ranked else None


def _relation(roles: set[str], opening: set[str]) -> int | None:
    if not roles or not opening:
        return None
    if roles == opening:
        return 0
    return 1 if roles < opening else 2 if roles > opening else None


def names_a_marketplace(operation: Operation) -> bool:
    """Whether its smallest request names a marketplace: then a refusal may mean that the seller is not there."""
    return any("marketplace" in each.name.lower() for each in operation.required)


def is_harmless(operation: Operation) -> bool:
    """Whether it may be sent for any seller without a yes, with samples for the little that it needs."""
    return (
        operation.method == "GET"
        and operation.side_effects == "none"
        and operation.token == "seller"
        and not operation.deprecated
        and not operation.removed_on
        and not operation.stores
        and not operation.sandbox_only
        and not operation.api.startswith(_FOR_SOME_SELLERS_ONLY)
        and len(operation.required) <= _MOST_NEEDED
        and all(each.place != "path" or each.name == _SELLER_ID for each in operation.required)
        and all(each.sample is not None or each.name == _SELLER_ID for each in operation.required)
    )
