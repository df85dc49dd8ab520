"""Walking the triage on the command line: shows what happens, answers what is asked, keeps the case."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sptui.cli.output import print_json, talk
from sptui.cli.plain import plain
from sptui.cli.triage_report import describe_event, describe_question
from sptui.triage.events import YES, Event, Finished, Question, Reply, StepFinished, TriageResult

if TYPE_CHECKING:
    from sptui.triage.case import Case
    from sptui.triage.saved import SavedCase
    from sptui.workspace import Workspace


class Face:
    """Shows events and answers questions: on the terminal, or as the options say."""

    def __init__(self, *, assume_yes: bool, as_json: bool, stream: bool) -> None:
        self._assume_yes = assume_yes
        self._as_json = as_json
        self._stream = stream

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is told to people."""
        return self._as_json

    def take(self, event: Event) -> Reply | None:
        """Shows one event; the reply to it, where it takes one."""
        if isinstance(event, Question):
            return self._answer(event)
        if isinstance(event, StepFinished) and self._stream:
            print_json(event.as_json())
        if not self._as_json:
            for line in describe_event(event):
                talk(line)
        return None

    def _answer(self, question: Question) -> Reply:
        if question.is_call and self._assume_yes:
            return YES
        if not _is_interactive():
            return Reply(question.default)
        for line in describe_question(question):
            talk(line)
        return Reply(_ask(question))


def _ask(question: Question) -> str:
    """One of the choices, whole or by its first letters."""

    def read(typed: str) -> str:
        word = typed.strip().lower()
        exact = [each for each in question.choices if each.lower() == word]
        meant = exact or [each for each in question.choices if word and each.lower().startswith(word)]
        if len(meant) != 1:
            raise click.UsageError(f"Answer with {', '.join(question.choices)}, or its first letters.")
        return meant[0]

    choices = "/".join(question.choices)
    answer: str = click.prompt(
        f"{plain(question.text)} [{choices}]", default=question.default, value_proc=read, err=True
    )
    return answer


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


async def walk(workspace: Workspace, case: Case, face: Face, *, read_only: bool) -> TriageResult:
    """The flow from its beginning to its end."""
    from sptui.triage.flow import Options, investigate
    from sptui.triage.sending import relayed

    options = Options(read_only=read_only or workspace.config.read_only)
    async with relayed(investigate(case, workspace.triage_services(), options)) as flow:
        async for event in flow:
            flow.reply = face.take(event)
            if isinstance(event, Finished):
                return event.result
    raise AssertionError("the flow ended without a Finished event")


def keep(
    workspace: Workspace, case: Case, result: TriageResult, saved: SavedCase | None = None, *, quiet: bool
) -> None:
    """Keeps the run among the user's cases; a case that cannot be kept is told, and changes nothing else. A simulated
    one goes with the world.
    """
    from sptui.settings import SettingsError

    if workspace.simulated:
        return
    try:
        kept = workspace.cases.keep(case, result, saved)
    except SettingsError as problem:
        talk(f"The case was not kept: {problem}")
        return
    if not quiet:
        talk(f"Kept as {kept.id}: `sptui cases run {kept.id}` sends it again after the fix.")
