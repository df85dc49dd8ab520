"""An operation's card, and JSON, as they look on the screen."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from sptui.spapi.catalogue import Operation
from sptui.spapi.operation_card import ParameterLine, card_of
from sptui.tui.marks import Tone, hanging, line, one_line, wrapped

_TONES: Final[dict[str, Tone]] = {"warning": "warning", "error": "error", "muted": "muted"}
_WIDE: Final = 70
"""From this width on, what a parameter takes stands beside its name."""
_NAMES: Final = 34
_MOST_LINES: Final = 1500
"""A Static of more lines takes seconds to lay out."""


def card_text(operation: Operation, width: int) -> Content:
    """The whole card in lines of at most ``width`` columns."""
    card = card_of(operation)
    parts = [Content.styled(card.title, "bold"), line((card.call, "muted")), line("")]
    parts += [hanging(fact.label, fact.text, tone=_TONES.get(fact.tone, "muted"), width=width) for fact in card.facts]
    parts += [
        hanging("rules" if place == 0 else "", rule, tone="muted", width=width) for place, rule in enumerate(card.rules)
    ]
    parts += _parameters("Required", card.required, width)
    parts += _parameters("Optional", card.optional, width)
    return Content("\n").join(parts)


def _parameters(title: str, parameters: tuple[ParameterLine, ...], width: int) -> list[Content]:
    if not parameters:
        return []
    told = [line(""), Content.styled(title, "bold")]
    for each in parameters:
        place = "" if each.place == "query" else f" {each.place}"
        used = 2 + len(each.name) + len(place)
        if width < _WIDE or used > _NAMES - 2:
            told.append(line(f"  {each.name}", (place, "muted")))
            told += [line((f"    {text}", "muted")) for text in wrapped(each.text, width - 4)]
            continue
        first, *others = wrapped(each.text, width - _NAMES)
        told.append(line(f"  {each.name}", (place, "muted"), " " * (_NAMES - used), (first, "muted")))
        told += [line((" " * _NAMES + text, "muted")) for text in others]
    return told


def body_text(text: str, *, is_json: bool) -> Content:
    """A body as it came, JSON in colours; of a very long one the beginning."""
    lines = text.splitlines()
    shown = "\n".join(each if is_json else one_line(each) for each in lines[:_MOST_LINES])
    content = _coloured(shown) if is_json else Content(shown)
    if len(lines) > _MOST_LINES:
        more = f"… and {len(lines) - _MOST_LINES} more lines; y copies them all, `sptui call` prints them."
        content = Content("\n").join([content, line((more, "muted"))])
    return content


def _coloured(text: str) -> Content:
    from textual.highlight import highlight

    return highlight(text, language="json")
