"""A run of the triage in words: its steps as they happen, and a verdict that is read in ten seconds."""

from __future__ import annotations

import textwrap
from typing import Final

import msgspec

from sptui.cli.plain import plain
from sptui.triage.events import (
    Event,
    Question,
    StepFinished,
    StepOutcome,
    StepStarted,
    TriageResult,
    TrialMade,
    Waiting,
)
from sptui.triage.verdict import RankedCause, Verdict

_TITLES: Final = 9
_MARKS: Final = {
    StepOutcome.OK: "✓",
    StepOutcome.FOUND: "!",
    StepOutcome.SKIPPED: "-",
    StepOutcome.FAILED: "x",
    StepOutcome.ASKED: "?",
}


def describe_event(event: Event) -> list[str]:
    """The lines that tell an event while the flow runs; none for what is told at the end."""
    match event:
        case StepStarted(title=title, calls=calls):
            cost = "" if not calls else f" (up to {calls} {'call' if calls == 1 else 'calls'})"
            return [f"{title}{cost} …"]
        case Waiting(seconds=seconds, why=why):
            return [f"  waiting {seconds:.0f} s: {plain(why)}"]
        case TrialMade(trial=trial):
            how = "passes" if trial.ok else f"fails: {trial.status or 'no answer'} {trial.code}".strip()
            return [plain(f"  {trial.purpose}: {how} ({trial.milliseconds:.0f} ms)")]
        case StepFinished(outcome=StepOutcome.SKIPPED, step=step, why=why):
            return [plain(f"{_MARKS[StepOutcome.SKIPPED]} {step}: {why}")]
        case StepFinished(outcome=outcome, evidence=evidence):
            return [plain(f"{_MARKS[outcome]} {each.fact}") for each in evidence]
        case _:
            return []


def describe_question(question: Question) -> list[str]:
    """The call that a question is about, whole."""
    lines = [plain(f"  {question.method} {question.path}")] if question.method else []
    if question.body is not None:
        lines.append(plain(f"  {msgspec.json.encode(question.body).decode()}"))
    for choice, told in zip(question.choices, question.told, strict=False):
        lines.append(plain(f"  {choice}: {told}"))
    return lines


def describe_result(result: TriageResult, width: int = 100) -> str:
    """The verdict for people, in lines of at most ``width`` columns."""
    lines = describe_verdict(result.verdict, width, culprits=result.culprits)
    spent = f"{result.calls} {'call' if result.calls == 1 else 'calls'}, {result.seconds:.1f} s"
    return "\n".join([*lines, "", spent])


def describe_verdict(verdict: Verdict, width: int = 100, *, culprits: tuple[str, ...] = ()) -> list[str]:
    """The likeliest cause whole, the others in a line each."""
    first, *others = verdict.causes
    return [
        f"{first.cause.upper()} · {first.strength.words} ({first.likelihood:.0%}) · who acts: {first.who}",
        first.cause.meaning,
        "",
        *listed("Because", first.because, width),
        *listed("Against", first.against, width),
        *listed("Do", tuple(f"{number}. {what}" for number, what in enumerate(first.do, 1)), width),
        *listed("Culprit", (" and ".join(culprits),) if culprits else (), width),
        *([""] if others else []),
        *listed("Or else", tuple(map(_in_one_line, others)), width),
    ]


def listed(title: str, entries: tuple[str, ...], width: int) -> list[str]:
    """Entries below each other behind their title, each wrapped under its own beginning."""
    lines: list[str] = []
    for entry in entries:
        text = plain(entry)
        hang = " " * (_TITLES + (3 if text[:1].isdigit() and text[1:3] == ". " else 0))
        first = f"{'' if lines else title:<{_TITLES}}"
        wrapped = textwrap.wrap(
            text, width, initial_indent=first, subsequent_indent=hang, break_on_hyphens=False, break_long_words=False
        )
        lines += wrapped or [first.rstrip()]
    return lines


def _in_one_line(cause: RankedCause) -> str:
    why = f": {cause.because[0]}" if cause.because else ""
    return f"{cause.cause} ({cause.likelihood:.0%}){why}"
