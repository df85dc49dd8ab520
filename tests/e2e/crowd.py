"""Tokens of many sellers for any operation: so that no usage plan stands in the way."""

from __future__ import annotations

from typing import Any

import httpx
from asking import home_of

from sptui.spapi.catalogue import Operation, load_catalogue

MOST_RESOURCES = 50
"""Of one Restricted Data Token."""


def crowd_tokens(base: str, count: int) -> dict[str, list[str]]:
    """By ``METHOD path`` of every operation of the catalogue, the tokens of the whole crowd that open it."""
    tokens: dict[tuple[str, str], list[str]] = {}
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        for operation in load_catalogue():
            kind = _kind(operation)
            if kind not in tokens:
                tokens[kind] = [_token(client, *kind, number) for number in range(count)]
    return {f"{each.method} {each.path}": tokens[_kind(each)] for each in load_catalogue()}


def _kind(operation: Operation) -> tuple[str, str]:
    """A region, ``rdt`` and a region, or ``scope`` and a scope."""
    if operation.token == "grantless":
        return "scope", operation.scope
    return "rdt" if operation.rdt == "always" else "seller", home_of(operation)[0]


def _token(client: httpx.Client, kind: str, of: str, number: int) -> str:
    form = {"client_id": f"app-{number}", "client_secret": f"secret-{number}"}
    if kind == "scope":
        return _lwa(client, {**form, "grant_type": "client_credentials", "scope": of})
    token = _lwa(client, {**form, "grant_type": "refresh_token", "refresh_token": f"Atzr|{number}-{of}"})
    if kind == "seller":
        return token
    wanted = [each for each in load_catalogue() if each.rdt == "always" and home_of(each)[0] == of]
    asked = [{"method": each.method, "path": each.path} for each in wanted[:MOST_RESOURCES]]
    answer = client.post(
        f"/{of.lower()}/tokens/2021-03-01/restrictedDataToken",
        json={"restrictedResources": asked},
        headers={"x-amz-access-token": token},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["restrictedDataToken"])


def _lwa(client: httpx.Client, form: dict[str, Any]) -> str:
    answer = client.post("/auth/o2/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
