"""The query library: each query answers alike on both engines, with the columns and types its header declares, and rightly.

"Rightly" is checked against publications and hand arithmetic, named beside each value: two engines can be wrong together.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from rows import assert_same
from support import Both, Cli

from graph_loader.catalogue import Query, catalogue, pictures
from graph_loader.identity import default_identity
from graph_loader.resources import data_folder
from graph_loader.stores.base import Rows, Store
from graph_loader.stores.base import query as run

LIBRARY = catalogue()
DATES = ["1950", "1970", "1985-06-01", "1991-12-31", "2004-05-01", "2022-06-01", "2024-06-01", "2025-06-30", "2026-11-22"]
VALUES = {
    "bloc": ["NATO", "EU", "NATO-IMS", "ANZUS", "WARSAW-PACT"],
    "good": ["", "natural-gas", "rare-earth-metals-compounds"],
    "fact": ["FRA", "NATO", "member|FRA|NATO-IMS|1", "us-japan-1960", "event|us-japan-1960|in_force|1", "no-such-fact",
             "tie|us-japan-1960|USA|JPN|DEFENCE|alliance|1", "flow|EU|RUS|natural-gas|product|volume|2021-2021"],
}  # fmt: skip
STATES = [("USA", "JPN"), ("FRA", "DEU"), ("KOR", "USA"), ("JPN", "KOR"), ("SUN", "POL"), ("AUS", "NZL")]


def answer(store: Store, query: Query, as_of: str, **given: str) -> Rows:
    params = query.bind(given, as_of if len(as_of) == 10 else f"{as_of}-12-31", default_identity())
    with store.reading() as reader:
        return run(reader, store, query.text, params)


def parameter_sets(query: Query) -> Iterator[tuple[str, dict[str, str]]]:
    """Dates and values for a query's parameters; the one its example shows where nothing better is known."""
    example = dict(re.findall(r"-p '?(\w+)=([^'\s]*)", query.example))
    names = [p.name for p in query.params if p.name != "as_of"]
    states = [p.name for p in query.params if p.type == "state"]
    others = [name for name in names if name not in states]
    dates = DATES if any(p.name == "as_of" for p in query.params) else DATES[-1:]
    yield "2026-11-22", example
    choices = [VALUES.get(name, [example[name]] if name in example else [None]) for name in others]
    for number, (pair, *values) in enumerate(product(STATES if states else [()], *choices)):
        given = dict(zip(states, pair, strict=False))
        more = {name: value for name, value in zip(others, values, strict=True) if value is not None}
        # All dates for every third set of values, a third of them for the others: every value and every date is met.
        for as_of in dates if number % 3 == 0 else dates[number % 3 :: 3] or dates:
            yield as_of, given | more


PYTHON = {"text": str, "date": str, "int": int, "float": float, "bool": bool, "list": list, "map": dict}


@pytest.mark.neo4j
@pytest.mark.parametrize("id_", LIBRARY)
def test_both_engines_give_the_same_rows_of_the_declared_types(both: Both, id_: str) -> None:
    query = LIBRARY[id_]
    answered: set[str] = set()
    with both.embedded.reading() as one, both.neo4j.reading() as other:
        for as_of, given in parameter_sets(query):
            params = query.bind(given, as_of if len(as_of) == 10 else f"{as_of}-12-31", default_identity())
            found = run(one, both.embedded, query.text, params)
            assert_same(found, run(other, both.neo4j, query.text, params))
            assert found.columns == [name for name, _ in query.columns]
            answered |= {as_of} if found.rows else set()
            for row in found.rows:
                for (name, type_), value in zip(query.columns, row, strict=True):
                    assert value is None or type(value) is PYTHON[type_], (name, type_, value)
                    if type_ == "date" and value:
                        assert re.fullmatch(r"\d{4}-\d\d-\d\d", value), (name, value)
    least = 3 if any(p.name == "as_of" for p in query.params) else 1
    assert len(answered) >= least, f"rows were compared at {sorted(answered)} only"


