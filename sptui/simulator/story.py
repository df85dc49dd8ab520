"""What a world is about: its ``[scenario]`` table, with the calls that show it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.requests import format_value

CauseLabel = Literal[
    "request", "host", "role", "authorization", "lwa", "token", "throttled", "service", "marketplace", "account",
    "unavailable", "client", "not_found", "success",
]  # fmt: skip
"""The labels of a verdict's causes."""


class RawRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request as some other program sends it. ``body`` is text, or a JSON value.

    Words in braces are filled in, in values too: ``{access_token}`` (fetched before all else), ``{grantless_token}``,
    ``{refresh_token}``, ``{client_id}``, ``{client_secret}``, ``{seller_id}``, ``{now}``, ``{amz_date}``, and the
    fields that what came before has kept. Others stay as they are.
    """

    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: Any = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "body", msgspec.to_builtins(self.body))


class Before(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened before a call: time passed, or the same program sent something ``times`` times.

    ``keep`` names fields of the last answer (``reportId``) that later stand in braces (``{reportId}``).
    """

    wait_minutes: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    operation: str = ""
    values: dict[str, Any] = {}
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "values", msgspec.to_builtins(self.values))


class ScenarioCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call that shows what is wrong: an operation with ``values``, as sptui sends it, or a raw ``request``.

    ``seller`` is a name or an id of the world, alone or with ``@NA``, ``@EU``, ``@FE``. ``story`` tells in one
    sentence what the developer sees. It is sent ``times`` times, and the last answer counts. ``cause`` is by default
    the scenario's; ``culprits`` are the parameters at fault.
    """

    title: str
    seller: str
    story: str = ""
    operation: str = ""
    values: dict[str, Any] = {}
    request: RawRequest | None = None
    before: tuple[Before, ...] = ()
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    cause: CauseLabel | None = None
    culprits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.operation) == (self.request is not None):
            raise ValueError("a scenario's call has either an operation with values or a request, not both")
        msgspec.structs.force_setattr(self, "values", msgspec.to_builtins(self.values))  # TOML has dates of its own

    @property
    def is_plain(self) -> bool:
        """Whether sptui's own client can make the call at any time; else its answer has to be given."""
        return self.request is None and not self.before and self.times == 1

    @property
    def found_operation(self) -> Operation | None:
        """The operation, where the call names one. Raises LookupError for a name that the catalogue has not."""
        return load_catalogue().find(self.operation) if self.operation else None

    @property
    def typed(self) -> dict[str, str]:
        """The values as a person would type them."""
        return {name: format_value(value) for name, value in self.values.items()}


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong in a world, in one sentence (``wrong``), and how one can tell (``tell``).

    ``twin``: the scenario that looks the same and is not. ``name`` is what it is called by; a built-in one is called
    by its file. Without a ``cause`` each call has its own.
    """

    title: str
    wrong: str
    tell: str = ""
    cause: CauseLabel | None = None
    twin: str = ""
    name: str = ""
    calls: tuple[ScenarioCall, ...] = msgspec.field(name="call", default=())

    def cause_of(self, call: ScenarioCall) -> str:
        """The label of a call's cause."""
        return call.cause or self.cause or ""
