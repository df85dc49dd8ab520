"""Coverage-guided fuzzing of everything that reads foreign text for `explain`; see README.md beside this file.

    python tests/fuzz/fuzz_readers.py TARGET [-runs=100000] [libFuzzer's options] [CORPUS]

A target fails when it raises anything but UnreadableCaseError, when one input takes more than a second, or when a
secret that stood in the input in a form that is masked (a token, a named field) appears in the output.
"""

from __future__ import annotations

import importlib
import random
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

atheris: Any = importlib.import_module("atheris")  # not among the test dependencies: see README.md

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit")]

with atheris.instrument_imports(include=["sptui.triage", "sptui.spapi.redaction", "sptui.spapi.people", "sptui.cli"]):
    import msgspec

    from sptui.cli.explain_input import is_json_lines
    from sptui.cli.explain_report import describe_explanation
    from sptui.spapi.catalogue import load_catalogue
    from sptui.spapi.redaction import redact
    from sptui.triage.case import UnreadableCaseError, read_case
    from sptui.triage.explanation import explain
    from sptui.triage.reading import read_text, read_value
    from sptui.triage.reading.code import read_code
    from sptui.triage.reading.curl import read_curl
    from sptui.triage.reading.exceptions import read_exception
    from sptui.triage.reading.glean import glean
    from sptui.triage.reading.http_text import read_http
    from sptui.triage.reading.loose import objects_in
    from sptui.triage.reading.piece import Piece
    from sptui.triage.reading.text import masked, plain_lines
    from sptui.triage.support_case import SupportFacts, support_case

from reading.examples import CANARY, EXAMPLES  # noqa: E402

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CATALOGUE = load_catalogue()
SLOWEST_SECONDS = 1.0
MASKED = re.compile(rf"At(?:za|zr|c)\^?\|(?:IwEB)?{CANARY}")


class SlowError(Exception):
    """One input took too long."""


class LeakError(Exception):
    """A secret came out."""


def whole(text: str) -> Any:
    """From text to everything that is shown."""
    is_json_lines(text.splitlines()[:1000])
    explanation = explain(read_text(text, catalogue=CATALOGUE), NOW, CATALOGUE)
    told = support_case(SupportFacts.of_explanation(explanation))
    return explanation.as_json(), describe_explanation(explanation), told, explanation.found


def value(text: str) -> Any:
    """JSON: a HAR, a collection, a log line, a case, an answer."""
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    found = read_value(data, catalogue=CATALOGUE)
    told = support_case(SupportFacts.of_explanation(explain(found, NOW, CATALOGUE)))
    return found, repr(found.case(CATALOGUE)), told


def case(text: str) -> Any:
    """A case as the rules take it."""
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return repr(read_case(data, CATALOGUE))


def part(reader: Callable[[str], tuple[Piece, str] | None]) -> Callable[[str], Any]:
    """A reader of a part, fed as the whole feeds it: masked text with plain line ends."""

    def read(text: str) -> Any:
        found = reader(masked(plain_lines(text)))
        return found and (found[0].as_case(), found[0].notes)

    return read


TARGETS: dict[str, Callable[[str], Any]] = {
    "whole": whole,
    "value": value,
    "case": case,
    "curl": part(read_curl),
    "http": part(read_http),
    "code": part(read_code),
    "exception": part(read_exception),
    "glean": part(lambda text: (glean(text, CATALOGUE), "")),
    "loose": lambda text: list(objects_in(redact(text)))[:0],
}


def mutated_json(data: bytes, max_size: int, seed: int) -> bytes:
    """JSON with some of its values, names and places changed: bytes changed at random are seldom JSON still."""
    chance = random.Random(seed)
    if not chance.randrange(4):
        return bytes(atheris.Mutate(data, max_size))
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = msgspec.json.decode(chance.choice(JSON_EXAMPLES))
    for _ in range(chance.randrange(1, 4)):
        value = changed(value, chance, depth=0)
    encoded = msgspec.json.encode(value)
    return encoded if len(encoded) <= max_size else data


def changed(value: Any, chance: random.Random, depth: int) -> Any:
    """The value with one change somewhere in it."""
    if isinstance(value, (dict, list)) and value and chance.randrange(8):
        place: Any = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        value = dict(value) if isinstance(value, dict) else list(value)
        match chance.randrange(6):
            case 0:
                del value[place]
            case 1 if isinstance(value, dict):
                value[chance.choice(WORDS)] = value.pop(place)
            case 2 if isinstance(value, dict):
                value[chance.choice(WORDS)] = chance.choice(ODD)
            case 3 if isinstance(value, list):
                value.insert(place, chance.choice([*ODD, value[place]]))
            case _:
                value[place] = changed(value[place], chance, depth + 1)
        return value
    if isinstance(value, str) and chance.randrange(3):
        at = chance.randrange(len(value) + 1)
        return value[:at] + chance.choice([*WORDS, "\x00", "|", "%7C", "://[", "\n", "{"]) + value[at:]
    return chance.choice(ODD)


ODD: list[Any] = [
    None, True, 0, -1, 403, 1e300, 10**18, "", "x", "403", "{}", "[{", "https://[", "{{host}}/orders/v0/orders", [],
    [[]],
    {}, [None], {"name": None}, [{"name": 1, "value": 2}], {"raw": ["x"]}, "2026-11-23T10:00:00Z", "base64",
    f"Atza|{CANARY}",
]  # fmt: skip
WORDS = [
    "operation", "request", "response", "context", "method", "url", "headers", "body", "status", "log", "entries",
    "startedDateTime", "postData", "params", "content", "text", "encoding", "_error", "info", "item", "errors", "code",
    "message", "details", "error", "error_description", "payload", "statusCode", "path", "sellerId", "marketplaceIds",
    "time", "roles", "participations", "other_sellers", "calling", "failing", "token_kind", "failure", "kind", "stage",
    "region", "access_token", "msg", "name", "value", "raw",
]  # fmt: skip
JSON_EXAMPLES = [each.text for each in EXAMPLES if each.text.startswith("{")]
JSON_TARGETS = frozenset({"value", "case"})


def fuzz(target: Callable[[str], Any], data: bytes) -> None:
    """One input."""
    text = data.decode("utf-8", "replace")
    began = time.perf_counter()
    try:
        found = target(text)
    except UnreadableCaseError as problem:
        found = str(problem)
    seconds = time.perf_counter() - began
    if seconds > SLOWEST_SECONDS:
        raise SlowError(f"{seconds:.1f} s for {len(data)} bytes")
    seen = plain_lines(text)
    # A canary that the mutation cut (its halves are joined where quotes are taken off) is in no form that is masked.
    joined = re.sub(r"[^A-Za-z0-9]", "", seen)
    if CANARY in seen and len(MASKED.findall(seen)) == joined.count(CANARY):
        told = repr(found)
        if CANARY in told:
            raise LeakError(told[max(0, told.index(CANARY) - 200) : told.index(CANARY) + 50])


def main() -> None:
    """Runs one target from the examples as seeds."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(TARGETS)} [libFuzzer's options]")
    name = sys.argv.pop(1)
    corpus = [each for each in sys.argv[1:] if not each.startswith("-")]
    if corpus:
        for example in EXAMPLES:
            Path(corpus[0], f"example-{example.name}").write_text(example.text, encoding="utf-8")
    more = {"custom_mutator": mutated_json} if name in JSON_TARGETS else {}
    atheris.Setup(sys.argv, lambda data: fuzz(TARGETS[name], data), **more)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
