"""Evidence: one observed fact about a failing call, in words for people and as data for the rules.

``Evidence.fact`` is for reading only; the rules look at ``Evidence.data``, one of the findings of these files.
"""

from __future__ import annotations

from sptui.triage.evidence.access import RoleProof, RolesInferred, RolesKnown, RoleState, TokenRefreshed, TokenSent
from sptui.triage.evidence.answer import AnswerSeen, NamesAnother, NoAnswer, Withheld
from sptui.triage.evidence.elsewhere import MarketplacesTried, OperationsTried, OthersToo, RegionsTried, SellersTried
from sptui.triage.evidence.finding import Evidence, Finding, NotTried, Probe
from sptui.triage.evidence.request import CallKnown, RequestClean, RequestFlaw, Signed, TypeAsked
from sptui.triage.evidence.standing import (
    AccountStatusSeen,
    LivesElsewhere,
    ParticipationsRefused,
    Presence,
    PresenceSeen,
)
from sptui.triage.evidence.told import Aspect, Change, Changed, Compared, PersonSaid
from sptui.triage.evidence.tried import Culprit, Flaky, MinimalTried, NotReproduced, RehearsalTried

__all__ = [
    "AccountStatusSeen",
    "AnswerSeen",
    "Aspect",
    "CallKnown",
    "Change",
    "Changed",
    "Compared",
    "Culprit",
    "Evidence",
    "Finding",
    "Flaky",
    "LivesElsewhere",
    "MarketplacesTried",
    "MinimalTried",
    "NamesAnother",
    "NoAnswer",
    "NotReproduced",
    "NotTried",
    "OperationsTried",
    "OthersToo",
    "ParticipationsRefused",
    "PersonSaid",
    "Presence",
    "PresenceSeen",
    "Probe",
    "RegionsTried",
    "RehearsalTried",
    "RequestClean",
    "RequestFlaw",
    "RoleProof",
    "RoleState",
    "RolesInferred",
    "RolesKnown",
    "SellersTried",
    "Signed",
    "TokenRefreshed",
    "TokenSent",
    "TypeAsked",
    "Withheld",
]
