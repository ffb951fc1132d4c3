"""The local Neo4j server: real servers are started, asked and stopped here."""

from __future__ import annotations

import base64
import os
import select
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, ClientError, ConstraintError
from neo4j_server import empty_database, shared_test_server, start_test_server, unavailable, why_unavailable
from tls import self_signed

import graph_loader
from graph_loader.server import (
    NEO4J_VERSION,
    LocalNeo4j,
    ServerError,
    default_cache_dir,
    fetch,
    read_lock,
)
from graph_loader.server.lock import parse_lock

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def jars() -> list[Path]:
    if reason := why_unavailable():
        unavailable(reason)
    return fetch()


@pytest.fixture(scope="module")
def server(jars: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalNeo4j]:
    with start_test_server(tmp_path_factory.mktemp("module-server")) as started:
        yield started


@pytest.fixture
def driver(server: LocalNeo4j) -> Iterator[Driver]:
    with empty_database(server), connect(server) as connected:
        yield connected


def connect(server: LocalNeo4j, password: str | None = None) -> Driver:
    return GraphDatabase.driver(server.uri, auth=(server.user, password or server.password))


def port_of(server: LocalNeo4j) -> int:
    return int(server.uri.rpartition(":")[2])


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def process_runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# -- a server that runs ------------------------------------------------------------------------------------------


def test_it_answers_cypher_and_is_the_locked_neo4j(driver: Driver) -> None:
    records, _, _ = driver.execute_query(
        "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions, edition"
    )
    assert [(r["versions"], r["edition"]) for r in records] == [([NEO4J_VERSION], "community")]
    driver.execute_query("CREATE (:State {id: 'FRA'})-[:MEMBER_OF {since: '1949-08-24'}]->(:Bloc {id: 'NATO'})")
    records, _, _ = driver.execute_query("MATCH (s)-[m:MEMBER_OF]->(b) RETURN s.id, m.since, b.id")
    assert [list(r) for r in records] == [["FRA", "1949-08-24", "NATO"]]


@pytest.mark.parametrize("password", ["neo4j", "not-the-password"])
def test_another_password_is_refused(server: LocalNeo4j, password: str) -> None:
    with connect(server, password) as wrong, pytest.raises(AuthError):
        wrong.verify_connectivity()


def test_relationships_can_be_made_unique(driver: Driver) -> None:
    driver.execute_query("CREATE CONSTRAINT tie_id FOR ()-[t:DEFENCE]-() REQUIRE t.id IS UNIQUE")
    driver.execute_query("CREATE (:State {id: 'FRA'})-[:DEFENCE {id: 'tie|1'}]->(:State {id: 'USA'})")
    with pytest.raises(ConstraintError):
        driver.execute_query("MATCH (a {id: 'FRA'}), (b {id: 'USA'}) CREATE (a)-[:DEFENCE {id: 'tie|1'}]->(b)")


def test_the_database_is_empty_for_each_test(driver: Driver) -> None:
    assert driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0
    assert driver.execute_query("SHOW CONSTRAINTS YIELD name RETURN count(*) AS n").records[0]["n"] == 0


@pytest.mark.parametrize("address", ["file:///etc/passwd", "file:///import.csv", "http://127.0.0.1:9/a.csv"])
def test_load_csv_reaches_neither_files_nor_addresses(driver: Driver, address: str) -> None:
    with pytest.raises(ClientError, match="Cannot load from URL"):
        driver.execute_query(f"LOAD CSV FROM '{address}' AS line RETURN line")


def test_it_listens_on_loopback_only_and_reports_nothing(driver: Driver, server: LocalNeo4j) -> None:
    records, _, _ = driver.execute_query("SHOW SETTINGS YIELD name, value")
    settings = {r["name"]: r["value"] for r in records}
    assert settings["server.bolt.listen_address"] == f"127.0.0.1:{port_of(server)}"
    assert settings["server.default_listen_address"] == "127.0.0.1"
    assert settings["server.http.enabled"] == settings["server.https.enabled"] == "false"
    assert settings["dbms.usage_report.enabled"] == settings["client.allow_telemetry"] == "false"
    assert settings["dbms.security.auth_enabled"] == "true"


def test_a_second_start_on_the_same_home_is_refused(server: LocalNeo4j, jars: list[Path]) -> None:
    with pytest.raises(ServerError, match=rf"already runs .*{server.uri} \(process {server.pid}\)"):
        LocalNeo4j.start(server.home, jars)


