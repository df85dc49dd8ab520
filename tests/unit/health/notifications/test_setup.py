"""The set-up: looks first, asks before every change, goes on where it stopped, and takes itself back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest

from sptui.health.history import History
from sptui.health.notifications.amazon import SideEffect
from sptui.health.notifications.setup import SellerResult, Setup, Standing
from sptui.health.notifications.subscriptions import SubscriptionBook
from sptui.spapi.client import Client

from .amazon import TYPE_PATH, Amazon, error
from .conftest import NOW
from .samples import HERON, NORTHWIND, NORTHWIND_EU

ARN = "arn:aws:sqs:eu-west-1:123456789012:sptui"
ALL = (NORTHWIND, HERON, NORTHWIND_EU)
CREATE = "POST /notifications/v1/destinations"
SUBSCRIBE = f"POST {TYPE_PATH}"


class Person:
    """Says yes until told otherwise; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[SideEffect] = []
        self.declines: Callable[[str], bool] = lambda _: False

    async def __call__(self, effect: SideEffect) -> bool:
        self.asked.append(effect)
        return not self.declines(effect.request.operation.name)


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
async def client(amazon: Amazon) -> AsyncIterator[Client]:
    made = amazon.client()
    yield made
    await made.aclose()


@pytest.fixture
def book(history: History) -> SubscriptionBook:
    return SubscriptionBook(history.database)


@pytest.fixture
def setup(client: Client, book: SubscriptionBook, person: Person) -> Setup:
    return Setup(client, book, lambda: NOW, person, read_only=False)


def created(book: SubscriptionBook) -> list[datetime | None]:
    """When sptui created each destination and subscription."""
    return [each.created_at for each in book.destinations()] + [each.created_at for each in book.subscriptions()]


def standings(results: tuple[SellerResult, ...]) -> list[Standing]:
    return [each.standing for each in results]


async def test_everything_is_set_up_and_remembered(
    setup: Setup, amazon: Amazon, person: Person, book: SubscriptionBook
) -> None:
    told: list[SellerResult] = []
    results = await setup.set_up(ALL, ARN, on_result=told.append)
    assert standings(results) == [Standing.SUBSCRIBED] * 3
    assert {each.authorization.key for each in told} == {each.key for each in ALL}
    assert sorted(amazon.changes) == [CREATE] * 2 + [SUBSCRIBE] * 3, "a destination a region, a subscription a seller"
    assert sorted(each.request.operation.name for each in person.asked) == (
        ["createDestination"] * 2 + ["createSubscription"] * 3
    )
    assert created(book) == [NOW] * 5
    assert {(each.seller_id, each.region) for each in book.subscriptions()} == {
        (each.seller_id, each.region) for each in ALL
    }
    assert {each["destinationId"] for each in amazon.subscriptions.values()} == set(amazon.destinations)


async def test_a_second_run_changes_nothing(
    setup: Setup, amazon: Amazon, person: Person, book: SubscriptionBook
) -> None:
    await setup.set_up(ALL, ARN)
    amazon.calls.clear()
    person.asked.clear()
    assert standings(await setup.set_up(ALL, ARN)) == [Standing.SUBSCRIBED] * 3
    assert (amazon.changes, person.asked) == ([], [])
    assert created(book) == [NOW] * 5, "it is still known that sptui created them"


async def test_goes_on_where_it_stopped(setup: Setup, amazon: Amazon) -> None:
    amazon.failing[SUBSCRIBE] = [error(500, "InternalFailure", "We encountered an internal error.")] * 2
    results = await setup.set_up(ALL, ARN)
    assert sorted(standings(results)) == [Standing.FAILED, Standing.FAILED, Standing.SUBSCRIBED]
    assert {each.found_out for each in results if each.standing is Standing.FAILED} == {False}
    amazon.calls.clear()
    assert standings(await setup.set_up(ALL, ARN)) == [Standing.SUBSCRIBED] * 3
    assert amazon.changes == [SUBSCRIBE] * 2


