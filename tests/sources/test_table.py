"""A user's own table or network by a mapping: rows become facts, panels become spells, and each mistake is named where it is."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest
from support import Cli
from variants import loaded_twice, read
from workbooks import workbook

from graph_loader.errors import DataError, UsageError
from graph_loader.identity import default_identity
from graph_loader.schema import fact_id
from graph_loader.sources.base import Reading, get
from graph_loader.sources.table import SOURCE

HEAD = 'id: mine\ntitle: My data\ncovers_until: "2020"\n'
TRADE = HEAD + """
missing: ["-9"]
tables:
  - table: goods
    rows: [{id: wheat, name: Wheat, stage: product}]
  - table: flows
    states: iso3
    where: {flow: import}
    columns: {importer: reporter, supplier: partner, from_year: year, to_year: year, share: share}
    constants: {good: wheat, stage: product, basis: value}
"""
DATA = "reporter,partner,year,flow,share\nEGY,RUS,2019,import,0.6\nEGY,UKR,2019,import,0.3\nEGY,RUS,2019,export,0.1\n"
BAD = DATA + (
    "EGY,Atlantis,2019,import,0.1\nEGY,FRA,2019,import,60\nEGY,DEU,2019,import,-9\nEGY,RUS,2019,import,0.6\nEGY,RUS,2019,import,0.5\n"
)


def written(folder: Path, mapping: str, **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def facts(reading: Reading) -> dict[str, dict[str, Any]]:
    return {fact_id(c.type, c.key, c.spell): dict(c.values) for c in reading.claims}


FLOWS = {
    "wheat": {"name": "Wheat", "stage": "product"},
    "flow|EGY|RUS|wheat|product|value|2019-2019": {"share": 0.6}, "flow|EGY|UKR|wheat|product|value|2019-2019": {"share": 0.3},
}  # fmt: skip


def test_rows_become_facts_and_others_are_named(tmp_path: Path) -> None:
    reading = read(SOURCE, written(tmp_path / "d", TRADE, trade__csv=BAD))
    assert facts(reading) == FLOWS
    assert (reading.info.id, reading.info.covers_until) == ("mine", "2020")
    assert (reading.read, reading.loaded, reading.merged) == (8, 2, 1)
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (4, "no table of the mapping takes the row"), (5, "unknown state"), (6, "column share not understood"),
        (7, "column share not understood"), (9, "stated twice with different values"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["trade.csv", "trade.csv.gz", "trade.xlsx", "trade.parquet", "trade.tsv", "utf16.csv"])
def test_the_kind_of_file_does_not_matter(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "d", TRADE)
    rows = [line.split(",") for line in DATA.strip().split("\n")]
    if name.endswith(".xlsx"):
        (folder / name).write_bytes(workbook({"read me": [["notes"]], "data": rows}))
    elif name.endswith(".parquet"):
        frame = pl.DataFrame(rows[1:], schema=rows[0], orient="row")
        frame.with_columns(pl.col("year").cast(pl.Int32), pl.col("share").cast(pl.Float64)).write_parquet(folder / name)
    elif name == "utf16.csv":
        (folder / name).write_bytes(DATA.encode("utf-16"))
    else:
        content = DATA.replace(",", "\t" if name.endswith(".tsv") else ",").encode()
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert facts(read(SOURCE, folder)) == FLOWS
    assert facts(read(SOURCE, folder / "mapping.yml")) == FLOWS


def test_a_panel_becomes_spells(tmp_path: Path) -> None:
    mapping = HEAD + """
tables:
  - table: blocs
    rows: [{id: CLUB, name: Club, kind: forum}]
  - table: memberships
    states: cow
    columns: {state: ccode}
    constants: {bloc: CLUB}
    where: {member: ["1", "2"]}
    year: year
"""
    rows = ["2,2016,1", "2,2017,1", "2,2018,2", "20,2015,1", "20,2017,1", "200,2018,0", "999,2018,1", "2,,1"]
    reading = read(SOURCE, written(tmp_path / "d", mapping, members__csv="ccode,year,member\n" + "\n".join(rows) + "\n"))
    found = {k: (v["since_edtf"], v["until_edtf"]) for k, v in facts(reading).items() if k.startswith("member|")}
    assert found == {
        "member|USA|CLUB|1": ("2016", ".."), "member|CAN|CLUB|1": ("2015", "2015"), "member|CAN|CLUB|2": ("2017", "2017"),
    }  # fmt: skip
    assert (reading.read, reading.merged, [r.reason for r in reading.rejected]) == (
        8, 3, ["no table of the mapping takes the row", "unknown state", "no year"])  # fmt: skip


NETWORK = HEAD + """
tables:
  - table: ties
    columns: {start: source_iso, end: target_iso, since: begun}
    constants: {domain: DEFENCE, kind: alliance, obligations: [defence]}
