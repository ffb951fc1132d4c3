"""What a user does wrong: one line that says what, where and the remedy, an exit code (1 data or store, 2 request), and no change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inprocess import Run, run
from support import NEO4J_AUTH, Cli, Result, opened, query, small_package

from graph_loader.server import LocalNeo4j
from graph_loader.stores.base import Store

__all__ = ["run"]

Tables = dict[str, Any]


def _tables() -> Tables:
    """A sound dataset of every table, of which each case spoils one."""
    flow = {"good": "gas", "stage": "product", "basis": "energy", "from_year": 2021, "to_year": 2021, "share": 0.5}
    return {
        "blocs": [{"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1950", "until": ".."}],
        "memberships": [{"state": s, "bloc": "PACT", "since": "1950-01-01", "until": ".."} for s in ("FRA", "GBR")],
        "instruments": [{"id": "treaty", "title": "Treaty", "form": "treaty", "type": "alliance", "domains": "DEFENCE", "binding": True,
                         "obligations": "defence", "derives": "dyads"}],
        "events": [{"instrument": "treaty", "kind": "signed", "date": "1949-04-04"},
            {"instrument": "treaty", "kind": "in_force", "date": "1949-08-24"}],
        "parties": [{"party": s, "instrument": "treaty", "since": "1949-08-24", "until": ".."} for s in ("FRA", "GBR")],
        "goods": [{"id": "gas", "name": "Gas", "stage": "product"}],
        "flows": [{"importer": "DEU", "supplier": "RUS"} | flow],
        "production": [{"state": "RUS"} | flow],
        "documents": [{"id": "book", "title": "A book", "publisher": "P", "licence": "not stated"}],
        "evidence": [{"fact": "member|FRA|PACT|1", "property": "since", "source": "book", "seen": "2026-11-22",
            "matched": "1 January 1950"}],
    }  # fmt: skip


def _member(**cells: object) -> Tables:
    first = {"state": "GBR", "bloc": "PACT", "since": "1950-01-01", "until": ".."}
    return {"memberships": [first, {"state": "FRA", "bloc": "PACT", "since": "1950-01-01", "until": ".."} | cells], "evidence": []}


def _flow(**cells: object) -> Tables:
    return {"flows": [_tables()["flows"][0] | cells]}


def _instrument(**cells: object) -> Tables:
    return {"instruments": [_tables()["instruments"][0] | cells]}


def _evidence(**cells: object) -> Tables:
    return {"evidence": [_tables()["evidence"][0] | cells]}


HEADER = "state,bloc,since,until\n"
GBR = "GBR,PACT,1950-01-01,..\n"

# What is spoilt -> where the message must point, and words of the remedy.
BAD_TABLES: dict[str, tuple[Tables, str, tuple[str, ...]]] = {
    "a column is missing": (
        {"memberships": "state,since,until\nFRA,1950,..\n"}, "memberships.csv, row 1: ",
        ("wrong header", "missing bloc", "it must be state,bloc,")),
    "a column is unknown": (
        {"memberships": "state,blok,bloc,since,until\nFRA,x,PACT,1950,..\n"}, "memberships.csv, row 1: ", ("unknown 'blok'",)),
    "a column comes twice": ({"memberships": "state,state,bloc,since,until\n"}, "memberships.csv, row 1: ", ("a column twice",)),
    "an empty file": ({"memberships": ""}, "memberships.csv, row 1: ", ("wrong header", "it must be state,bloc,")),
    "a cell too many": (
        {"memberships": f"{HEADER}{GBR}FRA,PACT,1950,..,x\n"}, "memberships.csv, row 3: ",
        ("5 cells under 4 columns", "quote cells with commas")),
    "a cell too few": ({"memberships": f"{HEADER}FRA,PACT,1950\n"}, "memberships.csv, row 2: ", ("3 cells under 4 columns",)),
    "not UTF-8": ({"blocs": "id,name,kind,since,until\nPACT,Pacte é,alliance,1950,..\n".encode("latin-1")}, "blocs.csv, row 2: ",
                  ("is not UTF-8", "save the file as UTF-8")),
    "an open quote": ({"memberships": f'{HEADER}{GBR}"FRA,PACT,1950,..\n'}, "memberships.csv, row ", ("not readable as CSV", "quote")),
    "text as a date": (_member(since="4 April 1949"), "memberships.csv, row 3, column since: ",
        ("'4 April 1949' is not a date", "write 1949,")),
    "no such day": (_member(since="1950-02-30"), "memberships.csv, row 3, column since: ", ("not a day of the calendar",)),
    "an open start": (_member(since=".."), "memberships.csv, row 3, column since: ", ("leave it empty for unknown",)),
    "ends before it begins": (
        _member(since="1960", until="1955-01-01"), "memberships.csv, row 3, column until: ", ("'1955-01-01' is not after since '1960'",)),
    "ends on its first day": (
        _member(since="1960-01-01", until="1960-01-01"), "memberships.csv, row 3, column until: ",
        ("until is the first day not in force",)),
    "an unknown state": (_member(state="Germny"), "memberships.csv, row 3, column state: ",
        ("unknown state, bloc or actor 'Germny'", "nearest: DEU (Germany)")),
    "an ambiguous state": (
        _member(state="Korea"), "memberships.csv, row 3, column state: ", ("ambiguous on 1950-01-01", "KOR (South Korea)", "give the id")),
    "an empty key": (_member(state=""), "memberships.csv, row 3, column state: ", ("is empty; it is part of the key",)),
    "an unknown role": (_member(role="boss"), "memberships.csv, row 3, column role: ",
        ("'boss' is not one of full, associate, observer, partner",)),
    "yes for true": (_member(suspended="yes"), "memberships.csv, row 3, column suspended: ", ("'yes' is not one of true, false",)),
    "a spell that is no number": (_member(spell="x"), "memberships.csv, row 3, column spell: ", ("whole number from 1 to 999",)),
    "a member before its bloc": (
        _member(since="1949-12-31"), "memberships.csv, row 3, column since: ", ("member before its bloc began", "1950", "correct")),
    "the same row twice": (_member(state="GBR",
        spell=1) | {"memberships": f"state,bloc,spell,since,until\n{GBR.replace('PACT,', 'PACT,1,') * 2}"},
                           "memberships.csv, row 3: ", ("GBR, PACT again, as row 2 does", "drop one")),
    "spells that overlap": (
        {"memberships": f"{HEADER}GBR,PACT,1950,1970\nGBR,PACT,1960-06-01,..\n", "evidence": []}, "memberships.csv, row 3, column since: ",
        ("spells of GBR, PACT overlap",)),
    "a bloc that nobody describes": (_member(bloc="NOPACT"), "memberships.csv, row 3: ", ("'NOPACT' is no bloc", "load that source first")),
    "an instrument that nobody describes": (
        {"parties": [{"party": "FRA", "instrument": "nothing", "since": "1950", "until": ".."}]}, "parties.csv, row 2: ",
        ("'nothing' is no instrument",)),
    "a good that nobody describes": (_flow(good="coal"), "flows.csv, row 2: ", ("'coal' is no good",)),
    "an event of nothing": ({"events": [{"instrument": "nothing", "kind": "signed", "date": "1949"}]}, "events.csv, row 2: ",
        ("'nothing' is no instrument",)),
    "a party before signature": (
        {"parties": [{"party": "FRA", "instrument": "treaty", "since": "1949-04-03", "until": ".."}]}, "parties.csv, row 2, column since: ",
        ("party before signature", "1949-04-04")),
    "an unknown party": (
        {"parties": [{"party": "PCT", "instrument": "treaty", "since": "1950", "until": ".."}]}, "parties.csv, row 2, column party: ",
        ("unknown state, bloc or actor 'PCT'", "nearest: ", "PACT")),
    "a share above one": (_flow(share=45), "flows.csv, row 2, column share: ", ("share 45 is above 1", "45 % is 0.45")),
    "a negative share": (_flow(share=-0.1), "flows.csv, row 2, column share: ", ("not a number from 0 up",)),
    "a share in words": (_flow(share="0,45"), "flows.csv, row 2, column share: ", ("write it with a point",)),
    "no share": (_flow(share=""), "flows.csv, row 2, column share: ", ("is empty; every row needs it",)),
    "a lower bound above the share": (_flow(share_lo=0.6, share_hi=0.7), "flows.csv, row 2, column share_lo: ",
        ("0.6 is above the share 0.5",)),
    "an upper bound below the share": (_flow(share_lo=0.3, share_hi=0.4), "flows.csv, row 2, column share_hi: ",
        ("0.4 is below the share 0.5",)),
    "infinite": (_flow(value="inf"), "flows.csv, row 2, column value: ", ("not a number from 0 up",)),
    "years the wrong way round": (_flow(from_year=2022), "flows.csv, row 2, column to_year: ", ("2021 is before from_year 2022",)),
    "a year in words": (_flow(from_year="MMXXI"), "flows.csv, row 2, column from_year: ", ("not a whole number from 1 to 9998",)),
    "an unknown stage": (_flow(stage="raw"), "flows.csv, row 2, column stage: ", ("'raw' is not one of mined, refined",)),
    "an unknown obligation": (_instrument(obligations="defence;love"), "instruments.csv, row 2, column obligations: ",
        ("'love' is not one of defence,",)),
    "an unknown event": ({"events": [{"instrument": "treaty", "kind": "born", "date": "1949"}]}, "events.csv, row 2, column kind: ",
        ("'born' is not one of",)),
    "an event without a date": ({"events": [{"instrument": "treaty", "kind": "signed", "date": ""}]}, "events.csv, row 2, column date: ",
        ("is empty",)),
    "an unknown link": (
        {"links": [{"from": "treaty", "type": "LIKES", "to": "treaty"}]}, "links.csv, row 2, column type: ",
        ("'LIKES' is not one of AMENDS,",)),
    "a hub without a bloc": (_instrument(derives="hub"), "instrument 'treaty'", ("founds no bloc", "column founds")),
    "an id with a space": ({"blocs": [_tables()["blocs"][0] | {"id": "PA CT"}]}, "blocs.csv, row 2, column id: ",
        ("'PA CT' is no id; use letters,",)),
    "an id with a bar": ({"goods": [_tables()["goods"][0] | {"part_of": "a|b"}]}, "goods.csv, row 2, column part_of: ",
        ("'a|b' is no id",)),
    "a bloc with a state's id": ({"blocs": [*_tables()["blocs"], _tables()["blocs"][0] | {"id": "FRA"}]}, "csv, row ",
        ("'FRA' names a", "unique over")),
    "a good with a bloc's id": (
        {"goods": [*_tables()["goods"], {"id": "PACT", "name": "Pact", "stage": "product"}]}, "goods.csv, row 3, column id: ",
        ("'PACT' names a Bloc and a Good", "unique over the whole graph")),
    "evidence of nothing": (_evidence(fact="member|ITA|PACT|1"), "evidence.csv, row 2, column fact: ",
        ("'member|ITA|PACT|1' is no fact of this dataset",)),
    "evidence from nowhere": (_evidence(source="nobody"), "evidence.csv, row 2, column source: ",
        ("'nobody' is not in documents.csv", "add the document")),
    "evidence that is no date": (_evidence(value="spring"), "evidence.csv, row 2, column value: ", ("'spring' is not a date",)),
    "a document with the dataset's id": (
        {"documents": [_tables()["documents"][0] | {"id": "mine"}], "evidence": []}, "documents.csv, row 2, column id: ",
        ("'mine' is no id of its own",)),
    "a document without a title": (
        {"documents": [_tables()["documents"][0] | {"title": ""}], "evidence": []}, "documents.csv, row 2, column title: ",
        ("a document needs a title",)),
    "a table that the layout does not know": ({"membership": "state\nFRA\n"}, "membership.csv: ",
        ("is no table of the layout", "memberships")),
}  # fmt: skip

# source.yml as text -> what the message says; the dataset beside it is sound.
BAD_SOURCE_YML: dict[str, tuple[str, tuple[str, ...]]] = {
    "no YAML": ("id: [mine", ("not readable as YAML", "correct it")),
    "no mapping": ("- mine\n", ("must be a mapping with at least id and title",)),
    "no title": ("id: mine\n", ("needs id and title",)),
    "an unknown entry": ("id: mine\ntitle: T\ncolour: red\n1: 2\n", ("unknown: 1, colour", "knows only citation,")),
    "an id with a space": ("id: my data\ntitle: T\n", ("'my data' is no id",)),
    "precedence in words": ("id: mine\ntitle: T\nprecedence: first\n", ("'first' is not a whole number",)),
    "an imprecise release": ("id: mine\ntitle: T\nreleased: 2020\n", ("'2020' is not a day; write 2026-11-22",)),
    "coverage in words": ("id: mine\ntitle: T\ncovers_until: today\n", ("'today' is not a date",)),
    "promises of nothing": ("id: mine\ntitle: T\npromises: many\n", ("must give min or max rows", "memberships: {min: 120}")),
    "promises for no table": ("id: mine\ntitle: T\npromises: {membership: {min: 2}}\n", ("must give min or max rows",)),
    "promises in words": ("id: mine\ntitle: T\npromises: {memberships: {min: two}}\n", ("must give min or max rows",)),
    "a broken promise": (
        "id: mine\ntitle: T\npromises: {memberships: {min: 3, max: 9}}\n",
        ("table memberships has 2 rows, but at least 3 and at most 9 were promised", "is a file cut short?")),
}  # fmt: skip


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Callable[[], None]:
    """A store with a sound dataset; the function it gives checks that a failed command left it, and the folder, as they were."""
    small_package(tmp_path / "mine", _tables())
    store = tmp_path / "store"
    run("load", "--from", tmp_path / "mine", db=store).ok()
    answer, files = _state(store), _files(tmp_path)

    def unchanged() -> None:
        assert _state(store) == answer
        assert _files(tmp_path) == files

    return unchanged


def _state(store: Path) -> list[dict[str, Any]]:
    text = "MATCH (a)-[t]->(b) RETURN a.id AS a, b.id AS b, t.id AS id, t.fingerprint AS fingerprint ORDER BY id, a, b"
    return query(opened(store), text)


def _files(folder: Path) -> set[str]:
    """Names of all files but those of the datasets themselves and the engine's own within a generation."""
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*")
        if not any(part in ("mine", "home") for part in path.parts) and len(path.relative_to(folder).parts) <= 3
    }  # fmt: skip


