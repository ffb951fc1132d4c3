"""The queries behind the forty questions, each with rows that a publication prints. The publication stands beside the value."""

from __future__ import annotations

from typing import Any

import pytest

from graph_loader.catalogue import catalogue
from graph_loader.identity import default_identity
from graph_loader.stores.base import Store
from graph_loader.stores.base import query as run

LIBRARY = catalogue()
TODAY = "2026-11-22"


def rows(store: Store, id_: str, as_of: str = TODAY, **given: str) -> list[dict[str, Any]]:
    query = LIBRARY[id_]
    with store.reading() as reader:
        return run(reader, store, query.text, query.bind(given, as_of, default_identity())).dicts()


# -- membership --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bloc", "as_of", "count"),
    [
        # Southeast Asia Collective Defense Treaty, Manila, 8 September 1954: eight signatories; Pakistan left on 8 November 1973.
        ("SEATO", "1960-01-01", 8), ("SEATO", "1974-01-01", 7), ("SEATO", "1977-06-30", 0),
        # odkb-csto.org, From the Treaty to the Organization: nine parties from 20 April 1994, six after 1999; Uzbekistan 2006-2012.
        ("CSTO", "1998-12-31", 9), ("CSTO", "2005-12-31", 6), ("CSTO", "2010-12-31", 7), ("CSTO", "2015-12-31", 6), ("CSTO", TODAY, 6),
        # WTO news: Tonga the 151st member (27 July 2007), Cambodia the 148th (13 October 2004), Timor-Leste the 166th (30 August 2024).
        ("WTO", "2007-07-27", 151), ("WTO", "2004-10-13", 148), ("WTO", "2024-08-30", 166),
        # CPTPP: in force for six on 30 December 2018, Viet Nam the seventh on 14 January 2019, the United Kingdom the twelfth (2024).
        ("CPTPP", "2018-12-30", 6), ("CPTPP", "2019-01-14", 7), ("CPTPP", "2024-12-15", 12),
        # United Nations: South Sudan the 193rd on 14 July 2011. Former members (Czechoslovakia, Yugoslavia ...) are not recorded.
        ("UN", "2011-07-13", 192), ("UN", "2011-07-14", 193), ("UN", TODAY, 193),
        # Eurostat / Commission: 29 states are in the Schengen area since 31 March 2024.
        ("SCHENGEN", "2024-04-01", 29),
        # Eurasian Economic Union, 2015: three on 1 January, Armenia on 2 January, Kyrgyzstan the fifth (August).
        ("EAEU", "2015-01-01", 3), ("EAEU", "2015-12-31", 5),
    ],
)  # fmt: skip
def test_members_by_number(loaded_embedded: Store, bloc: str, as_of: str, count: int) -> None:
    found = [row for row in rows(loaded_embedded, "membership/members", as_of, bloc=bloc) if row["role"] == "full"]
    assert len(found) == count


def test_a_frozen_member_has_not_left(loaded_embedded: Store) -> None:
    # Prime Minister Pashinyan, 22 February 2024: participation in the CSTO is frozen. No notice of withdrawal was given.
    history = [r for r in rows(loaded_embedded, "membership/history", bloc="CSTO") if r["state"] == "ARM"]
    assert [(r["suspended"], r["since"], r["in_force"]) for r in history] == [(False, "1994-04-20", False), (True, "2024-03-01", True)]
    assert ("ARM", "left") not in {(r["state"], r["then"]) for r in rows(loaded_embedded, "membership/left", bloc="CSTO")}


def test_leaving_and_the_end_of_a_bloc_are_told_apart(loaded_embedded: Store) -> None:
    left = {r["state"]: (r["until"], r["then"]) for r in rows(loaded_embedded, "membership/left", bloc="WARSAW-PACT")}
    # Albania's law of 13 September 1968; the Protocol of Prague, 1 July 1991.
    assert left["ALB"] == ("1968-09-13", "left")
    assert left["POL"] == ("1991-07-01", "the bloc ended")


def test_the_blocs_of_a_state(loaded_embedded: Store) -> None:
    found = {r["bloc"]: r["since"] for r in rows(loaded_embedded, "membership/of-state", state="TUR")}
    # NATO, member countries: Türkiye 18 February 1952. MIKTA: founded in 2013 by Mexico, Indonesia, Korea, Türkiye and Australia.
    assert found["NATO"] == "1952-02-18"
    assert "MIKTA" in found and "EU" not in found


