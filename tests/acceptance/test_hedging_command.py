"""``pactgraph hedging`` on the bundled data."""

from __future__ import annotations

from typing import Any

import pytest
from inprocess import Run, run

from graph_loader.stores.base import Store

__all__ = ["run"]


def shown(run: Run, store: Store, *args: str) -> dict[str, Any]:
    return run("hedging", *args, "--format", "json", db=store).ok().json  # type: ignore[no-any-return]


def test_the_members_of_a_category(run: Run, loaded_embedded: Store) -> None:
    # MIKTA: Mexico, Indonesia, Republic of Korea, Türkiye, Australia (mikta.org).
    rows = {row["state"]: row for row in shown(run, loaded_embedded, "--of", "MIKTA", "--poles", "USA,CHN")["rows"]}
    assert set(rows) == {"MEX", "IDN", "KOR", "TUR", "AUS"}
    # The Mutual Defense Treaty of 1953 binds the United States and Korea; China is bound to it by no alliance.
    assert any(text.startswith("defence USA 1 : CHN 0 (+1.00)") for text in rows["KOR"]["by_domain"])
    assert all(rows[s]["sources"] for s in ("KOR", "TUR", "AUS"))


def test_counts_are_those_of_the_query(run: Run, loaded_embedded: Store) -> None:
    args = ("query", "alignment/lean", "-p", "bloc=NATO", "-p", "poles=USA,RUS", "--as-of", "2010", "--format", "json")
    told: dict[tuple[str, str], dict[str, int]] = {}
    for row in run(*args, db=loaded_embedded).ok().json["rows"]:
        told.setdefault((row["state"], row["domain"]), {})[row["pole"]] = row["instruments"]
    answer = shown(run, loaded_embedded, "--of", "NATO", "--poles", "USA,RUS", "--as-of", "2010", "--defence", "all")
    found = {}
    for row in answer["rows"]:
        for text in row["by_domain"]:
            domain, rest = text.split(" ", 1)
            counts = dict(part.split(" ") for part in rest.split(" (")[0].split(" : "))
            found[row["state"], domain.upper()] = {pole: int(n) for pole, n in counts.items() if n != "0"}
    assert found == {key: counts for key, counts in told.items() if key[0] not in ("USA", "RUS")}


def test_over_time_with_a_pole_that_is_not_there(run: Run, loaded_embedded: Store) -> None:
    answer = shown(run, loaded_embedded, "IND", "--poles", "USA,RUS", "--dates", "1985,2025")
    assert [row["as_of"] for row in answer["rows"]] == ["1985-12-31", "2025-12-31"]
    assert any("RUS does not exist at 1985-12-31" in note for note in answer["notes"])
    assert answer["rows"][0]["class"] == "uncommitted"
    assert answer["rows"][0]["lean"] is None


def test_four_poles_and_supply(run: Run, loaded_embedded: Store) -> None:
    answer = shown(run, loaded_embedded, "IND", "VNM", "--poles", "USA,CHN,EU,RUS", "--supply")
    for row in answer["rows"]:
        assert row["lean"] is None
        assert row["evenness"] is None or 0 <= row["evenness"] <= 1
        assert "goods name all poles" in row["supply_goods"]
    assert any("thresholds are ours" in note for note in answer["notes"])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--poles", "USA"), "two poles"), (("--poles", "USA,USA"), "each once"), (("--poles", "USA,Narnia"), "Narnia"),
        (("--poles", "USA,CHN", "--of", "NARNIA"), "no such bloc"), (("--poles", "USA,CHN", "--domain", "sanctions"), "leave them out"),
        (("--poles", "USA,CHN", "--supply", "--weight", "volume"), "equal"), (("Narnia", "--poles", "USA,CHN"), "Narnia"),
        (("--poles", "USA,CHN", "--dates", "1985", "--as-of", "1985"), "not both"), (("--poles", "USA,CHN", "--dates", "soon"), "soon"),
        ((), "--poles"),
    ],
)  # fmt: skip
def test_slips(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run("hedging", *args, db=loaded_embedded).fails(2, words)


def test_every_form(run: Run, loaded_embedded: Store) -> None:
    for form in ("table", "csv", "json", "md"):
        assert "MEX" in run("hedging", "--of", "MIKTA", "--poles", "USA,CHN", "--format", form, db=loaded_embedded).ok().stdout
