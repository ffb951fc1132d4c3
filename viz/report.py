"""The report of a state or a bloc: a briefing in reading order; each finding has its numbers, sources and the command that doubts it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viz import charts, dependency, document, dossier, page, style
from viz.document import Said, say
from viz.words import REPORT

MOST_DRAWN = 24
"""Partners in the picture of the network; the table has all."""
MOST_ROWS = 12
"""Rows of a table before the rest is folded away."""
SURE = 0.8
"""Certainty from which a camp may be said (`graph_loader.analysis.clusters.SAME_CAMP`)."""
TODAY_BORDERS = "2011-07-09"
"""South Sudan's independence, the last change of the outlines."""
Row = Mapping[str, Any]
PLACES: dict[str, dict[str, str]] = {
    "self": {"colour": "#111827"},
    "ally": {"colour": "#2f78b7"},
    "both": {"colour": "#7b52ab", "pattern": "crossed"},
    "rival": {"colour": "#d55e00", "pattern": "lines"},
    "partner": {"colour": "#2a9d77", "pattern": "dots"},
    "tied": {"colour": "#a9b3bd"},
    "named": {"colour": "#2f78b7"},
    "member": {"colour": "#2f78b7"},
    "associated": {"colour": "#6fa8d6", "pattern": "dots"},
}
"""Looks of areas on the map; ally, both and rival as in the charts of flows."""


@dataclass(frozen=True, kw_only=True)
class ReportInput(document.DocumentInput):
    """What the report shows. Rows as `graph_loader.briefing.Ground` gives them.

    Attributes
    ----------
    subject
        ``id``, ``name``, ``kind`` (state or bloc), ``about`` (a line under the title).
    dossier
        Of a state: what the page of the state would show; its sentences open the findings. None for a bloc.
    partners, at_odds
        Those tied to it on the date, and pairs of them with a sanction or dispute.
    supplies, of_blocs, of_members
        Its own supply; of a state, that of its blocs; of a bloc, that of its members. As `DependencyInput.flows`.
    poles
        Two: ``id``, ``name``.
    plane
        Positions of all states; those in ``marked`` are the subject, or its members.
    marked
        State ids.
    grid
        ``instrument``, ``title``, ``scope``, ``thickness``, ``binding``, ``reason``, ``sources``.
    axes
        Scopes and thicknesses in their order.
    camps
        Of a state: ``date``, ``size``, ``certainty``, ``with``, ``sources``. Of a bloc: ``date``, ``members``, ``largest``, ``camps``,
        ``outside``, ``elsewhere``, ``example``.
    losses
        Of a state: what it would lose. Of a bloc: states that lose a defender.
    places
        State id -> key of PLACES.
    names
        State id -> name, for the map.
    members, duties, bonds
        Of a bloc: its members on the date; its founding instruments; instruments by which every full member must defend every other.
    """

    subject: Row
    dossier: dossier.DossierInput | None
    partners: Sequence[Row]
    at_odds: Sequence[tuple[str, str]]
    supplies: Sequence[Row]
    of_blocs: Sequence[Row]
    of_members: Sequence[Row]
    poles: Sequence[Row]
    plane: Sequence[Row]
    marked: Sequence[str]
    grid: Sequence[Row]
    axes: tuple[Sequence[str], Sequence[str]]
    camps: Sequence[Row]
    losses: Sequence[Row]
    places: Mapping[str, str]
    names: Mapping[str, str]
    members: Sequence[Row] = ()
    duties: Sequence[Row] = ()
    bonds: Sequence[Row] = ()


