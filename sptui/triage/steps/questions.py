"""What only a person can know, asked in plain words; every question may be left unanswered."""

from __future__ import annotations

from typing import Final

from sptui.triage.events import Question, Reply, StepName
from sptui.triage.evidence import Evidence, PersonSaid
from sptui.triage.person import DO_NOT_KNOW, QUESTIONS, PersonQuestion
from sptui.triage.rules.base import Facts
from sptui.triage.run import Run
from sptui.triage.sending import Events
from sptui.triage.steps.base import Step, no_calls, nothing_to_explain


def _worth_asking(run: Run) -> list[PersonQuestion]:
    facts, verdict = Facts(run.evidence), run.verdict
    return [each for each in QUESTIONS if each.matters(facts, verdict)]


def _skip(run: Run) -> str:
    if why := nothing_to_explain(run):
        return why
    if Facts(run.evidence).nothing_seen:
        return "How the call fails is not known: no answer would change that."
    if run.culprits:
        return "The trials named the parameters to blame: no answer would change that."
    if run.verdict.is_settled():
        return f"What is known already speaks for {run.verdict.first.cause}."
    return "" if _worth_asking(run) else "No answer would change the ranking."


async def _ask(run: Run) -> Events:
    asked: set[str] = set()
    while open_ := [each for each in _worth_asking(run) if each.id not in asked]:
        question = open_[0]
        asked.add(question.id)
        reply = yield Question(run.step, question.id, question.text, question.choices, default=DO_NOT_KNOW)
        answer = reply.choice if isinstance(reply, Reply) and reply.choice in question.choices else DO_NOT_KNOW
        if answer != DO_NOT_KNOW:
            run.found(Evidence(f"{question.text} {answer.capitalize()}.", "you", PersonSaid(question.id, answer)))
        if run.verdict.is_settled():
            return


STEP_QUESTIONS: Final = Step(
    StepName.QUESTIONS,
    "What only you know",
    "Ask what no call can tell: a deploy, other sellers, what Seller Central says.",
    no_calls,
    _skip,
    _ask,
)
