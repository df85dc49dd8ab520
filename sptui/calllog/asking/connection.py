"""The connection to a database of the user's: read-only, limited in time, never waited for without end.

Each question is a transaction of its own, so that none is left open on their server while a person thinks.
"""

from __future__ import annotations

import contextlib
import re
import uuid
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec

from sptui.calllog.asking.driving import address, backend_of, engine_for
from sptui.calllog.asking.engine import CallLogError, LogUnreachableError
from sptui.calllog.asking.flavours import FLAVOURS, STANDARD, Flavour
from sptui.calllog.asking.patience import SECONDS_TO_STOP, Waiting
from sptui.calllog.asking.told import NEEDS_EXTRA, is_limit, told, what_to_do
from sptui.calllog.paths import PathMatcher
from sptui.calllog.preparing import Preparing
from sptui.spapi.redaction import Secret

T = TypeVar("T")

SECONDS_TO_CONNECT: Final = 15.0
_WORD: Final = re.compile(r"\w+")
_PARAMETER: Final = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


class DatabaseLog(msgspec.Struct, frozen=True):
    """Where the log is: ``url`` (SQLAlchemy's), ``table`` (with its schema), and for each field the column that
    holds it; what is not named is guessed. ``timeout`` is in seconds. ``password`` goes before one within the URL.
    """

    url: str
    table: str = "calls"
    columns: dict[str, str] = {}
    timeout: float = 60.0
    password: Secret = Secret("")

    def __repr__(self) -> str:
        return f"DatabaseLog(table={self.table!r})"


