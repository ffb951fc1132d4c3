"""Ties and flows for tests of dependence and obligations, as a snapshot gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from graph_loader.snapshot import FLOW_SCHEMA

FLOW = FLOW_SCHEMA


def defence(
    start: str, end: str, *, mutual: bool = True, obligations: Sequence[str] = ("defence",), instrument: str = ""
) -> dict[str, Any]:
    """A tie of DEFENCE; one-sided from the obliged to the protected state."""
    name = instrument or f"{start}-{end}"
    return {
        "id": f"tie|{name}|{start}|{end}", "start": start, "end": end, "domain": "DEFENCE", "kind": "alliance", "mutual": mutual,
        "obligations": list(obligations), "instrument": instrument, "instrument_title": f"treaty {name}", "label": "", "sign": 1,
        "since": "1950-01-01", "until": "9999-12-31", "since_edtf": "1950", "disputed": False, "sources": ["src"],
    }  # fmt: skip


def measure(start: str, end: str, *, domain: str = "SANCTIONS") -> dict[str, Any]:
    """A tie of SANCTIONS or DISPUTE from sender to target."""
    return defence(start, end, mutual=domain == "DISPUTE", obligations=()) | {
        "id": f"tie|{start}|{end}|{domain}", "domain": domain, "kind": "trade", "instrument_title": "", "sign": -1,
    }  # fmt: skip


def world(*ties: Mapping[str, Any], blocs: Mapping[str, str] | None = None) -> nx.MultiGraph[str]:
    """The graph of these ties; ``blocs`` gives the kind of each end that is no state."""
    graph: nx.MultiGraph[str] = nx.MultiGraph(as_of="2020-01-01")
    for tie in ties:
        for end in (tie["start"], tie["end"]):
            graph.add_node(end, label="State", name=end, kind="state", spells=[])
        graph.add_edge(tie["start"], tie["end"], key=tie["id"], **tie)
    for bloc, kind in (blocs or {}).items():
        graph.add_node(bloc, label="Bloc", name=bloc, kind=kind, spells=[])
    return graph


def flow(importer: str, supplier: str, share: float, **given: Any) -> dict[str, Any]:
    """One supplier's share of an importer's gas in 2021."""
    return {
        "importer": importer, "supplier": supplier, "good": "gas", "good_name": "Gas", "stage": "product", "basis": "value",
        "from_year": 2021, "to_year": 2021, "share_lo": share, "share": share, "share_hi": share, "value": None, "total": None,
        "unit": None, "scope": "all imports", "named_largest": True, "disputed": False, "sources": ["stats"],
        "fact": f"flow|{importer}|{supplier}",
    } | given  # fmt: skip
