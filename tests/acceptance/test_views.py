"""`pactgraph view show` and `pactgraph view dependency` on the bundled data, as a user calls them."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from inprocess import Run, run

from graph_loader import dossier, reliance
from graph_loader.schema import DOMAINS
from graph_loader.stores.base import Store

__all__ = ["run"]


def text_of(file: Path, section: str = "") -> str:
    """The text of the page, or of one section, without markup."""
    page = file.read_text(encoding="utf-8")
    if section:
        page = re.search(rf'<section id="{section}".*?</section>', page, re.S)[0]  # type: ignore[index]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_a_pair(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "pair.html"
    done = run("view", "show", "USA", "India", "-o", str(file), db=loaded_embedded).ok()
    assert re.match(rf"{re.escape(str(file))}: United States and India as of \d{{4}}-\d\d-\d\d; ties in force: \d+, ended: ", done.stdout)
    assert "Neither the United States nor India is bound by a treaty in the loaded data to defend the other." in text_of(file, "findings")
    assert "Quad" in text_of(file, "memberships")
    # LEMOA was signed on 29 August 2016 (US Department of Defense, joint statement of that day)
    assert re.search(r"Logistics Exchange Memorandum of Agreement \(LEMOA\).*?2016-08-29", text_of(file, "ties"))
    # BECA: India's Ministry of External Affairs and the US side print 27 October 2020, another document 26 October
    assert "2020-10-26" in text_of(file, "claims") and "2020-10-27" in text_of(file, "claims")


def test_a_measure_of_the_union_is_shown_to_its_member(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "pair.html"
    run("view", "show", "DEU", "RUS", "-o", str(file), "--as-of", "2024-01-01", db=loaded_embedded).ok()
    assert "by the European Union against Russia" in text_of(file, "findings")
    assert "European Union (Germany) – Russia" in text_of(file, "through")
    run("view", "show", "DEU", "RUS", "-o", str(file), "--as-of", "2010-01-01", db=loaded_embedded).ok()
    assert "No sanction and no dispute between the two" in text_of(file, "findings")


def test_a_state_at_a_date(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "state.html"
    run("view", "show", "GRC", "-o", str(file), "--as-of", "1975-01-01", db=loaded_embedded).ok()
    # fifteen parties to the North Atlantic Treaty on that day: fourteen others
    assert "Greece and 14 other states are bound to defend each other" in text_of(file, "findings")
    assert "European Union" not in text_of(file, "memberships")  # a member since 1981
    run("view", "show", "GRC", "-o", str(file), "--domain", "energy", "--as-of", "1975-01-01", db=loaded_embedded).ok()
    assert "domains: energy" in text_of(file) and "North Atlantic Treaty" not in text_of(file, "ties")


def test_a_strategic_partnership_is_no_alliance(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "india.html"
    run("view", "show", "IND", "-o", str(file), db=loaded_embedded).ok()
    assert "No state is bound by a treaty in the loaded data to defend India" in text_of(file, "findings")
    assert "None in force in the loaded data" in text_of(file, "obligations")


def test_dependency(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "gas.html"
    run("view", "dependency", "--good", "gas", "--compare", "2021", "-o", str(file), db=loaded_embedded).ok()
    assert "goods: " in text_of(file) and "compared with 2021" in text_of(file)
    assert "Natural gas" in text_of(file, "matrix") and "Major arms" not in text_of(file)
    assert "dependency/top-supplier" in text_of(file, "cypher")
    run("view", "dependency", "--good", "major-arms", "-o", str(file), "--as-of", "2025-06-30", db=loaded_embedded).ok()
    # SIPRI, Trends in international arms transfers 2024, table 2: Pakistan 2020-24 81 % from China; India 36 % from Russia
    page = file.read_text(encoding="utf-8")
    row = {m[1]: m[0] for m in re.finditer(r"<tr data-now.*?sticky\">(.*?)[ <].*?</tr>", page, re.S)}
    assert ">81%</td>" in row["Pakistan"] and "36%</td>" in row["India"]


def test_a_bloc_never_stands_among_states(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    with loaded_embedded.reading() as reader:
        found = reliance.reliance_of(reader, "2026-01-01")
    assert {row["importer"] for row in found.flows if row["is_bloc"]} == {"EU"}


def test_wrong_requests(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    file = str(tmp_path / "x.html")
    run("view", "show", "IND", "India", "-o", file, db=loaded_embedded).fails(2, "are the same state")
    run("view", "show", "Atlantis", "-o", file, db=loaded_embedded).fails(2, "Atlantis")
    run("view", "show", "IND", "--domain", "love", "-o", file, db=loaded_embedded).fails(2, "there is no domain")
    run("view", "dependency", "--good", "unobtainium", "-o", file, db=loaded_embedded).fails(2, "no flows of 'unobtainium'")
    run("view", "dependency", "-o", str(tmp_path / "none" / "x.html"), db=loaded_embedded).fails(1, "there is no such folder")
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("ids", [["IND"], ["USA", "IND"]])
def test_the_cypher_behind_gives_the_rows(loaded: Store, ids: list[str]) -> None:
    """On both stores: the texts that the page prints run, and give what the page shows."""
    with loaded.reading() as reader:
        day = "2026-01-01"
        ties = reader.run(dossier.TIES, {"id": ids[0], "as_of": day}).dicts()
        assert [t["fact"] for t in dossier.ties_of(reader, ids[0], day, DOMAINS)] == [t["fact"] for t in ties]
        assert reader.run(dossier.MEMBERSHIPS, {"id": ids[0], "as_of": day}).rows
        flows = {row["fact"] for row in reader.run(dossier.FLOWS, {"id": ids[0], "as_of": day}).dicts()}
        imports, exports, _ = dossier.dependence_of(reader, ids, day)
        shown = {f["fact"] for row in [*imports, *exports] for f in row["facts"]}
        flows |= {row["fact"] for row in reader.run(dossier.OUTPUT, {"id": ids[0], "as_of": day}).dicts()}
        assert shown and shown <= flows
        disputed = dossier.disagreements(reader, dossier.ties_of(reader, "IND", "2026-11-01", DOMAINS))
        assert {"event|us-india-beca-2020|signed|1"} <= {row["fact"] for row in disputed}
