"""Tokens go to Amazon or to this machine, and nowhere else, whatever an address looks like."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.client import Client
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError, guarded, is_loopback
from sptui.spapi.regions import LWA_URL, Region, region_of_host

from .wire import NORTHWIND, PARTICIPATIONS, Credentials, FakeClock

AMAZON = {
    "api.amazon.com",
    *(f"{prefix}sellingpartnerapi-{region}.amazon.com" for prefix in ("", "sandbox.") for region in ("na", "eu", "fe")),
}

ALLOWED = [
    "https://api.amazon.com/auth/o2/token",
    "https://sellingpartnerapi-na.amazon.com",
    "https://SELLINGPARTNERAPI-EU.Amazon.COM/x",
    "HTTPS://sandbox.sellingpartnerapi-fe.amazon.com",
    "https://sellingpartnerapi-na.amazon.com:443",
    "http://127.0.0.1:8080/na",
    "http://127.0.0.2:1",
    "https://127.0.0.1:8443",
    "http://localhost",
    "http://LOCALHOST:9/eu",
    "http://[::1]:8080",
    "http://[0:0:0:0:0:0:0:1]/",
]

REFUSED = [
    "",
    "/",
    "sellingpartnerapi-na.amazon.com",
    "//sellingpartnerapi-na.amazon.com",
    "http://sellingpartnerapi-na.amazon.com",  # in the clear
    "http://api.amazon.com/auth/o2/token",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "ws://127.0.0.1",
    "https://evil.example",
    "https://amazon.com",
    "https://www.amazon.com",
    "https://sellingpartnerapi-xx.amazon.com",
    "https://sellingpartnerapi-na.amazon.com.evil.example",
    "https://sellingpartnerapi-na.amazon.com@evil.example/",
    "https://user:password@evil.example/",
    "https://user:password@sellingpartnerapi-na.amazon.com/",
    "https://evil.example\\@sellingpartnerapi-na.amazon.com",
    "https://sellingpartnerapi-na.amazon.com\\@evil.example",
    "https://sellingpartnerapi-na.amazon.com\\.evil.example",
    "https://sellingpartnerapi-na.amazon.com%2f@evil.example",
    "https://evil.example#@sellingpartnerapi-na.amazon.com",
    "https://evil.example?@sellingpartnerapi-na.amazon.com",
    "https://evil.example/sellingpartnerapi-na.amazon.com",
    "https://sellingpartnerapi-na.amazon.com.",
    "https://sellingpartnerapi-na.amazon.com .evil.example",
    "https://sellingpartnerapi-na.amazon.com\t.evil.example",
    "https://sellingpartnerapi-na.amazon.com\n",
    "https://sellingpartnerapi-na.amazon.com:0",
    "https://sellingpartnerapi-na.amazon.com:99999",
    "https://sellingpartnerapi-na.amazon.com:x",
    "https://sellingpartnerapi-na.amaz\u043en.com",  # a Cyrillic letter
    "https://sellingpartnerapi\uff0dna.amazon.com",  # a wide hyphen
    "https://[sellingpartnerapi-na.amazon.com]",
    "https://[::1",
    "http://[127.0.0.1]",
    "http://localhost.evil.example",
    "http://localhost.",
    "http://localhost@evil.example",
    "http://127.0.0.1@evil.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1\\@evil.example",
    "http://evil.example/127.0.0.1",
    "http://0.0.0.0",
    "http://[::]",
    "http://10.0.0.1",
    "http://192.168.1.1",
    "http://169.254.169.254",
    "http://[fe80::1]",
    "http://128.0.0.1",
    "http://2130706433",  # 127.0.0.1 to some readers
    "http://0x7f000001",
    "http://127.1",
    "http://0177.0.0.1",
]


@pytest.mark.parametrize("url", ALLOWED)
def test_amazon_and_this_machine_may_have_tokens(url: str) -> None:
    assert guarded(url) == url
    host = httpx.URL(url).host
    assert host in AMAZON or host in ("localhost", "::1", "0:0:0:0:0:0:0:1") or host.startswith("127.0.0.")


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_no_other_address_may(url: str) -> None:
    with pytest.raises(ForbiddenHostError, match="this machine only"):
        guarded(url)


PIECES = st.sampled_from(
    ["https://", "http://", "sellingpartnerapi-na.amazon.com", "127.0.0.1", "localhost", "evil.example", "[::1]",
     "@", ":", "/", "\\", "?", "#", ".", "%2e", "%40", "%00", " ", "\t", "\n", "443",
     "[", "]", "u", "\u0131", "\u3002"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map("".join))
def test_what_is_allowed_goes_where_it_seems_to(url: str) -> None:
    """httpx, which opens the connection, must read the same host in every address that passes."""
    try:
        guarded(url)
        read = httpx.URL(url)
    except (ForbiddenHostError, httpx.InvalidURL):
        return
    assert read.host in AMAZON or is_loopback(f"http://[{read.host}]" if ":" in read.host else f"http://{read.host}")
    assert read.scheme == "https" or read.host not in AMAZON
    assert not read.userinfo


@pytest.mark.parametrize("url", [url for url in REFUSED if url])
@pytest.mark.parametrize("place", ["spapi", "lwa"])
async def test_the_client_sends_nothing_there(url: str, place: str) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"access_token": "Atza|x", "expires_in": 3600})

    endpoints = Endpoints(**{"spapi": "http://127.0.0.1:1", "lwa": "http://127.0.0.1:1/token", place: url})
    client = Client(
        Credentials(), endpoints=endpoints, transport=lambda: httpx.MockTransport(answer), clock=FakeClock()
    )
    call = await client.send(PARTICIPATIONS, NORTHWIND)
    assert call.failure is not None
    assert call.failure.kind == "forbidden host"
    assert not sent
    await client.aclose()


def test_amazons_addresses_when_no_other_is_set() -> None:
    endpoints = Endpoints()
    assert endpoints.lwa_url == LWA_URL == "https://api.amazon.com/auth/o2/token"
    assert endpoints.base(Region.NA) == "https://sellingpartnerapi-na.amazon.com"
    assert endpoints.base(Region.EU, sandbox=True) == "https://sandbox.sellingpartnerapi-eu.amazon.com"


@pytest.mark.parametrize(
    ("spapi", "sandbox", "expected"),
    [
        ("http://127.0.0.1:8080/{region}", False, "http://127.0.0.1:8080/fe"),
        ("http://127.0.0.1:8080/{region}/", False, "http://127.0.0.1:8080/fe"),
        ("http://127.0.0.1:8080/{region}", True, "http://127.0.0.1:8080/sandbox/fe"),
        ("http://127.0.0.1:8080", False, "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", True, "http://127.0.0.1:8080/sandbox"),
        ("http://localhost/mock/{region}/v1", True, "http://localhost/mock/sandbox/fe/v1"),
    ],
)
def test_addresses_on_this_machine(spapi: str, sandbox: bool, expected: str) -> None:
    assert Endpoints(spapi).base(Region.FE, sandbox=sandbox) == expected


def test_regions_and_their_hosts() -> None:
    assert {region.host for region in Region} | {region.sandbox_host for region in Region} == AMAZON - {
        "api.amazon.com"
    }
    assert [region.aws_region for region in Region] == ["us-east-1", "eu-west-1", "us-west-2"]
    assert [region.words for region in Region] == ["North America", "Europe", "Far East"]
    assert region_of_host("Sandbox.SellingPartnerAPI-FE.amazon.com:443") == (Region.FE, True)
    assert region_of_host("sellingpartnerapi-na.amazon.com") == (Region.NA, False)
    assert region_of_host("sellingpartnerapi-na.amazon.com.evil.example") is None
    assert region_of_host("") is None


async def test_a_transport_in_the_networks_place_is_guarded_too() -> None:
    client = Client(Credentials(), endpoints=Endpoints("https://evil.example"), transport=None)
    call = await asyncio.wait_for(client.send(PARTICIPATIONS, NORTHWIND), 5)
    assert call.summary.startswith("no answer (forbidden host): Tokens go to Amazon's hosts")
    await client.aclose()
