"""The network page as a reader sees it, in headless Chromium."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from viz import style
from viz.network import NetworkInput, network_page

from .support import add_node, add_tie, browser, large, network_input, opened, realistic, set_year, settle

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
            instrument_title="Treaty one", official_label="Treaty of Alliance", sources=["synthetic-a", "synthetic-flows"])  # fmt: skip
    add_tie(graph, "t2", "AAA", "BBB", "TRADE", since="1960-01-01", until="1990-01-01")
    add_tie(graph, "t3", "AAA", "BBB", "DEFENCE", kind="alliance", instrument="treaty-3", disputed=True)
    add_tie(graph, "t4", "CCC", "BBB", "DEFENCE", kind="guarantee", mutual=False, since="1970-01-01", since_edtf="1970",
            end_kind="censored", until="2026-01-01", until_edtf="2025")  # fmt: skip
    add_tie(graph, "t5", "CCC", "DDD", "SANCTIONS", sign=-1, mutual=False, since="2014-03-01")
    add_tie(graph, "t6", "AAA", "XXX", "TRADE", since="2000-01-01", derived=True, rule="hub of members")
    add_tie(graph, "t7", "DDD", "EEE", "TRADE", since="1950-01-01", until="1975-12-31")
    add_tie(graph, "t8", "DDD", "EEE", "TRADE", since="1975-12-31")
    add_tie(graph, "t9", "AAA", "EEE", "TRADE", since="2025-06-30")
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
    return network_input(graph, camps=camps, dependences=flows, concentration=concentration)


@pytest.fixture(scope="module")
def hand_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("hand"), by_hand())


def counts(page: Any) -> tuple[int, int, int, str]:
    """Return (states, ties shown, ties in force, date) as printed in the header."""
    match = re.fullmatch(r"(\d+) states, (\d+) of (\d+) ties shown, at (\d{4}-\d\d-\d\d)", page.inner_text("#counts").strip())
    assert match, page.inner_text("#counts")
    return int(match[1]), int(match[2]), int(match[3]), match[4]


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
        assert o.page.evaluate("pactgraph.drawn()") == {"nodes": 6, "ties": 7, "dependences": 0}
        set_year(o.page, 1975)
        assert counts(o.page) == (6, 5, 5, "1975-12-31")  # Former still exists, the bloc has no tie yet
        assert o.page.evaluate("pactgraph.drawn()") == {"nodes": 6, "ties": 5, "dependences": 0}
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
        o.page.click("#panel summary")
        o.page.wait_for_selector("#panel details tr.tie")
        assert "1960-01-01 – 1990-01-01" in o.page.inner_text("#panel details")
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
        for words in ("guarantee", "one-sided: obliged → protected", "1970 (counted from 1970-01-01) · dated", "known to 2025", "censored",
                      "2026-01-01", "t4", "Synthetic treaty list", "no, stated by a source"):  # fmt: skip
            assert words in text
        o.page.click("#panel .facts button >> text=Beta")
        o.page.click("#panel button >> text=Defence, alliance >> nth=0")
        text = o.page.inner_text("#panel")
        assert "Treaty of Alliance" in text and "mutual" in text and "treaty-1" in text
        choose(o.page, "alpha")
        o.page.click("#panel button >> text=Natural gas")
        text = o.page.inner_text("#panel")
        for words in ("Alpha → Gamma", "22 % (20 % – 24 %)", "pipeline and LNG", "known to be the largest", "Synthetic flows"):
            assert words in text


def test_footer_states_origin(chrome: Any, hand_page: Path) -> None:
    with opened(chrome, hand_page) as o:
        o.page.click("#footer summary >> text=Sources used (2)")
        text = o.page.inner_text("#footer")
        for words in ("pactgraph view network --synthetic", "as of 2025-06-30", "newest source: synthetic-b (2025)", "pactgraph 0.0 (test)",
                      "SYNTHETIC data: invented for tests", "Test Office (2025): Synthetic treaty list, 1.0."):  # fmt: skip
            assert words in text


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
        assert set(original) == set(saved["ties"][0])
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


# ------------------------------------------------------------------------------------------------ safety

ATTACK = "window.__ran=(window.__ran||0)+1"
PROBES = [
    f"<script>{ATTACK}</script>",
    f"</script><script>{ATTACK}</script>",
    f"--><script>{ATTACK}</script><!--",
    f"<img src=x onerror={ATTACK}>",
    f"<svg onload={ATTACK}>",
    f'"><b onmouseover="{ATTACK}">href</b>',
    f"<a href=\"javascript:{ATTACK}\">href</a>",
    f"javascript:{ATTACK}",
    f"JaVaScRiPt:{ATTACK}",
    f"data:text/html,<script>{ATTACK}</script>",
    f"' onclick='{ATTACK}",
    '" autofocus onfocus="' + ATTACK,
    "https://attacker.invalid/picture.png",
    "//attacker.invalid/x.js",
    "{{ 7*7 }}{% for x in range(9) %}{{ config }}{% endfor %}",
    "${" + ATTACK + "}",
    "\u2028" + ATTACK + "\u2029//",
    "\\u003cscript\\u003e" + ATTACK + "\\u003c/script\\u003e",
    "]]><iframe src=https://attacker.invalid></iframe>",
    "<style>*{display:none}</style>",
    "<!--",
    "<script><!--<script>",
    "</title></style></textarea><script>" + ATTACK + "</script>",
    "url(https://attacker.invalid/a.png)",
    "nul\x00 lone\ud800 bell\x07 rtl\u202eevil",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "very long " + "W" * 5000,
    "&lt;script&gt;&#x22;&quot;",
]  # fmt: skip


def test_hostile_text_stays_text(chrome: Any, tmp_path: Path) -> None:
    assert len(PROBES) >= 20
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    for p in PROBES:
        add_node(graph, p, p, iso2=p, region=p, kind=p)
    add_node(graph, "bloc " + PROBES[0], PROBES[0], label="Bloc", kind=PROBES[0])
    for n, p in enumerate(PROBES):
        add_tie(
            graph, f"{p}{n}", p, PROBES[n - 1], "DEFENCE" if n % 2 else p, kind=p, obligations=[p], instrument=p,
            instrument_title=p, official_label=p, rule=p, derived=True, since_edtf=p, until_edtf=p, until="2030-01-01",
            sources=[p, "missing" + p],
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
        title=PROBES[22],
        command=" ".join(PROBES),
        version=PROBES[1],
        newest_source=PROBES[1],
        notes=PROBES,
    )
    file = write(tmp_path, data)
    with opened(chrome, file, fragment="#dep=1") as o:
        page = o.page
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
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
        assert page.evaluate("window.__ran") is None
        assert not o.dialogs and not o.errors
        assert [r for r in o.requests if not r.startswith("blob:")] == [file.as_uri()]
        assert (
            page.evaluate("document.querySelectorAll('img, iframe, object, embed, form, base, body style, [onerror], [onclick]').length")
            == 0
        )
        assert page.evaluate("document.scripts.length") == 6
        assert page.evaluate("[...document.links].every(a => /^https?:$/.test(a.protocol))")
        # A long label must not shrink the picture to dots: nodes stay some pixels wide.
        page.click("#zoom-all")
        assert page.evaluate("pactgraph.network.getScale()") > 0.3
        choose(page, "very long")
        assert len(page.evaluate("document.querySelector('#panel h2').textContent")) == len(PROBES[28])
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


def test_large_input_opens_lean(chrome: Any, tmp_path: Path) -> None:
    with opened(chrome, write(tmp_path, large(800, 4000, camps=5))) as o:
        assert counts(o.page)[1:3] == (4000, 4000)
        assert o.page.evaluate("pactgraph.drawn().ties") == 4000
        check_only(o.page, "TRADE")
        assert counts(o.page)[1] == o.page.evaluate("pactgraph.drawn().ties") > 600
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
