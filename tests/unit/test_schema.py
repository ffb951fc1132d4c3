"""Ids and facts: natural keys without dates or sources, one of a kind over the whole graph (DESIGN section 3)."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.schema import (
    DOMAINS,
    INTERVAL,
    NODES,
    RELATIONSHIPS,
    claimable,
    fact_id,
    make_fact,
    properties_of,
    valid_id,
)

parts = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
years = st.integers(1, 9998).map(str)


@st.composite
def keys(draw: st.DrawFn) -> tuple[str, tuple[str, ...], int]:
    """Type, key and spell of a fact of any relationship type or of an event, spell 1 where the type has none."""
    rel = draw(st.sampled_from([r for r in RELATIONSHIPS if r.resolved and r.type != "HAS_EVENT"]))
    ends = [draw(parts), draw(parts)]
    own = [draw(years) if name in ("from_year", "to_year", "year") else draw(parts) for name in rel.key]
    return rel.type, (*ends, *own), draw(st.integers(1, 99)) if rel.spells else 1


@pytest.mark.parametrize(
    ("type_", "key", "spell", "expected"),
    [
        ("State", ("FRA",), 1, "FRA"), ("Bloc", ("NATO",), 1, "NATO"), ("Instrument", ("north-atlantic-treaty",), 1,
            "north-atlantic-treaty"),
        ("MEMBER_OF", ("FRA", "NATO"), 1, "member|FRA|NATO|1"), ("MEMBER_OF", ("FRA", "NATO-IMS"), 2, "member|FRA|NATO-IMS|2"),
        ("PARTY_TO", ("JPN", "us-japan-1960"), 1, "party|JPN|us-japan-1960|1"),
        ("Event", ("north-atlantic-treaty", "in_force"), 1, "event|north-atlantic-treaty|in_force|1"),
        ("DEPENDS_ON", ("DEU", "RUS", "natural-gas", "product", "energy", "2021", "2021"), 1,
         "flow|DEU|RUS|natural-gas|product|energy|2021-2021"),
        ("PRODUCES", ("CHN", "rare-earths", "mined", "mass", "2024", "2024"), 1, "prod|CHN|rare-earths|mined|mass|2024-2024"),
        ("SUCCEEDED_BY", ("SUN", "RUS"), 1, "successor|SUN|RUS"), ("PART_OF", ("NATO-IMS", "NATO"), 1, "part|NATO-IMS|NATO"),
        ("AMENDS", ("a", "b"), 1, "amends|a|b"), ("REPLACES", ("a", "b"), 1, "replaces|a|b"),
        ("DEFENCE", ("FRA", "USA", "alliance"), 1, "tie|FRA|USA|DEFENCE|alliance|1"),
    ],
)  # fmt: skip
def test_ids_as_documented(type_: str, key: tuple[str, ...], spell: int, expected: str) -> None:
    assert fact_id(type_, key, spell) == expected


@given(keys(), keys())
def test_two_facts_share_an_id_only_if_they_are_the_same(
    one: tuple[str, tuple[str, ...], int], two: tuple[str, tuple[str, ...], int]
) -> None:
    assert (fact_id(*one) == fact_id(*two)) == (one == two)


@given(keys(), parts)
def test_no_relationship_has_the_id_of_a_node(fact: tuple[str, tuple[str, ...], int], node: str) -> None:
    assert "|" in fact_id(*fact)
    assert "|" not in fact_id("Bloc", (node,))


def test_prefixes_tell_the_types_apart() -> None:
    """Ties of all domains share a prefix and have the domain in their id; no other two types share one."""
    prefixes = [r.prefix for r in RELATIONSHIPS if r.type not in DOMAINS] + ["tie", "event", "claim", "run"]
    assert len(prefixes) == len(set(prefixes))


def test_no_key_holds_a_date_or_a_source() -> None:
    for rel in RELATIONSHIPS:
        assert not {"since", "until", "since_edtf", "until_edtf", "source", "sources"} & set(rel.key)


@given(st.text(alphabet=string.ascii_letters + string.digits + "._-|, ;/'é\n", max_size=8))
def test_valid_ids(text: str) -> None:
    ascii_part = bool(text) and all(c in string.ascii_letters + string.digits + "._-" for c in text)
    assert valid_id(text) == (ascii_part and text[0] not in "._-")


@pytest.mark.parametrize("text", ["", "a|b", "a b", "a;b", "é", "-a", ".a", "a\n", "a" * 121, "日本", "a/b", "a'b"])
def test_what_cannot_be_an_id(text: str) -> None:
    assert not valid_id(text)


@pytest.mark.parametrize("text", ["NATO", "us-japan-1960", "a" * 120, "1", "A.b_c-d"])
def test_what_can_be_an_id(text: str) -> None:
    assert valid_id(text)


# -- facts -------------------------------------------------------------------------------------------------------------


def test_booleans_and_lists_are_always_written_and_nothing_is_null() -> None:
    """DESIGN: ``NOT t.disputed`` would drop a null."""
    for declared in (*(n.label for n in NODES if n.resolved), *(r.type for r in RELATIONSHIPS if r.resolved)):
        fact = make_fact(declared, "x", {})
        for prop in properties_of(declared):
            if prop.type == "list" or (prop.type == "bool" and prop.default is not None):
                assert prop.name in fact.props, (declared, prop.name)
        assert None not in fact.props.values()


def test_lists_hold_text_only() -> None:
    """Neo4j refuses lists within lists."""
    assert make_fact("State", "X", {"spells": ["1918/1940", "1991/.."]}).props["spells"] == ["1918/1940", "1991/.."]


def test_the_fingerprint_follows_the_properties_and_the_ends_not_the_order_of_writing() -> None:
    ends = (("State", "FRA"), ("Bloc", "NATO"))
    one = make_fact("MEMBER_OF", "m", {"role": "full", "since": "1949-08-24", "until": "9999-12-31"}, *ends)
    same = make_fact("MEMBER_OF", "m", {"until": "9999-12-31", "since": "1949-08-24", "role": "full"}, *ends)
    assert one.fingerprint == same.fingerprint
    for other in (
        make_fact("MEMBER_OF", "m", {"role": "full", "since": "1949-04-04", "until": "9999-12-31"}, *ends),
        make_fact("MEMBER_OF", "m", {"role": "observer", "since": "1949-08-24", "until": "9999-12-31"}, *ends),
        make_fact("MEMBER_OF", "m", {"role": "full", "since": "1949-08-24", "until": "9999-12-31"}, ends[0], ("Bloc", "NATO-IMS")),
        make_fact("MEMBER_OF", "m", {"role": "full", "since": "1949-08-24", "until": "9999-12-31", "sources": ["x"]}, *ends),
    ):
        assert other.fingerprint != one.fingerprint


@given(st.sampled_from([*(n.label for n in NODES), *(r.type for r in RELATIONSHIPS)]))
def test_every_type_names_each_property_once_with_id_first(type_: str) -> None:
    names = [p.name for p in properties_of(type_)]
    assert names[0] == "id"
    assert len(names) == len(set(names))


def test_all_that_is_dated_carries_both_ends_their_kinds_and_what_was_said() -> None:
    wanted = {p.name for p in INTERVAL}
    assert wanted == {"since", "until", "since_edtf", "until_edtf", "start_kind", "end_kind"}
    for declared in (*NODES, *RELATIONSHIPS):
        names = {p.name for p in properties_of(declared.label if hasattr(declared, "label") else declared.type)}
        if declared.dated:
            assert wanted <= names


def test_a_claim_can_hold_every_value_that_a_fact_can_be_told() -> None:
    columns = {p.name for p in properties_of("Claim")}
    for type_ in (*(n.label for n in NODES if n.resolved), *(r.type for r in RELATIONSHIPS if r.resolved)):
        assert claimable(type_).keys() <= columns


def test_ids_and_computed_properties_are_not_claimable() -> None:
    for domain in DOMAINS:
        assert not {"derived", "rule", "instrument", "premises", "kind", "sign", "id"} & claimable(domain).keys()
