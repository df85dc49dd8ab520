"""What an operation without a subject of its own answers: made from the model's answer shape.

The same request of the same seller gets the same answer, for as long as the world runs: every value follows from the
world's seed and from what was asked.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.context import CallContext
from sptui.simulator.operations.by_schema.maker import AnswerMaker
from sptui.simulator.operations.by_schema.plain import Place, PlainValues
from sptui.simulator.operations.by_schema.scope import Scope
from sptui.simulator.replies import Reply, json_reply
from sptui.spapi.marketplaces import MARKETPLACES

_WITHOUT_BODY: Final = 204


def answer_by_schema(context: CallContext) -> Reply:
    """The first success that the model names for the operation, with a body of that status' shape."""
    operation = context.operation
    status = next((each for each in operation.statuses if 200 <= each < 300), 200)
    shape = operation.answer_shapes().get(status)
    if shape is None or status == _WITHOUT_BODY:
        return Reply(status, content_type="")
    scope = _scope_of(context)
    maker = AnswerMaker(operation.answers.shapes, PlainValues(context.seeded, _place_of(context)))
    return json_reply(status, maker.value("", shape, scope, _what(context)))


def _scope_of(context: CallContext) -> Scope:
    """The request's values, under their names on the wire; a body that is a list is its own scope."""
    values = {}
    for name, value in context.values.items():
        parameter = context.operation.parameter(name)
        values["" if parameter is not None and parameter.whole else parameter.wire_name if parameter else name] = value
    return Scope(values)


def _place_of(context: CallContext) -> Place:
    seller = context.caller.seller
    own = [each.id for each in seller.marketplaces if each.id in MARKETPLACES] if seller else []
    named = [each for each in context.marketplaces if each in MARKETPLACES]
    region = [each.id for each in MARKETPLACES.values() if each.region is context.region]
    marketplace = MARKETPLACES[(named or own or region)[0]]
    return Place(
        marketplace.id, marketplace.country_code, marketplace.currency, context.caller.seller_id, context.memory.began
    )


def _what(context: CallContext) -> str:
    """What the answer's values follow from, beside the seed: operation, seller and the request's values."""
    asked = msgspec.json.encode(context.values, order="deterministic")
    return context.seeded.hex(32, "answer", context.operation.key, context.caller.seller_id, context.region, asked)
