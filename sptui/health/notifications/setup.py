"""The set-up from beginning to end, for many sellers: it looks first, changes only what is missing, and may be run
again after it stopped half-way. What was done is remembered at once, step by step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from sptui.health.notifications.amazon import Asks, NotificationsApi, SetupError, SideEffect
from sptui.health.notifications.subscriptions import Destination, Subscription, SubscriptionBook
from sptui.health.participations import Sends
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

_T = TypeVar("_T")
_AT_ONCE: Final = 8
DESTINATION_NAME: Final = "sptui"


class Standing(StrEnum):
    """How an authorization stands with regard to notifications."""

    SUBSCRIBED = "subscribed"
    ELSEWHERE = "elsewhere"
    """Subscribed, but Amazon delivers to another destination; it keeps one subscription a seller and application."""
    NOT_SUBSCRIBED = "not subscribed"
    FAILED = "failed"
    DECLINED = "declined"
    """Nobody said yes to a call that was needed."""


class SellerResult(msgspec.Struct, frozen=True):
    """What became of one authorization. ``problem`` is "" where all went well."""

    authorization: Authorization
    standing: Standing
    subscription_id: str = ""
    problem: str = ""
    found_out: bool = True
    """False where Amazon could not be asked."""


class UndoResult(msgspec.Struct, frozen=True):
    """What was deleted: subscriptions by authorization, destinations by application and region."""

    sellers: tuple[SellerResult, ...]
    destinations: tuple[tuple[Destination, str], ...] = ()
    """Each with the problem that kept it, or "" where it was deleted."""


Place = tuple[str, Region]
OnResult = Callable[[SellerResult], None]


class Setup:
    """Set-up, look and undo over one client and one book of subscriptions. Raises DatabaseError alone."""

    def __init__(
        self, client: Sends, book: SubscriptionBook, now: Callable[[], datetime], ask: Asks, *, read_only: bool
    ) -> None:
        self._asking = asyncio.Lock()
        self._ask = ask
        self._api = NotificationsApi(client, self._ask_one_by_one, read_only=read_only)
        self._book = book
        self._now = now
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def set_up(
        self,
        authorizations: Iterable[Authorization],
        arn: str,
        name: str = DESTINATION_NAME,
        on_result: OnResult | None = None,
    ) -> tuple[SellerResult, ...]:
        """Brings every authorization to be subscribed to the queue; one's failure never stops another."""
        wanted = list(authorizations)
        places = _places(wanted)
        found = dict(
            zip(places, await self._each(self._destination(who, arn, name) for who in places.values()), strict=True)
        )

        async def one(who: Authorization) -> SellerResult:
            destination = found[who.application, who.region]
            if isinstance(destination, SetupError):
                return self._tell(_failed(who, destination), on_result)
            return self._tell(await self._subscribe(who, destination), on_result)

        results = await self._each(one(each) for each in wanted)
        return tuple(results)

    async def look(
        self, authorizations: Iterable[Authorization], arn: str, on_result: OnResult | None = None
    ) -> tuple[SellerResult, ...]:
        """How each stands at Amazon now, without changing anything; what is found is remembered."""
        wanted = list(authorizations)
        places = _places(wanted)
        found = dict(zip(places, await self._each(self._existing(who, arn) for who in places.values()), strict=True))

        async def one(who: Authorization) -> SellerResult:
            destination = found[who.application, who.region]
            if isinstance(destination, SetupError):
                return self._tell(_failed(who, destination), on_result)
            try:
                subscription = await self._api.find_subscription(who)
            except SetupError as problem:
                return self._tell(_failed(who, problem), on_result)
            if subscription is None:
                self._forget(who)
                return self._tell(SellerResult(who, Standing.NOT_SUBSCRIBED), on_result)
            self._book.remember_subscription(subscription)
            ours = destination.destination_id if destination else ""
            return self._tell(_standing(who, subscription, ours), on_result)

        return tuple(await self._each(one(each) for each in wanted))

    async def undo(
        self, authorizations: Iterable[Authorization], arn: str, on_result: OnResult | None = None
    ) -> UndoResult:
        """Deletes the subscriptions, then the destinations that sptui itself created and that nobody needs any more.

        A subscription that delivers to another destination than sptui's is somebody else's, and stays.
        """
        wanted = list(authorizations)

        async def one(who: Authorization) -> SellerResult:
            return self._tell(await self._unsubscribe(who, arn), on_result)

        sellers = tuple(await self._each(one(each) for each in wanted))
        places = _places(wanted)
        unused = [
            each for each in self._book.destinations() if (each.client_id, each.region) in places and self._may_go(each)
        ]
        removed = [(each, await self._remove(places[each.client_id, each.region], each)) for each in unused]
        return UndoResult(sellers, tuple(removed))

    # -- Steps ---------------------------------------------------------------------------------------------------

    async def _destination(self, who: Authorization, arn: str, name: str) -> Destination | SetupError:
        """The one that is there, or a new one."""
        try:
            found = await self._api.find_destination(who, arn)
            if found is None:
                found = await self._api.create_destination(who, arn, name)
                if found is not None:
                    found = msgspec.structs.replace(found, created_at=self._now())
                else:
                    found = await self._api.find_destination(who, arn)
            if found is None:
                return SetupError(
                    "createDestination: Amazon says that there is such a destination already, but lists none for "
                    f"{arn}. Another one may have its name: set another destination in config.toml, [notifications]."
                )
        except SetupError as problem:
            return problem
        self._book.remember_destination(found)
        return found

    async def _existing(self, who: Authorization, arn: str) -> Destination | SetupError | None:
        try:
            found = await self._api.find_destination(who, arn)
        except SetupError as problem:
            return problem
        if found is not None:
            self._book.remember_destination(found)
        return found

    async def _subscribe(self, who: Authorization, destination: Destination) -> SellerResult:
        try:
            found = await self._api.find_subscription(who)
            if found is None:
                found = await self._api.create_subscription(who, destination)
                if found is not None:
                    found = msgspec.structs.replace(found, created_at=self._now())
                else:
                    found = await self._api.find_subscription(who)
            if found is None:
                return SellerResult(
                    who, Standing.FAILED,
                    problem="createSubscription: Amazon says that there is a subscription already, but shows none. "
                    "Run the set-up again in a minute.",
                )  # fmt: skip
        except SetupError as problem:
            return _failed(who, problem)
        self._book.remember_subscription(found)
        return _standing(who, found, destination.destination_id)

    async def _unsubscribe(self, who: Authorization, arn: str) -> SellerResult:
        try:
            found = await self._api.find_subscription(who)
            if found is None:
                self._forget(who)
                return SellerResult(who, Standing.NOT_SUBSCRIBED)
            ours = {each.destination_id for each in self._book.destinations() if each.arn == arn}
            if found.destination_id not in ours:
                existing = await self._api.find_destination(who, arn)
                ours = {existing.destination_id} if existing else set()
            if found.destination_id not in ours:
                return _standing(who, found, "")
            await self._api.delete_subscription(who, found.subscription_id)
        except SetupError as problem:
            return _failed(who, problem)
        self._book.forget_subscription(found.subscription_id)
        return SellerResult(who, Standing.NOT_SUBSCRIBED, found.subscription_id)

    def _may_go(self, destination: Destination) -> bool:
        used = any(each.destination_id == destination.destination_id for each in self._book.subscriptions())
        return destination.created_at is not None and not used

    async def _remove(self, who: Authorization, destination: Destination) -> str:
        try:
            await self._api.delete_destination(who, destination)
        except SetupError as problem:
            return str(problem)
        self._book.forget_destination(destination)
        return ""

    def _forget(self, who: Authorization) -> None:
        if (known := self._book.subscription_of(who)) is not None:
            self._book.forget_subscription(known.subscription_id)

    # -- Many at once --------------------------------------------------------------------------------------------

    async def _ask_one_by_one(self, effect: SideEffect) -> bool:
        async with self._asking:
            return await self._ask(effect)

    async def _each(self, works: Iterable[Awaitable[_T]]) -> list[_T]:
        async def within(work: Awaitable[_T]) -> _T:
            async with self._at_once:
                return await work

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(within(each)) for each in works]
        return [each.result() for each in tasks]

    def _tell(self, result: SellerResult, on_result: OnResult | None) -> SellerResult:
        if on_result is not None:
            on_result(result)
        return result


def _places(authorizations: Iterable[Authorization]) -> dict[Place, Authorization]:
    """Each application and region once, with an authorization that may speak for it."""
    found: dict[Place, Authorization] = {}
    for each in authorizations:
        found.setdefault((each.application, each.region), each)
    return found


def _standing(who: Authorization, found: Subscription, destination_id: str) -> SellerResult:
    if found.destination_id == destination_id and destination_id:
        return SellerResult(who, Standing.SUBSCRIBED, found.subscription_id)
    told = (
        f"Subscribed, but to another destination ({found.destination_id or 'not told'}). Amazon keeps one subscription "
        "a seller and application: whoever uses that one has to give it up first, or read that queue here."
    )
    return SellerResult(who, Standing.ELSEWHERE, found.subscription_id, told)


def _failed(who: Authorization, problem: SetupError) -> SellerResult:
    standing = Standing.DECLINED if problem.refused else Standing.FAILED
    return SellerResult(who, standing, problem=str(problem), found_out=problem.found_out)
