"""Writing a finished triage to a file."""

from __future__ import annotations

import errno
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest

from sptui.triage.costs import seconds_of_waiting
from sptui.triage.events import StepName
from sptui.triage.export import ExportError, ExportFormat, export_name, export_text, write_export
from sptui.triage.letters import why_no_letter_to_seller

from .fakes import FakeServices, case
from .test_letters import WHAT, result


def test_the_forms_tell_the_same_without_persons() -> None:
    markdown = export_text(WHAT, result(), ExportFormat.MARKDOWN)
    told = export_text(WHAT, result(), ExportFormat.JSON)
    assert json.loads(told)["verdict"][0]["cause"] == "account"
    assert "jane" not in told + markdown
    assert export_name(WHAT, result(), "md") == "getOrders-account.md"
    assert export_name(case("getOrders"), result(), "json") == "getOrders-account.json"


def test_a_file_is_written_once_and_over_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    assert write_export(path, "one", overwrite=False) == path
    with pytest.raises(FileExistsError):
        write_export(path, "two", overwrite=False)
    assert path.read_text() == "one"
    write_export(path, "two", overwrite=True)
    assert path.read_text() == "two"
    assert [each.name for each in tmp_path.iterdir()] == ["x.md"]


@pytest.mark.parametrize(("number", "told"), [(errno.ENOSPC, "Make room"), (errno.EACCES, "may write to")])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    class Full:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            (tmp_path / "x.md").touch()

        def write(self, _: bytes) -> None:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "open", lambda *_: Full())
    with pytest.raises(ExportError, match=told):
        write_export(tmp_path / "x.md", "one", overwrite=False)
    assert not list(tmp_path.iterdir())


def test_why_a_seller_is_not_written_to() -> None:
    from sptui.triage.causes import Cause

    assert "Amazon must act" in why_no_letter_to_seller(result(Cause.SERVICE))
    assert "Nothing failed" in why_no_letter_to_seller(result(Cause.SUCCESS))
    assert "developer must act" in why_no_letter_to_seller(result(Cause.REQUEST))


def test_what_a_step_may_cost_in_time() -> None:
    services, what = FakeServices(), case("getOrders")
    assert what.operation is not None
    assert seconds_of_waiting(what, StepName.OPTIONS, 3, services) == 0
    services.waits = 30.0
    alone = timedelta(seconds=seconds_of_waiting(what, StepName.MINIMAL, 1, services))
    assert alone == timedelta(seconds=30)
    assert seconds_of_waiting(what, StepName.MINIMAL, 2, services) > 60  # one call a minute
    assert seconds_of_waiting(what, StepName.REQUEST, 0, services) == 0
    assert seconds_of_waiting(what, StepName.QUESTIONS, 2, services) == 0
    assert seconds_of_waiting(case("getOrders", authorization=None), StepName.MINIMAL, 1, services) == 0
