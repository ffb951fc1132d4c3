"""similarity: how alike two states' obligations, votes, memberships or suppliers are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import date_of, doubts, progress, read_options, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, UsageError

if TYPE_CHECKING:
    from graph_loader.stores.base import Reader

MEASURES = {
    "obligations": ("kappa", "pi", "s", "tau", "distance"), "votes": ("distance",),
    "comembership": ("jaccard", "newman", "shared", "distance", "kappa", "pi", "s", "tau"), "trade": ("distance",),
}  # fmt: skip
"""What can be measured by what, the default first."""
_WHY_NOT = {
    "votes": "of votes the loaded data hold one ideal point a state and session: their distance is the measure",
    "trade": "shares of suppliers have no levels: their distance is the measure",
}
_INDICATOR = "unga-ideal-point"
_LOAD_VOTES = (
    "no ideal points are loaded: download IdealpointestimatesAll_….csv of https://doi.org/10.7910/DVN/LEJUQZ (Bailey, Strezhnev and Voeten)"
    " and run 'pactgraph load unga --from FILE'"
)
_AGE = 5  # years after which a figure no longer answers
_SHOWN = 10


@dataclass
class _Found:
    """One pair at one date: the measure's value or None with its reason, what stands beside it, and its sources."""

    value: float | None = None
    beside: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    sources: set[str] = field(default_factory=set)


@dataclass
class _Basis:
    """What states are compared by at one date."""

    states: dict[str, bool]
    """States that exist; whether anything is known to compare them by."""
    compare: Callable[[str, str], _Found]
    notes: list[str]
    columns: tuple[str, ...]


@click.command(
    epilog="\b\nExamples:\n  pactgraph similarity USA JPN --from 1950 --until 1990\n"
    "  pactgraph similarity France --as-of 1970 --scale cow\n"
    "  pactgraph similarity USA RUS --by votes --date 1960,1980,2000\n"
    "  pactgraph similarity --matrix --by comembership --format csv > matrix.csv"
)
@click.argument("states", metavar="[STATE]...", nargs=-1)
@click.option("--by", type=click.Choice(list(MEASURES)), default="obligations", show_default=True, help="What is compared.")
@click.option("--measure", type=click.Choice(sorted({m for names in MEASURES.values() for m in names})),
              help="Default: kappa of obligations, jaccard of memberships, distance of votes and of trade.")  # fmt: skip
@click.option("--scale", type=click.Choice(["atop", "cow"]), default="atop", show_default=True,
              help="Order of obligations: ATOP's (non-aggression lowest) or COW's (consultation lowest).")  # fmt: skip
@click.option("--power", type=click.IntRange(0, 2), default=2, show_default=True,
              help="Of kappa and pi: disagreement counts by nothing but being there (0), its width (1), its square (2).")  # fmt: skip
@click.option("--system", type=click.Choice(["existing", "recorded", "tied"]), default="existing", show_default=True,
              help="States that portfolios run over: all that exist, those of recorded existence, or with obligations.")  # fmt: skip
