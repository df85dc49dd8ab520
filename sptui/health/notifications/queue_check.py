"""Can Amazon deliver to this queue, and may sptui read it? Judged from the queue's own attributes, without a call.

The policy must let Amazon's account send and look at the attributes; the queue must be a standard one; where it is
encrypted with a key of one's own, the key's policy must let Amazon in as well (docs notifications guide).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

AMAZON_ACCOUNT: Final = "437568002678"
"""The AWS account that Amazon delivers notifications from."""
_NEEDED: Final = ("sqs:SendMessage", "sqs:GetQueueAttributes")


class CheckState(StrEnum):
    """How a check went."""

    OK = "ok"
    NOTE = "note"
    """Nothing wrong, but worth knowing."""
    PROBLEM = "problem"


class QueueFinding(msgspec.Struct, frozen=True):
    """One thing that was looked at; ``do`` is the next step, "" where nothing is to be done."""

    check: str
    state: CheckState
    found: str
    do: str = ""


def check_queue(attributes: Mapping[str, str], *, own_queue: bool) -> tuple[QueueFinding, ...]:
    """What ``GetQueueAttributes`` tells, judged. Never raises: a policy that is no JSON is a finding."""
    return (
        _kind(attributes),
        _policy(attributes),
        *_encryption(attributes),
        *_redrive(attributes, own_queue=own_queue),
        _waiting(attributes),
    )


def reads_before_dead_letter(attributes: Mapping[str, str]) -> int | None:
    """How often a message may be received before the queue moves it away; None where it never does."""
    policy = _json(attributes.get("RedrivePolicy", ""))
    count = policy.get("maxReceiveCount") if isinstance(policy, dict) else None
    return int(str(count)) if str(count).isdecimal() and str(count).isascii() else None


def suggested_policy(arn: str) -> str:
    """A policy for the queue that lets Amazon deliver, as JSON to paste."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{AMAZON_ACCOUNT}:root"},
        "Action": list(_NEEDED),
        "Resource": arn,
    }
    return msgspec.json.encode({"Version": "2012-10-17", "Statement": [statement]}).decode()


def _kind(attributes: Mapping[str, str]) -> QueueFinding:
    if attributes.get("FifoQueue") == "true" or attributes.get("QueueArn", "").endswith(".fifo"):
        return QueueFinding(
            "kind", CheckState.PROBLEM, "a FIFO queue, and Amazon delivers to standard queues alone",
            "Create a standard queue and name it in config.toml.",
        )  # fmt: skip
    return QueueFinding("kind", CheckState.OK, "a standard queue")


def _policy(attributes: Mapping[str, str]) -> QueueFinding:
    arn = attributes.get("QueueArn", "")
    step = f"Set the queue's access policy: {suggested_policy(arn)}"
    text = attributes.get("Policy", "")
    if not text:
        return QueueFinding("policy", CheckState.PROBLEM, "the queue has no access policy", step)
    policy = _json(text)
    if not isinstance(policy, dict):
        return QueueFinding("policy", CheckState.PROBLEM, "the access policy cannot be read", step)
    statements = [each for each in _listed(policy.get("Statement")) if isinstance(each, dict)]
    denied = [each for each in _NEEDED if _granted(statements, "Deny", each, arn) is not None]
    if denied:
        told = f"the access policy denies Amazon {' and '.join(denied)}"
        return QueueFinding("policy", CheckState.PROBLEM, told, "Take the Deny for that account out of the policy.")
    grants = {action: _granted(statements, "Allow", action, arn) for action in _NEEDED}
    if missing := [action for action, grant in grants.items() if grant is None]:
        told = f"the access policy does not let account {AMAZON_ACCOUNT} {' and '.join(missing)}"
        return QueueFinding("policy", CheckState.PROBLEM, told, step)
    if any(grant == "conditions" for grant in grants.values()):
        told = "Amazon may deliver, under conditions that sptui does not judge"
        return QueueFinding("policy", CheckState.NOTE, told, "If nothing arrives, look at the policy's Condition.")
    return QueueFinding("policy", CheckState.OK, "Amazon may deliver and look at the attributes")


def _encryption(attributes: Mapping[str, str]) -> Iterator[QueueFinding]:
    if key := attributes.get("KmsMasterKeyId", ""):
        yield QueueFinding(
            "encryption", CheckState.NOTE, f"encrypted with the KMS key {key}",
            f"The key's policy must allow account {AMAZON_ACCOUNT} kms:GenerateDataKey and kms:Decrypt; "
            "AWS's own key (alias/aws/sqs) cannot be given that.",
        )  # fmt: skip


def _redrive(attributes: Mapping[str, str], *, own_queue: bool) -> Iterator[QueueFinding]:
    count = reads_before_dead_letter(attributes)
    if count is None:
        return
    told = f"after {count} reads without deletion a message goes to the dead-letter queue"
    if own_queue:
        yield QueueFinding("dead letters", CheckState.OK, told)
    else:
        yield QueueFinding(
            "dead letters", CheckState.PROBLEM, f"{told}, and sptui, which deletes nothing here, would use those up",
            "Give sptui a queue of its own (own_queue = true), or read by hand with `sptui notifications read --once`.",
        )  # fmt: skip


def _waiting(attributes: Mapping[str, str]) -> QueueFinding:
    count = attributes.get("ApproximateNumberOfMessages", "")
    return QueueFinding("messages", CheckState.OK, f"about {count or 'an unknown number of'} waiting")


# -- Reading a policy ------------------------------------------------------------------------------------------------


def _granted(statements: list[dict[str, Any]], effect: str, action: str, arn: str) -> str | None:
    """``yes`` or ``conditions`` where a statement of this effect covers Amazon, the action and the queue."""
    found = None
    for each in statements:
        covers = (
            each.get("Effect") == effect
            and _is_amazon(each.get("Principal"))
            and any(fnmatch.fnmatchcase(action.lower(), str(one).lower()) for one in _listed(each.get("Action")))
            and any(fnmatch.fnmatchcase(arn, str(one)) for one in _listed(each.get("Resource", "*")))
        )
        if covers and not each.get("Condition"):
            return "yes"
        if covers and effect == "Allow":  # a Deny under a condition is most often "unless over TLS"
            found = "conditions"
    return found


def _is_amazon(principal: Any) -> bool:
    told = _listed(principal.get("AWS")) if isinstance(principal, dict) else _listed(principal)
    return any(each in ("*", AMAZON_ACCOUNT, f"arn:aws:iam::{AMAZON_ACCOUNT}:root") for each in told)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None
