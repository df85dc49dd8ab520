"""What harmless reads and the log tell of the application's roles, where nobody said them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.enumeration import either
from sptui.triage.causes import Cause
from sptui.triage.evidence import OperationsTried, RolesInferred, RolesKnown, SellersTried
from sptui.triage.rules.base import FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.words import operation, where

rules: Final = RuleBook()

_GRANT: Final = "Add the role to the application in the developer console; then sellers authorize again."


@rules.rule("docs role mappings: any one of the roles suffices")
def a_role_is_proven(facts: Facts) -> Iterator[Judgement]:
    """A call that only these roles open passes."""
    found = facts.last(RolesInferred)
    if found is not None and (proof := found.proof) is not None:
        why = f"The application has {either(proof.roles)}, which opens {operation(facts.call)}: {proof.by}."
        yield con(Cause.ROLE, STRONG, why)


@rules.rule("docs role mappings; inferred: a bare refusal where other operations pass")
def every_role_is_refuted(facts: Facts) -> Iterator[Judgement]:
    """Whatever the opening roles open is refused, and other operations pass."""
    found = facts.last(RolesInferred)
    others_pass = any(each.passing for each in facts.all(OperationsTried))
    if found is not None and found.all_refuted and others_pass:
        name, region = operation(facts.call), where(facts.call.region)
        why = f"What {either(found.opening)} would open is refused, {name}{region} and others, while other calls pass."
        said = facts.last(RolesKnown)
        has_it = said is not None and not said.lacking  # then it is this consent that does not carry it
        yield pro(Cause.ROLE, FAIR if has_it else STRONG, why, f"Add the role {either(found.opening)}.", _GRANT)
        later = f"{why} The seller may have authorized before it was added."
        yield pro(Cause.AUTHORIZATION, STRONG if has_it else FAIR, later, "Let the seller authorize again.")


@rules.rule("Selling Partner API roles: new authorizations carry new roles; inferred from the pattern")
def one_consent_lacks_what_others_have(facts: Facts) -> Iterator[Judgement]:
    """Other sellers are let in; for this one all that the role opens is refused, and the rest passes."""
    found, sellers = facts.last(RolesInferred), facts.last(SellersTried)
    others_pass = any(each.passing for each in facts.all(OperationsTried))
    if found is None or sellers is None or not found.all_refuted or not others_pass:
        return
    if sellers.trusted and sellers.calling > sellers.failing == 0:
        why = f"Only this seller is refused what {either(found.opening)} would open, while his other calls pass."
        yield pro(Cause.AUTHORIZATION, STRONG, why, "Let the seller authorize again: the consent lacks the role.")
        for cause in (Cause.ACCOUNT, Cause.MARKETPLACE):
            yield con(cause, HINT, why)