def report_page(data: ReportInput) -> str:
    """Render the report.

    Returns
    -------
    str
        A whole HTML page; equal input gives equal text.
    """
    refs = document.References(data.sources)
    drawn: list[charts.Chart] = []
    bloc = data.subject["kind"] == "bloc"
    context: dict[str, Any] = {
        "w": REPORT,
        **data.head(),
        "subject": data.subject,
        "bloc": bloc,
        "most_rows": MOST_ROWS,
        "findings": document.findings(_said_of_bloc(data) if bloc else _said_of_state(data), refs, data.as_of),
        "members": [_member(m, refs) for m in data.members],
        "duties": [_duty(d, refs) for d in data.duties],
        "excerpt": _excerpt(data, refs, drawn),
        "supplies": _supplies(data.supplies, refs),
        "of_others": _supplies(data.of_members if bloc else data.of_blocs, refs),
        "plane": _plane(data, refs, drawn),
        "grid": _grid(data, refs),
        "camps": (_camps_of_members if bloc else _camps)(data, refs, drawn),
        "losses": [_orphan(r, refs) for r in data.losses] if bloc else [_loss(r, refs) for r in data.losses],
        "map": _map(data, drawn),
        "claims": [dossier.claim_row(c, refs) for c in data.dossier.claims] if data.dossier else [],
        "ramp": dependency.ramp(),
        "standings": dependency.standings(),
    }
    context["sources"] = refs.listed()
    return page.render_document(
        "report.html.j2", context, script="document.js", style="document.css", charts=drawn, world=charts.world()["world"]
    )


# ------------------------------------------------------------------------------------------------ findings


def _said_of_state(data: ReportInput) -> list[Said]:
    found = dossier.said(data.dossier) if data.dossier else []
    found += [dependency.said_of_supply(r) for r in _largest(data.of_blocs, 1)]
    found += _said_of_camp(data)
    found += _said_of_place(data)
    return found + [_said_of_loss(r, data) for r in data.losses if r["role"] != "supplier" or r["supply"]]


def _largest(rows: Sequence[Row], n: int) -> list[Row]:
    return sorted((r for r in rows if r["suppliers"] and r["hhi_lo"] is not None), key=dependency.by_share)[:n]


def _said_of_camp(data: ReportInput) -> list[Said]:
    a, now = document.named(data.subject["name"]), data.camps[-1] if data.camps else None
    answer = f"camp:{data.subject['id']}"
    if now is None or not now["size"]:
        return [(say("no_camp", a=a), [], answer)]
    n = document.count(now["size"] - 1, "other state")
    if now["certainty"] is not None and now["certainty"] < SURE:
        return [(say("camp_doubtful", a=a, n=n, certainty=document.percent(now["certainty"])), [now], answer)]
    certainty = document.percent(now["certainty"])
    return [(say("camp", a=a, n=n, which=document.listing(now["with"]), certainty=certainty), [now], answer)]


def _said_of_place(data: ReportInput) -> list[Said]:
    a, one, two = (document.named(n) for n in (data.subject["name"], data.poles[0]["name"], data.poles[1]["name"]))
    if data.subject["id"] in {p["id"] for p in data.poles}:
        return []
    row = next((p for p in data.plane if p["id"] == data.subject["id"]), None)
    answer = document.asked("partnership/pair", a=data.subject["id"], b=data.poles[0]["id"])
    if row is None:
        return [(say("unplaced", a=a, one=one, two=two), [], answer)]
    pole = one if (row["lean"] or 0) > 0 else two
    few = list(row["turned_by"])[:3]
    turned = say("turned", n=" or ".join(few) if len(row["turned_by"]) <= len(few) else f"any of {len(row['turned_by'])}") if few else ""
    text = say(
        "placed", a=a, one=one, two=two, kind=_kind(row["kind"]), towards=say("towards", pole=pole) if row["kind"] == "aligned" else "",
        n=document.count(row["volume"], "instrument"), turned=turned,
    )  # fmt: skip
    return [(text, [row], answer)]


def _kind(kind: str) -> str:
    return f"a {kind}" if kind.endswith("hedge") else kind


