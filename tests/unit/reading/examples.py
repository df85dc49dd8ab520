"""Failing calls as developers paste them, each with what must be read out of it; also the seeds of the fuzzer.

Every secret holds CANARY; nothing that is read may hold it.
"""

# ruff: noqa: E501 - pasted calls are as long as they are
from __future__ import annotations

import base64
import json
from typing import Any, Final

import msgspec

CANARY: Final = "canary5a4b3c2d1e"
_TOKEN: Final = f"Atza|IwEB{CANARY}"
_ID: Final = "252b173d-0120-4747-b400-18bc541bfeaf"
_DENIED: Final = '{"errors":[{"message":"Access to requested resource is denied.","code":"Unauthorized","details":""}]}'
_ORDERS: Final = "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9&CreatedAfter=2026-01-01T00:00:00Z"


class Example(msgspec.Struct, frozen=True):
    """A text and what must be recognised; empty means that the text does not tell."""

    name: str
    form: str
    text: str
    operation: str = ""
    region: str = ""
    status: int = 0
    code: str = ""
    token: str = ""
    values: dict[str, Any] = {}
    failure: str = ""
    request_id: str = ""
    marketplace: str = ""


def _har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": list(entries)}})


def _entry(method: str, url: str, status: int, answer: str, **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"size": len(answer), "mimeType": "application/json", "text": answer}
    if more.pop("base64", False):
        content |= {"text": base64.b64encode(answer.encode()).decode(), "encoding": "base64"}
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "headers": [{"name": "x-amz-access-token", "value": _TOKEN}, {"name": "cookie", "value": f"session={CANARY}"}],
    }
    if "post" in more:
        request["postData"] = {"mimeType": "application/json", "text": more.pop("post")}
    return {
        "startedDateTime": more.pop("time", "2026-11-23T10:00:00.000Z"),
        "request": request,
        "response": {"status": status, "headers": [{"name": "x-amzn-RequestId", "value": _ID}], "content": content},
        **more,
    }


