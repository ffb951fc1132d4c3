"""Internacia: members without dates are a list of one month, which neither disputes dated memberships nor reaches beyond it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from support import everything, opened
from variants import loaded_twice, read, said

from graph_loader import pipeline
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import default_identity
from graph_loader.sources.base import get
from graph_loader.sources.internacia import SOURCE


def member(code: Any, name: str, **more: Any) -> dict[str, Any]:
    return {"id": code, "name": name, "type": "country", "status": "member"} | more


BLOCKS: list[dict[str, Any]] = [
    {"id": "NATO", "name": "North Atlantic Treaty Organization", "blocktype": ["military"], "founded": "1949", "includes": [
        member("FR", "France"), member("NO", "Norway"), member("FR", "France"), member("FR", "France", status="observer"),
    ]},
    {"id": "QSD", "name": "Quadrilateral Security Dialogue", "blocktype": ["military"], "includes": [member("JP", "Japan")]},
    {"id": "LAS", "name": "League of Arab States", "blocktype": ["intorg"], "includes": [member("EG", "Egypt")]},
    {"id": "CAN", "name": "Andean Community of Nations", "blocktype": ["customs"], "founded": "1969-05-26", "includes": [
        member("PE", "Peru", joined="1969-05-26"), member("CL", "Chile", status="associated"), member("ZZ", "Nowhere"),
        member("EU", "European Union", type="organization", status="observer"), member("XYZ", "A body", type="organization"),
        member("DE", "Germany", status="funder"),
    ]},
    {"id": "ASF", "name": "African Solidarity Fund", "blocktype": ["fund"], "includes": [member("NE", "Niger")]},
    {"id": "ASF", "name": "African Standby Force", "blocktype": ["military"], "includes": [member("NE", "Niger")]},
    {"id": "G8+5", "name": "G8 plus five", "blocktype": ["political"], "status": "informal", "includes": [member("KV", "Kosovo")]},
    {"id": "RTL", "name": "Right to left", "blocktype": ["writingdirection"], "includes": [member("EG", "Egypt")]},
    {"id": "OLD", "name": "Old union", "blocktype": ["intorg"], "dissolved": "1991", "includes": [member("FR", "France")]},
    {"id": "EMPTY", "name": "Empty", "blocktype": ["intorg"], "includes": None},
]  # fmt: skip
DAY = {"since_edtf": "../2025-12", "until_edtf": ".."}


def as_yaml(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, block in enumerate(BLOCKS):
        (folder / f"{number:02}.yaml").write_text(yaml.safe_dump(block, allow_unicode=True), encoding="utf-8")
    (folder / "README.md").write_text("about", encoding="utf-8")
    return folder


def as_parquet(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    fields = ("id", "name", "type", "status", "joined")
    plain = [
        {k: b.get(k) for k in ("id", "name", "blocktype", "status", "founded", "dissolved")}
        | {"includes": None if b["includes"] is None else [{f: m.get(f) for f in fields} for m in b["includes"]]} for b in BLOCKS
    ]  # fmt: skip
    pl.DataFrame(plain, infer_schema_length=None).write_parquet(folder / "intblocks.parquet")
    return folder / "intblocks.parquet"


def memberships(claims: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    return {c.key: dict(c.values) for c in claims if c.type == "MEMBER_OF"}


def test_members_are_claimed_for_the_month_of_the_list(tmp_path: Path) -> None:
    reading = read(SOURCE, as_yaml(tmp_path / "y"))
    assert memberships(reading.claims) == {
        ("FRA", "NATO"): {"role": "full"} | DAY, ("NOR", "NATO"): {"role": "full"} | DAY, ("JPN", "QUAD"): {"role": "full"} | DAY,
        ("EGY", "LEAGUE-OF-ARAB-STATES"): {"role": "full"} | DAY,
        ("PER", "CAN-BLOC"): {"role": "full", "since_edtf": "1969-05-26", "until_edtf": ".."},
        ("CHL", "CAN-BLOC"): {"role": "associate"} | DAY, ("EU", "CAN-BLOC"): {"role": "observer"} | DAY,
        ("NER", "ASF-african-solidarity-fund"): {"role": "full"} | DAY, ("NER", "ASF-african-standby-force"): {"role": "full"} | DAY,
        ("XKX", "G8-plus-5"): {"role": "full"} | DAY,
    }  # fmt: skip
    blocs = {c.key[0]: dict(c.values) for c in reading.claims if c.type == "Bloc"}
    assert blocs["CAN-BLOC"] == {
        "name": "Andean Community of Nations", "kind": "trade_area", "since_edtf": "1969-05-26", "until_edtf": "..",
    }  # fmt: skip
    assert (blocs["NATO"]["kind"], blocs["G8-plus-5"]["kind"]) == ("alliance", "grouping")
    assert (reading.read, reading.loaded, reading.merged) == (18, 10, 1)
    assert sorted(r.reason for r in reading.rejected) == [
        "a classification of states, no group", "block without members", "member, without dates, of a block that was dissolved",
        "stated twice with different roles", "takes part without being a member", "unknown organisation", "unknown state",
    ]  # fmt: skip


def test_yaml_and_parquet_say_the_same(tmp_path: Path) -> None:
    assert said(read(SOURCE, as_yaml(tmp_path / "y")).claims) == said(read(SOURCE, as_parquet(tmp_path / "p")).claims)


def test_an_unquoted_no_is_norway(tmp_path: Path) -> None:
    text = "id: CLUB\nname: Club\nincludes:\n- id: NO\n  name: Norway\n  type: country\n  status: member\n"
    (tmp_path / "club.yaml").write_text(text, encoding="utf-8")
    assert set(memberships(read(SOURCE, tmp_path / "club.yaml").claims)) == {("NOR", "CLUB")}


def test_the_list_adds_its_word_to_dated_memberships_and_ends_with_its_month(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    pipeline.load(store, [(get("reference"), None), (get("curated"), None)])
    before = everything(store)
    pipeline.load(store, [(get("internacia"), as_yaml(tmp_path / "y"))])
    after = everything(store)
    nato = after["member|FRA|NATO|1"]
    assert (nato["since"], nato["until"], nato["disputed"]) == (before["member|FRA|NATO|1"]["since"], "9999-12-31", False)
    assert "internacia" in nato["sources"]
    alone = after["member|CHL|CAN-BLOC|1"]
    assert (alone["since"], alone["until"], alone["start_kind"], alone["end_kind"]) == ("2025-12-01", "2026-01-01", "censored", "censored")
    assert [i for i, p in after.items() if p.get("disputed") and i in before and not before[i].get("disputed")] == []


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("internacia"), as_yaml(tmp_path / "y"), tmp_path)
    assert "member|JPN|QUAD|1" in stored


@pytest.mark.parametrize(("name", "content", "message"), [
    ("a.yaml", b"id: [", "not readable as YAML"), ("a.yaml", b"\x00\x01", "not readable as YAML"),
    ("a.yaml", b"id: A\nname: B\nincludes: 3\n", "must be a list"), ("a.yaml", b"a: 1\n", "no blocks with members"),
    ("a.parquet", b"PAR1", "not readable as parquet"), ("a.csv", b"id,name\n1,2\n", "no blocks with members"),
])  # fmt: skip
def test_other_files_are_one_clear_message(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read(SOURCE, tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("end", range(0, 200, 13))
def test_a_file_cut_short_is_a_message_or_fewer_members(end: int, tmp_path: Path) -> None:
    whole = yaml.safe_dump(BLOCKS[0]).encode()
    (tmp_path / "a.yaml").write_bytes(whole[:end])
    try:
        keys = set(memberships(read(SOURCE, tmp_path / "a.yaml").claims))
    except DataError as error:
        assert "\n" not in str(error)
    else:
        assert keys <= {("FRA", "NATO"), ("NOR", "NATO")}


def test_without_a_path_the_address_is_given() -> None:
    with pytest.raises(UsageError, match="internacia-db"):
        SOURCE.read(None, default_identity(), frozenset())


@pytest.mark.reference
def test_the_published_files(reference: Path) -> None:
    """Each file states its number of members (membership_count): NATO 32, EU 27, UN 193."""
    found = memberships(read(SOURCE, reference / "internacia" / "intblocks.parquet").claims)
    counts = {bloc: sum(key[1] == bloc for key in found) for bloc in ("NATO", "EU", "UN")}
    assert counts == {"NATO": 32, "EU": 27, "UN": 193}
    files = memberships(read(SOURCE, reference / "internacia" / "yaml").claims)
    assert sum(key[1] == "NATO" for key in files) == 32
    assert set(files) <= set(found)
