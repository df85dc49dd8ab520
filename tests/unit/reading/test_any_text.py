"""Whatever is pasted: a call or an error that says what is expected, quickly, and never a secret."""

# ruff: noqa: E501 - calls are as long as they are
from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sptui.spapi.catalogue import load_catalogue
from sptui.triage.case import UnreadableCaseError
from sptui.triage.explanation import Explanation, explain
from sptui.triage.reading import FillIn, read_text
from sptui.triage.reading.loose import objects_in, parse
from sptui.triage.reading.shells import split_command
from sptui.triage.reading.text import LARGEST_JSON, LARGEST_TEXT, decode, masked
from sptui.triage.support_case import SupportFacts, support_case

from .examples import CANARY, EXAMPLES

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        "curl ", "curl.exe ", "-H '", "-d '", "--data-raw ", "'", '"', "\\\n", "`\n", "^\n", "^", "\n", " ", "> ", "< ", "* ",
        "GET /orders/v0/orders HTTP/1.1\n", "HTTP/2 403\n", "Host: x\n", "transfer-encoding: chunked\n", "https://[", "{", "[",
        "https://sellingpartnerapi-na.amazon.com/orders/v0/orders?a=", '{"errors":[{"code":"', '"}]}', "ApiException: (403)",
        "CustomError: x", "requests.get(", "params={", "Traceback (most recent call last):\n", f"Atza|{CANARY} ", "\\ud800",
        f"client_secret={CANARY} ", f"x-amz-access-token: Atza|{CANARY}\n", "%7C", "\x00", "\u2028", "é", "=>", "(truncated...)",
        "3d\n", "0\n", "A1PA6795UKMFR9", "getOrders(", ":status: 403\n", "b'", "@{", '"""', "{{host}}/orders/v0/orders",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=20), max_size=25).map("".join)
KEYS = st.sampled_from(
    [
        "log",
        "entries",
        "request",
        "response",
        "headers",
        "url",
        "method",
        "postData",
        "content",
        "text",
        "encoding",
        "startedDateTime",
        "_error",
        "info",
        "item",
        "operation",
        "context",
        "status",
        "body",
        "errors",
        "code",
        "message",
        "details",
        "error",
        "path",
        "statusCode",
        "sellerId",
        "marketplaceIds",
        "time",
        "roles",
        "participations",
        "other_sellers",
        "failure",
        "kind",
        "payload",
        "id",
        "name",
        "value",
        "raw",
    ]
)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 600) | st.floats(allow_nan=False) | st.text(max_size=8) | PIECES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6),
    max_leaves=20,
)


def for_support(explanation: Explanation) -> str:
    return support_case(SupportFacts.of_explanation(explanation))


@given(TEXTS)
@example("curl " + "'" * 5)
@example("{" * 200)
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_call_or_told_what_is_expected(text: str) -> None:
    try:
        found = read_text(text)
        explanation = explain(found, NOW)
    except UnreadableCaseError as problem:
        shown = str(problem)
    else:
        shown = f"{found!r} {explanation.as_json()} {for_support(explanation)}"
    assert CANARY not in shown


@pytest.mark.parametrize("odd", [True, 5, "text", ["x"], None], ids=repr)
@pytest.mark.parametrize("name", ["request", "response", "context"])
def test_a_part_of_a_case_in_another_form_is_as_good_as_left_out(name: str, odd: Any) -> None:
    found = read_text(msgspec.json.encode({"operation": "getOrders", "request": {}, "context": {}, name: odd}))
    filled = found.filled(FillIn(status=403, token_kind="access"))
    assert "getOrders" in for_support(explain(filled, NOW))


@given(JSON_VALUES)
@settings(max_examples=150, deadline=None)
def test_any_json_is_a_call_or_told_what_is_expected(value: Any) -> None:
    try:
        found = read_text(msgspec.json.encode(value))
        shown = repr((found, found.case()))
    except UnreadableCaseError as problem:
        shown = str(problem)
    assert f"Atza|{CANARY}" not in shown


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_text(data: bytes) -> None:
    decode(data).encode()


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_commands_and_objects_end_where_the_text_does(text: str) -> None:
    _, end, _ = split_command(text)
    assert 0 <= end <= len(text) + 1
    for _, begin, stop in objects_in(text):
        assert 0 <= begin < stop <= len(text) + 1


@given(
    st.sampled_from(["bash", "double"]),
    st.lists(st.text(st.characters(exclude_characters="\x00\r"), max_size=12), max_size=5),
)
@settings(max_examples=150, deadline=None)
def test_bash_words_come_back_as_the_shell_was_given_them(quotes: str, words: list[str]) -> None:
    import shlex

    def quoted(word: str) -> str:
        if quotes == "bash":
            return shlex.quote(word)
        escaped = "".join(f"\\{each}" if each in '"\\$`' else each for each in word)
        return f'"{escaped}"'

    line = "curl -H 'x: y' " + " ".join(map(quoted, words))
    if "^\n" in line or '^"' in line or "`\n" in line:
        return  # reads as another shell's
    assert split_command(line)[0] == ["curl", "-H", "x: y", *words]


