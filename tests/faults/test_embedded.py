"""Loads that die, readers that stay, stores that are damaged: the embedded store, in processes of their own; and a Neo4j client that dies.

A reader must see exactly the old or exactly the new answers, whatever happens to a load. "Answers" here is everything the store holds.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from support import Cli, environment, everything, opened, small_package

from graph_loader import pipeline
from graph_loader.errors import StoreError
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store

LOADER = Path(__file__).with_name("loader.py")
STATES = ["FRA", "DEU", "GBR", "ITA", "ESP", "PRT", "NLD", "BEL", "LUX", "DNK", "USA", "CAN", "NOR", "ISL", "GRC", "TUR"]
KILLED = -signal.SIGKILL if os.name == "posix" else signal.SIGTERM


def tables(blocs: int, since: str, states: list[str]) -> dict[str, list[dict[str, str]]]:
    names = [f"B{n:02}" for n in range(blocs)]
    return {
        "blocs": [{"id": name, "name": f"Bloc {name}", "kind": "forum", "since": "1950", "until": ".."} for name in names],
        "memberships": [{"state": s, "bloc": name, "since": since, "until": ".."} for name in names for s in states],
    }


@dataclass(frozen=True)
class Scene:
    """An old store, the dataset that is loaded over it, and what stores hold before and after an undisturbed load."""

    package: Path
    first: Path  # store before
    old: dict[str, Any]
    new: dict[str, Any]
    counts: list[dict[str, Any]]  # what the load reports
    again: list[dict[str, Any]]  # what it reports when all is there already
    moments: list[str]

    def copy(self, folder: Path) -> Path:
        shutil.copytree(self.first, folder)
        return folder


def run_loader(home: Path, log: Path, label: str, nth: int, *args: str | Path, db: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(LOADER), str(log), label, str(nth), *map(str, args), "--db", str(db)]
    return subprocess.run(command, env=environment(home, str(db)), capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A load that adds, changes and removes facts of a dataset."""
    folder = tmp_path_factory.mktemp("scene")
    package = small_package(folder / "package", tables(12, "1950", STATES[:12]))
    pipeline.load(opened(folder / "first"), [(PackageSource(package), package)])
    small_package(package, tables(16, "1951", STATES[2:]))
    for name in ("second", "third"):
        shutil.copytree(folder / "first", folder / name)
    done = run_loader(folder, folder / "log", "-", 0, "load", "--from", package, "--format", "json", db=folder / "second")
    assert done.returncode == 0, done.stderr
    old, new = everything(opened(folder / "first")), everything(opened(folder / "second"))
    counts, again = load(package, folder / "third"), load(package, folder / "second")
    assert old != new
    # 4 blocs and 16 x 14 - 12 x 10 memberships come, 12 x 10 change their date, 12 x 2 go.
    assert (counts[0]["added"], counts[0]["changed"], counts[0]["removed"]) == (4 + 104, 120, 24)
    assert (again[0]["added"], again[0]["changed"], again[0]["removed"], again[0]["unchanged"]) == (0, 0, 0, 16 + 16 * 14)
    moments = (folder / "log").read_text(encoding="utf-8").split("\n")[:-1]
    return Scene(package, folder / "first", old, new, counts, again, moments)


def chosen(moments: list[str], spare: int) -> list[tuple[str, int]]:
    """Every kind of moment at its first time, those of the transaction and of files at their last, and some at random (seeded)."""
    numbered = []
    seen: Counter[str] = Counter()
    for label in moments:
        seen[label] += 1
        numbered.append((label, seen[label]))
    ends = {(label, 1) for label in seen} | {(label, seen[label]) for label in ("command", "open file")}
    rest = [moment for moment in numbered if moment not in ends]
    picked = ends | set(random.Random(1949).sample(rest, min(spare, len(rest))))
    return [moment for moment in numbered if moment in picked]


def load(package: Path, db: Path) -> list[dict[str, Any]]:
    return [asdict(count) for count in pipeline.load(opened(db), [(PackageSource(package), package)]).counts]


