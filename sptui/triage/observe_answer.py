"""From what came back to evidence: an answer, good or bad, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from sptui.spapi.answers import Answer, ApiError, read_answer
from sptui.spapi.calls import Call, Stage, TransportFailure
from sptui.spapi.catalogue import Operation
from sptui.spapi.redaction import redact
from sptui.spapi.requests import format_value
from sptui.triage.case import Case
from sptui.triage.evidence import (
    AnswerSeen,
    Evidence,
    NoAnswer,
)

GIVEN: Final = "as given"


class Outcome(msgspec.Struct, frozen=True):
    """How a call ended, as far as triage cares: the first failure inside a batch counts as the batch's."""

    ok: bool
    status: int
    code: str = ""

    @property
    def signature(self) -> tuple[int, str]:
        """What makes two failures the same failure."""
        return self.status, self.code

    @property
    def is_passing_trouble(self) -> bool:
        """Whether the next attempt may well end otherwise: throttled, a server's fault, no answer."""
        return not self.ok and (self.status in (0, 408, 429) or self.status >= 500 or 200 <= self.status < 300)


def outcome_of(call: Call) -> Outcome:
    """How a call ended."""
    if call.answer is None:
        return Outcome(ok=False, status=0, code=call.failure.kind if call.failure else "")
    answer = unbatched(call.answer)
    return Outcome(ok=answer.ok, status=answer.status, code=answer.code)


def unbatched(answer: Answer) -> Answer:
    """A batch whose parts failed answers 200 all the same: then the first failed part, else the answer itself."""
    parts = answer.data.get("responses") if isinstance(answer.data, dict) else None
    if not answer.ok or not isinstance(parts, list):
        return answer
    for part in parts:
        status = part.get("status", {}) if isinstance(part, dict) else {}
        code = status.get("statusCode") if isinstance(status, dict) else None
        if isinstance(code, int) and code >= 400:
            body = part.get("body")
            return read_answer(code, answer.headers, msgspec.json.encode(body) if body is not None else b"")
    return answer


def observe_given_answer(case: Case) -> Iterator[Evidence]:
    """What is said to have come back."""
    if case.answer is not None:
        yield observe_answer(case.answer, case.operation, stage=case.stage, source=GIVEN)
    elif case.failure is not None:
        yield observe_silence(case.failure, case.stage, GIVEN)


def observe_outcome(call: Call, operation: Operation | None) -> Evidence:
    """What came back from a call of this run."""
    source = source_of(call)
    if call.answer is None:
        return observe_silence(call.failure or TransportFailure("other", "no answer"), call.stage, source)
    return observe_answer(call.answer, operation, stage=call.stage, source=source, now=True)


def source_of(call: Call) -> str:
    """Where a fact came from: the call, with the request id that Amazon's support asks for."""
    if call.stage is Stage.LWA:
        return "Login with Amazon"
    name = call.operation.rpartition(".")[2] or call.path
    where = f" in {call.authorization.region} for {call.authorization.seller}" if call.authorization else ""
    id_ = f", request id {call.answer.request_id}" if call.answer and call.answer.request_id else ""
    return f"{name}{where}{id_}"


def observe_answer(
    answer: Answer, operation: Operation | None, *, stage: Stage, source: str, now: bool = False
) -> Evidence:
    """An answer, good or bad."""
    batched, answer = answer, unbatched(answer)
    data = answer.data if isinstance(answer.data, dict) else {}
    processing = next((data[name] for name in _PROCESSING if isinstance(data.get(name), str)), "")
    first = _first_error(answer)
    seen = AnswerSeen(
        status=answer.status,
        stage=Stage.LWA if answer.lwa_error else stage,
        code=first.code,
        message=first.message or _message_as_text(answer, stage),
        details=first.details,
        error_type=answer.error_type,
        body=answer.kind,
        ok=answer.ok,
        empty=answer.ok and is_empty(answer),
        processing=processing.upper(),
        data_empty=answer.ok and data.get("payload") == {} and answer is batched,
        named=_named_parameters(operation, answer),
        now=now,
    )
    inside = "One part of the batch failed: " if batched is not answer else ""
    return Evidence(inside + _answer_in_words(seen), source, seen)


