"""Secrets on their way: never printed, masked in foreign text, and nothing masked that is no secret."""

from __future__ import annotations

import copy
import html
import json
import pickle
from collections.abc import Callable
from urllib.parse import quote, urlencode

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sptui.spapi.marketplaces import MARKETPLACES, PSEUDO_MARKETPLACES
from sptui.spapi.redaction import MASK, Secret, redact, redact_headers, redact_json, redact_tokens, token_kind

PREFIXES = ["Atza|", "Atzr|", "Atna|", "Atnr|", "Atc|", "Atz.sprdt|"]
# What tokens are made of, as far as they were seen: base64url with padding, and base64's plus and slash.
TOKEN_TEXT = st.text(st.sampled_from("ABCxyz0189-_+/=."), max_size=20).map(lambda text: f"IwEB{text}CANARY{text}")
TOKENS = st.tuples(st.sampled_from(PREFIXES), TOKEN_TEXT).map("".join) | TOKEN_TEXT.map(
    lambda text: "amzn1.oa2-cs.v1." + text
)
FIELDS = [
    "client_secret", "refresh_token", "access_token", "restrictedDataToken", "newClientSecret", "lwa_client_secret",
    "clientSecret", "refreshToken", "accessToken", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token",
    "x-amz-access-token", "secret_access_key", "spapi_oauth_code", "CLIENT_SECRET", "Refresh_Token",
]  # fmt: skip
SURROUNDINGS: list[Callable[[str], str]] = [
    lambda secret: secret,
    lambda secret: f"The token {secret} is not valid",
    lambda secret: f"({secret}), [{secret}]; <{secret}>",
    lambda secret: json.dumps({"a": secret, "b": [1, secret]}),
    lambda secret: json.dumps({"a": secret}).replace("/", "\\/"),
    lambda secret: json.dumps(json.dumps({"a": secret})),
    lambda secret: repr({"a": secret}),
    lambda secret: repr([f"line\n{secret}\n"]),
    lambda secret: f"x={secret}&y=1",
    lambda secret: urlencode({"x": secret, "y": "1"}),
    lambda secret: quote(urlencode({"x": secret}), safe=""),
    lambda secret: f"https://example.com/?x={quote(secret, safe='')}#{secret}",
    lambda secret: f"curl -H 'x-some: {secret}' https://example.com",
    lambda secret: f"x-some: {secret}\r\ndate: now\r\n",
    lambda secret: f"<p>{html.escape(secret)}</p>",
    lambda secret: f"prefix{secret}",
    lambda secret: json.dumps({"a": secret}).replace("|", "\\u007c"),
    lambda secret: f"<p>{secret.replace('|', '&#124;')}</p>",
]


@given(TOKENS, st.sampled_from(SURROUNDINGS))
def test_tokens_are_masked_by_their_form(token: str, surround: Callable[[str], str]) -> None:
    text = redact(surround(token))
    assert "CANARY" not in text
    assert MASK in text


@pytest.mark.parametrize("number", range(len(SURROUNDINGS)))
@pytest.mark.parametrize("token", ["Atza|IwEB-CANARY_/+=", "Atz.sprdt|CANARY", "amzn1.oa2-cs.v1.CANARY"])
def test_tokens_are_masked_in_each_surrounding(token: str, number: int) -> None:
    assert "CANARY" not in redact(SURROUNDINGS[number](token))


IN_FIELDS: list[Callable[[str, str], str]] = [
    lambda name, secret: f"{name}={secret}",
    lambda name, secret: f"grant_type=x&{name}={secret}&z=1",
    lambda name, secret: urlencode({"a": "b", name: secret, "z": "1"}),
    lambda name, secret: quote(urlencode({"a": "b", name: secret, "z": "1"}), safe=""),
    lambda name, secret: quote(quote(urlencode({name: secret}), safe=""), safe=""),
    lambda name, secret: json.dumps({"a": 1, name: secret, "z": 1}),
    lambda name, secret: json.dumps({name: secret}, indent=2),
    lambda name, secret: json.dumps(json.dumps({name: secret})),
    lambda name, secret: repr({"a": 1, name: secret}),
    lambda name, secret: f"{name}: {secret}\r\n",
    lambda name, secret: f"-H '{name}: {secret}'",
    lambda name, secret: f'--data "{name}={secret}"',
    lambda name, secret: f"https://s3.example/doc?{name}={quote(secret, safe='')}&X-Amz-Expires=300",
    lambda name, secret: f"{name} = '{secret}'",
    lambda name, secret: f"{name}: Bearer {secret}",
]


