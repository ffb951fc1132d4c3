"""The pages of a state or pair and of dependence, as a reader sees them in headless Chromium. All data here are SYNTHETIC."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from viz import charts, page
from viz.dependency import DependencyInput, dependency_page
from viz.dossier import DossierInput, dossier_page
from viz.question import QuestionInput, question_page
from viz.report import PLACES, ReportInput, report_page
from viz.site import SiteInput, index_page

from . import reports
from .hostile import TEXTS
from .support import OPEN, SOURCES, browser, opened, settle

pytestmark = pytest.mark.browser
AS_OF = "2025-06-30"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as instance:
        yield instance


def tie(domain: str, other: str, name: str, since: str, until: str = OPEN, **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "domain": domain,
        "other": other,
        "name": name,
        "kind": "cooperation",
        "label": "",
        "obligations": [],
        "obliged": "",
        "mutual": True,
        "start": "AAA",
        "instrument": f"{domain}-{other}-{since}",
        "title": f"Treaty of {since[:4]} with {name}",
        "binding": True,
        "since": since,
        "until": until,
        "since_text": since,
        "until_text": "open" if until == OPEN else until,
        "end_kind": "open" if until == OPEN else "dated",
        "in_force": since <= AS_OF < until,
        "disputed": False,
        "fact": f"{domain}|{other}|{since}",
        "sources": ["synthetic-a"],
    }
    return row | values


def member(bloc: str, since: str, until: str = OPEN, **values: Any) -> dict[str, Any]:
    return (
        tie("MEMBER", bloc, bloc, since, until)
        | {"bloc": bloc, "name": f"{bloc} organisation", "kind": "alliance", "role": "full", "suspended": False}
        | values
    )


def flow(importer: str, suppliers: list[tuple[str, float]], **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "importer": importer,
        "importer_name": f"State {importer}",
        "good": "Natural gas",
        "answer": f"hhi:{importer}:natural-gas",
        "stage": "product",
        "basis": "energy",
        "from_year": 2024,
        "to_year": 2024,
        "scope": "pipeline and LNG",
        "hhi_lo": 0.41,
        "hhi_hi": 0.45,
        "named_share": sum(s for _, s in suppliers),
        "disputed": False,
        "sources": ["synthetic-flows"],
        "suppliers": [{"id": i, "name": f"State {i}", "share": s} for i, s in suppliers],
    }
    return row | values


QUERY = {"title": "Ties", "text": "MATCH (x) RETURN x // <b>", "params": "id = 'AAA'"}
COMMON: dict[str, Any] = {
    "sources": SOURCES,
    "queries": [QUERY],
    "as_of": AS_OF,
    "newest_source": "Synthetic (2025)",
    "version": "pactgraph 0.0 (test)",
    "command": "pactgraph view show AAA",
    "notes": ["SYNTHETIC data: invented for tests, not to be quoted."],
}


def pair() -> DossierInput:
    """Alpha and Beta: four ties in force (two with a duty of defence), two ended; by hand."""
    ties = [
        tie(
            "DEFENCE",
            "BBB",
            "Beta",
            "1955-01-01",
            kind="alliance",
            obligations=["defence"],
            obliged="both",
            sources=["synthetic-a", "synthetic-b"],
        ),
        tie("DEFENCE", "BBB", "Beta", "1990-01-01", kind="basing", obligations=["defence"], obliged="it", mutual=False, disputed=True),
        tie("TRADE", "BBB", "Beta", "2001-01-01"),
        tie("TRADE", "BBB", "Beta", "1960-01-01", "1980-01-01"),
        tie("ENERGY", "BBB", "Beta", "2010-01-01", kind="strategic_partnership", label="strategic partnership", binding=False),
        tie("SANCTIONS", "BBB", "Beta", "2000-01-01", "2003-01-01", mutual=False, kind="trade", instrument="", title=None, start="BBB"),
    ]
    return DossierInput(
        subjects=[
            {"id": "AAA", "name": "Alpha", "spells": "independent from 1900"},
            {"id": "BBB", "name": "Beta", "spells": "independent from 1910"},
        ],
        ties=ties,
        memberships={
            "AAA": [member("PACT", "1955-01-01"), member("FORUM", "1970-01-01", "1999-01-01")],
            "BBB": [member("PACT", "1960-01-01")],
        },
        through=[
            tie("SANCTIONS", "UNION", "The Union", "2014-01-01", kind="trade", mutual=False, start="UNION")
            | {"via": "UNION", "via_name": "The Union", "member": "AAA", "outside": "BBB"}
        ],
        imports=[flow("AAA", [("BBB", 0.4)]), flow("BBB", [("AAA", 0.06)], good="Crude oil", hhi_lo=None, hhi_hi=None)],
        exports=[],
        claims=[
            {
                "fact": "event|x|signed|1",
                "what": "Treaty of 1990: signed",
                "property": "date_edtf",
                "affects": 1,
                "said": [
                    {"value": "1989-12-31", "sources": ["synthetic-b"], "locator": "p. 3"},
                    {"value": "1990-01-01", "sources": ["synthetic-a"], "locator": ""},
                ],
            }
        ],
        title="Alpha and Beta",
        **COMMON,
    )


def state() -> DossierInput:
    """Alpha alone: one treaty with 20 partners, of whom 2 left, and 20 more treaties so that a section is folded."""
    many = [
        tie(
            "DEFENCE",
            f"S{n:02}",
            f"State {n:02}",
            "1949-01-01",
            "1966-01-01" if n < 2 else OPEN,
            instrument="pact",
            title="The Pact",
            kind="alliance",
            obligations=["defence"],
            obliged="both",
        )
        for n in range(20)
    ]
    trade = [tie("TRADE", f"S{n:02}", f"State {n:02}", f"{1980 + n}-01-01") for n in range(20)]
    return DossierInput(
        subjects=[{"id": "AAA", "name": "Alpha", "spells": "independent from 1900"}],
        ties=[*many, *trade],
        memberships={"AAA": [member("PACT", "1949-01-01")]},
        through=[],
        imports=[flow("AAA", [("S03", 0.5), ("S04", 0.2)])],
        exports=[flow("S05", [("AAA", 0.3)])] * 10,
        claims=[],
        title="Alpha",
        **COMMON,
    )


def supply(importer: str, good: str, shares: list[tuple[str, float, str]], **values: Any) -> dict[str, Any]:
    row = flow(importer, [], good=good, good_name=good.capitalize(), is_bloc=False, named_share=sum(s for _, s, _ in shares))
    suppliers = [
        {
            "id": i,
            "name": f"State {i}",
            "share": s,
            "standing": k,
            "reasons": [f"{k}: {importer} – {i}"] * (k != "neither"),
            "sources": ["synthetic-a"] * (k != "neither"),
        }
        for i, s, k in shares
    ]
    return row | {"suppliers": suppliers} | values


def dependency() -> DependencyInput:
    """Gas to three states and a bloc, tin to one state, world output of two goods."""
    return DependencyInput(
        flows=[
            supply("AAA", "gas", [("RRR", 0.55, "rival"), ("NNN", 0.3, "ally")], hhi_lo=0.4, hhi_hi=0.41),
            supply("BBB", "gas", [("NNN", 0.4, "neither"), ("RRR", 0.2, "both")], hhi_lo=0.2, hhi_hi=0.6),
            supply("CCC", "gas", [("RRR", 0.9, "neither")], hhi_lo=0.81, hhi_hi=0.82),
            supply("UNI", "gas", [("RRR", 0.7, "rival")], hhi_lo=0.5, hhi_hi=0.58, is_bloc=True),
            supply("AAA", "tin", [("TTT", 0.1, "neither")], hhi_lo=0.01, hhi_hi=0.82),
        ],
        world=[
            supply("WORLD", "cobalt", [("KKK", 0.7, "neither")], hhi_lo=0.5, hhi_hi=0.53),
            supply("WORLD", "tin", [("TTT", 0.3, "neither")], hhi_lo=0.1, hhi_hi=0.2),
        ],
        changes=[
            {
                "importer": "AAA",
                "importer_name": "State AAA",
                "good": "gas",
                "good_name": "Gas",
                "stage": "product",
                "basis": "energy",
                "scope": "",
                "before": "2020",
                "after": "2024",
                "hhi_before": (0.3, 0.31),
                "hhi_after": (0.4, 0.41),
                "sources": ["synthetic-flows"],
                "suppliers": [
                    {"name": "State RRR", "before": 0.35, "after": 0.55},
                    {"name": "State NNN", "before": 0.5, "after": 0.3},
                    {"name": "State QQQ", "before": 0.1, "after": None},
                ],
            }
        ],
        title="Who depends on whom for what",
        **COMMON,
    )


def report() -> ReportInput:
    return reports.of_state(pair_alone(), list(dependency().flows), COMMON)


def pair_alone() -> DossierInput:
    """What is known of Alpha alone, of the pair's data."""
    whole = pair()
    return dataclasses.replace(whole, subjects=whole.subjects[:1], memberships={"AAA": whole.memberships["AAA"]}, through=[])


