"""How long stores take to write and reload, as ratios within one run: python benchmarks/stores.py [ties]

Peers, on the same engine with the same properties: plain ``UNWIND … CREATE`` through the driver, and ``UNWIND … MERGE`` without
relationship constraints. 60,000 ties among 200 states by default.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase

from graph_loader.schema import Fact, make_fact
from graph_loader.server import LocalNeo4j, fetch
from graph_loader.stores.base import Diff, Store
from graph_loader.stores.embedded import EmbeddedStore
from graph_loader.stores.neo4j import Neo4jStore
from graph_loader.stores.statements import row_of

STATES = 200


def states() -> list[Fact]:
    return [make_fact("State", f"S{i:03}", {"name": f"State {i}", "kind": "state", "sources": ["s"]}) for i in range(STATES)]


def ties(count: int) -> list[Fact]:
    draw = random.Random(0)
    facts = []
    for number in range(count):
        a, b = sorted(draw.sample(range(STATES), 2))
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
def server(folder: Path) -> Iterator[LocalNeo4j]:
    with LocalNeo4j.start(folder, fetch(), heap="2g") as running:
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


def neo4j_part(count: int, folder: Path) -> None:
    facts = ties(count)
    with server(folder) as running:
        store = Neo4jStore(running.uri, (running.user, running.password))
        plain_driver(running, _CREATE, facts[:5_000], False)  # warms the server up
        create = plain_driver(running, _CREATE, facts, False)
        merge = plain_driver(running, _MERGE, facts, False)
        through_store(store, states())
        ours = timed(lambda: through_store(store, facts))
    print(f"Neo4j     {count} ties: ours {ours:.1f} s; plain CREATE {create:.1f} s (ours/plain {ours / create:.2f}, bar 2);"
          f" MERGE without constraint {merge:.1f} s (MERGE/ours {merge / ours:.1f}, bar 4)")  # fmt: skip


def embedded_part(count: int, folder: Path) -> None:
    facts = ties(count)
    store = EmbeddedStore(folder / "ours")
    through_store(store, states())
    ours = timed(lambda: through_store(store, facts))
    peer = EmbeddedStore(folder / "peer")
    through_store(peer, states())
    rows = rows_of(facts)

    def merge() -> None:
        with peer.writing() as writer:
            for place in range(0, len(rows), 5_000):
                writer._database.command("opencypher", _MERGE, {"rows": rows[place : place + 5_000]})

    merged = timed(merge)
    print(f"embedded  {count} ties: ours {ours:.1f} s; MERGE {merged:.1f} s (MERGE/ours {merged / ours:.1f}, bar 3)")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    folder = Path(tempfile.mkdtemp())
    try:
        embedded_part(count, folder)
        neo4j_part(count, folder / "neo4j")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
