"""A failing call as given: an operation with values, or a JSON case; secrets are masked while it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sptui.health.participations import Participation
from sptui.spapi.answers import Answer, read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage, TransportFailure
from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.marketplaces import kind_of_marketplace, label_of_marketplace
from sptui.spapi.redaction import MASK, redact, redact_headers, token_kind
from sptui.spapi.regions import LWA_URL, Region, region_of_host
from sptui.spapi.requests import InvalidValueError, marketplaces_in, parse_assignments


class UnreadableCaseError(ValueError):
    """What was given is no failing call; the message says what was found and what is expected."""


class Context(msgspec.Struct, frozen=True):
    """What is known beside the exchange; None and empty mean that nobody said.

    ``other_sellers``: how many make the call, and for how many it fails. ``account_status`` is the account's,
    in the marketplaces of the call.
    """

    roles: tuple[str, ...] | None = None
    participations: tuple[Participation, ...] | None = None
    account_status: str = ""
    other_sellers: tuple[int, int] | None = None
    other_marketplaces_ok: bool | None = None


class Case(msgspec.Struct, frozen=True):
    """One failing call, as far as it is known. Nothing in it is secret: tokens are masked down to their kind.

    ``values`` are the parameters by name, typed as the catalogue says. ``name`` is what the operation was called
    where the catalogue has none. ``host`` is set only where it is none of SP-API's; ``region`` and ``sandbox``
    come from the address, where one was given. ``token_kind``: a prefix, "none", or "" where it is not known.
    ``answer`` or ``failure``: what came back, if that is known already.
    """

    operation: Operation | None = None
    values: dict[str, Any] = {}
    authorization: Authorization | None = None
    answer: Answer | None = None
    failure: TransportFailure | None = None
    id: str = ""
    name: str = ""
    method: str = ""
    path: str = ""
    host: str = ""
    region: Region | None = None
    sandbox: bool = False
    stage: Stage = Stage.API
    headers: dict[str, str] = {}
    body: Any = None
    token_kind: str = ""
    context: Context = Context()

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """The marketplace ids that the call names."""
        return marketplaces_in(self.values)

    @property
    def where(self) -> Region | None:
        """The region that the call goes to: its address's, else its authorization's."""
        return self.region or (self.authorization.region if self.authorization else None)

    def for_authorization(self, authorization: Authorization) -> Case:
        """The same call, made for an authorization."""
        return msgspec.structs.replace(self, authorization=authorization)


def read_case_text(text: str | bytes, catalogue: Catalogue | None = None) -> Case:
    """The case in a JSON text. Raises UnreadableCaseError."""
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise UnreadableCaseError(f"This is not JSON: {problem}. Expected is one call as a JSON object.") from problem
    return read_case(data, catalogue)


def read_case(data: Any, catalogue: Catalogue | None = None) -> Case:
    """The case in ``{"operation", "request": {"method", "url", "headers", "body"}, "response": {"status",
    "headers", "body"}, "context": {…}}``; every part may be missing. Raises UnreadableCaseError.
    """
    if not isinstance(data, dict):
        raise UnreadableCaseError("A call is a JSON object with operation, request, response and context.")
    try:
        return _Reader(catalogue or load_catalogue()).read(data)
    except RecursionError as problem:
        raise UnreadableCaseError("The JSON is nested too deeply to be a call of SP-API.") from problem


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def read(self, data: dict[str, Any]) -> Case:
        request, response, context = (_object(data, name) for name in ("request", "response", "context"))
        name = redact(_text(data.get("operation")))
        method, path, query, host = _address(request)
        operation, values = self._operation(name, method, path)
        body = _body(request.get("body"))
        if operation is not None:
            values |= _query_values(operation, query)
            if isinstance(body, dict) and any(each.place == "body" for each in operation.parameters):
                values |= body
        else:
            values |= dict(query)
            values |= body if isinstance(body, dict) else {}
        headers = {str(key): str(value) for key, value in _object(request, "headers").items()}
        known = region_of_host(host)
        answer = _answer(response)
        return Case(
            operation=operation,
            values=mask_json(values),
            answer=answer,
            id=_text(data.get("id")),
            name=name if operation is None else operation.name,
            method=method or (operation.method if operation else ""),
            path=redact(path) or (operation.path if operation else ""),
            host="" if known or not host or _stage(host, answer) is not Stage.API else host,
            region=known[0] if known else None,
            sandbox=(known[1] if known else False) or context.get("sandbox") is True,
            stage=_stage(host, answer),
            headers=redact_headers(headers),
            body=mask_json(body),
            token_kind=_token_kind(headers, context),
            context=_context(context),
        )

    def _operation(self, name: str, method: str, path: str) -> tuple[Operation | None, dict[str, Any]]:
        """The operation by name, else by path; with the values that the path holds."""
        matched = self._catalogue.match(method or "GET", path) if path else None
        named = self._catalogue.get(name) if name else None
        if matched is not None and (named is None or named.key == matched[0].key):
            return matched[0], dict(matched[1])
        return named, {}


def _address(request: dict[str, Any]) -> tuple[str, str, list[tuple[str, str]], str]:
    """Method, path, query and host (lower case, "" for none or this machine)."""
    url = _text(request.get("url"))
    if "://" not in url and not url.startswith("/") and url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=500)
    except ValueError as problem:
        raise UnreadableCaseError(f"The address {redact(url)[:200]!r} cannot be read: {problem}.") from problem
    path = re.sub(r"^/{2,}", "/", parts.path)
    return _text(request.get("method")).upper(), path, query, "" if host in ("localhost", "127.0.0.1") else host


def _query_values(operation: Operation, query: Iterable[tuple[str, str]]) -> dict[str, Any]:
    pairs = [f"{name.strip()}={value}" for name, value in query if name.strip() and "=" not in name]
    try:
        return parse_assignments(operation, pairs)
    except InvalidValueError:  # pragma: no cover - every pair has a name and an equals sign
        return {}


def _body(body: Any) -> Any:
    """The body as a JSON value, where it is one."""
    if not isinstance(body, str):
        return body
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return body


def _answer(response: dict[str, Any]) -> Answer | None:
    status, body = _status(response.get("status")), response.get("body")
    if status is None and body in (None, "", {}, []):
        return None
    headers = {str(key): redact(str(value)) for key, value in _object(response, "headers").items()}
    raw = b"" if body is None else redact(body).encode() if isinstance(body, str) else _encoded(mask_json(body))
    answer = read_answer(status or 0, headers, raw)
    if status is None and isinstance(answer.data, dict) and not answer.errors and answer.lwa_error is None:
        # Nobody noted the status of an answer that holds no error: a good one.
        return read_answer(200, headers, raw)
    return answer


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as problem:
        raise UnreadableCaseError(f"The response's body is no JSON value: {problem}.") from problem


def _status(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[1-5]\d\d", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599 else None


def _stage(host: str, answer: Answer | None) -> Stage:
    if host == urlsplit(LWA_URL).hostname or (answer is not None and answer.lwa_error is not None):
        return Stage.LWA
    if host.endswith((".amazonaws.com", ".cloudfront.net")) and not host.startswith("sqs."):
        return Stage.DOCUMENT
    return Stage.API


_KINDS: Final = {"access": "Atza|", "grantless": "Atc|", "rdt": "Atz.sprdt|", "refresh": "Atzr|", "none": "none"}


def _token_kind(headers: Mapping[str, str], context: dict[str, Any]) -> str:
    token = next((value for name, value in headers.items() if name.lower() == "x-amz-access-token"), "")
    return token_kind(token.strip()) or _KINDS.get(_text(context.get("token_kind")).lower(), "")


def _context(context: dict[str, Any]) -> Context:
    roles, others = context.get("roles"), _object(context, "other_sellers")
    calling, failing = others.get("calling"), others.get("failing")
    counted = all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in (calling, failing))
    elsewhere = context.get("other_marketplaces_ok")
    return Context(
        roles=tuple(redact(_text(each)) for each in roles) if isinstance(roles, list) else None,
        participations=_participations(context.get("participations")),
        account_status=redact(_text(context.get("account_status"))).upper(),
        other_sellers=(calling, min(failing, calling)) if counted and calling and failing is not None else None,
        other_marketplaces_ok=elsewhere if isinstance(elsewhere, bool) else None,
    )


def _participations(entries: Any) -> tuple[Participation, ...] | None:
    if not isinstance(entries, list):
        return None
    return tuple(
        Participation(
            marketplace_id=_text(each.get("marketplaceId")),
            country_code=label_of_marketplace(_text(each.get("marketplaceId"))),
            kind=kind_of_marketplace(_text(each.get("marketplaceId"))),
            participating=_flag(each.get("isParticipating")),
            suspended_listings=_flag(each.get("hasSuspendedListings")),
        )
        for each in entries
        if isinstance(each, dict) and _text(each.get("marketplaceId"))
    )


_SECRET_NAMES: Final = frozenset(
    {
        "clientsecret",
        "newclientsecret",
        "lwaclientsecret",
        "refreshtoken",
        "accesstoken",
        "restricteddatatoken",
        "xamzaccesstoken",
        "authorization",
        "password",
    }
)


def mask_json(value: Any) -> Any:
    """A JSON value with every secret in it masked, by its form or by the name of its field."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(str(name)): _mask_field(str(name), each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_json(each) for each in value]
    return value


def _mask_field(name: str, value: Any) -> Any:
    word = "".join(each for each in name.lower() if each.isalnum())
    if word in _SECRET_NAMES and isinstance(value, str):
        return token_kind(value) + MASK
    return mask_json(value)


def _object(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
