"""Claims of all sources -> one set of facts.

Sources are ranked by a printed precedence. Of each property the most preferred source that speaks is taken; the others either
agree, or the fact is ``disputed``. Spells of one pair are matched across sources by overlap in time and numbered by since, so
that neither load order nor the number of sources changes an id.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from graph_loader import dates
from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.schema import (
    DOMAINS,
    NEGATIVE_DOMAINS,
    NODE,
    RELATIONSHIP,
    Fact,
    Property,
    Value,
    claimable,
    fact_id,
    make_fact,
)

Precedence = Sequence[str]


@dataclass
class Resolved:
    """Facts by id, and for each claim the id of the fact it supports."""

    facts: dict[str, Fact] = field(default_factory=dict)
    fact_of_claim: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


class Ranking:
    """Order of preference among claims: the given precedence first, then the datasets' own ranks, then the order in the dataset."""

    def __init__(self, precedence: Precedence, sources: Mapping[str, SourceInfo]) -> None:
        self._place = {name: place for place, name in enumerate(precedence)}
        self._sources = sources

    def of_source(self, source: str, dataset: str = "") -> tuple[int, int, str]:
        info = self._sources.get(source)
        dataset = dataset or (info.dataset if info else "") or source
        owner = self._sources.get(dataset)
        last = len(self._place)
        place = min(self._place.get(source, last), self._place.get(dataset, last))
        return place, owner.precedence if owner else 100, dataset

    def of_claim(self, claim: Claim) -> tuple[tuple[int, int, str], int, str]:
        return self.of_source(claim.source, claim.dataset), claim.order, claim.source


@dataclass
class _Attached:
    """A claim as it bears on one spell: a claim over several adjoining spells speaks of the outer ends only."""

    claim: Claim
    since: dates.Boundary
    until: dates.Boundary


@dataclass
class _Statement:
    """All claims of one dataset on one of its own spells."""

    claims: list[Claim]
    since: dates.Boundary
    until: dates.Boundary


@dataclass
class _Slot:
    since: dates.Boundary
    until: dates.Boundary
    owner: str
    attached: list[_Attached]
    contested: bool = False


def resolve(claims: Iterable[Claim], sources: Mapping[str, SourceInfo], precedence: Precedence = ()) -> Resolved:
    """Resolve claims into facts.

    Parameters
    ----------
    claims : iterable of Claim
        Of all sources, in any order.
    sources : mapping
        SourceInfo by id; must hold every source and dataset that the claims name.
    precedence : sequence of str
        Ids of datasets or sources, most preferred first; the others follow by their own ranks.

    Raises
    ------
    DataError
        When a claim names a state, bloc, instrument or good that no claim describes.
    """
    ranking = Ranking(precedence, sources)
    groups: dict[tuple[str, tuple[str, ...]], list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.type, claim.key].append(claim)
    result = Resolved()
    ordered = sorted(groups.items(), key=lambda item: (item[0][0] not in NODE, item[0]))
    for (type_, key), members in ordered:
        if type_ in NODE and type_ != "Event":
            known = result.labels.setdefault(key[0], type_)
            if known != type_:
                where = _where([*members, *groups[known, key]])
                raise DataError(f"{where}: '{key[0]}' names a {known} and a {type_}; ids are unique over the whole graph")
    for (type_, key), members in ordered:
        _resolve_key(type_, key, members, sources, ranking, result)
    return result


def _where(claims: Sequence[Claim]) -> str:
    for claim in claims:
        if claim.origin:
            return str(claim.origin)
    return f"claims of {claims[0].dataset}"


def _resolve_key(
    type_: str, key: tuple[str, ...], claims: list[Claim], sources: Mapping[str, SourceInfo], ranking: Ranking, result: Resolved
) -> None:
    claims = sorted(claims, key=ranking.of_claim)
    slots = _slots(type_, claims, sources)
    resolved = [(slot, *_resolve_slot(type_, slot)) for slot in slots]
    if type_ == "Event":
        resolved.sort(key=lambda item: str(item[1]["date"]))
    else:
        resolved.sort(key=lambda item: (str(item[1].get("since", "")), str(item[1].get("until", ""))))
    start, end = _ends(type_, key, claims, result.labels)
    best: dict[str, tuple[int, str]] = {}
    for number, (slot, props, disputed) in enumerate(resolved, start=1):
        id_ = fact_id(type_, key, number)
        props |= _key_props(type_, key)
        props["disputed"] = disputed
        props["sources"] = sorted({a.claim.source for a in slot.attached})
        result.facts[id_] = make_fact(type_, id_, props, start, end)
        for attached in slot.attached:
            overlap = _overlap(attached.claim, slot, sources)
            if attached.claim.id not in best or overlap > best[attached.claim.id][0]:
                best[attached.claim.id] = (overlap, id_)
    result.fact_of_claim |= {claim: fact for claim, (_, fact) in best.items()}


