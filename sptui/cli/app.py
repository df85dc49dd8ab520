"""``sptui`` and ``sptui demo``: the app."""

from __future__ import annotations

import asyncio
import sys

import click

from sptui.cli.context import BUILT_IN_WORLD, Invocation
from sptui.cli.output import CommandError, Exit


@click.command()
def demo() -> None:
    """Open the app on the embedded simulator: no account, no network, no keyring."""
    run_app(Invocation(simulate=BUILT_IN_WORLD))


def run_app(invocation: Invocation) -> None:
    """Opens the app and leaves with its exit status. Raises CommandError where there is no terminal."""
    import signal

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(
            "The app needs a terminal. Without one: `sptui health --json`, `sptui triage --json`; "
            "`sptui --help` lists the commands.",
            Exit.USAGE,
        )
    from sptui.tui.app import SptuiApp

    workspace = invocation.open()

    async def run() -> int:
        app = SptuiApp(workspace)
        if sys.platform != "win32":  # leave the terminal as it was, also when told to end
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, app.exit)
        try:
            await app.run_async(mouse=workspace.config.mouse)
        finally:
            await workspace.close()
        return app.return_code or 0

    sys.exit(asyncio.run(run()))
