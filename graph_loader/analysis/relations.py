"""What ties an importer to its supplier at a date: ally, rival, both, or neither in the loaded data.

The words are defined here once, for every table that crosses supply with alignment:

ally
    an obligation to defend is in force between the two, in at least one direction. A strategic partnership is none.
rival
    a tie of SANCTIONS or DISPUTE is in force between them, either way, or between one and a union that the other is a full member of
    (the EU's measures are its members'); measures of other organisations are theirs alone, since the UN's bind every state. Where
    camps are given, also a state of another camp, unless an obligation to defend is in force between the two.
ally and rival
    both hold. A class of its own, so that shares by relation add up and neither word hides the other.
ally of some members
    the importer is a bloc and some of its full members, not all, have an obligation with the supplier.
neutral
    none of these in the loaded data, which is no finding of neutrality.
not a state
    the supplier is a firm, a bank or an organisation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

    from graph_loader.analysis.clusters import CampResult

__all__ = ["DIFFERENT_CAMP", "HOSTILE", "RELATIONS", "Members", "Relation", "relation"]

RELATIONS = ("ally", "ally of some members", "ally and rival", "rival", "neutral", "not a state")
HOSTILE = ("SANCTIONS", "DISPUTE")
DIFFERENT_CAMP = 0.2
"""Greatest co-assignment of two states that are said to be in different camps: the counterpart of .8 for the same camp."""

Members = Mapping[str, Collection[str]]
"""Bloc -> its full members at the date."""


@dataclass(frozen=True)
class Relation:
    """How an importer and a supplier stand, and by which facts.

    Attributes
    ----------
    kind : str
        One of RELATIONS.
    obligation : str
        Who must defend whom, by which instruments; empty without an obligation.
    hostile : str
        The measures and disputes in force, sender first; empty without any.
    camp : str
        'same', 'different' or 'uncertain'; empty where no camps were given or one of the two has none.
    obligation_facts, hostile_facts : tuple of str
        Ids of the ties behind them.
    obligation_sources, hostile_sources : tuple of str
        Ids of their sources.
    """

    kind: str
    obligation: str = ""
    hostile: str = ""
    camp: str = ""
    obligation_facts: tuple[str, ...] = ()
    hostile_facts: tuple[str, ...] = ()
    obligation_sources: tuple[str, ...] = ()
    hostile_sources: tuple[str, ...] = ()
    disputed: bool = False

    @property
    def because(self) -> str:
        """The reasons in one line."""
        camp = "in another camp" if self.camp == "different" else ""
        return "; ".join(part for part in (self.obligation, self.hostile, camp) if part)


def relation(graph: nx.MultiGraph[str], importer: str, supplier: str, members: Members, camps: CampResult | None = None) -> Relation:
    """Classify a supplier as the importer sees it.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties in force at the date with at least the domains DEFENCE, SANCTIONS and DISPUTE, as `snapshot.ties` gives them.
    importer : str
        Id of a state or a bloc.
    supplier : str
        Id of a state, a bloc or an actor.
    members : mapping
        Full members of each bloc at the date.
    camps : CampResult, optional
        Camps with a bootstrap; a pair is in different camps when the partition shown parts them and they are co-assigned with a
        probability of at most DIFFERENT_CAMP.

    Returns
    -------
    Relation
    """
    label = graph.nodes[supplier].get("label", "State") if supplier in graph else "State"
    duties = _duties(graph, importer, supplier)
    hostile = list(_hostile(graph, importer, supplier, members))
    obligation = _obligation_text(duties, importer)
    part = False
    if not duties and label == "State" and importer in members:
        bound = {m: found for m in sorted(members[importer]) if (found := _duties(graph, m, supplier))}
        n = len(set(members[importer]) - {supplier})
        duties = [tie for found in bound.values() for tie in found]
        part = 0 < len(bound) < n
        obligation = f"{len(bound)} of its {n} members: {'; '.join(_titles(duties))}" if bound else ""
    camp = _camp(camps, importer, supplier)
    rival = bool(hostile) or (camp == "different" and not duties)
    if label != "State":
        kind = "not a state"
    elif duties and rival:
        kind = "ally and rival"
    elif duties:
        kind = "ally of some members" if part else "ally"
    else:
        kind = "rival" if rival else "neutral"
    return Relation(
        kind,
        obligation,
        "; ".join(sorted({_hostile_text(tie) for tie in hostile})),
        camp,
        tuple(sorted({tie["id"] for tie in duties})),
        tuple(sorted({tie["id"] for tie in hostile})),
        _sources(duties),
        _sources(hostile),
        any(tie["disputed"] for tie in (*duties, *hostile)),
    )


def _between(graph: nx.MultiGraph[str], a: str, b: str) -> list[dict[str, Any]]:
    return [dict(tie) for tie in graph[a][b].values()] if graph.has_edge(a, b) else []


def _duties(graph: nx.MultiGraph[str], a: str, b: str) -> list[dict[str, Any]]:
    return [tie for tie in _between(graph, a, b) if tie["domain"] == "DEFENCE" and "defence" in tie["obligations"]]


def _hostile(graph: nx.MultiGraph[str], a: str, b: str, members: Members) -> Iterator[dict[str, Any]]:
    """Ties of SANCTIONS and DISPUTE between the two, or between one and the other's union."""

    def unions(state: str, other: str) -> list[str]:
        return [
            u for u, m in sorted(members.items()) if state in m and other not in m and u in graph and graph.nodes[u].get("kind") == "union"
        ]

    for one in (a, *unions(a, b)):
        for two in (b, *unions(b, a)):
            if one != two:
                yield from (tie for tie in _between(graph, one, two) if tie["domain"] in HOSTILE)


def _hostile_text(tie: Mapping[str, Any]) -> str:
    arrow = "-" if tie["mutual"] else " against "
    return f"{tie['domain'].lower()} ({tie['kind'].replace('_', ' ')}) {tie['start']}{arrow}{tie['end']}"


def _titles(ties: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({tie["instrument_title"] or tie.get("label") or "no instrument known" for tie in ties})


def _obligation_text(duties: list[dict[str, Any]], importer: str) -> str:
    said: dict[str, list[dict[str, Any]]] = {}
    for tie in duties:
        way = "mutual" if tie["mutual"] else f"owed {'by' if tie['start'] == importer else 'to'} {importer}"
        said.setdefault(way, []).append(tie)
    return "; ".join(f"{way}: {'; '.join(_titles(ties))}" for way, ties in sorted(said.items()))


def _sources(ties: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({source for tie in ties for source in tie["sources"]}))


def _camp(camps: CampResult | None, a: str, b: str) -> str:
    if camps is None:
        return ""
    placed = {row["state"]: row["camp"] for row in camps.rows if row["state"] in (a, b)}
    if placed.get(a) is None or placed.get(b) is None:
        return ""
    if placed[a] == placed[b]:
        return "same" if camps.same_camp(a, b) else "uncertain"
    together = camps.co_assignment(a, b)
    return "different" if together is not None and together <= DIFFERENT_CAMP else "uncertain"