def check_after_a_kill(scene: Scene, db: Path, moment: tuple[str, int]) -> str:
    """Old or new, nothing between; and the load can be done again. Returns which it was."""
    state = everything(opened(db))
    assert state in (scene.old, scene.new), f"a mixture after a kill at {moment}"
    expected = scene.counts if state == scene.old else scene.again
    assert load(scene.package, db) == expected, moment
    assert everything(opened(db)) == scene.new
    assert left(db) == {"CURRENT", "generations", "writer.lock"}, moment
    assert len(generations(db)) == 1, moment
    return "old" if state == scene.old else "new"


def generations(db: Path) -> list[str]:
    return sorted(p.name for p in (db / "generations").iterdir() if p.is_dir())


def left(db: Path) -> set[str]:
    return {p.name for p in db.iterdir()}


def test_a_load_killed_at_any_moment_leaves_the_old_or_the_new(scene: Scene, tmp_path: Path) -> None:
    moments = chosen(scene.moments, spare=2)
    labels = [label for label, _ in moments]
    # The moments span the load: the lock, the copy, the transaction, its commit, the switch and the clearing after it.
    for label in ("open writer.lock", "shutil.copytree file", "command", "commit", "close", "os.rename CURRENT.new", "shutil.rmtree file"):
        assert label in labels
    assert len(moments) >= 12
    outcomes = []
    for number, moment in enumerate(moments):
        db = scene.copy(tmp_path / f"store{number}")
        died = run_loader(tmp_path, tmp_path / "log", *moment, "load", "--from", scene.package, db=db)
        assert died.returncode == KILLED, f"{moment}: {died.returncode} {died.stderr}"
        outcomes.append(check_after_a_kill(scene, db, moment))
        shutil.rmtree(db)
    switch = moments.index(("os.rename CURRENT.new", 1))
    assert outcomes == ["old"] * (switch + 1) + ["new"] * (len(moments) - switch - 1)