@pytest.mark.parametrize("id_", LIBRARY)
def test_every_row_names_its_sources(loaded_embedded: Store, id_: str) -> None:
    query = LIBRARY[id_]
    assert ("sources", "list") in query.columns
    with loaded_embedded.reading() as reader:
        known = {row[0] for row in reader.run("MATCH (s:Source) RETURN s.id AS id", {}).rows}
        for as_of, given in parameter_sets(query):
            params = query.bind(given, as_of if len(as_of) == 10 else f"{as_of}-12-31", default_identity())
            for row in run(reader, loaded_embedded, query.text, params).dicts():
                assert row["sources"] and set(row["sources"]) <= known, row


# -- checked against publications ---------------------------------------------------------------------------------------------

CHECKED = {
    "membership/members", "dependency/top-supplier", "obligations/defenders", "evidence/claims", "evidence/coverage",
    "alignment/alliance-pair",
    "membership/shared",  # in acceptance/test_similarity_command.py
    "dependency/exposure", "obligations/orphans",  # in acceptance/test_dependence_commands.py
    # in test_twins.py
    "obligations/reach", "obligations/conflicts", "obligations/burden", "obligations/single-treaty", "instrument/changed",
    "membership/changed",
    # in test_questions.py
    "membership/history", "membership/left", "membership/of-state", "membership/named-by", "obligations/bloc-duties",
    "obligations/offensive", "basing/hosts", "basing/left", "partnership/of-state", "partnership/pair", "partnership/ties-of",
    "partnership/between-organisations", "partnership/with-actors", "instrument/status", "instrument/of-party",
    "instrument/ended", "typology/grid", "typology/label-and-substance", "dependency/suppliers", "dependency/depends-on",
    "dependency/world-output", "sanctions/in-force", "indicator/ranking", "indicator/series", "alignment/lean",
}  # fmt: skip


def test_every_query_of_the_library_is_checked_against_a_publication() -> None:
    """A new query needs a row here (or in a file of its own, then listed in CHECKED) that does not come from our own output."""
    assert set(LIBRARY) == CHECKED


@pytest.mark.parametrize(
    ("bloc", "as_of", "count"),
    [
        # NATO, "NATO member countries" and "Enlargement" (nato.int/cps/en/natohq/nato_countries.htm, topics_49212.htm): 12 founders of
        # 1949; Greece and Turkey 1952; Germany 6 May 1955; Spain 30 May 1982; three on 12 March 1999; seven on 29 March 2004;
        # Albania and Croatia 2009; Montenegro 2017; North Macedonia 2020; Finland 4 April 2023; Sweden 7 March 2024.
        ("NATO", "1950-12-31", 12), ("NATO", "1953-01-01", 14), ("NATO", "1955-05-05", 14), ("NATO", "1955-05-06", 15),
        ("NATO", "1981-12-31", 15), ("NATO", "1985-06-01", 16), ("NATO", "2000-01-01", 19), ("NATO", "2005-01-01", 26),
        ("NATO", "2010-01-01", 28), ("NATO", "2018-01-01", 29), ("NATO", "2021-01-01", 30), ("NATO", "2023-04-04", 31),
        ("NATO", "2024-03-06", 31), ("NATO", "2024-04-01", 32),
        # Eurostat, Glossary: EU enlargements: EU-12 from 1 November 1993, EU-15 from 1 January 1995, EU-25 from 1 May 2004, EU-27 from
        # 1 January 2007, EU-28 from 1 July 2013; European Commission, "From 6 to 27 members": the UK is out as of 1 February 2020.
        ("EU", "1993-10-31", 0), ("EU", "1993-11-01", 12), ("EU", "1994-12-31", 12), ("EU", "1995-01-01", 15), ("EU", "2004-04-30", 15),
        ("EU", "2004-05-01", 25), ("EU", "2006-12-31", 25), ("EU", "2007-01-01", 27), ("EU", "2013-06-30", 27), ("EU", "2013-07-01", 28),
        ("EU", "2020-01-31", 28), ("EU", "2020-02-01", 27),
        # The same glossary on the Communities: 6 founders, 9 in 1973, 10 in 1981, 12 in 1986.
        ("EEC", "1958-01-01", 6), ("EEC", "1973-01-01", 9), ("EEC", "1981-01-01", 10), ("EEC", "1986-01-01", 12),
        # Treaty of Friendship, Co-operation and Mutual Assistance, Warsaw, 14 May 1955, preamble: eight parties. Albania
        # denounced it on 13 September 1968; the German Democratic Republic ended on 3 October 1990; the rest to 1 July 1991.
        ("WARSAW-PACT", "1956-01-01", 8), ("WARSAW-PACT", "1969-01-01", 7), ("WARSAW-PACT", "1990-10-03", 6),
        ("WARSAW-PACT", "1991-07-01", 0),
    ],
)  # fmt: skip
def test_members_by_number(loaded: Store, bloc: str, as_of: str, count: int) -> None:
    rows = answer(loaded, LIBRARY["membership/members"], as_of, bloc=bloc).dicts()
    assert len({row["state"] for row in rows}) == len(rows) == count


