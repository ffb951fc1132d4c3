"""What a report shows of a state or a bloc: plain rows with their sources. What all reports of one date rest on is read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph_loader import reliance, snapshot
from graph_loader.schema import DOMAINS, NEGATIVE_DOMAINS, SCOPES, THICKNESS
from graph_loader.stores.base import Reader

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

    from graph_loader.analysis.clusters import CampResult

MOST_PARTNERS = 24
"""Partners in the excerpt of the network; the table beside it counts the others."""
POLES = (("1991-12-26", ("USA", "CHN")), ("0001-01-01", ("USA", "SUN")))
"""Poles of the hedging plane unless others are asked for: until the Soviet Union's end it was the other pole."""
SPENDING = ("nmc-milex", "nmc-milex-gbp")
BINDING = {"defence", "offence"}
Row = dict[str, Any]

BLOC = """MATCH (b:Bloc) WHERE b.id = $id AND b.fingerprint IS NOT NULL
RETURN b.id AS id, b.name AS name, b.kind AS kind, b.since AS since, b.until AS until"""
MEMBERS = """MATCH (s:State)-[t:MEMBER_OF]->(b:Bloc)
WHERE b.id = $id AND t.fingerprint IS NOT NULL AND t.since <= $as_of AND t.until > $as_of
RETURN s.id AS state, s.name AS name, t.role AS role, t.suspended AS suspended, t.since AS since, t.until AS until,
       t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind, t.end_kind AS end_kind, t.disputed AS disputed,
       t.id AS fact, t.sources AS sources
ORDER BY name, fact"""
FOUNDING = """MATCH (i:Instrument)-[f:FOUNDS]->(b:Bloc) WHERE b.id = $id AND f.fingerprint IS NOT NULL
RETURN i.id AS instrument, i.title AS title, i.binding AS binding, i.obligations AS obligations, i.disputed AS disputed,
       i.sources AS sources
ORDER BY instrument"""
PLACED = """MATCH (i:Instrument) WHERE i.scope IS NOT NULL AND i.thickness IS NOT NULL AND i.fingerprint IS NOT NULL
RETURN i.id AS instrument, i.title AS title, i.scope AS scope, i.thickness AS thickness, i.binding AS binding, i.coding_reason AS reason,
       i.sources AS sources
ORDER BY instrument"""


