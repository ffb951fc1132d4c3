"""Names and codes of states to one id, by date.

Expected ids are ISO 3166-1 alpha-3 (ISO 3166-3 for former states). Code ranges: Correlates of War, State System Membership v2016
(255 Germany, 260 German Federal Republic, 265 German Democratic Republic, 345 Yugoslavia/Serbia, 365 Russia/Soviet Union);
the Soviet Union existed from 30 December 1922 to 26 December 1991.
"""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.dates import since, until
from graph_loader.errors import DataError
from graph_loader.identity import Identity, UnknownStateError, default_identity, fold
from graph_loader.resources import data_folder
from graph_loader.schema import valid_id

IDENTITY = default_identity()


def _table(name: str) -> list[dict[str, str]]:
    with (data_folder() / "reference" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


NAMES, CODES, STATES = _table("state_names.csv"), _table("state_codes.csv"), _table("states.csv")
# Names that mean two states at one time, and must be refused rather than guessed.
AMBIGUOUS = {"congo", "korea", "vietnam", "viet nam"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FRA", "FRA"), ("fra", "FRA"), ("France", "FRA"), ("FRANCE", "FRA"), ("  france ", "FRA"), ("French Republic", "FRA"),
        ("Germany", "DEU"), ("West Germany", "DEU"), ("East Germany", "DDR"), ("GDR", "DDR"), ("Burma", "MMR"), ("Myanmar", "MMR"),
        ("Ivory Coast", "CIV"), ("Côte d'Ivoire", "CIV"), ("Cote d’Ivoire", "CIV"), ("COTE D IVOIRE", "CIV"),
        ("Türkiye", "TUR"), ("Turkiye", "TUR"), ("Turkey", "TUR"), ("Soviet Union", "SUN"), ("USSR", "SUN"), ("U.S.S.R.", "SUN"),
        ("United States", "USA"), ("U.S.A.", "USA"), ("UK", "GBR"), ("Holy See", "VAT"), ("Swaziland", "SWZ"), ("Eswatini", "SWZ"),
        ("Czechoslovakia", "CSK"), ("Zaire", "COD"), ("Ceylon", "LKA"), ("South Korea", "KOR"), ("Republic of Korea", "KOR"),
    ],
)  # fmt: skip
def test_known_names(text: str, expected: str) -> None:
    assert IDENTITY.resolve(text) == expected


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Russia", "1914-07-28", "RUS"), ("Russia", "1970-01-01", "SUN"), ("Russia", "1991-12-25", "SUN"), ("Russia", "1991-12-26", "RUS"),
        ("Yugoslavia", "1914-07-28", "SRB"), ("Yugoslavia", "1970-01-01", "YUG"), ("Yugoslavia", "1999-03-24", "SCG"),
        ("Serbia", "1914-07-28", "SRB"), ("Serbia", "2020-01-01", "SRB"),
        ("Republic of China", "1945-10-24", "CHN"), ("Republic of China", "1970-01-01", "TWN"),
        ("Korea", "1905-11-17", "KRE"), ("Germany", "1939-09-01", "DEU"), ("Germany", "1970-01-01", "DEU"),
        ("Germany", "2020-01-01", "DEU"),
        ("Vietnam", "2020-01-01", "VNM"),
    ],
)  # fmt: skip
def test_dated_names(name: str, day: str, expected: str) -> None:
    assert IDENTITY.resolve(name, day) == expected


