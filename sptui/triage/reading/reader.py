"""One failing call from whatever somebody has at hand: finds out which form a text is in, and reads it.

Nothing secret leaves this module: a text is masked before anything looks at it, JSON while it is made a case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from sptui.spapi.catalogue import Catalogue, load_catalogue
from sptui.spapi.people import blur_json
from sptui.spapi.redaction import redact, redact_headers
from sptui.triage.case import UnreadableCaseError
from sptui.triage.masking import mask_json
from sptui.triage.reading.har import title_of
from sptui.triage.reading.hosts import Place, place_of
from sptui.triage.reading.json_forms import is_case, read_json
from sptui.triage.reading.loose import json_or_text
from sptui.triage.reading.piece import Form, Piece
from sptui.triage.reading.recognised import Recognised
from sptui.triage.reading.text import DEEPEST, LARGEST_JSON, decode, is_deeper_than, too_large

FORMS_IN_WORDS: Final = (
    "a curl command, raw HTTP, a HAR file, a call as JSON, a log line, an exception, a code snippet or an answer's body"
)


def read_text(text: str | bytes, *, entry: int | None = None, catalogue: Catalogue | None = None) -> Recognised:
    """The failing call in ``text``; of several the one numbered ``entry`` (from 0), else the likeliest.

    Raises UnreadableCaseError: nothing of a call was found, it is too large, or there is no such entry.
    """
    whole = decode(text) if isinstance(text, bytes) else text.encode("utf-8", "replace").decode()
    if len(whole) > LARGEST_JSON:
        raise too_large(len(whole), LARGEST_JSON)
    whole = whole.removeprefix("\ufeff").strip()
    if not whole:
        raise UnreadableCaseError(f"Nothing was given. Expected is one failing call: {FORMS_IN_WORDS}.")
    if whole[0] in '{["':
        data = _json(whole)
        if data is not None:
            # A text with fewer brackets than levels that are allowed cannot be nested deeper.
            flat = whole.count("[") + whole.count("{") <= DEEPEST
            return (_read_flat if flat else read_value)(data, entry=entry, catalogue=catalogue)
    return _recognised(_calls_in(whole, catalogue), entry)


def read_value(data: Any, *, entry: int | None = None, catalogue: Catalogue | None = None) -> Recognised:
    """The failing call in a JSON value. Raises UnreadableCaseError."""
    if is_deeper_than(data, DEEPEST):
        raise UnreadableCaseError("The JSON is nested too deeply to be a call of SP-API.")
    return _read_flat(data, entry=entry, catalogue=catalogue)


def _read_flat(data: Any, *, entry: int | None, catalogue: Catalogue | None) -> Recognised:
    if is_case(data):
        return Recognised(Form.CASE, _masked_case(data), told=_is_told(data))
    if isinstance(data, list) and data and all(map(is_case, data)):
        chosen = _chosen(len(data), entry)
        titles = tuple(redact(str(each.get("id") or each.get("operation") or "a call"))[:160] for each in data)
        return Recognised(Form.CASE, _masked_case(data[chosen]), (), titles, chosen, told=_is_told(data[chosen]))
    found = read_json(data)
    if isinstance(found, str):
        return _recognised(_calls_in(found, catalogue), entry)
    if not found:
        names = f" with the names {', '.join(list(map(str, data))[:6])}" if isinstance(data, dict) else ""
        raise UnreadableCaseError(
            f"This is JSON{redact(names)[:200]}, but no call of SP-API: expected is {FORMS_IN_WORDS}."
        )
    return _recognised(found, entry)


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _is_told(data: dict[str, Any]) -> bool:
    request = data.get("request")
    return isinstance(request, dict) and bool(request.get("url"))


_PARTS: Final = ("request", "response", "context")


def _masked_case(data: dict[str, Any]) -> dict[str, Any]:
    """A case without secrets: headers by their names, everything else by form and field."""
    masked: dict[str, Any] = {}
    for name, part in data.items():
        if name in _PARTS and not isinstance(part, dict):
            continue  # as good as left out
        if name in ("request", "response"):
            raw = part.get("headers")
            headers = {str(key): str(value) for key, value in raw.items()} if isinstance(raw, dict) else {}
            rest = mask_json({key: value for key, value in part.items() if key != "headers"})
            masked[name] = (rest if name == "request" else blur_json(rest)) | {"headers": redact_headers(headers)}
        else:
            masked[name] = mask_json(part)
    return masked


def _calls_in(text: str, catalogue: Catalogue | None) -> list[Piece]:
    from sptui.triage.reading.prose import calls_in  # JSON needs none of its patterns

    return calls_in(text, catalogue or load_catalogue())


def _recognised(pieces: Sequence[Piece], entry: int | None) -> Recognised:
    known = [each for each in pieces if each.has_request or each.has_answer]
    if not known:
        raise UnreadableCaseError(f"No call of SP-API was found in this. Expected is {FORMS_IN_WORDS}.")
    chosen = _chosen(len(known), entry)
    piece = known[chosen]
    _tidy(piece)
    titles = tuple(map(title_of, known)) if len(known) > 1 else ()
    notes = tuple(redact(each) for each in (*piece.notes, *_clock_notes(piece)))
    return Recognised(piece.form, piece.as_case(), notes, titles, chosen, piece.told, mask_json(piece.about))


def _chosen(count: int, entry: int | None) -> int:
    if entry is not None and not 0 <= entry < count:
        raise UnreadableCaseError(f"There is no entry {entry + 1}: this holds {count}.")
    return entry or 0


def _tidy(piece: Piece) -> None:
    if isinstance(piece.body, str):
        piece.body = json_or_text(piece.body) if piece.body.strip() else None
    if isinstance(piece.body, str) and place_of(piece.url) is Place.LWA:
        pairs = parse_qsl(piece.body, keep_blank_values=True, max_num_fields=None)[:50]
        piece.body = dict(pairs) or piece.body
    if piece.url.startswith("{{") or piece.url.startswith("$"):
        # A variable for the host: the path behind it still tells the operation.
        piece.url = re.sub(r"^(?:\{\{[^{}]{0,100}\}\}|\$\{?\w{0,100}\}?)", "", piece.url)
        piece.notes.append("The address begins with a variable: which host it stands for is not told.")
        if not piece.url.startswith("/"):
            piece.url = f"/{piece.url}"
    if is_deeper_than(piece.answer_body, DEEPEST):
        piece.answer_body = None
    if is_deeper_than(piece.body, DEEPEST):
        piece.body = None


def _clock_notes(piece: Piece) -> list[str]:
    """How far the clock that dated the request was from Amazon's, or how long the request had waited."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    sent = next((value for name, value in piece.headers.items() if name.lower() == "x-amz-date"), "")
    came = next((value for name, value in piece.answer_headers.items() if name.lower() == "date"), "")
    try:
        made = datetime.strptime(sent, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        seconds = int((parsedate_to_datetime(came) - made).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return []
    if abs(seconds) < 60:
        return []
    piece.context.setdefault("clock_difference_seconds", seconds)
    how = "before" if seconds > 0 else "after"
    return [f"The request's x-amz-date lies {abs(seconds)} s {how} the answer's Date: a slow queue or a wrong clock."]
