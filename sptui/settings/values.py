"""What the settings' texts mean, one kind of value each.

Every reader raises ValueError, whose message tells "what is wrong; what was expected".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sptui.settings.queue_address import aws_address, read_queue_address
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError
from sptui.spapi.regions import Region


def filled(text: str) -> str:
    """A name."""
    if not text.strip() or not text.isprintable():
        raise ValueError("empty or unprintable; expected a name")
    return text.strip()


def filled_table(table: dict[str, str]) -> dict[str, str]:
    """A table of names and texts, none of them empty."""
    for action, keys in table.items():
        if not action.strip() or not keys.strip():
            raise ValueError('an empty entry; expected name = "text"')
    return table


def spapi_address(text: str) -> str:
    """An address that stands for SP-API's, which may hold ``{region}``; "" for Amazon's own."""
    return _address(text, lambda: Endpoints(spapi=text).base(Region.NA))


def lwa_address(text: str) -> str:
    """An address that stands for the token endpoint's; "" for Amazon's own."""
    return _address(text, lambda: Endpoints(lwa=text).lwa_url)


def _address(text: str, check: Callable[[], str]) -> str:
    expected = "expected an address of this machine, such as http://127.0.0.1:8080 (or Amazon's own)"
    if not text:
        return ""
    if "@" in text or "?" in text or "#" in text or not text.isprintable() or " " in text:
        raise ValueError(f"not a plain address; {expected}")
    try:
        check()
    except ForbiddenHostError:
        raise ValueError(f"neither Amazon's nor this machine's, and tokens go nowhere else; {expected}") from None
    return text


def queue_url(text: str) -> str:
    """The address of an SQS queue, or ""."""
    return read_queue_address(text).url if text else ""


def aws_end_point(text: str) -> str:
    """An end point of AWS, or of this machine, or ""."""
    return aws_address(text) if text else ""


def aws_region(text: str) -> str:
    """A region of AWS, or ""."""
    if text and not re.fullmatch(r"[a-z]{2}(-[a-z]+){1,2}-\d{1,2}", text):
        raise ValueError("not a region of AWS; expected such as eu-west-1")
    return text


def flag(text: str) -> bool:
    """A yes or no, as an environment variable tells it."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError("neither yes nor no; expected true or false")
    return words[text.strip().lower()]