def test_members_by_name(loaded: Store) -> None:
    # North Atlantic Treaty, Washington, 4 April 1949, signatories.
    founders = {"BEL", "CAN", "DNK", "FRA", "GBR", "ISL", "ITA", "LUX", "NLD", "NOR", "PRT", "USA"}
    members = LIBRARY["membership/members"]
    assert {row["state"] for row in answer(loaded, members, "1950-01-01", bloc="NATO").dicts()} == founders
    # Leaving the command is not leaving the treaty: France was a member of NATO throughout, out of the command from 1 July 1966
    # (FRUS 1964-68 XIII, doc. 180) to 4 April 2009 (Strasbourg/Kehl summit declaration, nato.int).
    dates = {"1966-06-30": True, "1966-07-01": False, "1985-06-01": False, "2009-04-03": False, "2009-04-04": True}
    for as_of, in_command in dates.items():
        assert "FRA" in {row["state"] for row in answer(loaded, members, as_of, bloc="NATO").dicts()}
        assert ("FRA" in {row["state"] for row in answer(loaded, members, as_of, bloc="NATO-IMS").dicts()}) is in_command
    # A suspended member stays a member: the United States suspended its obligations to New Zealand under ANZUS on 11 August 1986
    # (Department of State, press statement on the ANZUS ministerial of that day).
    for as_of, suspended in (("1986-08-10", False), ("1986-08-11", True), ("2000-01-01", True)):
        rows = {row["state"]: row["suspended"] for row in answer(loaded, members, as_of, bloc="ANZUS").dicts()}
        assert rows == {"AUS": False, "NZL": suspended, "USA": False}


@pytest.mark.parametrize(
    ("importer", "good", "as_of", "expected"),
    [
        # European Commission, 8 March 2022 (REPowerEU): of EU gas imports in 2021 Russia 45, Norway 23, Algeria 12, United States 6 and
        # Qatar 5 %. By hand: .45^2+.23^2+.12^2+.06^2+.05^2 = .2025+.0529+.0144+.0036+.0025 = .2759; unnamed .09 = one supplier of .05
        # (the smallest named) and .04: .0025+.0016, so at most .2800.
        ("EU", "natural-gas", "2022-06-01", ("RUS", 0.45, 0.91, 0.2759, 0.2800, 2021)),
        # Bundesnetzagentur, gas supply figures for 2022: in 2021 52 % of German imports came from Russia. .52^2 = .2704; the unnamed
        # .48 is below .52: at most one supplier, .48^2 = .2304, so at most .5008.
        ("DEU", "natural-gas", "2022-06-01", ("RUS", 0.52, 0.52, 0.2704, 0.5008, 2021)),
        # The same: in 2022 Norway 33, Russia 22 %. .1089+.0484 = .1573; unnamed .45 = twice .22 and .01: .0968+.0001, at most .2542.
        ("DEU", "natural-gas", "2023-12-31", ("NOR", 0.33, 0.55, 0.1573, 0.2542, 2022)),
        # Bundesnetzagentur, gas supply figures for 2023: Norway 43, Netherlands 26, Belgium 22 %. .1849+.0676+.0484 = .3009; unnamed
        # .09 is below .22: .0081, at most .3090.
        ("DEU", "natural-gas", "2024-01-01", ("NOR", 0.43, 0.91, 0.3009, 0.3090, 2023)),
        # Eurostat, imports of rare earths (REE+) in 2024: China 46.3, Russia 28.4, Malaysia 19.9 % of 12,900 tonnes.
        # .214369+.080656+.039601 = .334626; unnamed .054 is below .199: .002916, at most .337542.
        ("EU", "rare-earth-metals-compounds", "2025-06-01", ("CHN", 0.463, 0.946, 0.334626, 0.337542, 2024)),
    ],
)  # fmt: skip
def test_main_supplier_and_concentration(
    loaded: Store, importer: str, good: str, as_of: str, expected: tuple[str, float, float, float, float, int]
) -> None:
    rows = answer(loaded, LIBRARY["dependency/top-supplier"], as_of, good=good).dicts()
    (row,) = [row for row in rows if row["importer"] == importer]
    found = (row["top_supplier"], row["top_share"], row["named_share"], row["hhi_lo"], row["hhi_hi"])
    assert found == pytest.approx(expected[:5], abs=1e-9)
    assert (row["from_year"], row["to_year"]) == (expected[5], expected[5])


