"""Two runs of one case beside each other: what the fix changed."""

from __future__ import annotations

from typing import Any

import msgspec

from sptui.triage.causes import Cause
from sptui.triage.saved.case_file import SavedRun


class TrialPair(msgspec.Struct, frozen=True):
    """The same parameters in both runs: "200", "400 InvalidInput", or "" where a run did not try them."""

    parameters: tuple[str, ...]
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether it was tried in both and ended otherwise."""
        return bool(self.before and self.after) and self.before != self.after


class Comparison(msgspec.Struct, frozen=True):
    """``summary`` in one sentence; ``trials`` by their parameters; ``steps`` whose outcome changed, as name, before and
    after.
    """

    summary: str
    cause_before: str
    cause_after: str
    trials: tuple[TrialPair, ...]
    steps: tuple[tuple[str, str, str], ...]

    @property
    def fixed(self) -> bool:
        """Whether the call failed before and passes now."""
        return self.cause_after == Cause.SUCCESS != self.cause_before


def compare(before: SavedRun, after: SavedRun) -> Comparison:
    """What changed from one run to a later one."""
    first, second = before.cause, after.cause
    earlier, later = _trials(before.result), _trials(after.result)
    names = list(dict.fromkeys([*earlier, *later]))
    steps, steps_after = _steps(before.result), _steps(after.result)
    return Comparison(
        summary=_summary(first, second),
        cause_before=first,
        cause_after=second,
        trials=tuple(TrialPair(each, earlier.get(each, ""), later.get(each, "")) for each in names),
        steps=tuple(
            (name, outcome, steps_after[name])
            for name, outcome in steps.items()
            if name in steps_after and steps_after[name] != outcome
        ),
    )


def _summary(before: str, after: str) -> str:
    if after == Cause.SUCCESS:
        return f"It passes now; before, the cause was {before}." if before != after else "It passes, as before."
    if before == Cause.SUCCESS:
        return f"It fails now ({after}); before, it passed."
    if before == after:
        return f"It still fails, and the cause is the same: {after}."
    return f"It still fails, for another cause: {after}, where it was {before}."


def _trials(result: dict[str, Any]) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for each in _objects(result.get("trials")):
        names = each.get("parameters")
        if isinstance(names, list):
            # Of the same parameters once more, as with a sample value, the first is the call that was meant.
            told = f"{each.get('status') or 'no answer'} {each.get('code') or ''}".strip()
            found.setdefault(tuple(map(str, names)), told)
    return found


def _steps(result: dict[str, Any]) -> dict[str, str]:
    return {str(each.get("step", "")): str(each.get("outcome", "")) for each in _objects(result.get("steps"))}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
