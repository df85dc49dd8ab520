"""The pages of Seller Central on which only a person can act.

The hosts are the marketplaces' own; the paths are those that people's links show (observed often, not documented).
The charge methods are a part of the Seller Account Information page (Seller Central help "Update your account
information"), so that is the page given for them.
"""

from __future__ import annotations

from typing import Final, Literal

from sptui.spapi.marketplaces import MARKETPLACES

Page = Literal["account_information", "account_health", "charge_method"]

_PATHS: Final[dict[Page, str]] = {
    "account_information": "/hz/sc/account-information",
    "account_health": "/performance/dashboard",
    "charge_method": "/hz/sc/account-information",
}


def page_for(kind: Page, marketplace_id: str) -> str:
    """The page's address for a marketplace; "" for an id that is no Amazon store."""
    marketplace = MARKETPLACES.get(marketplace_id)
    return f"{marketplace.seller_central}{_PATHS[kind]}" if marketplace else ""
