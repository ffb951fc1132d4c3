"""The bundled data as a hostile reader would check them: every date, party, obligation and figure is printed in a named document."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from graph_loader import dates
from graph_loader.evidence import prints_date, prints_day, prints_figure
from graph_loader.resources import data_folder
from graph_loader.schema import valid_id
from graph_loader.sources.curated import REFERENCE, SOURCE

Row = dict[str, str]
FOLDERS = ("curated", "reference")


@cache
def table(folder: str, name: str) -> tuple[Row, ...]:
    path = data_folder() / folder / f"{name}.csv"
    if not path.is_file():
        return ()  # a table that this folder does not use
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def files() -> list[Path]:
    return sorted(path for folder in (*FOLDERS, "usgs") for path in (data_folder() / folder).glob("*.csv"))


@cache
def facts() -> dict[str, tuple[str, Row]]:
    """Fact id -> (table, row). The ids are spelt out here, so that a change of the code's ids shows."""
    found: dict[str, tuple[str, Row]] = {}

    def add(id_: str, name: str, row: Row) -> None:
        assert id_ not in found, id_
        found[id_] = (name, row)

    for name in ("blocs", "actors", "instruments", "goods", "indicators"):
        for row in table("curated", name):
            add(row["id"], name, row)
            if row.get("part_of"):
                add(f"part|{row['id']}|{row['part_of']}", "part_of", row)
    for row in table("reference", "states"):
        add(row["id"], "states", row)
    for row in table("curated", "memberships"):
        add(f"member|{row['state']}|{row['bloc']}|{row['spell']}", "memberships", row)
    for row in table("curated", "events"):
        add(f"event|{row['instrument']}|{row['kind']}|{row['n']}", "events", row)
    for row in table("curated", "parties"):
        add(f"party|{row['party']}|{row['instrument']}|{row['spell']}", "parties", row)
    for row in table("curated", "links"):
        add(f"{row['type'].lower()}|{row['from']}|{row['to']}", "links", row)
    for name, prefix, who in (("flows", "flow", ("importer", "supplier")), ("production", "prod", ("state",))):
        for row in table("curated", name):
            key = [row[c] for c in (*who, "good", "stage", "basis")]
            add("|".join([prefix, *key, f"{row['from_year']}-{row['to_year']}"]), name, row)
    for row in table("curated", "ties"):
        add("|".join(["tie", row["start"], row["end"], row["domain"], row["kind"], row["spell"]]), "ties", row)
    for row in table("curated", "observations"):
        add(f"observed|{row['state']}|{row['indicator']}|{row['year']}", "observations", row)
    for row in table("reference", "succession"):
        add(f"successor|{row['predecessor']}|{row['successor']}", "succession", row)
    return found


@cache
def evidence() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for folder in FOLDERS:
        for row in table(folder, "evidence"):
            found[row["fact"]].append(row)
    return found


def properties(row: Row) -> list[str]:
    return row["property"].split(";")


def said_value(row: Row, name: str) -> str:
    """What the document says of the property instead of our row: one value for the first property, or one for each."""
    names = properties(row)
    given = row["value"].split(";") if len(names) > 1 else [row["value"]]
    place = names.index(name)
    return given[place] if place < len(given) else ""


def named(fact: str) -> set[str]:
    return {name for row in evidence()[fact] for name in properties(row)}


# -- every fact has evidence -------------------------------------------------------------------------------------------


