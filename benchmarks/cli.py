"""How long the command takes, in fresh processes, beside a named peer: python benchmarks/cli.py [runs]

The peer is a fresh Python that imports networkx, the least that any graph script in Python does. Quote the ratio: it holds when the
machine's speed drifts. The store is embedded, with the bundled data.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(command: list[str], runs: int) -> list[float]:
    """Wall time of each run, after one that is not counted."""
    taken = []
    for run in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        if run:
            taken.append(time.perf_counter() - start)
    return taken


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pactgraph = str(Path(sys.executable).with_name("pactgraph"))
    with tempfile.TemporaryDirectory() as folder:
        store = ["--db", f"{folder}/store"]
        subprocess.run([pactgraph, "load", "--quiet", *store], check=True, capture_output=True)
        peer = statistics.median(seconds([sys.executable, "-c", "import networkx"], runs))
        cases = {
            "query membership/members": [pactgraph, "query", "membership/members", "-p", "bloc=NATO", *store],
            "clusters": [pactgraph, "clusters", "--as-of", "1975", *store],
            "load (nothing new)": [pactgraph, "load", "--quiet", *store],
            "view network": [pactgraph, "view", "network", "-o", f"{folder}/network.html", *store],
            "demo": [pactgraph, "demo", "--quiet", "--out", f"{folder}/demo"],
        }
        print(
            f"{'command':28} {'median s':>9} {'min s':>7} {'max s':>7} {'/ peer':>7}   ({runs} runs; peer: import networkx, {peer:.2f} s)"
        )
        for name, command in cases.items():
            taken = seconds(command, runs)
            middle = statistics.median(taken)
            print(f"{name:28} {middle:9.2f} {min(taken):7.2f} {max(taken):7.2f} {middle / peer:7.1f}")


if __name__ == "__main__":
    main()
