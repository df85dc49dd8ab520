"""Through the proxies that the environment or the system names, where there are any."""

from __future__ import annotations

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

from sptui.spapi.lean_httpx import httpx


class ProxiedTransport(httpx.AsyncBaseTransport):
    """Leaves the choice of the proxy (``HTTPS_PROXY``, ``NO_PROXY``) to httpx, and takes nothing else of its client."""

    def __init__(self, context: ssl.SSLContext, limits: httpx.Limits) -> None:
        self._client = httpx.AsyncClient(
            verify=context,
            limits=limits,
            follow_redirects=False,
            # Many sellers share a connection: what a server sets for one must not go out with another's call.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; the response is not read yet."""
        return await self._client.send(request, stream=True)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
