"""The access token of a request: there, whole, and of the kind that the operation takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.catalogue import Operation
from sptui.spapi.check.problems import ProblemKind, RequestProblem
from sptui.spapi.redaction import token_kind

HEADER: Final = "x-amz-access-token"
_SELLER_TOKEN: Final = "Atza|"
_GRANTLESS_TOKEN: Final = "Atc|"
_RESTRICTED_TOKEN: Final = "Atz.sprdt|"
_NEVER_SENT: Final = ("Atzr|", "Atnr|")
_LONGEST: Final = 2048
"""Bytes of an access token (docs connecting-to-the-selling-partner-api)."""


def token_kind_problems(operation: Operation, kind: str) -> Iterator[RequestProblem]:
    """A token whose prefix tells that the operation refuses it; ``kind`` is "" where it is not known.

    A plain token where a Restricted Data Token belongs, and the reverse, are notes: without the restricted token
    Amazon refuses some operations and answers others with the personal data left out.
    """
    name = operation.name
    if kind in _NEVER_SENT:
        told = f"{HEADER} carries a refresh token ({kind}); it takes the access token made from it."
        yield RequestProblem(HEADER, ProblemKind.TOKEN, told, f"an access token ({_SELLER_TOKEN})")
    elif operation.token == "grantless" and kind in (_SELLER_TOKEN, _RESTRICTED_TOKEN):
        whose = "a seller's token" if kind == _SELLER_TOKEN else "a Restricted Data Token"
        told = f"{name} is grantless and refuses {whose} ({kind})."
        allowed = f"a grantless token ({_GRANTLESS_TOKEN}), scope {operation.scope}"
        yield RequestProblem(HEADER, ProblemKind.TOKEN, told, allowed)
    elif operation.token == "seller" and kind == _GRANTLESS_TOKEN:
        told = f"{name} acts for a seller and refuses a grantless token ({kind})."
        allowed = f"a token made from the seller's refresh token ({_SELLER_TOKEN})"
        yield RequestProblem(HEADER, ProblemKind.TOKEN, told, allowed)
    elif operation.rdt == "always" and kind == _SELLER_TOKEN:
        told = f"{name} gives personal data, which a plain access token ({kind}) does not open."
        allowed = f"a Restricted Data Token ({_RESTRICTED_TOKEN}) for {operation.method} {operation.path}"
        yield RequestProblem(HEADER, ProblemKind.RESTRICTED, told, allowed)
    elif not operation.rdt and kind == _RESTRICTED_TOKEN:
        told = f"{name} is not known as restricted; a Restricted Data Token ({kind}) opens only what it was made for."
        yield RequestProblem(HEADER, ProblemKind.RESTRICTED, told, f"an access token ({_SELLER_TOKEN})")


def token_header_problems(headers: dict[str, str]) -> Iterator[RequestProblem]:
    """A token that is missing, wrapped in something else, or too long.

    ``headers``: by name in lower case; none at all mean that nobody told them, and then nothing is missing.
    """
    token = headers.get(HEADER)
    if token is None:
        if headers:
            yield RequestProblem(HEADER, ProblemKind.TOKEN, _absent(headers), "an access token, raw")
        return
    bare = bare_token(token)
    if not bare:
        yield RequestProblem(HEADER, ProblemKind.TOKEN, f"{HEADER} is empty.", "an access token, raw")
    elif bare != token:
        what = 'the word "Bearer"' if token.strip(" \"'").lower().startswith("bearer") else "quotes or spaces"
        told = f"{HEADER} carries {what} around the token."
        yield RequestProblem(HEADER, ProblemKind.TOKEN, told, "the access token alone, raw")
    elif len(bare.encode()) > _LONGEST:
        told = f"{HEADER} carries {len(bare.encode())} bytes; at most {_LONGEST} are allowed."
        yield RequestProblem(HEADER, ProblemKind.TOKEN, told, "the access token alone, raw")


def _absent(headers: dict[str, str]) -> str:
    if token_kind(bare_token(headers.get("authorization", ""))):
        return f"The token is in the Authorization header; SP-API reads {HEADER}."
    return f"{HEADER} is missing."


def bare_token(text: str) -> str:
    """The token itself, without quotes, spaces and ``Bearer`` around it."""
    bare = text.strip().strip("\"'").strip()
    return bare[len("bearer") :].strip() if bare.lower().startswith("bearer ") else bare
