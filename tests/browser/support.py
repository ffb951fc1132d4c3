"""Headless Chromium for page tests, and a synthetic input.

The input is SYNTHETIC: it follows well-known structure (who was in which alliance when), but its instruments, flows,
certainties and sources are invented for tests. Nothing here may be quoted or loaded as data.
"""

from __future__ import annotations

import base64
import itertools
import os
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from viz.network import NetworkInput

OPEN = "9999-12-31"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Return the path of a Chromium; without one fail in CI, else skip with the reason."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    reason = "no Chromium on PATH: page tests need one"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a headless Chromium driven by playwright."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), timeout=60_000)
        try:
            yield instance
        finally:
            instance.close()


class Opened:
    """An opened page with what it asked for and complained about."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []


@contextmanager
def opened(instance: Any, file: Path, *, width: int = 1400, height: int = 860, fragment: str = "") -> Iterator[Opened]:
    """Open a file in a fresh context; wait until the network is drawn."""
    context = instance.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    context.set_default_timeout(20_000)
    page = context.new_page()
    result = Opened(page)
    page.on("request", lambda request: result.requests.append(request.url))
    page.on("pageerror", lambda error: result.errors.append(str(error)))
    page.on("console", lambda m: result.errors.append(m.text) if m.type in ("error", "warning") else None)

    def dismissed(dialog: Any) -> None:
        result.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    try:
        page.goto(file.as_uri() + fragment)
        page.wait_for_function("document.documentElement.dataset.ready === '1'")
        settle(page)
        yield result
    finally:
        context.close()


def seen_in(chrome: Any, png: bytes, colours: Sequence[str]) -> list[int]:
    """Count the pixels of exactly each colour (``#rrggbb``) in a screenshot."""
    context = chrome.new_context()
    try:
        counted: list[int] = context.new_page().evaluate(
            """async ([data, colours]) => {
              const image = new Image(); image.src = data; await image.decode();
              const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
              const ctx = canvas.getContext('2d'); ctx.drawImage(image, 0, 0);
              const d = ctx.getImageData(0, 0, image.width, image.height).data, found = new Map(colours.map(c => [c, 0]));
              for (let k = 0; k < d.length; k += 4) {
                const colour = '#' + [d[k], d[k + 1], d[k + 2]].map(v => v.toString(16).padStart(2, '0')).join('');
                if (found.has(colour)) found.set(colour, found.get(colour) + 1);
              }
              return colours.map(c => found.get(c));
            }""",
            ["data:image/png;base64," + base64.b64encode(png).decode("ascii"), list(colours)],
        )
    finally:
        context.close()
    return counted


def settle(page: Any) -> None:
    """Wait until what was asked for is drawn: positions moved (350 ms) and two frames."""
    page.wait_for_timeout(450)
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


def set_year(page: Any, year: int) -> None:
    """Move the year slider as a reader does and wait for the picture."""
    page.evaluate(
        "y => { const s = document.getElementById('year'); s.value = y; s.dispatchEvent(new Event('input', {bubbles: true})); }",
        year,
    )
    settle(page)


# ------------------------------------------------------------------------------------------------ small graphs


def add_tie(graph: nx.MultiGraph[Any], key: str, start: str, end: str, domain: str, **values: Any) -> None:
    """Add a tie with the attributes of the snapshot contract; ``values`` override the plain ones."""
    attributes: dict[str, Any] = {
        "id": key,
        "domain": domain,
        "kind": "agreement",
        "obligations": [],
        "mutual": True,
        "start": start,
        "end": end,
        "sign": 1,
        "binding": True,
        "instrument": "",
        "instrument_title": "",
        "official_label": "",
        "derived": False,
        "rule": "",
        "since": "1950-01-01",
        "until": OPEN,
        "start_kind": "dated",
        "end_kind": "open",
        "since_edtf": "",
        "until_edtf": "",
        "disputed": False,
        "sources": ["synthetic-a"],
    }
    attributes.update(values)
    if attributes["until"] != OPEN and "end_kind" not in values:
        attributes["end_kind"] = "dated"
    graph.add_edge(start, end, key=key, **attributes)


def add_node(graph: nx.MultiGraph[Any], key: str, name: str, **values: Any) -> None:
    """Add a node with the attributes of the snapshot contract."""
    attributes: dict[str, Any] = {
        "name": name,
        "label": "State",
        "kind": "state",
        "iso2": "",
        "region": "",
        "spells": [],
    }
    attributes.update(values)
    graph.add_node(key, **attributes)


def network_input(graph: nx.MultiGraph[Any], **values: Any) -> NetworkInput:
    """Return a page input around a graph; ``values`` override the plain ones."""
    fields: dict[str, Any] = {
        "camps": {},
        "dependences": [],
        "concentration": [],
        "sources": SOURCES,
        "as_of": "2025-06-30",
        "newest_source": "synthetic-b (2025)",
        "version": "pactgraph 0.0 (test)",
        "title": "SYNTHETIC network for tests",
        "command": "pactgraph view network --synthetic",
        "notes": ["SYNTHETIC data: invented for tests, not to be quoted."],
    }
    fields.update(values)
    return NetworkInput(graph=graph, **fields)


SOURCES: dict[str, dict[str, str]] = {
    "synthetic-a": {
        "title": "Synthetic treaty list",
        "publisher": "Test Office",
        "version": "1.0",
        "url": "https://example.org/treaties",
        "licence": "CC0-1.0",
        "citation": "Test Office (2025): Synthetic treaty list, 1.0.",
    },
    "synthetic-b": {
        "title": "Synthetic memberships",
        "publisher": "Test Office",
        "version": "2025",
        "url": "http://example.org/members",
        "licence": "CC0-1.0",
        "citation": "",
    },
    "synthetic-flows": {
        "title": "Synthetic flows",
        "publisher": "Test Office",
        "version": "2024",
        "url": "ftp://example.org/flows",
        "licence": "CC0-1.0",
        "citation": "Test Office (2024): Synthetic flows.",
    },
}

# ------------------------------------------------------------------------------------------------ realistic input

STATES = """
USA US United States|CAN CA Canada|GBR GB United Kingdom|FRA FR France|DEU DE Germany|ITA IT Italy|ESP ES Spain
PRT PT Portugal|NLD NL Netherlands|BEL BE Belgium|LUX LU Luxembourg|DNK DK Denmark|NOR NO Norway|ISL IS Iceland
GRC GR Greece|TUR TR Türkiye|POL PL Poland|CZE CZ Czechia|SVK SK Slovakia|HUN HU Hungary|ROU RO Romania
BGR BG Bulgaria|EST EE Estonia|LVA LV Latvia|LTU LT Lithuania|SVN SI Slovenia|HRV HR Croatia|ALB AL Albania
MNE ME Montenegro|MKD MK North Macedonia|FIN FI Finland|SWE SE Sweden|AUT AT Austria|CHE CH Switzerland|IRL IE Ireland
SUN SU Soviet Union|DDR DD German Democratic Republic|CSK CS Czechoslovakia|YUG YU Yugoslavia|RUS RU Russia|BLR BY Belarus
ARM AM Armenia|KAZ KZ Kazakhstan|KGZ KG Kyrgyzstan|TJK TJ Tajikistan|UKR UA Ukraine|GEO GE Georgia|AZE AZ Azerbaijan
CHN CN China|PRK KP North Korea|KOR KR South Korea|JPN JP Japan|PHL PH Philippines|AUS AU Australia|NZL NZ New Zealand
IND IN India|PAK PK Pakistan|IRN IR Iran|ISR IL Israel|SAU SA Saudi Arabia|ARE AE United Arab Emirates|QAT QA Qatar
KWT KW Kuwait|BHR BH Bahrain|OMN OM Oman|EGY EG Egypt|BRA BR Brazil|ARG AR Argentina|CHL CL Chile|COL CO Colombia
PER PE Peru|MEX MX Mexico|URY UY Uruguay|PRY PY Paraguay|ZAF ZA South Africa|IDN ID Indonesia
"""
SPELLS = {
    "SUN": ["1922-12-30/1991-12-26"], "DDR": ["1949-10-07/1990-10-03"], "CSK": ["1918-10-28/1993-01-01"],
    "YUG": ["1918-12-01/1992-04-27"], "CZE": ["1993-01-01/9999-12-31"], "SVK": ["1993-01-01/9999-12-31"],
    "RUS": ["1991-12-26/9999-12-31"], "BLR": ["1991-08-25/9999-12-31"], "ARM": ["1991-09-21/9999-12-31"],
    "KAZ": ["1991-12-16/9999-12-31"], "KGZ": ["1991-08-31/9999-12-31"], "TJK": ["1991-09-09/9999-12-31"],
    "UKR": ["1991-08-24/9999-12-31"], "GEO": ["1991-04-09/9999-12-31"], "AZE": ["1991-10-18/9999-12-31"],
    "SVN": ["1991-06-25/9999-12-31"], "HRV": ["1991-06-25/9999-12-31"], "MKD": ["1991-11-20/9999-12-31"],
    "MNE": ["2006-06-03/9999-12-31"], "EST": ["1918-02-24/1940-08-06", "1991-08-20/9999-12-31"],
    "LVA": ["1918-11-18/1940-08-05", "1991-08-21/9999-12-31"],
    "LTU": ["1918-02-16/1940-08-03", "1990-03-11/9999-12-31"],
    "BHR": ["1971-08-15/9999-12-31"], "QAT": ["1971-09-03/9999-12-31"], "ARE": ["1971-12-02/9999-12-31"],
    "KWT": ["1961-06-19/9999-12-31"],
}  # fmt: skip
NATO = {
    "1949-08-24": "BEL CAN DNK FRA ISL ITA LUX NLD NOR PRT GBR USA", "1952-02-18": "GRC TUR", "1955-05-06": "DEU",
    "1982-05-30": "ESP", "1999-03-12": "CZE HUN POL", "2004-03-29": "BGR EST LVA LTU ROU SVK SVN",
    "2009-04-01": "ALB HRV", "2017-06-05": "MNE", "2020-03-27": "MKD", "2023-04-04": "FIN", "2024-03-07": "SWE",
}  # fmt: skip
EU = {
    "1958-01-01": "BEL DEU FRA ITA LUX NLD", "1973-01-01": "DNK GBR IRL", "1981-01-01": "GRC", "1986-01-01": "ESP PRT",
    "1995-01-01": "AUT FIN SWE", "2004-05-01": "CZE EST HUN LVA LTU POL SVK SVN", "2007-01-01": "BGR ROU",
    "2013-07-01": "HRV",
}  # fmt: skip
WARSAW = ["ALB", "BGR", "CSK", "DDR", "HUN", "POL", "ROU", "SUN"]
CSTO = ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]
RIO = ["ARG", "BRA", "CHL", "COL", "PER", "PRY", "URY", "USA"]
GULF = ["ARE", "BHR", "KWT", "OMN", "QAT", "SAU"]


