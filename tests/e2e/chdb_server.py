"""ClickHouse's HTTP protocol in front of chDB: a ClickHouse of these days in a package of Python's.

A program of its own, run by a Python that has chDB and nothing else of sptui's; prints its port.
"""

from __future__ import annotations

import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import MagicMock
from urllib.parse import parse_qsl, urlsplit

# chDB wants it for data frames alone.
sys.modules["pyarrow"] = MagicMock()
from chdb.session import Session  # type: ignore[import-not-found]  # noqa: E402 - not of sptui's environment

SETTINGS = ("readonly", "max_execution_time")
QUESTION = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
SESSION = Session()


class Answers(BaseHTTPRequestHandler):
    """The query is the body, its settings and format are parameters of the address."""

    def do_POST(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        sql = self.rfile.read(int(self.headers["Content-Length"])).decode()
        settings = ", ".join(f"{name} = {asked[name]}" for name in SETTINGS if name in asked)
        if settings and QUESTION.match(sql):
            sql = f"{sql} SETTINGS {settings}"
        try:
            status, answer = 200, SESSION.query(sql, asked["default_format"]).bytes()
        except Exception as problem:  # noqa: BLE001 - whatever ClickHouse says is its answer
            status, answer = 500, str(problem).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its name there
        """Nothing is logged."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Answers)
    print(server.server_port, flush=True)
    server.serve_forever()
