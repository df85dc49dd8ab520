"""An Amazon whose answers a test decides while the app runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

Answer = tuple[int, Any]

DENIED: Answer = (
    403,
    {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]},
)


def participation(
    marketplace_id: str,
    country: str,
    *,
    participating: bool = True,
    suspended: bool = False,
    store: str = "",
    name: str = "Amazon",
    domain: str = "www.amazon.com",
) -> dict[str, Any]:
    """One entry of getMarketplaceParticipations."""
    return {
        "marketplace": {"id": marketplace_id, "countryCode": country, "name": name, "domainName": domain},
        "participation": {"isParticipating": participating, "hasSuspendedListings": suspended},
        "storeName": store,
    }


US = participation("ATVPDKIKX0DER", "US", store="Northwind")
CA = participation("A2EUQ1WTGCTBG2", "CA", participating=False)
MX = participation("A1AM78C64UM0Y8", "MX", suspended=True, store="[/x] [bold]Tricky[/] Store\x1b[31m")
NON_AMAZON = participation("A2ZV50J4W1RKNI", "US", name="Non-Amazon", domain="sim1.stores.amazon.com")
NEW_COUNTRY = participation("A9NEWCOUNTRY1", "CL", domain="www.amazon.cl")
DE = participation("A1PA6795UKMFR9", "DE", store="Northwind EU")


class Amazon:
    """Answers by refresh token: ``answers["Atzr|one"] = (200, {"payload": [...]})``.

    While ``gate`` is cleared, calls wait. ``asked`` counts the API calls by refresh token.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.other: Callable[[httpx.Request, str], Answer] = lambda *_: (404, {})
        self.asked: dict[str, int] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    def transport(self) -> httpx.AsyncBaseTransport:
        """What a workspace takes in place of the network."""
        return httpx.MockTransport(self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/o2/token":
            refresh_token = httpx.QueryParams(request.content.decode())["refresh_token"]
            return httpx.Response(200, json={"access_token": f"Atza|{refresh_token[5:]}", "expires_in": 3600})
        await self.gate.wait()
        token = "Atzr|" + request.headers["x-amz-access-token"][5:]
        self.asked[token] = self.asked.get(token, 0) + 1
        if request.url.path == "/sellers/v1/marketplaceParticipations":
            status, body = self.answers.get(token, DENIED)
        else:
            status, body = self.other(request, token)
        return httpx.Response(status, json=body)
