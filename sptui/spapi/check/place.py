"""Where a request goes: the host's region against its marketplaces, and ids that are no Amazon store."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from sptui.spapi.catalogue import Operation, Values
from sptui.spapi.check.problems import ProblemKind, RequestProblem, short
from sptui.spapi.endpoints import is_loopback
from sptui.spapi.marketplaces import (
    MARKETPLACES,
    MarketplaceKind,
    kind_of_marketplace,
    label_of_marketplace,
    marketplaces_of,
)
from sptui.spapi.regions import LWA_PATH, LWA_URL, Region, region_of_host
from sptui.spapi.requests import format_value

_MARKETPLACE_NAME: Final = re.compile(r"marketplace_?ids?|destinationMarketplaces", re.IGNORECASE)
_DEEPEST: Final = 60


def marketplace_problems(values: Values, region: Region | None) -> Iterator[RequestProblem]:
    """Marketplaces at any depth that are no Amazon store, not known, or not served by the region's host."""
    told: set[tuple[str, str]] = set()
    for path, id_ in _named(values):
        if (path, id_) not in told and (problem := _marketplace_problem(path, id_, region)):
            told.add((path, id_))
            yield problem


def _named(values: Values) -> Iterator[tuple[str, str]]:
    by_granularity = values.get("granularityType") == "Marketplace"
    for name, value in values.items():
        if _MARKETPLACE_NAME.fullmatch(name) or (name == "granularityId" and by_granularity):
            # A string where a list belongs is told as such; the ids in it are read all the same.
            for id_ in value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ():
                if isinstance(id_, str) and id_:
                    yield name, id_
        elif isinstance(value, (dict, list)):
            yield from _inside(name, value, 0)


def _inside(path: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for index, each in enumerate(value):
            if isinstance(each, (dict, list)):
                yield from _inside(f"{path}[{index}]", each, depth + 1)
        return
    for name, each in value.items():
        here = f"{path}.{name}"
        if not _MARKETPLACE_NAME.fullmatch(name):
            if isinstance(each, (dict, list)):
                yield from _inside(here, each, depth + 1)
        elif isinstance(each, str) and each:
            yield here, each
        elif isinstance(each, list):
            yield from ((f"{here}[{index}]", id_) for index, id_ in enumerate(each) if isinstance(id_, str) and id_)


def _marketplace_problem(path: str, id_: str, region: Region | None) -> RequestProblem | None:
    kind = kind_of_marketplace(id_)
    if kind is MarketplaceKind.PSEUDO:
        told = f"{path} names {id_} ({label_of_marketplace(id_)}), which is no Amazon store: no operation takes it."
        return RequestProblem(path, ProblemKind.PSEUDO_MARKETPLACE, told, "the id of an Amazon store")
    if kind is MarketplaceKind.UNKNOWN:
        return _unknown(path, id_)
    home = MARKETPLACES[id_].region
    if region is None or home is region:
        return None
    told = f"{path} names {id_} ({label_of_marketplace(id_)}), which belongs to {home}, but the host is {region}'s."
    allowed = f"{home.host}, or {', '.join(each.country_code for each in marketplaces_of(region))}"
    return RequestProblem(path, ProblemKind.OTHER_REGION, told, allowed)


def _unknown(path: str, id_: str) -> RequestProblem:
    near = difflib.get_close_matches(id_[:40], MARKETPLACES, n=1, cutoff=0.8)
    by_country = next((each.id for each in MARKETPLACES.values() if each.country_code == id_.strip().upper()), "")
    meant = by_country or (near[0] if near else "")
    hint = f" Did you mean {meant} ({label_of_marketplace(meant)})?" if meant else ""
    told = f"{path} names {short(id_)!r}, which is none of the {len(MARKETPLACES)} known marketplaces.{hint}"
    return RequestProblem(path, ProblemKind.UNKNOWN_MARKETPLACE, told, meant or "a marketplace id")


def host_problems(url: str, headers: dict[str, str]) -> Iterator[RequestProblem]:
    """A host that is none of SP-API's, http where https belongs, a Host header that names another host.

    Addresses on this machine pass: a simulator or a mock server listens there.
    """
    parts = split(url)
    host = (parts.hostname or "").lower() if parts else ""
    if not parts or not host or is_loopback(f"//{host}"):
        return
    if region_of_host(host) is None:
        told = f"{short(host)} is none of SP-API's hosts{_what_it_is(host)}."
        allowed = ", ".join(region.host for region in Region)
        yield RequestProblem("url", ProblemKind.HOST, told, allowed)
    elif parts.scheme not in ("https", ""):
        yield RequestProblem("url", ProblemKind.HOST, f"{host} is asked over {parts.scheme}.", "https")
    named = headers.get("host", "").strip().lower().removesuffix(":443")
    if named and named != host:
        told = f"The Host header names {short(named)}, but the request goes to {short(host)}."
        yield RequestProblem("Host", ProblemKind.HOST, told, host)


def split(url: str) -> SplitResult | None:
    """The parts of an address; None for one that cannot be read."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts


def is_token_request(parts: SplitResult) -> bool:
    """Whether an address is that of Login with Amazon."""
    return (parts.hostname, parts.path) == (urlsplit(LWA_URL).hostname, LWA_PATH)


def _what_it_is(host: str) -> str:
    if host == urlsplit(LWA_URL).hostname:
        return "; it gives out tokens"
    if "sellercentral" in host:
        return "; it is the sellers' web site"
    if host.startswith("advertising-api"):
        return "; it is Amazon Ads'"
    if host.startswith("mws"):
        return "; MWS, which came before SP-API, has ended"
    return ""


def sandbox_problems(operation: Operation, values: Values, *, sandbox: bool) -> Iterator[RequestProblem]:
    """What the host makes of the operation: one for the sandbox alone, or a sandbox that knows only its samples."""
    if operation.sandbox_only and not sandbox:
        told = f"{operation.name} is served by the sandbox only."
        allowed = ", ".join(region.sandbox_host for region in Region)
        yield RequestProblem("url", ProblemKind.HOST, told, allowed)
    if not sandbox or operation.sandbox != "static" or not operation.sandbox_cases:
        return
    if not any(_answers(case.values, values) for case in operation.sandbox_cases):
        told = f"The sandbox answers {operation.name} for its samples alone, and this request is none of them."
        first = operation.sandbox_cases[0].values
        sample = ", ".join(f"{name}={short(format_value(value))}" for name, value in first.items())
        yield RequestProblem("url", ProblemKind.SANDBOX, told, sample)


def _answers(sample: Values, values: Values) -> bool:
    """Whether a sample answers the request: what it names must be sent just so, the rest does not matter."""
    return all(
        name in values and (values[name] == value or format_value(values[name]) == format_value(value))
        for name, value in sample.items()
    )
