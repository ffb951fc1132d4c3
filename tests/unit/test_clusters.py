"""Camps: published optima, hand-made graphs, independence of input order, the Cold War as ATOP codes it."""

from __future__ import annotations

import csv
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_loader.analysis.clusters import (
    NO_TIE,
    CampResult,
    breakpoints,
    camps,
    camps_over_time,
    change,
    gamma_profile,
    pair_weights,
)
from graph_loader.analysis.leiden import best_of_runs, checked_edges, modularity
from graph_loader.analysis.partitions import (
    adjusted_rand_index,
    match_labels,
    normalised_mutual_information,
)

NATO_1975 = [
    "BEL",
    "CAN",
    "DEU",
    "DNK",
    "FRA",
    "GBR",
    "GRC",
    "ISL",
    "ITA",
    "LUX",
    "NLD",
    "NOR",
    "PRT",
    "TUR",
    "USA",
]
WARSAW_PACT_1975 = ["BGR", "CSK", "DDR", "HUN", "POL", "ROU", "SUN"]
NEUTRAL_1975 = ["AUT", "CHE", "FIN", "IRL", "SWE", "YUG"]

Graph = Any  # networkx has no types at run time


def graph_of(states: Iterable[str] = (), as_of: str | None = "1975-01-01") -> Graph:
    graph: Graph = nx.MultiGraph(as_of=as_of, newest_source="")
    for state in states:
        add_state(graph, state)
    return graph


def add_state(graph: Graph, state: str, label: str = "State", **more: Any) -> None:
    kind = "state" if label == "State" else "alliance"
    graph.add_node(state, **{"name": state.title(), "label": label, "kind": kind, "spells": []} | more)


def tie(graph: Graph, a: str, b: str, **more: Any) -> None:
    """One defence tie, in force from 1950 on; `more` changes what it says."""
    for state in (a, b):
        if state not in graph:
            add_state(graph, state)
    data = {
        "domain": "DEFENCE",
        "kind": "alliance",
        "obligations": ["defence"],
        "mutual": True,
        "sign": 1,
        "instrument": "",
        "since": "1950-01-01",
        "until": "9999-12-31",
    } | more
    key = data.pop("id", f"tie|{data['instrument']}|{a}|{b}|{data['domain']}|{data['since']}")
    graph.add_edge(a, b, key=key, id=key, start=a, end=b, **data)


def pact(graph: Graph, instrument: str, members: Iterable[str], **more: Any) -> None:
    for a, b in combinations(sorted(members), 2):
        tie(graph, a, b, instrument=instrument, **more)


def cold_war() -> Graph:
    graph = graph_of(NATO_1975 + WARSAW_PACT_1975 + NEUTRAL_1975 + ["JPN"])
    pact(graph, "north-atlantic-treaty", NATO_1975)
    pact(graph, "warsaw-treaty", WARSAW_PACT_1975)
    tie(graph, "JPN", "USA", instrument="us-japan-1960", mutual=False)
    return graph


def two_cliques(size: int = 5) -> Graph:
    graph = graph_of()
    left, right = ([f"{side}{i}" for i in range(size)] for side in "ab")
    pact(graph, "left", left)
    pact(graph, "right", right)
    tie(graph, "a0", "b0", instrument="bridge")
    return graph


def karate() -> Graph:
    graph = graph_of()
    for a, b in nx.karate_club_graph().edges:
        tie(graph, f"m{a:02}", f"m{b:02}")
    return graph


def rows(result: CampResult) -> dict[str, Any]:
    return {row["state"]: row for row in result.rows}


