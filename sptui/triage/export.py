"""A finished triage as a file: Markdown to read, JSON for programs. What is there is never written over unasked."""

from __future__ import annotations

import contextlib
import errno
import re
from enum import StrEnum
from pathlib import Path

import msgspec

from sptui.settings import SettingsError
from sptui.settings.atomic import put
from sptui.spapi.people import blur_json
from sptui.spapi.redaction import redact_json
from sptui.triage.case import Case
from sptui.triage.events import TriageResult
from sptui.triage.markdown import as_markdown


class ExportError(Exception):
    """A file was not written; the message says why and what can be done."""


class ExportFormat(StrEnum):
    """What a finished triage can be written as; the value is the ending of the file's name."""

    MARKDOWN = "md"
    JSON = "json"


def export_text(case: Case, result: TriageResult, form: ExportFormat) -> str:
    """The file's text: secrets masked, persons blurred. The JSON is that of ``triage --json``."""
    if form is ExportFormat.MARKDOWN:
        return as_markdown(case, result)
    encoded = msgspec.json.encode(redact_json(blur_json(result.as_json())))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def export_name(case: Case, result: TriageResult, form: str) -> str:
    """A name for the file that tells what is in it: ``getOrders-request.md``."""
    what = case.operation.name if case.operation else case.name or "call"
    plain = re.sub(r"[^A-Za-z0-9]+", "-", what).strip("-")[:60] or "call"
    return f"{plain}-{result.verdict.first.cause.value}.{form}"


def write_export(path: Path, text: str, *, overwrite: bool) -> Path:
    """Writes the file whole or not at all, and gives its full path.

    Raises FileExistsError where there is one and ``overwrite`` is False, ExportError for everything else.
    """
    try:
        path = path.expanduser().absolute()
        if path.is_dir():
            raise ExportError(f"{path} is a folder: give the file's name too.")
        if overwrite:
            put(path, text.encode(), None)
        else:
            _create(path, text.encode())
    except SettingsError as problem:
        raise ExportError(str(problem)) from problem
    except FileExistsError:
        raise
    except (OSError, RuntimeError, ValueError) as problem:  # also: no home folder, a NUL character in the name
        raise ExportError(f"{path} was not written: {_why(problem)}") from problem
    return path


def _create(path: Path, content: bytes) -> None:
    file = path.open("xb")
    try:
        with file:
            file.write(content)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _why(problem: Exception) -> str:
    told = getattr(problem, "strerror", None) or str(problem)
    number = getattr(problem, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return f"{told}. Make room on that disk, or choose another folder."
    if isinstance(problem, PermissionError):
        return f"{told}. Choose a folder that you may write to."
    if isinstance(problem, FileNotFoundError):
        return f"{told}. The folder has to be there."
    return f"{told}."
