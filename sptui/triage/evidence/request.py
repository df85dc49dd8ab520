"""What was sent, and what Amazon's own lists have against it."""

from __future__ import annotations

import msgspec

from sptui.spapi.check import ProblemKind
from sptui.spapi.regions import Region


class CallKnown(msgspec.Struct, frozen=True, tag="call"):
    """Which call failed, as far as it is known.

    ``operation`` is the catalogue's bare name, "" where the catalogue has none; ``path_known`` whether the
    catalogue has such a path (None: no path was given). ``host`` is set only for a host that is none of
    SP-API's. ``roles``: any one of them opens the operation, or the type that it orders, in ``region``;
    ``same_roles_in``: the other regions in which the very same roles open it.
    ``sandbox_meant``: somebody said that it is for the sandbox; ``sandbox_sample``: it is one of the samples that
    the sandbox answers.
    """

    operation: str = ""
    method: str = ""
    path: str = ""
    path_known: bool | None = None
    host: str = ""
    region: Region | None = None
    sandbox: bool = False
    marketplaces: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    roles_verified: bool = False
    token_needed: str = ""
    scope: str = ""
    rate: float | None = None
    side_effects: str = "none"
    sandbox_meant: bool = False
    sandbox_sample: bool = False
    same_roles_in: tuple[Region, ...] = ()


class TypeAsked(msgspec.Struct, frozen=True, tag="type"):
    """A report, feed or notification type that the call names, or the operation itself, held against Amazon's lists.

    ``known``: in the lists; else ``similar`` may be what was meant. ``roles``: any one opens it. ``not_in``: asked
    marketplaces where Amazon does not offer it. ``removed_on``: it was gone by the time of the call.
    ``made_by_amazon``: createReport does not take it. ``needs``: a program of the seller's. ``too_many``: more
    marketplaces were named than it takes. ``restricted``: it holds personal data. ``sellers``: whether it is for
    sellers. ``delivery``: where its notifications go.
    """

    kind: str
    name: str
    known: bool = True
    similar: str = ""
    roles: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    removed_on: str = ""
    replaced_by: str = ""
    made_by_amazon: bool = False
    needs: str = ""
    too_many: bool = False
    restricted: bool = False
    sellers: bool | None = None
    delivery: tuple[str, ...] = ()


class RequestFlaw(msgspec.Struct, frozen=True, tag="request flaw"):
    """Something that the catalogue has against the request."""

    parameter: str
    flaw: ProblemKind
    told: str
    allowed: str = ""


class RequestClean(msgspec.Struct, frozen=True, tag="request clean"):
    """The catalogue has nothing against the request."""


class Signed(msgspec.Struct, frozen=True, tag="signed"):
    """The request carries an AWS signature or session token, which SP-API has not needed since October 2023."""
