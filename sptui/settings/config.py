"""config.toml: what a person sets. The program reads it and never writes it.

The environment (``SPTUI_REFRESH`` and so on) goes before the file, the file before the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from sptui.settings.database_address import database_url
from sptui.settings.durations import duration_between
from sptui.settings.errors import SettingsError
from sptui.settings.folders import config_dir
from sptui.settings.values import (
    aws_end_point,
    aws_region,
    filled,
    filled_table,
    flag,
    lwa_address,
    queue_url,
    spapi_address,
)
from sptui.toml_file import Steps, TomlFileError, decode_toml, place_in_toml, read_toml_text

T = TypeVar("T")

SHORTEST_REFRESH: Final = timedelta(seconds=65)
"""getMarketplaceParticipations refills every 62.5 s (0.016 requests a second, documented usage plan)."""


class NetworkConfig(msgspec.Struct, frozen=True):
    """``timeout`` is for one exchange. The addresses are "" for Amazon's own; else loopback (a simulator, tests).

    ``endpoint`` may hold ``{region}``: ``http://127.0.0.1:8080/{region}``.
    """

    timeout: timedelta = timedelta(seconds=30)
    endpoint: str = ""
    lwa_endpoint: str = ""


class HealthConfig(msgspec.Struct, frozen=True):
    """``report_interval``: how often the performance report is looked for; ``create_reports``: whether a new one may
    be asked for where there is none that is new enough (never with ``read_only``). ``notify_config``: the path of
    apprise's own configuration file, for ``sptui health --notify``; where to send, and its secrets, stay in there.
    """

    report_interval: timedelta = timedelta(hours=6)
    create_reports: bool = True
    notify_config: str = ""


class NotificationsConfig(msgspec.Struct, frozen=True):
    """The SQS queue that Amazon delivers ACCOUNT_STATUS_CHANGED to; ``queue_url`` is "" where there is none.

    ``own_queue``: whether the queue is sptui's alone, so that what is stored may be deleted from it; else every
    message stays in it. ``region`` is needed where the address does not tell it. ``profile`` is one of the AWS
    configuration; "" takes AWS's default chain, and credentials are never kept here. ``endpoint_url`` stands for
    the queue's host (a server for tests on this machine, or another end point of AWS). ``destination`` is the name
    under which the queue is registered at Amazon. The variables are SPTUI_NOTIFICATIONS_QUEUE_URL and so on.
    """

    queue_url: str = ""
    region: str = ""
    profile: str = ""
    endpoint_url: str = ""
    own_queue: bool = False
    destination: str = "sptui"


class CallLogConfig(msgspec.Struct, frozen=True):
    """``keep``: how long calls are kept, None for ever. ``url`` ("" for none) and ``table``: where a log of the
    user's own lives (SQLAlchemy's form; its password is kept in the keyring, or stands in SPTUI_CALL_LOG_PASSWORD);
    ``columns``: field -> column. ``timeout`` is for one question. The variables are SPTUI_CALL_LOG_URL and so on.
    """

    keep: timedelta | None = None
    url: str = ""
    table: str = "calls"
    columns: dict[str, str] = {}
    timeout: timedelta = timedelta(minutes=1)


class Config(msgspec.Struct, frozen=True):
    """The settings. ``keys`` maps action ids to keys; ``sources`` tells where each setting that is not at its
    default comes from: ``refresh`` -> ``SPTUI_REFRESH`` or the path of config.toml.
    """

    refresh: timedelta = timedelta(minutes=15)
    theme: str = "sptui-dark"
    read_only: bool = False
    mouse: bool = True
    network: NetworkConfig = NetworkConfig()
    keys: dict[str, str] = {}
    sources: dict[str, str] = {}
    notifications: NotificationsConfig = NotificationsConfig()
    health: HealthConfig = HealthConfig()
    call_log: CallLogConfig = CallLogConfig()


def config_path() -> Path:
    """Where config.toml is looked for."""
    return config_dir() / "config.toml"


def load_config() -> Config:
    """The settings in force. No file is fine. Raises TomlFileError, and SettingsError for the environment."""
    path = config_path()
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    if os.path.lexists(path):
        values = _read_config(read_toml_text(path), str(path), path)
        sources = dict.fromkeys(values, str(path))
    for setting in _SETTINGS:
        variable = setting.variable
        if text := os.environ.get(variable, ""):
            values[setting.key] = _from_environment(setting, variable, text)
            sources[setting.key] = variable
    return _build(values, sources)


def decode_config(text: str, name: str) -> Config:
    """The settings of a config.toml's text alone, whatever the environment says. Raises TomlFileError."""
    return _build(_read_config(text, name, None), {})


# -- The settings one by one -------------------------------------------------------------------------------------


class _Setting(msgspec.Struct, frozen=True):
    """One setting: its place in the file (``network.timeout``), its meaning.

    ``read`` takes the value from the file and raises ValueError ("what is wrong; what was expected");
    ``parse`` makes such a value of an environment variable's text.
    """

    key: str
    read: Callable[[Any], Any]
    parse: Callable[[str], Any] = str

    @property
    def variable(self) -> str:
        """The environment variable that goes before the file."""
        table, _, name = self.key.rpartition(".")
        whole = table in ("notifications", "call_log")
        return "SPTUI_" + (self.key.replace(".", "_") if whole else name).upper()