def required(name: str, row: Row) -> Iterator[tuple[str, ...]]:
    """Properties that some document must confirm; a tuple means any of them."""
    # '../2019' and '2023/..' say when something was seen in force: no date of its own to confirm
    dated = [("since",)] if row.get("since") and "/" not in row["since"] else []
    ended = [("until",)] if row.get("until") not in ("", "..", None) and "/" not in row["until"] else []
    if name == "blocs":
        yield ("name",)
        yield from dated
        if row["until"] and "/" not in row["until"]:
            yield ("until",)  # also that an open bloc still exists
    elif name == "memberships":
        yield ("role", "member")
        yield from dated
        yield from ended
        if row["suspended"] == "true":
            yield ("suspended",)
    elif name == "instruments":
        yield ("title",)
        yield ("form",)
        if row["obligations"]:
            yield ("obligations",)
        if row["founds"]:
            yield ("founds", "title")
    elif name == "events":
        yield ("date",)
    elif name == "parties":
        yield ("party",)
        yield ("role",)
        yield from dated
        yield from ended
    elif name in ("flows", "production"):
        if name == "flows":
            yield ("share",)
        for column in ("value", "total"):
            if row[column]:
                yield (column,)
    elif name == "succession":
        yield ("date",)
        yield ("kind",)
    elif name == "states":
        if row["spells"]:
            yield ("spells",)
    elif name in ("actors", "indicators"):
        yield ("name",)
    elif name == "observations":
        yield ("value",)
    elif name == "ties":
        yield ("kind", "label")
        yield from dated
        yield from ended
        if row["obligations"]:
            yield ("obligations",)
    elif name == "goods":
        yield ("name",)
        if row["hs"]:
            yield ("hs",)


def test_every_fact_has_evidence_for_each_date_party_obligation_and_figure() -> None:
    missing = []
    for id_, (name, row) in facts().items():
        if name != "states" and not evidence()[id_]:
            missing.append(f"{id_}: no evidence")
        have = named(id_)
        missing += [f"{id_}: {' or '.join(choice)}" for choice in required(name, row) if not have & set(choice)]
    assert not missing, "\n".join(missing)


def test_binding_and_type_of_every_instrument_that_derives_ties_have_evidence() -> None:
    # binding may rest on the treaty's form and its ratification, which the rows on title, form or in_force show
    for row in table("curated", "instruments"):
        if row["derives"] != "none":
            assert named(row["id"]) & {"binding", "form"}, row["id"]
            assert named(row["id"]) & {"type", "domains", "obligations"}, row["id"]
        assert len(row["coding_reason"]) > 60, f"{row['id']}: the coding is not explained"


_WORDS = {
    "defence": r"assist|would act|act to meet|mutual aid|defense 1|aid and assistance|render immediate|agreement to defend",
    "consultation": r"consult",
    "offence": r"offen[cs]e|attack jointly",
    "neutrality": r"neutral",
    "nonaggression": r"non-?aggression|refrain from",
}


def test_each_obligation_is_read_in_a_document_and_none_is_left_out() -> None:
    for row in table("curated", "instruments"):
        printed = " ".join(e["matched"] for e in evidence()[row["id"]] if "obligations" in properties(e) and not e["value"])
        for obligation in row["obligations"].split(";") if row["obligations"] else []:
            assert re.search(_WORDS[obligation], printed, re.IGNORECASE), f"{row['id']}: nothing printed obliges to {obligation}"
        if row["obligations"] and "offence" not in row["obligations"]:
            assert not re.search(_WORDS["offence"], printed, re.IGNORECASE), row["id"]


# ATOP 5.1, directed dyad-years of 2015 (Leeds et al. 2002): the United States owes Japan defence, Japan none; Korea and the Philippines
# both ways. Roles guarantor and beneficiary make a one-sided tie.
def test_one_sided_and_mutual_promises_are_those_of_atop() -> None:
    roles = {(r["party"], r["instrument"]): r["role"] for r in table("curated", "parties")}
    assert (roles["USA", "us-japan-1960"], roles["JPN", "us-japan-1960"]) == ("guarantor", "beneficiary")
    for other, pact in (("KOR", "us-korea-1953"), ("PHL", "us-philippines-1951")):
        assert roles["USA", pact] == roles[other, pact] == "party"
        assert "defence" in next(r["obligations"] for r in table("curated", "instruments") if r["id"] == pact)


