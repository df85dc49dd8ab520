"""The questions as SQL: grouping and distinct counting happen in the engine, only the counts come back."""

from __future__ import annotations

from typing import Any, Final

from sptui.calllog.asking.engine import Dialect, Scope
from sptui.calllog.questions import Question

FAILED: Final = "(status >= 400 OR status = 0)"
MOST_MESSAGES: Final = 1000
"""Rows of an answer at most, where messages could not be grouped in the engine."""


def failing(question: Question) -> tuple[str, dict[str, Any]]:
    """The condition for the error asked for, with its parameters."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if question.status is not None:
        conditions.append("status = :status")
        values["status"] = question.status
    if question.code:
        conditions.append("code = :code")
        values["code"] = question.code
    return " AND ".join(conditions) or FAILED, values


def counts(dialect: Dialect, scope: Scope, question: Question) -> Scope:
    """Sellers that call and that fail, as rows of kind, value, calling, failing; the kinds are total, marketplaces (as
    logged, several with commas), region and application. Calls without a seller id count for nobody.

    Counted is by grouping twice: quicker than count(DISTINCT …), and in old ClickHouse that is NULL for none.
    """
    condition, values = failing(question)
    failed = f"max(CASE WHEN {condition} THEN 1 ELSE 0 END) AS failed"
    if dialect.grouping_sets:
        sql = (
            "SELECT CASE kind_of WHEN 7 THEN 'total' WHEN 3 THEN 'marketplaces' WHEN 5 THEN 'region'"
            " ELSE 'application' END AS kind, coalesce(marketplaces, region, application, '') AS value,"
            f" count(*) AS calling, sum(failed) AS failing FROM (SELECT {dialect.grouping} AS kind_of, seller,"
            f" marketplaces, region, application, {failed} FROM (SELECT {dialect.key} AS seller, marketplaces, region,"
            f" application, status, code FROM ({scope.sql}) s WHERE seller_id <> '') k GROUP BY GROUPING SETS"
            " ((seller), (seller, marketplaces), (seller, region), (seller, application))) g"
            " GROUP BY kind_of, marketplaces, region, application"
        )
        return Scope(sql, {**scope.values, **values})
    parts = []
    for kind in ("total", "marketplaces", "region", "application"):
        value = "''" if kind == "total" else kind
        group = "" if kind == "total" else f", {kind}"
        parts.append(
            f"SELECT '{kind}' AS kind, {value} AS value, count(*) AS calling, sum(failed) AS failing FROM"
            f" (SELECT seller_id{group}, {failed} FROM ({scope.sql}) s WHERE seller_id <> ''"
            f" GROUP BY seller_id{group}) g" + (f" GROUP BY {kind}" if group else "")
        )
    return Scope(" UNION ALL ".join(parts), {**scope.values, **values})


def split_marketplaces(dialect: Dialect, scope: Scope, question: Question) -> Scope:
    """The counts by single marketplace, for logs whose calls name several."""
    condition, values = failing(question)
    relation = dialect.split.format(relation=f"({scope.sql}) s")
    sql = (
        "SELECT 'marketplaces' AS kind, marketplace AS value, count(*) AS calling, sum(failed) AS failing FROM"
        f" (SELECT seller_id, marketplace, max(CASE WHEN {condition} THEN 1 ELSE 0 END) AS failed FROM ({relation}) m"
        " WHERE seller_id <> '' GROUP BY seller_id, marketplace) g GROUP BY marketplace"
    )
    return Scope(sql, {**scope.values, **values})


def when(scope: Scope, question: Question) -> Scope:
    """How many calls failed, the first and the last time."""
    condition, values = failing(question)
    sql = (
        "SELECT sum(calls) AS failures, min(first_time) AS first_seen, max(last_time) AS last_seen"
        f" FROM ({scope.sql}) s WHERE {condition}"
    )
    return Scope(sql, {**scope.values, **values})


def often(times: Scope, question: Question) -> Scope:
    """The errors, grouped, without sellers: status, code, message, calls, first and last time."""
    condition, values = failing(question)
    sql = (
        "SELECT status, code, message, sum(calls) AS all_calls, min(first_time) AS first_seen, max(last_time) AS"
        f" last_seen FROM ({times.sql}) t WHERE {condition} GROUP BY status, code, message"
    )
    return Scope(sql, {**times.values, **values})


def elsewhere(scope: Scope, question: Question) -> Scope:
    """How many failing sellers fail in one of their marketplaces and never in another."""
    condition, values = failing(question)
    sql = (
        "SELECT count(*) AS sellers FROM (SELECT seller_id FROM (SELECT seller_id, marketplaces,"
        f" max(CASE WHEN {condition} THEN 1 ELSE 0 END) AS failed FROM ({scope.sql}) s WHERE seller_id <> ''"
        " GROUP BY seller_id, marketplaces) m GROUP BY seller_id HAVING max(failed) = 1 AND min(failed) = 0) e"
    )
    return Scope(sql, {**scope.values, **values})


def same_sellers(scope: Scope, others: Scope, question: Question) -> Scope:
    """Of the failing sellers: how many make other calls, and how many of those get the same error there."""
    condition, values = failing(question)
    sql = (
        "SELECT count(*) AS calling, sum(failed) AS failing FROM (SELECT seller_id,"
        f" max(CASE WHEN {condition} THEN 1 ELSE 0 END) AS failed FROM ({others.sql}) o WHERE seller_id <> ''"
        f" AND seller_id IN (SELECT seller_id FROM ({scope.sql}) s WHERE {condition}) GROUP BY seller_id) g"
    )
    return Scope(sql, {**scope.values, **others.values, **values})


def messages(dialect: Dialect, scope: Scope, condition: str, values: dict[str, Any]) -> Scope:
    """The errors, grouped: status, code, message, sellers, calls, times."""
    message = alike(dialect, "message")
    sql = (
        f"SELECT status, code, {message} AS told, count(DISTINCT nullif(seller_id, '')) AS sellers,"
        " sum(calls) AS all_calls, min(first_time) AS first_seen, max(last_time) AS last_seen"
        f" FROM ({scope.sql}) s WHERE {condition}"
        f" GROUP BY status, code, {message} ORDER BY sellers DESC, all_calls DESC LIMIT {MOST_MESSAGES}"
    )
    return Scope(sql, {**scope.values, **values})


def alike(dialect: Dialect, text: str) -> str:
    """A column with error texts made alike, as ``signature_of`` does; as it is where the engine cannot."""
    from sptui.calllog.signatures import LONGEST, PATTERNS

    if not dialect.replace:
        return text
    for pattern, replacement in PATTERNS:
        quoted = pattern.replace("'", dialect.apostrophe)
        text = dialect.replace.format(text=text, pattern=quoted, replacement=replacement)
    return f"substr({text}, 1, {LONGEST})"
