"""Writes docs/reference/schema.md from graph_loader/schema.py: python docs/generate_schema.py"""

from __future__ import annotations

from pathlib import Path

from graph_loader.schema import DOMAINS, NODES, RELATIONSHIPS, Property, properties_of

TARGET = Path(__file__).parent / "reference" / "schema.md"


def _table(properties: tuple[Property, ...]) -> list[str]:
    lines = ["| property | type | meaning |", "| --- | --- | --- |"]
    for prop in properties:
        values = f": {', '.join(f'`{v}`' for v in prop.values)}" if prop.values else ""
        lines.append(f"| `{prop.name}` | {prop.type} | {prop.doc}{values} |")
    return lines


def page() -> str:
    """The schema page as Markdown."""
    lines = [
        "# Schema", "",
        "Made from `graph_loader/schema.py`. In force at a date, everywhere: `since <= $as_of AND until > $as_of`.", "",
        "## Nodes",
    ]  # fmt: skip
    for node in NODES:
        lines += ["", f"### {node.label}", "", node.doc, "", *_table(properties_of(node.label))]
    lines += ["", "## Relationships"]
    for rel in RELATIONSHIPS:
        if rel.type in DOMAINS[1:]:
            continue
        name = "Ties: " + ", ".join(DOMAINS) if rel.type in DOMAINS else rel.type
        about = "A tie; one type per domain, all with these properties." if rel.type in DOMAINS else rel.doc
        ends = f"From {' or '.join(rel.starts)} to {' or '.join(rel.ends)}; ids begin with `{rel.prefix}|`."
        lines += ["", f"### {name}", "", about + " " + ends, "", *_table(properties_of(rel.type))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
