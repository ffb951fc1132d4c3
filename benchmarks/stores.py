"""How long stores take to write and reload: python benchmarks/stores.py [write|reload|large|million]... (default: all)

``write``    60,000 ties among 200 states, against peers on the same engine with the same properties: plain ``UNWIND … CREATE`` through
             the driver, and ``UNWIND … MERGE`` without relationship constraints; ratios within one run. First with every pair as
             likely as any other, then with few states holding most ties, as great powers do: MERGE looks through the ties of an end.
``reload``   a dataset of 60,000 ties loaded, and loaded again: the ratio, and what was written the second time.
``large``    250,000 ties in one transaction: time, and the largest memory of the client and of the server.
``million``  1,000,000 ties by a fresh embedded folder, and from there by Neo4j's admin import.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase

from graph_loader import pipeline
from graph_loader.exports.neo4jadmin import export_neo4j_admin, import_arguments
from graph_loader.identity import default_identity
from graph_loader.schema import DOMAINS, Fact, make_fact
from graph_loader.server import LocalNeo4j, fetch
from graph_loader.server.admin import run_admin
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Diff, Store
from graph_loader.stores.embedded import EmbeddedStore
from graph_loader.stores.neo4j import Neo4jStore
from graph_loader.stores.statements import row_of

STATES = 200


def states() -> list[Fact]:
    return [make_fact("State", f"S{i:03}", {"name": f"State {i}", "kind": "state", "sources": ["s"]}) for i in range(STATES)]


def ties(count: int, hubs: bool = False) -> list[Fact]:
    """Ties between states; with ``hubs`` the state of rank r is drawn with weight 1/r."""
    draw = random.Random(0)
    weights = [1 / rank if hubs else 1.0 for rank in range(1, STATES + 1)]
    facts = []
    for number in range(count):
        a = b = 0
        while a == b:
            a, b = sorted(draw.choices(range(STATES), weights, k=2))
        since = draw.randint(1816, 2020)
        facts.append(make_fact(
            "DEFENCE", f"tie|i{number}|S{a:03}|S{b:03}|DEFENCE|alliance|1",
            {"kind": "alliance", "obligations": ["defence"], "mutual": True, "instrument": f"i{number}", "derived": True, "rule": "dyads",
             "since": f"{since}-01-01", "until": "9999-12-31", "since_edtf": str(since), "until_edtf": "..", "start_kind": "dated",
             "end_kind": "open", "sources": ["s"]},
            ("State", f"S{a:03}"), ("State", f"S{b:03}"),
        ))  # fmt: skip
    return facts


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def through_store(store: Store, facts: list[Fact]) -> None:
    with store.writing() as writer:
        writer.apply(Diff(added=facts))


def rows_of(facts: list[Fact]) -> list[dict[str, Any]]:
    return [{"a": f.start[1], "b": f.end[1], "p": row_of(f)} for f in facts if f.start and f.end]


_CREATE = "UNWIND $rows AS row MATCH (a:State {id: row.a}) MATCH (b:State {id: row.b}) CREATE (a)-[t:DEFENCE]->(b) SET t = row.p"
_MERGE = (
    "UNWIND $rows AS row MATCH (a:State {id: row.a}) MATCH (b:State {id: row.b}) MERGE (a)-[t:DEFENCE {id: row.p.id}]->(b) SET t = row.p"
)


@contextmanager
def server(folder: Path, heap: str = "2g") -> Iterator[LocalNeo4j]:
    with LocalNeo4j.start(folder, fetch(), heap=heap) as running:
        yield running


def plain_driver(running: LocalNeo4j, text: str, facts: list[Fact], constrained: bool) -> float:
    """The same ties by the driver alone, in one transaction, into an emptied database with an index on State.id."""
    with GraphDatabase.driver(running.uri, auth=(running.user, running.password)) as driver, driver.session() as session:
        empty(session)
        session.run("CREATE CONSTRAINT peer_state IF NOT EXISTS FOR (n:State) REQUIRE n.id IS UNIQUE").consume()
        session.run("UNWIND $rows AS row CREATE (n:State) SET n = row", rows=[row_of(f) for f in states()]).consume()
        rows = rows_of(facts)

        def write() -> None:
            with session.begin_transaction() as transaction:
                for place in range(0, len(rows), 5_000):
                    transaction.run(text, rows=rows[place : place + 5_000]).consume()
                transaction.commit()

        taken = timed(write)
        session.run("DROP CONSTRAINT peer_state").consume()
        empty(session)
        return taken


def empty(session: Any) -> None:
    session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS").consume()
    for record in list(session.run("SHOW CONSTRAINTS YIELD name")):
        session.run(f"DROP CONSTRAINT {record['name']}").consume()


def neo4j_write(count: int, folder: Path, hubs: bool = False) -> None:
    facts = ties(count, hubs)
    with server(folder) as running:
        store = Neo4jStore(running.uri, (running.user, running.password))
        plain_driver(running, _CREATE, facts[:5_000], False)  # warms the server up
        create = plain_driver(running, _CREATE, facts, False)
        merge = plain_driver(running, _MERGE, facts, False)
        through_store(store, states())
        ours = timed(lambda: through_store(store, facts))
    shape = "few states hold most" if hubs else "all pairs alike"
    print(f"Neo4j     {count} ties, {shape}: ours {ours:.1f} s; plain CREATE {create:.1f} s (ours/plain {ours / create:.2f}, bar 2);"
          f" MERGE without constraint {merge:.1f} s (MERGE/ours {merge / ours:.1f}, bar 4)")  # fmt: skip


def embedded_write(count: int, folder: Path) -> None:
    facts = ties(count)
    store = EmbeddedStore(folder / "ours")
    through_store(store, states())
    ours = timed(lambda: through_store(store, facts))
    peer = EmbeddedStore(folder / "peer")
    through_store(peer, states())
    rows = rows_of(facts)

    def merge() -> None:
        with peer.writing() as writer, writer._database.transaction():
            for place in range(0, len(rows), 5_000):
                writer._database.command("opencypher", _MERGE, {"rows": rows[place : place + 5_000]})

    merged = timed(merge)
    print(f"embedded  {count} ties: ours {ours:.1f} s; MERGE {merged:.1f} s (MERGE/ours {merged / ours:.1f}, bar 3)")


def write(folder: Path) -> None:
    embedded_write(60_000, folder)
    neo4j_write(60_000, folder / "neo4j")
    neo4j_write(60_000, folder / "hubs", hubs=True)


def dataset(folder: Path, count: int) -> PackageSource:
    """A folder in pactgraph's own layout with that many ties between real states, each stated by the dataset."""
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text("id: generated\ntitle: Generated ties\ncovers_until: '2020'\n", encoding="utf-8")
    ids = sorted(default_identity().states)[:STATES]
    draw = random.Random(0)
    keys = [(a, b, domain) for i, a in enumerate(ids) for b in ids[i + 1 :] for domain in DOMAINS[:11]]
    with (folder / "ties.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["start", "end", "domain", "kind", "spell", "label", "obligations", "mutual", "since", "until"])
        for a, b, domain in draw.sample(keys, count):
            writer.writerow([a, b, domain, "cooperation", 1, "", "", "true", draw.randint(1950, 2020), ".."])
    return PackageSource(folder)


def reload(folder: Path) -> None:
    source = dataset(folder / "data", 60_000)

    def both(name: str, store: Store) -> None:
        first = timed(lambda: pipeline.load(store, [(source, None)]))
        counts: list[pipeline.SourceCounts] = []
        again = timed(lambda: counts.extend(pipeline.load(store, [(source, None)]).counts))
        written = sum(c.added + c.changed + c.removed for c in counts)
        print(f"{name}  60,000 ties through a load {first:.1f} s, again {again:.1f} s (again/first {again / first:.2f}, bar .33); "
              f"facts written the second time: {written}")  # fmt: skip

    both("embedded", EmbeddedStore(folder / "store"))
    with server(folder / "neo4j") as running:
        both("Neo4j   ", Neo4jStore(running.uri, (running.user, running.password)))


def peak(pid: int | str = "self") -> float:
    """Largest resident memory of a process so far, in GB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024**2


def large(folder: Path) -> None:
    for part in ("large-embedded", "large-neo4j"):  # each in a process of its own, for its peak is counted
        subprocess.run([sys.executable, __file__, part], check=True)


def large_embedded(folder: Path) -> None:
    store = EmbeddedStore(folder / "store")
    through_store(store, states())
    taken = timed(lambda: through_store(store, ties(250_000)))
    print(f"embedded  250,000 ties in one transaction: {taken:.1f} s, {peak():.2f} GB (bar 3)")


def large_neo4j(folder: Path) -> None:
    with server(folder / "neo4j", heap="2g") as running:
        store = Neo4jStore(running.uri, (running.user, running.password))
        through_store(store, states())
        taken = timed(lambda: through_store(store, ties(250_000)))
        client, jvm = peak(), peak(running.pid)
    print(f"Neo4j     250,000 ties in one transaction: {taken:.1f} s, client {client:.2f} GB + server {jvm:.2f} GB (bar 3 in all)")


def million(folder: Path) -> None:
    store = EmbeddedStore(folder / "store")
    facts = ties(1_000_000)
    taken = timed(lambda: through_store(store, [*states(), *facts]))
    print(f"embedded  1,000,000 ties into a fresh folder: {taken:.1f} s, {peak():.2f} GB")
    out = folder / "csv"
    with store.reading() as reader:
        exported = timed(lambda: export_neo4j_admin(reader, out))
    home = folder / "home"
    imported = timed(lambda: run_admin(home, fetch(), import_arguments(out)))
    with server(home) as running, GraphDatabase.driver(running.uri, auth=(running.user, running.password)) as driver:
        count = driver.execute_query("MATCH ()-[t:DEFENCE]->() RETURN count(t) AS n").records[0]["n"]
    print(f"Neo4j     1,000,000 ties by admin import: export {exported:.1f} s, import {imported:.1f} s, {count} ties counted there")


PARTS = {"write": write, "reload": reload, "large": large, "million": million}
_INNER = {"large-embedded": large_embedded, "large-neo4j": large_neo4j}


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        folder = Path(tempfile.mkdtemp())
        try:
            (PARTS | _INNER)[name](folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