"""


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_networks_are_read_with_their_attributes(suffix: str, tmp_path: Path) -> None:
    graph = nx.Graph()
    for node, iso in (("a", "USA"), ("b", "JPN"), ("c", "KOR")):
        graph.add_node(node, iso=iso)
    graph.add_edge("a", "b", begun="1960-06-23")
    graph.add_edge("a", "c", begun="1954")
    folder = written(tmp_path / "d", NETWORK)
    getattr(nx, f"write_{suffix}")(graph, folder / f"net.{suffix}")
    reading = read(SOURCE, folder)
    found = facts(reading)
    assert found["tie|JPN|USA|DEFENCE|alliance|1"]["since_edtf"] == "1960-06-23"
    assert found["tie|KOR|USA|DEFENCE|alliance|1"]["obligations"] == ["defence"]
    assert reading.read == 2


def test_an_edge_list_is_read(tmp_path: Path) -> None:
    mapping = HEAD + """
tables:
  - table: ties
    columns: {start: source, end: target}
    constants: {domain: DIPLOMACY, kind: cooperation}
"""
    reading = read(SOURCE, written(tmp_path / "d", mapping, net__edgelist="USA FRA\nFRA DEU {'w': 2}\n"))
    assert set(facts(reading)) == {"tie|FRA|USA|DIPLOMACY|cooperation|1", "tie|DEU|FRA|DIPLOMACY|cooperation|1"}


def test_measured_values_may_be_negative(tmp_path: Path) -> None:
    mapping = HEAD + """
tables:
  - table: indicators
    rows: [{id: point, name: Point, unit: score}]
  - table: observations
    columns: {state: country, year: year, value: point}
    constants: {indicator: point}
"""
    reading = read(SOURCE, written(tmp_path / "d", mapping, p__csv="country,year,point\nFrance,2000,-1.5\nGermany,2000,x\n"))
    assert facts(reading)["observed|FRA|point|2000"] == {"value": -1.5}
    assert [r.reason for r in reading.rejected] == ["column value not understood"]


@pytest.mark.parametrize(("mapping", "message"), [
    ("", "needs id, title and tables"), ("a: [", "not readable as YAML"), ("id: x\ntitle: y\ntables: []", "needs id, title and tables"),
    ("id: a b\ntitle: y\ntables: [{table: goods}]", "an id has letters"),
    ("id: x\ntitle: y\nfoo: 1\ntables: [{table: goods}]", "unknown foo"),
    (HEAD + "tables: [{table: gods}]", "must be one of"), (HEAD + "tables: [{table: goods, colums: {}}]", "unknown colums"),
    (HEAD + "tables: [{table: goods}]", "either columns"), (HEAD + "tables: [{table: goods, columns: {name: a}}]", "id lacking"),
    (HEAD + "tables: [{table: goods, columns: {id: a, price: b}}]", "no column price"),
    (HEAD + "tables: [{table: goods, rows: [{id: 'a b', name: x}]}]", "is no id"),
    (HEAD + "tables: [{table: memberships, states: iso9, columns: {state: a, bloc: b}}]", "not one of name, cow"),
    (HEAD + "tables: [{table: goods, columns: {id: a}, year: y}]", "tables with since and until"),
    (HEAD + "tables: [{table: goods, columns: [id]}]", "must be a mapping"),
    (HEAD + "tables: [{table: goods, columns: {id: z}}]", "expected columns z"),
    (HEAD + "tables: [{table: goods, file: no.csv, columns: {id: z}}]", "no such file"),
    (HEAD.replace("2020", "soon") + "tables: [{table: goods, columns: {id: z}}]", "'soon' is not a date"),
    (HEAD + "precedence: high\ntables: [{table: goods, columns: {id: z}}]", "not a whole number"),
    (HEAD + "tables: [{table: goods, missing: x, columns: {id: z}}]", "must be a list"),
])  # fmt: skip
def test_a_wrong_mapping_is_one_clear_message(mapping: str, message: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "d", mapping, trade__csv=DATA)
    with pytest.raises(DataError, match=message) as caught:
        read(SOURCE, folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["net.graphml", "net.gexf", "net.edgelist", "net.xlsx", "net.parquet", "net.csv"])
def test_a_damaged_file_is_one_clear_message(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "d", NETWORK)
    (folder / name).write_bytes(b"<graphml><\x00\xff a b {c d\n")
    with pytest.raises(DataError, match=r"net\.") as caught:
        read(SOURCE, folder)
    assert "\n" not in str(caught.value)


def test_several_files_beside_the_mapping_must_be_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "d", TRADE, one__csv=DATA, two__csv=DATA)
    with pytest.raises(DataError, match="add 'file: NAME'"):
        read(SOURCE, folder)


def test_without_a_mapping_the_way_is_shown(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds mapping\.yml"):
        SOURCE.read(tmp_path, default_identity(), frozenset())
    with pytest.raises(UsageError, match="--from FOLDER"):
        SOURCE.read(None, default_identity(), frozenset())


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("table"), written(tmp_path / "d", TRADE, trade__csv=DATA), tmp_path)
    assert "flow|EGY|RUS|wheat|product|value|2019-2019" in stored


def test_the_command_loads_a_folder(tmp_path: Path, cli: Cli) -> None:
    folder = written(tmp_path / "d", TRADE, trade__csv=BAD)
    done = cli("load", "table", "--from", str(folder), "--format", "json")
    assert done.code == 0, done.stderr
    row = next(r for r in done.rows if r["source"] == "mine")
    assert (row["read"], row["loaded"], row["merged"], row["rejected"]) == (8, 2, 1, 5)