def bloc() -> ReportInput:
    members = [member("PACT", "1955-01-01") | {"name": n, "suspended": n == "Gamma"} for n in ("Alpha", "Beta", "Gamma")]
    return reports.of_bloc(members, list(dependency().flows), COMMON)


def question() -> QuestionInput:
    return reports.of_question(COMMON)


PAGES = {
    "pair": lambda: dossier_page(pair()),
    "state": lambda: dossier_page(state()),
    "dependency": lambda: dependency_page(dependency()),
    "report": lambda: report_page(report()),
    "bloc": lambda: report_page(bloc()),
    "question": lambda: question_page(question()),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, make in PAGES.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(make(), encoding="utf-8")
    return found


def cells(page: Any, selector: str) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator(selector).all_inner_texts()]


# ------------------------------------------------------------------------------------------------ every page


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 640)])
def test_opens_without_a_request_and_fits_the_width(chrome: Any, files: dict[str, Path], name: str, width: int, height: int) -> None:
    with opened(chrome, files[name], width=width, height=height) as o:
        assert o.requests == [files[name].as_uri()] and o.errors == [] and o.dialogs == []
        assert o.page.evaluate("document.documentElement.scrollWidth") <= width  # WCAG 1.4.10: no sideways scrolling but of wide tables
        box = o.page.locator("#findings li >> nth=0").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] > 10


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_no_violation(chrome: Any, files: dict[str, Path], name: str, scheme: str, width: int) -> None:
    package = pytest.importorskip("axe_playwright_python")
    axe = Path(package.__path__[0], "axe.min.js").read_text(encoding="utf-8")
    with opened(chrome, files[name], width=width) as o:
        o.page.emulate_media(color_scheme=scheme)
        o.page.click("#open")
        # by the developer's protocol, since the page's policy lets no script of others in
        o.page.context.new_cdp_session(o.page).send("Runtime.evaluate", {"expression": axe})
        result = o.page.evaluate(
            "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))"
            ".violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160), v.nodes[0].failureSummary.slice(0, 300)])"
        )
        assert result == []


