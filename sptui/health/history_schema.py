"""The history's tables.

Only changes are kept, for ever; the newest state of everything stands in tables of its own. Words that repeat (who,
where, which metric, which status) are numbers in the points of the metrics: a point takes some 25 bytes.
"""

from __future__ import annotations

from typing import Final

MIGRATIONS: Final = (
    """
    CREATE TABLE participation_reading (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        read_at TEXT NOT NULL,
        participations TEXT NOT NULL,
        PRIMARY KEY (seller_id, region)
    ) WITHOUT ROWID;
    CREATE TABLE participation_failure (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        failed_at TEXT NOT NULL,
        problem TEXT NOT NULL,
        PRIMARY KEY (seller_id, region)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE participation_change (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        marketplace_id TEXT NOT NULL,
        time TEXT NOT NULL,
        listed INTEGER NOT NULL,
        participating INTEGER,
        suspended_listings INTEGER,
        first INTEGER NOT NULL,
        PRIMARY KEY (seller_id, region, marketplace_id, time)
    ) WITHOUT ROWID;
    INSERT OR IGNORE INTO participation_change
    SELECT seller_id, region, CASE each.type WHEN 'object' THEN json_extract(each.value, '$.marketplace_id') END,
        read_at, 1, CASE each.type WHEN 'object' THEN json_extract(each.value, '$.participating') END,
        CASE each.type WHEN 'object' THEN json_extract(each.value, '$.suspended_listings') END, 1
    FROM participation_reading, json_each(
        CASE WHEN typeof(participations) = 'text' AND json_valid(participations) THEN participations ELSE '[]' END
    ) AS each;
    CREATE TABLE performance_reading (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        read_at TEXT NOT NULL,
        as_of TEXT NOT NULL,
        made_known INTEGER NOT NULL,
        report_id TEXT NOT NULL,
        alarms TEXT NOT NULL,
        PRIMARY KEY (seller_id, region)
    ) WITHOUT ROWID;
    CREATE TABLE performance_document (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        report BLOB NOT NULL,
        UNIQUE (seller_id, region)
    );
    CREATE TABLE performance_failure (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        failed_at TEXT NOT NULL,
        problem TEXT NOT NULL,
        PRIMARY KEY (seller_id, region)
    ) WITHOUT ROWID;
    CREATE TABLE account_status (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        marketplace_id TEXT NOT NULL,
        status TEXT NOT NULL,
        since TEXT,
        as_of TEXT NOT NULL,
        PRIMARY KEY (seller_id, region, marketplace_id)
    ) WITHOUT ROWID;
    CREATE TABLE status_change (
        id TEXT PRIMARY KEY,
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        marketplace_id TEXT NOT NULL,
        time TEXT NOT NULL,
        previous TEXT NOT NULL,
        current TEXT NOT NULL,
        source TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX status_change_by_seller ON status_change (seller_id, region, time);
    CREATE TABLE word (
        id INTEGER PRIMARY KEY,
        text TEXT NOT NULL UNIQUE
    );
    CREATE TABLE metric_point (
        who INTEGER NOT NULL,
        marketplace INTEGER NOT NULL,
        metric INTEGER NOT NULL,
        time INTEGER NOT NULL,
        value REAL,
        status INTEGER NOT NULL,
        turned INTEGER NOT NULL,
        PRIMARY KEY (who, marketplace, metric, time)
    ) WITHOUT ROWID;
    CREATE INDEX metric_turned ON metric_point (who, time) WHERE turned = 1;
    CREATE TABLE look (
        name TEXT PRIMARY KEY,
        time TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE notification (
        notification_id TEXT PRIMARY KEY,
        type TEXT,
        subscription_id TEXT,
        event_time TEXT,
        publish_time TEXT,
        received_at TEXT,
        seller_id TEXT,
        region TEXT,
        previous TEXT,
        current TEXT
    );
    CREATE INDEX notification_by_seller ON notification (seller_id, region, event_time);
    CREATE TABLE notification_aside (
        id INTEGER PRIMARY KEY,
        received_at TEXT,
        reason TEXT,
        body TEXT
    );
    CREATE TABLE destination (
        destination_id TEXT,
        client_id TEXT,
        region TEXT,
        arn TEXT,
        name TEXT,
        created_at TEXT,
        PRIMARY KEY (destination_id, client_id, region)
    );
    CREATE TABLE subscription (
        subscription_id TEXT PRIMARY KEY,
        client_id TEXT,
        seller_id TEXT,
        region TEXT,
        destination_id TEXT,
        payload_version TEXT,
        created_at TEXT
    );
    """,
)