@click.option("--from", "first", type=click.IntRange(1816, 9998), help="First year of a pair over time (its last day).")
@click.option("--until", "last", type=click.IntRange(1816, 9998), help="Last year of a pair over time.")
@click.option("--date", "given", multiple=True, metavar="DATE[,DATE]...", help="Dates of a pair over time, instead of years.")
@click.option("--matrix", is_flag=True, help="All pairs of the states named, or of all states, as a square.")
@click.option("--good", default="all-goods", show_default=True, metavar="ID", help="With --by trade: the good.")
@read_options
def similarity(
    states: tuple[str, ...], by: str, measure: str | None, scale: str, power: int, system: str, first: int | None, last: int | None,
    given: tuple[str, ...], matrix: bool, good: str, db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """How alike two states are by their obligations, votes in the General Assembly, memberships or suppliers.

    Two STATEs: the pair, over time with --from and --until or --date. One STATE: all others, nearest first (tables show both ends).
    --matrix: all pairs.

    Kappa is corrected for chance: 0 is what two states' own habits lead one to expect, 1 is equal. S stands beside it, never alone: it
    rises with every uninvolved state. An empty value has its reason in the note; it is never 0. A state is compared under the
    id of its continuator or predecessor where it does not exist at the date, and the row shows that id.
    """
    chosen = measure or MEASURES[by][0]
    if chosen not in MEASURES[by]:
        raise UsageError(f"--measure {chosen} with --by {by}: {_WHY_NOT.get(by, 'choose ' + ', '.join(MEASURES[by]))}")
    days = _dates(first, last, given)
    if as_of and days:
        raise UsageError("--as-of is one date; leave it out with --from, --until or --date")
    if matrix and days:
        raise UsageError("--matrix is of one date: give --as-of")
    if not matrix and not 1 <= len(states) <= 2:
        raise UsageError("name one STATE or two, or give --matrix")
    if days and len(states) != 2:
        raise UsageError("--from, --until and --date are for a pair: name two STATEs")
    if matrix and len(states) == 1:
        raise UsageError("--matrix needs two STATEs or more, or none for all")
    with reading(db, as_of) as (_, reader, held, day), progress(quiet) as say:
        say(f"reading {by}")
        source = _reader(reader, by, chosen, scale, power, system, good, exact=bool(days))
        at = days or [day]
        answer = Answer([], [], {"states": list(states), "by": by, "measure": chosen}, at[-1], held.newest_source)
        if by == "obligations":
            answer.params = {**answer.params, "scale": scale, "power": power, "system": system}
        elif by == "trade":
            answer.params = {**answer.params, "good": good}
        continuators = _continuators(reader)
        used: set[str] = set()
        if matrix:
            used = _square(answer, source(day), states, day, continuators, chosen)
        elif len(states) == 1:
            _neighbours(answer, source(day), states[0], day, continuators, chosen)
        else:
            _pair(answer, source, at, states, continuators, chosen, say)
        if "sources" in answer.columns:
            answer.hidden = (*answer.hidden, "sources")
            answer.sources = sources_of(reader, answer.rows)
        else:
            answer.sources = sources_of(reader, [{"sources": sorted(used)}])
        if by != "votes":
            types = {"obligations": ("DEFENCE",), "comembership": ("MEMBER_OF",), "trade": ("DEPENDS_ON",)}[by]
            answer.notes += doubts(reader, at[-1], types)
    emit(answer, form, cite)


def _dates(first: int | None, last: int | None, given: Sequence[str]) -> list[str]:
    if given and (first or last):
        raise UsageError("give --from and --until, or --date")
    if first or last:
        if not (first and last and first <= last):
            raise UsageError("--from and --until go together, the earlier year first")
        return [f"{year}-12-31" for year in range(first, last + 1)]
    return sorted({str(date_of(text.strip(), "--date")) for part in given for text in part.split(",")})


# -- the three forms of an answer ------------------------------------------------------------------------------------------------


def _pair(
    answer: Answer, source: Callable[[str], _Basis], at: Sequence[str], states: Sequence[str], continuators: list[tuple[str, str]],
    measure: str, say: Callable[[str], None],
) -> None:  # fmt: skip
    notes: dict[str, None] = {}
    for day in at:
        say(day)
        basis = source(day)
        a, b = (_state(text, day, basis, continuators) for text in states)
        if a == b:
            raise UsageError(f"{states[0]} and {states[1]} are both {a} on {day}: name two states")
        found = _compared(basis, a, b)
        answer.columns = ["date", "a", "b", measure, *basis.columns, "note", "sources"]
        answer.rows.append({"date": day, "a": a, "b": b, **_cells(found, basis, measure)})
        notes |= dict.fromkeys(basis.notes if day == at[-1] else [])
    answer.notes = list(notes)
    if len(at) > 1 and any("states make up the system" in note for note in answer.notes):
        answer.notes.append(f"These are the states of {at[-1]}; n is that of each date.")


def _neighbours(answer: Answer, basis: _Basis, state: str, day: str, continuators: list[tuple[str, str]], measure: str) -> None:
    from graph_loader.identity import default_identity

    one = _state(state, day, basis, continuators)
    if one not in basis.states:
        raise UsageError(f"{one} is no state of {day} in the loaded data; choose another date or state")
    names = default_identity().states
    rows: list[dict[str, Any]] = []
    for other, known in basis.states.items():
        if other != one and known:
            rows.append({"state": other, "name": names.get(other, other), **_cells(_compared(basis, one, other), basis, measure)})
    near = 1 if measure == "distance" else -1
    # A range is ranked by its far end: so far apart at most.
    key = "distance_hi" if "distance_hi" in basis.columns else measure
    rows.sort(key=lambda r: (r[key] is None, near * (r[key] or 0.0), r["state"]))
    ranked = [r for r in rows if r[key] is not None]
    for row in rows:
        # Equal values share a rank: nobody can say which is nearer.
        row["rank"] = None if row[key] is None else 1 + next(i for i, r in enumerate(ranked) if r[key] == row[key])
    answer.columns = ["rank", "state", "name", measure, *basis.columns, "note", "sources"]
    answer.rows = [{c: row[c] for c in answer.columns} for row in rows]
    answer.params = {**answer.params, "state": one}
    left_out = sum(not known for state, known in basis.states.items() if state != one)
    by = ", ranked by distance_hi, the farthest that each can be" if key != measure else ""
    answer.notes = [f"{one} against {len(ranked)} states on {day}, nearest first{by}."]
    if not basis.states[one]:
        answer.notes.append(f"The loaded data hold nothing on {one} to compare by: an absence in the data, not a finding.")
    if left_out:
        answer.notes.append(f"{left_out} states on which the loaded data hold nothing to compare by are left out.")
    answer.notes += basis.notes
    ends = [{c: row[c] for c in answer.columns} for row in ranked]
    if len(ends) > 2 * _SHOWN:
        answer.compact = ends[:_SHOWN] + ends[-_SHOWN:]
        answer.notes.insert(1, f"Shown are the {_SHOWN} nearest and the {_SHOWN} farthest; --format csv or json has all.")


def _square(
    answer: Answer, basis: _Basis, states: Sequence[str], day: str, continuators: list[tuple[str, str]], measure: str
) -> set[str]:  # fmt: skip
    """Fills the answer and gives the sources used."""
    chosen = [_state(text, day, basis, continuators) for text in states]
    if len(set(chosen)) < len(chosen):
        raise UsageError("--matrix: a state is named twice")
    if gone := [s for s in chosen if s not in basis.states]:
        raise UsageError(f"--matrix: {', '.join(gone)}: no state of {day} in the loaded data")
    known = [s for s, something in basis.states.items() if something]
    ids = chosen or known
    values: dict[tuple[str, str], float | None] = {}
    used: set[str] = set()
    for a, b in combinations(ids, 2):
        found = _compared(basis, a, b)
        values[a, b] = values[b, a] = _number(found.value)
        used |= found.sources
    # What a state is to itself is left empty: it is the scale's own entry, no finding.
    answer.columns = ["state", *ids]
    answer.rows = [{"state": a, **{b: values.get((a, b)) for b in ids}} for a in ids]
    empty = sum(value is None for value in values.values()) // 2
    answer.notes = [f"{measure} of {len(values) // 2} pairs of {len(ids)} states on {day}; the diagonal is left empty."]
    if empty:
        answer.notes.append(f"{empty} pairs have no value: name the two states to read why.")
    if not chosen:
        answer.notes.append(f"{len(basis.states) - len(known)} states on which the loaded data hold nothing to compare by are left out.")
    answer.notes += basis.notes
    return used


def _compared(basis: _Basis, a: str, b: str) -> _Found:
    if gone := [s for s in (a, b) if s not in basis.states]:
        return _Found(note=f"no state at that date in the loaded data: {', '.join(gone)}")
    return basis.compare(a, b)


def _cells(found: _Found, basis: _Basis, measure: str) -> dict[str, Any]:
    beside = {c: found.beside.get(c) for c in basis.columns}
    numbers = {c: _number(v) if isinstance(v, float) else v for c, v in beside.items()}
    return {measure: _number(found.value), **numbers, "note": found.note, "sources": sorted(found.sources)}


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 6)


