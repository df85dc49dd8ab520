"""What the HTTP libraries give, in whatever type: headers under any case of their names, texts as bytes."""

from __future__ import annotations

from typing import Any


class _Headers(dict):  # type: ignore[type-arg]  # of a program's own texts, or bytes
    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


def caseless(headers: Any) -> Any:
    """``headers`` themselves, as the HTTP libraries have them; for a plain dict, or None, one that knows no case."""
    if headers is None:
        return _Headers()
    if type(headers) is dict:
        return _Headers((str(name).lower(), value) for name, value in headers.items())
    return headers


def text_of(value: Any) -> str:
    """A text, also of bytes; "" for None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if value is not None else ""
