"""The catalogue of SP-API operations: what each needs and takes, costs, and who may call it.

The facts come from Amazon's models of 2026-08-05 and from the role tables of the documentation; they are
loaded from ``operations.json`` beside this file when first asked for. What the models say only in prose
(one of two dates, a token instead of the filters) is in ``one_of``, ``excludes`` and ``needs``.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import msgspec

from sptui.spapi.regions import Region

Place = Literal["path", "query", "header", "body"]
Type = Literal["string", "integer", "number", "boolean", "array", "object"]
SideEffects = Literal["none", "mild", "real"]


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One parameter, or one first-level field of the body (``place`` is ``body``).

    ``sample`` is a plausible value; ``{marketplace}``, ``{seller_id}`` and ``{now-7d}`` in it are filled in
    when a request is built. ``minutes_past``: a date must lie at least that many minutes in the past.
    """

    name: str
    place: Place
    type: Type = "string"
    items: str = ""
    required: bool = False
    enum: tuple[str, ...] = ()
    format: str = ""
    min_items: int | None = None
    max_items: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    minutes_past: int = 0
    sample: Any = None


class Operation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One operation of SP-API.

    ``roles``: any one of them opens it; ``role_regions`` narrows a role to some regions (a role that is not
    named there holds in all). ``rate`` is requests a second, ``burst`` requests at once: the default usage
    plan for each application, seller and region, or None where Amazon publishes none. ``one_of``: of each
    group at least one must be given. ``excludes``: where the first is given, none of the others may be.
    ``needs``: where the first is given, the others must be too.
    """

    name: str
    api: str
    version: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    roles: tuple[str, ...] = ()
    role_regions: dict[str, tuple[Region, ...]] = {}
    role_confidence: str = ""
    token: Literal["seller", "grantless"] = "seller"
    scope: str = ""
    rate: float | None = None
    burst: int | None = None
    side_effects: SideEffects = "none"
    deprecated: bool = False
    replaced_by: str = ""
    one_of: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()

    @property
    def key(self) -> str:
        """``api-version.name``: unique where the bare name is not."""
        return f"{self.api}-{self.version}.{self.name}"

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that every request needs."""
        return tuple(each for each in self.parameters if each.required)

    @property
    def optional(self) -> tuple[Parameter, ...]:
        """The parameters that a request may leave out."""
        return tuple(each for each in self.parameters if not each.required)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, in whatever place; None where the operation has none."""
        return next((each for each in self.parameters if each.name == name), None)

    def roles_in(self, region: Region) -> tuple[str, ...]:
        """The roles that open this operation in ``region``; empty where it needs none."""
        return tuple(role for role in self.roles if region in self.role_regions.get(role, tuple(Region)))


class UnknownOperationError(LookupError):
    """No operation is called so; ``nearest`` names what may have been meant."""

    def __init__(self, query: str, nearest: tuple[str, ...]) -> None:
        hint = f"Did you mean {' or '.join(nearest)}?" if nearest else "`sptui operations` lists what there is."
        super().__init__(f"No operation is called {query!r}. {hint}")
        self.nearest = nearest


class AmbiguousOperationError(LookupError):
    """Several operations share the name; ``keys`` tell them apart."""

    def __init__(self, query: str, keys: tuple[str, ...]) -> None:
        super().__init__(f"{query!r} exists more than once; say which: {', '.join(keys)}.")
        self.keys = keys


class Catalogue:
    """All operations, findable by name, by ``api-version.name``, and by method and path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._by_key = {operation.key: operation for operation in operations}
        self._patterns = [(_pattern(operation.path), operation) for operation in self._by_key.values()]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, name: str) -> Operation:
        """The operation of that name, or of that ``api-version.name`` key; case does not matter.

        Raises UnknownOperationError and AmbiguousOperationError.
        """
        wanted = name.strip().lower()
        found = [each for each in self if wanted in (each.name.lower(), each.key.lower())]
        if not found:
            names = {each.name.lower(): each.name for each in self}
            close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
            raise UnknownOperationError(name, tuple(names[each] for each in close))
        if len(found) > 1:
            raise AmbiguousOperationError(name, tuple(each.key for each in found))
        return found[0]

    def get(self, name: str) -> Operation | None:
        """Like ``find``, but None where there is none or more than one."""
        try:
            return self.find(name)
        except LookupError:
            return None

    def match(self, method: str, url: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that serves ``method`` on a path or whole address, with the path's values decoded."""
        try:
            path = urlsplit(url).path.rstrip("/") or "/"
        except ValueError:  # brackets that are no address
            return None
        best: tuple[Operation, dict[str, str]] | None = None
        for pattern, operation in self._patterns:
            if operation.method != method.upper() or (found := pattern.fullmatch(path)) is None:
                continue
            values = {name: unquote(value) for name, value in _named(operation.path, found.groups())}
            if best is None or len(values) < len(best[1]):
                best = operation, values
        return best


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", template.rstrip("/"))
    return re.compile("([^/]+)".join(re.escape(part) for part in parts))


def _named(template: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    return zip(re.findall(r"\{([^}]+)\}", template), values, strict=True)


@functools.cache
def load_catalogue() -> Catalogue:
    """The built-in catalogue, read once."""
    text = resources.files("sptui.spapi").joinpath("operations.json").read_bytes()
    return Catalogue(msgspec.json.decode(text, type=list[Operation]))
