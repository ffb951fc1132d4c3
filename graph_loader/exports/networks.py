"""The network of states, blocs and actors as GraphML, GEXF (with a timeline for Gephi) and node-link JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from graph_loader.dates import BEGINNING, FOREVER
from graph_loader.exports.part import network
from graph_loader.exports.staging import write_file
from graph_loader.stores.base import Reader

Graph = nx.MultiDiGraph

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2, Char) has no place for, escaped or not."""


def export_graphml(reader: Reader, file: Path, as_of: str | None = None, domains: Collection[str] = ()) -> dict[str, int]:
    """Write GraphML; an edge's id is the fact's. Lists are joined with ``;``.

    Returns
    -------
    dict
        ``nodes`` and ``edges`` -> how many.

    Raises
    ------
    StoreError
        When the file cannot be written.
    """
    return _export(reader, file, as_of, domains, as_graphml)


def export_gexf(reader: Reader, file: Path, as_of: str | None = None, domains: Collection[str] = ()) -> dict[str, int]:
    """Write GEXF 1.2, whose edges have ``start`` and ``end`` (their last day) for Gephi's timeline; else as :func:`export_graphml`."""
    return _export(reader, file, as_of, domains, as_gexf)


def export_json(reader: Reader, file: Path, as_of: str | None = None, domains: Collection[str] = ()) -> dict[str, int]:
    """Write node-link JSON, as ``networkx.node_link_graph(data, edges="edges")`` and D3 read it; lists stay lists."""
    return _export(reader, file, as_of, domains, as_json)


def _export(
    reader: Reader, file: Path, as_of: str | None, domains: Collection[str], render: Callable[[Graph[str]], bytes]
) -> dict[str, int]:
    graph = network(reader, as_of, domains)
    write_file(file, [render(graph)])
    return {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}


def as_json(graph: Graph[str]) -> bytes:
    """The graph as node-link JSON."""
    return (json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1) + "\n").encode()


def as_graphml(graph: Graph[str]) -> bytes:
    """The graph, flattened, as GraphML."""
    out = io.BytesIO()
    nx.write_graphml_xml(flattened(graph), out)
    return out.getvalue()


def as_gexf(graph: Graph[str]) -> bytes:
    """The graph, flattened, as GEXF with times."""
    writer = _TimedWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(timed(graph))
    for element in writer.xml.iter("graph"):
        element.set("timeformat", "date")  # networkx knows only text and numbers; Gephi needs to be told that these are days
        element.set("mode", "dynamic")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class _TimedWriter(GEXFWriter):
    """networkx's writer without its column of keys, which the edges' ids are already."""

    def add_attributes(self, node_or_edge: str, xml_obj: Any, data: dict[str, Any], default: Mapping[str, Any]) -> Any:
        data.pop("key", None)
        return super().add_attributes(node_or_edge, xml_obj, data, default)  # type: ignore[no-untyped-call]


def flattened(graph: Graph[str]) -> Graph[str]:
    """The graph with text and numbers alone: lists joined with ``;``, what XML cannot hold as U+FFFD; a node's label is its name."""
    flat: Graph[str] = nx.MultiDiGraph(**_flat({k: v for k, v in graph.graph.items() if k != "sources"}))
    flat.graph["sources"] = _clean("\n".join(_cited(source) for source in graph.graph.get("sources", ())))
    for node, data in graph.nodes(data=True):
        flat.add_node(node, **_flat(data | {"label": data.get("name", node)}))
    for start, end, key, data in graph.edges(keys=True, data=True):
        flat.add_edge(start, end, key, **_flat(data))
    return flat


def timed(graph: Graph[str]) -> Graph[str]:
    """The flattened graph whose edges have an ``id``, and ``start`` and ``end``: their first and last day, where these are known."""
    flat = flattened(graph)
    for *_, key, data in flat.edges(keys=True, data=True):
        data["id"] = key
        if data.get("since", BEGINNING) > BEGINNING:
            data["start"] = data["since"]
        if data.get("until", FOREVER) < FOREVER:
            # GEXF's intervals include their end, ours are half-open.
            data["end"] = (date.fromisoformat(data["until"]) - timedelta(days=1)).isoformat()
    return flat


def _cited(source: Mapping[str, str]) -> str:
    said = source["citation"] or ". ".join(part for part in (source["publisher"], source["title"], source["version"]) if part)
    return " ".join(part for part in (f"[{source['id']}]", said, source["url"]) if part)


def _flat(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in data.items() if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        value = ";".join(map(str, value))
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    # A reader of XML takes \r for \n.
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
