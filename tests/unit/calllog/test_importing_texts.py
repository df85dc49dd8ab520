"""Few and many different texts in one block: DuckDB holds them in different ways, and both stores have the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from sptui.calllog import opening
from sptui.calllog.asking.ask import who
from sptui.calllog.questions import Question
from sptui.calllog.store import CallLog
from sptui.spapi.catalogue import load_catalogue

from .importing_kit import import_file, line, stored

pytest.importorskip("duckdb")
ODD = ("it's", 'a "quote"', ":rows and $rows", "NUL \0 within", "a\nline", "ärger, ünïcode", "{n}", "')", "\\", "--")


@pytest.mark.parametrize("count", [30, 4000], ids=["few", "many"])
def test_both_stores_hold_the_same_texts(count: int, tmp_path: Path) -> None:
    texts = [*ODD, *(f"no. {number} {chr(97 + number % 26) * 9}" for number in range(count))]
    log = b"".join(
        line(number, status=400, message=text, code=text[::-1], application=text, details=text, method=f"M{number % 9}")
        for number, text in enumerate(texts)
    )
    for kind in ("parquet", "sqlite"):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "log.jsonl").write_bytes(log)
        report = import_file(kind, tmp_path / kind, tmp_path / kind / "log.jsonl")
        assert (report.new, report.aside) == (len(texts), 0)
    assert stored("parquet", tmp_path / "parquet") == stored("sqlite", tmp_path / "sqlite")


def test_a_roll_up_of_many_kinds_counts_each_call(tmp_path: Path) -> None:
    count = 3000
    log = tmp_path / "log.jsonl"
    messages = ["".join(chr(97 + int(digit)) for digit in f"{number:05d}") for number in range(count)]
    log.write_bytes(b"".join(line(each, status=403, message=messages[each // 2 * 2]) for each in range(count)))
    import_file("parquet", tmp_path, log, block_bytes=100_000)
    recorded = CallLog(None)
    with opening.asked_log(recorded, tmp_path) as engine:
        answer = who(engine, Question(load_catalogue().find("getOrderAddress"), 403), deep=True)
    recorded.close()
    assert (answer.calling, answer.failing, answer.failures) == (7, 7, count)


def test_everything_imported_can_be_forgotten(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(map(line, range(50))))
    import_file("parquet", tmp_path, log)
    with opening.opened_ledger(tmp_path) as ledger, opening.opened_store(ledger, tmp_path) as store:
        assert store.forget_before(datetime(2030, 1, 1, tzinfo=UTC)) == 50
    assert stored("parquet", tmp_path) == []
