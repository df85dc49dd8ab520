"""The isolation against oracles: plain functions that say which requests fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.catalogue import Operation, Parameter, load_catalogue
from sptui.spapi.requests import RequestContext
from sptui.triage.isolation import (
    Attempt,
    Blame,
    Fault,
    Minimal,
    Search,
    SearchKind,
    Trial,
    find_culprits,
    find_minimal,
    is_same_failure,
    plans_for,
)
from sptui.triage.observe_answer import Outcome

CONTEXT = RequestContext("ATVPDKIKX0DER", "A1SELLER", datetime(2026, 11, 23, 12, tzinfo=UTC))
GOOD, BAD, OUTAGE, THROTTLED = (200, ""), (400, "InvalidInput"), (500, "InternalFailure"), (429, "QuotaExceeded")
REFERENCE = Outcome(ok=False, status=400, code="InvalidInput")
BROKEN = Outcome(ok=False, status=500, code="InternalFailure")

Oracle = Callable[[dict[str, Any]], tuple[int, str]]


def trial_of(attempt: Attempt, answer: tuple[int, str]) -> Trial:
    status, code = answer
    return Trial(tuple(attempt.values), attempt.values, attempt.purpose, status, code, ok=status == 200)


Found = TypeVar("Found")


def run(search: Search[Found], oracle: Oracle) -> tuple[Found, list[Trial]]:
    """The search's result and its trials; like the flow, it does not make the same call twice unless told to."""
    trials: list[Trial] = []
    known: dict[bytes, Trial] = {}
    try:
        attempt = next(search)
        while True:
            trial = None if attempt.fresh else known.get(attempt.key)
            if trial is None:
                trial = known[attempt.key] = trial_of(attempt, oracle(attempt.values))
                trials.append(trial)
            attempt = search.send(trial)
    except StopIteration as ended:
        result: Found = ended.value
        return result, trials


def fails_with(*sets: Iterable[str], answer: tuple[int, str] = BAD) -> Oracle:
    """Fails as soon as one of the sets of parameters is there as a whole."""
    groups = [set(each) for each in sets]
    return lambda values: answer if any(group <= set(values) for group in groups) else GOOD


def answers(*given_answers: tuple[int, str]) -> Oracle:
    """One answer after the other, whatever is asked."""
    rest = list(given_answers)
    return lambda _: rest.pop(0)


def operation(*names: str, **more: Any) -> Operation:
    parameters = (
        Parameter(name="id", place="query", required=True, sample="sample-id"),
        Parameter(name="kind", place="query", required=True, sample="sample-kind"),
        *(Parameter(name=name, place="query", sample="s") for name in names),
    )
    return Operation(name="x", api="x", version="v1", method="GET", path="/x", parameters=parameters, **more)


def blame(
    names: Iterable[str], oracle: Oracle, *, suspects: Iterable[str] = (), **more: Any
) -> tuple[Blame, list[Trial]]:
    names = list(names)
    options = dict.fromkeys(names, "v")
    how = {name: more.pop(name) for name in ("by", "whole_fails", "samples") if name in more}
    reference = more.pop("reference", REFERENCE)
    made = operation(*names, **more)
    return run(find_culprits(made, {"id": "1"}, options, reference=reference, suspects=suspects, **how), oracle)


# -- The options, one by one


def test_one_option_is_found_and_shown_to_fail_alone() -> None:
    found, trials = blame("abcd", fails_with("c"))
    assert found.culprits == ("c",)
    assert [each.parameters for each in trials] == [("id", "a"), ("id", "a", "b"), ("id", "a", "b", "c"), ("id", "c")]
    assert [each.ok for each in trials] == [True, True, False, False]


def test_the_first_option_needs_no_second_call() -> None:
    found, trials = blame("abcd", fails_with("a"))
    assert (found.culprits, len(trials)) == (("a",), 1)


def test_two_options_that_fail_only_together_are_both_named() -> None:
    found, _ = blame("abcde", fails_with("bd"))
    assert found.culprits == ("b", "d")
    assert found.trial is not None
    assert set(found.trial.parameters) == {"id", "b", "d"}


def test_suspects_are_tried_first() -> None:
    found, trials = blame("abcdefgh", fails_with("h"), suspects=["x", "h"])
    assert (found.culprits, len(trials)) == (("h",), 1)


def test_nothing_to_blame_where_everything_passes() -> None:
    found, trials = blame("abc", fails_with())
    assert found == Blame()
    assert len(trials) == 3


@given(st.data())
def test_any_failing_set_is_found_exactly_and_cheaply(data: st.DataObject) -> None:
    names = "abcdefghij"[: data.draw(st.integers(1, 10))]
    culprits = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
    found, trials = blame(names, fails_with(culprits))
    assert set(found.culprits) == culprits
    assert found.trial is not None
    assert not found.trial.ok
    assert set(found.trial.parameters) - {"id"} == culprits
    assert len(trials) <= len(names) + len(culprits) * 4 + 1


# -- The options, by halves

