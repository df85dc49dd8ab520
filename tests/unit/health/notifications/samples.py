"""Notifications as Amazon sends them, and the sellers of the tests."""

from __future__ import annotations

import json
from typing import Any

from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

APPLICATION = "amzn1.application-oa2-client.one"
NORTHWIND = Authorization("Northwind", "A1NORTHWIND", Region.NA, APPLICATION)
NORTHWIND_EU = Authorization("Northwind", "A1NORTHWIND", Region.EU, APPLICATION)
HERON = Authorization("Heron", "A2HERON", Region.NA, APPLICATION)
CANARY = "CANARY"


def notification(
    previous: str = "NORMAL",
    current: str = "AT_RISK",
    *,
    id: str = "n-1",  # noqa: A002 - Amazon's name
    subscription: str = "sub-north",
    at: str = "2026-11-20T08:15:00.284Z",
    published: str = "2026-11-20T08:18:00.284Z",
) -> dict[str, Any]:
    """Amazon's documented message."""
    return {
        "notificationVersion": "1.0",
        "notificationType": "ACCOUNT_STATUS_CHANGED",
        "payloadVersion": "2021-01-01",
        "eventTime": at,
        "payload": {
            "accountStatusChangeNotification": {"previousAccountStatus": previous, "currentAccountStatus": current}
        },
        "notificationMetadata": {
            "applicationId": "amzn1.sellerapps.app.one",
            "subscriptionId": subscription,
            "publishTime": published,
            "notificationId": id,
        },
    }


def pascal(value: Any) -> Any:
    """The older spelling: every name with a capital."""
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: pascal(each) for name, each in value.items()}
    return [pascal(each) for each in value] if isinstance(value, list) else value


def text(value: Any) -> str:
    """As JSON."""
    return json.dumps(value)


OTHER = {
    "NotificationVersion": "1.0",
    "NotificationType": "ORDER_CHANGE",
    "Payload": {"OrderChangeNotification": {"BuyerName": f"{CANARY} Buyer"}},
    "NotificationMetadata": {"NotificationId": "o-1"},
}
NEW_SECRET = {
    "notificationType": "APPLICATION_OAUTH_CLIENT_NEW_SECRET",
    "payload": {"applicationOAuthClientNewSecret": {"clientId": "x", "newClientSecret": f"{CANARY}secret"}},
}