def test_evidence_points_to_facts_and_documents() -> None:
    for folder in FOLDERS:
        documents = {row["id"] for row in table(folder, "documents")}
        for row in table(folder, "evidence"):
            assert row["fact"] in facts(), row
            assert row["source"] in documents, row
            assert row["property"] and row["matched"], row
            assert date.fromisoformat(row["seen"]) <= date.fromisoformat(SOURCE.info().released), row


_ALSO = {  # names that are no column: what the document says of the fact itself
    "memberships": {"member", "end", "kind"},
    "parties": {"member"},
    "links": {"from", "to", "type"},
    "part_of": {"part", "part_of"},
    "events": {"kind"},
    "succession": {"kind"},
    "blocs": {"end"},
    "ties": {"start", "end", "sender", "target", "host"},
    "observations": {"state"},
}


def test_properties_named_by_evidence_exist() -> None:
    for id_, rows in evidence().items():
        name, fact = facts()[id_]
        for row in rows:
            assert set(properties(row)) <= set(fact) | _ALSO.get(name, set()), (id_, row["property"])


def test_no_evidence_row_stands_twice() -> None:
    for folder in FOLDERS:
        rows = [tuple(row.values()) for row in table(folder, "evidence")]
        assert len(set(rows)) == len(rows), [row for row in set(rows) if rows.count(row) > 1]


def test_matched_is_a_print_and_not_a_sentence() -> None:
    for rows in evidence().values():
        for row in rows:
            assert len(row["matched"]) <= 160, row["matched"]


# -- documents ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS)
def test_documents_are_used_titled_and_can_be_found(folder: str) -> None:
    used = {row["source"] for row in table(folder, "evidence")}
    seen: dict[tuple[str, str], str] = {}
    for row in table(folder, "documents"):
        assert valid_id(row["id"]) and row["id"] == row["id"].lower(), row["id"]
        assert row["id"] in used, f"{row['id']} is evidence of nothing"
        assert row["title"] and row["publisher"] and row["licence"] and row["citation"], row["id"]
        archive = re.search(r"\b(OJ|UST|UNTS|Dz\.U\.|ATS|Cmd?)\b", row["citation"])
        assert re.match(r"https?://[^/\s]+\.[a-z]{2,}", row["url"]) or archive, row["id"]
        assert not re.search(r"\s", row["url"]), row["id"]
        assert seen.setdefault((row["url"], row["title"]), row["id"]) == row["id"], f"{row['id']}: the document stands twice"


def test_no_encyclopedia_anyone_can_edit_is_alone_for_a_date_of_a_treaty() -> None:
    wikis = {row["id"] for row in table("curated", "documents") if "Wikipedia" in row["publisher"]}
    for id_, (name, _) in facts().items():
        if name == "events":
            assert {row["source"] for row in evidence()[id_]} - wikis or id_ == "event|us-japan-1951|terminated|1", id_


# -- what is printed ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("18 February 1952", "1952-02-18"),
        ("18.02.1952", "1952-02-18"),
        ("February 18, 1952", "1952-02-18"),
        ("01/07/2013", "2013-07-01"),
        ("24th August 1949", "1949-08-24"),
        ("1er janvier 1973", "1973-01-01"),
        ("1985年4月26日", "1985-04-26"),
        ("1985. évi április hó 26.", "1985-04-26"),
        ("5 июня 1955", "1955-06-05"),
        ("1. maj 2004", "2004-05-01"),
        ("first day of September, 1951", "1951-09-01"),
        ("25 يونيو 1991", "1991-06-25"),
        ("4. júna 1955", "1955-06-04"),
    ],
)
def test_the_reader_of_dates_knows_the_formats_and_no_other_day(text: str, day: str) -> None:
    assert prints_day(text, day)
    other = date.fromisoformat(day).replace(day=date.fromisoformat(day).day % 28 + 1).isoformat()
    assert not prints_day(text, other)
    assert not prints_day(text, f"{int(day[:4]) + 1}{day[4:]}")


