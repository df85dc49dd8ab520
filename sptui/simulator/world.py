"""The world file: sellers, applications and faults that the simulator answers from.

Every key of the file may be left out unless said otherwise; unknown keys are errors. The errors are
``sptui.toml_file.TomlFileError``, with the place in the file.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from sptui.simulator.story import Scenario, ScenarioCall
from sptui.simulator.world_check import Problem, problems_of
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.catalogue import Operation
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.toml_file import TomlFileError, decode_toml, place_in_toml, read_toml_text

AccountState = Literal["NORMAL", "AT_RISK", "DEACTIVATED", "SUSPENDED"]
AuthorizationState = Literal["active", "revoked", "expired"]

DEFAULT_APPLICATION: Final = "amzn1.application-oa2-client.demo"

_Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=600_000)]


class Traffic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What another program of the same application sends all the while: it takes from the same usage plans.

    For every seller, in every region; ``operation`` is a name or a key of the catalogue.
    """

    operation: str
    calls_per_second: Annotated[float, msgspec.Meta(gt=0)]


class WorldApplication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An LWA client. ``roles`` are those that it was granted; without them it has every role."""

    client_id: str = DEFAULT_APPLICATION
    client_secret: str = "amzn1.oa2-cs.v1.demo"  # opens nothing but this world
    name: str = ""
    secret_expired: bool = False
    roles: tuple[str, ...] | None = None
    traffic: tuple[Traffic, ...] = ()

    def calls_elsewhere(self, operation: Operation) -> float:
        """Calls a second of an operation that another program of the application makes."""
        names = (operation.name, operation.key)
        return sum(each.calls_per_second for each in self.traffic if each.operation in names)


class WorldMarketplace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a seller is in one marketplace. ``id`` (needed) may be a pseudo-marketplace's or nobody's.

    ``metrics``: entries of performanceMetrics by name, copied into the report as they are; a metric that the
    report has anyway keeps the fields that are not given here. ``ahr_score``: 0 to 1000, by default one that
    fits ``status``.
    """

    id: str
    participating: bool = True
    suspended_listings: bool = False
    status: AccountState = "NORMAL"
    ahr_score: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    metrics: dict[str, Any] = {}


class StatusChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the account's status. One in the world's future happens to the marketplaces in ``before``.

    ``time``: text of ISO 8601 or a date and time of TOML's own, with its offset. ``after_minutes`` instead of it
    counts from the moment at which the world begins.
    """

    after: AccountState = msgspec.field(name="to")
    before: AccountState = msgspec.field(name="from", default="NORMAL")
    time: Any = None
    after_minutes: Annotated[float, msgspec.Meta(gt=0)] | None = None

    def __post_init__(self) -> None:
        if (self.time is None) == (self.after_minutes is None):
            raise ValueError("a status change has either 'time' or 'after_minutes'")
        if self.time is not None and _moment(self.time) is None:
            raise ValueError("'time' is no moment; expected one with its offset, such as \"2026-10-02T08:15:00Z\"")

    def moment(self, began: datetime) -> datetime:
        """When it happens, in UTC, in a world that ``began`` then."""
        if self.after_minutes is not None:
            return began + timedelta(minutes=self.after_minutes)
        moment = _moment(self.time)
        assert moment is not None  # noqa: S101 - looked at when it was made
        return moment


class WorldSeller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One authorization: a seller id in a region. Two with one name are one seller in two regions.

    ``id`` and ``region`` are needed. ``application`` is a client id, by default the first application's;
    ``roles_when_authorized`` are by default the application's.
    """

    id: str
    region: Region
    name: str = ""
    refresh_token: str = ""
    application: str = ""
    authorization: AuthorizationState = "active"
    roles_when_authorized: tuple[str, ...] | None = None
    marketplaces: tuple[WorldMarketplace, ...] = msgspec.field(name="marketplace", default=())
    status_changes: tuple[StatusChange, ...] = msgspec.field(name="status_change", default=())

    def marketplace(self, marketplace_id: str) -> WorldMarketplace | None:
        """The marketplace of that id, or None where the seller has nothing to do with it."""
        return next((each for each in self.marketplaces if each.id == marketplace_id), None)


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A disturbance on top of what follows from the state. What is left out matches all.

    ``operation`` is a name or ``api-version.name`` key of the catalogue, ``lwa`` or ``document``; without it a
    fault matches every operation, but neither tokens nor documents. ``after_calls`` matching calls pass first.
    With a ``status``, code, message or body the answer is replaced: by ``body`` where it says something or
    where neither code nor message is given (``status = 200`` and ``body = ""``: a blank 200), else by an error
    object. Without any of these only ``delay_ms`` and ``drop`` act. ``rate_limit``: the answer that is given tells
    this rate in ``x-amzn-RateLimit-Limit``, whatever its status.
    """

    operation: str = ""
    region: Region | None = None
    seller: str = ""
    marketplace: str = ""
    parameters: tuple[str, ...] = ()
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    after_calls: Annotated[int, msgspec.Meta(ge=0)] = 0
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    code: str = ""
    message: str = ""
    details: str = ""
    body: str | None = None
    delay_ms: _Milliseconds = 0
    drop: bool = False
    rate_limit: Annotated[float, msgspec.Meta(gt=0)] | None = None


class World(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole world; build one with ``load_world``, ``parse_world``, or ``complete`` where made by hand.

    ``seed``: ids and latencies; the same world answers the same. ``latency_ms``: least and most.
    """

    seed: int = 7
    latency_ms: tuple[_Milliseconds, _Milliseconds] = (20, 80)
    applications: tuple[WorldApplication, ...] = msgspec.field(name="application", default=())
    sellers: tuple[WorldSeller, ...] = msgspec.field(name="seller", default=())
    faults: tuple[Fault, ...] = msgspec.field(name="fault", default=())
    scenario: Scenario | None = None

    def __post_init__(self) -> None:
        if self.latency_ms[0] > self.latency_ms[1]:
            raise ValueError("latency_ms ends before it begins; expected [least, most]")

    def application(self, client_id: str) -> WorldApplication | None:
        """The application of that client id, or None."""
        return next((each for each in self.applications if each.client_id == client_id), None)

    def seller(self, seller_id: str, region: Region) -> WorldSeller | None:
        """The seller of that id in ``region``, or None."""
        return next((each for each in self.sellers if each.id == seller_id and each.region is region), None)

    def sellers_named(self, name: str) -> list[WorldSeller]:
        """Those that a name or an id means, alone or with ``@NA``, ``@EU``, ``@FE`` behind it."""
        bare, at, region = name.rpartition("@")
        found = [each for each in self.sellers if at and bare in (each.name, each.id) and each.region == region.upper()]
        return found or [each for each in self.sellers if name in (each.name, each.id)]

    def caller(self, call: ScenarioCall) -> WorldSeller:
        """Whose call it is. Raises LookupError where that is not one seller in one region."""
        found = self.sellers_named(call.seller)
        if len(found) != 1:
            raise LookupError(f"{call.seller!r} means {len(found)} sellers of this world")
        return found[0]

    @property
    def calls(self) -> tuple[ScenarioCall, ...]:
        """The calls of its scenario."""
        return self.scenario.calls if self.scenario else ()