@given(st.sampled_from(FIELDS), TOKEN_TEXT, st.sampled_from(IN_FIELDS))
def test_secrets_are_masked_by_the_name_of_their_field(
    name: str, secret: str, write: Callable[[str, str], str]
) -> None:
    text = redact(write(name, secret))
    assert "CANARY" not in text
    assert MASK in text
    assert name in text or name in text.replace("%25", "%")


@pytest.mark.parametrize("number", range(len(IN_FIELDS)))
@pytest.mark.parametrize("name", FIELDS)
def test_secrets_are_masked_in_each_field(name: str, number: int) -> None:
    assert "CANARY" not in redact(IN_FIELDS[number](name, "CANARY/+=0123"))


@given(st.sampled_from(FIELDS), st.text(st.characters(codec="utf-8"), max_size=10), st.sampled_from([5, 6, 8]))
def test_a_quoted_value_is_masked_to_its_end(name: str, odd: str, how: int) -> None:
    """Quotes, commas, brackets, spaces in the secret itself."""
    assume("\n" not in odd or how != 8)
    text = redact(IN_FIELDS[how](name, f"x{odd}CANARY{odd} CANARY"))
    assert "CANARY" not in text


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from("éß日"), min_size=4, max_size=20),
    st.sampled_from(SURROUNDINGS[:-2]),
)
def test_known_secrets_are_masked_whatever_they_look_like(odd: str, surround: Callable[[str], str]) -> None:
    secret = f"{odd}CANARY{odd}"
    assert "CANARY" not in redact(surround(secret), [Secret("other-secret"), Secret(secret)])


def test_short_known_secrets_are_left_alone() -> None:
    assert redact("a demo world", [Secret("demo"), Secret("")]) == "a demo world"
    assert redact("a demo-wor world", [Secret("demo-wor")]) == f"a {MASK} world"


@given(st.text(max_size=200) | TOKENS | st.tuples(st.sampled_from(FIELDS), TOKENS).map("=".join))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)
    assert redact_tokens(redact_tokens(text)) == redact_tokens(text)


