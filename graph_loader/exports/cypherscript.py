r"""The graph as one Cypher script, for Neo4j Browser, cypher-shell and whatever else speaks Cypher.

Each value stands in the script as a literal. That nothing of the data is ever read as Cypher rests on three rules: strings are in
single quotes with ``\`` and ``'`` escaped; line breaks and control characters are escaped; and no ``\`` stands before a ``u``, for
Neo4j turns ``\uXXXX`` into the character before it looks for the ends of strings. Labels, types and names come from the schema alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from graph_loader.exports.part import Part, read_part
from graph_loader.exports.staging import write_file
from graph_loader.schema import NODES, RELATIONSHIPS, Property, properties_of
from graph_loader.snapshot import release
from graph_loader.stores.base import Reader
from graph_loader.stores.statements import neo4j_schema

BATCH = 500
"""Rows of a statement: Browser shows each statement, and a server parses it whole."""
_FIELD, _ITEM, _NULL = "\t", "\n", "~"
"""What stands between the fields of a line and the items of a list, and for a missing value."""
_CONVERTED = {"int": "toInteger", "float": "toFloat", "bool": "toBoolean"}  # each gives null for what it cannot read

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_SPECIAL = re.compile("[\\\\'\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def export_cypher(reader: Reader, file: Path, as_of: str | None = None, domains: Collection[str] = ()) -> dict[str, int]:
    """Write constraints and one MERGE by id a node and relationship, in batches; run again it changes nothing.

    Parameters
    ----------
    as_of, domains
        As of :func:`graph_loader.exports.part.read_part`. The whole graph, run into an empty Neo4j, is a store of pactgraph; a part is
        not: it has no fingerprints, so that pactgraph takes it for data of somebody else.

    Returns
    -------
    dict
        ``nodes``, ``relationships`` and ``statements`` -> how many.

    Raises
    ------
    StoreError
        When the file cannot be written.
    """
    part = read_part(reader, as_of, domains)
    whole = "Meta" in part.nodes
    texts = list(statements(part, fingerprints=whole))
    newest = " ".join(release(reader).newest_source.split())
    what = "the whole graph" if whole else f"ties at {as_of or 'all dates'}" + (f" in {', '.join(domains)}" if domains else "")
    head = f"// pactgraph: {what}; newest source: {newest}\n// Run it in Neo4j Browser or with: cypher-shell -f FILE\n"
    write_file(file, (text.encode() for text in (head, *(f"{text};\n" for text in texts))))
    counts = [sum(map(len, found.values())) for found in (part.nodes, part.links)]
    return {"nodes": counts[0], "relationships": counts[1], "statements": len(texts)}


def statements(part: Part, *, fingerprints: bool = True) -> Iterator[str]:
    """The script's statements without their ``;``.

    A declared property that a row lacks is removed, so that a newer script brings a database up to date; properties that a user added
    stay, and nothing is deleted.
    """
    yield from neo4j_schema()
    for node in NODES:
        properties = _properties(node.label, fingerprints)
        rows = [[row.get(p.name) for p in properties] for row in part.nodes.get(node.label, [])]
        yield from _merges(f"MERGE (n:{node.label} {{id: %s}})\nSET n += %s", properties, [], rows)
    for rel in RELATIONSHIPS:
        properties = _properties(rel.type, fingerprints)
        ends: dict[tuple[str, str], list[list[Any]]] = {}
        for link in part.links.get(rel.type, []):
            values = [link.props.get(p.name) for p in properties]
            ends.setdefault((link.start[0], link.end[0]), []).append([*values, link.start[1], link.end[1]])
        for (start, end), rows in sorted(ends.items()):
            text = f"MATCH (a:{start} {{id: %s}})\nMATCH (b:{end} {{id: %s}})\nMERGE (a)-[t:{rel.type} {{id: %s}}]->(b)\nSET t += %s"
            yield from _merges(text, properties, _ENDS, rows)


_ENDS = [Property("from", "str", "id of the start"), Property("to", "str", "id of the end")]


def _merges(text: str, properties: Sequence[Property], ends: Sequence[Property], rows: list[list[Any]]) -> Iterator[str]:
    """Statements that merge the rows: values of the properties, the id first, then the ids of the ends."""
    columns = [*properties, *ends]
    # A row is one string, cut apart by the statement: Neo4j takes .02 s to plan for a map of literals, and for lines it plans once.
    plain = [line for row in rows if (line := _line(row)) is not None]
    odd = [row for row in rows if _line(row) is None]
    for batch in _batches(plain):
        read = [_read(p, place) for place, p in enumerate(columns)]
        inside = text % (*read[len(properties) :], read[0], _set(properties, read))
        yield _unwound(map(literal, batch), "line") + f"\nWITH split(line, {literal(_FIELD)}) AS f\n{inside}"
    for batch in _batches(odd):
        read = [f"row.`{p.name}`" for p in columns]
        inside = text % (*read[len(properties) :], read[0], _set(properties, read))
        yield _unwound((_map(columns, row) for row in batch), "row") + f"\n{inside}"


def _line(row: Sequence[Any]) -> str | None:
    """The row as one string; None where that would not read back as the row."""
    fields = []
    for value in row:
        if isinstance(value, list):
            field = _ITEM.join(value)
            told = all(item and _ITEM not in item for item in value)
        else:
            field = _NULL if value is None else literal(value) if not isinstance(value, str) else value
            told = value is None or field != _NULL
        if not told or _FIELD in field or (isinstance(value, list) and field == _NULL):
            return None
        fields.append(field)
    return _FIELD.join(fields)


def _read(prop: Property, place: int) -> str:
    """The expression that reads a property from the fields of a line."""
    field = f"f[{place}]"
    if prop.type in _CONVERTED:
        return f"{_CONVERTED[prop.type]}({field})"
    if prop.name in ("id", "from", "to"):
        return field
    if prop.type == "list":
        return f"CASE {field} WHEN {literal(_NULL)} THEN null WHEN '' THEN [] ELSE split({field}, {literal(_ITEM)}) END"
    return f"CASE {field} WHEN {literal(_NULL)} THEN null ELSE {field} END"


def literal(value: Any) -> str:
    """A value as a Cypher literal that Neo4j and openCypher read alike."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    text = _SPECIAL.sub(_escaped, str(value))
    # '\\u0027' would be read as a quotation mark by some versions: the string is cut between the two.
    return "'" + text.replace("\\\\u", "\\\\' + 'u") + "'"


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], f"\\u{ord(match[0]):04X}")


def _properties(type_: str, fingerprints: bool) -> list[Property]:
    return [p for p in properties_of(type_) if fingerprints or p.name != "fingerprint"]


def _map(columns: Sequence[Property], row: Sequence[Any]) -> str:
    pairs = zip(columns, row, strict=True)
    return "{" + ", ".join(f"`{p.name}`: {literal(value)}" for p, value in pairs if value is not None) + "}"


def _set(properties: Sequence[Property], read: Sequence[str]) -> str:
    return "{" + ", ".join(f"`{p.name}`: {read[place]}" for place, p in enumerate(properties) if p.name != "id") + "}"


def _unwound(rows: Iterable[str], name: str) -> str:
    return "UNWIND [\n" + ",\n".join(rows) + f"\n] AS {name}"


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    for place in range(0, len(rows), BATCH):
        yield rows[place : place + BATCH]