class WorldError(ValueError):
    """A world made by hand contradicts itself; ``problem`` is the first contradiction."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.problem}; {problem.expected}")
        self.problem = problem


def load_world(path: Path) -> World:
    """The world of a file. Raises TomlFileError."""
    try:
        return parse_world(read_toml_text(path), str(path))
    except TomlFileError as error:
        error.path = path
        raise


def parse_world(text: str, name: str = "world.toml") -> World:
    """The world that ``text`` describes; ``name`` stands for it in errors. Raises TomlFileError."""
    world = decode_toml(text, World, name)
    try:
        return complete(world)
    except WorldError as error:
        line, column = place_in_toml(text, error.problem.steps)
        raise TomlFileError(
            name, line, column, error.problem.problem, error.problem.expected, steps=error.problem.steps
        ) from None


def demo_world() -> World:
    """The built-in world of ``sptui demo``."""
    return built_in_world(Path(__file__).parent / "worlds" / "demo.toml")


def built_in_world(path: Path) -> World:
    """A world that comes with sptui: its scenario is called by its file. Raises TomlFileError."""
    world = load_world(path)
    if world.scenario is None:
        return world
    return msgspec.structs.replace(world, scenario=msgspec.structs.replace(world.scenario, name=path.stem))


def complete(world: World) -> World:
    """``world`` with what its file may leave out (names, tokens, applications). Raises WorldError."""
    applications = world.applications or (WorldApplication(),)
    first = applications[0].client_id
    sellers = tuple(
        msgspec.structs.replace(
            each,
            name=each.name or each.id,
            refresh_token=each.refresh_token or f"Atzr|{each.id}-{each.region.lower()}",
            application=each.application or first,
        )
        for each in world.sellers
    )
    whole = msgspec.structs.replace(world, applications=applications, sellers=sellers)
    for problem in problems_of(whole):
        raise WorldError(problem)
    return whole


def accounts_of(world: World) -> tuple[list[Application], list[Seller]]:
    """The world's applications and sellers as sptui keeps them, without their secrets."""
    applications = [Application(each.client_id, each.name, each.roles) for each in world.applications]
    authorizations: dict[str, tuple[Authorization, ...]] = {}
    for each in world.sellers:
        one = Authorization(each.name, each.id, each.region, each.application)
        authorizations[each.name] = (*authorizations.get(each.name, ()), one)
    return applications, [Seller(name, each) for name, each in authorizations.items()]


def secrets_of(world: World) -> dict[str | tuple[str, Region], Secret]:
    """Client secrets by client id, refresh tokens by seller id and region: what a vault in memory starts with."""
    secrets: dict[str | tuple[str, Region], Secret] = {
        each.client_id: Secret(each.client_secret) for each in world.applications
    }
    secrets.update({(each.id, each.region): Secret(each.refresh_token) for each in world.sellers})
    return secrets


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
