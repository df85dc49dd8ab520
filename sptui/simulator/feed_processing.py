"""What becomes of a feed's content: whether it can be read, which rows fail, and the report about it.

A feed that cannot be read as its type asks ends FATAL with a report that says so; of one that can, single rows may fail
while the feed is DONE (Feeds guide). Types that Amazon has removed end FATAL (docs listings-feed-type-values).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

import msgspec

from sptui.simulator.wire import read_json
from sptui.spapi.offered_types import OfferedType

_LARGEST: Final = 32 * 1024 * 1024
_KNOWN_OPERATIONS: Final = ("UPDATE", "PARTIAL_UPDATE", "PATCH", "DELETE")


class RowError(msgspec.Struct, frozen=True):
    """One row (message) that failed: its number from 1 on, its SKU where it has one, a code, and why."""

    number: int
    sku: str
    code: str
    message: str


class Processed(msgspec.Struct, frozen=True):
    """How a feed went. ``fatal``: why nothing of it was processed, "" where it was."""

    rows: int = 0
    errors: tuple[RowError, ...] = ()
    fatal: str = ""


def process(offered: OfferedType, content: bytes) -> Processed:
    """What becomes of a feed of that type with that content."""
    data = _unpacked(content)
    if data is None:
        return Processed(fatal="The feed document could not be decompressed.")
    if not data.strip():
        return Processed(fatal="The feed document is empty.")
    form = form_of(offered)
    if form == "json":
        return _process_json(data)
    if form == "xml":
        return _process_xml(data)
    if form == "pdf":
        return Processed(rows=1) if data.startswith(b"%PDF-") else Processed(fatal="The document is not a PDF.")
    return _process_flat_file(data)


def form_of(offered: OfferedType) -> str:
    """``json``, ``xml``, ``pdf`` or ``tsv``: what documents of the type are (feed type values)."""
    media = offered.content_types[0] if offered.content_types else ""
    return next((form for form in ("json", "xml", "pdf") if form in media), "tsv")


def processing_report(offered: OfferedType, feed_id: str, seller_id: str, processed: Processed) -> tuple[bytes, str]:
    """The processing report and its media type, in the form that the type's reports have."""
    form = form_of(offered)
    if form == "json":
        return msgspec.json.encode(_json_report(feed_id, seller_id, processed)), "application/json; charset=UTF-8"
    if form == "xml":
        return _xml_report(feed_id, seller_id, processed), "text/xml; charset=UTF-8"
    return _flat_report(processed), "text/tab-separated-values; charset=UTF-8"


def _unpacked(content: bytes) -> bytes | None:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, _LARGEST)
    except (zlib.error, gzip.BadGzipFile):
        return None
    return unpacked


def _process_json(data: bytes) -> Processed:
    value, readable = read_json(data)
    if not readable or not isinstance(value, dict):
        return Processed(fatal="The feed document is not a JSON object.")
    messages = value.get("messages")
    if not isinstance(value.get("header"), dict) or not isinstance(messages, list):
        return Processed(fatal="The feed document needs 'header' and 'messages'.")
    return Processed(len(messages), tuple(_json_errors(messages)))


def _json_errors(messages: list[Any]) -> Iterator[RowError]:
    seen: set[Any] = set()
    for index, each in enumerate(messages, 1):
        message = each if isinstance(each, dict) else {}
        number, sku = message.get("messageId"), message.get("sku")
        number = number if isinstance(number, int) else index
        text = sku if isinstance(sku, str) else ""
        if not text:
            yield RowError(number, text, "4000001", "The provided value for 'sku' is invalid.")
        elif number in seen:
            yield RowError(number, text, "4000002", "The provided value for 'messageId' is not unique.")
        elif message.get("operationType") not in _KNOWN_OPERATIONS:
            yield RowError(number, text, "4000003", "The provided value for 'operationType' is invalid.")
        seen.add(number)


