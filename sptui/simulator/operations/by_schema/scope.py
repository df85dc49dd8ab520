"""What a request said, by name: so that an answer can say it again where the model uses the same names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sptui.spapi.catalogue import Shape

ABSENT: Final = object()
_NO_LETTER: Final = re.compile(r"[^a-z0-9]")


def plain_name(name: str) -> str:
    """A name without the differences that Amazon's models make: ``seller_sku`` and ``SellerSKU`` are one."""
    return _NO_LETTER.sub("", name.lower())


class Scope:
    """The values of a request, or of one item of a batch with the request around it (``outer``)."""

    def __init__(self, values: Mapping[str, Any], outer: Scope | None = None) -> None:
        self._values = {plain_name(str(name)): value for name, value in values.items()}
        self._outer = outer

    def find(self, name: str) -> Any:
        """The value of that name, the innermost first; ABSENT without one."""
        found = self._values.get(plain_name(name), ABSENT)
        return found if found is not ABSENT or self._outer is None else self._outer.find(name)

    def single(self, name: str) -> Any:
        """The value of that name, or the first of a list of the name's plural; ABSENT without one."""
        found = self.find(name)
        if found is ABSENT or isinstance(found, list):
            listed = found if isinstance(found, list) else self.listed(name)
            return listed[0] if listed else ABSENT
        return found

    def listed(self, name: str) -> list[Any]:
        """The list whose name is the plural of ``name`` (``asins``, ``AsinList``); empty without one."""
        for plural in (f"{name}s", f"{name}List", f"{name}es"):
            found = self.find(plural)
            if isinstance(found, list) and found:
                return found
        return []

    def inside(self, name: str) -> Scope:
        """The scope of the object that the request has under that name: its fields, then all that is here."""
        found = self.find(name)
        return Scope(found, self) if isinstance(found, Mapping) else self

    def items(self, name: str, fields: Mapping[str, Shape]) -> list[Scope]:
        """For a list called ``name`` whose members have ``fields``: a scope for each thing that was asked for.

        A list of objects in the request that is called the same, that is the whole body, or that shares a field with
        the answer's members; else a list of texts that is the plural of one of the fields. Empty where nothing fits.
        """
        if self._outer is not None:  # what was asked for is told once, not again in each item
            return []
        for called in (name, "requests" if plain_name(name) == "responses" else "", ""):
            found = self._values.get(plain_name(called))
            if objects := _objects(found):
                return [Scope(each, self) for each in objects]
        for found in self._values.values():
            if any(plain_name(field) in map(plain_name, each) for each in _objects(found) for field in fields):
                return [Scope(each, self) for each in _objects(found)]
        for field in fields:
            texts = [each for each in self.listed(field) if isinstance(each, (str, int))]
            if texts:
                return [Scope({field: each}, self) for each in texts]
        return []


def _objects(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        return []
    return value
