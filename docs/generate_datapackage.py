"""Writes data/datapackage.json from the tables that a dataset can hold: python docs/generate_datapackage.py"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from graph_loader.schema import LINK_TYPES, RELATIONSHIPS, Property, claimable, properties_of
from graph_loader.sources.package import DOCUMENT_COLUMNS, TABLES, Table

DATA = Path(__file__).resolve().parents[1] / "data"
TARGET = DATA / "datapackage.json"
_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}
_EDTF = r"((\.\./)?\d{4}(-\d{2}(-\d{2})?)?|\d{4}(-\d{2}(-\d{2})?)?/\.\.|\.\.)"
_DATED = ("since", "until", "date", "covers_from", "covers_until")
_DATE_TEXT = "date in EDTF: 1949, 1949-04 or 1949-04-04; '../1949' then or before; '1949/..' then or after; '..' open; empty unknown"
_LISTS = "several are separated by ';'"
_OTHER: dict[str, dict[str, Any]] = {
    "locator": {"description": "article, page or table, where it was seen"},
    "seen": {"type": "date", "description": "day on which the document was read"},
    "matched": {"description": "the date, figure or names as printed there, not the sentence"},
    "value": {"description": "what the document says instead of our row"},
    "property": {"description": f"what the document confirms; {_LISTS}"},
    "fact": {"description": "id of the fact, as the graph has it"},
    "spell": {"type": "integer", "description": "number of the spell, from 1 by its start", "constraints": {"minimum": 1}},
    "n": {"type": "integer", "description": "number of the event among those of its kind", "constraints": {"minimum": 1}},
}
_HEAD: dict[str, Any] = {
    "profile": "tabular-data-package",
    "name": "pactgraph-data",
    "id": "pactgraph-data",
    "title": "pactgraph curated treaties, memberships and flows, with the table of states",
    "description": "Who is tied to whom, by which instrument, since when, on whose word: each fact with the documents that confirm it."
    " See docs/data-notes.md for coverage, definitions and contested dates.",
    "version": "2026.11",
    "created": "2026-11-22T00:00:00Z",
    "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0 International",
                  "path": "https://creativecommons.org/licenses/by/4.0/"}],
    "contributors": [{"title": "The pactgraph developers", "role": "author"}],
    "sources": [
        {"title": "U.S. Geological Survey, Mineral Commodity Summaries 2025 and 2026, data releases (public domain)",
         "path": "https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries"},
        {"title": "Correlates of War Project, State System Membership List, v2016",
         "path": "https://correlatesofwar.org/data-sets/state-system-membership"},
    ],
    "keywords": ["international relations", "treaties", "alliances", "membership", "trade dependence"],
}  # fmt: skip


def _field(name: str, prop: Property | None, key: bool) -> dict[str, Any]:
    if name in _DATED:
        return {"name": name, "type": "string", "description": _DATE_TEXT, "constraints": {"pattern": _EDTF}}
    if prop is None:
        known = _OTHER.get(name, {})
        limits = known.get("constraints", {}) | ({"required": True} if key else {})
        return {"name": name, "type": known.get("type", "string"), **{k: v for k, v in known.items() if k == "description"},
                **({"constraints": limits} if limits else {})}  # fmt: skip
    several = prop.type == "list"
    limits: dict[str, Any] = {"enum": list(prop.values)} if prop.values and not several else {}
    if prop.share:
        limits |= {"minimum": 0, "maximum": 1}
    if key or prop.required:
        limits["required"] = True
    if several and prop.values:
        one = "|".join(prop.values)
        limits["pattern"] = f"({one})(;({one}))*"
    doc = f"{prop.doc}; {_LISTS}" if several else prop.doc
    return {"name": name, "type": _TYPES.get(prop.type, "string"), "description": doc, **({"constraints": limits} if limits else {})}


def _schema(table: Table | None, header: list[str]) -> dict[str, Any]:
    if table is None:
        return {"fields": [_field(c, None, False) for c in header], "missingValues": [""]}
    types = [table.type] if table.type else [r.type for r in RELATIONSHIPS if r.prefix == "tie"] if table.name == "ties" else []
    props = {p.name: p for t in types for p in (*properties_of(t), *claimable(t).values())}
    props.pop("id", None)
    keys = [*table.key, *([table.spell] if table.spell else [])]
    fields = []
    for column in header:
        field = _field(column, None if column in ("spell", "n") else props.get(column), column in keys)
        if table.name == "links" and column == "type":
            field["constraints"] = {"enum": list(LINK_TYPES), "required": True}
        if column in ("from_year", "to_year", "year"):
            field["type"] = "integer"
        fields.append(field)
    return {"fields": fields, "missingValues": [""], "primaryKey": keys}


def package() -> str:
    """The description of every CSV file under data/ as JSON."""
    tables = {t.name: t for t in TABLES}
    resources = []
    for path in sorted(DATA.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        schema = _schema(tables.get(path.stem), header)
        if path.stem == "documents":
            assert set(DOCUMENT_COLUMNS) <= set(header)
            schema["primaryKey"] = ["id"]
        resources.append({
            "name": f"{path.parent.name}-{path.stem}".replace("_", "-"), "path": f"{path.parent.name}/{path.name}",
            "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
            "schema": schema,
        })  # fmt: skip
    return json.dumps(_HEAD | {"resources": resources}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(package(), encoding="utf-8")
