"""Evidence: one observed fact about a failing call, in words for people and as data for the rules.

``Evidence.fact`` is for reading only; the rules look at ``Evidence.data``, one of the findings below.
"""

from __future__ import annotations

import functools
from enum import StrEnum

import msgspec

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.spapi.check import ProblemKind
from sptui.spapi.regions import Region
from sptui.triage.normalise import code_word

_OF_THE_INPUT = ("invalid ", "missing ", "the request ", "one or more ")


@functools.lru_cache(maxsize=10_000)
def _plain(message: str, details: str) -> str:
    return " ".join(f"{message} {details}".lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


class CallKnown(msgspec.Struct, frozen=True, tag="call"):
    """Which call failed, as far as it is known.

    ``operation`` is the catalogue's bare name, "" where the catalogue has none; ``path_known`` whether the
    catalogue has such a path (None: no path was given). ``host`` is set only for a host that is none of
    SP-API's. ``roles``: any one of them opens the operation, or the type that it orders, in ``region``;
    ``same_roles_in``: the other regions in which the very same roles open it.
    ``sandbox_meant``: somebody said that it is for the sandbox; ``sandbox_sample``: it is one of the samples that
    the sandbox answers.
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
    sandbox_meant: bool = False
    sandbox_sample: bool = False
    same_roles_in: tuple[Region, ...] = ()


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


class RehearsalTried(msgspec.Struct, frozen=True, tag="rehearsal"):
    """A call with side effects made where it has none: as a VALIDATION_PREVIEW of listings, or in the sandbox.

    ``kind``: "preview" or "sandbox". ``issues``: what a preview has against the content, in Amazon's words.
    """

    kind: str
    passes: bool
    status: int = 0
    code: str = ""
    issues: tuple[str, ...] = ()


class RoleState(StrEnum):
    """What is known of a role: a call that needs it passed, was refused, or none was made."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class RoleProof(msgspec.Struct, frozen=True):
    """What one call tells: it passed, so one of these roles is there; or it was refused, so none of them is."""

    roles: tuple[str, ...]
    state: RoleState
    by: str = ""


class RolesInferred(msgspec.Struct, frozen=True, tag="roles inferred"):
    """What calls tell of the application's roles. ``opening``: those that open the operation, any one of them."""

    opening: tuple[str, ...]
    proofs: tuple[RoleProof, ...]

    @property
    def proof(self) -> RoleProof | None:
        """The call that proves that one of the opening roles is there."""
        proven = (each for each in self.proofs if each.state is RoleState.PROVEN and each.roles)
        return next((each for each in proven if set(each.roles) <= set(self.opening)), None)

    @property
    def all_refuted(self) -> bool:
        """Whether none of the opening roles can be there, provided that other calls of the authorization pass."""
        refuted = {role for each in self.proofs if each.state is RoleState.REFUTED for role in each.roles}
        return bool(self.opening) and set(self.opening) <= refuted

    def state_of(self, role: str) -> RoleState:
        """What is known of one role."""
        states = {each.state for each in self.proofs if each.roles == (role,)}
        if RoleState.PROVEN in states:
            return RoleState.PROVEN
        refuted = any(each.state is RoleState.REFUTED and role in each.roles for each in self.proofs)
        return RoleState.REFUTED if refuted else RoleState.UNKNOWN


class PersonSaid(msgspec.Struct, frozen=True, tag="person said"):
    """What a person answered to one of the questions that no call can answer."""

    question: str
    answer: str


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

    ``missing``: the other way round, the call passes as soon as they are given. ``fault``: "value" where another value
    passes, "option" where a sample value fails too, "combination" where they fail only together, "" where not tried.
    """

    names: tuple[str, ...]
    status: int
    code: str = ""
    values: tuple[str, ...] = ()
    missing: bool = False
    fault: str = ""


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

    @property
    def all_fail(self) -> bool:
        """Nine in ten or more: the seller is not what matters (the thresholds are a proposal, not Amazon's)."""
        return self.failing == self.calling or (self.failing > 2 and self.failing * 10 >= self.calling * 9)

    @property
    def few_fail(self) -> bool:
        """One in ten or fewer, or one of several."""
        return self.failing * 10 <= self.calling or (self.failing == 1 and self.calling > 2) or self.failing == 0


class OthersToo(msgspec.Struct, frozen=True, tag="others too"):
    """Others meet the same, as somebody said. ``developers``: other developers, so of other applications."""

    told: str
    developers: bool = False


class OperationsTried(msgspec.Struct, frozen=True, tag="other operations"):
    """Other operations with the same authorization: the names of those that pass and of those that fail."""

    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


class RegionsTried(msgspec.Struct, frozen=True, tag="other regions"):
    """The same operation in other regions: where it passes and where it fails; for this seller, or ``of_others``."""

    passing: tuple[Region, ...] = ()
    failing: tuple[Region, ...] = ()
    of_others: bool = False


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


class LivesElsewhere(msgspec.Struct, frozen=True, tag="lives elsewhere"):
    """All the seller's participations are of other regions than the host that was called."""

    regions: tuple[Region, ...]


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


class TypeAsked(msgspec.Struct, frozen=True, tag="type"):
    """A report, feed or notification type that the call names, or the operation itself, held against Amazon's lists.

    ``known``: in the lists; else ``similar`` may be what was meant. ``roles``: any one opens it. ``not_in``: asked
    marketplaces where Amazon does not offer it. ``removed_on``: it was gone by the time of the call.
    ``made_by_amazon``: createReport does not take it. ``needs``: a program of the seller's. ``too_many``: more
    marketplaces were named than it takes. ``restricted``: it holds personal data. ``sellers``: whether it is for
    sellers. ``delivery``: where its notifications go.
    """

    kind: str
    name: str
    known: bool = True
    similar: str = ""
    roles: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    removed_on: str = ""
    replaced_by: str = ""
    made_by_amazon: bool = False
    needs: str = ""
    too_many: bool = False
    restricted: bool = False
    sellers: bool | None = None
    delivery: tuple[str, ...] = ()


class NamesAnother(msgspec.Struct, frozen=True, tag="names another"):
    """The answer speaks of another thing than the request named: its own and the other's id."""

    asked: str
    told: str


class Signed(msgspec.Struct, frozen=True, tag="signed"):
    """The request carries an AWS signature or session token, which SP-API has not needed since October 2023."""


class Withheld(msgspec.Struct, frozen=True, tag="withheld"):
    """A good answer of an operation that gives personal data, without any. ``restricted``: an RDT was sent."""

    restricted: bool = False


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
