"""A client of the simulator for these tests: plain httpx, nothing of sptui's own client."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx

from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import World, parse_world
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.regions import LWA_URL, Region
from sptui.spapi.requests import build_request

SELLER = "A1SELLERNORTH1"
US, CA, MX, BR = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8", "A2Q3Y263D00KWC"
DE, FR, UK, JP = "A1PA6795UKMFR9", "A13V1IB3VIYZZH", "A1F83G8C2ARO7P", "A1VC38T7YXB528"
PSEUDO, NEWLAND = "A2ZV50J4W1RKNI", "A1NEWCOUNTRY01"

CLIENT_ID, CLIENT_SECRET = "amzn1.application-oa2-client.test", "amzn1.oa2-cs.v1.canary-secret"
NARROW_ID, NARROW_SECRET = "amzn1.application-oa2-client.narrow", "amzn1.oa2-cs.v1.canary-narrow"
EXPIRED_ID, EXPIRED_SECRET = "amzn1.application-oa2-client.expired", "amzn1.oa2-cs.v1.canary-expired"

WORLD = f"""
latency_ms = [0, 0]

[[application]]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"

[[application]]
client_id = "{NARROW_ID}"
client_secret = "{NARROW_SECRET}"
roles = ["Finance and Accounting", "Inventory and Order Tracking"]

[[application]]
client_id = "{EXPIRED_ID}"
client_secret = "{EXPIRED_SECRET}"
secret_expired = true

[[seller]]
id = "{SELLER}"
name = "North"
region = "NA"
refresh_token = "Atzr|north"
  [[seller.marketplace]]
  id = "{US}"
  status = "AT_RISK"
  ahr_score = 172
  [seller.marketplace.metrics.lateShipmentRate]
  status = "BAD"
  rate = 0.061
  [seller.marketplace.metrics.brandNewMetric]
  status = "WARNED"
  something = ["as", "it", "is"]
  [[seller.marketplace]]
  id = "{CA}"
  status = "DEACTIVATED"
  [[seller.marketplace]]
  id = "{BR}"
  status = "SUSPENDED"
  suspended_listings = true
  [[seller.marketplace]]
  id = "{MX}"
  participating = false
  [[seller.marketplace]]
  id = "{PSEUDO}"
  [[seller.marketplace]]
  id = "{NEWLAND}"

[[seller]]
id = "{SELLER}"
name = "North"
region = "EU"
refresh_token = "Atzr|north-eu"
  [[seller.marketplace]]
  id = "{DE}"

[[seller]]
id = "A2SELLERREVOKED"
region = "NA"
refresh_token = "Atzr|revoked"
authorization = "revoked"
  [[seller.marketplace]]
  id = "{US}"

[[seller]]
id = "A3SELLEREXPIRED"
region = "NA"
refresh_token = "Atzr|lapsed"
authorization = "expired"

[[seller]]
id = "A4SELLERNARROW1"
region = "NA"
refresh_token = "Atzr|narrow"
application = "{NARROW_ID}"
  [[seller.marketplace]]
  id = "{US}"

[[seller]]
id = "A5SELLERNARROW2"
region = "FE"
refresh_token = "Atzr|narrow-fe"
application = "{NARROW_ID}"
  [[seller.marketplace]]
  id = "{JP}"

[[seller]]
id = "A6SELLEROLDROLE"
region = "NA"
refresh_token = "Atzr|old-role"
roles_when_authorized = ["Pricing"]
  [[seller.marketplace]]
  id = "{US}"

[[seller]]
id = "A7SELLERSECRET1"
region = "NA"
refresh_token = "Atzr|secret"
application = "{EXPIRED_ID}"
  [[seller.marketplace]]
  id = "{US}"
"""

SECRETS = {CLIENT_ID: CLIENT_SECRET, NARROW_ID: NARROW_SECRET, EXPIRED_ID: EXPIRED_SECRET}


def a_world(more: str = "") -> World:
    """The world above, with ``more`` TOML behind it."""
    return parse_world(WORLD + more)


class Amazon:
    """The simulator, asked over httpx."""

    def __init__(self, world: World | None = None) -> None:
        self.clock = ManualClock()
        self.simulator = Simulator(world or a_world(), clock=self.clock)
        self.http = httpx.AsyncClient(transport=SimulatorTransport(self.simulator))

    async def lwa(self, **form: str) -> httpx.Response:
        """A token request as a form."""
        return await self.http.post(LWA_URL, data=form)

    async def token(self, of: str = "Atzr|north") -> str:
        """An access token for the seller whose refresh token is ``of``."""
        client_id = next(each.application for each in self.simulator.world.sellers if each.refresh_token == of)
        answer = await self.lwa(
            grant_type="refresh_token",
            refresh_token=of,
            client_id=client_id,
            client_secret=SECRETS[client_id],
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def grantless_token(self, scope: str = "sellingpartnerapi::notifications") -> str:
        """A grantless access token."""
        answer = await self.lwa(
            grant_type="client_credentials", scope=scope, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
        )
        return str(answer.json()["access_token"])

    async def restricted_token(
        self, *resources: dict[str, Any], token: str | None = None, region: Region = Region.NA
    ) -> str:
        """A Restricted Data Token for these resources."""
        answer = await self.call(
            "createRestrictedDataToken", {"restrictedResources": list(resources)}, token=token, region=region
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["restrictedDataToken"])

    async def token_for(self, operation: Operation) -> str:
        """A token of the kind that the operation cannot do without, in North America."""
        if operation.token == "grantless":
            return await self.grantless_token(operation.scope)
        if operation.rdt == "always":
            return await self.restricted_token({"method": operation.method, "path": operation.path})
        return await self.token()

    async def call(
        self,
        operation: str,
        values: dict[str, Any] | None = None,
        *,
        token: str | None = None,
        region: Region = Region.NA,
        sandbox: bool = False,
    ) -> httpx.Response:
        """One call with a token (by default a new one of the seller in North America; "" sends none)."""
        request = build_request(load_catalogue().find(operation), values or {})
        token = await self.token() if token is None else token
        return await self.http.request(
            request.method,
            f"https://{region.sandbox_host if sandbox else region.host}{request.target}",
            headers={"x-amz-access-token": token} if token else {},
            json=request.body,
        )


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The only error of an answer."""
    errors = answer.json()["errors"]
    assert len(errors) == 1
    return dict(errors[0])


def document_of(answer: httpx.Response) -> Any:
    """The JSON of a gzip document."""
    assert answer.status_code == 200, answer.text
    return json.loads(gzip.decompress(answer.content))
