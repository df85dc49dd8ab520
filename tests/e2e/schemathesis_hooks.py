"""Read by schemathesis, in its own environment: gives each call a token of somebody whose turn it is.

``SPTUI_TOKENS`` names a JSON file: by ``METHOD path`` the tokens that open the operation.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
from pathlib import Path
from typing import Any

TOKENS = {
    operation: itertools.cycle(tokens)
    for operation, tokens in json.loads(Path(os.environ["SPTUI_TOKENS"]).read_text("utf-8")).items()
}


def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Adds the token; what the case itself says of the header is overwritten, so that no case is about tokens."""
    tokens = TOKENS.get(f"{case.operation.method.upper()} {case.operation.path}")
    if tokens is not None:
        case.headers["x-amz-access-token"] = next(tokens)


importlib.import_module("schemathesis").hook(before_call)
