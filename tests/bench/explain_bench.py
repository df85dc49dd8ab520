"""How many failing calls a second are explained, from JSON line to JSON line: ``python tests/bench/explain_bench.py``.

What is timed is the work of ``sptui explain --json`` on a stream, without the reading and writing of files. Give a file
of cases (JSON Lines) to measure others than the field cases of the tests. Times are of the process, so that what else
runs on the machine counts little.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sptui.triage.explanation import explain
from sptui.triage.reading import read_text

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASES = Path(__file__).parents[1] / "unit" / "triage" / "field_cases.jsonl"
CALLS = 5_000
ROUNDS = 5


def explained(line: str) -> bytes:
    """One line of ``explain --json``."""
    return msgspec.json.encode(explain(read_text(line), NOW).as_json())


def main() -> None:
    """Warms up once over every case, then times at least 5,000 of them, five times."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CASES
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for line in lines:
        explained(line)
    repeats = -(-CALLS // len(lines))
    count = repeats * len(lines)
    rates: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(repeats):
            for line in lines:
                explained(line)
        rates.append(count / (time.process_time() - began))
    best, middle = max(rates), statistics.median(rates)
    print(f"{best:,.0f} cases a second of processor time at best, {middle:,.0f} in the middle ({ROUNDS} x {count})")


if __name__ == "__main__":
    main()
