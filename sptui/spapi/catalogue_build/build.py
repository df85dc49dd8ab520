"""Builds the catalogue's file from a folder of Amazon's models and the tables beside this module."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from sptui.spapi.catalogue import FORMAT, Operation, SandboxCase, Shape
from sptui.spapi.catalogue_build.facts import fact_table
from sptui.spapi.catalogue_build.models import Model, read_models
from sptui.spapi.catalogue_build.operations import Built, operations_of
from sptui.spapi.catalogue_build.shapes import ShapeBuilder

BUILT_IN_AS_OF = "2026-08-05"
"""The date of the models that the built-in catalogue is made of."""


class BuildReport(msgspec.Struct, frozen=True):
    """What was built: the file's bytes, how much is in it, and what could not be used, a sentence each."""

    data: bytes
    models: int
    operations: int
    problems: tuple[str, ...] = ()


def build_catalogue(models_folder: Path, *, as_of: str) -> BuildReport:
    """The catalogue of every model under ``models_folder``; the same models and date give the same bytes.

    ``as_of`` is the date of the models (ISO 8601): the newer of two catalogues is used. Files and operations that
    cannot be read are left out and told in the report. Raises ModelsError where nothing can be read.
    """
    models, problems = read_models(models_folder, fact_table().apis)
    operations: list[Operation] = []
    shapes: dict[str, Any] = {}
    samples: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    for model in models:
        builder = ShapeBuilder(model)
        built = sorted(operations_of(model, builder, problems), key=lambda each: each.operation.key)
        operations += [each.operation for each in built]
        asked = builder.named(
            each.shape for one in built for each in one.operation.parameters if each.shape is not None
        )
        _keep(shapes, model.key, asked)
        _keep(samples, model.key, {each.operation.key: each.cases for each in built if each.cases})
        _keep(answers, model.key, _answers(model, builder, built, asked))
    data = _written(as_of, operations, shapes, samples, answers)
    return BuildReport(data, len(models), len(operations), tuple(problems))


def _keep(into: dict[str, Any], key: str, value: dict[str, Any]) -> None:
    if value:
        into[key] = value


def _answers(model: Model, builder: ShapeBuilder, built: list[Built], asked: dict[str, Shape]) -> dict[str, Any]:
    statuses: dict[str, dict[str, Shape]] = {}
    for each in built:
        found: dict[str, Shape] = {}
        for status, node in sorted((each.node.get("responses") or {}).items()):
            schema = model.resolved(node).get("schema")
            if schema is not None and str(status).isdigit():
                found[str(status)] = builder.shape(schema)
        if found:
            statuses[each.operation.key] = found
    roots = [shape for found in statuses.values() for shape in found.values()]
    named = {name: _bare(shape) for name, shape in builder.named(roots).items() if name not in asked}
    return {"statuses": statuses, "shapes": named} if statuses else {}


def _bare(shape: Shape) -> Shape:
    """The shape of an answer: what the prose asks of a request's fields has no meaning there."""
    return msgspec.structs.replace(
        shape,
        one_of=(),
        excludes=(),
        needs=(),
        minutes_past=0,
        fields={name: _bare(each) for name, each in shape.fields.items()},
        items=_bare(shape.items) if shape.items is not None else None,
        others=_bare(shape.others) if shape.others is not None else None,
    )


def _written(
    as_of: str,
    operations: list[Operation],
    shapes: dict[str, dict[str, Shape]],
    samples: dict[str, dict[str, tuple[SandboxCase, ...]]],
    answers: dict[str, Any],
) -> bytes:
    """One operation a line, and one API a line of the rest: so that a change can be read in a diff."""
    lines = [f'{{"format":{FORMAT},"as_of":{msgspec.json.encode(as_of).decode()},"operations":[']
    lines.append(",\n".join(_json(each) for each in operations))
    for name, table in (("shapes", shapes), ("samples", samples), ("answers", answers)):
        lines.append(f'{"]" if name == "shapes" else "}"},"{name}":{{')
        lines.append(",\n".join(f"{_json(key)}:{_json(table[key])}" for key in sorted(table)))
    lines.append("}}")
    return ("\n".join(lines) + "\n").encode()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def write_catalogue(models_folder: Path, file: Path, *, as_of: str) -> BuildReport:
    """Builds the catalogue and puts it in place of ``file`` in one step: a reader sees the old or the new one.

    Raises ModelsError and OSError.
    """
    report = build_catalogue(models_folder, as_of=as_of)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(report.data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return report
