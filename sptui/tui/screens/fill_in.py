"""What a pasted call does not tell, filled in by the person who knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Select

from sptui.spapi.regions import Region
from sptui.triage.case import UnreadableCaseError
from sptui.triage.reading import FillIn
from sptui.triage.reading.recognised import check_operation
from sptui.tui.screens.form import Form, field

_TOKENS: Final = (("Atza| seller's", "access"), ("Atc| grantless", "grantless"), ("Atz.sprdt| restricted", "rdt"),
                  ("Atzr| refresh token", "refresh"), ("none was sent", "none"))  # fmt: skip
_STATUSES: Final = ("NORMAL", "AT_RISK", "DEACTIVATED", "SUSPENDED")


class FillInForm(Form):
    """A line for each thing that can be added; ``use`` is given all of them."""

    title_of_form = "What the call does not tell"

    def __init__(self, known: FillIn, missing: frozenset[str], use: Callable[[FillIn], None]) -> None:
        """``known`` was filled in before; ``missing`` names the fields that the call does not tell."""
        super().__init__()
        self._known = known
        self._missing = missing
        self._use = use

    def fields(self) -> Iterator[Widget]:
        """The fields, the most telling first."""
        known = self._known
        calling = known.other_sellers
        yield self._line(
            "operation", "Operation", Input(known.operation, placeholder="getOrders", id="operation", compact=True)
        )
        yield self._line(
            "status", "Status", Input(str(known.status or ""), placeholder="403", id="status", compact=True)
        )
        yield self._line(
            "region", "Region", _choice("region", [(each.words, each.value) for each in Region], known.region)
        )
        yield self._line(
            "marketplace",
            "Marketplace",
            Input(known.marketplace, placeholder="DE, or its id", id="marketplace", compact=True),
        )
        yield self._line("token_kind", "Token", _choice("token", _TOKENS, known.token_kind))
        yield self._line(
            "roles", "App's roles", Input(", ".join(known.roles), placeholder="with commas", id="roles", compact=True)
        )
        yield self._line("other_sellers", "Fails for", Input(
            f"{calling[1]}/{calling[0]}" if calling else "", placeholder="3/120 sellers", id="sellers", compact=True,
        ))  # fmt: skip
        yield self._line(
            "account_status", "Account", _choice("account", [(each, each) for each in _STATUSES], known.account_status)
        )
        yield self._line(
            "seller", "Seller id", Input(known.seller, placeholder="for Amazon's support", id="seller", compact=True)
        )

    def _line(self, name: str, label: str, widget: Widget) -> Widget:
        return field(f"{'▸ ' if name in self._missing else '  '}{label}", widget)

    def buttons(self) -> Iterator[Button]:
        """Use or leave."""
        yield Button("Use", variant="primary", id="use", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """What the marks mean."""
        self.query(Input).first().focus()
        self.tell("▸ is not told by the call. Leave empty what nobody knows.")

    @on(Button.Pressed, "#use")
    @on(Input.Submitted)
    def _take(self) -> None:
        try:
            more = self._filled()
        except ValueError as problem:
            self.tell_problem(problem)
            return
        self.dismiss()
        self._use(more)

    def _filled(self) -> FillIn:
        """What the form says. Raises ValueError, which UnreadableCaseError is."""
        operation, status, sellers = self.text("operation"), self.text("status"), self.text("sellers")
        if operation:
            check_operation(operation)
        if status and not (status.isdecimal() and 100 <= int(status[:4]) <= 599):
            raise UnreadableCaseError(f"{status[:20]!r} is no HTTP status: expected is a number from 100 to 599.")
        failing, _, calling = sellers.partition("/")
        if sellers and not (failing.isdecimal() and calling.isdecimal() and len(sellers) < 20 and int(calling)):
            raise UnreadableCaseError("How many sellers it fails for is written like 3/120: three of 120.")
        region, token, account = (self.query_one(f"#{each}", Select).value for each in ("region", "token", "account"))
        return FillIn(
            operation=operation,
            status=int(status) if status else None,
            seller=self.text("seller"),
            region=Region(region) if isinstance(region, str) else None,
            marketplace=self.text("marketplace"),
            token_kind=token if isinstance(token, str) else "",
            roles=tuple(each.strip() for each in self.text("roles").split(",") if each.strip()),
            account_status=account if isinstance(account, str) else "",
            other_sellers=(int(calling), int(failing)) if sellers else None,
        )


def _choice(name: str, choices: list[tuple[str, str]] | tuple[tuple[str, str], ...], chosen: str | None) -> Select[str]:
    return Select(
        [(Content(text), value) for text, value in choices],
        value=str(chosen) if chosen else Select.NULL, prompt="not known", id=name, compact=True,
    )  # fmt: skip
