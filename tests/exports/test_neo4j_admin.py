"""export neo4j-admin: Neo4j's own importer reads it, and the imported graph is the exported one, field by field."""

from __future__ import annotations

from pathlib import Path

import neo4j_server
import pytest
from support import small_package

from graph_loader import pipeline
from graph_loader.exports.csvfiles import export_csv
from graph_loader.exports.neo4jadmin import SCRIPT, export_neo4j_admin, import_arguments
from graph_loader.server import LocalNeo4j, fetch
from graph_loader.server.admin import run_admin
from graph_loader.sources.base import get
from graph_loader.sources.package import PackageSource
from graph_loader.stores.embedded import EmbeddedStore
from graph_loader.stores.neo4j import Neo4jStore

HOSTILE = 'Quote " comma , semicolon ; backtick ` line\nbreak }) DETACH DELETE n //'


@pytest.mark.neo4j
def test_the_imported_graph_is_the_exported_one(tmp_path: Path) -> None:
    if reason := neo4j_server.why_unavailable():
        neo4j_server.unavailable(reason)
    hostile = small_package(
        tmp_path / "hostile", {"blocs": [{"id": "HOSTILE", "name": HOSTILE, "kind": "forum", "since": "1990", "until": ".."}]}
    )
    embedded = EmbeddedStore(tmp_path / "embedded")
    pipeline.load(embedded, [(get("reference"), None), (get("curated"), None)])
    pipeline.load(embedded, [(PackageSource(hostile), hostile)])
    with embedded.reading() as reader:
        written = export_neo4j_admin(reader, tmp_path / "admin")
        export_csv(reader, tmp_path / "before")
    assert written["nodes_State.csv"] > 200
    assert (tmp_path / "admin" / SCRIPT).read_text(encoding="utf-8").startswith("#!/bin/sh")

    jars, home = fetch(), tmp_path / "home"
    run_admin(home, jars, import_arguments(tmp_path / "admin"))
    with LocalNeo4j.start(home, jars) as server:
        store = Neo4jStore(server.uri, (server.user, server.password))
        with store.reading() as reader:
            export_csv(reader, tmp_path / "after")
        files = sorted(p.name for p in (tmp_path / "before").iterdir())
        assert sorted(p.name for p in (tmp_path / "after").iterdir()) == files
        for name in files:
            assert (tmp_path / "after" / name).read_bytes() == (tmp_path / "before" / name).read_bytes(), name
        # A load on top finds every fact there and changes none.
        again = pipeline.load(store, [(get("curated"), None)])
        assert [(c.added, c.changed, c.removed) for c in again.counts] == [(0, 0, 0)]
