"""``sptui log import`` with what a person gives it at first: wrong files, wrong fields, nothing at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from calllog.importing_kit import line, lines
from click.testing import CliRunner, Result

from sptui.calllog import opening
from sptui.calllog.importing.importer import Importer, Report
from sptui.cli import log_import
from sptui.cli.main import cli

HEADER = "ts,method,path,status\n"
ROW = "2026-11-01T00:00:00Z,GET,/orders/v0/orders/902-1234567-7654321,200\n"


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, ["log", "import", *arguments], input=given)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (ROW + ROW, "x.log is CSV without a header: its first line is a call already."),
        ((ROW + ROW).replace(",", ";"), "such as time;method;path: (echo NAMES; cat"),
        (lines(3).decode().encode("utf-16-le"), "x.log is written in UTF-16. Make it UTF-8 first: iconv -f UTF-16LE"),
        (lines(3).decode().encode("utf-16-be"), "iconv -f UTF-16BE"),
        ("\ufeff" + lines(3).decode(), "3 new calls"),
        ("\ufeff" + HEADER + ROW, "1 new call, 0 known already"),
        (line(message="Händler").decode().encode("cp1252") * 2, "x.log is not written in UTF-8, as JSON is to be."),
        ('{"ts": "2026\n', "x.log begins as JSON does, but none of its first lines is an object that can be read."),
        (HEADER, "x.log (csv): no calls"),
        ("", "x.log (empty): empty"),
    ],
    ids=["no header", "semicolons", "UTF-16LE", "UTF-16BE", "mark", "mark and CSV", "Latin", "cut", "header", "empty"],
)
def test_the_answer_says_what_the_file_is_and_what_to_do(tmp_path: Path, content: str | bytes, told: str) -> None:
    (tmp_path / "x.log").write_bytes(content.encode() if isinstance(content, str) else content)
    done = run(str(tmp_path / "x.log"))
    assert told in done.stdout + done.stderr
    assert "902-1234567" not in done.stderr
    assert done.exit_code == (0 if told in done.stdout else 2)


def test_what_only_its_name_calls_an_archive(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(lines(3))
    done = run(str(tmp_path / "x.gz"))
    assert done.exit_code == 2
    assert "Not a gzipped file. Give it another name where it is not compressed." in done.stderr
    assert "b'" not in done.stderr


def test_standard_input_is_called_so() -> None:
    assert run("-", given=b"").stdout == "standard input (empty): empty\n"
    assert "standard input is no log that can be read" in run("-", given=b"hello\n").stderr
    done = run("-", given=lines(2)[:-20])
    assert "standard input (json lines): 1 new call, 0 known already, 1 line that cannot be read" in done.stdout
    assert "kept aside: standard input:2: no JSON" in done.stderr
    assert run("--aside", "-").stdout.startswith("standard input:2: no JSON")


# -- Fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_mapping_to_a_column_that_is_not_there_is_refused_and_not_kept(tmp_path: Path, form: str) -> None:
    path = tmp_path / "x.log"
    path.write_bytes((HEADER + ROW).encode() if form == "csv" else lines(1))
    done = run(str(path), "--map", "time=zeit")
    assert done.exit_code == 2
    assert "has no field as in --map time=zeit. It has the fields ts, method, path" in done.stderr
    assert "time = ts" in run(str(path)).stdout


def test_of_json_a_field_may_come_later(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(lines(3) + line(5, problem={"tag": "Late"}, code=None))
    assert "code = problem.tag" in run(str(path), "--map", "code=problem.tag").stdout
    path.write_bytes(lines(3, start=9))
    done = run(str(path), "--map", "code=reason")
    assert done.exit_code == 0
    assert "None of its first lines has a field reason: code stays empty wherever a line lacks it." in done.stderr
    whole = run(str(path), "--map", "body=problem")  # an object, whose fields alone are listed
    assert whole.exit_code == 0


def test_a_mapping_for_a_file_that_is_imported_already(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(lines(3))
    assert "--map is for" not in run(str(tmp_path / "x.log"), "--map", "code=code").stderr
    done = run(str(tmp_path / "x.log"), "--map", "code=message")
    assert "(json lines): nothing new since the last import" in done.stdout
    assert "What was imported before stays as it was read then: --map is for the lines that come." in done.stderr


# -- Once more -------------------------------------------------------------------------------------------------------


def test_once_more_from_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(lines(30))
    run(str(path))
    assert "0 new calls, 30 known already" in run(str(path), "--again").stdout
    done = run(str(path), "--again", "--follow")
    assert done.exit_code == 2
    assert "do that first, then --follow" in done.stderr


# -- Kept aside ------------------------------------------------------------------------------------------------------


def test_only_the_lines_of_this_import_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(lines(3) + b"broken\n")
    (tmp_path / "b.log").write_bytes(lines(3) + b"broken\n")
    run(str(tmp_path / "a.log"))
    done = run(str(tmp_path / "b.log"))
    assert "b.log:4" in done.stderr
    assert "a.log:4" not in done.stderr


def test_lines_kept_aside_can_be_forgotten(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.log").write_bytes(lines(3) + b"broken\n" + line(5, ts="never"))
        run(str(tmp_path / name))
    assert run("--forget-aside", str(tmp_path / "a")).stdout == "2 lines kept aside: forgotten.\n"
    assert {json.loads(each)["path"] for each in run("--aside", "--json").stdout.splitlines()} == {
        f"{tmp_path}/b/x.log"
    }
    assert run("--forget-aside", "--json").stdout == '{"forgotten":2}\n'
    assert run("--forget-aside").stdout == run("--aside").stdout == "No line is kept aside.\n"
    assert run("--aside", "--forget-aside").exit_code == 2


def test_what_is_kept_of_them_tells_of_nobody(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(
        line()
        + b'{"ts": "x", "Authorization": "Bearer Atza|canary1", "canary2@example.com": "canary3", "path": "/canary4"}\n'
        + b'{"ts": "2026-11-01T00:00:00Z", "canary5@example.com": {"buyer": "canary6"}, Atzr|canary7 \n'
        + b"canary8 202-1234567-7654321 +49 30 1234567\n"
    )
    assert run(str(tmp_path / "x.log")).exit_code == 1
    told = run("--aside", "--json").stdout
    assert len(told.splitlines()) == 3
    assert "canary" not in told
    assert "1234567" not in told
    with opening.opened_ledger(Path(os.environ["SPTUI_DATA_DIR"])) as ledger:
        assert "canary" not in repr(ledger.unreadable())


# -- Following -------------------------------------------------------------------------------------------------------


def test_what_comes_for_long_is_told_as_one_and_kept_in_few_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.setattr(log_import, "_TIDY_EVERY", 18)
    path = tmp_path / "x.log"
    path.write_bytes(lines(3))
    ticks = iter(range(3, 50))
    reports: list[Report] = []
    most = 0

    def wait() -> bool:
        nonlocal most
        number = next(ticks, 0)
        with path.open("ab") as file:
            file.write(line(number) if number % 25 else b"broken\n")
        most = max(most, len(ledger.segments()))
        return bool(number)

    with opening.opened_ledger(tmp_path) as ledger, opening.opened_store(ledger, tmp_path) as store:
        log_import._follow(Importer(ledger, store), store, str(path), reports, wait)
    assert [(each.new, each.known, each.aside) for each in reports] == [(49, 0, 1)]
    assert most <= 18
