"""How many requests a second the checker reads: ``python tests/bench/check_bench.py``."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import msgspec

from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.check import check_call, check_request
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, build_request, minimal_values, options_of, sample_value, with_needed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTEXT = RequestContext("ATVPDKIKX0DER", "A1SELLER000001", NOW)
ROUNDS = 10


def main() -> None:
    """Times the minimal request of every operation, the same with every option, and whole calls."""
    operations = [*load_catalogue()]
    minimal = [(each, minimal_values(each, CONTEXT)) for each in operations]
    full = [
        (each, values | {name: sample_value(each, name, CONTEXT) for name, _ in options_of(each, CONTEXT)})
        for each, values in minimal
    ]
    full = [
        (each, values | {name: sample_value(each, name, CONTEXT) for name in with_needed(each, values)})
        for each, values in full
    ]
    requests = [build_request(each, values) for each, values in minimal]
    calls = [
        (each.method, f"https://{Region.NA.host}{each.target}", msgspec.json.encode(each.body) if each.body else None)
        for each in requests
    ]
    for name, pairs in (("minimal requests", minimal), ("requests with every option", full)):
        began = time.perf_counter()
        for _ in range(ROUNDS):
            for operation, values in pairs:
                check_request(operation, values, now=NOW, region=Region.NA, token_kind="Atza|")
        print(f"{name}: {ROUNDS * len(pairs) / (time.perf_counter() - began):,.0f} a second")
    began = time.perf_counter()
    for _ in range(ROUNDS):
        for method, url, body in calls:
            check_call(method, url, {"x-amz-access-token": "Atza|x"}, body, now=NOW)
    print(f"whole calls: {ROUNDS * len(calls) / (time.perf_counter() - began):,.0f} a second")


if __name__ == "__main__":
    main()
