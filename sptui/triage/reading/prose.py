"""A text that is no JSON: each reader takes its part of it, what they leave is gleaned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sptui.spapi.catalogue import Catalogue
from sptui.triage.reading.code import read_code
from sptui.triage.reading.curl import commands_in, read_curl
from sptui.triage.reading.exceptions import read_exception
from sptui.triage.reading.glean import glean
from sptui.triage.reading.hosts import Place, place_of
from sptui.triage.reading.http_text import read_http
from sptui.triage.reading.piece import Piece
from sptui.triage.reading.text import LARGEST_TEXT, masked, plain_lines, too_large

_READERS: Final[tuple[Callable[[str], tuple[Piece, str] | None], ...]] = (
    read_curl,
    read_http,
    read_code,
    read_exception,
)
_MOST_COMMANDS: Final = 50


def calls_in(text: str, catalogue: Catalogue) -> list[Piece]:
    """The calls in a text; a call is what one curl command and what follows it say, or the text as a whole."""
    if len(text) > LARGEST_TEXT:
        raise too_large(len(text), LARGEST_TEXT)
    text = masked(plain_lines(text))
    commands = commands_in(text)[:_MOST_COMMANDS]
    if len(commands) < 2:
        return [_piece(text, catalogue)]
    parts = [text[start:end] for start, end in commands]
    parts[0] = text[: commands[0][1]]
    return sorted((_piece(each, catalogue) for each in parts), key=_order)


def _order(piece: Piece) -> tuple[bool, int, bool]:
    """Failing calls first, those of SP-API before LWA's."""
    place = place_of(piece.url)
    rank = (Place.API, Place.LWA, Place.DOCUMENT, Place.OTHER).index(place)
    failing = piece.failure is not None or (piece.status or 0) >= 400
    return not failing, rank, not piece.has_answer


def _piece(text: str, catalogue: Catalogue) -> Piece:
    """Every reader in turn takes its part of the text; what they leave is gleaned."""
    found: Piece | None = None
    rest = text
    for reader in _READERS:
        if found is not None and reader is read_code and found.url:
            continue
        part = reader(rest)
        if part is None:
            continue
        piece, rest = part
        if found is None:
            found = piece
        else:
            found.fill(piece)
    gleaned = glean(rest, catalogue)
    if found is None:
        return gleaned
    if found.url:  # what stands in prose beside a whole request is another call's
        gleaned.operation = ""
    found.fill(gleaned)
    return found
