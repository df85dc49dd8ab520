"""What a reader found of one call: some of its request, some of its answer, some of what stands beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from sptui.spapi.people import blur_json
from sptui.spapi.redaction import redact, redact_headers
from sptui.triage.masking import mask_json


class Form(StrEnum):
    """What a text turned out to be; the value is its name for people."""

    CASE = "a call as JSON"
    LOG_LINE = "a log line"
    HAR = "a HAR file"
    POSTMAN = "a Postman collection"
    CURL = "a curl command"
    HTTP = "raw HTTP"
    EXCEPTION = "an exception"
    CODE = "a code snippet"
    ANSWER = "an answer's body"
    TEXT = "text"


class Piece(msgspec.Struct):
    """Parts of one call; what is empty was not found. ``failure``: kind and message where no answer came.

    ``told``: whether the request's parameters are all there, so that a missing one is missing in the call.
    ``about``: ``time``, ``seller_id``, ``marketplaces``, ``region``, ``application``, where somebody said.
    """

    form: Form
    method: str = ""
    url: str = ""
    headers: dict[str, str] = {}
    body: Any = None
    status: int | None = None
    answer_headers: dict[str, str] = {}
    answer_body: Any = None
    failure: tuple[str, str] | None = None
    operation: str = ""
    told: bool = False
    about: dict[str, Any] = {}
    context: dict[str, Any] = {}
    notes: list[str] = []
    id: str = ""

    @property
    def has_request(self) -> bool:
        """Whether it says which call was made."""
        return bool(self.url or self.operation)

    @property
    def has_answer(self) -> bool:
        """Whether it says what came back."""
        return self.status is not None or self.answer_body not in (None, "") or self.failure is not None

    def fill(self, other: Piece) -> None:
        """Takes from ``other`` what is not known yet."""
        if not self.url and other.url:
            self.url, self.told = other.url, other.told
            self.method = self.method or other.method
            self.body = other.body if self.body is None else self.body
        for name in ("method", "operation", "id"):
            if not getattr(self, name):
                setattr(self, name, getattr(other, name))
        if self.status is None and self.failure is None:
            self.status = other.status
        if self.answer_body in (None, ""):
            self.answer_body = other.answer_body
        if not self.has_answer:
            self.failure = other.failure
        self.headers = {**other.headers, **self.headers}
        self.answer_headers = {**other.answer_headers, **self.answer_headers}
        self.about = {**other.about, **{name: value for name, value in self.about.items() if value}}
        self.context = {**other.context, **self.context}
        self.notes += [each for each in other.notes if each not in self.notes]

    def as_case(self) -> dict[str, Any]:
        """The call as a JSON case: no secret in it, and no buyer's data in its answer."""
        request = {"method": redact(self.method)[:20], "url": redact(self.url), "headers": redact_headers(self.headers)}
        if self.body is not None:
            request["body"] = mask_json(self.body)
        response: dict[str, Any] = {}
        if self.has_answer or self.answer_headers:
            response = {
                "status": self.status,
                "headers": {name: redact(value) for name, value in redact_headers(self.answer_headers).items()},
                "body": blur_json(mask_json(self.answer_body)),
            }
        if self.failure is not None:
            response["failure"] = {
                "kind": redact(self.failure[0])[:40],
                "message": blur_json(redact(self.failure[1]))[:500],
            }
        case = {
            "id": redact(self.id),
            "operation": redact(self.operation) or None,
            "request": request if self.url or self.headers or self.body is not None else {},
            "response": response,
            "context": mask_json(self.context),
        }
        return {name: value for name, value in case.items() if value}