def _state(text: str, day: str, basis: _Basis, continuators: list[tuple[str, str]]) -> str:
    from graph_loader.analysis.similarity import continuing
    from graph_loader.identity import default_identity

    # An id means its state or what continues it; a name can mean another state at another date.
    known = text.upper() in default_identity().states
    return continuing(text.upper() if known else state_of(text, day), basis.states, continuators)


def _continuators(reader: Reader) -> list[tuple[str, str]]:
    text = (
        "MATCH (a:State)-[t:SUCCEEDED_BY]->(b:State) WHERE t.kind = 'continuator' AND t.fingerprint IS NOT NULL"
        " RETURN a.id AS before, b.id AS after ORDER BY before, after"
    )
    return [(row[0], row[1]) for row in reader.run(text, {}).rows]


# -- what is compared ------------------------------------------------------------------------------------------------------------


def _reader(
    reader: Reader, by: str, measure: str, scale: str, power: int, system: str, good: str, *, exact: bool
) -> Callable[[str], _Basis]:
    """For a date, what states are compared by; the store is read once."""
    from graph_loader import snapshot

    if by == "obligations":
        graph = snapshot.ties(reader, None, ("DEFENCE",))
        return lambda day: _obligations(graph, day, measure, scale, power, system)
    bare = snapshot.ties(reader, None, ())
    if by == "votes":
        points = snapshot.observed(reader, _INDICATOR).to_dicts()
        if not points:
            raise DataError(_LOAD_VOTES)
        return lambda day: _votes(bare, points, day, exact)
    if by == "comembership":
        rows = snapshot.memberships(reader)
        return lambda day: _blocs(bare, rows, day, measure, power)
    flows = snapshot.flows(reader, good)
    if flows.is_empty():
        raise DataError(f"no flows of '{good}' are loaded: run 'pactgraph load cow-trade --from FILE', or name another --good")
    return lambda day: _trade(bare, flows, day, good, exact)


