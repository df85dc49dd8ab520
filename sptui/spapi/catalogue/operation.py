"""One operation of SP-API and its parameters, as the catalogue knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from sptui.spapi.catalogue.answers import Answers
from sptui.spapi.catalogue.shapes import NO_SHAPES, Shape, Shapes, Type
from sptui.spapi.regions import Region

Place = Literal["path", "query", "header", "body"]
SideEffects = Literal["none", "mild", "real"]
_TYPES = frozenset(get_args(Type))
_EVERYWHERE = tuple(Region)
Values = Mapping[str, Any]
"""Parameter values by name, typed as the catalogue says: str, int, float, bool, list or dict."""


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One parameter, or one first-level field of the body (``place`` is ``body``).

    ``whole``: it is the whole body (a list, or an object whose fields the model leaves open), not a field of it.
    ``field`` is the name on the wire where it differs: a field of the body that is called like a parameter of the
    path is ``body.orderId`` here. Of a list, ``items`` is the type of the members and ``enum``, ``format``,
    ``pattern`` and the lengths are theirs; ``collection`` tells how a list outside the body is written: ``csv``
    joined with commas, ``multi`` by repeating the name. ``greedy``: a part of the path that may hold slashes.
    ``minutes_past``: a date must lie at least that many minutes in the past. ``shape`` is what a value in the body
    looks like at every depth (see ``Operation.shapes``).
    ``sample`` is a plausible value; ``{marketplace}``, ``{seller_id}`` and ``{now-7d}`` in it are filled in
    when a request is built.
    """

    name: str
    place: Place
    type: Type = "string"
    items: str = ""
    required: bool = False
    enum: tuple[str, ...] = ()
    format: str = ""
    pattern: str = ""
    min_items: int | None = None
    max_items: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None
    unique: bool = False
    collection: Literal["", "csv", "multi"] = ""
    default: Any = None
    minutes_past: int = 0
    field: str = ""
    whole: bool = False
    greedy: bool = False
    shape: Shape | None = None
    sample: Any = None

    @property
    def wire_name(self) -> str:
        """The name as it goes on the wire."""
        return self.field or self.name

    def as_shape(self) -> Shape:
        """What a value of it looks like: its shape in the body, elsewhere one made of its own limits."""
        if self.shape is not None:
            return self.shape
        one = Shape(
            type=self.type,
            enum=self.enum,
            format=self.format,
            pattern=self.pattern,
            minimum=self.minimum,
            maximum=self.maximum,
            multiple_of=self.multiple_of,
            min_length=self.min_length,
            max_length=self.max_length,
            default=self.default if self.type != "array" else None,
            minutes_past=self.minutes_past,
        )
        if self.type != "array":
            return one
        member = msgspec.structs.replace(one, type=self.items if self.items in _TYPES else "")
        return Shape(type="array", items=member, min_items=self.min_items, max_items=self.max_items, unique=self.unique)


class DateRange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Two dates that belong together: ``after`` must not lie behind ``before``, nor further apart than
    ``max_days`` (None: no limit is stated). ``both``: one is not accepted without the other. A dot in a name
    leads into the body: ``dateRange.startDate``.
    """

    after: str
    before: str
    max_days: int | None = None
    both: bool = False


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one parameter's value asks of the others: where ``parameter`` is one of ``values``, all of ``needs``
    and one of ``one_of`` must be given and none of ``excludes`` may be. A dot in a name leads into the body.
    """

    parameter: str
    values: tuple[str, ...]
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


class SandboxCase(msgspec.Struct, frozen=True, omit_defaults=True):
    """One static sample of the sandbox: values that must be sent exactly, and what answers them.

    ``answer`` is the JSON body; None where the sample has none. ``headers`` come with it.
    """

    values: dict[str, Any] = {}
    status: int = 200
    headers: dict[str, str] = {}
    answer: Any = None


class SandboxCases:
    """The static samples of one API by operation key, decoded when first asked for."""

    def __init__(self, raw: msgspec.Raw | None = None) -> None:
        self._raw = raw
        self._decoded: dict[str, tuple[SandboxCase, ...]] | None = None if raw is not None else {}

    def of(self, key: str) -> tuple[SandboxCase, ...]:
        """The samples of one operation, in the model's order."""
        if self._decoded is None and self._raw is not None:
            self._decoded = msgspec.json.decode(self._raw, type=dict[str, tuple[SandboxCase, ...]])
        return (self._decoded or {}).get(key, ())


NO_CASES = SandboxCases()
NO_ANSWERS = Answers()