EXAMPLES: Final[tuple[Example, ...]] = (
    Example(
        "curl-bash-with-answer",
        "a curl command",
        f"""$ curl -si '{_ORDERS}' \\
  -H 'x-amz-access-token: {_TOKEN}' \\
  -H 'accept: application/json' --compressed
HTTP/2 403
x-amzn-requestid: {_ID}
content-type: application/json

{_DENIED}
""",
        "getOrders", "EU", 403, "Unauthorized", "Atza|", {"MarketplaceIds": ["A1PA6795UKMFR9"]}, request_id=_ID,
    ),
    Example(
        "curl-double-quotes-and-bundled-options",
        "a curl command",
        f'curl -sSXPOST "https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/feeds" -H "x-amz-access-token: {_TOKEN}"'
        ' -H "Content-Type: application/json" -d "{\\"feedType\\":\\"POST_PRODUCT_DATA\\",\\"marketplaceIds\\":\\"ATVPDKIKX0DER\\"}"\n'
        '{"errors":[{"code":"InvalidInput","message":"Invalid request parameters","details":""}]}',
        "createFeed", "NA", 0, "InvalidInput", "Atza|", {"feedType": "POST_PRODUCT_DATA", "marketplaceIds": "ATVPDKIKX0DER"},
    ),
    Example(
        "curl-cmd-copied-from-a-browser",
        "a curl command",
        f'curl --location --request POST ^"https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports^" ^\n'
        f'  -H ^"x-amz-access-token: Atza^|IwEB{CANARY}^" ^\n'
        '  --data-raw ^"^{^\\^"reportType^\\^":^\\^"GET_SALES_REPORT^\\^",^\\^"marketplaceIds^\\^":^[^\\^"ATVPDKIKX0DER^\\^"^]^}^"\n',
        "createReport", "NA", token="Atza|", values={"reportType": "GET_SALES_REPORT", "marketplaceIds": ["ATVPDKIKX0DER"]},
    ),
    Example(
        "curl-powershell-token-request",
        "a curl command",
        "PS C:\\Users\\x> curl.exe -X POST 'https://api.amazon.com/auth/o2/token' `\n"
        f" -d 'grant_type=refresh_token&refresh_token=Atzr|{CANARY}&client_id=amzn1.application-oa2-client.abc&client_secret={CANARY}'\n"
        '{"error_description":"Client authentication failed","error":"invalid_client"}',
        status=401, code="invalid_client",
    ),
    Example(
        "curl-get-with-data-urlencode",
        "a curl command",
        f"curl -G https://sellingpartnerapi-fe.amazon.com/orders/v0/orders --data-urlencode 'MarketplaceIds=A1VC38T7YXB528'"
        f" --data-urlencode 'CreatedAfter=2026-01-01T00:00:00+09:00' -H 'x-amz-access-token:{_TOKEN}'",
        "getOrders", "FE", token="Atza|", values={"CreatedAfter": "2026-01-01T00:00:00+09:00"},
    ),
    Example(
        "curl-body-in-a-file",
        "a curl command",
        "curl -X POST https://sellingpartnerapi-eu.amazon.com/feeds/2021-06-30/feeds -d @feed.json",
        "createFeed", "EU",
    ),
    Example(
        "curl-that-got-no-answer",
        "a curl command",
        f"curl '{_ORDERS}'\ncurl: (6) Could not resolve host: sellingpartnerapi-eu.amazon.com",
        "getOrders", "EU", failure="connect",
    ),
    Example(
        "curl-trace",
        "raw HTTP",
        f"""*   Trying 52.95.1.1:443...
* Connected to sellingpartnerapi-na.amazon.com
> GET /orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER HTTP/2
> Host: sellingpartnerapi-na.amazon.com
> x-amz-access-token: {_TOKEN}
>
{{ [5 bytes data]
< HTTP/2 429
< x-amzn-errortype: TooManyRequestsException
<
* Connection #0 to host left intact
{{"errors":[{{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource.","details":""}}]}}""",
        "getOrders", "NA", 429, "QuotaExceeded", "Atza|",
    ),
    Example(
        "two-commands-token-then-call",
        "a curl command",
        f"""curl -X POST https://api.amazon.com/auth/o2/token -d 'grant_type=refresh_token&refresh_token=Atzr|{CANARY}'
{{"access_token":"Atza|{CANARY}","token_type":"bearer","expires_in":3600}}
curl '{_ORDERS}' -H 'x-amz-access-token: {_TOKEN}'
{_DENIED}
""",
        "getOrders", "EU", 0, "Unauthorized", "Atza|",
    ),
    Example(
        "raw-http-with-bearer",
        "raw HTTP",
        "GET /sellers/v1/marketplaceParticipations HTTP/1.1\r\nHost: sellingpartnerapi-fe.amazon.com\r\n"
        f"x-amz-access-token: Bearer {_TOKEN}\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n{_DENIED}",
        "getMarketplaceParticipations", "FE", 403, "Unauthorized", "Atza|",
    ),
    Example(
        "raw-http-chunked",
        "raw HTTP",
        f"HTTP/1.1 400 Bad Request\nTransfer-Encoding: chunked\nx-amzn-RequestId: {_ID}\n\n"
        '3d\n{"errors":[{"code":"InvalidInput","message":"Invalid input","\n10\ndetails":"abc"}]}\n0\n\n',
        status=400, code="InvalidInput", request_id=_ID,
    ),
    Example(
        "raw-http-without-an-empty-line-and-cut",
        "raw HTTP",
        """POST https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports
Content-Type: application/json
{"reportType":"GET_FLAT_FILE_OPEN_LISTINGS_DATA","marketplaceIds":["ATVPDKIKX0DER"]}
HTTP/1.1 403
{"errors":[{"code":"Unauthorized","message":"Access to requested resour""",
        "createReport", "NA", 403, "Unauthorized", values={"marketplaceIds": ["ATVPDKIKX0DER"]},
    ),
    Example(
        "http2-pseudo-headers",
        "raw HTTP",
        f""":method: GET
:path: /orders/v0/orders/902-1845936-5435065
:authority: sellingpartnerapi-na.amazon.com
x-amz-access-token: {_TOKEN}

:status: 404
x-amzn-requestid: {_ID}

{{"errors":[{{"code":"NotFound","message":"No order."}}]}}""",
        "getOrder", "NA", 404, "NotFound", "Atza|", {"orderId": "902-1845936-5435065"}, request_id=_ID,
    ),
    Example(
        "har-with-several-calls",
        "a HAR file",
        _har(
            _entry("GET", "https://example.com/a.js", 200, "x"),
            _entry("GET", "https://sellingpartnerapi-na.amazon.com/sellers/v1/marketplaceParticipations", 200, '{"payload":[]}'),
            _entry("GET", "https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER", 403, _DENIED, base64=True),
        ),
        "getOrders", "NA", 403, "Unauthorized", "Atza|", request_id=_ID,
    ),
    Example(
        "har-entry-without-an-answer",
        "a HAR file",
        _har(_entry("GET", "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders", 0, "", _error="net::ERR_NAME_NOT_RESOLVED")),
        "getOrders", "EU", token="Atza|", failure="connect",
    ),
    Example(
        "postman-collection",
        "a Postman collection",
        json.dumps(
            {
                "info": {"name": "SP-API", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
                "item": [
                    {
                        "name": "Orders",
                        "item": [
                            {
                                "name": "get",
                                "request": {
                                    "method": "GET",
                                    "header": [{"key": "x-amz-access-token", "value": _TOKEN}],
                                    "url": {"raw": "{{host}}/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER"},
                                },
                                "response": [{"code": 403, "header": [], "body": _DENIED}],
                            }
                        ],
                    }
                ],
            }
        ),
        "getOrders", "", 403, "Unauthorized", "Atza|",
    ),
    Example(
        "case",
        "a call as JSON",
        json.dumps(
            {
                "id": "one",
                "operation": "getOrders",
                "request": {"method": "GET", "url": _ORDERS, "headers": {"x-amz-access-token": _TOKEN}},
                "response": {"status": 403, "body": json.loads(_DENIED)},
                "context": {"roles": ["Inventory and Order Tracking"]},
            }
        ),
        "getOrders", "EU", 403, "Unauthorized", "Atza|",
    ),
    Example(
        "log-line-camel",
        "a log line",
        json.dumps(
            {
                "time": "2026-10-02T10:00:00Z", "level": "error", "resourcePath": "/reports/2021-06-30/reports/{reportId}",
                "statusCode": 403, "errorCode": "Unauthorized", "errorMessage": "Access to requested resource is denied.",
                "sellerId": "A1SELLER000001", "marketplaceId": "ATVPDKIKX0DER", "x-amzn-RequestId": _ID,
                "refresh_token": f"Atzr|{CANARY}",
            }
        ),
        "getReport", "", 403, "Unauthorized", request_id=_ID,
    ),
    Example(
        "log-line-snake-and-nested",
        "a log line",
        json.dumps(
            {
                "ts": "2026-10-02T10:00:00Z", "msg": "SP-API call failed",
                "http": {"request_method": "GET", "url": "/orders/v0/orders", "status_code": "429", "token": _TOKEN},
                "seller_id": "A1SELLER000001", "marketplace_ids": ["A1PA6795UKMFR9"],
                "response_body": '{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota."}]}',
            }
        ),
        "getOrders", "", 429, "QuotaExceeded", marketplace="A1PA6795UKMFR9",
    ),
    Example(
        "log-line-of-sptui",
        "a log line",
        json.dumps(
            {
                "time": "2026-10-02T10:00:00Z", "method": "GET", "path": "/orders/v0/orders", "operation": "orders-v0.getOrders",
                "stage": "api", "status": 0, "code": "timeout", "message": "No answer in 30 s.", "details": "",
                "seller_id": "A1SELLER000001", "region": "EU", "application": "main", "marketplaces": ["A1PA6795UKMFR9"],
                "request_id": "", "milliseconds": 30000.0, "attempt": 1,
            }
        ),
        "getOrders", "EU", failure="timeout", marketplace="A1PA6795UKMFR9",
    ),
    Example(
        "python-amazon-sp-api",
        "an exception",
        """Traceback (most recent call last):
  File "/app/main.py", line 10, in <module>
    res = Orders(credentials=c, marketplace=Marketplaces.DE).get_orders(CreatedAfter='2026-01-01')
  File "/usr/lib/python3/site-packages/sp_api/api/orders/orders.py", line 62, in get_orders
    return self._request(kwargs.pop('path'), params={**kwargs})
sp_api.base.exceptions.SellingApiForbiddenException: [{'message': 'Access to requested resource is denied.', 'code': 'Unauthorized', 'details': ''}]
""",
        "getOrders", "", 403, "Unauthorized",
    ),
    Example(
        "amazons-python-client",
        "an exception",
        f"""  File "/x/swagger_client/api/orders_v0_api.py", line 70, in get_orders
swagger_client.rest.ApiException: (403)
Reason: Forbidden
HTTP response headers: HTTPHeaderDict({{'Date': 'Wed, 30 Dec 2020 16:34:52 GMT', 'x-amzn-RequestId': '{_ID}', 'x-amzn-ErrorType': 'AccessDeniedException'}})
HTTP response body: {{
  "errors": [
    {{
      "message": "Access to requested resource is denied.",
     "code": "Unauthorized",
     "details": ""
    }}
  ]
}}""",
        "getOrders", "", 403, "Unauthorized", request_id=_ID,
    ),
    Example(
        "requests-no-answer",
        "an exception",
        "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='sellingpartnerapi-na.amazon.com', port=443):"
        " Read timed out. (read timeout=30)\n  url: /orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER",
        "getOrders", "NA", failure="timeout",
    ),
    Example(
        "httpx-status",
        "an exception",
        f"httpx.HTTPStatusError: Client error '403 Forbidden' for url '{_ORDERS}'\nFor more information check: https://developer.mozilla.org/",
        "getOrders", "EU", 403,
    ),
    Example(
        "guzzle-cut",
        "an exception",
        "PHP Fatal error:  Uncaught GuzzleHttp\\Exception\\ClientException: Client error: `GET https://sellingpartnerapi-na.amazon.com/"
        "orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER` resulted in a `403 Forbidden` response:\n"
        '{\n  "errors": [\n    {\n      "message": "Access to requested resource is denied.",\n     "code": "Unautho (truncated...)\n',
        "getOrders", "NA", 403, "Unauthorized",
    ),
    Example(
        "jlevers",
        "an exception",
        f'SellingPartnerApi\\ApiException: [403] {_DENIED} in /app/vendor/jlevers/selling-partner-api/lib/Api/OrdersV0Api.php:210\n#0 /app/x.php(3): SellingPartnerApi\\Api\\OrdersV0Api->getOrders(Array)',
        "getOrders", "", 403, "Unauthorized",
    ),
    Example(
        "amazon-sp-api-for-node",
        "an exception",
        """CustomError: Access to requested resource is denied.
    at SellingPartner.callAPI (/var/task/node_modules/amazon-sp-api/lib/SellingPartner.js:229:13)
    at async Runtime.exports.handler (/var/task/index.js:22:15) {
  code: 'Unauthorized',
  details: '',
  type: 'error'
}""",
        code="Unauthorized",
    ),
    Example(
        "axios",
        "an exception",
        f"""AxiosError: Request failed with status code 403
    at settle (/app/node_modules/axios/dist/node/axios.cjs:1967:12) {{
  code: 'ERR_BAD_REQUEST',
  config: {{ url: '{_ORDERS}', method: 'get', headers: Object [AxiosHeaders] {{ 'x-amz-access-token': '{_TOKEN}' }} }},
  response: {{ status: 403, data: {{ errors: [ {{ code: 'Unauthorized', message: 'Access to requested resource is denied.', details: '' }} ] }} }}
}}""",
        "getOrders", "EU", 403, "Unauthorized",
    ),
    Example(
        "fika",
        "an exception",
        "Unhandled exception. FikaAmazonAPI.AmazonSpApiSDK.Models.Exceptions.AmazonUnauthorizedException: Access to requested resource is denied.\n"
        "   at FikaAmazonAPI.Services.RequestService.ParseResponse(RestResponse response)\n   at FikaAmazonAPI.Services.OrderService.GetOrdersAsync(ParameterOrderList p)",
        "getOrders", "", 403,
    ),
    Example(
        "okhttp",
        "an exception",
        "io.swagger.client.ApiException: Forbidden\n\tat io.swagger.client.ApiClient.handleResponse(ApiClient.java:974)\n"
        "\tat io.swagger.client.api.SellersApi.getMarketplaceParticipationsWithHttpInfo(SellersApi.java:144)\n"
        "Response{protocol=http/1.1, code=403, message=Forbidden, url=https://sellingpartnerapi-na.amazon.com/sellers/v1/marketplaceParticipations}",
        "getMarketplaceParticipations", "NA", 403,
    ),
    Example(
        "postman-python-requests-with-answer",
        "a code snippet",
        f"""import requests
import json

url = "https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/feeds"
payload = json.dumps({{
  "feedType": "POST_PRODUCT_DATA",
  "marketplaceIds": ["ATVPDKIKX0DER"],
  "inputFeedDocumentId": "amzn1.tortuga.3.x"
}})
headers = {{
  'x-amz-access-token': '{_TOKEN}',
  'Content-Type': 'application/json'
}}
response = requests.request("POST", url, headers=headers, data=payload)
print(response.text)

{{"errors":[{{"code":"InvalidInput","message":"Invalid request parameters","details":""}}]}}
""",
        "createFeed", "NA", 0, "InvalidInput", "Atza|", {"marketplaceIds": ["ATVPDKIKX0DER"]},
    ),
    Example(
        "postman-python-http-client",
        "a code snippet",
        f"""import http.client
conn = http.client.HTTPSConnection("sellingpartnerapi-eu.amazon.com")
payload = ''
headers = {{
  'x-amz-access-token': '{_TOKEN}'
}}
conn.request("GET", "/orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9", payload, headers)
""",
        "getOrders", "EU", token="Atza|", values={"MarketplaceIds": ["A1PA6795UKMFR9"]},
    ),
    Example(
        "postman-java-okhttp",
        "a code snippet",
        f"""OkHttpClient client = new OkHttpClient().newBuilder().build();
MediaType mediaType = MediaType.parse("application/json");
RequestBody body = RequestBody.create(mediaType, "{{\\"reportType\\":\\"GET_SALES_REPORT\\"}}");
Request request = new Request.Builder()
  .url("https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports")
  .method("POST", body)
  .addHeader("x-amz-access-token", "{_TOKEN}")
  .build();
""",
        "createReport", "NA", token="Atza|", values={"reportType": "GET_SALES_REPORT"},
    ),
    Example(
        "postman-csharp-restsharp",
        "a code snippet",
        f"""var options = new RestClientOptions("https://sellingpartnerapi-na.amazon.com")
var client = new RestClient(options);
var request = new RestRequest("/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER", Method.Get);
request.AddHeader("x-amz-access-token", "{_TOKEN}");
RestResponse response = await client.ExecuteAsync(request);
""",
        "getOrders", "NA", token="Atza|", values={"MarketplaceIds": ["ATVPDKIKX0DER"]},
    ),
    Example(
        "postman-php-curl",
        "a code snippet",
        f"""<?php
$curl = curl_init();
curl_setopt_array($curl, array(
  CURLOPT_URL => 'https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/documents',
  CURLOPT_CUSTOMREQUEST => 'POST',
  CURLOPT_POSTFIELDS =>'{{"contentType":"text/xml; charset=UTF-8"}}',
  CURLOPT_HTTPHEADER => array(
    'x-amz-access-token: {_TOKEN}',
    'Content-Type: application/json'
  ),
));
""",
        "createFeedDocument", "NA", token="Atza|", values={"contentType": "text/xml; charset=UTF-8"},
    ),
    Example(
        "postman-node-axios",
        "a code snippet",
        f"""const axios = require('axios');
let config = {{
  method: 'get',
  maxBodyLength: Infinity,
  url: '{_ORDERS}',
  headers: {{
    'x-amz-access-token': '{_TOKEN}'
  }}
}};
axios.request(config)
""",
        "getOrders", "EU", token="Atza|",
    ),
    Example(
        "postman-powershell",
        "a code snippet",
        f"""$headers = New-Object "System.Collections.Generic.Dictionary[[String],[String]]"
$headers.Add("x-amz-access-token", "{_TOKEN}")
$response = Invoke-RestMethod 'https://sellingpartnerapi-na.amazon.com/notifications/v1/destinations' -Method 'GET' -Headers $headers
""",
        "getDestinations", "NA", token="Atza|",
    ),
    Example(
        "answer-alone",
        "an answer's body",
        _DENIED,
        code="Unauthorized",
    ),
    Example(
        "prose",
        "text",
        "Hi, since this morning we get 429 QuotaExceeded from GET /orders/v0/orders for one seller in DE (A1PA6795UKMFR9), why?",
        "getOrders", "", 429, "QuotaExceeded", marketplace="A1PA6795UKMFR9",
    ),
    Example(
        "php-print-r",
        "text",
        f"""GuzzleHttp\\Psr7\\Response Object
(
    [statusCode:GuzzleHttp\\Psr7\\Response:private] => 403
    [headers:GuzzleHttp\\Psr7\\Response:private] => Array
        (
            [x-amzn-RequestId] => Array
                (
                    [0] => {_ID}
                )
""",
        status=403, request_id=_ID,
    ),
)  # fmt: skip
