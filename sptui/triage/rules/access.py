"""A refusal without details: role, authorization, or something of the seller's? Only the pattern tells."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.enumeration import both, either
from sptui.triage.causes import Actor, Cause
from sptui.triage.evidence import (
    AnswerSeen,
    Aspect,
    Compared,
    Culprit,
    MinimalTried,
    OperationsTried,
    ParticipationsRefused,
    RolesKnown,
    SellersTried,
    TokenRefreshed,
)
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, Refused, RuleBook, con, pro
from sptui.triage.rules.words import PORTAL, SUPPORT, operation, where

rules = RuleBook()

_GRANT = "Add the role to the developer profile and to the application, then have the sellers authorize again."
_REAUTHORIZE = (
    "Ask the seller to authorize the application again, and store the new refresh token: "
    "an old one does not carry roles that were added later."
)


def _bare_refusal(facts: Facts) -> AnswerSeen | None:
    """The newest 401 or 403 of SP-API that says nothing but no."""
    failure = facts.api_failure()
    if failure is None or not failure.denied or failure.details.strip() or failure.speaks_of_the_input:
        return None
    return None if failure.code_word == "missingauthenticationtoken" else failure


@rules.rule("resolve-common-http-and-authorization-error-codes; Selling Partner API roles", reads=Refused)
def refused_without_details(facts: Facts) -> Iterator[Judgement]:
    """The catch-all of SP-API: a dozen causes share it."""
    failure = _bare_refusal(facts)
    if failure is None:
        return
    why = f"{failure.status} without details: Amazon refuses {operation(facts.call)} and does not say why."
    name = operation(facts.call)
    if facts.call.token_needed == "grantless":
        yield pro(Cause.TOKEN, FAIR, why, f"Send a grantless token (Atc|), scope {facts.call.scope or 'of the API'}.")
        yield pro(Cause.ROLE, HINT, why)
        return
    roles = f" ({either(facts.call.roles)})" if facts.call.roles else ""
    yield pro(Cause.ROLE, FAIR, why, f"Check that the application has a role for {name}{roles}.", _GRANT)
    yield pro(Cause.AUTHORIZATION, FAIR - 0.2, why, _REAUTHORIZE)
    yield pro(Cause.ACCOUNT, HINT, why)
    if facts.call.marketplaces:
        yield pro(Cause.MARKETPLACE, HINT, why)


@rules.rule("role tables of the documentation, by operation and region", reads=RolesKnown)
def role_table(facts: Facts) -> Iterator[Judgement]:
    """The roles that the application is said to have, against those that open the operation in this region."""
    roles = facts.last(RolesKnown)
    failure = facts.api_failure()
    if roles is None or not (facts.nothing_seen or (failure is not None and failure.denied)):
        return
    name, region = operation(facts.call), where(facts.call.region)
    if roles.lacking:
        why = f"The application has none of the roles that open {name}{region}: {either(roles.opening)}."
        weight = DECISIVE - 0.5 if facts.call.roles_verified else STRONG
        yield pro(Cause.ROLE, weight, why, f"Add the role {either(roles.opening)}.", _GRANT)
    elif roles.opening:
        held = [each for each in roles.opening if each in roles.has]
        why = f"The application has a role that opens {name}{region}: {held[0]}."
        told = "forbidden" in failure.text if failure is not None else False
        sellers = facts.last(SellersTried)
        if sellers is not None and sellers.trusted and sellers.all_fail:
            everybody = f"{why} And yet all {sellers.calling} sellers are refused."
            yield con(Cause.ROLE, HINT, everybody)
            yield pro(Cause.SERVICE, STRONG, everybody, f"Note request ids and times; open a case at {SUPPORT}.")
            yield pro(Cause.LWA, HINT, everybody)
        yield con(Cause.ROLE, DECISIVE if told else FAIR + 0.5, why)
        weight = STRONG if told else HINT
        yield pro(
            Cause.AUTHORIZATION, weight, f"{why} The seller may have authorized before it was added.", _REAUTHORIZE
        )


@rules.rule("docs issue 375 (staff), 371; models issue 5296; role mappings")
def restricted_data(facts: Facts) -> Iterator[Judgement]:
    """Texts that come only where a restricted role is missing, whatever the status."""
    for each in facts.failures:
        text = each.text
        if "access to the resource is forbidden" in text:
            why = "Amazon forbids this report type: one with buyers' data needs a restricted role."
            fix = (
                "Ask for Direct to Consumer Shipping or Tax Invoicing (restricted), or use the type's _GENERAL variant."
            )
            yield pro(Cause.ROLE, STRONG, why, fix)
            yield pro(Cause.AUTHORIZATION, FAIR + 0.3, why, _REAUTHORIZE)
        elif "does not have access to one or more requested data elements" in text or "unauthorized to access" in text:
            why = "Amazon says that the application has no access to the data asked for."
            yield pro(Cause.ROLE, DECISIVE, why, "Get the restricted role that these data need.", _GRANT)
            yield pro(Cause.AUTHORIZATION, FAIR, why, _REAUTHORIZE)
        elif "access to some or all requested resource" in text:
            why = "A restricted data token was asked for a path that is not restricted, or without the role."
            yield pro(Cause.REQUEST, FAIR + 0.3, why, "Ask for restricted paths only (tokens API use case guide).")
            yield pro(Cause.ROLE, FAIR + 0.3, why, _GRANT)


@rules.rule(
    "models issue 5306 (staff): includedData needs the restricted role on profile and application", reads=Culprit
)
def restricted_data_is_the_culprit(facts: Facts) -> Iterator[Judgement]:
    """The call passes without the data and is refused with them."""
    for each in facts.all(Culprit):
        if is_denied_data(each):
            why = f"The call passes without {both(each.names)} and is refused with it."
            yield pro(Cause.ROLE, DECISIVE + 0.5, why, "Get the restricted role for these data, or ask for fewer.")


@rules.rule("troubleshooting-seller-accounts: all sellers, or one?", reads=SellersTried)
def refused_for_other_sellers(facts: Facts) -> Iterator[Judgement]:
    """A refusal that follows the application is a role; one that follows the seller is the authorization or account."""
    tried, failure = facts.last(SellersTried), facts.api_failure()
    if tried is None or tried.calling == 0 or failure is None or not failure.denied:
        return
    part = 1.0 if tried.trusted else 0.5
    if tried.all_fail and _nothing_passes(facts):
        why = f"Nothing passes for any of {tried.calling} sellers of the application."
        fix = f"Look in {PORTAL} at the client secret's age and at the state of the developer's own account."
        yield pro(Cause.LWA, part * (FAIR + HINT), why, fix)
        yield pro(Cause.ACCOUNT, part * (FAIR + HINT + 0.1), why, fix, who=Actor.DEVELOPER)
        yield con(Cause.ROLE, part * FAIR, f"{why} Roles open families of operations.")
        yield con(Cause.AUTHORIZATION, part * STRONG, why)
        yield con(Cause.MARKETPLACE, part * STRONG, why)
    elif tried.all_fail:
        why = f"The same call is refused for {_others(tried.calling)} of the application in this region too."
        yield pro(Cause.ROLE, part * (FAIR + (0.7 if tried.calling > 1 else 0)), why, _GRANT)
        yield pro(Cause.LWA, part * HINT, why)
        yield con(Cause.AUTHORIZATION, part * STRONG, why)
        yield con(Cause.ACCOUNT, part * STRONG, why)
        yield con(Cause.MARKETPLACE, part * HINT, why)
    elif tried.failing == 0:
        why = f"The same call passes for {_others(tried.calling)} of the application in this region."
        yield con(Cause.ROLE, part * DECISIVE, why)
        yield con(Cause.LWA, part * DECISIVE, why)
        yield con(Cause.HOST, part * FAIR, why)
        yield pro(Cause.AUTHORIZATION, part * FAIR, why, _REAUTHORIZE)
        yield pro(Cause.ACCOUNT, part * HINT, why)
        yield pro(Cause.MARKETPLACE, part * HINT, why)
    elif tried.few_fail:
        why = f"Of {tried.calling} sellers the same call is refused for {tried.failing}."
        yield con(Cause.ROLE, part * STRONG, why)
        yield con(Cause.LWA, part * STRONG, why)
        yield con(Cause.SERVICE, part * HINT, why)
        yield pro(Cause.AUTHORIZATION, part * FAIR, why, _REAUTHORIZE)
        yield pro(Cause.ACCOUNT, part * HINT, why)
    else:
        why = f"Of {tried.calling} sellers the same call is refused for {tried.failing}: some, not all."
        split = "Compare those for whom it passes: authorized after the role was added? other marketplace? vendor?"
        yield pro(Cause.AUTHORIZATION, part * FAIR, why, split, _REAUTHORIZE)
        yield pro(Cause.MARKETPLACE, part * HINT / 2, why, split)
        yield con(Cause.LWA, part * STRONG, why)
        yield con(Cause.ROLE, part * HINT, why)


def _nothing_passes(facts: Facts) -> bool:
    tried = facts.last(OperationsTried)
    if tried is not None and not tried.passing and len(tried.failing) > 1:
        return True
    return any(not each.passing and Aspect.EVERYTHING in each.aspects for each in facts.all(Compared))


@rules.rule("inferred: a fresh access token proves the refresh token and the secret", reads=TokenRefreshed)
def token_was_given(facts: Facts) -> Iterator[Judgement]:
    """LWA refuses a revoked authorization; where it gives a token, the authorization stands."""
    if facts.last(TokenRefreshed) is not None:
        why = "LWA gave a fresh access token: the authorization exists and was not revoked."
        yield con(Cause.AUTHORIZATION, HINT, why)
        yield con(Cause.LWA, STRONG, why)


@rules.rule("sellers API role table; troubleshooting-seller-accounts step 3", reads=ParticipationsRefused)
def participations_refused(facts: Facts) -> Iterator[Judgement]:
    """The seller's other harmless call is refused as well."""
    refused = facts.last(ParticipationsRefused)
    if refused is None or refused.status not in (401, 403):
        return
    why = "getMarketplaceParticipations is refused too."
    if refused.role_opens:
        told = f"{why} The application has a role for it here: the whole authorization is refused."
        yield pro(Cause.AUTHORIZATION, FAIR, told, _REAUTHORIZE)
        yield pro(Cause.ACCOUNT, HINT, told)
        yield con(Cause.ROLE, FAIR, told)
    elif refused.role_opens is None:
        yield pro(Cause.AUTHORIZATION, HINT, why, _REAUTHORIZE)
        yield pro(Cause.ROLE, HINT, why)


