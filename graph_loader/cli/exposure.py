"""exposure: who supplies a state, and how it stands with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import RESAMPLES, RUNS, doubts, offered, progress, read_options, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, UsageError

if TYPE_CHECKING:
    from graph_loader.analysis.clusters import CampResult

ALIGNMENT = ("DEFENCE", "SANCTIONS", "DISPUTE")
"""Domains that say whether a supplier is an ally or a rival."""
camps_option = click.option("--camps", "with_camps", is_flag=True, help="Also camps (Leiden on defence obligations; some seconds).")


@click.command(
    epilog="\b\nExamples:\n  pactgraph exposure DEU --as-of 2022-06\n  pactgraph exposure Germany --good natural-gas --top 5 --format json"
)
@click.argument("state", metavar="STATE")
@click.option("--good", "goods", multiple=True, metavar="ID", help="Only this good, such as natural-gas (repeat for several).")
@click.option("--top", type=click.IntRange(1, 1000), default=3, show_default=True, help="Suppliers shown of each good.")
@camps_option
@read_options
def exposure(
    state: str, goods: tuple[str, ...], top: int, with_camps: bool, db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Who supplies a STATE (id or name), good by good, and how it stands with them: ally, rival, both, or neither in the data.

    Of each good the newest period that was complete at the date, at most five years old. An ally is bound by a defence obligation in
    force; a rival by sanctions or a dispute in force (the EU's are its members'), with --camps also by another camp. Goods of the
    state's blocs follow apart: they are the bloc's as a whole and must not be added. The JSON names the sources of each cell.
    """
    from graph_loader import snapshot
    from graph_loader.analysis.concentration import select_period
    from graph_loader.analysis.exposure import COLUMNS
    from graph_loader.analysis.exposure import exposure as measure

    with reading(db, as_of) as (_, reader, held, day), progress(quiet) as say:
        id_ = state_of(state, day)
        say("reading flows and ties")
        flows = snapshot.flows(reader)
        wanted = [good_of(good, sorted(set(flows["good"]))) for good in goods]
        graph = snapshot.ties(reader, day, ALIGNMENT)
        members = snapshot.members(reader, day)
        import polars as pl

        chosen = select_period(flows.filter(pl.col("good").is_in(wanted)) if wanted else flows, day)
        found = camps_at(graph, day, say) if with_camps else None
        try:
            rows: list[dict[str, Any]] = measure(chosen, graph, id_, members, top=top, camps=found)
        except DataError:
            raise
        except ValueError as error:
            raise DataError(f"flows: {error}; correct the source and load it again") from error
        rows = [{k: round(v, 6) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
        params = {"state": id_, "goods": wanted, "top": top, "camps": with_camps}
        answer = Answer(list(COLUMNS), rows, params, day, held.newest_source, sources_of(reader, rows))
        answer.notes = _notes(rows, id_, members, chosen) + doubts(reader, day, (*ALIGNMENT, "DEPENDS_ON"))
    hidden = {"good", "stage", "rank", "supplier_name", "share_lo", "share_hi", "total", "unit", "scope", "flow_fact", "obligation_facts",
              "hostile_facts", "flow_sources", "obligation_sources", "hostile_sources", "sources"}  # fmt: skip
    answer.hidden = tuple(hidden if with_camps else hidden | {"camp"})
    emit(answer, form, cite)


def good_of(text: str, goods: list[str]) -> str:
    """Id of a good of which flows are loaded: the id, or the one id that ends in the text (gas: natural-gas)."""
    if text in goods:
        return text
    near = [good for good in goods if good.endswith(f"-{text.lower()}")]
    if len(near) == 1:
        return near[0]
    raise UsageError(f"--good: no flows of '{text}' are loaded; {offered(text, near or goods)}")


def camps_at(graph: Any, day: str, say: Any = None, resolution: float | str = "auto") -> CampResult:
    """The camps that ``pactgraph clusters`` shows at the date; without its z."""
    from graph_loader.analysis.clusters import camps

    if say:
        say(f"camps: {RUNS} runs, {RESAMPLES} resamples")
    return camps(graph, runs=RUNS, bootstrap=RESAMPLES, resolution=resolution, as_of=day, null_runs=0)


def _notes(rows: list[dict[str, Any]], state: str, members: dict[str, list[str]], chosen: Any) -> list[str]:
    notes = []
    own = [row for row in rows if row["importer"] == state]
    if not own:
        notes.append(f"No flow to {state} of a period complete at the date and at most five years old is loaded: unknown, not independent.")
    for bloc in sorted({row["importer"] for row in rows} - {state}):
        n = len(members[bloc])
        notes.append(f"Rows of {bloc} are of all its {n} members together, not of {state}: never add them to rows of {state}.")
    scopes = {(row["importer"], row["good_name"], _period(row), row["scope"]): None for row in rows}
    notes += [f"{good} {period}, share of: {importer}, {scope or 'total not described'}." for importer, good, period, scope in scopes]
    if any(row["relation"] == "neutral" for row in rows):
        notes.append("neutral: no defence obligation, sanctions or dispute with the importer in the loaded data.")
    open_ = {(r["importer"], r["good"], r["basis"]) for r in chosen.iter_rows(named=True) if r["named_largest"] is not True}
    if any((row["importer"], row["good"], row["basis"]) in open_ for row in rows):
        notes.append("Some sources do not promise to name the largest suppliers: there an unnamed one may be larger.")
    return notes


def _period(row: dict[str, Any]) -> str:
    return str(row["from_year"]) if row["from_year"] == row["to_year"] else f"{row['from_year']}-{row['to_year']}"