def test_who_is_named_a_middle_power(loaded_embedded: Store) -> None:
    found = {r["state"]: r["named_by"] for r in rows(loaded_embedded, "membership/named-by", word="power")}
    # Kupchan (Eurasia Group), Foreign Policy, June 2023: Brazil, India, Indonesia, Saudi Arabia, South Africa, Türkiye.
    assert {"BRA", "IND", "IDN", "SAU", "ZAF", "TUR"} <= set(found)
    # Lowy Institute, Asia Power Index 2025: India is a major power and no middle power.
    assert not any("Lowy" in name for name in found["IND"])


# -- obligations -------------------------------------------------------------------------------------------------------


def test_which_blocs_carry_a_duty_to_defend(loaded_embedded: Store) -> None:
    duty = {r["bloc"]: r["duty"] for r in rows(loaded_embedded, "obligations/bloc-duties") if r["instrument"] != "treaty-on-european-union"}
    # North Atlantic Treaty, article 5; Warsaw Treaty, article 4; Collective Security Treaty of 15 May 1992, article 4.
    assert duty["NATO"] == duty["WARSAW-PACT"] == duty["CSTO"] == "mutual defence"
    # Five Power Defence Arrangements, communique of 16 April 1971: the governments would consult.
    assert duty["FPDA"] == "consultation only"
    assert duty["AUKUS"] == "none" and duty["QUAD"] == "not recorded"


def test_the_axis_was_offensive_from_the_pact_of_steel(loaded_embedded: Store) -> None:
    found = {(r["a"], r["b"], r["instrument"]): r for r in rows(loaded_embedded, "obligations/offensive", "1940-12-31")}
    # ATOP 5.1: ddyad 255325 in 1939 has defense 1 and offense 1; ddyad 255740 (Germany-Japan) in 1940 defense 1 and offense 0.
    assert found["DEU", "ITA", "pact-of-steel-1939"]["since"] == "1939-05-22"
    assert not [k for k, r in found.items() if "JPN" in k[:2] and r["in_force"]]


@pytest.mark.parametrize(
    ("state", "as_of", "defenders"),
    [
        # Treaty of 2 December 1954, in force 3 March 1955 (taiwandocuments.org), terminated effective 1 January 1980.
        ("TWN", "1979-12-31", {"USA"}), ("TWN", "1980-01-01", set()),
        ("ISR", TODAY, set()),
        # Treaty of Friendship of 11 July 1961, in force 10 September 1961; treaty of 19 June 2024, in force 4 December 2024 (Interfax).
        ("PRK", "2024-12-03", {"CHN"}), ("PRK", "2024-12-04", {"CHN", "RUS"}),
        # Shusha Declaration, 15 June 2021.
        ("AZE", "2022-12-31", {"TUR"}),
    ],
)  # fmt: skip
def test_who_must_defend(loaded_embedded: Store, state: str, as_of: str, defenders: set[str]) -> None:
    assert {r["defender"] for r in rows(loaded_embedded, "obligations/defenders", as_of, state=state)} == defenders


def test_bases_and_their_end(loaded_embedded: Store) -> None:
    hosts = {r["host"]: r["status"] for r in rows(loaded_embedded, "basing/hosts", state="CHN")}
    assert hosts == {"DJI": "in force"}  # opened on 1 August 2017 (Xinhua)
    left = {r["host"]: r["until"] for r in rows(loaded_embedded, "basing/left", state="FRA")}
    # The last French soldiers left Niger on 22 December 2023 (Xinhua), Mali on 15 August 2022 (Associated Press).
    assert left["NER"] in ("2023-12-22", "2023-12-23") and left["MLI"] in ("2022-08-15", "2022-08-16")


# -- partnerships ------------------------------------------------------------------------------------------------------


def test_vietnams_comprehensive_partners(loaded_embedded: Store) -> None:
    found = rows(loaded_embedded, "partnership/of-state", "2025-08-22", party="VNM")
    # Deputy Foreign Minister, 22 August 2025 (VOV): thirteen comprehensive strategic partners.
    assert sum(r["in_force"] and "comprehensive" in r["label"] for r in found) == 13
    assert not any(r["binding"] for r in found)


def test_labels_and_what_stands_behind_them(loaded_embedded: Store) -> None:
    found = {(r["a"], r["b"]): r for r in rows(loaded_embedded, "typology/label-and-substance", party="IND")}
    # LEMOA 2016, COMCASA 2018, BECA 2020 and the agreement of 2002 bind India and the United States; none obliges to defend.
    usa = found["IND", "USA"]
    assert usa["binding"] >= 4 and not usa["defence_duty"]
    assert all(not r["defence_duty"] for r in found.values())


