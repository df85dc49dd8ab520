"""Where sptui's files live."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def config_dir() -> Path:
    """The folder of config.toml and sellers.toml: SPTUI_CONFIG_DIR, else the platform's. It may not exist yet."""
    return _folder("SPTUI_CONFIG_DIR") or platformdirs.user_config_path("sptui", appauthor=False)


def data_dir() -> Path:
    """The folder of the call log and the history: SPTUI_DATA_DIR, else the platform's. It may not exist yet."""
    return _folder("SPTUI_DATA_DIR") or platformdirs.user_data_path("sptui", appauthor=False)


def _folder(variable: str) -> Path | None:
    text = os.environ.get(variable, "")
    if not text:
        return None
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # ~ of nobody
        return Path(text).absolute()