# -- ends and identity ------------------------------------------------------------------------------------------------


def _ends(
    type_: str, key: tuple[str, ...], claims: Sequence[Claim], labels: Mapping[str, str]
) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    if type_ in NODE:
        if type_ == "Event":
            _label(key[0], ("Instrument",), type_, claims, labels)
        return None, None
    rel = RELATIONSHIP[type_]
    start = (_label(key[0], rel.starts, type_, claims, labels), key[0])
    end = (_label(key[1], rel.ends, type_, claims, labels), key[1])
    if "good" in rel.key:
        _label(key[2], ("Good",), type_, claims, labels)
    return start, end


def _label(id_: str, allowed: tuple[str, ...], type_: str, claims: Sequence[Claim], labels: Mapping[str, str]) -> str:
    label = labels.get(id_)
    if label is None:
        words = " or ".join(name.lower() for name in allowed)
        raise DataError(f"{_where(claims)}: '{id_}' is no {words} that a loaded source describes; add it, or load that source first")
    if label not in allowed:
        raise DataError(f"{_where(claims)}: {type_} cannot join a {label} ('{id_}'); it takes {' or '.join(allowed)}")
    return label


def _key_props(type_: str, key: tuple[str, ...]) -> dict[str, Value | None]:
    if type_ == "Event":
        return {"instrument": key[0], "kind": key[1]}
    if type_ in NODE:
        return {}
    if type_ in DOMAINS:
        return {"kind": key[2], "sign": -1 if type_ in NEGATIVE_DOMAINS else 1}
    names = RELATIONSHIP[type_].key
    props: dict[str, Value | None] = dict(zip(names, key[len(key) - len(names) :], strict=True))
    if type_ == "PRODUCES":
        props["good"] = key[1]
    for name in ("from_year", "to_year", "year"):
        if name in props:
            props[name] = int(str(props[name]))
    if names:
        first = int(str(props.get("from_year", props.get("year"))))
        last = int(str(props.get("to_year", props.get("year"))))
        props |= {
            "since": f"{first:04}-01-01", "until": f"{last + 1:04}-01-01", "start_kind": "dated", "end_kind": "dated",
            "since_edtf": f"{first:04}", "until_edtf": f"{last:04}",
        }  # fmt: skip
    return props


# -- spells -----------------------------------------------------------------------------------------------------------


def _statements(claims: Sequence[Claim], sources: Mapping[str, SourceInfo]) -> list[_Statement]:
    """Claims, already ranked, gathered by dataset and the dataset's own spell; the order of datasets is kept."""
    gathered: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for claim in claims:
        gathered[claim.dataset, claim.spell].append(claim)
    first_seen = {dataset: place for place, dataset in reversed(list(enumerate(c.dataset for c in claims)))}
    statements = []
    for (dataset, spell), group in sorted(gathered.items(), key=lambda item: (first_seen[item[0][0]], item[0][1])):
        since, _ = _choose_since([c.since() for c in group])
        until, _ = _choose_until([_until(c, sources) for c in group])
        statements.append(_Statement(group, since, until))
        assert spell >= 1, dataset
    return statements


def _until(claim: Claim, sources: Mapping[str, SourceInfo]) -> dates.Boundary:
    info = sources[claim.source]
    return claim.until(info.covers_until)


def _slots(type_: str, claims: Sequence[Claim], sources: Mapping[str, SourceInfo]) -> list[_Slot]:
    statements = _statements(claims, sources)
    has_spells = type_ == "Event" or (type_ in RELATIONSHIP and RELATIONSHIP[type_].spells)
    slots: list[_Slot] = []
    for statement in statements:
        attached = [_Attached(c, c.since(), _until(c, sources)) for c in statement.claims]
        owner = statement.claims[0].dataset
        others = [slot for slot in slots if slot.owner != owner]
        if not has_spells:
            matches = slots[:1]
        elif type_ == "Event":
            # The same event is the one on a day that both allow; else, as an instrument is signed once, the n-th is the n-th.
            free = [slot for slot in others if all(a.claim.dataset != owner for a in slot.attached)]
            number = statement.claims[0].spell
            matches = [s for s in free if s.since.meets(statement.since)][:1] or [s for s in others[number - 1 : number] if s in free]
        else:
            matches = _matches(statement, others)
        if not matches:
            slots.append(_Slot(statement.since, statement.until, owner, attached))
            continue
        unspoken_since, unspoken_until = dates.since(""), dates.until("")
        for slot in matches:
            # A second spell of the same source within one spell of a preferred source: they count differently.
            slot.contested |= has_spells and any(a.claim.dataset == owner for a in slot.attached)
            slot.attached += [
                _Attached(a.claim, a.since if slot is matches[0] else unspoken_since, a.until if slot is matches[-1] else unspoken_until)
                for a in attached
            ]
    return slots