HALVES: dict[str, Any] = {"by": SearchKind.BISECT, "whole_fails": True}


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 16])
@pytest.mark.parametrize("kind", list(SearchKind))
def test_plans_tell_the_calls_that_the_search_takes(count: int, kind: SearchKind) -> None:
    names = "abcdefghijklmnop"[:count]
    calls = [len(blame(names, fails_with(name), by=kind, whole_fails=True)[1]) for name in names]
    plan = next(each for each in plans_for(count, rate=None, burst=None) if each.kind is kind)
    assert (plan.calls, plan.average) == (max(calls), sum(calls) / count)


def test_few_options_are_tried_one_by_one_and_many_by_halves() -> None:
    assert [plans_for(count, rate=1, burst=1)[0].kind.value for count in (0, 1, 2, 4, 20)] == [
        "step", "step", "step", "bisect", "bisect",
    ]  # fmt: skip


def test_a_slow_usage_plan_makes_the_seconds() -> None:
    by_halves, one_by_one = plans_for(16, rate=0.1, burst=2)
    assert (by_halves.calls, by_halves.seconds) == (6, 43)
    assert (one_by_one.calls, one_by_one.seconds) == (17, 159)


@given(st.data())
def test_any_failing_set_is_found_exactly_by_halves(data: st.DataObject) -> None:
    names = "abcdefghijklmnopqrst"[: data.draw(st.integers(1, 20))]
    culprits = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
    found, trials = blame(names, fails_with(culprits), by=SearchKind.BISECT, whole_fails=data.draw(st.booleans()))
    assert set(found.culprits) == culprits
    assert found.trial is not None
    assert set(found.trial.parameters) - {"id"} == culprits
    assert len(trials) <= 1 + len(culprits) * 6


def test_a_failure_that_was_told_and_does_not_come_back_is_tried_whole() -> None:
    found, trials = blame("abcdefgh", fails_with(), **HALVES)
    assert found == Blame()
    assert len(trials) == 4
    assert set(trials[-1].parameters) == {"id", *"abcdefgh"}


def test_suspects_are_tried_alone_before_any_half() -> None:
    found, trials = blame("abcdefgh", fails_with("g"), suspects=["g"], **HALVES)
    assert (found.culprits, len(trials)) == (("g",), 1)


# -- The option, its value, or a combination


def test_another_value_passes_so_the_value_is_to_blame() -> None:
    found, trials = blame("abc", lambda values: BAD if values.get("b") == "v" else GOOD, samples=CONTEXT)
    assert (found.culprits, found.fault) == (("b",), Fault.VALUE)
    assert trials[-1].values == {"id": "1", "b": "s"}


def test_every_value_fails_so_the_option_is_to_blame() -> None:
    found, _ = blame("abc", fails_with("b"), samples=CONTEXT)
    assert (found.culprits, found.fault) == (("b",), Fault.OPTION)


def test_two_together_are_a_combination_and_take_no_sample() -> None:
    found, trials = blame("abc", fails_with("ac"), samples=CONTEXT)
    assert (found.culprits, found.fault) == (("a", "c"), Fault.COMBINATION)
    assert all("s" not in each.values.values() for each in trials)


@given(
    st.lists(st.sampled_from([GOOD, BAD, OUTAGE, THROTTLED, (0, "timeout")]), min_size=60, max_size=60),
    st.sampled_from(SearchKind),
)
def test_any_answers_end_in_a_result(given_answers: list[tuple[int, str]], by: SearchKind) -> None:
    found, trials = blame("abcdef", answers(*given_answers), by=by, samples=CONTEXT)
    assert len(trials) < 40
    if found.culprits:
        assert found.trial is not None
        assert not found.trial.ok
        assert not found.undecided


def test_what_an_option_needs_comes_with_it() -> None:
    def oracle(values: dict[str, Any]) -> tuple[int, str]:
        return BAD if "a" in values and "b" not in values else BAD if "c" in values else GOOD

    found, trials = blame("abc", oracle, needs=(("a", "b"),))
    assert found.culprits == ("c",)
    assert all("b" in each.parameters for each in trials if "a" in each.parameters)


def test_an_option_that_cannot_bear_what_the_minimal_call_took_in_its_place() -> None:
    dates = operation("after", "token", "size", one_of=(("after", "token"),))
    minimal = {"id": "1", "after": "v"}
    search = find_culprits(dates, minimal, {"token": "v", "size": "v"}, reference=REFERENCE)
    found, trials = run(search, fails_with({"after", "token"}))
    assert found.culprits == ("after", "token")
    assert trials[-1].parameters == ("id", "token")
    alone, _ = run(find_culprits(dates, minimal, {"token": "v"}, reference=REFERENCE), fails_with({"token"}))
    assert alone.culprits == ("token",)


# -- Faults that come and go


def test_a_throttled_trial_is_made_again_and_then_given_up() -> None:
    found, trials = blame("ab", answers(GOOD, THROTTLED, BAD, BAD))
    assert found.culprits == ("b",)
    assert [each.status for each in trials] == [200, 429, 400, 400]
    found, trials = blame("ab", answers(GOOD, THROTTLED, THROTTLED))
    assert found.undecided
    assert not found.culprits


