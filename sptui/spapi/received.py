"""What came back of an exchange, with everything taken out that is for nobody's eyes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sptui.spapi.answers import Answer, ApiError, BodyKind, LwaError, read_answer
from sptui.spapi.calls import Stage
from sptui.spapi.parcel import Parcel
from sptui.spapi.redaction import Secret, redact, redact_headers, redact_json


def received(parcel: Parcel, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """The answer to a parcel, without its secrets, without a token that LWA gave, without what a document holds."""
    if parcel.stage is Stage.DOCUMENT and 200 <= status < 300:
        # What a document holds may be buyers' data: it goes to whoever asked, not into the Call.
        kind = BodyKind.BINARY if body else BodyKind.EMPTY
        answer = read_answer(status, headers, b"")
        return msgspec.structs.replace(answer, kind=kind, headers=redact_headers(answer.headers))
    answer = read_answer(status, headers, body)
    return _without_secrets(answer, parcel.secrets, keep_data=parcel.stage is not Stage.LWA)


def _without_secrets(answer: Answer, secrets: tuple[Secret, ...], *, keep_data: bool) -> Answer:
    """An answer may hold tokens: LWA's does, and servers send back what they were sent.

    ``data`` keeps the pre-signed addresses, which the next call needs; a good answer of LWA is a token, so its
    data goes.
    """
    headers, text = redact_headers(answer.headers, secrets), redact(answer.text, secrets)
    if text == answer.text and "\\u00" not in text:  # JSON may spell a plain letter so
        return msgspec.structs.replace(answer, headers=headers, data=answer.data if keep_data else None)
    data = redact_json(answer.data, secrets)
    if answer.kind is BodyKind.JSON and not keep_data:
        text = redact(msgspec.json.encode(data).decode(), secrets)
    lwa = answer.lwa_error
    return msgspec.structs.replace(
        answer,
        headers=headers,
        text=text,
        data=data if keep_data else None,
        errors=tuple(
            ApiError(redact(each.code, secrets), redact(each.message, secrets), redact(each.details, secrets))
            for each in answer.errors
        ),
        lwa_error=LwaError(redact(lwa.error, secrets), redact(lwa.description, secrets)) if lwa else None,
    )
