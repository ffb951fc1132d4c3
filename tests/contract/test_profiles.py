"""Named databases: ``--db NAME`` from the user's configuration file, and where their passwords may come from."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from neo4j_server import empty_database
from support import Cli

from graph_loader.errors import StoreError, UsageError
from graph_loader.profiles import Profile, read_profiles
from graph_loader.server import LocalNeo4j

ONE = "MATCH (s:State {id: 'FRA'}) RETURN s.name AS name"
posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def configure(home: Path, text: str, mode: int = 0o600) -> Path:
    """The configuration of the user whose folders are in ``home`` (XDG_CONFIG_HOME, as support.environment sets it)."""
    file = home / "config" / "pactgraph" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


# -- what a file says -----------------------------------------------------------------------------------------------------------


def test_without_a_file_there_are_no_profiles(tmp_path: Path) -> None:
    assert read_profiles(tmp_path / "config.toml") == {}


def test_a_profile_with_all_it_can_say(tmp_path: Path) -> None:
    file = write(tmp_path, """
        [profiles.institute]
        db = "neo4j+s://graph.example.org"
        username = "analyst"
        database = "treaties"
        password_env = "INSTITUTE_PASSWORD"

        [profiles.archive]
        db = "/srv/archive"
        """)  # fmt: skip
    assert read_profiles(file) == {
        "institute": Profile("institute", "neo4j+s://graph.example.org", "analyst", "treaties", "INSTITUTE_PASSWORD"),
        "archive": Profile("archive", "/srv/archive"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profiles = 3", r"\[profiles\.NAME\]"),
        ("[profile.x]\ndb = 'y'", r"unknown section 'profile'; write \[profiles\.NAME\]"),
        ("[profiles]\nx = 'bolt://h'", r"profile 'x': write it as a section"),
        ("[profiles.x]\nusername = 'a'", "profile 'x': has no db"),
        ("[profiles.x]\ndb = 'bolt://h'\nuser = 'a'", "profile 'x': unknown key 'user'; there are db, username"),
        ("[profiles.x]\ndb = 3", "profile 'x': db must be text"),
        ("[profiles.x]\ndb = ''", "profile 'x': db must be text"),
        ("[profiles.x]\ndb = 'bolt://h'\npassword_command = []", "password_command must be text or a list of texts"),
        ("[profiles.x]\ndb = 'bolt://h'\npassword_command = \"pass 'show\"", "password_command: No closing quotation"),
        ("[profiles.x]\ndb = 'bolt://h'\npassword_env = 'A'\npassword_command = 'b'", "password_env and password_command both say"),
        ("[profiles.x]\ndb = 'data/store'", "the folder 'data/store' must begin with / or ~"),
        ("[profiles.neo4j]\ndb = 'bolt://h'", "the name is that of the local server"),
        ("[profiles.'a b']\ndb = 'bolt://h'", "profile 'a b': a name is a letter"),
        ("[profiles.x\n", r"is not TOML in UTF-8: .*line 1"),
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path: Path, text: str, said: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsageError, match=said) as caught:
        read_profiles(file)
    assert str(file) in str(caught.value)


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_password_in_a_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    file = write(tmp_path, "[profiles.x]\ndb = 'bolt://h'\npassword = 'secret-of-mine'", mode)
    with pytest.raises(UsageError, match=f"others can open this file, which holds a password; run 'chmod 600 {file}'") as caught:
        read_profiles(file)
    assert "secret-of-mine" not in str(caught.value)
    file.chmod(0o600)
    found = read_profiles(file)["x"]
    assert found.password() == "secret-of-mine"
    assert "secret-of-mine" not in repr(found)


def test_a_password_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = Profile("x", "bolt://h", password_env="PASSWORD_OF_X")
    monkeypatch.delenv("PASSWORD_OF_X", raising=False)
    with pytest.raises(UsageError, match="takes its password from PASSWORD_OF_X, which is not set"):
        profile.password()
    monkeypatch.setenv("PASSWORD_OF_X", "from there")
    assert profile.password() == "from there"


def test_a_password_from_a_command() -> None:
    def of(program: str) -> Profile:
        return Profile("x", "bolt://h", password_command=(sys.executable, "-c", program))

    assert of("print('first line'); print('a note')").password() == "first line"
    assert of("print(' spaces stay ', end='')").password() == " spaces stay "
    with pytest.raises(StoreError, match="profile 'x': password_command ended with exit code 3") as caught:
        of("print('secret' + '-of-mine'); raise SystemExit(3)").password()
    assert "secret-of-mine" not in str(caught.value)
    with pytest.raises(StoreError, match="printed no password"):
        of("print()").password()
    with pytest.raises(StoreError, match=r"cannot be run .*no-such-program"):
        Profile("x", "bolt://h", password_command=("/no-such-program",)).password()
    assert Profile("x", "bolt://h").password() is None


# -- what the command does with it ----------------------------------------------------------------------------------------------


def test_a_profile_names_a_folder(cli: Cli, tmp_path: Path) -> None:
    configure(cli.home, "[profiles.archive]\ndb = '~/archive store'\n", 0o644)
    said = cli("load", "reference", "--db", "archive", "--quiet").ok()
    assert (cli.home / "archive store" / "CURRENT").is_file()
    assert str(cli.home / "archive store") in said.stdout
    cli("query", "-", "--db", "archive", stdin=ONE).ok()
    cli("query", "-", "--db", "./archive", stdin=ONE).fails(1, "nothing is loaded there")
    cli("query", "-", stdin=ONE, env={"PACTGRAPH_DB": "archive"}).ok()


def test_a_name_that_is_a_profile_and_a_store_is_refused(cli: Cli) -> None:
    cli("load", "reference", "--db", "archive", "--quiet").ok()
    configure(cli.home, "[profiles.archive]\ndb = '~/elsewhere'\n")
    cli("query", "-", "--db", "archive", stdin=ONE).fails(2, "a profile and a folder of that name", "./archive")
    cli("query", "-", "--db", "./archive", stdin=ONE).ok()


def test_a_wrong_configuration_is_told_by_the_command(cli: Cli) -> None:
    file = configure(cli.home, "[profiles.x]\ndb = 'bolt://h'\nport = 7")
    cli("info", "--db", "x").fails(2, f"{file}: profile 'x': unknown key 'port'")
    cli("info", "--db", "./x").fails(1, "nothing is loaded")
    file.write_text("[profiles.x]\ndb = 'bolt://neo4j:secret-of-mine@127.0.0.1'")
    said = cli("info", "--db", "x").fails(2, "profile 'x': the URL must not hold a user or password")
    assert "secret-of-mine" not in said.stderr


def test_without_a_local_server_its_name_says_how_to_start_one(cli: Cli) -> None:
    cli("load", "--db", "neo4j").fails(1, "the local Neo4j does not run", "pactgraph neo4j start")


@pytest.mark.neo4j
@posix
def test_a_profile_names_a_neo4j_with_its_password(cli: Cli, neo4j_server: LocalNeo4j) -> None:
    with empty_database(neo4j_server):
        _use_profiles(cli, neo4j_server)


def _use_profiles(cli: Cli, neo4j_server: LocalNeo4j) -> None:
    secret = cli.home / "secret"
    secret.write_text(neo4j_server.password + "\nsecond line\n")
    secret.chmod(stat.S_IRUSR)
    configure(cli.home, f"[profiles.lab]\ndb = '{neo4j_server.uri}'\npassword_command = ['cat', '{secret}']\n"
                        f"[profiles.typed]\ndb = '{neo4j_server.uri}'\nusername = 'nobody'\ndatabase = 'absent'\n")  # fmt: skip
    cli("query", "-", "--db", "lab", stdin="RETURN 1 AS x", env={"NEO4J_PASSWORD": "of another server"}).fails(1, "pactgraph load")
    cli("load", "reference", "--db", "lab", "--quiet").ok()
    found = cli("query", "-", "--db", "lab", "--format", "json", stdin=ONE).ok()
    assert found.rows == [{"name": "France"}]
    assert neo4j_server.password not in found.stdout + found.stderr
    # What a profile does not say comes from the environment, what it says does not.
    env = {"NEO4J_PASSWORD": neo4j_server.password, "NEO4J_USERNAME": "neo4j", "NEO4J_DATABASE": "neo4j"}
    cli("query", "-", "--db", "typed", stdin=ONE, env=env).fails(1, "refuses the user 'nobody'")
    cli("query", "-", "--db", "typed", stdin=ONE).fails(2, "set NEO4J_PASSWORD")
