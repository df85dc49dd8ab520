"""Which operation a row of a foreign table is a call of, as SQL: by its name, or by method and path.

A path may be the template, raw with ids in it, with a query, or a whole address.
"""

from __future__ import annotations

from typing import Any, Final

from sptui.calllog.asking.columns import Row
from sptui.calllog.asking.flavours import Flavour
from sptui.calllog.paths import pattern_of, siblings
from sptui.spapi.catalogue import Operation

_HOST: Final = "([A-Za-z]+://[^/?#]+)?(/sandbox)?(/(na|eu|fe|NA|EU|FE))?"
"""Before a path: a host, and what a simulator has there."""
_VERSION: Final = "^.*/(v[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2})/"
"""Up to the version, which every path of the catalogue has."""


def is_operation(operation: Operation, row: Row, flavour: Flavour) -> tuple[str, dict[str, Any]]:
    """The condition, with its parameters."""
    by_path = _by_path(operation, row, flavour) if "path" in row else ""
    if "operation" not in row:
        return by_path, {}
    name = row.text("operation")
    named = f"{name} IN (:operation, :operation_name)"
    values = {"operation": operation.key, "operation_name": operation.name}
    return (f"({named} OR ({name} = '' AND {by_path}))" if by_path else named), values


def place_of(row: Row, flavour: Flavour, name: str) -> str:
    """Method and template of a failed call, so that like calls group; "" where it has its operation's name."""
    method = f"upper({row.text('method')})" if "method" in row else "''"
    if name == "sqlite":
        place = f"place_of({method}, {row.text('path')})"
    else:
        place = flavour.plus.format(x=method, y=_template(row.text("path"), flavour))
    if "operation" not in row:
        return place
    return f"CASE WHEN {row.text('operation')} <> '' THEN '' ELSE {place} END" if "path" in row else "''"


def _by_path(operation: Operation, row: Row, flavour: Flavour) -> str:
    path = row.text("path")
    condition = f"({path} = '{operation.path}' OR {_like(path, operation.path, flavour)})"
    for each in siblings(operation):
        condition += f" AND NOT ({path} = '{each}' OR {_like(path, each, flavour)})"
    if "method" in row:
        methods = "('GET', '')" if operation.method == "GET" else f"('{operation.method}')"
        condition = f"upper({row.text('method')}) IN {methods} AND {condition}"
    return f"({condition})"


def _like(path: str, template: str, flavour: Flavour) -> str:
    """Whether a raw path is of the template: the right words at the right places, and no slash too many."""
    if not flavour.matches:
        pattern = _wildcards(template)
        return (
            f"({path} LIKE '{pattern}' AND {path} NOT LIKE '{pattern}/%'"
            f" OR {path} LIKE 'http%{pattern}' AND {path} NOT LIKE 'http%{pattern}/%' OR {path} LIKE '%{pattern}?%')"
        )
    # The regular expression decides; LIKE is quicker and leaves few to it.
    pattern = f"^{_HOST}{pattern_of(template)}/?([?#].*)?$"
    return f"({path} LIKE '%{_wildcards(template)}%' AND {flavour.matches.format(x=path, pattern=_quoted(pattern))})"


def _template(path: str, flavour: Flavour) -> str:
    """The path without its query, with {} for ids: for the parts behind the version that hold a digit. (Whether it
    is a template of the catalogue's is found out afterwards, of the few that are left.)
    """
    replace = flavour.dialect.replace
    if not replace:
        return path
    bare = replace.format(text=path, pattern="[?#].*$", replacement="")
    behind = replace.format(text=bare, pattern=_VERSION, replacement="")
    before = f"substr({bare}, 1, length({bare}) - length({behind}))"
    alike = replace.format(text=behind, pattern="[^/]*[0-9][^/]*", replacement="{}")
    return f"CASE WHEN {path} LIKE '%{{%' THEN {path} ELSE concat({before}, {alike}) END"


def _wildcards(template: str) -> str:
    return "/" + "/".join("%" if part.startswith("{") else part for part in template.strip("/").split("/"))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
