"""What ``sptui notifications`` prints: results, changes, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from sptui.cli.output import Exit, print_json, talk
from sptui.cli.plain import plain_lines

if TYPE_CHECKING:
    from sptui.health.notifications.queue_check import QueueFinding
    from sptui.health.notifications.reader import Pass
    from sptui.health.notifications.service import Notifications
    from sptui.health.notifications.setup import SellerResult
    from sptui.health.notifications.store import Taken
    from sptui.health.status_change import StatusChange


def status_of(results: Iterable[SellerResult]) -> Exit:
    """The exit status that results amount to."""
    troubled = [each for each in results if each.standing in ("failed", "elsewhere", "declined")]
    if any(not each.found_out for each in troubled):
        return Exit.COULD_NOT_FIND_OUT
    return Exit.PROBLEM_FOUND if troubled else Exit.FINE


def teller(*, as_json: bool) -> Any:
    """What prints each result as it comes."""

    def tell(result: SellerResult) -> None:
        if as_json:
            print_json(result_as_json(result))
            return
        who = result.authorization
        click.echo(plain_lines(f"{who.seller} · {who.region} · {result.standing.value}"))
        if result.problem:
            talk(f"  ! {plain_lines(result.problem)}")

    return tell


def result_as_json(result: SellerResult) -> dict[str, Any]:
    """A result, for --json."""
    who = result.authorization
    return {
        "seller": who.seller,
        "seller_id": who.seller_id,
        "region": who.region,
        "standing": result.standing.value,
        "subscription": result.subscription_id,
        "problem": result.problem,
    }


def finding_as_json(finding: QueueFinding) -> dict[str, Any]:
    """A finding, for --json."""
    return {"check": finding.check, "state": finding.state.value, "found": finding.found, "do": finding.do}


def last_change(service: Notifications, result: SellerResult) -> str:
    """When a seller's account status changed last."""
    newest = service.store.newest(result.authorization)
    return f"{newest:%Y-%m-%d %H:%M} UTC" if newest else "none yet"


def print_changes(changes: Iterable[StatusChange], *, as_json: bool) -> None:
    """The changes, a line each."""
    for each in changes:
        if as_json:
            print_json(
                {
                    "time": each.time,
                    "seller_id": each.seller_id,
                    "region": each.region,
                    "from": each.previous,
                    "to": each.current,
                    "source": each.source.value,
                }
            )
        else:
            who = f"{each.seller_id}@{each.region}"
            told = f"{each.time:%Y-%m-%d %H:%M:%S} UTC  {who}  {each.previous or '?'} → {each.current}"
            click.echo(plain_lines(told))


def print_gaps(taken: Taken) -> None:
    """Where a notification is missing, on stderr."""
    for each in taken.gaps:
        told = f"! {each.seller_id}@{each.region}: {each.in_words} on {each.time:%Y-%m-%d}. One was not delivered."
        talk(plain_lines(told))


def pass_in_words(done: Pass) -> str:
    """What a reading of the queue came to."""
    if not done.received:
        return "The queue holds nothing to read now."
    return (
        f"{_messages(done.received)} received. {fates_in_words([f for f, n in done.fates.items() for _ in range(n)])}"
    )


def fates_in_words(fates: list[str]) -> str:
    """What became of some notifications."""
    words = {
        "stored": "new",
        "known": "known already",
        "unassigned": "of a subscription that is not known",
        "other": "of other types, left alone",
        "aside": "not readable, kept aside",
        "left": "not readable, left alone",
    }
    told = [f"{fates.count(fate)} {word}" for fate, word in words.items() if fate in fates]
    return f"{'; '.join(told)}." if told else "Nothing found."


def tell_taken(taken: Taken) -> None:
    """What had waited for its seller, on stderr."""
    if taken.changes:
        talk(f"{_messages(len(taken.changes))} had waited for their seller and are in the history now.")


def tell_waiting(service: Notifications) -> None:
    """What was read and is not in the history, on stderr."""
    for told in service.waiting_in_words():
        talk(f"! {told}")


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
