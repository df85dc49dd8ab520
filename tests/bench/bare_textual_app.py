"""What sptui's first frame is compared with: a header, a footer and three tables on plain Textual."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, TabbedContent, TabPane

TABS = ("Participations", "Account status", "Metrics")


class BareApp(App[None]):
    """Three tables of thirty rows in tabs."""

    def compose(self) -> ComposeResult:
        """The usual frame."""
        yield Header()
        with TabbedContent():
            for title in TABS:
                with TabPane(title):
                    yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        """Fills the tables."""
        for table in self.query(DataTable):
            table.add_columns("Marketplace", "Country", "Participating", "Suspended", "Store")
            table.add_rows((f"A{row:013}", "US", "yes", "no", f"Store {row}") for row in range(30))


if __name__ == "__main__":
    BareApp().run()