class Operation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One operation of SP-API.

    ``roles``: any one of them opens it; ``role_regions`` narrows a role to some regions (a role that is not
    named there holds in all); ``role_confidence`` is ``verified`` (an official page of 2024 to 2026),
    ``verified-2022``, ``secondary``, ``inferred``, or empty where nothing is known. ``pii_roles``: which of them
    (any one) open each kind of personal data. ``stores``: the countries (two letters) to
    which it is limited, where that is known. ``rate`` is requests a second, ``burst`` requests at once: the
    default usage plan for each application, seller and region, or None where Amazon publishes none;
    ``plan_as_of`` is the date of an older model that still told it. ``token``: whose token opens it; ``rdt``
    tells whether a Restricted Data Token is needed ``always``, or only ``pii``: for the ``data_elements``.
    ``one_of``: of each group at least one must be given. ``excludes``: where the first is given, none of the
    others may be. ``needs``: where the first is given, the others must be too. ``paging_token`` is the parameter
    that asks for the next page. ``sandbox`` tells how the sandbox answers it (empty: not at all that is known).
    ``twin``: its model uses the operationId twice, with another method.
    """

    name: str
    api: str
    version: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body_name: str = ""
    body_required: bool = False
    body_closed: bool = False
    consumes: tuple[str, ...] = ("application/json",)
    statuses: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    role_regions: dict[str, tuple[Region, ...]] = {}
    role_confidence: str = ""
    pii_roles: dict[str, tuple[str, ...]] = {}
    stores: tuple[str, ...] = ()
    token: Literal["seller", "grantless"] = "seller"
    scope: str = ""
    rdt: Literal["", "pii", "always"] = ""
    data_elements: tuple[str, ...] = ()
    rate: float | None = None
    burst: int | None = None
    plan_as_of: str = ""
    side_effects: SideEffects = "none"
    deprecated: bool = False
    removed_on: str = ""
    replaced_by: str = ""
    one_of: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    ranges: tuple[DateRange, ...] = ()
    conditions: tuple[Condition, ...] = ()
    paging_token: str = ""
    sandbox: Literal["", "static", "dynamic"] = ""
    sandbox_only: bool = False
    twin: bool = False
    shapes: Shapes = NO_SHAPES
    cases: SandboxCases = NO_CASES
    answers: Answers = NO_ANSWERS

    def __repr__(self) -> str:
        return f"<Operation {self.key}>"

    @property
    def model(self) -> str:
        """``api-version``: the model that it is from."""
        return f"{self.api}-{self.version}"

    @property
    def key(self) -> str:
        """``api-version.name``: unique where the bare name is not. A twin carries its method: ``…@POST``."""
        return f"{self.model}.{self.name}" + (f"@{self.method}" if self.twin else "")

    @property
    def is_vendor(self) -> bool:
        """Whether it serves vendors, who sell to Amazon, and not sellers."""
        return self.api.startswith("vendor")

    @property
    def token_kind(self) -> Literal["seller", "grantless", "rdt"]:
        """The token that it cannot do without: a seller's, a grantless one, or a Restricted Data Token."""
        return "rdt" if self.rdt == "always" else self.token

    @property
    def has_body(self) -> bool:
        """Whether it takes a body."""
        return bool(self.body_name) or any(each.place == "body" for each in self.parameters)

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that every request needs."""
        return tuple(each for each in self.parameters if each.required)

    @property
    def optional(self) -> tuple[Parameter, ...]:
        """The parameters that a request may leave out."""
        return tuple(each for each in self.parameters if not each.required)

    @property
    def sandbox_cases(self) -> tuple[SandboxCase, ...]:
        """The requests that the static sandbox answers."""
        return self.cases.of(self.key)

    def answer_shapes(self) -> dict[int, Shape]:
        """By status the shape of the answer's body; resolve references with ``answers.shapes``."""
        return self.answers.of(self.key)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, in whatever place; None where the operation has none."""
        return next((each for each in self.parameters if each.name == name), None)

    def roles_in(self, region: Region) -> tuple[str, ...]:
        """The roles that open this operation in ``region``; empty where it needs none."""
        return tuple(role for role in self.roles if region in self.role_regions.get(role, _EVERYWHERE))

    def values_of_body(self, body: Any) -> dict[str, Any]:
        """The parameter values that a JSON body holds: the inverse of what ``build_request`` does with them."""
        whole = next((each for each in self.parameters if each.whole), None)
        if whole is not None or not isinstance(body, dict):
            return {} if body is None else {whole.name if whole else self.body_name or "body": body}
        names = {each.wire_name: each.name for each in self.parameters if each.place == "body"}
        return {names.get(str(name), str(name)): value for name, value in body.items()}
