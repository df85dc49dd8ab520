"""What a person sets and whom the program knows: config.toml and sellers.toml, typed, and where files live."""

from sptui.settings.accounts import Accounts
from sptui.settings.config import (
    CallLogConfig,
    Config,
    HealthConfig,
    NetworkConfig,
    NotificationsConfig,
    config_path,
    load_config,
)
from sptui.settings.database_address import asks_for_password, holds_password, without_password
from sptui.settings.durations import format_duration, parse_duration
from sptui.settings.errors import SettingsError
from sptui.settings.folders import config_dir, data_dir
from sptui.settings.sellers_file import check_accounts, load_accounts, problem_of_text, save_accounts, sellers_path

__all__ = [
    "Accounts",
    "CallLogConfig",
    "Config",
    "HealthConfig",
    "NetworkConfig",
    "NotificationsConfig",
    "SettingsError",
    "asks_for_password",
    "check_accounts",
    "config_dir",
    "config_path",
    "data_dir",
    "format_duration",
    "holds_password",
    "load_accounts",
    "load_config",
    "parse_duration",
    "problem_of_text",
    "save_accounts",
    "sellers_path",
    "without_password",
]
