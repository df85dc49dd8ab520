"""Secrets on their way: a value that never prints itself, and a mask for foreign text.

The patterns follow the token prefixes and the "never log" list of Amazon's documentation
(connecting-to-the-selling-partner-api; the data protection policy).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Final, NoReturn

MASK: Final = "•••"

_TOKEN = re.compile(r"\b(At(?:za|zr|na|nr|c|z\.sprdt)(?:\||%7[Cc]))[^\s\"'&,;<>\\)}\]]+")
_CLIENT_SECRET = re.compile(r"\b(amzn1\.oa2-cs\.)[^\s\"'&,;<>\\)}\]]+")
_FIELD = re.compile(
    r"""(?ix)
    \b(
        (?:client_secret|refresh_token|access_token|restrictedDataToken|newClientSecret|lwa_client_secret
          |clientSecret|refreshToken|accessToken|X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token
          |x-amz-access-token)
        ["']? \s* (?:=|:|%3D) \s* (?:Bearer\s+)? ["']?
    )
    [^\s"'&,;<>}\]•]+
    """
)
_AWS_KEY = re.compile(r"\bAKIA[0-9A-Z]{16}\b")
_SECRET_HEADERS = frozenset({"x-amz-access-token", "authorization", "cookie", "set-cookie", "x-amz-security-token"})


class Secret:
    """A client secret or token. It prints as a mask everywhere; only ``reveal`` gives the text.

    The token's kind (its public prefix, such as ``Atzr|``) may be shown: it decides cases and opens nothing.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself: for the token request, the request header and the keyring alone."""
        return self._text

    @property
    def kind(self) -> str:
        """The token's prefix (``Atza|``, ``Atzr|``, ``Atc|``, ``Atz.sprdt|``), or "" where it has none."""
        return token_kind(self._text)

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def token_kind(token: str) -> str:
    """The prefix that tells a token's kind, or "" where it has none known."""
    for prefix in ("Atz.sprdt|", "Atza|", "Atzr|", "Atna|", "Atnr|", "Atc|"):
        if token.startswith(prefix):
            return prefix
    return ""


def redact(text: str) -> str:
    """``text`` with every token, secret, signature and key masked; a token's prefix stays."""
    text = _TOKEN.sub(lambda found: found[1] + MASK, text)
    text = _CLIENT_SECRET.sub(lambda found: found[1] + MASK, text)
    text = _FIELD.sub(lambda found: found[1] + MASK, text)
    return _AWS_KEY.sub("AKIA" + MASK, text)


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers for showing and keeping: names as they were, secret values masked down to the token's kind."""
    return {
        name: (token_kind(value) + MASK if name.lower() in _SECRET_HEADERS else redact(value))
        for name, value in headers.items()
    }