def _edtf_of(row: Row, name: str) -> list[str]:
    """Dates of our row: of ``spells`` all its ends."""
    if name == "spells":
        return [end for spell in row["spells"].split(";") for end in spell.split("/") if end not in ("", "..")]
    return [row[name]] if row.get(name) not in ("", "..", None) and "/" not in row[name] else []


def _before(end: str) -> str:
    """Last day in force of an end that is the first day no longer in force; documents print the one or the other."""
    return (date.fromisoformat(end) - timedelta(days=1)).isoformat() if len(end) == 10 else end


def test_matched_prints_the_date_of_the_fact() -> None:
    wrong = []
    for id_, rows in evidence().items():
        _, fact = facts()[id_]
        for row in rows:
            for name in set(properties(row)) & {"since", "until", "date", "spells"}:
                said = said_value(row, name)
                if not said:
                    # the document says what our row says: it must print that very day
                    expected = _edtf_of(fact, name)
                    if name == "until" and fact["until"] == "..":
                        continue  # evidence that it still exists
                    bad = [day for day in expected if not prints_date(row["matched"], day)]
                elif said == "..":
                    continue
                else:
                    # the document's own date stands in ``value``; the print must at least show its year
                    ends = [end for spell in said.split(";") for end in spell.split("/") if end not in ("", "..")]
                    for end in ends:
                        dates.since(end)
                    bad = [end for end in ends if not {end[:4], _before(end)[:4]} & set(re.findall(r"\d{4}", row["matched"]))]
                wrong += [f"{id_} {name} {row['source']}: {day} is not in '{row['matched']}'" for day in bad]
    assert not wrong, "\n".join(wrong)


def test_a_differing_print_is_said_in_value() -> None:
    """A row without ``value`` confirms our date; so the dates printed beside it never contradict it silently."""
    for id_, rows in evidence().items():
        name, fact = facts()[id_]
        if name not in ("events", "memberships", "parties"):
            continue
        for row in rows:
            column = next((c for c in ("date", "since", "until") if properties(row) == [c]), "")
            if column and not row["value"] and fact.get(column) not in ("", "..") and "/" not in fact[column]:
                assert prints_date(row["matched"], fact[column]), (id_, row)


def test_matched_prints_the_figure_of_the_fact() -> None:
    wrong = []
    for id_, rows in evidence().items():
        name, fact = facts()[id_]
        if name not in ("flows", "production", "observations"):
            continue
        for row in rows:
            for column in set(properties(row)) & {"share", "value", "total"}:
                expected = float(said_value(row, column) or fact[column])
                ok = prints_figure(row["matched"], column, expected)
                if not ok:
                    wrong.append(f"{id_} {column} {row['source']}: {expected} is not in '{row['matched']}'")
    assert not wrong, "\n".join(wrong)


