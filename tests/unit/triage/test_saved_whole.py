"""The whole result of a run is kept beside its JSON, so that it can be shown again as it was."""

from __future__ import annotations

import msgspec

from sptui.simulator.scenarios import load_scenario
from sptui.triage.saved import CaseStore
from sptui.triage.saved.case_file import decode, encode

from .fakes import GOOD, INVALID, NOW, case
from .test_saved_cases import VALUES, failing, run_of
from .worlds import triage


async def test_a_run_comes_back_as_it_was() -> None:
    run = await run_of(case("getOrders", {**VALUES, "BuyerEmail": "x"}), INVALID)
    kept = CaseStore(None, lambda: NOW).keep(case("getOrders", VALUES), run)
    again = decode(encode(kept), "x.json").runs[0].whole
    assert again is not None
    assert again.verdict == run.verdict
    assert again.steps == run.steps
    assert [each.request_id for each in again.trials] == [each.request_id for each in run.trials]
    assert again.trials[0].at is not None


async def test_persons_are_blurred_in_it() -> None:
    kept = CaseStore(None, lambda: NOW).keep(failing(), await run_of(failing(), INVALID))
    assert "jane" not in encode(kept).decode()


async def test_every_kind_of_finding_comes_back() -> None:
    world = load_scenario("role-missing")
    call = world.calls[0]
    run = await triage(world, call.operation, call.values)
    kept = CaseStore(None, lambda: NOW).keep(case("getOrders"), run)
    again = decode(encode(kept), "x.json").runs[0].whole
    assert again is not None
    assert again.steps == run.steps


async def test_another_form_is_no_result_but_the_cause_stays() -> None:
    kept = CaseStore(None, lambda: NOW).keep(failing(), await run_of(failing(), INVALID))
    run = kept.runs[0]
    for detail in (None, {}, {"verdict": 1}):
        other = msgspec.structs.replace(run, detail=detail)
        assert other.whole is None
        assert other.cause == run.cause


async def test_a_case_is_called_by_how_it_fails_where_only_the_run_knows() -> None:
    plain = case("getOrders", VALUES)
    kept = CaseStore(None, lambda: NOW).keep(plain, await run_of(plain, INVALID))
    assert kept.title == "getOrders · 400 InvalidInput"


async def test_a_step_done_again_takes_the_place_of_its_run_alone() -> None:
    store, run = CaseStore(None, lambda: NOW), await run_of(failing(), INVALID)
    kept = store.keep(failing(), run)
    kept = store.keep(failing(), await run_of(failing(), GOOD), kept)
    kept = store.keep(failing(), run, kept, instead_of=kept.runs[-1])
    assert [each.cause for each in kept.runs] == [run.verdict.first.cause] * 2
    assert store.load(kept.id) == kept