def test_another_process_can_find_it(server: LocalNeo4j) -> None:
    found = LocalNeo4j.attach(server.home)
    assert found == server
    assert server.password not in repr(found)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_it_writes_is_for_its_owner_only(server: LocalNeo4j) -> None:
    assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
    written = [server.home / "password", server.home / "server.json", *(server.home / "data").rglob("*")]
    assert [str(path) for path in written if path.is_file() and path.stat().st_mode & 0o077] == []


# -- start and stop ----------------------------------------------------------------------------------------------


class CommandLines(threading.Thread):
    """Notes the command line and environment of every process of this machine, again and again (Linux)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[bytes] = set()
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.02):
            for kind in ("cmdline", "environ"):
                for file in Path("/proc").glob(f"[0-9]*/{kind}"):
                    try:
                        self.seen.add(file.read_bytes())
                    except OSError:
                        continue

    def __enter__(self) -> CommandLines:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads /proc")
def test_start_stop_and_start_again(jars: list[Path], tmp_path: Path) -> None:
    """No secret on a command line; stop frees the port; data and password outlive the stop."""
    chosen = "a pass-word 'of' \"ours\" #1"
    with CommandLines() as lines:
        first = LocalNeo4j.start(tmp_path / "home", jars, password=chosen, http_port=0)
    generated = [line for line in lines.seen if b"set-initial-password" in line]
    assert generated, "the call that sets the password was not observed"
    assert [line for line in lines.seen if chosen.encode() in line] == []
    assert all(b"set-initial-password\0@" in line for line in generated)

    with connect(first) as connected:
        connected.execute_query("CREATE (:State {id: 'YUG'})")
    assert first.http_url is not None
    port = port_of(first)
    first.stop()
    first.stop()
    assert not process_runs(first.pid)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
    assert LocalNeo4j.attach(first.home) is None

    with pytest.raises(ServerError, match="another password already"):
        LocalNeo4j.start(first.home, jars, password="something else")
    with LocalNeo4j.start(first.home, jars, bolt_port=port) as second, connect(second, chosen) as connected:
        assert second.uri == first.uri
        assert second.http_url is None
        assert connected.execute_query("MATCH (s:State) RETURN s.id AS id").records[0]["id"] == "YUG"
        attached = LocalNeo4j.attach(second.home)
        assert attached is not None
        attached.stop()
        assert wait_for(lambda: no_server(second.home), 5)


@pytest.mark.parametrize("which", ["bolt_port", "http_port"])
def test_a_taken_port_is_named(tmp_path: Path, which: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} is taken"):
            LocalNeo4j.start(tmp_path / "home", [], **{which: port})


def test_a_server_that_cannot_start_shows_the_end_of_its_log(jars: list[Path], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "databases").write_text("a file where Neo4j needs a folder")
    (tmp_path / "password").write_text("some password\n")
    with pytest.raises(ServerError, match=r"(?s)exit code 1 before.*The end of .*neo4j\.log:.*Error starting Neo4j"):
        LocalNeo4j.start(tmp_path, jars)


@pytest.mark.skipif(os.name != "posix", reason="the watchdog is for POSIX")
def test_it_ends_when_its_owner_is_killed(jars: list[Path], tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from graph_loader.server import LocalNeo4j, fetch\n"
        "print(LocalNeo4j.start(Path(sys.argv[1]), fetch()).pid, flush=True); time.sleep(300)"
    )
    root = str(Path(graph_loader.__path__[0]).parent)
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "home")],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    with owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert process_runs(pid)
        owner.send_signal(signal.SIGKILL)
    assert wait_for(lambda: no_server(tmp_path / "home"), 40)
    assert wait_for(lambda: not process_runs(pid) or is_defunct(pid), 40)


def no_server(home: Path) -> bool:
    try:
        return LocalNeo4j.attach(home) is None
    except ServerError:  # it is stopping: its port is open and it answers no more
        return False


def is_defunct(pid: int) -> bool:
    """Ended, but not yet taken note of by the init process, which containers often lack."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_workers_of_one_run_share_a_server(
    jars: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    with shared_test_server(tmp_path) as first, shared_test_server(tmp_path) as second:
        assert (first.uri, first.pid) == (second.uri, second.pid)
    assert LocalNeo4j.attach(first.home) == first  # a worker that is done leaves it to the others
    first.stop()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"heap": "lots"}, "heap must be"),
        ({"page_cache": "64m\ndbms.security.auth_enabled=false"}, "page_cache must be"),
        ({"bolt_port": 70000}, "bolt_port must lie"),
        ({"password": "short"}, "at least 8"),
        ({"password": "two\nlines of it"}, "one line"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, arguments: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        LocalNeo4j.start(tmp_path / "home", [], **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "home").exists()


# -- the jars ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_cache(jars: list[Path], tmp_path: Path) -> Path:
    cache = tmp_path / "cache"
    cache.mkdir()
    for jar in jars:
        (cache / jar.name).symlink_to(jar)
    return cache


def test_a_damaged_jar_is_named_with_the_remedy(own_cache: Path) -> None:
    assert [path.name for path in fetch(own_cache)] == [jar.filename for jar in read_lock()]
    damaged = own_cache / f"neo4j-kernel-{NEO4J_VERSION}.jar"
    content = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))  # one bit, the size unchanged
    with pytest.raises(ServerError, match=rf"{damaged.name} is not the one .*Delete that file"):
        fetch(own_cache)