# Stems of names as the documents print them, beside the English names of the table of states.
_PRINTED = {
    "ALB": "Albánsk",
    "BGR": "Bulharsk;Bolgár",
    "CSK": "Československ;Csehszlovák",
    "DDR": "Nemeckou demokratick;Német Demokratikus",
    "HUN": "Maďarsk;Magyar;Ungarn",
    "POL": "Poľsk;Lengyel;Polen",
    "ROU": "Rumunsk;Román",
    "SUN": "Sväzom sovietskych;Szovjet",
    "GBR": "Great Britain;Royaume-Uni;UK",
    "USA": "American;U.S.;États-Unis;EUA;Washington",
    "AUS": "Australian",
    "IND": "Indian",
    "JPN": "Japanese",
    "DNK": "Danemark;Denmark",
    "IRL": "Irlande",
    "GRC": "République hellénique;Hellenic;Greek",
    "ESP": "Espagne;España;Spanish",
    "PRT": "portugaise;Portuguese",
    "AUT": "Autriche",
    "FIN": "Finlande",
    "SWE": "Suède",
    "CYP": "Cypern",
    "CZE": "Tjekkisk;Czech",
    "EST": "Estland",
    "LTU": "Litauen",
    "LVA": "Letland",
    "SVK": "Slovakisk",
    "SVN": "Slovenien",
    "BEL": "Belgians",
    "FRA": "French",
    "ITA": "Italian",
    "NLD": "Netherlands;Niederlande",
    "DEU": "Federal Republic of Germany",
    "KOR": "Republic of Korea",
    "TUR": "Turkey",
    "MKD": "North Macedonia",
    "CHN": "China",
    "RUS": "Russia;Russland;Moscou",
    "NOR": "Norwegen;Norvège",
    "EU": "European Union;European Community;Communities;Unión Europea;UE",
    "EEC": "European Community",
    "AU": "African Union",
    "NATO": "NATO",
    "OACPS": "ACP",
    "CLIMATE-GROUP": "Climate Group",
    "BADEN-WUERTTEMBERG": "Baden-Württemberg",
    "FLANDERS": "Government of Flanders",
    "GAVI": "Gavi",
    "WHO": "World Health Organization",
}


@cache
def names_of(state: str) -> tuple[str, ...]:
    known = [row["name"] for row in table("reference", "states") if row["id"] == state]
    groups = [row for name in ("blocs", "actors") for row in table("curated", name)]
    known += [text for row in groups if row["id"] == state for text in (row["name"], row["id"])]
    known += [row["name"] for row in table("reference", "state_names") if row["state"] == state]
    return (*known, *_PRINTED.get(state, "").split(";")) if state in _PRINTED else tuple(known)


def test_matched_names_the_party() -> None:
    """Evidence that a state is a member or party prints its name, or is a statement on all members, or shows the pact's terms."""
    general = re.compile(
        r"all \d+ countries|either Party|ddyad|armed attack|ratified by|Vertragsparteien|resume|"
        r"security obligations|Party to the Treaty"
    )
    dated_only = {"desta-2-2-list", "elpais-1986-10-08", "elcano-otan-40", "nato-pr-2004-028"}
    for id_, rows in evidence().items():
        name, fact = facts()[id_]
        who = {"memberships": "state", "parties": "party", "flows": "supplier", "production": "state"}.get(name)
        if not who:
            continue
        for row in rows:
            if (
                {"state", "member", "party"} & set(properties(row))
                and row["source"] not in dated_only
                and not general.search(row["matched"])
            ):
                assert any(n.casefold() in row["matched"].casefold() for n in names_of(fact[who]) if n), (id_, row["matched"])


# -- figures and definitions -------------------------------------------------------------------------------------------

_GROUPS = {
    "flows": ("importer", "good", "stage", "basis", "from_year", "to_year"),
    "production": ("good", "stage", "basis", "from_year", "to_year"),
}


def _half_unit(text: str) -> float:
    """Half of the last printed place: 93.3 -> .05; 2600 -> 50 (trailing zeros may be rounding)."""
    if "." in text:
        return 0.5 * 10.0 ** -len(text.split(".")[1])
    return 0.5 * 10.0 ** (len(text) - len(text.rstrip("0")))


