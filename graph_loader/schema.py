"""The graph, declared once: node labels, relationship types, their properties and how ids are made.

Constraints, write statements, CSV headers, claim columns, checks and the schema page of the docs all derive from here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

FORMAT = 1
"""Version of the stored layout; a store of another format is refused with a remedy."""

Value = str | int | float | bool | list[str]

DOMAINS = (
    "DEFENCE", "TRADE", "TECHNOLOGY", "ENERGY", "FINANCE", "DIPLOMACY", "DEVELOPMENT",
    "CULTURE", "HEALTH", "CLIMATE", "MIGRATION", "SANCTIONS", "DISPUTE",
)  # fmt: skip
NEGATIVE_DOMAINS = ("SANCTIONS", "DISPUTE")
OBLIGATIONS = ("defence", "offence", "neutrality", "nonaggression", "consultation")
BLOC_KINDS = ("alliance", "union", "trade_area", "forum", "grouping", "organisation", "category")
ACTOR_KINDS = ("firm", "agency", "ngo", "fund")
FORMS = ("treaty", "protocol", "declaration", "memorandum", "arrangement", "contract")
INSTRUMENT_TYPES = (
    "alliance", "nonaggression", "consultation", "strategic_partnership", "trade", "investment", "basing", "cooperation", "union",
    "infrastructure", "contract", "export_control", "bit",
)  # fmt: skip
# Ties that are stated without an instrument also have the kinds of sanctions (those of GSDB), disputes and credit.
TIE_KINDS = (*INSTRUMENT_TYPES, "arms", "military", "financial", "travel", "other", "militarized", "territorial", "credit")
SCOPES = ("bilateral", "minilateral", "multilateral", "maxilateral", "plurilateral")
THICKNESS = ("practice", "interests", "rules", "values", "identity", "culture")
DERIVES = ("dyads", "hub", "none")
EVENT_KINDS = (
    "launched", "concluded", "signed", "provisional", "in_force", "suspended", "resumed", "denounced", "terminated", "expired", "failed",
    "review",
)  # fmt: skip
MEMBER_ROLES = ("full", "associate", "observer", "partner")
PARTY_ROLES = ("party", "signatory", "guarantor", "beneficiary")
STAGES = ("mined", "refined", "product", "service")
BASES = ("value", "mass", "energy", "tiv", "volume")
SUCCESSION_KINDS = ("continuator", "successor", "union", "split")
END_KINDS = ("dated", "open", "censored", "unknown")


@dataclass(frozen=True)
class Property:
    """A property: its type (``str int float bool date list``), allowed values, and whether sources can disagree on it."""

    name: str
    type: str
    doc: str
    values: tuple[str, ...] = ()
    required: bool = False
    disputable: bool = True
    default: Value | None = None
    share: bool = False


@dataclass(frozen=True)
class NodeType:
    """A node label. ``resolved`` nodes are facts made of claims; the others are the bookkeeping of loads."""

    label: str
    doc: str
    properties: tuple[Property, ...]
    resolved: bool = True
    dated: bool = False


@dataclass(frozen=True)
class RelationshipType:
    """A relationship type between nodes of the given labels.

    ``prefix`` begins its ids. ``spells``: one pair can hold several of them, numbered by since. ``key``: the properties that,
    with both ends, identify it. ``dated``: carries since, until and their kinds.
    """

    type: str
    doc: str
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    prefix: str
    properties: tuple[Property, ...] = ()
    key: tuple[str, ...] = ()
    spells: bool = False
    dated: bool = True
    resolved: bool = True


def _p(name: str, type_: str, doc: str, **more: Any) -> Property:
    return Property(name, type_, doc, **more)


NODE_COMMON = (
    _p("id", "str", "natural key, unique over the whole graph", required=True),
    _p("sources", "list", "ids of the sources whose claims say so"),
    _p("disputed", "bool", "whether sources disagree", default=False),
    _p("fingerprint", "str", "hash of the properties, for diffs", disputable=False),
)
INTERVAL = (
    _p("since", "date", "first day in force; 0001-01-01 when unknown"),
    _p("until", "date", "first day no longer in force; 9999-12-31 when open or unknown"),
    _p("since_edtf", "str", "the start as the source said it (EDTF)"),
    _p("until_edtf", "str", "the end as the source said it (EDTF)"),
    _p("start_kind", "str", "what is known of the start", values=END_KINDS),
    _p("end_kind", "str", "what is known of the end; censored: the source stopped while it was open", values=END_KINDS),
)

_NAME = _p("name", "str", "ordinary English name", required=True, disputable=False)
_FLOW = (
    _p("good", "str", "id of the Good", required=True),
    _p("stage", "str", "stage of the good", values=STAGES, required=True),
    _p("basis", "str", "what the share is a share of", values=BASES, required=True),
    _p("from_year", "int", "first year of the period, included", required=True),
    _p("to_year", "int", "last year of the period, included", required=True),
    _p("share_lo", "float", "lower bound of the share from its printed rounding, 0..1", share=True, disputable=False),
    _p("share", "float", "share of the total, 0..1", share=True, required=True),
    _p("share_hi", "float", "upper bound of the share from its printed rounding, 0..1", share=True, disputable=False),
    _p("value", "float", "amount, in unit"),
    _p("total", "float", "the denominator, in unit"),
    _p("unit", "str", "unit of value and total"),
    _p("scope", "str", "what exactly was measured", disputable=False),
    _p("named_largest", "bool", "whether the named suppliers are known to be the largest", default=False),
)

NODES: tuple[NodeType, ...] = (
    NodeType("State", "A state or a territory that appears in the data.", (
        _NAME,
        _p("iso2", "str", "ISO 3166-1 alpha-2, of a former state the code it had", disputable=False),
        _p("iso3", "str", "ISO 3166-1 alpha-3, of a former state the code it had", disputable=False),
        _p("cow", "str", "Correlates of War country code, current", disputable=False),
        _p("gw", "str", "Gleditsch and Ward number, current", disputable=False),
        _p("region", "str", "region of the world", disputable=False),
        _p("kind", "str", "state or territory", values=("state", "territory"), required=True),
        _p("spells", "list", "independence as 'since/until' (EDTF); empty: not recorded"),
    )),
    NodeType("Bloc", "An alliance, union, trade area, forum, grouping or organisation; a category is an author's list of states.", (
        _NAME, _p("kind", "str", "kind of bloc", values=BLOC_KINDS, required=True),
    ), dated=True),
    NodeType("Actor", "A firm, agency, non-governmental organisation or fund.", (
        _NAME, _p("kind", "str", "kind of actor", values=ACTOR_KINDS, required=True),
    )),
    NodeType("Instrument", "A treaty, protocol, declaration, memorandum, arrangement or contract.", (
        _p("title", "str", "title", required=True, disputable=False),
        _p("official_label", "str", "what its makers call the relation", disputable=False),
        _p("form", "str", "legal form", values=FORMS, required=True),
        _p("type", "str", "type of relation", values=INSTRUMENT_TYPES, required=True),
        _p("domains", "list", "domains of the ties it makes", values=DOMAINS, default=[]),
        _p("binding", "bool", "whether it binds in law", required=True),
        _p("obligations", "list", "what the parties owe each other", values=OBLIGATIONS, default=[]),
        _p("scope", "str", "scope (Flockhart's grid)", values=SCOPES, disputable=False),
        _p("thickness", "str", "institutional thickness (Flockhart's grid)", values=THICKNESS, disputable=False),
        _p("coding_reason", "str", "why it is coded so", disputable=False),
        _p("derives", "str", "how ties follow from it", values=DERIVES, required=True, disputable=False),
    )),
    NodeType("Event", "Something that happened to an instrument on a day.", (
        _p("instrument", "str", "id of the Instrument", required=True),
        _p("kind", "str", "what happened", values=EVENT_KINDS, required=True),
        _p("date", "date", "first day that the said date allows; of an end, the first day no longer in force"),
        _p("date_edtf", "str", "the date as said (EDTF)"),
    )),
    NodeType("Good", "A good or service at a stage of processing.", (
        _NAME,
        _p("stage", "str", "stage of processing", values=STAGES, disputable=False),
        _p("hs", "str", "Harmonized System code", disputable=False),
        _p("hs_revision", "str", "revision of the Harmonized System", disputable=False),
    )),
    NodeType("Indicator", "A yearly quantity of a state.", (_NAME, _p("unit", "str", "unit", required=True))),
    NodeType("Source", "A dataset or a document whose word is recorded.", (
        _p("title", "str", "title"),
        _p("publisher", "str", "publisher"),
        _p("version", "str", "version or date"),
        _p("url", "str", "address"),
        _p("licence", "str", "licence as stated"),
        _p("citation", "str", "how to cite it"),
        _p("covers_from", "str", "first date it speaks about (EDTF); empty: not stated"),
        _p("covers_until", "str", "last date it speaks about (EDTF); '..': maintained"),
        _p("dataset", "str", "id of the dataset that it came in; its own id for a dataset"),
        _p("precedence", "int", "rank of the dataset by default, lower is preferred"),
        _p("released", "date", "day of the dataset's release; empty for a document"),
    ), resolved=False),
    NodeType("Claim", "One source's word on one fact; the values it said stand beside.", (
        _p("fact", "str", "id of the fact"),
        _p("fact_type", "str", "label or relationship type of the fact"),
        _p("key", "list", "natural key of the fact without spell number"),
        _p("spell", "int", "which of the source's own spells of that key"),
        _p("source", "str", "id of the Source"),
        _p("dataset", "str", "id of the dataset that it came in"),
        _p("locator", "str", "article, page or table"),
        _p("matched", "str", "the date, figure or name as printed there"),
        _p("seen", "date", "day on which the document was read"),
        _p("order", "int", "rank among the claims of its dataset on the same fact"),
    ), resolved=False),
    NodeType("Run", "One load.", (
        _p("source", "list", "ids of the datasets loaded"),
        _p("file_sha256", "str", "SHA-256 over the files read"),
        _p("started", "str", "ISO time (UTC)"),
        _p("finished", "str", "ISO time (UTC)"),
        _p("status", "str", "done"),
        _p("counts", "list", "'dataset: read, loaded, merged, added, changed, unchanged, removed'"),
        _p("state", "str", "SHA-256 over the ids and fingerprints of everything but runs, as this load left it"),
        _p("code", "str", "SHA-256 over the program's own files"),
    ), resolved=False),
    NodeType("Meta", "What the store is: one node.", (
        _p("format", "int", "version of the stored layout"),
        _p("release_date", "date", "newest release of the loaded datasets: the default of --as-of"),
        _p("newest_source", "str", "the dataset with that release"),
        _p("precedence", "list", "datasets, most preferred first"),
    ), resolved=False),
)  # fmt: skip

_TIE = (
    _p("kind", "str", "type of relation", values=TIE_KINDS, required=True),
    _p("label", "str", "what it is called: the instrument's official label, or the names of bases", disputable=False),
    _p("obligations", "list", "what is owed", values=OBLIGATIONS, default=[]),
    _p("mutual", "bool", "both owe it; else start owes it to end", default=True),
    _p("sign", "int", "1, or -1 for sanctions and disputes", default=1, disputable=False),
    _p("instrument", "str", "id of the Instrument, empty when none is known", default="", disputable=False),
    _p("derived", "bool", "whether it follows from an instrument by a rule", default=False, disputable=False),
    _p("rule", "str", "the rule it follows by", disputable=False),
    _p("premises", "list", "ids of the facts it follows from; their claims are its claims", default=[], disputable=False),
)
_PARTICIPANTS = ("State", "Bloc", "Actor")

RELATIONSHIPS: tuple[RelationshipType, ...] = (
    RelationshipType("MEMBER_OF", "Membership of a state (or of a union of states) in a bloc.", ("State", "Bloc"), ("Bloc",), "member", (
        _p("role", "str", "role of the member", values=MEMBER_ROLES, default="full"),
        _p("suspended", "bool", "a suspended member stays a member", default=False),
    ), spells=True),
    RelationshipType("PARTY_TO", "Party to an instrument.", _PARTICIPANTS, ("Instrument",), "party", (
        _p("role", "str", "role of the party", values=PARTY_ROLES, default="party"),
        _p("reservations", "str", "reservations made", disputable=False),
        _p("side", "str", "parties of one side, such as a union's members, are not tied to each other by it", disputable=False),
    ), spells=True),
    RelationshipType("SUCCEEDED_BY", "State succession; ties are not inherited by it.", ("State",), ("State",), "successor", (
        _p("kind", "str", "kind of succession", values=SUCCESSION_KINDS, required=True),
    )),
    RelationshipType("PART_OF", "A bloc within a bloc, a good within a good.", ("Bloc", "Good"), ("Bloc", "Good"), "part"),
    RelationshipType("FOUNDS", "The instrument founds the bloc: its parties are the full members.", ("Instrument",), ("Bloc",), "founds"),
    RelationshipType("HAS_EVENT", "An event of the instrument.", ("Instrument",), ("Event",), "has"),
    RelationshipType("AMENDS", "Amends the other instrument.", ("Instrument",), ("Instrument",), "amends"),
    RelationshipType("REPLACES", "Replaces the other instrument.", ("Instrument",), ("Instrument",), "replaces"),
    RelationshipType("PROTOCOL_TO", "Is a protocol to the other instrument.", ("Instrument",), ("Instrument",), "protocol_to"),
    RelationshipType("IMPLEMENTS", "Implements the other instrument.", ("Instrument",), ("Instrument",), "implements"),
    *(
        RelationshipType(
            domain, f"A tie in the domain {domain.lower()}.", _PARTICIPANTS, _PARTICIPANTS, "tie", _TIE, key=("kind",), spells=True
        )
        for domain in DOMAINS
    ),
    RelationshipType("DEPENDS_ON", "The start imports the good from the end.", ("State", "Bloc"), _PARTICIPANTS, "flow", _FLOW,
                     key=("good", "stage", "basis", "from_year", "to_year")),
    RelationshipType("PRODUCES", "The state's part of world output of the good.", ("State",), ("Good",), "prod", _FLOW,
                     key=("stage", "basis", "from_year", "to_year")),
    RelationshipType("OBSERVED", "A yearly quantity of a state.", ("State",), ("Indicator",), "observed", (
        _p("year", "int", "year", required=True), _p("value", "float", "value, in unit", required=True), _p("unit", "str", "unit"),
    ), key=("year",)),
    RelationshipType("CITED_IN", "A source that speaks of the instrument.", ("Instrument",), ("Source",), "cited", (
        _p("locator", "str", "article, page or table", disputable=False),
    ), dated=False, resolved=False),
    RelationshipType("FROM", "The claim's source.", ("Claim",), ("Source",), "from", dated=False, resolved=False),
)  # fmt: skip

NODE = {node.label: node for node in NODES}
RELATIONSHIP = {rel.type: rel for rel in RELATIONSHIPS}
LINK_TYPES = ("AMENDS", "REPLACES", "PROTOCOL_TO", "IMPLEMENTS")

_BOOKKEEPING = ("sources", "disputed")
_COMPUTED = ("derived", "rule", "sign", "instrument", "premises")  # of ties: they follow from the domain and the derivation


@cache
def properties_of(type_: str) -> tuple[Property, ...]:
    """All properties of a label or relationship type in their stored order, the common ones included."""
    if type_ in NODE:
        node = NODE[type_]
        common = NODE_COMMON if node.resolved else tuple(p for p in NODE_COMMON if p.name not in _BOOKKEEPING)
        claimed = _claim_values() if type_ == "Claim" else ()
        return (common[0], *node.properties, *claimed, *(INTERVAL if node.dated else ()), *common[1:])
    rel = RELATIONSHIP[type_]
    common = NODE_COMMON if rel.resolved else tuple(p for p in NODE_COMMON if p.name not in _BOOKKEEPING)
    return (common[0], *rel.properties, *(INTERVAL if rel.dated else ()), *common[1:])


@cache
def claimable(type_: str) -> Mapping[str, Property]:
    """The properties on which a source can have a word, with the dates as said. ``key`` properties are part of the identity."""
    declared = NODE[type_] if type_ in NODE else RELATIONSHIP[type_]
    key = declared.key if isinstance(declared, RelationshipType) else ()
    values = {p.name: p for p in declared.properties if p.name not in key and p.name not in _COMPUTED}
    if type_ == "Event":
        values = {"date_edtf": values["date_edtf"]}
    if declared.dated:
        values |= {p.name: p for p in INTERVAL if p.name.endswith("_edtf")}
    return values


@cache
def _property_names(type_: str) -> frozenset[str]:
    return frozenset(p.name for p in properties_of(type_))


def _claim_values() -> tuple[Property, ...]:
    found: dict[str, Property] = {}
    for type_ in (*(n.label for n in NODES if n.resolved), *(r.type for r in RELATIONSHIPS if r.resolved)):
        for name, prop in claimable(type_).items():
            known = found.setdefault(name, prop)
            assert known.type == prop.type, f"{name} is declared with two types"
    own = {p.name for p in NODE["Claim"].properties} | {"id"}
    assert not own & found.keys(), "a claimed value would overwrite a property of Claim"
    return tuple(found[name] for name in sorted(found))


_ID_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def valid_id(text: str) -> bool:
    """Whether the text can be a part of an id: ASCII letters, digits, ``.``, ``_``, ``-``; ``|`` separates parts."""
    return bool(_ID_PART.fullmatch(text)) and len(text) <= 120


def fact_id(type_: str, key: Iterable[str], spell: int = 1) -> str:
    """Id of a fact: its natural key, without dates or sources.

    >>> fact_id("MEMBER_OF", ("FRA", "NATO"), 2)
    'member|FRA|NATO|2'
    >>> fact_id("State", ("FRA",))
    'FRA'
    >>> fact_id("DEPENDS_ON", ("DEU", "RUS", "natural-gas", "product", "energy", "2021", "2021"))
    'flow|DEU|RUS|natural-gas|product|energy|2021-2021'
    """
    parts = list(key)
    if type_ == "Event":
        return "|".join(["event", *parts, str(spell)])
    if type_ in NODE:
        return "|".join(parts)
    rel = RELATIONSHIP[type_]
    if type_ in DOMAINS:  # ties without an instrument; derived ones put the instrument first
        start, end, kind = parts
        parts = [start, end, type_, kind]
    if rel.key[-2:] == ("from_year", "to_year"):
        parts = [*parts[:-2], f"{parts[-2]}-{parts[-1]}"]
    if rel.spells:
        parts = [*parts, str(spell)]
    return "|".join([rel.prefix, *parts])


@dataclass(frozen=True)
class Fact:
    """A node or relationship as it is stored.

    ``start`` and ``end`` are (label, id) of a relationship's ends, ``None`` for nodes. ``props`` holds every declared property
    that has a value; booleans and lists are always present.
    """

    id: str
    type: str
    props: Mapping[str, Value]
    start: tuple[str, str] | None = None
    end: tuple[str, str] | None = None
    fingerprint: str = field(default="", compare=False)

    @property
    def is_node(self) -> bool:
        return self.start is None


def make_fact(
    type_: str, id_: str, props: Mapping[str, Value | None], start: tuple[str, str] | None = None, end: tuple[str, str] | None = None
) -> Fact:
    """Complete the properties by the schema (defaults, no nulls, declared types) and seal them with a fingerprint."""
    complete: dict[str, Value] = {}
    for prop in properties_of(type_):
        if prop.name in ("id", "fingerprint"):
            continue
        value = props.get(prop.name)
        if value is None and type_ != "Claim":  # a claim holds what was said and nothing else
            value = prop.default if prop.default is not None else ([] if prop.type == "list" else None)
        if value is None or value == "":
            if value == "" and prop.default == "":
                complete[prop.name] = ""
            continue
        complete[prop.name] = float(value) if prop.type == "float" and not isinstance(value, (list, str)) else value
    unknown = set(props) - _property_names(type_)
    assert not unknown, f"{type_} has no property {sorted(unknown)}"
    sealed = json.dumps([type_, start, end, complete], sort_keys=True, ensure_ascii=False)
    return Fact(id_, type_, complete, start, end, hashlib.sha256(sealed.encode()).hexdigest()[:32])
