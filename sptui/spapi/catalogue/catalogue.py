"""All operations, findable by name, by key, by method and path, and by a few words.

How a bare operationId that exists more than once is resolved: an API for sellers wins over one for vendors, an
operation that is not deprecated over deprecated ones, and of versions of one and the same API the newest. What is left
of several APIs (``getShipment``) is for the caller to say: AmbiguousOperationError names the keys. The key
(``orders-v0.getOrder``) is always exact; ``getOrder@v0`` and ``linkCarrierAccount@POST`` narrow a name.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from sptui.spapi.catalogue.errors import AmbiguousOperationError, UnknownOperationError
from sptui.spapi.catalogue.operation import Operation

_PREFIX = re.compile(r"^(?:/sandbox)?(?:/(?:na|eu|fe))?(?=/)", re.IGNORECASE)
"""What may stand before a path: the simulator serves hosts under such prefixes."""


class Catalogue:
    """All operations, findable by name, by ``api-version.name``, and by method and path."""

    def __init__(self, operations: Iterable[Operation], *, as_of: str = "") -> None:
        self.as_of = as_of
        self._by_key = {operation.key: operation for operation in operations}
        self._by_name: dict[str, list[Operation]] = {}
        for operation in self._by_key.values():
            for name in _names(operation):
                self._by_name.setdefault(name.lower(), []).append(operation)
        self._by_first_part: dict[str, list[Operation]] | None = None

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, name: str) -> Operation:
        """The operation of that name, ``api-version.name`` key, ``name@version`` or ``name@METHOD``; case does
        not matter. The module tells which of several wins.

        Raises UnknownOperationError and AmbiguousOperationError.
        """
        found = self._by_name.get(name.strip().lower(), [])
        if not found:
            raise UnknownOperationError(name, self._near(name.strip().lower()))
        exact = [each for each in found if each.key.lower() == name.strip().lower()]
        chosen = exact or _preferred(found)
        if len(chosen) > 1:
            raise AmbiguousOperationError(name, tuple(each.key for each in chosen))
        return chosen[0]

    def get(self, name: str) -> Operation | None:
        """Like ``find``, but None where there is none or more than one."""
        try:
            return self.find(name)
        except LookupError:
            return None

    def named(self, name: str) -> list[Operation]:
        """Every operation that ``name`` may mean, without choosing; empty where there is none."""
        return list(self._by_name.get(name.strip().lower(), []))

    def match(self, method: str, url: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that serves ``method`` on a path or whole address, with the path's values decoded.

        Query, trailing slash and the prefixes ``/sandbox``, ``/na``, ``/eu``, ``/fe`` are overlooked; a template
        with fewer values wins (``/items/all`` before ``/items/{id}``).
        """
        return next((found for found in self.match_path(url) if found[0].method == method.strip().upper()), None)

    def match_path(self, url: str) -> list[tuple[Operation, dict[str, str]]]:
        """Every operation on that path, with whatever method; the most exact template first."""
        try:
            path = urlsplit(url.strip()).path
        except ValueError:
            return []
        for candidate in dict.fromkeys((path, _PREFIX.sub("", path))):
            if found := self._on_path(candidate):
                return found
        return []

    def search(self, query: str, limit: int | None = None) -> list[Operation]:
        """The operations that ``query`` may mean, best first; all of them for an empty query.

        Each word must be found, as a part of name, API, version, path, method or role, or nearly so in the name.
        """
        from sptui.spapi.catalogue.search import ranked

        return ranked(self, query)[:limit]

    def _near(self, wanted: str) -> tuple[str, ...]:
        import difflib

        names = {each.name.lower(): each.name for each in self} | {each.key.lower(): each.key for each in self}
        close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
        return tuple(names[each] for each in close)

    def _on_path(self, path: str) -> list[tuple[Operation, dict[str, str]]]:
        parts = [part for part in path.split("/") if part]
        found: list[tuple[Operation, dict[str, str]]] = []
        for operation in self._with_first(parts[0] if parts else ""):
            values = _values_in(operation, parts)
            if values is not None:
                found.append((operation, values))
        return sorted(found, key=lambda each: len(each[1]))

    def _with_first(self, part: str) -> list[Operation]:
        if self._by_first_part is None:
            self._by_first_part = {}
            for operation in self:
                first = operation.path.strip("/").partition("/")[0]
                self._by_first_part.setdefault(first, []).append(operation)
        return self._by_first_part.get(part, [])


def _names(operation: Operation) -> set[str]:
    return {
        operation.name,
        operation.key,
        f"{operation.model}.{operation.name}",
        f"{operation.name}@{operation.version}",
        f"{operation.name}@{operation.method}",
    }


def _preferred(found: list[Operation]) -> list[Operation]:
    """Those of ``found`` that the rule at the top of this module leaves."""
    left = [each for each in found if not each.is_vendor] or found
    left = [each for each in left if not each.deprecated] or left
    if len({each.api for each in left}) > 1:
        return left
    newest = max(_age_of(each.version) for each in left)
    return [each for each in left if _age_of(each.version) == newest]


def _age_of(version: str) -> tuple[int, str]:
    """Sorts versions by age: ``v0``, ``v1``, then the dated ones."""
    numbered = re.fullmatch(r"v(\d+)", version)
    return (int(numbered[1]), "") if numbered else (1_000, version)


_FIELD = re.compile(r"\{([^}]+)\}")


@functools.cache
def _template_of(path: str) -> tuple[str, ...]:
    return tuple(each for each in path.split("/") if each)


def _values_in(operation: Operation, parts: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    template = _template_of(operation.path)
    if len(parts) > len(template) and _ends_greedily(operation, template[-1]):
        parts = [*parts[: len(template) - 1], "/".join(parts[len(template) - 1 :])]
    if len(parts) != len(template):
        return None
    for wanted, part in zip(template, parts, strict=True):
        named = _FIELD.fullmatch(wanted) if wanted[0] == "{" else None
        if named is not None:
            values[named[1]] = unquote(part)
        elif wanted != part:
            return None
    return values


def _ends_greedily(operation: Operation, last: str) -> bool:
    named = _FIELD.fullmatch(last)
    parameter = operation.parameter(named[1]) if named else None
    return parameter is not None and parameter.greedy