def _joined(table: Mapping[str, str]) -> dict[str, str]:
    return {state: day for day, states in table.items() for state in states.split()}


def _clique(
    graph: nx.MultiGraph[Any],
    name: str,
    title: str,
    joined: Mapping[str, str],
    *,
    left: Mapping[str, str] | None = None,
    source: str = "synthetic-b",
) -> None:
    left = left or {}
    for a, b in itertools.combinations(sorted(joined), 2):
        add_tie(
            graph, f"tie|{name}|{a}|{b}|DEFENCE|alliance|1", a, b, "DEFENCE",
            kind="alliance", obligations=["defence"], instrument=name, instrument_title=title,
            derived=True, rule="each pair of parties while both are party", since=max(joined[a], joined[b]),
            until=min(left.get(a, OPEN), left.get(b, OPEN)), sources=[source],
        )  # fmt: skip


def realistic() -> NetworkInput:
    """Return the synthetic input of realistic size and structure: 76 nodes, about 1,000 ties, 1948 to 2025."""
    rng = random.Random(7)
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    names = {}
    for entry in STATES.replace("\n", "|").split("|"):
        if entry:
            iso3, iso2, name = entry.split(" ", 2)
            names[iso3] = name
            add_node(graph, iso3, name, iso2=iso2, spells=SPELLS.get(iso3, ["1900-01-01/9999-12-31"]))
    for bloc, name, kind in (
        ("NATO", "North Atlantic Treaty Organization", "alliance"), ("EU", "European Union", "union"),
        ("WPACT", "Warsaw Pact", "alliance"), ("CSTO", "Collective Security Treaty Organization", "alliance"),
        ("GCC", "Gulf Cooperation Council", "organisation"), ("BRICS", "BRICS", "forum"),
    ):  # fmt: skip
        add_node(graph, bloc, name, label="Bloc", kind=kind)

    nato, eu = _joined(NATO), _joined(EU)
    _clique(graph, "north-atlantic-treaty", "North Atlantic Treaty", nato)
    _clique(
        graph, "warsaw-pact", "Treaty of Friendship, Cooperation and Mutual Assistance (Warsaw)",
        dict.fromkeys(WARSAW, "1955-06-06"),
        left={"ALB": "1968-09-13", "DDR": "1990-09-24", **dict.fromkeys(["BGR", "CSK", "HUN", "POL", "ROU", "SUN"], "1991-07-01")},
    )  # fmt: skip
    _clique(graph, "collective-security-treaty", "Collective Security Treaty", dict.fromkeys(CSTO, "1994-04-20"))
    _clique(
        graph, "rio-treaty", "Inter-American Treaty of Reciprocal Assistance", dict.fromkeys(RIO, "1948-12-03"),
        left={"PER": "1990-01-01"},
    )  # fmt: skip
    _clique(graph, "gulf-joint-defence", "Joint Defence Agreement (Gulf)", dict.fromkeys(GULF, "2000-12-31"))
    bilateral: Sequence[tuple[str, str, str, str, bool, list[str]]] = (
        ("USA", "JPN", "1952-04-28", OPEN, False, ["defence"]), ("USA", "KOR", "1954-11-17", OPEN, True, ["defence"]),
        ("USA", "PHL", "1952-08-27", OPEN, True, ["defence"]), ("AUS", "USA", "1952-04-29", OPEN, True, ["defence"]),
        ("AUS", "NZL", "1952-04-29", OPEN, True, ["defence"]), ("NZL", "USA", "1952-04-29", "1986-08-11", True, ["defence"]),
        ("CHN", "SUN", "1950-04-11", "1980-04-11", True, ["defence"]), ("CHN", "PRK", "1961-09-10", OPEN, True, ["defence"]),
        ("PRK", "SUN", "1961-07-06", "1991-12-26", True, ["defence"]), ("PRK", "RUS", "2024-12-04", OPEN, True, ["defence"]),
        ("IND", "SUN", "1971-08-18", "1991-12-26", True, ["consultation", "nonaggression"]),
        ("CHN", "PAK", "2005-04-05", OPEN, True, ["consultation"]), ("GBR", "PRT", "1900-01-01", OPEN, True, ["defence"]),
        ("AZE", "TUR", "2010-12-21", OPEN, True, ["defence"]), ("PAK", "SAU", "1982-12-14", OPEN, True, ["consultation"]),
        ("USA", "BHR", "2023-09-13", OPEN, True, ["consultation"]), ("EGY", "SUN", "1971-07-01", "1976-03-15", True, ["consultation"]),
    )  # fmt: skip
    for n, (a, b, since, until, mutual, obligations) in enumerate(bilateral):
        add_tie(
            graph, f"tie|bilateral-{n}|{a}|{b}|DEFENCE|alliance|1", a, b, "DEFENCE", kind="alliance",
            obligations=obligations, mutual=mutual, since=since, until=until, disputed=n in (3, 11),
            instrument=f"bilateral-{n}", instrument_title=f"{names[a]}–{names[b]} treaty (synthetic)",
            since_edtf="1971-07" if n == 16 else "", sources=["synthetic-a", "synthetic-b"] if n % 3 else ["synthetic-a"],
        )  # fmt: skip
    for state, day in eu.items():
        until = "2020-02-01" if state == "GBR" else OPEN
        add_tie(
            graph, f"tie|eu-customs|{state}|EU|TRADE|customs_union|1", "EU", state, "TRADE", kind="customs_union",
            instrument="eu-treaties", instrument_title="Treaties of the European Union", derived=True, rule="hub",
            since=day, until=until, sources=["synthetic-b"],
        )  # fmt: skip
    for state, day in nato.items():
        add_tie(
            graph, f"tie|nato-command|{state}|NATO|DEFENCE|command|1", "NATO", state, "DEFENCE", kind="integrated_command",
            instrument="north-atlantic-treaty", instrument_title="North Atlantic Treaty", derived=True, rule="hub",
            since=max(day, "1950-12-19"), sources=["synthetic-b"],
        )  # fmt: skip
    for state in GULF:
        add_tie(graph, f"tie|gcc|{state}|GCC|TRADE|customs_union|1", "GCC", state, "TRADE", since="2003-01-01")
    for state in ("BRA", "RUS", "IND", "CHN", "ZAF"):
        add_tie(graph, f"tie|brics|{state}|BRICS|DIPLOMACY|forum|1", "BRICS", state, "DIPLOMACY", kind="forum",
                since="2011-04-14" if state == "ZAF" else "2009-06-16")  # fmt: skip
    for state in WARSAW:
        add_tie(graph, f"tie|wpact|{state}|WPACT|DEFENCE|command|1", "WPACT", state, "DEFENCE", kind="joint_command",
                since="1956-01-28", until={"ALB": "1968-09-13", "DDR": "1990-09-24"}.get(state, "1991-02-25"))  # fmt: skip

    live = [s for s in names if s not in ("SUN", "DDR", "CSK", "YUG")]
    plan = (("TRADE", "free_trade", 110), ("TECHNOLOGY", "joint_programme", 60), ("ENERGY", "supply", 40),
            ("FINANCE", "swap_line", 30), ("DIPLOMACY", "strategic_partnership", 80), ("CULTURE", "exchange", 25),
            ("DEVELOPMENT", "aid", 35))  # fmt: skip
    big = ["USA", "CHN", "DEU", "JPN", "FRA", "GBR", "IND", "BRA", "KOR", "SAU", "TUR", "RUS"]
    for domain, kind, count in plan:
        for n in range(count):
            a, b = rng.choice(big), rng.choice(live)
            if a == b:
                continue
            since = f"{rng.randint(1993, 2024)}-{rng.randint(1, 12):02d}-01"
            mutual = domain != "DEVELOPMENT"
            add_tie(graph, f"tie|{kind}-{n}|{a}|{b}|{domain}|{kind}|1", a, b, domain, kind=kind, mutual=mutual,
                    since=since, instrument=f"{kind}-{n}", instrument_title=f"{names[a]}–{names[b]} {kind} (synthetic)",
                    since_edtf=since[:4] if n % 9 == 0 else "", sources=["synthetic-a"])  # fmt: skip
    measures = (
        ("USA", "IRN", "1979-11-14"), ("EU", "RUS", "2014-03-17"), ("USA", "RUS", "2014-03-06"), ("USA", "PRK", "1950-06-28"),
        ("JPN", "RUS", "2014-08-05"), ("EU", "BLR", "2004-09-24"), ("GBR", "RUS", "2020-12-31"), ("EU", "IRN", "2010-07-26"),
        ("CAN", "RUS", "2014-03-17"),
    )  # fmt: skip
    for n, (a, b, since) in enumerate(measures):
        add_tie(graph, f"tie|sanctions-{n}|{a}|{b}|SANCTIONS|measures|1", a, b, "SANCTIONS", kind="measures", mutual=False,
                sign=-1, since=since, instrument=f"sanctions-{n}", instrument_title="Restrictive measures (synthetic)")  # fmt: skip
    disputes = (
        ("CHN", "IND", "1959-01-01"), ("GRC", "TUR", "1973-11-01"), ("JPN", "RUS", "1991-12-26"),
        ("CHN", "PHL", "1995-02-08"), ("ARM", "AZE", "1991-10-18"), ("RUS", "UKR", "2014-02-20"),
    )  # fmt: skip
    for n, (a, b, since) in enumerate(disputes):
        add_tie(graph, f"tie|dispute-{n}|{a}|{b}|DISPUTE|territorial|1", a, b, "DISPUTE", kind="territorial", sign=-1, since=since)

    camps: dict[str, list[dict[str, object]]] = {}
    for day in ("1950-01-01", "1956-01-01", "1975-01-01", "1992-01-01", "2005-01-01", "2025-01-01"):
        groups: dict[str, int | None] = {}
        for state in names:
            spells = SPELLS.get(state, ["1900-01-01/9999-12-31"])
            if not any(s.split("/")[0] <= day < s.split("/")[1] for s in spells):
                continue
            camp: int | None = None
            if nato.get(state, OPEN) <= day or (state in ("JPN", "KOR", "PHL", "AUS", "NZL") and day >= "1956"):
                camp = 1
            elif state in RIO:
                camp = 3
            elif (state in WARSAW or state in ("PRK", "CHN")) and "1956-01-01" <= day < "1991":
                camp = 2 if state != "ALB" or day < "1968" else None
            elif state in CSTO and day >= "1994":
                camp = 2
            elif state in ("CHN", "PRK") and day >= "1991":
                camp = 5
            elif state in GULF and day >= "2001":
                camp = 4
            groups[state] = camp
        camps[day] = [
            {"state": s, "camp": c,
             "certainty": None if c is None else (0.62 if s in ("TUR", "NZL", "ARM", "ROU") else round(rng.uniform(0.82, 1), 3))}
            for s, c in groups.items()
        ]  # fmt: skip

    flows: list[dict[str, object]] = []
    concentration: list[dict[str, object]] = []
    suppliers = {"gas": ["RUS", "NOR", "USA", "QAT", "AZE"], "oil": ["SAU", "RUS", "USA", "ARE"], "chips": ["KOR", "JPN", "NLD", "CHN"]}
    goods = {"gas": "Natural gas", "oil": "Crude oil", "chips": "Integrated circuits"}
    for importer in ("DEU", "ITA", "POL", "FRA", "HUN", "TUR", "JPN", "CHN", "IND", "KOR", "SVK", "AUT"):
        for good, names_of in suppliers.items():
            for year in (2018, 2021, 2023, 2024):
                chosen = [s for s in names_of if s != importer]
                weights = [rng.random() ** 2 + 0.02 for _ in chosen]
                if good == "gas" and year >= 2023 and chosen[0] == "RUS":
                    weights[0] *= 0.2
                scale = 0.93 / sum(weights)
                shares = [w * scale for w in weights]
                for supplier, share in zip(chosen, shares, strict=True):
                    flows.append(
                        {"importer": importer, "supplier": supplier, "good": good, "good_name": goods[good], "stage": "product",
                         "basis": "energy" if good == "gas" else "value", "from_year": year, "to_year": year,
                         "share_lo": max(0.0, share - 0.02), "share": share, "share_hi": min(1.0, share + 0.02), "value": 100 * share,
                         "total": 100.0, "unit": "PJ", "scope": "imports", "named_largest": True, "disputed": False,
                         "sources": ["synthetic-flows"]}
                    )  # fmt: skip
                low = sum(s * s for s in shares)
                concentration.append(
                    {"importer": importer, "good": good, "good_name": goods[good], "stage": "product",
                     "basis": "energy" if good == "gas" else "value", "from_year": year, "to_year": year, "hhi_lo": low,
                     "hhi_hi": low + 0.07 * min(shares), "top_supplier": chosen[shares.index(max(shares))], "cr1": max(shares),
                     "named_share": 0.93, "sources": ["synthetic-flows"]}
                )  # fmt: skip
    return network_input(
        graph, camps=camps, dependences=flows, concentration=concentration,
        title="Ties between states (SYNTHETIC test data)",
    )  # fmt: skip