@pytest.mark.parametrize(
    ("name", "day", "candidates"),
    [
        ("Korea", None, ("KOR (South Korea)", "PRK (North Korea)")), ("Korea", "1960-01-01", ("KOR", "PRK")),
        ("Congo", None, ("COD", "COG")), ("Congo", "2020-01-01", ("COD", "COG")), ("Vietnam", "1970-01-01", ("RVN", "VNM")),
        ("Russia", None, ("RUS", "SUN")), ("Yugoslavia", None, ("SCG", "SRB", "YUG")),
    ],
)  # fmt: skip
def test_ambiguous_names_are_errors_that_list_the_candidates(name: str, day: str | None, candidates: tuple[str, ...]) -> None:
    with pytest.raises(UnknownStateError, match="ambiguous") as caught:
        IDENTITY.resolve(name, day)
    message = str(caught.value)
    assert all(candidate in message for candidate in candidates)
    assert message.endswith("give the id")
    assert ("on " + day in message) if day else (" on " not in message)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Germny", "DEU (Germany)"), ("Frnce", "FRA (France)"), ("Untied States", "USA"), ("Itlay", "ITA (Italy)"),
        ("Portugl", "PRT (Portugal)")],
)
def test_unknown_names_are_errors_with_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(UnknownStateError, match=f"unknown state '{text}'; nearest: ") as caught:
        IDENTITY.resolve(text)
    assert nearest in str(caught.value)


@pytest.mark.parametrize("text", ["", "zzzzqq", "European Union", "?"])
def test_unknown_names_without_any_near_one_say_what_to_write(text: str) -> None:
    with pytest.raises(UnknownStateError) as caught:
        IDENTITY.resolve(text)
    assert f"unknown state '{text}'" in str(caught.value)
    assert isinstance(caught.value, DataError)


def test_a_name_outside_its_time_is_an_error_that_says_when_it_held() -> None:
    with pytest.raises(UnknownStateError, match=r"'Serbia' names no state on 1970-01-01 .*1918-12-01.*give the id"):
        IDENTITY.resolve("Serbia", "1970-01-01")


@pytest.mark.parametrize(
    ("scheme", "code", "day", "expected"),
    [
        ("cow", "255", "1939-09-01", "DEU"), ("cow", "255", "2000-01-01", "DEU"), ("cow", "260", "1970-01-01", "DEU"),
        ("cow", "265", "1970-01-01", "DDR"), ("cow", "365", "1914-07-28", "RUS"), ("cow", "365", "1970-01-01", "SUN"),
        ("cow", "365", "1995-01-01", "RUS"), ("cow", "345", "1914-07-28", "SRB"), ("cow", "345", "1970-01-01", "YUG"),
        ("cow", "345", "1999-01-01", "SCG"), ("cow", "345", "2010-01-01", "SRB"), ("cow", "2", None, "USA"), ("cow", " 2 ", None, "USA"),
        ("cowc", "gmy", "1939-09-01", "DEU"), ("iso2", "de", None, "DEU"), ("iso3", "FRA", None, "FRA"), ("gw", "365", "1970-01-01", "SUN"),
        ("iso3n", "278", None, "DDR"),
    ],
)  # fmt: skip
def test_codes_by_date(scheme: str, code: str, day: str | None, expected: str) -> None:
    assert IDENTITY.resolve_code(scheme, code, day) == expected


def test_codes_that_need_a_date_or_do_not_exist_are_errors() -> None:
    with pytest.raises(UnknownStateError, match=r"cow code '365' is ambiguous: RUS, SUN; give a date"):
        IDENTITY.resolve_code("cow", "365")
    with pytest.raises(UnknownStateError, match="unknown cow code '260' on 2010-01-01"):
        IDENTITY.resolve_code("cow", "260", "2010-01-01")
    with pytest.raises(UnknownStateError, match="unknown cow code '99999'"):
        IDENTITY.resolve_code("cow", "99999")
    with pytest.raises(UnknownStateError, match="unknown nosuch code '2'"):
        IDENTITY.resolve_code("nosuch", "2")


# -- the tables themselves ---------------------------------------------------------------------------------------------


@given(st.sampled_from([row["id"] for row in STATES]))
def test_every_id_resolves_to_itself_at_any_date(state: str) -> None:
    assert valid_id(state)
    for text in (state, state.lower()):
        assert IDENTITY.resolve(text) == IDENTITY.resolve(text, "1850-01-01") == IDENTITY.resolve(text, "2026-01-01") == state