def test_all_that_ties_a_pair(loaded_embedded: Store) -> None:
    found = {(r["domain"], r["instrument"]): r for r in rows(loaded_embedded, "partnership/pair", a="USA", b="JPN")}
    assert found["DEFENCE", "us-japan-1960"]["obliged"] == "USA"
    # Agreement on trade of 7 October 2019, in force 1 January 2020.
    assert ("TRADE", "2020-01-01") in {(r["domain"], r["since"]) for r in found.values()}


def test_all_that_ties_a_state(loaded_embedded: Store) -> None:
    found = rows(loaded_embedded, "partnership/ties-of", "1950-12-31", party="ISL", domain="DEFENCE")
    # nato.int, NATO member countries: Iceland and eleven other founders; the agreement with the United States is of 5 May 1951.
    assert {r["other"] for r in found} - {"NATO"} == {"BEL", "CAN", "DNK", "FRA", "GBR", "ITA", "LUX", "NLD", "NOR", "PRT", "USA"}
    assert {r["domain"] for r in rows(loaded_embedded, "partnership/ties-of", party="ISL")} > {"DEFENCE"}


def test_organisations_with_organisations(loaded_embedded: Store) -> None:
    found = {r["instrument"]: (r["parties"], r["date"]) for r in rows(loaded_embedded, "partnership/between-organisations")}
    # NATO, joint declaration of Warsaw, 8 July 2016; Council of the EU, EU-ASEAN strategic partnership, 1 December 2020.
    assert found["nato-eu-declaration-2016"] == (["EU", "NATO"], "2016-07-08")
    assert found["eu-asean-strategic-2020"] == (["ASEAN", "EU"], "2020-12-01")


def test_public_private_partnerships(loaded_embedded: Store) -> None:
    found = {r["instrument"]: r for r in rows(loaded_embedded, "partnership/with-actors")}
    # Gavi: COVAX came to an end on 31 December 2023.
    assert (found["covax-2020"]["last_event"], found["covax-2020"]["date"]) == ("terminated", "2024-01-01")
    assert {"GAVI", "WHO"} <= set(found["covax-2020"]["actors"])


# -- instruments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instrument", "as_of", "status"),
    [
        # Council of the EU: EU-Japan is in force since 1 February 2019; CETA is applied provisionally since 21 September 2017.
        ("eu-japan-epa", "2019-01-31", "signed"), ("eu-japan-epa", "2019-02-01", "in force"),
        ("ceta", TODAY, "provisionally applied"),
        # USTR, 30 January 2017: the United States does not intend to become a party to the TPP.
        ("trans-pacific-partnership", "2016-12-31", "signed"), ("trans-pacific-partnership", TODAY, "failed"),
        # The review of 1 July 2026 changes nothing about the USMCA being in force since 1 July 2020.
        ("usmca", TODAY, "in force"),
    ],
)  # fmt: skip
def test_status_at_a_date(loaded_embedded: Store, instrument: str, as_of: str, status: str) -> None:
    found = {r["instrument"]: r["status"] for r in rows(loaded_embedded, "instrument/status", as_of)}
    assert found[instrument] == status


def test_what_ended_and_what_resumed(loaded_embedded: Store) -> None:
    found = {(r["instrument"], r["what"], r["date"]): r["resumed"] for r in rows(loaded_embedded, "instrument/ended")}
    # Gazprom, 1 January 2025: the transit agreements have expired. NATO Foreign Ministers, 1 April 2014: cooperation is suspended.
    assert ("gazprom-naftogaz-transit-2019", "expired", "2025-01-01") in found
    assert found["nato-russia-founding-act-1997", "suspended", "2014-04-01"] is None
    assert any(resumed for (i, what, _), resumed in found.items() if i == "nato-russia-council-2002" and what == "suspended")


def test_instruments_of_a_party(loaded_embedded: Store) -> None:
    found = {r["instrument"]: r for r in rows(loaded_embedded, "instrument/of-party", party="EU", domain="MIGRATION")}
    # European Commission, readmission agreements: Albania in force 1 May 2006, Russia 1 June 2007.
    assert found["eu-readmission-albania"]["date"] == "2006-05-01"
    assert found["eu-readmission-russia"]["date"] == "2007-06-01"


