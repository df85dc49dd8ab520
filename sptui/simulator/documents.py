"""Documents behind pre-signed addresses: reports to fetch, feeds to upload. It answers as S3 does, in XML.

An address opens for five minutes (docs getReportDocument); after that S3 says so (recorded answer).
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec

from sptui.simulator.hosts import Address, document_base
from sptui.simulator.replies import Reply
from sptui.simulator.seeded import CAPITALS, DIGITS, Seeded
from sptui.simulator.wire import WireRequest
from sptui.spapi.regions import Region

EXPIRES_SECONDS: Final = 300
_MOST_KEPT: Final = 2_000
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_SIGNED_ELSEWHERE: Final = ("x-amz-access-token", "x-amz-date", "x-amz-security-token")


class Document(msgspec.Struct, frozen=True):
    """What lies at an address: bytes as they are served. ``gzipped``: they are compressed already."""

    content: bytes
    content_type: str
    gzipped: bool = False


class DocumentStore:
    """The documents, the oldest forgotten at last, and the addresses that open them."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._documents: OrderedDict[str, Document | None] = OrderedDict()
        self._expected: OrderedDict[str, str] = OrderedDict()
        self.count = 0
        """Documents kept so far, the forgotten ones included."""

    def offer(self, document_id: str, document: Document) -> None:
        """Makes a document readable."""
        self._keep(document_id, document)

    def expect(self, document_id: str, content_type: str) -> None:
        """Makes a place for an upload, which must come with exactly that media type: it is part of the signature."""
        self._keep(document_id, None)
        self._expected[document_id] = content_type
        if len(self._expected) > _MOST_KEPT:
            self._expected.popitem(last=False)

    def content(self, document_id: str) -> bytes | None:
        """What was put there, or None."""
        document = self._documents.get(document_id)
        return document.content if document is not None else None

    def address(
        self, method: str, document_id: str, region: Region, origin: str, now: datetime, *, gzip_header: bool = False
    ) -> str:
        """A pre-signed address, good for ``method`` for five minutes."""
        stamp = now.strftime(_STAMP)
        scope = f"{stamp[:8]}/{region.aws_region}/s3/aws4_request"
        key = "AKIA" + self._seeded.text(16, "key", region, alphabet=CAPITALS)
        query = {
            **({"response-content-encoding": "gzip"} if gzip_header else {}),
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": stamp,
            "X-Amz-SignedHeaders": "content-type;host" if method == "PUT" else "host",
            "X-Amz-Expires": str(EXPIRES_SECONDS),
            "X-Amz-Credential": f"{key}/{scope}",
            "X-Amz-Signature": self._signature(method, document_id, stamp),
        }
        return f"{document_base(region, origin)}/{quote(document_id)}?{urlencode(query)}"

    def answer(self, request: WireRequest, address: Address, now: datetime) -> Reply:
        """The answer to any request to the document host."""
        document_id = unquote(address.path.removeprefix("/"))
        query = _query(request.query)
        if (refusal := self._refusal(request, document_id, query, now)) is not None:
            return refusal
        if request.method == "PUT":
            self.offer(document_id, Document(request.body, request.headers.get("content-type", "")))
            return Reply(200, content_type="", headers=self._ids(now))
        document = self._documents[document_id]
        if document is None:
            return self._error(404, "NoSuchKey", "The specified key does not exist.", now)
        headers = self._ids(now)
        if document.gzipped and query.get("response-content-encoding") == "gzip":
            headers = (*headers, ("Content-Encoding", "gzip"))
        return Reply(200, document.content, document.content_type, headers=headers)

    def _refusal(self, request: WireRequest, document_id: str, query: dict[str, str], now: datetime) -> Reply | None:
        if "authorization" in request.headers:
            told = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string"
            return self._error(400, "InvalidArgument", f"{told} parameter or the Authorization header", now)
        if unsigned := [name for name in _SIGNED_ELSEWHERE if name in request.headers]:
            told = f"There were headers present in the request which were not signed: {', '.join(unsigned)}"
            return self._error(403, "AccessDenied", told, now)
        stamp, signature = query.get("X-Amz-Date", ""), query.get("X-Amz-Signature", "")
        if not signature or document_id not in self._documents:
            return self._error(403, "AccessDenied", "Access Denied", now)
        if signature != self._signature(request.method, document_id, stamp) or not self._fits(request, document_id):
            told = "The request signature we calculated does not match the signature you provided."
            return self._error(403, "SignatureDoesNotMatch", told, now)
        ends = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC) + timedelta(seconds=EXPIRES_SECONDS)
        if now > ends:
            return self._expired(ends, now)
        return None

    def _fits(self, request: WireRequest, document_id: str) -> bool:
        """Whether an upload has the media type that its address was made for."""
        if request.method != "PUT":
            return True
        sent, wanted = request.headers.get("content-type", ""), self._expected.get(document_id, "")
        return _plain(sent) == _plain(wanted)

    def _signature(self, method: str, document_id: str, stamp: str) -> str:
        return self._seeded.hex(64, "signature", "GET" if method == "HEAD" else method, document_id, stamp)

    def _expired(self, ends: datetime, now: datetime) -> Reply:
        inner = (
            f"<X-Amz-Expires>{EXPIRES_SECONDS}</X-Amz-Expires><Expires>{ends:%Y-%m-%dT%H:%M:%SZ}</Expires>"
            f"<ServerTime>{now:%Y-%m-%dT%H:%M:%SZ}</ServerTime>"
        )
        return self._error(403, "AccessDenied", "Request has expired", now, inner)

    def _error(self, status: int, code: str, message: str, now: datetime, inner: str = "") -> Reply:
        ids = dict(self._ids(now))
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{inner}'
            f"<RequestId>{ids['x-amz-request-id']}</RequestId><HostId>{ids['x-amz-id-2']}</HostId></Error>"
        )
        return Reply(status, text.encode(), "application/xml", headers=tuple(ids.items()))

    def _ids(self, now: datetime) -> tuple[tuple[str, str], ...]:
        request_id = self._seeded.text(16, "s3", now, alphabet=CAPITALS)
        host_id = self._seeded.text(76, "s3 host", now)
        return (("x-amz-request-id", request_id), ("x-amz-id-2", host_id), ("Server", "AmazonS3"))

    def _keep(self, document_id: str, document: Document | None) -> None:
        self.count += 1
        self._documents[document_id] = document
        self._documents.move_to_end(document_id)
        if len(self._documents) > _MOST_KEPT:
            self._documents.popitem(last=False)


def compressed(text: bytes, content_type: str) -> Document:
    """A gzip document, the same bytes for the same text."""
    return Document(gzip.compress(text, mtime=0), content_type, gzipped=True)


def report_document_id(seeded: Seeded, region: Region, *what: object) -> str:
    """An id in the form that Amazon gives to the documents of reports."""
    return f"amzn1.spdoc.1.4.{region.lower()}.{seeded.uuid(*what)}.T{seeded.text(13, *what, alphabet=DIGITS)}.2503"


def feed_document_id(seeded: Seeded, region: Region, *what: object) -> str:
    """An id in the form that Amazon gives to the documents of feeds."""
    return f"amzn1.tortuga.4.{region.lower()}.{seeded.uuid(*what)}.T{seeded.text(13, *what, alphabet=DIGITS)}"


def _plain(media_type: str) -> str:
    return "".join(media_type.split()).lower()


def _query(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}