def test_a_server_fault_counts_only_when_it_comes_and_goes_with_the_option() -> None:
    found, trials = blame("ab", fails_with("b", answer=OUTAGE), reference=BROKEN)
    assert found.culprits == ("b",)
    assert [each.status for each in trials] == [200, 500, 500, 500, 200]
    found, _ = blame("ab", answers(GOOD, OUTAGE, OUTAGE, GOOD), reference=BROKEN)
    assert (found.flaky, found.culprits) == (True, ())
    found, _ = blame("ab", answers(GOOD, OUTAGE, OUTAGE, OUTAGE, OUTAGE), reference=BROKEN)
    assert (found.flaky, found.culprits) == (True, ())


def test_a_gateway_fault_must_come_and_go_twice() -> None:
    gateway = (503, "ServiceUnavailable")
    reference = Outcome(ok=False, status=503, code="ServiceUnavailable")
    found, trials = blame("a", fails_with("a", answer=gateway), reference=reference)
    assert found.culprits == ("a",)
    assert [each.status for each in trials] == [503, 503, 200, 503, 200]


# -- The minimal call


def minimal(
    values: dict[str, Any], oracle: Oracle, *, samples: bool = True, **more: Any
) -> tuple[Minimal, list[Trial]]:
    reference = more.pop("reference", REFERENCE)
    return run(find_minimal(operation("a", "b", **more), values, CONTEXT, reference=reference, samples=samples), oracle)


GIVEN = {"id": "1", "kind": "k", "a": "v"}


def test_the_minimal_call_keeps_the_given_values_and_leaves_out_the_options() -> None:
    found, trials = minimal(GIVEN, fails_with("a"))
    assert found.passes
    assert found.values == {"id": "1", "kind": "k"}
    assert len(trials) == 1


def test_what_is_needed_and_not_given_is_filled() -> None:
    found, _ = minimal({"id": "1"}, fails_with())
    assert (found.filled, found.values) == (("kind",), {"id": "1", "kind": "sample-kind"})


def test_a_needed_value_is_the_culprit_when_only_its_sample_passes() -> None:
    found, trials = minimal(GIVEN, lambda values: BAD if values["kind"] == "k" else GOOD)
    assert found.culprits == ("kind",)
    assert not found.passes
    assert len(trials) == 4  # as given, all samples, and each given value alone


def test_needed_values_that_fail_only_together_are_named_together() -> None:
    found, _ = minimal(GIVEN, lambda values: BAD if (values["id"], values["kind"]) == ("1", "k") else GOOD)
    assert found.culprits == ("id", "kind")


def test_where_samples_fail_too_no_parameter_is_to_blame() -> None:
    found, trials = minimal(GIVEN, lambda _: BAD)
    assert (found.same, found.samples, found.culprits) == (True, True, ())
    assert len(trials) == 2


def test_samples_that_fail_otherwise_are_told() -> None:
    found, _ = minimal(GIVEN, lambda values: BAD if values["kind"] == "k" else (404, "NotFound"))
    assert (found.same, found.samples) == (True, False)
    assert found.otherwise is not None
    assert found.otherwise.status == 404


def test_without_leave_no_sample_is_sent() -> None:
    found, trials = minimal(GIVEN, lambda _: BAD, samples=False)
    assert (found.same, found.samples, len(trials)) == (True, False, 1)


def test_a_failure_of_another_kind_is_not_the_same() -> None:
    found, _ = minimal(GIVEN, lambda _: (403, "Unauthorized"), samples=False)
    assert not found.same


def test_a_server_fault_that_a_sample_happens_to_escape_is_no_culprit() -> None:
    found, _ = minimal(GIVEN, answers(OUTAGE, GOOD, GOOD), reference=BROKEN)
    assert (found.flaky, found.culprits) == (True, ())


def test_a_minimal_call_that_is_throttled_twice_tells_nothing() -> None:
    found, trials = minimal(GIVEN, lambda _: THROTTLED)
    assert found.undecided
    assert len(trials) == 2


@pytest.mark.parametrize("name", ["getOrders", "createFeed", "searchCatalogItems", "getListingsItem"])
def test_real_operations(name: str) -> None:
    found, _ = run(find_minimal(load_catalogue().find(name), {}, CONTEXT, reference=None, samples=True), fails_with())
    assert found.trial.ok
    assert found.filled == tuple(found.values)


@pytest.mark.parametrize(
    ("outcome", "reference", "same"),
    [
        (Outcome(ok=True, status=200), REFERENCE, False),
        (Outcome(ok=False, status=400, code="InvalidInput"), REFERENCE, True),
        (Outcome(ok=False, status=400), REFERENCE, True),
        (Outcome(ok=False, status=400, code="BadRequest"), REFERENCE, False),
        (Outcome(ok=False, status=403), REFERENCE, False),
        (Outcome(ok=False, status=403), None, True),
        (Outcome(ok=False, status=0, code="timeout"), Outcome(ok=False, status=0, code="closed"), True),
    ],
)
def test_when_two_failures_are_one(outcome: Outcome, reference: Outcome | None, *, same: bool) -> None:
    assert is_same_failure(outcome, reference) is same
