"""What happens in the background and concerns a screen."""

from __future__ import annotations

from textual.message import Message

from sptui.spapi.authorization import Authorization


class KnownChanged(Message):
    """What is known of some authorizations, or whether they are being refreshed, has changed."""

    def __init__(self, authorizations: tuple[Authorization, ...]) -> None:
        super().__init__()
        self.authorizations = authorizations


class ModesChanged(Message):
    """Paused, read-only or a problem with the log: what the top bar tells has changed."""


class AccountsChanged(Message):
    """Sellers or applications were added, edited or removed."""
