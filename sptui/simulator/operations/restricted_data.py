"""Tokens API v2021-03-01: Restricted Data Tokens, which open buyers' data in exactly what they were made for."""

from __future__ import annotations

import re
from typing import Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.replies import Reply, json_reply
from sptui.simulator.restricted import no_elements, resources_of
from sptui.simulator.tokens import LIFETIME, Grant
from sptui.spapi.offered_types import TypeKind, find_type

_APPLICATION: Final = re.compile(r"amzn1\.(sp\.solution|sellerapps\.app)\.[A-Za-z0-9.-]+")


def _create_restricted_data_token(context: CallContext) -> Reply:
    asked = context.values["restrictedResources"]
    resources = resources_of(asked, context.caller.roles, lambda each: _roles_of_document(context, each))
    target = context.values.get("targetApplication")
    if target is not None and not _APPLICATION.fullmatch(target):
        raise no_elements(sorted(frozenset().union(*(each.elements for each in resources))))
    grant = context.caller.grant
    token = context.memory.tokens.issue(
        Grant(grant.client_id, context.now, refresh_token=grant.refresh_token, resources=resources)
    )
    return json_reply(200, {"restrictedDataToken": token, "expiresIn": int(LIFETIME.total_seconds())})


def _roles_of_document(context: CallContext, document_id: str) -> tuple[str, ...] | None:
    """The roles that open one of the seller's report documents; None where it needs no restricted token."""
    job = context.memory.reports.with_document(context.seller.id, context.region, document_id)
    offered = find_type(TypeKind.REPORT, job.kind) if job else None
    return offered.roles if offered is not None and offered.restricted else None


HANDLERS: Final[dict[str, Handler]] = {"tokens-2021-03-01.createRestrictedDataToken": _create_restricted_data_token}