class TestPairWeights:
    def test_only_positive_ties_of_two_states_with_the_obligation(self) -> None:
        graph = graph_of("ABCDEFGH")
        add_state(graph, "NATO", label="Bloc")
        tie(graph, "A", "B")
        tie(graph, "A", "C", obligations=["offence", "consultation"])
        tie(graph, "A", "D", obligations=["consultation"])
        tie(graph, "A", "E", obligations=[])
        tie(graph, "A", "F", sign=-1)
        tie(graph, "A", "NATO")
        tie(graph, "G", "G")
        weights = pair_weights(graph)
        assert sorted(weights.edges) == [("A", "B"), ("A", "C")]
        assert sorted(weights.nodes) == ["A", "B", "C"]
        assert weights.nodes["A"]["name"] == "A"
        assert sorted(pair_weights(graph, obligations=["consultation"]).edges) == [("A", "C"), ("A", "D")]
        assert sorted(pair_weights(graph, obligations=None).edges) == [
            ("A", "B"), ("A", "C"), ("A", "D"), ("A", "E"),
        ]  # fmt: skip

    def test_binary_is_one_whatever_the_number_of_ties(self) -> None:
        graph = graph_of()
        for i in range(3):
            tie(graph, "A", "B", instrument=f"treaty-{i}")
        tie(graph, "B", "C", sources=["one", "two", "three"])
        weights = pair_weights(graph)
        assert weights["A"]["B"] == {
            "weight": 1.0,
            "n_ties": 3,
            "instruments": ["treaty-0", "treaty-1", "treaty-2"],
        }
        assert weights["B"]["C"] == {"weight": 1.0, "n_ties": 1, "instruments": []}

    def test_instruments_are_distinct_and_claims_never_count(self) -> None:
        graph = graph_of()
        tie(graph, "A", "B", instrument="t1", id="1")
        tie(graph, "B", "A", instrument="t1", id="2")  # the other direction of the same treaty
        tie(graph, "A", "B", instrument="t2", id="3", sources=["x", "y"])
        tie(graph, "A", "B", id="4")  # without instrument: one of its own
        tie(graph, "A", "B", id="5")
        assert pair_weights(graph, weight="instruments")["A"]["B"]["weight"] == 4.0

    def test_an_instrument_is_split_over_its_chosen_domains(self) -> None:
        graph = graph_of()
        for domain in ("DEFENCE", "TECHNOLOGY"):
            tie(graph, "A", "B", instrument="aukus", domain=domain)
        tie(graph, "A", "C", instrument="treaty")
        tie(graph, "B", "C", instrument="chips", domain="TECHNOLOGY")
        both = pair_weights(graph, obligations=None, weight="instruments")
        # Unscaled: A-B 1/2 in each domain, A-C 1 in DEFENCE, B-C 1 in TECHNOLOGY; each domain totals 3/2.
        assert sorted(both.edges) == [("A", "B"), ("A", "C"), ("B", "C")]
        assert [both.edges[e]["weight"] for e in both.edges] == pytest.approx([2 / 3] * 3)
        alone = pair_weights(graph, obligations=None, domains=["DEFENCE"], weight="instruments")
        assert dict(alone.edges["A", "B"])["weight"] == 1.0

    def test_domains_are_scaled_to_equal_totals_then_weighted(self) -> None:
        graph = graph_of()
        tie(graph, "A", "B")
        for b in "BCDE":
            tie(graph, "A", b, domain="TRADE", obligations=[])
        weights = pair_weights(graph, obligations=None, domain_weights={"DEFENCE": 3.0})
        assert weights["A"]["B"]["weight"] == pytest.approx(3 * 1 + 1 / 4)
        assert weights["A"]["C"]["weight"] == pytest.approx(1 / 4)
        by_domain = {d: pair_weights(graph, obligations=None, domains=[d]) for d in ("DEFENCE", "TRADE")}
        assert {g.edges[e]["weight"] for g in by_domain.values() for e in g.edges} == {1.0}

    def test_a_graph_of_all_dates_needs_a_date(self) -> None:
        graph = graph_of(as_of=None)
        tie(graph, "A", "B", since="1949-08-24", until="1960-01-01")
        with pytest.raises(ValueError, match="give as_of"):
            pair_weights(graph)
        assert pair_weights(graph, as_of="1949-08-23").number_of_edges() == 0
        assert pair_weights(graph, as_of="1949-08-24").number_of_edges() == 1
        assert pair_weights(graph, as_of="1959-12-31").number_of_edges() == 1
        assert pair_weights(graph, as_of="1960-01-01").number_of_edges() == 0  # first day no longer in force
        with pytest.raises(ValueError):
            pair_weights(graph, as_of="1949")
        del graph.graph["as_of"]  # a graph that says nothing is read as it is, or at the date asked for
        assert pair_weights(graph).number_of_edges() == 1
        assert pair_weights(graph, as_of="1960-01-01").number_of_edges() == 0

    def test_a_snapshot_answers_for_its_own_date_only(self) -> None:
        with pytest.raises(ValueError, match="cannot answer for 1980"):
            pair_weights(cold_war(), as_of="1980-01-01")

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({"obligations": ["defense"]}, "unknown obligation"),
            ({"obligations": "defence"}, "takes a list"),
            ({"obligations": []}, "at least one"),
            ({"domains": []}, "at least one"),
            ({"weight": "claims"}, "binary"),
            ({"domain_weights": {"DEFENCE": -1}}, "positive"),
            ({"domain_weights": {"DEFENCE": 0}}, "positive"),
            ({"domains": ["TRADE"], "domain_weights": {"DEFENCE": 1}}, "not among"),
        ],
    )
    def test_refusals(self, wrong: dict[str, Any], why: str) -> None:
        with pytest.raises(ValueError, match=why):
            pair_weights(cold_war(), **wrong)


