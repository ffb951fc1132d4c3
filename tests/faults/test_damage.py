"""The embedded store under faults, counted: loads killed and interrupted, two at once, readers beside loads, full disks, damaged bytes.

PACTGRAPH_FAULTS=full tries more moments of each kind; they are seeded. test_embedded.py holds the single cases with their reasons.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clients import Client, Clients
from support import environment, everything, opened, query, small_package
from table import Tally, number
from test_embedded import COUNTS, STATES, Scene, tables

from graph_loader.schema import FORMAT
from graph_loader.stores import manifest
from graph_loader.stores.embedded import EmbeddedStore

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the clients are forked")

Make = Callable[[str], Tally]
ARGS = ("--format", "json", "--db")


def held(db: Path) -> tuple[set[str], set[str]]:
    """Files of the store's folder, and what lies among the generations apart from locks."""
    return {p.name for p in db.iterdir()}, {p.name for p in (db / "generations").iterdir() if p.suffix != ".lock"}


def whole(scene: Scene, clients: Clients, db: Path, home: Path) -> str:
    """Check that the store is exactly old or exactly new, and that the load can be done again, with its counts."""
    state = everything(opened(db))
    assert state in (scene.old, scene.new), "a mixture"
    now, expected = ("old", scene.counts) if state == scene.old else ("new", scene.again)
    again = clients.run("load", "--from", scene.package, *ARGS, db, env=environment(home, db), home=home)
    assert again.rows == expected
    assert everything(opened(db)) == scene.new
    top, generations = held(db)
    current = (db / "CURRENT").read_text().strip()
    assert (top, generations) == ({"CURRENT", "generations", "writer.lock"}, {current, f"{current}.json"})
    return now


def spread(scene: Scene, count: int, seed: int) -> list[int]:
    """Places in the list of a load's moments: drawn from equal parts of it, so that early, middle and late ones are there."""
    draw, total = random.Random(seed), len(scene.moments)
    return [int((n + draw.random()) / count * total) for n in range(count)]


def started(scene: Scene, clients: Clients, db: Path, home: Path, moment: tuple[str, int] = ("-", 0)) -> tuple[Client, Path]:
    """A load through loader.py, and the log of its moments."""
    log = home / "log"
    log.write_bytes(b"")
    client = clients.start(
        "load", "--from", scene.package, *ARGS, db, env=environment(home, db), home=home, loader=(log, moment[0], str(moment[1]))
    )
    return client, log


def reached(log: Path, place: int) -> None:
    """Wait until the load has come to that place."""
    until = time.monotonic() + 60
    while log.read_bytes().count(b"\n") <= place:
        assert time.monotonic() < until, "the load did not come so far"


def test_loads_killed(scene: Scene, clients: Clients, tally: Make, tmp_path: Path) -> None:
    """Half die just before a chosen operation, half are killed from outside some milliseconds after one: inside the engine, mostly."""
    found = tally("embedded: client killed (kill -9)")
    draw = random.Random(1919)

    def check(place: int, inside: bool) -> str:
        db = scene.copy(tmp_path / f"store{found.tried}")
        if inside:
            label = scene.moments[place]
            load, _ = started(scene, clients, db, tmp_path, (label, scene.moments[: place + 1].count(label)))
        else:
            load, log = started(scene, clients, db, tmp_path)
            reached(log, place)
            time.sleep(draw.random() * 0.02)
            load.kill()
        assert load.wait().code == -signal.SIGKILL
        outcome = whole(scene, clients, db, tmp_path)
        shutil.rmtree(db)
        return outcome

    switch, total = scene.moments.index("os.rename CURRENT.new"), len(scene.moments)
    after = draw.sample(range(switch + 1, total), number(2, 6))  # few moments are: the load is nearly over
    for turn, place in enumerate([*spread(scene, number(12, 50) - len(after), seed=1919), *after]):
        # From outside the last moments cannot be hit: the load may be over before the signal comes.
        inside = turn % 2 == 0 or place >= switch
        found.attempt((place, inside), lambda place=place, inside=inside: check(place, inside))  # type: ignore[misc]
    found.all_survived()
    assert found.outcomes["old"] and found.outcomes["new"]


