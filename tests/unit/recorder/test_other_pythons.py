"""The recorder's folder, copied under another name into programs of other Pythons."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sptui.recorder

FOLDER = Path(sptui.recorder.__file__).parent
SCRIPT = Path(__file__).with_name("other_python.py")
SOURCES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_is_written_for_python_39_and_imports_only_what_is_there(source: Path) -> None:
    tree = ast.parse(source.read_text(), feature_version=(3, 9))
    known = {*sys.stdlib_module_names, "httpx", "aiohttp", "requests"}
    for each in ast.walk(tree):
        if isinstance(each, ast.Import):
            assert {name.name.partition(".")[0] for name in each.names} <= known
        elif isinstance(each, ast.ImportFrom):
            assert each.level == 1 or (each.level == 0 and (each.module or "").partition(".")[0] in known)


@pytest.mark.parametrize(
    "version", ["", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"], ids=lambda each: each or "this"
)
def test_it_runs(version: str, tmp_path: Path) -> None:
    python = shutil.which(f"python{version}") if version else sys.executable
    if not python or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"there is no Python {version}")
    shutil.copytree(FOLDER, tmp_path / "call_recorder")
    command = [python, "-W", "error::DeprecationWarning:call_recorder", str(SCRIPT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
