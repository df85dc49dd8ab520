"""The one place where whatever goes wrong in recording ends: it must never reach the program's own call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_told: set[str] = set()


def quietly(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What the function returns, or None where it raises; the first time of each kind is told to ``logging``."""
    try:
        return function(*arguments, **options)
    except Exception as raised:  # noqa: BLE001 - a program's calls do not fail for their log
        name = getattr(function, "__qualname__", repr(type(function)))
        tell_once(
            f"{name}: {type(raised).__name__}", f"A call is not recorded ({name} raised {type(raised).__name__})."
        )
        return None


def tell_once(key: str, message: str) -> None:
    """A warning to the log of the program, once for each ``key``; never raises."""
    if key in _told:
        return
    _told.add(key)
    try:
        import logging

        logging.getLogger(__package__).warning("%s Later ones are not told.", message)
    except Exception:  # noqa: BLE001, S110 - a program whose own log is broken still makes its calls
        pass
