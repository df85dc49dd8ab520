"""Building a catalogue from models: what is read, what is left out and told, and writing it in one step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sptui.spapi.catalogue import DateRange, Operation, read_catalogue
from sptui.spapi.catalogue_build import BuildReport, ModelsError, build_catalogue, write_catalogue
from sptui.spapi.requests import build_request


def model(**operation: Any) -> dict[str, Any]:
    """A model of one operation, ``getThing`` of ``things`` v1."""
    node = {"operationId": "getThing", "responses": {"200": {"schema": {"type": "object"}}}, **operation}
    return {
        "swagger": "2.0",
        "info": {"title": "Things", "version": "v1"},
        "paths": {"/things/v1/things": {"get": node}},
        "definitions": {},
    }


def built(folder: Path, document: dict[str, Any]) -> BuildReport:
    (folder / "things.json").write_text(json.dumps(document), "utf-8")
    return build_catalogue(folder, as_of="2026-11-23")


def the_operation(folder: Path, document: dict[str, Any]) -> Operation:
    (operation,) = read_catalogue(built(folder, document).data)
    return operation


def query(name: str, description: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "type": "string", "description": description, **more}


def test_an_operation_without_facts(tmp_path: Path) -> None:
    operation = the_operation(tmp_path, model())
    assert (operation.key, operation.role_confidence, operation.rate) == ("things-v1.getThing", "", None)
    assert (operation.side_effects, operation.token, operation.sandbox) == ("none", "seller", "")


def test_prose_becomes_rules(tmp_path: Path) -> None:
    plan = "**Usage Plan:**\n\n| Rate (requests per second) | Burst |\n| ---- | ---- |\n| .5 | 7 |\n"
    parameters = [
        query("after", "ISO 8601 date-time. Either `after` or `token` is required."),
        query("createdAfter", format="date-time"),
        query("createdBefore", "Must be at least five minutes before the request.", format="date-time"),
        query("words", "**Note:** Cannot be used with `ids`."),
        query("ids", "You cannot use `ids` if you specify `words`."),
        query("idType", "This is required when `ids` is provided."),
        query("size", "Value must be 1 - 20.", type="integer"),
        query("token", "Specifying `token` with any other parameters will cause the request to fail."),
    ]
    about = "The date range to search must not be more than seven days.\n\n" + plan
    operation = the_operation(tmp_path, model(description=about, parameters=parameters))
    assert (operation.rate, operation.burst) == (0.5, 7)
    assert operation.one_of == (("after", "token"),)
    assert ("ids", "words") in operation.excludes
    assert len(next(each for each in operation.excludes if each[0] == "token")) == 8
    assert operation.needs == (("ids", "idType"),)
    assert operation.ranges == (DateRange("createdAfter", "createdBefore", 7),)
    found = {each.name: each for each in operation.parameters}
    assert (found["after"].format, found["createdBefore"].minutes_past) == ("date-time", 5)
    assert (found["size"].minimum, found["size"].maximum) == (1, 20)


def test_shapes_that_refer_to_themselves(tmp_path: Path) -> None:
    document = model(
        parameters=[{"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Node"}}]
    )
    document["definitions"]["Node"] = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/definitions/Node"}, "loop": {"$ref": "#/definitions/Loop"}},
    }
    document["definitions"]["Loop"] = {"$ref": "#/definitions/Loop"}
    operation = the_operation(tmp_path, document)
    following = operation.parameter("next")
    assert following is not None
    assert following.shape is not None
    assert operation.shapes.resolve(following.shape).fields["next"].ref == "Node"


def test_a_body_that_may_be_anything(tmp_path: Path) -> None:
    document = model(parameters=[{"name": "payload", "in": "body", "required": True, "schema": {"type": "object"}}])
    operation = the_operation(tmp_path, document)
    (payload,) = operation.parameters
    assert (payload.name, payload.whole, payload.required) == ("payload", True, True)
    assert build_request(operation, {"payload": {"a": 1}}).body == {"a": 1}


def test_a_reference_that_leads_nowhere_is_no_obstacle(tmp_path: Path) -> None:
    nodes = [{"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Gone"}}, {"$ref": "#/parameters/Gone"}]
    assert the_operation(tmp_path, model(parameters=nodes)).body_name == "body"


def test_what_cannot_be_read_is_told_and_the_rest_is_built(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('{"swagger": "2.0", "paths', "utf-8")
    (tmp_path / "other.json").write_text('{"hello": "world"}', "utf-8")
    (tmp_path / "three.json").write_text('{"openapi": "3.0.1", "paths": {}}', "utf-8")
    (tmp_path / "pathless.json").write_text('{"swagger": "2.0"}', "utf-8")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "things.json").write_text(json.dumps(model()), "utf-8")
    document = model()
    document["paths"]["/things/v1/other"] = {"get": {"responses": {}}, "post": "nothing"}
    document["paths"]["/things/v1/odd"] = []
    report = built(tmp_path, document)
    assert report.operations == 1
    told = "\n".join(report.problems)
    for word in ("cut.json: it is not JSON", "three.json: it is a model of version 3.0.1", "pathless.json: it has no"):
        assert word in told
    assert "things-v1 is in again/things.json already" in told
    assert "other.json" not in told


@pytest.mark.parametrize("content", [None, "", "[]", '{"swagger": "2.0"}'])
def test_a_folder_without_models(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "one.json").write_text(content, "utf-8")
    with pytest.raises(ModelsError, match="holds no model"):
        build_catalogue(tmp_path, as_of="2026-11-23")
    with pytest.raises(ModelsError, match="is not a folder"):
        build_catalogue(tmp_path / "gone", as_of="2026-11-23")


def test_the_same_models_give_the_same_bytes(tmp_path: Path) -> None:
    document = model(parameters=[query("a"), query("b")])
    assert built(tmp_path, document).data == built(tmp_path, document).data


def test_writing_replaces_in_one_step(tmp_path: Path) -> None:
    models, file = tmp_path / "models", tmp_path / "data" / "catalogue.json"
    models.mkdir()
    built(models, model())
    report = write_catalogue(models, file, as_of="2026-11-23")
    assert file.read_bytes() == report.data
    (models / "things.json").unlink()
    with pytest.raises(ModelsError):
        write_catalogue(models, file, as_of="2026-11-24")
    assert file.read_bytes() == report.data
    assert [each.name for each in file.parent.iterdir()] == ["catalogue.json"]
