"""A program of a Python that may be older than sptui's: run with the folder that holds the copied recorder."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from call_recorder import Recorder  # type: ignore[import-not-found]  # copied there by the test

FILE = Path(tempfile.mkdtemp(), "calls.jsonl")
NA = "https://sellingpartnerapi-na.amazon.com"


def main() -> None:
    """A call by begin and end, one that fails, one by hand, one by logging, one of a forked child."""
    recorder = Recorder(FILE, application="app", seller_of=lambda *_: "A1", rotate_bytes=10_000)
    with recorder.call(marketplaces=["ATVPDKIKX0DER"]):
        call = recorder.begin("GET", NA + "/orders/v0/orders?x=Atza|CANARY", {"X-Amz-Access-Token": "Atza|CANARY"})
        assert call is not None
        call.answered(403, {"x-amzn-RequestId": "1"})
        call.take(b'{"errors": [{"code": "Unauthorized", "message": "client_secret=CANARY Bearer Atzr|CANARY"}]}')
        call.end()
        failing = recorder.begin("GET", NA + "/sellers/v1/account")
        assert failing is not None
        try:
            urllib.request.urlopen("http://127.0.0.1:9/", timeout=5)
        except OSError as raised:
            failing.fail(raised)
    recorder.write(path="/by/hand", status=200, time=dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))  # noqa: UP017 - for older Pythons
    log = logging.getLogger("program")
    log.addHandler(recorder.logging_handler())
    log.warning("call", extra={"path": "/by/logging", "status": 200, "seller_id": "A9"})
    child = os.fork()
    if not child:
        recorder.write(path="/by/child", status=200)
        sys.exit(0)
    os.waitpid(child, 0)
    assert recorder.close()
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert "CANARY" not in json.dumps(lines), lines
    told = sorted((line["path"], line["status"], line["code"], line["seller_id"]) for line in lines)
    assert told == [
        ("/by/child", 200, "", ""),
        ("/by/hand", 200, "", ""),
        ("/by/logging", 200, "", "A9"),
        ("/orders/v0/orders", 403, "Unauthorized", "A1"),
        ("/sellers/v1/account", 0, "connect", "A1"),
    ], told


if __name__ == "__main__":
    main()
