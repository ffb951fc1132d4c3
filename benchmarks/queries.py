"""How long each query of the library takes on a graph of 200,000 ties: python benchmarks/queries.py [FOLDER]

The bundled data and, upon them, a generated graph among 200 states: 150 treaties of many parties and 20,000 of two, sanctions, disputes,
300 blocs, flows of 20 goods, indicators, and a claim for each. It goes into a fresh Neo4j by the admin import; each query runs with the
parameters of its example, first cold (planning included), then three times more. Bar: 2 s. With FOLDER what was made is kept and used
again; with -v the plans of slow ones are printed.
"""

from __future__ import annotations

import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase
from stores import server

from graph_loader import pipeline
from graph_loader.catalogue import catalogue, pictures
from graph_loader.cli.load import BUNDLED
from graph_loader.exports.neo4jadmin import export_neo4j_admin, import_arguments
from graph_loader.identity import default_identity
from graph_loader.schema import Fact, make_fact
from graph_loader.server import fetch
from graph_loader.server.admin import run_admin
from graph_loader.sources.base import get
from graph_loader.stores.base import Diff, Store, explained
from graph_loader.stores.base import query as run
from graph_loader.stores.embedded import EmbeddedStore
from graph_loader.stores.neo4j import Neo4jStore

BAR = 2.0
TIES = 200_000
POWERS = ["USA", "CHN", "RUS", "GBR", "FRA", "DEU", "JPN", "IND", "ITA", "TUR", "BRA", "KOR", "POL", "AUS"]
GOODS = ["natural-gas", "rare-earths", *(f"good-{n}" for n in range(18))]
DOMAINS = ["DEFENCE", "TRADE", "TECHNOLOGY", "ENERGY", "FINANCE", "DIPLOMACY", "DEVELOPMENT", "CULTURE", "HEALTH", "CLIMATE", "MIGRATION"]
TYPES = ["alliance", "nonaggression", "consultation", "strategic_partnership", "trade", "investment", "basing", "cooperation"]
AS_OF = "2026-11-22"
BAD = re.compile(r"\b(AllNodesScan|CartesianProduct)\b")
_SOURCE = ["generated"]


