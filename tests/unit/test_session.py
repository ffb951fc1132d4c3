"""pactgraph in Python: five lines to polars, pandas and networkx; tables for Jupyter in which data stay data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import networkx as nx
import polars as pl
import pytest

import graph_loader
from graph_loader.errors import UsageError
from graph_loader.session import Graph, Result
from graph_loader.stores.base import Store

HOSTILE = "<script>alert(1)</script> & \"'"


@pytest.fixture
def graph(loaded_embedded: Store) -> Graph:
    return Graph(loaded_embedded, library=())


def test_five_lines(loaded_embedded: Store) -> None:
    graph = graph_loader.connect(loaded_embedded.url, library=[])
    members = graph.query("membership/members", bloc="NATO", as_of=1985).polars()
    ties = graph.ties(1985)
    flows = graph.flows("natural-gas")
    edges = graph.query("obligations/offensive").networkx("a", "b")
    assert isinstance(members, pl.DataFrame) and members.height == 16  # NATO, "Enlargement": 16 members from 30 May 1982
    assert isinstance(ties, nx.MultiGraph) and ties.graph["as_of"] == "1985-12-31" and ties.number_of_edges()
    assert isinstance(flows, pl.DataFrame) and set(flows["good"]) == {"natural-gas"}
    # Pact of Friendship and Alliance (Pact of Steel), 22 May 1939, Article III: each joins the other's war.
    assert isinstance(edges, nx.MultiDiGraph) and (edges.has_edge("DEU", "ITA") or edges.has_edge("ITA", "DEU"))


def test_an_answer_knows_its_date_sources_and_doubts(graph: Graph) -> None:
    found = graph.query("membership/members", bloc="NATO", as_of="1985-06")
    assert found.as_of == "1985-06-30" and found.newest_source == graph.release.newest_source
    assert found.params == {"bloc": "NATO", "as_of": "1985-06-30"}
    named = {s for row in found for s in row["sources"]}
    assert {source["id"] for source in found.sources} == named and all(source["licence"] for source in found.sources)
    assert found.remarks()[0] == f"As of 1985-06-30; newest source: {found.newest_source}."
    assert len(found) == len(found.dicts()) == 16
    gas = graph.query("dependency/suppliers", importer="DEU", good="natural-gas")
    assert "Denominator: the importer's total imports" in repr(gas)


@pytest.mark.parametrize("as_of", [1985, "1985", "1985-12", "1985-12-31", date(1985, 12, 31)])
def test_dates_as_python_has_them(graph: Graph, as_of: int | str | date) -> None:
    assert graph.query("membership/members", bloc="NATO", as_of=as_of).as_of == "1985-12-31"


def test_frames_have_the_declared_types_also_without_rows(graph: Graph) -> None:
    for as_of in ("2022-06-01", 1950):
        found = graph.query("dependency/top-supplier", good="natural-gas", as_of=as_of)
        assert bool(len(found)) is (as_of != 1950)
        schema = found.polars().schema
        wanted = {"from_year": pl.Int64, "top_share": pl.Float64, "disputed": pl.Boolean, "importer": pl.String}
        assert {name: schema[name] for name in wanted} == wanted
        assert found.polars().height == len(found)
    # Bundesnetzagentur, gas supply figures for 2022: in 2021 52 % from Russia.
    frame = graph.query("dependency/top-supplier", good="natural-gas", as_of="2022-06-01").polars()
    assert frame.filter(pl.col("importer") == "DEU")["top_share"].to_list() == [0.52]


def test_pandas(graph: Graph) -> None:
    pd = pytest.importorskip("pandas")
    frame = graph.query("dependency/top-supplier", good="natural-gas", as_of="2022-06-01").pandas()
    assert str(frame.dtypes["from_year"]) == "Int64" and str(frame.dtypes["top_share"]) == "float64"
    assert frame.set_index("importer").loc["DEU", "top_share"] == 0.52
    gaps = Result(["n", "yes"], [[1, True], [None, None]], {"n": "int", "yes": "bool"}).pandas()
    assert gaps["n"].tolist() == [1, pd.NA] and gaps["n"].sum() == 1


def test_without_pandas_the_remedy_is_named(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"pip install pandas, or take \.polars\(\)"):
        graph.query("membership/members", bloc="NATO").pandas()


def test_tables_for_jupyter_hold_no_markup_of_data() -> None:
    found = Result(
        [HOSTILE, "list", "share", "until", "sources"],
        [[HOSTILE, [HOSTILE, "b"], 0.123456, "9999-12-31", ["s"]], [None, [], True, "0001-01-01", []]],
        as_of="1985-06-01", newest_source=HOSTILE, notes=[HOSTILE], sources=[{"id": "s"}], hidden=("sources",),
    )  # fmt: skip
    shown = found._repr_html_()
    assert "<script" not in shown and shown.count("&lt;script&gt;") == 5
    assert "<td>0.1235</td><td>open</td>" in shown and "<td>–</td><td></td><td>yes</td><td>unknown</td>" in shown
    assert "<th>sources</th>" not in shown and "1 source: " in shown


def test_long_tables_say_that_they_are_cut() -> None:
    found = Result(["n"], [[n] for n in range(51)])
    assert found._repr_html_().count("<tr>") == 51 and "50 of 51 rows are shown." in found._repr_html_()


def test_your_own_cypher_only_reads(graph: Graph) -> None:
    found = graph.cypher("MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc ORDER BY bloc", kind="alliance")
    assert {"NATO", "WARSAW-PACT"} <= set(found.polars()["bloc"])
    with pytest.raises(UsageError, match="read-only"):
        graph.cypher("MATCH (n) DETACH DELETE n")
    with pytest.raises(UsageError, match=r"needs \$kind"):
        graph.cypher("MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc")


def test_slips_are_told(graph: Graph) -> None:
    for call, words in (
        (lambda: graph.query("membership/member", bloc="NATO"), "there is no query 'membership/member'"),
        (lambda: graph.query("membership/members", bloc="NATOO"), "no bloc 'NATOO' is loaded"),
        (lambda: graph.query("membership/members", bloc="NATO", blok="x"), "takes no parameter 'blok'"),
        (lambda: graph.query("membership/members"), "needs -p bloc"),
        (lambda: graph.query("membership/members", bloc="NATO", as_of="soon"), "as_of: 'soon' is not a date"),
        (lambda: graph.ties(1985, ["love"]), "there is no domain 'love'"),
        (lambda: graph.query("membership/members", bloc="NATO").networkx("a", "state"), "there is no column 'a'"),
    ):
        with pytest.raises(UsageError, match=words):
            call()


def test_queries_can_be_listed_and_searched(graph: Graph, tmp_path: Path) -> None:
    assert "sanctions/in-force" in graph.queries("sanctions", "sender").polars()["query"].to_list()
    (tmp_path / "mine.cypher").write_text(
        "// Which blocs are there?\n// id: mine\n// columns: bloc\n// example: --as-of 2020\n"
        "MATCH (b:Bloc) RETURN b.id AS bloc ORDER BY bloc\n",
        encoding="utf-8",
    )
    own = Graph(graph.store, library=[tmp_path])
    assert "NATO" in own.query("mine").polars()["bloc"]


# -- what commands answer --------------------------------------------------------------------------------------------------


def test_a_commands_answer_in_python(graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    # Bundesnetzagentur: 52 per cent of Germany's gross imports of gas in 2021 came from Russia; no treaty binds the two.
    found = graph.ask("exposure", "Germany", good=["natural-gas"], as_of="2022-01-01")
    own = [(r["supplier"], r["share"], r["relation"]) for r in found if r["importer"] == "DEU"]
    assert own == [("RUS", 0.52, "rival")]
    assert found.as_of == "2022-01-01" and found.params["state"] == "DEU" and found.sources and found.notes
    assert found.polars().height == len(found)
    assert capsys.readouterr() == ("", "")  # nothing is printed


def test_options_of_a_command_as_python_has_them(graph: Graph) -> None:
    years = [r["date"] for r in graph.ask("similarity", "FRA", "DEU", by="comembership", from_=1960, until=1962)]
    assert years == ["1960-12-31", "1961-12-31", "1962-12-31"]
    assert graph.ask("obligations", "JPN", conflicts=False, hops=None, as_of=1970).params["hops"] == 1


@pytest.mark.parametrize(
    ("args", "given", "words"),
    [(("load",), {}, "no command that answers"), (("exposure", "Atlantis"), {}, "Atlantis"), (("exposure",), {}, "exposure: Missing"),
     (("exposure", "DEU"), {"best": 3}, "best"), (("exposure", "DEU"), {"form": "csv"}, "form"), (("exposure", "DEU"), {"db": "x"}, "db")],
)  # fmt: skip
def test_wrong_requests_for_a_command(graph: Graph, args: tuple[str, ...], given: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        graph.ask(*args, **given)


def test_connect_opens_what_the_environment_names(loaded_embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTGRAPH_DB", loaded_embedded.url)
    assert graph_loader.connect(library=[]).store.url == loaded_embedded.url
