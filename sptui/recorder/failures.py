"""Why no answer came: the exceptions of any HTTP library, told apart by the names of their classes.

The words are those that sptui uses for the calls it sends itself: timeout, connect, tls, closed, unreadable,
cancelled, other.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final = (
    ("cancelled", ("Cancelled", "KeyboardInterrupt")),
    ("timeout", ("imeout", "TimedOut")),
    ("tls", ("SSL", "Certificate")),
    ("closed", ("RemoteProtocol", "ProtocolError", "ReadError", "WriteError", "CloseError", "IncompleteRead",
                "Disconnected", "ConnectionReset", "BrokenPipe", "ChunkedEncoding", "Payload", "ConnectionAborted")),
    ("unreadable", ("Decod", "Decompress", "ContentEncoding")),
    ("connect", ("ConnectError", "NewConnection", "NameResolution", "gaierror", "ConnectionRefused", "Proxy",
                 "ClientConnector", "ConnectionError")),
)  # fmt: skip


def kind_of(raised: BaseException) -> str:
    """The kind of a failure: by the innermost exception whose class, or one that it is derived from, tells it."""
    if "imeout" in type(raised).__name__:
        return "timeout"  # asyncio's is raised from the cancelling of what took too long
    for link in reversed(_chain(raised)):
        for each in type(link).__mro__:
            for kind, words in _WORDS:
                if any(word in each.__name__ for word in words):
                    return kind
    return "other"


def message_of(raised: BaseException) -> str:
    """What the innermost of the exceptions says; those around it repeat the address with its query."""
    chain = _chain(raised)
    said = next((text for text in (_said(each) for each in reversed(chain)) if text), "")
    return f"{type(raised).__name__}: {said}" if said else type(raised).__name__


def _said(raised: BaseException) -> str:
    try:
        return str(raised)
    except Exception:  # noqa: BLE001 - an exception of a foreign library that cannot even be told
        return ""


def _chain(raised: BaseException) -> list[BaseException]:
    """The exception and what it was raised for: its cause, its ``reason`` (urllib3), an exception in its arguments.

    Not its context: that may be whatever the program was just then dealing with.
    """
    chain = [raised]
    for link in chain:  # grows as it is walked
        for inner in (getattr(link, "reason", None), *link.args[:4], link.__cause__):
            if isinstance(inner, BaseException) and not any(inner is each for each in chain) and len(chain) < 10:
                chain.append(inner)
    return chain
