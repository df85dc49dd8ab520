"""config.toml: what a person sets. The program reads it and never writes it.

The environment (``SPTUI_REFRESH`` and so on) goes before the file, the file before the defaults.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from sptui.settings.errors import SettingsError
from sptui.settings.folders import config_dir
from sptui.settings.queue_address import aws_address, read_queue_address
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError
from sptui.spapi.regions import Region
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
    user's own lives (SQLAlchemy's form; the password may stand in SPTUI_CALL_LOG_PASSWORD instead); ``columns``:
    field -> column. ``timeout`` is for one question.
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


def parse_duration(text: str) -> timedelta:
    """``15m``, ``90s``, ``1h30m``, ``2.5s``. Raises ValueError, whose message tells what was expected."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", text)
    if not parts or not re.fullmatch(r"\s*(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+", text, re.ASCII):
        raise ValueError("not a duration; expected a number and a unit such as 15m, 90s or 1h30m")
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    seconds = sum(float(number) * units[unit] for number, unit in parts)
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError("too long; expected a duration such as 15m, 90s or 1h30m") from None


def format_duration(duration: timedelta) -> str:
    """``15m``, ``1h30m``, ``2.5s``: what ``parse_duration`` reads."""
    milliseconds = round(duration.total_seconds() * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    if milliseconds or not parts:
        parts.append(f"{milliseconds / 1000:g}s")
    return "".join(parts)


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
        return "SPTUI_" + (self.key.replace(".", "_") if table == "notifications" else name).upper()


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


class _CallLogTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    keep: str | None = None
    url: str | None = None
    table: str | None = None
    columns: dict[str, str] | None = None
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


def _duration_between(shortest: timedelta, longest: timedelta, why: str) -> Callable[[str], timedelta]:
    def read(text: str) -> timedelta:
        duration = parse_duration(text)
        if not shortest <= duration <= longest:
            problem = "too short" if duration < shortest else "too long"
            bounds = f"{format_duration(shortest)} to {format_duration(longest)}"
            raise ValueError(f"{problem}; expected {bounds}{why}")
        return duration

    return read


def _filled(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("empty or unprintable; expected a name")
    return text.strip()


def _key_table(table: dict[str, str]) -> dict[str, str]:
    for action, keys in table.items():
        if not action.strip() or not keys.strip():
            raise ValueError('an empty entry; expected name = "text"')
    return table


def _spapi_address(text: str) -> str:
    return _address(text, lambda: Endpoints(spapi=text).base(Region.NA))


def _lwa_address(text: str) -> str:
    return _address(text, lambda: Endpoints(lwa=text).lwa_url)


def _address(text: str, check: Callable[[], str]) -> str:
    expected = "expected an address of this machine, such as http://127.0.0.1:8080 (or Amazon's own)"
    if not text:
        return ""
    if "@" in text or "?" in text or "#" in text or not text.isprintable() or " " in text:
        raise ValueError(f"not a plain address; {expected}")
    try:
        check()
    except ForbiddenHostError:
        raise ValueError(f"neither Amazon's nor this machine's, and tokens go nowhere else; {expected}") from None
    return text


def _queue_url(text: str) -> str:
    return read_queue_address(text).url if text else ""


def _aws_end_point(text: str) -> str:
    return aws_address(text) if text else ""


def _aws_region(text: str) -> str:
    if text and not re.fullmatch(r"[a-z]{2}(-[a-z]+){1,2}-\d{1,2}", text):
        raise ValueError("not a region of AWS; expected such as eu-west-1")
    return text


def _flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError("neither yes nor no; expected true or false")
    return words[text.strip().lower()]


def _same(value: T) -> T:
    return value


_REFRESH = _duration_between(SHORTEST_REFRESH, timedelta(days=7), " (Amazon allows one request in 62.5 s)")
_REPORT_INTERVAL = _duration_between(timedelta(minutes=30), timedelta(days=7), " (Amazon renews it some times a day)")
_TIMEOUT = _duration_between(timedelta(seconds=1), timedelta(minutes=10), "")
_SETTINGS: Final = (
    _Setting("refresh", _REFRESH),
    _Setting("theme", _filled),
    _Setting("read_only", _same, _flag),
    _Setting("mouse", _same, _flag),
    _Setting("network.timeout", _TIMEOUT),
    _Setting("network.endpoint", _spapi_address),
    _Setting("network.lwa_endpoint", _lwa_address),
    _Setting("health.report_interval", _REPORT_INTERVAL),
    _Setting("health.create_reports", _same, _flag),
    _Setting("health.notify_config", _filled),
    _Setting("notifications.queue_url", _queue_url),
    _Setting("notifications.region", _aws_region),
    _Setting("notifications.profile", _filled),
    _Setting("notifications.endpoint_url", _aws_end_point),
    _Setting("notifications.own_queue", _same, _flag),
    _Setting("notifications.destination", _filled),
    _Setting("call_log.keep", _duration_between(timedelta(days=1), timedelta(days=3650), "")),
    _Setting("call_log.url", _same),
    _Setting("call_log.table", _filled),
    _Setting("call_log.timeout", _duration_between(timedelta(seconds=1), timedelta(hours=1), "")),
)
_OF_THE_FILE: Final = (_Setting("keys", _key_table), _Setting("call_log.columns", _key_table))
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