@pytest.mark.parametrize("name", PAGES)
def test_says_what_it_shows(chrome: Any, files: dict[str, Path], name: str) -> None:
    with opened(chrome, files[name]) as o:
        text = o.page.inner_text("body")
        for wanted in (
            AS_OF,
            "Synthetic (2025)",
            "Filters",
            "pactgraph 0.0 (test)",
            "pactgraph view show AAA",
            "SYNTHETIC data",
            "CC0-1.0",
        ):
            assert wanted in text, wanted
        assert o.page.title() == o.page.inner_text("h1")
        o.page.click("#open")
        assert "MATCH (x) RETURN x // <b>" in o.page.inner_text("#cypher pre")
        links = o.page.eval_on_selector_all("#sources a", "all => all.map(a => a.href)")
        assert links and all(link.startswith(("https://example.org/", "http://example.org/")) for link in links)  # ftp: is printed, no link
        for number in o.page.eval_on_selector_all(".refs a", "all => all.map(a => a.getAttribute('href').slice(1))"):
            assert o.page.locator(f"#{number}").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_keyboard(chrome: Any, files: dict[str, Path], name: str) -> None:
    with opened(chrome, files[name]) as o:
        o.page.keyboard.press("Tab")
        assert o.page.evaluate("document.activeElement.className") == "skip"
        assert o.page.locator(".skip").bounding_box()["x"] >= 0
        o.page.keyboard.press("Enter")
        o.page.keyboard.press("/")
        assert o.page.evaluate("document.activeElement.id") == "find"
        o.page.evaluate("window.stayed = 1")
        o.page.keyboard.type("zzzz")
        o.page.keyboard.press("Enter")
        assert o.page.evaluate("window.stayed") == 1 and o.page.inner_text("#shown") == "No row has this text."
        o.page.keyboard.press("Escape")
        assert "of" in o.page.inner_text("#shown")
        summary = o.page.locator("#cypher summary")
        summary.focus()
        o.page.keyboard.press("Enter")
        assert o.page.locator("#cypher pre").is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_reads_without_its_script(chrome: Any, files: dict[str, Path], name: str) -> None:
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files[name].as_uri())
    assert page.locator("#findings li").count() >= (1 if name == "question" else 3) and page.locator("#tools").is_hidden()
    assert page.locator("table tbody tr").count() >= 5
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_prints_whole(chrome: Any, files: dict[str, Path], name: str) -> None:
    with opened(chrome, files[name], width=695) as o:
        o.page.emulate_media(media="print")
        assert o.page.locator("#tools").is_hidden()
        hidden = (
            "Array.from(document.querySelectorAll('main tbody tr')).filter(r => !r.getClientRects().length || !r.checkVisibility()).length"
        )
        assert o.page.evaluate(hidden) == 0  # folded rows are printed
        assert o.page.evaluate("document.documentElement.scrollWidth") <= 695
        assert o.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("name", PAGES)
