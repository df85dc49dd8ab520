"""What the recorder's tests share: a server that answers as it is told to, and reading what was written."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sptui.recorder import Recorder

NA = "https://sellingpartnerapi-na.amazon.com"
US = "ATVPDKIKX0DER"
TOKEN = "Atza|IwEBCANARY0token"
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}
HEADERS = {"x-amzn-RequestId": "6f1c", "x-amzn-ErrorType": "AccessDeniedException", "x-amzn-RateLimit-Limit": "0.5"}


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, each of which has to be whole."""
    data = path.read_bytes()
    assert data.endswith(b"\n") or not data
    return [json.loads(line) for line in data.splitlines()]


def one(recorder: Recorder, file: Path, answer: tuple[int, dict[str, str], bytes], **request: Any) -> dict[str, Any]:
    """The line of one call."""
    call = recorder.begin(**{"method": "GET", "url": f"{NA}/orders/v0/orders?MarketplaceIds={US}", **request})
    assert call is not None
    status, headers, body = answer
    call.answered(status, headers)
    call.take(body)
    call.end()
    assert recorder.flush()
    return lines(file)[-1]


class Answering(BaseHTTPRequestHandler):
    """``/status/403`` answers with that status and Amazon's error; ``/cut`` breaks off; ``/text/200`` says hello."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Any request."""
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        path = self.path.partition("?")[0]
        if path.endswith("/cut"):
            self.send_response(200)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b"a part")
            self.close_connection = True
            return
        if path.endswith("/silent"):
            self.close_connection = True
            return
        status = int(path.rpartition("/")[2]) if path.rpartition("/")[2].isdigit() else 200
        body = json.dumps(DENIED).encode() if status >= 400 else b'{"payload": "hello"}'
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        if status in (302, 307):
            self.send_header("location", "/na/orders/v0/orders/200")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """As for any other."""
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a running one."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    made.daemon_threads = True
    made.block_on_close = False
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
