"""How often the flow names the right cause and the right parameters, and with how many calls: random worlds with one
fault each.

    python tests/bench/campaign.py --worlds 1000 --seed 1

What ``least`` means stands in tests/unit/triage/challenge.py.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from triage.campaign import Outcome, challenges, walk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", action="store_true", help="print each world that was taken for another")
    options = parser.parse_args()
    began = time.perf_counter()
    outcomes = walk(challenges(options.seed, options.worlds))
    seconds = time.perf_counter() - began
    kinds = sorted({each.challenge.kind for each in outcomes})
    head = ("worlds", "cause", "culprit", "calls", "worst", "least", "ratio")
    print(f"{'kind':24}{''.join(f'{each:>9}' for each in head)}")
    for kind in kinds:
        _print_row(kind, [each for each in outcomes if each.challenge.kind == kind])
    _print_row("all", outcomes)
    families = {each.challenge.family for each in outcomes}
    ratios = sorted(each.ratio for each in outcomes)
    within = sum(each.ratio <= 1.5 for each in outcomes) / len(outcomes)
    print(f"{len(families)} APIs, {len({each.challenge.operation for each in outcomes})} operations; ", end="")
    print(f"calls against the least: median {statistics.median(ratios):.2f}, worst {ratios[-1]:.1f}; ", end="")
    print(f"within 1.5 times: {within:.1%}; {seconds:.1f} s")
    if options.wrong:
        for each in outcomes:
            if not each.cause_right or each.culprits_right is False:
                print(_in_words(each))


def _print_row(name: str, outcomes: list[Outcome]) -> None:
    told = [each.culprits_right for each in outcomes if each.culprits_right is not None]
    calls, least = [each.result.calls for each in outcomes], [each.challenge.least for each in outcomes]
    ratio = sum(calls) / max(1, sum(least))
    cells = (
        f"{len(outcomes)}",
        _share(each.cause_right for each in outcomes),
        _share(told) if told else "-",
        f"{statistics.median(calls):g}",
        f"{max(calls)}",
        f"{statistics.median(least):g}",
        f"{ratio:.2f}",
    )
    print(f"{name:24}{''.join(f'{each:>9}' for each in cells)}")


def _share(right: Iterable[bool | None]) -> str:
    told = [bool(each) for each in right]
    return f"{sum(told) / len(told):.1%}"


def _in_words(outcome: Outcome) -> str:
    challenge, result = outcome.challenge, outcome.result
    first = result.verdict.first
    return (
        f"{challenge.kind}, {challenge.region} {challenge.operation}: {first.cause} {first.likelihood:.2f} "
        f"{result.culprits} in place of {'/'.join(challenge.causes)} {sorted(challenge.culprits or ())}; "
        f"{len(challenge.world.sellers)} sellers, roles known {challenge.roles_known}, calls {result.calls}"
    )


if __name__ == "__main__":
    main()
