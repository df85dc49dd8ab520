"""Reading what came back: every shape that Amazon's servers were seen to send, and anything else without a crash."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sptui.spapi.answers import Answer, ApiError, BodyKind, LwaError, read_answer


def read(body: str | bytes, status: int = 400, content_type: str = "application/json") -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return read_answer(status, {"Content-Type": content_type} if content_type else {}, raw)


DENIED = "Access to requested resource is denied."


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"errors": [{"code": "Unauthorized", "message": DENIED, "details": ""}]}, [("Unauthorized", DENIED, "")]),
        ({"errors": [{"message": DENIED, "code": "Unauthorized"}]}, [("Unauthorized", DENIED, "")]),
        ({"errors": [{"code": "A", "message": "a"}, {"code": "B", "message": "b", "details": "c"}]},
         [("A", "a", ""), ("B", "b", "c")]),
        ({"payload": [{"a": 1}], "errors": [{"code": "A", "message": "a"}]}, [("A", "a", "")]),
        ({"errors": {"code": "A", "message": "a"}}, [("A", "a", "")]),
        ([{"code": "A", "message": "a"}], [("A", "a", "")]),
        ({"errors": [{"errorLevel": "ERROR", "code": "A", "message": "a"}]}, [("A", "a", "")]),
        ({"errors": [{"code": 400, "message": None, "details": ["x", 1]}]}, [("400", "", '["x",1]')]),
        ({"errors": [{"code": "A"}, "text", None, 7, {"other": 1}]}, [("A", "", "")]),
        ({"errors": []}, []),
        ({"errors": None}, []),
        ({"errors": "bad"}, []),
        ({"payload": {}}, []),
        ({"message": "Missing Authentication Token"}, []),
        ([], []),
        (["a"], []),
        ("text", []),
        (None, []),
        (7, []),
    ],
    ids=lambda value: json.dumps(value)[:40] if not isinstance(value, list) or value else "none",
)  # fmt: skip
def test_error_objects(body: Any, errors: list[tuple[str, str, str]]) -> None:
    answer = read(json.dumps(body))
    assert answer.kind is BodyKind.JSON
    assert answer.data == body
    assert list(answer.errors) == [ApiError(*each) for each in errors]
    first = errors[0] if errors else ("", "", "")
    assert (answer.code, answer.message, answer.details) == first
    assert answer.lwa_error is None


def test_the_error_of_lwa() -> None:
    answer = read('{"error_description":"Client authentication failed","error":"invalid_client","request_id":"1"}')
    assert answer.lwa_error == LwaError("invalid_client", "Client authentication failed")
    assert (answer.code, answer.message, answer.details) == ("invalid_client", "Client authentication failed", "")
    assert read('{"error":"invalid_scope"}').message == ""
    assert read('{"error":{"code":"x"}}').lwa_error is None


def test_a_batch_keeps_its_parts() -> None:
    body = {"responses": [{"status": {"statusCode": 400}, "body": {"errors": [{"code": "InvalidInput"}]}}]}
    answer = read(json.dumps(body), 200)
    assert answer.ok
    assert answer.data == body
    assert answer.errors == ()


def test_the_stores_xml() -> None:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Error><Code>AccessDenied</Code><Message>Request &lt;has&gt; expired</Message><RequestId>1</RequestId></Error>"
    )
    answer = read(body, 403, "application/xml")
    assert answer.kind is BodyKind.XML
    assert answer.errors == (ApiError("AccessDenied", "Request <has> expired"),)
    assert answer.text == body
    assert read("<a/>", 403, "application/xml").errors == ()


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        ("<!DOCTYPE html><title>Website Temporarily Unavailable</title>", "text/html", BodyKind.HTML),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML"><html>', "", BodyKind.HTML),
        ("\n  <html lang='en'>", "", BodyKind.HTML),
        ("Size of a request header field exceeds server limit", "TEXT/HTML; charset=x", BodyKind.HTML),
        ('{"a": 1}', "text/html", BodyKind.JSON),
        ('{"a": 1}', "", BodyKind.JSON),
        ('\ufeff  {"a": 1}', "text/plain", BodyKind.JSON),
        ("plain words", "text/plain", BodyKind.TEXT),
        ("plain words", "Application/JSON;charset=UTF-8", BodyKind.BROKEN_JSON),
        ('{"a": ', "", BodyKind.BROKEN_JSON),
        ('{"a": 1} trailing', "", BodyKind.BROKEN_JSON),
        ("{'a': 1}", "", BodyKind.BROKEN_JSON),
        ('{"a": NaN}', "", BodyKind.BROKEN_JSON),
        ("[/x] markup", "", BodyKind.BROKEN_JSON),
        ("", "application/json", BodyKind.EMPTY),
        (" \r\n\t", "application/json", BodyKind.EMPTY),
        ("\ufeff", "", BodyKind.EMPTY),
        (b'{"name": "caf\xe9"}', "application/json", BodyKind.JSON),
        (gzip.compress(b"{}", mtime=0), "application/json", BodyKind.BINARY),
        (b"\x89PNG\x00", "", BodyKind.BINARY),
    ],
    ids=ascii,
)
def test_kinds_of_bodies(body: str | bytes, content_type: str, kind: BodyKind) -> None:
    answer = read(body, 200, content_type)
    assert answer.kind is kind
    assert (answer.data is not None) is (kind is BodyKind.JSON)
    assert answer.text or kind in (BodyKind.BINARY, BodyKind.EMPTY)


def test_latin_1_is_read() -> None:
    assert read(b'{"name": "caf\xe9"}').data == {"name": "café"}


def test_keys_that_come_twice_and_numbers_beyond_64_bits() -> None:
    assert read('{"a": 1, "a": 2}').data == {"a": 2}
    assert read('{"a": 123456789012345678901234567890}').data == {"a": 123456789012345678901234567890}
    assert read(f'{{"a": {"9" * 5000}}}').kind is BodyKind.BROKEN_JSON


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_nesting_that_no_stack_carries(opening: str) -> None:
    closing = {"[": "]", '{"a":': "}", '[{"a":': "}]"}[opening]
    levels = len(closing)
    assert read(opening * (90 // levels) + "1" + closing * (90 // levels)).kind is BodyKind.JSON
    for depth in (101, 400, 950, 3000, 200_000):
        text = opening * depth + "1" + closing * depth
        assert read(text).kind is BodyKind.BROKEN_JSON
        assert read('{"errors":[{"code":"A","details":' + text + "}]}").kind is BodyKind.BROKEN_JSON


def test_wide_is_not_deep() -> None:
    wide = [{"a": [1, {"b": []}]} for _ in range(1000)]
    assert read(json.dumps(wide)).data == wide
    assert read(json.dumps("[" * 500)).data == "[" * 500


@pytest.mark.parametrize(
    ("status", "body", "ok"),
    [
        (200, b"{}", True),
        (202, b'{"reportId":"1"}', True),
        (200, b"plain", True),
        (204, b"", True),
        (200, b"", False),
        (200, b" \n", False),
        (200, b"{", False),
        (200, b"<html>", False),
        (302, b"{}", False),
        (400, b"{}", False),
        (503, b"", False),
        (0, b"", False),
    ],
)
def test_a_good_answer_can_be_read(status: int, body: bytes, ok: bool) -> None:
    assert read_answer(status, {}, body).ok is ok


def test_headers_are_found_whatever_their_case() -> None:
    answer = read_answer(
        403,
        {"X-Amzn-Requestid": "rid", "x-amzn-ErrorType": "AccessDeniedException:http://internal.amazon.com/", "A": "1"},
        b"",
    )
    assert (answer.request_id, answer.error_type, answer.rate_limit) == ("rid", "AccessDeniedException", None)
    assert answer.headers["a"] == "1"
    assert read_answer(200, {}, b"").request_id == ""
    assert (
        read_answer(200, httpx.Headers([("X-Amzn-RequestId", "1"), ("a", "1"), ("A", "2")]), b"").headers["a"] == "1, 2"
    )


@pytest.mark.parametrize(
    ("told", "rate"),
    [("0.016", 0.016), ("2.0", 2.0), (" 5.0 ", 5.0), ("", None), ("fast", None), ("0", None), ("-1", None),
     ("nan", None), ("inf", None), ("1e999", None), ("1,2", None)],
)  # fmt: skip
def test_the_rate_limit(told: str, rate: float | None) -> None:
    assert read_answer(200, {"x-amzn-RateLimit-Limit": told}, b"{}").rate_limit == rate


def test_the_body_stays_out_of_the_repr() -> None:
    answer = read('{"errors":[{"code":"A","message":"buyer@example.com"}]}')
    for text in (repr(answer), str(answer), repr(answer.__rich_repr__())):
        assert "buyer" not in text
    assert repr(answer) == "Answer(400, json, 'A', request id '')"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["errors", "code", "message", "details", "error", "error_description", "payload", "x"]),
            inner,
        )
    ),
    max_leaves=30,
)
BODIES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode(errors="replace")),
    ANY_JSON.map(lambda value: json.dumps(value).encode()),
    ANY_JSON.map(lambda value: b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")),
    st.tuples(ANY_JSON, st.integers(0, 400)).map(lambda pair: json.dumps(pair[0]).encode()[: pair[1]]),
    st.sampled_from([b"<", b"<html", b"<Error><Code>", b"{", b"[", b'"', b"\xff\xfe{\x00}\x00"]),
    st.integers(0, 3000).map(lambda depth: b'{"errors":' + b"[" * depth + b"]" * depth + b"}"),
)


@given(
    status=st.integers(0, 999),
    headers=st.dictionaries(
        st.sampled_from(["Content-Type", "content-type", "x-amzn-RateLimit-Limit", "x-amzn-ErrorType", "X"]),
        st.sampled_from(["application/json", "text/html", "TEXT/XML", "0.5", "nan", "", ":"]) | st.text(max_size=20),
    ),
    body=BODIES,
)
@example(status=200, headers={"content-type": "application/json"}, body=b'"' + b"[" * 500 + b'"')
def test_anything_at_all_is_read(status: int, headers: dict[str, str], body: bytes) -> None:
    answer = read_answer(status, headers, body)
    assert answer.status == status
    for each in (answer.code, answer.message, answer.details, answer.request_id, answer.error_type, repr(answer)):
        assert isinstance(each, str)
    assert isinstance(answer.ok, bool)
    assert answer.rate_limit is None or answer.rate_limit > 0
    assert (answer.kind is BodyKind.EMPTY) == (answer.text.strip() == "" and answer.kind is not BodyKind.BINARY)
    json.dumps(answer.data)


@given(ANY_JSON)
def test_json_is_given_as_it_was_sent(value: Any) -> None:
    answer = read_answer(200, {"content-type": "application/json"}, json.dumps(value).encode())
    if answer.kind is BodyKind.JSON:
        assert answer.data == value or "\\ud" in answer.text
