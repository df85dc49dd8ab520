"""A call log for the screen's tests: a fault that hits sellers in Germany, throttling, a text full of markup."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from textual.pilot import Pilot

from sptui.calllog.browsing import Chosen
from sptui.calllog.preparing import Step
from sptui.calllog.questions import Question, Signature, WhoAnswer
from sptui.spapi.calls import CallRecord
from sptui.tui.app import SptuiApp
from sptui.tui.log_feed import View
from sptui.tui.screens.log import LogScreen
from sptui.workspace import Workspace

from .patience import until

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DE, FR, US = "A1PA6795UKMFR9", "A13V1IB3VIYZZH", "ATVPDKIKX0DER"
DENIED = "Access to requested resource is denied."

GOOD = CallRecord(
    time=NOW, method="GET", path="/orders/v0/orders", operation="orders-v0.getOrders", stage="api", status=200,
    code="", message="", details="", seller_id="A1NORTHWIND001", region="EU",
    application="amzn1.application-oa2-client.tests", marketplaces=(DE,), request_id="", milliseconds=120.0,
)  # fmt: skip


def call(minutes: float, **changed: Any) -> CallRecord:
    """A good call of Northwind so many minutes before now, but for what is changed."""
    return msgspec.structs.replace(GOOD, time=NOW - timedelta(minutes=minutes), **changed)


def denied(minutes: float, **changed: Any) -> CallRecord:
    """A call that was refused."""
    refused: dict[str, Any] = {"status": 403, "code": "Unauthorized", "message": DENIED}
    return call(minutes, **{**refused, **changed})


def traffic() -> list[CallRecord]:
    """Two days of it, oldest first: 20 sellers, six of which sell in Germany and are refused there since yesterday."""
    found = []
    for hour in range(48):
        for number in range(20):
            german = number < 6
            seller = "A1NORTHWIND001" if number == 0 else f"A{number:02d}OTHERSELLER"
            minutes = (47 - hour) * 60 + number * 2 + 1
            made = denied if german and hour > 30 and (hour + number) % 3 == 0 else call
            found.append(made(minutes, seller_id=seller, marketplaces=(DE if german else FR,),
                              request_id=f"{hour:08d}-{number:04d}-4000-8000-000000000000"))  # fmt: skip
            if number in (3, 9) and hour % 5 == 0:
                item = {"operation": "catalog-2022-04-01.getCatalogItem", "path": "/catalog/2022-04-01/items/{asin}"}
                told = f"You exceeded your quota: request {hour * 31 + number}."
                found.append(call(minutes - 0.5, seller_id=seller, marketplaces=(FR,), status=429, milliseconds=1250.0,
                                  code="QuotaExceeded", message=told, **item))  # fmt: skip
    found.append(call(0.5, status=0, code="timeout", message="No answer within 30 seconds.", milliseconds=30_000.0))
    found.append(
        call(0.2, status=400, code="[/x]Bad", message="[bold]not[/] markup \x1b[31m", details="[/x]", operation="",
             method="POST", path="/not/in/the/{catalogue}")
    )  # fmt: skip
    return sorted(found, key=lambda each: each.time)


def logged(workspace: Workspace, records: list[CallRecord] | None = None) -> Workspace:
    """A workspace whose log holds these calls."""
    for each in traffic() if records is None else records:
        workspace.call_log.record(each)
    return workspace


@asynccontextmanager
async def looking(
    workspace: Workspace, *, size: tuple[int, int] = (80, 24), settled: bool = True
) -> AsyncIterator[Pilot[None]]:
    """An app with the log in front; nothing refreshes beside it."""
    app = SptuiApp(workspace)
    app.workspace.monitor.paused = True
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("L")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        if settled:
            await answered(pilot)
        yield pilot


def screen_of(pilot: Pilot[None]) -> LogScreen:
    """The log screen, in front or under a sheet."""
    return next(each for each in reversed(pilot.app.screen_stack) if isinstance(each, LogScreen))


async def answered(pilot: Pilot[None]) -> LogScreen:
    """Waits until the log has answered what is asked for."""
    screen = screen_of(pilot)

    def over(_: object) -> bool:
        return not screen.is_asking and (screen.feed.is_loaded(screen.view) or bool(screen.standing.problem))

    await until(pilot, over, "the log's answer")
    return screen


class FakeDesk:
    """A log whose answers a test decides. ``asked`` are the questions in their order; ``gate`` holds them up."""

    def __init__(self, records: list[CallRecord] | None = None) -> None:
        import asyncio

        self.records = sorted(records or [], key=lambda each: each.time, reverse=True)
        self.asked: list[tuple[str, Chosen]] = []
        self.cancelled = 0
        self.closed = 0
        self.problem: Exception | None = None
        self.total: int | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.preparing: Step | None = None

    async def _answer(self, what: str, chosen: Chosen) -> None:
        import asyncio

        self.asked.append((what, chosen))
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.problem is not None:
            raise self.problem

    async def calls(self, chosen: Chosen, limit: int = 500) -> list[CallRecord]:
        await self._answer("calls", chosen)
        return [each for each in self.records if chosen.since is None or each.time >= chosen.since][:limit]

    async def count(self, chosen: Chosen) -> int:
        await self._answer("count", chosen)
        return len(self.records) if self.total is None else self.total

    async def signatures(self, chosen: Chosen) -> list[Signature]:
        await self._answer("signatures", chosen)
        return []

    async def who(self, question: Question) -> WhoAnswer:
        await self._answer("who", Chosen(operations=(question.operation.key,)))
        raise NotImplementedError

    async def newest(self) -> datetime | None:
        return self.records[0].time if self.records else None

    def cancel(self) -> None:
        self.cancelled += 1

    async def aclose(self) -> None:
        self.closed += 1

    def questions(self, what: str) -> list[Chosen]:
        """What was asked of one kind."""
        return [chosen for name, chosen in self.asked if name == what]


Opened = Callable[[FakeDesk], Workspace]
__all__ = ["NOW", "FakeDesk", "View", "answered", "call", "denied", "logged", "looking", "screen_of", "traffic"]
