"""The static sandbox: it knows the samples of Amazon's models and nothing of the seller.

No samples are carried yet. What is answered is what the samples let pass whatever is sent (docs
selling-partner-api-sandbox: parameters that a sample does not name are not checked); for the rest a production
request meets no sample, and gets the 400 that it gets at Amazon.
"""

from __future__ import annotations

from typing import Final

from sptui.simulator.replies import invalid
from sptui.spapi.catalogue import Operation

_UNCHECKED: Final = frozenset(
    {
        "fbaInventory-v1.getInventorySummaries",  # dynamic: it has state of its own
        "listingsItems-2021-08-01.getListingsItem",
        "notifications-v1.getDestinations",
        "notifications-v1.getSubscription",
        "sellers-v1.getMarketplaceParticipations",
    }
)


def check_sample(operation: Operation) -> None:
    """Raises RefusalError 400 where the sandbox has no sample that a request of this operation could match."""
    if operation.key not in _UNCHECKED:
        raise invalid("Could not match input arguments")
