"""The part of the log screen that asks: without holding up the keys, one question at a time, the last wish wins."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from typing import Final

from textual import on, work
from textual.events import ScreenResume, ScreenSuspend
from textual.timer import Timer

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.query import Term, query_of_terms
from sptui.database import DatabaseError
from sptui.spapi.calls import CallRecord
from sptui.tui.log_feed import FIRST_PAGE, Followed, LogFeed, View
from sptui.tui.log_lines import PATIENCE_SECONDS, Standing
from sptui.tui.log_rows import SellerNames
from sptui.tui.screens.base import SptuiScreen

TYPING_PAUSE_SECONDS: Final = 0.25
"""While somebody types, the log is asked only when so long no key came."""
FOLLOW_SECONDS: Final = 2.0
_FOLLOW_SHARE: Final = 20
"""Following takes at most one twentieth of the time: a slow log is asked seldom."""


class LogAsking(SptuiScreen[CallRecord | None]):
    """Subclasses draw what ``feed`` knows."""

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        """``terms``: what is asked for at first."""
        super().__init__()
        self.terms = self.terms_at_first = terms
        self.view = View.CALLS
        self.following = True
        self._problem = ""
        self._asked_at: float | None = None
        self._ticking: Timer | None = None
        self._next_look: Timer | None = None
        self._new_above = 0

    def on_mount(self) -> None:
        """Asks for the first time. A database may cost for each question: it is followed only when somebody says so."""
        self.following = self.workspace.simulated or not self.workspace.config.call_log.url
        self.feed.ask_for(query_of_terms(self.terms, self.names.ids))
        self.ask()

    @cached_property
    def names(self) -> SellerNames:
        """What the sellers are called."""
        return SellerNames(self.workspace.accounts.authorizations())

    @cached_property
    def feed(self) -> LogFeed:
        """What is known of the log; it is opened with the first question."""
        return LogFeed(self.workspace.open_log())

    async def on_unmount(self) -> None:
        """Ends what is being asked, of which nothing is drawn any more, and lets go of the log."""
        self.workers.cancel_node(self)
        await self.feed.desk.aclose()

    # For subclasses ---------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Shows what is known now."""
        raise NotImplementedError

    def draw_state(self) -> None:
        """Shows how it stands with the log."""
        raise NotImplementedError

    @property
    def reader_place(self) -> int:
        """The row of the cursor, or that on top of the screen where it is above; 0: the reader looks at the newest."""
        raise NotImplementedError

    @property
    def standing(self) -> Standing:
        """How it stands with the log."""
        feed = self.feed
        return Standing(
            view=self.view,
            terms=self.terms,
            shown=len(feed.calls.by_key if self.view is View.CALLS else feed.errors),
            total=feed.total,
            loaded=feed.is_loaded(self.view),
            asking=time.monotonic() - self._asked_at if self._asked_at is not None else None,
            following=self.following,
            ended=feed.query.until is not None,
            new_above=self._new_above,
            problem=self._problem,
            simulated=self.workspace.simulated,
            leaving=self.terms in ((), self.terms_at_first),
            preparing=feed.desk.preparing,
            source=self.workspace.log_source,
        )

    # Asking -----------------------------------------------------------------------------------------------

    def choose(self, terms: tuple[Term, ...], *, pause: float = 0.0) -> None:
        """Asks for other calls. The rows of before stay until the answer has come."""
        if terms == self.terms:
            return
        self.terms = terms
        self.feed.ask_for(query_of_terms(terms, self.names.ids))
        self._new_above = 0
        self.ask(pause)

    def ask(self, pause: float = 0.0) -> None:
        """Asks for what the view shows, unless it is known."""
        if self._next_look is not None:
            self._next_look.stop()  # at once: a look that begins before the question would take its place
        self._load(pause)

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its answer."""
        return self._asked_at is not None

    def stop(self) -> None:
        """Ends the question. What was known stays."""
        self.workers.cancel_group(self, "log")
        self._over()
        self.draw()

    @work(exclusive=True, group="log")
    async def _load(self, pause: float) -> None:
        self._begun()
        if pause:
            await asyncio.sleep(pause)
        try:
            if not self.feed.is_loaded(self.view):
                await self.feed.load(self.view)
                self._problem = ""
                self.rows_changed()
            self.draw()
            await self.feed.count()
        except (CallLogError, DatabaseError) as problem:
            self._problem = str(problem)
        self._over()
        self.draw()
        self._follow_later(FOLLOW_SECONDS)

    def rows_changed(self) -> None:
        """Called before rows that came anew are drawn."""

    def _begun(self) -> None:
        if self._next_look is not None:
            self._next_look.stop()
        self._over()
        self._asked_at = time.monotonic()
        self._ticking = self.set_interval(PATIENCE_SECONDS, self.draw_state)
        self.draw()

    def _over(self) -> None:
        self._asked_at = None
        if self._ticking is not None:
            self._ticking.stop()

    # Following --------------------------------------------------------------------------------------------

    @on(ScreenSuspend)
    def _covered(self) -> None:
        """Nobody sees what comes in."""
        if self._next_look is not None:
            self._next_look.stop()

    @on(ScreenResume)
    def _seen_again(self) -> None:
        if not self.is_asking:
            self._follow_later(0.05)

    def follow(self, *, on: bool) -> None:
        """Whether calls are shown as they come in."""
        self.following = on
        self._follow_later(0.05)
        self.draw_state()

    def _follow_later(self, seconds: float) -> None:
        if self._next_look is not None:
            self._next_look.stop()
        wanted = self.following and self.feed.query.until is None and self.feed.is_loaded(self.view)
        self._next_look = self.set_timer(seconds, self._follow) if wanted and self.is_current else None

    @work(exclusive=True, group="log")
    async def _follow(self) -> None:
        """Asks what has come since. A failure is told once; the next look may do better."""
        began = time.monotonic()
        try:
            found = await self.feed.follow(self.view, self.reader_place + FIRST_PAGE)
        except (CallLogError, DatabaseError) as problem:
            self._problem = str(problem)
            self.draw_state()
        else:
            self._came(found)
        self._follow_later(max(FOLLOW_SECONDS, _FOLLOW_SHARE * (time.monotonic() - began)))

    def _came(self, found: Followed) -> None:
        self._problem = ""
        if found.gap and not self.reader_place:
            self.reload()
            return
        if found.new:
            self.rows_changed()
            self.draw()
            if self.view is View.CALLS and self.reader_place:
                self._new_above = -1 if found.gap or self._new_above < 0 else self._new_above + found.new
        self.draw_state()

    def reload(self) -> None:
        """Asks for everything anew."""
        self._new_above = 0
        self.feed.forget()
        self.ask()

    def reader_moved(self) -> None:
        """The cursor stands elsewhere: on top, what came in is seen; at the end, older calls are wanted."""
        if not self.reader_place and self._new_above:
            if self._new_above < 0:
                self.reload()
            else:
                self._new_above = 0
                self.draw_state()
        elif (
            self.view is View.CALLS
            and self.reader_place >= len(self.feed.calls.by_key) - 1
            and self.feed.has_more
            and not self.is_asking
        ):
            self.feed.grow()
            self.ask()