def _message_as_text(answer: Answer, stage: Stage) -> str:
    """A body of plain text, where it is an error's."""
    if answer.kind != "text":
        return ""
    if not answer.ok:
        return answer.text[:300]
    # A document may hold a sentence in place of its rows (docs issue 3148): one line, words, no columns.
    text = answer.text.strip()
    sentence = len(text) <= 300 and not re.search(r"[\t\n\r;|]|,\S", text) and text.count(" ") >= 3
    return text if stage is Stage.DOCUMENT and sentence else ""


_PROCESSING: Final = ("processingStatus", "operationStatus")


def _first_error(answer: Answer) -> ApiError:
    if answer.ok and not answer.errors and isinstance(answer.data, dict):
        return _first_problem(answer.data)
    if answer.lwa_error is not None or not answer.errors:
        return ApiError(answer.code, answer.message, answer.details)
    # The first error that says more than the usual sentence, else the first.
    return next((each for each in answer.errors if each.details.strip()), answer.errors[0])


def _first_problem(data: dict[str, Any]) -> ApiError:
    """What a good answer has against the thing that was submitted (Listings' issues, Inbound's problems)."""
    for name in ("operationProblems", "issues"):
        listed = data.get(name)
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, dict) and each.get("severity") == "ERROR":
                texts = (each.get(part) for part in ("code", "message", "details"))
                return ApiError(*(text if isinstance(text, str) else "" for text in texts))
    return _failed_result(data.get("payload"))


def _failed_result(payload: Any) -> ApiError:
    """A result that failed inside a good answer (Product Fees: ``{"Status": "ClientError", "Error": {…}}``)."""
    for each in payload.values() if isinstance(payload, dict) else ():
        error = each.get("Error") if isinstance(each, dict) else None
        if isinstance(error, dict) and isinstance(each.get("Status"), str) and each["Status"].endswith("Error"):
            texts = (error.get(part) for part in ("Code", "Message"))
            return ApiError(*(text if isinstance(text, str) else "" for text in texts))
    return ApiError()


def _answer_in_words(seen: AnswerSeen) -> str:
    if seen.ok:
        told = f", processing status {seen.processing}" if seen.processing else ", an empty list" if seen.empty else ""
        return f"It passes: {seen.status}{told}."
    told = ": ".join(part for part in (seen.code, seen.message) if part)
    details = f" ({seen.details})" if seen.details else ""
    form = "" if told else f" with a body of kind {seen.body.value}"
    return f"It fails: {f'{seen.status} ' if seen.status else ''}{told}{details}{form}".strip()


def observe_silence(failure: TransportFailure, stage: Stage, source: str) -> Evidence:
    """No answer."""
    whose = "Login with Amazon" if stage is Stage.LWA else "the call"
    return Evidence(f"No answer to {whose} ({failure.kind}): {failure.message}", source, NoAnswer(failure.kind, stage))


def is_empty(answer: Answer) -> bool:
    """Whether a good answer holds nothing: an empty payload, or lists of which none holds an entry."""
    if answer.status == 204 or answer.data is None:
        return False
    data = answer.data
    if isinstance(data, dict) and "payload" in data:
        data = data["payload"]
    if not isinstance(data, dict):
        return not data
    lists = [each for each in data.values() if isinstance(each, list)]
    return not data or (bool(lists) and not any(lists))


def _named_parameters(operation: Operation | None, answer: Answer) -> tuple[str, ...]:
    if operation is None or answer.ok:
        return ()
    text = " ".join(f"{each.message} {each.details}" for each in answer.errors)
    lower = text.lower()
    return tuple(
        each.name
        for each in operation.parameters
        if each.name.lower() in lower
        and re.search(rf"\b{re.escape(each.name)}\b", text, re.IGNORECASE if len(each.name) > 4 else 0)
    )


def values_in_words(values: dict[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    """The values of some parameters, short enough for a sentence."""
    texts = (redact(format_value(values[name])) for name in names if name in values)
    return tuple(text if len(text) <= 60 else text[:59] + "…" for text in texts)