def test_the_grid_gives_a_reason_for_every_placement(loaded_embedded: Store) -> None:
    found = rows(loaded_embedded, "typology/grid")
    assert all(r["reason"] for r in found)
    placed = {r["instrument"]: r["scope"] for r in found}
    # Flockhart: minilateral, the smallest number with the largest effect; maxilateral, between collective entities.
    assert placed["aukus-statement-2021"] == "minilateral" and placed["nato-eu-declaration-2016"] == "maxilateral"


# -- dependence --------------------------------------------------------------------------------------------------------


def test_suppliers_of_an_importer(loaded_embedded: Store) -> None:
    found = {(r["to_year"], r["supplier"]): r for r in rows(loaded_embedded, "dependency/suppliers", importer="DEU", good="natural-gas")}
    # Bundesnetzagentur: Russia 52 % of German gas imports in 2021, 22 % in 2022.
    assert (found[2021, "RUS"]["share"], found[2022, "RUS"]["share"]) == (0.52, 0.22)


def test_who_depends_on_a_supplier(loaded_embedded: Store) -> None:
    arms = rows(loaded_embedded, "dependency/depends-on", supplier="CHN", good="major-arms")
    found = {(r["importer"], r["to_year"]): r["share"] for r in arms}
    # SIPRI, Trends in international arms transfers 2024: China 81 % of Pakistan's imports in 2020-24.
    assert found["PAK", 2024] == 0.81


@pytest.mark.parametrize(
    ("good", "leader", "share"),
    [
        # USGS, Mineral Commodity Summaries 2026: rare earths, China 270,000 of 390,000 tonnes in 2025; cobalt, Congo 230,000 of 310,000.
        ("rare-earths", "CHN", 270_000 / 390_000), ("cobalt", "COD", 230_000 / 310_000),
    ],
)  # fmt: skip
def test_world_output(loaded_embedded: Store, good: str, leader: str, share: float) -> None:
    (row,) = [r for r in rows(loaded_embedded, "dependency/world-output", good=good) if r["stage"] == "mined"]
    assert row["top_producer"] == leader
    assert row["top_share"] == pytest.approx(share, abs=1e-5)
    assert row["hhi_lo"] <= row["hhi_hi"] <= 1


# -- sanctions, indicators, leaning ------------------------------------------------------------------------------------


def test_sanctions_in_force_and_lifted(loaded_embedded: Store) -> None:
    def senders(as_of: str, target: str) -> set[tuple[str, str]]:
        found = rows(loaded_embedded, "sanctions/in-force", as_of, target=target)
        return {(r["sender"], r["kind"]) for r in found if r["status"] == "in force"}

    # Council of the EU, 28 May 2025: economic sanctions on Syria are lifted. Executive Order of 30 June 2025 (House Document 119-68).
    assert {("EU", "trade"), ("USA", "trade")} <= senders("2025-05-27", "SYR")
    assert ("EU", "trade") not in senders("2025-05-28", "SYR") and ("USA", "trade") not in senders("2025-07-01", "SYR")
    # Council Decision 2014/145/CFSP of 17 March 2014.
    assert ("EU", "travel") in senders("2014-03-17", "RUS") and ("EU", "travel") not in senders("2014-03-16", "RUS")


def test_defence_expenditure(loaded_embedded: Store) -> None:
    ranking = rows(loaded_embedded, "indicator/ranking", indicator="defence-expenditure-share-of-gdp", year="2014", at_least="2")
    # NATO, Defence Expenditure of NATO Countries (2014-2024): three allies met 2 % in 2014: the United States, Greece, the United Kingdom.
    assert {r["state"] for r in ranking} == {"USA", "GRC", "GBR"}
    series = rows(loaded_embedded, "indicator/series", state="USA", indicator="defence-expenditure-share-of-gdp")
    assert round({r["year"]: r["value"] for r in series}[2014], 2) == 3.71  # the same table


def test_how_middle_powers_lean(loaded_embedded: Store) -> None:
    found = {(r["state"], r["domain"], r["pole"]): r["instruments"] for r in rows(loaded_embedded, "alignment/lean", bloc="MIKTA")}
    # Mutual Defense Treaty of 1953; KORUS (15 March 2012); China-Australia FTA (20 December 2015).
    assert found["KOR", "DEFENCE", "USA"] >= 1 and found["KOR", "TRADE", "USA"] >= 1 and found["AUS", "TRADE", "CHN"] >= 1
    assert ("TUR", "DEFENCE", "CHN") not in found