class FakeRepository:
    """Stands for jgo: what it 'downloads' is what a test wants."""

    def __init__(self, deliver: Callable[[Path], Path]) -> None:
        self.deliver = deliver
        self.calls = 0

    def __call__(self, *, repo_cache: Path, timeout: int, remote_repos: dict[str, str] | None) -> FakeRepository:
        self.folder = repo_cache
        return self

    def project(self, group: str, artifact: str) -> FakeRepository:
        return self

    def at_version(self, version: str) -> FakeRepository:
        return self

    def artifact(self, classifier: str) -> FakeRepository:
        return self

    def resolve(self) -> Path:
        self.calls += 1
        return self.deliver(self.folder)


def wrong_content(folder: Path) -> Path:
    file = folder / "arrived.jar"
    file.write_bytes(b"not what was locked")
    return file


def no_connection(folder: Path) -> Path:
    raise ConnectionError("unreachable")


def not_there(folder: Path) -> Path:
    raise RuntimeError("not found in remote repositories")


@pytest.mark.parametrize(
    ("deliver", "said", "calls"),
    [
        (wrong_content, "arrived with a wrong SHA-256", 3),
        (no_connection, "could not be downloaded .*unreachable", 3),
        (not_there, "could not be downloaded .*not found", 1),
    ],
)
def test_a_failed_download_names_the_jar_and_leaves_nothing(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, deliver: Callable[[Path], Path], said: str, calls: int
) -> None:
    missing = own_cache / f"neo4j-kernel-{NEO4J_VERSION}.jar"
    missing.unlink()
    repository = FakeRepository(deliver)
    monkeypatch.setattr("jgo.maven.MavenContext", repository)
    with pytest.raises(ServerError, match=rf"org\.neo4j:neo4j-kernel:{NEO4J_VERSION} {said}"):
        fetch(own_cache)
    assert repository.calls == calls
    assert not missing.exists()
    assert not list(own_cache.glob(".*"))


