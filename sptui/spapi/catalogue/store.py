"""The catalogue's file: its form, reading it, and which of the built-in one and a newer one is used.

The file is one JSON object of facts. Reading it decodes the operations with their parameters; the shapes of nested
values, the sandbox's samples and the answers of each API stay undecoded until somebody asks for them.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

import msgspec

from sptui.spapi.catalogue.answers import Answers
from sptui.spapi.catalogue.catalogue import Catalogue
from sptui.spapi.catalogue.errors import CatalogueFileError
from sptui.spapi.catalogue.operation import Operation, SandboxCases
from sptui.spapi.catalogue.shapes import Shapes

FORMAT: Final = 1
"""Of the file; a version of sptui reads its own format alone."""

BUILT_IN: Final = "built in"
CATALOGUE_NAME: Final = "catalogue.json"
"""How a newer catalogue is called in the data folder."""


class CatalogueFile(msgspec.Struct, frozen=True):
    """What the file holds. ``as_of`` is the date of the models (ISO 8601); the keys of the dictionaries are
    ``api-version``.
    """

    format: int
    as_of: str
    operations: tuple[Operation, ...]
    shapes: dict[str, msgspec.Raw]
    samples: dict[str, msgspec.Raw]
    answers: dict[str, msgspec.Raw]


class _Header(msgspec.Struct, frozen=True):
    format: int = 0
    as_of: str = ""


def read_catalogue(data: bytes) -> Catalogue:
    """The catalogue that ``data``, the bytes of such a file, holds.

    Raises CatalogueFileError where it is of another format, broken, or empty.
    """
    try:
        header = msgspec.json.decode(data, type=_Header)
        if header.format != FORMAT:
            raise CatalogueFileError(f"it is of format {header.format}; this version reads format {FORMAT}")
        content = msgspec.json.decode(data, type=CatalogueFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueFileError(f"it is not a catalogue: {error}") from error
    if not content.operations:
        raise CatalogueFileError("it holds no operation")
    _attach(content)
    return Catalogue(content.operations, as_of=content.as_of)


def _attach(content: CatalogueFile) -> None:
    """Gives each operation access to what its model shares."""
    shared: dict[str, tuple[Shapes, SandboxCases, Answers]] = {}
    for operation in content.operations:
        model = operation.model
        if model not in shared:
            shapes = Shapes(content.shapes.get(model))
            shared[model] = (
                shapes,
                SandboxCases(content.samples.get(model)),
                Answers(content.answers.get(model), shapes),
            )
        for name, value in zip(("shapes", "cases", "answers"), shared[model], strict=True):
            msgspec.structs.force_setattr(operation, name, value)


def built_in_bytes() -> bytes:
    """The file that comes with sptui."""
    return resources.files("sptui.spapi").joinpath("operations.json").read_bytes()


class _Loaded:
    """What has been loaded, and why a newer file was not used."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.catalogue: Catalogue | None = None
        self.problem = ""
        self.origin = ""


_loaded = _Loaded()


def use_catalogue_file(path: Path | None) -> None:
    """Where a newer catalogue may lie (written by ``sptui operations build``); None: the built-in one alone.

    Takes effect on the next ``load_catalogue``; nothing is read here.
    """
    if path == _loaded.path:
        return
    keeps = _loaded.origin == BUILT_IN and (path is None or not path.exists())
    _loaded.path, _loaded.problem = path, ""
    if not keeps:
        _loaded.catalogue, _loaded.origin = None, ""


def forget_catalogue() -> None:
    """The next ``load_catalogue`` reads again: after the file in use was written anew."""
    _loaded.catalogue, _loaded.problem, _loaded.origin = None, "", ""


def load_catalogue() -> Catalogue:
    """The catalogue, read once: the newer of the built-in one and the file given to ``use_catalogue_file``.

    A file that cannot be read is passed over; ``catalogue_problem`` tells why.
    """
    if _loaded.catalogue is None:
        _loaded.catalogue = _newer() or read_catalogue(built_in_bytes())
        _loaded.origin = _loaded.origin or BUILT_IN
    return _loaded.catalogue


def catalogue_problem() -> str:
    """Why the file given to ``use_catalogue_file`` is not used, in a sentence; empty where it is, or there is none.

    Known after the first ``load_catalogue``.
    """
    return _loaded.problem


def catalogue_origin() -> str:
    """Where the catalogue in use is from: ``built in`` or a path; empty before the first ``load_catalogue``."""
    return _loaded.origin


def _newer() -> Catalogue | None:
    path = _loaded.path
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _loaded.problem = f"{path} cannot be read ({error.strerror or error}); the built-in catalogue is used."
        return None
    try:
        if _as_of(data) <= _as_of(built_in_bytes()):
            return None
        catalogue = read_catalogue(data)
    except CatalogueFileError as error:
        told = f"{path} is not used: {error}. The built-in catalogue is; `sptui operations build` writes a new file."
        _loaded.problem = told
        return None
    _loaded.origin = str(path)
    return catalogue


def _as_of(data: bytes) -> str:
    try:
        return msgspec.json.decode(data, type=_Header).as_of
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogueFileError(f"it is not a catalogue: {error}") from error
