"""What moved between two dates, what holds a state in its camp, layers of equal weight."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from test_clusters import graph_of, pact, tie

from graph_loader.analysis.change import compare, why
from graph_loader.analysis.clusters import camps, pair_weights
from graph_loader.analysis.layers import chosen_ties, layer_table


def solved(graph: Any, **more: Any) -> Any:
    return camps(graph, null_runs=0, runs=5, **{"bootstrap": 40, **more})


def two_camps(**more: Any) -> Any:
    graph = graph_of(as_of="1975-01-01")
    pact(graph, "west", "abcd", **more)
    pact(graph, "east", "efgh", **more)
    return graph


def test_a_dissolution_is_a_loss_not_a_move() -> None:
    """The example of clusters.change: NMI 2/3, ARI 8/15 when one of two camps of four dissolves."""
    after = graph_of("efgh", as_of="1991-12-31")
    pact(after, "west", "abcd")
    rows, summary = compare(solved(two_camps()), solved(after))
    assert (summary["nmi"], summary["ari"]) == (pytest.approx(2 / 3), pytest.approx(8 / 15))
    assert {r["state"]: r["moved"] for r in rows} == dict.fromkeys("efgh", "left") | dict.fromkeys("abcd", "stayed")
    assert [r["moved"] for r in rows] == ["left"] * 4 + ["stayed"] * 4
    assert all(r["camp_after"] is None and r["certainty_after"] is None for r in rows[:4])


def test_one_state_changes_sides() -> None:
    after = graph_of(as_of="1976-01-01")
    pact(after, "west", "abc")
    pact(after, "east", "defgh")
    rows, summary = compare(solved(two_camps()), solved(after))
    moved = {r["state"]: r["moved"] for r in rows}
    assert [s for s, m in moved.items() if m == "moved"] == ["d"]
    assert summary["n_states"] == 8
    # The larger camp is numbered 1 in the later result; under the earlier numbers east stays 2.
    east = {r["camp_after"] for r in rows if r["state"] in "efgh"}
    assert east == {r["camp_before"] for r in rows if r["state"] in "efgh"}


def test_the_same_camps_stay() -> None:
    rows, summary = compare(solved(two_camps()), solved(two_camps()))
    assert {r["moved"] for r in rows} == {"stayed"}
    assert (summary["nmi"], summary["ari"]) == (1.0, 1.0)


def test_the_treaty_that_holds_a_state_is_found() -> None:
    graph = two_camps()
    tie(graph, "a", "e", instrument="bridge", sources=["s"])
    base = solved(graph)
    found = why(graph, "a", base, obligations=("defence", "offence"), runs=5, bootstrap=40)
    assert [(r["removed"], r["moved"]) for r in found] == [("west", "moves"), ("bridge", "stays")]
    west, bridge = found
    assert (west["n_ties"], west["partners"], west["kept"]) == (3, ["b", "c", "d"], 0.0)
    assert west["camp"] == base.camp_of("e")  # by the one tie that is left
    assert (bridge["n_ties"], bridge["partners"], bridge["kept"], bridge["sources"]) == (1, ["e"], 1.0, ["s"])
    assert bridge["camp"] == base.camp_of("a")


def test_a_state_with_one_treaty_is_alone_without_it() -> None:
    graph = two_camps()
    (row,) = why(graph, "h", solved(graph), obligations=("defence",), runs=5, bootstrap=40)
    assert (row["moved"], row["camp"], row["certainty"], row["sure"]) == ("alone", None, None, False)


def test_a_tie_that_others_double_moves_nothing() -> None:
    graph = two_camps()
    pact(graph, "west-2", "abcd")
    found = why(graph, "a", solved(graph), obligations=("defence",), runs=5, bootstrap=40)
    assert {r["moved"] for r in found} == {"stays"}
    assert {r["n_partners"] for r in found} == {0}


def test_questions_without_an_answer() -> None:
    graph = two_camps()
    with pytest.raises(ValueError, match="not among the states"):
        why(graph, "z", solved(graph), obligations=None)
    with pytest.raises(ValueError, match="bootstrap"):
        why(graph, "a", solved(graph, bootstrap=0), obligations=None)


# -- layers --------------------------------------------------------------------------------------------------------------


def layers() -> Any:
    """One alliance pair against ten pairs of trade: by numbers trade would have ten elevenths."""
    graph = graph_of(as_of="1975-01-01")
    tie(graph, "a", "b", instrument="alliance")
    tie(graph, "a", "f", instrument="talks", obligations=["consultation"])
    pact(graph, "trade", "abcde", domain="TRADE", obligations=[])
    tie(graph, "a", "c", instrument="ban", domain="SANCTIONS", sign=-1, obligations=[])
    return graph


def test_obligations_limit_defence_ties_only() -> None:
    chosen = chosen_ties(layers(), ["DEFENCE", "TRADE"])
    assert sorted(d["domain"] for *_, d in chosen.edges(data=True)) == ["DEFENCE"] + ["TRADE"] * 10
    assert chosen.graph["as_of"] == "1975-01-01"
    assert set(chosen) == set(layers())
    everything = chosen_ties(layers(), ["DEFENCE"], None)
    assert everything.number_of_edges() == 2
    with pytest.raises(ValueError, match="sanctions is no tie that makes a camp"):
        chosen_ties(layers(), ["DEFENCE", "SANCTIONS"])


def test_layers_weigh_the_same_unless_told_otherwise() -> None:
    chosen = chosen_ties(layers(), ["DEFENCE", "TRADE"])

    def shares(**weights: float) -> dict[str, float]:
        """Of the total weight, by the pairs that have only trade (nine of ten) and the one that has both."""
        table = layer_table(chosen, ["DEFENCE", "TRADE"], domain_weights=weights)
        weighed = pair_weights(chosen, obligations=None, domains=["DEFENCE", "TRADE"], domain_weights=weights)
        total = sum(w for *_, w in weighed.edges(data="weight"))
        both, trade = weighed.edges["a", "b"]["weight"], weighed.edges["b", "c"]["weight"]
        assert 10 * trade / total == pytest.approx({r["domain"]: r["share"] for r in table}["TRADE"])
        assert (both - trade) / total == pytest.approx({r["domain"]: r["share"] for r in table}["DEFENCE"])
        return {r["domain"]: r["share"] for r in table}

    assert shares() == {"DEFENCE": 0.5, "TRADE": 0.5}
    assert shares(DEFENCE=2.0) == {"DEFENCE": pytest.approx(2 / 3), "TRADE": pytest.approx(1 / 3)}


def test_an_empty_layer_takes_nothing() -> None:
    table = layer_table(chosen_ties(layers(), ["DEFENCE", "ENERGY"]), ["DEFENCE", "ENERGY"], domain_weights={"ENERGY": 5.0})
    assert [(r["domain"], r["pairs"], r["share"]) for r in table] == [("DEFENCE", 1, 1.0), ("ENERGY", 0, 0.0)]


def test_a_weight_can_turn_a_state() -> None:
    """s is allied with one side and trades with the other: the heavier layer decides."""
    graph: nx.MultiGraph[str] = graph_of(as_of="1975-01-01")
    pact(graph, "allies", "abcs")
    pact(graph, "market", "xyzs", domain="TRADE", obligations=[])
    chosen = chosen_ties(graph, ["DEFENCE", "TRADE"])
    for weights, side in (({"DEFENCE": 5.0}, "a"), ({"TRADE": 5.0}, "x")):
        found = solved(chosen, obligations=None, domains=["DEFENCE", "TRADE"], domain_weights=weights, bootstrap=0, resolution=0.5)
        assert found.camp_of("s") == found.camp_of(side), weights
