"""Which address stands for which region, and the guard that keeps tokens at Amazon or on this machine."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sptui.spapi.regions import LWA_URL, Region

_AMAZON_HOSTS: Final = frozenset(
    {urlsplit(LWA_URL).hostname, *(region.host for region in Region), *(region.sandbox_host for region in Region)}
)


class ForbiddenHostError(ValueError):
    """A secret would have left for a host that is neither Amazon's nor this machine."""


class Endpoints(msgspec.Struct, frozen=True):
    """Amazon's addresses, or others on loopback (a simulator, a mock server).

    ``spapi`` may contain ``{region}`` (``na``, ``eu``, ``fe``): ``http://127.0.0.1:8080/{region}``. The sandbox
    then lies at ``/sandbox`` before the region. Both raise ForbiddenHostError for any other host.
    """

    spapi: str = ""
    lwa: str = ""

    def base(self, region: Region, *, sandbox: bool = False) -> str:
        """The address before the operation's path, without a trailing slash."""
        if not self.spapi:
            return f"https://{region.sandbox_host if sandbox else region.host}"
        root, has_region, rest = self.spapi.rstrip("/").partition("/{region}")
        region_part = f"/{region.value.lower()}" if has_region else ""
        return guarded(root + ("/sandbox" if sandbox else "") + region_part + rest)

    @property
    def lwa_url(self) -> str:
        """The token endpoint, whole."""
        return guarded(self.lwa or LWA_URL)


def guarded(url: str) -> str:
    """``url`` itself, if a token may go there: Amazon's hosts over https, or loopback.

    An address with a user name, or with a character that two readers of addresses could take differently, is
    refused whatever its host: what is checked here must be what the request goes to.
    """
    try:
        parts = urlsplit(url)
        plain = url.isprintable() and not set(url) & set(" \\@") and parts.port != 0
    except ValueError:  # brackets or a port that are none
        raise _forbidden("an address that cannot be read") from None
    if not plain:
        raise _forbidden("an address with a user name or an odd character in it")
    host = parts.hostname or ""
    if (parts.scheme == "https" and host in _AMAZON_HOSTS) or (parts.scheme in ("http", "https") and is_loopback(url)):
        return url
    raise _forbidden(f"{parts.scheme}://{host}" if host else "an address without a host")


def _forbidden(where: str) -> ForbiddenHostError:
    return ForbiddenHostError(
        f"Tokens go to Amazon's hosts (over https) or to this machine only, and {where} is neither. "
        "Check SPTUI_ENDPOINT and SPTUI_LWA_ENDPOINT, or [network] in config.toml."
    )


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own; False for what cannot be read."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
