"""Prints one of the README's commands, so that CI runs what the README says: ``readme_command.py demo|tests``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HEADINGS = {"demo": "Try it", "tests": "Run the tests"}


def main() -> None:
    """The first code block under the heading."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    heading = HEADINGS[sys.argv[1]]
    found = re.search(rf"^## {heading}$.*?^```\w*\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f"The README has no command under the heading {heading!r}.")
    print(found[1].strip())


if __name__ == "__main__":
    main()
