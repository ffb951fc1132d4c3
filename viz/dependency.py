"""The page of dependence: who gets how much of a good from whom, how concentrated that is, and how the suppliers stand to the importer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viz import charts, document, page
from viz.document import say
from viz.words import BASIS, DEPENDENCY

MARKET, DEPENDENCE = 0.18, 0.40
"""Thresholds drawn on the HHI's scale of 0..1. US DOJ and FTC, Merger Guidelines (2023), 2.1: above 1,800 points a market is highly
concentrated. European Commission, SWD(2021) 352, CDI 1, and CEPII's GeoDep: an HHI of imports above .4."""
RANKS = 4
FEW_GOODS = 3
"""With at most so many goods of one importer each, these are drawn as flows too."""
LEADERS = 3
Row = Mapping[str, Any]
_STANDINGS = ("ally", "some", "rival", "both")


@dataclass(frozen=True, kw_only=True)
class DependencyInput(document.DocumentInput):
    """What the page shows.

    Attributes
    ----------
    flows
        One row an importer, good, stage, basis and period (the newest complete on the date): ``importer``, ``importer_name``,
        ``is_bloc``, ``good`` (id), ``good_name``, ``stage``, ``basis``, ``from_year``, ``to_year``, ``scope``, ``hhi_lo``, ``hhi_hi``
        (0..1, None: not computed), ``named_share``, ``disputed``, ``sources``, and ``suppliers``: ``{id, name, share (0..1), standing,
        reasons, sources}``; standing is ally, some, rival, both or neither; its reasons are lines of text.
    world
        The same for world output; the suppliers are the producers, without a standing.
    changes
        ``importer``, ``importer_name``, ``good``, ``good_name``, ``stage``, ``basis``, ``before``, ``after`` (periods as text),
        ``hhi_before``, ``hhi_after`` (pairs (lo, hi) or None), ``sources``, ``suppliers``: ``{name, before, after}``, a share or None
        where not named.
    """

    flows: Sequence[Row]
    world: Sequence[Row]
    changes: Sequence[Row]


def dependency_page(data: DependencyInput) -> str:
    """Render the page.

    Returns
    -------
    str
        A whole HTML page; equal input gives equal text.
    """
    refs = document.References(data.sources)
    matrices, ranked = _split(data.flows)
    world = sorted(data.world, key=lambda r: (-(r["hhi_lo"] if r["hhi_lo"] is not None else -1), r["good_name"], r["stage"]))
    drawn: list[charts.Chart] = []
    goods = sorted({(r["good"], r["good_name"]) for r in [*data.flows, *data.world, *data.changes]}, key=lambda g: g[1].lower())
    context: dict[str, Any] = {
        "w": DEPENDENCY,
        **data.head(),
        "goods": goods,
        "findings": document.findings(said_of(data, world), refs, data.as_of),
        "matrices": [_matrix(rows, refs) | {"flows": _flows(rows, drawn)} for rows in matrices],
        "ranked": [ranked_rows(rows, refs) | {"flows": _few(rows, drawn)} for rows in ranked],
        "changes": [_change(r, refs) for r in data.changes],
        "world": [line(r, refs, LEADERS) for r in world],
        "reasons": _reasons(data.flows, refs),
        "ramp": ramp(),
        "standings": standings(),
    }
    context["sources"] = refs.listed()
    return page.render_document("dependency.html.j2", context, script="document.js", style="document.css", charts=drawn)


def ramp() -> list[dict[str, str]]:
    """Five shares in their colours, for a legend."""
    return [document.shade(s) | {"text": document.percent(s)} for s in (0.05, 0.25, 0.5, 0.75, 1.0)]


def standings() -> list[dict[str, str]]:
    """How suppliers are marked, for a legend."""
    return [{"kind": k, "mark": DEPENDENCY[f"{k}_mark"], "name": DEPENDENCY[k], "about": DEPENDENCY[f"{k}_about"]} for k in _STANDINGS]


def _flows(rows: Sequence[Row], drawn: list[charts.Chart]) -> list[int]:
    """Charts of flows of one good: states, and blocs apart from them; their numbers among the page's charts."""
    found = []
    for bloc in (False, True):
        part = [r for r in sorted(rows, key=by_concentration) if r["is_bloc"] == bloc and any(s["share"] > 0 for s in r["suppliers"])]
        if part:
            what = say("flows_label", good=document.inside(rows[0]["good_name"]), n=document.count(len(part), "importer"))
            found.append(len(drawn))
            drawn.append(charts.sankey([_importer(r) for r in part], label=what, words=DEPENDENCY | {"of": DEPENDENCY["of_total"]}))
    return found


def _few(rows: Sequence[Row], drawn: list[charts.Chart]) -> list[int]:
    return [n for r in rows for n in _flows([r], drawn)] if len(rows) <= FEW_GOODS else []


def _importer(row: Row) -> dict[str, Any]:
    """An importer of a chart of flows, with its period, since two may differ."""
    return {
        "name": f"{row['importer_name']}, {document.period_text(row)}",
        "suppliers": [cell(s) | {"id": s["id"], "share": s["share"]} for s in row["suppliers"]],
    }


