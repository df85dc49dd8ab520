"""Names for people that several rules use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sptui.spapi.enumeration import both
from sptui.spapi.marketplaces import MARKETPLACES, label_of_marketplace
from sptui.spapi.regions import Region
from sptui.triage.evidence import CallKnown

SUPPORT: Final = "developer.amazonservices.com/support"
PORTAL: Final = "the Solution Provider Portal (or Seller Central > Develop Apps)"


def labels(marketplaces: Iterable[str]) -> str:
    """``US and CA``; "the marketplace" where none is known."""
    return both(label_of_marketplace(each) for each in marketplaces) or "the marketplace"


def seller_central(marketplaces: Iterable[str]) -> str:
    """The Seller Central address of the first marketplace that has one."""
    return next((MARKETPLACES[each].seller_central for each in marketplaces if each in MARKETPLACES), "Seller Central")


def operation(call: CallKnown) -> str:
    """The operation's name, or its path, or "the call"."""
    return call.operation or (f"{call.method} {call.path}".strip() if call.path else "the call")


def where(region: Region | None) -> str:
    """`` in EU``, or nothing."""
    return f" in {region}" if region else ""
