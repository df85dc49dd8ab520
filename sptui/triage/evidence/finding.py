"""Every kind of finding, and the evidence that carries one."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sptui.triage.evidence.access import RolesInferred, RolesKnown, TokenRefreshed, TokenSent
from sptui.triage.evidence.answer import AnswerSeen, NamesAnother, NoAnswer, Withheld
from sptui.triage.evidence.elsewhere import MarketplacesTried, OperationsTried, OthersToo, RegionsTried, SellersTried
from sptui.triage.evidence.request import CallKnown, RequestClean, RequestFlaw, Signed, TypeAsked
from sptui.triage.evidence.standing import AccountStatusSeen, LivesElsewhere, ParticipationsRefused, PresenceSeen
from sptui.triage.evidence.told import Changed, Compared, PersonSaid
from sptui.triage.evidence.tried import Culprit, Flaky, MinimalTried, NotReproduced, RehearsalTried


class Probe(StrEnum):
    """A look that would decide between causes."""

    CALL = "call"
    TOKEN = "token"
    MINIMAL = "minimal"
    OPTIONS = "options"
    SELLERS = "sellers"
    MARKETPLACE = "marketplace"
    ACCOUNT = "account"
    OPERATIONS = "operations"
    LOG = "log"


class NotTried(msgspec.Struct, frozen=True, tag="not tried"):
    """A probe that was left out, and why."""

    probe: Probe
    why: str


Finding = (
    CallKnown
    | AnswerSeen
    | NoAnswer
    | TokenSent
    | RequestFlaw
    | RequestClean
    | TokenRefreshed
    | RolesKnown
    | RolesInferred
    | PersonSaid
    | RehearsalTried
    | MinimalTried
    | Culprit
    | NotReproduced
    | Flaky
    | SellersTried
    | OthersToo
    | OperationsTried
    | RegionsTried
    | MarketplacesTried
    | PresenceSeen
    | LivesElsewhere
    | ParticipationsRefused
    | AccountStatusSeen
    | Compared
    | Changed
    | TypeAsked
    | NamesAnother
    | Signed
    | Withheld
    | NotTried
)
"""Every kind of finding: a closed vocabulary."""


class Evidence(msgspec.Struct, frozen=True):
    """One observed fact, where it came from, and the data behind it."""

    fact: str
    source: str
    data: Finding

    @property
    def kind(self) -> str:
        """The finding's kind, such as ``answer``."""
        return str(type(self.data).__struct_config__.tag)
