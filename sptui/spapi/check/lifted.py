"""Where the models are narrower than Amazon: rules that are not enforced, each with its reason.

Each is one that a request breaks which Amazon's own sandbox answers with success, or which the model contradicts
itself. A checker that cries wolf there would send a developer after a fault that is none.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from sptui.spapi.check.problems import ProblemKind


class Lift(msgspec.Struct, frozen=True):
    """One rule that is not enforced: of an operation (its key), at a path (``[]`` for any member), of a kind."""

    operation: str
    path: str
    kind: ProblemKind
    reason: str


_VOLUME: Final = "packagesToInbound[].distributionPackage.measurements.volume.unitOfMeasurement"
_CUIN: Final = "The samples of checkInboundEligibility and createInbound write CUIN; the model lists CU_IN alone."
_BANK: Final = "destinationTransactionInstrument.bankAccount"
_STATUS_ADDRESS: Final = "shipmentStatusUpdates[].statusUpdateDetails.statusLocationAddress"
_NO_NAME: Final = "The sample gives no name and street for the place of a status; the model borrows a buyer's address."
_CARTON: Final = "shipments[].containers[]"
_UNITS: Final = "The sample writes IN, KG and Each; the model lists In, Kg and Eaches."
_EXPORT: Final = "The sample gives a moment where the model's prose asks for a day; getInvoices takes moments too."

LIFTED: Final = (
    Lift("awd-2024-05-09.checkInboundEligibility", _VOLUME, ProblemKind.ENUM, _CUIN),
    Lift("awd-2024-05-09.createInbound", _VOLUME, ProblemKind.ENUM, _CUIN),
    Lift("awd-2024-05-09.updateInbound", _VOLUME, ProblemKind.ENUM, _CUIN),
    Lift(
        "fulfillmentInbound-v0.getShipmentItems",
        "QueryType",
        ProblemKind.ENUM,
        "The samples ask for SHIPMENT, as getShipments does; the model lists DATE_RANGE and NEXT_TOKEN alone.",
    ),
    Lift("invoices-2024-06-19.createInvoicesExport", "dateStart", ProblemKind.FORMAT, _EXPORT),
    Lift("invoices-2024-06-19.createInvoicesExport", "dateEnd", ProblemKind.FORMAT, _EXPORT),
    Lift(
        "sellerWallet-2024-03-01.createTransaction",
        "payeeContactInformation.payeeEntityType",
        ProblemKind.ENUM,
        "The sample says PERSON; the model lists INDIVIDUAL.",
    ),
    Lift(
        "sellerWallet-2024-03-01.createTransferSchedule",
        f"{_BANK}.bankNumberFormat",
        ProblemKind.ENUM,
        "The sample says IBAN; the model lists BIC and BASIC alone.",
    ),
    Lift(
        "sellerWallet-2024-03-01.createTransferSchedule",
        f"{_BANK}.bankAccountOwnershipType",
        ProblemKind.ENUM,
        "The sample says SELF_ACCOUNT; the model lists SELF.",
    ),
    Lift(
        "vendorDirectFulfillmentShipping-v1.submitShipmentStatusUpdates",
        f"{_STATUS_ADDRESS}.name",
        ProblemKind.MISSING,
        _NO_NAME,
    ),
    Lift(
        "vendorDirectFulfillmentShipping-v1.submitShipmentStatusUpdates",
        f"{_STATUS_ADDRESS}.addressLine1",
        ProblemKind.MISSING,
        _NO_NAME,
    ),
    Lift("vendorShipments-v1.SubmitShipments", f"{_CARTON}.dimensions.unitOfMeasure", ProblemKind.ENUM, _UNITS),
    Lift("vendorShipments-v1.SubmitShipments", f"{_CARTON}.weight.unitOfMeasure", ProblemKind.ENUM, _UNITS),
    Lift(
        "vendorShipments-v1.SubmitShipments",
        f"{_CARTON}.packedItems[].packedQuantity.unitOfMeasure",
        ProblemKind.ENUM,
        _UNITS,
    ),
)

_BY_OPERATION: Final[dict[str, frozenset[tuple[str, ProblemKind]]]] = {
    key: frozenset((each.path, each.kind) for each in LIFTED if each.operation == key)
    for key in {each.operation for each in LIFTED}
}
_INDEX: Final = re.compile(r"\[\d+\]")


class Lifted:
    """The lifted rules of one operation: call it with a path and a kind."""

    __slots__ = ("_rules",)

    def __init__(self, key: str) -> None:
        self._rules = _BY_OPERATION.get(key)

    def __call__(self, path: str, kind: ProblemKind) -> bool:
        """Whether the rule of that kind is not enforced there."""
        return self._rules is not None and (_INDEX.sub("[]", path), kind) in self._rules
