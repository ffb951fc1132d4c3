"""``pactgraph doctor``: each thing that can be wrong is made wrong, and must be named with its remedy."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import portalocker
import pytest
from neo4j import GraphDatabase
from neo4j_server import empty_database
from support import Cli, opened

from graph_loader.server import LocalNeo4j, default_cache_dir, read_lock
from graph_loader.stores.base import Diff


class Doctor:
    """The command, with what it found by the name of the check."""

    def __init__(self, cli: Cli) -> None:
        self.cli = cli
        self.env: dict[str, str] = {}

    def __call__(self, *args: str, code: int = 0) -> dict[str, dict[str, str]]:
        result = self.cli("doctor", "--format", "json", *args, env=self.env)
        assert result.code == code, result.stdout + result.stderr
        assert result.stderr == ""
        found = {row["check"]: row for row in result.rows}
        assert all(bool(row["remedy"]) == (row["level"] != "ok") for row in found.values()), found
        assert any(row["level"] == "problem" for row in found.values()) == (code == 1)
        return found


@pytest.fixture
def doctor(cli: Cli) -> Doctor:
    return Doctor(cli)


def test_a_fresh_installation_has_no_problem(doctor: Doctor, cli: Cli) -> None:
    found = doctor()
    assert {name for name, row in found.items() if row["level"] != "ok"} == {"store"}
    assert found["store"]["remedy"] == "run 'pactgraph load'"
    assert found["local neo4j"]["found"] == "not used"
    assert found["jars of 5.26"]["found"] == "not fetched"
    assert not any(path.is_file() for path in cli.home.rglob("*")), "it wrote something"


def test_a_loaded_store_is_described(doctor: Doctor, cli: Cli) -> None:
    cli("load", "reference", "--quiet").ok()
    cli("load", "reference", "--quiet").ok()
    found = doctor()
    assert {row["level"] for row in found.values()} == {"ok"}
    assert "format 1, generation 000002" in found["store"]["found"]
    assert "newest source reference" in found["store"]["found"]
    shown = cli("doctor").ok().stdout
    assert "0 warnings, 0 problems" in shown


def test_a_store_of_another_format(doctor: Doctor, cli: Cli, tmp_path: Path) -> None:
    cli("load", "reference", "--quiet", "--db", str(tmp_path / "store")).ok()
    store = opened(tmp_path / "store")
    with store.writing() as writer:
        from graph_loader.schema import make_fact
        from graph_loader.stores.base import META_ID

        writer.apply(Diff(changed=[make_fact("Meta", META_ID, {"format": 99, "release_date": "2026-01-01"})]))
    found = doctor("--db", str(tmp_path / "store"), code=1)
    assert "format 99" in found["store"]["found"]
    assert "load the data again" in found["store"]["remedy"]
    assert found["disk"]["level"] == found["locks"]["level"] == "ok"  # one problem does not hide the rest


def test_a_damaged_store(doctor: Doctor, cli: Cli, tmp_path: Path) -> None:
    cli("load", "reference", "--quiet", "--db", str(tmp_path / "store")).ok()
    shutil.rmtree(tmp_path / "store" / "generations" / "000001")
    found = doctor("--db", str(tmp_path / "store"), code=1)
    assert "CURRENT names no generation" in found["store"]["found"]
    assert "load again" in found["store"]["remedy"]


def test_a_load_that_is_writing(doctor: Doctor, cli: Cli, tmp_path: Path) -> None:
    cli("load", "reference", "--quiet", "--db", str(tmp_path / "store")).ok()
    with portalocker.Lock(tmp_path / "store" / "writer.lock", "a", flags=portalocker.LockFlags.EXCLUSIVE):
        found = doctor("--db", str(tmp_path / "store"))
    assert (found["locks"]["level"], found["store"]["level"]) == ("warning", "ok")
    assert "a load is writing" in found["locks"]["found"]
    assert doctor("--db", str(tmp_path / "store"))["locks"]["level"] == "ok"


def test_a_place_that_cannot_be_written(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")  # root may write into any folder, but nobody into a file as into a folder
    found = doctor("--db", str(tmp_path / "file" / "store"), code=1)
    assert f"{tmp_path / 'file'} cannot be written" in found["folder"]["found"]
    assert "another --db" in found["folder"]["remedy"]


def test_a_wrong_configuration(doctor: Doctor, cli: Cli) -> None:
    file = cli.home / "config" / "pactgraph" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[profiles.lab]\ndb = 'bolt://h'\npasword = 'x'\n")
    found = doctor(code=1)
    assert f"{file}: profile 'lab': unknown key 'pasword'" in found["configuration"]["found"]
    assert "password_env" in found["configuration"]["remedy"]


def test_jars_that_are_damaged_or_missing(doctor: Doctor, tmp_path: Path) -> None:
    """A file that bears a jar's name with other content, in a cache that lacks the rest."""
    folder = tmp_path / default_cache_dir().name
    folder.mkdir()
    jar = read_lock()[0].filename
    doctor.env["PACTGRAPH_CACHE"] = str(tmp_path)
    (folder / jar).write_bytes(b"not what was locked")
    found = doctor(code=1)["jars of 5.26"]
    assert jar in found["found"]
    assert found["remedy"].startswith("delete that file")
    real = default_cache_dir() / jar
    if real.is_file():
        shutil.copy(real, folder / jar)
        assert f"1 of {len(read_lock())} there" in doctor()["jars of 5.26"]["found"]


