"""The wizard's panels in words: steps, evidence, trials, verdict. Pure: text in, Content and rows out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from textual.content import Content

from sptui.triage.events import StepName, StepOutcome
from sptui.triage.flow import TITLES
from sptui.triage.isolation import Trial
from sptui.triage.isolation.minimal import MINIMAL_CALL
from sptui.triage.verdict import RankedCause, Verdict
from sptui.tui.marks import Mark, hanging, line, one_line, wrapped
from sptui.tui.verdict_text import STRENGTH_TONES, WORTH_TELLING, grounds
from sptui.tui.walk import Move, Walk

TO_COME: Final = Mark("·", "to come", "muted")
NEXT: Final = Mark("▸", "next", "warning")
RUNNING: Final = Mark("◌", "running", "plain")
TO_SKIP: Final = Mark("-", "to skip", "muted")
OUTCOMES: Final = {
    StepOutcome.OK: Mark("●", "in order", "success"),
    StepOutcome.FOUND: Mark("▲", "found", "warning"),
    StepOutcome.SKIPPED: Mark("-", "left out", "muted"),
    StepOutcome.FAILED: Mark("✖", "failed", "error"),
    StepOutcome.ASKED: Mark("?", "no yes", "muted"),
}
PASSES: Final = Mark("●", "passes", "success")
FAILS: Final = Mark("✖", "fails", "error")
_BAR: Final = 10
_LONG_WAIT_SECONDS: Final = 1.0


# Steps ----------------------------------------------------------------------------------------------------


def mark_of(walk: Walk, step: StepName, *, next_: StepName | None = None) -> Mark:
    """How a step stands."""
    if (done := walk.finished.get(step)) is not None:
        return OUTCOMES[done.outcome]
    if step in walk.to_skip:
        return TO_SKIP
    if step is next_:
        return NEXT
    return RUNNING if step is walk.running else TO_COME


def calls_in_words(calls: int) -> str:
    """``no call``, ``1 call``, ``3 calls``."""
    return "no call" if not calls else "1 call" if calls == 1 else f"{calls} calls"


def seconds_in_words(seconds: float) -> str:
    """``43 s``, ``6 min``, ``2 h``."""
    whole = int(seconds + 0.999)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min" if whole < 7200 else f"{round(whole / 3600)} h"


def cost_of(walk: Walk, step: StepName, wait: float) -> str:
    """What a step cost, or what it may cost: ``up to 3 calls, 2 min``; ``wait`` in seconds."""
    if (done := walk.finished.get(step)) is not None:
        return "" if done.outcome is StepOutcome.SKIPPED and not done.calls else _spent(walk, step)
    calls = walk.planned_calls(step)
    told = calls_in_words(calls) if calls < 2 else f"up to {calls} calls"
    return told + (f", {seconds_in_words(wait)}" if wait > _LONG_WAIT_SECONDS else "")


def _spent(walk: Walk, step: StepName) -> str:
    seconds = walk.seconds.get(step, 0.0)
    long = f", {seconds_in_words(seconds)}" if seconds > _LONG_WAIT_SECONDS else ""
    return calls_in_words(walk.finished[step].calls) + long


def plan_of(walk: Walk, step: StepName, wait: float) -> str:
    """What a step will do and cost, in a sentence or two."""
    calls = walk.planned_calls(step)
    cost = "Sends nothing." if not calls else f"Sends {'1 call' if calls == 1 else f'up to {calls} calls'}."
    held = f" The usage plan makes it wait about {seconds_in_words(wait)}." if wait > _LONG_WAIT_SECONDS else ""
    return f"{walk.purpose(step)} {cost}{held}"


# Evidence -------------------------------------------------------------------------------------------------


def evidence_text(
    walk: Walk, steps: Iterable[StepName], chosen: StepName | None, next_: StepName | None, width: int
) -> tuple[Content, int]:
    """What steps found, each under its title; and the line at which the chosen one begins."""
    lines: list[Content] = []
    at = 0
    for step in steps:
        if step is chosen:
            at = len(lines)
        lines += _found_by(walk, step, mark_of(walk, step, next_=next_), chosen=step is chosen, width=width)
    return Content("\n").join(lines), at


def _found_by(walk: Walk, step: StepName, mark: Mark, *, chosen: bool, width: int) -> Iterator[Content]:
    done, move = walk.finished.get(step), walk.moves.get(step)
    title = walk.title(step)
    heading = Content.styled(title, "bold") if chosen else Content(title)
    yield Content.assemble(line((f"{mark.glyph} ", mark.tone)), heading, line((f"  {mark.word}", "muted")))
    if done is None:
        yield from (line("  ", (each, "muted")) for each in wrapped(walk.purpose(step), width - 4))
        return
    for each in done.evidence:
        yield from (line("  ", part) for part in wrapped(each.fact, width - 4))
    if done.why and done.why not in [each.fact for each in done.evidence]:
        yield from (line("  ", (part, "muted")) for part in wrapped(done.why, width - 4))
    if move is not None:
        yield line("  ", (f"↳ {move.words}", "warning"))


# Trials ---------------------------------------------------------------------------------------------------


def parameters_told(trial: Trial, trials: Sequence[Trial]) -> str:
    """What a trial carried against the minimal call: ``+CreatedBefore``, ``-NextToken``, for another value
    than before ``≠MarketplaceIds``; of the minimal call itself, and without one, all names.
    """
    minimal = next((each for each in trials if each.purpose == MINIMAL_CALL), None)
    if minimal is None or trial is minimal:
        return ", ".join(trial.parameters) or "none"
    known = {name: value for each in reversed([minimal, *trials]) for name, value in each.values.items()}
    other = {name for name, value in trial.values.items() if known[name] != value}
    told = [f"-{name}" for name in minimal.values if name not in trial.values]
    told += [
        f"≠{name}" if name in other else f"+{name}"
        for name in trial.values
        if name in other or name not in minimal.values
    ]
    return " ".join(told) or "the same"


def status_mark(trial: Trial) -> Mark:
    """``● 200 passes``, ``✖ 400 fails``, ``✖ no answer``."""
    mark = PASSES if trial.ok else FAILS
    return Mark(mark.glyph, f"{trial.status} {mark.word}" if trial.status else "no answer", mark.tone)


def trial_detail(trial: Trial, trials: Sequence[Trial], width: int) -> Content:
    """All of a trial that a table has no room for."""
    told = [one_line(f"{name}={_value(value)}") for name, value in trial.values.items()]
    parts = [hanging("sent", "  ".join(told) or "no parameters", tone="muted", width=width, column=11)]
    when = f"{trial.at:%H:%M:%S} UTC, " if trial.at else ""
    ids = f"{when}request id {trial.request_id}" if trial.request_id else f"{when}no request id came"
    parts.append(hanging("answered", f"{ids}, {trial.milliseconds:.0f} ms", tone="muted", width=width, column=11))
    if (against := parameters_told(trial, trials)) not in ("the same", ", ".join(trial.parameters)):
        parts.append(hanging("against", f"the minimal call: {against}", tone="muted", width=width, column=11))
    return Content("\n").join(parts)


def _value(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


# Verdict --------------------------------------------------------------------------------------------------


def verdict_text(verdict: Verdict | None, move: Move | None, width: int) -> Content:
    """The first cause with all that speaks for and against it, what moved it, what to do, and what else it may be."""
    if verdict is None:
        return line(("Nothing is known yet.", "muted"))
    first, *others = verdict.causes
    parts = [headline(first)]
    if move is not None and move.before:
        parts.append(hanging("moved", f"{move.words}, by “{TITLES[move.step]}”", tone="warning", width=width))
    parts += grounds(first, width)
    parts.append(hanging("meaning", first.cause.meaning, tone="muted", width=width))
    likely = [each for each in others if each.likelihood >= WORTH_TELLING]
    if likely:
        told_others = ", ".join(f"{each.cause.value} {_percent(each.likelihood)}" for each in likely)
        parts.append(hanging("or else", told_others, tone="muted", width=width))
    return Content("\n").join(parts)


def headline(cause: RankedCause) -> Content:
    """``REQUEST  ━━━━━━━━╌╌ 78 %  very likely``."""
    full = round(cause.likelihood * _BAR)
    tone = STRENGTH_TONES[cause.strength]
    return line(
        (cause.cause.value.upper(), tone),
        ("  " + "━" * full, tone),
        ("╌" * (_BAR - full), "muted"),
        f" {_percent(cause.likelihood)}  {cause.strength.words}",
        (f"  {cause.who.value} must act" if cause.do else "", "muted"),
    )


def _percent(likelihood: float) -> str:
    return f"{likelihood:.0%}".replace("%", " %")


# What is going on -----------------------------------------------------------------------------------------


def doing_text(walk: Walk, now: float, next_: StepName | None, wait: float, end: str, width: int) -> Content:
    """What is going on, in a line or two: the next step and its cost, the one that runs, a wait, the end.

    ``end``: "" while it goes on, "recorded" for a run of before, "kept" where the case is kept, "over" where not.
    """
    if next_ is not None:
        told = wrapped(f"▸ Next: {walk.title(next_)}. {plan_of(walk, next_, wait)}", width)
        return Content("\n").join([*map(line, told), line(("  Enter makes it, s leaves it out.", "muted"))])
    if end:
        return line((_at_the_end(walk, end), "muted"))
    if walk.wait is not None:
        left = seconds_in_words(max(0.0, walk.wait.until - now))
        why = f"waiting {left} for {one_line(walk.wait.why)}  "
        return line(("◌ ", "warning"), why, ("x stops; what was found stays", "muted"))
    if walk.running is not None:
        first, *others = wrapped(f"{walk.title(walk.running)}: {walk.purpose(walk.running)}", width - 4)
        return line("◌ ", (first + (" …" if others else ""), "muted"))
    return line("")


def _at_the_end(walk: Walk, end: str) -> str:
    if end == "recorded":
        return f"As it was then: {calls_in_words(walk.calls)}. r runs it again, w has the texts."
    if walk.result is None:
        return "Stopped: what was found stays. r runs it again from the start."
    if walk.not_needed():
        return "The cause is certain: the other steps were left out. Enter on one makes it all the same."
    kept = ", case kept" if end == "kept" else ""
    return f"{calls_in_words(walk.calls).capitalize()}{kept}. w has the texts; Enter on a step goes back to it."
