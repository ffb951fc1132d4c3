"""The interactive network page: who is tied to whom at a date, in which camps, says who."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np

from viz import layout, page, style
from viz.words import NETWORK

MAX_TIES = 60_000
MAX_FLOWS = 20_000
GROUPED_FROM_TIES = 2_000
"""Ties in force on the date from which the page opens with one line a group of states: more lines than that nobody can tell apart."""
WEIGHTS = {"defence": 3, "offence": 3, "neutrality": 2, "nonaggression": 2, "consultation": 1}
"""Weight of a tie by its strongest obligation, the order of the alliance types of the Correlates of War (Gibler 2009); 0 without one."""
LABEL_LENGTH = 24
EXTENT = 1_100.0  # longest side of the picture in vis-network units
OPEN = "9999-12-31"
UNKNOWN_START = "0001-01-01"
_POSITION_NUMBERS = 60_000  # bound on positions in the file: nodes x epochs
_KINDS_OF_END = ("dated", "open", "censored", "unknown")


@dataclass(frozen=True)
class NetworkInput:
    """What the network page shows.

    Attributes
    ----------
    graph
        Ties of all dates; the page filters by year. Node attributes ``name``, ``label``, ``kind``, ``iso2``,
        ``region``, ``spells``; edge attributes as in the snapshot contract, among them ``start``, ``end``,
        ``domain``, ``since`` and ``until`` (ISO, ``until`` is the first day no longer in force); also ``binding`` (True, False or
        None: not recorded) and ``premises``, the ids of facts that the tie follows from.
    camps
        ISO date -> rows ``{state, camp, certainty}``. ``camp`` is an integer, or None for a state without a defence
        obligation in the loaded data; ``certainty`` is 0..1 or None. At a date the newest key not after it applies.
    dependences
        Flows rows: ``importer``, ``supplier``, ``good``, ``good_name``, ``stage``, ``basis``, ``from_year``,
        ``to_year``, ``share_lo``, ``share``, ``share_hi`` (0..1), ``value``, ``total``, ``unit``, ``scope``,
        ``named_largest``, ``disputed``, ``sources``. ``importer`` "WORLD" says a share of world output.
    concentration
        Rows ``{importer, good, good_name, stage, basis, from_year, to_year, hhi_lo, hhi_hi, top_supplier, cr1,
        named_share, sources}``; HHI on the 0..1 scale.
    sources
        Source id -> ``{title, publisher, version, url, licence, citation}``.
    as_of, newest_source, version, title, command, notes
        Printed on the page; ``as_of`` is an ISO date and the last position of the slider.
    memberships
        Rows ``{state, bloc, since, until}``: what can be outlined, and filtered by.
    blocs
        Bloc id -> ``{name, kind}``, of those in ``memberships``.
    evidence
        Fact id (a tie's own, or one of its premises) -> ``{what, said: [{source, locator, matched}]}``.
    queries
        ``{title, text, params}``: the Cypher behind the page.
    filters
        What was left out before the page was made, in words.
    """

    graph: nx.MultiGraph[Any]
    camps: Mapping[str, Sequence[Mapping[str, object]]]
    dependences: Sequence[Mapping[str, object]]
    concentration: Sequence[Mapping[str, object]]
    sources: Mapping[str, Mapping[str, str]]
    as_of: str
    newest_source: str
    version: str
    title: str
    command: str
    notes: Sequence[str]
    memberships: Sequence[Mapping[str, object]] = ()
    blocs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    evidence: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    queries: Sequence[Mapping[str, str]] = ()
    filters: Sequence[str] = ()


class _Strings:
    """Strings of the file, each kept once and referred to by its number."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._number: dict[str, int] = {}

    def __call__(self, value: object) -> int:
        said = "" if value is None else str(value)
        if said not in self._number:
            text = str(page.plain(said))
            if text not in self._number:
                self._number[text] = len(self.all)
                self.all.append(text)
            self._number[said] = self._number[text]
        return self._number[said]

    def many(self, values: object) -> list[int]:
        return [self(v) for v in (values if isinstance(values, list) else _list(values))]


@dataclass(frozen=True)
class _Tie:
    id: str
    start: int
    end: int
    since: str
    until: str
    attributes: Mapping[str, Any]


def _list(value: object) -> list[Any]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [value]
    plain = page.plain(value)
    return plain if isinstance(plain, list) else [plain]


def _number(value: object, digits: int = 6) -> float | None:
    """Return a finite float rounded for the file, or None."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value))
    except ValueError:
        return None
    return round(number, digits) if math.isfinite(number) else None


def _year(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _spell(text: str) -> tuple[str, str]:
    """Return (since, until) of 'since/until' as full ISO days; empty or '..' is open, '1990' is the whole year."""
    since, _, until = (part.strip() for part in text.partition("/"))
    first = UNKNOWN_START if since in ("", "..") else (since + "-01-01"[len(since) - 4 :] if len(since) < 10 else since)
    if until in ("", ".."):
        last = OPEN
    elif len(until) == 4 and until.isdigit():
        last = f"{int(until) + 1:04d}-01-01"
    elif len(until) == 7:
        year, month = int(until[:4]), int(until[5:])
        last = f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"
    else:
        last = until
    return first, last


def _ties(graph: nx.MultiGraph[Any], index: Mapping[object, int]) -> list[_Tie]:
    ties = []
    for u, v, key, data in graph.edges(keys=True, data=True):
        ties.append(
            _Tie(
                id=str(data.get("id", key)),
                start=index[data.get("start", u)],
                end=index[data.get("end", v)],
                since=str(data.get("since", UNKNOWN_START)),
                until=str(data.get("until", OPEN)),
                attributes=data,
            )
        )
    ties.sort(key=lambda t: t.id)
    return ties


def _capped(ties: list[_Tie], as_of: str, max_ties: int) -> tuple[list[_Tie], list[_Tie]]:
    """Split into kept and left out: ties in force at ``as_of`` are kept first, then those that ended last."""
    if len(ties) <= max_ties:
        return ties, []
    ranked = sorted(ties, key=lambda t: t.id)
    ranked.sort(key=lambda t: t.until, reverse=True)
    ranked.sort(key=lambda t: t.since > as_of or t.until <= as_of)
    kept = set(map(id, ranked[:max_ties]))
    return [t for t in ties if id(t) in kept], ranked[max_ties:]


def _slots(ties: Sequence[_Tie]) -> list[int]:
    """Return for each tie the smallest lane no other tie of the same pair takes in overlapping time; 0 is straight."""
    lanes: dict[tuple[int, int], list[str]] = {}
    result = [0] * len(ties)
    for i in sorted(range(len(ties)), key=lambda i: (ties[i].since, ties[i].id)):
        tie = ties[i]
        ends = lanes.setdefault((min(tie.start, tie.end), max(tie.start, tie.end)), [])
        for lane, until in enumerate(ends):
            if until <= tie.since:
                ends[lane] = tie.until
                result[i] = lane
                break
        else:
            result[i] = len(ends)
            ends.append(tie.until)
    return result


def _camp_tables(
    camps: Mapping[str, Sequence[Mapping[str, object]]], index: Mapping[object, int]
) -> list[tuple[str, list[tuple[int, int | None, float | None]]]]:
    """Return (date, rows of (node, camp, certainty)) by date; rows of states not in the graph are left out."""
    tables: list[tuple[str, list[tuple[int, int | None, float | None]]]] = []
    for day in sorted(str(k) for k in camps):
        rows = []
        for row in camps[day]:
            if row["state"] in index:
                camp = row.get("camp")
                certainty = _number(row.get("certainty"), 4)
                rows.append((index[row["state"]], None if camp is None else int(str(camp)), certainty))
        rows.sort(key=lambda r: r[0])
        if not tables or tables[-1][1] != rows:
            tables.append((day, rows))
    return tables


def _camp_colours(tables: Sequence[tuple[str, list[tuple[int, int | None, float | None]]]]) -> list[dict[int, int]]:
    """Return per table camp -> colour number, a camp keeping its colour as long as most of its members stay.

    Camps are matched greedily by the Jaccard index of their members (at least .3) with those of later dates, from the
    newest date back; a camp without such a match takes the colour last given to its number, or else a new one.
    """
    colours: list[dict[int, int]] = [{} for _ in tables]
    later: dict[int, set[int]] = {}
    of_number: dict[int, int] = {}
    for t in range(len(tables) - 1, -1, -1):
        members: dict[int, set[int]] = {}
        for node, camp, _ in tables[t][1]:
            if camp is not None:
                members.setdefault(camp, set()).add(node)
        scores = sorted(
            (-len(now & then) / len(now | then), camp, colour)
            for camp, now in members.items()
            for colour, then in later.items()
            if len(now & then) >= 0.3 * len(now | then)
        )
        taken: set[int] = set()
        for _, camp, colour in scores:
            if camp not in colours[t] and colour not in taken:
                colours[t][camp] = colour
                taken.add(colour)
        for camp in sorted(members, key=lambda c: (-len(members[c]), c)):
            if camp not in colours[t]:
                free = of_number.get(camp, 0)
                if free in taken:
                    free = 0
                elif camp in of_number:
                    colours[t][camp] = free
                    taken.add(free)
                    continue
                while free in taken or (free in later and free < len(style.CAMP_COLOURS) - 1):
                    free += 1
                colours[t][camp] = free
                taken.add(free)
        of_number = {**of_number, **colours[t]}
        later = {**later, **{colours[t][camp]: nodes for camp, nodes in members.items()}}
    return colours


def _epoch_positions(
    n: int,
    ties: Sequence[_Tie],
    tables: Sequence[tuple[str, list[tuple[int, int | None, float | None]]]],
    is_bloc: Sequence[bool],
    first_day: str,
    as_of: str,
    seed: int,
) -> tuple[list[list[int]], list[int], float]:
    """Lay out each epoch of the camp tables, the newest first and each older one starting from the one after it.

    States that do not exist in an epoch have their room all the same: a reader can hold the places while the years go by.

    Returns the distinct layouts as flat integer lists, the layout's number for each epoch (before the first table,
    then one a table), and the scale from layout units to the picture's.
    """
    days = [first_day] + [day for day, _ in tables]
    spans = [(max(a, first_day), min(b, as_of)) for a, b in zip(days, [*days[1:], OPEN], strict=True)]
    rows: list[list[tuple[int, int | None, float | None]]] = [[], *[r for _, r in tables]]
    shown = [e for e, (a, b) in enumerate(spans) if a <= b]
    most = max(1, _POSITION_NUMBERS // max(n, 1))
    # Where they are too many for one file: the newest and an even choice of the others.
    keep = {shown[round(k)] for k in np.linspace(0, len(shown) - 1, min(most, len(shown))).tolist()} | set(shown[-1:])
    start = np.array([t.start for t in ties], dtype=np.int64)
    end = np.array([t.end for t in ties], dtype=np.int64)
    since = np.array([t.since for t in ties], dtype="U10")
    until = np.array([t.until for t in ties], dtype="U10")
    sign = np.array([0.2 if t.attributes.get("sign", 1) == -1 else 1.0 for t in ties])
    radii = np.where(np.array(is_bloc, dtype=bool), layout.NODE_RADIUS * 1.3, layout.NODE_RADIUS)
    memory = layout.Memory()
    made: dict[int, layout.Floats] = {}
    for e in sorted(keep, reverse=True):
        first, last = spans[e]
        now = (since <= last) & (until > first) & (start != end) if len(ties) else np.zeros(0, dtype=bool)
        a, b = np.minimum(start[now], end[now]), np.maximum(start[now], end[now])
        code, inverse = np.unique(a * n + b, return_inverse=True)
        weights = np.sqrt(np.bincount(inverse, sign[now], len(code)))
        pairs = np.column_stack([code // n, code % n]) if n else np.zeros((0, 2), dtype=np.int64)
        camp: list[int | None] = [None] * n
        for node, c, _ in rows[e]:
            camp[node] = c
        if n:
            made[e] = layout.positions(n, pairs, weights, camp, seed=seed, memory=memory, radii=radii).copy()
    extent = max((float(np.ptp(p, axis=0).max()) for p in made.values() if len(p)), default=1.0)
    scale = min(1.0, EXTENT / max(extent, 1.0))
    numbers: dict[tuple[int, ...], int] = {}
    number_of: dict[int, int] = {}
    for e in sorted(made):
        flat = tuple(int(x) for x in np.rint(made[e] * scale).ravel())
        number_of[e] = numbers.setdefault(flat, len(numbers))
    epoch = []
    for e in range(len(days)):
        nearest = min(number_of, key=lambda k: (abs(k - e), -k), default=0)
        epoch.append(number_of.get(e, number_of.get(nearest, 0)))
    return [list(flat) for flat in numbers], epoch, scale


def _flow_rows(rows: Sequence[Mapping[str, object]], index: Mapping[object, int], text: _Strings) -> tuple[list[list[Any]], int]:
    """Return compact flow rows, the largest shares first where there are too many, and how many were left out."""
    usable = [r for r in rows if r.get("supplier") in index and _year(r.get("to_year")) is not None]
    usable.sort(key=lambda r: tuple(str(r.get(k)) for k in ("importer", "good", "stage", "basis", "supplier", "to_year")))
    if len(usable) > MAX_FLOWS:
        usable = sorted(usable, key=lambda r: -(_number(r.get("share")) or 0.0))[:MAX_FLOWS]
    made = []
    for r in usable:
        importer = r.get("importer")
        made.append(
            [
                index.get(importer, -1),
                text(importer),
                index[r["supplier"]],
                text(r.get("good")),
                text(r.get("good_name") or r.get("good")),
                text(r.get("stage")),
                text(r.get("basis")),
                _year(r.get("from_year")),
                _year(r.get("to_year")),
                _number(r.get("share_lo"), 4),
                _number(r.get("share"), 4),
                _number(r.get("share_hi"), 4),
                _number(r.get("value"), 4),
                _number(r.get("total"), 4),
                text(r.get("unit")),
                text(r.get("scope")),
                1 if r.get("named_largest") else 0,
                1 if r.get("disputed") else 0,
                text.many(r.get("sources")),
            ]
        )
    return made, len(rows) - len(made)


def _concentration_rows(rows: Sequence[Mapping[str, object]], index: Mapping[object, int], text: _Strings) -> list[list[Any]]:
    made = []
    for r in rows:
        if r.get("importer") not in index or _year(r.get("to_year")) is None:
            continue
        made.append(
            [
                index[r["importer"]],
                text(r.get("good")),
                text(r.get("good_name") or r.get("good")),
                text(r.get("stage")),
                text(r.get("basis")),
                _year(r.get("from_year")),
                _year(r.get("to_year")),
                _number(r.get("hhi_lo"), 4),
                _number(r.get("hhi_hi"), 4),
                text(r.get("top_supplier")),
                _number(r.get("cr1"), 4),
                _number(r.get("named_share"), 4),
                text.many(r.get("sources")),
            ]
        )
    return made


class _Terms:
    """What ties say besides their ends, each once: ties of one treaty with the same dates share a row."""

    def __init__(self, text: _Strings) -> None:
        self.all: list[list[Any]] = []
        self._number: dict[str, int] = {}
        self._text = text

    def __call__(self, tie: _Tie) -> int:
        a, text = tie.attributes, self._text
        flags = (
            (1 if a.get("mutual") else 0)
            | (2 if a.get("sign", 1) == -1 else 0)
            | (4 if a.get("derived") else 0)
            | (8 if a.get("disputed") else 0)
            | {True: 16, False: 32}.get(a.get("binding"), 0)  # type: ignore[arg-type]
        )
        row = [
            text(a.get("domain")),
            text(a.get("kind")),
            text.many(a.get("obligations")),
            flags,
            text(a.get("instrument")),
            text(a.get("instrument_title")),
            text(a.get("official_label")),
            text(a.get("rule")),
            text(tie.since),
            text(tie.until),
            _kind_of_end(a.get("start_kind", "dated")),
            _kind_of_end(a.get("end_kind", "open" if tie.until == OPEN else "dated")),
            text(a.get("since_edtf")),
            text(a.get("until_edtf")),
            text.many(a.get("sources")),
        ]
        key = repr(row)
        if key not in self._number:
            self._number[key] = len(self.all)
            self.all.append(row)
        return self._number[key]


def _kind_of_end(value: object) -> int:
    return _KINDS_OF_END.index(str(value)) if value in _KINDS_OF_END else 3


def _short_id(tie: _Tie, ids: Sequence[object]) -> int | str:
    """The number at the end of an id that the rest of the tie gives, or else the whole id."""
    a = tie.attributes
    parts = ("tie", a.get("instrument"), ids[tie.start], ids[tie.end], a.get("domain"), a.get("kind"))
    stem, _, last = tie.id.rpartition("|")
    regular = stem == "|".join(str(p) for p in parts if p) and last.isascii() and last.isdigit() and str(int(last)) == last
    return int(last) if regular else str(page.plain(tie.id))


class _Evidence:
    """Facts that ties rest on, each once, with what every source prints on it."""

    def __init__(self, evidence: Mapping[str, Mapping[str, Any]], text: _Strings) -> None:
        self.all: list[list[Any]] = []
        self._known = evidence
        self._number: dict[str, int] = {}
        self._text = text

    def __call__(self, tie: _Tie) -> list[int]:
        found: list[int] = []
        if not self._known:
            return found
        for fact in (*_list(tie.attributes.get("premises")), tie.id):
            if fact in self._known and fact not in self._number:
                said = self._known[fact]
                rows = [[self._text(r.get("source")), self._text(r.get("locator")), self._text(r.get("matched"))] for r in said["said"]]
                self._number[fact] = len(self.all)
                self.all.append([self._text(said["what"]), rows])
            if fact in self._number:
                found.append(self._number[fact])
        return found


def _short_label(key: str, name: str, label: str) -> str:
    """Return the text beside a node: blocs by their short id, states by name unless it is long."""
    if len(key) <= 8 and (label == "Bloc" or len(name) > LABEL_LENGTH):
        return key
    return name if len(name) <= LABEL_LENGTH else name[: LABEL_LENGTH - 1] + "…"


def network_page(data: NetworkInput, *, seed: int = 0, max_ties: int = MAX_TIES) -> str:
    """Return one self-contained HTML page with the network of ``data``.

    Parameters
    ----------
    data
        Graph, camps, dependences and what is printed about them.
    seed
        Seed of the layout. Equal data and seed give the same bytes.
    max_ties
        Most ties in the file. Ties in force at ``data.as_of`` are kept first, then those that ended last; the page
        says how many were left out and counts them among the ties in force at their dates.

    Returns
    -------
    str
        HTML, to be written as UTF-8. It makes no request, and nothing from ``data`` is ever read as HTML or script.

    Raises
    ------
    ValueError
        ``data.as_of`` is not an ISO date, or ``max_ties`` is negative.
    """
    try:
        last_year = date.fromisoformat(data.as_of).year
    except ValueError as error:
        raise ValueError(f"as_of is not an ISO date: {data.as_of!r}") from error
    if max_ties < 0:
        raise ValueError(f"max_ties is negative: {max_ties}")

    ids = sorted(data.graph.nodes, key=str)
    index: dict[object, int] = {node: i for i, node in enumerate(ids)}
    ties, left_out = _capped(_ties(data.graph, index), data.as_of, max_ties)
    text = _Strings()
    tables = _camp_tables(data.camps, index)
    flows, flows_left_out = _flow_rows(data.dependences, index, text)
    concentration = _concentration_rows(data.concentration, index, text)

    days = [t.since for t in (*ties, *left_out) if t.since > UNKNOWN_START] + [day for day, _ in tables]
    years = [int(d[:4]) for d in days] + [r[7] or r[8] for r in flows]
    # A treaty of the Middle Ages must not stretch the slider: it begins after the last gap of more than a century.
    begun = sorted({y for y in years if 1 <= y <= last_year}) or [last_year]
    first_year = max([later for earlier, later in pairwise(begun) if later - earlier > 100], default=begun[0])
    omitted = [0] * (last_year - first_year + 1) if left_out else []
    for tie in left_out:
        for year in range(first_year, last_year + 1):
            day = data.as_of if year == last_year else f"{year:04d}-12-31"
            omitted[year - first_year] += tie.since <= day < tie.until

    spells = [[_spell(str(s)) for s in _list(data.graph.nodes[node].get("spells"))] for node in ids]
    attributes = [data.graph.nodes[node] for node in ids]
    labels = [str(a.get("label", "State")) for a in attributes]
    positions, epochs, scale = _epoch_positions(
        len(ids),
        ties,
        tables,
        [label == "Bloc" for label in labels],
        f"{first_year:04d}-01-01",
        data.as_of,
        seed,
    )

    nodes, facts = page.Plain(), page.Plain()
    for i, (node, a) in enumerate(zip(ids, attributes, strict=True)):
        kind = str(a.get("kind", ""))
        nodes.append({"id": i, "shape": style.node_shape(labels[i], kind)})
        name = str(a.get("name") or node)
        facts.append(
            [
                text(node),
                text(name),
                text(_short_label(str(node), str(page.plain(name)), labels[i])),
                text(labels[i]),
                text(kind),
                text(a.get("iso2")),
                text(a.get("region")),
                [[text(s), text(u)] for s, u in spells[i]],
            ]
        )
    edges = page.Plain([t.start, t.end] for t in ties)
    slots = _slots(ties)
    terms, evidence = _Terms(text), _Evidence(data.evidence, text)
    tie_rows = [[_short_id(t, ids), terms(t), slots[k], *evidence(t)] for k, t in enumerate(ties)]
    belonging: dict[str, list[list[int]]] = {}
    for row in data.memberships:
        if row["state"] in index:
            spell = [index[row["state"]], text(row["since"]), text(row["until"])]
            belonging.setdefault(str(row["bloc"]), []).append(spell)
    loaded = {str(t.attributes.get("domain")) for t in (*ties, *left_out)}
    order = [*style.DOMAINS, *sorted(loaded - set(style.DOMAINS))]
    colours = _camp_colours(tables)
    payload = {
        "title": data.title,
        "version": data.version,
        "command": data.command,
        "words": NETWORK,
        "filters": [str(f) for f in data.filters],
        "queries": [{k: str(q.get(k) or "") for k in ("title", "text", "params")} for q in data.queries],
        "asOf": data.as_of,
        "newestSource": data.newest_source,
        "notes": [str(n) for n in data.notes],
        "years": [first_year, last_year],
        "unit": scale,
        "grouped": sum(t.since <= data.as_of < t.until for t in ties) >= GROUPED_FROM_TIES,
        "weights": WEIGHTS,
        "total": len(ties) + len(left_out),
        "maxTies": max_ties,
        "omitted": omitted,
        "flowsLeftOut": flows_left_out,
        "domains": [
            {"id": d, "label": s.label, "colour": s.colour, "dark": s.dark, "dash": list(s.dash), "loose": list(style.NON_BINDING[s.dash])}
            for d in order
            if d in loaded
            for s in (style.domain_style(d),)
        ],
        "absent": [style.domain_style(d).label for d in order if d not in loaded],
        "dashNegative": list(style.DASHED),
        "looseNegative": list(style.NON_BINDING[style.DASHED]),
        "dependenceColour": [style.DEPENDENCE_COLOUR, style.DEPENDENCE_DARK],
        "blocColours": [list(c) for c in style.BLOC_COLOURS],
        "blocDashes": [list(d) for d in style.BLOC_DASHES],
        "campColours": list(style.CAMP_COLOURS),
        "noObligationColour": style.NO_OBLIGATION_COLOUR,
        "noCampColour": style.NO_CAMP_COLOUR,
        "uncertainBelow": style.UNCERTAIN_BELOW,
        "kindsOfEnd": list(_KINDS_OF_END),
        "nodes": facts,
        "terms": page.Plain(terms.all),
        "ties": page.Plain(tie_rows),
        "evidence": evidence.all,
        "blocs": [
            [text(b), text(known.get("name") or b), text(known.get("kind")), rows]
            for b, rows in sorted(belonging.items())
            for known in (data.blocs.get(b, {}),)
        ],
        "camps": [
            {"from": day, "rows": [list(r) for r in rows], "colours": {str(c): n for c, n in colours[t].items()}}
            for t, (day, rows) in enumerate(tables)
        ],
        "epochs": epochs,
        "positions": page.Plain(positions),
        "flows": flows,
        "concentration": concentration,
        "sources": {
            str(k): {f: str(v) for f, v in dict(s).items() if v not in (None, "")}
            for k, s in sorted(data.sources.items(), key=lambda item: str(item[0]))
        },
        "strings": page.Plain(text.all),
    }
    options = {
        "autoResize": True,
        "physics": {"enabled": False},
        "layout": {"improvedLayout": False, "randomSeed": 0},
        "nodes": {"borderWidth": 1.4, "borderWidthSelected": 2.4},
        "edges": {
            "smooth": False,
            "width": 1.3,
            "selectionWidth": 1.2,
            "hoverWidth": 0.6,
            "arrowStrikethrough": False,
            "font": {"size": 13, "face": "sans-serif", "strokeWidth": 3, "align": "middle"},
        },
        "interaction": {
            "hover": True,
            "hoverConnectedEdges": True,
            "selectConnectedEdges": True,
            "keyboard": False,
            "tooltipDelay": 100_000,
        },
    }
    return page.render_network(
        "network.html.j2",
        nodes,
        edges,
        options,
        title=data.title,
        payload=payload,
        script="network.js",
        style="network.css",
    )
