"""Faults to switch on and off while a world runs: those of the world itself, and the usual ones."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.world import Fault, World
from sptui.spapi.regions import Region

_UNAVAILABLE: Final = (
    '<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Website Temporarily Unavailable</title>'
    "</head><body><h1>Website Temporarily Unavailable</h1></body></html>"
)
_PLACES: Final = {Region.NA: "North America", Region.EU: "Europe", Region.FE: "the Far East"}
_INTERNAL: Final = "We encountered an internal error. Please try again."


class Switch(msgspec.Struct, frozen=True):
    """One entry: a name of its own, what it does in words, and the faults that do it."""

    key: str
    label: str
    faults: tuple[Fault, ...]

    def is_on(self, world: World) -> bool:
        """Whether it is at work in ``world``."""
        return all(each in world.faults for each in self.faults)


STANDARD: Final = (
    *(
        Switch(
            f"outage-{region.lower()}",
            f"An outage in {_PLACES[region]}: every call ends in 500",
            (Fault(region=region, status=500, code="InternalFailure", message=_INTERNAL),),
        )
        for region in Region
    ),
    Switch("brown-out", "A brown-out: 30 % of the calls end in 503", (Fault(probability=0.3, status=503),)),
    Switch("latency", "Slow answers: 3 s more for every call", (Fault(delay_ms=3000),)),
    Switch("dropped", "Dropped connections: no answer at all", (Fault(drop=True),)),
    Switch("html", "HTML instead of JSON, with 503", (Fault(status=503, body=_UNAVAILABLE),)),
    Switch(
        "cut",
        "Cut bodies: 200 and the beginning of some JSON",
        (Fault(status=200, body='{"payload":[{"market'),),
    ),
    Switch("blank", "Blank answers: 200 and nothing else", (Fault(status=200, body=""),)),
    Switch("lwa-down", "Login with Amazon down: no tokens", (Fault(operation="lwa", status=503, body=_UNAVAILABLE),)),
    Switch("throttled", "Everything throttled: 429 for every call", (Fault(status=429),)),
)
"""Amazon's usual troubles; texts and forms as recorded (selling-partner-api-models 4667, 4850, 5230)."""


def switches_of(world: World) -> tuple[Switch, ...]:
    """The faults that ``world`` began with, each by itself, then the usual ones."""
    own = tuple(Switch(f"own-{at}", f"This world: {in_words(each)}", (each,)) for at, each in enumerate(world.faults))
    return (*own, *STANDARD)


def flipped(world: World, switch: Switch) -> World:
    """``world`` with the switch the other way round; what is switched on last comes first."""
    kept = tuple(each for each in world.faults if each not in switch.faults)
    return msgspec.structs.replace(world, faults=kept if switch.is_on(world) else (*switch.faults, *kept))


def all_off(world: World) -> World:
    """``world`` without any fault; what follows from its state stays."""
    return msgspec.structs.replace(world, faults=())


def in_words(fault: Fault) -> str:
    """What a fault does, to what: ``500 InternalFailure for getOrders in NA``."""
    what = " ".join(str(each) for each in (fault.status, fault.code) if each)
    if fault.status and fault.body is not None:
        what += " with another body" if fault.body else " with no body"
    if not what:
        what = "no answer" if fault.drop else f"{fault.delay_ms} ms more"
    if fault.probability < 1:
        what += f", {fault.probability:.0%} of the time,"
    told = [f"for {fault.operation or 'every call'}"]
    told += [f"with {' and '.join(fault.parameters)}"] * bool(fault.parameters)
    told += [f"in {fault.region}"] * bool(fault.region)
    told += [f"of {fault.seller}"] * bool(fault.seller)
    told += [f"for {fault.marketplace}"] * bool(fault.marketplace)
    told += [f"after {fault.after_calls} calls"] * bool(fault.after_calls)
    return f"{what} {' '.join(told)}"
