"""The token endpoint of Login with Amazon.

Documented: connecting-to-the-selling-partner-api (grants, answer). Texts and order of the checks follow recorded
answers and issue threads; ``x-amzn-ErrorType`` is an internal class name with an internal address behind it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from sptui.simulator.replies import Reply, json_reply
from sptui.simulator.rotations import SecretStore
from sptui.simulator.tokens import LIFETIME, Grant, TokenStore
from sptui.simulator.wire import WireRequest, read_json
from sptui.simulator.world import World, WorldApplication, WorldSeller
from sptui.spapi.regions import LWA_PATH

SCOPES: Final = (
    "sellingpartnerapi::notifications",
    "sellingpartnerapi::client_credential:rotation",
    "sellingpartnerapi::shipments:track",
)
"""The scopes of grantless operations; ``sellingpartnerapi::migration`` was removed in March 2024."""

_INTERNAL: Final = "http://internal.amazon.com/coral/com.amazon.panda/"
_ERROR_TYPES: Final = {
    "invalid_client": "OA2InvalidClientException",
    "invalid_grant": "OA2InvalidGrantException",
    "invalid_request": "OA2InvalidRequestException",
    "invalid_scope": "OA2InvalidScopeException",
    "invalid_token": "OA2InvalidTokenException",
    "server_error": "OA2InternalServerErrorException",
    "unauthorized_client": "OA2UnauthorizedClientException",
    "unsupported_grant_type": "OA2UnsupportedGrantTypeException",
}
_INFO_PATH: Final = "/auth/o2/tokeninfo"
_CODE: Final = re.compile(r"[A-Za-z0-9]{1,128}")
_INVALID_GRANT: Final = "The request has an invalid grant parameter : "
_REVOKED: Final = f"{_INVALID_GRANT}refresh_token. User may have revoked or didn't grant the permission."


class LwaRefusalError(Exception):
    """LWA gives no token; its errors have a shape of their own."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.status, self.error, self.description = status, error, description

    def reply(self, request_id: str) -> Reply:
        """The error as LWA sends it."""
        body = {"error_description": self.description, "error": self.error, "request_id": request_id}
        error_type = f"{_ERROR_TYPES[self.error]}:{_INTERNAL}"
        return Reply(self.status, msgspec.json.encode(body), error_type=error_type)


class Counter(msgspec.Struct, frozen=True):
    """What tokens are given from: the world, those given so far, and the secrets that calls have replaced."""

    world: World
    tokens: TokenStore
    secrets: SecretStore
    now: datetime


def answer_token_request(request: WireRequest, path: str, counter: Counter, request_id: str) -> Reply:
    """The answer to any request to the LWA host; ``path`` is the path on it."""
    if path not in (LWA_PATH, _INFO_PATH):
        return Reply(404, b"<html><head><title>404 Not Found</title></head><body></body></html>", "text/html")
    try:
        if path == _INFO_PATH:
            return json_reply(200, _info(request, counter))
        return json_reply(200, _grant(_parameters(request), counter))
    except LwaRefusalError as refusal:
        return refusal.reply(request_id)


def token_asked_for(request: WireRequest, world: World) -> tuple[WorldSeller | None, frozenset[str]]:
    """For which seller a token is asked, if for one, and the names of all that was sent; never fails."""
    sent = _from_json(request.body) if request.content_type == "application/json" else _from_form(request.body)
    token = sent.get("refresh_token")
    seller = next((each for each in world.sellers if each.refresh_token == token), None)
    return seller, frozenset(sent)


def _parameters(request: WireRequest) -> dict[str, str]:
    """The parameters of the body: a form, or JSON under its own content type. Raises LwaRefusalError."""
    if request.method != "POST":
        raise LwaRefusalError(400, "invalid_request", "The request method is not supported")
    json = request.content_type == "application/json"
    form = request.content_type == "application/x-www-form-urlencoded"
    if not (json or form) or (request.query and not request.body):
        # Parameters in the address or an unreadable type: LWA breaks instead of explaining (errors FAQ).
        raise LwaRefusalError(500, "server_error", "The authorization server encountered an unexpected condition")
    return _from_json(request.body) if json else _from_form(request.body)