def test_loads_interrupted(scene: Scene, clients: Clients, tally: Make, tmp_path: Path) -> None:
    """Ctrl-C: what the load says of it is true."""
    found = tally("embedded: load interrupted (Ctrl-C)")

    def check(place: int) -> str:
        db = scene.copy(tmp_path / f"store{found.tried}")
        load, log = started(scene, clients, db, tmp_path)
        reached(log, place)
        os.kill(load.pid, signal.SIGINT)
        ended = load.wait()
        assert "Traceback" not in ended.stderr, ended
        outcome = whole(scene, clients, db, tmp_path)
        if "Stored in" in ended.stdout:  # -SIGINT: the signal came when Python had done its work and was going
            assert ended.code in (0, -signal.SIGINT) and outcome == "new"
        else:
            assert (ended.code, ended.stderr.strip(), outcome) == (130, "Stopped; nothing was changed.", "old"), ended
        shutil.rmtree(db)
        return outcome

    for place in spread(scene, number(6, 20), seed=1920):
        found.attempt(place, lambda place=place: check(place))  # type: ignore[misc]
    found.all_survived()


def test_two_loads_at_once(scene: Scene, clients: Clients, tally: Make, tmp_path: Path) -> None:
    found = tally("embedded: a second load during the first")

    def check(place: int) -> str:
        db = scene.copy(tmp_path / f"store{found.tried}")
        first, log = started(scene, clients, db, tmp_path)
        reached(log, place)
        os.kill(first.pid, signal.SIGSTOP)  # so that the second comes in its middle, however slow the machine
        try:
            second = clients.start("load", "--from", scene.package, *ARGS, db, env=environment(tmp_path, db), home=tmp_path)
            line = second.wait().one_line()
        finally:
            os.kill(first.pid, signal.SIGCONT)
        assert "another load is writing to this store; wait until it ends" in line
        assert first.wait().rows == scene.counts
        assert everything(opened(db)) == scene.new
        shutil.rmtree(db)
        return "refused"

    lock = scene.moments.index("open writer.lock") + 3
    last = len(scene.moments) - scene.moments[::-1].index("close") - 1
    draw = random.Random(1922)
    for place in [draw.randrange(lock, last) for _ in range(number(4, 20))]:
        found.attempt(place, lambda place=place: check(place))  # type: ignore[misc]
    found.all_survived()


def test_readers_during_loads(scene: Scene, clients: Clients, tally: Make, tmp_path: Path) -> None:
    found = tally("embedded: reader during loads")
    other = small_package(tmp_path / "other", tables(12, "1950", STATES[:12]))
    db = scene.copy(tmp_path / "store")
    # 12 blocs of 12 states from 1950, France among them; 16 blocs of 14 states from 1951, France in none.
    answers = {"old": [[[12]], [["1950-01-01", 144]], [[12]]], "new": [[[16]], [["1951-01-01", 224]], [[0]]]}

    def check() -> str:
        with opened(db).reading() as reader:
            seen = [reader.run(text, {}).rows for text in COUNTS]
        return next(name for name, expected in answers.items() if expected == seen)

    for turn in range(number(4, 20)):
        package = other if turn % 2 else scene.package
        load = clients.start("load", "--from", package, *ARGS, db, env=environment(tmp_path, db), home=tmp_path)
        waiting = threading.Thread(target=load.wait)
        waiting.start()
        while waiting.is_alive():
            found.attempt(found.tried, check)
        assert check() == ("old" if turn % 2 else "new")
    found.all_survived()


# -- a full disk --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A file system of its own, whose size ``resized`` sets; None where this process may mount none."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") is not None and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "pactgraph-test", place], capture_output=True, check=False
    ).returncode == 0  # fmt: skip
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", place], capture_output=True, check=True)


