"""The network page as a reader sees it, in headless Chromium."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import networkx as nx
import pytest

from viz import style
from viz.network import NetworkInput, network_page
from viz.words import NETWORK

from .hostile import TEXTS
from .support import OPEN, add_node, add_tie, browser, large, network_input, opened, realistic, set_year, settle

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as instance:
        yield instance


def write(folder: Path, data: NetworkInput, **options: Any) -> Path:
    file = folder / "network.html"
    file.write_text(network_page(data, **options), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def real_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("real"), realistic())


def by_hand() -> NetworkInput:
    """Five states, a bloc and nine ties whose counts are worked out by hand.

    In force on 1975-12-31: t1, t2, t3, t4, t8 (t7 ended on that very day: until is the first day no longer in force).
    In force on 2025-06-30: t1, t3, t4, t5, t6, t8, t9.
    """
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    for key, name in (("AAA", "Alpha"), ("BBB", "Beta"), ("CCC", "Gamma"), ("DDD", "Delta"), ("EEE", "Épsilon")):
        add_node(graph, key, name, iso2=key[:2], region="Region one", spells=["1900-01-01/9999-12-31"])
    add_node(graph, "FFF", "Former", spells=["1900-01-01/1980-01-01"])
    add_node(graph, "XXX", "Xunion", label="Bloc", kind="union")
    add_tie(graph, "t1", "AAA", "BBB", "DEFENCE", kind="alliance", obligations=["defence", "consultation"], instrument="treaty-1",
            instrument_title="Treaty one", official_label="Treaty of Alliance", sources=["synthetic-a", "synthetic-flows"],
            premises=["treaty-1"])  # fmt: skip
    add_tie(graph, "t2", "AAA", "BBB", "TRADE", since="1960-01-01", until="1990-01-01")
    add_tie(graph, "t3", "AAA", "BBB", "DEFENCE", kind="alliance", instrument="treaty-3", disputed=True)
    add_tie(graph, "t4", "CCC", "BBB", "DEFENCE", kind="guarantee", mutual=False, since="1970-01-01", since_edtf="1970",
            end_kind="censored", until="2026-01-01", until_edtf="2025")  # fmt: skip
    add_tie(graph, "t5", "CCC", "DDD", "SANCTIONS", sign=-1, mutual=False, since="2014-03-01")
    add_tie(graph, "t6", "AAA", "XXX", "TRADE", since="2000-01-01", derived=True, rule="hub of members")
    add_tie(graph, "t7", "DDD", "EEE", "TRADE", since="1950-01-01", until="1975-12-31")
    add_tie(graph, "t8", "DDD", "EEE", "TRADE", since="1975-12-31")
    add_tie(graph, "t9", "AAA", "EEE", "TRADE", since="2025-06-30", binding=False)
    camps: dict[str, list[dict[str, object]]] = {
        "1970-01-01": [
            {"state": "AAA", "camp": 1, "certainty": 0.95},
            {"state": "BBB", "camp": 1, "certainty": 0.5},
            {"state": "CCC", "camp": 1, "certainty": 0.9},
            {"state": "DDD", "camp": None, "certainty": None},
            {"state": "EEE", "camp": None, "certainty": None},
        ],
        "2000-01-01": [
            {"state": "AAA", "camp": 1, "certainty": 1.0},
            {"state": "BBB", "camp": 1, "certainty": 0.9},
            {"state": "CCC", "camp": 2, "certainty": 0.79},
            {"state": "DDD", "camp": None, "certainty": None},
        ],
    }
    flow: dict[str, object] = {
        "importer": "AAA", "supplier": "CCC", "good": "gas", "good_name": "Natural gas", "stage": "product", "basis": "energy",
        "from_year": 2023, "to_year": 2023, "share_lo": 0.38, "share": 0.40, "share_hi": 0.42, "value": 40.0, "total": 100.0, "unit": "PJ",
        "scope": "pipeline and LNG", "named_largest": True, "disputed": False, "sources": ["synthetic-flows"],
    }  # fmt: skip
    flows = [
        flow,
        {**flow, "from_year": 2024, "to_year": 2024, "share_lo": 0.2, "share": 0.22, "share_hi": 0.24},
        {**flow, "from_year": 2024, "to_year": 2024, "supplier": "DDD", "share_lo": 0.02, "share": 0.03, "share_hi": 0.04},
        {**flow, "from_year": 2010, "to_year": 2010, "good": "tin", "good_name": "Tin", "share": 0.9},
        {**flow, "importer": "WORLD", "good": "cobalt", "good_name": "Cobalt", "stage": "mined", "to_year": 2024, "share": 0.7},
    ]
    concentration: list[dict[str, object]] = [
        {"importer": "AAA", "good": "gas", "good_name": "Natural gas", "stage": "product", "basis": "energy", "from_year": 2024,
         "to_year": 2024, "hhi_lo": 0.241, "hhi_hi": 0.258, "top_supplier": "CCC", "cr1": 0.22, "named_share": 0.93,
         "sources": ["synthetic-flows"]},
    ]  # fmt: skip
    return network_input(
        graph, camps=camps, dependences=flows, concentration=concentration,
        memberships=[
            {"state": "AAA", "bloc": "XXX", "since": "1950-01-01", "until": OPEN},
            {"state": "BBB", "bloc": "XXX", "since": "1960-01-01", "until": "1990-01-01"},
            {"state": "EEE", "bloc": "XXX", "since": "2000-01-01", "until": OPEN},
            {"state": "CCC", "bloc": "ZZZ", "since": "1950-01-01", "until": OPEN},
            {"state": "DDD", "bloc": "ZZZ", "since": "1950-01-01", "until": OPEN},
        ],
        blocs={"XXX": {"name": "Xunion", "kind": "union"}, "ZZZ": {"name": "Zforum", "kind": "forum"}},
        evidence={
            "treaty-1": {
                "what": "the instrument", "said": [{"source": "synthetic-a", "locator": "Article 5", "matched": "Treaty of Alliance"}],
            },
            "t1": {"what": "the tie itself", "said": [{"source": "synthetic-b", "locator": "p. 7", "matched": "since 1950"}]},
        },
        queries=[{"title": "Ties", "text": "MATCH (a)-[t]->(b) // <b>", "params": ""}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def hand_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("hand"), by_hand())


def counts(page: Any) -> tuple[int, int, int, str]:
    """Return (states, ties shown, ties in force, date) as printed in the header."""
    match = re.fullmatch(r"(\d+) states, (\d+) of (\d+) ties shown, at (\d{4}-\d\d-\d\d)", page.inner_text("#counts").strip())
    assert match, page.inner_text("#counts")
    return int(match[1]), int(match[2]), int(match[3]), match[4]


def unfold(page: Any) -> None:
    """Open every folded part of the controls and of the footer."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def check_only(page: Any, *domains: str) -> None:
    for box in page.query_selector_all("#domains input"):
        box.set_checked(box.get_attribute("value") in domains)
    settle(page)


def choose(page: Any, text: str) -> None:
    page.fill("#search", text)
    page.press("#search", "Enter")
    settle(page)