HARMLESS = [
    "",
    "403 Unauthorized: Access to requested resource is denied.",
    "The access token you provided has expired.",
    "The access token you provided is revoked, malformed or invalid.",
    "Access token is missing in the request header.",
    "The LWA secret token you provided has expired.",
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.",
    "The request is missing a required parameter : refresh_token",
    "The request has an invalid parameter : access_token",
    "Client authentication failed",
    "You exceeded your quota for the requested resource.",
    "111-1111111-1111111",
    "2026-11-23T12:00:00Z",
    "amzn1.application-oa2-client.0123456789abcdef",
    "amzn1.sp.solution.0123",
    "sellingpartnerapi::notifications",
    "arn:aws:sqs:us-east-1:437568002678:queue",
    "https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER&NextToken=abc%3D%3D",
    '{"NextToken":"abc==","payload":{"Orders":[]}}',
    '{"nextToken": "abc", "clientSecretExpiryTime": "2026-11-23T12:00:00Z"}',
    '{"access_token": null, "refresh_token": null}',
    "{'access_token': None}",
    "authorization: missing",
    "SKU: At|home, At night, Atc, Atza",
    "B0ABCDEF12",
    "AKIA is short",
    "x-amz-date: 20261123T120000Z",
    "X-Amz-Expires=300&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261123T120000Z&X-Amz-SignedHeaders=host",
    "x-amzn-RequestId: 4d6e1f0a-0000-1111-2222-333344445555",
    "the client_secret and the refresh_token",
    "café ☕ 日本",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text
    assert redact_tokens(text) == text


def test_marketplaces_stay_as_they_are() -> None:
    for text in (*MARKETPLACES, *PSEUDO_MARKETPLACES, *(each.domain for each in MARKETPLACES.values())):
        assert redact(f"id={text}") == f"id={text}"


IDS = st.from_regex(r"A[0-9A-Z]{12,13}|[0-9]{3}-[0-9]{7}-[0-9]{7}|B0[0-9A-Z]{8}|[a-z ]{0,40}", fullmatch=True)


@given(st.lists(IDS, min_size=1, max_size=6))
def test_ids_and_words_stay_as_they_are(parts: list[str]) -> None:
    for text in (" ".join(parts), json.dumps(parts), "&".join(f"id={part}" for part in parts)):
        assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Atza|abc", f"Atza|{MASK}"),
        ("Atzr%7Cabc%2Fd&x=1", f"Atzr%7C{MASK}&x=1"),
        ("x-amz-access-token: Atza|abc", f"x-amz-access-token: Atza|{MASK}"),
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {MASK}"),
        ('{"refresh_token":"Atzr|abc","client_id":"x"}', f'{{"refresh_token":"Atzr|{MASK}","client_id":"x"}}'),
        ("client_secret=abc&grant_type=refresh_token", f"client_secret={MASK}&grant_type=refresh_token"),
        ("amzn1.oa2-cs.v1.abc", f"amzn1.oa2-cs.{MASK}"),
        ("key AKIA0123456789ABCDEF.", f"key AKIA{MASK}."),
        (
            "https://s3/doc?X-Amz-Date=1&X-Amz-Credential=a%2Fb&X-Amz-Signature=dead&X-Amz-Expires=300",
            f"https://s3/doc?X-Amz-Date=1&X-Amz-Credential={MASK}&X-Amz-Signature={MASK}&X-Amz-Expires=300",
        ),
    ],
)  # fmt: skip
def test_only_the_secret_goes(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_json_keeps_its_shape_and_its_pre_signed_addresses() -> None:
    address = "https://s3/doc?X-Amz-Signature=dead"
    value = {
        "url": address,
        "access_token": "no prefix, any characters",
        "newClientSecret": "x",
        "clientSecretExpiryTime": "2026",
        "refresh_token": None,
        "access-token": 7,
        "list": [{"deep": "Atza|abc"}, "amzn1.oa2-cs.v1.x", 1.5, True],
        "Atza|name": "y",
    }
    assert redact_json(value) == {
        "url": address,
        "access_token": MASK,
        "newClientSecret": MASK,
        "clientSecretExpiryTime": "2026",
        "refresh_token": None,
        "access-token": 7,
        "list": [{"deep": f"Atza|{MASK}"}, f"amzn1.oa2-cs.{MASK}", 1.5, True],
        f"Atza|{MASK}": "y",
    }
    assert value["access_token"] == "no prefix, any characters"


def test_json_of_any_depth_is_masked() -> None:
    deep: object = "Atza|CANARY"
    for _ in range(100_000):
        deep = [deep]
    masked = redact_json(deep)
    for _ in range(200):
        (masked,) = masked
    assert masked == MASK


def test_headers() -> None:
    headers = {
        "X-Amz-Access-Token": "Atza|CANARY",
        "Authorization": "CANARY",
        "Cookie": "session=CANARY",
        "set-cookie": "session=CANARY; path=/",
        "x-amz-security-token": "CANARY",
        "proxy-authorization": "Basic CANARY",
        "location": "https://s3/?X-Amz-Signature=CANARY",
        "x-echo": "known-CANARY",
        "content-type": "application/json",
    }
    masked = redact_headers(headers, [Secret("known-CANARY")])
    assert "CANARY" not in repr(masked)
    assert list(masked) == list(headers)
    assert masked["X-Amz-Access-Token"] == f"Atza|{MASK}"
    assert masked["content-type"] == "application/json"


class TestSecret:
    SECRET = Secret("Atzr|CANARY")

    def test_it_prints_as_a_mask(self) -> None:
        secret = self.SECRET
        shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>20}", f"{secret:^30}", repr([secret])]
        for text in (*shown, "{}".format(*[secret])):
            assert "CANARY" not in text
            assert MASK in text

    def test_it_is_neither_pickled_nor_copied_nor_written_as_json(self) -> None:
        for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, msgspec.json.encode):
            with pytest.raises(TypeError) as raised:
                write(self.SECRET)
            assert "CANARY" not in str(raised.value)

    def test_it_has_no_dictionary_to_look_into(self) -> None:
        assert not hasattr(self.SECRET, "__dict__")

    def test_it_compares_by_its_text_and_only_with_its_like(self) -> None:
        assert Secret("Atzr|CANARY") == self.SECRET
        assert hash(self.SECRET) == hash(Secret("Atzr|CANARY"))
        assert Secret("Atzr|other") != self.SECRET
        assert self.SECRET != "Atzr|CANARY"
        assert self.SECRET.reveal() == "Atzr|CANARY"

    def test_what_may_be_known_of_it(self) -> None:
        assert (self.SECRET.kind, len(self.SECRET), bool(self.SECRET), bool(Secret(""))) == ("Atzr|", 11, True, False)
        for prefix in PREFIXES:
            assert token_kind(prefix + "x") == prefix
        assert token_kind("CANARY") == token_kind("") == token_kind("Atza") == ""
