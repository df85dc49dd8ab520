"""What the token endpoint says: whose credentials are wrong."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen
from sptui.triage.rules.base import (
    CERTAIN,
    DECISIVE,
    FAIR,
    HINT,
    STRONG,
    Facts,
    Judgement,
    Refused,
    RefusedByLwa,
    RuleBook,
    pro,
)
from sptui.triage.rules.words import PORTAL, operation

rules = RuleBook()

_REAUTHORIZE = (
    "Ask the seller to authorize the application again, and store the new refresh token.",
    "The seller finds the state of the authorization in Seller Central > Apps and Services > Manage Your Apps.",
)
_PAIR = "Compare client id, client secret and refresh token: all three must belong to the same application."


def _refusals(facts: Facts) -> Iterator[AnswerSeen]:
    for each in facts.failures:
        if each.stage is Stage.LWA:
            yield each


@rules.rule("Amazon docs issues 2379, 2723, 268; connecting-to-the-selling-partner-api", reads=RefusedByLwa)
def refresh_token_refused(facts: Facts) -> Iterator[Judgement]:
    """invalid_grant: revoked, or run out after 365 days; the short form comes for a damaged or foreign token too."""
    for each in _refusals(facts):
        if each.code != "invalid_grant":
            continue
        if "revoked" in each.text or "permission" in each.text:
            why = "LWA refuses the refresh token (invalid_grant): the seller revoked the authorization or it ran out."
            yield pro(Cause.AUTHORIZATION, CERTAIN, why, *_REAUTHORIZE)
        elif each.text.endswith("code") or ": code" in each.text:
            why = (
                "LWA refuses the authorization code: it is older than 5 minutes, used, or of another redirect address."
            )
            yield pro(Cause.LWA, STRONG, why, "Start the consent again and exchange the new code within 5 minutes.")
            yield pro(Cause.AUTHORIZATION, FAIR, why)
        else:
            why = "LWA refuses the refresh token (invalid_grant) without saying that it was revoked."
            yield pro(
                Cause.LWA, STRONG, why, "Check the stored refresh token: whole, beginning with Atzr|, unquoted.", _PAIR
            )
            yield pro(Cause.AUTHORIZATION, STRONG - 0.3, why, *_REAUTHORIZE)


@rules.rule("Amazon docs issues 3030 (staff), 1447; LWA credentials FAQ", reads=RefusedByLwa)
def client_refused(facts: Facts) -> Iterator[Judgement]:
    """invalid_client and unauthorized_client: the application's own credentials, or another application's token."""
    for each in _refusals(facts):
        if each.code == "invalid_client":
            why = "LWA does not accept the client id and secret (invalid_client)."
            yield pro(
                Cause.LWA,
                CERTAIN,
                why,
                "Check that client id and secret are one pair; an old secret dies 7 days after a new one is made.",
                f"Make a new client secret in {PORTAL} and store it.",
            )
        elif each.code == "unauthorized_client":
            why = "LWA says unauthorized_client: the refresh token belongs to another application."
            yield pro(
                Cause.LWA, CERTAIN, why, _PAIR, "If the application was registered anew: have it authorized again."
            )
            yield pro(Cause.AUTHORIZATION, STRONG, why)


@rules.rule("docs issues 622 (staff); recorded answers; SP-API errors FAQ", reads=RefusedByLwa)
def token_request_malformed(facts: Facts) -> Iterator[Judgement]:
    """The token request itself is wrong: scope, grant type, a missing parameter."""
    for each in _refusals(facts):
        if each.code == "invalid_scope":
            why = "LWA does not know the scope."
            fix = "Use sellingpartnerapi::notifications or sellingpartnerapi::client_credential:rotation as the scope."
            yield pro(Cause.REQUEST, DECISIVE, why, fix)
            yield pro(Cause.LWA, FAIR, why)
        elif each.code in ("unsupported_grant_type", "invalid_request"):
            why = f"LWA cannot read the token request ({each.code})."
            fix = "Send grant_type and the other parameters in the body, form-encoded, with the matching Content-Type."
            yield pro(Cause.REQUEST, STRONG, why, fix)
            yield pro(Cause.CLIENT, STRONG - 0.5, why, fix)


@rules.rule("SP-API errors FAQ (LWA 500); SDK error list", reads=RefusedByLwa)
def token_endpoint_failing(facts: Facts) -> Iterator[Judgement]:
    """5xx of LWA: overloaded, or the parameters are in the address."""
    for each in _refusals(facts):
        if each.status >= 500:
            why = f"LWA answers {each.status}."
            yield pro(Cause.SERVICE, STRONG, why, "Retry with growing pauses; a cached token stays good for its hour.")
            yield pro(
                Cause.CLIENT, FAIR, why, "Check that the parameters are in the body, form-encoded, not in the address."
            )
        elif each.status == 429:
            yield pro(
                Cause.THROTTLED,
                CERTAIN,
                "LWA answers 429.",
                "Keep an access token for its hour instead of asking often.",
            )
        elif each.code not in (
            "invalid_grant",
            "invalid_client",
            "unauthorized_client",
            "invalid_scope",
            "unsupported_grant_type",
            "invalid_request",
        ):
            yield pro(Cause.LWA, FAIR, f"LWA refuses the token request ({each.code or each.status}).", _PAIR)


@rules.rule("changelog 'LWA rotation deadline' May 2023; LWA credentials FAQ")
def secret_expired(facts: Facts) -> Iterator[Judgement]:
    """An expired client secret still gets tokens; every call then says so in details."""
    for each in facts.failures:
        if "lwa secret" in each.text and "expired" in each.text:
            yield pro(
                Cause.LWA,
                CERTAIN,
                "Amazon says that the application's client secret has expired (it must be replaced every 180 days).",
                f"Rotate the client secret in {PORTAL} and store the new one; sellers need not authorize again.",
            )
            return


@rules.rule("LWA credentials FAQ: all calls of one application fail at once", reads=Refused)
def whole_application_refused(facts: Facts) -> Iterator[Judgement]:
    """Only a hint: a token comes, nothing else passes, for nobody."""
    failure = facts.api_failure()
    if failure is not None and failure.denied and facts.call.token_needed == "grantless":
        yield pro(
            Cause.LWA,
            HINT,
            f"{operation(facts.call)} needs no seller: what refuses it concerns the application.",
        )