def _existing(graph: Any, day: str, known: Iterable[str]) -> dict[str, bool]:
    from graph_loader.analysis.clusters import existing_states

    return dict.fromkeys(existing_states(graph, day)[0], False) | dict.fromkeys(sorted(known), True)


def _obligations(graph: Any, day: str, measure: str, scale: str, power: int, system: str) -> _Basis:
    from graph_loader.analysis.similarity import measured, obligation_portfolios, reason

    held = obligation_portfolios(graph, day, scale, system)
    partners = held.partners
    other = "kappa" if measure == "s" else "s"
    n = len(held.states)
    tables: dict[str, Any] = {}

    def value(name: str, a: str, b: str) -> float:
        # One pair is two rows; whoever asks for many pairs gets them from one table.
        seen = tables.setdefault("asked", [])
        seen.append((a, b))
        if len(seen) <= 2:
            return float(measured(held.rows([a, b]), name, held.scale.top, power)[0, 1])
        if name not in tables:
            tables[name] = measured(held.levels, name, held.scale.top, power)
        return float(tables[name][held.states.index(a), held.states.index(b)])

    def compare(a: str, b: str) -> _Found:
        bare = [s for s in (a, b) if not partners[s]]
        found = value(measure, a, b)
        x, y = held.rows([a, b])
        note = reason(x, y, measure) if math.isnan(found) else ""
        if bare:
            note = "; ".join(part for part in (note, f"no obligation of {' and '.join(bare)} in the loaded data") if part)
        sources = held.sources.get(a, set()) | held.sources.get(b, set())
        beside = {other: value(other, a, b), "level": held.level(a, b), "partners_a": partners[a], "partners_b": partners[b], "n": n,
                  "uncertain": held.doubtful.get(a, 0) + held.doubtful.get(b, 0)}  # fmt: skip
        return _Found(found, beside, note, sources)

    notes = [f"Scale {scale}: {held.scale.text}; a state's own entry is {held.scale.top}; level is that of the two to each other."]
    said = {"existing": "that exist at the date", "recorded": "whose existence at the date is recorded", "tied": "that have an obligation"}
    bare = f", {held.unrecorded} of them without a recorded date of existence" if held.unrecorded else ""
    notes.append(f"{n} states make up the system ({said[system]}{bare}); no tie in the loaded data counts as level 0.")
    notes.append("uncertain: obligations of the two whose start is unknown (they count) or that a source which stops before the date last"
                 " saw in force (they do not).")  # fmt: skip
    if held.outside:
        notes.append(f"With an obligation, but not of the system: {', '.join(held.outside)}.")
    if "kappa" in (measure, other) or measure == "pi":
        weights = {0: "nominal", 1: "linear", 2: "quadratic"}[power]
        name = "pi" if measure == "pi" else "kappa"
        notes.append(f"{name} with {weights} weights (Häge 2011); S with absolute differences (Signorino and Ritter 1999).")
    return _Basis({s: partners[s] > 0 for s in held.states}, compare, notes, (other, "level", "partners_a", "partners_b", "n", "uncertain"))


