"""Secrets on their way: a value that never prints itself, and a mask for foreign text.

The patterns follow the token prefixes and the "never log" list of Amazon's documentation
(connecting-to-the-selling-partner-api; the data protection policy).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

MASK: Final = "•••"

# What a token or secret is made of, in plain text, percent-encoded, or with JSON's escapes (``\/``, ``\u002b``).
_REST = r"""(?:[^\s"'&,;<>\\)}\]]|\\/|\\u00[0-9A-Fa-f]{2})+"""
# The bar behind a token's prefix, also percent-encoded (once or more), as JSON's and as HTML's escape, or as a
# shell's (``^|``, ``\|``).
_BAR = r"(?:[\^\\`]?\||%(?:25)*7[Cc]|\\+u007[Cc]|&\#124;|&\#[xX]7[Cc];)"
_KIND = rf"At(?:za|zr|na|nr|c|z\.sprdt){_BAR}"
_TOKEN = re.compile(rf"({_KIND}){_REST}")
_CLIENT_SECRET = re.compile(rf"(amzn1\.oa2-cs\.){_REST}")
_AWS_KEY = re.compile(r"AKIA[0-9A-Z]{16}")
_FIELD = re.compile(
    rf"""(?x)
    (?P<before>
        (?i: client_secret|refresh_token|access_token|restrictedDataToken|newClientSecret|lwa_client_secret
          |clientSecret|refreshToken|accessToken|secret_access_key|secretAccessKey|spapi_oauth_code
          |X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|x-amz-access-token
          |authorization (?= ["'\\]* \s* : \s* ["'\\]* (?:Bearer|Basic) \s) )
        \\*["']? \s* (?:=|:|%(?:25)*3[Dd]) \s*
        (?P<quote> \\*["'] )?
        (?> (?: (?:Bearer|Basic) \s+ )? )
    )
    (?! null\b | None\b )
    (?P<kind> {_KIND} )?
    (?(quote) (?: (?! (?P=quote) ) (?: \\. | [^\n] ) )+ | {_REST} )
    """
)
# In small letters; a text without any of them holds no field of the pattern above, which is slow to look for.
_FIELD_WORDS = (
    "_secret", "tsecret", "secret_access", "secretaccess", "refresh_token", "refreshtoken", "access_token",
    "accesstoken", "datatoken", "oauth_code", "x-amz-", "authorization",
)  # fmt: skip
_SECRET_FIELDS = frozenset(
    {
        "clientsecret", "newclientsecret", "lwaclientsecret", "refreshtoken", "accesstoken", "restricteddatatoken",
        "xamzaccesstoken", "authorization", "secretaccesskey", "spapioauthcode",
    }
)  # fmt: skip
_SECRET_HEADERS = frozenset(
    {"x-amz-access-token", "authorization", "proxy-authorization", "cookie", "set-cookie", "x-amz-security-token"}
)
_PLAIN_RUN = re.compile(r"[A-Za-z0-9]+")
_SHORTEST_FORM = 5
"""A text with fewer characters is none of the forms: ``Atc|`` and one more is the shortest."""
_SHORTEST_KNOWN = 8
"""A known secret is looked for from this length on: shorter ones, of made-up worlds, are parts of plain words."""


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
        return hmac.compare_digest(self._bytes(), other._bytes())

    def __hash__(self) -> int:
        return hash(self._text)

    def _bytes(self) -> bytes:
        return self._text.encode(errors="surrogatepass")  # half a character may come from a terminal

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def token_kind(token: str) -> str:
    """The prefix that tells a token's kind, or "" where it has none known."""
    for prefix in ("Atz.sprdt|", "Atza|", "Atzr|", "Atna|", "Atnr|", "Atc|"):
        if token.startswith(prefix):
            return prefix
    return ""


def redact(text: str, known: Iterable[Secret] = ()) -> str:
    """``text`` with every token, secret, signature and key masked; a token's prefix stays.

    ``known`` secrets are masked whatever they look like: a server may send back what it was sent.
    """
    if not known and (len(text) < _SHORTEST_FORM or (text.isalnum() and "AKIA" not in text)):
        return text  # a name, a word, an id: every other form has a mark in it (a bar, a dot, a colon, a percent sign)
    # In this order: a known secret is found only as a whole, and a field's name tells how far its value goes.
    return _redact_forms(_redact_fields(_redact_known(text, known) if known else text))


def redact_tokens(text: str, known: Iterable[Secret] = ()) -> str:
    """Like ``redact``, but leaves pre-signed addresses whole: for data that the program goes on to use."""
    return _redact_forms(_redact_known(text, known))


def redact_json(value: Any, known: Iterable[Secret] = ()) -> Any:
    """A JSON value with its tokens and secrets masked, by their form and by the name of their field.

    Pre-signed addresses stay, as in ``redact_tokens``. What lies deeper than 200 levels is masked whole.
    """
    return _redact_value(value, tuple(known), 200)


def _redact_value(value: Any, known: tuple[Secret, ...], levels: int) -> Any:
    if isinstance(value, str):
        return redact_tokens(value, known)
    if not isinstance(value, (dict, list)):
        return value
    if not levels:
        return MASK
    if isinstance(value, list):
        return [_redact_value(each, known, levels - 1) for each in value]
    return {
        redact_tokens(str(name), known): token_kind(each) + MASK
        if isinstance(each, str) and _is_secret_field(str(name))
        else _redact_value(each, known, levels - 1)
        for name, each in value.items()
    }


def _is_secret_field(name: str) -> bool:
    return "".join(filter(str.isalnum, name.lower())) in _SECRET_FIELDS


def _redact_forms(text: str) -> str:
    if "At" in text:
        text = _TOKEN.sub(lambda found: found[1] + MASK, text)
    return _CLIENT_SECRET.sub(lambda found: found[1] + MASK, text) if "oa2-cs" in text else text


def _redact_fields(text: str) -> str:
    lowered = text.lower()
    # Each of the words holds one of these five, and five looks are quicker than a loop over all of them.
    if (
        "token" in lowered or "secret" in lowered or "oauth" in lowered or "x-amz" in lowered or "author" in lowered
    ) and any(word in lowered for word in _FIELD_WORDS):
        text = _FIELD.sub(lambda found: found["before"] + (found["kind"] or "") + MASK, text)
    return _AWS_KEY.sub("AKIA" + MASK, text) if "AKIA" in text else text


def _redact_known(text: str, known: Iterable[Secret]) -> str:
    for secret in known:
        plain = secret.reveal()
        # Every spelling leaves letters and digits as they are, so most texts can be told apart by those alone.
        if len(plain) >= _SHORTEST_KNOWN and max(_PLAIN_RUN.findall(plain), key=len, default="") in text:
            text = re.sub("".join(map(_spellings, plain)), secret.kind + MASK, text)
    return text


def _spellings(character: str) -> str:
    """A pattern for a character in plain text, in a string of JSON or Python, in an address, in HTML."""
    if _PLAIN_RUN.fullmatch(character):
        return character
    code = ord(character)
    in_address = "".join(f"%(?:25)*{byte:02x}" for byte in character.encode(errors="surrogatepass"))
    quoted = r"\\+" if character == "\\" else r"\\*" + re.escape(character)
    named = {"&": "|&amp;", "<": "|&lt;", ">": "|&gt;", '"': "|&quot;", " ": r"|\+|%(?:25)*2b"}.get(character, "")
    return rf"(?i:{quoted}|{in_address}|\\+u{code:04x}|&\#(?:{code}|x{code:x});{named})"


def redact_headers(headers: Mapping[str, str], known: Iterable[Secret] = ()) -> dict[str, str]:
    """Headers for showing and keeping: names as they were, secret values masked down to the token's kind."""
    return {
        name: (_masked_header(value) if name.lower() in _SECRET_HEADERS else redact(value, known))
        for name, value in headers.items()
    }


_HEADER_START = re.compile(r"""\s{0,9}["'<]?(?:(?:[Bb]earer|[Bb]asic|AWS4-HMAC-SHA256)\s{1,9})?""")


def _masked_header(value: str) -> str:
    """A secret header down to what is public of it and decides cases: quotes, ``Bearer``, the token's kind."""
    start = _HEADER_START.match(value)
    before = start[0] if start else ""
    return before + token_kind(value[len(before) :]) + MASK if value[len(before) :] else before
