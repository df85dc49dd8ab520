"""Can Amazon's hosts be reached, and is this machine's clock right? Nothing secret is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sptui.diagnosis.finding import Finding, State
from sptui.settings import NetworkConfig
from sptui.spapi.client import Client
from sptui.spapi.clock import Clock
from sptui.spapi.endpoints import Endpoints, is_loopback
from sptui.spapi.pools import Transport
from sptui.spapi.regions import Region
from sptui.vault import MemoryVault

SECONDS_TO_ANSWER: Final = 10.0
TOLERATED: Final = timedelta(seconds=30)
"""Dates of answers are whole seconds, and the way takes some."""


class HostAnswer(msgspec.Struct, frozen=True):
    """What a host answered to a HEAD request: a status, whichever, or a ``problem``.

    ``ahead``: this machine's clock less the answer's Date, where it had one.
    """

    name: str
    address: str
    status: int = 0
    milliseconds: float = 0.0
    ahead: timedelta | None = None
    problem: str = ""
    kind: str = ""

    def finding(self, environment: Mapping[str, str]) -> Finding:
        """The finding about this host."""
        proxied = [name for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy") if environment.get(name)]
        through = f" through the proxy of {proxied[0]}" if proxied and not is_loopback(self.address) else ""
        host = urlsplit(self.address).netloc
        if not self.problem:
            return Finding("network", State.OK, f"{self.name}: {host} answered{through} in {self.milliseconds:.0f} ms.")
        return Finding(
            "network", State.PROBLEM, f"{self.name}: {host} not reached{through}: {self.problem}", self._advice()
        )

    def _advice(self) -> str:
        if is_loopback(self.address):
            return (
                "Start the simulator there, or unset SPTUI_ENDPOINT and SPTUI_LWA_ENDPOINT ([network] in config.toml)."
            )
        if self.kind == "tls":
            return (
                "Its certificate was not accepted: check the clock, and whether a proxy opens TLS (its certificate "
                "goes into SSL_CERT_FILE)."
            )
        return "Check the connection, the firewall, and HTTPS_PROXY where a proxy is needed; `sptui demo` needs none."


async def check_hosts(network: NetworkConfig, clock: Clock, transport: Transport | None = None) -> list[HostAnswer]:
    """Asks Login with Amazon and the hosts of the three regions, at the same time, for their head."""
    endpoints = Endpoints(network.endpoint, network.lwa_endpoint)
    hosts = [("Login with Amazon", endpoints.lwa_url)]
    hosts += [(f"{region.words} ({region})", f"{endpoints.base(region)}/") for region in Region]
    hosts = [host for place, host in enumerate(hosts) if host[1] not in {each[1] for each in hosts[:place]}]
    seconds = min(SECONDS_TO_ANSWER, network.timeout.total_seconds())
    client = Client(MemoryVault(), endpoints=endpoints, timeout_seconds=seconds, transport=transport, clock=clock)
    try:
        return list(await asyncio.gather(*(_ask(client, clock, name, address) for name, address in hosts)))
    finally:
        await client.aclose()


def check_clock(answers: list[HostAnswer]) -> Finding:
    """How this machine's clock stands against the dates of the answers."""
    differences = sorted(each.ahead for each in answers if each.ahead is not None)
    if not differences:
        return Finding("clock", State.UNKNOWN, "Not compared: no host answered with its time.")
    ahead = differences[len(differences) // 2]
    if abs(ahead) <= TOLERATED:
        return Finding("clock", State.OK, f"Right, to {TOLERATED.seconds} s.")
    seconds = abs(ahead).total_seconds()
    amount = f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
    return Finding(
        "clock",
        State.PROBLEM,
        f"It is {amount} {'ahead of' if ahead > timedelta(0) else 'behind'} Amazon's.",
        "Set it (NTP): dates in requests and the life of tokens are reckoned by it.",
    )


async def _ask(client: Client, clock: Clock, name: str, address: str) -> HostAnswer:
    call = await client.knock(address)
    if call.failure is not None:
        return HostAnswer(name, address, problem=call.failure.message, kind=call.failure.kind)
    ahead = None
    if call.answer is not None and (date := _date(call.answer.headers.get("date", ""))) is not None:
        # The date is cut to its second and was set halfway: half a second and half the time are the middle.
        took = timedelta(milliseconds=call.milliseconds)
        ahead = clock.now() - took / 2 - date - timedelta(seconds=0.5)
    return HostAnswer(name, address, call.status, call.milliseconds, ahead)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