def _votes(graph: Any, points: list[dict[str, Any]], day: str, exact: bool) -> _Basis:
    wanted = int(day[:4])
    by_year: dict[int, dict[str, dict[str, Any]]] = {}
    for row in points:
        by_year.setdefault(row["year"], {})[row["state"]] = row
    years = [y for y in by_year if (y == wanted if exact else wanted - _AGE <= y <= wanted)]
    at = max(years, default=wanted)
    held = by_year.get(at, {})

    def compare(a: str, b: str) -> _Found:
        point = {state: float(held[state]["value"]) for state in (a, b) if state in held}
        beside = {"year": at if held else None, "point_a": point.get(a), "point_b": point.get(b)}
        sources = {s for state in (a, b) if state in held for s in held[state]["sources"]}
        if missing := [s for s in (a, b) if s not in held]:
            return _Found(None, beside, f"no ideal point of {' and '.join(missing)} for {at} in the loaded data", sources)
        return _Found(abs(point[a] - point[b]), beside, "", sources)

    notes = [f"Ideal points of sessions {min(by_year)} to {max(by_year)} are loaded; a year is the session that opens in it. The distance"
             " is |a - b| of the posterior means, without their uncertainty (Bailey, Strezhnev and Voeten 2017)."]  # fmt: skip
    if not held:
        notes.append(f"No session {'in' if exact else 'in the five years up to'} {wanted}.")
    elif at != wanted:
        notes.append(f"The newest session up to {day} in the loaded data is that of {at}.")
    return _Basis(_existing(graph, day, held), compare, notes, ("year", "point_a", "point_b"))


def _blocs(graph: Any, rows: list[dict[str, Any]], day: str, measure: str, power: int) -> _Basis:
    from graph_loader.analysis.similarity import comembership, measured, reason

    now = [row for row in rows if row["since"] <= day < row["until"]]
    members: dict[str, set[str]] = {}
    cited: dict[tuple[str, str], set[str]] = {}
    of_state: dict[str, set[str]] = {}
    for row in now:
        members.setdefault(row["bloc"], set()).add(row["state"])
        cited.setdefault((row["state"], row["bloc"]), set()).update(row["sources"])
        of_state.setdefault(row["state"], set()).add(row["bloc"])

    def compare(a: str, b: str) -> _Found:
        either = of_state.get(a, set()) | of_state.get(b, set())
        found = comembership({bloc: members[bloc] for bloc in either}, a, b)
        beside = {**found, "shared": len(found["shared"]), "blocs": found["shared"]}
        values = {"distance": 1 - found["jaccard"], "shared": float(beside["shared"])} | {m: found[m] for m in ("jaccard", "newman")}
        why = ""
        if measure not in values:
            over = [[float(state in members[bloc]) for bloc in sorted(members)] for state in (a, b)]
            values[measure] = float(measured(over, measure, 1, power)[0, 1]) if members else math.nan
            why = reason(over[0], over[1], measure) if members else ""
        bare = [s for s in (a, b) if not of_state.get(s)]
        sources = {s for state in (a, b) for bloc in of_state.get(state, ()) for s in cited[state, bloc]}
        if bare:
            return _Found(None, beside, f"no membership of {' and '.join(bare)} in the loaded data", sources)
        return _Found(values[measure], beside, why, sources)

    notes = [f"{len(members)} blocs with full members on {day} in the loaded data (associates, observers and authors' lists do not count; a"
             " part of a bloc counts beside it). jaccard: shared / blocs of either; newman: sum of 1/(m - 1) over shared blocs of m"
             " members (Newman 2001), which rests on complete lists of members."]  # fmt: skip
    if measure in ("kappa", "pi", "s", "tau"):
        notes.append(f"{measure} runs over those {len(members)} blocs, 1 for a member and 0 else: a bloc that is not loaded moves it.")
    beside = tuple(c for c in ("jaccard", "newman", "shared", "n_a", "n_b", "blocs") if c != measure)
    return _Basis(_existing(graph, day, of_state), compare, notes, beside)


