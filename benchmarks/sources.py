"""How long publishers' files take to read, beside polars reading the same file: PACTGRAPH_REFERENCE=FOLDER python benchmarks/sources.py

Smallest of five readings each, in one run; the peer is ``polars.read_csv`` with the right options and no types inferred.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from graph_loader.sources.base import get
from graph_loader.sources.files import FileSource, read_tables

FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "atop": ("atop/atop5_1ddyr_1990_2018.csv", {}),
    "cow-nmc": ("cow/NMC-60-abridged.csv", {}),
    "cow-trade": ("cow/Dyadic_COW_4.0_2010_2014.csv", {}),
    "desta": ("desta/desta_list_of_treaties_02_02_dyads.csv", {}),
    "sipri": ("sipri/trade_register.csv", {"skip_rows": 11}),
    "unga": ("unga/IdealpointestimatesAll_Jun2024.csv", {}),
}


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    folder = Path(os.environ["PACTGRAPH_REFERENCE"])
    for name, (file, options) in FILES.items():
        path, source = folder / file, get(name)
        assert isinstance(source, FileSource)
        layouts = source.layouts()
        ours = best(lambda p=path, known=layouts: read_tables(p, known))  # type: ignore[misc]
        peer = best(lambda p=path, more=options: pl.read_csv(p, infer_schema=False, encoding="utf8-lossy", **more))  # type: ignore[misc]
        size = path.stat().st_size / 1e6
        print(f"{name:10} {size:5.1f} MB  ours {ours * 1e3:5.0f} ms  polars {peer * 1e3:5.0f} ms  ratio {ours / peer:.1f} (bar 2)")


if __name__ == "__main__":
    main()
