"""``sptui simulator`` as a process of its own, on a free port of loopback."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class SimulatorProcess:
    """A running simulator; ``base`` is its address."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sptui.cli.main", "simulator", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:(\d+))\n", self.first_line)
        self.base, self.port = (found[1], int(found[2])) if found else ("", 0)

    def end(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ends it; its exit status and what it said on stderr."""
        self.process.send_signal(by)
        _, stderr = self.process.communicate(timeout=60)
        return self.process.returncode, stderr


@contextmanager
def running(*arguments: str) -> Iterator[SimulatorProcess]:
    """A simulator on a free port, ended at the end."""
    made = SimulatorProcess("--port", "0", *arguments)
    try:
        assert made.base, made.process.communicate(timeout=60)
        yield made
    finally:
        if made.process.poll() is None:
            made.end()
