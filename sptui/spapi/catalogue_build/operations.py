"""From one operation of a model to the catalogue's operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from sptui.spapi.catalogue import DateRange, Operation, Parameter, SandboxCase, Shapes
from sptui.spapi.catalogue_build.facts import Facts, Rules, fact_table, rule_table, sample_table
from sptui.spapi.catalogue_build.models import METHODS, Model
from sptui.spapi.catalogue_build.parameters import Body, body_of, body_parameters, plain_parameters
from sptui.spapi.catalogue_build.prose import Relations, date_pairs, most_days, relations, usage_plan
from sptui.spapi.catalogue_build.samples import with_sample
from sptui.spapi.catalogue_build.sandbox import cases_of, sandbox_kind
from sptui.spapi.catalogue_build.shapes import ShapeBuilder

_PAGING = ("nexttoken", "pagetoken", "nextpagetoken", "paginationtoken")


class Built(msgspec.Struct, frozen=True):
    """An operation with what the file holds apart: the sandbox's samples, and the node it was made of."""

    operation: Operation
    cases: tuple[SandboxCase, ...]
    node: dict[str, Any]


def operations_of(model: Model, shapes: ShapeBuilder, problems: list[str]) -> Iterator[Built]:
    """The operations of a model in its own order; what cannot be read goes into ``problems``."""
    names: set[str] = set()
    for path, item in model.document["paths"].items():
        if not isinstance(item, dict):
            problems.append(f"{model.file}: {path} is no object; it is left out.")
            continue
        for method in METHODS:
            node = item.get(method)
            if node is None:
                continue
            if not isinstance(node, dict) or not isinstance(node.get("operationId"), str):
                problems.append(f"{model.file}: {method.upper()} {path} has no operationId; it is left out.")
                continue
            name = node["operationId"]
            yield _built(model, str(path), method.upper(), item, node, shapes, twin=name in names)
            names.add(name)


def _built(
    model: Model,
    path: str,
    method: str,
    item: dict[str, Any],
    node: dict[str, Any],
    shapes: ShapeBuilder,
    *,
    twin: bool,
) -> Built:
    nodes = _parameter_nodes(model, item, node)
    plain = list(plain_parameters(nodes, shapes))
    body = body_of(nodes, shapes)
    of_body = list(body_parameters(body, {each.name for each in plain}, shapes)) if body else []
    base = str(model.document.get("basePath") or "").rstrip("/")
    rate, burst = usage_plan(node.get("description"))
    operation = Operation(
        name=node["operationId"],
        api=model.api,
        version=model.version,
        method=method,
        path=base + path,
        parameters=(*plain, *of_body),
        body_name=body.name if body else "",
        body_required=body.required if body else False,
        body_closed=body.shape.closed if body else False,
        consumes=tuple(node.get("consumes") or model.document.get("consumes") or ("application/json",)),
        statuses=tuple(sorted(int(each) for each in node.get("responses") or () if str(each).isdigit())),
        rate=rate,
        burst=burst,
        side_effects="none" if method in ("GET", "HEAD", "OPTIONS") else "real",
        deprecated=node.get("deprecated") is True,
        paging_token=next((each.name for each in plain if each.name.lower() in _PAGING), ""),
        sandbox_only=True in (node.get("x-amzn-api-sandbox-only"), item.get("x-amzn-api-sandbox-only")),
        twin=twin,
    )
    operation = _with_facts(operation, fact_table().operations.get(operation.key, Facts()))
    operation = _with_relations(operation, _described(nodes), node)
    operation = _with_rules(operation, rule_table().get(operation.key, Rules()))
    operation = _with_body_needs(operation, body)
    cases = cases_of(
        operation, {status: model.resolved(each) for status, each in (node.get("responses") or {}).items()}
    )
    known = Shapes(shapes.all())
    by_hand = sample_table().get(operation.key, {})
    parameters = tuple(
        with_sample(each, cases, known, by_hand.get(each.name))
        if each.name != operation.paging_token
        else msgspec.structs.replace(each, sample=None)  # a page's token cannot be made up
        for each in operation.parameters
    )
    kind: Literal["", "static", "dynamic"] = sandbox_kind((node, item), bool(cases))
    return Built(msgspec.structs.replace(operation, parameters=parameters, sandbox=kind), cases, node)


