"""What a world must not say: contradictions within it, each with its place and what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from sptui.simulator.story import ScenarioCall
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.toml_file import Steps

if TYPE_CHECKING:
    from sptui.simulator.world import Fault, World, WorldSeller

STAGES: Final = ("lwa", "document")
"""What a fault may name beside operations: the token endpoint, and the addresses of documents."""


class Problem(msgspec.Struct, frozen=True):
    """A contradiction within a world: where (steps of keys and indexes), what, and what was expected."""

    steps: Steps
    problem: str
    expected: str


def problems_of(world: World) -> Iterator[Problem]:
    """Every contradiction, the first first."""
    yield from _repeated("application", "client_id", [each.client_id for each in world.applications])
    yield from _repeated("seller", "id", [f"{each.id} in {each.region}" for each in world.sellers])
    yield from _repeated("seller", "refresh_token", [each.refresh_token for each in world.sellers], secret=True)
    for index, application in enumerate(world.applications):
        places = [("application", index, "traffic", at, "operation") for at in range(len(application.traffic))]
        for place, each in zip(places, application.traffic, strict=True):
            yield from _unknown_operation(each.operation, place)
    for index, seller in enumerate(world.sellers):
        yield from _seller_problems(world, seller, ("seller", index))
    for index, fault in enumerate(world.faults):
        yield from _fault_problems(world, fault, ("fault", index))
    for index, call in enumerate(world.calls):
        yield from _call_problems(world, call, ("scenario", "call", index))


def _repeated(table: str, key: str, values: list[str], *, secret: bool = False) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            what = f"the same {key} twice" if secret else f"{table} {value} twice"
            yield Problem((table, index, key), what, f"expected another {key} for each {table}")


def _seller_problems(world: World, seller: WorldSeller, steps: Steps) -> Iterator[Problem]:
    if world.application(seller.application) is None:
        known = nearest(seller.application, (each.client_id for each in world.applications))
        yield Problem((*steps, "application"), f"no application has the client id {seller.application!r}", known)
    if namesake := next((each for each in world.sellers if _is_other_id_of(each, seller)), None):
        yield Problem(
            (*steps, "name"),
            f"{seller.name!r} is also the name of {namesake.id} in {seller.region}",
            "expected one seller id for each name and region",
        )
    ids = [each.id for each in seller.marketplaces]
    for index, id_ in enumerate(ids):
        place = (*steps, "marketplace", index, "id")
        known_marketplace = MARKETPLACES.get(id_)
        if id_ in ids[:index]:
            yield Problem(place, f"marketplace {id_} twice", "expected each marketplace once for a seller")
        elif known_marketplace is not None and known_marketplace.region is not seller.region:
            where = f"{known_marketplace.country_code}, in {known_marketplace.region}"
            yield Problem(place, f"{id_} is {where}", f"expected a marketplace of {seller.region}")


def _is_other_id_of(each: WorldSeller, seller: WorldSeller) -> bool:
    return each.name == seller.name and each.region is seller.region and each.id != seller.id


def _fault_problems(world: World, fault: Fault, steps: Steps) -> Iterator[Problem]:
    if fault.operation not in STAGES:
        yield from _unknown_operation(fault.operation, (*steps, "operation"))
    ids = [each.id for each in world.sellers]
    if fault.seller and fault.seller not in ids:
        yield Problem((*steps, "seller"), f"no seller has the id {fault.seller!r}", nearest(fault.seller, ids))


def _call_problems(world: World, call: ScenarioCall, steps: Steps) -> Iterator[Problem]:
    sellers = world.sellers_named(call.seller)
    if not sellers:
        names = [name for each in world.sellers for name in (each.name, each.id)]
        yield Problem((*steps, "seller"), f"no seller is called {call.seller!r}", nearest(call.seller, names))
    elif len(sellers) > 1:
        told = " or ".join(f"{each.name}@{each.region}" for each in sellers)
        yield Problem((*steps, "seller"), f"{call.seller!r} means {len(sellers)} sellers", f"expected {told}")
    yield from _unknown_operation(call.operation, (*steps, "operation"))
    for place, each in enumerate(call.before):
        yield from _unknown_operation(each.operation, (*steps, "before", place, "operation"))


def _unknown_operation(name: str, place: Steps) -> Iterator[Problem]:
    if name and load_catalogue().get(name) is None:
        known = nearest(name, (each.name for each in load_catalogue()))
        yield Problem(place, f"no operation is called {name!r}", known)


def nearest(name: str, names: Iterable[str]) -> str:
    """What was probably meant by a name that nothing has, else what there is."""
    import difflib

    names = list(dict.fromkeys(names))
    if close := difflib.get_close_matches(name, names, n=1):
        return f"did you mean {close[0]!r}?"
    return f"expected {' or '.join(names[:8])}" if names else "expected none"
