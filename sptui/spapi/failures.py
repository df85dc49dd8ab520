"""Why no answer came: the errors of httpx and of the sockets below it, in the words of a Call."""

from __future__ import annotations

from collections.abc import Iterable

from sptui.spapi.calls import TransportFailure
from sptui.spapi.pools import PoolsClosedError
from sptui.spapi.redaction import Secret, redact


def transport_errors() -> tuple[type[Exception], ...]:
    """What an exchange raises where no answer can be had; to be asked for only once something was raised."""
    import ssl

    from sptui.spapi.lean_httpx import httpx

    return httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError, OSError, PoolsClosedError


def read_failure(problem: Exception, secrets: Iterable[Secret] = ()) -> TransportFailure:
    """The failure that an error of ``transport_errors`` amounts to; ``secrets`` were sent and are not repeated."""
    import ssl

    from sptui.spapi.lean_httpx import httpx

    told = redact(str(problem), secrets) or type(problem).__name__
    if isinstance(problem, PoolsClosedError):
        return TransportFailure("cancelled", "The program was ending, so the call was not sent.")
    if isinstance(problem, httpx.TimeoutException):
        return TransportFailure("timeout", f"No answer within the time limit ({type(problem).__name__}).")
    if any(isinstance(each, ssl.SSLError) for each in _chain(problem)):
        return TransportFailure("tls", f"The TLS connection failed: {told}")
    if isinstance(problem, httpx.ConnectError | httpx.ProxyError):
        return TransportFailure("connect", f"No connection: {told}")
    if isinstance(problem, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return TransportFailure("closed", f"The connection ended before the answer was whole: {told}")
    if isinstance(problem, httpx.DecodingError):
        return TransportFailure("unreadable", f"The answer's compression is broken: {told}")
    return TransportFailure("other", told)


def _chain(problem: BaseException) -> list[BaseException]:
    chain = [problem]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    return chain
