"""Builds the built-in catalogue again: ``python tools/build_catalogue.py MODELS_FOLDER`` (a clone of Amazon's models).

After a change of the builder, its tables or the models; for newer models raise ``BUILT_IN_AS_OF`` as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sptui.spapi.catalogue_build import BUILT_IN_AS_OF, write_catalogue

FILE = Path(__file__).parent.parent / "sptui" / "spapi" / "operations.json"

if __name__ == "__main__":
    report = write_catalogue(Path(sys.argv[1]), FILE, as_of=BUILT_IN_AS_OF)
    print(f"{report.operations} operations of {report.models} models: {FILE} ({len(report.data)} bytes)")
    print("\n".join(report.problems))
