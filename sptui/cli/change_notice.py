"""Tells a person's own services (desktop, mail, chat) what changed, through the library apprise.

Where to send stands in apprise's own configuration file, to which ``[health] notify_config`` in config.toml points:
its addresses hold passwords and tokens, so they are neither arguments of a process nor part of sptui's settings.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sptui.cli.output import CommandError, Exit
from sptui.spapi.redaction import redact

_MOST_LINES = 40


class ChangeNotice:
    """Sends to every service of the file. Raises CommandError where the library or the file is missing."""

    def __init__(self, config_file: str) -> None:
        if not config_file:
            raise CommandError(
                "--notify needs to know where to send: write apprise's addresses into a file of your own and set "
                '[health] notify_config = "/path/to/apprise.yml" in config.toml.',
                Exit.USAGE,
            )
        path = Path(config_file).expanduser()
        try:
            import apprise
        except ImportError:
            raise CommandError(
                "--notify needs the library apprise. Install it with `pip install 'sptui[notify]'`.", Exit.USAGE
            ) from None
        logger = logging.getLogger("apprise")  # it would tell addresses on stderr
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        if not path.is_file():
            raise CommandError(f"{path} is not there. [health] notify_config in config.toml names it.", Exit.USAGE)
        config = apprise.AppriseConfig()
        config.add(str(path))
        self._sender: Any = apprise.Apprise()
        self._sender.add(config)
        if not len(self._sender):
            raise CommandError(f"{path} names no service that apprise understands.", Exit.USAGE)
        self._plain = apprise.NotifyFormat.TEXT

    async def send(self, changes: Sequence[str]) -> bool:
        """Sends the changes as one message; False where a service did not take it. Tells no secret."""
        import asyncio

        shown = [redact(each) for each in changes[:_MOST_LINES]]
        if len(changes) > _MOST_LINES:
            shown.append(f"and {len(changes) - _MOST_LINES} more")
        title = f"sptui: {len(changes)} seller{'' if len(changes) == 1 else 's'} changed"
        return bool(
            await asyncio.to_thread(self._sender.notify, body="\n".join(shown), title=title, body_format=self._plain)
        )
