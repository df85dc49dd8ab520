"""Access tokens that the simulator has given out: for whom, of which kind, since when."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sptui.simulator.seeded import Seeded

LIFETIME: Final = timedelta(seconds=3600)
_MOST_KEPT: Final = 20_000


class Grant(msgspec.Struct, frozen=True):
    """What a token stands for. With ``scope`` it is a grantless one (``Atc|``), else a seller's (``Atza|``).

    It names the refresh token, not the seller: whether that authorization still holds is the world's to say.
    """

    client_id: str
    issued: datetime
    refresh_token: str = ""
    scope: str = ""

    @property
    def grantless(self) -> bool:
        """Whether it was given for a scope, without a seller."""
        return bool(self.scope)

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
        token = ("Atc|" if grant.grantless else "Atza|") + "IwEBI" + self._seeded.text(120, "token", self._count)
        self._grants[token] = grant
        if len(self._grants) > _MOST_KEPT:
            self._grants.popitem(last=False)
        return token

    def find(self, token: str) -> Grant | None:
        """What a token stands for; None where it was never given out."""
        return self._grants.get(token)
