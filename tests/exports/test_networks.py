"""export graphml, gexf, json: networkx reads back the graph that was written, parallel ties and spells apart."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import networkx as nx
import pytest
from support import Cli, small_package

from graph_loader import pipeline
from graph_loader.exports.networks import as_gexf, as_graphml, as_json, flattened, timed
from graph_loader.exports.part import network
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store
from graph_loader.stores.embedded import EmbeddedStore

HOSTILE = "Quote \" ' < & > ]]> ; line\nbreak \u2028 éß漢\U0001f600 \x0b\x1b\ufffe"


def equal(one: nx.MultiDiGraph[str], other: nx.MultiDiGraph[str]) -> None:
    assert dict(one.nodes(data=True)) == dict(other.nodes(data=True))
    assert {(u, v, k): d for u, v, k, d in one.edges(keys=True, data=True)} == {
        (u, v, k): d for u, v, k, d in other.edges(keys=True, data=True)
    }


@pytest.fixture(scope="module")
def graph(loaded_embedded: Store) -> nx.MultiDiGraph[str]:
    with loaded_embedded.reading() as reader:
        return network(reader)


@pytest.fixture
def hostile(tmp_path: Path) -> nx.MultiDiGraph[str]:
    folder = small_package(
        tmp_path / "hostile",
        {"blocs": [{"id": "HOSTILE", "name": HOSTILE, "kind": "forum", "since": "1990", "until": ".."}]},
    )
    store = EmbeddedStore(tmp_path / "store")
    pipeline.load(store, [(PackageSource(folder), folder)])
    with store.reading() as reader:
        return network(reader)


def read_json(data: bytes) -> nx.MultiDiGraph[str]:
    return nx.node_link_graph(json.loads(data), edges="edges")


def read_graphml(data: bytes) -> nx.MultiDiGraph[str]:
    return nx.read_graphml(io.BytesIO(data), edge_key_type=str, force_multigraph=True)


def read_gexf(data: bytes) -> nx.MultiDiGraph[str]:
    read = nx.read_gexf(io.BytesIO(data), version="1.2draft")
    if read.is_multigraph():
        return read
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()  # networkx makes a plain graph where no two edges are parallel
    found.add_nodes_from(read.nodes(data=True))
    found.add_edges_from((u, v, d["id"], d) for u, v, d in read.edges(data=True))
    return found


def test_json_reads_back_equal(graph: nx.MultiDiGraph[str], hostile: nx.MultiDiGraph[str]) -> None:
    for wanted in (graph, hostile):
        found = read_json(as_json(wanted))
        equal(found, wanted)
        assert found.graph == wanted.graph
    assert hostile.nodes["HOSTILE"]["name"] == HOSTILE


def test_graphml_reads_back_equal(graph: nx.MultiDiGraph[str], hostile: nx.MultiDiGraph[str]) -> None:
    for wanted in (graph, hostile):
        equal(read_graphml(as_graphml(wanted)), flattened(wanted))
    assert read_graphml(as_graphml(hostile)).nodes["HOSTILE"]["name"] == HOSTILE[:-3] + "\ufffd" * 3


def test_gexf_reads_back_equal(graph: nx.MultiDiGraph[str], hostile: nx.MultiDiGraph[str]) -> None:
    for wanted in (graph, hostile):
        equal(read_gexf(as_gexf(wanted)), timed(wanted))


def test_parallel_ties_and_spells_stay_apart(graph: nx.MultiDiGraph[str]) -> None:
    # Security Treaty of 1951, in force 28 April 1952 to 23 June 1960, and the Treaty of Mutual Cooperation and Security that replaced it;
    # the second obliges the United States alone (its Article V).
    read = read_gexf(as_gexf(graph))
    pairs = (("JPN", "USA"), ("USA", "JPN"))
    both = {d["instrument"]: d for pair in pairs for d in read.get_edge_data(*pair).values() if d.get("instrument")}
    assert (both["us-japan-1951"]["start"], both["us-japan-1951"]["end"]) == ("1952-04-28", "1960-06-22")  # GEXF's end is a last day
    assert both["us-japan-1960"]["start"] == "1960-06-23" and "end" not in both["us-japan-1960"]
    assert both["us-japan-1960"]["mutual"] is False and read.has_edge("USA", "JPN", "tie|us-japan-1960|USA|JPN|DEFENCE|alliance|1")
    # France in NATO's integrated command until 1 July 1966 and again from 4 April 2009.
    spells = {k: (d.get("start"), d.get("end")) for k, d in read.get_edge_data("FRA", "NATO-IMS").items()}
    assert spells["member|FRA|NATO-IMS|1"][1] == "1966-06-30"
    assert spells["member|FRA|NATO-IMS|2"] == ("2009-04-04", None)


def test_gephi_is_told_that_times_are_days(graph: nx.MultiDiGraph[str]) -> None:
    element = ET.fromstring(as_gexf(graph)).find("{http://www.gexf.net/1.2draft}graph")
    assert element is not None
    assert (element.get("timeformat"), element.get("mode"), element.get("defaultedgetype")) == ("date", "dynamic", "directed")


def test_a_slice_holds_what_was_in_force(loaded_embedded: Store) -> None:
    with loaded_embedded.reading() as reader:
        found = network(reader, "1985-06-01")
        defence = network(reader, "1985-06-01", ("DEFENCE",))
    # NATO, "Enlargement": 16 members in 1985, France among them but not in the integrated command.
    assert len({u for u, _, d in found.in_edges("NATO", data=True) if d["relation"] == "MEMBER_OF"}) == 16
    assert not found.has_edge("FRA", "NATO-IMS")
    assert all(d["since"] <= "1985-06-01" < d["until"] for *_, d in found.edges(data=True) if d["relation"] != "DEPENDS_ON")
    assert {d["relation"] for *_, d in defence.edges(data=True)} == {"DEFENCE"}
    assert defence.number_of_nodes() == found.number_of_nodes()  # who has no tie is there, too
    assert defence.graph["as_of"] == "1985-06-01" and defence.graph["sources"]


def test_flows_of_a_slice_are_of_the_newest_complete_period(loaded_embedded: Store) -> None:
    """Bundesnetzagentur, gas supply figures for 2022: of 2021 Russia 52 %. In 2022-06 the newest complete year is 2021."""
    with loaded_embedded.reading() as reader:
        found = network(reader, "2022-06-01")
    flows = [(u, v, d) for u, v, d in found.edges("DEU", data=True) if d["relation"] == "DEPENDS_ON" and d["good"] == "natural-gas"]
    assert [(u, v, d["share"], d["to_year"]) for u, v, d in flows] == [("DEU", "RUS", 0.52, 2021)]


@pytest.mark.parametrize("form", ["graphml", "gexf", "json"])
def test_the_commands(cli: Cli, loaded_embedded: Store, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"ties.{form}"
    file.write_text("an earlier export", encoding="utf-8")
    args = ("export", form, "-o", file, "--as-of", "1985-06-01", "--domain", "defence", "--format", "json")
    done = cli(*args, db=loaded_embedded).ok()
    read = {"graphml": read_graphml, "gexf": read_gexf, "json": read_json}[form](file.read_bytes())
    assert {row["what"]: row["rows"] for row in done.rows} == {"nodes": read.number_of_nodes(), "edges": read.number_of_edges()}
    assert done.json["as_of"] == "1985-06-01" and done.json["newest_source"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("ties", "."))] == [file.name]
    cli("export", form, "-o", tmp_path / "no" / "such" / "folder", db=loaded_embedded).fails(1, "cannot be written", "choose another -o")
    cli("export", form, "-o", file, "--domain", "love", db=loaded_embedded).fails(2, "there is no domain 'love'")
