"""A bounded queue, and one thread that writes what is in it: the program that records never waits for the disk."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import queue
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from .append_file import AppendFile
from .quiet import quietly, tell_once

_BATCH: Final = 500
"""Lines that go out in one write."""
_RETRY: Final = 1.0
"""Seconds until the next try while the disk is full or the path cannot be written, and no call comes."""


class LineWriter:
    """Takes items from any thread, in any process that the program forks, and appends a line for each.

    ``put`` takes no lock, so that it may be called from a signal handler or a finalizer; a full queue drops the item.
    """

    def __init__(
        self, file: AppendFile, line_of: Callable[[Any, int], bytes], *, limit: int = 10_000, linger: float = 0.1
    ) -> None:
        """``line_of`` makes the line of an item and of the number of items dropped before it; ``linger`` is the time in
        seconds in which lines are collected for one write.
        """
        self._file = file
        self._line_of = line_of
        self._limit = limit
        self._linger = linger
        self._begin()
        _writers.add(self)

    def _begin(self) -> None:
        self._items: deque[Any] = deque()
        self._unwritten: list[bytes] = []
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._rung = False
        self._writing = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._quit = threading.Event()
        self._drops = itertools.count()
        self._drops_looked = 0
        self._drops_told = 0
        self.dropped = 0

    def put(self, item: Any, *, start: bool = True) -> None:
        """Queues an item; drops it where the queue is full. Without ``start`` no thread is begun for it, which takes
        locks: for finalizers.
        """
        if len(self._items) >= self._limit:
            next(self._drops)  # atomic, unlike +=
            return
        self._items.append(item)
        if start and self._thread is None:
            self._start()
        if not self._rung:
            self._rung = True
            self._bell.put(None)

    def flush(self, timeout: float = 5.0) -> bool:
        """Writes what is queued now, in this thread; whether all of it is written."""
        if not self._writing.acquire(timeout=timeout):
            return False
        try:
            quietly(self._drain)
            return not self._items and not self._unwritten
        finally:
            self._writing.release()

    def close(self, timeout: float = 5.0) -> bool:
        """Writes what is queued, closes the file and ends the thread; a later ``put`` begins anew."""
        self._end_thread(timeout)
        done = self.flush(timeout)
        if self._writing.acquire(timeout=timeout):
            quietly(self._file.close)
            self._writing.release()
        return done

    def before_fork(self) -> None:
        """No thread while the program forks: Python 3.12 and later warn of it, as the child may find locks taken. The
        next ``put`` begins another one.
        """
        if self._thread is not None:
            self._end_thread(1.0)
            self.flush(1.0)

    def after_fork_in_child(self) -> None:
        """The parent writes what it has queued; nothing of its threads and locks is of use here."""
        self._begin()
        quietly(self._file.close)  # a lock on a file that is open in both would be one lock

    def _end_thread(self, timeout: float) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._quit.set()
            self._bell.put(None)
            thread.join(timeout)
            self._rung = False
            self._bell.put(None)  # for what another thread put, and found the bell rung

    def _start(self) -> None:
        if not self._starting.acquire(blocking=False):
            return
        try:
            if self._thread is None:
                quietly(_end_with_process, self)
                self._quit = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._quit,), name="call recorder", daemon=True)
                self._thread.start()
        except RuntimeError:  # no thread any more, the program is ending: what is queued is written at its end
            self._thread = None
        finally:
            self._starting.release()

    def _run(self, ended: threading.Event) -> None:
        while True:
            with contextlib.suppress(queue.Empty):
                self._bell.get(timeout=_RETRY if self._unwritten else None)
            if ended.wait(self._linger):
                return
            self._rung = False
            with self._writing:
                quietly(self._drain)

    def _drain(self) -> None:
        """Writes all that is queued, as far as the disk takes it; for the holder of ``_writing``."""
        while self._unwritten or self._items:
            if not self._unwritten:
                self._unwritten = self._next_lines()
            if not self._unwritten:
                continue
            try:
                written = self._file.append(self._unwritten)
            except OSError as problem:
                quietly(self._file.close)
                reason = problem.strerror or type(problem).__name__
                tell_once(
                    f"{self._file.path} {reason}",
                    f"{self._file.path} cannot be written ({reason}); calls wait in memory, the newest are dropped.",
                )
                return
            del self._unwritten[:written]

    def _next_lines(self) -> list[bytes]:
        lines: list[bytes] = []
        self.dropped = next(self._drops) - self._drops_looked  # asking counts, too
        self._drops_looked += 1
        while self._items and len(lines) < _BATCH:
            line = quietly(self._line_of, self._items.popleft(), self.dropped - self._drops_told)
            if line:
                lines.append(line)
                self._drops_told = self.dropped
        return lines


_writers: weakref.WeakSet[LineWriter] = weakref.WeakSet()


def _close_all() -> None:
    for writer in list(_writers):
        quietly(writer.close, 2.0)


def _for_all(method: Callable[[LineWriter], None]) -> Callable[[], None]:
    def call() -> None:
        for writer in list(_writers):
            quietly(method, writer)

    return call


def _end_with_process(writer: LineWriter) -> None:
    """A child of ``multiprocessing`` ends without ``atexit``, but with the finalizers of that module."""
    process, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, writer.flush, exitpriority=10)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_for_all(LineWriter.before_fork), after_in_child=_for_all(LineWriter.after_fork_in_child)
    )
