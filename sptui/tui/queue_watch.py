"""While the app runs, the queue is read in the background, and what it tells is looked into at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sptui.tui.messages import ModesChanged

if TYPE_CHECKING:
    from sptui.health.notifications.store import Taken
    from sptui.tui.app import SptuiApp


async def watch_queue(app: SptuiApp) -> None:
    """Reads the queue until it is cancelled. A problem is told once, and stays among the modes while it lasts."""
    from sptui.health.notifications.queue_errors import QueueError

    service = app.workspace.notifications

    def problem_told(problem: str) -> None:
        if problem == app.queue_problem:
            return
        app.queue_problem = problem
        if problem:
            told = f"{problem} Sptui tries again."
            app.notify(told, title="The queue is not being read", severity="warning", markup=False, timeout=15)
        for screen in app.screen_stack:
            screen.post_message(ModesChanged())

    def look_into(taken: Taken) -> None:
        """A notification names no marketplace, so the report of all of them is asked for (docs, staff 2023)."""
        if not app.workspace.monitor.paused:
            changed = set(taken.sellers)
            known = app.workspace.accounts.authorizations()
            app.refresh_authorizations(
                [each for each in known if (each.seller_id, each.region) in changed], new_report=True
            )

    service.listeners.append(look_into)
    try:
        await service.reader(problem_told).watch()
    except QueueError as problem:  # the settings name no queue that can be read
        problem_told(str(problem))
    finally:
        service.listeners.remove(look_into)