async def test_what_was_there_before_is_used_and_not_called_ones_own(
    setup: Setup, amazon: Amazon, client: Client, history: History, person: Person
) -> None:
    await setup.set_up([NORTHWIND], ARN)
    history.database.write([("DELETE FROM destination", ()), ("DELETE FROM subscription", ())])
    book = SubscriptionBook(history.database)
    again = Setup(client, book, lambda: NOW, person, read_only=False)
    assert standings(await again.set_up([NORTHWIND], ARN)) == [Standing.SUBSCRIBED]
    assert created(book) == [None, None]
    done = await again.undo([NORTHWIND], ARN)
    assert (done.destinations, len(amazon.destinations), amazon.subscriptions) == ((), 1, {})


async def test_a_conflict_means_that_it_is_there(setup: Setup, amazon: Amazon) -> None:
    await setup.set_up([NORTHWIND], ARN)
    amazon.hidden_destinations = 1
    amazon.failing[f"GET {TYPE_PATH}"] = [error(404, "NotFound", "No subscription.")]
    (result,) = await setup.set_up([NORTHWIND], ARN)
    assert (result.standing, result.problem) == (Standing.SUBSCRIBED, "")
    assert amazon.calls.count(CREATE) == amazon.calls.count(SUBSCRIBE) == 2


async def test_a_conflict_of_another_destination_is_told(setup: Setup, amazon: Amazon) -> None:
    amazon.failing[CREATE] = [error(409, "Conflict", "Destination exists.")]
    (result,) = await setup.set_up([NORTHWIND], ARN)
    assert result.standing is Standing.FAILED
    assert "another destination" in result.problem


async def test_one_sellers_failure_stops_no_other(setup: Setup, amazon: Amazon) -> None:
    amazon.failing[f"GET {TYPE_PATH}"] = [error(403, "Unauthorized", "Access to requested resource is denied.")]
    results = await setup.set_up(ALL, ARN)
    assert sorted(standings(results)) == [Standing.FAILED, Standing.SUBSCRIBED, Standing.SUBSCRIBED]
    (problem,) = [each.problem for each in results if each.problem]
    assert "Selling Partner Insights" in problem
    assert "Access to requested resource is denied." in problem


async def test_a_dead_network_is_told_for_everyone(setup: Setup, amazon: Amazon) -> None:
    amazon.failing["GET /notifications/v1/destinations"] = [(0, None)] * 10
    results = await setup.set_up([NORTHWIND, HERON], ARN)
    assert standings(results) == [Standing.FAILED] * 2
    assert not any(each.found_out for each in results)
    assert "no answer (connect)" in results[0].problem
    assert amazon.changes == []


async def test_without_a_yes_nothing_is_sent(setup: Setup, amazon: Amazon, person: Person) -> None:
    person.declines = lambda _: True
    assert standings(await setup.set_up(ALL, ARN)) == [Standing.DECLINED] * 3
    assert amazon.changes == []
    assert len(person.asked) == 2, "without a destination nobody is asked about subscriptions"
    person.declines = lambda name: name == "createSubscription"
    assert standings(await setup.set_up(ALL, ARN)) == [Standing.DECLINED] * 3
    assert amazon.changes == [CREATE] * 2


async def test_read_only_sends_and_asks_nothing(client: Client, amazon: Amazon, history: History) -> None:
    person = Person()
    setup = Setup(client, SubscriptionBook(history.database), lambda: NOW, person, read_only=True)
    results = await setup.set_up(ALL, ARN)
    assert standings(results) == [Standing.DECLINED] * 3
    assert "read_only" in results[0].problem
    assert (amazon.changes, person.asked) == ([], [])
    await amazon_with(amazon, client, history)
    assert standings((await setup.undo(ALL, ARN)).sellers) == [Standing.DECLINED] * 3
    assert len(amazon.subscriptions) == 3


async def amazon_with(amazon: Amazon, client: Client, history: History) -> None:
    """Everything subscribed, by somebody who may."""
    await Setup(client, SubscriptionBook(history.database), lambda: NOW, Person(), read_only=False).set_up(ALL, ARN)


