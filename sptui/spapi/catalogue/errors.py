"""What finding an operation, or reading a catalogue's file, may end in."""

from __future__ import annotations


class UnknownOperationError(LookupError):
    """No operation is called so; ``nearest`` names what may have been meant."""

    def __init__(self, query: str, nearest: tuple[str, ...]) -> None:
        hint = f"Did you mean {' or '.join(nearest)}?" if nearest else "`sptui operations` lists what there is."
        super().__init__(f"No operation is called {query!r}. {hint}")
        self.nearest = nearest


class AmbiguousOperationError(LookupError):
    """Several operations share the name; ``keys`` tell them apart."""

    def __init__(self, query: str, keys: tuple[str, ...]) -> None:
        super().__init__(f"{query!r} exists more than once; say which: {', '.join(keys)}.")
        self.keys = keys


class CatalogueFileError(ValueError):
    """A catalogue's file that this version cannot read; the message tells why."""
