"""Whatever text, bytes and exceptions come from outside: a line can be read, and holds no secret."""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.recorder import Recorder
from sptui.recorder.exchange import Exchange
from sptui.recorder.failures import kind_of, message_of
from sptui.recorder.hosts import place_of
from sptui.recorder.lines import fields_of, line_of
from sptui.recorder.redacting import clean
from sptui.recorder.redacting import redact as own
from sptui.spapi.redaction import redact

from .recorder_kit import NA, lines


@given(st.text() | st.text().map(lambda rest: f"{NA}{rest}") | st.text().map(lambda rest: f"http://[::1]{rest}"))
def test_whatever_the_address_is(url: str) -> None:
    place = place_of(url, loopback=True)
    assert place is None or (place.path.startswith("/") and "?" not in place.path)


class UntoldError(Exception):
    """An exception that cannot be told."""

    def __str__(self) -> str:
        raise ZeroDivisionError


def test_failures_that_are_odd() -> None:
    odd = UntoldError()
    odd.args = (odd, ValueError("inner"))
    assert (kind_of(odd), message_of(odd)) == ("other", "UntoldError: inner")
    try:
        _raise(KeyError("jane@example.org"))
    except KeyError:
        with pytest.raises(UntoldError) as met:
            _raise(UntoldError())  # a call made while the program deals with something else
        assert message_of(met.value) == "UntoldError"


def _raise(raised: Exception) -> None:
    raise raised


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (TimeoutError(), "timeout"), (ssl.SSLCertVerificationError("self-signed"), "tls"),
        (socket.gaierror(), "connect"),
        (ConnectionRefusedError(), "connect"), (ConnectionResetError(), "closed"), (BrokenPipeError(), "closed"),
        (EOFError(), "other"), (asyncio.CancelledError(), "cancelled"), (KeyboardInterrupt(), "cancelled"),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_kinds_of_failure(raised: BaseException, kind: str) -> None:
    assert kind_of(raised) == kind


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.text(st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF), max_size=3)
    | st.datetimes() | st.lists(st.text(max_size=5)) | st.dictionaries(st.text(), st.integers(), max_size=2)
    | st.builds(object) | st.complex_numbers()
)  # fmt: skip
NAMES = st.sampled_from(
    ["time", "received", "status", "path", "url", "marketplaces", "ms", "rate_limit", "attempt", "sandbox", "token",
     "message", "seller_id", "job", "dropped_before"]
) | st.text(max_size=10)  # fmt: skip


@given(st.dictionaries(NAMES, VALUES))
def test_whatever_is_told_makes_one_line_that_can_be_read(told: dict[str, Any]) -> None:
    data = line_of(fields_of(told))
    assert data.count(b"\n") == 1
    assert data.endswith(b"\n")
    line = msgspec.json.decode(data)
    assert isinstance(line["status"], int)
    assert 0 <= line["status"] <= 999
    assert all(math.isfinite(each) for each in line.values() if isinstance(each, float))


@given(
    st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate", "br"]), st.integers(0, 999), st.text(max_size=50)
)
def test_whatever_is_answered_makes_a_line(body: bytes, encoding: str, status: int, name: str) -> None:
    taken: list[Exchange] = []
    place = place_of(f"{NA}/{name}", loopback=True)
    call = Exchange(lambda item, **_: taken.append(item), name, place, {}, name, name, body)
    call.answered(status, {name: name, "x-amzn-requestid": name, "content-encoding": encoding})
    call.take(body)
    call.end()
    line = msgspec.json.decode(line_of(taken[0].fields()))
    assert line["status"] == status


PIECES = st.sampled_from(
    ["Atza|", "Atzr|", "Atc|", "Atz.sprdt|", "Atza%7C", "Atzr%257c", "Atza\\u007c", "Atc&#124;", "amzn1.oa2-cs.v1.",
     "client_secret=", '"refresh_token": "', "access_token%3D", "X-Amz-Signature=", "x-amz-access-token: ", "AKIA",
     "Authorization: Bearer ", "restrictedDataToken':'", "secret_access_key=", "spapi_oauth_code=",
     "CANARYCANARY012345", "CANARY", "&", " ", '"', "'", "\\", "/", "\n", "=", ":", "null", "é"]
)  # fmt: skip


@settings(max_examples=500)
@given(
    st.lists(PIECES, max_size=8).map("".join)
    | st.tuples(PIECES, PIECES, st.just("CANARYCANARY012345"), PIECES).map("".join)
)
def test_what_sptui_masks_the_recorder_masks(text: str) -> None:
    if "CANARY" in text and "CANARY" not in redact(text):
        assert "CANARY" not in own(text)


@pytest.mark.parametrize("text", ["The token is not valid", "A1SELLER", "", "Seller authorization: none", "a&b=c"])
def test_plain_words_stay(text: str) -> None:
    assert clean(text, 300) == text


def test_an_address_in_a_message_loses_its_query(recorder: Recorder, file: Path) -> None:
    recorder.write(path="/a", status=0, message=f"see https://example.com/x?name={quote('Jane Doe')} for more")
    assert recorder.flush()
    assert lines(file)[0]["message"] == "see https://example.com/x?••• for more"
