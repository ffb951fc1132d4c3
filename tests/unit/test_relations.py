"""Who is an ally and who a rival: the definitions, on worlds of a few states."""

from __future__ import annotations

from typing import Any

import networkx as nx
import polars as pl
import pytest
from ties import FLOW, defence, flow, measure, world

from graph_loader.analysis.dependence import asymmetry, by_relation, criteria
from graph_loader.analysis.exposure import COLUMNS, exposure
from graph_loader.analysis.relations import relation
from graph_loader.analysis.scenario import lost_supply

UNION = {"EU": ["DEU", "FRA"]}


def kind(graph: nx.MultiGraph[str], a: str, b: str, members: Any = UNION) -> str:
    return relation(graph, a, b, members).kind


def test_an_obligation_in_either_direction_makes_an_ally() -> None:
    graph = world(defence("USA", "JPN", mutual=False), defence("DEU", "USA"))
    for a, b in (("USA", "JPN"), ("JPN", "USA"), ("DEU", "USA")):
        assert kind(graph, a, b) == "ally"
    assert relation(graph, "JPN", "USA", {}).obligation == "owed to JPN: treaty USA-JPN"
    assert relation(graph, "USA", "JPN", {}).obligation == "owed by USA: treaty USA-JPN"


@pytest.mark.parametrize("obligations", [[], ["consultation"], ["nonaggression"], ["neutrality"]])
def test_a_partnership_without_a_duty_to_defend_makes_no_ally(obligations: list[str]) -> None:
    assert kind(world(defence("USA", "JPN", obligations=obligations)), "USA", "JPN") == "neutral"


@pytest.mark.parametrize("domain", ["SANCTIONS", "DISPUTE"])
def test_a_measure_or_dispute_in_either_direction_makes_a_rival(domain: str) -> None:
    graph = world(measure("USA", "RUS", domain=domain))
    assert kind(graph, "RUS", "USA") == kind(graph, "USA", "RUS") == "rival"


def test_neither_word_hides_the_other() -> None:
    assert kind(world(defence("USA", "TUR"), measure("USA", "TUR")), "TUR", "USA") == "ally and rival"


def test_measures_of_a_union_are_its_members_and_those_of_other_organisations_are_not() -> None:
    graph = world(measure("EU", "RUS"), measure("UN", "PRK"), blocs={"EU": "union", "UN": "organisation"})
    members = UNION | {"UN": ["DEU", "USA"]}
    assert kind(graph, "DEU", "RUS", members) == kind(graph, "RUS", "DEU", members) == "rival"
    assert kind(graph, "USA", "RUS", members) == "neutral"
    assert kind(graph, "DEU", "PRK", members) == "neutral"
    found = relation(graph, "DEU", "RUS", members)
    assert found.hostile == "sanctions (trade) EU against RUS"
    assert found.hostile_sources == ("src",)


def test_a_bloc_is_an_ally_only_when_all_members_are() -> None:
    part = world(defence("DEU", "NOR"), blocs={"EU": "union"})
    assert kind(part, "EU", "NOR") == "ally of some members"
    assert relation(part, "EU", "NOR", UNION).obligation == "1 of its 2 members: treaty DEU-NOR"
    assert kind(world(defence("DEU", "NOR"), defence("FRA", "NOR"), blocs={"EU": "union"}), "EU", "NOR") == "ally"


def test_a_bank_is_no_state() -> None:
    graph = world(defence("DEU", "FRA"))
    graph.add_node("BANK", label="Actor", name="Bank", kind="agency")
    assert kind(graph, "DEU", "BANK") == "not a state"


def test_shares_by_relation_add_up_and_the_unnamed_is_no_relation() -> None:
    graph = world(defence("DEU", "NOR"), measure("EU", "RUS"), blocs={"EU": "union"})
    graph.add_node("QAT", label="State", name="QAT", kind="state")
    flows = pl.DataFrame([flow("DEU", s, share) for s, share in (("RUS", 0.5), ("NOR", 0.2), ("QAT", 0.1))], schema=FLOW)
    rows = by_relation(flows, graph, UNION)
    assert [(r["relation"], round(r["share"], 9), r["suppliers"]) for r in rows] == [
        ("ally", 0.2, ["NOR"]), ("rival", 0.5, ["RUS"]), ("neutral", 0.1, ["QAT"]), ("unnamed", 0.2, [])]  # fmt: skip
    assert sum(r["share"] for r in rows) == pytest.approx(1)
    assert sum(r["hhi_part"] or 0 for r in rows) == pytest.approx(0.25 + 0.04 + 0.01)  # the lower bound of HHI


def test_exposure_ranks_suppliers_and_gives_each_cell_its_sources() -> None:
    graph = world(defence("DEU", "NOR"), measure("EU", "RUS"), blocs={"EU": "union"})
    flows = pl.DataFrame(
        [flow("DEU", "NOR", 0.2), flow("DEU", "RUS", 0.5), flow("EU", "RUS", 0.45), flow("USA", "RUS", 0.3)], schema=FLOW)  # fmt: skip
    rows = exposure(flows, graph, "DEU", UNION, top=1)
    assert [(r["importer"], r["supplier"], r["rank"], r["relation"]) for r in rows] == [
        ("DEU", "RUS", 1, "rival"),
        ("EU", "RUS", 1, "rival"),
    ]
    assert all(tuple(row) == COLUMNS for row in rows)
    assert (rows[0]["n_named"], rows[0]["named_share"]) == (2, pytest.approx(0.7))
    assert (rows[0]["flow_sources"], rows[0]["hostile_sources"], rows[0]["obligation_sources"]) == (["stats"], ["src"], [])
    assert rows[0]["sources"] == ["src", "stats"]


@pytest.mark.parametrize("shares", [(0.7, 0.6), (0.5, -0.1), (0.5, float("nan"))])
def test_shares_that_contradict_each_other_are_refused_not_cut(shares: tuple[float, float]) -> None:
    flows = pl.DataFrame([flow("DEU", s, share) for s, share in zip(("RUS", "NOR"), shares, strict=True)], schema=FLOW)
    graph = world(defence("DEU", "NOR"), defence("DEU", "RUS"))
    for refuse in (
        lambda: by_relation(flows, graph, {}),
        lambda: exposure(flows, graph, "DEU", {}),
        lambda: lost_supply(flows, "RUS"),
        lambda: asymmetry(flows),
        lambda: criteria(flows, "2022-06-01"),
    ):
        with pytest.raises(ValueError, match="DEU"):
            refuse()


def test_exposure_keeps_those_tied_with_the_last() -> None:
    flows = pl.DataFrame([flow("DEU", s, 0.1) for s in ("USA", "NOR")], schema=FLOW)
    rows = exposure(flows, world(defence("DEU", "NOR"), defence("DEU", "USA")), "DEU", {}, top=1)
    assert [r["supplier"] for r in rows] == ["NOR", "USA"]
    with pytest.raises(ValueError, match="at least 1"):
        exposure(flows, world(), "DEU", {}, top=0)
