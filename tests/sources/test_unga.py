"""Ideal points in the UN General Assembly: one value a state and session; session n is year 1945 + n."""

from __future__ import annotations

from pathlib import Path

import pytest
from variants import read

from graph_loader.sources.unga import SOURCE

HEADER = '"","ccode","session","NVotesAll","IdealPointAll","iso3c","Countryname"\n'


def values(path: Path) -> dict[tuple[str, ...], float]:
    return {c.key: float(str(c.values["value"])) for c in read(SOURCE, path).claims if c.type == "OBSERVED"}


def test_sessions_are_years_and_missing_values_are_no_zeros(tmp_path: Path) -> None:
    rows = '"1",2,1,42,1.67635,"USA","United States"\n"2",365,15,NA,-2.5,"RUS","Russia"\n"3",365,55,70,,"RUS","Russia"\n'
    rows += "".join(f'"{n}",2,{n},40,1.0,"USA","United States"\n' for n in range(20, 60))
    (tmp_path / "v.csv").write_text(HEADER + rows, encoding="utf-8")
    found = values(tmp_path / "v.csv")
    assert found["USA", "unga-ideal-point", "1946"] == 1.67635
    assert found["SUN", "unga-ideal-point", "1960"] == -2.5  # code 365 is the Soviet Union in 1960
    assert ("SUN", "unga-votes-cast", "1960") not in found
    assert ("RUS", "unga-ideal-point", "2000") not in found and found["RUS", "unga-votes-cast", "2000"] == 70


@pytest.mark.reference
def test_the_published_file(reference: Path) -> None:
    found = values(reference / "unga" / "IdealpointestimatesAll_Jun2024.csv")
    # Distances between the United States and the Soviet Union or Russia in an earlier release of the estimates (Bailey, Strezhnev and
    # Voeten 2017) were 3.946, 4.671, 2.415 and 2.613: each release estimates all sessions anew, so that they agree only roughly.
    for year, distance in (("1960", 3.946), ("1980", 4.671), ("2000", 2.415), ("2012", 2.613)):
        russia = "SUN" if year < "1992" else "RUS"
        gap = abs(found["USA", "unga-ideal-point", year] - found[russia, "unga-ideal-point", year])
        assert gap == pytest.approx(distance, abs=0.25)
    assert not [key for key in found if key[2] == "1964"]  # session 19 held no votes
