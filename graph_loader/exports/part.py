"""What an export holds: the whole graph, or the part of it that holds at a date and in some domains."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import networkx as nx

from graph_loader import snapshot
from graph_loader.schema import DOMAINS, LINK_TYPES, NODES, RELATIONSHIP, RELATIONSHIPS, properties_of
from graph_loader.stores.base import Reader

PARTICIPANTS = ("State", "Bloc", "Actor")
BETWEEN_PARTICIPANTS = ("MEMBER_OF", "PART_OF", "SUCCEEDED_BY", "DEPENDS_ON")
_OF_A_STORE = ("Meta", "Run", "Claim")
_OF_INSTRUMENTS = ("PARTY_TO", "HAS_EVENT", "CITED_IN", "FOUNDS", *LINK_TYPES)
_FLOWS = ("DEPENDS_ON", "PRODUCES")


class Link(NamedTuple):
    """A relationship: label and id of both ends, and its properties, those without a value left out."""

    start: tuple[str, str]
    end: tuple[str, str]
    props: dict[str, Any]


class Part(NamedTuple):
    """Nodes by label and relationships by type, each sorted by id."""

    nodes: dict[str, list[dict[str, Any]]]
    links: dict[str, list[Link]]


def read_part(reader: Reader, as_of: str | None = None, domains: Collection[str] = ()) -> Part:
    """Read the whole graph, or a part.

    Parameters
    ----------
    as_of : str, optional
        ISO day. Of what is dated only what is in force is kept; of flows, per importer, good, stage and basis, the newest period that
        was complete by then and at most five years old; of observations the newest complete year; of events those by then.
    domains : collection of str
        Only ties of these types, with their participants, instruments and sources; all else when empty.

    Returns
    -------
    Part
        A part, as against the whole, holds no claims and nothing of the store itself: it cannot be loaded upon.
    """
    whole = as_of is None and not domains
    links = {rel.type: _links(reader, rel.type) for rel in RELATIONSHIPS if not domains or rel.type in (*domains, *_OF_INSTRUMENTS)}
    nodes = {node.label: _nodes(reader, node.label) for node in NODES if whole or node.label not in _OF_A_STORE}
    if whole:
        return Part(nodes, links)
    links.pop("FROM", None)
    if as_of:
        nodes["Event"] = [event for event in nodes["Event"] if event["date"] <= as_of]
        links = {type_: _at(type_, found, as_of) for type_, found in links.items() if type_ not in _FLOWS} | _flows_at(reader, links, as_of)
    if domains:
        bound = {link.props["instrument"] for type_ in domains for link in links[type_]}
        nodes["Instrument"] = [instrument for instrument in nodes["Instrument"] if instrument["id"] in bound]
        nodes |= {"Good": [], "Indicator": []}
    return _closed(nodes, links)


def network(reader: Reader, as_of: str | None = None, domains: Collection[str] = ()) -> nx.MultiDiGraph[str]:
    """States, blocs and actors, and all that runs between them: ties, memberships, succession, flows of goods.

    Parameters
    ----------
    as_of, domains
        As of :func:`read_part`; with domains only their ties.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes: ``type`` (label), ``name``, ``kind``, ``independent`` (of states: spells 'since/until', EDTF) and the other properties.
        Edges, key = id of the fact: ``relation`` (type), the properties, and of ties ``instrument_title``. Parallel edges stay apart:
        each instrument, kind and spell has its own. A mutual tie is one edge from the smaller to the larger id with ``mutual`` true.
        Graph: ``as_of`` (of a slice), ``newest_source``, ``sources`` (what the edges' and nodes' sources are).
    """
    part = read_part(reader, as_of, domains)
    titles = {row["id"]: row["title"] for row in part.nodes.get("Instrument", [])}
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(newest_source=snapshot.release(reader).newest_source)
    if as_of:
        graph.graph["as_of"] = as_of
    cited: set[str] = set()
    for label in PARTICIPANTS:
        for row in part.nodes[label]:
            renamed = {"independent" if name == "spells" else name: value for name, value in row.items()}
            graph.add_node(row["id"], type=label, **_without(renamed, "id"))
            cited.update(row.get("sources", ()))
    for type_ in domains or (*BETWEEN_PARTICIPANTS, *DOMAINS):
        for link in part.links[type_]:
            if link.start[0] in PARTICIPANTS and link.end[0] in PARTICIPANTS:
                title = titles.get(link.props.get("instrument", ""))
                more: dict[str, Any] = {"instrument_title": title} if title else {}
                more |= _without(link.props, "id", "premises")
                graph.add_edge(link.start[1], link.end[1], link.props["id"], relation=type_, **more)
                cited.update(link.props.get("sources", ()))
    graph.graph["sources"] = snapshot.sources(reader, cited)
    return graph


def _without(props: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in props.items() if name not in (*names, "fingerprint")}


def _nodes(reader: Reader, label: str) -> list[dict[str, Any]]:
    columns = ", ".join(f"n.{p.name} AS {p.name}" for p in properties_of(label))
    found = reader.run(f"MATCH (n:{label}) WHERE n.fingerprint IS NOT NULL RETURN {columns} ORDER BY n.id", {})
    return [{name: value for name, value in row.items() if value is not None} for row in found.dicts()]


def _links(reader: Reader, type_: str) -> list[Link]:
    names = [p.name for p in properties_of(type_)]
    columns = ", ".join(f"t.{name} AS {name}" for name in names)
    text = (
        f"MATCH (a)-[t:{type_}]->(b) WHERE t.fingerprint IS NOT NULL"
        f" RETURN labels(a) AS starts, a.id AS start, labels(b) AS ends, b.id AS end, {columns} ORDER BY t.id"
    )
    declared = RELATIONSHIP[type_]
    found = []
    for starts, start, ends, end, *values in reader.run(text, {}).rows:
        # A user may have put labels of his own on our nodes.
        first, last = (next(x for x in labels if x in ours) for labels, ours in ((starts, declared.starts), (ends, declared.ends)))
        props = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        found.append(Link((first, start), (last, end), props))
    return found


def _at(type_: str, links: list[Link], as_of: str) -> list[Link]:
    if not RELATIONSHIP[type_].dated:
        return links
    if type_ != "OBSERVED":
        return [link for link in links if link.props["since"] <= as_of < link.props["until"]]
    newest: dict[tuple[str, str], Link] = {}
    for link in sorted(links, key=lambda link: int(link.props["year"])):
        if link.props["until"] <= as_of:
            newest[link.start[1], link.end[1]] = link
    return sorted(newest.values(), key=lambda link: str(link.props["id"]))


def _flows_at(reader: Reader, links: dict[str, list[Link]], as_of: str) -> dict[str, list[Link]]:
    wanted = [type_ for type_ in _FLOWS if type_ in links]
    if not wanted:
        return {}
    from graph_loader.analysis.concentration import select_period

    chosen = set(select_period(snapshot.flows(reader), as_of)["fact"])
    return {type_: [link for link in links[type_] if link.props["id"] in chosen] for type_ in wanted}


def _closed(nodes: dict[str, list[dict[str, Any]]], links: dict[str, list[Link]]) -> Part:
    """Only relationships with both ends, and only sources that something names."""
    kept = {(label, row["id"]) for label, rows in nodes.items() for row in rows}
    links = {type_: [link for link in found if link.start in kept and link.end in kept] for type_, found in links.items()}
    named = {s for label, rows in nodes.items() if label != "Source" for row in rows for s in row.get("sources", ())}
    named |= {s for found in links.values() for link in found for s in link.props.get("sources", ())}
    named |= {link.end[1] for link in links.get("CITED_IN", ())}
    nodes["Source"] = [row for row in nodes["Source"] if row["id"] in named]
    return Part(nodes, links)