def _one_line(done: Result, code: int, *words: str) -> str:
    done.fails(code, *words)
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("\n")
    return done.stderr


def test_every_spoilt_table_is_refused_whole(run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    for name, (spoilt, where, words) in BAD_TABLES.items():
        small_package(tmp_path / "mine", _tables() | spoilt)
        done = run("load", "--from", tmp_path / "mine", db=tmp_path / "store")
        assert done.code == 1, f"{name}: {done.stdout}{done.stderr}"
        message = _one_line(done, 1, where, *words)
        if ".csv" in where:
            assert message.startswith("Error: " + where) or where.startswith("csv"), f"{name}: {message}"
    kept()


def test_a_dry_run_finds_the_same(run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    small_package(tmp_path / "mine", _tables() | _member(state="Germny"))
    done = run("load", "--from", tmp_path / "mine", "--dry-run", db=tmp_path / "store")
    _one_line(done, 1, "memberships.csv, row 3, column state: ", "nearest: DEU (Germany)")
    kept()


def test_several_problems_are_counted(run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    small_package(tmp_path / "mine", _tables() | _member(since="soon", role="boss") | _flow(share=2))
    done = run("load", "--from", tmp_path / "mine", db=tmp_path / "store")
    _one_line(done, 1, "memberships.csv, row 3, column role: ", "(2 more problems in this dataset; 'pactgraph validate' lists them)")
    kept()


def test_control_characters_of_data_do_not_reach_the_terminal(run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    small_package(tmp_path / "mine", _tables() | _member(state='\x1b[31mFrance\n"x'))
    message = _one_line(run("load", "--from", tmp_path / "mine", db=tmp_path / "store"), 1, "memberships.csv, row ")
    assert "\x1b" not in message
    kept()


def test_every_bad_source_yml_is_refused(run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    for name, (text, words) in BAD_SOURCE_YML.items():
        (tmp_path / "mine" / "source.yml").write_text(text, encoding="utf-8")
        done = run("load", "--from", tmp_path / "mine", db=tmp_path / "store")
        assert done.code == 1, f"{name}: {done.stdout}{done.stderr}"
        _one_line(done, 1, "source.yml", *words)
    (tmp_path / "mine" / "source.yml").unlink()
    _one_line(run("load", "--from", tmp_path / "mine", db=tmp_path / "store"), 1, "source.yml: missing; it names the dataset: id, title")
    small_package(tmp_path / "mine", _tables() | _member(since="2019-01-01"), covers_until="2018")
    done = run("load", "--from", tmp_path / "mine", db=tmp_path / "store")
    _one_line(done, 1, "memberships.csv, row 3, column since: '2019-01-01' is after covers_until '2018'", "correct it, or source.yml")
    _one_line(run("load", "--from", tmp_path / "nothing", db=tmp_path / "store"), 1,
        "nothing: no such folder; give a folder that holds source.yml")
    _one_line(run("load", "--from", tmp_path / "store" / "CURRENT", db=tmp_path / "store"), 1, "a single file needs its description")
    kept()


def test_a_folder_without_tables_is_refused(run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    small_package(tmp_path / "mine", {})
    _one_line(run("load", "--from", tmp_path / "mine", db=tmp_path / "store"), 1, "no CSV file in this folder; it takes states.csv,")
    kept()


# -- requests ----------------------------------------------------------------------------------------------------------

# Arguments -> exit code and words; all against the bundled data.
BAD_REQUESTS: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {
    ("query", "membership/member"): (2, ("there is no query 'membership/member'", "nearest: membership/members", "queries list")),
    ("query", "zzz"): (2, ("there is no query 'zzz'", "queries list")),
    ("queries", "show", "members"): (2, ("there is no query 'members'", "nearest: membership/members")),
    ("query", "missing.cypher"): (2, ("missing.cypher: cannot be read (No such file or directory)",)),
    ("query", "syntax.cypher"): (2, ("the query failed", "line 1")),
    ("query", "latin.cypher"): (1, ("latin.cypher: is not UTF-8; save the file as UTF-8",)),
    ("query", "empty.cypher"): (2, ("the query is empty",)),
    ("query", "param.cypher"): (2, ("the query needs $missing; give -p missing=VALUE",)),
    ("query", "write.cypher"): (2, ("DELETE is refused: queries are read-only",)),
    ("query", "membership/members"): (2, ("needs -p bloc=", "example: -p bloc=NATO")),
    ("query", "membership/members", "-p", "bloc"): (2, ("-p bloc: write -p NAME=VALUE",)),
    ("query", "membership/members", "-p", "bloc=NATO", "-p", "colour=red"): (2, ("takes no parameter 'colour'; it takes: bloc, as_of",)),
    ("query", "membership/members", "-p", "bloc=NATTO"): (2, ("no bloc 'NATTO' is loaded", "NATO")),
    ("query", "membership/members", "-p", "bloc=NATO", "-p", "as_of=soon"): (2, ("-p as_of: 'soon' is not a date",)),
    ("query", "obligations/defenders", "-p", "state=Germny"): (2, ("-p state: unknown state 'Germny'", "nearest: DEU (Germany)")),
    ("query", "obligations/defenders", "-p", "state=Korea"): (2, ("ambiguous", "give the id")),
    ("query", "dependency/top-supplier", "-p", "good=coal"): (2, ("no good 'coal' is loaded", "nearest: hard-coal")),
    ("queries", "check", "missing.cypher"): (1, ("missing.cypher: cannot be read",)),
    ("queries", "check", "param.cypher"): (1, ("param.cypher: the header has no line '// id: …'",)),
    ("show", "Germny"): (2, ("unknown state 'Germny'; nearest: DEU (Germany)",)),
    ("show", "Korea"): (2, ("ambiguous", "KOR (South Korea)", "give the id")),
    ("show", "DEU", "--as-of", "yesterday"): (2, ("--as-of: 'yesterday' is not a date; write 1985, 1985-06 or 1985-06-01",)),
    ("show", "DEU", "--as-of", "1985-02-30"): (2, ("--as-of: '1985-02-30' is not a day of the calendar; write 1985,",)),
    ("show", "DEU", "--as-of", ".."): (2, ("--as-of: '..' is not a date",)),
    ("show", "DEU", "--domain", "defense"): (2, ("there is no domain 'defense'", "defence")),
    ("show", "DEU", "--format", "xml"): (2, ("'xml' is not one of", "(see 'pactgraph show --help')")),
    ("show",): (2, ("Missing argument 'STATE'", "(see 'pactgraph show --help')")),
    ("shwo", "DEU"): (2, ("No such command 'shwo'", "(see 'pactgraph --help')")),
    ("show", "DEU", "--colour"): (2, ("No such option", "--colour")),
    ("info", "--as-of", "1985-13"): (2, ("not a day of the calendar",)),
    ("clusters", "--obligation", "love"): (2, ("--obligation: 'love' is not one of defence,",)),
    ("clusters", "--obligation", "any", "--obligation", "defence"): (2, ("'any' alone",)),
    ("clusters", "--resolution", "high"): (2, ("--resolution: 'high' is neither 'auto' nor a number above 0",)),
    ("clusters", "--resolution", "nan"): (2, ("neither 'auto' nor a number above 0",)),
    ("clusters", "--runs", "0"): (2, ("--runs", "1<=x<=10000")),
    ("concentration", "--good", "coal"): (2, ("--good: no flows of 'coal' are loaded; nearest: hard-coal",)),
    ("concentration", "--importer", "Frnce"): (2, ("unknown state 'Frnce'; nearest: FRA (France)",)),
    ("concentration", "--importer", "ISL"): (2, ("--importer: no flows to ISL are loaded; ",)),
    ("load", "nosuch"): (2, ("unknown source 'nosuch'; there are: atop, baci",)),
    ("load", "curated", "reference", "--from", "."): (2, ("--from takes one SOURCE at a time",)),
    ("load", "--prefer", "curated,nosuch"): (2, ("--prefer nosuch: no such source is loaded; there are curated, reference, usgs",)),
    ("sources", "show", "nosuch"): (2, ("unknown source 'nosuch'; there are: atop, baci",)),
    ("show", "DEU", "--db", "ftp://host"): (2, ("--db ftp://host: unknown scheme; write a folder, bolt://HOST:7687",)),
    ("show", "DEU", "--db", "neo4j+x://host"): (2, ("unknown scheme",)),
    ("show", "DEU", "--db", "bolt://neo4j:secret@host"): (2, ("must not hold a", "password; set NEO4J_USERNAME and NEO4J_PASSWORD")),
    ("show", "DEU", "--db", "ftp://neo4j:secret@host"): (2, ("--db ",)),
    ("show", "DEU", "--db", "syntax.cypher"): (1, ("syntax.cypher",)),
    ("load", "--db", "syntax.cypher"): (1, ("syntax.cypher: cannot be written", "choose another --db")),
    ("view", "network", "-o", "syntax.cypher/page.html"): (1, ("page.html: cannot be written", "choose another -o")),
    ("view", "network", "-o", "folder"): (1, ("folder: cannot be written", "choose another -o")),
    ("view", "network"): (2, ("Missing option '-o'",)),
    ("export", "csv", "-o", "syntax.cypher/below"): (1, ("below: cannot be written", "choose another -o")),
    ("export", "csv", "-o", "."): (2, ("holds files that are not an earlier export; choose an empty or new folder for -o",)),
    ("demo", "--out", "syntax.cypher"): (1, ("syntax.cypher: cannot be written", "choose another --out")),
}  # fmt: skip


def test_every_wrong_request_is_one_line_and_changes_nothing(run: Run, kept: Callable[[], None], loaded_embedded: Store, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    work = tmp_path / "home"
    work.mkdir()
    (work / "folder").mkdir()
    monkeypatch.chdir(work)
    for name, text in {"syntax": "MATCH (n RETURN n", "empty": "// nothing\n", "param": "RETURN $missing AS x",
        "write": "MATCH (n) DELETE n"}.items():
        (work / f"{name}.cypher").write_text(text, encoding="utf-8")
    (work / "latin.cypher").write_bytes("RETURN 'é' AS x".encode("latin-1"))
    before = sorted(path.name for path in work.rglob("*"))
    generation = (Path(loaded_embedded.url) / "CURRENT").read_text(encoding="ascii")
    for args, (code, words) in BAD_REQUESTS.items():
        # The drawing of a page takes seconds on the bundled data; the small store shows the same.
        done = run(*args, db=tmp_path / "store" if args[0] == "view" else loaded_embedded)
        assert done.code == code, f"{args}: {done.code} {done.stdout}{done.stderr}"
        assert "secret" not in _one_line(done, code, *words)
        assert sorted(path.name for path in work.rglob("*")) == before, args
    assert (Path(loaded_embedded.url) / "CURRENT").read_text(encoding="ascii") == generation
    kept()


def test_before_anything_is_loaded_every_command_says_what_to_do(run: Run, tmp_path: Path) -> None:
    for args in (
        ("query", "membership/members", "-p", "bloc=NATO"), ("show", "DEU"), ("info",), ("clusters",), ("concentration",),
        ("queries", "check"),
        ("view", "network", "-o", str(tmp_path / "page.html")), ("export", "csv", "-o", str(tmp_path / "csv")),
    ):  # fmt: skip
        _one_line(run(*args, db=tmp_path / "store"), 1, f"{tmp_path / 'store'}: nothing is loaded there; run 'pactgraph load' first")
    assert list(tmp_path.iterdir()) == []


# -- stores ------------------------------------------------------------------------------------------------------------


def test_a_second_writer_is_told_to_wait(cli: Cli, run: Run, kept: Callable[[], None], tmp_path: Path) -> None:
    with opened(tmp_path / "store").writing():
        done = cli("load", "--from", tmp_path / "mine", db=tmp_path / "store")
        _one_line(done, 1, "another load is writing to this store; wait until it ends")
        cli("show", "FRA", db=tmp_path / "store").ok()
    cli("load", "--from", tmp_path / "mine", db=tmp_path / "store").ok()


def test_no_neo4j_at_the_address(cli: Cli) -> None:
    password = {"NEO4J_PASSWORD": "anything"}
    for args in (("show", "DEU"), ("load",)):
        done = cli(*args, "--db", "bolt://127.0.0.1:1", env=password)
        _one_line(done, 1, "bolt://127.0.0.1:1: ", "start", "or correct", "port", "--db")


def test_a_neo4j_without_a_password_is_asked_for_where_nobody_can_answer(cli: Cli) -> None:
    _one_line(cli("info", "--db", "bolt://127.0.0.1:1"), 2, "Neo4j needs a password: set NEO4J_PASSWORD")


@pytest.mark.neo4j
def test_a_wrong_password_is_said_and_not_printed(cli: Cli, neo4j_server: LocalNeo4j) -> None:
    assert neo4j_server.uri in NEO4J_AUTH
    done = cli("info", "--db", neo4j_server.uri, env={"NEO4J_PASSWORD": "not-the-password"})
    message = _one_line(done, 1, f"{neo4j_server.uri}: Neo4j refuses the user", "password", "NEO4J_USERNAME and NEO4J_PASSWORD")
    assert "not-the-password" not in message