class TestLeiden:
    @pytest.mark.parametrize("weight", [-1.0, 0.0, math.nan, math.inf])
    def test_refuses_weights_that_are_not_positive(self, weight: float) -> None:
        with pytest.raises(ValueError, match="positive, finite"):
            checked_edges([("a", "b", 1.0), ("b", "c", weight)])

    def test_refuses_loops_and_repeated_pairs(self) -> None:
        with pytest.raises(ValueError, match="itself"):
            checked_edges([("a", "a", 1.0)])
        with pytest.raises(ValueError, match="twice"):
            checked_edges([("a", "b", 1.0), ("b", "a", 1.0)])

    @given(st.integers(0, 2**32), st.sampled_from([0.5, 1.0, 2.0]))
    @settings(max_examples=30, deadline=None)
    def test_modularity_agrees_with_networkx(self, seed: int, resolution: float) -> None:
        rng = random.Random(seed)
        graph = nx.gnm_random_graph(12, 20, seed=seed)
        edges = checked_edges((f"{a:02}", f"{b:02}", rng.random() + 0.1) for a, b in graph.edges)
        weighted: Graph = nx.Graph()
        weighted.add_weighted_edges_from(edges)
        found = best_of_runs(edges, seed=seed, runs=3, resolution=resolution)
        expected = nx.community.modularity(
            weighted, [set(group) for group in found.partition], resolution=resolution
        )
        assert modularity(edges, found.partition, resolution) == pytest.approx(expected, abs=1e-12)
        assert found.q == pytest.approx(expected, abs=1e-12)