def large(states: int, ties: int, seed: int = 1, camps: int = 0) -> NetworkInput:
    """Return a random input of a given size, with ``camps`` groups that are tied more within than across."""
    rng = random.Random(seed)
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    ids = [f"S{i:04d}" for i in range(states)]
    for i in ids:
        add_node(graph, i, f"Synthetic state {i}")
    domains = ["DEFENCE", "TRADE", "TECHNOLOGY", "ENERGY", "FINANCE", "DIPLOMACY"]
    for n in range(ties):
        a = rng.randrange(states)
        b = rng.randrange(states)
        if camps and rng.random() < 0.8:
            b = (b // camps) * camps + a % camps
        if a == b or b >= states:
            b = (a + 1) % states
        first, second = min(ids[a], ids[b]), max(ids[a], ids[b])
        add_tie(graph, f"tie|instrument-{n}|{first}|{second}|{domains[n % 6]}|agreement|1", first, second, domains[n % 6],
                since=f"{rng.randint(1950, 2020)}-01-01", instrument=f"instrument-{n}",
                instrument_title=f"Synthetic agreement number {n}")  # fmt: skip
    rows = [{"state": s, "camp": i % camps + 1, "certainty": 0.9} for i, s in enumerate(ids)] if camps else []
    return network_input(graph, camps={"1990-01-01": rows} if camps else {})
