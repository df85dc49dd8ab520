"""What is said of a call made by hand: what the operation is like, what is wrong with the request, what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from sptui.calling import outcome_in_words
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.check import RequestProblem
from sptui.spapi.operation_card import usage_plan_in_words
from sptui.tui.marks import Tone, line, one_line

_MOST_PROBLEMS: Final = 3


def hint_text(operation: Operation) -> Content:
    """One line: where it goes, how often it may be called, what is peculiar to it."""
    parts = [f"{operation.method} {operation.path}"]
    parts.append("no usage plan published" if operation.rate is None else usage_plan_in_words(operation))
    if operation.sandbox_only:
        parts.append("served in the sandbox alone")
    if not operation.parameters:
        parts.append("takes no parameters")
    if operation.side_effects != "none":
        parts.append("has side effects: asks before it is sent")
    if operation.rdt == "always":
        parts.append("wants a Restricted Data Token; sptui sends the seller's")
    if operation.deprecated:
        parts.append(f"deprecated{', use ' + operation.replaced_by if operation.replaced_by else ''}")
    return line((" · ".join(parts), "muted"))


def problems_text(problems: Sequence[RequestProblem]) -> Content:
    """What the catalogue has against a request: the first few, and how many more."""
    told = [_problem_line(each) for each in problems]
    told = told or [line(("● ", "success"), ("The catalogue has nothing against it.", "muted"))]
    if len(told) > _MOST_PROBLEMS:
        told[_MOST_PROBLEMS - 1 :] = [line((f"  and {len(told) - _MOST_PROBLEMS + 1} more", "muted"))]
    return Content("\n").join(told)


def _problem_line(problem: RequestProblem) -> Content:
    mark: tuple[str, Tone] = ("· ", "muted") if problem.is_note else ("▲ ", "warning")
    return line(mark, one_line(problem.problem))


def outcome_text(call: Call | None, doing: str) -> Content:
    """What came back, or what is going on (``doing``; "" for nothing)."""
    if doing:
        return line(("◌ ", "muted"), f"{doing} …  ", ("Esc stops", "muted"))
    if call is None:
        return line(("Nothing was sent yet. ", "muted"), ("F5", "warning"), (" sends what the form says.", "muted"))
    tone: Tone = "success" if call.ok else "error"
    mark = "●" if call.ok else "✖"
    answer, told = call.answer, [f"{call.milliseconds:.0f} ms"]
    if answer is not None and answer.rate_limit is not None:
        told.append(f"{answer.rate_limit:g} a second")
    if not call.ok:
        told.append("t finds out why")
    circumstances = line(("  " + " · ".join(told), "muted"))
    lines = [line((f"{mark} {one_line(outcome_in_words(call))}", tone))]
    lines = [lines[0] + circumstances] if call.ok else [*lines, circumstances]
    if answer is not None and answer.request_id:
        lines.append(line(("  request id ", "muted"), one_line(answer.request_id)))
    return Content("\n").join(lines)