class TestCamps:
    def test_karate_club_reaches_the_published_optimum(self) -> None:
        # Q = 0.4198 with four groups: Brandes et al. 2008, On Modularity Clustering, IEEE TKDE 20:172.
        result = camps(karate(), bootstrap=0, null_runs=0)
        assert result.q == pytest.approx(0.4198, abs=0.00005)
        assert len(result.members) == 4
        assert result.q_max == result.q
        assert result.q_min is not None
        assert result.q is not None
        assert result.q_min <= result.q

    def test_two_cliques_joined_by_one_tie(self) -> None:
        # 21 ties, strength 21 on each side: Q = 2 * (10/21 - (21/42)^2).
        result = camps(two_cliques())
        assert result.q == pytest.approx(20 / 21 - 1 / 2)
        assert result.members == {
            1: ("a0", "a1", "a2", "a3", "a4"),
            2: ("b0", "b1", "b2", "b3", "b4"),
        }
        assert result.same_camp("a1", "a2")
        assert not result.same_camp("a0", "b0")
        assert result.z is not None
        assert result.z > 2

    def test_1975(self) -> None:
        result = camps(cold_war(), leave_out=0.05)
        assert result.members == {
            1: tuple(sorted([*NATO_1975, "JPN"])),
            2: tuple(WARSAW_PACT_1975),
        }
        assert all(result.same_camp(a, b) for a, b in combinations(NATO_1975, 2))
        assert all(result.same_camp(a, b) for a, b in combinations(WARSAW_PACT_1975, 2))
        assert not any(result.same_camp(a, b) for a in NATO_1975 for b in WARSAW_PACT_1975)
        table = rows(result)
        assert (table["USA"]["n_ties"], table["USA"]["n_partners"]) == (15, 15)
        assert (table["JPN"]["n_ties"], table["JPN"]["n_partners"]) == (1, 1)
        # Japan's one tie is left out of a twentieth of 200 replicates; 3 standard errors are .046.
        assert result.co_assignment("USA", "JPN") == pytest.approx(0.95, abs=0.05)
        assert table["JPN"]["certainty"] == pytest.approx(0.95, abs=0.05)
        assert table["FRA"]["certainty"] > table["JPN"]["certainty"]
        assert result.notes == ["29 states are listed without a recorded date of existence"]

    def test_1975_with_replacement(self) -> None:
        result = camps(cold_war(), null_runs=0)
        assert result.members[1] == tuple(sorted([*NATO_1975, "JPN"]))
        assert all(result.same_camp(a, b) for a, b in combinations(WARSAW_PACT_1975, 2))
        # Japan's one tie of 127 is in a replicate with probability 1 - (126/127)^127 = .633: with 200
        # replicates within .1 of it (3 standard errors), so it is shown with the USA but not said to be.
        assert result.co_assignment("USA", "JPN") == pytest.approx(0.633, abs=0.1)
        assert not result.same_camp("JPN", "USA")
        # NATO holds 106 of the 127 ties; its clique splits at random, and the answer says so.
        assert any("83% of the weight" in note and "understated" in note for note in result.notes)

    def test_no_dominant_camp_no_note(self) -> None:
        assert not any("understated" in note for note in camps(two_cliques(), null_runs=0).notes)

    def test_leaving_out_instruments(self) -> None:
        result = camps(cold_war(), leave_out=0.1, bootstrap_unit="instrument", null_runs=0)
        assert result.co_assignment("FRA", "GBR") == pytest.approx(0.9, abs=0.07)  # 3 standard errors: .064
        assert result.co_assignment("FRA", "GBR") == result.co_assignment("BEL", "TUR")

    def test_doubting_instruments_instead_of_ties(self) -> None:
        # Of three treaties each is in a replicate with probability 1 - (2/3)^3 = .704; 3 standard errors: .1.
        result = camps(cold_war(), bootstrap_unit="instrument", null_runs=0)
        assert result.co_assignment("FRA", "GBR") == pytest.approx(1 - (2 / 3) ** 3, abs=0.1)
        assert result.co_assignment("POL", "SUN") == pytest.approx(1 - (2 / 3) ** 3, abs=0.1)
        assert not result.same_camp("FRA", "GBR")

    def test_one_instrument_only_is_said(self) -> None:
        graph = graph_of()
        pact(graph, "treaty", "ABCDE")
        result = camps(graph, bootstrap_unit="instrument", bootstrap=10, null_runs=0)
        assert any("one instrument" in note for note in result.notes)

    def test_states_without_a_tie_are_apart(self) -> None:
        result = camps(cold_war(), bootstrap=10, null_runs=0)
        table = rows(result)
        assert [row["state"] for row in result.rows[-len(NEUTRAL_1975) :]] == NEUTRAL_1975
        for state in NEUTRAL_1975:
            assert table[state]["camp"] is None
            assert table[state]["certainty"] is None
            assert table[state]["note"] == NO_TIE
            assert result.co_assignment(state, "USA") is None
            assert not result.same_camp(state, "USA")
        assert all(len(members) > 1 for members in result.members.values())
        with pytest.raises(KeyError):
            result.same_camp("XXX", "USA")

    def test_population_by_spells_or_as_given(self) -> None:
        graph = cold_war()
        add_state(graph, "SSD", spells=["2011-07-09/9999-12-31"])
        add_state(graph, "EST", spells=["1918-02-24/1940-08-06", "1991-08-20/9999-12-31"])
        add_state(graph, "IND", spells=["1947-08-15/9999-12-31"])
        add_state(graph, "GRL", kind="territory")
        default = rows(camps(graph, bootstrap=0, null_runs=0))
        assert "IND" in default
        assert not {"SSD", "EST", "GRL"} & default.keys()
        given_ = camps(graph, bootstrap=0, null_runs=0, population=["IND", "XYZ"])
        assert {s for s, row in rows(given_).items() if row["camp"] is None} == {"IND", "XYZ"}
        assert rows(given_)["XYZ"]["name"] == "XYZ"
        assert any("USA" in note and "not among" in note for note in given_.notes)

    def test_no_chosen_tie_at_all(self) -> None:
        result = camps(graph_of(["AAA", "BBB"]))
        assert (result.q, result.q_min, result.z, result.pairs) == (None, None, None, {})
        assert result.z_reason == "no chosen tie"
        assert [row["camp"] for row in result.rows] == [None, None]

    def test_a_domain_that_adds_nothing_is_said(self) -> None:
        graph = cold_war()
        tie(graph, "USA", "IND", domain="TRADE", obligations=[])
        notes = camps(graph, bootstrap=0, null_runs=0, domains=["DEFENCE", "TRADE"]).notes
        assert any(note.startswith("TRADE has no tie with obligation defence or offence") for note in notes)

    def test_camp_of_two_is_as_certain_as_its_pair(self) -> None:
        graph = two_cliques()
        tie(graph, "x", "y")
        result = camps(graph, null_runs=0)
        assert result.members[3] == ("x", "y")
        assert (
            rows(result)["x"]["certainty"] == rows(result)["y"]["certainty"] == result.co_assignment("y", "x")
        )

    def test_certainty_is_the_mean_over_the_camp(self) -> None:
        result = camps(karate(), bootstrap=40, null_runs=0)
        members = result.members[1]
        state = members[0]
        mean = sum(result.co_assignment(state, other) or 0 for other in members[1:]) / (len(members) - 1)
        assert rows(result)[state]["certainty"] == pytest.approx(mean)
        assert {(row["a"], row["b"]): row["probability"] for row in result.pair_rows()} == result.pairs
        assert all(
            row["same_camp"] == result.same_camp(row["a"], row["b"]) for row in result.pair_rows()[:200]
        )
        assert len(result.pairs) == 34 * 33 // 2

    def test_without_bootstrap_nothing_is_certain(self) -> None:
        result = camps(cold_war(), bootstrap=0, null_runs=0)
        assert {row["certainty"] for row in result.rows} == {None}
        with pytest.raises(ValueError, match="bootstrap"):
            result.same_camp("FRA", "GBR")

    def test_resolution_dissolves_camps_but_makes_none_of_one(self) -> None:
        result = camps(two_cliques(), resolution=30, bootstrap=5, null_runs=0)
        assert result.members == {}
        assert {row["camp"] for row in result.rows} == {None}
        assert all("at this resolution" in row["note"] for row in result.rows)

    @pytest.mark.parametrize(
        ("pairs", "why"),
        [
            (["AB", "BC", "AC"], "too small"),
            (["AB", "AC", "AD", "AE"], "no two ties can be swapped"),
            (["".join(p) for p in combinations("ABCDE", 2)], "no two ties can be swapped"),
            (["AB", "CD", "EF"], "all 20 graphs have Q = 0.6667"),  # any perfect matching: 3 (1/3 - 1/9)
        ],
    )
    def test_z_is_none_with_a_reason(self, pairs: list[str], why: str) -> None:
        graph = graph_of()
        for pair in pairs:
            tie(graph, pair[0], pair[1])
        result = camps(graph, bootstrap=0, null_runs=20)
        assert result.z is None
        assert why in result.z_reason

    def test_z_of_a_random_graph_is_unremarkable(self) -> None:
        graph = graph_of()
        for a, b in nx.gnm_random_graph(30, 90, seed=7).edges:
            tie(graph, f"s{a:02}", f"s{b:02}")
        result = camps(graph, bootstrap=0)
        assert result.z is not None
        assert abs(result.z) < 4
        assert camps(graph, bootstrap=0, null_runs=0).z_reason.startswith("not asked")

    def test_settings_repeat_the_answer(self) -> None:
        first = camps(karate(), seed=5, runs=7, bootstrap=11, null_runs=10)
        kept = {k: v for k, v in first.settings.items() if k not in ("null_trials", "same_camp", "library")}
        kept["domain_weights"] = kept["domain_weights"] or None
        assert camps(karate(), **kept) == first
        assert camps(karate(), **(kept | {"seed": 6})).pairs != first.pairs
        assert first.settings["library"].startswith("graspologic-native ")

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({"runs": 0}, "at least one run"),
            ({"bootstrap": -1}, "bootstrap"),
            ({"null_runs": 3}, "null_runs"),
            ({"resolution": 0}, "positive"),
            ({"resolution": math.nan}, "positive"),
            ({"bootstrap_unit": "claim"}, "bootstrap_unit"),
            ({"leave_out": 0}, "leave_out"),
            ({"leave_out": 0.6}, "leave_out"),
        ],
    )
    def test_refusals(self, wrong: dict[str, Any], why: str) -> None:
        with pytest.raises(ValueError, match=why):
            camps(cold_war(), **wrong)

    def test_a_simple_graph_is_refused(self) -> None:
        with pytest.raises(ValueError, match="MultiGraph"):
            camps(nx.Graph(as_of="1975-01-01"))  # type: ignore[arg-type, unused-ignore]