def _said_of_loss(row: Row, data: ReportInput) -> Said:
    a, name = document.named(data.subject["name"]), document.named(row["name"])
    if row["role"] == "supplier":
        first = row["supply"][0]
        others = len(row["supply"]) - 1
        values = {"name": name, "a": a, "share": document.percent(first["share_lost"]), "good": document.inside(first["good_name"])}
        n = document.count(others, "other good")
        text = say("lost_supplier" if others else "lost_one", period=document.period_text(first), n=n, **values)
        return text, [row], f"hhi:{data.subject['id']}:{first['item']}"
    counts = {"after": f"{row['after']:,}", "before": document.count(row["before"], "defender")}
    if row["role"] == "guarantor":
        text = say("lost_guarantor", name=name, a=a, share=document.percent(row["share"]), year=row["year"], **counts)
    else:
        text = say("lost_treaty", name=row["name"], a=a, **counts)
    return text, [row], f"defenders:{data.subject['id']}"


def _said_of_bloc(data: ReportInput) -> list[Said]:
    a, id_ = document.named(data.subject["name"]), data.subject["id"]
    full = [m for m in data.members if m["role"] == "full" and not m["suspended"]]
    rest = len(data.members) - len(full)
    more = say("more_roles", n=f"{rest:,}") if rest else ""
    members = say("bloc_members", a=a, n=document.count(len(full), "full member"), more=more)
    found: list[Said] = [(members, full, document.asked("membership/members", bloc=id_))]
    duty = document.asked("obligations/bloc-duties", bloc=id_)
    bound = [d for d in data.duties if d["binding"] and "defence" in (d["obligations"] or [])]
    if bound:
        found.append((say("bloc_duty", instrument=bound[0]["title"], duty=", ".join(bound[0]["obligations"])), bound, duty))
    if data.bonds:
        text = say("bloc_bonds", which=document.listing([b["title"] for b in data.bonds]))
        found.append((text, data.bonds, f"defenders:{full[0]['state']}" if full else duty))
    if not bound:
        found.append((say("bloc_no_duty" if data.bonds else "bloc_no_bond"), list(data.duties), duty))
    if data.partners:
        n = document.count(sum(p["n"] for p in data.partners), "tie")
        partners = document.count(len(data.partners), "state or bloc", "states and blocs")
        found.append((say("bloc_ties", a=a, n=n, partners=partners), data.partners, document.asked("partnership/ties-of", party=id_)))
    found += [dependency.said_of_supply(r) for r in _largest(data.supplies, 2)]
    measured = [r for r in data.of_members if r["hhi_lo"] is not None and r["suppliers"]]
    if measured:
        states = document.count(len({r["importer"] for r in measured}), "state")
        above = sum(r["hhi_lo"] > dependency.DEPENDENCE for r in measured)
        text = say("bloc_own", n=document.count(len(measured), "supply", "supplies"), states=states, above=above)
        found += [(text, [], document.asked("dependency/top-supplier")), *(dependency.said_of_supply(r) for r in _largest(measured, 2))]
    now = data.camps[-1] if data.camps else None
    if now and now["largest"]:
        elsewhere = say("elsewhere", which=document.listing(now["elsewhere"])) if now["elsewhere"] else ""
        n = document.count(now["members"], "full member")
        text = say("bloc_camps", n=now["largest"], members=n, outside=now["outside"], elsewhere=elsewhere)
        found.append((text, [], f"camp:{now['example']}"))
    if data.losses:
        orphaned = sum(r["orphaned"] for r in data.losses)
        text = say("bloc_lost", n=document.count(len(data.losses), "state"), orphaned=f"{orphaned:,}")
        found.append((text, data.losses, duty))
    return found


# ------------------------------------------------------------------------------------------------ parts


def _member(row: Row, refs: document.References) -> dict[str, Any]:
    shown = {"name": row["name"], "role": row["role"], "suspended": row["suspended"], "since": row["since_text"]}
    return shown | {"disputed": row["disputed"], "refs": refs(row["sources"])}


