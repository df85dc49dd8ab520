"""Access tokens that the simulator has given out: for whom, of which kind, since when."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.seeded import Seeded

LIFETIME: Final = timedelta(seconds=3600)
_MOST_KEPT: Final = 20_000


class Resource(msgspec.Struct, frozen=True):
    """One operation that a Restricted Data Token opens, with its data elements.

    ``values`` are those of the path, by name; one that is still in braces (``{orderId}``) stands for any.
    """

    operation: str
    values: tuple[tuple[str, str], ...]
    elements: frozenset[str] = frozenset()

    def opens(self, operation: str, values: Mapping[str, Any]) -> bool:
        """Whether it is this operation (its key), with these values of the path."""
        return operation == self.operation and all(
            wanted.startswith("{") or values.get(name) == wanted for name, wanted in self.values
        )


class Grant(msgspec.Struct, frozen=True):
    """What a token stands for. With ``scope`` it is a grantless one (``Atc|``), else a seller's (``Atza|``); with
    ``resources`` a Restricted Data Token (``Atz.sprdt|``).

    It names the refresh token, not the seller: whether that authorization still holds is the world's to say.
    """

    client_id: str
    issued: datetime
    refresh_token: str = ""
    scope: str = ""
    resources: tuple[Resource, ...] = ()

    @property
    def grantless(self) -> bool:
        """Whether it was given for a scope, without a seller."""
        return bool(self.scope)

    @property
    def restricted(self) -> bool:
        """Whether it opens what it was made for and nothing else."""
        return bool(self.resources)

    @property
    def prefix(self) -> str:
        """What tokens of its kind begin with."""
        return "Atc|" if self.grantless else "Atz.sprdt|" if self.restricted else "Atza|"

    def elements(self, operation: str, values: Mapping[str, Any]) -> frozenset[str] | None:
        """The data elements that it opens in a call; None where it is no restricted token for that call."""
        found = [each.elements for each in self.resources if each.opens(operation, values)]
        return frozenset().union(*found) if found else None

    def expired(self, now: datetime) -> bool:
        """Whether its hour is over."""
        return now >= self.issued + LIFETIME


class TokenStore:
    """Every token given out, the oldest forgotten at last: a forgotten one counts as malformed."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._count = 0
        self._grants: OrderedDict[str, Grant] = OrderedDict()

    def issue(self, grant: Grant) -> str:
        """A new token for ``grant``."""
        self._count += 1
        token = grant.prefix + "IwEBI" + self._seeded.text(120, "token", self._count)
        self._grants[token] = grant
        if len(self._grants) > _MOST_KEPT:
            self._grants.popitem(last=False)
        return token

    def find(self, token: str) -> Grant | None:
        """What a token stands for; None where it was never given out."""
        return self._grants.get(token)
