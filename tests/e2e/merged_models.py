"""Amazon's models as one Swagger document, so that one mock server can judge requests to all of them.

The request side of every operation stays as Amazon wrote it. Each answer is a plain 200: Prism then refuses a request
that does not fit with 422 and tells why, whatever errors the model lists. With ``answers`` they stay as they are: for
whoever judges the answers of a server.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")


def merged_models(folder: Path, *, answers: bool = False) -> dict[str, Any]:
    """One document with the paths, definitions and parameters of every model under ``folder``."""
    paths: dict[str, Any] = {}
    merged: dict[str, Any] = {"definitions": {}, "parameters": {}}
    for index, file in enumerate(sorted(folder.rglob("*.json"))):
        model = json.loads(file.read_text("utf-8"))
        if model.get("swagger") != "2.0":
            continue
        prefix = f"m{index}_" + re.sub(r"\W", "_", file.stem) + "_"
        for section, into in merged.items():
            into.update({prefix + name: _moved(node, prefix) for name, node in model.get(section, {}).items()})
        base = model.get("basePath", "").rstrip("/")
        for path, item in model["paths"].items():
            paths[base + path] = kept = _path(_moved(item, prefix), prefix, model, answers=answers)
            if _is_greedy(item):
                paths.update(_spelled_out(base + path, kept))
    return {
        "swagger": "2.0",
        "info": {"title": "SP-API", "version": "1"},
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": paths,
        **merged,
    }


def _path(item: dict[str, Any], prefix: str, model: dict[str, Any], *, answers: bool) -> dict[str, Any]:
    kept: dict[str, Any] = {"parameters": item.get("parameters", [])}
    for method in METHODS:
        if method in item:
            operation = item[method]
            kept[method] = {
                "operationId": f"{prefix}{method}_{operation['operationId']}",
                "consumes": operation.get("consumes", model.get("consumes", ["application/json"])),
                "parameters": operation.get("parameters", []),
                "responses": _answers(operation) if answers else {"200": {"description": "accepted"}},
            }
    return kept


def _answers(operation: dict[str, Any]) -> dict[str, Any]:
    """The answers without their examples: Amazon's own break the models at times."""
    return {
        status: {name: each for name, each in answer.items() if name in ("description", "schema", "headers")}
        for status, answer in operation["responses"].items()
    }


def _is_greedy(item: dict[str, Any]) -> bool:
    return "x-amazon-spds-greedy-path-parameter" in json.dumps(item)


def _spelled_out(path: str, item: dict[str, Any]) -> dict[str, Any]:
    """A path whose last part may hold slashes, once for each number of parts: Prism does not know Amazon's mark."""
    found: dict[str, Any] = {}
    for count in range(1, 8):
        names = [f"part{number}" for number in range(count)]
        more = [{"name": name, "in": "path", "required": True, "type": "string"} for name in names]
        copy = json.loads(json.dumps(item))
        copy["parameters"] += more
        for method in METHODS:
            if method in copy:
                copy[method]["operationId"] += f"_{count}"
        found["/".join([path, *(f"{{{name}}}" for name in names)])] = copy
    return found


def _moved(node: Any, prefix: str) -> Any:
    """``node`` with its references led to where the merging puts their targets."""
    if isinstance(node, list):
        return [_moved(each, prefix) for each in node]
    if not isinstance(node, dict):
        return node
    found = {name: _moved(each, prefix) for name, each in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        section, name = reference.removeprefix("#/").split("/", 1)
        found["$ref"] = f"#/{section}/{prefix}{name}"
    return found