def _split(flows: Sequence[Row]) -> tuple[list[list[Row]], list[list[Row]]]:
    """Goods with two importers or more, each a matrix; and the goods of one importer, by importer, as ranked lists."""
    by_good: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in flows:
        by_good[row["good_name"], row["good"], row["stage"]].append(row)
    matrices: list[list[Row]] = []
    single: dict[str, list[Row]] = defaultdict(list)
    for _, rows in sorted(by_good.items(), key=lambda item: (-len({r["importer"] for r in item[1]}), item[0])):
        if len({r["importer"] for r in rows}) > 1:
            matrices.append(rows)
        else:
            single[rows[0]["importer_name"]] += rows
    return matrices, [sorted(rows, key=by_concentration) for _, rows in sorted(single.items(), key=lambda item: (-len(item[1]), item[0]))]


def by_concentration(row: Row) -> tuple[float, float, str]:
    """Order of supplies: the least HHI, then the largest share, both falling."""
    top = row["suppliers"][0]["share"] if row["suppliers"] else 0.0
    return (-(row["hhi_lo"] if row["hhi_lo"] is not None else -1.0), -top, row["good_name"])


def said_of(data: DependencyInput, world: Sequence[Row]) -> list[document.Said]:
    """What is to be said in short, with the rows behind it and the ANSWER to doubt."""
    said: list[document.Said] = []
    known = [r for r in data.flows if r["hhi_lo"] is not None and r["suppliers"]]
    measured = [r for r in known if not r["is_bloc"]]  # a bloc and its members are never counted or ranked together
    if measured:
        above = sum(r["hhi_lo"] > DEPENDENCE for r in measured)
        open_ = sum(r["hhi_lo"] <= DEPENDENCE < r["hhi_hi"] for r in measured)
        text = say(
            "measured", n=document.count(len(measured), "supply", "supplies"),
            states=document.count(len({r["importer"] for r in measured}), "state"),
            above=above, below=len(measured) - above - open_, open=say("not_decided", n=open_) if open_ else "",
        )  # fmt: skip
        said.append((text, [], document.asked("dependency/top-supplier")))
        said += [said_of_supply(row) for row in sorted(measured, key=by_share)[:3]]
    said += [said_of_supply(row) for row in sorted((r for r in known if r["is_bloc"]), key=by_share)[:1]]
    adverse = [(r, s) for r in data.flows for s in r["suppliers"] if s["standing"] in ("rival", "both") and not r["is_bloc"]]
    if adverse:
        row, top = max(adverse, key=lambda p: (p[1]["share"], p[0]["importer_name"]))
        pairs = document.count(len({(r["importer"], s["id"]) for r, s in adverse}), "pair")
        largest = document.got(
            row["importer_name"], top["share"], document.inside(row["good_name"]), top["name"], "", document.period_text(row)
        )
        said.append((say("adverse", n=pairs, largest=largest), [row, top], _answer(row)))
    known_twice = [(r, s) for r in data.changes for s in r["suppliers"] if s["after"] is not None and s["before"] is not None]
    if known_twice:
        row, supplier = max(known_twice, key=lambda m: (abs(m[1]["after"] - m[1]["before"]), m[0]["importer_name"]))
        text = say(
            "moved", supplier=document.named(supplier["name"]), before=document.percent(supplier["before"]), then=row["before"],
            after=document.percent(supplier["after"]), now=row["after"], good=document.inside(row["good_name"]),
            importer=document.named(row["importer_name"]),
        )  # fmt: skip
        said.append((text, [row], _answer(row)))
    for row in [r for r in world if r["hhi_lo"] is not None and r["suppliers"]][:2]:
        top = row["suppliers"][0]
        text = say(
            "world", good=document.inside(row["good_name"]), period=document.period_text(row), top=document.named(top["name"]),
            share=document.percent(top["share"]),
            hhi=document.hhi_text(row["hhi_lo"], row["hhi_hi"]),
        )  # fmt: skip
        said.append((text, [row], _answer(row)))
    return said


def _answer(row: Row) -> str:
    return f"hhi:{row['importer']}:{row['good']}"


def by_share(row: Row) -> tuple[float, str, str]:
    """Order of supplies: the largest supplier's share, falling."""
    return (-row["suppliers"][0]["share"], row["importer_name"], row["good_name"])


def said_of_supply(row: Row) -> document.Said:
    """Who got how much of a good from its largest supplier, how that one stands, and the HHI."""
    top = row["suppliers"][0]
    standing = DEPENDENCY.get(f"said_{top['standing']}", "")
    detail = (
        f"{document.period_text(row)}, by {BASIS.get(row['basis'], row['basis'])}; HHI {document.hhi_text(row['hhi_lo'], row['hhi_hi'])}"
    )
    text = document.got(row["importer_name"], top["share"], document.inside(row["good_name"]), top["name"], standing, detail)
    return text, [row], _answer(row)


