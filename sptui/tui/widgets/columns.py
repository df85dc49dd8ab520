"""The columns of a table."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column of fixed width: measuring cells on every refresh costs seconds on long tables."""

    key: str
    label: str
    width: int
