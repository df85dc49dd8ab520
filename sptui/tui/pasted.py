"""A text that somebody pastes, or a file's: read, explained, and as much of it as may be shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from textual.content import Content

from sptui.triage.explanation import Explanation, explain
from sptui.triage.reading import FillIn, missing_in, read_text, recognised_facts
from sptui.triage.reading.text import LARGEST_JSON, decode, masked, too_large
from sptui.tui.marks import hanging

_SHOWN_AT_MOST: Final = 8_000
_PLAIN: Final = frozenset({"operation", "region", "marketplace", "answer"})
_LISTED: Final = frozenset({"a HAR file", "a Postman collection"})
_CUT: Final = "\n…"


def read_paste(text: str, entry: int | None, more: FillIn, now: datetime) -> tuple[Explanation, str]:
    """The explanation, and the text as it may be shown. Raises UnreadableCaseError."""
    found = read_text(text, entry=entry)
    explanation = explain(found.filled(more), now)
    if is_listed(explanation):
        return explanation, "\n".join([f"{found.form[2:]}: {len(found.entries) or 1} calls", *found.entries[:200]])
    return explanation, preview(text)


def is_listed(explanation: Explanation) -> bool:
    """Whether it is one call of a file that holds many, of which the titles are shown."""
    return explanation.found.form in _LISTED


def preview(text: str) -> str:
    """The beginning of a text without its secrets; printable, so that it cannot steer the terminal."""
    begin = masked(text[: 4 * _SHOWN_AT_MOST])
    cut = len(text) > 4 * _SHOWN_AT_MOST or len(begin) > _SHOWN_AT_MOST
    lines = begin[:_SHOWN_AT_MOST].replace("\t", "    ").splitlines()
    kept = "\n".join("".join(each if each.isprintable() else " " for each in one) for one in lines)
    return kept + (_CUT if cut else "")


def is_cut(shown: str) -> bool:
    """Whether a preview is not the whole text."""
    return shown.endswith(_CUT)


def text_of_file(name: str) -> str:
    """The text in a file. Raises OSError, RuntimeError (an unknown ``~user``) and ValueError (too large, no text)."""
    with Path(name).expanduser().open("rb") as source:
        data = source.read(LARGEST_JSON + 1)
    if len(data) > LARGEST_JSON:
        raise too_large(len(data), LARGEST_JSON)
    return decode(data)


def recognised_text(explanation: Explanation, width: int) -> Content:
    """What was recognised, what is to be noted of it, and what is missing."""
    found, case = explanation.found, explanation.case
    (_, form), *facts = recognised_facts(found, case)
    told = " · ".join([form, *(value if label in _PLAIN else f"{label} {value}" for label, value in facts)])
    parts = [hanging("recognised", told, tone="muted", width=width)]
    parts += [hanging("", each, tone="muted", width=width) for each in found.notes[:3]]
    missing = ", ".join(each.words for each in missing_in(found, case))
    if missing:
        parts.append(hanging("missing", f"{missing} (F2 fills in)", tone="muted", width=width))
    return Content("\n").join(parts)
