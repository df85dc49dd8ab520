"""The address of a database as SQLAlchemy writes it, and the password that better does not stand in it."""

from __future__ import annotations

import re
from typing import Final

_ADDRESS: Final = re.compile(r"(?P<scheme>[A-Za-z][\w+]*)://(?P<rest>.*)", re.DOTALL)
_WITH_PASSWORD: Final = re.compile(r"(?P<before>[^:/@]*):(?P<password>[^@]+)@(?P<host>.*)", re.DOTALL)
FILES: Final = ("sqlite", "duckdb")
"""Kinds of databases that are files, and ask nobody for a password."""


def database_url(text: str) -> str:
    """The address as it is given. Raises ValueError, whose message holds nothing of it."""
    if text and (not text.isprintable() or " " in text or _ADDRESS.fullmatch(text) is None):
        raise ValueError(
            "not an address of a database; expected SQLAlchemy's form, such as postgresql+psycopg://user@host/database"
        )
    return text


def holds_password(url: str) -> bool:
    """Whether a password stands in it."""
    found = _ADDRESS.fullmatch(url)
    return found is not None and _WITH_PASSWORD.fullmatch(found["rest"]) is not None


def without_password(url: str) -> str:
    """The address that a password belongs to: without one, and without options."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return ""
    rest = found["rest"]
    if inside := _WITH_PASSWORD.fullmatch(rest):
        rest = f"{inside['before']}@{inside['host']}"
    return f"{found['scheme']}://{rest.partition('?')[0]}"


def asks_for_password(url: str) -> bool:
    """Whether a database of that kind may ask for one."""
    found = _ADDRESS.fullmatch(url)
    return found is not None and found["scheme"].partition("+")[0] not in FILES
