"""Records the calls that a program makes to the Selling Partner API, for ``sptui log import`` and ``sptui log who``.

    from sptui.recorder import Recorder

    recorder = Recorder("spapi-calls.jsonl", application="amzn1.sp.solution.…", deploy="2026-11-23.4")
    recorder.watch(client)  # httpx, requests, urllib3, Amazon's SDK, python-amazon-sp-api
    with recorder.call(seller_id="A…"):
        ...

This folder needs nothing but Python's standard library (3.9 or later) and none of the rest of sptui: it may be copied
into another project, under any name.
"""

from __future__ import annotations

from .recorder import Recorder

__all__ = ["Recorder"]
