"""Several domains at once: which ties of each count, and how much each layer weighs in the camps.

Each layer is scaled to the same total weight, then multiplied by the weight that a user gives its domain: otherwise the domain with the
most ties would drown the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from graph_loader.analysis.clusters import DEFENCE_OBLIGATIONS, pair_weights
from graph_loader.schema import NEGATIVE_DOMAINS

__all__ = ["OBLIGING", "chosen_ties", "layer_table"]

OBLIGING = "DEFENCE"
"""The domain whose ties carry obligations; a tie of any other domain counts as such."""


def chosen_ties(
    graph: nx.MultiGraph[str], domains: Iterable[str], obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS
) -> nx.MultiGraph[str]:
    """The graph with the ties that count: of OBLIGING those with one of the obligations, of the other domains all with a positive sign.

    Give it to `camps` with ``obligations=None``.

    Raises
    ------
    ValueError
        For a domain of rivalry: camps come from positive ties; see `balance` for the others.
    """
    kept, owed = set(domains), None if obligations is None else set(obligations)
    if rivals := sorted(kept & set(NEGATIVE_DOMAINS)):
        raise ValueError(f"{', '.join(rivals).lower()} is no tie that makes a camp: camps come from positive ties")
    chosen: nx.MultiGraph[str] = nx.MultiGraph(**graph.graph)
    chosen.add_nodes_from(graph.nodes(data=True))
    for a, b, key, tie in graph.edges(keys=True, data=True):
        if tie["domain"] not in kept or tie["sign"] <= 0:
            continue
        if tie["domain"] == OBLIGING and owed is not None and not owed & set(tie["obligations"]):
            continue
        chosen.add_edge(a, b, key=key, **tie)
    return chosen


def layer_table(
    graph: nx.MultiGraph[str],
    domains: Iterable[str],
    *,
    weight: str = "binary",
    domain_weights: Mapping[str, float] | None = None,
    as_of: str | None = None,
) -> list[dict[str, Any]]:
    """What each layer brings: `domain`, `pairs`, `states`, `factor` (the user's weight) and `share` of the total weight, 0..1.

    A domain without a tie has share 0 and takes nothing from the others. Shares are exact by construction: factor / sum of the factors of
    the layers that have a tie.
    """
    factors = dict(domain_weights or {})
    rows: list[dict[str, Any]] = []
    for domain in sorted(set(domains)):
        layer = pair_weights(graph, obligations=None, domains=[domain], weight=weight, as_of=as_of)
        factor = float(factors.get(domain, 1.0))
        rows.append({"domain": domain, "pairs": layer.number_of_edges(), "states": layer.number_of_nodes(), "factor": factor})
    total = sum(row["factor"] for row in rows if row["pairs"])
    return [row | {"share": row["factor"] / total if row["pairs"] else 0.0} for row in rows]
