"""What a person sets and whom the program knows: config.toml and sellers.toml, typed, and where files live."""

from sptui.settings.accounts import Accounts
from sptui.settings.config import (
    CallLogConfig,
    Config,
    HealthConfig,
    NetworkConfig,
    NotificationsConfig,
    config_path,
    format_duration,
    load_config,
    parse_duration,
)
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
    "check_accounts",
    "config_dir",
    "config_path",
    "data_dir",
    "format_duration",
    "load_accounts",
    "load_config",
    "parse_duration",
    "problem_of_text",
    "save_accounts",
    "sellers_path",
]
