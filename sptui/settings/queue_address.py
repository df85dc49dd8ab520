"""The address of an SQS queue: what it tells of region and ARN, and whether AWS credentials may go there."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sptui.spapi.endpoints import is_loopback

_REGION: Final = re.compile(r"(?:^|\.)([a-z]{2}(?:-[a-z]+){1,2}-\d{1,2})(?=\.)")
_AWS_DOMAINS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_PATH: Final = re.compile(r"/(\d{12})/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)")
_ODD: Final = frozenset(" \\@#?")


class QueueAddress(msgspec.Struct, frozen=True):
    """``url`` as given; ``endpoint`` is its host alone; ``region`` is "" where neither address nor settings tell it."""

    url: str
    endpoint: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """``arn:aws:sqs:eu-west-1:123456789012:name``; "" where the region is not known."""
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:sqs:{self.region}:{self.account}:{self.name}" if self.region else ""

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO queue: Amazon delivers to standard queues alone (docs notifications guide)."""
        return self.name.endswith(".fifo")


def read_queue_address(url: str, *, region: str = "", endpoint_url: str = "") -> QueueAddress:
    """Reads a queue's URL. Raises ValueError ("what is wrong; what was expected").

    ``endpoint_url`` takes the place of the host, as with AWS's own tools.
    """
    expected = "expected such as https://sqs.eu-west-1.amazonaws.com/123456789012/my-queue"
    aws_address(url)
    parts = urlsplit(url)
    found = _PATH.fullmatch(parts.path)
    if found is None:
        raise ValueError(f"not the address of a queue; {expected}")
    endpoint = aws_address(endpoint_url) if endpoint_url else f"{parts.scheme}://{parts.netloc}"
    in_host = _REGION.search(parts.hostname or "")
    told = in_host[1] if in_host else ""
    if told and region and told != region:
        raise ValueError(f"in {told}, and region says {region}; expected the same in both")
    return QueueAddress(url, endpoint, told or region, found[1], found[2])


def aws_address(url: str) -> str:
    """``url`` itself, if AWS credentials may go there: AWS's hosts over https, or this machine. Raises ValueError."""
    expected = "expected an address of AWS over https, or of this machine"
    try:
        parts = urlsplit(url)
        plain = url.isprintable() and not set(url) & _ODD and parts.port != 0
    except ValueError:
        plain = False
        parts = urlsplit("")
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not a plain address; {expected}")
    if is_loopback(url) or (parts.scheme == "https" and parts.hostname.endswith(_AWS_DOMAINS)):
        return url
    raise ValueError(f"neither AWS's nor this machine's, and credentials go nowhere else; {expected}")