@pytest.mark.parametrize("name", list(_GROUPS))
def test_shares_of_one_importer_good_and_period_have_one_denominator(name: str) -> None:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in table("curated", name):
        groups[tuple(row[c] for c in _GROUPS[name])].append(row)
    for key, rows in groups.items():
        for column in ("scope", "total", "unit", "named_largest"):
            assert len({row[column] for row in rows}) == 1, (key, column)
        assert rows[0]["scope"], key
        assert sum(float(row["share_lo"]) for row in rows) <= 1, key
        for row in rows:
            low, share, high = (float(row[c]) for c in ("share_lo", "share", "share_hi"))
            assert 0 < low <= share <= high <= 1, key
            assert high - low <= 0.0101, (key, "a bound is wider than one printed per cent")
            if row["value"] and row["total"]:
                value, total = float(row["value"]), float(row["total"])
                least = (value - _half_unit(row["value"])) / (total + _half_unit(row["total"]))
                most = (value + _half_unit(row["value"])) / (total - _half_unit(row["total"]))
                assert least - 1e-6 <= high and low <= most + 1e-6, (key, row)
        if rows[0]["named_largest"] == "true":
            rest, smallest = 1 - sum(float(row["share"]) for row in rows), min(float(row["share"]) for row in rows)
            assert rest >= 0 and smallest > 0, key


def test_secondary_figures_say_so() -> None:
    """EU gas of 2024 is no official statistic: whoever quotes it must see that in the row and in the documents."""
    rows = [r for r in table("curated", "flows") if (r["importer"], r["good"], r["from_year"]) == ("EU", "natural-gas", "2024")]
    assert rows and all("not an official statistic" in row["scope"] for row in rows)


def _number_at(bloc: str, day: str) -> int:
    return sum(
        row["bloc"] == bloc and row["role"] == "full" and dates.since(row["since"]).stored <= day < dates.until(row["until"]).stored
        for row in table("curated", "memberships")
    )


# The number after each accession, as NATO counts: 'Member countries', nato.int ("Sweden ... NATO's 32nd member country").
@pytest.mark.parametrize(
    ("day", "number"),
    [
        ("1949-04-04", 0),
        ("1949-08-24", 12),
        ("1952-02-17", 12),
        ("1952-02-18", 14),
        ("1955-05-06", 15),
        ("1982-05-30", 16),
        ("1999-03-12", 19),
        ("2004-03-29", 26),
        ("2009-04-01", 28),
        ("2017-06-05", 29),
        ("2020-03-27", 30),
        ("2023-04-04", 31),
        ("2024-03-07", 32),
        ("2026-11-22", 32),
    ],
)
def test_number_of_nato_members(day: str, number: int) -> None:
    assert _number_at("NATO", day) == number


# Six founders; 9, 10, 12, 15, 25, 27, 28 after the enlargements, 27 after the withdrawal: European Commission, 'Together. EU'.
@pytest.mark.parametrize(
    ("bloc", "day", "number"),
    [
        ("ECSC", "1952-07-23", 6),
        ("EEC", "1957-12-31", 0),
        ("EEC", "1958-01-01", 6),
        ("EEC", "1973-01-01", 9),
        ("EEC", "1981-01-01", 10),
        ("EEC", "1986-01-01", 12),
        ("EU", "1993-10-31", 0),
        ("EU", "1993-11-01", 12),
        ("EU", "1995-01-01", 15),
        ("ECSC", "2002-07-23", 15),
        ("ECSC", "2002-07-24", 0),
        ("EU", "2004-04-30", 15),
        ("EU", "2004-05-01", 25),
        ("EU", "2007-01-01", 27),
        ("EEC", "2009-11-30", 27),
        ("EEC", "2009-12-01", 0),
        ("EU", "2013-07-01", 28),
        ("EU", "2020-01-31", 28),
        ("EU", "2020-02-01", 27),
        ("EU", "2026-11-22", 27),
    ],
)
def test_number_of_members_of_the_communities_and_the_union(bloc: str, day: str, number: int) -> None:
    assert _number_at(bloc, day) == number


# Eight signatories (Albania to the USSR) in 1955; seven after Albania's law of 13 September 1968; six after 3 October 1990.
@pytest.mark.parametrize(
    ("day", "number"), [("1955-06-04", 8), ("1968-09-12", 8), ("1968-09-13", 7), ("1990-10-03", 6), ("1991-06-30", 6), ("1991-07-01", 0)]
)
def test_number_of_members_of_the_warsaw_pact(day: str, number: int) -> None:
    assert _number_at("WARSAW-PACT", day) == number


