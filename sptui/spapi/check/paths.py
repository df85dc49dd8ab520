"""A method and path that the catalogue does not have: what is wrong with it, and what is nearest."""

from __future__ import annotations

import difflib
import re
from typing import Final
from urllib.parse import quote

from sptui.spapi.catalogue import Catalogue, Operation
from sptui.spapi.check.problems import ProblemKind, RequestProblem, short
from sptui.spapi.check.standing import removed_path_problem
from sptui.spapi.regions import LWA_PATH, LWA_URL

_VERSION: Final = re.compile(r"v\d+|\d{4}-\d\d-\d\d")
_LONGEST: Final = 20
"""Parts of a path that are looked at; the longest of the models has nine."""


def path_problem(catalogue: Catalogue, method: str, path: str) -> RequestProblem:
    """Why no operation serves ``method`` on ``path``, which none does."""
    method = method.strip().upper()
    if path.rstrip("/") == LWA_PATH:
        told = f"{LWA_PATH} is not SP-API's: tokens come from Login with Amazon."
        return RequestProblem("url", ProblemKind.HOST, told, LWA_URL)
    others = [operation for operation, _ in catalogue.match_path(path)]
    if gone := removed_path_problem(method, path):
        return gone
    if others:
        methods = ", ".join(dict.fromkeys(each.method for each in others))
        told = f"{method or 'No method'} is not served on {short(path)}."
        return RequestProblem("method", ProblemKind.METHOD, told, methods)
    parts = [part for part in path.split("/") if part][:_LONGEST]
    if found := _other_version(catalogue, method, parts):
        operation, wrong = found
        told = f"{short(path)} names version {wrong}; {operation.name} is served in {operation.version}."
        return RequestProblem("url", ProblemKind.VERSION, told, f"{operation.method} {operation.path}")
    if meant := _unquoted_slash(catalogue, method, parts):
        told = f"{short(path)} has more parts than {meant.name}; a slash inside a value must be written %2F."
        return RequestProblem("url", ProblemKind.PATH, told, f"{meant.method} {meant.path}")
    near = nearest_operations(catalogue, method, path)
    told = f"No operation is served on {method} {short(path)}."
    if near:
        told += f" Nearest: {' or '.join(f'{each.name} ({each.method} {each.path})' for each in near)}."
    return RequestProblem("url", ProblemKind.PATH, told, ", ".join(f"{each.method} {each.path}" for each in near))


def _other_version(catalogue: Catalogue, method: str, parts: list[str]) -> tuple[Operation, str] | None:
    """The newest operation that the path would mean with another version in it, and the version it names."""
    found: list[tuple[str, Operation, str]] = []
    for index, part in enumerate(parts):
        if not _VERSION.fullmatch(part):
            continue
        for version in sorted({each.version for each in catalogue}):
            other = "/" + "/".join(quote(each, safe="%") for each in [*parts[:index], version, *parts[index + 1 :]])
            matched = catalogue.match(method, other)
            if matched is not None and version in matched[0].path.split("/"):
                found.append((version if len(version) > 4 else "", matched[0], part))
    return max(found, key=lambda each: each[0])[1:] if found else None


def _unquoted_slash(catalogue: Catalogue, method: str, parts: list[str]) -> Operation | None:
    for operation in catalogue:
        template = [part for part in operation.path.split("/") if part]
        values = [part.startswith("{") for part in template]
        if operation.method != method or not any(values) or len(parts) <= len(template):
            continue
        after = len(template) - values.index(True) - 1
        head, tail = template[: values.index(True)], template[values.index(True) + 1 :]
        if parts[: len(head)] != head or len(head) + after >= len(parts):
            continue
        if all(a == b or a.startswith("{") for a, b in zip(tail, parts[len(parts) - after :], strict=True)):
            return operation
    return None


def nearest_operations(catalogue: Catalogue, method: str, path: str, limit: int = 3) -> list[Operation]:
    """The operations whose paths are most like ``path``, best first; those of the method come before others."""
    parts = [part for part in path.split("/") if part][:_LONGEST]
    scored = [(_likeness(parts, each.path) + (0.05 if each.method == method else 0.0), each) for each in catalogue]
    best = sorted((pair for pair in scored if pair[0] >= 0.7), key=lambda pair: -pair[0])
    return [each for _, each in best[:limit]]


def _likeness(parts: list[str], template: str) -> float:
    """From 0 to 1: how much of the path is the template's, part by part."""
    wanted = [part for part in template.split("/") if part]
    if not parts or abs(len(wanted) - len(parts)) > 1:
        return 0.0
    total = 0.0
    for one, other in zip(parts, wanted, strict=False):
        if one == other:
            total += 1.0
        elif other.startswith("{"):
            total += 0.8
        else:
            ratio = difflib.SequenceMatcher(None, one[:60].lower(), other.lower()).ratio()
            total += ratio if ratio >= 0.6 else 0.0
    return total / max(len(wanted), len(parts))
