"""Do credentials work? A token from Login with Amazon, then the seller's participations."""

from __future__ import annotations

import msgspec

from sptui.health.participations import Participation, fetch_participations
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, Stage
from sptui.spapi.redaction import Secret
from sptui.vault import MemoryVault, MissingSecretError
from sptui.workspace import Workspace


class CredentialTrial(msgspec.Struct, frozen=True):
    """What came of it. ``problem`` and ``advice`` are sentences, "" where the credentials work.

    ``undecided``: the network or Amazon was in the way, so nothing is known of the credentials.
    """

    authorization: Authorization
    calls: tuple[Call, ...]
    participations: tuple[Participation, ...] | None = None
    problem: str = ""
    advice: str = ""
    undecided: bool = False

    @property
    def ok(self) -> bool:
        """Whether Amazon answered as it does for good credentials."""
        return self.participations is not None


async def try_credentials(
    workspace: Workspace,
    authorization: Authorization,
    *,
    client_secret: Secret | None = None,
    refresh_token: Secret | None = None,
) -> CredentialTrial:
    """Tries the credentials given, in place of those in the vault, which stays as it is.

    Two calls: a token request, then getMarketplaceParticipations. Raises CredentialError where a secret that was
    not given cannot be had.
    """
    vault = workspace.vault
    secret = client_secret or await vault.client_secret(authorization.application)
    token = refresh_token or await kept_token(workspace, authorization)
    client = workspace.trial_client(MemoryVault({authorization.application: secret}, {authorization.key: token}))
    try:
        asked = await client.refresh_token(authorization)
        if not asked.ok:
            return _failed(authorization, (asked,))
        reading = await fetch_participations(client, authorization)
    finally:
        await client.aclose()
    calls = (asked, reading.call) if reading.call is not None else (asked,)
    if reading.participations is None:
        return _failed(authorization, calls, reading.problem)
    return CredentialTrial(authorization, calls, reading.participations)


async def kept_token(workspace: Workspace, authorization: Authorization) -> Secret:
    """The token in the vault for an authorization; while it is being changed (its seller id, its application), that
    of the one whose place it takes. Raises CredentialError.
    """
    try:
        return await workspace.vault.refresh_token(authorization)
    except MissingSecretError:
        seller = workspace.accounts.seller(authorization.seller)
        before = seller.in_region(authorization.region) if seller is not None else None
        if before is None or (before.key, before.application) == (authorization.key, authorization.application):
            raise
        return await workspace.vault.refresh_token(before)


def _failed(authorization: Authorization, calls: tuple[Call, ...], told: str = "") -> CredentialTrial:
    call = calls[-1]
    where = "Login with Amazon" if call.stage is Stage.LWA else "The Selling Partner API"
    problem = f"{where} refused: {told or call.summary}"
    undecided = call.failure is not None or call.status == 429 or call.status >= 500 or call.ok
    if undecided:
        problem = f"{where} did not tell: {told or call.summary}"
    return CredentialTrial(authorization, calls, None, problem, _advice(call, undecided=undecided), undecided)


_LWA_ADVICE = {
    "invalid_client": "Client id and client secret do not belong together, or the secret was replaced (an old one dies "
    "seven days after). Compare both with Amazon's developer console.",
    "invalid_grant": "The refresh token is no longer valid, was cut off, or belongs elsewhere: the seller may have "
    "withdrawn the authorization, or its 365 days are over. Let the seller authorize again, and give the new token.",
    "unauthorized_client": "The refresh token belongs to another application. Give it together with its own.",
}
"""Documented and observed meanings (Amazon's authorization-errors page, issues of the models' repository)."""

_SECRET_EXPIRED = (
    "The client secret has expired (Amazon wants it rotated every 180 days). Rotate it, and give the new one."
)
_REFUSED = (
    "The token is good for Login with Amazon, and this region refuses it. Check the region (a token opens one region "
    "only), then the application's roles: this call needs Product Listing or Selling Partner Insights (NA, EU)."
)


def _advice(call: Call, *, undecided: bool) -> str:
    if undecided:
        return "Try again later, look at `sptui doctor`, or save without the test."
    if call.stage is Stage.LWA:
        code = call.answer.code if call.answer else ""
        return _LWA_ADVICE.get(code, "Check the client id, the client secret and the refresh token.")
    if call.answer is not None and "secret token you provided has expired" in call.answer.details:
        return _SECRET_EXPIRED
    return _REFUSED