def test_no_state_is_tied_by_trade_to_community_and_union_on_one_day() -> None:
    """From 1993 to 2009 the customs union was the Community's; the Union's own trade tie begins when the Community ends."""
    union_trade = {r["id"] for r in table("curated", "instruments") if r["founds"] == "EU" and "TRADE" in r["domains"].split(";")}
    starts = [r["date"] for r in table("curated", "events") if r["instrument"] in union_trade and r["kind"] == "in_force"]
    ends = [dates.until(r["until"]).stored for r in table("curated", "memberships") if r["bloc"] == "EEC"]
    assert union_trade and starts and max(ends) <= min(starts)


def test_spells_of_one_member_do_not_overlap() -> None:
    spells: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in table("curated", "memberships"):
        spells[row["state"], row["bloc"]].append((dates.since(row["since"]).stored, dates.until(row["until"]).earliest))
    for key, found in spells.items():
        assert all(one[1] <= two[0] for one, two in pairwise(sorted(found))), key


def test_members_and_parties_lie_within_their_bloc_and_instrument() -> None:
    blocs = {row["id"]: row for row in table("curated", "blocs")}
    for row in table("curated", "memberships"):
        bloc = blocs[row["bloc"]]
        assert dates.since(bloc["since"]).stored <= dates.since(row["since"]).stored or not row["since"], row
        assert dates.until(row["until"]).earliest <= dates.until(bloc["until"]).latest, row


def test_quad_and_partnerships_promise_no_defence() -> None:
    by_id = {row["id"]: row for row in table("curated", "instruments")}
    for id_ in (
        "aukus-statement-2021",
        "aukus-ennpia-2021",
        "aukus-annpa-2024",
        "geelong-treaty-2025",
        "india-france-1998",
        "us-japan-1951",
    ):
        assert by_id[id_]["obligations"] == "", id_
    assert not [row for row in by_id.values() if row["founds"] == "QUAD"]


# -- the data package --------------------------------------------------------------------------------------------------


@cache
def package() -> dict[str, object]:
    content: dict[str, object] = json.loads((data_folder() / "datapackage.json").read_text(encoding="utf-8"))
    return content


def resources() -> list[dict[str, object]]:
    found = package()["resources"]
    assert isinstance(found, list)
    return found


def test_package_names_every_file_once_with_its_columns() -> None:
    assert sorted(str(r["path"]) for r in resources()) == sorted(f"{p.parent.name}/{p.name}" for p in files())
    assert len({r["name"] for r in resources()}) == len(resources())
    for resource in resources():
        assert re.fullmatch(r"[a-z0-9._-]+", str(resource["name"]))
        with (data_folder() / str(resource["path"])).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        schema = resource["schema"]
        assert isinstance(schema, dict)
        assert [field["name"] for field in schema["fields"]] == header, resource["path"]
        for key in schema.get("foreignKeys", []):
            target = next(r for r in resources() if r["name"] == key["reference"]["resource"])
            assert isinstance(target["schema"], dict)
            assert key["reference"]["fields"] in [f["name"] for f in target["schema"]["fields"]]


_CAST: dict[str, Callable[[str], object]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
}


