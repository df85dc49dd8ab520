"""Raw paths matched to operations, fast enough for millions: like paths are looked up once."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.raw_path import path_of


class Matched(msgspec.Struct, frozen=True):
    """``operation`` is the catalogue's key and ``path`` its template; "" and the path with {} for ids where the
    catalogue has none.
    """

    operation: str
    path: str


class PathMatcher:
    """Finds the operation of a method and a raw path or address; alike paths (other ids) are matched once."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self._catalogue = catalogue or load_catalogue()
        self._words = literal_words(self._catalogue)
        self._known: dict[tuple[str, str], Matched] = {}

    def match(self, method: str, url: str) -> Matched:
        """What the path of ``url`` means."""
        key = (method.upper(), self.reduced(url))
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 20_000:  # foreign servers' paths in an access log
                self._known.clear()
            found = self._known[key] = self._look_up(*key)
        return found

    def reduced(self, url: str) -> str:
        """The path alone, with ``{}`` for whatever is no word of a template."""
        path = path_of(url)
        words = self._words
        return "/".join([part if part in words else "{}" for part in path.split("/") if part])

    def _look_up(self, method: str, reduced: str) -> Matched:
        matched = self._catalogue.match(method, "/" + reduced)
        if matched is not None:
            return Matched(matched[0].key, matched[0].path)
        return Matched("", "/" + reduced)


def literal_words(catalogue: Catalogue) -> frozenset[str]:
    """Every word that stands as it is in some template, the simulator's and sandbox's prefixes among them, and those
    of the token request's path.
    """
    parts = {part for each in catalogue for part in each.path.split("/") if part and "{" not in part}
    return frozenset(parts | {"sandbox", "na", "eu", "fe", "NA", "EU", "FE", "auth", "o2", "token"})


def siblings(operation: Operation) -> list[str]:
    """Templates of the same method that fit ``operation``'s and are more exact: their calls are not its calls."""
    return _siblings(operation.method, operation.path, operation.key)


@cache
def _siblings(method: str, path: str, key: str) -> list[str]:
    found = []
    pattern = re.compile(pattern_of(path))
    for each in load_catalogue():
        other = each.method == method and each.key != key
        if other and each.path.count("{") < path.count("{") and pattern.fullmatch(each.path):
            found.append(each.path)
    return found


def pattern_of(template: str) -> str:
    """A template as a regular expression that all engines understand: for a whole path."""
    parts = [part for part in template.split("/") if part]
    return "".join("/[^/]+" if part.startswith("{") else "/" + re.sub(r"([.])", r"[\1]", part) for part in parts)