class _NetworkTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    timeout: str | None = None
    endpoint: str | None = None
    lwa_endpoint: str | None = None


class _HealthTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    report_interval: str | None = None
    create_reports: bool | None = None
    notify_config: str | None = None


class _NotificationsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    queue_url: str | None = None
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    own_queue: bool | None = None
    destination: str | None = None


class _ColumnsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The fields of a call, as the call log calls them."""

    time: str | None = None
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    status: str | None = None
    code: str | None = None
    message: str | None = None
    details: str | None = None
    seller_id: str | None = None
    region: str | None = None
    application: str | None = None
    marketplaces: str | None = None
    request_id: str | None = None
    milliseconds: str | None = None
    attempt: str | None = None


class _CallLogTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    keep: str | None = None
    url: str | None = None
    table: str | None = None
    columns: _ColumnsTable | None = None
    timeout: str | None = None


class _ConfigTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file as TOML types it; what the texts mean is read afterwards."""

    refresh: str | None = None
    theme: str | None = None
    read_only: bool | None = None
    mouse: bool | None = None
    network: _NetworkTable = _NetworkTable()
    notifications: _NotificationsTable = _NotificationsTable()
    health: _HealthTable = _HealthTable()
    call_log: _CallLogTable = _CallLogTable()
    keys: dict[str, str] | None = None


def _same(value: T) -> T:
    return value


_REFRESH = duration_between(SHORTEST_REFRESH, timedelta(days=7), " (Amazon allows one request in 62.5 s)")
_REPORT_INTERVAL = duration_between(timedelta(minutes=30), timedelta(days=7), " (Amazon renews it some times a day)")
_TIMEOUT = duration_between(timedelta(seconds=1), timedelta(minutes=10))
_SETTINGS: Final = (
    _Setting("refresh", _REFRESH),
    _Setting("theme", filled),
    _Setting("read_only", _same, flag),
    _Setting("mouse", _same, flag),
    _Setting("network.timeout", _TIMEOUT),
    _Setting("network.endpoint", spapi_address),
    _Setting("network.lwa_endpoint", lwa_address),
    _Setting("health.report_interval", _REPORT_INTERVAL),
    _Setting("health.create_reports", _same, flag),
    _Setting("health.notify_config", filled),
    _Setting("notifications.queue_url", queue_url),
    _Setting("notifications.region", aws_region),
    _Setting("notifications.profile", filled),
    _Setting("notifications.endpoint_url", aws_end_point),
    _Setting("notifications.own_queue", _same, flag),
    _Setting("notifications.destination", filled),
    _Setting("call_log.keep", duration_between(timedelta(days=1), timedelta(days=3650))),
    _Setting("call_log.url", database_url),
    _Setting("call_log.table", filled),
    _Setting("call_log.timeout", duration_between(timedelta(seconds=1), timedelta(hours=1))),
)


def _columns(table: _ColumnsTable) -> dict[str, str]:
    given = {field: name for field, name in msgspec.structs.asdict(table).items() if name is not None}
    return filled_table(given)


_OF_THE_FILE: Final = (_Setting("keys", filled_table), _Setting("call_log.columns", _columns))
"""Tables have no environment variables."""


def _read_config(text: str, name: str, path: Path | None) -> dict[str, Any]:
    try:
        table = decode_toml(text, _ConfigTable, name)
    except TomlFileError as error:
        error.path = path
        raise
    given = {
        **msgspec.structs.asdict(table),
        **_prefixed("network", msgspec.structs.asdict(table.network)),
        **_prefixed("notifications", msgspec.structs.asdict(table.notifications)),
        **_prefixed("health", msgspec.structs.asdict(table.health)),
        **_prefixed("call_log", msgspec.structs.asdict(table.call_log)),
    }
    values: dict[str, Any] = {}
    for setting in (*_SETTINGS, *_OF_THE_FILE):
        if (value := given[setting.key]) is None:
            continue
        try:
            values[setting.key] = setting.read(value)
        except ValueError as problem:
            raise _misfit(text, name, path, tuple(setting.key.split(".")), str(problem)) from None
    return values


def _prefixed(prefix: str, table: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{name}": value for name, value in table.items()}


def _misfit(text: str, name: str, path: Path | None, steps: Steps, told: str) -> TomlFileError:
    line, column = place_in_toml(text, steps)
    problem, _, expected = told.partition("; ")
    return TomlFileError(name, line, column, f"{steps[-1]!r} is {problem}", expected, path=path, steps=steps)


def _from_environment(setting: _Setting, variable: str, text: str) -> Any:
    try:
        return setting.read(setting.parse(text))
    except ValueError as problem:
        raise SettingsError(f"The environment variable {variable} is {problem}.") from None


def _build(values: dict[str, Any], sources: dict[str, str]) -> Config:
    network = NetworkConfig(**_of_table(values, "network"))
    notifications = NotificationsConfig(**_of_table(values, "notifications"))
    health = HealthConfig(**_of_table(values, "health"))
    call_log = CallLogConfig(**_of_table(values, "call_log"))
    plain = {key: value for key, value in values.items() if "." not in key}
    return Config(
        **plain, network=network, notifications=notifications, health=health, call_log=call_log, sources=sources
    )


def _of_table(values: dict[str, Any], table: str) -> dict[str, Any]:
    return {key.removeprefix(f"{table}."): value for key, value in values.items() if key.startswith(f"{table}.")}
