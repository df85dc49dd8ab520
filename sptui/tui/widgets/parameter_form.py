"""The fields of an operation's parameters, made from the catalogue; typed as for ``-p`` on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Label

from sptui.spapi.catalogue import Operation, Parameter
from sptui.spapi.requests import RequestContext, format_value, minimal_values, parse_assignments, sample_value


class ParameterForm(VerticalScroll):
    """A field for each parameter, needed ones first and marked, and one for a name of the person's own."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, can_focus=False)

    async def show(
        self, operation: Operation | None, context: RequestContext, typed: Mapping[str, str] | None = None
    ) -> None:
        """Makes the fields anew, filled with ``typed`` (None: with the minimal request); none for no operation."""
        async with self.batch():
            await self.remove_children()
            if operation is not None:
                await self.mount_all(_rows(operation, context, typed))

    @property
    def assignments(self) -> list[str]:
        """``name=value`` of each field in which something stands."""
        fields = [field for field in self.query(Input) if field.value.strip()]
        return [f"{field.name}={field.value}" for field in fields if field.name] + [
            field.value for field in fields if not field.name
        ]

    def values(self, operation: Operation) -> dict[str, Any]:
        """What stands in the fields, typed as the catalogue says. Raises InvalidValueError."""
        return parse_assignments(operation, self.assignments)


def as_typed(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as a person would type them into the fields."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    # A list with commas is read back as a list of plain texts: whatever else is in it is written as JSON.
    if isinstance(value, list) and not all(isinstance(each, str) and "," not in each for each in value):
        return msgspec.json.encode(value).decode()
    return format_value(value)


def _rows(operation: Operation, context: RequestContext, typed: Mapping[str, str] | None) -> Iterable[Horizontal]:
    needed = as_typed(minimal_values(operation, context))
    shown = needed if typed is None else typed
    for each in sorted(operation.parameters, key=lambda each: each.name not in needed):
        sample = _text(sample_value(operation, each.name, context))
        yield _field(each, shown.get(each.name, ""), each.name in needed, sample)
    for name, value in shown.items():
        if operation.parameter(name) is None:
            yield _other(f"{name}={value}")
    yield _other("")


def _field(parameter: Parameter, value: str, needed: bool, sample: str) -> Horizontal:  # noqa: FBT001
    hint = ", ".join(parameter.enum) if parameter.enum else sample.strip()
    field = Input(
        value, placeholder=f"e.g. {hint}" if hint else "", name=parameter.name, compact=True,
        tooltip=Content(hint) if hint else None,
    )  # fmt: skip
    return Horizontal(
        Label(Content(f"{parameter.name}{' *' if needed else ''}"), classes="-needed" if needed else ""),
        field,
        classes="field",
    )


def _other(value: str) -> Horizontal:
    label = Label("another", classes="-other")
    return Horizontal(label, Input(value, placeholder="name=value", compact=True), classes="field")
