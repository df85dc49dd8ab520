"""What is kept of a case: the call as the JSON case of ``explain``, and what each run of the flow found.

Neither secrets nor buyers' data are in it: tokens are masked when a call is read, persons are blurred here. A parameter
that was blurred has to be filled in before the call can be sent again (``SavedCase.blurred``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.spapi.calls import Stage
from sptui.spapi.people import blur_json
from sptui.spapi.redaction import redact_headers, redact_json
from sptui.spapi.regions import Region
from sptui.triage.case import Case, read_case
from sptui.triage.events import TriageResult

FORMAT: Final = 1

_MOST_RUNS: Final = 50


class UnreadableCaseFileError(Exception):
    """A file that holds no saved case; the message says why and what can be done."""


class SavedRun(msgspec.Struct, frozen=True):
    """One run of the flow; ``result`` has the form of ``triage --json``, ``detail`` is all of it, for ``whole``."""

    at: datetime
    result: dict[str, Any]
    detail: dict[str, Any] | None = None

    @property
    def whole(self) -> TriageResult | None:
        """The result as it was, persons blurred; None where another sptui kept it in another form."""
        try:
            return msgspec.convert(self.detail, type=TriageResult) if self.detail is not None else None
        except (msgspec.ValidationError, RecursionError):
            return None

    @property
    def cause(self) -> str:
        """The first cause, "" where the run named none."""
        verdict = self.result.get("verdict")
        first = verdict[0] if isinstance(verdict, list) and verdict else None
        return str(first.get("cause", "")) if isinstance(first, dict) else ""


class SavedCase(msgspec.Struct, frozen=True):
    """A case with its runs, the newest last. ``values`` are the parameters by name, typed as they were sent;
    ``blurred`` names those that hold a person's data and were made unreadable.
    """

    id: str
    title: str
    created: datetime
    data: dict[str, Any]
    values: dict[str, Any] = {}
    blurred: tuple[str, ...] = ()
    seller: str = ""
    seller_id: str = ""
    region: Region | None = None
    runs: tuple[SavedRun, ...] = ()
    format: int = FORMAT

    @property
    def authorization_key(self) -> str:
        """The key of the authorization that the call was made for, "" where there was none."""
        return f"{self.seller_id}@{self.region}" if self.seller_id and self.region else ""

    def case(self) -> Case:
        """The call. Raises UnreadableCaseError."""
        case = read_case(self.data)
        return msgspec.structs.replace(case, values={**case.values, **self.values}, id=self.id)

    def case_again(self) -> Case:
        """The call as it is made anew, to see what it answers now: what it answered then is left out, unless it was
        no call that sptui can send. Raises UnreadableCaseError.
        """
        case = self.case()
        if case.operation is None or case.stage is not Stage.API:
            return case
        return msgspec.structs.replace(case, answer=None, failure=None)

    def with_run(self, result: TriageResult, at: datetime) -> SavedCase:
        """The case with one more run; of very many the oldest are let go."""
        whole = msgspec.json.decode(msgspec.json.encode(result))
        run = SavedRun(at, _harmless(result.as_json()), _harmless(whole))
        return msgspec.structs.replace(self, runs=(*self.runs, run)[-_MOST_RUNS:])


def _harmless(data: Any) -> Any:
    return redact_json(blur_json(data))


def new_case(case: Case, id_: str, at: datetime, result: TriageResult | None = None) -> SavedCase:
    """A case to keep, without a run. ``result`` tells how the call fails where the case itself does not."""
    who, name = case.authorization, case.operation.name if case.operation else case.name
    values = redact_json(case.values)
    blurred = blur_json(values)
    failing = [each for each in result.trials if not each.ok] if result is not None else []
    answer = case.answer or (failing[0] if failing else None)
    how = f" · {answer.status} {answer.code}".rstrip() if answer is not None and answer.status else ""
    return SavedCase(
        id=id_,
        title=f"{name or 'A call'}{how}",
        created=at,
        data=case_data(case),
        values=blurred,
        blurred=tuple(key for key in values if values[key] != blurred[key]),
        seller=who.seller if who else "",
        seller_id=who.seller_id if who else "",
        region=who.region if who else case.where,
    )


def case_data(case: Case) -> dict[str, Any]:
    """The JSON case that ``explain`` and ``triage`` read. Of a good answer only its status and headers are kept."""
    host = f"https://{case.where.sandbox_host if case.sandbox else case.where.host}" if case.where else ""
    path = case.path or (case.operation.path if case.operation else "")
    request = {
        "method": case.method or (case.operation.method if case.operation else ""),
        "url": f"{f'https://{case.host}' if case.host else host}{path}",
        "headers": redact_headers(case.headers),
    }
    data: dict[str, Any] = {
        "id": case.id or None,
        "operation": case.operation.key if case.operation else case.name or None,
        "request": request,
    }
    if case.answer is not None:
        body = case.answer.data if case.answer.data is not None else case.answer.text[:2000]
        data["response"] = {
            "status": case.answer.status or None,
            "headers": redact_headers(case.answer.headers),
            "body": None if case.answer.ok else blur_json(redact_json(body)),
        }
    if case.token_kind:
        data["context"] = {"token_kind": case.token_kind}
    return data


def encode(saved: SavedCase) -> bytes:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(saved), indent=1)


def decode(content: bytes, name: str) -> SavedCase:
    """The case in a file. Raises UnreadableCaseFileError."""
    try:
        saved = msgspec.json.decode(content, type=SavedCase)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        told = f"{name} holds no case of sptui: {problem}. It was left as it is."
        raise UnreadableCaseFileError(told) from problem
    if saved.format > FORMAT:
        raise UnreadableCaseFileError(f"{name} was written by a newer sptui (format {saved.format}).")
    return saved