class Connection:
    """Asks one database. Everything raises CallLogError; ``cancel`` may come from another thread."""

    def __init__(self, log: DatabaseLog, preparing: Preparing) -> None:
        """Connects; ``preparing`` may end that."""
        try:
            import sqlalchemy
            import sqlalchemy.pool
        except ImportError as problem:
            raise CallLogError(NEEDS_EXTRA) from problem
        self._alchemy = sqlalchemy
        self.timeout = log.timeout
        self._mark = f"sptui {uuid.uuid4().hex}"
        self._state = _State()
        self._waiting = Waiting()
        self._preparing = preparing
        url = address(log.url, log.password)
        self._hidden = tuple(filter(None, (log.password.reveal(), url.password)))
        self.name = backend_of(url)
        self.flavour: Flavour = FLAVOURS.get(self.name, STANDARD)
        self._engine = self._made(url)
        try:
            self._connect()
        except CallLogError as problem:
            self.close()
            if self.name != "clickhouse" or "readonly" not in str(problem):
                raise
            # A user who may only read may not set that, nor a limit: the server has its own for such.
            self._engine = self._made(url, limited=False)
            self._connect()

    def quoted(self, name: str) -> str:
        """A name as SQL; engines that know names in capitals alone get those in small letters without quotes."""
        preparer = self._engine.dialect.identifier_preparer
        quote = preparer.quote if self._engine.dialect.requires_name_normalize else preparer.quote_identifier
        return str(quote(name))

    def names(self, sql: str) -> list[str]:
        """The names of a question's columns."""
        return self._work(lambda: self._run(sql, {}, lambda result: list(result.keys())), self.timeout)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question, which SELECTs. A connection lost since the last question is made anew, once."""
        if not sql.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
            raise CallLogError("Only questions are put to the database of [call_log] url: nothing is written there.")
        try:
            return self._work(lambda: self._ask(sql, values), self.timeout)
        except _LostError:
            return self._work(lambda: self._ask(sql, values), self.timeout)

    def is_read_only(self) -> bool:
        """Whether the server says so."""
        sql = self.flavour.is_read_only
        return bool(sql) and bool(self.rows(sql, {})[0][0])

    def looked_at(self, use: Callable[[Any], T]) -> T:
        """What ``use`` makes of SQLAlchemy's inspector."""

        def look() -> T:
            with self._engine.connect() as connection, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of types that the dialect does not know
                return use(self._alchemy.inspect(connection))

        return self._work(look, self.timeout)

    def cancel(self) -> None:
        """Ends the question that runs, on the server too, as far as its driver can."""
        if self._state.running:
            self._state.cancelled = True
            self._waiting.give_up()
            self._stop()

    def close(self) -> None:
        """Closes the connection."""
        self._state.driver = self._state.cursor = None
        with contextlib.suppress(Exception):  # a driver's own errors
            self._engine.dispose()

    # -- Opening ---------------------------------------------------------------------------------------------------

    def _made(self, url: Any, *, limited: bool = True) -> Any:
        listen = self._alchemy.event.listen
        engine = engine_for(url, self.timeout, self._hidden, limited=limited)
        listen(engine, "connect", self._tame)
        listen(engine, "close", self._let_go)
        listen(engine, "before_cursor_execute", self._remember)
        listen(engine, "handle_error", self._mind_lost_ones)
        if self.name == "hive":
            from sptui.calllog.asking.thrift import execute_and_poll

            listen(engine, "do_execute", execute_and_poll(lambda: self._state.stopped))
        return engine

    def _connect(self) -> None:
        with self._preparing.stopped_by(self._waiting.give_up):
            outcome = self._waiting.wait_for(
                self._tidied(self._first_connection), SECONDS_TO_CONNECT, lambda: None, grace=0
            )
        if not outcome.ended:
            raise LogUnreachableError(
                f"The database of [call_log] url ({self.name}) did not answer within {SECONDS_TO_CONNECT:g} s. Check "
                "its host and port, and whether a firewall or a VPN is between."
            )
        if isinstance(outcome.problem, Exception):
            raise LogUnreachableError(self._words(outcome.problem)) from None

    def _first_connection(self) -> None:
        with self._engine.connect() as connection:
            self._begin(connection)
            if self.name in ("mysql", "mariadb"):
                self._state.session = connection.execute(self._alchemy.text("SELECT connection_id()")).scalar()

    def _tame(self, raw: Any, _record: Any) -> None:
        """Makes a new connection read-only; its limit of time is set where the server knows of one."""
        cursor = raw.cursor()
        try:
            for statement in self.flavour.session:
                cursor.execute(self._limited(statement))
            for statement in self.flavour.wishes:
                with contextlib.suppress(self._engine.dialect.loaded_dbapi.Error):
                    cursor.execute(self._limited(statement))
        finally:
            cursor.close()
        if self.name == "sqlite":
            from sptui.calllog.signatures import signature_of

            raw.create_function("signature_of", 1, lambda text: signature_of(text or ""), deterministic=True)
            raw.create_function("place_of", 2, _place, deterministic=True)

    def _let_go(self, raw: Any, _record: Any) -> None:
        """What ClickHouse's drivers do not do when they are told to close."""
        transport = getattr(raw, "transport", None)
        for owner, name in ((transport, "disconnect"), (getattr(transport, "http", None), "close")):
            if callable(method := getattr(owner, name, None)):
                method()

    def _limited(self, statement: str) -> str:
        return statement.format(milliseconds=round(self.timeout * 1000), seconds=max(1, round(self.timeout)))

    # -- Asking ----------------------------------------------------------------------------------------------------

    def _begin(self, connection: Any) -> None:
        if self.flavour.transaction:
            connection.execute(self._alchemy.text(self._limited(self.flavour.transaction)))

    def _ask(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self._run(sql, values, lambda result: [tuple(row) for row in result.fetchall()])

    def _run(self, sql: str, values: Mapping[str, Any], read: Callable[[Any], T]) -> T:
        # A colon that is part of the text (a time in a pattern) is no parameter.
        escaped = _PARAMETER.sub(lambda found: found[0] if found[1] in values else f"\\{found[0]}", sql)
        used = {name: values[name] for name in _PARAMETER.findall(escaped)}
        # Not before the first word, by which some drivers (Athena's) see how texts are quoted; and not behind the last,
        # where ClickHouse forgets it.
        text = self._alchemy.text(_WORD.sub(rf"\g<0> /* {self._mark} */", escaped, count=1))
        with self._engine.connect() as connection:
            self._begin(connection)
            return read(connection.execute(text, used))

    def _work(self, work: Callable[[], T], seconds: float) -> T:
        state = self._state
        state.cancelled, state.stopped, state.running = False, False, True
        try:
            outcome = self._waiting.wait_for(self._tidied(work), seconds, self._stop)
        finally:
            state.running = False
        if not outcome.ended:
            self._engine.dispose()  # the next question must not wait for a connection that hangs
        problem = outcome.problem
        if outcome.ended and problem is None:
            return outcome.value  # type: ignore[no-any-return]  # what work gave
        if isinstance(problem, CallLogError) or (problem is not None and not isinstance(problem, Exception)):
            raise problem
        if state.cancelled:
            raise CallLogError("The question was cancelled.") from None
        if problem is None or outcome.late or is_limit(str(problem)):
            raise LogUnreachableError(
                f"The database did not answer within {seconds:g} s. Ask about a shorter time, such as the "
                "last 24 hours, or raise [call_log] timeout."
            ) from None
        if state.lost:
            state.lost = False
            raise _LostError(self._words(problem)) from None
        raise LogUnreachableError(self._words(problem)) from None

    def _tidied(self, work: Callable[[], T]) -> Callable[[], T]:
        """``work`` that may end when nobody waits for it any more: then it leaves no connection open."""

        def run() -> T:
            pool = self._engine.pool
            try:
                return work()
            finally:
                if self._engine.pool is not pool:
                    pool.dispose()

        return run

    def _words(self, problem: BaseException) -> str:
        cause = told(problem, self._hidden)
        return f"The call log in the database ({self.name}) cannot be asked: {cause.rstrip('.')}. {what_to_do(cause)}"

    # -- Ending ----------------------------------------------------------------------------------------------------

    def _remember(self, connection: Any, cursor: Any, *_others: Any) -> None:
        self._state.driver = connection.connection.dbapi_connection
        self._state.cursor = cursor

    def _mind_lost_ones(self, context: Any) -> None:
        self._state.lost = bool(context.is_disconnect)

    def _stop(self) -> None:
        """Ends what runs on the server. Takes a few seconds at most; a driver's own errors are nobody's concern."""
        self._state.stopped = True
        Waiting().wait_for(self._end_statement, SECONDS_TO_STOP / 2, lambda: None, grace=0)

    def _end_statement(self) -> None:
        driver, cursor = self._state.driver, self._state.cursor
        if self.name == "clickhouse":
            self._elsewhere(
                # Put together, so that this statement itself is not meant.
                f"KILL QUERY WHERE position(query, concat('sptui ', '{self._mark.removeprefix('sptui ')}')) > 0"
            )
        elif self.name in ("mysql", "mariadb"):
            self._elsewhere(f"KILL QUERY {int(self._state.session)}")
        else:
            # psycopg's own ``cancel`` holds up all of Python while a server does not answer it.
            ways = ((driver, "cancel_safe"), (driver, "cancel"), (driver, "interrupt"), (cursor, "cancel"))
            for owner, name in ways:
                if callable(method := getattr(owner, name, None)):
                    method()
                    return

    def _elsewhere(self, statement: str) -> None:
        """Runs a statement on a connection of its own."""
        with self._engine.connect() as connection:
            connection.execute(self._alchemy.text(statement))


@lru_cache(maxsize=1)
def _matcher() -> PathMatcher:
    return PathMatcher()


def _place(method: str, path: str) -> str:
    """Method and template."""
    return f"{method} {_matcher().match(method or 'GET', path).path}"


class _State:
    """What runs now, as far as another thread needs to know."""

    def __init__(self) -> None:
        self.running = False
        self.cancelled = False
        self.stopped = False
        self.lost = False
        self.driver: Any = None
        self.cursor: Any = None
        self.session: Any = 0


class _LostError(LogUnreachableError):
    """The connection is gone."""
