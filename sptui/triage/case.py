"""A failing call as given: an operation with values, or a JSON case; secrets are masked while it is read."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sptui.spapi.answers import Answer, read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage, TransportFailure
from sptui.spapi.catalogue import Catalogue, Operation, Values, load_catalogue
from sptui.spapi.redaction import redact, redact_headers, token_kind
from sptui.spapi.regions import LWA_URL, Region, region_of_host
from sptui.spapi.requests import InvalidValueError, marketplaces_in, parse_assignments
from sptui.triage.context import Context, read_context
from sptui.triage.masking import mask_json


class UnreadableCaseError(ValueError):
    """What was given is no failing call; the message says what was found and what is expected."""


class Case(msgspec.Struct, frozen=True):
    """One failing call, as far as it is known. Nothing in it is secret: tokens are masked down to their kind.

    ``values`` are the parameters by name, typed as the catalogue says. ``name`` is what the operation was called
    where the catalogue has none. ``host`` is set only where it is none of SP-API's; ``region`` and ``sandbox``
    come from the address, where one was given. ``token_kind``: a prefix, "none", or "" where it is not known.
    ``answer`` or ``failure``: what came back, if that is known already. ``query``: the names in the address's query.
    ``seller_id`` and ``application``: who made the call, as a log tells, where no authorization of theirs is known.
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
    query: tuple[str, ...] = ()
    seller_id: str = ""
    application: str = ""

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


def read_case(data: Any, catalogue: Catalogue | None = None, *, masked: bool = False) -> Case:
    """The case in ``{"operation", "request": {"method", "url", "headers", "body"}, "response": {"status",
    "headers", "body"}, "context": {…}}``; every part may be missing. Raises UnreadableCaseError.

    ``masked``: every text in ``data`` is masked already; then only what is decoded here is masked again (an
    address's values, a body given as text).
    """
    if not isinstance(data, dict):
        raise UnreadableCaseError("A call is a JSON object with operation, request, response and context.")
    try:
        return _Reader(catalogue or load_catalogue(), masked=masked).read(data)
    except RecursionError as problem:
        raise UnreadableCaseError("The JSON is nested too deeply to be a call of SP-API.") from problem


class _Reader:
    def __init__(self, catalogue: Catalogue, *, masked: bool) -> None:
        self._catalogue = catalogue
        self._masked = masked

    def read(self, data: dict[str, Any]) -> Case:
        request, response, context = (_object(data, name) for name in ("request", "response", "context"))
        name = redact(_text(data.get("operation")))
        method, path, query, host = _address(request)
        operation, values = self._operation(name, method, path)
        raw = request.get("body")
        body = raw if self._masked and not isinstance(raw, str) else mask_json(_body(raw))
        if operation is not None:
            values = mask_json(values | _query_values(operation, query))
            if isinstance(body, dict) and any(each.place == "body" for each in operation.parameters):
                values |= body
        else:
            values = mask_json(values | dict(query))
            values |= body if isinstance(body, dict) else {}
        headers = {str(key): str(value) for key, value in _object(request, "headers").items()}
        known = region_of_host(host)
        answer = _answer(response, masked=self._masked)
        return Case(
            operation=operation,
            values=values,
            answer=answer,
            failure=_failure(response) if answer is None else None,
            id=redact(_text(data.get("id"))),
            name=name if operation is None else operation.name,
            method=method or (operation.method if operation else ""),
            path=redact(path) or (operation.path if operation else ""),
            host="" if known or not host or _stage(host, answer) is not Stage.API else host,
            region=known[0] if known else None,
            sandbox=(known[1] if known else False) or context.get("sandbox") is True,
            stage=_stage(host, answer),
            headers=headers if self._masked else redact_headers(headers),
            body=body,
            token_kind=_token_kind(headers, context),
            context=read_context(context if self._masked else mask_json(context)),
            query=tuple(redact(name) for name, _ in query),
        )

    def _operation(self, name: str, method: str, path: str) -> tuple[Operation | None, dict[str, Any]]:
        """The operation by name, else by path; with the values that the path holds."""
        matched = matched_operation(self._catalogue, method or "GET", path) if path else None
        named = named_operation(self._catalogue, name) if name else None
        if matched is not None and (named is None or named.key == matched[0].key):
            return matched[0], dict(matched[1])
        return named, {}


