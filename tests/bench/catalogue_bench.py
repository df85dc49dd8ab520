"""How long the first use of the catalogue takes: ``python tests/bench/catalogue_bench.py [RUNS]``.

Each run is a fresh interpreter; the import of msgspec, which every command needs anyway, is measured apart.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

CHILD = """
import time
t0 = time.perf_counter()
import msgspec, urllib.parse
t1 = time.perf_counter()
from sptui.spapi.catalogue import load_catalogue
t2 = time.perf_counter()
catalogue = load_catalogue()
count = sum(len(each.parameters) for each in catalogue)
t3 = time.perf_counter()
catalogue.find("getOrders"); catalogue.match("GET", "/orders/v0/orders/1")
t4 = time.perf_counter()
for each in catalogue: list(each.shapes)
t5 = time.perf_counter()
for each in catalogue: each.sandbox_cases
t6 = time.perf_counter()
for each in catalogue: each.answer_shapes()
t7 = time.perf_counter()
catalogue.search("order")
t8 = time.perf_counter()
print(*(round((b - a) * 1000, 2) for a, b in zip((t0, t1, t2, t3, t4, t5, t6, t7), (t1, t2, t3, t4, t5, t6, t7, t8))))
"""
NAMES = (
    "import msgspec, urllib", "import the package", "load names, paths, parameters", "find and match",
    "all nested shapes", "all sandbox samples", "all answers", "search",
)  # fmt: skip

if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    found = [
        [float(each) for each in subprocess.check_output([sys.executable, "-c", CHILD], text=True).split()]
        for _ in range(runs)
    ]
    for name, values in zip(NAMES, zip(*found, strict=True), strict=True):
        print(f"{name:32} median {statistics.median(values):7.2f} ms   worst {max(values):7.2f} ms")
