"""httpx without its own command line.

Where click and rich are installed, as they are beside Textual, importing httpx imports its command line with them:
that more than doubles what the import costs, for nothing that is used here.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

_COMMAND_LINE = "httpx._main"

if "httpx" not in sys.modules:
    # What stands here as None cannot be imported, and httpx goes on without it.
    sys.modules.setdefault(_COMMAND_LINE, cast("ModuleType", None))

import httpx  # noqa: E402 - only now

if sys.modules.get(_COMMAND_LINE, sys) is None:
    del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