def _process_xml(data: bytes) -> Processed:
    """The messages of an envelope. Declared entities are refused: a small document must not grow into a large one."""
    counter = _MessageCounter()
    parser = expat.ParserCreate()
    parser.StartElementHandler = counter.start
    parser.EntityDeclHandler = counter.entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by place
    except (expat.ExpatError, _EntityError, ValueError):
        return Processed(fatal="The XML document is not well-formed or has a document type.")
    if counter.root != "AmazonEnvelope":
        return Processed(fatal="The root of the XML document must be AmazonEnvelope.")
    return Processed(counter.messages)


class _EntityError(Exception):
    """A document declares entities."""


class _MessageCounter:
    def __init__(self) -> None:
        self.root = ""
        self.messages = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        self.root = self.root or name
        self.messages += name == "Message"

    def entity(self, *_: Any) -> None:
        raise _EntityError


def _process_flat_file(data: bytes) -> Processed:
    lines = [line for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
    if not lines or "\t" not in lines[0]:
        return Processed(fatal="The first line of the file must name the columns, with tabs between them.")
    width = lines[0].count("\t") + 1
    errors = [
        RowError(number, line.split("\t")[0], "90057", f"The row has {columns} columns of {width}.")
        for number, line in enumerate(lines[1:], 1)
        if (columns := line.count("\t") + 1) > width
    ]
    return Processed(len(lines) - 1, tuple(errors))


def _json_report(feed_id: str, seller_id: str, processed: Processed) -> dict[str, Any]:
    issues = [
        {"messageId": each.number, "code": each.code, "severity": "ERROR", "message": each.message}
        for each in processed.errors
    ]
    if processed.fatal:
        issues.append({"messageId": 0, "code": "4000000", "severity": "ERROR", "message": processed.fatal})
    failed = len(processed.errors)
    return {
        "header": {"sellerId": seller_id, "version": "2.0", "feedId": feed_id},
        "issues": issues,
        "summary": {
            "errors": len(issues),
            "warnings": 0,
            "messagesProcessed": processed.rows,
            "messagesAccepted": processed.rows - failed,
            "messagesInvalid": failed,
        },
    }


def _xml_report(feed_id: str, seller_id: str, processed: Processed) -> bytes:
    failed = len(processed.errors) + bool(processed.fatal)
    result = ""
    if processed.fatal:
        result = (
            "<Result><MessageID>0</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>5000</ResultMessageCode>"
            f"<ResultDescription>{escape(processed.fatal)}</ResultDescription></Result>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion>'
        f"<MerchantIdentifier>{escape(seller_id)}</MerchantIdentifier></Header>"
        "<MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID><ProcessingReport>"
        f"<DocumentTransactionID>{feed_id}</DocumentTransactionID><StatusCode>Complete</StatusCode><ProcessingSummary>"
        f"<MessagesProcessed>{processed.rows}</MessagesProcessed>"
        f"<MessagesSuccessful>{max(0, processed.rows - failed)}</MessagesSuccessful>"
        f"<MessagesWithError>{failed}</MessagesWithError><MessagesWithWarning>0</MessagesWithWarning>"
        f"</ProcessingSummary>{result}</ProcessingReport></Message></AmazonEnvelope>\n"
    ).encode()


def _flat_report(processed: Processed) -> bytes:
    done = processed.rows - len(processed.errors)
    lines = [
        "Feed Processing Summary:",
        f"\tNumber of records processed\t\t{processed.rows}",
        f"\tNumber of records successful\t\t{done}",
        "",
        "original-record-number\tsku\terror-code\terror-type\terror-message",
    ]
    if processed.fatal:
        lines.append(f"0\t\t5000\tError\t{processed.fatal}")
    lines += [f"{each.number}\t{each.sku}\t{each.code}\tError\t{each.message}" for each in processed.errors]
    return "\r\n".join(lines).encode()
