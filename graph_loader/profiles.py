"""Named databases: profiles in the user's configuration file, and the local Neo4j under the name ``neo4j``.

The file is ``config.toml`` in the user's configuration folder for pactgraph::

    [profiles.institute]
    db = "neo4j+s://graph.example.org"
    username = "analyst"
    database = "treaties"
    password_command = "pass show institute/neo4j"

A password comes from ``password_command`` (its first line of output), from the variable that ``password_env`` names, or, in a file that
nobody but its owner can read, from ``password``; without any of them from NEO4J_PASSWORD or a prompt.

The user's own queries stand in folders that the same file names (see :mod:`graph_loader.catalogue`)::

    [queries]
    library = "~/cypher"    # or a list of folders
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_path

from graph_loader.errors import StoreError, UsageError

LOCAL: Final = "neo4j"
"""The name of the local server of ``pactgraph neo4j start``."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_KEYS: Final = ("db", "username", "database", "password_env", "password_command", "password")
_SECRETS: Final = ("password_env", "password_command", "password")
_COMMAND_S: Final = 120  # time to unlock a password manager


@dataclass(frozen=True)
class Profile:
    """A named database.

    Attributes
    ----------
    name : str
        Its name.
    db : str
        A folder or a URL, as ``--db`` takes them.
    username, database : str or None
        None: NEO4J_USERNAME and NEO4J_DATABASE, else Neo4j's own defaults.
    password_env : str or None
        Name of an environment variable that holds the password.
    password_command : tuple of str
        A command whose first line of output is the password.
    """

    name: str
    db: str
    username: str | None = None
    database: str | None = None
    password_env: str | None = None
    password_command: tuple[str, ...] = ()
    _password: str | None = field(default=None, repr=False)

    def password(self) -> str | None:
        """Get the password.

        Returns
        -------
        str or None
            None when the profile names no place for it.

        Raises
        ------
        UsageError
            If the named variable is not set.
        StoreError
            If the command fails or prints nothing.
        """
        if self.password_env is not None:
            value = os.environ.get(self.password_env)
            if value is None:
                raise UsageError(f"the profile '{self.name}' takes its password from {self.password_env}, which is not set; set it")
            return value
        if self.password_command:
            return self._ask_command()
        return self._password

    def _ask_command(self) -> str:
        shown = shlex.join(self.password_command)
        try:
            # Its stderr and stdin stay the user's: a password manager asks there for its own key.
            done = subprocess.run(self.password_command, stdout=subprocess.PIPE, timeout=_COMMAND_S, check=False)
        except OSError as error:
            raise StoreError(f"profile '{self.name}': password_command cannot be run ({error.strerror}): {shown}") from error
        except subprocess.TimeoutExpired as error:
            raise StoreError(f"profile '{self.name}': password_command did not end within {_COMMAND_S} seconds: {shown}") from error
        if done.returncode != 0:
            raise StoreError(f"profile '{self.name}': password_command ended with exit code {done.returncode}: {shown}")
        lines = done.stdout.decode("utf-8", errors="replace").splitlines()
        if not lines or not lines[0]:
            raise StoreError(f"profile '{self.name}': password_command printed no password: {shown}")
        return lines[0]


def config_file() -> Path:
    """Where the user's configuration is looked for.

    Returns
    -------
    Path
        ``config.toml`` in the user's configuration folder for pactgraph; it need not exist.
    """
    return user_config_path("pactgraph", appauthor=False) / "config.toml"


def read_profiles(file: Path | None = None) -> dict[str, Profile]:
    """Read the profiles of a configuration file.

    Parameters
    ----------
    file : Path, optional
        :func:`config_file` when not given.

    Returns
    -------
    dict of str to Profile
        By name; empty when there is no file.

    Raises
    ------
    UsageError
        If the file is not TOML, a profile is wrong, or a file that others can read holds a password. The message names file, profile
        and remedy.
    """
    file = file or config_file()
    profiles = _content(file).get("profiles", {})
    if not isinstance(profiles, dict):
        raise UsageError(f"{file}: write each profile as a section [profiles.NAME]")
    return {name: _profile(name, entry, file) for name, entry in profiles.items()}


