"""Which of Amazon's servers a request is for.

By host name (in process, or with a ``Host`` header that names one), else by path on loopback: LWA at
``/auth/o2/token``; ``/na``, ``/eu``, ``/fe`` stand for a region's host, with ``/sandbox`` before for its sandbox;
documents lie under the names of their buckets. On loopback the ``Host`` header is not relied on: a widely used
client cuts it short.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from sptui.simulator.wire import WireRequest, split_address
from sptui.spapi.calls import Stage
from sptui.spapi.regions import LWA_PATH, LWA_URL, Region, region_of_host

_LWA_HOST: Final = LWA_URL.removeprefix("https://").partition("/")[0]
_BUCKET: Final = re.compile(r"tortuga-prod-(na|eu|fe)")
_BUCKET_HOST: Final = re.compile(_BUCKET.pattern + r"\.s3[.-][a-z0-9.-]*amazonaws\.com")
_BUCKET_PATH: Final = re.compile(r"/" + _BUCKET.pattern + r"(/.*)")
_REGION_PATH: Final = re.compile(r"(/sandbox)?(?:/(na|eu|fe))?((?:/.*)?)", re.IGNORECASE | re.DOTALL)


class Address(msgspec.Struct, frozen=True):
    """The server meant, and the path on it. ``region`` is None where nothing in the address tells it."""

    stage: Stage
    path: str
    region: Region | None = None
    sandbox: bool = False


def find_address(request: WireRequest) -> Address | None:
    """The server that a request is for; None for a host that is none of Amazon's."""
    host, path = request.host.lower(), request.path
    if host == _LWA_HOST:
        return Address(Stage.LWA, path)
    if found := region_of_host(host):
        return Address(Stage.API, path, *found)
    if bucket := _BUCKET_HOST.fullmatch(host):
        return Address(Stage.DOCUMENT, path, Region(bucket[1].upper()))
    return _on_loopback(path) if request.origin else None


def names_its_host(request: WireRequest) -> bool:
    """Whether the ``Host`` header, where there is one, names the server that was asked.

    Seen to break Amazon with a 500 where it does not (selling-partner-api-models 472). On loopback any will do.
    """
    named = request.headers.get("host")
    if named is None or request.origin:
        return True
    return (split_address(f"//{named}").hostname or "") == request.host.lower()


def document_base(region: Region, origin: str) -> str:
    """The address before a document's path: of its bucket, or of the loopback server."""
    bucket = f"tortuga-prod-{region.lower()}"
    return f"{origin}/{bucket}" if origin else f"https://{bucket}.s3.{region.aws_region}.amazonaws.com"


def _on_loopback(path: str) -> Address:
    if path == LWA_PATH:
        return Address(Stage.LWA, path)
    if bucket := _BUCKET_PATH.fullmatch(path):
        return Address(Stage.DOCUMENT, bucket[2], Region(bucket[1].upper()))
    found = _REGION_PATH.fullmatch(path)
    if found is None:
        return Address(Stage.API, path)
    return Address(Stage.API, found[3], Region(found[2].upper()) if found[2] else None, sandbox=bool(found[1]))
