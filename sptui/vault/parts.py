"""Long secrets in a keyring that takes short ones only, in several entries.

Windows' credential store takes 2,560 bytes, and keyring writes UTF-16 there: 1,280 characters. A refresh token may
have 2,048 (Amazon documents that limit).

The entry itself then holds a header with a generation, the number of parts and a check sum; the parts lie beside
it under names with that generation. Parts of a new generation are written first, the header last, the old parts
are deleted after that: wherever it is cut off, the header leads to a whole secret, old or new.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, Protocol

PART_CHARACTERS: Final = 1200
"""Of ASCII, such as tokens are; half of it of other texts, where a character may take two places of UTF-16."""

_HEADER = re.compile(r"sptui-parts:(\d{1,9}):(\d{1,4}):([0-9a-f]{64})")


class Store(Protocol):
    """The part of a keyring backend that is used."""

    def get_password(self, service: str, username: str) -> str | None:
        """The entry, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Writes the entry."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Deletes the entry."""
        ...


class IncompleteError(Exception):
    """A part of a secret is gone."""


def read(store: Store, service: str, username: str) -> str | None:
    """The secret, put together if need be; None where there is none. Raises IncompleteError."""
    entry = store.get_password(service, username)
    for _ in range(3):
        header = _HEADER.fullmatch(entry or "")
        if header is None:
            return entry
        generation, count = int(header[1]), int(header[2])
        parts = [store.get_password(service, _name(username, generation, index)) for index in range(count)]
        whole = "".join(part or "" for part in parts)
        if _checksum(whole) == header[3]:
            return whole
        before, entry = entry, store.get_password(service, username)
        if entry == before:  # else another program wrote a new generation meanwhile
            break
    raise IncompleteError


def write_whole(store: Store, service: str, username: str, text: str) -> None:
    """Writes a secret as one entry, in place of whatever was there."""
    old = _generation(store.get_password(service, username))
    if _HEADER.fullmatch(text):  # would be read as a header
        write_in_parts(store, service, username, text)
        return
    store.set_password(service, username, text)
    _sweep(store, service, username, old)


def write_in_parts(store: Store, service: str, username: str, text: str) -> None:
    """Writes a secret as parts and a header, in place of whatever was there."""
    old = _generation(store.get_password(service, username))
    new = old + 1
    size = PART_CHARACTERS if text.isascii() else PART_CHARACTERS // 2
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    for index, part in enumerate(parts):
        store.set_password(service, _name(username, new, index), part)
    store.set_password(service, username, f"sptui-parts:{new}:{len(parts)}:{_checksum(text)}")
    _sweep(store, service, username, old, new, len(parts))


def delete(store: Store, service: str, username: str) -> None:
    """Deletes the secret with all its parts; fine where there is none."""
    entry = store.get_password(service, username)
    if entry is not None:
        store.delete_password(service, username)
    _sweep(store, service, username, _generation(entry))


def _sweep(store: Store, service: str, username: str, old: int, kept: int = 0, count: int = 0) -> None:
    """Deletes all parts but the ``count`` first of generation ``kept``.

    Besides those of the ``old`` generation these are what writings left behind that were cut off: before their
    header (of the next generation) or after it (of the one before).
    """
    for generation in range(max(1, old - 1), old + 2):
        _delete_parts(store, service, username, generation, count if generation == kept else 0)


def _delete_parts(store: Store, service: str, username: str, generation: int, first: int) -> None:
    end = first
    while store.get_password(service, _name(username, generation, end)) is not None:
        end += 1
    for index in range(end - 1, first - 1, -1):  # backwards: what is left when it is cut off begins at the first
        store.delete_password(service, _name(username, generation, index))


def _generation(entry: str | None) -> int:
    header = _HEADER.fullmatch(entry or "")
    return int(header[1]) if header else 0


def _name(username: str, generation: int, index: int) -> str:
    return f"{username}#{generation}.{index}"


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