def cell(supplier: Row) -> dict[str, Any]:
    """A supplier's share with its colour, and the mark of how it stands to the importer."""
    kind = supplier.get("standing", "neither")
    return document.shade(supplier["share"]) | {
        "name": supplier["name"],
        "text": document.percent(supplier["share"]),
        "share": round(supplier["share"], 6),
        "standing": kind,
        "mark": DEPENDENCY[f"{kind}_mark"] if kind in _STANDINGS else "",
        "why": "; ".join(supplier.get("reasons", ())),
        "label": DEPENDENCY[kind] if kind in _STANDINGS else "",
    }


def line(row: Row, refs: document.References, most: int) -> dict[str, Any]:
    """A row of a table of shares with its ``most`` largest suppliers as cells."""
    low, high = row["hhi_lo"], row["hhi_hi"]
    return {
        "importer": row["importer_name"],
        "good_id": row["good"],
        "good": row["good_name"],
        "stage": row["stage"],
        "scope": row["scope"] or "",
        "basis": BASIS.get(row["basis"], row["basis"]),
        "period": document.period_text(row),
        "lo": low,
        "hi": high,
        "hhi": document.hhi_text(low, high),
        "level": _level(low, high),
        "named": document.percent(row["named_share"]),
        "disputed": row["disputed"],
        "refs": refs(row["sources"]),
        "cells": [cell(s) for s in row["suppliers"][:most]],
        "more": max(0, len(row["suppliers"]) - most),
    }


def _level(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return DEPENDENCY["above"] if low > DEPENDENCE else DEPENDENCY["below"] if high <= DEPENDENCE else DEPENDENCY["across"]


def _matrix(rows: Sequence[Row], refs: document.References) -> dict[str, Any]:
    """Importers against suppliers; the suppliers in order of the sum of their shares."""
    weight: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        for s in row["suppliers"]:
            weight[s["id"], s["name"]] += s["share"]
    columns = sorted(weight, key=lambda key: (-weight[key], key))
    lines = []
    for row in sorted(rows, key=lambda r: (r["is_bloc"], *by_concentration(r))):
        held = {s["id"]: cell(s) for s in row["suppliers"]}
        lines.append(line(row, refs, 0) | {"cells": [held.get(id_) for id_, _ in columns], "more": 0, "is_bloc": row["is_bloc"]})
    return {
        "good": rows[0]["good_name"],
        "id": rows[0]["good"],
        "stage": rows[0]["stage"],
        "columns": [name for _, name in columns],
        "rows": lines,
        "mixed": len({r["is_bloc"] for r in rows}) == 2,
    }


def _reasons(flows: Sequence[Row], refs: document.References) -> list[dict[str, Any]]:
    """Why a supplier is called ally or rival: one row a pair."""
    found = {}
    for row in flows:
        for s in row["suppliers"]:
            if s["standing"] in _STANDINGS:
                found[row["importer_name"], s["name"]] = {
                    "importer": row["importer_name"],
                    "supplier": s["name"],
                    "standing": s["standing"],
                    "mark": DEPENDENCY[f"{s['standing']}_mark"],
                    "label": DEPENDENCY[s["standing"]],
                    "why": list(s["reasons"]),
                    "refs": refs(s["sources"]),
                }
    return [found[key] for key in sorted(found)]


def ranked_rows(rows: Sequence[Row], refs: document.References) -> dict[str, Any]:
    """The goods of one importer, each with its largest suppliers."""
    return {"importer": rows[0]["importer_name"], "rows": [line(r, refs, RANKS) for r in rows]}


def _points(points: float | None) -> str:
    """Percentage points with their sign; empty where one of the two shares is not known."""
    if points is None:
        return ""
    return "0" if abs(points) < 0.05 else f"{points:+.1f}".removesuffix(".0").replace("-", "−")


def _change(row: Row, refs: document.References) -> dict[str, Any]:
    def hhi(pair: tuple[float, float] | None) -> str:
        return document.hhi_text(*pair) if pair else "–"

    suppliers = []
    for s in row["suppliers"]:
        known = s["before"] is not None and s["after"] is not None
        points = 100 * (s["after"] - s["before"]) if known else None
        suppliers.append(
            {
                "name": s["name"],
                "before": document.percent(s["before"]) if s["before"] is not None else DEPENDENCY["not_named"],
                "after": document.percent(s["after"]) if s["after"] is not None else DEPENDENCY["not_named"],
                "points": _points(points),
                "up": bool(points and points > 0),
                "width": 0 if points is None else round(min(50.0, abs(points) / 2), 1),
            }
        )
    return {
        "importer": row["importer_name"],
        "good": row["good_name"],
        "good_id": row["good"],
        "basis": BASIS.get(row["basis"], row["basis"]),
        "before": row["before"],
        "after": row["after"],
        "hhi_before": hhi(row["hhi_before"]),
        "hhi_after": hhi(row["hhi_after"]),
        "suppliers": suppliers,
        "refs": refs(row["sources"]),
    }
