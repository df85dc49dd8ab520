"""The path as it was sent, in the log: personal ids and secrets masked, nothing where the template says it all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sptui.spapi.calls import Call, SentRequest, Stage
from sptui.spapi.raw_path import LONGEST, masked

HOST = "https://sellingpartnerapi-na.amazon.com"
ORDER = "/orders/v0/orders/{orderId}"


def raw_path(url: str, template: str, stage: Stage = Stage.API) -> str:
    sent = SentRequest("GET", url, {})
    return Call(stage, "", template, None, sent, None, None, datetime.now(UTC), 1.0).record().raw_path


@pytest.mark.parametrize(
    ("url", "template", "raw"),
    [
        (f"{HOST}/orders/v0/orders?CreatedAfter=2026-11-01", "/orders/v0/orders", ""),
        (f"{HOST}/orders/v0/orders/902-1234567-7654321", ORDER, "/orders/v0/orders/{order}"),
        (f"{HOST}/orders/v0/orders/not-an-order", ORDER, "/orders/v0/orders/not-an-order"),
        ("http://127.0.0.1:8/na/orders/v0/orders", "/orders/v0/orders", ""),
        (f"{HOST}/no/such/path?x=1", "", "/no/such/path"),
        (f"{HOST}/x/canary@example.com/y", "/x/{mail}/y", "/x/{email}/y"),
    ],
    ids=["the template", "an order", "no order", "the simulator", "no operation", "a person"],
)
def test_of_a_call(url: str, template: str, raw: str) -> None:
    assert raw_path(url, template) == raw


def test_of_a_document_nothing_is_kept() -> None:
    assert (
        raw_path("https://bucket.s3.amazonaws.com/canary-key?X-Amz-Signature=canary", "/document", Stage.DOCUMENT) == ""
    )


def test_no_token_and_no_more_than_needed() -> None:
    assert "canary" not in masked(f"{HOST}/tokens/Atza|canary")
    assert len(masked(f"{HOST}/" + "x" * 3000)) == LONGEST