def test_same_bytes_in_any_locale(files: dict[str, Path], name: str) -> None:
    code = f"import sys; from tests.browser.test_document_pages import PAGES; sys.stdout.buffer.write(PAGES[{name!r}]().encode())"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=root,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "7", "PYTHONPATH": str(root)},
    )
    assert done.stdout.decode("utf-8") == files[name].read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------ a pair, a state


def test_the_pair_by_hand(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["pair"]) as o:
        page = o.page
        findings = " ".join(cells(page, "#findings li"))
        assert "4 ties in 3 domains join Alpha and Beta, under 4 instruments; 2 ended before." in findings
        assert "Alpha and Beta are bound to defend each other." in findings
        assert "1 strategic partnership in force: close work in many fields, and no duty to assist." in findings
        assert "State AAA got 40% of its natural gas from State BBB (2024, by energy content)." in findings
        assert "1 sanction or dispute in force: sanctions (trade) by the Union against Beta." in findings
        assert cells(page, "#overview tbody tr") == ["Defence 2 2", "Trade 1 2", "Energy 1 1", "Sanctions 0 1"]
        assert page.locator("#obligations tbody tr").count() == 2
        assert cells(page, "#memberships h3") == ["Blocs that both belong to (1)", "Blocs that one of them belongs to (1)"]
        assert page.locator("#claims tbody li").count() == 2 and "sources disagree" in page.inner_text("#ties")
        assert page.locator("#ties tbody tr").count() == 6
        page.check("#only")
        assert page.locator("#ties tbody tr:visible").count() == 4
        page.fill("#find", "treaty of 2001")
        assert page.locator("#ties tbody tr:visible").count() == 1
        assert page.inner_text("#shown").startswith("1 of ")
        fragment = "#" + page.url.split("#", 1)[1]
    with opened(chrome, files["pair"], fragment=fragment) as o:
        assert o.page.inner_text("#shown").startswith("1 of ") and o.page.is_checked("#only")
        o.page.click("#reset")
        assert o.page.locator("#ties tbody tr:visible").count() == 6 and "=" not in o.page.url


def test_bars_stand_where_their_dates_are(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["pair"]) as o:
        # The axis runs from 1955-01-01 to 2025-06-30, 25,748 days; 1960-01-01 is day 1,826 (7.09 %), 1980-01-01 day 9,131 (35.46 %).
        row = o.page.locator("#ties tbody tr", has_text="Treaty of 1960")
        track, bar = row.locator(".track").bounding_box(), row.locator(".track b").bounding_box()
        assert (bar["x"] - track["x"]) / track["width"] == pytest.approx(0.0709, abs=0.004)
        assert (bar["x"] + bar["width"] - track["x"]) / track["width"] == pytest.approx(0.3546, abs=0.004)


def test_a_state_with_many_partners(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["state"]) as o:
        page = o.page
        findings = " ".join(cells(page, "#findings li"))
        assert (
            "Alpha has 38 ties in force in 2 domains, with 20 states, blocs and other actors, under 21 instruments; 2 ended before."
            in findings
        )
        assert "Alpha and 18 other states are bound to defend each other" in findings
        assert page.locator("#ties tbody tr:visible").count() == 1  # trade, with 20 rows, is folded
        assert "18 of 20 partners" in page.inner_text("#ties")
        page.fill("#find", "treaty of 1985")
        assert page.locator("#ties tbody tr:visible").count() == 1 and "Treaty of 1985" in page.inner_text("#ties")
        page.click("#reset")
        page.click("#open")
        assert page.locator("#ties tbody tr:visible").count() == 21
        assert page.locator("#dependence tbody tr:visible").count() == 11


# ------------------------------------------------------------------------------------------------ dependence