class _World:
    """Facts, each with a claim; everything drawn with one seed."""

    def __init__(self) -> None:
        self.draw = random.Random(0)
        self.states = [*POWERS, *(id_ for id_ in sorted(default_identity().states) if id_ not in POWERS)][:200]
        self.weights = [1 / rank for rank in range(1, len(self.states) + 1)]
        self.facts: list[Fact] = []
        self.ties = 0

    def add(self, type_: str, id_: str, props: dict[str, Any], start: tuple[str, str] | None = None, end: Any = None) -> Fact:
        cited = {} if type_ in ("Claim", "FROM", "Source") else {"sources": _SOURCE}
        fact = make_fact(type_, id_, props | cited, start, end)
        self.facts.append(fact)
        return fact

    def stated(self, type_: str, id_: str, props: dict[str, Any], start: tuple[str, str] | None = None, end: Any = None) -> Fact:
        """A fact and the generated source's word on it."""
        fact = self.add(type_, id_, props, start, end)
        claim = f"claim|generated|{id_}"
        said = {k: v for k, v in props.items() if k in ("since_edtf", "until_edtf", "date_edtf", "share", "value", "kind", "type")}
        self.add("Claim", claim, {"fact": id_, "fact_type": type_, "key": [id_], "spell": 1, "source": "generated", "dataset": "generated",
                                  "order": 0} | said)  # fmt: skip
        self.add("FROM", f"from|{claim}", {}, ("Claim", claim), ("Source", "generated"))
        return fact

    def interval(self, first: int = 1900) -> dict[str, Any]:
        since = self.draw.randint(first, 2024)
        ended = self.draw.random() < 0.4
        until = self.draw.randint(since + 1, 2026) if ended else None
        return {
            "since": f"{since}-01-01", "until": f"{until}-01-01" if until else "9999-12-31", "since_edtf": str(since),
            "until_edtf": str(until - 1) if until else "..", "start_kind": "dated", "end_kind": "dated" if until else "open",
        }  # fmt: skip

    def year(self, year: int) -> dict[str, Any]:
        return {
            "since": f"{year}-01-01", "until": f"{year + 1}-01-01", "since_edtf": str(year), "until_edtf": str(year), "start_kind": "dated",
            "end_kind": "dated",
        }  # fmt: skip

    def some(self, count: int) -> list[str]:
        """Distinct states, great powers first among equals."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.draw.choices(self.states, self.weights)[0] if count < 20 else self.draw.choice(self.states)] = None
        return sorted(found)

    def treaty(self, number: int, parties: Sequence[str]) -> None:
        id_, span = f"treaty-{number}", self.interval()
        kind = self.draw.choice(TYPES)
        domains = sorted(self.draw.sample(DOMAINS, 1 if self.draw.random() < 0.6 else 2))
        owed = ["defence"] if kind == "alliance" and "DEFENCE" in domains else []
        self.stated("Instrument", id_, {
            "title": f"Treaty {number}", "form": "treaty", "type": kind, "domains": domains, "binding": self.draw.random() < 0.7,
            "obligations": owed, "derives": "dyads", "scope": "bilateral" if len(parties) == 2 else "multilateral", "thickness": "rules",
            "coding_reason": "generated", "official_label": "strategic partnership" if kind == "strategic_partnership" else "treaty",
        })  # fmt: skip
        for what, date in (("signed", span["since"]), ("in_force", span["since"]), ("terminated", span["until"])):
            if date < AS_OF:
                event = self.stated("Event", f"event|{id_}|{what}|1",
                                    {"instrument": id_, "kind": what, "date": date, "date_edtf": date[:4]})  # fmt: skip
                self.add("HAS_EVENT", f"has|{event.id}", {}, ("Instrument", id_), ("Event", event.id))
        for state in parties:
            self.stated("PARTY_TO", f"party|{state}|{id_}|1", {"role": "party", **span}, ("State", state), ("Instrument", id_))
        for a, b in combinations(parties, 2):
            for domain in domains:
                premises = [id_, f"party|{a}|{id_}|1", f"party|{b}|{id_}|1"]
                self.add("DEFENCE" if owed else domain, f"tie|{id_}|{a}|{b}|{domain}|{kind}|1", {
                    "kind": kind, "label": "treaty", "obligations": owed if domain == "DEFENCE" else [], "mutual": True, "instrument": id_,
                    "derived": True, "rule": "dyads", "premises": premises, **span}, ("State", a), ("State", b))  # fmt: skip
                self.ties += 1

    def rivalry(self, number: int) -> None:
        a, b = self.draw.sample(self.some(6), 2)
        domain, kind = self.draw.choice([("SANCTIONS", "trade"), ("SANCTIONS", "financial"), ("DISPUTE", "militarized")])
        self.stated(domain, f"tie|r{number}|{a}|{b}|{domain}|{kind}|1",
                    {"kind": kind, "mutual": domain == "DISPUTE", "sign": -1, **self.interval()}, ("State", a), ("State", b))  # fmt: skip
        self.ties += 1

    def flows(self) -> None:
        for importer in self.states:
            for good in GOODS:
                for year in range(2019, 2026):
                    left = 1.0
                    for supplier in self.some(6)[:5]:
                        share = round(left * self.draw.uniform(0.1, 0.6), 4)
                        left -= share
                        if supplier != importer:
                            self.stated("DEPENDS_ON", f"flow|{importer}|{supplier}|{good}|service|value|{year}-{year}",
                                        self.flow(good, year, share), ("State", importer), ("State", supplier))  # fmt: skip
        for good in GOODS:
            for year in range(2019, 2026):
                for state in self.some(12):
                    self.stated("PRODUCES", f"prod|{state}|{good}|service|value|{year}-{year}", self.flow(good, year, 0.05),
                                ("State", state), ("Good", good))  # fmt: skip

    def flow(self, good: str, year: int, share: float) -> dict[str, Any]:
        return {
            "good": good, "stage": "service", "basis": "value", "from_year": year, "to_year": year, "share": share, "value": share * 1e6,
            "total": 1e6, "unit": "US dollars", "scope": "generated", "named_largest": True, **self.year(year),
        }  # fmt: skip

    def build(self) -> list[Fact]:
        self.add("Source", "generated", {"title": "Generated", "dataset": "generated", "precedence": 99, "released": AS_OF,
                                         "covers_until": ".."})  # fmt: skip
        for good in GOODS[2:]:
            self.stated("Good", good, {"name": good, "stage": "product"})
        for number in range(5):
            self.stated("Indicator", f"indicator-{number}", {"name": f"Indicator {number}", "unit": "units"})
            for state in self.states:
                for year in range(1980, 2026):
                    self.stated("OBSERVED", f"observed|{state}|indicator-{number}|{year}",
                                {"year": year, "value": self.draw.random(), "unit": "units", **self.year(year)},
                                ("State", state), ("Indicator", f"indicator-{number}"))  # fmt: skip
        for number in range(300):
            bloc = f"BLOC-{number}"
            self.stated("Bloc", bloc, {"name": f"Bloc {number}", "kind": "organisation", **self.interval()})
            for state in self.some(self.draw.randint(5, 60)):
                self.stated("MEMBER_OF", f"member|{state}|{bloc}|1", {"role": "full", **self.interval()}, ("State", state), ("Bloc", bloc))
        for number in range(150):
            self.treaty(number, self.some(self.draw.randint(20, 62)))
        for number in range(150, 20_150):
            self.treaty(number, self.some(2))
        number = 0
        while self.ties < TIES:
            self.rivalry(number)
            number += 1
        self.flows()
        return self.facts


def made(folder: Path) -> Path:
    """The home of a Neo4j that holds the bundled and the generated graph; what is there already is used."""
    home = folder / "home"
    if (folder / "done").exists():
        return home
    store = EmbeddedStore(folder / "store")
    pipeline.load(store, [(get(name), None) for name in BUNDLED])
    world = _World()
    facts = world.build()
    with store.writing() as writer:
        writer.apply(Diff(added=facts))
    print(f"{world.ties} ties generated, {len(facts)} facts and claims in all", flush=True)
    with store.reading() as reader:
        export_neo4j_admin(reader, folder / "csv")
    run_admin(home, fetch(), import_arguments(folder / "csv"))
    (folder / "done").touch()
    return home


def examples() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each query and picture with the parameters of its example."""
    for id_, query in (catalogue() | {query.id: query for query in pictures().values()}).items():
        yield id_, query.text, query.bind(query.example_values()[0], AS_OF, default_identity())