def test_a_period_is_taken_when_it_is_complete_and_not_too_old(loaded: Store) -> None:
    """The newest period with until <= as_of, at most five years old: figures of 2021 serve from 2022-01-01 on (DESIGN, flows)."""
    query = LIBRARY["dependency/top-supplier"]

    def year(as_of: str) -> list[int]:
        return [row["to_year"] for row in answer(loaded, query, as_of, good="natural-gas").dicts() if row["importer"] == "DEU"]

    assert [year(d) for d in ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01")] == [[], [2021], [2021], [2022]]
    # The last German figures are of 2025: until 2026-01-01, five years old on 2031-01-01.
    assert [year(d) for d in ("2031-01-01", "2031-01-02")] == [[2025], []]


def test_who_is_bound_to_defend(loaded: Store) -> None:
    query = LIBRARY["obligations/defenders"]

    def defenders(state: str, as_of: str) -> list[tuple[str, str, bool]]:
        return [(row["defender"], row["instrument"], row["mutual"]) for row in answer(loaded, query, as_of, state=state).dicts()]

    # Treaty of Mutual Cooperation and Security, 19 January 1960, Article V: an armed attack "in the territories under
    # the administration of Japan": the United States is bound, Japan owes it no such help. In force 23 June 1960.
    assert defenders("JPN", "1970-12-31") == [("USA", "us-japan-1960", False)]
    assert defenders("JPN", "1960-06-23") == [("USA", "us-japan-1960", False)]
    assert "JPN" not in {d for d, _, _ in defenders("USA", "1970-12-31")}
    # The Security Treaty of 8 September 1951, Article I, grants bases; it promises no defence.
    assert defenders("JPN", "1955-12-31") == []
    # Mutual Defense Treaty, 1 October 1953, in force 17 November 1954, Article III: both.
    assert defenders("KOR", "1954-11-16") == []
    assert defenders("KOR", "1954-11-17") == [("USA", "us-korea-1953", True)]
    # North Atlantic Treaty, Article 5: of 15 members in 1970, 14 owe help to the Federal Republic of Germany; none before 6 May 1955.
    assert len({d for d, i, m in defenders("DEU", "1970-12-31") if i == "north-atlantic-treaty" and m}) == 14
    assert defenders("DEU", "1955-05-05") == []
    # Warsaw Treaty, Article 4: the seven other parties of 1960.
    assert {d for d, i, _ in defenders("SUN", "1960-12-31") if i == "warsaw-treaty"} == {"ALB", "BGR", "CSK", "DDR", "HUN", "POL", "ROU"}


def test_two_treaties_between_the_united_states_and_japan(loaded: Store, cli: Cli) -> None:
    query = LIBRARY["alignment/alliance-pair"]
    # 1951 treaty: in force 28 April 1952 (with the Peace Treaty), replaced on 23 June 1960, when ratifications of the 1960 treaty were
    # exchanged (its Article IX: the 1951 treaty "shall expire upon the entering into force of this Treaty").
    treaties = {"us-japan-1951", "us-japan-1960"}
    for a, b in (("USA", "JPN"), ("JPN", "USA")):
        rows = [row for row in answer(loaded, query, "1970-12-31", a=a, b=b).dicts() if row["instrument"] in treaties]
        found = [(r["instrument"], r["since"], r["until"], r["end_kind"], sorted(r["obliged"]), r["in_force"]) for r in rows]
        assert found == [
            ("us-japan-1951", "1952-04-28", "1960-06-23", "dated", [], False),  # it grants bases and promises nothing
            ("us-japan-1960", "1960-06-23", "9999-12-31", "open", ["USA"], True),
        ]
    before = answer(loaded, query, "1955-12-31", a="USA", b="JPN").dicts()
    assert [r["in_force"] for r in before if r["instrument"] in treaties] == [True, False]
    text = "MATCH (new:Instrument)-[r:REPLACES]->(old:Instrument {id: 'us-japan-1951'}) RETURN new.id AS id"
    assert cli("query", "-", "--format", "json", db=loaded, stdin=text).ok().rows == [{"id": "us-japan-1960"}]
    # No treaty binds Japan and Korea to each other.
    assert answer(loaded, query, "2026-11-22", a="JPN", b="KOR").rows == []


def _data_rows(table: str) -> list[dict[str, str]]:
    with (data_folder() / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_each_source_says_of_france_and_the_command(loaded: Store) -> None:
    rows = answer(loaded, LIBRARY["evidence/claims"], "2026-11-22", fact="member|FRA|NATO-IMS|1").dicts()
    by_source = {row["source"]: row for row in rows}
    # FRUS 1964-68 XIII, document 180: France withdraws its forces in Germany from NATO command "as of July 1, 1966".
    frus = by_source["frus-1964-68-v13-d180"]
    assert "until 1966-07-01" in frus["said"] and "July 1, 1966" in frus["matched"]
    assert frus["url"].startswith("https://") and frus["title"] and frus["publisher"] and frus["seen"] == "2026-11-22"
    # NATO Update 1966 has the headquarters out by 1 April 1967; both words are kept.
    assert "until 1967-04-01" in by_source["nato-update-1966"]["said"]
    # One row a document of evidence.csv, and the dataset's own.
    evidence = {row["source"] for row in _data_rows("curated/evidence.csv") if row["fact"] == "member|FRA|NATO-IMS|1"}
    assert evidence <= set(by_source) <= evidence | {"curated"}


def test_claims_of_a_derived_tie_are_those_of_what_it_follows_from(loaded: Store) -> None:
    rows = answer(loaded, LIBRARY["evidence/claims"], "2026-11-22", fact="tie|us-japan-1960|USA|JPN|DEFENCE|alliance|1").dicts()
    facts = {row["fact"] for row in rows}
    assert {"us-japan-1960", "party|JPN|us-japan-1960|1", "party|USA|us-japan-1960|1", "event|us-japan-1960|in_force|1"} <= facts
    assert all("us-japan-1960" in fact for fact in facts)


def test_coverage_counts_the_rows_of_the_files(loaded: Store) -> None:
    rows = {row["dataset"]: row for row in answer(loaded, LIBRARY["evidence/coverage"], "2026-11-22").dicts()}
    assert set(rows) == {"curated", "reference", "usgs"}
    tables: dict[str, tuple[str, ...]] = {
        "curated": ("blocs", "actors", "memberships", "instruments", "events", "parties", "links", "goods", "flows", "production", "ties",
                    "indicators", "observations"),
        "reference": ("states", "succession"),
    }
    for dataset, names in tables.items():
        stated = sum(len(_data_rows(f"{dataset}/{name}.csv")) for name in names)
        if dataset == "curated":  # relationships that a row states besides its own fact
            stated += sum(bool(row["founds"]) for row in _data_rows("curated/instruments.csv"))
            stated += sum(bool(row["part_of"]) for name in ("blocs", "goods") for row in _data_rows(f"curated/{name}.csv"))
        assert rows[dataset]["facts"] == stated
        assert rows[dataset]["documents"] == len(_data_rows(f"{dataset}/documents.csv"))
        assert rows[dataset]["claims"] >= stated
        assert rows[dataset]["covers_until"] == ".." and rows[dataset]["licence"] == "CC BY 4.0"


# -- the command --------------------------------------------------------------------------------------------------------------


def test_the_library_passes_its_check(loaded: Store, cli: Cli) -> None:
    rows = cli("queries", "check", "--format", "json", db=loaded).ok().rows
    known = LIBRARY | {query.id: query for query in pictures().values()}
    assert [row["query"] for row in rows] == list(known)
    assert all(row["result"] == "ok" and row["columns"] == len(known[row["query"]].columns) for row in rows)


HEADER = """// Which blocs are there?
// id: mine/blocs
// params: kind=alliance (text)
// columns: bloc, since (date)
// example: -p kind=alliance
"""
GOOD = HEADER + "MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc, b.since AS since ORDER BY bloc\n"


def checked(cli: Cli, store: Store, text: str) -> Any:
    file = cli.home / "mine.cypher"
    file.write_text(text, encoding="utf-8")
    return cli("queries", "check", file, "--format", "json", db=store)


def test_a_users_own_query_passes_its_check(loaded_embedded: Store, cli: Cli) -> None:
    # NATO, the Warsaw Pact and ANZUS are the alliances of blocs.csv.
    count = sum(row["kind"] == "alliance" for row in _data_rows("curated/blocs.csv"))
    assert checked(cli, loaded_embedded, GOOD).ok().rows == [{"query": "mine/blocs", "columns": 2, "rows": count, "result": "ok"}]


BROKEN = {
    "columns in another order": (GOOD.replace("bloc, since (date)", "since (date), bloc"), "RETURN gives bloc, since"),
    "a column that RETURN lacks": (GOOD.replace("since (date)", "since (date), name"), "the header's columns are bloc, since, name"),
    "a column that the header lacks": (GOOD.replace("bloc, since (date)", "bloc"), "RETURN gives bloc, since"),
    "a parameter that is not declared": (
        GOOD.replace("// params: kind=alliance (text)\n", ""), "parameters differ between header and text: kind"),
    "a parameter that is not used": (GOOD.replace("b.kind = $kind", "true"), "parameters differ between header and text: kind"),
    "a parameter of no known type": (GOOD.replace("(text)", "(colour)"), "has type 'colour'"),
    "a column of no known type": (GOOD.replace("(date)", "(colour)"), "has type 'colour'"),
    "no example": (GOOD.replace("// example: -p kind=alliance\n", ""), "no line '// example:"),
    "no question": (GOOD.replace("// Which blocs are there?\n", ""), "what the query asks"),
    "a write": (GOOD.replace("RETURN", "SET b.kind = 'union' RETURN"), "SET is refused"),
    "a file read": (GOOD.replace("MATCH", "LOAD CSV FROM 'file:///etc/hostname' AS r MATCH"), "LOAD CSV is refused"),
    "a misread form": (
        GOOD.replace("MATCH (b:Bloc)", "MATCH ()-[m:MEMBER_OF]->(b:Bloc) MATCH (c:Claim {fact: m.id})"), "WHERE c.fact = m.id"),
    "a misread test": (GOOD.replace("b.since AS since", "max(b.since) IS NULL AS since"), "bind it first"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_query_fails_its_check(loaded_embedded: Store, cli: Cli, name: str) -> None:
    text, words = BROKEN[name]
    assert text != GOOD
    checked(cli, loaded_embedded, text).fails(1, "mine.cypher", words)


def test_a_query_that_does_not_run_fails_its_check(loaded: Store, cli: Cli) -> None:
    checked(cli, loaded, GOOD.replace("b.id AS bloc", "x.id AS bloc")).fails(2, "the query failed")


def test_a_query_is_run_from_a_file_of_its_own(loaded_embedded: Store, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "own.cypher"
    file.write_text("MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc ORDER BY bloc", encoding="utf-8")
    rows = cli("query", file, "-p", "kind=alliance", "--format", "json", db=loaded_embedded).ok().rows
    assert [row["bloc"] for row in rows] == sorted(row["id"] for row in _data_rows("curated/blocs.csv") if row["kind"] == "alliance")
