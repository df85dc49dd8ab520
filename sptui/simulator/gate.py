"""Who calls, and whether Amazon lets the call through: token, secret, authorization, region, role.

In Amazon's order, as far as recorded answers show it. All answers are 403 Unauthorized; the details tell some of
the causes apart and are empty for the others (docs resolve-common-http-and-authorization-error-codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from sptui.simulator.replies import denied
from sptui.simulator.tokens import Grant, TokenStore
from sptui.simulator.world import World, WorldApplication, WorldSeller
from sptui.spapi.catalogue import Operation
from sptui.spapi.regions import Region


class Caller(msgspec.Struct, frozen=True):
    """Whom a token stands for in the world as it is; ``seller`` is None for a grantless token."""

    grant: Grant
    application: WorldApplication
    seller: WorldSeller | None

    @property
    def seller_id(self) -> str:
        """The seller's id, or "" for a grantless token."""
        return self.seller.id if self.seller else ""

    @property
    def roles(self) -> frozenset[str] | None:
        """The roles that the authorization carries; None is every role.

        A role counts only if the application has it and had it when the seller authorized it (docs roles-faq).
        """
        granted = self.application.roles
        authorized = self.seller.roles_when_authorized if self.seller else None
        if granted is None:
            return None if authorized is None else frozenset(authorized)
        return frozenset(granted) if authorized is None else frozenset(granted) & frozenset(authorized)


def find_caller(token: str, world: World, tokens: TokenStore) -> Caller | None:
    """Whom ``token`` stands for, whatever may be wrong with it; None where it is no token of this world."""
    grant = tokens.find(token)
    application = world.application(grant.client_id) if grant else None
    if grant is None or application is None:
        return None
    if grant.grantless:
        return Caller(grant, application, None)
    seller = next((each for each in world.sellers if each.refresh_token == grant.refresh_token), None)
    return Caller(grant, application, seller) if seller else None


def let_in(
    caller: Caller | None,
    token: str | None,
    operation: Operation,
    path_values: Mapping[str, str],
    region: Region,
    now: datetime,
    *,
    sandbox: bool = False,
) -> Caller:
    """The caller, if the call may go on. Raises RefusalError.

    ``sandbox``: its samples hold nobody's data, so a plain token opens all of them.
    """
    if token is None:
        raise denied("Access token is missing in the request header.")
    if caller is None:
        raise denied("The access token you provided is revoked, malformed or invalid.")
    if caller.grant.expired(now):
        raise denied("The access token you provided has expired.")
    if caller.application.secret_expired:
        raise denied("The LWA secret token you provided has expired.")
    if caller.seller is not None and caller.seller.authorization != "active":
        raise denied("The access token you provided is revoked, malformed or invalid.")
    if caller.grant.restricted and caller.grant.elements(operation.key, path_values) is None:
        raise denied("The access token you provided is revoked, malformed or invalid.")
    if operation.rdt == "always" and not caller.grant.restricted and not sandbox:
        raise denied()
    if caller.grant.grantless != (operation.token == "grantless") or not _scope_fits(caller, operation):
        raise denied()
    if caller.seller is not None and caller.seller.region is not region:
        raise denied()
    if not _has_role(caller, operation, region):
        raise denied()
    return caller


def _scope_fits(caller: Caller, operation: Operation) -> bool:
    return not operation.scope or operation.scope in caller.grant.scope.split()


def _has_role(caller: Caller, operation: Operation, region: Region) -> bool:
    if not operation.roles:
        return True
    opening = operation.roles_in(region)
    return bool(opening) if caller.roles is None else not caller.roles.isdisjoint(opening)
