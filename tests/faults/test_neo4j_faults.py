"""A load into Neo4j whose client dies, whose server dies, whose connection breaks: at moments spread over the whole load.

Two datasets of one id are loaded in turn, so that each disturbed load changes what the one before it left. After each fault the
database must hold exactly the old or exactly the new; what the client said must be one line with the remedy; and the same load, run
again, must complete with the counts of an undisturbed one. PACTGRAPH_FAULTS=full tries 20 moments of each kind.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import neo4j_server as servers
import pytest
from clients import Client, Clients, Ended
from neo4j import GraphDatabase
from proxy import PLACES, Moment, Proxy
from support import NEO4J_AUTH, environment, everything, opened, query, small_package
from table import FULL, Tally, number
from test_embedded import STATES, tables

from graph_loader.catalogue import catalogue
from graph_loader.errors import StoreError
from graph_loader.server import LocalNeo4j, fetch

pytestmark = [pytest.mark.neo4j, pytest.mark.skipif(os.name != "posix", reason="the clients are forked")]

REMEDIES = ("run the same load again", "run it again", "try again", "start Neo4j")
Make = Callable[[str], Tally]


@dataclass
class Ground:
    """A server of this module's own, reached through a proxy, and the two datasets with what stores hold after each."""

    home: Path
    server: LocalNeo4j
    proxy: Proxy
    clients: Clients
    packages: dict[str, Path] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    counts: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)  # by state before and dataset loaded
    holds: str = ""
    exchanges: list[int] = field(default_factory=list)  # of the shortest undisturbed load that changes something

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self.proxy.port}"

    def start(self, name: str) -> Client:
        args = ("load", "--from", self.packages[name], "--format", "json")
        return self.clients.start(*args, env=environment(self.home, self.url), home=self.home)

    def load(self, name: str) -> Ended:
        return self.start(name).wait()

    def seen(self) -> dict[str, Any]:
        """All that the database holds, and two answers of the library."""
        store = opened(self.server.uri)
        members = query(store, catalogue()["membership/members"].text, bloc="B03", as_of="1999-01-01")
        coverage = query(store, catalogue()["evidence/coverage"].text)
        by_state = sorted(members, key=lambda row: str(row["state"]))
        return {"everything": everything(store), "members": by_state, "coverage": sorted(coverage, key=lambda row: str(row["dataset"]))}

    def settle(self) -> None:
        """Wait until the server has ended what the dead client left: a commit that it was sent goes on without the client."""
        with GraphDatabase.driver(self.server.uri, auth=(self.server.user, self.server.password)) as driver:
            for _ in range(300):
                if len(driver.execute_query("SHOW TRANSACTIONS YIELD transactionId").records) == 1:
                    # What a reader is told of the commit of a dead client is tested by itself.
                    driver.execute_query("MATCH (c:PactgraphCommit) DELETE c")
                    return
                time.sleep(0.1)
        raise AssertionError("the server does not give up the client's transaction")

    def other(self) -> str:
        return "second" if self.holds == "first" else "first"

    def disturb(self, moment: Moment, fault: Callable[[threading.Event, list[Client]], None]) -> Ended:
        """Load the dataset that is not there; at the moment, ``fault`` runs in the proxy's thread, and may wait for the client's start."""
        started, running = threading.Event(), list[Client]()
        self.proxy.arm(moment, lambda: fault(started, running))
        running.append(self.start(self.other()))
        started.set()
        ended = running[0].wait()
        assert self.proxy.fired.wait(30), "the moment did not come"
        self.proxy.arm(Moment(), lambda: None)
        return ended

    def whole(self, ended: Ended) -> str:
        """Check that all is as before the disturbed load, or as after an undisturbed one, and run the load again."""
        before, target = self.holds, self.other()
        self.settle()
        seen = self.seen()
        assert seen in (self.answers[before], self.answers[target]), f"a mixture; the client said: {ended.stderr}"
        now = before if seen == self.answers[before] else target
        if ended.code == 0:
            assert now == target and ended.rows == self.counts[before, target]
        if "nothing was changed" in ended.stderr:
            assert now == before, ended.stderr
        self.holds = now
        assert self.load(target).rows == self.counts[now, target]
        assert self.seen() == self.answers[target]
        self.holds = target
        return "old" if now == before else "new"

    def moments(self, count: int, seed: int) -> list[Moment]:
        """Some around the commit; of the rest half spread over the bytes of a load, half over its turns (handshake, constraints, reading
        and writing are many short turns, the data few long ones)."""
        places = [Moment(place=PLACES[n % len(PLACES)]) for n in range(max(2, count // 5))]
        draw, rest = random.Random(seed), count - len(places)
        by_bytes, by_turns = (rest + 1) // 2, rest // 2
        total = self.exchanges[-1]
        points = [int((n + draw.random()) / by_bytes * total) for n in range(by_bytes)]
        for n in range(by_turns):
            turn = int((n + draw.random()) / by_turns * len(self.exchanges))
            start = self.exchanges[turn - 1] if turn else 0
            points.append(draw.randrange(start, self.exchanges[turn]))
        # The end of a load is not at the same byte each time (times and database ids differ in length).
        found = [Moment(min(point, int(total * 0.995))) for point in sorted(points)] + places
        draw.shuffle(found)
        return found


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, clients: Clients) -> Iterator[Ground]:
    if reason := servers.why_unavailable():
        servers.unavailable(reason)
    folder = tmp_path_factory.mktemp("neo4j-faults")
    server = LocalNeo4j.start(folder / "neo4j", fetch())
    try:
        with Proxy(int(server.uri.rpartition(":")[2])) as proxy:
            ground = Ground(folder, server, proxy, clients)
            for url in (server.uri, ground.url):
                NEO4J_AUTH[url] = (server.user, server.password)
            ground.packages["first"] = small_package(folder / "first", tables(12, "1950", STATES[:12]))
            ground.packages["second"] = small_package(folder / "second", tables(16, "1951", STATES[2:]))
            for name in ("first", "first", "second", "second", "first"):
                proxy.arm(Moment(), lambda: None)
                rows = ground.load(name).rows
                assert ground.counts.setdefault((ground.holds, name), rows) == rows
                # The two ways differ in length: a moment must come in both.
                if ground.holds not in ("", name) and (not ground.exchanges or proxy.passed < ground.exchanges[-1]):
                    ground.exchanges = proxy.exchanges
                ground.holds = name
                seen = ground.seen()
                assert ground.answers.setdefault(name, seen) == seen
            yield ground
    finally:
        server = LocalNeo4j.attach(folder / "neo4j") or server
        server.stop()


def test_the_scene(ground: Ground) -> None:
    """By hand: 12 blocs of 12 states, then 16 blocs of 14, of which 12 were members before from another year."""
    counts = {key: [found[0][name] for name in ("added", "changed", "removed", "unchanged")] for key, found in ground.counts.items()}
    assert counts["first", "first"] == [0, 0, 0, 12 + 144] and counts["second", "second"] == [0, 0, 0, 16 + 224]
    assert counts["first", "second"] == [4 + 104, 120, 24, 12]
    assert counts["second", "first"] == [24, 120, 4 + 104, 12]
    assert len(ground.answers["first"]["members"]) == 12 and len(ground.answers["second"]["members"]) == 14


def test_a_client_that_is_killed(ground: Ground, tally: Make) -> None:
    found = tally("Neo4j: client killed (kill -9)")

    def kill(started: threading.Event, running: list[Client]) -> None:
        assert started.wait(30)
        running[0].kill()

    def check(moment: Moment) -> str:
        ended = ground.disturb(moment, kill)
        assert ended.code in (-signal.SIGKILL, 0), ended
        return ground.whole(ended)

    for moment in ground.moments(number(10, 20), seed=1949):
        found.attempt(moment, lambda moment=moment: check(moment))  # type: ignore[misc]
    found.all_survived()
    assert found.outcomes["old"] and found.outcomes["new"]


def test_a_connection_that_breaks(ground: Ground, tally: Make) -> None:
    found = tally("Neo4j: connection dropped")
    draw = random.Random(1955)

    def check(moment: Moment, reset: bool) -> str:
        ended = ground.disturb(moment, lambda _, __: ground.proxy.cut(reset))
        if ended.code:
            line = ended.one_line()
            assert any(remedy in line for remedy in REMEDIES), line
        else:
            assert moment.place == "answer passed on"
        return ground.whole(ended)

    for moment in ground.moments(number(10, 20), seed=1955):
        reset = draw.random() < 0.5
        found.attempt(f"{moment}, {'RST' if reset else 'FIN'}", lambda moment=moment, reset=reset: check(moment, reset))  # type: ignore[misc]
    found.all_survived()
    assert found.outcomes["old"] and found.outcomes["new"]


def test_a_server_that_is_killed(ground: Ground, tally: Make) -> None:
    found = tally("Neo4j: server killed (kill -9), started again")

    def kill(started: threading.Event, running: list[Client]) -> None:
        ground.proxy.refuse()
        os.kill(ground.server.pid, signal.SIGKILL)

    def check(moment: Moment) -> str:
        port = int(ground.server.uri.rpartition(":")[2])
        try:
            ended = ground.disturb(moment, kill)
        finally:
            ground.server.stop()  # takes note of the end
            ground.server = LocalNeo4j.start(ground.server.home, fetch(), bolt_port=port)
            ground.proxy.listen_again()
        if ended.code:
            line = ended.one_line()
            assert any(remedy in line for remedy in REMEDIES), line
        else:
            assert moment.place == "answer passed on"
        return ground.whole(ended)

    for moment in ground.moments(number(5, 20), seed=1971):
        found.attempt(moment, lambda moment=moment: check(moment))  # type: ignore[misc]
    found.all_survived()
    assert found.outcomes["old"]


def test_two_loads_at_once(ground: Ground, tally: Make) -> None:
    """The second waits for the first: both are done, whole, one after the other."""
    found = tally("Neo4j: two loads at once")

    def check() -> str:
        loads = [ground.start("first"), ground.start("second")]
        for load in loads:
            assert load.wait().code == 0
        seen = ground.seen()
        ground.holds = next(name for name, answers in ground.answers.items() if answers == seen)
        return ground.holds

    for turn in range(number(3, 10)):
        found.attempt(turn, check)
    found.all_survived()


def test_readers_beside_loads_see_one_state_or_are_told(ground: Ground, tally: Make) -> None:
    """Neo4j shows a reader what is committed between two of its queries: that is an error, never a mixture."""
    found = tally("Neo4j: reader during loads")
    texts = (
        "MATCH (b:Bloc) RETURN count(b) AS n",
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) RETURN m.since AS since, count(m) AS n ORDER BY since",
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE s.id = 'FRA' RETURN count(m) AS n",
    )
    # 12 blocs of 12 states from 1950, France among them; 16 blocs of 14 states from 1951, France in none.
    whole = {"first": [[[12]], [["1950-01-01", 144]], [[12]]], "second": [[[16]], [["1951-01-01", 224]], [[0]]]}
    store = opened(ground.server.uri)

    def check() -> str:
        try:
            with store.reading() as reader:
                answers = [reader.run(text, {}).rows for text in texts]
        except StoreError as error:
            assert "run it again" in str(error)
            return "told"
        assert answers in whole.values(), answers
        return next(name for name, expected in whole.items() if answers == expected)

    for _ in range(number(4, 20)):
        load = ground.start(ground.other())
        ended = threading.Thread(target=load.wait)
        ended.start()
        while ended.is_alive():
            found.attempt(found.tried, check)
        ground.holds = ground.other()
        assert check() == ground.holds
    found.all_survived()


def test_a_reader_after_a_commit_that_nobody_saw_end(ground: Ground) -> None:
    """The client died in its commit: a reader cannot know whether it goes on. It is told, and the same load again mends it."""
    ground.disturb(Moment(place="commit withheld"), lambda _, __: ground.proxy.cut(reset=True))
    line = ground.clients.run("info", env=environment(ground.home, ground.url), home=ground.home).one_line()
    assert "run that load again" in line
    target = ground.other()
    assert ground.load(target).rows == ground.counts[ground.holds, target]
    ground.holds = target
    assert ground.seen() == ground.answers[target]


@pytest.mark.parametrize("fraction", [0.02, 0.2, 0.6, 0.97] if FULL else [0.02, 0.6])
def test_a_first_load_that_breaks_leaves_nothing(ground: Ground, fraction: float) -> None:
    with GraphDatabase.driver(ground.server.uri, auth=(ground.server.user, ground.server.password)) as driver, driver.session() as session:
        session.run("MATCH (n) DETACH DELETE n").consume()
        ground.proxy.arm(Moment(), lambda: None)
        ground.load("first")
        written = ground.proxy.passed
        session.run("MATCH (n) DETACH DELETE n").consume()
    ground.holds = "second"  # so that the first is the one to load
    ended = ground.disturb(Moment(int(fraction * written)), lambda _, __: ground.proxy.cut(reset=True))
    ended.one_line()
    assert everything(opened(ground.server.uri)) == {}
    info = ground.clients.run("info", env=environment(ground.home, ground.url), home=ground.home)
    assert "pactgraph load" in info.one_line()
    ground.load("first")
    assert ground.seen() == ground.answers["first"]
    ground.holds = "first"


@pytest.mark.parametrize("written", [0, 99], ids=["too old", "too new"])
@pytest.mark.parametrize("command", [["info"], ["load", "--from"], ["query", "membership/members", "-p", "bloc=B03"]], ids=lambda c: c[0])
def test_a_store_of_another_format_is_a_clear_error(ground: Ground, written: int, command: list[str]) -> None:
    with GraphDatabase.driver(ground.server.uri, auth=(ground.server.user, ground.server.password)) as driver, driver.session() as session:
        before = session.run("MATCH (m:Meta) SET m.format = $written RETURN m.format", written=written).single(strict=True)[0]
        assert before == written
        try:
            args = [*command, str(ground.packages["second"])] if command[0] == "load" else command
            line = ground.clients.run(*args, env=environment(ground.home, ground.url), home=ground.home).one_line()
            assert f"format {written}" in line and "load the data again into a new store" in line
        finally:
            session.run("MATCH (m:Meta) SET m.format = 1").consume()
    assert ground.seen() == ground.answers[ground.holds]