def test_a_local_server_that_was_killed_and_an_open_password_file(doctor: Doctor, tmp_path: Path) -> None:
    home = tmp_path / "server"
    home.mkdir()
    (home / "password").write_text("x\n")
    (home / "password").chmod(0o644)
    # 2**22 is the highest process number that Linux gives; nothing listens at port 9.
    (home / "server.json").write_text(json.dumps({"uri": "bolt://127.0.0.1:9", "http_url": None, "pid": 2**22 + 1}))
    doctor.env["PACTGRAPH_NEO4J_HOME"] = str(home)
    found = doctor(code=1)
    assert found["local neo4j"]["level"] == "warning"
    assert "pactgraph neo4j start" in found["local neo4j"]["remedy"]
    if os.name == "posix":
        assert f"chmod 600 {home / 'password'}" in found["password file"]["remedy"]


def test_neo4j_by_name_while_it_does_not_run(doctor: Doctor) -> None:
    found = doctor("--db", "neo4j", code=1)
    assert "the local Neo4j does not run (absent)" in found["store"]["found"]
    assert "pactgraph neo4j start" in found["store"]["remedy"]


@pytest.mark.neo4j
class TestNeo4j:
    @pytest.fixture
    def server(self, neo4j_server: LocalNeo4j, doctor: Doctor) -> Iterator[LocalNeo4j]:
        with empty_database(neo4j_server) as server:
            doctor.env |= {"NEO4J_USERNAME": server.user, "NEO4J_PASSWORD": server.password}
            yield server

    def test_empty_then_loaded_then_shared(self, server: LocalNeo4j, doctor: Doctor, cli: Cli) -> None:
        empty = doctor("--db", server.uri)
        assert "5.26.30 community" in empty["neo4j"]["found"]
        assert empty["data"]["remedy"] == "run 'pactgraph load' with this --db"
        assert empty["constraints"]["found"].startswith("0 of ")
        cli("load", "reference", "--quiet", "--db", server.uri, env=doctor.env).ok()
        loaded = doctor("--db", server.uri)
        assert {row["level"] for row in loaded.values()} == {"ok"}
        assert "newest source reference" in loaded["data"]["found"]
        with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
            driver.execute_query("DROP CONSTRAINT pactgraph_State_id")
            driver.execute_query("CREATE (:State {name: 'California'})-[:MEMBER_OF]->(:Person)")
        shared = doctor("--db", server.uri)
        assert shared["constraints"]["level"] == "warning"
        assert "(State: 1, MEMBER_OF: 1)" in shared["other data"]["found"]
        assert server.password not in json.dumps(shared)

    def test_a_wrong_password(self, server: LocalNeo4j, doctor: Doctor) -> None:
        doctor.env["NEO4J_USERNAME"] = "nobody"
        found = doctor("--db", server.uri, code=1)
        assert "refuses the user 'nobody' or the password" in found["store"]["found"]
        assert "NEO4J_PASSWORD" in found["store"]["remedy"]


def test_a_neo4j_that_is_not_there(doctor: Doctor) -> None:
    doctor.env["NEO4J_PASSWORD"] = "secret-of-mine"
    found = doctor("--db", "bolt://127.0.0.1:9", code=1)
    assert "nothing listens at port 9 of '127.0.0.1'" in found["store"]["found"]
    assert "start Neo4j there, or correct the port" in found["store"]["remedy"]
    assert "secret-of-mine" not in json.dumps(found)
