"""The program in a real pseudo-terminal, its output read by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest


class Terminal:
    """A program in a pseudo-terminal of 80 by 24."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self._file, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._theirs = theirs  # kept open, so that its state can be asked for when the program is gone
        self.process = subprocess.Popen(
            command, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Reads until ``text`` is on the screen."""
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.screen.display):
            assert time.monotonic() < deadline, "\n".join(self.screen.display)
            self._read()

    def press(self, keys: str) -> None:
        """Types."""
        os.write(self._file, keys.encode())

    def exit_status(self, seconds: float = 60) -> int:
        """Reads until the program is gone."""
        deadline = time.monotonic() + seconds
        while (status := self.process.poll()) is None:
            self._read()
            assert time.monotonic() < deadline
        while self._read():
            pass
        return status

    def is_cooked(self) -> bool:
        """Whether the terminal reads lines again."""
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ICANON)

    def close(self) -> None:
        """Ends whatever is left."""
        self.process.kill()
        self.process.wait()
        os.close(self._file)
        os.close(self._theirs)

    def _read(self) -> bool:
        if not select.select([self._file], [], [], 0.05)[0]:
            return False
        data = os.read(self._file, 65536)
        self.output += data
        self._stream.feed(data)
        return True


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SPTUI_", "TEXTUAL"))}
    env |= {
        "TERM": "xterm-256color",
        "SPTUI_CONFIG_DIR": str(tmp_path / "config"),
        "SPTUI_DATA_DIR": str(tmp_path / "data"),
    }
    found = Terminal([sys.executable, "-m", "sptui", "demo"], env)
    yield found
    found.close()


def test_the_demo_in_a_terminal(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("▲ attention")
    terminal.press("t")
    terminal.wait_for("Which call fails?")
    terminal.press("\x0e")  # Ctrl+N: an example
    terminal.wait_for("CreatedBefore")
    terminal.press("\r")
    terminal.wait_for("REQUEST")
    terminal.press("q")
    assert terminal.exit_status() == 0
    assert terminal.is_cooked()
    assert not (tmp_path / "config").exists()  # the demo leaves nothing behind
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_told_to_end_leaves_the_terminal_as_it_was(terminal: Terminal, number: signal.Signals) -> None:
    terminal.wait_for("Northwind Outdoor")
    terminal.process.send_signal(number)
    terminal.exit_status()
    assert terminal.is_cooked()
    assert b"\x1b[?1049l" in terminal.output  # the screen before is back