@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.8])
def test_a_load_killed_from_outside_in_its_transaction(scene: Scene, tmp_path: Path, fraction: float) -> None:
    """SIGKILL by another process, while the engine is at work: some way between the first write and the commit."""
    commands = [n for n, label in enumerate(scene.moments) if label == "command"]
    target = commands[int(fraction * (len(commands) - 1))] + 1
    db, log = scene.copy(tmp_path / "store"), tmp_path / "log"
    command = [sys.executable, str(LOADER), str(log), "-", "0", "load", "--from", str(scene.package), "--db", str(db)]
    with subprocess.Popen(command, env=environment(tmp_path, db), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as load:
        while load.poll() is None and (not log.exists() or log.read_bytes().count(b"\n") < target):
            pass
        load.kill()
    check_after_a_kill(scene, db, ("command", target))


@pytest.mark.parametrize("moment", [("create_database", 1), ("command", 40), ("commit", 1), ("os.rename CURRENT.new", 1)])
def test_a_first_load_killed_leaves_nothing_and_can_be_done_again(
    scene: Scene, tmp_path: Path, cli: Cli, moment: tuple[str, int]
) -> None:
    db = tmp_path / "store"
    died = run_loader(tmp_path, tmp_path / "log", *moment, "load", "--from", scene.package, db=db)
    assert died.returncode == KILLED, died.stderr
    assert not opened(db).exists()
    cli("info", db=db).fails(1, "nothing is loaded there", "pactgraph load")
    cli("load", "--from", scene.package, db=db).ok()
    assert everything(opened(db)) == scene.new
    assert left(db) == {"CURRENT", "generations", "writer.lock"} and len(generations(db)) == 1


# -- readers ------------------------------------------------------------------------------------------------------------------

READER = """
import json, sys
from graph_loader.stores import open_store
with open_store(sys.argv[1]).reading() as reader:
    for line in sys.stdin:
        print(json.dumps(reader.run(line, {}).rows), flush=True)
print("closed", flush=True)
"""
COUNTS = (
    "MATCH (b:Bloc) RETURN count(b) AS n",
    "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) RETURN m.since AS since, count(m) AS n ORDER BY since",
    "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE s.id = 'FRA' RETURN count(m) AS n",
)
OLD = ["[[12]]", '[["1950-01-01", 144]]', "[[12]]"]  # 12 blocs of 12 states each
NEW = ["[[16]]", '[["1951-01-01", 224]]', "[[0]]"]  # 16 blocs of 14 states each, France in none


class ReaderProcess:
    """A process that holds a reader open and answers queries."""

    def __init__(self, db: Path, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", READER, str(db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment(home)
        )

    def ask(self, text: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        assert self._process.communicate(timeout=30)[0].strip() == "closed"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)


def test_a_reader_opened_before_a_load_keeps_the_old_answers(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    db = scene.copy(tmp_path / "store")
    before = ReaderProcess(db, tmp_path)
    assert before.ask(COUNTS[0]) == OLD[0]
    cli("load", "--from", scene.package, db=db).ok()
    assert [before.ask(text) for text in COUNTS] == OLD
    after = ReaderProcess(db, tmp_path)
    assert [after.ask(text) for text in COUNTS] == NEW
    assert [before.ask(text) for text in COUNTS] == OLD
    before.close()
    after.close()


def test_a_readers_generation_stays_until_the_load_after_it_closed(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    db = scene.copy(tmp_path / "store")
    (mine,) = generations(db)
    reader = ReaderProcess(db, tmp_path)
    assert reader.ask(COUNTS[0]) == OLD[0]
    for _ in range(2):
        cli("load", "--from", scene.package, db=db).ok()
        assert mine in generations(db) and len(generations(db)) == 2
        assert [reader.ask(text) for text in COUNTS] == OLD
    reader.close()
    cli("load", "--from", scene.package, db=db).ok()
    assert mine not in generations(db) and len(generations(db)) == 1


def test_a_killed_reader_holds_nothing(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    db = scene.copy(tmp_path / "store")
    (mine,) = generations(db)
    reader = ReaderProcess(db, tmp_path)
    reader.ask(COUNTS[0])
    reader.kill()
    cli("load", "--from", scene.package, db=db).ok()
    assert mine not in generations(db) and len(generations(db)) == 1


def test_readers_beside_loads_see_one_state_each(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    """Readers come and go while loads of two versions follow each other: every one sees one of the two, whole."""
    db = scene.copy(tmp_path / "store")
    other = small_package(tmp_path / "other", tables(12, "1950", STATES[:12]))
    command = "import sys\nfrom graph_loader.cli.main import main\n" + "".join(
        f"sys.argv = ['pactgraph', 'load', '--from', {str(folder)!r}]\nmain()\n" for folder in [scene.package, other] * 3
    )
    with subprocess.Popen([sys.executable, "-c", command], env=environment(tmp_path, db), stdout=subprocess.DEVNULL) as loads:
        seen = []
        while loads.poll() is None:
            with opened(db).reading() as reader:
                seen.append([reader.run(text, {}).rows for text in COUNTS])
    assert loads.returncode == 0
    whole = [[[[12]], [["1950-01-01", 144]], [[12]]], [[[16]], [["1951-01-01", 224]], [[0]]]]
    assert [answers for answers in seen if answers not in whole] == []
    assert seen


# -- damage -------------------------------------------------------------------------------------------------------------------

DAMAGE = {
    "empty": b"", "words": b"latest\n", "missing generation": b"000099\n", "a path": b"../../etc\n", "not text": b"\xff\xfe\x00",
}  # fmt: skip


@pytest.mark.parametrize("content", DAMAGE.values(), ids=list(DAMAGE))
def test_a_damaged_current_is_a_clear_error(scene: Scene, tmp_path: Path, cli: Cli, content: bytes) -> None:
    db = scene.copy(tmp_path / "store")
    (db / "CURRENT").write_bytes(content)
    before = files(db)
    for command in (["info"], ["load", "--from", scene.package], ["load", "--from", scene.package, "--dry-run"]):
        result = cli(*command, db=db).fails(1, "CURRENT", "load again into a new --db")
        assert len(result.stderr.strip().splitlines()) == 1
    assert files(db) - {"writer.lock"} == before - {"writer.lock"}  # a remedy by hand stays possible


def test_a_generation_that_is_gone_is_a_clear_error(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    db = scene.copy(tmp_path / "store")
    (mine,) = generations(db)
    shutil.rmtree(db / "generations" / mine)
    cli("info", db=db).fails(1, "the store is damaged", "load again into a new --db")
    cli("load", "--from", scene.package, db=db).fails(1, "the store is damaged", "load again into a new --db")


def test_a_generation_that_cannot_be_opened_is_a_clear_error(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    db = scene.copy(tmp_path / "store")
    (mine,) = generations(db)
    for file in (db / "generations" / mine).iterdir():
        file.write_bytes(b"")
    cli("info", db=db).fails(1, "the store cannot be read", "load again into a new --db")
    cli("load", "--from", scene.package, db=db).fails(1, "nothing was changed")
    assert generations(db) == [mine]


def files(db: Path) -> set[str]:
    return {p.relative_to(db).as_posix() for p in db.rglob("*")}


@pytest.mark.parametrize("place", ["a file", "in a file", "generations is a file", "not to be made"])
def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path, cli: Cli, place: str) -> None:
    # Modes do not stop root, under whom tests may run: a file stands where a folder must be.
    (tmp_path / "file").write_text("mine")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "generations").write_text("mine")
    db = {"a file": tmp_path / "file", "in a file": tmp_path / "file" / "store", "generations is a file": tmp_path / "store",
          "not to be made": Path("/dev/null/store")}[place]  # fmt: skip
    before = files(tmp_path)
    cli("load", db=db).fails(1, str(db), "cannot be written", "choose another --db")
    cli("info", db=db).fails(1, str(db))
    assert files(tmp_path) == before
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("room", ["none for the copy", "none in the transaction"])
def test_a_full_disk_leaves_the_old_answers(scene: Scene, tmp_path: Path, room: str) -> None:
    """No room: simulated by the limit that the system sets to the size of files (RLIMIT_FSIZE)."""
    import resource

    db = scene.copy(tmp_path / "store")
    largest = max(p.stat().st_size for p in db.rglob("*") if p.is_file())
    limit = 10_000 if room == "none for the copy" else largest
    wide = small_package(tmp_path / "wide", tables(150, "1950", STATES))  # more than the files of the copy can hold
    done = subprocess.run(
        [sys.executable, "-m", "graph_loader", "load", "--from", str(wide)], env=environment(tmp_path, db), capture_output=True,
        encoding="utf-8", timeout=120, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)), check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "nothing was changed" in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert everything(opened(db)) == scene.old
    check_after_a_kill(scene, db, (room, 0))


def test_a_second_load_in_another_process_is_refused_at_once(scene: Scene, tmp_path: Path, cli: Cli) -> None:
    db = scene.copy(tmp_path / "store")
    with opened(db).writing():
        cli("load", "--from", scene.package, db=db).fails(1, "another load is writing to this store; wait until it ends")
        cli("info", db=db).ok()
    assert everything(opened(db)) == scene.old


# -- Neo4j --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", [pytest.param("neo4j", marks=pytest.mark.neo4j)], indirect=True)
def test_a_client_killed_in_the_middle_of_a_load_into_neo4j(store: Store, scene: Scene, tmp_path: Path) -> None:
    first = small_package(tmp_path / "first", tables(12, "1950", STATES[:12]))
    log = tmp_path / "log"
    assert run_loader(tmp_path, log, "-", 0, "load", "--from", first, db=store.url).returncode == 0
    assert everything(store) == scene.old
    runs = log.read_text(encoding="utf-8").split("\n").count("run")
    for nth in (runs // 2, runs):  # while it reads, and among its writes: it makes more statements than the first load
        done = run_loader(tmp_path, log, "run", nth, "load", "--from", scene.package, db=store.url)
        assert done.returncode == KILLED, done.stderr
        assert everything(store) == scene.old
    done = run_loader(tmp_path, log, "commit", 1, "load", "--from", scene.package, db=store.url)
    assert done.returncode == KILLED, done.stderr
    # A reader cannot know whether that commit went through: it gets the old answers or is told to load again, never a mixture.
    try:
        assert everything(store) == scene.old
    except StoreError as error:
        assert "If a load broke off, run that load again" in str(error)
    # The server gives up the dead client's transaction: the next load is not kept waiting.
    assert Cli(tmp_path)("load", "--from", scene.package, "--format", "json", db=store).ok().rows == scene.counts
    assert everything(store) == scene.new
