"""What the simulator remembers: everything that was created, uploaded or changed by calls."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sptui.simulator.documents import DocumentStore
from sptui.simulator.listing_changes import ListingChanges
from sptui.simulator.order_changes import OrderChanges
from sptui.simulator.parcels import ParcelStore
from sptui.simulator.processing import JobStore
from sptui.simulator.report_calendar import ScheduleStore
from sptui.simulator.rotations import SecretStore
from sptui.simulator.seeded import Seeded
from sptui.simulator.subscribers import SubscriberStore
from sptui.simulator.tokens import TokenStore


class Memory(msgspec.Struct, frozen=True):
    """One store a subject; ``began`` is when the world did. Nothing in it changes by itself."""

    began: datetime
    tokens: TokenStore
    documents: DocumentStore
    reports: JobStore
    feeds: JobStore
    schedules: ScheduleStore
    subscribers: SubscriberStore
    orders: OrderChanges
    listings: ListingChanges
    parcels: ParcelStore
    secrets: SecretStore


def empty_memory(began: datetime, seeded: Seeded) -> Memory:
    """The memory of a world that begins at ``began``."""
    return Memory(
        began,
        TokenStore(seeded),
        DocumentStore(seeded),
        JobStore(seeded, "report"),
        JobStore(seeded, "feed"),
        ScheduleStore(seeded),
        SubscriberStore(seeded),
        OrderChanges(),
        ListingChanges(),
        ParcelStore(),
        SecretStore(),
    )
