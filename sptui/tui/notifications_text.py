"""What is said of the notifications: of the queue, and of what went wrong with one seller's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from textual.content import Content

from sptui.health.notifications.queue_check import CheckState, QueueFinding
from sptui.health.notifications.service import NOT_CONFIGURED, Notifications
from sptui.health.notifications.setup import SellerResult
from sptui.tui.marks import Tone, hanging, one_line

if TYPE_CHECKING:
    from sptui.workspace import Workspace

_COLUMN: Final = 11
_MOST_FINDINGS: Final = 3
_GLYPHS: Final = {CheckState.OK: "●", CheckState.NOTE: "▲", CheckState.PROBLEM: "✖"}


def queue_text(
    service: Notifications, findings: Iterable[QueueFinding], news: Iterable[tuple[str, Tone]], width: int
) -> Content:
    """Which queue it is, what was found about it (problems first), and what there is to say besides."""
    lines = [hanging("queue", _queue_in_words(service), tone="plain", width=width, column=_COLUMN)]
    for each in sorted(findings, key=lambda found: found.state is CheckState.OK)[:_MOST_FINDINGS]:
        told = f"{_GLYPHS[each.state]} {each.check}: {each.found}"
        lines.append(hanging("", told, tone="plain", width=width, column=_COLUMN))
        if each.state is not CheckState.OK and each.do:
            lines.append(hanging("", f"→ {each.do}", tone="muted", width=width, column=_COLUMN))
    lines += [hanging("", told, tone=tone, width=width, column=_COLUMN) for told, tone in news]
    return Content("\n").join(lines)


def _queue_in_words(service: Notifications) -> str:
    if not service.is_configured:
        return NOT_CONFIGURED
    manners = "sptui's own" if service.config.own_queue else "not sptui's own: nothing is deleted from it"
    return f"{service.config.queue_url} ({manners})"


def trouble_of(key: str, workspace: Workspace, results: Mapping[str, SellerResult]) -> str:
    """What went wrong with one at the last look, or where its notifications do not fit together."""
    result = results.get(key)
    if result is not None and result.problem:
        return one_line(result.problem)
    found = next((each for each in workspace.accounts.authorizations() if each.key == key), None)
    gaps = workspace.notifications.store.gaps(found.seller_id, found.region) if found else ()
    if not gaps:
        return ""
    told = f"A notification is missing: on {gaps[-1].time:%Y-%m-%d}, {gaps[-1].in_words}."
    return one_line(f"{told} The performance report tells how it stands.")