# ------------------------------------------------------------------------------------------------ the picture


@pytest.mark.parametrize(("width", "height"), [(1400, 860), (1000, 700)])
def test_canvas_lies_in_the_viewport_and_on_top(chrome: Any, real_page: Path, width: int, height: int) -> None:
    with opened(chrome, real_page, width=width, height=height) as o:
        box = o.page.locator("#network canvas").bounding_box()
        assert box["x"] >= 0 and box["y"] >= 0
        assert box["x"] + box["width"] <= width and box["y"] + box["height"] <= height
        assert box["width"] >= 0.45 * width and box["height"] >= 0.6 * height
        tag = "([x, y]) => document.elementFromPoint(x, y).tagName"
        assert o.page.evaluate(tag, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]) == "CANVAS"
        assert o.page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
        for position in o.page.evaluate(
            "JSON.parse(document.getElementById('nodes').textContent).length && ['USA','CHN'].map(pactgraph.at)"
        ):
            assert 0 < position["x"] < box["width"] and 0 < position["y"] < box["height"]
        assert not o.errors


def seen_colours(chrome: Any, png: bytes, targets: list[tuple[float, float, str]], reach: int = 9) -> list[int]:
    """Count, around each (x, y), the pixels on the straight mix of white and the colour: a translucent line on white."""
    context = chrome.new_context()
    try:
        page = context.new_page()
        counted: list[int] = page.evaluate(
            """async ([data, targets, reach]) => {
              const image = new Image(); image.src = data; await image.decode();
              const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
              const ctx = canvas.getContext('2d'); ctx.drawImage(image, 0, 0);
              return targets.map(([x, y, colour]) => {
                const c = [1, 3, 5].map(k => 255 - parseInt(colour.slice(k, k + 2), 16));
                const norm = c.reduce((s, v) => s + v * v, 0);
                const d = ctx.getImageData(Math.round(x) - reach, Math.round(y) - reach, 2 * reach, 2 * reach).data;
                let n = 0;
                for (let k = 0; k < d.length; k += 4) {
                  const p = [255 - d[k], 255 - d[k + 1], 255 - d[k + 2]];
                  const share = (p[0] * c[0] + p[1] * c[1] + p[2] * c[2]) / norm;
                  if (share < 0.35 || share > 1.05) continue;
                  if (p.every((v, i) => Math.abs(v - share * c[i]) < 12)) n += 1;
                }
                return n;
              });
            }""",
            ["data:image/png;base64," + base64.b64encode(png).decode("ascii"), targets, reach],
        )
    finally:
        context.close()
    return counted


def test_each_domain_is_drawn_in_its_colour_and_only_while_checked(chrome: Any, tmp_path: Path) -> None:
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    for n, domain in enumerate(style.DOMAINS):
        for end in "AB":
            add_node(graph, f"{end}{n}", f"{end}{n}", spells=["1900-01-01/9999-12-31"])
        add_tie(graph, f"t{n}", f"A{n}", f"B{n}", domain, sign=-1 if domain in ("SANCTIONS", "DISPUTE") else 1)
    with opened(chrome, write(tmp_path, network_input(graph))) as o:
        assert o.page.locator("#domains input").count() == 13
        box = o.page.locator("#network canvas").bounding_box()
        targets = []
        for n, look in enumerate(style.DOMAINS.values()):
            a, b = (o.page.evaluate("id => pactgraph.at(id)", f"{end}{n}") for end in "AB")
            targets.append((box["x"] + (a["x"] + b["x"]) / 2, box["y"] + (a["y"] + b["y"]) / 2, look.colour))
        shown = seen_colours(chrome, o.page.screenshot(), targets)
        assert min(shown) >= 4, dict(zip(style.DOMAINS, shown, strict=True))
        o.page.click("#domains-none")
        settle(o.page)
        assert counts(o.page)[1:3] == (0, 13)
        assert "None of the 13 ties in force" in o.page.inner_text("#empty")
        hidden = seen_colours(chrome, o.page.screenshot(), targets)
        assert max(hidden) <= 2, dict(zip(style.DOMAINS, hidden, strict=True))


