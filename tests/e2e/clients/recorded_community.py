"""python-amazon-sp-api, unmodified, with the recorder attached as its users attach it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from call_recorder import Recorder
from sp_api.api import OrdersV0, Sellers
from sp_api.auth import AccessTokenClient
from sp_api.base import SellingApiException

BASE, LOG = sys.argv[1:]
US = "ATVPDKIKX0DER"
AccessTokenClient.scheme, AccessTokenClient.host = "http://", BASE.removeprefix("http://")

recorder = Recorder(LOG, application="amzn1.sp.solution.recorded", deploy="1", loopback=True)


def api(kind: Any, number: int) -> Any:
    """One of the library's clients for one seller."""
    made = kind(
        marketplace=SimpleNamespace(endpoint=f"{BASE}/na", marketplace_id=US, region="us-east-1"),
        credentials={
            "refresh_token": f"Atzr|CANARY-{number}",
            "lwa_app_id": "amzn1.application-oa2-client.whole",
            "lwa_client_secret": "amzn1.oa2-cs.v1.CANARY",
        },
    )
    return recorder.watch(made, seller_id=f"A{number}RECORDED0000{number}")


raised = []
for number in range(1, 10):
    for call in (
        lambda number=number: api(Sellers, number).get_marketplace_participation(),
        lambda number=number: api(OrdersV0, number).get_orders(CreatedAfter="2020-01-01T00:00:00Z"),
    ):
        try:
            call()
        except SellingApiException as problem:
            raised.append(problem.code)
        except Exception as problem:  # noqa: BLE001 - whatever the library lets through of a broken connection
            raised.append(type(problem).__name__)
print(raised)
