"""From a call as it was sent to evidence: which call it is, and what the catalogue has against it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sptui.spapi.calls import Stage
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem, check_request
from sptui.spapi.check.paths import path_problem
from sptui.spapi.check.place import marketplace_problems, sandbox_problems
from sptui.spapi.check.token import token_header_problems
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.regions import Region
from sptui.triage.case import Case, matched_operation
from sptui.triage.evidence import (
    CallKnown,
    Evidence,
    RequestClean,
    RequestFlaw,
    Signed,
    TokenSent,
)
from sptui.triage.observe_answer import GIVEN
from sptui.triage.types_asked import type_roles

CATALOGUE: Final = "the catalogue (Amazon's models)"


def observe_call(case: Case) -> Evidence:
    """Which call it is."""
    operation, region = case.operation, case.where
    known = CallKnown(
        operation=operation.name if operation else case.name,
        method=case.method or (operation.method if operation else ""),
        path=operation.path if operation else case.path,
        path_known=True if operation and not _is_foreign_path(case) else _path_known(case),
        host=case.host,
        region=region,
        sandbox=case.sandbox,
        marketplaces=case.marketplaces,
        roles=type_roles(case)
        or (operation.roles_in(region) if operation and region else operation.roles if operation else ()),
        roles_verified=operation.role_confidence.startswith("verified") if operation else False,
        token_needed=operation.token if operation else "",
        scope=operation.scope if operation else "",
        rate=operation.rate if operation else None,
        side_effects=operation.side_effects if operation else "none",
        sandbox_meant=case.context.sandbox_meant,
        sandbox_sample=case.sandbox and operation is not None and _is_sample(operation, case.values),
        same_roles_in=_same_roles_in(operation, region) if operation and region else (),
    )
    return Evidence(_call_in_words(known), GIVEN, known)


def _same_roles_in(operation: Operation, region: Region) -> tuple[Region, ...]:
    others = tuple(each for each in Region if each is not region)
    if not operation.role_regions:
        return others
    opening = operation.roles_in(region)
    return tuple(each for each in others if operation.roles_in(each) == opening)


def _is_sample(operation: Operation, values: dict[str, Any]) -> bool:
    """Whether the request is one that the static sandbox answers; a sample that names no value is none."""
    named = any(each.values for each in operation.sandbox_cases)
    return named and not any(
        each.kind is ProblemKind.SANDBOX for each in sandbox_problems(operation, values, sandbox=True)
    )


def _call_in_words(call: CallKnown) -> str:
    name = f"{call.operation or 'a call'} ({call.method} {call.path})" if call.path else call.operation or "a call"
    place = f" in {call.region}{' (sandbox)' if call.sandbox else ''}" if call.region else ""
    stores = f", marketplaces {', '.join(map(label_of_marketplace, call.marketplaces))}" if call.marketplaces else ""
    return f"{name}{place}{stores}"


def _is_foreign_path(case: Case) -> bool:
    """Whether the address that was given is not the operation's."""
    if case.operation is None or not case.path:
        return False
    return case.path != case.operation.path and not _is_served(case.method or case.operation.method, case.path)


def _is_served(method: str, path: str) -> bool:
    return matched_operation(load_catalogue(), method, path) is not None


def _path_known(case: Case) -> bool | None:
    """False for a path whose API exists in other versions only; None where the catalogue cannot tell."""
    if not case.path or case.stage is not Stage.API:
        return None
    if _is_served(case.method or "GET", case.path):
        return True
    root, version = _versioned(case.path)
    versions = _versions_by_root().get(root)
    return False if versions and version and version not in versions else None


def _versioned(path: str) -> tuple[str, str]:
    found = re.match(r"(.*?/)(v\d+|\d{4}-\d\d-\d\d)(?:/|$)", path)
    return (found[1], found[2]) if found else (path, "")


@functools.cache
def _versions_by_root() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for operation in load_catalogue():
        root, version = _versioned(operation.path)
        found.setdefault(root, set()).add(version)
    return found


def observe_token_kind(case: Case) -> Iterator[Evidence]:
    """The kind of token that was sent."""
    if case.token_kind == "none":
        yield Evidence("No access token was sent.", GIVEN, TokenSent("none"))
    elif case.token_kind:
        yield Evidence(f"The token sent begins with {case.token_kind}", GIVEN, TokenSent(case.token_kind))


