"""Foreign text made fit for a log: no token, no secret, no pre-signed address, no buyer's e-mail or order number.

The patterns follow the token prefixes and the "never log" list of Amazon's documentation
(connecting-to-the-selling-partner-api; the data protection policy).
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "•••"

# What a token or secret is made of, in plain text, percent-encoded, or with JSON's escapes.
_REST = r"""(?:[^\s"'&,;<>\\)}\]]|\\/|\\u00[0-9A-Fa-f]{2})+"""
# The bar behind a token's prefix, also percent-encoded, as JSON's, HTML's or a shell's escape.
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
        (?: (?:Bearer|Basic) \s+ )?
    )
    (?P<kind> {_KIND} )?
    (?(quote) (?: (?! (?P=quote) ) (?: \\. | [^\n] ) )+ | {_REST} )
    """
)
_FIELD_WORD = re.compile("token|secret|oauth|x-amz-|authorization", re.IGNORECASE)
"""A text without any of them holds no field of the pattern above, which is slow to look for."""
_HARMLESS = re.compile(r"[A-Za-z0-9 .,_/]*")
"""Every other form has a mark in it that is none of these."""

_SIGNED = re.compile(r"(?i)https?://[^\s\"'<>]*[?&]X-Amz-[^\s\"'<>]*")
_QUERY = re.compile(r"(https?://[^\s?\"'<>]+|\burl: /[^\s?\"'<>]*)\?[^\s\"'<>)]*")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_ORDER = re.compile(r"(?<![0-9])[0-9]{3}-[0-9]{7}-[0-9]{7}(?![0-9])")
_MAIL_IN_PATH = re.compile(r"[^/@\s]+(?:@|%40)[^/\s]+")
_CHOSEN_ORDER = re.compile(r"(/fulfillmentOrders/)(?!preview(?:/|$))[^/]+")
"""The id of a fulfilment order is the seller's own word, and may be anything."""


def redact(text: str) -> str:
    """``text`` with every token, secret, signature and key masked; a token's public prefix stays."""
    if _FIELD_WORD.search(text):
        text = _FIELD.sub(lambda found: found["before"] + (found["kind"] or "") + MASK, text)
    if "At" in text:
        text = _TOKEN.sub(lambda found: found[1] + MASK, text)
    if "oa2-cs" in text:
        text = _CLIENT_SECRET.sub(lambda found: found[1] + MASK, text)
    return _AWS_KEY.sub("AKIA" + MASK, text) if "AKIA" in text else text


def clean(text: str, longest: int) -> str:
    """A message as it may be kept: without secrets, addresses' queries, e-mail addresses and order numbers."""
    text = text[: 4 * longest + 1000]  # what follows is cut off anyway, and foreign text may be huge
    if _HARMLESS.fullmatch(text) and "AKIA" not in text:
        return text[:longest]
    if "://" in text or "url: /" in text:
        text = _QUERY.sub(rf"\1?{MASK}", _SIGNED.sub(MASK, text))
    text = redact(text)
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(MASK, text)
    return _ORDER.sub("{order}", text)[:longest]


def clean_path(path: str) -> str:
    """A path with its ids, but for the personal ones: orders and e-mail addresses. 300 characters at most."""
    path = redact(path[:2000])
    path = _ORDER.sub("{order}", path)
    if "@" in path or "%40" in path:
        path = _MAIL_IN_PATH.sub("{email}", path)
    return _CHOSEN_ORDER.sub(r"\1{order}", path)[:300]
