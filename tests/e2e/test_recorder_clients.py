"""Both client libraries with the recorder attached, then the import of its file and the question who else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from simulator_process import running

import sptui.recorder
from sptui.cli.main import cli

CLIENTS = Path(__file__).parent / "clients"
US = "ATVPDKIKX0DER"

pytestmark = pytest.mark.xdist_group("client libraries")


class Recorded(NamedTuple):
    """The file, and what the script printed: the failures that it met."""

    file: Path
    raised: str


@pytest.fixture(scope="module", params=[("amazon", "spapi"), ("community", "sp_api")], ids=["amazon", "community"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A library's calls in a Python that has no sptui: the recorder's folder is copied, under another name."""
    script, package = request.param
    python = os.environ.get("SPTUI_CLIENTS", sys.executable)
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False).returncode:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{package} is not installed for {python} (SPTUI_CLIENTS)")
        pytest.skip(f"{package} is not installed; SPTUI_CLIENTS may name a Python that has it")
    folder = tmp_path_factory.mktemp("recorded")
    shutil.copytree(Path(sptui.recorder.__file__).parent, folder / "call_recorder")
    with running("--world", str(CLIENTS / "recorded_world.toml")) as simulator:
        done = subprocess.run(
            [python, str(CLIENTS / f"recorded_{script}.py"), simulator.base, str(folder / "calls.jsonl")],
            env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return Recorded(folder / "calls.jsonl", done.stdout.strip())


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, ["log", *arguments, "--json"])
    assert done.exit_code in (0, 1), done.output
    return json.loads(done.stdout)


def test_the_program_meets_the_same_failures_and_the_file_holds_no_secret(recorded: Recorded) -> None:
    library_error = recorded.raised.strip("[]").split(", ")
    assert "403" in library_error
    assert len(library_error) == 2
    assert "CANARY" not in recorded.file.read_text()
    assert "Atza|" in recorded.file.read_text()


def test_every_call_is_in_the_file(recorded: Recorded) -> None:
    lines = [json.loads(line) for line in recorded.file.read_text().splitlines()]
    api = [each for each in lines if each["stage"] == "api"]
    assert len({each["seller_id"] for each in api if each["path"] == "/orders/v0/orders"}) == 9
    assert all(each["region"] == "NA" and each["application"] == "amzn1.sp.solution.recorded" for each in api)
    assert [each["status"] for each in lines if each["stage"] == "lwa"].count(200) >= 9
    broken = {(each["seller_id"], each["path"], each["code"]) for each in lines if each["status"] == 0}
    assert broken == {("A4RECORDED00004", "/sellers/v1/marketplaceParticipations", "closed")}


@pytest.mark.parametrize("way", ["imported", "where it lies"])
def test_who_else(recorded: Recorded, way: str) -> None:
    file = ["--file", str(recorded.file)]
    if way == "imported":
        told = run("import", str(recorded.file))
        assert (told["unreadable"], told["known"]) == (0, 0)
        assert told["new"] == len(recorded.file.read_text().splitlines())
        file = []
    answer = run("who", "getOrders", "--status", "403", "--since", "1h", *file)
    assert (answer["calling"], answer["failing"], answer["pattern"]) == (9, 1, "one")
    assert answer["marketplaces"] == [{"marketplace": US, "calling": 9, "failing": 1}]
    dropped = run("who", "getMarketplaceParticipations", "--status", "0", "--since", "1h", *file)
    assert (dropped["calling"], dropped["failing"], dropped["pattern"]) == (9, 1, "one")