def _parameter_nodes(model: Model, item: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters of path and operation; the operation's own win."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for listed in (item.get("parameters"), node.get("parameters")):
        for each in listed if isinstance(listed, list) else ():
            resolved = model.resolved(each)
            found[str(resolved.get("name")), str(resolved.get("in"))] = resolved
    return list(found.values())


def _described(nodes: list[dict[str, Any]]) -> dict[str, str]:
    """The descriptions of the parameters outside the body; the relations of its fields are in its shape."""
    return {str(each.get("name")): str(each.get("description") or "") for each in nodes if each.get("in") != "body"}


def _with_facts(operation: Operation, facts: Facts) -> Operation:
    elements = facts.data_elements
    rate, burst, as_of = operation.rate, operation.burst, ""
    if rate is None and facts.older_plan is not None:
        rate, burst, as_of = facts.older_plan.rate, facts.older_plan.burst, facts.older_plan.as_of
    return msgspec.structs.replace(
        operation,
        roles=facts.roles,
        role_regions=facts.role_regions,
        role_confidence=facts.confidence,
        pii_roles={each: fact_table().element_roles.get(each, ()) for each in elements},
        stores=facts.stores,
        token="grantless" if facts.scope else "seller",
        scope=facts.scope,
        rdt=facts.rdt,
        data_elements=elements,
        rate=rate,
        burst=burst,
        plan_as_of=as_of,
        side_effects=facts.side_effects or operation.side_effects,
        deprecated=operation.deprecated or facts.deprecated,
        removed_on=facts.removed_on,
        replaced_by=facts.replaced_by,
    )


def _with_relations(operation: Operation, described: dict[str, str], node: dict[str, Any]) -> Operation:
    about = str(node.get("description") or "")
    found = relations(described, about)
    dates = [each.name for each in operation.parameters if each.format in ("date", "date-time")]
    days = most_days([about, *described.values()])
    return msgspec.structs.replace(
        operation,
        one_of=found.one_of,
        excludes=found.excludes,
        needs=found.needs,
        ranges=tuple(DateRange(early, late, days) for early, late in date_pairs(dates)),
    )


def _with_body_needs(operation: Operation, body: Body | None) -> Operation:
    """Adds what the body's first-level fields say of each other, and, where the body may be left out altogether,
    that each of its fields needs the required ones beside it.
    """
    if body is None or body.shape.type == "array":
        return operation
    names = {each.wire_name: each.name for each in operation.parameters if each.place == "body"}
    of_shape = Relations(
        *(
            tuple(tuple(names.get(name, name) for name in group) for group in groups)
            for groups in (body.shape.one_of, body.shape.excludes, body.shape.needs)
        )
    )
    needs = [*operation.needs, *of_shape.needs]
    if not body.required:
        asked = [names[name] for name in body.shape.required if name in names]
        optional = {each.name for each in operation.parameters if not each.required}
        asked = [name for name in asked if name in optional]
        needs += [
            (each, *(name for name in asked if name != each))
            for each in names.values()
            if each in optional and set(asked) - {each}
        ]
    return msgspec.structs.replace(
        operation,
        one_of=(*operation.one_of, *(of_shape.one_of if body.required else ())),
        excludes=(*operation.excludes, *of_shape.excludes),
        needs=tuple(needs),
    )


def _with_rules(operation: Operation, rules: Rules) -> Operation:
    """Adds the rules that are held by hand; a group of theirs takes the place of those that it contains."""
    one_of = [each for each in operation.one_of if not any(set(each) < set(other) for other in rules.one_of)]
    excludes = [each for each in operation.excludes if not any(set(each) <= set(other) for other in rules.excludes)]
    pairs = {(each.after, each.before) for each in rules.ranges}
    ranges = [each for each in operation.ranges if (each.after, each.before) not in pairs]
    return msgspec.structs.replace(
        operation,
        parameters=tuple(_with_limits(each, rules) for each in operation.parameters),
        one_of=tuple(dict.fromkeys((*one_of, *rules.one_of))),
        excludes=tuple(dict.fromkeys((*excludes, *rules.excludes))),
        needs=tuple(dict.fromkeys((*operation.needs, *rules.needs))),
        ranges=(*ranges, *rules.ranges),
        conditions=rules.conditions,
    )


def _with_limits(parameter: Parameter, rules: Rules) -> Parameter:
    name = parameter.name
    return msgspec.structs.replace(
        parameter,
        required=parameter.required or name in rules.required,
        minutes_past=rules.minutes_past.get(name, parameter.minutes_past),
        minimum=rules.minimum.get(name, parameter.minimum),
        maximum=rules.maximum.get(name, parameter.maximum),
        format=rules.format.get(name, parameter.format),
        max_items=rules.max_items.get(name, parameter.max_items),
        enum=rules.enum.get(name, parameter.enum),
    )
