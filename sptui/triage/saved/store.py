"""The folder of saved cases: one JSON file each, written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from sptui.settings import SettingsError
from sptui.settings.atomic import put, read, sole_writer
from sptui.triage.case import Case
from sptui.triage.events import TriageResult
from sptui.triage.saved.case_file import SavedCase, SavedRun, UnreadableCaseFileError, decode, encode, new_case

_LARGEST_FILE: Final = 16 * 1024 * 1024
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class Shelf(msgspec.Struct, frozen=True):
    """The cases that can be read, the newest first, and one sentence for each file that cannot."""

    cases: tuple[SavedCase, ...]
    problems: tuple[str, ...] = ()


class CaseStore:
    """Keeps cases in a folder, or for this run only where there is none."""

    def __init__(self, folder: Path | None, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._in_memory: dict[str, SavedCase] = {}

    def keep(
        self, case: Case, result: TriageResult, saved: SavedCase | None = None, *, instead_of: SavedRun | None = None
    ) -> SavedCase:
        """Keeps a run: of a new case, or of one that was kept before. ``instead_of`` is a run of it that this one takes
        the place of: a step of it was done again. Raises SettingsError; then nothing is lost.
        """
        at = self._now()
        kept = saved or new_case(case, self._free_id(case, at), at, result)
        if instead_of is not None:
            others = tuple(each for each in kept.runs if each != instead_of)
            kept = msgspec.structs.replace(kept, runs=others)
        kept = kept.with_run(result, at)
        self._write(kept)
        return kept

    def list(self) -> Shelf:
        """Every case. A file that cannot be read is told and left alone. Raises SettingsError for the folder."""
        if self._folder is None:
            return Shelf(_newest_first(self._in_memory.values()))
        found, problems = [], []
        try:
            paths = sorted(self._folder.glob("*.json"))
        except OSError as problem:
            raise SettingsError(f"{self._folder} cannot be read: {problem.strerror or problem}.") from problem
        for path in paths:
            try:
                found.append(self._read(path))
            except (SettingsError, UnreadableCaseFileError) as problem:
                problems.append(str(problem))
        return Shelf(_newest_first(found), tuple(problems))

    def load(self, id_: str) -> SavedCase:
        """One case. Raises LookupError, SettingsError and UnreadableCaseFileError."""
        if self._folder is None:
            if id_ not in self._in_memory:
                raise LookupError(f"There is no saved case {id_!r}.")
            return self._in_memory[id_]
        if not _ID.fullmatch(id_):
            raise LookupError(f"{id_!r} is not the name of a saved case.")
        path = self._path(id_)
        if not path.exists():
            raise LookupError(f"There is no saved case {id_!r}.")
        return self._read(path)

    def remove(self, id_: str) -> None:
        """Forgets a case. Raises SettingsError."""
        self._in_memory.pop(id_, None)
        if self._folder is not None and _ID.fullmatch(id_):
            try:
                self._path(id_).unlink(missing_ok=True)
                self._path(id_).with_suffix(".json.lock").unlink(missing_ok=True)
            except OSError as problem:
                raise SettingsError(f"{id_} was not removed: {problem.strerror or problem}.") from problem

    def _read(self, path: Path) -> SavedCase:
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise UnreadableCaseFileError(f"{path.name} is larger than 16 MiB, which no saved case is.")
        except OSError as problem:
            raise SettingsError(f"{path.name} cannot be read: {problem.strerror or problem}.") from problem
        content = read(path)
        if content is None:
            raise UnreadableCaseFileError(f"{path.name} has gone meanwhile.")
        return decode(content, path.name)

    def _write(self, saved: SavedCase) -> None:
        if self._folder is None:
            self._in_memory[saved.id] = saved
            return
        with sole_writer(self._path(saved.id)) as path:
            put(path, encode(saved), None)

    def _free_id(self, case: Case, at: datetime) -> str:
        name = re.sub(r"[^A-Za-z0-9]+", "-", case.operation.name if case.operation else case.name or "call").strip("-")
        first = f"{at:%Y%m%d-%H%M%S}-{name[:40] or 'call'}"
        taken = {each.id for each in self._in_memory.values()}
        number, id_ = 1, first
        while id_ in taken or (self._folder is not None and self._path(id_).exists()):
            number += 1
            id_ = f"{first}-{number}"
        return id_

    def _path(self, id_: str) -> Path:
        assert self._folder is not None  # noqa: S101 - asked only where there is a folder
        return self._folder / f"{id_}.json"


def _newest_first(cases: Iterable[SavedCase]) -> tuple[SavedCase, ...]:

    return tuple(
        sorted(cases, key=lambda each: (each.runs[-1].at if each.runs else each.created, each.id), reverse=True)
    )
