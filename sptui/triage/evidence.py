"""Evidence: one observed fact about a failing call, in words for people and as data for the rules.

``Evidence.fact`` is for reading only; the rules look at ``Evidence.data``, one of the findings below.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.spapi.check import ProblemKind
from sptui.spapi.regions import Region


class CallKnown(msgspec.Struct, frozen=True, tag="call"):
    """Which call failed, as far as it is known.

    ``operation`` is the catalogue's bare name, "" where the catalogue has none; ``path_known`` whether the
    catalogue has such a path (None: no path was given). ``host`` is set only for a host that is none of
    SP-API's. ``roles``: any one of them opens the operation in ``region``.
    """

    operation: str = ""
    method: str = ""
    path: str = ""
    path_known: bool | None = None
    host: str = ""
    region: Region | None = None
    sandbox: bool = False
    marketplaces: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    roles_verified: bool = False
    token_needed: str = ""
    scope: str = ""
    rate: float | None = None
    side_effects: str = "none"


class AnswerSeen(msgspec.Struct, frozen=True, tag="answer"):
    """What came back. ``status`` 0 means that nobody noted it.

    ``named``: parameters of the operation that the error's text names. ``empty``: a good answer whose list
    holds nothing. ``processing``: a report's or feed's processing status. ``now``: seen in this run, not
    only told.
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

    @property
    def code_word(self) -> str:
        """The code without its many spellings: ``RESOURCE_NOT_FOUND`` and ``ResourceNotFound`` are one."""
        return "".join(each for each in self.code.lower() if each.isalnum())

    @property
    def text(self) -> str:
        """Message and details, lower case, spaces collapsed: what rules match phrases of Amazon against."""
        return " ".join(
            f"{self.message} {self.details}".lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()
        )

    @property
    def denied(self) -> bool:
        """401 and 403: SP-API answers bad tokens with either (the models say 401, the field says 403)."""
        return self.stage is Stage.API and self.status in (401, 403)


class NoAnswer(msgspec.Struct, frozen=True, tag="no answer"):
    """No answer came: ``failure`` is the kind of a TransportFailure (``timeout``, ``connect``, ``tls``, …)."""

    failure: str
    stage: Stage = Stage.API


class TokenSent(msgspec.Struct, frozen=True, tag="token sent"):
    """The prefix of the token that was sent (``Atza|``); "none" where none was."""

    prefix: str


class RequestFlaw(msgspec.Struct, frozen=True, tag="request flaw"):
    """Something that the catalogue has against the request."""

    parameter: str
    flaw: ProblemKind
    told: str
    allowed: str = ""


class RequestClean(msgspec.Struct, frozen=True, tag="request clean"):
    """The catalogue has nothing against the request."""


class TokenRefreshed(msgspec.Struct, frozen=True, tag="token refreshed"):
    """LWA gave a fresh access token for this seller in this run."""


class RolesKnown(msgspec.Struct, frozen=True, tag="roles"):
    """The roles that the application is said to have, against those that open the operation here."""

    has: tuple[str, ...]
    opening: tuple[str, ...]

    @property
    def lacking(self) -> bool:
        """Whether the operation needs a role and the application has none of those that open it."""
        return bool(self.opening) and not set(self.has) & set(self.opening)


class MinimalTried(msgspec.Struct, frozen=True, tag="minimal"):
    """The smallest request: does it pass, and if not, does it fail as the whole call did (``same``)?

    ``samples``: with plausible values in place of the person's own.
    """

    passes: bool
    status: int = 0
    code: str = ""
    same: bool = True
    samples: bool = False


class Culprit(msgspec.Struct, frozen=True, tag="culprit"):
    """The parameters without which the call passes and with which it fails: one alone, or several together.

    ``missing``: the other way round, the call passes as soon as they are given.
    """

    names: tuple[str, ...]
    status: int
    code: str = ""
    values: tuple[str, ...] = ()
    missing: bool = False


class NotReproduced(msgspec.Struct, frozen=True, tag="not reproduced"):
    """The call that was said to fail passes now, with every parameter."""


class Flaky(msgspec.Struct, frozen=True, tag="flaky"):
    """The same request both passed and failed in this run."""

    status: int


class SellersTried(msgspec.Struct, frozen=True, tag="other sellers"):
    """The same call for other sellers: how many made it, and for how many it failed in the same way.

    ``trusted``: of the same application and region, made or logged for this purpose; False for hearsay.
    """

    calling: int
    failing: int
    status: int = 0
    trusted: bool = True


class OperationsTried(msgspec.Struct, frozen=True, tag="other operations"):
    """Other operations with the same authorization: the names of those that pass and of those that fail."""

    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


class RegionsTried(msgspec.Struct, frozen=True, tag="other regions"):
    """The same operation in other regions: where it passes and where it fails."""

    passing: tuple[Region, ...] = ()
    failing: tuple[Region, ...] = ()


class MarketplacesTried(msgspec.Struct, frozen=True, tag="other marketplaces"):
    """Whether the same call passes in another marketplace of this seller."""

    passing: bool


class Presence(StrEnum):
    """How the seller stands in a marketplace."""

    PARTICIPATING = "participating"
    SUSPENDED_LISTINGS = "listings suspended"
    NOT_PARTICIPATING = "not participating"
    MISSING = "missing"
    PSEUDO = "pseudo"
    UNKNOWN = "unknown"


class PresenceSeen(msgspec.Struct, frozen=True, tag="presence"):
    """What the participations say of a marketplace that the call names."""

    marketplace: str
    presence: Presence


class ParticipationsRefused(msgspec.Struct, frozen=True, tag="participations refused"):
    """getMarketplaceParticipations failed too. ``role_opens``: does a role of the application open it here?"""

    status: int
    code: str = ""
    role_opens: bool | None = None


class AccountStatusSeen(msgspec.Struct, frozen=True, tag="account status"):
    """The account's status in a marketplace ("" where nobody said which), from a report so many days old."""

    status: str
    marketplace: str = ""
    days_old: float | None = None


class Probe(StrEnum):
    """A look that would decide between causes."""

    CALL = "call"
    TOKEN = "token"
    MINIMAL = "minimal"
    OPTIONS = "options"
    SELLERS = "sellers"
    MARKETPLACE = "marketplace"
    ACCOUNT = "account"


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
    | MinimalTried
    | Culprit
    | NotReproduced
    | Flaky
    | SellersTried
    | OperationsTried
    | RegionsTried
    | MarketplacesTried
    | PresenceSeen
    | ParticipationsRefused
    | AccountStatusSeen
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