_LONGEST_KEPT: Final = 500


def matched_operation(catalogue: Catalogue, method: str, path: str) -> tuple[Operation, Values] | None:
    """The operation that serves a path, with the values in it. Several readers of one call ask for the same."""
    return (_kept_match if len(path) <= _LONGEST_KEPT else Catalogue.match)(catalogue, method, path)


@functools.lru_cache(maxsize=1_000)
def _kept_match(catalogue: Catalogue, method: str, path: str) -> tuple[Operation, Values] | None:
    return catalogue.match(method, path)


def named_operation(catalogue: Catalogue, name: str) -> Operation | None:
    """The operation of that name, where it means one alone."""
    # Asked for before it is looked up: a name that is none makes the catalogue look for near ones, which is slow.
    return _kept_name(catalogue, name) if catalogue.named(name) else None


@functools.lru_cache(maxsize=1_000)
def _kept_name(catalogue: Catalogue, name: str) -> Operation | None:
    return catalogue.get(name)


def _address(request: dict[str, Any]) -> tuple[str, str, list[tuple[str, str]], str]:
    """Method, path, query and host (lower case, "" for none or this machine)."""
    url = redact(_text(request.get("url")))
    if "://" not in url and not url.startswith("/") and url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=500)
    except ValueError as problem:
        raise UnreadableCaseError(f"The address {redact(url)[:200]!r} cannot be read: {problem}.") from problem
    path = f"/{parts.path.lstrip('/')}" if parts.path.startswith("//") else parts.path
    return (
        redact(_text(request.get("method"))).upper()[:20],
        path,
        query,
        "" if host in ("localhost", "127.0.0.1") else host,
    )


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


def _answer(response: dict[str, Any], *, masked: bool) -> Answer | None:
    status, body = _status(response.get("status")), response.get("body")
    if status is None and body in (None, "", {}, []):
        return None
    headers = {str(key): str(value) for key, value in _object(response, "headers").items()}
    if not masked:
        headers = {name: redact(value) for name, value in headers.items()}
        body = mask_json(body)
    raw = b"" if body is None else body.encode() if isinstance(body, str) else _encoded(body)
    answer = read_answer(status or 0, headers, raw)
    if status is None and isinstance(answer.data, dict) and not answer.errors and answer.lwa_error is None:
        # Nobody noted the status of an answer that holds no error: a good one.
        return read_answer(200, headers, raw)
    return answer


def _failure(response: dict[str, Any]) -> TransportFailure | None:
    """``response.failure``: no answer came; its kind is a TransportFailure's."""
    failure = _object(response, "failure")
    if not failure:
        return None
    return TransportFailure(
        redact(_text(failure.get("kind")))[:40] or "other", redact(_text(failure.get("message")))[:500]
    )


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as problem:
        raise UnreadableCaseError(f"The response's body is no JSON value: {problem}.") from problem


def _status(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[1-5]\d\d", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599 else None


_LWA_HOST: Final = urlsplit(LWA_URL).hostname


def _stage(host: str, answer: Answer | None) -> Stage:
    if host == _LWA_HOST or (answer is not None and answer.lwa_error is not None):
        return Stage.LWA
    if host.endswith((".amazonaws.com", ".cloudfront.net")) and not host.startswith("sqs."):
        return Stage.DOCUMENT
    return Stage.API


_BEFORE_TOKEN: Final = re.compile(r"""["'\s]{0,9}(?:[Bb]earer\s{1,9})?""")
_KINDS: Final = {"access": "Atza|", "grantless": "Atc|", "rdt": "Atz.sprdt|", "refresh": "Atzr|", "none": "none"}


def _token_kind(headers: Mapping[str, str], context: dict[str, Any]) -> str:
    token = next((value for name, value in headers.items() if name.lower() == "x-amz-access-token"), "")
    start = _BEFORE_TOKEN.match(token)
    kind = token_kind(token[start.end() :] if start else token)
    return kind or _KINDS.get(_text(context.get("token_kind")).lower(), "")


def _object(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
