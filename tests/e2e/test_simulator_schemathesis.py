"""schemathesis against ``sptui simulator``: requests near Amazon's models, answers held against them.

Needs the models (``SPTUI_MODELS``) and schemathesis 4 in an environment of its own (``SPTUI_SCHEMATHESIS``: its
executable ``st``, or ``st`` on the path). Without either skipped; under ``CI=true`` failed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from asking import crowd_world
from crowd import crowd_tokens
from merged_models import merged_models
from simulator_process import running
from test_prism import _missing, models

from sptui.spapi.catalogue import load_catalogue

__all__ = ["models"]

CROWD = 20
"""Sellers who take turns, so that no usage plan stands in the way."""

EXAMPLES = 2
"""Cases of each operation, right and wrong ones; the same in every run."""

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

WITHOUT_BODY = ("MissingContentType", "MalformedJson")
"""What is held against 204: it has no body, hence no type, whatever the model says of it."""

KNOWN: dict[str, str] = {}
"""By kind and operation what else schemathesis has against an answer, with the reason."""


@pytest.fixture(scope="module")
def program() -> str:
    found = os.environ.get("SPTUI_SCHEMATHESIS") or shutil.which("st") or ""
    if not found or not Path(found).exists():
        _missing("SPTUI_SCHEMATHESIS names no schemathesis, and none is on the path")
    return found


def test_no_answer_breaks_amazons_models(models: Path, program: str, tmp_path: Path) -> None:
    world, document, tokens, report = (
        tmp_path / each for each in ("world.toml", "doc.json", "tokens.json", "out.json")
    )
    world.write_text(crowd_world(CROWD), "utf-8")
    document.write_text(json.dumps(merged_models(models, answers=True)), "utf-8")
    with running("--world", str(world)) as simulator:
        tokens.write_text(json.dumps(crowd_tokens(simulator.base, CROWD)), "utf-8")
        command = [program, "run", str(document), "--url", simulator.base, "--max-examples", str(EXAMPLES)]
        command += ["--phases", "fuzzing", "--generation-deterministic", "--no-shrink", "--continue-on-failure"]
        command += ["--checks", ",".join(CHECKS), "--report", "json", "--report-json-path", str(report)]
        command += ["--suppress-health-check", "too_slow"]  # a machine under load is slow, not wrong
        hooks = {
            "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("schemathesis_hooks.py")),
            "SPTUI_TOKENS": str(tokens),
        }
        ended = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, **hooks}, capture_output=True, text=True, check=False
        )
    assert report.exists(), ended.stdout[-2000:] + ended.stderr[-2000:]
    told = json.loads(report.read_text("utf-8"))
    assert told["operations"]["tested"] >= 370
    assert told["test_cases"]["generated"] > 700
    assert told["errors"] == []
    found = violations(told)
    assert set(found) == set(KNOWN), found


def violations(report: dict[str, Any]) -> list[str]:
    """Kind and operation of everything that is not explained by an answer without a body."""
    empty = {f"{each.method} {each.path}" for each in load_catalogue() if 204 in each.statuses}
    return [
        f"{each['type']} {operation}"
        for each in report["failures"]
        for operation in each["operations"]
        if each["type"] not in WITHOUT_BODY or operation not in empty
    ]