def resized(place: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", place], capture_output=True, check=True)


def test_full_disks(scene: Scene, clients: Clients, tally: Make, tmp_path: Path, small_disk: Path | None) -> None:
    """A load needs room for a second generation. The disk is full at some point of its copy, its writes, its closing or its switch;
    where no file system can be mounted, a limit to the size of files stands in for it."""
    found = tally("embedded: full disk" + ("" if small_disk else " (limited file size)"))
    need = sum(p.stat().st_blocks * 512 for p in scene.first.rglob("*"))
    draw, count = random.Random(1929), number(8, 24)

    def load(db: Path) -> Any:
        return clients.run("load", "--from", scene.package, *ARGS, db, env=environment(tmp_path, db), home=tmp_path)

    def check(fraction: float) -> str:
        if small_disk is None:
            db = scene.copy(tmp_path / f"store{found.tried}")
            ended = limited(scene, db, tmp_path, fraction)
        else:
            resized(small_disk, 64 * 2**20)
            db = scene.copy(small_disk / f"store{found.tried}")
            resized(small_disk, int(need * (1.01 + 1.2 * fraction)))
            ended = load(db)
        seen = everything(opened(db))  # also on the full disk
        if ended.code == 0:
            assert seen == scene.new and ended.rows == scene.counts
        else:
            assert "nothing was changed" in ended.one_line()
            assert seen == scene.old
        if small_disk is not None:
            resized(small_disk, 64 * 2**20)
        now = whole(scene, clients, db, tmp_path)
        shutil.rmtree(db)
        return now

    for n in range(count):
        fraction = (n + draw.random()) / count
        found.attempt(f"{fraction:.3f}", lambda fraction=fraction: check(fraction))  # type: ignore[misc]
    found.all_survived()
    assert found.outcomes["old"]


def limited(scene: Scene, db: Path, home: Path, fraction: float) -> Any:
    """The load with files of at most that part of the largest file's size."""
    import resource

    from clients import Ended

    largest = max(p.stat().st_size for p in db.rglob("*") if p.is_file())
    limit = int(largest * (0.02 + fraction))
    done = subprocess.run(
        [sys.executable, "-m", "graph_loader", "load", "--from", str(scene.package), *ARGS, str(db)], env=environment(home, db),
        capture_output=True, encoding="utf-8", timeout=120, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


# -- damaged files ------------------------------------------------------------------------------------------------------------

KINDS = {
    "bucket": "generations/*/*.bucket", "index": "generations/*/*idx", "dictionary": "generations/*/dictionary*",
    "schema.json": "generations/*/schema.json", "CURRENT": "CURRENT", "list of files": "generations/*.json",
    "what readers write": "generations/*/[sl][ta][as]t*",  # statistics.json, last-tx-id.bin
}  # fmt: skip


def damaged(db: Path, kind: str, draw: random.Random) -> str:
    """Change one bit of one byte that is in use in a file of that kind."""
    file = draw.choice(sorted(p for p in db.glob(KINDS[kind]) if p.stat().st_size))
    content = bytearray(file.read_bytes())
    place = draw.choice([n for n, byte in enumerate(content) if byte])
    content[place] ^= 1 << draw.randrange(8)
    file.write_bytes(content)
    return f"{file.name} byte {place}"


def exported(clients: Clients, db: Path, home: Path) -> dict[str, bytes] | str:
    """Every fact as files, or the error."""
    out = home / f"export-{db.name}"
    ended = clients.run("export", "csv", "-o", out, "--db", db, env=environment(home, db), home=home)
    if ended.code:
        return ended.one_line()
    found = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    shutil.rmtree(out)
    return found


def test_damaged_bytes(scene: Scene, clients: Clients, tally: Make, tmp_path: Path) -> None:
    """One bit of a file changes: the answers are right, or there are none but an error with the remedy."""
    found = tally("embedded: damaged byte, then read")
    loads = tally("embedded: damaged byte, then load")
    draw = random.Random(1945)
    right = exported(clients, scene.copy(tmp_path / "undamaged"), tmp_path)
    assert isinstance(right, dict) and len(right) > 1

    def check(kind: str, db: Path) -> str:
        seen = exported(clients, db, tmp_path)
        if isinstance(seen, str):
            assert "load again into a new --db" in seen, seen
            assert kind == "CURRENT" or opened(db).damage()
            return "told"
        assert seen == right, "wrong answers without an error"
        return "right"

    def load(db: Path) -> str:
        ended = clients.run("load", "--from", scene.package, *ARGS, db, env=environment(tmp_path, db), home=tmp_path)
        if ended.code == 0:
            assert ended.rows == scene.counts and everything(opened(db)) == scene.new
            return "right"
        assert "load again into a new --db" in ended.one_line()
        return "told"

    kinds = [*KINDS, "bucket", "bucket", "index"]
    for n in range(number(30, 100)):
        db = scene.copy(tmp_path / f"store{n}")
        where = damaged(db, kinds[n % len(kinds)], draw)
        found.attempt(where, lambda n=n, db=db: check(kinds[n % len(kinds)], db))  # type: ignore[misc]
        if n % 3 == 0:
            loads.attempt(where, lambda db=db: load(db))  # type: ignore[misc]
        shutil.rmtree(db)
    found.all_survived()
    loads.all_survived()


@pytest.mark.parametrize("how", ["cut", "longer", "missing"])
def test_a_file_of_another_size(scene: Scene, clients: Clients, tmp_path: Path, how: str) -> None:
    db = scene.copy(tmp_path / "store")
    file = next(db.glob("generations/*/State_0.*.bucket"))
    content = file.read_bytes()
    file.write_bytes(content[:-1] if how == "cut" else content + b"\0")
    if how == "missing":
        file.unlink()
    line = exported(clients, db, tmp_path)
    assert isinstance(line, str) and file.name in line and "load again into a new --db" in line


def test_counts_that_the_engine_keeps_beside_the_data_are_not_believed(scene: Scene, tmp_path: Path) -> None:
    """statistics.json is written by readers, so that no list of files can vouch for it."""
    db = scene.copy(tmp_path / "store")
    text = "MATCH (s:State) RETURN count(s) AS n"
    right = query(opened(db), text)
    assert right[0]["n"] > 7
    (file,) = db.glob("generations/*/statistics.json")
    kept = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({name: {**v, "count": 7} if isinstance(v, dict) else v for name, v in kept.items()}), encoding="utf-8")
    assert query(opened(db), text) == right


def test_a_large_generation_is_hashed_when_asked_and_before_a_load(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above HASHED_UP_TO an opening compares sizes only."""
    db = scene.copy(tmp_path / "store")
    store = EmbeddedStore(db)
    assert store.damage() is None
    monkeypatch.setattr(manifest, "HASHED_UP_TO", 0)
    file = next(db.glob("generations/*/State_0_*.umtidx"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with store.reading() as reader:
        assert reader.run(COUNTS[0], {}).rows == [[12]]
    assert store.damage() == f"{file.name} is not what the load wrote"
    with pytest.raises(Exception, match="nothing was changed"), store.writing():
        pass
    assert held(db)[1] == {"000001", "000001.json"}


# -- other formats ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [FORMAT - 1, FORMAT + 98], ids=["too old", "too new"])
def test_a_store_of_another_format_is_a_clear_error(scene: Scene, clients: Clients, tmp_path: Path, written: int) -> None:
    """Written by this version under the number of another."""
    db = tmp_path / "store"
    program = (
        "import sys, graph_loader.schema\n"
        f"graph_loader.schema.FORMAT = {written}\n"
        f"sys.argv = ['pactgraph', 'load', '--from', {str(scene.package)!r}, '--db', {str(db)!r}]\n"
        "from graph_loader.cli.main import main\n"
        "main()\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(tmp_path, db), capture_output=True, check=True, timeout=120)
    before = everything(opened(db))
    for command in (["info"], ["load", "--from", str(scene.package)], ["query", "membership/members", "-p", "bloc=B03"], ["show", "FRA"]):
        line = clients.run(*command, "--db", db, env=environment(tmp_path, db), home=tmp_path).one_line()
        assert f"format {written}" in line and f"reads format {FORMAT}" in line
        assert "load the data again into a new store" in line
    assert everything(opened(db)) == before