def test_dependency_by_hand(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["dependency"]) as o:
        page = o.page
        findings = " ".join(cells(page, "#findings li"))
        # of states: CCC is above .4 for certain; AAA's .40-.41, BBB's .20-.60 and tin's .01-.82 reach over it; the bloc is not counted
        assert "4 supplies of 3 states measured: 1 with an HHI above .40, 0 below, 3 not decided by the suppliers named." in findings
        assert (
            "2 pairs of state and supplier with a sanction or dispute in force between them; the largest share: State AAA got 55%"
            in findings
        )
        assert "Largest change: State RRR from 35% (2020) to 55% (2024)" in findings
        names = cells(page, "#matrix tbody th[scope=row]")
        assert [n.split(" 2024")[0] for n in names] == ["State CCC", "State AAA", "State BBB", "State UNI"]  # the bloc apart, last
        assert cells(page, "#matrix tr.sub") == ["States", "Blocs, apart from their members"]
        assert cells(page, "#matrix thead th") == ["Importer", "HHI (0–1)", "State RRR", "State NNN", "Named", "Source"]
        first = page.locator("#matrix tbody tr", has_text="State AAA").locator("td.cell")
        assert [re.sub(r"\s+", " ", t.strip()) for t in first.all_text_contents()] == ["R rival55%", "A ally30%"]
        assert cells(page, "#change tbody td.num") == ["35%", "55%", "+20", "50%", "30%", "−20", "10%", "not named", ""]
        assert [n.split()[0] for n in cells(page, "#world tbody th")] == ["Cobalt", "Tin"]
        page.select_option("#good", "tin")
        assert page.locator("#matrix .heat").is_hidden() and page.locator("#ranked tbody tr:visible").count() == 1
        assert cells(page, "#world tbody tr:visible th")[0].startswith("Tin")
        page.select_option("#good", "")
        page.select_option("#least", "0.3")
        assert page.locator("#matrix td.faint").count() == 1  # 20 % of BBB from RRR


def test_darker_cells_are_larger_shares(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["dependency"]) as o:
        light = o.page.eval_on_selector_all(
            "#matrix td[data-share]",
            "all => all.map(c => [Number(c.dataset.share),"
            " getComputedStyle(c).backgroundColor.match(/\\d+/g).reduce((s, v) => s + Number(v), 0)])",
        )
        assert [c for _, c in sorted(light)] == sorted((c for _, c in light), reverse=True) and len(light) == 6


def test_flows_are_drawn_as_they_are_given(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["dependency"]) as o:
        page = o.page
        # Gas: 5 shares of three states, 1 of a bloc, each importer with a rest; tin, of one importer, 1 share and a rest.
        assert page.locator("#matrix [data-chart] svg").count() == 2 and page.locator("#ranked [data-chart] svg").count() == 1
        flow = """g > path[fill-opacity="0.55"], g > path[fill-opacity="0.4"]"""
        links = f"all => all.map(s => s.querySelectorAll('{flow}').length)"
        assert page.eval_on_selector_all("[data-chart] svg", links) == [5 + 3, 1 + 1, 1 + 1]
        drawn = "all => all.map(s => Array.from(s.querySelectorAll('text')).map(t => t.textContent))"
        states, bloc, _ = page.eval_on_selector_all("[data-chart] svg", drawn)
        # What is not named is a node of its own for each importer, and never one supplier of several.
        importers = [f"State {s}, 2024" for s in ("AAA", "BBB", "CCC")]
        assert sorted(states) == sorted(["State RRR", "State NNN", *importers, *["not named"] * 3])
        assert {"R 70%", "30%", "State UNI, 2024"} <= set(bloc)
        height = "all => all.map(p => p.getBoundingClientRect().height)"
        small, large = sorted(page.locator("[data-chart] >> nth=1").locator(flow).evaluate_all(height))
        assert large > 1.8 * small  # .7 named, .3 not; both boxes hold the curve's rise
        assert page.locator("[data-chart] pattern").count() > 0  # a rival differs by pattern, not by colour alone
        page.select_option("#good", "tin")
        assert page.locator("#matrix [data-chart] >> nth=0").is_hidden()


def test_charts_fit_print_and_follow_the_scheme(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["dependency"], width=390) as o:
        page = o.page
        wide = "Math.max(...Array.from(document.querySelectorAll('[data-chart] svg')).map(s => s.getBoundingClientRect().width))"
        ink = "document.querySelector('[data-chart] text').getAttribute('fill')"
        assert 300 < page.evaluate(wide) <= 390
        light = page.evaluate(ink)
        page.emulate_media(color_scheme="dark")
        settle(page)
        assert page.evaluate(ink) != light
        page.set_viewport_size({"width": 1000, "height": 800})
        settle(page)
        assert page.evaluate(wide) > 800
        page.emulate_media(media="print", color_scheme="light")
        settle(page)
        assert page.evaluate(wide) <= 690 and page.evaluate(ink) == "#000"