def _duty(row: Row, refs: document.References) -> dict[str, Any]:
    owed = ", ".join(row["obligations"] or [])
    return {"title": row["title"], "binding": row["binding"], "owed": owed, "disputed": row["disputed"], "refs": refs(row["sources"])}


def _excerpt(data: ReportInput, refs: document.References, drawn: list[charts.Chart]) -> dict[str, Any]:
    rows = [
        {
            "name": p["name"], "n": p["n"], "binds": p["binds"], "refs": refs(p["sources"])[: document.MOST_REFERENCES],
            "domains": [document.domain_look(d["domain"]) | {"n": d["n"]} for d in p["domains"]],
        }
        for p in data.partners
    ]  # fmt: skip
    chosen = list(data.partners[:MOST_DRAWN])
    if not chosen:
        return {"rows": rows, "chart": None, "cut": "", "looks": []}
    # Partners of one kind stand together on the circle.
    order = sorted(chosen, key=lambda p: ([d["domain"] for d in p["domains"]], p["name"]))
    first = data.subject
    nodes = [
        {"x": 0, "y": 0, "label": first["name"], "short": first["id"], "said": [first["name"]], "colour": PLACES["self"]["colour"],
         "size": 30, "shape": "circle" if first["kind"] == "state" else "rect", "at": "bottom"}
    ]  # fmt: skip
    edges = []
    for k, partner in enumerate(order):
        x, y, side = charts.ring(len(order), k)
        shape = {"State": "circle", "Bloc": "rect"}.get(partner["label"], "triangle")
        said = [f"{partner['name']}: {document.count(partner['n'], 'tie')}"]
        nodes.append({"x": x, "y": y, "label": partner["name"], "short": partner["id"], "said": said, "colour": "#7f8a95", "size": 14,
                      "shape": shape, "at": side})  # fmt: skip
        for n, d in enumerate(partner["domains"]):
            look = document.domain_look(d["domain"])
            ends = (k + 1, 0) if d["arrow"] == "in" else (0, k + 1)
            bend = round(((n + 1) // 2) * 0.09 * (1 if n % 2 else -1) * (-1 if d["arrow"] == "in" else 1), 2)
            edges.append({"from": ends[0], "to": ends[1], "colour": look["colour"], "dash": look["edge"], "arrow": bool(d["arrow"]),
                          "width": round(min(6.0, 1.2 + 0.8 * d["n"]), 1), "curve": bend, "faint": False,
                          "said": [f"{partner['name']}, {look['label']}: {document.count(d['n'], 'tie')}"]})  # fmt: skip
    place = {p["id"]: k + 1 for k, p in enumerate(order)}
    for a, b in data.at_odds:
        if a in place and b in place:
            names = [order[place[i] - 1]["name"] for i in (a, b)]
            edges.append({"from": place[a], "to": place[b], "colour": style.DOMAINS["SANCTIONS"].colour, "dash": "dashed", "arrow": False,
                          "width": 1.2, "curve": 0.12, "faint": False, "said": [" – ".join(names)]})  # fmt: skip
    label = REPORT["excerpt_label"].format(name=first["name"], n=len(order))
    drawn.append({"kind": "graph", "label": label, "nodes": nodes, "edges": edges, "height": 620, "narrow": 380})
    used = {d["domain"] for p in order for d in p["domains"]}
    cut = REPORT["excerpt_cut"].format(n=len(order), all=len(data.partners)) if len(order) < len(data.partners) else ""
    looks = [document.domain_look(d) for d in style.DOMAINS if d in used]
    return {"rows": rows, "chart": len(drawn) - 1, "cut": cut, "looks": looks}


def _supplies(rows: Sequence[Row], refs: document.References) -> list[dict[str, Any]]:
    by: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by[row["importer"]].append(row)
    groups = [sorted(found, key=dependency.by_concentration) for found in by.values()]
    return [dependency.ranked_rows(found, refs) for found in sorted(groups, key=lambda g: g[0]["importer_name"])]


def _plane(data: ReportInput, refs: document.References, drawn: list[charts.Chart]) -> dict[str, Any]:
    one, two = data.poles
    who = data.subject["name"]
    values = {"a": one["name"], "b": two["name"], "who": who}
    marked = set(data.marked)
    rows = [
        {
            "name": p["name"], "own": p["id"] in marked, "kind": p["kind"], "volume": p["volume"],
            "lean": "–" if p["lean"] is None else f"{p['lean']:+.2f}".replace("-", "−"),
            "spread": "–" if p["spread"] is None else f"{p['spread']:.2f}",
            "domains": "; ".join(f"{document.domain_look(d['domain'])['label']} {d['a']} : {d['b']}" for d in p["domains"]),
            "decided_by": ", ".join(document.domain_look(d)["label"] for d in p["decided_by"]), "turned_by": ", ".join(p["turned_by"]),
            "refs": refs(p["sources"])[: document.MOST_REFERENCES] if p["id"] in marked else [],
        }
        for p in sorted(data.plane, key=lambda p: (p["id"] not in marked, p["kind"], -(p["lean"] or 0), p["name"]))
    ]  # fmt: skip
    found: dict[str, Any] = {"about": REPORT["plane_about"].format(**values), "rows": rows, "chart": None, "classes": [], "none": ""}
    if not any(r["own"] for r in rows) and data.subject["id"] not in {one["id"], two["id"]}:
        found["none"] = REPORT["plane_none"].format(**values)
    placed = [p for p in data.plane if p["lean"] is not None and p["spread"] is not None]
    found["classes"] = sorted(Counter(p["kind"] for p in data.plane).items())
    if not placed:
        return found
    points = [
        {"id": p["id"], "x": round(p["lean"], 4), "y": round(p["spread"], 4), "label": p["name"], "short": p["id"],
         "said": [f"{p['name']}: {p['kind']}", f"{p['lean']:+.2f}, {p['spread']:.2f}; {document.count(p['volume'], 'instrument')}"]}
        for p in placed
    ]  # fmt: skip
    together: dict[tuple[float, float], list[dict[str, Any]]] = defaultdict(list)
    for p in points:
        if p["id"] not in marked:
            together[p["x"], p["y"]].append(p)
    others = [
        {"x": x, "y": y, "n": len(same), "said": same[0]["said"] if len(same) == 1 else [document.listing([p["label"] for p in same], 20)]}
        for (x, y), same in sorted(together.items())
    ]  # fmt: skip
    third, ninth = 1 / 3, 1 / 9
    drawn.append(
        {
            "kind": "plane", "label": REPORT["plane_label"].format(n=len(placed), **values), "height": 430, "narrow": 340,
            "x": {"from": -1, "to": 1, "gap": 42, "lines": [-third, third],
                  "name": f"← {two['name']} · {REPORT['lean']} · {one['name']} →"},
            "y": {"from": 0, "to": 1, "name": REPORT["spread"], "gap": 54, "lines": [ninth]},
            "points": [p for p in points if p["id"] in marked], "others": others,
            "regions": [
                {"x": 0, "y": 0.94, "label": "cross-domain hedge"}, {"x": 0, "y": 0.03, "label": "equidistant"},
                {"x": -0.7, "y": 0.94, "label": f"aligned: {two['name']}"}, {"x": 0.7, "y": 0.94, "label": f"aligned: {one['name']}"},
            ],
        }
    )  # fmt: skip
    return found | {"chart": len(drawn) - 1}


def _grid(data: ReportInput, refs: document.References) -> dict[str, Any]:
    scopes, thicknesses = data.axes
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in data.grid:
        cells[row["scope"], row["thickness"]].append(row)
    columns = [t for t in thicknesses if any(r["thickness"] == t for r in data.grid)]
    most = max((len(v) for v in cells.values()), default=1)
    lines = []
    for scope in scopes:
        if any(r["scope"] == scope for r in data.grid):
            counts = [len(cells[scope, t]) for t in columns]
            shaded = [document.shade(n / most) | {"n": n} if n else None for n in counts]
            lines.append({"scope": scope, "cells": shaded, "all": sum(counts)})
    rows = [
        {"scope": r["scope"], "thickness": r["thickness"], "title": r["title"], "binding": r["binding"], "reason": r["reason"] or "",
         "refs": refs(r["sources"])[: document.MOST_REFERENCES]}
        for r in sorted(data.grid, key=lambda r: (scopes.index(r["scope"]) if r["scope"] in scopes else 9, r["thickness"], r["title"]))
    ]  # fmt: skip
    return {"columns": columns, "lines": lines, "rows": rows}


def _year(date: str, as_of: str) -> float:
    """A date as a number of years, so that 31 December stands at the end of its year."""
    return int(date[:4]) + (int(date[5:7]) - 1) / 12 if date == as_of else int(date[:4]) + 1


def _series(name: str, points: list[tuple[float, Any]], said: list[str], look: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "points": [list(p) for p in points], "said": said, **charts.SERIES_LOOKS[look], **more}


def _camps(data: ReportInput, refs: document.References, drawn: list[charts.Chart]) -> dict[str, Any]:
    rows = []
    begun = next((n for n, r in enumerate(data.camps) if r["size"]), 0)
    known = data.camps[begun:]  # the oldest treaties are older than most states
    for before, row in zip([None, *known], known, strict=False):
        same = before is not None and (before["size"], before["with"], before["certainty"]) == (row["size"], row["with"], row["certainty"])
        if same and row is not known[-1]:
            continue
        certainty = "" if row["certainty"] is None else document.percent(row["certainty"])
        doubtful = row["certainty"] is not None and row["certainty"] < SURE
        rows.append({"date": row["date"], "size": row["size"] or REPORT["in_no_camp"], "certainty": certainty, "doubtful": doubtful,
                     "with": document.listing(row["with"], 40), "refs": refs(row["sources"])[: document.MOST_REFERENCES]})  # fmt: skip
    if not any(r["size"] for r in data.camps):
        return {"rows": [], "chart": None, "about": REPORT["camps_about"]}
    at = [_year(r["date"], data.as_of) for r in known]
    sizes = [f"{r['date']}: {r['size'] or 0}" for r in known]
    sure = [f"{r['date']}: {document.percent(r['certainty'])}" for r in known]
    label = REPORT["camps_label"].format(first=known[0]["date"], last=known[-1]["date"])
    drawn.append(charts.panels(
        [
            {"name": REPORT["camp_size"], "most": None, "percent": False, "lines": [],
             "series": [_series("", list(zip(at, [r["size"] or 0 for r in known], strict=True)), sizes, 0, step=True)]},
            {"name": REPORT["certainty"], "most": 1, "percent": True, "lines": [{"at": SURE, "text": REPORT["sure_line"]}],
             "series": [_series("", list(zip(at, [r["certainty"] for r in known], strict=True)), sure, 1, step=True, dash="solid")]},
        ],
        label=label, height=400,
    ))  # fmt: skip
    return {"rows": rows, "chart": len(drawn) - 1, "about": REPORT["camps_about"]}


def _camps_of_members(data: ReportInput, refs: document.References, drawn: list[charts.Chart]) -> dict[str, Any]:
    rows = [
        {"date": r["date"], "members": r["members"], "largest": r["largest"], "outside": r["outside"],
         "elsewhere": document.listing(r["elsewhere"], 40)}
        for r in data.camps
    ]  # fmt: skip
    if not rows:
        return {"rows": [], "chart": None, "about": REPORT["members_camp_about"]}
    at = [_year(r["date"], data.as_of) for r in data.camps]
    lines = []
    for look, key in enumerate(("members", "largest", "outside")):
        said = [f"{r['date']}: {r[key]} {REPORT[f'{key}_line']}" for r in data.camps]
        lines.append(_series("", list(zip(at, [r[key] for r in data.camps], strict=True)), said, look, step=True))
    label = REPORT["members_camps_label"].format(first=rows[0]["date"], last=rows[-1]["date"])
    panel = {"name": REPORT["members_line"], "most": None, "percent": False, "lines": [], "series": lines}
    drawn.append(charts.panels([panel], label=label, height=300))
    names = (REPORT["members_line"], REPORT["largest_line"], REPORT["outside_line"])
    looks = [{"label": n, "colour": s["colour"], "edge": s["dash"]} for n, s in zip(names, lines, strict=True)]
    return {"rows": rows, "chart": len(drawn) - 1, "about": REPORT["members_camp_about"], "looks": looks}


def _loss(row: Row, refs: document.References) -> dict[str, Any]:
    def index(r: Row, lo: str, hi: str) -> str:
        return document.hhi_text(r[lo], r[hi])

    supply = [
        {
            "share": document.percent(r["share_lost"]), "width": round(100 * r["share_lost"], 1),
            "good": REPORT["of_its"].format(good=document.inside(r["good_name"]), period=document.period_text(r)),
            "hhi": REPORT["then_hhi"].format(before=index(r, "hhi_lo", "hhi_hi"), after=index(r, "hhi_lo_after", "hhi_hi_after"))
            if r["hhi_lo_after"] is not None else REPORT["no_one_left"],
        }
        for r in row["supply"]
    ]  # fmt: skip
    return {
        "name": row["name"], "role": REPORT[f"role_{row['role']}"], "supply": supply, "before": row["before"], "after": row["after"],
        "refs": refs(row["sources"])[: document.MOST_REFERENCES],
    }  # fmt: skip


def _orphan(row: Row, refs: document.References) -> dict[str, Any]:
    return {
        "name": row["name"], "lost": len(row["lost"]), "left": row["defenders_after"], "orphaned": row["orphaned"],
        "refs": refs(row["sources"])[: document.MOST_REFERENCES],
    }  # fmt: skip


def _map(data: ReportInput, drawn: list[charts.Chart]) -> dict[str, Any]:
    return world_map(data.places, data.names, data.subject["name"], data.as_of, drawn)


def world_map(places: Mapping[str, str], names: Mapping[str, str], name: str, as_of: str, drawn: list[charts.Chart]) -> dict[str, Any]:
    """A map with its classes, each with the names of its states as text, and what the map cannot show."""
    known = charts.drawn_states()
    classes = []
    for key, look in PLACES.items():
        inside = sorted(names.get(id_, id_) for id_, place in places.items() if place == key)
        if inside:
            label = REPORT[f"place_{key}"].format(name=name) if key == "self" else REPORT[f"place_{key}"]
            classes.append({"key": key, "label": label, "names": inside, **look})
    missing = sorted(names.get(i, i) for i in places if i not in known)
    found: dict[str, Any] = {"classes": classes, "chart": None, "past": "", "missing": missing}
    if as_of < TODAY_BORDERS:
        found["past"] = REPORT["map_past"].format(date=as_of)
    if any(id_ in known for id_ in places):
        labels = {c["key"]: c["label"] for c in classes}
        values = {
            id_: {"look": place, "said": [names.get(id_, id_), *([] if place == "self" else [labels[place]])]}
            for id_, place in sorted(places.items())
            if id_ in known
        }
        label = REPORT["map_label"].format(what="; ".join(f"{c['label']}, {len(c['names'])}" for c in classes))
        drawn.append({"kind": "map", "label": label, "looks": PLACES, "values": values, "blank": REPORT["map_blank"], "height": 200})
        found["chart"] = len(drawn) - 1
    return found

