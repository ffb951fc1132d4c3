"""A publisher's file says the same in both kinds of store, and the second time nothing: what is exported is equal byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import emptied, opened

from graph_loader import pipeline
from graph_loader.exports.csvfiles import export_csv
from graph_loader.server import LocalNeo4j
from graph_loader.sources.base import get
from graph_loader.stores.base import Store

FILES = {
    "atop": "atop/atop5_1ddyr_1990_2018.csv",
    "gsdb": "gsdb/GSDB_V3.csv",
    "internacia": "internacia/yaml",
    "sipri": "sipri/trade_register.csv",
}


def exported(store: Store, name: str, path: Path, folder: Path) -> dict[str, bytes]:
    counts = pipeline.load(store, [(get(name), path)]).counts
    assert any(count.added for count in counts)
    again = pipeline.load(store, [(get(name), path)]).counts
    assert all(count.added == count.changed == count.removed == 0 for count in again)
    with store.reading() as reader:
        export_csv(reader, folder)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if "Run" not in file.name}  # runs hold times


@pytest.mark.neo4j
@pytest.mark.reference
@pytest.mark.parametrize("name", FILES)
def test_both_stores_hold_the_same(name: str, reference: Path, neo4j_server: LocalNeo4j, tmp_path: Path) -> None:
    path = reference / FILES[name]
    one = exported(opened(tmp_path / "store"), name, path, tmp_path / "one")
    with emptied(neo4j_server) as url:
        other = exported(opened(url), name, path, tmp_path / "other")
    assert list(one) == list(other)
    for file in one:
        assert one[file] == other[file], file
