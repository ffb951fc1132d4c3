"""export csv: every fact of the store as files that other tools read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support import Cli, query

from graph_loader.errors import StoreError, UsageError
from graph_loader.exports.csvfiles import export_csv
from graph_loader.schema import NODE, NODES, RELATIONSHIP, RELATIONSHIPS, properties_of
from graph_loader.stores.base import Store


def _read(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    with file.open(encoding="utf-8", newline="") as opened_file:
        reader = csv.DictReader(opened_file)
        return list(reader.fieldnames or ()), list(reader)


@pytest.fixture(scope="module")
def exported(loaded_embedded: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All bundled data as files."""
    folder = tmp_path_factory.mktemp("export") / "csv"
    with loaded_embedded.reading() as reader:
        export_csv(reader, folder)
    return folder


def test_a_file_for_each_type_with_rows_and_its_columns(exported: Path, loaded_embedded: Store) -> None:
    files = {file.name for file in exported.iterdir()}
    expected = {}
    for node in NODES:
        count = query(loaded_embedded, f"MATCH (n:{node.label}) RETURN count(n) AS n")[0]["n"]
        expected[f"nodes_{node.label}.csv"] = count
    for rel in RELATIONSHIPS:
        count = query(loaded_embedded, f"MATCH ()-[t:{rel.type}]->() RETURN count(t) AS n")[0]["n"]
        expected[f"rels_{rel.type}.csv"] = count
    assert files == {name for name, count in expected.items() if count}
    for name in files:
        header, rows = _read(exported / name)
        kind, _, type_ = name.removesuffix(".csv").partition("_")
        names = [p.name for p in properties_of(type_)]
        assert header == (names if kind == "nodes" else ["start", "end", *names])
        assert header[0 if kind == "nodes" else 2] == "id"
        assert len(rows) == expected[name]
        assert len({row["id"] for row in rows}) == len(rows)


def test_both_ends_of_each_relationship_are_exported_nodes_of_its_type(exported: Path) -> None:
    labels = {row["id"]: node.label for node in NODES for row in _nodes(exported, node.label)}
    for rel in RELATIONSHIPS:
        file = exported / f"rels_{rel.type}.csv"
        for row in _read(file)[1] if file.is_file() else []:
            assert labels[row["start"]] in rel.starts
            assert labels[row["end"]] in rel.ends


def _nodes(folder: Path, label: str) -> list[dict[str, str]]:
    file = folder / f"nodes_{label}.csv"
    return _read(file)[1] if file.is_file() else []


def test_cells_are_written_by_their_type(exported: Path) -> None:
    for file in exported.iterdir():
        type_ = file.stem.partition("_")[2]
        declared = (NODE.get(type_) or RELATIONSHIP[type_]).resolved
        for row in _read(file)[1]:
            for prop in properties_of(type_):
                cell = row[prop.name]
                assert cell not in ("None", "True", "False", "nan"), (file.name, prop.name)
                if prop.type == "bool" and declared:
                    assert cell in ("true", "false"), (file.name, prop.name)
                if prop.type == "int" and cell:
                    assert str(int(cell)) == cell
                if prop.type == "list":
                    assert not cell.startswith("[")
                if prop.share and cell:
                    assert 0 <= float(cell) <= 1


def test_known_facts_are_there_with_all_dates(exported: Path) -> None:
    """France in NATO and, twice, in its integrated command; the treaty of 1951 though it ended in 1960."""
    members = {row["id"]: row for row in _read(exported / "rels_MEMBER_OF.csv")[1]}
    assert (members["member|FRA|NATO|1"]["since"], members["member|FRA|NATO|1"]["until"]) == ("1949-08-24", "9999-12-31")
    assert members["member|FRA|NATO-IMS|1"]["until"] == "1966-07-01"
    assert members["member|FRA|NATO-IMS|2"]["since"] == "2009-04-04"
    ties = [row for row in _read(exported / "rels_DEFENCE.csv")[1] if row["instrument"] == "us-japan-1951"]
    assert [(row["start"], row["end"], row["since"], row["until"]) for row in ties] == [("JPN", "USA", "1952-04-28", "1960-06-23")]
    treaty = {row["id"]: row for row in _read(exported / "nodes_Instrument.csv")[1]}["north-atlantic-treaty"]
    assert treaty["obligations"] == "defence;consultation"
    assert treaty["binding"] == "true"


def test_exporting_again_replaces_what_was_there_and_leaves_nothing_beside(exported: Path, loaded_embedded: Store, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "nodes_Old.csv").write_text("id\nstale\n", encoding="utf-8")
    (folder / "rels_DEFENCE.csv").write_text("id\nstale\n", encoding="utf-8")
    with loaded_embedded.reading() as reader:
        written = export_csv(reader, folder)
    assert {file.name for file in folder.iterdir()} == written.keys() == {file.name for file in exported.iterdir()}
    for file in folder.iterdir():
        assert file.read_bytes() == (exported / file.name).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("stranger", ["notes.txt", "nodes.csv", "nodes_State.xlsx", "folder/"])
def test_a_folder_with_other_files_is_refused_and_untouched(loaded_embedded: Store, tmp_path: Path, stranger: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / stranger
    if stranger.endswith("/"):
        path.mkdir()
    else:
        path.write_text("mine", encoding="utf-8")
    (folder / "nodes_State.csv").write_text("earlier", encoding="utf-8")
    with loaded_embedded.reading() as reader, pytest.raises(UsageError,
        match="holds files that are not an earlier export; choose an empty or new"):
        export_csv(reader, folder)
    assert sorted(p.name for p in folder.iterdir()) == sorted([path.name, "nodes_State.csv"])
    assert (folder / "nodes_State.csv").read_text(encoding="utf-8") == "earlier"


def test_a_place_that_cannot_be_written_is_refused(loaded_embedded: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with loaded_embedded.reading() as reader:
        with pytest.raises(UsageError, match="not an earlier export"):
            export_csv(reader, tmp_path / "file")
        with pytest.raises(StoreError, match=r"cannot be written .*; choose another -o"):
            export_csv(reader, tmp_path / "file" / "below")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_command_lists_what_it_wrote(cli: Cli, loaded_embedded: Store, exported: Path, tmp_path: Path) -> None:
    done = cli("export", "csv", "-o", tmp_path / "deep" / "out", "--format", "json", db=loaded_embedded).ok()
    rows = {row["file"]: row["rows"] for row in done.rows}
    assert rows.keys() == {file.name for file in exported.iterdir()}
    assert rows["nodes_State.csv"] == len(_read(exported / "nodes_State.csv")[1])
    assert any("deep" in note for note in done.json["notes"])
