"""Application Management API v2023-11-30: a new client secret.

The new secret goes to the developer's queue and nowhere else; the old one serves seven days more (LWA credentials FAQ).
"""

from __future__ import annotations

from typing import Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.replies import Reply
from sptui.simulator.rotations import Rotation


def _rotate_application_client_secret(context: CallContext) -> Reply:
    client = context.caller.application.client_id
    secrets = context.memory.secrets
    made = "amzn1.oa2-cs.v1." + context.seeded.hex(64, "client secret", client, context.now)
    secrets.put(client, Rotation(context.now, made, secrets.current(context.caller.application)))
    return Reply(204, content_type="")


HANDLERS: Final[dict[str, Handler]] = {
    "application-2023-11-30.rotateApplicationClientSecret": _rotate_application_client_secret
}
