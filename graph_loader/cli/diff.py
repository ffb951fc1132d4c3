"""diff: what changed between two dates."""

from __future__ import annotations

from typing import Any

import click

from graph_loader.cli.options import (
    RESAMPLES,
    RUNS,
    cite_option,
    date_of,
    db_option,
    domain_option,
    domains_of,
    doubts,
    format_option,
    progress,
    quiet_option,
    reading,
    sources_of,
    state_of,
)  # fmt: skip
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import UsageError

_COLUMNS = ["part", "change", "who", "what", "detail", "date", "date_edtf", "ties", "share_before", "share_after", "sources"]
_SHOWN = 60


@click.command(
    epilog="\b\nExamples:\n  pactgraph diff 1989-11-09 1992-01-01 --domain defence\n  pactgraph diff 2015 2025 --state Germany\n"
    "  pactgraph diff 1989-11-09 1992-01-01 --camps --format json"
)
@click.argument("first", metavar="DATE")
@click.argument("second", metavar="DATE")
@click.option("--state", "names", multiple=True, metavar="STATE|BLOC", help="Only what concerns this state or bloc (repeat for several).")
@domain_option
@click.option("--camps", "with_camps", is_flag=True, help="Camps on both days (as 'clusters' with its defaults), and who moved.")
@click.option("--shift", type=click.FloatRange(0, 1), default=0.05, show_default=True, help="Least change of a share that is listed.")
@db_option
@format_option
@cite_option
@quiet_option
def diff(
    first: str, second: str, names: tuple[str, ...], domains: tuple[str, ...], with_camps: bool, shift: float, db: str | None, form: str,
    cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """What changed from one DATE to another: ties by instrument, memberships, states, camps, dependence, each with its sources.

    The two days are compared as they are; a year or month stands for its last day. 'last seen' says that a source stops there, not that
    anything ended. With --domain only ties of that domain are listed.
    """
    from graph_loader import snapshot
    from graph_loader.analysis import diff as pure

    days = _days(first, second)
    limits = domains_of(domains)
    with reading(db, second) as (_, reader, held, _), progress(quiet) as say:
        say("reading ties")
        graph = snapshot.ties(reader, None, limits)
        states = [name if name in graph else state_of(name, _day_of(name, days)) for name in names]
        rows, passing = pure.ties_changed(graph, *days, states=states)
        compared = None
        if not domains:
            say("reading memberships and flows")
            members, succession = _members(reader), _succession(reader)
            for row in reader.run("MATCH (s:State) WHERE s.fingerprint IS NOT NULL RETURN s.id AS id, s.sources AS sources", {}).dicts():
                graph.nodes[row["id"]]["sources"] = row["sources"]
            rows = _of(states, pure.states_changed(graph, succession, *days)) + _of(states, pure.memberships_changed(members, *days)) + rows
            shifts, compared = pure.dependence_changed(snapshot.flows(reader), *days, states=states, least=shift)
            rows += shifts
        notes = _camps(reader, days, states, rows, say) if with_camps else []
        rows = [dict.fromkeys(_COLUMNS) | row for row in rows]
        params = {"from": days[0], "to": days[1], "states": states, "domains": [d.lower() for d in limits] if domains else None}
        answer = Answer(list(_COLUMNS), rows, params, days[1], held.newest_source, sources_of(reader, rows))
        answer.notes = [f"From {days[0]} to {days[1]}: {_counted(rows)}.", *notes]
        if passing:
            answer.notes.append(f"{passing} ties began and ended between the days and are in neither.")
        if compared is not None:
            answer.notes.append(f"Dependence: {compared} importers' goods have figures of two periods; shares that moved by {shift:.0%} or"
                                " more of the total are listed.")  # fmt: skip
        answer.notes += doubts(reader, days[1], limits if domains else ())
    answer.hidden = ("sources", "ties", "share_before", "share_after")
    if len(rows) > _SHOWN:
        answer.compact = rows[:_SHOWN]
        answer.notes.insert(1, f"{_SHOWN} of {len(rows)} lines are shown; --state and --domain narrow, --format csv or json has all.")
    emit(answer, form, cite)


def _days(first: str, second: str) -> tuple[str, str]:
    try:
        one, two = date_of(first), date_of(second)
    except UsageError as error:
        raise UsageError(str(error).removeprefix("--as-of: ")) from error
    assert one and two
    if one >= two:
        raise UsageError(f"{first} is not before {second}; give the earlier date first")
    return one, two


def _day_of(name: str, days: tuple[str, str]) -> str:
    """A name is read at the later day, or at the earlier one where it is a state that ended between them."""
    try:
        state_of(name, days[1])
    except UsageError:
        return days[0]
    return days[1]


def _of(states: list[str], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows about these states; of states begun and ended those too that succeed or precede them."""
    return [r for r in rows if not states or r["who"] in states or (r["part"] == "state" and set(states) & set(r["detail"].split()))]


def _counted(rows: list[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        part = "ties" if row["ties"] else row["part"]
        key = f"{part} {row['change']}"
        counts[key] = counts.get(key, 0) + (row["ties"] or 1)
    return ", ".join(f"{what} {n}" for what, n in counts.items()) or "nothing that the loaded data hold"


def _members(reader: Any) -> list[dict[str, Any]]:
    text = (
        "MATCH (s:State|Bloc)-[t:MEMBER_OF]->(b:Bloc) WHERE t.fingerprint IS NOT NULL RETURN s.id AS state, b.id AS bloc,"
        " b.name AS bloc_name, t.role AS role, t.suspended AS suspended, t.since AS since, t.until AS until, t.since_edtf AS since_edtf,"
        " t.until_edtf AS until_edtf, t.end_kind AS end_kind, t.sources AS sources ORDER BY t.id"
    )
    rows: list[dict[str, Any]] = reader.run(text, {}).dicts()
    return rows


def _succession(reader: Any) -> list[dict[str, Any]]:
    text = (
        "MATCH (a:State)-[t:SUCCEEDED_BY]->(b:State) WHERE t.fingerprint IS NOT NULL RETURN a.id AS predecessor, b.id AS successor,"
        " t.kind AS kind, t.since AS since, t.sources AS sources ORDER BY since, predecessor, successor"
    )
    rows: list[dict[str, Any]] = reader.run(text, {}).dicts()
    return rows


def _camps(reader: Any, days: tuple[str, str], states: list[str], rows: list[dict[str, Any]], say: Any) -> list[str]:
    from graph_loader import snapshot
    from graph_loader.analysis.clusters import camps, change
    from graph_loader.analysis.diff import camps_changed

    found = []
    for day in days:
        say(f"camps of {day}")
        found.append(camps(snapshot.ties(reader, day), runs=RUNS, bootstrap=RESAMPLES, resolution="auto", null_runs=0, as_of=day))
    rows += _of(states, camps_changed(*found))
    score = change(*found)
    gammas = ", ".join(f"{r.settings['resolution']:g}" for r in found)
    if score["nmi"] is None:
        return ["Neither day has camps in the loaded data."]
    return [f"Camps: NMI {score['nmi']:.3f}, ARI {score['ari']:.3f} over {score['n_states']} states (1: unchanged; who has no camp on one"
            f" of the days counts as alone); gamma {gammas} (auto)."]  # fmt: skip