# ------------------------------------------------------------------------------------------------ reports


def test_the_report_by_hand(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["report"]) as o:
        page = o.page
        said = [re.sub(r"\s+", " ", text) for text in page.locator("#findings li").all_inner_texts()]
        told = " ".join(said)
        for text in (
            "By obligations of defence Alpha is in one camp with 2 other states: Beta and Gamma (certainty 95%).",
            "Between Pole One and Pole Two, Alpha is a cross-domain hedge, by 4 instruments in force; leaving out treaty-x would change",
            "Without Rho, Alpha would lose 55% of its natural gas (2024).",
            "Without Beta, which has 100% of its defenders' military expenditure (2012), Alpha would have 0 left of 1 defender.",
        ):
            assert text in told, text
        doubts = cells(page, "#findings .doubt code")
        assert len(doubts) == len(said) and all(d.startswith("pactgraph explain ") and d.endswith("--as-of 2025-06-30") for d in doubts)
        assert "pactgraph explain camp:AAA --as-of 2025-06-30" in doubts
        # A line for each partner and domain (1 + 3 + 1), and one for the two partners at odds.
        assert page.locator("#excerpt svg > g > path[fill='none']").count() == 6
        assert cells(page, "#excerpt tbody th")[0] == "Rho" and "obligation of defence" in cells(page, "#excerpt tbody th")[1]
        assert {"Alpha", "Beta", "Rho", "The Union"} <= set(page.locator("#excerpt svg text").all_text_contents())
        assert page.locator("#exposure tbody tr:visible").count() == 3  # gas and tin, and gas of the bloc apart
        drawn = page.locator("#plane svg text").all_text_contents()
        assert "Alpha" in drawn and "2" in drawn  # Beta and Gamma stand at one place, and are counted
        assert cells(page, "#plane tbody tr:visible th") == ["Alpha"] and page.locator("#plane tbody tr").count() == 5
        assert cells(page, "#grid tbody tr:visible td") == ["0", "1", "1", "1", "0", "1"]
        page.click("#open")
        assert [c.split()[0] for c in cells(page, "#camps tbody th")] == ["1955-12-31", "2025-06-30"]
        assert "55%" in page.inner_text("#scenario") and "1 → 0" in page.inner_text("#scenario")
        assert page.locator("#claims tbody li").count() == 2


def test_the_map_is_drawn_with_every_class(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["report"]) as o:
        page = o.page
        page.locator("#map").scroll_into_view_if_needed()
        areas = page.locator("#map svg path[fill]").evaluate_all("all => all.map(p => p.getAttribute('fill'))")
        assert len(areas) > 200  # every state, as one path or more
        for key in ("self", "ally", "rival", "partner", "tied"):
            assert PLACES[key]["colour"] in areas, key
        assert page.locator("#map svg pattern").count() >= 2
        texts = cells(page, "#map .places li")
        assert len(texts) == 6 and "Alpha (1) Alpha" in texts
        assert "Not on the map: Gone" in page.inner_text("#map")  # the Soviet Union has no outline today
        assert "no statement on a dispute" in page.inner_text("#map")


def test_a_bloc_and_its_members_stay_apart(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["bloc"]) as o:
        page = o.page
        told = " ".join(cells(page, "#findings li"))
        assert "The Union has 2 full members and 1 in other roles or suspended." in told.replace("the Union has", "The Union has")
        assert "Its founding The Pact obliges its members to defence, consultation." in told
        assert "No instrument in the loaded data binds" not in told
        assert "Of its members' own recorded supplies, 4 supplies of 3 states: 1 with an HHI above .40." in told
        assert "1 of its 2 full members are in one camp by obligations of defence; 1 in none." in told
        assert page.locator("#members tbody tr").count() == 3 and "suspended" in page.inner_text("#members")
        assert cells(page, "#exposure summary b") == ["State AAA", "State BBB", "State CCC"]
        assert page.locator("#exposure > .wide tbody tr").count() == 1
        assert cells(page, "#camps .legend li") == ["Members", "in one common camp", "in no camp"]
        assert page.locator("#camps svg path[fill='none'][stroke-width='2.5']").count() == 3
        assert "none" in cells(page, "#scenario tbody td")