@pytest.mark.parametrize("path", [f"{p.parent.name}/{p.name}" for p in files()])
def test_cells_are_of_the_package_types_and_keys_hold(path: str) -> None:
    resource = next(r for r in resources() if r["path"] == path)
    schema = resource["schema"]
    assert isinstance(schema, dict)
    rows = table(path.split("/")[0], Path(path).stem)
    for row in rows:
        for field in schema["fields"]:
            cell, limits = row[field["name"]], field.get("constraints", {})
            assert cell == cell.strip(), (path, row)
            if not cell:
                assert not limits.get("required"), (path, row)
                continue
            value = _CAST[field["type"]](cell)
            assert "pattern" not in limits or re.fullmatch(limits["pattern"], cell), (path, field["name"], cell)
            assert "enum" not in limits or cell in limits["enum"], (path, field["name"], cell)
            assert len(cell) <= limits.get("maxLength", len(cell)), (path, field["name"], cell)
            if isinstance(value, (int, float)):
                assert limits.get("minimum", value) <= value <= limits.get("maximum", value), (path, field["name"], cell)
    if "primaryKey" in schema:
        keys = [tuple(row[c] for c in schema["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys), path
    for key in schema.get("foreignKeys", []):
        target = str(next(r["path"] for r in resources() if r["name"] == key["reference"]["resource"]))
        known = {row[key["reference"]["fields"]] for row in table(target.split("/")[0], Path(target).stem)}
        assert {row[key["fields"]] for row in rows} - {""} <= known, (path, key["fields"])


def test_package_agrees_with_the_datasets_on_version_licence_and_authors() -> None:
    assert package()["version"] == SOURCE.info().version == REFERENCE.info().version
    assert package()["licenses"] == [
        {
            "name": "CC-BY-4.0",
            "title": "Creative Commons Attribution 4.0 International",
            "path": "https://creativecommons.org/licenses/by/4.0/",
        }
    ]
    assert SOURCE.info().licence == REFERENCE.info().licence == "CC BY 4.0"
    assert package()["contributors"] == [{"title": "The pactgraph developers", "role": "author"}]


def test_files_are_plain_csv() -> None:
    for path in files():
        content = path.read_bytes()
        assert b"\r" not in content and content.endswith(b"\n") and not content.startswith(b"\xef\xbb\xbf"), path
        content.decode("utf-8")


# -- the table of states -----------------------------------------------------------------------------------------------


def test_states_have_the_names_and_codes_of_iso_3166() -> None:
    # ISO 3166-1 alpha-3 and alpha-2; short names as the UN Terminology Database (UNTERM) has them since the changes named.
    by_id = {row["id"]: row for row in table("reference", "states")}
    expected = {
        "TUR": ("Türkiye", "TR"),
        "CZE": ("Czechia", "CZ"),
        "SWZ": ("Eswatini", "SZ"),
        "MKD": ("North Macedonia", "MK"),
        "CPV": ("Cabo Verde", "CV"),
        "TLS": ("Timor-Leste", "TL"),
        "MMR": ("Myanmar", "MM"),
        "CIV": ("Côte d'Ivoire", "CI"),
    }
    assert {k: (by_id[k]["name"], by_id[k]["iso2"]) for k in expected} == expected
    for old, state in (
        ("Turkey", "TUR"),
        ("Czech Republic", "CZE"),
        ("Swaziland", "SWZ"),
        ("Macedonia", "MKD"),
        ("Cape Verde", "CPV"),
        ("Burma", "MMR"),
    ):
        assert any(row["name"] == old and row["state"] == state for row in table("reference", "state_names")), old


def test_yugoslavia_its_last_union_and_serbia_are_three_states_without_overlap() -> None:
    by_id = {row["id"]: row["spells"] for row in table("reference", "states")}
    assert by_id["YUG"].endswith("/1992-04-27") and by_id["SCG"].startswith("1992-04-27/") and by_id["SCG"].endswith("/2006-06-05")
    assert by_id["SRB"].split(";")[-1] == "2006-06-05/.."


def test_contested_statehood_is_worded_alike() -> None:
    """A row of the table is no statement on recognition: Kosovo, Palestine and Taiwan stand as all others do."""
    by_id = {row["id"]: row for row in table("reference", "states")}
    for id_, name in (("XKX", "Kosovo"), ("PSE", "Palestine"), ("TWN", "Taiwan")):
        assert (by_id[id_]["name"], by_id[id_]["kind"]) == (name, "state")
