"""The keys that a person chose ([keys] in config.toml) against the actions that there are."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping

from textual.binding import Binding
from textual.dom import DOMNode

import sptui.tui


def all_bindings() -> Iterator[tuple[type[DOMNode], Binding]]:
    """Every binding of sptui's own classes, with its owner. Imports every screen."""
    for module in pkgutil.walk_packages(sptui.tui.__path__, "sptui.tui."):
        for _, owner in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if owner.__module__ == module.name and issubclass(owner, DOMNode):
                for binding in vars(owner).get("BINDINGS", ()):
                    yield owner, binding


def problems_of(keys: Mapping[str, str]) -> list[str]:
    """One sentence for each id in ``keys`` that names no action, and for each key that two actions share by it.

    Textual itself tells neither: an unknown id is passed over, and of two actions on a key one wins.
    """
    bindings = list(all_bindings())
    known = sorted({binding.id for _, binding in bindings if binding.id})
    problems = []
    for id_ in keys:
        if id_ not in known:
            near = difflib.get_close_matches(id_, known, n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            problems.append(f"[keys] in config.toml: no action is called {id_}.{hint}")
    owners: dict[tuple[type[DOMNode], str], str] = {}
    for owner, binding in bindings:
        for key in keys.get(binding.id or "", binding.key).split(","):
            first = owners.setdefault((owner, key.strip()), binding.id or "")
            if first != binding.id and {first, binding.id} & keys.keys():
                problems.append(f"[keys] in config.toml: {first} and {binding.id} are both on {key.strip()}.")
    return problems