class Ground:
    """All that reports of one store and date share, each part read when it is first asked for.

    Parameters
    ----------
    reader : Reader
    day : str
        ISO day.
    runs, resamples : int
        Leiden runs and resamples behind every camp.
    say : callable, optional
        Told what is being done.
    ties : networkx.MultiGraph, optional
        Ties of all dates, where they are read already.
    camps : mapping, optional
        Camps at all `camp_dates` of the day, where they are known already: each date is solved by itself, so these are the same.
    """

    def __init__(
        self, reader: Reader, day: str, *, runs: int, resamples: int, say: Callable[[str], None] = lambda _: None,
        ties: nx.MultiGraph[str] | None = None, camps: Mapping[str, CampResult] | None = None,
    ) -> None:  # fmt: skip
        self.reader, self.day, self.say, self.runs, self.resamples, self.solved = reader, day, say, runs, resamples, camps
        self._ties = ties

    @cached_property
    def ties(self) -> nx.MultiGraph[str]:
        """Ties of all dates."""
        if self._ties is not None:
            return self._ties
        self.say("reading ties of all dates")
        return snapshot.ties(self.reader, None)

    @cached_property
    def now(self) -> nx.MultiGraph[str]:
        """Ties in force on the day, with every node."""
        found = self.ties.copy()
        gone = [(a, b, k) for a, b, k, t in self.ties.edges(keys=True, data=True) if not t["since"] <= self.day < t["until"]]
        found.remove_edges_from(gone)
        found.graph["as_of"] = self.day
        return found

    @cached_property
    def camps(self) -> dict[str, CampResult]:
        """Camps on the last of `camp_dates` in every five years, and on the day."""
        dates = {date[:3] + ("0" if date[3] < "5" else "5"): date for date in camp_dates(self.ties, self.day)}
        wanted = sorted({*dates.values(), self.day})
        if self.solved is None:
            return solved(self.ties, wanted, runs=self.runs, resamples=self.resamples, say=self.say)
        return {date: self.solved[date] for date in wanted}

    @cached_property
    def flows(self) -> pl.DataFrame:
        """Shares of all periods."""
        return snapshot.flows(self.reader)

    @cached_property
    def period(self) -> pl.DataFrame:
        """Shares of the newest period of each importer and good that was complete on the day."""
        from graph_loader.analysis.concentration import select_period

        return select_period(self.flows, self.day)

    @cached_property
    def reliance(self) -> reliance.Reliance:
        """Who gets what from whom, with the suppliers' standing."""
        self.say("reading shares")
        return reliance.reliance_of(self.reader, self.day)

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Full members of every bloc on the day."""
        return snapshot.members(self.reader, self.day)

    @cached_property
    def placed(self) -> list[Row]:
        """Instruments with a place in the grid of scope and thickness."""
        return self.reader.run(PLACED, {}).dicts()

    @cached_property
    def _bound(self) -> set[str]:
        text = "MATCH (i:Instrument) WHERE i.binding AND i.fingerprint IS NOT NULL RETURN i.id AS id"
        return {row[0] for row in self.reader.run(text, {}).rows}

    @cached_property
    def _spending(self) -> list[Row]:
        return next((rows for name in SPENDING if (rows := snapshot.observations(self.reader, name))), [])

    @cached_property
    def _planes(self) -> dict[tuple[str, ...], list[Row]]:
        return {}

    def name(self, id_: str) -> str:
        """Name of a state, bloc or actor."""
        return str(self.now.nodes[id_]["name"]) if id_ in self.now else id_

    # -------------------------------------------------------------------------------------------- parts

    def partners(self, id_: str) -> list[Row]:
        """Those tied to a state or bloc on the day: with a sanction or dispute first, then by number of domains and of ties.

        Returns
        -------
        list of dict
            ``id``, ``name``, ``label``, ``n``, ``binds`` (an obligation of defence), ``hostile``, ``sources`` and ``domains``:
            {domain, n, arrow ('', 'out', 'in')}.
        """
        by: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        if id_ in self.now:
            for a, b, tie in self.now.edges(id_, data=True):
                by[b if a == id_ else a][tie["domain"]].append(tie)
        order = {d: n for n, d in enumerate(DOMAINS)}
        found = []
        for other, domains in by.items():
            ties = [tie for listed in domains.values() for tie in listed]
            found.append(
                {
                    "id": other, "name": self.name(other), "label": self.now.nodes[other]["label"], "n": len(ties),
                    "binds": any(t["domain"] == "DEFENCE" and BINDING & set(t["obligations"]) for t in ties),
                    "hostile": bool(set(domains) & set(NEGATIVE_DOMAINS)), "sources": sorted({s for t in ties for s in t["sources"]}),
                    "domains": [
                        {"domain": d, "n": len(domains[d]), "arrow": _arrow(domains[d], id_)}
                        for d in sorted(domains, key=lambda d: order.get(d, 99))
                    ],
                }
            )  # fmt: skip
        return sorted(found, key=lambda r: (not r["hostile"], -len(r["domains"]), -r["n"], r["id"]))

    def at_odds(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """Pairs of these between whom a sanction or dispute is in force."""
        inside = set(ids)
        pairs = {
            (min(a, b), max(a, b))
            for a, b, tie in self.now.edges(data=True)
            if tie["domain"] in NEGATIVE_DOMAINS and a in inside and b in inside
        }
        return sorted(pairs)

    def supplies(self, importers: Iterable[str]) -> list[Row]:
        """Rows of `reliance` of these importers."""
        wanted = set(importers)
        return [row for row in self.reliance.flows if row["importer"] in wanted]

    def unions(self, id_: str) -> list[str]:
        """Blocs of which a state is a full member and whose own supply is recorded."""
        importing = {row["importer"] for row in self.reliance.flows if row["is_bloc"]}
        return sorted(b for b, states in self.members.items() if id_ in states and b in importing)

    def poles(self, wanted: Sequence[str] = ()) -> list[str]:
        """The two poles of the plane."""
        return list(wanted) or list(next(poles for since, poles in POLES if self.day >= since))

    def plane(self, poles: Sequence[str]) -> list[Row]:
        """Where every state with enough instruments stands between two poles.

        Returns
        -------
        list of dict
            ``id``, ``name``, ``kind`` (class), ``lean`` (-1..1, above 0 towards the first pole), ``spread`` (0..1), ``volume``, ``domains``
            ({domain, a, b}: instruments with each pole), ``decided_by``, ``turned_by``, ``sources``.
        """
        if tuple(poles) not in self._planes:
            self._planes[tuple(poles)] = [row for id_ in self._existing() if id_ not in poles and (row := self._position(id_, poles))]
        return self._planes[tuple(poles)]

    def _existing(self) -> list[str]:
        from graph_loader.analysis.clusters import existing_states

        return sorted(existing_states(self.now, self.day)[0])

    def _position(self, id_: str, poles: Sequence[str]) -> Row | None:
        from graph_loader.analysis import hedging

        chosen = [d for d in DOMAINS if d not in NEGATIVE_DOMAINS]
        found, sources = hedging.instruments(self.now, id_, poles, chosen)
        result = hedging.hedging(found, poles, binding=self._bound)
        whole = result["all"]
        if not whole.volume:
            return None
        return {
            "id": id_, "name": self.name(id_), "kind": whole.kind, "lean": whole.lean, "spread": whole.spread, "volume": whole.volume,
            "domains": [{"domain": d, "a": len(p.get(poles[0], ())), "b": len(p.get(poles[1], ()))} for d, p in sorted(found.items())],
            "decided_by": whole.decided_by, "turned_by": result["turned_by"], "sources": sorted(sources),
        }  # fmt: skip

    def grid(self, id_: str) -> list[Row]:
        """Placed instruments whose ties of the state or bloc are in force, or to which it is a party."""
        own = {tie["instrument"] for _, _, tie in self.now.edges(id_, data=True)} if id_ in self.now else set()
        text = (
            "MATCH (p)-[r:PARTY_TO]->(i:Instrument) WHERE p.id = $id AND r.since <= $as_of AND r.until > $as_of"
            " RETURN DISTINCT i.id AS id"
        )
        own |= {row[0] for row in self.reader.run(text, {"id": id_, "as_of": self.day}).rows}
        return [row for row in self.placed if row["instrument"] in own]

    def camps_of(self, id_: str) -> list[Row]:
        """The state's camp at each date: ``date``, ``size`` (None: in no camp), ``certainty``, ``with`` (names), ``sources``."""
        found = []
        for date, result in self.camps.items():
            row = next((r for r in result.rows if r["state"] == id_), None)
            if row is None:
                continue
            fellows = [m for m in result.members.get(row["camp"], ()) if m != id_] if row["camp"] is not None else []
            found.append(
                {
                    "date": date, "size": len(fellows) + 1 if fellows else None, "certainty": row["certainty"] if fellows else None,
                    "with": [self.name(m) for m in fellows], "sources": self._camp_sources(id_, date),
                }
            )  # fmt: skip
        return found

    def _camp_sources(self, id_: str, date: str) -> list[str]:
        ties = [t for _, _, t in self.ties.edges(id_, data=True) if BINDING & set(t["obligations"]) and t["since"] <= date < t["until"]]
        return sorted({s for t in ties for s in t["sources"]})

    def camps_of_members(self, spells: Sequence[Row]) -> list[Row]:
        """Camps of a bloc's full members at each date.

        Parameters
        ----------
        spells
            Full memberships: ``state``, ``since``, ``until``.

        Returns
        -------
        list of dict
            ``date``, ``members``, ``largest`` (most members in one camp), ``camps``, ``outside`` (in no camp), ``elsewhere`` (names in
            other camps).
        """
        found = []
        for date, result in self.camps.items():
            inside = sorted({s["state"] for s in spells if s["since"] <= date < s["until"]})
            if not inside:
                continue
            camp = {row["state"]: row["camp"] for row in result.rows}
            groups: dict[int, list[str]] = defaultdict(list)
            for state in inside:
                if (number := camp.get(state)) is not None:
                    groups[number].append(state)
            ordered = sorted(groups.values(), key=lambda g: (-len(g), g))
            found.append(
                {
                    "date": date, "members": len(inside), "largest": len(ordered[0]) if ordered else 0, "camps": len(ordered),
                    "outside": len(inside) - sum(map(len, ordered)), "elsewhere": [self.name(s) for g in ordered[1:] for s in g],
                    "example": ordered[0][0] if ordered else "",
                }
            )  # fmt: skip
        return found

    def losses(self, id_: str) -> list[Row]:
        """What a state would lose without its largest supplier, its strongest defender, and the treaty that binds most defenders.

        Returns
        -------
        list of dict
            ``role`` (supplier, guarantor, treaty), ``without``, ``name``, ``why``, ``supply`` ({good, good_name, period, share_lost,
            hhi, hhi_after, sources}), ``before``, ``after`` (defenders), ``sources``.
        """
        from graph_loader.analysis.obligations import duties, guarantors
        from graph_loader.analysis.scenario import Loss, defenders

        found: list[Row] = []
        own = [row for row in self.supplies([id_]) if row["suppliers"] and row["hhi_lo"] is not None]
        if own:
            top = max(own, key=lambda r: (r["suppliers"][0]["share"], r["good"]))["suppliers"][0]["id"]
            found.append(self._loss("supplier", Loss("state", top, self.name(top)), id_, None))
        duty = duties(self.now)
        if id_ not in duty or not list(duty.predecessors(id_)):
            return found
        rests = guarantors(duty, id_, self._spending, self.day)
        if (strongest := rests["top_guarantor"]) and strongest not in {r["without"] for r in found}:
            found.append(self._loss("guarantor", Loss("state", strongest, self.name(strongest)), id_, rests))
        count: dict[str, set[str]] = defaultdict(set)
        titles: dict[str, str] = {}
        for other, ties in defenders(self.now).get(id_, {}).items():
            for tie in ties:
                if tie["instrument"]:
                    count[tie["instrument"]].add(other)
                    titles[tie["instrument"]] = tie["instrument_title"] or tie["instrument"]
        if count:
            most = max(count, key=lambda i: (len(count[i]), i))
            found.append(self._loss("treaty", Loss("instrument", most, titles[most], (most,)), id_, None))
        return found

    def _loss(self, role: str, loss: Any, id_: str, rests: Mapping[str, Any] | None) -> Row:
        from graph_loader.analysis import scenario as model

        before = model.defenders(self.now).get(id_, {})
        after = model.defenders(model.without(self.now, loss)).get(id_, {})
        gone = [tie for other in before.keys() - after.keys() for tie in before[other]]
        supply = []
        if loss.kind == "state":
            known = {(r["good"], r["stage"], r["basis"]): r["good_name"] for r in self.supplies([id_]) if r["hhi_lo"] is not None}
            own = self.period.filter(self.period["importer"] == id_)
            kept = own.filter([(r["good"], r["stage"], r["basis"]) in known for r in own.iter_rows(named=True)])
            supply = [row | {"good_name": known[row["item"], row["stage"], row["basis"]]} for row in model.lost_supply(kept, loss.id)]
        return {
            "role": role, "without": loss.id, "name": loss.name, "supply": supply, "before": len(before), "after": len(after),
            "share": rests["cr1"] if rests else None, "year": rests["year"] if rests else None,
            "sources": sorted({s for t in gone for s in t["sources"]} | {s for r in supply for s in r["sources"]}
                              | set(rests["sources"] if rests else ())),
        }  # fmt: skip

    def bonds(self, states: Sequence[str]) -> list[Row]:
        """Instruments in force by which each of the states is bound to defend each other one: ``title``, ``sources``."""
        inside = set(states)
        pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
        found: dict[str, Row] = {}
        for a, b, tie in self.now.edges(data=True):
            if a in inside and b in inside and tie["mutual"] and tie["instrument"] and "defence" in tie["obligations"]:
                pairs[tie["instrument"]].add((min(a, b), max(a, b)))
                row = found.setdefault(tie["instrument"], {"title": tie["instrument_title"] or tie["instrument"], "sources": set()})
                row["sources"].update(tie["sources"])
        every = len(inside) * (len(inside) - 1) // 2
        return [found[i] | {"sources": sorted(found[i]["sources"])} for i in sorted(pairs) if every and len(pairs[i]) == every]

    def without_bloc(self, id_: str, founding: Sequence[Row]) -> list[Row]:
        """States that lose a defender with the instruments that founded a bloc."""
        from graph_loader.analysis.scenario import Loss, lost_defence

        return lost_defence(self.now, Loss("bloc", id_, self.name(id_), tuple(r["instrument"] for r in founding))) if founding else []

    def stands(self, id_: str) -> dict[str, str]:
        """How every state stands to this one, for a map: ally, both, rival, partner (a strategic partnership), tied; none: no tie."""
        from graph_loader.analysis.relations import relation

        found = {}
        partners = {
            b if a == id_ else a
            for a, b, tie in (self.now.edges(id_, data=True) if id_ in self.now else ())
            if tie["kind"] == "strategic_partnership"
        }
        for other, data in self.now.nodes(data=True):
            if other == id_ or data["label"] != "State":
                continue
            kind = relation(self.now, id_, other, self.members).kind
            if kind in ("ally", "rival", "ally and rival"):
                found[other] = {"ally and rival": "both"}.get(kind, kind)
            elif other in partners:
                found[other] = "partner"
            elif self.now.has_edge(id_, other):
                found[other] = "tied"
        return found


def _arrow(ties: Sequence[Mapping[str, Any]], id_: str) -> str:
    sides = {"" if tie["mutual"] else "out" if tie["start"] == id_ else "in" for tie in ties}
    return sides.pop() if len(sides) == 1 else ""


def camp_dates(graph: nx.MultiGraph[str], day: str) -> list[str]:
    """31 December of each year in which the obligations of defence change, up to the day, and the day; ascending."""
    from graph_loader.analysis.clusters import breakpoints

    return sorted({min(f"{date[:4]}-12-31", day) for date in breakpoints(graph) if date <= day} | {day})


def solved(
    graph: nx.MultiGraph[str], dates: Sequence[str], *, runs: int, resamples: int, say: Callable[[str], None], seed: int = 0
) -> dict[str, CampResult]:  # fmt: skip
    """Camps at the dates."""
    from graph_loader.analysis.clusters import camps_over_time

    say("finding camps over time")
    return camps_over_time(graph, dates, seed=seed, runs=runs, bootstrap=resamples, resolution="auto")


GRID = (SCOPES, THICKNESS)
"""Rows and columns of the grid, in their order."""