def test_a_question_has_its_rows(chrome: Any, files: dict[str, Path]) -> None:
    with opened(chrome, files["question"]) as o:
        page = o.page
        assert page.locator(".answer").count() == 3 and page.locator(".answer tbody tr").count() == 41
        assert "40 of 90 rows" in page.inner_text(".answer >> nth=0") and "1950-12-31" in page.inner_text(".answer >> nth=0")
        assert "No row" in page.inner_text(".answer >> nth=1")
        assert "pactgraph explain query:membership/members -p bloc=X" in page.inner_text(".answer >> nth=0")
        page.fill("#find", "state 39")
        assert page.locator(".answer tbody tr:visible").count() == 1  # opens the folded rows


def index(tmp_path: Path, **values: Any) -> Path:
    (tmp_path / "show-AAA.html").write_text("<title>Alpha</title>", encoding="utf-8")
    states = [{"id": "AAA", "name": "Álpha", "ties": 3, "pages": [("dossier", "show-AAA.html"), ("report", "report-AAA.html")]},
              {"id": "BBB", "name": "Beta", "ties": 1, "pages": [("dossier", "show-BBB.html")]}]  # fmt: skip
    blocs = [{"id": "UNI", "name": "The Union", "ties": None, "pages": [("report", "bloc-UNI.html")]}]
    asked = [{"id": "7", "name": "Who is bound?", "ties": None, "pages": [("report", "question-07.html")]}]
    given: dict[str, Any] = {"states": states, "blocs": blocs, "questions": asked, "title": "All pages", **COMMON} | values
    file = tmp_path / "index.html"
    file.write_text(index_page(SiteInput(network="network.html", dependency="dependency.html", **given)), encoding="utf-8")
    return file


def test_the_index_links_and_finds(chrome: Any, tmp_path: Path) -> None:
    package = pytest.importorskip("axe_playwright_python")
    axe = Path(package.__path__[0], "axe.min.js").read_text(encoding="utf-8")
    with opened(chrome, index(tmp_path), width=390) as o:
        page = o.page
        assert o.requests == [(tmp_path / "index.html").as_uri()] and o.errors == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": axe})
        assert page.evaluate("async () => (await axe.run(document)).violations.map(v => v.id)") == []
        page.fill("#find", "alpha")
        assert cells(page, "tbody tr:visible th") == ["Álpha AAA"]
        page.click("tbody tr:visible a >> nth=0")
        assert page.title() == "Alpha" and page.url == (tmp_path / "show-AAA.html").as_uri()
    with opened(chrome, index(tmp_path, states=[{"id": t, "name": t, "ties": 1, "pages": []} for t in TEXTS], title=TEXTS[0])) as o:
        assert o.errors == [] and o.dialogs == [] and o.page.evaluate("window.__ran || 0") == 0
        assert o.page.locator("main script, main img, main svg, main iframe, main style").count() == 0