@rules.rule("Selling Partner API roles: new authorizations carry new roles; jlevers issue 245", reads=SellersTried)
def authorized_before_the_role(facts: Facts) -> Iterator[Judgement]:
    """The role is there (others pass), the authorization stands (other operations pass), and still a refusal."""
    sellers, operations = facts.last(SellersTried), facts.last(OperationsTried)
    if sellers is None or operations is None or not operations.passing or _bare_refusal(facts) is None:
        return
    if sellers.calling > sellers.failing == 0:
        why = "Only this seller is refused, and only this operation: as after a role that came later than the consent."
        yield pro(Cause.AUTHORIZATION, FAIR, why, _REAUTHORIZE)


@rules.rule("inferred: roles open families of operations, authorizations open sellers", reads=OperationsTried)
def other_operations_pass(facts: Facts) -> Iterator[Judgement]:
    """Only one operation is refused: the authorization as such stands."""
    tried = facts.last(OperationsTried)
    if tried is not None and tried.passing and _bare_refusal(facts) is not None:
        yield con(Cause.AUTHORIZATION, HINT, f"{tried.passing[0]} passes with the same authorization.")


@rules.rule("inferred: whoever is let in with fewer parameters has the role and the authorization", reads=MinimalTried)
def let_in_with_fewer_parameters(facts: Facts) -> Iterator[Judgement]:
    """The minimal call passes, so the door is open."""
    if any(each.passes for each in facts.all(MinimalTried)):
        why = "The minimal call passes: token, role and authorization are in order."
        cleared = {Cause.ROLE, Cause.AUTHORIZATION, Cause.LWA, Cause.TOKEN}
        if any(is_denied_data(each) for each in facts.all(Culprit)):
            cleared.discard(Cause.ROLE)
        if not facts.fails_here:
            cleared.discard(Cause.TOKEN)  # the token that was refused is not the one tried here
        for cause in Cause:
            if cause in cleared:
                yield con(cause, DECISIVE, why)


def is_denied_data(culprit: Culprit) -> bool:
    """Whether asking for more data (``includedData``) is what gets refused: some need a restricted role."""
    return culprit.status in (401, 403) and any(name.lower() == "includeddata" for name in culprit.names)


def _others(count: int) -> str:
    return "another seller" if count == 1 else f"{count} sellers"