def _trade(graph: Any, flows: Any, day: str, good: str, exact: bool) -> _Basis:
    import polars as pl

    from graph_loader.analysis.concentration import select_period
    from graph_loader.analysis.similarity import supplier_distance

    # Over time a year answers for itself; at one date the newest that was complete then, at most five years old.
    chosen = flows.filter(pl.col("to_year") == int(day[:4])) if exact else select_period(flows, day)
    held: dict[str, dict[tuple[str, str, int, int], dict[str, float]]] = {}
    cited: dict[str, set[str]] = {}
    partial: set[tuple[str, tuple[str, str, int, int]]] = set()
    for row in chosen.to_dicts():
        series = (row["stage"], row["basis"], row["from_year"], row["to_year"])
        held.setdefault(row["importer"], {}).setdefault(series, {})[row["supplier"]] = row["share"]
        cited.setdefault(row["importer"], set()).update(row["sources"])
        if not row["named_largest"]:
            partial.add((row["importer"], series))
    held.pop("WORLD", None)
    exists = _existing(graph, day, ())
    held = {importer: series for importer, series in held.items() if importer in exists}

    def compare(a: str, b: str) -> _Found:
        if missing := [s for s in (a, b) if s not in held]:
            return _Found(None, {}, f"no flow to {' and '.join(missing)} for that period in the loaded data")
        common = sorted(held[a].keys() & held[b].keys(), key=lambda s: (-s[3], s[2] - s[3], s))
        sources = cited[a] | cited[b]
        if not common:
            said = "; ".join(f"{s}: {', '.join(f'{x[0]} by {x[1]} {x[2]}-{x[3]}' for x in sorted(held[s]))}" for s in (a, b))
            return _Found(None, {}, f"not of one stage, basis and period ({said})", sources)
        one, other = held[a][common[0]], held[b][common[0]]
        most = [1.0 if (s, common[0]) in partial else min(held[s][common[0]].values()) for s in (a, b)]
        try:
            lo, hi = supplier_distance(one, other, most_x=most[0], most_y=most[1])
        except ValueError as error:
            return _Found(None, {}, str(error), sources)
        stage, basis, from_year, to_year = common[0]
        beside = {"distance_lo": lo, "distance_hi": hi, "period": f"{from_year}-{to_year}", "basis": basis, "stage": stage,
                  "named_a": math.fsum(one.values()), "named_b": math.fsum(other.values())}  # fmt: skip
        if hi - lo > 1e-6:
            return _Found(None, beside, "suppliers are unnamed: between distance_lo and distance_hi", sources)
        return _Found(hi, beside, "", sources)

    notes = [f"{good}: distance of the suppliers' shares, 1 - sum of the smaller share of each (Finger and Kreinin 1979), 0..1. What the"
             " named suppliers leave of the total (1 - named) makes it a range: distance_lo to distance_hi."]  # fmt: skip
    return _Basis(exists | dict.fromkeys(held, True), compare, notes,
                  ("distance_lo", "distance_hi", "period", "basis", "stage", "named_a", "named_b"))  # fmt: skip
