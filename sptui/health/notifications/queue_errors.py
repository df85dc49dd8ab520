"""Why a queue could not be used, in words with a next step. What AWS calls an error is mapped by its code."""

from __future__ import annotations

import importlib
from typing import Any, Final

from sptui.spapi.redaction import redact

INSTALL_HINT: Final = "pip install 'sptui[aws]'"


class QueueError(Exception):
    """The queue cannot be used; the message says what happened, why, and the next step.

    ``kind``: ``extra``, ``address``, ``credentials``, ``expired``, ``clock``, ``access``, ``queue``, ``key``,
    ``network``, ``busy``, ``dead letters`` or ``other``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


_TOLD: Final = {
    "credentials": (
        "AWS does not know the access key",
        "Check the profile or the AWS_… variables; `aws sts get-caller-identity` shows whose they are.",
    ),
    "expired": (
        "The AWS credentials have expired",
        "Sign in again (such as `aws sso login`) or renew the session token; sptui goes on by itself.",
    ),
    "clock": (
        "AWS refuses the request's time",
        "Set this machine's clock: AWS allows 15 minutes of difference. `sptui doctor` measures it.",
    ),
    "access": (
        "These AWS credentials may not use the queue",
        "Allow sqs:ReceiveMessage, ChangeMessageVisibility, GetQueueAttributes and, with own_queue, DeleteMessage.",
    ),
    "queue": ("There is no such queue", "Check queue_url, region and account in config.toml, [notifications]."),
    "key": ("The queue's KMS key cannot be used", "Allow these AWS credentials kms:Decrypt on that key."),
    "network": ("AWS was not reached", "Check the network and the proxy; sptui tries again by itself when watching."),
    "busy": ("AWS is busy or asks for fewer requests", "sptui tries again by itself when watching."),
}
_CODES: Final = {
    "InvalidClientTokenId": "credentials",
    "UnrecognizedClientException": "credentials",
    "SignatureDoesNotMatch": "credentials",
    "InvalidSignatureException": "credentials",
    "MissingAuthenticationToken": "credentials",
    "IncompleteSignature": "credentials",
    "InvalidAccessKeyId": "credentials",
    "InvalidSecurity": "credentials",
    "AuthFailure": "credentials",
    "ExpiredToken": "expired",
    "ExpiredTokenException": "expired",
    "RequestExpired": "clock",
    "RequestTimeTooSkewed": "clock",
    "AccessDenied": "access",
    "AccessDeniedException": "access",
    "AuthorizationError": "access",
    "OptInRequired": "access",
    "AWS.SimpleQueueService.NonExistentQueue": "queue",
    "QueueDoesNotExist": "queue",
    "InvalidAddress": "queue",
    "AWS.SimpleQueueService.QueueDeletedRecently": "queue",
    "RequestThrottled": "busy",
    "Throttling": "busy",
    "ThrottlingException": "busy",
    "TooManyRequestsException": "busy",
    "OverLimit": "busy",
    "ServiceUnavailable": "busy",
    "InternalFailure": "busy",
    "InternalError": "busy",
}
_CLASSES: Final = (
    (("NoCredentialsError", "PartialCredentialsError"), "credentials"),
    (("UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError"), "expired"),
    (("HTTPClientError", "ConnectionError"), "network"),
)
_SKEWED: Final = ("signature expired", "signature not yet current", "is in the future")


def aws_errors() -> tuple[type[Exception], ...]:
    """What the AWS library raises; to be asked for only once it was imported."""
    errors = importlib.import_module("botocore.exceptions")
    aiohttp = importlib.import_module("aiohttp")
    return errors.BotoCoreError, errors.ClientError, aiohttp.ClientError, OSError


def read_aws_error(problem: Exception) -> QueueError:
    """The error in sptui's words."""
    kind = _kind(problem)
    if kind in _TOLD:
        what, step = _TOLD[kind]
        return QueueError(kind, f"{what}: {_detail(problem)} {step}")
    if type(problem).__name__ == "ProfileNotFound":
        return QueueError("credentials", f"{_detail(problem)} Name another profile in config.toml, [notifications].")
    if type(problem).__name__ == "NoRegionError":
        return QueueError("address", "The queue's region is not known. Set region in config.toml, [notifications].")
    return QueueError("other", f"The queue cannot be used: {_detail(problem)}")


def missing_extra() -> QueueError:
    """What reads queues is not installed."""
    return QueueError("extra", f"Reading an SQS queue needs the AWS library. Install it: {INSTALL_HINT}")


def _kind(problem: Exception) -> str:
    code, message = _code(problem), str(problem).lower()
    if code:
        if any(words in message for words in _SKEWED):
            return "clock"
        if code.upper().startswith("KMS."):
            return "key"
        # The JSON protocol puts the service's name before the code, with a sign that has changed over time.
        return _CODES.get(code.rpartition("#")[2], "busy" if _status(problem) >= 500 else "other")
    errors = importlib.import_module("botocore.exceptions")
    for names, kind in _CLASSES:
        if isinstance(problem, tuple(getattr(errors, name) for name in names if hasattr(errors, name))):
            return kind
    aiohttp = importlib.import_module("aiohttp")
    return "network" if isinstance(problem, OSError | aiohttp.ClientError) else "other"


def _response(problem: Exception) -> dict[str, Any]:
    found = getattr(problem, "response", None)
    return found if isinstance(found, dict) else {}


def _code(problem: Exception) -> str:
    error = _response(problem).get("Error")
    return str(error.get("Code", "")) if isinstance(error, dict) else ""


def _status(problem: Exception) -> int:
    metadata = _response(problem).get("ResponseMetadata")
    status = metadata.get("HTTPStatusCode") if isinstance(metadata, dict) else 0
    return status if isinstance(status, int) else 0


def _detail(problem: Exception) -> str:
    """AWS's own words, without keys, and short: a refused signature is told with all that was signed."""
    told = redact(" ".join(str(problem).split()))[:300].strip()
    told = told or type(problem).__name__
    return told if told.endswith(".") else f"{told}."