def test_a_missing_jar_is_fetched_and_told_of(
    jars: list[Path], own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = own_cache / f"neo4j-kernel-{NEO4J_VERSION}.jar"
    right = missing.resolve()
    missing.unlink()
    monkeypatch.setattr(
        "jgo.maven.MavenContext", FakeRepository(lambda folder: Path(shutil.copy(right, folder / "arrived.jar")))
    )
    told: list[tuple[int, int, str]] = []
    fetched = fetch(own_cache, lambda present, total, name: told.append((present, total, name)))
    assert told == [(len(jars), len(jars), missing.name)]
    assert missing in fetched
    assert missing.read_bytes() == right.read_bytes()


# -- proxies and certificates: real HTTPS on loopback ---------------------------------------------------------------


class JarsOverHttps(SimpleHTTPRequestHandler):
    """A Maven repository that serves the jars of a folder."""

    def do_GET(self) -> None:
        self.path = f"/{self.path.rpartition('/')[2]}"
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def repository(jars: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Port of an HTTPS repository, and the certificate (of 127.0.0.1 and maven.invalid) that it shows."""
    folder = self_signed(tmp_path_factory.mktemp("certificate"), "maven.invalid")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "public.crt", folder / "private.key")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(JarsOverHttps, directory=str(jars[0].parent))) as serving:
        serving.socket = context.wrap_socket(serving.socket, server_side=True)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield serving.server_address[1], folder / "public.crt"
        serving.shutdown()


class Proxy(BaseHTTPRequestHandler):
    """An HTTP proxy that leads every CONNECT to the repository, once user and password are right."""

    port = 0
    asked: ClassVar[list[str]] = []

    def do_CONNECT(self) -> None:
        if self.headers.get("Proxy-Authorization") != "Basic " + base64.b64encode(b"ana:s3cret").decode():
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
            self.end_headers()
            return
        self.asked.append(self.path)
        with socket.create_connection(("127.0.0.1", self.port)) as there:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            ends = {self.connection: there, there: self.connection}
            while ready := select.select(list(ends), [], [], 30)[0]:
                for end in ready:
                    if not (data := end.recv(65536)):
                        self.close_connection = True
                        return
                    ends[end].sendall(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy(repository: tuple[int, Path]) -> Iterator[int]:
    Proxy.asked.clear()
    Proxy.port = repository[0]
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield serving.server_address[1]
        serving.shutdown()


NETWORK = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "PIP_CERT", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
           "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "PIP_PROXY")  # fmt: skip


@pytest.fixture
def lacking(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that lacks one jar, in an environment without network settings."""
    for name in NETWORK:
        monkeypatch.delenv(name, raising=False)
    (own_cache / f"neo4j-kernel-{NEO4J_VERSION}.jar").unlink()
    return own_cache


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "PIP_CERT"])
def test_the_usual_variables_name_the_certificates(
    lacking: Path, repository: tuple[int, Path], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    port, certificate = repository
    monkeypatch.setenv("PACTGRAPH_MAVEN", f"https://127.0.0.1:{port}/maven/")
    monkeypatch.setenv(variable, str(certificate))
    before = dict(os.environ)
    assert len(fetch(lacking)) == len(read_lock())
    assert os.environ == before


def test_an_untrusted_certificate_is_named_with_the_remedy(
    lacking: Path, repository: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACTGRAPH_MAVEN", f"https://127.0.0.1:{repository[0]}")
    with pytest.raises(ServerError, match=r"certificate .* is not trusted: set REQUESTS_CA_BUNDLE \(or SSL_CERT_FILE\)"):
        fetch(lacking)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(lacking / "absent.pem"))
    with pytest.raises(ServerError, match="the file of certificates is not there"):
        fetch(lacking)


@pytest.mark.parametrize(
    ("variable", "scheme"), [("HTTPS_PROXY", "http://"), ("https_proxy", "http://"), ("PIP_PROXY", "http://"), ("PIP_PROXY", "")]
)
def test_the_usual_variables_name_the_proxy(
    lacking: Path, repository: tuple[int, Path], proxy: int, monkeypatch: pytest.MonkeyPatch, variable: str, scheme: str
) -> None:
    """The host has no address: only the proxy can reach it."""
    monkeypatch.setenv("PACTGRAPH_MAVEN", "https://maven.invalid")
    monkeypatch.setenv("SSL_CERT_FILE", str(repository[1]))
    monkeypatch.setenv(variable, f"{scheme}ana:s3cret@127.0.0.1:{proxy}")
    assert len(fetch(lacking)) == len(read_lock())
    assert set(Proxy.asked) == {"maven.invalid:443"}


def test_a_proxy_that_refuses_is_named_without_its_password(
    lacking: Path, repository: tuple[int, Path], proxy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACTGRAPH_MAVEN", "https://maven.invalid")
    monkeypatch.setenv("HTTPS_PROXY", f"http://ana:wr0ng-one@127.0.0.1:{proxy}")
    with pytest.raises(ServerError, match="the proxy does not let the download through: check HTTPS_PROXY") as caught:
        fetch(lacking)
    assert "wr0ng-one" not in str(caught.value)


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PACTGRAPH_CACHE", str(tmp_path))
    assert default_cache_dir() == tmp_path / f"neo4j-{NEO4J_VERSION}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0123  org.neo4j:neo4j:5.26.30", "line 1"),
        (f"# comment\n{'a' * 64}  org.neo4j:neo4j", "line 2"),
        (f"{'a' * 64}  org.neo4j:neo4j:1\n{'b' * 64}  other.group:neo4j:1", "neo4j-1.jar appears twice"),
    ],
)
def test_a_malformed_lock_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_lock(text)