def test_the_library_and_the_outlines_are_what_their_build_made() -> None:
    folder = Path(page.__file__).parent / "assets"
    for line in (folder / "source" / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        digest, name = line.split()
        file = folder / name
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest and file.stat().st_size < 2**20, name
    library = page.asset("echarts.min.js")
    assert "Apache License, Version 2.0" in library[:900] and "new Function" not in library and "eval(" not in library
    assert {"DEU", "IND", "USA", "SGP"} <= charts.drawn_states()


# ------------------------------------------------------------------------------------------------ safety


def poisoned(value: Any, texts: Iterator[str], keep: frozenset[str]) -> Any:
    """The same data with every text replaced, but for what the store itself makes: ISO days, and closed lists of words."""
    if isinstance(value, dict):
        return {k: v if k in keep else poisoned(v, texts, keep) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [poisoned(v, texts, keep) for v in value]
    return next(texts) if isinstance(value, str) else value


KEPT = frozenset({"since", "until", "obliged", "standing"})
KEPT_OF_REPORTS = KEPT | {"date", "arrow", "label"}
"""Closed words besides: of a report's partners the label (State, Bloc, Actor), of its losses the role (see below)."""


def poisoned_report(data: ReportInput, texts: Iterator[str]) -> ReportInput:
    changed: dict[str, Any] = {}
    named = ("partners", "supplies", "of_blocs", "of_members", "plane", "grid", "camps", "members", "duties", "poles", "notes", "queries")
    for name in named:
        changed[name] = poisoned(getattr(data, name), texts, KEPT_OF_REPORTS)
    changed["losses"] = [poisoned(r, texts, KEPT_OF_REPORTS | {"role"}) for r in data.losses]
    ids = [p["id"] for p in changed["partners"]]
    changed["at_odds"] = [(ids[0], ids[-1])]
    changed["marked"] = [changed["plane"][0]["id"]]
    changed["subject"] = poisoned(data.subject, texts, frozenset({"kind"}))
    changed["places"] = {next(texts): place for place in PLACES} | {"DEU": "ally"}
    changed["names"] = {id_: next(texts) for id_ in changed["places"]}
    changed["axes"] = tuple(sorted({r[k] for r in changed["grid"]}) for k in ("scope", "thickness"))
    if data.dossier:
        ties = [poisoned(t, texts, KEPT) for t in data.dossier.ties]
        subject = {"id": next(texts), "name": next(texts), "spells": next(texts)}
        claims = poisoned(data.dossier.claims, texts, KEPT)
        own = poisoned(data.dossier.memberships["AAA"], texts, KEPT)
        imports = poisoned(data.dossier.imports, texts, KEPT)
        changed["dossier"] = dataclasses.replace(
            data.dossier, subjects=[subject], ties=ties, claims=claims, memberships={subject["id"]: own}, imports=imports
        )
    return dataclasses.replace(data, **changed)


@pytest.mark.parametrize("start", range(0, len(TEXTS), 11))
@pytest.mark.parametrize("make", [pair, state, dependency])
def test_hostile_text_stays_text(chrome: Any, tmp_path: Path, make: Any, start: int) -> None:
    """Every text of the data is a hostile one, another in each field and in each round."""
    assert len(TEXTS) >= 40
    data = make()
    title = TEXTS[start]
    texts = itertools.cycle(TEXTS[start:] + TEXTS[:start])
    fields = {f.name: getattr(data, f.name) for f in dataclasses.fields(data)}
    changed = {k: poisoned(v, texts, KEPT) for k, v in fields.items() if k not in ("as_of", "sources", "memberships", "subjects", "title")}
    if "subjects" in fields:
        changed["subjects"] = [{"id": f"{next(texts)}{n}", "name": next(texts), "spells": next(texts)} for n, _ in enumerate(data.subjects)]
        rows = list(data.memberships.values())
        changed["memberships"] = {s["id"]: poisoned(r, texts, KEPT) for s, r in zip(changed["subjects"], rows, strict=True)}
    changed["sources"] = {t: dict.fromkeys(("title", "publisher", "version", "url", "licence", "citation"), t) for t in TEXTS}
    render = dependency_page if isinstance(data, DependencyInput) else dossier_page
    _inert(chrome, tmp_path, title, render(dataclasses.replace(data, **changed, title=title)))


@pytest.mark.parametrize("start", range(0, len(TEXTS), 11))
@pytest.mark.parametrize("make", [report, bloc, question])
def test_hostile_text_stays_text_in_reports(chrome: Any, tmp_path: Path, make: Any, start: int) -> None:
    data = make()
    title = TEXTS[start]
    texts = itertools.cycle(TEXTS[start:] + TEXTS[:start])
    sources = {t: dict.fromkeys(("title", "publisher", "version", "url", "licence", "citation"), t) for t in TEXTS}
    if isinstance(data, ReportInput):
        text = report_page(dataclasses.replace(poisoned_report(data, texts), sources=sources, title=title))
    else:
        answers = poisoned(data.answers, texts, KEPT)
        more = {"theme": next(texts), "told": next(texts), "names": {"DEU": next(texts), "TUV": next(texts)}}
        text = question_page(dataclasses.replace(data, answers=answers, sources=sources, title=title, **more))
    _inert(chrome, tmp_path, title, text)


def _inert(chrome: Any, tmp_path: Path, title: str, text: str) -> None:
    """Nothing of the page runs, asks or becomes markup."""
    file = tmp_path / "hostile.html"
    file.write_text(text, encoding="utf-8")
    with opened(chrome, file, width=900) as o:
        page = o.page
        page.click("#open")
        assert o.requests == [file.as_uri()] and o.errors == [] and o.dialogs == []
        assert page.evaluate("window.__ran || 0") == 0
        inside = (
            "main script, img, image, iframe, object, embed, video, base, form, main style, main link, math, plaintext,"
            " body :not([data-chart] > div) > svg"
        )
        assert page.locator(inside).count() == 0
        own = "Array.from(document.querySelectorAll('*')).every(e => Array.from(e.attributes).every(a => !a.name.startsWith('on')))"
        assert page.evaluate(own)
        assert page.eval_on_selector_all("a", "all => all.every(a => /^(#|https?:\\/\\/)/.test(a.getAttribute('href')))")
        assert page.eval_on_selector_all("[style]", "all => all.every(e => !/url|expression|fixed/.test(e.getAttribute('style')))")
        if title.isprintable():
            assert page.inner_text("h1").strip() == re.sub(r"\s+", " ", title).strip()
