"""Charts as plain data, for ``assets/charts.js`` to draw with ECharts: what is drawn, with which look, and what a pointer reads.

Nodes are known by number, never by a name of the data, so that no name can meet another or a property of a JavaScript object. Each chart
has a ``label``, which a screen reader reads in its place, and stands beside the same numbers as text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from viz import page, style

Chart = dict[str, Any]
STANDING_LOOKS: dict[str, dict[str, str]] = {
    "ally": {"colour": "#2f78b7"},
    "some": {"colour": "#6fa8d6", "pattern": "dots"},
    "rival": {"colour": "#d55e00", "pattern": "lines"},
    "both": {"colour": "#7b52ab", "pattern": "crossed"},
    "neither": {"colour": "#8a939c"},
    "importer": {"colour": "#55606b"},
    "rest": {"colour": "#b3bac2", "pattern": "lines"},
}
"""How a supplier stands to the importer; `rest` is what no supplier is named for."""
LEAST_LABEL = 0.06
"""Flows below this share bear no number in the chart; nor does any flow to several importers, where they cross. The table has all."""
REST = 0.0005
"""A rest smaller than half of a tenth of a percent is the rounding of printed shares."""
_LINE, _MARGIN = 30, 34


@lru_cache(maxsize=1)
def world() -> dict[str, Any]:
    """Outlines of states by id (Natural Earth); names that begin with a hyphen are areas that are no state of ours.

    Returns
    -------
    dict
        ``world``: GeoJSON in the Equal Earth projection; ``discs``: ids drawn as a disc; ``from``: where it comes from.
    """
    found: dict[str, Any] = json.loads(page.asset("world.json"))
    return found


@lru_cache(maxsize=1)
def drawn_states() -> frozenset[str]:
    """Ids of the states and territories that the map has."""
    return frozenset(feature["properties"]["name"] for feature in world()["world"]["features"])


def sankey(rows: Sequence[Mapping[str, Any]], *, label: str, words: Mapping[str, str]) -> Chart:
    """Shares of importers' totals as flows from supplier to importer.

    Parameters
    ----------
    rows
        One an importer: ``name``, ``suppliers`` ({id, name, share (0..1), text, standing, mark, why}). Each importer is one whole, so the
        width of a supplier adds shares of different totals, which says no amount.
    words
        ``not_named``, ``of``, and the names of the standings.

    Returns
    -------
    dict
        ``nodes`` and ``links``; what is not named flows from a node of its own for each importer, for it is no supplier.
    """
    weight: dict[str, float] = {}
    names: dict[str, str] = {}
    for row in rows:
        for s in row["suppliers"]:
            weight[s["id"]] = weight.get(s["id"], 0.0) + s["share"]
            names[s["id"]] = s["name"]
    order = sorted(weight, key=lambda id_: (-weight[id_], id_))
    place = {id_: n for n, id_ in enumerate(order)}
    sides: dict[str, set[str]] = {id_: set() for id_ in order}
    nodes: list[dict[str, Any]] = [{"depth": 0, "label": names[id_], "look": "neither"} for id_ in order]
    links: list[dict[str, Any]] = []
    for row in rows:
        importer = len(nodes)
        nodes.append({"depth": 1, "label": row["name"], "look": "importer", "said": [row["name"]]})
        named = 0.0
        for s in row["suppliers"]:
            if s["share"] <= 0:
                continue
            named += s["share"]
            sides[s["id"]].add(s["standing"])
            said = [f"{s['name']} → {row['name']}: {s['text']} {words['of']}", *([s["why"]] if s["why"] else [])]
            links.append(
                {"from": place[s["id"]], "to": importer, "value": s["share"], "look": s["standing"],
                 "label": f"{s['mark']} {s['text']}".strip(), "said": said}
            )  # fmt: skip
        rest = 1.0 - named
        if rest > REST:
            nodes.append({"depth": 0, "label": words["not_named"], "look": "rest", "said": [f"{row['name']}: {words['not_named']}"]})
            text = f"{100 * rest:.1f}".removesuffix(".0") + "%"
            links.append(
                {"from": len(nodes) - 1, "to": importer, "value": rest, "look": "rest", "label": text,
                 "said": [f"{row['name']}: {text} {words['not_named']}"]}
            )  # fmt: skip
    for id_, node in zip(order, nodes, strict=False):
        node["said"] = [names[id_]]
        if len(sides[id_]) == 1:
            node["look"] = next(iter(sides[id_]))
    used = {node["look"] for node in nodes} | {link["look"] for link in links}
    left = sum(node["depth"] == 0 for node in nodes)
    return {
        "kind": "sankey", "label": label, "nodes": nodes, "links": links, "least": LEAST_LABEL if len(rows) == 1 else 2.0,
        "looks": {k: v for k, v in STANDING_LOOKS.items() if k in used}, "height": _MARGIN + _LINE * max(left, len(nodes) - left, 4),
    }  # fmt: skip


def panels(found: Sequence[Mapping[str, Any]], *, label: str, height: int) -> Chart:
    """Lines over years, one panel below the other.

    Parameters
    ----------
    found
        ``name``, ``most`` (end of the axis or None), ``percent``, ``lines`` ({at, text}) and ``series``: ``name``, ``points`` ((year,
        value or None), ascending), ``said`` (text of each), ``step``, ``colour``, ``dash``, ``symbol``.
    """
    years = [p[0] for panel in found for s in panel["series"] for p in s["points"]]
    first = math.floor(min(years))
    last = max(round(max(years), 2), first + 1)
    return {"kind": "panels", "label": label, "panels": [dict(p) for p in found], "from": first, "to": last, "height": height}


SERIES_LOOKS = tuple(
    {"colour": colour, "dash": dash, "symbol": symbol}
    for colour, dash, symbol in zip(
        style.CAMP_COLOURS[:6],
        ("solid", "dashed", "dotted") * 2,
        ("circle", "rect", "triangle", "diamond", "roundRect", "pin"),
        strict=True,
    )
)
"""Looks of lines: colour, dash and symbol all differ."""


def ring(n: int, k: int) -> tuple[float, float, str]:
    """Place of the k-th of n nodes on a circle around 0, 0, and the side on which its label stands."""
    angle = 2 * math.pi * k / max(1, n) - math.pi / 2
    x, y = round(math.cos(angle), 4), round(math.sin(angle), 4)
    side = ("top" if y < 0 else "bottom") if abs(x) < 0.12 else "right" if x > 0 else "left"
    return x, y, side
