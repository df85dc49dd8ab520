"""The token that was sent, and the roles that the application has."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class TokenSent(msgspec.Struct, frozen=True, tag="token sent"):
    """The prefix of the token that was sent (``Atza|``); "none" where none was."""

    prefix: str


class TokenRefreshed(msgspec.Struct, frozen=True, tag="token refreshed"):
    """LWA gave a fresh access token for this seller in this run."""


class RolesKnown(msgspec.Struct, frozen=True, tag="roles"):
    """The roles that the application is said to have, against those that open the operation here."""

    has: tuple[str, ...]
    opening: tuple[str, ...]

    @property
    def lacking(self) -> bool:
        """Whether the operation needs a role and the application has none of those that open it."""
        return bool(self.opening) and not set(self.has) & set(self.opening)


class RoleState(StrEnum):
    """What is known of a role: a call that needs it passed, was refused, or none was made."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class RoleProof(msgspec.Struct, frozen=True):
    """What one call tells: it passed, so one of these roles is there; or it was refused, so none of them is."""

    roles: tuple[str, ...]
    state: RoleState
    by: str = ""


class RolesInferred(msgspec.Struct, frozen=True, tag="roles inferred"):
    """What calls tell of the application's roles. ``opening``: those that open the operation, any one of them."""

    opening: tuple[str, ...]
    proofs: tuple[RoleProof, ...]

    @property
    def proof(self) -> RoleProof | None:
        """The call that proves that one of the opening roles is there."""
        proven = (each for each in self.proofs if each.state is RoleState.PROVEN and each.roles)
        return next((each for each in proven if set(each.roles) <= set(self.opening)), None)

    @property
    def all_refuted(self) -> bool:
        """Whether none of the opening roles can be there, provided that other calls of the authorization pass."""
        refuted = {role for each in self.proofs if each.state is RoleState.REFUTED for role in each.roles}
        return bool(self.opening) and set(self.opening) <= refuted

    def state_of(self, role: str) -> RoleState:
        """What is known of one role."""
        states = {each.state for each in self.proofs if each.roles == (role,)}
        if RoleState.PROVEN in states:
            return RoleState.PROVEN
        refuted = any(each.state is RoleState.REFUTED and role in each.roles for each in self.proofs)
        return RoleState.REFUTED if refuted else RoleState.UNKNOWN
