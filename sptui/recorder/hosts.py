"""Which hosts' calls are kept: Amazon's for SP-API, Login with Amazon and documents, and those that were asked for.

Source: docs sp-api-endpoints; the hosts of documents as recorded in 2025.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,20}://(?:[^/?#]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:]*)(?P<port>:[0-9]*)?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#|$)"
)
_API = re.compile(r"(sandbox\.)?sellingpartnerapi-(na|eu|fe)\.amazon\.com")
_DOCUMENTS = re.compile(r"tortuga-[a-z0-9-]+\.s3[a-z0-9.-]*\.amazonaws\.com")
_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]")
_PREFIX = re.compile(r"/?(?P<sandbox>sandbox/)?(?P<region>na|eu|fe|NA|EU|FE)?(?=/|$)")
LWA_HOST = "api.amazon.com"
LWA_PATH = "/auth/o2/"


class Place(NamedTuple):
    """Where a call goes. ``stage`` is ``api``, ``lwa`` or ``document``; ``region`` is NA, EU, FE or ""."""

    stage: str
    region: str
    host: str
    path: str
    query: str = ""
    sandbox: bool = False


def place_of(url: str, *, loopback: bool = False, hosts: frozenset[str] = frozenset(), all_hosts: bool = False) -> Any:
    """The Place of an address, or None where its calls are not to be kept."""
    found = _URL.match(url)
    if found is None:
        return None
    host, path, query = found["host"].lower(), found["path"] or "/", found["query"] or ""
    api = _API.fullmatch(host)
    if api is not None:
        return Place("api", api[2].upper(), host, path, query, api[1] is not None)
    if host == LWA_HOST and path.startswith(LWA_PATH):
        return Place("lwa", "", host, path)
    if _DOCUMENTS.fullmatch(host):
        return Place("document", "", host, "/")
    if host in hosts or all_hosts or (loopback and _LOOPBACK.fullmatch(host)):
        return _in_amazons_stead(host + (found["port"] or ""), path, query)
    return None


def _in_amazons_stead(host: str, path: str, query: str) -> Place:
    """A simulator or proxy: the stage by the path, the region by a path that begins with it."""
    if "X-Amz-Signature=" in query:
        return Place("document", "", host, "/")
    if LWA_PATH in path:
        return Place("lwa", "", host, path)
    prefix = _PREFIX.match(path)
    if prefix is None or not (prefix["sandbox"] or prefix["region"]):
        return Place("api", "", host, path, query)
    rest = path[prefix.end() :] or "/"
    return Place("api", (prefix["region"] or "").upper(), host, rest, query, bool(prefix["sandbox"]))
