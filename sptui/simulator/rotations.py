"""Client secrets that calls have replaced."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from sptui.simulator.world import WorldApplication

OLD_SECRET_LIVES: Final = timedelta(days=7)
"""How long the replaced secret still serves (LWA credentials FAQ)."""


class Rotation(msgspec.Struct, frozen=True):
    """One replacement: when, by which secret, and which one it replaced."""

    moment: datetime
    new: str
    old: str

    def __repr__(self) -> str:
        return f"<Rotation of {self.moment:%Y-%m-%d %H:%M}>"


class SecretStore:
    """The newest replacement of each application's secret."""

    def __init__(self) -> None:
        self._rotations: dict[str, Rotation] = {}

    def put(self, client_id: str, rotation: Rotation) -> None:
        """Keeps a replacement, in place of the one before."""
        self._rotations[client_id] = rotation

    def current(self, application: WorldApplication) -> str:
        """The newest secret."""
        rotation = self._rotations.get(application.client_id)
        return rotation.new if rotation else application.client_secret

    def fits(self, application: WorldApplication, secret: str, now: datetime) -> bool:
        """Whether the application can be known by that secret."""
        rotation = self._rotations.get(application.client_id)
        if rotation is None:
            return secret == application.client_secret
        return secret == rotation.new or (secret == rotation.old and now < rotation.moment + OLD_SECRET_LIVES)
