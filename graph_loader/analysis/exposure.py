"""Who supplies a state, and how does it stand with them: "who fails me, and is it my ally?"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph_loader.analysis.concentration import concentration
from graph_loader.analysis.relations import Members, relation

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

    from graph_loader.analysis.clusters import CampResult

__all__ = ["COLUMNS", "exposure"]

COLUMNS = (
    "importer", "good", "good_name", "stage", "basis", "from_year", "to_year", "rank", "supplier", "supplier_name", "share", "share_lo",
    "share_hi", "relation", "obligation", "hostile", "camp", "n_named", "named_share", "total", "unit", "scope", "disputed",
    "ties_disputed", "flow_fact", "obligation_facts", "hostile_facts", "flow_sources", "obligation_sources", "hostile_sources", "sources",
)  # fmt: skip
_GROUP = ("importer", "good", "stage", "basis", "from_year", "to_year")


def exposure(
    flows: pl.DataFrame, graph: nx.MultiGraph[str], state: str, members: Members, *, top: int = 3, camps: CampResult | None = None
) -> list[dict[str, Any]]:
    """The largest suppliers of a state per good, crossed with obligations, sanctions, disputes and camp.

    Parameters
    ----------
    flows : polars.DataFrame
        The periods to answer for (`concentration.select_period`), columns of `snapshot.FLOW_SCHEMA`. One row a supplier; "other
        countries" is none.
    graph : networkx.MultiGraph
        Ties in force at the date, domains DEFENCE, SANCTIONS and DISPUTE.
    state : str
        Id of the importing state.
    members : mapping
        Bloc -> full members at the date. Flows of a bloc that the state belongs to follow after the state's own.
    top : int
        Suppliers a good, at least 1; those tied with the last are shown too.
    camps : CampResult, optional

    Returns
    -------
    list of dict
        Keys COLUMNS, by importer (the state first, then its blocs), good, stage, basis, rank. `share` (0..1) is of the importer's
        total as `scope` defines it; `n_named` suppliers make `named_share` of it. `rank` is the place among the *named*: where the
        source does not name the largest, an unnamed supplier may be larger. `flow_sources`, `obligation_sources` and
        `hostile_sources` say on what each cell rests; `sources` is all of them. `disputed` is of the share, `ties_disputed` of the
        ties behind the relation.

    Raises
    ------
    ValueError
        If top < 1, and where the shares of a group contradict each other, as `concentration.concentration`.
    """
    import polars as pl

    if top < 1:
        raise ValueError(f"top is {top}: at least 1")
    blocs = sorted(bloc for bloc, states in members.items() if state in states)
    rows: list[dict[str, Any]] = []
    for importer in (state, *blocs):
        own = flows.filter(pl.col("importer") == importer)
        concentration(own)  # refuses shares that cannot be put together
        groups = own.filter(pl.col("share") > 0).sort([*_GROUP, "share", "supplier"], descending=[False] * len(_GROUP) + [True, False])
        for _, group in groups.group_by(_GROUP, maintain_order=True):
            ranked = group.with_columns(
                rank=pl.col("share").rank("min", descending=True).cast(pl.Int64),
                n_named=pl.len(),
                named_share=pl.col("share").sum().clip(upper_bound=1.0),
            )
            rows += [_row(flow, graph, members, camps) for flow in ranked.filter(pl.col("rank") <= top).iter_rows(named=True)]
    return rows


def _row(flow: dict[str, Any], graph: nx.MultiGraph[str], members: Members, camps: CampResult | None) -> dict[str, Any]:
    found = relation(graph, flow["importer"], flow["supplier"], members, camps)
    row = flow | {
        "supplier_name": graph.nodes[flow["supplier"]]["name"] if flow["supplier"] in graph else flow["supplier"],
        "relation": found.kind,
        "obligation": found.obligation or None,
        "hostile": found.hostile or None,
        "camp": found.camp or None,
        "disputed": bool(flow["disputed"]),
        "ties_disputed": found.disputed,
        "flow_fact": flow["fact"],
        "obligation_facts": list(found.obligation_facts),
        "hostile_facts": list(found.hostile_facts),
        "flow_sources": sorted(flow["sources"] or ()),
        "obligation_sources": list(found.obligation_sources),
        "hostile_sources": list(found.hostile_sources),
        "sources": sorted({*(flow["sources"] or ()), *found.obligation_sources, *found.hostile_sources}),
    }
    return {column: row[column] for column in COLUMNS}
