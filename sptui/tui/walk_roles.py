"""What is known of the application's roles, as the wizard shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sptui.triage.case import Case
from sptui.triage.evidence import Evidence, RolesInferred, RolesKnown, RoleState
from sptui.tui.marks import Mark

_MARKS: Final = {
    RoleState.PROVEN: Mark("●", "proven", "success"),
    RoleState.REFUTED: Mark("✖", "refuted", "error"),
    RoleState.UNKNOWN: Mark("?", "unknown", "muted"),
}


class RoleLine(NamedTuple):
    """One role: what is known of it, and by which call."""

    role: str
    mark: Mark
    by: str


def opening_roles(case: Case) -> tuple[str, ...]:
    """The roles of which any one opens the call; none where that is not known."""
    operation, where = case.operation, case.where
    return operation.roles_in(where) if operation is not None and where is not None else ()


def roles_note(case: Case, opening: tuple[str, ...]) -> str:
    """How many roles open the call, in a sentence."""
    if not opening or case.operation is None:
        return "Which role opens this call is not known."
    name = case.operation.name
    return f"This role opens {name}:" if len(opening) == 1 else f"Any one of the first {len(opening)} opens {name}:"


def roles_of(evidence: Iterable[Evidence], opening: tuple[str, ...]) -> list[RoleLine]:
    """What is known of the application's roles: first those that open the call, known or not."""
    lines = {role: RoleLine(role, _MARKS[RoleState.UNKNOWN], "") for role in opening}
    for each in evidence:
        match each.data:
            case RolesKnown() as known:
                for role in dict.fromkeys([*known.opening, *known.has]):
                    has = role in known.has
                    mark = Mark("●", "listed", "plain") if has else Mark("✖", "not listed", "warning")
                    lines[role] = RoleLine(role, mark, "sellers.toml")
            case RolesInferred() as inferred:
                called = [name for each in inferred.proofs for name in each.roles]
                for role in dict.fromkeys([*inferred.opening, *called]):
                    mark, by = _inferred(inferred, role)
                    if mark.word != RoleState.UNKNOWN or by or role not in lines:
                        lines[role] = RoleLine(role, mark, by)
            case _:
                pass
    return sorted(lines.values(), key=lambda each: each.role not in opening)


def _inferred(inferred: RolesInferred, role: str) -> tuple[Mark, str]:
    state = inferred.state_of(role)
    own = [each for each in inferred.proofs if each.state is state and role in each.roles]
    exact = [each for each in own if each.roles == (role,)] or own
    if state is not RoleState.UNKNOWN:
        return _MARKS[state], exact[0].by if exact else ""
    shared = [each for each in inferred.proofs if role in each.roles and each.state is RoleState.PROVEN]
    return _MARKS[state], f"it or another: {shared[0].by}" if shared else ""
