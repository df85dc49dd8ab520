"""What Amazon's models say an answer looks like, judged by a validator that nobody here wrote: jsonschema-rs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft4Validator

from sptui.spapi.catalogue import Operation

METHODS = ("get", "put", "post", "delete", "patch")
Node = dict[str, Any]


class AnswerSchemas:
    """The answers of every operation under a folder with Amazon's Swagger files."""

    def __init__(self, folder: Path) -> None:
        self._nodes: dict[tuple[str, str], tuple[Node, Node]] = {}
        self._validators: dict[tuple[str, str, int], Draft4Validator] = {}
        for file in sorted(folder.rglob("*.json")):
            model = json.loads(file.read_text("utf-8"))
            if model.get("swagger") == "2.0":
                self._nodes.update(_operations(model))

    def __len__(self) -> int:
        return len(self._nodes)

    def problems(self, operation: Operation, status: int, body: bytes) -> list[str]:
        """What the model has against an answer; empty where it has nothing.

        An empty object says no more than no body, and 204 has none, whatever the model gives it.
        """
        model, node = self._nodes[operation.method, operation.path]
        response = _resolved(model, node["responses"].get(str(status)))
        if response is None:
            return [f"the model has no answer {status}"]
        schema = response.get("schema")
        if schema is None or status == 204:
            return [] if body in (b"", b"{}") else ["the model has no body for it"]
        if not body:
            return ["no body"]
        key = (operation.method, operation.path, status)
        if key not in self._validators:
            whole = {"allOf": [schema], "definitions": model.get("definitions", {})}
            self._validators[key] = Draft4Validator(whole, validate_formats=True)
        found = self._validators[key].iter_errors(json.loads(body))
        return [f"{'/'.join(map(str, each.instance_path))}: {each.message[:200]}" for each in found]


def _operations(model: Node) -> Iterator[tuple[tuple[str, str], tuple[Node, Node]]]:
    base = model.get("basePath", "").rstrip("/")
    for path, item in model["paths"].items():
        for method in METHODS:
            if method in item:
                yield (method.upper(), base + path), (model, item[method])


def _resolved(model: Node, node: Node | None) -> Node | None:
    if node is None or "$ref" not in node:
        return node
    _, section, name = str(node["$ref"]).split("/")
    found: Node = model[section][name]
    return found
