"""What is known of the authorizations of one seller that are shown: summaries, stores, metrics, trends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sptui.database import DatabaseError
from sptui.health.metric import Metric, Severity
from sptui.health.summary import HealthSummary
from sptui.spapi.authorization import Authorization
from sptui.tui.widgets.marketplaces_table import Store, stores_of, worst_first

if TYPE_CHECKING:
    from sptui.workspace import Workspace


class SellerKnown:
    """As of the last ``look``: ``stores`` and ``metrics`` by their key, what asks for attention first."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._trends: dict[str, list[float | int | None]] = {}
        self.summaries: list[HealthSummary] = []
        self.stores: list[tuple[str, Store]] = []
        self.metrics: dict[str, tuple[Authorization, Metric]] = {}

    def look(self, authorizations: Iterable[Authorization]) -> None:
        """Looks at what is known of these now."""
        asked = [(each, self.summary(each)) for each in authorizations]
        self.summaries = [summary for _, summary in asked]
        self.stores = [
            (f"{each.key}/{store.marketplace_id}", store) for each, summary in asked for store in stores_of(summary)
        ]
        self.stores.sort(key=lambda entry: worst_first(entry[1]))
        self.metrics = {
            f"{each.key}/{metric.marketplace_id}/{metric.label}": (each, metric)
            for each, summary in asked
            for metric in summary.metrics
        }
        if len(asked) > 1:
            self.metrics = dict(sorted(self.metrics.items(), key=lambda entry: -entry[1][1].severity))
        self._trends.clear()

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to show."""
        return not self.stores and not self.metrics and not any(each.status_history for each in self.summaries)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many stores, metrics that ask for attention, changes of status, stores that are not to be called."""
        bad = sum(metric.severity >= Severity.WARNING for _, metric in self.metrics.values())
        changes = sum(len(summary.status_history) for summary in self.summaries)
        asking = sum(each.answer in ("no", "care") for summary in self.summaries for each in summary.preflight)
        return len(self.stores), bad, changes, asking

    def summary(self, authorization: Authorization) -> HealthSummary:
        """Everything that is known of one; where the history cannot be read, why."""
        try:
            return self._workspace.monitor.summary(authorization)
        except DatabaseError as problem:
            return HealthSummary(authorization.seller, authorization.region, None, None, errors=(str(problem),))

    def trend(self, key: str) -> list[float | int | None]:
        """The values that a metric had, oldest first; looked up when its row is drawn."""
        if key not in self._trends and key in self.metrics:
            authorization, metric = self.metrics[key]
            try:
                points = self._workspace.history.trend(authorization, metric)
            except DatabaseError:
                points = ()
            self._trends[key] = [point.value for point in points]
        return self._trends.get(key, [])
