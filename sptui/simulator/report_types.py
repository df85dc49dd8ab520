"""Whether a type of report may be asked for: by this application, for this seller, in these marketplaces, now.

Texts: selling-partner-api-docs 371, 382, 614, 649, -models 2564. Roles, marketplaces and removals are those of the
offered types.
"""

from __future__ import annotations

import re
from typing import Final

from sptui.simulator.context import CallContext
from sptui.simulator.replies import RefusalError, denied, invalid
from sptui.simulator.restricted import carries
from sptui.simulator.standing import Standing, standing_of
from sptui.spapi.offered_types import OfferedType, TypeKind, find_type

PERFORMANCE: Final = "GET_V2_SELLER_PERFORMANCE_REPORT"

_REJECTED: Final = "Report rejected for this client. "
_NUMBERS: Final = {
    "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE": 1117,
    "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2": 1118,
}
"""Amazon's own numbers of report types, where an answer told them."""


def checked_type(context: CallContext) -> OfferedType:
    """The report type that the call names. Raises RefusalError where it cannot be had."""
    kind = context.values["reportType"]
    offered = find_type(TypeKind.REPORT, kind) if re.fullmatch(r"[A-Z0-9_]+", kind) else None
    if offered is None:
        raise invalid(f"Invalid Report Type {kind}")
    if not carries(context.caller.roles, offered.roles):
        raise _forbidden() if offered.restricted else denied()
    if offered.vendors and offered.sellers is False:
        told = "account ID of type class com.amazon.partner.account.id.MerchantCustomerId"
        raise invalid(f"Report type {_number(context, kind)} does not support {told}.")
    if offered.requestable is False:
        raise invalid(f"Request for report type {_number(context, kind)} is not allowed at this time")
    _check_marketplaces(context, offered)
    return offered


def _forbidden() -> RefusalError:
    """A report with buyers' data without the restricted role has a message of its own."""
    return RefusalError(403, "Unauthorized", "Access to the resource is forbidden")


def _number(context: CallContext, kind: str) -> int:
    return _NUMBERS.get(kind) or context.seeded.integer(2000, 2999, "number of report type", kind)


def _check_marketplaces(context: CallContext, offered: OfferedType) -> None:
    allowed = [_allowed(context, offered, each) for each in context.marketplaces]
    if not any(allowed):
        raise invalid(f"{_REJECTED}your report could not be applied to any marketplaces")
    if not all(allowed):
        raise invalid(f"{_REJECTED}Some of the marketplaces are not allowed for this Report")
    if offered.max_marketplaces is not None and len(allowed) > offered.max_marketplaces:
        told = "Multiple marketplaces were provided for this report type that can only be applied to one marketplace"
        raise invalid(f"{_REJECTED}{told} at a time.")


def _allowed(context: CallContext, offered: OfferedType, marketplace_id: str) -> bool:
    standing = standing_of(marketplace_id, context.seller, context.region)
    return standing is Standing.PARTICIPATING and offered.offered_in(marketplace_id) is not False
