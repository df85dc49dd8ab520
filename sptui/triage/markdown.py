"""A finished triage as Markdown: for an issue, a wiki, a colleague. Secrets are masked and persons blurred."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.people import hide_people, people_in
from sptui.spapi.redaction import redact
from sptui.triage.case import Case
from sptui.triage.events import StepOutcome, TriageResult
from sptui.triage.verdict import RankedCause


def as_markdown(case: Case, result: TriageResult) -> str:
    """The verdict, the steps with their evidence, and the trials."""
    text = "\n".join(_lines(case, result))
    return redact(hide_people(text, people_in([case.body, case.values])))


def _lines(case: Case, result: TriageResult) -> Iterator[str]:
    first, *others = result.verdict.causes
    name = case.operation.name if case.operation else case.name or "A call"
    yield f"# {_text(name)}: {first.cause.value}"
    yield ""
    if case.authorization is not None:
        who = case.authorization
        yield f"{_text(who.seller)} ({_text(who.seller_id)}), region {who.region}."
        yield ""
    yield f"**{first.cause.value}** ({first.strength.words}, {first.likelihood:.0%}). {first.cause.meaning}"
    yield ""
    yield from _listed("Because", first.because)
    yield from _listed("Against", first.against)
    yield from _listed(f"To do ({first.who.value})", first.do, numbered=True)
    if result.culprits:
        yield from _listed("Parameters at fault", tuple(f"`{each}`" for each in result.culprits))
    if others:
        yield from _listed("Or else", tuple(map(_in_one_line, others)))
    yield "## Steps"
    yield ""
    for step in result.steps:
        yield f"- **{step.step.value}**: {step.outcome.value}" + (f". {_text(step.why)}" if step.why else "")
        if step.outcome is not StepOutcome.SKIPPED:
            yield from (f"  - {_text(each.fact)} ({_text(each.source)})" for each in step.evidence)
    yield ""
    if result.trials:
        yield "## Trials"
        yield ""
        yield "| # | tried | parameters | answer | ms | request id |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for number, trial in enumerate(result.trials, 1):
            answer = f"{trial.status or 'no answer'} {trial.code}".strip()
            cells = (trial.purpose, ", ".join(trial.parameters), answer, f"{trial.milliseconds:.0f}", trial.request_id)
            yield f"| {number} | {' | '.join(map(_cell, cells))} |"
        yield ""
    yield f"{result.calls} calls, {result.seconds:.1f} s."


def _listed(title: str, entries: tuple[str, ...], *, numbered: bool = False) -> Iterator[str]:
    if not entries:
        return
    yield f"{title}:"
    yield ""
    for number, entry in enumerate(entries, 1):
        yield f"{f'{number}.' if numbered else '-'} {_text(entry)}"
    yield ""


def _in_one_line(cause: RankedCause) -> str:
    why = f": {cause.because[0]}" if cause.because else ""
    return f"{cause.cause.value} ({cause.likelihood:.0%}){why}"


def _text(text: str) -> str:
    """Text from anywhere in one line, whose marks mean nothing to Markdown and HTML."""
    line = " ".join("".join(each if each.isprintable() or each.isspace() else " " for each in text).split())
    for mark in "\\*_[]<>":
        line = line.replace(mark, f"\\{mark}")
    return line


def _cell(text: str) -> str:
    return _text(text).replace("|", "\\|")
