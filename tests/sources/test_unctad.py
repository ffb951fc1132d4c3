"""UNCTAD's list of bilateral investment treaties: two parties from a text full of commas, and ties only while a treaty is in force."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from variants import REWRITES, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader.errors import DataError
from graph_loader.identity import UnknownStateError, default_identity
from graph_loader.sources.base import get
from graph_loader.sources.files import Reader
from graph_loader.sources.independence import beginning
from graph_loader.sources.unctad import SOURCE, split_parties

HEADER = "treaty_id,full_title,short_title,type,status,parties,date_of_signature,date_of_entry_into_force,termination_date,text"
ROWS = [
    (1, "Treaty on Investment", "Germany - Pakistan BIT (1959)", "BITs", "Terminated", "Germany, Pakistan",
     "1959-11-25", "1962-04-28", "2022-01-01"),
    (2, None, "Korea - Serbia BIT (2001)", "BITs", "In force", "Korea, Republic of, Serbia", "2001-06-01", "2002-07-01", None),
    (3, None, "BLEU - Congo BIT (1990)", "BITs", "In force",
     "BLEU (Belgium-Luxembourg Economic Union), Congo", "1990-05-01", "1991-05-01", None),
    (4, None, "Canada - Russian Federation BIT (1989)", "BITs", "In force", "Canada, Russian Federation", "1989-11-20", "1991-06-27", None),
    (5, None, "Jordan - Qatar BIT (2009)", "BITs", "Signed (not in force)", "Jordan, Qatar", "2009-01-01", None, None),
    (6, None, "EFTA - Ukraine FTA (2010)", "TIPs", "In force",
     "EFTA (European Free Trade Association), Ukraine", "2010-06-24", "2012-06-01", None),
    (7, None, "India - Nepal BIT (2011)", "BITs", "Terminated", "India, Nepal", "2011-10-21", None, "2017-03-22"),
    (8, None, "Nowhere - Qatar BIT (2011)", "BITs", "In force", "Nowhere, Qatar", "2011-10-21", "2012-01-01", None),
    (9, None, "Chile - Peru BIT (2000)", "BITs", "In force", "Chile, Peru", "2000-02-02", None, None),
    (10, None, "Chile - Peru BIT (2000)", "BITs", "In force", "Chile, Peru", "2000-02-02", "1999-01-01", None),
    (11, None, "India - Nepal BIT (2011)", "BITs", "Terminated", "India, Nepal", "2011-10-21", None, "2017-03-22"),
]  # fmt: skip
SMALL = sheet("bits.csv", HEADER, [(*row, "Full text: en") for row in ROWS])


def reader() -> Reader:
    return Reader(SOURCE.info(), default_identity(), frozenset())


@pytest.mark.parametrize(("text", "parties"), [
    ("Korea, Republic of, Serbia", ["KOR", "SRB"]), ("Bahrain, Hong Kong, China SAR", ["BHR", "HKG"]),
    ("Congo, Democratic Republic of the, Korea, Republic of", ["COD", "KOR"]), ("Congo, Korea, Republic of", ["COG", "KOR"]),
    ("Iran, Islamic Republic of, Tanzania, United Republic of", ["IRN", "TZA"]), ("Iran, Islamic Republic of, Pakistan", ["IRN", "PAK"]),
    ("Iran, Islamic Republic of, Korea, Dem. People's Rep. of", ["IRN",
     "PRK"]), ("China, Venezuela, Bolivarian Republic of", ["CHN", "VEN"]),
    ("Channel Islands (Guernsey, Jersey), United Arab Emirates", ["ARE", "CHANNEL-ISLANDS"]),
])  # fmt: skip
def test_the_comma_between_the_parties_is_found(text: str, parties: list[str]) -> None:
    assert split_parties(text, reader()) == parties


@pytest.mark.parametrize("text", ["", "France", "France, France", "Atlantis, France", "France, Germany, Italy"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(UnknownStateError):
        split_parties(text, reader())


@given(st.text(alphabet="KoreaFrance ,of", max_size=30))
def test_no_text_breaks_the_parting(text: str) -> None:
    try:
        assert len(split_parties(text, reader())) == 2
    except UnknownStateError as error:
        assert "\n" not in str(error)


def test_treaties_become_instruments(tmp_path: Path) -> None:
    reading = read(SOURCE, SMALL.write(tmp_path))
    instruments = {c.key[0]: c.values for c in reading.claims if c.type == "Instrument"}
    assert set(instruments) == {
        "bit-deu-pak-1959", "bit-kor-srb-2001", "bit-bleu-cog-1990", "bit-can-rus-1989", "bit-jor-qat-2009", "bit-ind-npl-2011",
    }  # fmt: skip
    assert instruments["bit-deu-pak-1959"]["title"] == "Treaty on Investment"
    assert {i["type"] for i in instruments.values()} == {"bit"}
    parties = {c.key: (c.values["role"], c.values["since_edtf"], c.values["until_edtf"]) for c in reading.claims if c.type == "PARTY_TO"}
    assert parties["DEU", "bit-deu-pak-1959"] == ("party", "1962-04-28", "2022-01-01")
    assert parties["KOR", "bit-kor-srb-2001"] == ("party", "2002-07-01", "..")
    assert parties["SRB", "bit-kor-srb-2001"] == ("party", "2006-06-05", "..")  # the list names the party of today
    assert parties["RUS", "bit-can-rus-1989"] == ("party", "1991-12-26", "..")
    assert parties["JOR", "bit-jor-qat-2009"] == ("signatory", "2009-01-01", "..")
    assert parties["NPL", "bit-ind-npl-2011"] == ("signatory", "2011-10-21", "2017-03-22")
    assert (reading.read, reading.loaded, reading.merged) == (11, 6, 1)
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (7, "treaty with investment provisions, no bilateral investment treaty"), (9, "party not understood"),
        (10, "no date of what its status says"), (11, "dates out of order"),
    }  # fmt: skip
    assert reading.info.covers_until == "2022-01-01"


def test_ties_follow_while_a_treaty_is_in_force(tmp_path: Path) -> None:
    stored = loaded_twice(get("unctad"), SMALL.write(tmp_path), tmp_path)
    ties = {id_: props for id_, props in stored.items() if id_.startswith("tie|")}
    assert set(ties) == {
        "tie|bit-deu-pak-1959|DEU|PAK|TRADE|bit|1", "tie|bit-kor-srb-2001|KOR|SRB|TRADE|bit|1",
        "tie|bit-bleu-cog-1990|BLEU|COG|TRADE|bit|1", "tie|bit-can-rus-1989|CAN|RUS|TRADE|bit|1",
    }  # fmt: skip
    ended = ties["tie|bit-deu-pak-1959|DEU|PAK|TRADE|bit|1"]
    assert (ended["since"], ended["until"], ended["end_kind"]) == ("1962-04-28", "2022-01-01", "dated")
    lasting = ties["tie|bit-can-rus-1989|CAN|RUS|TRADE|bit|1"]
    assert (lasting["until"], lasting["end_kind"]) == ("2022-01-02", "censored")


def test_the_columns_as_the_site_shows_them(tmp_path: Path) -> None:
    header = "No.,Full title,Short title,Type,Status,Parties,Date of signature,Date of entry into force,Termination date,Text"
    rows = [(1, "", "Germany - Pakistan BIT (1959)", "BITs", "In force", "Germany, Pakistan", "25/11/1959", "28/04/1962", "", "")]
    reading = read(SOURCE, sheet("iia.csv", header, rows).write(tmp_path))
    assert [c.values["date_edtf"] for c in reading.claims if c.type == "Event"] == ["1959-11-25", "1962-04-28"]
    assert any("not yet verified" in note for note in reading.notes)


@pytest.mark.parametrize("way", REWRITES)
def test_a_rewritten_file_says_the_same(way: str, tmp_path: Path) -> None:
    whole = read(SOURCE, SMALL.write(tmp_path / "whole"))
    assert said(read(SOURCE, rewritten(SMALL, way, tmp_path / "other")).claims) == said(whole.claims)


def test_a_file_cut_short_says_nothing_wrong(tmp_path: Path) -> None:
    whole = said(read(SOURCE, SMALL.write(tmp_path / "whole")).claims)
    for reading in cuts(SMALL, tmp_path / "cut", SOURCE):
        assert said(reading.claims) <= whole


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="expected columns full_title, short_title"):
        read(SOURCE, tmp_path / "other.csv")


def test_a_state_begins_with_its_next_independence() -> None:
    identity = default_identity()
    assert [beginning(identity, "CZE", day) for day in ("1990-01-01", "1993-01-01")] == ["1993-01-01", ""]
    assert beginning(identity, "SRB", "1990-01-01") == "2006-06-05"


@pytest.mark.reference
def test_the_published_numbers(reference: Path, tmp_path: Path) -> None:
    """3,425 bilateral investment treaties, 2,221 of them in force: a hand count of the columns type and status."""
    path = reference / "unctad" / "bits_raw_from_rda.csv"
    reading = read(SOURCE, path)
    assert (reading.read, reading.loaded, reading.merged, len(reading.rejected)) == (3925, 3425, 0, 500)
    assert sum(c.type == "Instrument" for c in reading.claims) == 3425
    begun = {c.key[0] for c in reading.claims if c.type == "Event" and c.key[1] == "in_force"}
    ended = {c.key[0] for c in reading.claims if c.type == "Event" and c.key[1] == "terminated"}
    assert len(begun - ended) == 2221