def _from_form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}


def _from_json(body: bytes) -> dict[str, str]:
    data, _ = read_json(body)
    return {name: value for name, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}


def _info(request: WireRequest, counter: Counter) -> dict[str, Any]:
    """What a token is (selling-partner-api-docs 24, -models 712): not documented for SP-API."""
    grant = counter.tokens.find(_from_form(request.query.encode()).get("access_token", ""))
    if grant is None or grant.expired(counter.now):
        raise LwaRefusalError(400, "invalid_token", "The request has an invalid parameter : access_token")
    return {
        "aud": grant.client_id,
        "iss": "https://www.amazon.com",
        "exp": int((grant.issued + LIFETIME - counter.now).total_seconds()),
        "app_id": grant.client_id,
        "iat": int(grant.issued.timestamp()),
    }


def _grant(sent: dict[str, str], counter: Counter) -> dict[str, Any]:
    kind = sent.get("grant_type", "")
    if kind not in ("refresh_token", "client_credentials", "authorization_code"):
        told = "The authorization grant type is not supported by the authorization server"
        raise LwaRefusalError(400, "unsupported_grant_type", told)
    application = _application(sent, counter)
    if kind == "client_credentials":
        return _grantless(application, _needed(sent, "scope"), counter)
    if kind == "authorization_code":  # no consent page leads here, so every code is too old
        if not _CODE.fullmatch(_needed(sent, "code")):
            raise LwaRefusalError(400, "invalid_request", "The request has an invalid parameter : code")
        raise LwaRefusalError(400, "invalid_grant", f"{_INVALID_GRANT}code")
    return _for_seller(application, _needed(sent, "refresh_token"), counter)


def _application(sent: dict[str, str], counter: Counter) -> WorldApplication:
    """Who asks. An expired secret passes here: it is the API that refuses it."""
    client_id, secret = _needed(sent, "client_id"), _needed(sent, "client_secret")
    application = counter.world.application(client_id)
    if application is None or not counter.secrets.fits(application, secret, counter.now):
        raise LwaRefusalError(401, "invalid_client", "Client authentication failed")
    return application


def _grantless(application: WorldApplication, scope: str, counter: Counter) -> dict[str, Any]:
    if not scope.split() or any(each not in SCOPES for each in scope.split()):
        raise LwaRefusalError(400, "invalid_scope", "The request has an invalid parameter : scope")
    token = counter.tokens.issue(Grant(application.client_id, counter.now, scope=scope))
    return {"access_token": token, "scope": scope, "token_type": "bearer", "expires_in": _seconds()}


def _for_seller(application: WorldApplication, refresh_token: str, counter: Counter) -> dict[str, Any]:
    seller = next((each for each in counter.world.sellers if each.refresh_token == refresh_token), None)
    if seller is None:
        raise LwaRefusalError(400, "invalid_grant", f"{_INVALID_GRANT}refresh_token")
    if seller.application != application.client_id:
        raise LwaRefusalError(400, "unauthorized_client", "Not authorized for requested operation")
    if seller.authorization != "active":
        raise LwaRefusalError(400, "invalid_grant", _REVOKED)
    token = counter.tokens.issue(Grant(application.client_id, counter.now, refresh_token=refresh_token))
    return {
        "access_token": token,
        "refresh_token": refresh_token,
        "token_type": "bearer",
        "expires_in": _seconds(),
    }


def _needed(sent: dict[str, str], name: str) -> str:
    if not sent.get(name):
        raise LwaRefusalError(400, "invalid_request", f"The request is missing a required parameter : {name}")
    return sent[name]


def _seconds() -> int:
    return int(LIFETIME.total_seconds())
