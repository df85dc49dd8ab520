"""Amazon's own Python SDK, unmodified, with the recorder attached as its users attach it."""

from __future__ import annotations

import sys
from typing import Any

import requests
from call_recorder import Recorder
from spapi import SPAPIClient, SPAPIConfig
from spapi.api.orders_v0.orders_v0_api import OrdersV0Api
from spapi.api.sellers_v1.sellers_api import SellersApi
from spapi.rest import ApiException

BASE, LOG = sys.argv[1:]
US = "ATVPDKIKX0DER"

recorder = Recorder(LOG, application="amzn1.sp.solution.recorded", deploy="1", loopback=True)
recorder.watch(requests.adapters.HTTPAdapter)  # the SDK fetches its tokens with requests


def client(number: int) -> Any:
    """The SDK's client of one seller."""
    config = SPAPIConfig(
        client_id="amzn1.application-oa2-client.whole",
        client_secret="amzn1.oa2-cs.v1.CANARY",
        refresh_token=f"Atzr|CANARY-{number}",
        region="NA",
    )
    made = SPAPIClient(config, oauth_endpoint=f"{BASE}/auth/o2/token", endpoint=f"{BASE}/na")
    return recorder.watch(made, seller_id=f"A{number}RECORDED0000{number}").api_client


raised = []
for number in range(1, 10):
    api = client(number)
    for call in (
        lambda api=api: SellersApi(api).get_marketplace_participations(),
        lambda api=api: OrdersV0Api(api).get_orders([US], created_after="2020-01-01T00:00:00Z"),
    ):
        try:
            call()
        except ApiException as problem:
            raised.append(problem.status)
        except Exception as problem:  # noqa: BLE001 - whatever the SDK lets through of a broken connection
            raised.append(type(problem).__name__)
print(raised)