def measure(store: Store) -> None:
    print(f"{'query':<40} {'rows':>6} {'cold, s':>8} {'then, s':>8}")
    with store.reading() as reader:
        for id_, text, params in examples():
            taken, rows = [], 0
            for _ in range(4):
                start = time.perf_counter()
                rows = len(run(reader, store, text, params).rows)
                taken.append(time.perf_counter() - start)
            plan = explained(reader, store, text, params)
            said = [f"above {BAR:g} s"] if max(taken) > BAR else []
            said += sorted(set(BAD.findall(plan)))  # a plan follows from the counts: that of the bundled data can be another
            print(f"{id_:<40} {rows:>6} {taken[0]:>8.2f} {statistics.median(taken[1:]):>8.2f}  {', '.join(said)}".rstrip(), flush=True)
            if said and "-v" in sys.argv:
                print(plan)


def main() -> None:
    given = [Path(word) for word in sys.argv[1:] if word != "-v"]
    folder = given[0] if given else Path(tempfile.mkdtemp())
    try:
        with server(made(folder)) as running:
            store = Neo4jStore(running.uri, (running.user, running.password))
            with store.writing() as writer:  # makes the constraints and indexes
                writer.apply(Diff())
            with GraphDatabase.driver(running.uri, auth=(running.user, running.password)) as driver:
                driver.execute_query("CALL db.awaitIndexes(300)")
                count = driver.execute_query("MATCH ()-[t]->() WHERE t.mutual IS NOT NULL RETURN count(t) AS n").records[0]["n"]
                print(f"{count} ties counted in Neo4j", flush=True)
            with store.reading() as reader:  # the server's own start is no query's
                for _, text, params in list(examples())[:3]:
                    run(reader, store, text, params)
            measure(store)
    finally:
        if not given:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
