"""How long analyses take: python benchmarks/analysis.py [camps|concentration|scenario]... (default: all)

``camps``          a year of 200 states, 200 bootstraps: ours against networkx's Louvain doing the same (as many runs and resamples).
                   Bars: 5 s, ten times faster. Louvain is run on a tenth of the resamples, and its time multiplied.
``concentration``  HHI, its bounds and the largest supplier over 1,000,000 rows of flows, against bare DuckDB (pip install duckdb; nothing
                   of pactgraph needs it) computing the same from the same table in memory. Bar: 1.5 times.
``scenario``       the bundled data without Russia, and without NATO, from an open store. Bar: 1 s.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from stores import timed

from graph_loader import pipeline, session, snapshot
from graph_loader.analysis.clusters import camps, pair_weights
from graph_loader.analysis.concentration import concentration
from graph_loader.cli.load import BUNDLED
from graph_loader.sources.base import get
from graph_loader.stores.embedded import EmbeddedStore

STATES, RUNS, BOOTSTRAPS, TENTH = 200, 50, 200, 10
ROWS = 1_000_000


def year(sizes: Sequence[int], pairs: int) -> nx.MultiGraph[str]:
    """Treaties of so many parties each, and so many of two, among 200 states."""
    draw = random.Random(0)
    graph: nx.MultiGraph[str] = nx.MultiGraph(as_of="2020-01-01")
    names = [f"S{i:03}" for i in range(STATES)]
    for name in names:
        graph.add_node(name, label="State", name=name, kind="state", spells=[])
    groups = [sorted(draw.sample(names, n)) for n in sizes] + [sorted(draw.sample(names, 2)) for _ in range(pairs)]
    common = {"domain": "DEFENCE", "kind": "alliance", "obligations": ["defence"], "mutual": True, "sign": 1, "since": "1950-01-01",
              "until": "9999-12-31", "sources": ["s"], "disputed": False}  # fmt: skip
    for number, group in enumerate(groups):
        for a, b in combinations(group, 2):
            key = f"tie|t{number}|{a}|{b}"
            graph.add_edge(a, b, key=key, id=key, start=a, end=b, instrument=f"t{number}", **common)
    return graph


def louvain(graph: nx.MultiGraph[str], resamples: int) -> None:
    """The best of RUNS runs, and co-assignment over so many resamples of ties, by networkx."""
    weighted = pair_weights(graph)
    max(
        (nx.community.modularity(weighted, found), i)
        for i, found in enumerate(nx.community.louvain_communities(weighted, seed=seed) for seed in range(RUNS))
    )
    pairs = sorted(weighted.edges)
    at = {state: i for i, state in enumerate(sorted(weighted))}
    rng = np.random.default_rng(0)
    together = np.zeros((len(at), len(at)))
    for seed in range(resamples):
        drawn = np.bincount(rng.integers(len(pairs), size=len(pairs)), minlength=len(pairs))
        sample: nx.Graph[str] = nx.Graph()
        sample.add_nodes_from(at)
        sample.add_weighted_edges_from((a, b, int(n)) for (a, b), n in zip(pairs, drawn, strict=True) if n)
        group = np.zeros(len(at))
        for number, members in enumerate(nx.community.louvain_communities(sample, seed=seed)):
            group[[at[m] for m in members]] = number
        together += group[:, None] == group[None, :]


def best(work: Any, times: int = 3) -> float:
    return min(timed(work) for _ in range(times))


def camps_of_a_year() -> None:
    # About as many ties as ATOP 5.1 has pairs in 2010 with an obligation to defend (1,680) and with any alliance (3,967).
    camps_of(year((38, 28, 20, 15, 12), 250))
    camps_of(year((53, 40, 35, 30, 25, 20), 300))


def camps_of(graph: nx.MultiGraph[str]) -> None:
    n = graph.number_of_edges()
    ours = best(lambda: camps(graph, runs=RUNS, bootstrap=BOOTSTRAPS, null_runs=0))
    whole = timed(lambda: camps(graph, runs=RUNS, bootstrap=BOOTSTRAPS, null_runs=100))
    runs = timed(lambda: louvain(graph, 0))
    some = timed(lambda: louvain(graph, BOOTSTRAPS // TENTH))
    theirs = runs + (some - runs) * TENTH
    print(f"camps of {STATES} states, {n} ties, {RUNS} runs, {BOOTSTRAPS} bootstraps: {ours:.2f} s (bar 5); networkx Louvain {theirs:.1f} s"
          f" ({theirs / ours:.1f} times, bar 10); with 100 null graphs for z {whole:.2f} s")  # fmt: skip


def flows() -> pl.DataFrame:
    """A million rows: 200 importers, 500 goods, 2 years, five named suppliers each."""
    rng = np.random.default_rng(0)
    groups = ROWS // 5
    shares = rng.dirichlet(np.ones(6), groups)[:, :5]
    group = np.arange(groups)
    suppliers = (group[:, None] * 7 + np.arange(5) * 11) % STATES
    names = np.array([f"S{i:03}" for i in range(STATES)])
    importer, good, period = names[group % STATES], group // STATES % 500, 2020 + group // (STATES * 500)
    return pl.DataFrame({
        "importer": np.repeat(importer, 5), "supplier": names[suppliers.ravel()], "good": [f"good-{g}" for g in np.repeat(good, 5)],
        "good_name": [f"Good {g}" for g in np.repeat(good, 5)], "stage": ["product"] * ROWS, "basis": ["value"] * ROWS,
        "from_year": np.repeat(period, 5), "to_year": np.repeat(period, 5), "share": shares.ravel(), "total": np.full(ROWS, 1e6),
        "unit": ["US dollars"] * ROWS, "scope": ["generated"] * ROWS, "named_largest": [True] * ROWS, "disputed": [False] * ROWS,
    }).with_columns(sources=pl.lit(["baci"], dtype=pl.List(pl.String)))  # fmt: skip


_SQL = """
SELECT *, lo + packed * least * least + (rest - packed * least) * (rest - packed * least) AS hhi_hi, 1 / lo AS effective_hi
FROM (SELECT *, floor(rest / least) AS packed FROM (
  SELECT importer, good, stage, basis, from_year, to_year, any_value(good_name) AS good_name, any_value(scope) AS scope,
         any_value(total) AS total, any_value(unit) AS unit, sum(share * share) AS lo, greatest(0, 1 - sum(share)) AS rest,
         min(share) AS least, max(share) AS top_share, arg_max(supplier, share) AS top_supplier,
         list(share ORDER BY share DESC)[1:3] AS three, count(*) AS n_named, sum(share) AS named_share,
         bool_and(named_largest) AS named_largest, bool_or(disputed) AS disputed,
         list_sort(list_distinct(flatten(list(sources)))) AS sources, count(DISTINCT supplier) AS suppliers,
         count(DISTINCT scope) AS scopes, count(DISTINCT total) AS totals, count(DISTINCT unit) AS units
  FROM flows GROUP BY importer, good, stage, basis, from_year, to_year))
