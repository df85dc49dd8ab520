"""Which catalogue is used: the built-in one, or a newer one that the user built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sptui.cli.main import cli
from sptui.spapi.catalogue import (
    BUILT_IN,
    catalogue_origin,
    catalogue_problem,
    forget_catalogue,
    load_catalogue,
    read_catalogue,
    use_catalogue_file,
)
from sptui.spapi.catalogue.errors import CatalogueFileError
from sptui.spapi.catalogue_build import write_catalogue

from .test_build import model


@pytest.fixture(autouse=True)
def _built_in_again() -> Iterator[None]:
    yield
    use_catalogue_file(None)
    forget_catalogue()
    assert len(load_catalogue()) == 370


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "things.json").write_text(json.dumps(model()), "utf-8")
    return folder


def test_a_newer_file_is_used(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    write_catalogue(models, file, as_of="2099-01-01")
    use_catalogue_file(file)
    assert [each.key for each in load_catalogue()] == ["things-v1.getThing"]
    assert (catalogue_origin(), catalogue_problem()) == (str(file), "")


def test_an_older_file_is_not(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    write_catalogue(models, file, as_of="2020-01-01")
    use_catalogue_file(file)
    assert len(load_catalogue()) == 370
    assert (catalogue_origin(), catalogue_problem()) == (BUILT_IN, "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "not a catalogue"),
        ("{", "not a catalogue"),
        ("[1]", "not a catalogue"),
        ("\x00\xff", "not a catalogue"),
        ('{"format": 99, "as_of": "2099-01-01"}', "format 99"),
        ('{"format": 1, "as_of": "2099-01-01"}', "not a catalogue"),
        ('{"format": 1, "as_of": "2099-01-01", "operations": [], "shapes": {}, "samples": {}, "answers": {}}',
         "holds no operation"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_and_passed_over(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text(content, "latin-1")
    use_catalogue_file(file)
    assert len(load_catalogue()) == 370
    assert told in catalogue_problem()
    assert str(file) in catalogue_problem()


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    use_catalogue_file(tmp_path)
    assert len(load_catalogue()) == 370
    assert "cannot be read" in catalogue_problem()


def test_a_file_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    before = load_catalogue()
    use_catalogue_file(tmp_path / "gone.json")
    assert load_catalogue() is before


def test_bytes_that_are_no_catalogue() -> None:
    with pytest.raises(CatalogueFileError, match="not a catalogue"):
        read_catalogue(b"\xff")


def test_the_command_builds_and_uses(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))
    done = CliRunner().invoke(cli, ["operations", "build", str(models), "--as-of", "2099-01-01", "--json"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["operations"], answer["models"], answer["used"]) == (1, 1, True)
    assert [each.key for each in load_catalogue()] == ["things-v1.getThing"]
    (models / "cut.json").write_text("{", "utf-8")
    partly = CliRunner().invoke(cli, ["operations", "build", str(models), "--as-of", "2099-01-02"])
    assert (partly.exit_code, "cut.json: it is not JSON" in partly.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "told"), [(["/nowhere"], "is not a folder"), (["{models}", "--as-of", "soon"], "expected is a date")]
)
def test_the_command_refuses(models: Path, arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(
        cli, ["operations", "build", *(each.replace("{models}", str(models)) for each in arguments)]
    )
    assert done.exit_code == 2
    assert told in done.stderr
