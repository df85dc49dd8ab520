"""Cases for the rules about what only the flow finds: rehearsals, roles inferred, other regions, a person's answers."""

from __future__ import annotations

from typing import Final

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.spapi.regions import Region
from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    AnswerSeen,
    CallKnown,
    Culprit,
    Finding,
    MinimalTried,
    NotReproduced,
    OperationsTried,
    PersonSaid,
    RegionsTried,
    RehearsalTried,
    RequestClean,
    RoleProof,
    RolesInferred,
    RolesKnown,
    RoleState,
    SellersTried,
    TokenRefreshed,
)

_ORDERS: Final = CallKnown(
    operation="getOrders", region=Region.EU, marketplaces=("A1PA6795UKMFR9",), roles=("Tracking",)
)
_LISTING: Final = CallKnown(operation="putListingsItem", region=Region.EU, side_effects="real")
_DENIED: Final = AnswerSeen(403, code="Unauthorized", message="Access to requested resource is denied.", now=True)
_INVALID: Final = AnswerSeen(400, code="InvalidInput", message="Invalid Input", now=True)
_NOT_VALID: Final = AnswerSeen(400, code="InvalidInput", message="The input you have submitted is not valid.", now=True)
_BROKEN: Final = AnswerSeen(500, code="InternalFailure", message="We encountered an internal error.", now=True)
_TELLS: Final = ("Tracking",)


def _inferred(state: RoleState) -> RolesInferred:
    return RolesInferred(_TELLS, (RoleProof(_TELLS, state, "getReports"),))


def _stored(message: str) -> AnswerSeen:
    return AnswerSeen(400, stage=Stage.DOCUMENT, code="InvalidArgument", message=message, body=BodyKind.XML)


FLOW: Final[dict[str, tuple[tuple[Finding, ...], Cause]]] = {
    "a preview finds the content invalid": (
        (_LISTING, RequestClean(), RehearsalTried("preview", passes=False, status=200, issues=("A brand is needed.",))),
        Cause.REQUEST,
    ),
    "a preview passes, so something else is wrong": (
        (_LISTING, _DENIED, RehearsalTried("preview", passes=True, status=200)),
        Cause.ROLE,
    ),
    "the sandbox refuses it too": (
        (_LISTING, _INVALID, RehearsalTried("sandbox", passes=False, status=400, code="InvalidInput")),
        Cause.REQUEST,
    ),
    "a read that only the same role opens passes": (
        (_ORDERS, _DENIED, TokenRefreshed(), _inferred(RoleState.PROVEN), OperationsTried(passing=("getReports",))),
        Cause.MARKETPLACE,
    ),
    "whatever the role opens is refused, the rest passes": (
        (_ORDERS, _DENIED, TokenRefreshed(), _inferred(RoleState.REFUTED), OperationsTried(passing=("getFeeds",))),
        Cause.ROLE,
    ),
    "the application is said to have the role that is refused": (
        (
            _ORDERS,
            _DENIED,
            RolesKnown(_TELLS, _TELLS),
            TokenRefreshed(),
            _inferred(RoleState.REFUTED),
            OperationsTried(passing=("getFeeds",)),
        ),
        Cause.AUTHORIZATION,
    ),
    "only this consent lacks the role": (
        (
            _ORDERS,
            _DENIED,
            TokenRefreshed(),
            SellersTried(1, 0, 403),
            _inferred(RoleState.REFUTED),
            OperationsTried(passing=("getFeeds",)),
        ),
        Cause.AUTHORIZATION,
    ),
    "one region refuses everybody": (
        (
            _ORDERS,
            _DENIED,
            RolesKnown(_TELLS, _TELLS),
            TokenRefreshed(),
            SellersTried(2, 2, 403),
            RegionsTried(passing=(Region.NA,)),
        ),
        Cause.SERVICE,
    ),
    "one region refuses an option": (
        (
            _ORDERS,
            _NOT_VALID,
            RequestClean(),
            MinimalTried(passes=True),
            Culprit(("includedData",), 400, "InvalidInput"),
            RegionsTried(passing=(Region.NA,)),
        ),
        Cause.SERVICE,
    ),
    "it was sent to the host of another region": (
        (
            _ORDERS,
            AnswerSeen(403, code="Unauthorized", message="Access to requested resource is denied."),
            TokenRefreshed(),
            RegionsTried(passing=(Region.NA,), failing=(Region.EU,)),
            NotReproduced(),
        ),
        Cause.HOST,
    ),
    "a token at the document store": (
        (_ORDERS, _stored("There were headers present in the request which were not signed: x-amz-access-token")),
        Cause.CLIENT,
    ),
    "two signatures at the document store": (
        (_ORDERS, _stored("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter")),
        Cause.CLIENT,
    ),
    "it began with an own deploy": ((_ORDERS, _BROKEN, PersonSaid("deploy", "yes")), Cause.REQUEST),
    "it fails for all sellers": ((_ORDERS, _DENIED, PersonSaid("sellers", "all of them")), Cause.ROLE),
    "it fails for this seller only": (
        (_ORDERS, _DENIED, PersonSaid("sellers", "only this one")),
        Cause.AUTHORIZATION,
    ),
    "a role was added after the consent": ((_ORDERS, _DENIED, PersonSaid("role-added", "yes")), Cause.AUTHORIZATION),
    "Seller Central asks for something": (
        (CallKnown(operation="createFeed"), _INVALID, PersonSaid("seller-central", "yes")),
        Cause.ACCOUNT,
    ),
}
"""By what was found: the findings, and the cause that comes first."""
