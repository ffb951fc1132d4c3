"""scenario: what would change without a state, a bloc or an instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.exposure import camps_at, camps_option, good_of
from graph_loader.cli.options import doubts, progress, read_options, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, UsageError

if TYPE_CHECKING:
    from graph_loader.analysis.scenario import Loss
    from graph_loader.stores.base import Reader

_HIDDEN = ("subject_kind", "name", "stage", "basis", "n_named", "named_share", "scope", "disputed", "facts", "sources", "from_year")
_CAMPS = "Camps before and after at one resolution; a move with a certainty below .8 before or after should not be said."


@click.command(
    epilog="\b\nExamples:\n  pactgraph scenario --without RUS --good gas --slack .1 --as-of 2022-06\n"
    "  pactgraph scenario --without NATO\n  pactgraph scenario --without us-japan-1960 --compare ANZUS --format json"
)
@click.option("--without", "without_", required=True, metavar="STATE|BLOC|INSTRUMENT", help="What is taken away.")
@click.option("--good", "goods", multiple=True, metavar="ID", help="Only the supply of this good (repeat for several); gas: natural-gas.")
@click.option("--slack", type=click.FloatRange(0, 100), default=0.0, show_default=True,
              help="What the others can deliver more, as a share of what they deliver: .1 for a tenth.")  # fmt: skip
@click.option("--compare", metavar="OTHER", help="A second scenario, beside the first in columns other_….")
@camps_option
@read_options
def scenario(
    without_: str, goods: tuple[str, ...], slack: float, compare: str | None, with_camps: bool, db: str | None, as_of: str | None,
    form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """What would change without a state, a bloc or an instrument: unmet supply, states without a defender, camps.

    A state takes its deliveries and all its ties with it; a bloc the ties of the instruments that founded it; an instrument its ties.
    Unmet = max(0, share lost - slack x share of the others), a share of the importer's total; the concentration after the loss stands
    beside it. Arithmetic on what is recorded, not a forecast: nobody reacts.
    """
    from graph_loader import snapshot
    from graph_loader.analysis import scenario as model
    from graph_loader.analysis.concentration import select_period

    if slack != slack:
        raise UsageError("--slack: nan is no number; write .1 for a tenth")
    with reading(db, as_of) as (_, reader, held, day), progress(quiet) as say:
        losses = [_loss(reader, text, day) for text in (without_, compare) if text]
        say("reading flows and ties")
        flows = snapshot.flows(reader)
        wanted = [good_of(good, sorted(set(flows["good"]))) for good in goods]
        graph = snapshot.ties(reader, day, ("DEFENCE",))
        chosen = select_period(flows, day)
        try:
            found = [model.scenario(chosen, graph, loss, slack=slack, goods=wanted) for loss in losses]
        except DataError:
            raise
        except ValueError as error:
            raise DataError(f"flows: {error}; correct the source and load it again") from error
        if with_camps:
            before = camps_at(graph, day, say)
            for loss, rows in zip(losses, found, strict=True):
                after = camps_at(model.without(graph, loss), day, say, before.settings["resolution"])
                rows += model.camps_moved(graph, before, after, loss)
        table = found[0] if len(found) == 1 else model.side_by_side(*found)
        columns = list(model.COLUMNS) + ([f"other_{c}" for c in model.COMPARED] if compare else [])
        table = [{c: round(row[c], 6) if isinstance(row[c], float) else row[c] for c in columns} for row in table]
        params: dict[str, Any] = {"without": losses[0].id, "compare": losses[1].id if compare else None}
        params |= {"goods": wanted, "slack": slack, "camps": with_camps}
        answer = Answer(columns, table, params, day, held.newest_source, sources_of(reader, table))
        answer.notes = (
            _notes(losses, found, table, graph) + ([_CAMPS] if with_camps else []) + doubts(reader, day, ("DEFENCE", "DEPENDS_ON"))
        )
    empty = {c for c in columns if all(row[c] is None for row in table)}
    answer.hidden = (*_HIDDEN, *sorted(empty))
    emit(answer, form, cite)


def _loss(reader: Reader, text: str, day: str) -> Loss:
    from graph_loader.analysis.scenario import Loss

    ours = "n.fingerprint IS NOT NULL"
    for row in reader.run(f"MATCH (n:Bloc) WHERE n.id = $id AND {ours} RETURN n.name AS name", {"id": text}).dicts():
        founding = "MATCH (i:Instrument)-[f:FOUNDS]->(b:Bloc) WHERE b.id = $id AND f.fingerprint IS NOT NULL RETURN i.id AS id ORDER BY id"
        instruments = tuple(row[0] for row in reader.run(founding, {"id": text}).rows)
        if not instruments:
            raise UsageError(f"no instrument is recorded that founds {text}: nothing is known to end with it")
        return Loss("bloc", text, row["name"], instruments)
    for row in reader.run(f"MATCH (n:Instrument) WHERE n.id = $id AND {ours} RETURN n.title AS name", {"id": text}).dicts():
        return Loss("instrument", text, row["name"], (text,))
    try:
        id_ = state_of(text, day)
    except UsageError as error:
        raise UsageError(f"'{text}' is no bloc or instrument in the loaded data, and as a state: {error}") from error
    names = reader.run(f"MATCH (n:State) WHERE n.id = $id AND {ours} RETURN n.name AS name", {"id": id_}).rows
    return Loss("state", id_, names[0][0] if names else id_)


def _notes(losses: list[Loss], found: list[list[dict[str, Any]]], table: list[dict[str, Any]], graph: Any) -> list[str]:
    notes = []
    for loss, rows in zip(losses, found, strict=True):
        orphaned = [row["subject"] for row in rows if row["orphaned"]]
        losing = sum(row["effect"] == "defence" for row in rows)
        line = f"Without {loss.id} ({loss.name}): {losing} states lose a defender, {len(orphaned)} of them their last"
        notes.append(line + (f": {' '.join(orphaned)}." if orphaned else "."))
        if loss.kind != "state":
            notes.append(
                f"Without the {loss.kind} {loss.id}, supply goes on: only the ties of {', '.join(loss.instruments)} end."
                " Ties without a known instrument stay."
            )
        elif not any(row["effect"] == "supply" for row in rows):
            notes.append(f"No flow names {loss.id} as supplier in a period of the last five years: its part is not known.")
    if any(row["effect"] == "supply" for row in table):
        notes.append("Importers that do not name the supplier have no row: its part of their unnamed rest is not known.")
        blocs = {r["subject"] for r in table if r["effect"] == "supply" and graph.nodes[r["subject"]]["label"] == "Bloc"}
        if blocs:
            notes.append(f"{', '.join(sorted(blocs))}: the bloc's imports as a whole; never add them to its members'.")
        scopes = {(r["subject"], r["item"], r["from_year"], r["to_year"], r["scope"]): None for r in table if r["effect"] == "supply"}
        notes += [f"{item} {a if a == b else f'{a}-{b}'}, {who}: share of {scope}." for who, item, a, b, scope in scopes]
    return notes
