"""Every form that a failing call comes in: what is read out of it, and that nothing secret is."""

from __future__ import annotations

import msgspec
import pytest

from sptui.triage.reading import missing_in, read_text, recognised_facts

from .examples import CANARY, EXAMPLES, Example


def _whole_output(text: str | bytes) -> str:
    found = read_text(text)
    case = found.case()
    facts, missing = recognised_facts(found, case), list(missing_in(found, case))
    return f"{found!r} {msgspec.json.encode(found).decode()} {case!r} {facts} {missing}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_reads_what_the_text_tells(example: Example) -> None:
    found = read_text(example.text)
    case = found.case()
    assert found.form == example.form
    assert (case.operation.name if case.operation else "") == example.operation
    assert (case.where or "") == example.region
    assert (case.answer.status if case.answer else 0) == example.status
    assert (case.answer.code if case.answer else "") == example.code
    assert case.token_kind == example.token
    assert {name: case.values.get(name) for name in example.values} == example.values
    assert (case.failure.kind if case.failure else "") == example.failure
    assert (case.answer.request_id if case.answer else "") == example.request_id
    if example.marketplace:
        assert case.marketplaces == (example.marketplace,)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_masks_every_secret(example: Example) -> None:
    assert CANARY not in _whole_output(example.text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_takes_any_encoding_and_line_end(encoding: str, line_end: str) -> None:
    example = next(each for each in EXAMPLES if each.name == "curl-bash-with-answer")
    found = read_text(example.text.replace("\n", line_end).encode(encoding))
    case = found.case()
    assert case.operation is not None
    assert case.operation.name == "getOrders"
    assert case.answer is not None
    assert case.answer.status == 403
