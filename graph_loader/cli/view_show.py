"""view show: the page of one state, or of a pair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import as_of_option, db_option, domain_option, domains_of, doubts, progress, quiet_option, reading, state_of
from graph_loader.cli.view import check_writable, open_option, opened, view, write
from graph_loader.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from graph_loader.snapshot import Release
    from graph_loader.stores.base import Reader
    from viz.dossier import DossierInput


@view.command(
    "show", epilog="\b\nExamples:\n  pactgraph view show IND -o india.html\n  pactgraph view show USA IND -o usa-india.html --as-of 2020"
)
@click.argument("state", metavar="STATE")
@click.argument("other", metavar="[STATE]", required=False)
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="File to write.")
@open_option
@domain_option
@db_option
@as_of_option
@quiet_option
def view_show(
    state: str, other: str | None, output: Path, open_: bool, domains: tuple[str, ...], db: str | None, as_of: str | None, quiet: bool
) -> None:
    """One STATE, or a pair: ties by domain over time, memberships, obligations, dependence, and where sources disagree.

    One file that needs no network: it opens from disk, prints, and cites the source of every row.
    """
    check_writable(output)
    chosen = domains_of(domains)
    words = [
        "pactgraph view show",
        state,
        *([other] if other else []),
        *([f"--as-of {as_of}"] if as_of else []),
        *(f"--domain {d}" for d in domains),
    ]
    with progress(quiet) as say:
        text, summary = show_html(db, as_of, [state, *([other] if other else [])], chosen, bool(domains), " ".join(words), say)
    write(output, text)
    click.echo(f"{output}: {summary}")
    opened(output, open_)


def show_html(
    db: str | None, as_of: str | None, states: list[str], domains: tuple[str, ...], filtered: bool, command: str, say: Any
) -> tuple[str, str]:
    """The page as text, and a line that says what is in it."""
    with reading(db, as_of) as (_, reader, held, day):
        ids = [state_of(text, day) for text in states]
        if len(set(ids)) < len(ids):
            raise UsageError(f"{states[0]} and {states[1]} are the same state ({ids[0]}); name two, or one")
        say("reading ties and memberships")
        return dossier_html(gathered(reader, held, day, ids, domains, filtered, command))


def dossier_html(data: DossierInput) -> tuple[str, str]:
    """The page of what was gathered, and a line that says what is in it."""
    from viz.dossier import dossier_page

    now = sum(tie["in_force"] for tie in data.ties)
    counts = f"ties in force: {now}, ended: {len(data.ties) - now}; points of disagreement: {len(data.claims)}"
    return dossier_page(data), f"{data.title} as of {data.as_of}; {counts}; sources: {len(data.sources)}"


def gathered(
    reader: Reader, held: Release, day: str, ids: list[str], domains: tuple[str, ...], filtered: bool, command: str,
    flows: pl.DataFrame | None = None,
) -> DossierInput:  # fmt: skip
    """All that the page of a state, or of a pair, shows; ``flows`` as `snapshot.flows` gives them, where they are read already."""
    from graph_loader import __version__, dossier, snapshot
    from graph_loader.identity import default_identity
    from viz.dossier import DossierInput

    known = default_identity().states
    stored = {
        row["id"]: row
        for row in reader.run(
            "MATCH (s:State) WHERE s.id IN $ids AND s.fingerprint IS NOT NULL RETURN s.id AS id, s.name AS name, s.spells AS spells",
            {"ids": ids},
        ).dicts()
    }
    subjects = []
    for id_ in ids:
        row = stored.get(id_, {"name": known[id_], "spells": []})
        spells = ", ".join(dossier.spell_text(text) for text in row["spells"] or [])
        subjects.append(
            {"id": id_, "name": row["name"], "spells": f"independent {spells}" if spells else "dates of independence not recorded"}
        )
    memberships = {id_: dossier.memberships_of(reader, id_, day) for id_ in ids}
    ties = dossier.ties_of(reader, ids[0], day, domains)
    through: list[dict[str, Any]] = []
    if len(ids) == 2:
        ties = [tie for tie in ties if tie["other"] == ids[1]]
        through = dossier.through_blocs(reader, ids[0], ids[1], day, domains, memberships)
    imports, exports, notes = dossier.dependence_of(reader, ids, day, flows)
    rows = [
        *ties,
        *through,
        *(m for found in memberships.values() for m in found),
        *(f for r in [*imports, *exports] for f in r["facts"]),
    ]
    claims = dossier.disagreements(reader, rows)
    cited = {s for r in [*rows, *imports, *exports] for s in r["sources"]} | {s for c in claims for v in c["said"] for s in v["sources"]}
    return DossierInput(
        subjects=subjects,
        ties=ties,
        memberships=memberships,
        through=through,
        imports=imports,
        exports=exports,
        claims=claims,
        sources={row["id"]: row for row in snapshot.sources(reader, cited)} if cited else {},
        queries=dossier.queries(ids, day),
        as_of=day,
        newest_source=held.newest_source,
        version=f"pactgraph {__version__}",
        title=" and ".join(s["name"] for s in subjects),
        command=command,
        filters=[f"domains: {', '.join(d.lower() for d in domains)}"] if filtered else [],
        notes=[*notes, *doubts(reader, day)],
    )
