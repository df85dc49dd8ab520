"""An operation's refusal in the shape of its own model, where that is not the usual one.

A few models answer a bare list of errors, others forbid empty details. What the gateway says before the operation is
asked (403, 429) has the usual shape everywhere.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.replies import RefusalError, Reply
from sptui.spapi.catalogue import Operation, Shape

_OF_THE_GATEWAY: Final = frozenset({403, 429})


def refusal_reply(refusal: RefusalError, operation: Operation) -> Reply:
    """What the operation answers where it refuses."""
    shape = operation.answer_shapes().get(refusal.status)
    reply = refusal.reply()
    if shape is None or refusal.status in _OF_THE_GATEWAY:
        return reply
    named = operation.answers.shapes.resolve
    listed = named(shape)
    if bare := listed.type == "array":
        listed = Shape(fields={"errors": listed})
    one = named(named(listed.fields.get("errors", Shape())).items or Shape())
    details = named(one.fields.get("details", Shape()))
    errors = msgspec.json.decode(reply.body)["errors"]
    if details.min_length:
        errors = [{name: text for name, text in each.items() if text or name != "details"} for each in errors]
    elif not bare:
        return reply
    return msgspec.structs.replace(reply, body=msgspec.json.encode(errors if bare else {"errors": errors}))
