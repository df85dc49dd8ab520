"""What the two client scripts share: steps whose outcome, or the failure that they raise, is printed as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class Journey:
    """Runs one step after the other; a step that raises tells what, and the next one goes on."""

    def __init__(self, describe: Callable[[BaseException], dict[str, Any]]) -> None:
        self._describe = describe
        self._outcomes: dict[str, Any] = {}

    def step(self, name: str, make: Callable[[], Any]) -> Any:
        """The step's outcome, None where it raised."""
        try:
            outcome = make()
        except Exception as raised:  # noqa: BLE001 - whatever the library raises is what is looked at
            self._outcomes[name] = {"raised": type(raised).__name__, **self._describe(raised)}
            return None
        self._outcomes[name] = outcome
        return outcome

    def tell(self) -> None:
        """Prints everything as one line of JSON."""
        print(json.dumps(self._outcomes, default=str))