async def test_a_subscription_to_another_destination_is_left_alone(
    setup: Setup, amazon: Amazon, book: SubscriptionBook
) -> None:
    await setup.set_up([NORTHWIND], ARN)
    for each in amazon.subscriptions.values():
        each["destinationId"] = "dest-of-others"
    for results in (await setup.set_up([NORTHWIND], ARN), await setup.look([NORTHWIND], ARN)):
        assert standings(results) == [Standing.ELSEWHERE]
        assert "dest-of-others" in results[0].problem
    assert standings((await setup.undo([NORTHWIND], ARN)).sellers) == [Standing.ELSEWHERE]
    assert len(amazon.subscriptions) == 1
    assert book.subscription_of(NORTHWIND) is not None, "its notifications can still be told apart"


async def test_looking_changes_nothing_and_corrects_what_is_remembered(
    setup: Setup, amazon: Amazon, book: SubscriptionBook
) -> None:
    await setup.set_up([NORTHWIND, HERON], ARN)
    amazon.subscriptions.popitem()
    amazon.calls.clear()
    results = await setup.look([NORTHWIND, HERON, NORTHWIND_EU], ARN)
    assert sorted(standings(results)) == [Standing.NOT_SUBSCRIBED, Standing.NOT_SUBSCRIBED, Standing.SUBSCRIBED]
    assert amazon.changes == []
    assert len(book.subscriptions()) == 1


async def test_undo_takes_back_what_was_set_up(setup: Setup, amazon: Amazon, book: SubscriptionBook) -> None:
    await setup.set_up(ALL, ARN)
    done = await setup.undo([NORTHWIND], ARN)
    assert standings(done.sellers) == [Standing.NOT_SUBSCRIBED]
    assert (done.destinations, len(amazon.destinations)) == ((), 2), "Heron still needs it"
    done = await setup.undo(ALL, ARN)
    assert standings(done.sellers) == [Standing.NOT_SUBSCRIBED] * 3
    assert [problem for _, problem in done.destinations] == ["", ""]
    assert (amazon.destinations, amazon.subscriptions) == ({}, {})
    assert (book.destinations(), book.subscriptions()) == ((), ())
    amazon.calls.clear()
    assert standings((await setup.undo(ALL, ARN)).sellers) == [Standing.NOT_SUBSCRIBED] * 3
    assert amazon.changes == []


async def test_what_is_gone_already_is_deleted_all_the_same(
    setup: Setup, amazon: Amazon, book: SubscriptionBook
) -> None:
    await setup.set_up([NORTHWIND], ARN)
    gone = [error(404, "NotFound", "It is gone.")]
    amazon.failing[f"DELETE {TYPE_PATH}/sub-2"] = gone
    amazon.failing["DELETE /notifications/v1/destinations/dest-1"] = list(gone)
    done = await setup.undo([NORTHWIND], ARN)
    assert standings(done.sellers) == [Standing.NOT_SUBSCRIBED]
    assert [problem for _, problem in done.destinations] == [""]
    assert (book.destinations(), book.subscriptions()) == ((), ())


async def test_undo_that_stops_half_way_goes_on_later(setup: Setup, amazon: Amazon, person: Person) -> None:
    await setup.set_up(ALL, ARN)
    person.declines = lambda name: name == "deleteDestination"
    done = await setup.undo(ALL, ARN)
    assert all("nobody said yes" in problem for _, problem in done.destinations)
    assert len(done.destinations) == len(amazon.destinations) == 2
    person.declines = lambda _: False
    assert [problem for _, problem in (await setup.undo(ALL, ARN)).destinations] == ["", ""]


async def test_each_question_tells_what_would_be_sent(setup: Setup, person: Person) -> None:
    await setup.set_up([NORTHWIND], ARN)
    create, subscribe = person.asked
    assert (create.request.method, create.request.path) == ("POST", "/notifications/v1/destinations")
    assert create.request.body == {"name": "sptui", "resourceSpecification": {"sqs": {"arn": ARN}}}
    assert ARN in create.text
    assert subscribe.request.body == {"payloadVersion": "2021-01-01", "destinationId": "dest-1"}
    assert "Northwind" in subscribe.text
    assert not any("CANARY" in f"{each!r}{each.text}" for each in person.asked)
