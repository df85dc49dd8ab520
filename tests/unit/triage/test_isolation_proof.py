"""The isolation over random failing sets: what is blamed is a smallest failing set, and what of it makes it fail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.catalogue import Operation, Parameter
from sptui.triage.isolation import Blame, Fault, SearchKind, Trial, find_culprits, find_minimal, plans_for
from sptui.triage.observe_answer import Outcome

from .test_isolation import CONTEXT, REFERENCE, run

NAMES = "abcdefghij"
VALUES = {name: f"given {name}" for name in NAMES}
Predicate = Any


def made(names: str) -> Operation:
    parameters = (
        Parameter(name="id", place="query", required=True, sample="sample-id"),
        *(Parameter(name=name, place="query", sample="sample") for name in names),
    )
    return Operation(name="x", api="x", version="v1", method="GET", path="/x", parameters=parameters)


def searched(names: str, fails: Predicate, **how: Any) -> tuple[Blame, list[Trial]]:
    """The search over all of these options, and its trials, where ``fails`` says which values fail."""
    options = {name: VALUES[name] for name in names}
    reference = how.pop("reference", REFERENCE)
    status = reference.status

    def oracle(values: dict[str, Any]) -> tuple[int, str]:
        return (status, reference.code) if fails(values) else (200, "")

    return run(find_culprits(made(names), {"id": "1"}, options, reference=reference, **how), oracle)


@st.composite
def some_options(draw: st.DrawFn) -> str:
    return "".join(draw(st.permutations(NAMES[: draw(st.integers(1, len(NAMES)))])))


@st.composite
def failing_sets(draw: st.DrawFn, most: int = 1) -> tuple[str, list[set[str]]]:
    """Options in some order, and the sets of them that make the call fail."""
    names = draw(some_options())
    subsets = st.sets(st.sampled_from(sorted(names)), min_size=1, max_size=4)
    return names, draw(st.lists(subsets, min_size=1, max_size=most))


WAYS = [
    pytest.param({"by": SearchKind.STEP}, id="step"),
    pytest.param({"by": SearchKind.BISECT}, id="bisect"),
    pytest.param({"by": SearchKind.BISECT, "whole_fails": True}, id="bisect, the whole was seen"),
]


@pytest.mark.parametrize("way", WAYS)
@given(drawn=failing_sets())
def test_the_only_failing_set_is_found_whatever_it_is(drawn: tuple[str, list[set[str]]], way: dict[str, Any]) -> None:
    names, (culprits,) = drawn
    found, _ = searched(names, culprits.issubset, **way)
    assert set(found.culprits) == culprits
    assert found.fault is (Fault.COMBINATION if len(culprits) > 1 else None)


@pytest.mark.parametrize("way", WAYS)
@given(drawn=failing_sets(most=4))
def test_of_several_failing_sets_one_is_found_and_it_is_a_smallest(
    drawn: tuple[str, list[set[str]]], way: dict[str, Any]
) -> None:
    names, sets = drawn

    def fails(values: Any) -> bool:
        return any(each <= set(values) for each in sets)

    found, trials = searched(names, fails, **way)
    blamed = set(found.culprits)
    assert fails(blamed)
    assert not any(fails(blamed - {name}) for name in blamed)
    assert found.trial is not None
    assert found.trial in trials
    assert set(found.trial.values) - {"id"} == blamed


@given(drawn=failing_sets(), by=st.sampled_from(list(SearchKind)), data=st.data())
def test_a_value_is_told_from_its_option(
    drawn: tuple[str, list[set[str]]], by: SearchKind, data: st.DataObject
) -> None:
    names, _ = drawn
    name, of_the_value = data.draw(st.sampled_from(sorted(names))), data.draw(st.booleans())

    def fails(values: dict[str, Any]) -> bool:
        return name in values and (not of_the_value or values[name] == VALUES[name])

    found, trials = searched(names, fails, by=by, samples=CONTEXT)
    assert found.culprits == (name,)
    assert found.fault is (Fault.VALUE if of_the_value else Fault.OPTION)
    assert trials[-1].values[name] == "sample"


@given(drawn=failing_sets(), data=st.data())
def test_values_that_fail_only_together_are_both_blamed(drawn: tuple[str, list[set[str]]], data: st.DataObject) -> None:
    names, _ = drawn
    pair = data.draw(st.sets(st.sampled_from(sorted(names)), min_size=min(2, len(names)), max_size=2))

    def fails(values: dict[str, Any]) -> bool:
        return all(values.get(name) == VALUES[name] for name in pair)

    assert set(searched(names, fails, samples=CONTEXT)[0].culprits) == pair


@pytest.mark.parametrize("by", list(SearchKind))
@given(drawn=failing_sets())
def test_no_more_calls_than_the_plan_says_for_one_culprit(drawn: tuple[str, list[set[str]]], by: SearchKind) -> None:
    names, (culprits,) = drawn
    name = min(culprits)
    _, trials = searched(names, {name}.issubset, by=by, whole_fails=True)
    plan = next(each for each in plans_for(len(names), rate=None, burst=None) if each.kind is by)
    assert len(trials) <= plan.calls


@given(drawn=failing_sets())
def test_each_further_culprit_costs_the_halvings_of_what_is_left(drawn: tuple[str, list[set[str]]]) -> None:
    names, (culprits,) = drawn
    _, trials = searched(names, culprits.issubset, by=SearchKind.BISECT, whole_fails=True)
    assert len(trials) <= len(culprits) * (len(names).bit_length() + 1) + 1


@given(drawn=failing_sets(), way=st.sampled_from([SearchKind.STEP, SearchKind.BISECT]))
def test_the_same_call_is_made_once(drawn: tuple[str, list[set[str]]], way: SearchKind) -> None:
    names, (culprits,) = drawn
    _, trials = searched(names, culprits.issubset, by=way)
    calls = [frozenset(each.values) for each in trials]
    assert len(calls) == len(set(calls))


@given(drawn=failing_sets(), by=st.sampled_from(list(SearchKind)))
def test_a_fault_that_follows_an_option_is_not_taken_for_one_that_comes_and_goes(
    drawn: tuple[str, list[set[str]]], by: SearchKind
) -> None:
    names, (culprits,) = drawn
    broken = Outcome(ok=False, status=500, code="InternalFailure")
    found, _ = searched(names, culprits.issubset, by=by, reference=broken)
    assert set(found.culprits) == culprits
    assert not found.flaky


@given(names=some_options(), rng=st.randoms(use_true_random=False), by=st.sampled_from(list(SearchKind)))
def test_whatever_comes_and_goes_the_search_ends(names: str, rng: Any, by: SearchKind) -> None:
    broken = Outcome(ok=False, status=503, code="ServiceUnavailable")
    found, trials = searched(names, lambda _: rng.random() < 0.5, by=by, reference=broken)
    assert len(trials) <= 40
    assert found.trial is None or not found.trial.ok


# -- An option that fails for want of another


def with_words(names: str, culprit: str, lonely: str, companion: str, by: SearchKind) -> Blame:
    """``culprit`` makes the call fail; ``lonely`` does too, but only without its ``companion``, and in other words."""
    options = {name: VALUES[name] for name in names}
    search = find_culprits(made(names), {"id": "1"}, options, reference=REFERENCE, by=by, told="The culprit is wrong.")
    trial: Trial | None = None
    while True:
        try:
            attempt = next(search) if trial is None else search.send(trial)
        except StopIteration as ended:
            found: Blame = ended.value
            return found
        values = attempt.values
        told = "The culprit is wrong." if culprit in values else ""
        told = told or ("Something is missing." if lonely in values and companion not in values else "")
        status, code = (400, "InvalidInput") if told else (200, "")
        trial = Trial(tuple(values), values, attempt.purpose, status, code, ok=not told, told=told)


@given(names=st.permutations("abcdef"), by=st.sampled_from(list(SearchKind)))
def test_an_option_that_lacks_its_companion_is_not_blamed_for_the_failure_of_another(
    names: list[str], by: SearchKind
) -> None:
    assert with_words("".join(names), "c", "a", "b", by).culprits == ("c",)


def test_where_the_lonely_option_is_all_there_is_it_is_blamed() -> None:
    assert with_words("adef", "c", "a", "b", SearchKind.STEP).culprits == ("a",)


# -- First the minimal call, then the options


@given(drawn=failing_sets())
def test_the_minimal_call_comes_first_and_carries_no_option(drawn: tuple[str, list[set[str]]]) -> None:
    names, _ = drawn
    given_values = {"id": "1", **{name: VALUES[name] for name in names}}
    search = find_minimal(made(names), given_values, CONTEXT, reference=REFERENCE, samples=True)
    found, trials = run(search, lambda values: (200, "") if set(values) == {"id"} else (400, "InvalidInput"))
    assert found.passes
    assert [each.values for each in trials] == [{"id": "1"}]
