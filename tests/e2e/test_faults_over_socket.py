"""Every kind of fault as a client on the other side of a real socket meets it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from simulator_process import running

FORM = {
    "grant_type": "refresh_token",
    "refresh_token": "Atzr|north",
    "client_id": "amzn1.application-oa2-client.demo",
    "client_secret": "amzn1.oa2-cs.v1.demo",
}
WORLD = """
latency_ms = [0, 0]
[[seller]]
id = "A1"
region = "NA"
refresh_token = "Atzr|north"
  [[seller.marketplace]]
  id = "ATVPDKIKX0DER"
[[seller]]
id = "A2"
region = "EU"
refresh_token = "Atzr|east"
  [[seller.marketplace]]
  id = "A1PA6795UKMFR9"

[[fault]]  # a regional outage
region = "EU"
status = 503
body = "<html><body>Website Temporarily Unavailable</body></html>"
[[fault]]
operation = "orders-v0.getOrder"
status = 200
body = '{"payload": {"AmazonOrderId":'
[[fault]]
operation = "orders-v0.getOrders"
after_calls = 1
status = 200
body = ""
[[fault]]
operation = "getReports"
drop = true
probability = 0.5
[[fault]]
operation = "getFeeds"
delay_ms = 300
status = 504
[[fault]]
operation = "lwa"
seller = "A1"
parameters = ["scope"]
status = 503
[[fault]]
operation = "document"
region = "NA"
after_calls = 1
drop = true
"""
ORDERS = "/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER&CreatedAfter=2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a simulator with every kind of fault."""
    path: Path = tmp_path_factory.mktemp("faults") / "world.toml"
    path.write_text(WORLD)
    with running("--world", str(path)) as simulator:
        yield simulator.base


def _client(base: str, of: str = "Atzr|north") -> httpx.Client:
    answer = httpx.post(f"{base}/auth/o2/token", data={**FORM, "refresh_token": of}, trust_env=False)
    headers = {"x-amz-access-token": answer.json()["access_token"]}
    return httpx.Client(base_url=base, headers=headers, trust_env=False)


def test_a_page_instead_of_json_in_one_region(base: str) -> None:
    with _client(base, "Atzr|east") as http:
        answer = http.get("/eu/sellers/v1/marketplaceParticipations")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert "Website Temporarily Unavailable" in answer.text
    with _client(base) as http:
        assert http.get("/na/sellers/v1/marketplaceParticipations").status_code == 200


def test_a_body_that_is_cut(base: str) -> None:
    with _client(base) as http:
        answer = http.get("/orders/v0/orders/902-3159896-1390916")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_a_blank_success_after_a_good_one(base: str) -> None:
    with _client(base) as http:
        first, second = http.get(ORDERS), http.get(ORDERS)
    assert first.json()["payload"]["Orders"]
    assert (second.status_code, second.content) == (200, b"")


def test_a_brown_out(base: str) -> None:
    outcomes = []
    with _client(base) as http:
        for _ in range(9):
            try:
                outcomes.append(http.get("/reports/2021-06-30/reports?reportTypes=GET_AFN_INVENTORY_DATA").status_code)
            except httpx.RemoteProtocolError:
                outcomes.append(0)
    assert set(outcomes) == {0, 200}


def test_an_error_after_a_while(base: str) -> None:
    with _client(base) as http:
        began = time.monotonic()
        answer = http.get("/feeds/2021-06-30/feeds?feedTypes=JSON_LISTINGS_FEED")
    assert (answer.status_code, time.monotonic() - began >= 0.3) == (504, True)


def test_the_token_endpoint_of_one_seller(base: str) -> None:
    def status(**more: str) -> int:
        return httpx.post(f"{base}/auth/o2/token", data={**FORM, **more}, trust_env=False).status_code

    assert (status(), status(scope="a"), status(scope="a", refresh_token="Atzr|east")) == (200, 503, 200)


def test_a_document_that_takes_one_upload(base: str) -> None:
    with _client(base) as http:
        url = http.post("/feeds/2021-06-30/documents", json={"contentType": "text/xml"}).json()["url"]
    headers = {"content-type": "text/xml"}
    assert httpx.put(url, content=b"<a/>", headers=headers, trust_env=False).status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.put(url, content=b"<a/>", headers=headers, trust_env=False)
