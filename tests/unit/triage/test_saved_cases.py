"""Saved cases: kept without secrets and persons, opened again, run again, compared."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from sptui.settings import SettingsError
from sptui.spapi.answers import read_answer
from sptui.triage.case import Case, read_case
from sptui.triage.causes import Cause
from sptui.triage.events import TriageResult
from sptui.triage.flow import investigate
from sptui.triage.saved import CaseStore, SavedRun, UnreadableCaseFileError, compare
from sptui.triage.saved.case_file import decode

from .fakes import GOOD, INVALID, NOW, SELLER, US, FakeServices, Said, case
from .worlds import play, result_of

CANARY = "Atza|IwEBIcanary0123456789"
VALUES = {
    "MarketplaceIds": [US],
    "CreatedAfter": "2026-11-01T00:00:00Z",
    "MaxResultsPerPage": 10,
    "BuyerEmail": "jane.doe@example.com",
}


def failing(**more: Any) -> Case:
    answer = read_answer(400, {"x-amzn-RequestId": "r-1"}, b'{"errors":[{"code":"InvalidInput","message":"no"}]}')
    return case("getOrders", VALUES, answer=answer, headers={"x-amz-access-token": CANARY}, **more)


async def run_of(what: Case, said: Said) -> TriageResult:
    return result_of(await play(investigate(what, FakeServices(said))))


def store_in(folder: Path | None) -> CaseStore:
    return CaseStore(folder, lambda: NOW)


@pytest.mark.parametrize("on_disk", [True, False])
async def test_a_case_is_kept_and_opened_again(tmp_path: Path, *, on_disk: bool) -> None:
    store = store_in(tmp_path / "cases" if on_disk else None)
    kept = store.keep(failing(), await run_of(failing(), INVALID))
    opened = (store_in(tmp_path / "cases") if on_disk else store).load(kept.id)
    assert opened == kept
    again = opened.case()
    assert again.operation is not None
    assert again.operation.name == "getOrders"
    assert again.values["MaxResultsPerPage"] == 10  # a number stays one
    assert again.answer is not None
    assert (again.answer.status, again.answer.code) == (400, "InvalidInput")
    assert opened.authorization_key == SELLER.key
    assert opened.title == "getOrders · 400 InvalidInput"


async def test_neither_secrets_nor_persons_are_kept(tmp_path: Path) -> None:
    kept = store_in(tmp_path).keep(failing(), await run_of(failing(), INVALID))
    text = (tmp_path / f"{kept.id}.json").read_text()
    assert CANARY not in text
    assert "canary" not in text
    assert "jane" not in text
    assert kept.blurred == ("BuyerEmail",)


async def test_runs_are_added_and_compared(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    kept = store.keep(failing(), await run_of(failing(), INVALID))
    kept = store.keep(failing(), await run_of(failing(), GOOD), kept)
    assert len(store.list().cases) == 1
    before, after = store.load(kept.id).runs
    comparison = compare(before, after)
    assert comparison.fixed
    assert comparison.summary == f"It passes now; before, the cause was {before.cause}."
    whole = next(each for each in comparison.trials if set(each.parameters) == set(VALUES))
    assert (whole.before, whole.after, whole.changed) == ("400 InvalidInput", "200", True)
    assert ("reproduce", "found", "found") not in comparison.steps


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        ("role", "role", "It still fails, and the cause is the same: role."),
        ("role", "account", "It still fails, for another cause: account, where it was role."),
        ("success", "role", "It fails now (role); before, it passed."),
        ("success", "success", "It passes, as before."),
    ],
)
def test_what_changed_is_told_in_one_sentence(before: str, after: str, summary: str) -> None:
    runs = [SavedRun(NOW, {"verdict": [{"cause": each}]}) for each in (before, after)]
    assert compare(*runs).summary == summary
    assert compare(*runs).fixed is (before != Cause.SUCCESS == after)


async def test_a_file_that_is_none_is_told_and_left_alone(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.keep(failing(), await run_of(failing(), INVALID))
    (tmp_path / "broken.json").write_text('{"id": "x", ')
    (tmp_path / "newer.json").write_text(
        json.dumps({"id": "n", "title": "", "created": "2026-01-01T00:00:00Z", "data": {}, "format": 99})
    )
    shelf = store.list()
    assert len(shelf.cases) == 1
    assert len(shelf.problems) == 2
    assert "broken.json holds no case of sptui" in shelf.problems[0]
    assert "newer sptui" in shelf.problems[1]
    assert (tmp_path / "broken.json").exists()


def test_a_name_from_outside_reaches_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    store = store_in(tmp_path / "cases")
    for name in ("../secret", "/etc/passwd", "", "a/b"):
        with pytest.raises(LookupError):
            store.load(name)
    store.remove("../secret")
    assert (tmp_path / "secret.json").exists()


async def test_two_cases_of_one_second_have_two_names(tmp_path: Path) -> None:
    store, result = store_in(tmp_path), await run_of(failing(), INVALID)
    assert len({store.keep(failing(), result).id for _ in range(3)}) == 3
    first = store.list().cases[0]
    store.remove(first.id)
    assert len(store.list().cases) == 2


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SettingsError):
        store_in(blocked / "cases").keep(failing(), await run_of(failing(), INVALID))


async def test_of_very_many_runs_the_oldest_are_let_go(tmp_path: Path) -> None:
    result = await run_of(failing(), INVALID)
    kept = store_in(None).keep(failing(), result)
    for minute in range(60):
        kept = kept.with_run(result, NOW + timedelta(minutes=minute))
    assert len(kept.runs) == 50
    assert kept.runs[-1].at == NOW + timedelta(minutes=59)


def test_nothing_is_left_of_a_case_that_was_removed(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.remove(store.keep(failing(), asyncio.run(run_of(failing(), INVALID))).id)
    assert list(tmp_path.iterdir()) == []


async def test_the_whole_of_a_run_can_be_had_again() -> None:
    result = await run_of(case(), INVALID)
    kept = store_in(None).keep(case(), result)
    assert kept.runs[0].whole == result


async def test_a_case_that_is_run_again_forgets_what_it_answered_then() -> None:
    kept = store_in(None).keep(failing(), await run_of(failing(), INVALID))
    assert kept.case().answer is not None
    again = kept.case_again()
    assert (again.answer, again.values["MaxResultsPerPage"]) == (None, 10)


@drawn(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_case_or_an_error(content: bytes) -> None:
    with contextlib.suppress(UnreadableCaseFileError, ValueError):
        decode(content, "x.json").case()


_NAMES = st.sampled_from(["verdict", "trials", "steps", "cause", "parameters", "status", "step"])
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner)
)


@drawn(st.dictionaries(_NAMES, _JSON))
def test_any_result_can_be_compared(result: dict[str, Any]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert compare(SavedRun(at, result), SavedRun(at, {})).summary


def test_a_saved_call_is_a_case_that_explain_reads() -> None:
    from sptui.triage.saved import case_data

    again = read_case(case_data(failing()))
    assert again.operation is not None
    assert again.answer is not None