def query_folders(file: Path | None = None) -> tuple[Path, ...]:
    """Folders of the user's own queries, as the configuration names them.

    Parameters
    ----------
    file : Path, optional
        :func:`config_file` when not given.

    Returns
    -------
    tuple of Path
        Empty when it names none.

    Raises
    ------
    UsageError
        If the file is not TOML, or its section ``queries`` is wrong.
    """
    file = file or config_file()
    section = _content(file).get("queries", {})
    where = f"{file}: section 'queries'"
    if not isinstance(section, Mapping) or set(section) - {"library"}:
        raise UsageError(f'{where}: write [queries] and below it library = "~/cypher"')
    named = section.get("library", [])
    folders = [named] if isinstance(named, str) else named
    if not isinstance(folders, list) or not all(isinstance(folder, str) and folder for folder in folders):
        raise UsageError(f"{where}: library must be a folder or a list of folders")
    return tuple(Path(_place(folder, where)) for folder in folders)


def _content(file: Path) -> dict[str, Any]:
    """What the configuration file holds; nothing when there is none."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: is not TOML in UTF-8: {error}") from error
    unknown = sorted(set(content) - {"profiles", "queries"})
    if unknown:
        raise UsageError(f"{file}: unknown section '{unknown[0]}'; write [profiles.NAME] or [queries]")
    return content


def find(db: str) -> Profile | None:
    """The profile that ``--db`` names, if it names one.

    A profile's name precedes a folder of that name; a folder is then written ``./NAME``. Where the folder holds a store, the name is
    refused as ambiguous.

    Parameters
    ----------
    db : str
        The value of ``--db``.

    Returns
    -------
    Profile or None
        None: it is a folder or a URL.

    Raises
    ------
    UsageError
        If the configuration is wrong or the name ambiguous.
    StoreError
        If it is ``neo4j`` and the local server does not run.
    """
    if not _NAME.fullmatch(db):
        return None
    found = _local() if db == LOCAL else read_profiles().get(db)
    if found is not None and (Path(db) / "CURRENT").is_file():
        raise UsageError(f"--db {db}: there is a profile and a folder of that name; write ./{db} for the folder, or rename one of them")
    return found


def _local() -> Profile:
    from graph_loader.server import service

    found = service.status()
    if found.server is None:
        raise StoreError(
            f"the local Neo4j does not run ({found.state}); start it with 'pactgraph neo4j start', or write ./{LOCAL} for a folder"
        )
    return Profile(LOCAL, found.server.uri, found.server.user, "neo4j", _password=found.server.password)


def _profile(name: str, entry: Any, file: Path) -> Profile:
    where = f"{file}: profile '{name}'"
    if not _NAME.fullmatch(name):
        raise UsageError(f"{where}: a name is a letter, then letters, digits, '-' and '_'")
    if name == LOCAL:
        raise UsageError(f"{where}: the name is that of the local server ('pactgraph neo4j start'); choose another")
    if not isinstance(entry, Mapping):
        raise UsageError(f"{where}: write it as a section [profiles.{name}]")
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        raise UsageError(f"{where}: unknown key '{unknown[0]}'; there are {', '.join(_KEYS)}")
    for key, value in entry.items():
        command = key == "password_command" and isinstance(value, list) and value and all(isinstance(part, str) for part in value)
        if not command and not (isinstance(value, str) and value):
            raise UsageError(f"{where}: {key} must be text" + (" or a list of texts" if key == "password_command" else ""))
    if "db" not in entry:
        raise UsageError(f'{where}: has no db; write db = "neo4j+s://HOST" or a folder')
    places = [key for key in _SECRETS if key in entry]
    if len(places) > 1:
        raise UsageError(f"{where}: {' and '.join(places)} both say where the password is; keep one")
    if "password" in entry:
        _require_private(file, where)
    return Profile(
        name, _place(entry["db"], where), entry.get("username"), entry.get("database"), entry.get("password_env"),
        _words(entry.get("password_command", ()), where), entry.get("password"),
    )  # fmt: skip


def _place(db: str, where: str) -> str:
    if "://" in db:
        return db
    folder = Path(db).expanduser()
    if not folder.is_absolute():
        raise UsageError(f"{where}: the folder '{db}' must begin with / or ~, for commands run in many folders")
    return str(folder)


def _words(command: str | list[str] | tuple[str, ...], where: str) -> tuple[str, ...]:
    if not isinstance(command, str):
        return tuple(command)
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"{where}: password_command: {error}") from error


def _require_private(file: Path, where: str) -> None:
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise UsageError(
            f"{where}: others can open this file, which holds a password; run 'chmod 600 {shlex.quote(str(file))}', or use password_command"
            " or password_env"
        )