def test_counts_are_those_of_the_hand_and_of_the_picture(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        assert counts(o.page) == (5, 7, 7, "2025-06-30")
        assert o.page.evaluate("pactgraph.drawn()") == {"nodes": 6, "ties": 7, "dependences": 0, "bundles": 0}
        set_year(o.page, 1975)
        assert counts(o.page) == (6, 5, 5, "1975-12-31")  # Former still exists, the bloc has no tie yet
        assert o.page.evaluate("pactgraph.drawn()") == {"nodes": 6, "ties": 5, "dependences": 0, "bundles": 0}
        set_year(o.page, 1976)
        assert counts(o.page)[1:3] == (5, 5)
        set_year(o.page, 1950)
        assert counts(o.page)[1:3] == (3, 3)  # t1, t3, t7
        assert not o.errors


def test_years_of_the_realistic_input(chrome: Any, real_page: Path) -> None:
    data = realistic()

    def by_count(day: str) -> int:
        return sum(d["since"] <= day < d["until"] for _, _, d in data.graph.edges(data=True))

    with opened(chrome, real_page) as o:
        for year, day in ((1975, "1975-12-31"), (2025, "2025-06-30"), (1990, "1990-12-31")):
            set_year(o.page, year)
            expected = by_count(day)
            _, shown, in_force, date = counts(o.page)
            assert (date, in_force) == (day, expected)
            assert shown == o.page.evaluate("pactgraph.drawn().ties") == expected
        # NATO at the end of 1975 had 15 parties: 105 pairs; at as_of 32: 496.
        for year, pairs in ((1975, 105), (2025, 496)):
            set_year(o.page, year)
            assert (
                o.page.evaluate(
                    "pactgraph.snapshot().ties.filter(t => t.instrument === 'north-atlantic-treaty' && t.kind === 'alliance').length"
                )
                == pairs
            )


def test_a_tie_of_a_state_that_no_longer_exists_is_said_not_drawn(chrome: Any, tmp_path: Path) -> None:
    data = by_hand()
    add_tie(data.graph, "late", "AAA", "FFF", "TRADE", since="1970-01-01")  # Former ceased on 1980-01-01
    with opened(chrome, write(tmp_path, data)) as o:
        assert counts(o.page)[1:3] == (7, 8)
        assert "1 with an end that does not exist at the date" in o.page.inner_text("#counts-more")
        set_year(o.page, 1975)
        assert counts(o.page)[1:3] == (6, 6)


def test_former_states_are_hidden_and_states_without_tie_can_be(chrome: Any, real_page: Path) -> None:
    with opened(chrome, real_page) as o:
        names = "pactgraph.snapshot().nodes.map(n => n.id)"
        assert not {"SUN", "DDR", "CSK", "YUG"} & set(o.page.evaluate(names))
        set_year(o.page, 1975)
        then = set(o.page.evaluate(names))
        assert {"SUN", "DDR", "CSK", "YUG"} <= then and not {"RUS", "CZE", "EST"} & then
        unfold(o.page)
        o.page.uncheck("#untied")
        settle(o.page)
        assert {"USA", "SUN"} <= set(o.page.evaluate(names)) < then


def contains(polygon: list[list[float]], x: float, y: float) -> bool:
    hit = False
    for (xi, yi), (xj, yj) in zip(polygon, [polygon[-1], *polygon[:-1]], strict=True):
        if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
            hit = not hit
    return hit


@pytest.mark.parametrize("year", [1955, 1975, 1995, 2025])
def test_outlines_of_camps_do_not_meet_and_hold_members_only(chrome: Any, real_page: Path, year: int) -> None:
    with opened(chrome, real_page, fragment=f"#year={year}") as o:
        hulls = o.page.evaluate("pactgraph.hulls()")
        assert len(hulls) >= 2 and all(h["apart"] for h in hulls)
        for a in hulls:
            for b in hulls:
                if a is not b:
                    assert not any(contains(b["polygon"], x, y) for x, y in a["polygon"])


def test_parallel_ties_are_all_there_side_by_side(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        drawn = o.page.evaluate(
            "(() => { const e = pactgraph.network.body.edges; return pactgraph.network.body.edgeIndices.map(k =>"
            " [e[k].fromId, e[k].toId, e[k].options.smooth.enabled ? e[k].options.smooth.type : 'straight']); })()"
        )
        pair = [d for d in drawn if {d[0], d[1]} == {0, 1}]
        assert len(pair) == 2 and len({d[2] for d in pair}) == 2
        assert len(json.loads(o.page.inner_text("#edges") or o.page.text_content("#edges"))) == 9


def test_one_sided_ties_are_arrows_from_the_obliged_side(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        arrows = o.page.evaluate(
            "pactgraph.network.body.edgeIndices.map(k => pactgraph.network.body.edges[k])"
            ".filter(e => e.options.arrows.to.enabled).map(e => [e.fromId, e.toId, !!e.options.dashes])"
        )
        assert sorted(arrows) == [[2, 1, False], [2, 3, True]]  # CCC -> BBB guarantee, CCC -> DDD sanctions (dashed)


# ------------------------------------------------------------------------------------------------ controls


def test_check_boxes_filter_and_absent_domains_are_said(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        assert [b.get_attribute("value") for b in o.page.query_selector_all("#domains input")] == ["DEFENCE", "TRADE", "SANCTIONS"]
        absent = o.page.inner_text("#absent")
        assert absent.startswith("No ties loaded:") and "Technology" in absent and "Defence" not in absent
        check_only(o.page, "DEFENCE")
        assert counts(o.page)[1:3] == (3, 7)
        assert o.page.evaluate("pactgraph.drawn().ties") == 3
        o.page.click("#domains-all")
        settle(o.page)
        assert counts(o.page)[1:3] == (7, 7)


def test_search_by_name_id_and_iso_code(chrome: Any, real_page: Path) -> None:
    with opened(chrome, real_page) as o:
        o.page.evaluate("window.stayed = 1")
        for typed, name in (
            ("turk", "Türkiye"),
            ("GBR", "United Kingdom"),
            ("jp", "Japan"),
            ("nato", "North Atlantic Treaty Organization"),
        ):
            choose(o.page, typed)
            assert o.page.inner_text("#panel h2") == name
            assert o.page.locator("#found").is_hidden()
        assert o.page.evaluate("window.stayed") == 1  # Enter neither submits nor reloads
        o.page.fill("#search", "united")
        options = o.page.locator("#found li").all_inner_texts()
        assert len(options) == 3
        o.page.press("#search", "ArrowDown")
        o.page.press("#search", "Enter")
        assert o.page.inner_text("#panel h2") in options[1]
        o.page.fill("#search", "no such state")
        o.page.press("#search", "Enter")
        assert o.page.inner_text("#found") == "nothing found"
        o.page.press("#search", "Escape")
        o.page.press("#search", "Escape")
        assert o.page.inner_text("#panel h2") == "Reading this page"


def test_keyboard_moves_and_zooms_without_a_click_before(chrome: Any, real_page: Path) -> None:
    with opened(chrome, real_page) as o:
        scale = o.page.evaluate("pactgraph.network.getScale()")
        o.page.keyboard.press("+")
        assert o.page.evaluate("pactgraph.network.getScale()") > scale
        before = o.page.evaluate("pactgraph.network.getViewPosition().x")
        o.page.keyboard.press("ArrowRight")
        assert o.page.evaluate("pactgraph.network.getViewPosition().x") > before
        o.page.keyboard.press("0")
        assert o.page.evaluate("pactgraph.network.getScale()") == pytest.approx(scale)
        o.page.keyboard.press("/")
        assert o.page.evaluate("document.activeElement.id") == "search"


def test_a_click_on_a_state_selects_it_and_a_hover_names_it(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        box = o.page.locator("#network canvas").bounding_box()
        at = o.page.evaluate("pactgraph.at('DDD')")
        o.page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
        o.page.wait_for_selector("#tip:not([hidden])")
        assert "Delta" in o.page.inner_text("#tip")
        o.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        o.page.wait_for_function("document.querySelector('#panel h2').innerText === 'Delta'")
        o.page.keyboard.press("Escape")
        assert o.page.inner_text("#panel h2") == "Reading this page"


def test_legend_of_camps(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        legend = o.page.inner_text("#camps")
        assert "Camp 1: BBB, AAA" in legend and "2 members · certainty 0.90–1.00" in legend
        assert "Camp 2: CCC" in legend and "1 member · certainty 0.79" in legend
        assert "no defence obligation in the loaded data" in legend and "1 state" in legend
        assert "uncertain (< 0.8)" in legend and "Camps of 2000-01-01" in legend
        assert "aligned" not in o.page.inner_text("body").lower()
        dashed = "pactgraph.network.body.nodeIndices.filter(i => pactgraph.network.body.nodes[i].options.shapeProperties.borderDashes)"
        assert o.page.evaluate(dashed) == [2]
        set_year(o.page, 1975)
        assert "Camp 1: BBB, AAA, CCC" in o.page.inner_text("#camps")  # Beta has most partners in defence
        assert o.page.evaluate(dashed) == [1]
        set_year(o.page, 1960)
        assert "None computed for 1960-12-31" in o.page.inner_text("#camps")
        assert o.page.evaluate("pactgraph.hulls()") == []
        set_year(o.page, 1975)
        o.page.uncheck("#outlines")
        assert "outlines=0" in (o.page.wait_for_timeout(300) or o.page.url)


def test_blocs_have_shapes_of_their_own(chrome: Any, real_page: Path) -> None:
    nodes = json.loads(re.search(r'id="nodes">(.*?)</script>', real_page.read_text(encoding="utf-8"))[1])  # type: ignore[index]
    assert {n["shape"] for n in nodes} == {"dot", "square", "diamond"}
    with opened(chrome, real_page) as o:
        marks = o.page.inner_text("#marks")
        for words in ("bloc: alliance", "bloc: other", "negative tie", "one-sided tie", "sources disagree"):
            assert words in marks


def test_dependences_follow_date_and_threshold(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        o.page.check("#dependence")
        settle(o.page)
        # 2024 is the newest period; 3 % is below the threshold of 5 %; tin of 2010 is older than five years.
        assert o.page.evaluate("pactgraph.drawn().dependences") == 1
        assert [(f["supplier"], f["to_year"]) for f in o.page.evaluate("pactgraph.snapshot().dependences")] == [("CCC", 2024)]
        o.page.evaluate("(() => { const s = document.getElementById('share'); s.value = 25; s.dispatchEvent(new Event('input')); })()")
        settle(o.page)
        assert o.page.evaluate("pactgraph.drawn().dependences") == 0
        set_year(o.page, 2024)  # on 2024-12-31 the year 2024 is not over: 2023 applies, with 40 %
        assert [(f["supplier"], f["to_year"]) for f in o.page.evaluate("pactgraph.snapshot().dependences")] == [("CCC", 2023)]
        set_year(o.page, 2022)
        assert o.page.evaluate("pactgraph.drawn().dependences") == 0


def test_the_address_keeps_the_filters(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        set_year(o.page, 1975)
        check_only(o.page, "DEFENCE")
        choose(o.page, "Beta")
        o.page.wait_for_timeout(300)
        fragment = "#" + o.page.url.split("#", 1)[1]
    with opened(chrome, hand_page, fragment=fragment) as o:
        assert counts(o.page)[1:] == (3, 5, "1975-12-31")
        assert o.page.inner_text("#panel h2") == "Beta"
        o.page.click("#reset")
        settle(o.page)
        assert counts(o.page) == (5, 7, 7, "2025-06-30")
        assert o.page.inner_text("#panel h2") == "Reading this page"
    with opened(chrome, hand_page, fragment="#year=1e9&hide=__proto__,TRADE&share=NaN&state=constructor&tie=%3Cscript%3E") as o:
        assert counts(o.page)[1:] == (4, 7, "2025-06-30") and not o.errors


def shown_ids(page: Any) -> list[str]:
    found: list[str] = page.evaluate("pactgraph.snapshot().ties.map(t => t.id)")
    return found


def test_filters_by_kind_obligation_law_bloc_weight_and_certainty(chrome: Any, hand_page: Path) -> None:
    everything = ["t1", "t3", "t4", "t5", "t6", "t8", "t9"]
    with opened(chrome, hand_page) as o:
        page = o.page
        unfold(page)

        def without(selector: str) -> list[str]:
            page.uncheck(selector)
            settle(page)
            found = shown_ids(page)
            assert counts(page)[1] == page.evaluate("pactgraph.drawn().ties") == len(found)
            words = page.inner_text("#filters")
            page.check(selector)
            assert words != "none" and page.inner_text("#filters") == "none"
            return found

        assert without("#kinds input[value=alliance]") == ["t4", "t5", "t6", "t8", "t9"]
        assert without("#owed input[value='']") == ["t1"]  # only t1 owes anything
        assert without("#bound input[value=no]") == everything[:-1]
        assert without("#types input[value=bloc]") == ["t1", "t3", "t4", "t5", "t8", "t9"]
        assert without("#camps input[data-camp='2']") == ["t1", "t3", "t6", "t8", "t9"]  # Gamma alone is of camp 2
        slide = "([id, v]) => { const s = document.getElementById(id); s.value = v; s.dispatchEvent(new Event('input', {bubbles: true})); }"
        for name, value, expected, start in (
            ("weight", 1, ["t1"], 0), ("weight", 3, ["t1"], 0),
            ("pair", 2, ["t1", "t3"], 1), ("sure", 80, ["t1", "t3", "t6", "t8", "t9"], 0),
        ):  # fmt: skip
            page.evaluate(slide, [name, value])
            settle(page)
            assert shown_ids(page) == expected, name
            page.evaluate(slide, [name, start])
        page.select_option("#bloc", "XXX")
        settle(page)
        assert shown_ids(page) == ["t9"]  # at the date Alpha and Epsilon belong to it
        assert "ties among members of Xunion" in page.inner_text("#filters")
        page.select_option("#among", "0")
        settle(page)
        assert shown_ids(page) == ["t1", "t3", "t6", "t8", "t9"]
        set_year(page, 1975)
        page.select_option("#among", "1")
        settle(page)
        assert shown_ids(page) == ["t1", "t2", "t3"]  # then Alpha and Beta
        assert not o.errors


def test_regions_filter_states(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        unfold(o.page)
        o.page.uncheck("#regions input[value='Region one']")
        settle(o.page)
        assert counts(o.page)[:2] == (0, 0) and "without states of any region" in o.page.inner_text("#filters")


def test_lines_are_wider_with_weight_and_gaps_do_not_bind(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        look = "k => { const e = pactgraph.network.body.edges[k].options; return [e.width, e.dashes]; }"
        ids = [t["id"] for t in o.page.evaluate("pactgraph.snapshot().ties")]
        assert ids == ["t1", "t3", "t4", "t5", "t6", "t8", "t9"]
        width = {i: o.page.evaluate(look, int(i[1:]) - 1)[0] for i in ids}  # ties stand in the order of their ids
        dash = {i: o.page.evaluate(look, int(i[1:]) - 1)[1] for i in ids}
        assert width["t1"] == max(width.values()) > width["t3"] == min(width.values())
        assert dash["t9"] == list(style.NON_BINDING[style.SOLID]) and dash["t8"] is False
        assert dash["t5"] == list(style.DASHED)


def test_blocs_are_outlined_at_their_date(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        page = o.page
        unfold(page)
        page.uncheck("#outlines")
        page.check("#blocs input[value=XXX]")
        page.check("#blocs input[value=ZZZ]")
        settle(page)
        hulls = page.evaluate("pactgraph.hulls()")
        assert [(h["bloc"], h["members"]) for h in hulls] == [("XXX", ["AAA", "EEE"]), ("ZZZ", ["CCC", "DDD"])]
        assert {"XXX", "ZZZ"} <= {label["label"] for label in page.evaluate("pactgraph.labels()")}
        box = page.locator("#network canvas").bounding_box()
        for hull, (colour, _) in zip(hulls, style.BLOC_COLOURS, strict=False):
            member = page.evaluate("id => pactgraph.at(id)", hull["members"][0])
            assert seen_colours(chrome, page.screenshot(), [(box["x"] + member["x"], box["y"] + member["y"], colour)], reach=70)[0] >= 8
        set_year(page, 1975)
        assert [(h["bloc"], h["members"]) for h in page.evaluate("pactgraph.hulls()")] == [("XXX", ["AAA", "BBB"]), ("ZZZ", ["CCC", "DDD"])]
        page.uncheck("#blocs input[value=XXX]")
        assert [h["bloc"] for h in page.evaluate("pactgraph.hulls()")] == ["ZZZ"]
        page.click("#blocs button >> nth=0")
        assert page.inner_text("#panel h2") == "Xunion" and "2 members at 1975-12-31" in page.inner_text("#panel")


def test_states_keep_their_places_while_the_years_go_by(chrome: Any, real_page: Path) -> None:
    where = "['USA', 'FRA', 'CHN'].map(id => { const b = pactgraph.network.body.nodes; return pactgraph.at(id); })"
    with opened(chrome, real_page) as o:
        page = o.page
        before = page.evaluate(where)
        set_year(page, 1975)
        assert page.evaluate(where) == before and "place=2025" in page.url
        page.uncheck("#hold")
        settle(page)
        assert page.evaluate(where) != before
        assert all(h["apart"] for h in page.evaluate("pactgraph.hulls()"))


def test_play_goes_through_the_years_and_stops_at_the_last(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page, fragment="#year=2023") as o:
        o.page.click("#play")
        assert o.page.inner_text("#play") == "Pause"
        o.page.locator("#date", has_text="2025-06-30").wait_for()
        o.page.locator("#play", has_text="Play").wait_for()
        o.page.click("#undo")
        settle(o.page)
        assert counts(o.page)[3] == "2023-12-31"  # all of it is one step


def test_the_neighbourhood_of_a_state(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        page = o.page
        choose(page, "beta")
        page.click("#panel button >> text=Only its partners")
        settle(page)
        assert shown_ids(page) == ["t1", "t3", "t4"]
        assert {n["id"] for n in page.evaluate("pactgraph.snapshot().nodes")} == {"AAA", "BBB", "CCC"}
        page.click("#panel button >> text=Within 2 steps")
        settle(page)
        assert len(shown_ids(page)) == 7
        assert "only within two steps of Beta" in page.inner_text("#filters") and "near=BBB" in page.url
        page.click("#panel button >> text=Within 2 steps")
        settle(page)
        assert page.inner_text("#filters") == "none"


def test_the_shortest_path_over_the_ties_shown(chrome: Any, hand_page: Path) -> None:
    def steps(page: Any) -> list[str]:
        return [" ".join(t.split()) for t in page.locator("#panel .steps > li").all_inner_texts()]

    with opened(chrome, hand_page) as o:
        page = o.page
        unfold(page)
        page.fill("#path-from", "Gamma (CCC)")
        page.fill("#path-to", "delta")
        page.press("#path-to", "Enter")
        settle(page)
        # Gamma - Beta - Alpha - Epsilon - Delta; the sanctions of Gamma on Delta join nobody
        found = steps(page)
        assert len(found) == 4 and found[0].startswith("Gamma – Beta") and "Defence" in found[0] and found[3].startswith("Épsilon – Delta")
        assert "Treaty one" in found[1] and "treaty-3" in found[1]  # all ties of the step, with their instruments
        assert "4 steps" in page.inner_text("#panel") and "No other path is as short." in page.inner_text("#panel")
        page.check("#path-hostile")
        settle(page)
        assert [s.split(" Sanctions")[0] for s in steps(page)] == ["Gamma – Delta"]
        page.uncheck("#path-hostile")
        check_only(page, "DEFENCE")
        assert "do not join the two" in page.inner_text("#panel")
        page.click("#path-clear")
        assert page.inner_text("#panel h2") == "Reading this page"


def test_parallel_ties_are_counted(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        page = o.page
        choose(page, "beta")
        assert "×2" in {label["label"] for label in page.evaluate("pactgraph.labels()")}
        page.click("#panel button >> text=Defence, alliance >> nth=0")
        page.click("#panel button >> text=One of 2 ties shown between the two")
        assert page.inner_text("#panel h2") == "Alpha – Beta" and "2 ties shown" in page.inner_text("#panel")
        assert page.locator("#panel tr.tie").count() == 2
        unfold(page)
        page.select_option("#lines", "pair")
        settle(page)
        assert page.evaluate("pactgraph.drawn()") == {"nodes": 6, "ties": 5, "dependences": 0, "bundles": 1}
        assert page.evaluate("pactgraph.bundles()") == [2] and counts(page)[1] == 7


@pytest.mark.parametrize("fragment", ["", "#year=1975", "#group=camp", "#state=FRA"])
def test_no_label_lies_over_another(chrome: Any, real_page: Path, fragment: str) -> None:
    with opened(chrome, real_page, fragment=fragment) as o:
        boxes = [label["box"] for label in o.page.evaluate("pactgraph.labels()")]
        assert len(boxes) >= 5
        for i, a in enumerate(boxes):
            assert not any(a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1] for b in boxes[:i])


def test_undo_and_redo_go_back_and_forth(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        page = o.page
        assert page.locator("#undo").is_disabled()
        check_only(page, "DEFENCE")
        choose(page, "Beta")
        set_year(page, 1975)
        assert counts(page)[1:] == (3, 5, "1975-12-31")
        page.click("#undo")
        settle(page)
        assert counts(page)[1:] == (3, 7, "2025-06-30") and page.inner_text("#panel h2") == "Beta"
        page.click("#undo")
        page.keyboard.press("Control+z")
        settle(page)
        assert counts(page)[1:] == (7, 7, "2025-06-30") and page.inner_text("#panel h2") == "Reading this page"
        for _ in range(3):
            page.keyboard.press("Control+Shift+z")
        settle(page)
        assert counts(page)[1:] == (3, 5, "1975-12-31") and page.locator("#redo").is_disabled()


def test_the_keyboard_reaches_states_groups_and_help(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page, fragment="#group=camp") as o:
        page = o.page
        page.keyboard.press(".")
        first = page.inner_text("#panel h2")
        page.keyboard.press("Enter")  # opens the group
        settle(page)
        assert "open=" in page.url and first
        page.keyboard.press("?")
        assert page.locator("#help").is_visible() and "Ctrl+Z" in page.inner_text("#help")
        page.keyboard.press("Escape")
        assert page.locator("#help").is_hidden()


# ------------------------------------------------------------------------------------------------ details


def test_details_of_a_state(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        choose(o.page, "alpha")
        text = o.page.inner_text("#panel")
        assert "AAA · ISO AA · state · Region one" in text
        assert "Camp 1; certainty 1.00; camps of 2000-01-01." in text
        assert "4 ties shown at 2025-06-30" in text
        row = o.page.locator("#panel tr.tie", has_text="Treaty one").inner_text()
        for words in (
            "Beta",
            "mutual",
            "Defence, alliance",
            "defence, consultation",
            "1950-01-01 – in force",
            "synthetic-a, synthetic-flows",
        ):
            assert words in row
        assert "disputed" in o.page.locator("#panel tr.tie", has_text="treaty-3").inner_text()
        assert "1 tie not in force at 2025-06-30" in text
        o.page.click("#panel summary >> text=not in force")
        o.page.wait_for_selector("#panel details tr.tie")
        assert "1960-01-01 – 1990-01-01" in o.page.inner_text("#panel")
        for words in (
            "Natural gas",
            "22 %",
            "20 % – 24 %",
            "0.241–0.258",
            "0 (many small suppliers) to 1",
            "Gamma",
            "2024",
            "all named 93 %",
        ):
            assert words in text
        assert "Tin" not in text  # older than five years
        links = {a.get_attribute("href") for a in o.page.query_selector_all("#panel a")}
        assert links == {"https://example.org/treaties"}  # ftp stays text
        assert "ftp://example.org/flows" in text and "CC0-1.0" in text
        choose(o.page, "gamma")
        text = o.page.inner_text("#panel")
        assert "uncertain (< 0.8)" in text and "owes to" in text and "1970 – known to 2025" in text and "world output" in text
        choose(o.page, "delta")
        assert "No defence obligation in the loaded data; certainty not computed" in o.page.inner_text("#panel")
        choose(o.page, "former")
        assert "Does not exist at 2025-06-30." in o.page.inner_text("#panel")


def test_details_of_a_tie_and_of_a_dependence(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page, fragment="#tie=t4") as o:
        text = o.page.inner_text("#panel")
        assert o.page.inner_text("#panel h2") == "Gamma → Beta"
        assert "binding" in text and "0 of 3" in text
        for words in ("guarantee", "one-sided: obliged → protected", "1970 (counted from 1970-01-01) · dated", "known to 2025", "censored",
                      "2026-01-01", "t4", "Synthetic treaty list", "no, stated by a source"):  # fmt: skip
            assert words in text
        o.page.click("#panel .facts button >> text=Beta")
        o.page.click("#panel button >> text=Defence, alliance >> nth=0")
        text = o.page.inner_text("#panel")
        assert "Treaty of Alliance" in text and "mutual" in text and "treaty-1" in text
        evidence = [" ".join(t.split()) for t in o.page.locator("#panel table.evidence tbody tr").all_inner_texts()]
        assert evidence == ["the instrument Treaty of Alliance Article 5 synthetic-a", "the tie itself since 1950 p. 7 synthetic-b"]
        choose(o.page, "alpha")
        o.page.click("#panel button >> text=Natural gas")
        text = o.page.inner_text("#panel")
        for words in ("Alpha → Gamma", "22 % (20 % – 24 %)", "pipeline and LNG", "known to be the largest", "Synthetic flows"):
            assert words in text


def test_footer_states_origin(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        head = o.page.inner_text("header")
        for words in ("As of", "2025-06-30", "synthetic-b (2025)", "Filters", "none"):
            assert words in head
        unfold(o.page)
        o.page.wait_for_selector("#sources-list li")
        text = o.page.inner_text("#footer")
        for words in ("pactgraph view network --synthetic", "pactgraph 0.0 (test)", "Sources and licences (2)", "licence CC0-1.0",
                      "SYNTHETIC data: invented for tests", "Test Office (2025): Synthetic treaty list, 1.0.",
                      "MATCH (a)-[t]->(b) // <b>"):  # fmt: skip
            assert words in text, words


# ------------------------------------------------------------------------------------------------ saving


def test_save_json_is_what_is_shown(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        check_only(o.page, "DEFENCE")
        with o.page.expect_download() as download:
            o.page.click("#save-json")
        assert download.value.suggested_filename == "network-2025-06-30.json"
        saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
        assert [t["id"] for t in saved["ties"]] == ["t1", "t3", "t4"]
        original = by_hand().graph.edges["AAA", "BBB", "t1"]
        assert saved["ties"][0] == {k: original[k] for k in saved["ties"][0]}
        assert set(original) == set(saved["ties"][0]) | {"premises"}
        assert saved["filters"]["domains"] == ["DEFENCE"] and saved["date"] == saved["as_of"] == "2025-06-30"
        assert saved["counts"] == {"states": 5, "ties_shown": 3, "ties_in_force": 7, "ties_in_data": 9, "dependences_shown": 0}
        assert [s["id"] for s in saved["sources"]] == ["synthetic-a", "synthetic-flows"]
        assert next(n for n in saved["nodes"] if n["id"] == "CCC")["camp"] == 2


def test_save_png_is_the_picture_with_its_caption(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        box = o.page.locator("#network canvas").bounding_box()
        with o.page.expect_download() as download:
            o.page.click("#save-png")
        data = Path(download.value.path()).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        assert width == round(3 * box["width"]) and height > 3 * (box["height"] + 80)  # enough pixels for print
        a, c = o.page.evaluate("[pactgraph.at('CCC'), pactgraph.at('BBB')]")
        at = (3 * (a["x"] + c["x"]) / 2, 3 * ((a["y"] + c["y"]) / 2 + 50), style.DOMAINS["DEFENCE"].colour)
        assert seen_colours(chrome, data, [at])[0] >= 4
        again = o.page.locator("#network canvas").evaluate("c => [c.width, c.height]")
        assert again == [round(box["width"]), round(box["height"])]  # the screen is as before
        assert not o.errors


def test_save_csv_and_svg(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        check_only(o.page, "DEFENCE")
        with o.page.expect_download() as download:
            o.page.click("#save-csv")
        assert download.value.suggested_filename == "network-2025-06-30.csv"
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
        assert [(r["id"], r["start_name"], r["obligations"], r["weight"], r["shown_at"]) for r in rows] == [
            ("t1", "Alpha", "defence; consultation", "3", "2025-06-30"), ("t3", "Alpha", "", "0", "2025-06-30"),
            ("t4", "Gamma", "", "0", "2025-06-30"),
        ]  # fmt: skip
        with o.page.expect_download() as download:
            o.page.click("#save-svg")
        root = ElementTree.fromstring(Path(download.value.path()).read_text(encoding="utf-8"))
        texts = [e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text")]
        assert {"Alpha", "Camp 1", "SYNTHETIC network for tests", "Filters: only Defence"} <= set(texts)
        assert "Sources: synthetic-a, synthetic-flows." in texts
        colour = "rgb({},{},{})".format(*(int(style.DOMAINS["DEFENCE"].colour[k : k + 2], 16) for k in (1, 3, 5)))
        assert sum(e.get("stroke") == colour for e in root.iter("{http://www.w3.org/2000/svg}path")) == 3


def test_on_paper_the_picture_fills_the_sheet_and_sources_follow(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        o.page.emulate_media(media="print", color_scheme="dark")
        o.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert o.page.locator("#paper").is_visible() and o.page.locator("#controls").is_hidden()
        white, inked = o.page.locator("#paper").evaluate(
            "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let inked = 0;"
            " for (let k = 0; k < d.length; k += 4) if (d[k] + d[k + 1] + d[k + 2] < 600) inked += 1; return [d[0], inked]; }"
        )
        assert white == 255 and inked > 2000  # on light paper, whatever the screen has
        text = o.page.inner_text("body")
        assert "Test Office (2025): Synthetic treaty list" in text and "MATCH (a)-[t]->(b)" in text and "SYNTHETIC data" in text
        o.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert not o.errors


# ------------------------------------------------------------------------------------------------ for everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_no_violation(chrome: Any, hand_page: Path, scheme: str, width: int) -> None:
    package = pytest.importorskip("axe_playwright_python")
    axe = Path(package.__path__[0], "axe.min.js").read_text(encoding="utf-8")
    with opened(chrome, hand_page, width=width, fragment="#group=camp&hull=XXX") as o:
        o.page.emulate_media(color_scheme=scheme)
        unfold(o.page)
        o.page.context.new_cdp_session(o.page).send("Runtime.evaluate", {"expression": axe})
        for what in ("", "alpha", "path"):
            if what == "path":
                o.page.fill("#path-from", "Alpha (AAA)")
                o.page.fill("#path-to", "Delta (DDD)")
                o.page.press("#path-to", "Enter")
            elif what:
                choose(o.page, what)
                o.page.click("#panel tr.tie button >> nth=1")
            result = o.page.evaluate(
                "async () => (await axe.run(document,"
                " {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))"
                ".violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160), v.nodes[0].failureSummary.slice(0, 300)])"
            )
            assert result == [], what


def test_on_a_phone_the_picture_comes_first_and_nothing_is_cut_off(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page, width=390, height=844) as o:
        assert o.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = o.page.locator("#network canvas").bounding_box()
        assert box["x"] >= 0 and box["width"] == 390 and box["y"] < 420 and box["height"] > 340
        assert o.page.locator("#year").is_hidden()
        o.page.click("#controls summary >> nth=0")
        assert o.page.locator("#year").is_visible()


def test_every_word_of_the_script_stands_in_the_words() -> None:
    script = (ROOT / "viz" / "assets" / "network.js").read_text(encoding="utf-8")
    direct = set(re.findall(r'\bw\("(\w+)"', script))
    missing = {k for k in direct if k not in NETWORK and not any(n.startswith(k) for n in NETWORK if k.endswith("_"))}
    assert not missing
    for prefix in set(re.findall(r'count\([^"]*?"(\w+)"\)', script)):
        assert {f"{prefix}_1", f"{prefix}_n"} <= set(NETWORK), prefix


# ------------------------------------------------------------------------------------------------ safety

PROBES = list(TEXTS)
LONG = next(t for t in PROBES if t.startswith("very long"))


def test_hostile_text_stays_text(chrome: Any, tmp_path: Path) -> None:
    assert len(PROBES) >= 40
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    for p in PROBES:
        add_node(graph, p, p, iso2=p, region=p, kind=p)
    add_node(graph, "bloc " + PROBES[0], PROBES[0], label="Bloc", kind=PROBES[0])
    for n, p in enumerate(PROBES):
        add_tie(
            graph, f"{p}{n}", p, PROBES[n - 1], "DEFENCE" if n % 2 else p, kind=p, obligations=[p], instrument=p,
            instrument_title=p, official_label=p, rule=p, derived=True, since_edtf=p, until_edtf=p, until="2030-01-01",
            sources=[p, "missing" + p], premises=[p],
        )  # fmt: skip
    flow = {
        "good": "g", "stage": PROBES[0], "basis": PROBES[2], "from_year": 2024, "to_year": 2024, "share_lo": 0.1, "share": 0.5,
        "share_hi": 0.6, "value": float("nan"), "total": None, "unit": PROBES[3], "scope": PROBES[4], "named_largest": False,
        "disputed": True,
    }  # fmt: skip
    flows = [{**flow, "importer": p, "supplier": PROBES[n - 1], "good": p, "good_name": p, "sources": [p]} for n, p in enumerate(PROBES)]
    concentration = [
        {"importer": p, "good": p, "good_name": p, "stage": p, "basis": p, "from_year": 2024, "to_year": 2024, "hhi_lo": 0.1,
         "hhi_hi": float("inf"), "top_supplier": p, "cr1": 0.5, "named_share": None, "sources": [p]}
        for p in PROBES
    ]  # fmt: skip
    data = network_input(
        graph,
        camps={"2000-01-01": [{"state": p, "camp": n % 3, "certainty": float("nan")} for n, p in enumerate(PROBES)]},
        dependences=flows,
        concentration=concentration,
        sources={p: dict.fromkeys(("title", "publisher", "version", "url", "licence", "citation"), p) for p in PROBES},
        title=next(t for t in PROBES if t.startswith("</title>")),
        memberships=[{"state": p, "bloc": PROBES[n - 1], "since": "1990-01-01", "until": OPEN} for n, p in enumerate(PROBES)],
        blocs={p: {"name": p, "kind": p} for p in PROBES},
        evidence={p: {"what": p, "said": [{"source": p, "locator": p, "matched": p}]} for p in PROBES},
        queries=[{"title": p, "text": p, "params": p} for p in PROBES],
        filters=PROBES,
        command=" ".join(PROBES),
        version=PROBES[1],
        newest_source=PROBES[1],
        notes=PROBES,
    )
    file = write(tmp_path, data)
    with opened(chrome, file, fragment="#dep=1&group=none&hull=" + "%2C".join(quote(quote(p, safe=""), safe="") for p in PROBES[:4])) as o:
        page = o.page
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for group in ("region", "bloc", "camp", "none"):
            page.select_option("#group", group)
            settle(page)
        page.check("#blocs input >> nth=5")
        page.fill("#path-from", PROBES[0])
        page.fill("#path-to", PROBES[3])
        page.press("#path-to", "Enter")
        settle(page)
        assert page.locator("#panel .steps > li").count() >= 1
        page.keyboard.press("Escape")
        page.click("#camps button >> nth=0")
        for p in PROBES:
            page.fill("#search", p)
            page.press("#search", "Enter")
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            shown = page.evaluate("document.querySelector('#panel h2').textContent")
            if not re.search("[\x00\x07\ud800]", p):
                assert p.strip() in shown or shown in PROBES, shown
        for n in range(len(PROBES)):
            buttons = page.locator("#panel tr.tie button")
            if buttons.count():
                buttons.nth(min(n, buttons.count() - 1)).click()
        ids = page.evaluate("pactgraph.network.body.nodeIndices")
        assert len(ids) == len(PROBES)
        box = page.locator("#network canvas").bounding_box()
        for p in PROBES[:8]:
            at = page.evaluate("id => pactgraph.at(id)", p)
            page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
            page.wait_for_timeout(40)
        with page.expect_download() as download:
            page.click("#save-json")
        assert len(json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["ties"]) == len(PROBES)
        with page.expect_download():
            page.click("#save-png")
        for button in ("svg", "csv"):
            with page.expect_download() as download:
                page.click(f"#save-{button}")
            saved = Path(download.value.path()).read_text(encoding="utf-8")
            if button == "svg":
                tags = {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(saved).iter()}
                assert tags <= {"svg", "title", "desc", "path", "text", "g", "clipPath"}
                assert "href" not in re.sub(r">[^<]*<", "><", saved)
            else:
                assert len(list(csv.reader(io.StringIO(saved)))) == len(PROBES) + 1
        assert page.evaluate("window.__ran") is None
        assert not o.dialogs and not o.errors
        assert [r for r in o.requests if not r.startswith("blob:")] == [file.as_uri()]
        assert (
            page.evaluate("document.querySelectorAll('img, iframe, object, embed, form, base, body style, [onerror], [onclick]').length")
            == 0
        )
        assert page.evaluate("document.scripts.length") == 6
        assert page.evaluate("[...document.links].every(a => a.className === 'skip' || /^https?:$/.test(a.protocol))")
        # A long label must not shrink the picture to dots: nodes stay some pixels wide.
        page.click("#zoom-all")
        assert page.evaluate("pactgraph.network.getScale()") > 0.3
        choose(page, "very long")
        assert len(page.evaluate("document.querySelector('#panel h2').textContent")) == len(LONG)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_no_request_and_an_effective_policy(chrome: Any, real_page: Path) -> None:
    with opened(chrome, real_page) as o:
        set_year(o.page, 1990)
        choose(o.page, "france")
        o.page.check("#dependence")
        settle(o.page)
        assert o.requests == [real_page.as_uri()]
        policy = o.page.get_attribute("meta[http-equiv='Content-Security-Policy']", "content")
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert "unsafe-eval" not in policy and "'unsafe-inline'" not in policy.split("style-src")[0]
        o.page.evaluate(
            "(() => { const s = document.createElement('script'); s.textContent = 'window.__ran = 1'; document.body.append(s);"
            " const i = new Image(); i.src = 'https://attacker.invalid/a.png'; })()"
        )
        o.page.wait_for_timeout(200)
        assert o.page.evaluate("window.__ran") is None
        assert any("Content Security Policy" in e for e in o.errors)
    text = real_page.read_text(encoding="utf-8")
    outside = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?!data:,)[a-z/]""", outside)


# ------------------------------------------------------------------------------------------------ the file


def test_same_bytes_for_same_data_and_seed() -> None:
    first = network_page(realistic(), seed=3)
    assert network_page(realistic(), seed=3) == first
    data = realistic()
    rng = random.Random(5)
    nodes, edges = list(data.graph.nodes(data=True)), list(data.graph.edges(keys=True, data=True))
    rng.shuffle(nodes)
    rng.shuffle(edges)
    shuffled: nx.MultiGraph[Any] = nx.MultiGraph()
    for node, values in nodes:
        shuffled.add_node(node, **values)
    for u, v, key, values in edges:
        shuffled.add_edge(u, v, key=key, **values)
    fields = {k: getattr(data, k) for k in data.__dataclass_fields__ if k != "graph"}
    assert network_page(NetworkInput(graph=shuffled, **fields), seed=3) == first


def test_same_bytes_in_another_process_without_utf8() -> None:
    available = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    latin = next((name for name in available if "8859" in name.replace("-", "") or "ISO" in name.upper()), "C")
    program = (
        "import hashlib, locale, sys; from browser.support import realistic; from viz.network import network_page;"
        " print(locale.getpreferredencoding(False)); print(hashlib.sha256(network_page(realistic()).encode('utf-8')).hexdigest())"
    )
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))},
        "LC_ALL": latin,
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "12345",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
    }
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=120)
    encoding, digest = run.stdout.split()
    assert "utf" not in encoding.lower()
    assert digest == hashlib.sha256(network_page(realistic()).encode("utf-8")).hexdigest()


def test_size_of_the_file() -> None:
    fixed = len(network_page(network_input(nx.MultiGraph())).encode("utf-8"))
    assert fixed <= 700_000
    graph = realistic().graph
    ties_only = len(network_page(network_input(graph)).encode("utf-8"))
    assert (ties_only - fixed) / graph.number_of_edges() <= 350


def test_ties_beyond_the_limit_are_counted_and_said(chrome: Any, tmp_path: Path) -> None:
    with opened(chrome, write(tmp_path, by_hand(), max_ties=4)) as o:
        assert counts(o.page)[1:3] == (4, 7)  # in force at as_of are kept first
        assert "3 not in this file (limit 4)" in o.page.inner_text("#counts-more")
        assert "5 of 9 ties are not in this file (limit 4)" in o.page.inner_text("#footer")


def test_a_dense_graph_opens_in_groups_that_can_be_opened(chrome: Any, tmp_path: Path) -> None:
    data = large(800, 4000, camps=5)
    camp = {row["state"]: row["camp"] for row in data.camps["1990-01-01"]}
    pairs = [(camp[u], camp[v]) for u, v in data.graph.edges()]
    inside = {c: sum(a == b == c for a, b in pairs) for c in range(1, 6)}
    with opened(chrome, write(tmp_path, data)) as o:
        page = o.page
        assert counts(page)[1:3] == (4000, 4000)
        drawn = page.evaluate("pactgraph.drawn()")
        assert (drawn["nodes"], drawn["ties"]) == (5, 0) and drawn["bundles"] == len({frozenset(p) for p in pairs if p[0] != p[1]})
        groups = {g["key"]: g for g in page.evaluate("pactgraph.groups()")}
        assert {int(k.split()[1]): g["ties"] for k, g in groups.items()} == inside
        assert sum(page.evaluate("pactgraph.bundles()")) == 4000 - sum(inside.values())
        said = page.inner_text("#grouped-said")
        assert f"4000 ties are drawn as {drawn['bundles']} lines, and {sum(inside.values())} inside groups are not drawn" in said
        box = page.locator("#network canvas").bounding_box()
        first = groups["camp 1"]
        assert 0 < first["at"]["x"] < box["width"] and first["at"]["y"] > page.locator("#grouped").bounding_box()["height"]
        page.mouse.click(box["x"] + first["at"]["x"], box["y"] + first["at"]["y"])
        page.wait_for_function("document.querySelector('#panel h2').innerText === 'Camp 1'")
        assert f"160 members in one disc; {inside[1]} ties between them" in page.inner_text("#panel")
        page.click("#panel button >> text=Open this group")
        settle(page)
        drawn = page.evaluate("pactgraph.drawn()")
        assert drawn["nodes"] == 160 + 4
        within = {frozenset(e[:2]) for e in data.graph.edges() if camp[e[0]] == camp[e[1]] == 1}
        between = [frozenset(e) for e in data.graph.edges() if camp[e[0]] == camp[e[1]] == 1]
        alone = sum(between.count(p) == 1 for p in within)
        assert drawn["ties"] == alone  # a pair with several has one line with its number
        assert counts(page)[1] == 4000
        page.click("#undo")
        settle(page)
        assert page.evaluate("pactgraph.drawn().nodes") == 5
        choose(page, "S0007")  # stands by itself while it is selected
        assert page.evaluate("pactgraph.drawn().nodes") == 6 and page.evaluate("pactgraph.at('S0007')")
        page.keyboard.press("Escape")
        page.click("#ungroup")
        settle(page)
        assert page.evaluate("pactgraph.drawn()") == {"nodes": 800, "ties": 4000, "dependences": 0, "bundles": 0}
        check_only(page, "TRADE")
        assert counts(page)[1] == page.evaluate("pactgraph.drawn().ties") > 600
        assert not o.errors


def test_an_empty_graph_says_so(chrome: Any, tmp_path: Path) -> None:
    with opened(chrome, write(tmp_path, network_input(nx.MultiGraph()))) as o:
        assert counts(o.page) == (0, 0, 0, "2025-06-30")
        assert "No tie in the loaded data is in force" in o.page.inner_text("#empty")
        assert "no ties loaded" in o.page.inner_text("#domains")
        assert not o.errors


def test_unusable_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="not an ISO date"):
        network_page(network_input(nx.MultiGraph(), as_of="yesterday"))
    with pytest.raises(ValueError, match="negative"):
        network_page(network_input(nx.MultiGraph()), max_ties=-1)