ORDER BY importer, good, stage, basis, from_year, to_year
"""


def concentration_of_a_million() -> None:
    try:
        import duckdb
    except ImportError:
        print("concentration: pip install duckdb, with which it is compared")
        return
    frame = flows()
    connection = duckdb.connect()
    connection.execute("CREATE TABLE flows AS SELECT * FROM frame")
    theirs = best(lambda: pl.DataFrame(connection.sql(_SQL).to_arrow_table()))
    ours = best(lambda: concentration(frame))
    one, other = concentration(frame), pl.DataFrame(connection.sql(_SQL).to_arrow_table())
    assert one.height == other.height and np.allclose(one["hhi_hi"], other["hhi_hi"]) and np.allclose(one["hhi_lo"], other["lo"])
    print(f"concentration of {ROWS} rows, {one.height} groups: {ours:.2f} s; DuckDB {theirs:.2f} s"
          f" (ours/DuckDB {ours / theirs:.2f}, bar 1.5)")  # fmt: skip


def scenario() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder) / "store")
        pipeline.load(store, [(get(name), None) for name in BUNDLED])
        graph = session.Graph(store, library=())
        for without in ("RUS", "NATO"):
            taken = best(lambda without=without: graph.ask("scenario", without=without, as_of="2022-06-01"))  # type: ignore[misc]
            print(f"scenario without {without} on the bundled data, from an open store: {taken:.2f} s (bar 1)")
        with store.reading() as reader:
            read = best(lambda: (snapshot.flows(reader), snapshot.ties(reader, "2022-06-01", ("DEFENCE",))))
        print(f"  of which reading flows and ties: {read:.2f} s")


PARTS = {"camps": camps_of_a_year, "concentration": concentration_of_a_million, "scenario": scenario}


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
