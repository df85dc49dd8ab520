"""What an operation answers, before the headers that every answer of Amazon carries."""

from __future__ import annotations

from typing import Any, Final

import msgspec

DENIED: Final = "Access to requested resource is denied."
"""The message of nearly every 403; only the details tell the causes apart (recorded answers)."""

ERROR_TYPES: Final = {
    400: "ValidationException",
    403: "AccessDeniedException",
    429: "TooManyRequestsException",
    500: "InternalServerErrorException",
}
"""``x-amzn-ErrorType`` by status, as recorded; other statuses came without it."""

USUAL_ERRORS: Final = {
    400: ("InvalidInput", "Invalid Input"),
    401: ("Unauthorized", DENIED),
    403: ("Unauthorized", DENIED),
    404: ("NotFound", "The requested resource could not be found."),
    408: ("RequestTimedOut", "The request timed out."),
    409: ("Conflict", "The requested resource conflict with a resource in the server."),
    429: ("QuotaExceeded", "You exceeded your quota for the requested resource."),
    500: ("InternalFailure", "We encountered an internal error. Please try again."),
    503: ("ServiceUnavailable", "Service is temporarily unavailable. Please try again."),
}
"""Code and message that a status usually comes with."""


class Reply(msgspec.Struct, frozen=True):
    """Status and body. An empty ``content_type`` sends none; ``error_type`` is for ``x-amzn-ErrorType``."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    error_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def json_reply(status: int, data: Any) -> Reply:
    """A reply with a JSON body."""
    return Reply(status, msgspec.json.encode(data))


class RefusalError(Exception):
    """An operation refuses. ``details`` None leaves the field out, as Amazon sometimes does."""

    def __init__(
        self, status: int, code: str, message: str, details: str | None = "", *, error_type: str | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.details = status, code, message, details
        self.error_type = ERROR_TYPES.get(status, "") if error_type is None else error_type

    def reply(self) -> Reply:
        """The error object of Amazon's models."""
        error = {"code": self.code, "message": self.message}
        if self.details is not None:
            error["details"] = self.details
        return Reply(self.status, msgspec.json.encode({"errors": [error]}), error_type=self.error_type)


def denied(details: str = "") -> RefusalError:
    """403 Unauthorized."""
    return RefusalError(403, "Unauthorized", DENIED, details)


def invalid(message: str, details: str | None = "") -> RefusalError:
    """400 InvalidInput."""
    return RefusalError(400, "InvalidInput", message, details)


def internal_failure() -> RefusalError:
    """500 InternalFailure."""
    return RefusalError(500, *USUAL_ERRORS[500])