def shuffled(graph: Graph, rng: random.Random) -> Graph:
    """The same graph with nodes, ties and the ends of ties in another order."""
    other: Graph = nx.MultiGraph(**graph.graph)
    nodes = list(graph.nodes(data=True))
    edges = list(graph.edges(keys=True, data=True))
    rng.shuffle(nodes)
    rng.shuffle(edges)
    other.add_nodes_from(nodes)
    for u, v, key, data in edges:
        a, b = (u, v) if rng.random() < 0.5 else (v, u)
        other.add_edge(a, b, key=key, **data)
    return other


class TestDeterminism:
    @given(st.randoms(use_true_random=False))
    @settings(max_examples=15, deadline=None)
    def test_order_of_the_input_never_matters(self, rng: random.Random) -> None:
        for graph in (karate(), cold_war()):
            wanted = camps(graph, runs=5, bootstrap=10, null_runs=10, weight="instruments")
            got = camps(shuffled(graph, rng), runs=5, bootstrap=10, null_runs=10, weight="instruments")
            assert got == wanted

    def test_hash_seed_never_matters(self) -> None:
        code = (
            "import test_clusters as t, hashlib\n"
            "r = t.camps(t.karate(), runs=5, bootstrap=20, null_runs=10)\n"
            "print(hashlib.sha256(repr((r, sorted(r.pairs.items()))).encode()).hexdigest())"
        )
        here = Path(__file__).parent
        path = os.pathsep.join([str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
        prints = {
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
                capture_output=True,
                text=True,
                check=True,
                timeout=120,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(prints) == 1

    def test_the_graph_is_left_as_it_was(self) -> None:
        graph = cold_war()
        before: Graph = nx.MultiGraph(graph)
        camps(graph, runs=2, bootstrap=2, null_runs=0)
        assert nx.utils.graphs_equal(graph, before)


class TestGammaProfile:
    def test_cliques_hold_over_a_range(self) -> None:
        profile = gamma_profile(two_cliques(), resolutions=[30, 1.0, 0.05, 1.5])
        assert [row["resolution"] for row in profile] == [0.05, 1.0, 1.5, 30.0]
        assert [row["n_camps"] for row in profile] == [1, 2, 2, 0]
        assert [row["n_alone"] for row in profile] == [0, 0, 0, 10]
        assert [row["sizes"] for row in profile] == [[10], [5, 5], [5, 5], []]
        assert [row["ari_to_1"] for row in profile] == [0.0, 1.0, 1.0, 0.0]
        assert profile[2]["q_newman"] == pytest.approx(20 / 21 - 1 / 2)
        assert profile[2]["q"] == pytest.approx(20 / 21 - 1.5 / 2)

    def test_without_ties(self) -> None:
        assert [row["q"] for row in gamma_profile(graph_of("AB"))] == [None] * 6


def history() -> Graph:
    """Camp X of four from 1950; Y of three, of six from 1960 to 1970; then three of Y with three new ones."""
    graph = graph_of(as_of=None)
    add_state(graph, "n", spells=["1955-01-01/1965-01-01"])
    pact(graph, "x", ["x1", "x2", "x3", "x4"], since="1950-01-01")
    pact(graph, "y", ["y1", "y2", "y3"], since="1950-01-01", until="1970-01-01")
    pact(graph, "y2", ["y1", "y2", "y3", "y4", "y5", "y6"], since="1960-05-05", until="1970-01-01")
    pact(graph, "z", ["z1", "z2"], since="1970-01-01", until="9999-12-31")
    tie(graph, "x1", "y1", domain="TRADE", obligations=[], since="1957-03-25")
    return graph


class TestOverTime:
    def test_breakpoints_are_where_chosen_ties_change(self) -> None:
        assert breakpoints(history()) == ["1950-01-01", "1960-05-05", "1970-01-01"]
        assert breakpoints(history(), obligations=None) == [
            "1950-01-01", "1957-03-25", "1960-05-05", "1970-01-01",
        ]  # fmt: skip
        assert breakpoints(graph_of(as_of=None)) == []
        graph = graph_of(as_of=None)
        tie(graph, "A", "B", since="0001-01-01")
        assert breakpoints(graph) == ["0001-01-01"]
        tie(graph, "A", "C", since="0001-01-01", until="1990-10-03")
        assert breakpoints(graph) == ["1990-10-03"]

    def test_a_tie_replaced_by_another_is_a_change(self) -> None:
        graph = graph_of(as_of=None)
        tie(graph, "A", "B", since="1950-01-01", until="1960-01-01")
        tie(graph, "A", "B", since="1960-01-01", until="1970-01-01")
        assert breakpoints(graph) == ["1950-01-01", "1960-01-01", "1970-01-01"]

    def test_camps_keep_their_number_while_they_last(self) -> None:
        results = camps_over_time(history(), bootstrap=5)
        assert {d: r.members for d, r in results.items()} == {
            "1950-01-01": {1: ("x1", "x2", "x3", "x4"), 2: ("y1", "y2", "y3")},
            # Y is now the larger: by itself it would be camp 1
            "1960-05-05": {1: ("x1", "x2", "x3", "x4"), 2: ("y1", "y2", "y3", "y4", "y5", "y6")},
            # Y's number is not given to another camp
            "1970-01-01": {1: ("x1", "x2", "x3", "x4"), 3: ("z1", "z2")},
        }

    def test_each_date_is_solved_as_by_itself(self) -> None:
        graph = history()
        results = camps_over_time(graph, ["1966-01-01", "1951-06-01", "1951-06-01"], bootstrap=5)
        assert list(results) == ["1951-06-01", "1966-01-01"]
        for day, result in results.items():
            alone = camps(graph, as_of=day, runs=20, bootstrap=5, null_runs=0)
            assert result.q == alone.q
            assert result.pairs == alone.pairs
            assert set(result.members.values()) == set(alone.members.values())
        assert "n" not in rows(results["1966-01-01"])  # its spell ended in 1965

    def test_population_may_differ_between_dates(self) -> None:
        results = camps_over_time(
            history(), ["1951-01-01", "1956-01-01"], bootstrap=0, population=lambda day: [f"old{day[:4]}"]
        )
        assert "old1951" in rows(results["1951-01-01"])
        assert "old1951" not in rows(results["1956-01-01"])
        assert (
            rows(camps_over_time(history(), ["1956-01-01"], bootstrap=0)["1956-01-01"])["n"]["camp"] is None
        )

    def test_refuses_a_snapshot_and_imprecise_dates(self) -> None:
        with pytest.raises(ValueError, match="snapshot of 1975"):
            camps_over_time(cold_war())
        with pytest.raises(ValueError, match="not a day"):
            camps_over_time(history(), ["1975"])


class TestMatchLabels:
    @pytest.mark.parametrize(
        ("previous", "groups", "wanted"),
        [
            ({1: "abc", 2: "de"}, ["de", "abc"], [2, 1]),
            ({1: "abcd"}, ["ab", "c"], [1, 9]),  # a split: the larger part keeps the number
            ({1: "abc", 2: "de"}, ["abcde"], [1]),  # a union: the number of the larger
            ({1: "ab"}, ["xy"], [9]),
            ({1: "ab", 2: "c"}, ["abc", "xy"], [1, 9]),
            ({1: "ab", 2: "cd"}, ["ac", "bd"], [1, 2]),  # all overlaps equal
            ({4: "ab"}, ["ab", "acd"], [4, 9]),
            ({4: "abxyz"}, ["abcdef", "xy"], [9, 4]),  # equal overlap: the higher Jaccard index, 2/5 to 2/9
        ],
    )
    def test_hand_made(self, previous: dict[int, str], groups: list[str], wanted: list[int]) -> None:
        old = {label: frozenset(g) for label, g in previous.items()}
        labels, following = match_labels(old, [frozenset(g) for g in groups], 9)
        assert labels == wanted
        assert following == 9 + labels.count(9)


class TestChange:
    def test_published_values_of_the_adjusted_rand_index(self) -> None:
        # The examples of scikit-learn's documentation of adjusted_rand_score.
        assert adjusted_rand_index([0, 0, 1, 1], [0, 0, 1, 1]) == 1.0
        assert adjusted_rand_index([0, 0, 1, 1], [1, 1, 0, 0]) == 1.0
        assert adjusted_rand_index([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(0.57, abs=0.005)
        assert adjusted_rand_index([0, 0, 0, 0], [0, 1, 2, 3]) == 0.0
        assert adjusted_rand_index([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)

    def test_hand_made_values(self) -> None:
        # Two groups of four; one of them falls apart. H = ln 2 and 2 ln 2, I = ln 2: NMI = 2/3. Pairs
        # together: 6 of 12 and 6, of 28: ARI = (6 - 18/7) / (9 - 18/7) = 8/15.
        before, after = [0] * 4 + [1] * 4, [0] * 4 + [1, 2, 3, 4]
        assert normalised_mutual_information(before, after) == pytest.approx(2 / 3)
        assert adjusted_rand_index(before, after) == pytest.approx(8 / 15)
        assert normalised_mutual_information([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(0.0, abs=1e-12)
        assert normalised_mutual_information([0, 0], [5, 5]) == 1.0

    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
    def test_ranges_and_symmetry(self, cells: Sequence[tuple[int, int]]) -> None:
        a, b = [x for x, _ in cells], [y for _, y in cells]
        for measure in (normalised_mutual_information, adjusted_rand_index):
            assert measure(a, b) == pytest.approx(measure(b, a), abs=1e-9)
            assert measure(a, a) == pytest.approx(1.0)
            assert measure(a, [x + 7 for x in b]) == measure(a, b)
            assert -0.5 - 1e-9 <= measure(a, b) <= 1 + 1e-9
        assert normalised_mutual_information(a, b) >= 0

    def test_refuses_what_cannot_be_compared(self) -> None:
        for measure in (normalised_mutual_information, adjusted_rand_index):
            with pytest.raises(ValueError, match="cannot be compared"):
                measure([1], [1, 2])
            with pytest.raises(ValueError, match="cannot be compared"):
                measure([], [])

    def test_a_dissolution_shows(self) -> None:
        """The Warsaw Pact ends; NATO goes on. By intersection nothing would have changed."""
        graph = graph_of(as_of=None)
        pact(graph, "nato", "abcd")
        pact(graph, "pact", "efgh", until="1991-07-01")
        results = camps_over_time(graph, ["1991-06-30", "1991-07-01"], bootstrap=0)
        difference = change(results["1991-06-30"], results["1991-07-01"])
        assert difference["nmi"] == pytest.approx(2 / 3)
        assert difference["ari"] == pytest.approx(8 / 15)
        assert (difference["n_states"], difference["left"], difference["joined"]) == (8, list("efgh"), [])

    def test_uninvolved_states_say_nothing(self) -> None:
        first = camps(cold_war(), bootstrap=0, null_runs=0)
        more = camps(cold_war(), bootstrap=0, null_runs=0, population=[f"Z{i:02}" for i in range(90)])
        assert change(first, more) == {"nmi": 1.0, "ari": 1.0, "n_states": 23, "joined": [], "left": []}

    def test_nothing_to_compare(self) -> None:
        empty = camps(graph_of("AB"), bootstrap=0)
        assert change(empty, empty) == {"nmi": None, "ari": None, "n_states": 0, "joined": [], "left": []}


# COW/ATOP numbers. DEU is 255 and 260 in 1990, the year of unification.
NATO_1990 = [
    "2",
    "20",
    "200",
    "210",
    "211",
    "212",
    "220",
    "230",
    "235",
    "255",
    "260",
    "325",
    "350",
    "385",
    "390",
    "395",
    "640",
]
WARSAW_PACT_1990 = ["265", "290", "310", "315", "355", "360", "365"]
NEUTRAL_1990 = {
    "205": "Ireland",
    "225": "Switzerland",
    "305": "Austria",
    "345": "Yugoslavia",
    "380": "Sweden",
}
RIO_ONLY_1990 = ["70", "100", "101", "135", "140", "155", "160"]


@pytest.mark.reference
class TestAtop:
    """ATOP 5.1 (Leeds et al. 2002), all defence and offence dyads of the world."""

    def graph(self, year: int) -> Graph:
        folder = os.environ.get("PACTGRAPH_REFERENCE")
        if not folder:
            pytest.skip("PACTGRAPH_REFERENCE does not name the folder with the publishers' files")
        graph = graph_of(as_of=f"{year}-12-31")
        with (Path(folder) / "atop" / "atop5_1ddyr_1990_2018.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                a, b = row["stateA"], row["stateB"]
                if int(row["year"]) != year or int(a) > int(b):
                    continue
                coded = [o for o, c in (("defence", "defense"), ("offence", "offense")) if row[c] == "1"]
                tie(graph, a, b, obligations=coded, id=row["ddyad"])
        return graph

    def test_cold_war_camps_of_1990(self) -> None:
        result = camps(self.graph(1990), null_runs=20)
        west = {result.camp_of(s) for s in NATO_1990}
        east = {result.camp_of(s) for s in WARSAW_PACT_1990}
        assert len(west) == len(east) == 1
        assert None not in west | east
        assert not west & east
        assert not any(result.same_camp(a, b) for a in NATO_1990 for b in WARSAW_PACT_1990)
        assert all(result.same_camp(a, b) for a, b in combinations(WARSAW_PACT_1990, 2))
        assert all(result.camp_of(s) is None for s in NEUTRAL_1990)
        assert len({result.camp_of(s) for s in RIO_ONLY_1990}) == 1  # the Rio Pact holds together
        assert not {result.camp_of(s) for s in RIO_ONLY_1990} & east
        assert result.z is not None
        assert result.z > 2

    def test_the_east_is_gone_in_1992(self) -> None:
        before = camps(self.graph(1990), bootstrap=0, null_runs=0)
        after = camps(self.graph(1992), bootstrap=0, null_runs=0)
        assert len({after.camp_of(s) for s in NATO_1990 if s != "260"}) == 1
        assert "265" not in rows(after) or rows(after)["265"]["camp"] is None  # the GDR is no state any more
        assert change(before, after)["nmi"] < 1


class TestAutoResolution:
    """The rule of ours: the largest of 1, .75, .5, .25 at which the share of states placed at .8 is within .05 of the best."""

    def cold_war(self) -> Graph:
        graph = graph_of(as_of="1975-12-31")
        for members, pact in ((NATO_1975, "north-atlantic-treaty"), (WARSAW_PACT_1975, "warsaw-treaty")):
            for a, b in combinations(members, 2):
                tie(graph, a, b, instrument=pact)
        for a, b in (("JPN", "USA"), ("KOR", "USA"), ("PHL", "USA"), ("AUS", "USA"), ("NZL", "USA"), ("AUS", "NZL")):
            tie(graph, a, b)
        return graph

    def test_a_treaty_that_holds_most_ties_is_not_cut_through(self) -> None:
        # At gamma 1 the USA's 14 ties to NATO's clique are about what its 19 ties lead one to expect there, and its 5 in the
        # Pacific far more than expected, so it would leave the alliance that binds it (hand count: 14 - 19*196/264 < 0).
        graph = self.cold_war()
        newman = camps(graph, resolution=1.0, bootstrap=0, null_runs=0)
        assert newman.camp_of("USA") != newman.camp_of("GBR")
        auto = camps(graph, resolution="auto", bootstrap=60, null_runs=0)
        assert {auto.camp_of(s) for s in NATO_1975} == {auto.camp_of("JPN")}
        assert len({auto.camp_of(s) for s in WARSAW_PACT_1975}) == 1
        assert auto.camp_of("SUN") != auto.camp_of("USA")
        assert auto.same_camp("FRA", "GBR")
        assert not auto.same_camp("JPN", "NOR")  # Japan hangs on one tie

    def test_the_choice_follows_the_printed_rule_and_can_be_repeated(self) -> None:
        graph = self.cold_war()
        auto = camps(graph, resolution="auto", bootstrap=60, null_runs=0)
        assert [row["resolution"] for row in auto.profile] == [1.0, 0.75, 0.5, 0.25]
        best = max(row["sure_share"] for row in auto.profile)
        within = [row["resolution"] for row in auto.profile if row["sure_share"] >= best - 0.05]
        assert auto.settings["resolution"] == within[0]
        again = camps(graph, resolution=auto.settings["resolution"], bootstrap=60, null_runs=0)
        assert again.rows == auto.rows

    def test_without_a_bootstrap_it_is_newmans(self) -> None:
        assert camps(self.cold_war(), resolution="auto", bootstrap=0, null_runs=0).settings["resolution"] == 1.0

    @pytest.mark.parametrize("wrong", [0, -1.0, math.nan, "much"])
    def test_other_values_are_refused(self, wrong: Any) -> None:
        with pytest.raises(ValueError):
            camps(self.cold_war(), resolution=wrong)
