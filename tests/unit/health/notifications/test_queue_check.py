"""The queue's attributes, judged: policy, kind, encryption, dead letters."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.health.notifications.queue_check import (
    AMAZON_ACCOUNT,
    CheckState,
    QueueFinding,
    check_queue,
    reads_before_dead_letter,
    suggested_policy,
)
from sptui.settings.queue_address import aws_address, read_queue_address

ARN = "arn:aws:sqs:eu-west-1:123456789012:sptui"
ALLOW = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{AMAZON_ACCOUNT}:root"},
    "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
    "Resource": ARN,
}


def finding(check: str, attributes: dict[str, str], *, own_queue: bool = False) -> QueueFinding:
    return next(each for each in check_queue(attributes, own_queue=own_queue) if each.check == check)


def policy(*statements: Any) -> QueueFinding:
    return finding("policy", {"QueueArn": ARN, "Policy": json.dumps({"Statement": list(statements)})})


GOOD: dict[str, Any] = {
    "as documented": ALLOW,
    "account alone": {**ALLOW, "Principal": {"AWS": AMAZON_ACCOUNT}},
    "among others": {**ALLOW, "Principal": {"AWS": ["123456789012", AMAZON_ACCOUNT]}},
    "everyone": {**ALLOW, "Principal": "*"},
    "all actions": {**ALLOW, "Action": "SQS:*"},
    "capitals": {**ALLOW, "Action": ["SQS:SendMessage", "SQS:Get*"]},
    "any queue": {**ALLOW, "Resource": "arn:aws:sqs:*:123456789012:*"},
}


@pytest.mark.parametrize("statement", GOOD.values(), ids=list(GOOD))
def test_policies_that_let_amazon_in(statement: Any) -> None:
    assert policy({"Effect": "Allow", "Action": "sqs:ReceiveMessage"}, statement).state is CheckState.OK


BAD: dict[str, Any] = {
    "another account": {**ALLOW, "Principal": {"AWS": "123456789012"}},
    "send alone": {**ALLOW, "Action": "sqs:SendMessage"},
    "another queue": {**ALLOW, "Resource": ARN + "2"},
    "no principal": {**ALLOW, "Principal": {}},
    "a service": {**ALLOW, "Principal": {"Service": "sns.amazonaws.com"}},
    "no statement": "?",
}


@pytest.mark.parametrize("statement", BAD.values(), ids=list(BAD))
def test_policies_that_do_not(statement: Any) -> None:
    found = policy(statement)
    assert found.state is CheckState.PROBLEM
    assert suggested_policy(ARN) in found.do


def test_a_condition_is_left_to_the_person_and_a_denial_told() -> None:
    condition = {"ArnLike": {"aws:SourceArn": "arn:x"}}
    assert policy({**ALLOW, "Condition": condition}).state is CheckState.NOTE
    assert policy(ALLOW, {**ALLOW, "Effect": "Deny", "Condition": condition}).state is CheckState.OK
    denied = policy(ALLOW, {**ALLOW, "Effect": "Deny", "Action": "sqs:SendMessage"})
    assert "denies Amazon sqs:SendMessage" in denied.found


def test_the_suggested_policy_passes() -> None:
    found = finding("policy", {"QueueArn": ARN, "Policy": suggested_policy(ARN)})
    assert found.state is CheckState.OK


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"Statement": 7}', '{"Statement": [[]]}'])
def test_what_is_no_policy_is_a_finding(text: str) -> None:
    assert finding("policy", {"QueueArn": ARN, "Policy": text}).state is CheckState.PROBLEM


def test_fifo_encryption_and_dead_letters() -> None:
    assert finding("kind", {"FifoQueue": "true"}).state is CheckState.PROBLEM
    assert finding("kind", {"QueueArn": ARN + ".fifo"}).state is CheckState.PROBLEM
    assert finding("kind", {"QueueArn": ARN}).state is CheckState.OK
    assert "kms:GenerateDataKey" in finding("encryption", {"KmsMasterKeyId": "alias/mine"}).do
    redrive = {"RedrivePolicy": json.dumps({"maxReceiveCount": "3", "deadLetterTargetArn": ARN})}
    assert finding("dead letters", redrive).state is CheckState.PROBLEM
    assert finding("dead letters", redrive, own_queue=True).state is CheckState.OK
    assert reads_before_dead_letter(redrive) == 3
    assert [each.check for each in check_queue({}, own_queue=False)] == ["kind", "policy", "messages"]


@given(st.dictionaries(st.sampled_from(["Policy", "RedrivePolicy", "QueueArn", "FifoQueue"]), st.text(max_size=40)))
def test_never_raises(attributes: dict[str, str]) -> None:
    assert check_queue(attributes, own_queue=False)
    assert reads_before_dead_letter(attributes) is None or attributes["RedrivePolicy"]


# -- Addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "region", "arn"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/sptui", "", ARN),
        ("https://eu-west-1.queue.amazonaws.com/123456789012/sptui", "", ARN),
        ("https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/q", "", "arn:aws:sqs:us-gov-west-1:123456789012:q"),
        ("https://queue.amazonaws.com/123456789012/sptui", "eu-west-1", ARN),
        ("https://vpce-1a-2b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/sptui", "eu-west-1", ARN),
        ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "", "arn:aws-cn:sqs:cn-north-1:123456789012:q"),
        ("http://127.0.0.1:5005/123456789012/sptui", "eu-west-1", ARN),
        ("http://localhost:5005/123456789012/sptui", "", ""),
    ],
)
def test_an_address_tells_region_and_arn(url: str, region: str, arn: str) -> None:
    found = read_queue_address(url, region=region)
    assert found.arn == arn
    assert found.endpoint == url.rpartition("/123456789012/")[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://sqs.eu-west-1.amazonaws.com/123456789012/q",
        "https://sqs.eu-west-1.amazonaws.com.evil.example/123456789012/q",
        "https://evilamazonaws.com/123456789012/q",
        "https://user@sqs.eu-west-1.amazonaws.com/123456789012/q",
        "https://sqs.eu-west-1.amazonaws.com\\@evil.example/123456789012/q",
        "https://sqs.eu-west-1.amazonaws.com/123456789012",
        "https://sqs.eu-west-1.amazonaws.com/queue/q",
        "ftp://127.0.0.1/123456789012/q",
        "https://[/123456789012/q",
        "sptui",
        "",
    ],
)
def test_credentials_go_to_aws_or_this_machine_alone(url: str) -> None:
    with pytest.raises(ValueError, match="; expected"):
        read_queue_address(url)


def test_the_end_point_is_held_to_the_same_and_regions_must_agree() -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
    assert read_queue_address(url, endpoint_url="http://127.0.0.1:5005").endpoint == "http://127.0.0.1:5005"
    with pytest.raises(ValueError, match="neither AWS's"):
        read_queue_address(url, endpoint_url="https://proxy.example")
    with pytest.raises(ValueError, match="region says us-east-1"):
        read_queue_address(url, region="us-east-1")
    with pytest.raises(ValueError, match="not a plain address"):
        aws_address("https://sqs.eu-west-1.amazonaws.com:0")


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_value_error(url: str) -> None:
    with suppress(ValueError):
        assert read_queue_address(url).url == url
