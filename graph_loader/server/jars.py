"""Fetch the jars of the locked list and make sure that they are the locked ones."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import platformdirs

from graph_loader.server.errors import ServerError
from graph_loader.server.lock import NEO4J_VERSION, Jar, file_sha256, read_lock, release_of

Progress = Callable[[int, int, str], None]
"""Called with (jars present, jars in all, name of the jar that has just arrived)."""

_STAGING: Final = ".fetch-"
_THREADS: Final = 8
_ATTEMPTS: Final = 3
_TIMEOUT_S: Final = 60
_SECRET: Final = re.compile(r"(://)[^/@\s]*@")


def default_cache_dir(version: str = NEO4J_VERSION) -> Path:
    """Folder of the jars.

    Parameters
    ----------
    version : str
        A series or an exact version of :data:`graph_loader.server.lock.RELEASES`.

    Returns
    -------
    Path
        ``neo4j-<version>`` in the user's cache folder for pactgraph, or in the folder that the environment
        variable ``PACTGRAPH_CACHE`` names.
    """
    named = os.environ.get("PACTGRAPH_CACHE")
    base = Path(named) if named else Path(platformdirs.user_cache_dir("pactgraph", appauthor=False))
    return base / f"neo4j-{release_of(version).version}"


def fetch(cache_dir: Path | None = None, progress: Progress | None = None, version: str = NEO4J_VERSION) -> list[Path]:
    """Get every jar of the locked list, and verify each by its SHA-256.

    What is missing is downloaded (155 MB the first time) from where ``jgo`` gets Maven artifacts by default, or from
    the repository that PACTGRAPH_MAVEN names, through the proxy and with the certificates of the usual variables:
    HTTPS_PROXY and NO_PROXY, else PIP_PROXY; REQUESTS_CA_BUNDLE, else SSL_CERT_FILE, else PIP_CERT. A jar enters the
    folder only when its SHA-256 is the locked one, so an interrupted call leaves nothing half-written behind, and
    several processes may fetch into one folder. Every call hashes every file: a tenth of a second, less than keeping
    and trusting a note of what was verified before would be worth.

    Parameters
    ----------
    cache_dir : Path, optional
        Folder of the jars; :func:`default_cache_dir` when not given.
    progress : callable, optional
        Called in the calling thread after each downloaded jar with (jars present, jars in all, file name).
    version : str
        Which Neo4j: a series (``5.26``, ``2026.05``) or an exact version.

    Returns
    -------
    list of Path
        The jars, in the order of the class path.

    Raises
    ------
    ServerError
        If a jar in the folder is not the locked one, cannot be downloaded, or arrives with another SHA-256. The
        message names the jar and the remedy.
    """
    folder = (cache_dir or default_cache_dir(version)).resolve()
    jars = read_lock(version)
    missing = [jar for jar in jars if not (folder / jar.filename).exists()]
    present = [jar for jar in jars if jar not in missing]
    with ThreadPoolExecutor(_THREADS) as pool:
        digests = list(pool.map(lambda jar: file_sha256(folder / jar.filename), present))
    for jar, digest in zip(present, digests, strict=True):
        if digest != jar.sha256:
            raise ServerError(
                f"The jar {folder / jar.filename} is not the one that this release of pactgraph runs: its SHA-256 "
                f"is {digest}, expected is {jar.sha256}. It was damaged or changed after the download. "
                "Delete that file and run the command again: it will be fetched anew."
            )
    if missing:
        _download_all(missing, folder, progress, len(jars))
    return [folder / jar.filename for jar in jars]


def _download_all(missing: list[Jar], folder: Path, progress: Progress | None, total: int) -> None:
    try:
        import jgo.maven  # noqa: F401  # an optional dependency: say so before any thread starts
    except ModuleNotFoundError as error:
        raise ServerError(
            f"{len(missing)} jars of Neo4j are missing in {folder}, and the package jgo, which "
            "fetches them, is not installed: pip install 'pactgraph[neo4j-local]'."
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    _remove_stale_staging(folder)
    present = total - len(missing)
    with _network_settings():
        pool = ThreadPoolExecutor(_THREADS)
        try:
            for future in as_completed([pool.submit(_download, jar, folder) for jar in missing]):
                name = future.result()
                present += 1
                if progress is not None:
                    progress(present, total, name)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _network_settings() -> Iterator[None]:
    """Let requests, by which jgo downloads, see the settings that it would not take by itself.

    It reads HTTPS_PROXY, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE; Python and OpenSSL read SSL_CERT_FILE, pip PIP_PROXY and PIP_CERT.
    """
    environ = os.environ
    added: dict[str, str] = {}
    if not environ.get("REQUESTS_CA_BUNDLE") and not environ.get("CURL_CA_BUNDLE"):
        bundle = environ.get("SSL_CERT_FILE") or environ.get("PIP_CERT")
        if bundle:
            added["REQUESTS_CA_BUNDLE"] = bundle
    if not any(environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        proxy = environ.get("PIP_PROXY")
        if proxy:
            added["HTTPS_PROXY"] = proxy if "://" in proxy else f"http://{proxy}"
    before = {name: environ.get(name) for name in added}
    environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                environ.pop(name, None)
            else:
                environ[name] = value


def _download(jar: Jar, folder: Path) -> str:
    from jgo.maven import MavenContext

    for attempt in range(1, _ATTEMPTS + 1):
        # jgo writes straight to the final name and takes whatever bears that name for complete, so each attempt
        # gets a repository of its own and only a verified file moves on.
        with tempfile.TemporaryDirectory(prefix=_STAGING, dir=folder) as staging:
            context = MavenContext(repo_cache=Path(staging), timeout=_TIMEOUT_S, remote_repos=_repository())
            artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier)
            try:
                arrived = artifact.resolve()
            except OSError as error:  # so are all errors of requests
                if attempt < _ATTEMPTS and _cause(error) is None:
                    time.sleep(0.5 * attempt)
                    continue
                raise _not_downloaded(jar, folder, error) from error
            except RuntimeError as error:  # jgo: not in the repository
                raise _not_downloaded(jar, folder, error) from error
            digest = file_sha256(arrived)
            if digest == jar.sha256:
                arrived.replace(folder / jar.filename)
                return jar.filename
    raise ServerError(
        f"The jar {jar.coordinate} arrived with a wrong SHA-256 ({digest}; expected is {jar.sha256}) and was thrown "
        "away. Something between you and the repository may be changing downloads: run the command again from "
        "another network."
    )


def _repository() -> dict[str, str] | None:
    """The mirror of Maven's repository that the user names; None: jgo's own choice."""
    named = os.environ.get("PACTGRAPH_MAVEN")
    return {"named": named.rstrip("/")} if named else None


def _cause(error: Exception) -> str | None:
    """What another attempt would not cure, with the remedy."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "SSLError" in kinds:
        return (
            "the certificate of the repository, or of a proxy that stands for it, is not trusted: set REQUESTS_CA_BUNDLE "
            "(or SSL_CERT_FILE) to the file with your organisation's certificates"
        )
    if "ProxyError" in kinds:
        return "the proxy does not let the download through: check HTTPS_PROXY, with user and password where it asks for them"
    if "InvalidProxyURL" in kinds or "InvalidURL" in kinds or "MissingSchema" in kinds:
        return "an address is malformed: check HTTPS_PROXY and PACTGRAPH_MAVEN"
    if "Could not find a suitable TLS CA certificate bundle" in str(error):
        return "the file of certificates is not there: correct REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE or PIP_CERT"
    return None


def _not_downloaded(jar: Jar, folder: Path, error: Exception) -> ServerError:
    # The text of an error can hold the proxy's address with its password.
    said = _SECRET.sub(r"\1***@", f"{type(error).__name__}: {error}")
    remedy = _cause(error) or "check the connection (and HTTPS_PROXY, if you are behind a proxy)"
    return ServerError(
        f"The jar {jar.coordinate} could not be downloaded ({said}): {remedy}. Then run the command again: the jars "
        f"that have arrived are kept in {folder}."
    )


def _remove_stale_staging(folder: Path) -> None:
    """Remove what a killed fetch left behind; an hour is longer than any download that still runs."""
    for left in folder.glob(f"{_STAGING}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > 3600:
                shutil.rmtree(left)
