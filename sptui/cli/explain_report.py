"""An explanation in words that are read in ten seconds: cause, why, what to do, who; then what was recognised."""

from __future__ import annotations

from typing import Final

from sptui.cli.triage_report import describe_verdict, listed
from sptui.triage.explanation import Explanation
from sptui.triage.reading import missing_in, recognised_facts

_OPTIONS: Final = {
    "operation": "--operation", "status": "--status", "region": "--region", "marketplace": "--marketplace",
    "token_kind": "--token", "roles": "--role", "other_sellers": "--other-sellers",
    "account_status": "--account-status", "seller": "--seller",
}  # fmt: skip
_MOST_MISSING: Final = 3
_MOST_ENTRIES: Final = 12


def describe_explanation(explanation: Explanation, width: int = 100) -> str:
    """The whole report, in lines of at most ``width`` columns."""
    found, case = explanation.found, explanation.case
    (_, form), *facts = recognised_facts(found, case)
    read = ", ".join(value if label in _PLAIN else f"{label} {value}" for label, value in facts)
    missing = [
        f"{each.why} {_OPTIONS.get(each.field, '')}".rstrip() for each in list(missing_in(found, case))[:_MOST_MISSING]
    ]
    lines = describe_verdict(explanation.verdict, width)
    lines += ["", *listed("Read", (f"{form}{': ' if read else ''}{read}", *found.notes), width)]
    lines += listed("Missing", tuple(missing), width)
    if len(found.entries) > 1:
        chosen = f"This is entry {found.entry + 1} of {len(found.entries)}; --entry N explains another:"
        others = [f"{number}. {title}" for number, title in enumerate(found.entries[:_MOST_ENTRIES], 1)]
        lines += listed("Entries", (chosen, *others), width)
    return "\n".join(lines)


_PLAIN: Final = frozenset({"operation", "region", "marketplace", "answer"})
