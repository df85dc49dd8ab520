"""Amazon's models in a folder: Swagger 2.0 files, found by what is in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


class Model(msgspec.Struct, frozen=True):
    """One model: its API's name and version as the catalogue calls them, and the document."""

    file: str
    api: str
    version: str
    document: dict[str, Any]

    @property
    def key(self) -> str:
        """``api-version``."""
        return f"{self.api}-{self.version}"

    def definition(self, reference: str) -> dict[str, Any] | None:
        """What ``#/definitions/Name`` (or parameters, responses) refers to; None where there is no such thing."""
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def resolved(self, node: Any) -> dict[str, Any]:
        """``node``, or what it refers to; empty where that is nothing."""
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
            if reference in seen:
                return {}
            seen.add(reference)
            node = self.definition(reference)
        return node if isinstance(node, dict) else {}


class ModelsError(ValueError):
    """A folder without a single model that can be read; the message tells what was found."""


def read_models(folder: Path, names: dict[str, str]) -> tuple[list[Model], list[str]]:
    """The models under ``folder``, sorted by key, and what is wrong with the files that could not be used.

    ``names`` gives the API's name for files whose name does not tell it. Files that are JSON but no Swagger
    document are passed over in silence. Raises ModelsError where no model is left.
    """
    if not folder.is_dir():
        raise ModelsError(f"{folder} is not a folder.")
    models: dict[str, Model] = {}
    problems: list[str] = []
    for path in sorted(each for each in folder.rglob("*.json") if not _hidden(each.relative_to(folder))):
        file = path.relative_to(folder).as_posix()
        document, problem = _read(path)
        if problem:
            problems.append(f"{file}: {problem}")
        if document is None:
            continue
        api, version = _names(path.stem, document, names)
        model = Model(file, api, version, document)
        if model.key in models:
            problems.append(f"{file}: {model.key} is in {models[model.key].file} already; that one is used.")
            continue
        models[model.key] = model
    if not models:
        told = f"{folder} holds no model (a JSON file with swagger 2.0 and paths)."
        raise ModelsError(" ".join([told, *problems[:3]]))
    return [models[key] for key in sorted(models)], problems


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "node_modules" for part in path.parts)


def _read(path: Path) -> tuple[dict[str, Any] | None, str]:
    try:
        document = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        return None, f"it cannot be read ({error.strerror or error})."
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return None, f"it is not JSON ({error})."
    if not isinstance(document, dict) or not ({"swagger", "openapi"} & set(document)):
        return None, ""
    if document.get("swagger") != "2.0":
        told = document.get("swagger") or document.get("openapi")
        return None, f"it is a model of version {told}; this version of sptui reads Swagger 2.0."
    if not isinstance(document.get("paths"), dict):
        return None, "it has no paths."
    return document, ""


_VERSION = re.compile(r"[_-]?(V\d+|[Vv]?(\d{4}-\d\d-\d\d))$")


def _names(stem: str, document: dict[str, Any], names: dict[str, str]) -> tuple[str, str]:
    found = _VERSION.search(stem)
    api = stem[: found.start()] if found else stem
    info = document.get("info")
    version = str(info.get("version") or "") if isinstance(info, dict) else ""
    if not version and found:
        version = found[2] or found[1].lower()
    return names.get(api, api), version or "v1"
