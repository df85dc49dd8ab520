"""A campaign: random worlds with one fault each, walked headless, and what the flow made of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from sptui.spapi.answers import read_answer
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.events import TriageResult

from .challenge import Challenge
from .faulty_requests import missing_parameter, one_option, two_options, wrong_value
from .faulty_worlds import (
    absent_seller,
    another_region,
    bad_token,
    broken_token_endpoint,
    brown_out,
    closed_account,
    empty_list,
    expired_secret,
    feed_of_a_closed_account,
    full_quota,
    gone_authorization,
    gone_failure,
    missing_role,
    not_offered,
    outage,
    pseudo_marketplace,
    regional_refusal,
    role_came_later,
    unknown_id,
)
from .operation_pool import CATALOGUE
from .worlds import triage


class Outcome(msgspec.Struct, frozen=True):
    """What the flow made of a challenge."""

    challenge: Challenge
    result: TriageResult

    @property
    def cause_right(self) -> bool:
        return self.result.verdict.first.cause in self.challenge.causes

    @property
    def culprits_right(self) -> bool | None:
        """None where no parameter is at fault."""
        wanted = self.challenge.culprits
        return None if wanted is None else set(self.result.culprits) == wanted

    @property
    def ratio(self) -> float:
        return self.result.calls / max(1, self.challenge.least)


Draw = Callable[[random.Random, Region], Challenge]

KINDS: Final[tuple[tuple[Draw, int], ...]] = (
    (two_options, 33),
    (one_option, 12),
    (wrong_value, 6),
    (missing_parameter, 3),
    (missing_role, 5),
    (role_came_later, 4),
    (gone_authorization, 3),
    (absent_seller, 4),
    (closed_account, 4),
    (feed_of_a_closed_account, 2),
    (outage, 5),
    (brown_out, 3),
    (regional_refusal, 2),
    (expired_secret, 2),
    (broken_token_endpoint, 3),
    (full_quota, 2),
    (another_region, 3),
    (pseudo_marketplace, 1),
    (bad_token, 2),
    (unknown_id, 2),
    (gone_failure, 1),
    (not_offered, 1),
    (empty_list, 1),
)
"""Every kind of world, and how often in a hundred."""


def challenges(seed: int, count: int) -> list[Challenge]:
    """So many random worlds, the same for the same seed."""
    rng = random.Random(seed)
    draws = rng.choices([draw for draw, _ in KINDS], [weight for _, weight in KINDS], k=count)
    return [draw(random.Random(f"{seed}-{number}"), rng.choice(list(Region))) for number, draw in enumerate(draws)]


def walk(drawn: Iterable[Challenge]) -> list[Outcome]:
    """The flow over each of them; a person who says yes to calls, and knows no answer to any question."""
    return asyncio.run(_walk(list(drawn)))


async def _walk(drawn: list[Challenge]) -> list[Outcome]:
    return [Outcome(each, await _one(each)) for each in drawn]


async def _one(challenge: Challenge) -> TriageResult:
    operation = CATALOGUE.find(challenge.operation)
    given = None
    if challenge.given is not None:
        status, body = challenge.given
        answer = read_answer(status, {}, msgspec.json.encode(body))
        given = Case(operation, challenge.values, answer=answer, name=operation.name, method=operation.method)
    return await triage(
        challenge.world,
        challenge.operation,
        challenge.values,
        yes=True,
        roles_known=challenge.roles_known,
        given=given,
    )