def _matches(statement: _Statement, slots: Sequence[_Slot]) -> list[_Slot]:
    """The slot of greatest overlap, with the neighbours that adjoin it without a gap and overlap too (a suspension, a new role)."""
    overlaps = [(slot, _days(statement.since.stored, statement.until.stored, slot)) for slot in slots]
    touching = sorted((pair for pair in overlaps if pair[1] > 0), key=lambda pair: pair[0].since.stored)
    if not touching:
        return []
    best = max(range(len(touching)), key=lambda i: touching[i][1])
    first = last = best
    while first > 0 and touching[first - 1][0].until.stored == touching[first][0].since.stored:
        first -= 1
    while last + 1 < len(touching) and touching[last][0].until.stored == touching[last + 1][0].since.stored:
        last += 1
    return [slot for slot, _ in touching[first : last + 1]]


def _days(since: str, until: str, slot: _Slot) -> int:
    first, last = max(since, slot.since.stored), min(until, slot.until.stored)
    return (date.fromisoformat(last) - date.fromisoformat(first)).days if first < last else 0


def _overlap(claim: Claim, slot: _Slot, sources: Mapping[str, SourceInfo]) -> int:
    return _days(claim.since().stored, _until(claim, sources).stored, slot)


# -- values -----------------------------------------------------------------------------------------------------------


def _resolve_slot(type_: str, slot: _Slot) -> tuple[dict[str, Value | None], bool]:
    props: dict[str, Value | None] = {}
    disputed = slot.contested
    for name, prop in claimable(type_).items():
        if name.endswith("_edtf"):
            continue
        said = [(a.claim, a.claim.values[name]) for a in slot.attached if a.claim.values.get(name) is not None]
        if not said:
            continue
        props[name] = said[0][1]
        if prop.disputable and any(not _agree(prop, said[0], other) for other in said[1:]):
            disputed = True
    since, since_disputed = _choose_since([a.since for a in slot.attached])
    if since.kind == "censored" and slot.since.kind == "unknown":  # what is on a list at a later day leaves an unknown start unknown
        since = slot.since
    until, until_disputed = _choose_until([a.until for a in slot.attached])
    disputed |= since_disputed or until_disputed
    if type_ == "Event":
        props |= {"date": since.stored, "date_edtf": since.said}
        return props, disputed
    declared = NODE.get(type_) or RELATIONSHIP[type_]
    if declared.dated:
        if until.stored <= since.stored:  # a mixture of sources that makes no sense: the preferred one alone
            since, until, disputed = slot.since, slot.until, True
        props |= {
            "since": since.stored, "since_edtf": since.said, "start_kind": since.kind,
            "until": until.stored, "until_edtf": until.said, "end_kind": until.kind,
        }  # fmt: skip
    return props, disputed


def _choose_since(said: Sequence[dates.Boundary]) -> tuple[dates.Boundary, bool]:
    """The most preferred known start; a censored one gives way to any dated one and disagrees only with a later one."""
    spoken = [b for b in said if b.kind != "unknown"]
    if not spoken:
        return dates.since(""), False
    dated = [b for b in spoken if b.kind == "dated"]
    return dated[0] if dated else min(spoken, key=lambda b: b.stored), not _all_meet(spoken)


def _choose_until(said: Sequence[dates.Boundary]) -> tuple[dates.Boundary, bool]:
    """The most preferred known end; a censored end gives way to any later one and disagrees only with an earlier one."""
    spoken = [b for b in said if b.kind != "unknown"]
    if not spoken:
        return dates.until(""), False
    disputed = not _all_meet(spoken)
    last_seen = max((b for b in spoken if b.kind == "censored"), key=lambda b: b.stored, default=None)
    known = [b for b in spoken if b.kind != "censored"]
    if not known:
        assert last_seen is not None
        return last_seen, disputed
    preferred_censored = [b for b in spoken[: spoken.index(known[0])] if not b.meets(known[0])]
    return (max(preferred_censored, key=lambda b: b.stored), True) if preferred_censored else (known[0], disputed)


def _all_meet(boundaries: Sequence[dates.Boundary]) -> bool:
    # Intervals on a line meet pairwise if and only if the latest start is not after the earliest end.
    return max(b.earliest for b in boundaries) <= min(b.latest for b in boundaries)


def _agree(prop: Property, one: tuple[Claim, Value], other: tuple[Claim, Value]) -> bool:
    (claim, value), (second, said) = one, other
    if prop.name == "share":
        low, high = _share_interval(claim)
        second_low, second_high = _share_interval(second)
        return low <= second_high and second_low <= high
    if isinstance(value, list) and isinstance(said, list):
        return set(value) == set(said)
    if isinstance(value, float) or isinstance(said, float):
        return math.isclose(float(str(value)), float(str(said)), rel_tol=1e-9)
    return value == said


def _share_interval(claim: Claim) -> tuple[float, float]:
    share = float(str(claim.values["share"]))
    return float(str(claim.values.get("share_lo", share))), float(str(claim.values.get("share_hi", share)))
