"""Time from start to the first painted frame, and memory after it, in a real pseudo-terminal (Linux).

    python tests/bench/first_frame.py [PAIRS]

Runs ``sptui demo`` and a bare Textual app in turn, so that both meet the same machine, and prints medians and
the ratio pair by pair.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

BARE = [sys.executable, str(Path(__file__).parent / "bare_textual_app.py")]
DEMO = [str(Path(sys.executable).parent / "sptui"), "demo"]
ESCAPES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")
SETTLE_SECONDS = 1.5


def run_once(command: list[str], text: bytes) -> tuple[float, float]:
    """Seconds to the first frame that shows ``text``, and MiB resident a while after it."""
    started = time.perf_counter()
    child, screen = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", HOME=tempfile.mkdtemp())
        os.execv(command[0], command)  # noqa: S606 - two fixed commands
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    output, painted, memory = b"", 0.0, 0.0
    deadline = started + 30
    while time.perf_counter() < deadline:
        if select.select([screen], [], [], 0.05)[0]:
            output += os.read(screen, 65536)
            if not painted and text in ESCAPES.sub(b"", output):
                painted = time.perf_counter() - started
                deadline = time.perf_counter() + SETTLE_SECONDS
    if not painted:
        sys.exit(f"{command} never showed {text!r}:\n{output[-2000:]!r}")
    status = Path(f"/proc/{child}/status").read_text(encoding="ascii")
    if found := re.search(r"VmRSS:\s+(\d+)", status):
        memory = int(found[1]) / 1024
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(screen)
    return painted, memory


def main() -> None:
    """Both in turn, after one run of each that does not count."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    demo, bare = [], []
    for number in range(pairs + 1):
        one, other = run_once(DEMO, b"Northwind"), run_once(BARE, b"Participations")
        if number:
            demo.append(one)
            bare.append(other)
    for name, runs in (("sptui demo", demo), ("bare Textual app", bare)):
        paint = statistics.median(seconds for seconds, _ in runs) * 1000
        memory = statistics.median(megabytes for _, megabytes in runs)
        print(f"{name:<18} first frame {paint:6.0f} ms   memory {memory:5.1f} MiB")
    ratios = [one[0] / other[0] for one, other in zip(demo, bare, strict=True)]
    memories = [one[1] / other[1] for one, other in zip(demo, bare, strict=True)]
    print(f"{'ratio':<18} first frame {statistics.median(ratios):6.2f}      memory {statistics.median(memories):5.2f}")


if __name__ == "__main__":
    main()
