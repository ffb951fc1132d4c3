"""Ties that follow from instruments, by stated rules; then dyadic claims without an instrument are matched to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from graph_loader import dates
from graph_loader.errors import DataError
from graph_loader.resolve import Ranking, Resolved
from graph_loader.schema import DOMAINS, NEGATIVE_DOMAINS, Fact, Value, make_fact

_BEGINS = ("in_force", "resumed")
_ENDS = ("suspended", "terminated", "expired")
# A declaration is not ratified: it has effect from its signature.
_FROM_SIGNATURE = ("declaration", "memorandum", "arrangement")
_ASSISTANCE = {"defence", "offence"}


@dataclass(frozen=True)
class _Spell:
    """An interval with what is known of its ends and the facts that it rests on."""

    since: str
    until: str
    since_edtf: str
    until_edtf: str
    start_kind: str
    end_kind: str
    facts: tuple[Fact, ...]

    def __and__(self, other: _Spell) -> _Spell | None:
        later = self if self.since >= other.since else other
        # Of two equal ends the known one is said: open beats unknown.
        earlier = min(self, other, key=lambda s: (s.until, ("dated", "censored", "open", "unknown").index(s.end_kind)))
        if later.since >= earlier.until:
            return None
        return _Spell(
            later.since, earlier.until, later.since_edtf, earlier.until_edtf, later.start_kind, earlier.end_kind,
            self.facts + tuple(f for f in other.facts if f not in self.facts),
        )  # fmt: skip


def _text(fact: Fact, name: str) -> str:
    return str(fact.props.get(name, ""))


def _list(fact: Fact, name: str) -> list[str]:
    value = fact.props.get(name, [])
    return list(value) if isinstance(value, list) else []


def _spell_of(fact: Fact) -> _Spell:
    since, until, since_edtf, until_edtf, start_kind, end_kind = (
        _text(fact, name) for name in ("since", "until", "since_edtf", "until_edtf", "start_kind", "end_kind")
    )
    return _Spell(since, until, since_edtf, until_edtf, start_kind, end_kind, (fact,))


def in_force(instrument: Fact, events: Sequence[Fact]) -> list[_Spell]:
    """Spells in which the instrument was in force, from its events.

    A treaty or protocol begins with ``in_force`` or ``resumed``; signature alone has no effect. A declaration, memorandum or
    arrangement begins with its signature. ``suspended``, ``terminated`` and ``expired`` end a spell; ``denounced`` does not,
    for a notice takes effect later. An end said imprecisely is counted until the day after its interval.
    """
    begins: tuple[str, ...] = _BEGINS
    if _text(instrument, "form") in _FROM_SIGNATURE and not any(_text(e, "kind") == "in_force" for e in events):
        begins = (*_BEGINS, "signed")
    spells: list[_Spell] = []
    start: Fact | None = None

    def close(since: Fact, until: dates.Boundary, facts: tuple[Fact, ...]) -> None:
        begun = dates.since(_text(since, "date_edtf"))
        # A suspension and a resumption in the same year leave the whole year out: spells never overlap.
        first = max(begun.stored, spells[-1].until) if spells else begun.stored
        if first < until.stored:
            spells.append(_Spell(first, until.stored, begun.said, until.said, begun.kind, until.kind, (instrument, *facts)))

    # On one day an end comes before a beginning, as when a treaty is replaced.
    relevant = [e for e in events if _text(e, "kind") in (*begins, *_ENDS)]
    pending = sorted(relevant, key=lambda e: (_text(e, "date"), _text(e, "kind") in begins))
    while pending:
        event = _next_event(pending, begins, start is None)
        pending.remove(event)
        if _text(event, "kind") in begins and start is None:
            start = event
        elif _text(event, "kind") in _ENDS and start is not None:
            close(start, dates.until(_text(event, "date_edtf")), (start, event))
            start = None
    if start is not None:
        close(start, dates.until(".."), (start,))
    return spells


def _next_event(pending: Sequence[Fact], begins: Sequence[str], wants_beginning: bool) -> Fact:
    """The first of the events in time. Where an imprecise date lets another be as early, the one that makes sense: 'in force 1950'
    comes before 'terminated 1950'."""
    latest = dates.since(_text(pending[0], "date_edtf")).latest
    for event in pending:
        if _text(event, "date") <= latest and (_text(event, "kind") in begins) == wants_beginning:
            return event
    return pending[0]


def derive(resolved: Resolved, ranking: Ranking) -> None:
    """Add the derived ties and the events' relationships to the facts, and merge dyadic claims into the ties they repeat.

    The rules, each named in a tie's ``rule``:

    - ``dyads``: each pair of parties, while the instrument is in force and both are party. Parties are PARTY_TO (a guarantor
      owes each beneficiary, a signatory is no party, parties of one side are not tied); where the instrument FOUNDS a bloc,
      they are its full members, and a suspension ends a spell.
    - ``hub``: each party to the bloc that the instrument founds.
    - An obligation stands on the DEFENCE tie where there is one.
    """
    facts = resolved.facts
    by_instrument: dict[str, list[Fact]] = defaultdict(list)
    members: dict[str, list[Fact]] = defaultdict(list)
    parties: dict[str, list[Fact]] = defaultdict(list)
    founds: dict[str, Fact] = {}
    for fact in list(facts.values()):
        if fact.type == "Event":
            by_instrument[_text(fact, "instrument")].append(fact)
            _add_event_relationship(fact, _text(fact, "instrument"), facts)
        elif fact.type == "MEMBER_OF" and fact.end and fact.props["role"] == "full" and not fact.props["suspended"]:
            members[fact.end[1]].append(fact)
        elif fact.type == "PARTY_TO" and fact.end and fact.props["role"] != "signatory":
            parties[fact.end[1]].append(fact)
        elif fact.type == "FOUNDS" and fact.start:
            founds[fact.start[1]] = fact
    derived: dict[str, Fact] = {}
    for instrument in [f for f in facts.values() if f.type == "Instrument"]:
        spells = in_force(instrument, by_instrument[instrument.id])
        founding = founds.get(instrument.id)
        who = members[founding.end[1]] if founding and founding.end else parties[instrument.id]
        if instrument.props["derives"] == "dyads":
            pairs: Iterable[tuple[str, str, bool, list[_Spell]]] = _dyads(who, spells)
        elif instrument.props["derives"] == "hub":
            if not founding or not founding.end:
                raise DataError(f"instrument '{instrument.id}' derives ties to a hub but founds no bloc; name it in the column founds")
            pairs = _hub(who, founding.end[1], spells)
        else:
            continue
        for start, end, mutual, common in pairs:
            derived |= _ties(instrument, start, end, mutual, common, resolved.labels)
    _match_dyadic(resolved, derived, ranking)
    facts.update(derived)


def _add_event_relationship(event: Fact, instrument: str, facts: dict[str, Fact]) -> None:
    said = dates.since(_text(event, "date_edtf"))
    id_ = f"has|{instrument}|{event.id}"
    props: dict[str, Value | None] = {
        "since": said.stored, "until": dates.FOREVER, "since_edtf": said.said, "until_edtf": "..", "start_kind": said.kind,
        "end_kind": "open", "sources": event.props["sources"], "disputed": event.props["disputed"],
    }  # fmt: skip
    facts[id_] = make_fact("HAS_EVENT", id_, props, ("Instrument", instrument), ("Event", event.id))


def _dyads(parties: Sequence[Fact], spells: Sequence[_Spell]) -> Iterator[tuple[str, str, bool, list[_Spell]]]:
    by_pair: dict[tuple[str, str, bool], list[_Spell]] = defaultdict(list)
    for one, two in combinations(sorted(parties, key=lambda f: (_start(f), f.id)), 2):
        if _start(one) == _start(two) or (_text(one, "side") and _text(one, "side") == _text(two, "side")):
            continue
        roles = (_text(one, "role"), _text(two, "role"))
        if roles in (("guarantor", "guarantor"), ("beneficiary", "beneficiary")):
            continue
        mutual = not ({"guarantor", "beneficiary"} & set(roles))
        start, end = (_start(one), _start(two)) if mutual or roles[0] == "guarantor" or roles[1] == "beneficiary" else (
            _start(two), _start(one))  # fmt: skip
        both = _spell_of(one) & _spell_of(two)
        if both:
            by_pair[start, end, mutual] += _within(both, spells)
    for (start, end, mutual), found in sorted(by_pair.items()):
        yield start, end, mutual, sorted(found, key=lambda s: s.since)


def _hub(members: Sequence[Fact], bloc: str, spells: Sequence[_Spell]) -> Iterator[tuple[str, str, bool, list[_Spell]]]:
    by_member: dict[str, list[_Spell]] = defaultdict(list)
    for member in members:
        by_member[_start(member)] += _within(_spell_of(member), spells)
    for state, found in sorted(by_member.items()):
        first, second = sorted((state, bloc))
        yield first, second, True, sorted(found, key=lambda s: s.since)


def _within(spell: _Spell, others: Sequence[_Spell]) -> list[_Spell]:
    return [common for other in others if (common := spell & other) is not None]


def _start(fact: Fact) -> str:
    assert fact.start is not None
    return fact.start[1]


def _ties(
    instrument: Fact, start: str, end: str, mutual: bool, spells: Sequence[_Spell], labels: Mapping[str, str]
) -> dict[str, Fact]:
    ties = {}
    domains = _list(instrument, "domains")
    kind = _text(instrument, "type")
    rule = f"{instrument.props['derives']}: in force and both party"
    for domain in domains:
        obligations = _list(instrument, "obligations") if domain == "DEFENCE" or "DEFENCE" not in domains else []
        for number, spell in enumerate(spells, start=1):
            id_ = "|".join(["tie", instrument.id, start, end, domain, kind, str(number)])
            props: dict[str, Value | None] = {
                "kind": kind, "label": instrument.props.get("official_label"), "obligations": obligations, "mutual": mutual,
                "sign": -1 if domain in NEGATIVE_DOMAINS else 1,
                "instrument": instrument.id, "derived": True, "rule": rule, "premises": sorted(f.id for f in spell.facts),
                "since": spell.since, "until": spell.until, "since_edtf": spell.since_edtf, "until_edtf": spell.until_edtf,
                "start_kind": spell.start_kind, "end_kind": spell.end_kind,
                "sources": sorted({s for f in spell.facts for s in _list(f, "sources")}),
                "disputed": any(bool(f.props["disputed"]) for f in spell.facts),
            }  # fmt: skip
            ties[id_] = make_fact(domain, id_, props, (labels[start], start), (labels[end], end))
    return ties


# -- dyadic claims ----------------------------------------------------------------------------------------------------


def _pair(fact: Fact) -> tuple[str, str, str, str]:
    assert fact.start and fact.end
    first, second = sorted((fact.start[1], fact.end[1]))
    return first, second, fact.type, _text(fact, "kind")


def _match_dyadic(resolved: Resolved, derived: dict[str, Fact], ranking: Ranking) -> None:
    """A tie that a source states without an instrument is the derived tie of the same pair, domain and kind, where they overlap."""
    by_pair: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for id_, fact in derived.items():
        by_pair[_pair(fact)].append(id_)
    moved: dict[str, str] = {}
    for stated in [f for f in resolved.facts.values() if f.type in DOMAINS]:
        ties = [derived[id_] for id_ in by_pair[_pair(stated)]]
        touching = [t for t in ties if _text(t, "since") < _text(stated, "until") and _text(stated, "since") < _text(t, "until")]
        if not touching:
            continue
        touching.sort(key=lambda t: (_text(t, "since"), t.id))
        for tie in touching:
            derived[tie.id] = _merge(tie, stated, touching, ranking)
        moved[stated.id] = max(touching, key=lambda t: min(_text(t, "until"), _text(stated, "until"))).id
        del resolved.facts[stated.id]
    resolved.fact_of_claim |= {claim: moved[fact] for claim, fact in resolved.fact_of_claim.items() if fact in moved}


def _boundaries(fact: Fact) -> tuple[dates.Boundary, dates.Boundary]:
    since = dates.since(_text(fact, "since_edtf"))
    kind, said = _text(fact, "end_kind"), _text(fact, "until_edtf")
    return since, dates.censored(said) if kind == "censored" else dates.until(said)


def _merge(tie: Fact, stated: Fact, touching: Sequence[Fact], ranking: Ranking) -> Fact:
    props: dict[str, Value | None] = dict(tie.props)
    props["sources"] = sorted({*_list(tie, "sources"), *_list(stated, "sources")})
    stated_since, stated_until = _boundaries(stated)
    # The stated tie speaks of the whole time in which the pair is tied: its ends are compared with the outer ends.
    is_first = _text(tie, "since") == min(_text(t, "since") for t in touching)
    is_last = _text(tie, "until") == max(_text(t, "until") for t in touching)
    since, until = _boundaries(tie)
    disagrees = (is_first and not since.meets(stated_since)) or (is_last and not until.meets(stated_until))
    said = set(_list(stated, "obligations"))  # none: the source does not speak of them
    disagrees |= bool(said) and bool(_ASSISTANCE & (said ^ set(_list(tie, "obligations"))))
    props["disputed"] = bool(tie.props["disputed"]) or bool(stated.props["disputed"]) or disagrees
    precedes = min(ranking.of_source(s) for s in _list(stated, "sources")) < min(ranking.of_source(s) for s in _list(tie, "sources"))
    if precedes and is_first and stated_since.kind == "dated":
        props |= {"since": stated_since.stored, "since_edtf": stated_since.said, "start_kind": stated_since.kind}
    if precedes and is_last and stated_until.kind in ("dated", "open"):
        props |= {"until": stated_until.stored, "until_edtf": stated_until.said, "end_kind": stated_until.kind}
    return make_fact(tie.type, tie.id, props, tie.start, tie.end)
