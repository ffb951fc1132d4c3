"""report: a briefing on a state, a bloc or one of the forty questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import RESAMPLES, RUNS, as_of_option, db_option, doubts, offered, progress, quiet_option, reading, state_of
from graph_loader.cli.view import check_writable, open_option, opened, write
from graph_loader.errors import UsageError

if TYPE_CHECKING:
    from graph_loader.briefing import Ground
    from graph_loader.snapshot import Release


@click.command(
    epilog="\b\nExamples:\n  pactgraph report DEU -o germany.html --open\n  pactgraph report --bloc EU -o eu.html --as-of 2022-06\n"
    "  pactgraph report --question 5 -o defenders.html"
)
@click.argument("state", metavar="[STATE]", required=False)
@click.option("--bloc", metavar="BLOC", help="On this bloc, such as EU or NATO.")
@click.option("--question", "number", type=click.IntRange(1, 40), metavar="N", help="On the N-th of the forty questions (1 to 40).")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.option("--poles", metavar="A,B", help="Poles of the hedging plane.  [default: USA,CHN; before 26 December 1991 USA,SUN]")
@open_option
@db_option
@as_of_option
@quiet_option
def report(
    state: str | None, bloc: str | None, number: int | None, output: Path, poles: str | None, open_: bool, db: str | None,
    as_of: str | None, quiet: bool,
) -> None:  # fmt: skip
    """A briefing on a STATE (id or name), a bloc, or one of the forty questions: one file that can be sent.

    In reading order: findings as sentences, each with its numbers, its sources and the 'explain' command that doubts it; an excerpt of
    the network; who supplies it; where it stands between two poles; its instruments by scope and thickness; its camps over time; what it
    would lose; a map. A question's report has its answer's rows instead.
    """
    if sum(given is not None for given in (state, bloc, number)) != 1:
        raise UsageError("report: name one of STATE, --bloc BLOC and --question N")
    if poles and number is not None:
        raise UsageError("--poles: the report of a question has no poles")
    check_writable(output)
    with reading(db, as_of) as (store, reader, held, day), progress(quiet) as say:
        if number is not None:
            from graph_loader.cli.report_question import question_html

            text, summary = question_html(store, reader, held, day, number, as_of)
        else:
            from graph_loader.briefing import Ground

            ground = Ground(reader, day, runs=RUNS, resamples=RESAMPLES, say=say)
            wanted = poles_of(poles, ground)
            if bloc is not None:
                text, summary = bloc_html(ground, held, bloc, wanted, _command(["--bloc", bloc], poles, as_of))
            else:
                text, summary = state_html(ground, held, str(state), wanted, _command([str(state)], poles, as_of))
    write(output, text)
    click.echo(f"{output}: {summary}")
    opened(output, open_)


def _command(words: Sequence[str], poles: str | None, as_of: str | None) -> str:
    return " ".join(["pactgraph report", *words, *(["--poles", poles] if poles else []), *(["--as-of", as_of] if as_of else [])])


def poles_of(text: str | None, ground: Ground) -> list[str]:
    """The two poles that a user names, or the usual ones of the date."""
    if text is None:
        return ground.poles()
    given = [name.strip() for name in text.split(",") if name.strip()]
    found = [name if name in ground.now else state_of(name, ground.day) for name in given]
    if len(found) != 2 or found[0] == found[1]:
        raise UsageError(f"--poles {text}: name two poles, such as USA,CHN; 'pactgraph hedging' takes more")
    return found


def state_html(ground: Ground, held: Release, state: str, poles: Sequence[str], command: str) -> tuple[str, str]:
    """The report of a state as text, and a line that says what is in it."""
    from graph_loader.cli.view_show import gathered
    from graph_loader.schema import DOMAINS

    id_ = state_of(state, ground.day)
    told = gathered(ground.reader, held, ground.day, [id_], DOMAINS, False, command, ground.flows)
    subject = told.subjects[0]
    blocs = ground.supplies(ground.unions(id_))
    places = ground.stands(id_) | {id_: "self"}
    found = _common(
        ground, held, {"id": id_, "name": subject["name"], "kind": "state", "about": subject["spells"]}, poles, command,
        dossier=told, of_blocs=blocs, of_members=(), camps=ground.camps_of(id_), losses=ground.losses(id_), places=places, marked=(id_,),
        queries=told.queries,
    )  # fmt: skip
    now = sum(p["n"] for p in found.partners)
    counts = f"ties in force: {now}, supplies: {len(found.supplies)}, sources: {len(found.sources)}"
    return _page(found), f"{subject['name']} as of {ground.day}; {counts}"


def bloc_html(ground: Ground, held: Release, bloc: str, poles: Sequence[str], command: str) -> tuple[str, str]:
    """The report of a bloc as text, and a line that says what is in it."""
    from graph_loader import briefing, snapshot
    from graph_loader.dossier import dated

    rows = ground.reader.run(briefing.BLOC, {"id": bloc}).dicts()
    if not rows:
        known = [row[0] for row in ground.reader.run("MATCH (b:Bloc) WHERE b.fingerprint IS NOT NULL RETURN b.id AS id", {}).rows]
        raise UsageError(f"--bloc: no bloc '{bloc}' is loaded; {offered(bloc, known)}")
    members = [dated(row, ground.day) for row in ground.reader.run(briefing.MEMBERS, {"id": bloc, "as_of": ground.day}).dicts()]
    founding = ground.reader.run(briefing.FOUNDING, {"id": bloc}).dicts()
    spells = [row for row in snapshot.memberships(ground.reader) if row["bloc"] == bloc]
    full = [m["state"] for m in members if m["role"] == "full" and not m["suspended"]]
    places = {m["state"]: "member" if m["state"] in full else "associated" for m in members}
    name = rows[0]["name"] or bloc
    about = f"{str(rows[0]['kind']).replace('_', ' ')}, {len(full)} full members"
    found = _common(
        ground, held, {"id": bloc, "name": name, "kind": "bloc", "about": about}, poles, command,
        dossier=None, of_blocs=(), of_members=ground.supplies(full), camps=ground.camps_of_members(spells),
        losses=ground.without_bloc(bloc, founding), places=places, marked=tuple(full), members=members, duties=founding,
        bonds=ground.bonds(full),
        queries=_queries(bloc, ground.day),
    )  # fmt: skip
    return _page(found), f"{name} as of {ground.day}; members: {len(members)}, sources: {len(found.sources)}"


def _queries(bloc: str, day: str) -> list[dict[str, str]]:
    from graph_loader import briefing

    said = f"id = '{bloc}', as_of = '{day}'"
    return [
        {"title": "Members", "text": briefing.MEMBERS, "params": said},
        {"title": "Founding instruments", "text": briefing.FOUNDING, "params": f"id = '{bloc}'"},
        {"title": "Instruments with a place in the grid", "text": briefing.PLACED, "params": ""},
    ]


def _common(ground: Ground, held: Release, subject: dict[str, str], poles: Sequence[str], command: str, **parts: Any) -> Any:
    """The input of a report's page: what the report of a state and of a bloc have in common, and ``parts``."""
    from graph_loader import __version__, briefing, snapshot
    from viz.report import ReportInput

    id_ = subject["id"]
    partners = ground.partners(id_)
    plane = ground.plane(poles)
    grid = ground.grid(id_)
    supplies = ground.supplies([id_])
    marked = parts["marked"]
    shown = [*partners, *supplies, *parts["of_blocs"], *parts["of_members"], *grid, *parts["losses"]]
    shown += [p for p in plane if p["id"] in marked]
    shown += [*parts.get("bonds", ()), *parts.get("members", ()), *parts.get("duties", ()), *(r for r in parts["camps"] if "sources" in r)]
    shown += [s for r in (*supplies, *parts["of_blocs"], *parts["of_members"]) for s in r["suppliers"]]
    cited = {s for row in shown for s in row["sources"]}
    known = dict(parts["dossier"].sources) if parts["dossier"] else {}
    known |= {row["id"]: row for row in snapshot.sources(ground.reader, cited - known.keys())} if cited - known.keys() else {}
    notes = [*(parts["dossier"].notes if parts["dossier"] else doubts(ground.reader, ground.day)), *ground.reliance.notes]
    names = {p: ground.name(p) for p in {*parts["places"], *poles}}
    return ReportInput(
        subject=subject, partners=partners, at_odds=ground.at_odds([p["id"] for p in partners]), supplies=supplies,
        poles=[{"id": p, "name": names[p]} for p in poles], plane=plane, grid=grid, axes=briefing.GRID, names=names, sources=known,
        as_of=ground.day, newest_source=held.newest_source, version=f"pactgraph {__version__}", title=f"Report: {subject['name']}",
        command=command, filters=[f"poles: {', '.join(names[p] for p in poles)}"],
        notes=[*dict.fromkeys(notes), f"Camps: Leiden on obligations of defence and offence, {ground.runs} runs; certainty from"
               f" {ground.resamples} resamples of ties.", *held_borders()], **parts,
    )  # fmt: skip


def held_borders() -> list[str]:
    """What is to be known of the map."""
    return ["The map shows borders as Natural Earth draws them today, not those of the date and not a view on any dispute."]


def _page(data: Any) -> str:
    from viz.report import report_page

    return report_page(data)
