"""The access token that was sent: absent, expired, damaged, or of the wrong kind."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.check import ProblemKind
from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    Aspect,
    Compared,
    MinimalTried,
    OperationsTried,
    RequestFlaw,
    TokenRefreshed,
    TokenSent,
)
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro

rules = RuleBook()


@rules.rule("resolve-common-http-and-authorization-error-codes; models issue 4122")
def token_expired(facts: Facts) -> Iterator[Judgement]:
    """An access token lives 3,600 seconds."""
    for each in facts.failures:
        if "access token" in each.text and "expired" in each.text and "secret" not in each.text:
            yield pro(
                Cause.TOKEN,
                CERTAIN,
                "Amazon says that the access token has expired.",
                "Fetch a new token five minutes before the hour is over; check the clock and waits in a queue.",
            )
            return


@rules.rule("developer guide; saleweaver issues 23, 58")
def token_missing(facts: Facts) -> Iterator[Judgement]:
    """The header was lost on the way, or never set."""
    for each in facts.failures:
        if "access token is missing" in each.text:
            yield pro(
                Cause.TOKEN,
                CERTAIN,
                "Amazon says that the access token is missing in the request header.",
                "Send it as the header x-amz-access-token, without Bearer; look for a proxy or redirect that drops it.",
            )
            return
    sent = facts.last(TokenSent)
    if sent is not None and sent.prefix == "none" and facts.failure is not None and facts.failure.denied:
        yield pro(
            Cause.TOKEN,
            STRONG,
            "No access token was sent.",
            "Send the access token as the header x-amz-access-token.",
        )


@rules.rule("docs issue 2147, models issue 230, authorization-errors")
def token_revoked_or_malformed(facts: Facts) -> Iterator[Judgement]:
    """One text for a damaged token and for a revoked authorization; a fresh token tells them apart."""
    if not any("revoked, malformed or invalid" in each.text for each in facts.failures):
        return
    why = "Amazon calls the access token revoked, malformed or invalid."
    fix = "Send the token whole and raw: no Bearer, no quotes, an access token (Atza|) and not the refresh token."
    again = "Ask the seller to authorize the application again, and store the new refresh token."
    minimal = facts.last(MinimalTried)
    if minimal is not None and not minimal.passes and minimal.same and facts.last(TokenRefreshed) is not None:
        yield pro(Cause.AUTHORIZATION, DECISIVE, "A fresh access token is refused in the same way.", again)
        yield pro(Cause.TOKEN, FAIR, why, fix)
        return
    yield pro(Cause.TOKEN, STRONG, why, fix, "Fetch a fresh token and repeat: refused again means authorization.")
    yield pro(Cause.AUTHORIZATION, FAIR + 0.5, why, again)


@rules.rule(
    "tokens API use case guide: a restricted token opens the listed method and path alone; errors 403", reads=TokenSent
)
def restricted_token_of_another_path(facts: Facts) -> Iterator[Judgement]:
    """A Restricted Data Token was sent, and refused."""
    sent, failure = facts.last(TokenSent), facts.api_failure()
    if sent is None or sent.prefix != "Atz.sprdt|" or failure is None or not failure.denied:
        return
    if "expired" not in failure.text:
        why = "A Restricted Data Token was sent: it opens exactly the methods and paths it was made for."
        fix = "Make it for this very method and path, without a trailing slash, and within the hour."
        yield pro(Cause.TOKEN, FAIR + HINT, why, fix)


@rules.rule("inferred: the header was told as sent, and Amazon did not see it", reads=Compared)
def token_lost_on_the_way(facts: Facts) -> Iterator[Judgement]:
    """Another client gets it there."""
    lost = any("access token is missing" in each.text for each in facts.failures)
    passing = any(each.passing and Aspect.CLIENT in each.aspects for each in facts.all(Compared))
    if lost and passing:
        why = "Another client gets the header there: this one loses or renames it."
        yield pro(Cause.CLIENT, STRONG, why, "Look at the raw request that is really sent.")
        yield con(Cause.TOKEN, STRONG, why)


@rules.rule("grantless-operations; models issues 1330, 1433", reads=RequestFlaw)
def token_of_the_wrong_kind(facts: Facts) -> Iterator[Judgement]:
    """Grantless operations refuse a seller's token and the reverse, with 403 and empty details."""
    if any(each.code_word == "missingauthenticationtoken" for each in facts.failures):
        return  # there is no such method and path, whatever the token
    for each in facts.all(RequestFlaw):
        if each.flaw is ProblemKind.TOKEN and (facts.nothing_seen or any(one.denied for one in facts.failures)):
            yield pro(Cause.TOKEN, CERTAIN, each.told, f"Send {each.allowed}.")


@rules.rule("tokens API use case guide: personal data needs a Restricted Data Token", reads=RequestFlaw)
def token_not_restricted(facts: Facts) -> Iterator[Judgement]:
    """Without one Amazon refuses some operations and answers others with the personal data left out."""
    for each in facts.all(RequestFlaw):
        if each.flaw is ProblemKind.RESTRICTED and any(one.denied for one in facts.failures):
            yield pro(Cause.TOKEN, FAIR, each.told, f"Send {each.allowed}.")


@rules.rule("inferred: the same token serves every operation of the seller", reads=OperationsTried)
def token_works_elsewhere(facts: Facts) -> Iterator[Judgement]:
    """What passes with the same authorization clears the token and the credentials behind it."""
    tried = facts.last(OperationsTried)
    if tried is not None and tried.passing:
        why = f"{tried.passing[0]} passes with the same authorization."
        if facts.nothing_seen or facts.fails_here:  # else the token that was refused is not the one tried here
            yield con(Cause.TOKEN, STRONG, why)
        yield con(Cause.LWA, STRONG, why)
        yield con(Cause.HOST, FAIR, why)
        yield con(Cause.CLIENT, FAIR, why)
