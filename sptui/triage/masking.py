"""Secrets in a JSON value masked, by their form or by the name of their field."""

from __future__ import annotations

import functools
from typing import Any, Final

from sptui.spapi.answers import code_word
from sptui.spapi.redaction import MASK, redact, token_kind

_LONGEST_KEPT: Final = 500
_SECRET_NAMES: Final = frozenset(
    {
        "clientsecret",
        "newclientsecret",
        "lwaclientsecret",
        "refreshtoken",
        "accesstoken",
        "restricteddatatoken",
        "xamzaccesstoken",
        "xamzsecuritytoken",
        "authorization",
        "proxyauthorization",
        "cookie",
        "setcookie",
        "password",
        "secretaccesskey",
        "awssecretaccesskey",
        "awssecretkey",
        "sessiontoken",
        "awssessiontoken",
        "spapioauthcode",
        "idtoken",
        "apikey",
    }
)


def mask_json(value: Any) -> Any:
    """A JSON value with every secret in it masked, by its form or by the name of its field."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        masked: dict[str, Any] = {}
        for name, each in value.items():
            shown, is_secret = _field_name(str(name))
            if isinstance(each, str):
                masked[shown] = token_kind(each) + MASK if is_secret and each else redact(each)
            else:
                masked[shown] = mask_json(each)
        return masked
    if isinstance(value, (list, tuple)):
        return [mask_json(each) for each in value]
    return value


def _field_name(name: str) -> tuple[str, bool]:
    """A field's name without a secret in it, and whether its value is one."""
    if len(name) > _LONGEST_KEPT:
        return redact(name), code_word(name) in _SECRET_NAMES
    return _kept_field_name(name)


@functools.lru_cache(maxsize=2_000)
def _kept_field_name(name: str) -> tuple[str, bool]:
    return redact(name), code_word(name) in _SECRET_NAMES
