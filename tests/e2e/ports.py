"""Ports for servers that have to be told theirs."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """A port that nobody listens on now, below those that systems give to connections going out.

    So none of the tests' own connections takes it before the server does.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
