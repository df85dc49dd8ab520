"""Values that look random and are the same whenever the same world is asked the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

DIGITS: Final = "0123456789"
CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"


class Seeded:
    """Derives every value from the world's seed and from what the value is for (``what``)."""

    def __init__(self, seed: int) -> None:
        self._key = str(seed).encode()

    def hex(self, length: int, *what: object) -> str:
        """``length`` hexadecimal digits, at most 128."""
        return self._digest(what).hex()[:length]

    def fraction(self, *what: object) -> float:
        """At least 0 and below 1."""
        return int.from_bytes(self._digest(what)[:6], "big") / 2**48

    def between(self, low: float, high: float, *what: object) -> float:
        """From ``low`` to ``high``."""
        return low + (high - low) * self.fraction(*what)

    def integer(self, low: int, high: int, *what: object) -> int:
        """From ``low`` to ``high``, both included."""
        return low + int(self.fraction(*what) * (high - low + 1))

    def pick(self, options: Sequence[T], *what: object) -> T:
        """One of ``options``, which must not be empty."""
        return options[self.integer(0, len(options) - 1, *what)]

    def text(self, length: int, *what: object, alphabet: str = _LETTERS) -> str:
        """``length`` characters of ``alphabet``."""
        found = ""
        while len(found) < length:
            found += "".join(alphabet[byte % len(alphabet)] for byte in self._digest((*what, len(found))))
        return found[:length]

    def uuid(self, *what: object) -> str:
        """A UUID of version 4 by its looks."""
        digits = self.hex(32, *what)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _digest(self, what: tuple[object, ...]) -> bytes:
        text = "\x1f".join(map(str, what))
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key[:64]).digest()
