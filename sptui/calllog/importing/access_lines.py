"""Lines of access logs: Common and Combined Log Format (Apache, nginx, also with the upstream's times), AWS
application load balancers, and the W3C form of CloudFront.
"""

from __future__ import annotations

import re
from typing import Final

from sptui.calllog.importing.values import Unreadable, Values, aside

_COMMON: Final = re.compile(
    r'(?:\S+:\d+ )?(?P<client>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) (?P<path>\S+)[^"]*"'
    r" (?P<status>\d{3}|-)(?P<rest>.*)"
)
_BALANCER: Final = re.compile(
    r"(?:https?|h2|wss?|grpcs?) (?P<time>\d{4}-\d\d-\d\dT\S+) \S+ \S+ \S+ -?[\d.]+ (?P<seconds>-?[\d.]+) -?[\d.]+"
    r' (?P<elb>\d+|-) (?P<status>\d+|-) \S+ \S+ "(?P<method>[A-Z]+) (?P<path>\S+)[^"]*"'
)
_NAMED_SECONDS: Final = re.compile(r'\b(?:rt|request_time|urt|upstream_response_time)[=:]"?(\d+\.\d+)')
_SECONDS: Final = re.compile(r'(?: (?:\d+|-))?(?: "[^"]*")*(?: (?:\d+\.\d+:)?(\d+\.\d+))')
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")


def is_access_line(line: str) -> bool:
    """Whether the line is of one of the shapes that are read."""
    return bool(_COMMON.match(line) or _BALANCER.match(line))


def read_access_line(line: bytes) -> Values | Unreadable:
    """What a line tells; the time is that of the request, in milliseconds the whole of it."""
    text = line[:65536].decode(errors="replace")
    found = _COMMON.match(text)
    if found is not None:
        rest = found["rest"]
        taken = _NAMED_SECONDS.search(rest) or _SECONDS.match(rest)
        return _values(found, found["status"], taken[1] if taken else "")
    found = _BALANCER.match(text)
    if found is None:
        return aside("none of the known access-log shapes", line)
    return _values(found, found["status"] if found["status"] != "-" else found["elb"], found["seconds"])


def _values(found: re.Match[str], status: str, seconds: str) -> Values:
    return Values(
        time=found["time"],
        method=found["method"],
        path=found["path"],
        status="" if status == "-" else status,
        milliseconds=in_milliseconds(seconds),
    )


def in_milliseconds(seconds: str) -> str:
    """Seconds as milliseconds; "" for what is no such number."""
    return str(round(float(seconds) * 1000, 3)) if _NUMBER.fullmatch(seconds) else ""


_FIELDS_LINE: Final = re.compile(r"^#Fields:[ \t]*(\S.*)$", re.MULTILINE)


def w3c_names(head: str) -> tuple[str, ...]:
    """The columns of a W3C extended log file, as its line ``#Fields:`` tells; () for any other text."""
    found = _FIELDS_LINE.search(head) if head.lstrip("\ufeff").startswith("#") else None
    return tuple(found[1].split()) if found else ()


def read_w3c_line(line: bytes, names: tuple[str, ...]) -> Values | Unreadable:
    """A line with tabs (CloudFront) or blanks between its columns; ``-`` stands for nothing."""
    text = line[:65536].decode(errors="replace").strip("\r\n")
    parts = text.split("\t") if "\t" in text else text.split(" ")
    if len(parts) != len(names):
        return aside(f"{len(parts)} columns instead of {len(names)}", line)
    row = {name: "" if part == "-" else part for name, part in zip(names, parts, strict=True)}
    query = row.get("cs-uri-query", "")
    seconds = "\t" in text
    taken = row.get("time-taken", "")
    return Values(
        time=f"{row.get('date', '')} {row.get('time', '')}".strip(),
        method=row.get("cs-method", ""),
        path=row.get("cs-uri-stem", "") + (f"?{query}" if query else ""),
        status=row.get("sc-status", "")[:3],
        request_id=row.get("x-edge-request-id", ""),
        milliseconds=in_milliseconds(taken) if seconds else taken,
    )