@given(st.sampled_from(STATES), st.sampled_from([str.upper, str.lower, str.title, lambda s: f" {s}  ", fold]))
def test_every_ordinary_name_resolves_to_its_state_or_is_dated(row: dict[str, str], change: object) -> None:
    """Ordinary names that also meant another state (Russia, Serbia, Vietnam, Yugoslavia) need a date; no other one does."""
    assert callable(change)
    name = change(row["name"])
    if row["name"] in ("Russia", "Serbia", "Vietnam", "Yugoslavia"):
        with pytest.raises(UnknownStateError, match="ambiguous"):
            IDENTITY.resolve(name)
    else:
        assert IDENTITY.resolve(name) == row["id"]


@given(st.sampled_from(NAMES))
def test_every_name_of_the_table_resolves_in_its_time_or_is_ambiguous_by_design(row: dict[str, str]) -> None:
    first, end = since(row["since"]).stored, until(row["until"]).stored
    day = first if row["since"] else "2026-01-01" if end > "2026-01-01" else "1900-01-01"
    if fold(row["name"]) in AMBIGUOUS and day >= "1945-08-15":
        candidates = {r["state"] for r in NAMES if r["name"] == row["name"]}
        try:
            assert IDENTITY.resolve(row["name"], day) in candidates
        except UnknownStateError as error:
            assert "ambiguous" in str(error)
    else:
        assert IDENTITY.resolve(row["name"], day) == row["state"]


@given(st.sampled_from(CODES))
def test_every_code_of_the_table_resolves_in_its_time(row: dict[str, str]) -> None:
    first, end = since(row["since"]).stored, until(row["until"]).stored
    day = first if row["since"] else "2026-01-01" if end > "2026-01-01" else "1900-01-01"
    assert IDENTITY.resolve_code(row["scheme"], row["code"], day) == row["state"]


def test_tables_name_known_states_and_their_intervals_are_whole() -> None:
    known = {row["id"] for row in STATES}
    assert len(known) == len(STATES) >= 200
    for row in NAMES + CODES:
        assert row["state"] in known, row
        assert since(row["since"]).stored < until(row["until"]).stored, row


def test_no_code_means_two_states_on_one_day() -> None:
    for row in CODES:
        day = since(row["since"]).stored
        assert IDENTITY.resolve_code(row["scheme"], row["code"], day) == row["state"]


# -- folding -----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=30))
def test_folding_is_idempotent_and_leaves_only_words(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


@given(st.text(max_size=30))
def test_any_text_is_an_id_or_an_error_that_repeats_it(text: str) -> None:
    try:
        assert IDENTITY.resolve(text) in IDENTITY.states
    except UnknownStateError as error:
        assert f"'{text}'" in str(error)


def test_a_users_own_tables_are_read_the_same_way(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "states.csv").write_text("id,name\nAAA,Arcadia\nBBB,Boeotia\n", encoding="utf-8")
    (tmp_path / "state_names.csv").write_text(
        "name,state,since,until\nPeloponnese,AAA,,1900\nPeloponnese,BBB,1901-01-01,\n", encoding="utf-8"
    )
    (tmp_path / "state_codes.csv").write_text("scheme,code,state,since,until\ncow,1,AAA,,1900\ncow,1,BBB,1901-01-01,\n", encoding="utf-8")
    identity = Identity(tmp_path)
    assert identity.resolve("arcadia") == "AAA"
    assert identity.resolve("Peloponnese", "1900-12-31") == identity.resolve_code("cow", "1", "1900-12-31") == "AAA"
    assert identity.resolve("Peloponnese", "1901-01-01") == identity.resolve_code("cow", "1", "1901-01-01") == "BBB"


@pytest.mark.parametrize(("text", "known"), [
    ("FRA", True), ("Côte d'Ivoire", True), ("Egypt, Arab Rep.", True), ("Egypt, Arab Rep., Syria", False), ("Atlantis", False),
    ("", False),
])  # fmt: skip
def test_knows_says_whether_anything_ever_went_by_the_name(text: str, known: bool) -> None:
    assert IDENTITY.knows(text) is known