def observe_request(
    case: Case, now: datetime, *, region: Region | None = None, whole: bool = True
) -> Iterator[Evidence]:
    """What the catalogue has against the request. ``whole``: all of the request was given, so gaps in it count."""
    if case.stage is not Stage.API or case.host:
        return
    problems = list(_wire_problems(case))
    if case.operation is not None:
        misplaced = {each.parameter for each in problems}
        problems += [
            each
            for each in check_request(
                case.operation, case.values, now=now, region=region or case.where, token_kind=case.token_kind
            )
            if (whole or each.kind not in _GAPS)
            and each.parameter not in misplaced
            and not (each.kind in _GAPS and _is_untold(case, each.name))
        ]
    elif case.path:
        problems += marketplace_problems(case.values, region or case.where)
    for each in problems:
        yield Evidence(each.problem, CATALOGUE, RequestFlaw(each.parameter, each.kind, each.problem, each.allowed))
    if case.operation is not None and whole and all(each.is_note for each in problems):
        yield Evidence("The request fits the catalogue.", CATALOGUE, RequestClean())


def _is_untold(case: Case, name: str) -> bool:
    """Whether a parameter belongs into a body that nobody gave: whoever retells a call often leaves the body out."""
    if not case.path or case.body is not None or case.operation is None:
        return False
    parameter = case.operation.parameter(name)
    return parameter is None or parameter.place == "body"


_GAPS: Final = frozenset({ProblemKind.MISSING, ProblemKind.ONE_OF, ProblemKind.NEEDS})


def _wire_problems(case: Case) -> Iterator[RequestProblem]:
    """What is wrong with path, headers and body as they were sent, before any value is read."""
    method = case.method or (case.operation.method if case.operation else "")
    if case.path and method and "{" not in case.path and not _is_served(method, case.path):
        yield _path_problem(method, case.path)
    if case.headers:
        yield from _header_problems(case)
    operation = case.operation
    if operation is None:
        return
    if case.body not in (None, "", {}, []) and method == "GET":
        told = f"{operation.name} takes no body, and one was sent."
        yield RequestProblem("body", ProblemKind.BODY, told, "no body")
    elif operation.has_body and isinstance(case.body, str) and case.body.strip():
        yield RequestProblem("body", ProblemKind.BODY, "The body is no JSON.", "JSON")
    for name in case.query:
        parameter = operation.parameter(name)
        if parameter is not None and parameter.place == "body":
            told = f"{name} is in the query; {operation.name} reads it from the body."
            yield RequestProblem(name, ProblemKind.PLACE, told, "in the body")


@functools.lru_cache(maxsize=2_000)
def _path_problem(method: str, path: str) -> RequestProblem:
    return path_problem(load_catalogue(), method, path)


def _header_problems(case: Case) -> Iterator[RequestProblem]:
    names = {name.lower(): value for name, value in case.headers.items()}
    if "x-amz-access-token" in names:
        yield from token_header_problems({"x-amz-access-token": names["x-amz-access-token"]})
    host = names.get("host", "").strip().lower().removesuffix(":443")
    region = case.where
    if host and region is not None and host not in (region.host, region.sandbox_host) and not _is_local(host):
        told = f"The Host header names {host[:80]}, but the request goes to {region.host}."
        yield RequestProblem("Host", ProblemKind.HOST, told, region.host)
    kind = names.get("content-type", "").partition(";")[0].strip().lower()
    consumed = case.operation.consumes if case.operation is not None else ()
    if case.body not in (None, "", {}, []) and kind and kind != "application/json" and kind not in consumed:
        told = f"Content-Type is {kind[:60]}; SP-API reads JSON here."
        yield RequestProblem("Content-Type", ProblemKind.HEADER, told, "application/json")
    if len(names.get("user-agent", "")) > 500:
        told = "User-Agent is longer than the 500 characters that are allowed."
        yield RequestProblem("User-Agent", ProblemKind.HEADER, told, "at most 500 characters")


def _is_local(host: str) -> bool:
    return host.partition(":")[0] in ("localhost", "127.0.0.1")


def observe_signing(case: Case) -> Iterator[Evidence]:
    """Signatures of AWS, from the time when SP-API wanted them."""
    names = {name.lower(): value for name, value in case.headers.items()}
    if "x-amz-security-token" in names or "AWS4-HMAC" in names.get("authorization", ""):
        yield Evidence("The request carries an AWS signature or session token.", GIVEN, Signed())
