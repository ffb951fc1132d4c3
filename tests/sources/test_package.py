"""A folder in pactgraph's own layout, read into claims: what a user's own dataset can look like, and whose word each claim is.

What is refused is in tests/acceptance/test_bad_input.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import small_package

from graph_loader.claims import Claim
from graph_loader.errors import DataError
from graph_loader.identity import default_identity
from graph_loader.resources import data_folder
from graph_loader.schema import fact_id
from graph_loader.sources.base import Reading, available
from graph_loader.sources.package import PackageSource

BLOC = {"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1950", "until": ".."}


def _read(folder: Path, known: frozenset[str] = frozenset()) -> Reading:
    return PackageSource(folder).read(None, default_identity(), known)


def _facts(claims: list[Claim]) -> dict[str, dict[str, Any]]:
    """What was said, by fact id; each fact has one claim here."""
    found = {fact_id(c.type, c.key, c.spell): dict(c.values) for c in claims}
    assert len(found) == len(claims)
    return found


def test_a_row_is_a_claim_of_the_dataset(tmp_path: Path) -> None:
    folder = small_package(tmp_path, {
        "blocs": [BLOC, {"id": "STAFF", "name": "Staff", "kind": "organisation", "since": "", "until": "..", "part_of": "PACT"}],
        "memberships": [{"state": "FRA", "bloc": "PACT", "since": "1950-01", "until": "1966-07-01", "role": "full", "suspended": False}],
        "goods": [{"id": "gas", "name": "Gas", "stage": "product", "hs": "2711.21"}],
        "flows": [{"importer": "PACT", "supplier": "RUS", "good": "gas", "stage": "product", "basis": "energy", "from_year": 2021,
            "to_year": 2022,
                   "share": "0.45", "named_largest": True, "scope": "pipeline, LNG"}],
        "succession": [{"predecessor": "SUN", "successor": "RUS", "date": "1991-12-26", "kind": "continuator"}],
    }, id="mine", covers_until="2022", precedence=7)  # fmt: skip
    reading = _read(folder)
    assert (reading.info.id, reading.info.covers_until, reading.info.precedence, reading.info.dataset) == ("mine", "2022", 7, "mine")
    assert {(c.source, c.dataset) for c in reading.claims} == {("mine", "mine")}
    assert (reading.read, reading.rejected, reading.documents) == (6, [], [])
    assert _facts(reading.claims) == {
        "PACT": {"name": "Pact", "kind": "alliance", "since_edtf": "1950", "until_edtf": ".."},
        "STAFF": {"name": "Staff", "kind": "organisation", "until_edtf": ".."},
        "part|STAFF|PACT": {},
        "member|FRA|PACT|1": {"role": "full", "suspended": False, "since_edtf": "1950-01", "until_edtf": "1966-07-01"},
        "gas": {"name": "Gas", "stage": "product", "hs": "2711.21"},
        "flow|PACT|RUS|gas|product|energy|2021-2022": {"share": 0.45, "named_largest": True, "scope": "pipeline, LNG"},
        "successor|SUN|RUS": {"kind": "continuator", "since_edtf": "1991-12-26", "until_edtf": ".."},
    }


def test_an_empty_cell_says_nothing_and_an_empty_list_says_none(tmp_path: Path) -> None:
    folder = small_package(tmp_path, {
        "blocs": [BLOC],
        "memberships": [{"state": "FRA", "bloc": "PACT", "role": "", "suspended": "", "since": "", "until": ""}],
        "instruments": [{"id": "treaty", "title": "T", "form": "treaty", "type": "alliance", "binding": True, "derives": "none"}],
        "ties": [{"start": "USA", "end": "FRA", "domain": "DEFENCE", "kind": "alliance", "since": "1950", "until": ".."}],
    })  # fmt: skip
    found = _facts(_read(folder).claims)
    assert found["member|FRA|PACT|1"] == {}
    assert (found["treaty"]["obligations"], found["treaty"]["domains"]) == ([], [])
    assert found["tie|FRA|USA|DEFENCE|alliance|1"] == {"since_edtf": "1950", "until_edtf": ".."}  # without a column for obligations


def test_names_of_states_are_read_at_the_date_of_their_row(tmp_path: Path) -> None:
    folder = small_package(tmp_path, {
        "blocs": [BLOC],
        "memberships": [
            {"state": "Russia", "bloc": "PACT", "since": "1970", "until": "1991-12-26"},
            {"state": "Russia", "bloc": "PACT", "since": "1995", "until": ".."},
            {"state": "west germany", "bloc": "PACT", "since": "1955-05-06", "until": ".."},
            {"state": "Côte d'Ivoire", "bloc": "PACT", "since": "1961", "until": ""},
        ],
        "goods": [{"id": "gas", "name": "Gas"}],
        "flows": [{"importer": "Germany", "supplier": "Russia", "good": "gas", "stage": "product", "basis": "energy", "from_year": y,
            "to_year": y, "share": 0.3}
                  for y in (1985, 2020)],
    })  # fmt: skip
    keys = {c.key[:2] for c in _read(folder).claims if c.type in ("MEMBER_OF", "DEPENDS_ON")}
    assert keys == {("SUN", "PACT"), ("RUS", "PACT"), ("DEU", "PACT"), ("CIV", "PACT"), ("DEU", "SUN"), ("DEU", "RUS")}


def test_spells_without_a_number_are_counted_in_the_order_of_rows(tmp_path: Path) -> None:
    rows = [{"state": s, "bloc": "PACT", "since": y, "until": u} for s, y,
        u in (("FRA", "1950", "1966"), ("GRC", "1952", ".."), ("FRA", "2009", ".."))]
    found = _facts(_read(small_package(tmp_path, {"blocs": [BLOC], "memberships": rows})).claims)
    assert {"member|FRA|PACT|1", "member|FRA|PACT|2", "member|GRC|PACT|1"} <= found.keys()
    assert found["member|FRA|PACT|2"]["since_edtf"] == "2009"


def test_mutual_ties_are_kept_from_the_smaller_id_and_one_sided_ones_as_given(tmp_path: Path) -> None:
    tie = {"start": "USA", "end": "CUB", "domain": "SANCTIONS", "since": "1962", "until": ".."}
    folder = small_package(tmp_path, {"ties": [tie | {"kind": "cooperation", "mutual": False}, tie | {"kind": "trade", "mutual": True}]})
    assert _facts(_read(folder).claims).keys() == {"tie|USA|CUB|SANCTIONS|cooperation|1", "tie|CUB|USA|SANCTIONS|trade|1"}


@pytest.mark.parametrize(
    "data",
    [
        "bloc,state,until,since\nPACT,FRA,..,1950\n",  # another order of columns
        "state,bloc,since,until\r\nFRA,PACT,1950,..\r\n",  # Windows
        "\ufeffstate,bloc,since,until\nFRA,PACT,1950,..\n",  # as Excel saves it
        'state,bloc,since,until\n"FRA" ,"PACT", 1950 ,..\n'.replace('" ,', '",'),  # quoted, spaces around
        "state,bloc,since,until\n\nFRA,PACT,1950,..\n\n\n",  # empty lines
        "state,bloc,since,until\nFRA,PACT,1950,..",  # no last line end
    ],
)
def test_ordinary_variants_of_csv_read_the_same(tmp_path: Path, data: str) -> None:
    found = _facts(_read(small_package(tmp_path, {"blocs": [BLOC], "memberships": data})).claims)
    assert found["member|FRA|PACT|1"] == {"since_edtf": "1950", "until_edtf": ".."}


def test_rows_are_named_by_their_line_in_the_file(tmp_path: Path) -> None:
    data = 'id,name,kind,since,until\nPACT,"A name\nof two lines",alliance,1950,..\n\nOTHER,Other,alliance,soon,..\n'
    with pytest.raises(DataError, match=r"^blocs\.csv, row 5, column since: 'soon' is not a date"):
        _read(small_package(tmp_path, {"blocs": data}))


def test_a_dataset_may_name_blocs_that_the_store_describes(tmp_path: Path) -> None:
    folder = small_package(tmp_path, {"parties": [{"party": "PACT", "instrument": "treaty", "since": "1950", "until": ".."}]})
    with pytest.raises(DataError, match="unknown state, bloc or actor 'PACT'"):
        _read(folder)
    assert _facts(_read(folder, frozenset({"PACT"})).claims).keys() == {"party|PACT|treaty|1"}


def test_the_digest_follows_the_tables(tmp_path: Path) -> None:
    one, same, other = (
        PackageSource(small_package(tmp_path / name, {"blocs": [BLOC | change]}, **more)).digest(None)
        for name, change, more in (("one", {}, {}), ("same", {}, {}), ("other", {"since": "1951"}, {}))
    )
    assert len(one) == 64
    assert one == same
    assert one != other


# -- evidence ----------------------------------------------------------------------------------------------------------

DOCUMENTS = [{"id": i, "title": f"Document {i}", "publisher": "P", "licence": "not stated"} for i in ("one", "two")]
MEMBERSHIP = {"state": "FRA", "bloc": "PACT", "since": "1950-08-24", "until": "1966-07-01", "role": "full"}


def _claims(tmp_path: Path, evidence: list[dict[str, object]], fact: str = "member|FRA|PACT|1") -> dict[str, Claim]:
    """Claims on the membership (or another fact) by source."""
    instrument = {"id": "treaty", "title": "T", "form": "treaty", "type": "alliance", "domains": "DEFENCE", "binding": True,
                  "obligations": "defence;consultation", "derives": "none"}  # fmt: skip
    rows = [{"fact": fact, "seen": "2026-11-22"} | row for row in evidence]
    tables = {"blocs": [BLOC], "memberships": [MEMBERSHIP], "instruments": [instrument], "documents": DOCUMENTS, "evidence": rows}
    found = [c for c in _read(small_package(tmp_path, tables)).claims if fact_id(c.type, c.key, c.spell) == fact]
    assert {c.dataset for c in found} == {"mine"}
    return {c.source: c for c in found}


def test_what_a_document_confirms_is_its_claim_and_the_rest_the_datasets_own(tmp_path: Path) -> None:
    claims = _claims(tmp_path, [{"property": "since", "source": "one", "locator": "p. 3", "matched": "24 August 1950"}])
    assert claims.keys() == {"one", "mine"}
    assert dict(claims["one"].values) == {"since_edtf": "1950-08-24"}
    assert (claims["one"].locator, claims["one"].matched, claims["one"].seen) == ("p. 3", "24 August 1950", "2026-11-22")
    assert dict(claims["mine"].values) == {"role": "full", "until_edtf": "1966-07-01"}
    assert (claims["mine"].locator, claims["mine"].matched) == ("", "")


def test_where_documents_confirm_all_the_dataset_says_nothing_of_its_own(tmp_path: Path) -> None:
    claims = _claims(tmp_path, [
        {"property": "since;role", "source": "one", "matched": "joined 24 August 1950", "locator": "art. 1"},
        {"property": "until", "source": "two", "matched": "1 July 1966"},
        {"property": "since", "source": "one", "matched": "24.8.1950", "locator": "art. 9"},
    ])  # fmt: skip
    assert claims.keys() == {"one", "two"}
    assert dict(claims["one"].values) == {"since_edtf": "1950-08-24", "role": "full"}
    assert (claims["one"].locator, claims["one"].matched) == ("art. 1; art. 9", "joined 24 August 1950; 24.8.1950")
    assert dict(claims["two"].values) == {"until_edtf": "1966-07-01"}


def test_a_document_that_says_otherwise_keeps_its_word_and_the_dataset_its_choice(tmp_path: Path) -> None:
    claims = _claims(tmp_path, [
        {"property": "since", "source": "one", "matched": "4 April 1950", "value": "1950-04-04"},
        {"property": "since", "source": "two", "matched": "24 August"},
    ])  # fmt: skip
    assert claims["one"].values["since_edtf"] == "1950-04-04"
    assert claims["two"].values["since_edtf"] == "1950-08-24"
    assert claims["mine"].values["since_edtf"] == "1950-08-24"
    assert claims["mine"].order < min(claims["one"].order, claims["two"].order)


def test_values_of_several_properties_and_of_lists(tmp_path: Path) -> None:
    both = _claims(tmp_path / "a", [{"property": "since;until", "source": "one", "matched": "1951 to 1967", "value": "1951;1967"}])
    assert dict(both["one"].values) == {"since_edtf": "1951", "until_edtf": "1967"}
    first = _claims(tmp_path / "b", [{"property": "since;until", "source": "one", "matched": "1951", "value": "1951"}])
    assert dict(first["one"].values) == {"since_edtf": "1951", "until_edtf": "1966-07-01"}
    listed = _claims(tmp_path / "c", [{"property": "obligations", "source": "one", "matched": "art. 5", "value": "defence;offence"}],
        "treaty")
    assert listed["one"].values["obligations"] == ["defence", "offence"]


def test_evidence_of_the_fact_itself_is_a_claim_without_values(tmp_path: Path) -> None:
    claims = _claims(tmp_path, [{"property": "member", "source": "one", "matched": "France"}])
    assert dict(claims["one"].values) == {}
    assert claims["mine"].values["since_edtf"] == "1950-08-24"


# -- the bundled data --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["curated", "reference"])
def test_the_bundled_data_are_in_this_layout_and_read_without_a_problem(name: str) -> None:
    source = available()[name]
    reading = source.read(None, default_identity(), frozenset())
    assert reading.info.id == name == source.info().id
    assert reading.rejected == []
    assert reading.info.licence
    assert reading.info.citation
    assert {c.source for c in reading.claims} <= {name, *(d.id for d in reading.documents)}
    assert len({c.id for c in reading.claims}) == len(reading.claims)
    again = PackageSource(data_folder() / name).read(data_folder() / name, default_identity(), frozenset())
    assert again == reading
