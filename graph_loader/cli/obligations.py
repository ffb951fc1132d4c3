"""obligations: who must defend whom, how far that reaches, where it conflicts, and who bears the burden."""

from __future__ import annotations

from typing import Any

import click

from graph_loader.cli.options import doubts, read_options, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import UsageError

_DOMAINS = ("DEFENCE", "SANCTIONS", "DISPUTE")
_SPENDING = ("nmc-milex", "nmc-milex-gbp")
_BURDEN = "defence-expenditure-share-of-gdp"


@click.command(
    epilog="\b\nExamples:\n  pactgraph obligations USA --hops 2\n  pactgraph obligations --as-of 1975\n"
    "  pactgraph obligations TUR --conflicts\n  pactgraph obligations --burden --bloc NATO --as-of 2025"
)
@click.argument("state", metavar="[STATE]", required=False)
@click.option("--hops", type=click.IntRange(1, 6), default=1, show_default=True, help="Longest chains of obligations that are listed.")
@click.option("--conflicts", "show_conflicts", is_flag=True, help="Obligations to both sides of sanctions or of a dispute in force.")
@click.option("--burden", "show_burden", is_flag=True, help="Defence expenditure as a share of GDP against the target.")
@click.option("--target", type=click.FloatRange(0, 100, min_open=True), help="With --burden: per cent of GDP.  [default: 2]")
@click.option("--bloc", metavar="BLOC", help="With --burden: only full members of this bloc at the date, such as NATO.")
@read_options
def obligations(
    state: str | None, hops: int, show_conflicts: bool, show_burden: bool, target: float | None, bloc: str | None, db: str | None,
    as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Who must defend whom by treaty at a date: of a STATE (id or name), or of all states in one table.

    'must defend': the state owes it, and the other can call it in; 'defended by': the other owes it. A chain of two obligations is not
    an obligation: it says how a war can spread. Guarantor concentration is by military expenditure where the loaded data have it for
    most defenders in one year, else by count, and says which. A strategic partnership obliges nobody to fight.
    """
    if show_conflicts and show_burden:
        raise UsageError("give --conflicts or --burden, not both")
    if not show_burden and (bloc or target is not None):
        raise UsageError("--bloc and --target belong to --burden")
    with reading(db, as_of) as (_, reader, held, day):
        id_ = state_of(state, day) if state else None
        answer = _burden(reader, id_, day, target, bloc) if show_burden else _duties(reader, id_, day, hops, show_conflicts)
        answer.as_of, answer.newest_source = day, held.newest_source
        answer.rows = [{c: round(row[c], 6) if isinstance(row[c], float) else row[c] for c in answer.columns} for row in answer.rows]
        answer.sources = sources_of(reader, answer.rows)
    emit(answer, form, cite)


def _duties(reader: Any, state: str | None, day: str, hops: int, show_conflicts: bool) -> Answer:
    from graph_loader import snapshot
    from graph_loader.analysis import obligations as model

    graph = snapshot.ties(reader, day, _DOMAINS)
    members = snapshot.members(reader, day)
    duty = model.duties(graph)
    if state and state not in duty:
        duty.add_node(state, name=state)
    doubtful = doubts(reader, day, _DOMAINS)
    if show_conflicts:
        rows = model.conflicts(graph, duty, members, [state] if state else None)
        columns = ["state", "name", "kind", "side_a", "side_b", "about", "bound_a", "bound_b", "disputed", "facts", "sources"]
        answer = Answer(columns, rows, {"state": state}, notes=_conflict_notes(graph, rows) + doubtful, hidden=("name", "facts", "sources"))
        return answer
    spending = [row for indicator in _SPENDING for row in snapshot.observations(reader, indicator)]
    if state is None:
        rows = model.overview(graph, duty, members, spending, day)
        columns = ["state", "name", "must_defend", "reach_2", "reach_3", "defended_by", "conflicts", "orphans", "basis", "n_valued", "year",
                   "top_guarantor", "cr1", "hhi", "note", "sources"]  # fmt: skip
        notes = [
            f"{len(rows)} states owe or are owed defence; {duty.number_of_edges()} obligations, each way counted once.",
            "orphans: states whose only defender it is. reach: states at the end of chains of at most 2 and 3 obligations.",
            "cr1, hhi (0..1): concentration of a state's defenders, by the basis shown; by count all defenders weigh the same.",
        ]
        return Answer(columns, rows, {"state": None}, notes=notes + doubtful, hidden=("name", "note", "sources"))
    rows = model.reach(duty, state, hops) if hops > 1 else model.direct(duty, state)
    columns = ["direction", "hops", "other", "name", "via", "mutual", "instruments", "since", "disputed", "facts", "sources"]
    notes = _reach_notes(model, duty, state) + _guarantor_notes(model.guarantors(duty, state, spending, day), state)
    alone = [row["subject"] for row in model.orphans_without(graph, state)]
    notes.append(f"Without {state}, left with no defender: {' '.join(alone) if alone else 'no state'}.")
    n = len(model.conflicts(graph, duty, members, [state]))
    domains = [tie["domain"] for _, _, tie in graph.edges(data=True)]
    against = f"{domains.count('SANCTIONS')} ties of sanctions and {domains.count('DISPUTE')} of disputes in force in the loaded data"
    notes.append(f"Conflicts of obligation: {n}, against {against}" + ("; --conflicts lists them." if n else "."))
    if hops == 1:
        rows = [row | {"via": None} for row in rows]
    hidden = ("name", "facts", "sources") + (("hops", "via") if hops == 1 else ())
    return Answer(columns, rows, {"state": state, "hops": hops}, notes=notes + doubtful, hidden=hidden)


def _reach_notes(model: Any, duty: Any, state: str) -> list[str]:
    rows = model.reach(duty, state, 3)
    if not rows:
        return [f"No obligation to defend that {state} owes or is owed is in force in the loaded data: no fact of neutrality."]
    counts = {d: [sum(r["direction"] == d and r["hops"] <= h for r in rows) for h in (1, 2, 3)] for d in ("must defend", "defended by")}
    out, back = counts["must defend"], counts["defended by"]
    return [
        f"{state} must defend {_states(out[0])}; chains of at most 2 and 3 obligations lead to {out[1]} and {out[2]}"
        " (a chain is no obligation).",
        f"{state} is to be defended by {_states(back[0])}; chains of at most 2 and 3 lead to it from {back[1]} and {back[2]}.",
    ]


def _states(n: int) -> str:
    return "1 state" if n == 1 else f"{n} states"


def _guarantor_notes(rests: dict[str, Any], state: str) -> list[str]:
    n = rests["n_defenders"]
    if rests["basis"] is None:
        return []
    if n == 1:
        return [f"{state} has one defender: CR1 and HHI are 1."]
    if rests["basis"] == "count":
        return [f"Concentration of {state}'s {n} defenders by count, all alike ({rests['note']}): HHI {rests['hhi']:.4f}."]
    shares = list(rests["shares"].items())[:3]
    named = ", ".join(f"{other} {share:.1%}" for other, share in shares)
    return [
        f"Concentration of {state}'s defenders by military expenditure in {rests['year']} ({rests['unit']}), of {rests['n_valued']} of {n}"
        f" with a value{' (' + rests['note'] + ')' if rests['note'] else ''}: {named}; HHI {rests['hhi']:.4f}."
    ]


def _conflict_notes(graph: Any, rows: list[dict[str, Any]]) -> list[str]:
    domains = [tie["domain"] for _, _, tie in graph.edges(data=True)]
    notes = [
        f"Against {domains.count('SANCTIONS')} ties of sanctions and {domains.count('DISPUTE')} of disputes in force in the loaded data.",
        "both sides: it must defend both; own side: it is on one side and must defend the other. A union is a side through its members.",
    ]
    if "DISPUTE" not in domains:
        notes.append("No dispute is loaded at that date: 'pactgraph load cow-mid' adds them. That there is no conflict is not known.")
    return notes if rows else ["No conflict of obligation is found.", *notes]


def _burden(reader: Any, state: str | None, day: str, target: float | None, bloc: str | None) -> Answer:
    from graph_loader import snapshot
    from graph_loader.analysis import obligations as model

    limit = model.NATO_TARGET if target is None else target
    observed = snapshot.observations(reader, _BURDEN)
    if not observed:
        raise UsageError(f"no values of {_BURDEN} are loaded; 'pactgraph load' loads NATO's")
    rows = model.burden(observed, day, target=limit)
    notes = []
    if bloc:
        members = snapshot.members(reader, day)
        if bloc not in members:
            raise UsageError(f"--bloc: '{bloc}' has no full members at {day} in the loaded data")
        rows = [row for row in rows if row["state"] in members[bloc]]
        lacking = sorted(set(members[bloc]) - {row["state"] for row in rows})
        notes.append(f"{bloc} has {len(members[bloc])} full members at {day}" + (f"; no value: {' '.join(lacking)}." if lacking else "."))
    if state:
        rows = [row for row in rows if row["state"] == state]
    met = sum(row["meets"] for row in rows)
    years = sorted({row["year"] for row in rows})
    said = f" in {years[0]}" if len(years) == 1 else f" (newest year of each: {years[0]} to {years[-1]})" if years else ""
    notes.append(f"{met} of {len(rows)} states with a value are at or above {limit:g} per cent of GDP{said}; 2.00 as printed meets 2.")
    notes.append("Target of 2 per cent: NATO, Wales Summit Declaration of 2014, paragraph 14.")
    columns = ["state", "name", "year", "value", "unit", "target", "gap", "meets", "disputed", "facts", "sources"]
    params = {"state": state, "target": limit, "bloc": bloc}
    return Answer(columns, rows, params, notes=notes + doubts(reader, day, ("OBSERVED",)), hidden=("unit", "facts", "sources"))
