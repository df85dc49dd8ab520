"""What is wrong with a TOML file, and where."""

from __future__ import annotations

from pathlib import Path

from sptui.spapi.redaction import redact
from sptui.toml_file.places import Steps


class TomlFileError(Exception):
    """A file that could not be used. It was only read: it is as it was.

    ``line`` and ``column`` count from 1 (characters, not bytes); both are 0 where the file could not be read
    at all. ``path`` is None for text that came from no file. ``steps`` leads to the key in question, as far as
    known. Values of the file are never quoted: a secret may have been put there by mistake.
    """

    def __init__(
        self,
        name: str,
        line: int,
        column: int,
        problem: str,
        expected: str,
        *,
        path: Path | None = None,
        steps: Steps = (),
    ) -> None:
        self.name, self.line, self.column = name, line, column
        self.problem, self.expected = redact(problem), redact(expected)
        self.path, self.steps = path, steps
        where = f"{name}:{line}:{column}" if line else name
        super().__init__(f"{where}: {self.problem}; {self.expected}")