@pytest.mark.parametrize(
    "unit", ["{", '{"', "[", "'", '"', "\\\n", "^\n", "> ", "\n", "\t", "a.", "curl '", "https://", "x-amzn-requestid ", "at "],
    ids=repr,
)  # fmt: skip
def test_a_text_of_the_largest_size_is_read_in_time(unit: str) -> None:
    load_catalogue()
    text = "curl https://sellingpartnerapi-na.amazon.com/orders/v0/orders requests.get(\n"
    text += unit * ((LARGEST_TEXT - len(text)) // len(unit))
    began = time.process_time()
    read_text(text)
    assert time.process_time() - began < 5.0  # a second on an idle machine; quadratic would take minutes


def test_what_is_too_large_is_told_so() -> None:
    with pytest.raises(UnreadableCaseError, match="too large"):
        read_text("curl " + "x" * LARGEST_TEXT)
    with pytest.raises(UnreadableCaseError, match="too large"):
        decode(b"x" * (LARGEST_JSON + 1))


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", b"", b"\xff\xfe"], ids=repr)
def test_nothing_is_told_so(text: str | bytes) -> None:
    with pytest.raises(UnreadableCaseError, match="Nothing was given"):
        read_text(text)


def test_json_that_is_too_deep_is_told_so() -> None:
    with pytest.raises(UnreadableCaseError, match="too deeply"):
        read_text('{"request":' + "[" * 150 + "]" * 150 + "}")


@pytest.mark.parametrize(
    "text",
    [
        f"Cookie: session={CANARY}", f"< set-cookie: a={CANARY}; Path=/", f"curl -b 'a={CANARY}' x", f"curl -u me:{CANARY} x",
        f"https://me:{CANARY}@sellingpartnerapi-na.amazon.com/x", f"curl --user 'me:{CANARY}'", f"curl -H 'Cookie: a={CANARY}'",
        f"client_secret={CANARY}", f'"refresh_token" : "{CANARY}"', f"Atza^|{CANARY}", f"Atzr%7C{CANARY}",
        f"Authorization: Basic {CANARY}",
    ],
)  # fmt: skip
def test_masks_what_is_secret_by_its_place(text: str) -> None:
    assert CANARY not in masked(text)


def test_a_value_cut_off_is_kept_as_far_as_it_goes() -> None:
    assert parse("{'code': 'InvalidInput', 'message': 'Inval")[0] == {"code": "InvalidInput", "message": "Inval"}
    assert parse("['code' => 'X', 'n' => 1, 'z' => null]")[0] == {"code": "X", "n": 1, "z": None}
    assert parse("HTTPHeaderDict({'a': True})")[0] == {"a": True}


def test_a_har_tells_a_tokens_age_and_an_entry_is_chosen() -> None:
    text = next(each.text for each in EXAMPLES if each.name == "har-with-several-calls")
    found = read_text(text)
    assert len(found.entries) == 2
    assert read_text(text, entry=1).case().operation is not None
    with pytest.raises(UnreadableCaseError, match="no entry 3"):
        read_text(text, entry=2)


def test_the_clocks_difference_is_noted() -> None:
    found = read_text(
        "GET /orders/v0/orders HTTP/1.1\nHost: sellingpartnerapi-na.amazon.com\nx-amz-date: 20261123T090000Z\n\n"
        "HTTP/1.1 403 Forbidden\nDate: Mon, 23 Nov 2026 10:00:00 GMT\n\n"
    )
    assert found.data["context"]["clock_difference_seconds"] == 3600
    assert any("3600 s before" in each for each in found.notes)


def test_buyers_data_in_an_answer_is_blurred_and_never_printed() -> None:
    answer = {
        "payload": {
            "ShippingAddress": {"Name": "Jo Canary", "City": "Tampa", "CountryCode": "US"},
            "BuyerEmail": "jo@example.com",
        }
    }
    text = f"HTTP/1.1 200 OK\n\n{msgspec.json.encode(answer).decode()}"
    found = read_text(text)
    shown = f"{found!r} {for_support(explain(found, NOW))}"
    assert "Canary" not in shown
    assert "example.com" not in shown
    assert "Tampa" not in shown
    assert '"CountryCode":"US"' in shown


def test_buyers_data_in_a_request_is_never_printed() -> None:
    body = {"destinationAddress": {"name": "Jo Canary", "addressLine1": "12 Canary Road", "postalCode": "X" * 50}}
    url = "https://sellingpartnerapi-na.amazon.com/fba/outbound/2020-07-01/fulfillmentOrders"
    found = read_text(msgspec.json.encode({"request": {"method": "POST", "url": url, "body": body}}))
    explanation = explain(found, NOW)
    assert "Canary" not in f"{explanation.as_json()} {for_support(explanation)}"
