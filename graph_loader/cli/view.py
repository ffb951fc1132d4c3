"""view: pages to look at and to send."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import RESAMPLES, RUNS, domain_option, domains_of, doubts, progress, read_options, reading
from graph_loader.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph_loader.analysis.clusters import CampResult
    from graph_loader.snapshot import Release
    from graph_loader.stores.base import Reader


@click.group()
def view() -> None:
    """Interactive HTML pages: one file each, no request leaves it."""


open_option = click.option("--open", "open_", is_flag=True, help="Open the page in a browser when it is written.")


def opened(path: Path, wanted: bool) -> None:
    """Open a page in the user's browser, or say that there is none: the page is written all the same."""
    import webbrowser

    if wanted and not webbrowser.open(path.resolve().as_uri()):
        click.echo(f"No browser was found; open {path} yourself.", err=True)


@view.command("network", epilog="\b\nExample:\n  pactgraph view network -o network.html --as-of 1975")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of camps and positions.")
@click.option("--title", default="Ties between states", show_default=True, help="Title of the page.")
@open_option
@domain_option
@read_options
def network(
    output: Path, seed: int, title: str, open_: bool, domains: tuple[str, ...], db: str | None, as_of: str | None, form: str, cite: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """The network of all ties with domain filters, a year slider, camps, dependence and the sources of each tie."""
    check_writable(output)
    with progress(quiet) as say:
        filters = [f"domains: {', '.join(d.lower() for d in domains_of(domains))}"] if domains else []
        text, summary = network_html(db, as_of, domains_of(domains), seed, title, _command(as_of, domains), say, filters)
    write(output, text)
    click.echo(f"{output}: {summary}")
    opened(output, open_)


def _command(as_of: str | None, domains: tuple[str, ...]) -> str:
    words = ["pactgraph view network", *([f"--as-of {as_of}"] if as_of else []), *(f"--domain {d}" for d in domains)]
    return " ".join(words)


def network_html(
    db: str | None, as_of: str | None, domains: tuple[str, ...], seed: int, title: str, command: str, say: Any, filters: Sequence[str] = ()
) -> tuple[str, str]:
    """The page as text, and a line that says what is in it."""
    with reading(db, as_of) as (_, reader, held, day):
        return network_of(reader, held, day, domains, seed, title, command, say, filters)


def network_of(
    reader: Reader, held: Release, day: str, domains: tuple[str, ...], seed: int, title: str, command: str, say: Any,
    filters: Sequence[str] = (), results: Mapping[str, CampResult] | None = None,
) -> tuple[str, str]:  # fmt: skip
    """The page of a store that is open; ``results`` are camps of all domains at all dates of change, where they are known already."""
    from graph_loader import __version__, snapshot
    from graph_loader.analysis.concentration import concentration, select_period
    from graph_loader.briefing import camp_dates, solved
    from viz.network import NetworkInput, network_page
    from viz.words import NETWORK

    say("reading ties of all dates")
    graph = snapshot.ties(reader, None, domains)
    flows = snapshot.flows(reader)
    notes = doubts(reader, day, domains)
    snapshot.add_grounds(reader, graph)
    memberships, blocs = snapshot.memberships(reader), snapshot.blocs(reader)
    say("reading what documents print")
    facts = {fact for *_, tie in graph.edges(data=True) for fact in (tie["id"], *tie["premises"])}
    printed = snapshot.printed(reader, facts)
    evidence = {fact: {"what": _fact_words(fact), "said": said} for fact, said in printed.items()}
    named = {s for *_, tie in graph.edges(data=True) for s in tie["sources"]}
    named |= {s for row in flows["sources"].to_list() for s in row} | {s["source"] for said in printed.values() for s in said}
    described = {row["id"]: row for row in snapshot.sources(reader, named)}
    flowing = set(flows["importer"]) | set(flows["supplier"])
    untied = [node for node in graph if graph.degree(node) == 0 and node not in flowing]
    graph.remove_nodes_from(untied)
    if untied:
        notes.append(f"{len(untied)} states and blocs without any tie or flow in the loaded data are left out.")
    # The page goes by years: one shows what is in force on its 31 December, the last what is on the day.
    if results is None:
        results = solved(graph, camp_dates(graph, day), runs=RUNS, resamples=RESAMPLES, say=say, seed=seed)
    notes.append(
        f"Camps: Leiden on obligations of defence and offence, seed {seed}, {RUNS} runs; certainty from {RESAMPLES} resamples of ties."
    )
    current = {date: result.rows for date, result in results.items() if date <= day}
    chosen = select_period(flows, day)
    say("drawing")
    text = network_page(
        NetworkInput(
            graph=graph, camps=current, dependences=flows.filter(flows["importer"] != snapshot.WORLD).to_dicts(),
            concentration=[row | {"cr1": row["top_share"]} for row in concentration(chosen).to_dicts()],
            sources=described, as_of=day, newest_source=held.newest_source, version=f"pactgraph {__version__}", title=title,
            command=command, notes=notes, memberships=memberships, blocs=blocs, evidence=evidence, filters=filters,
            queries=[
                {"title": NETWORK["q_ties"], "text": snapshot.ties_text(domains, dated=False)},
                {"title": NETWORK["q_memberships"], "text": snapshot.MEMBERSHIPS},
                *({"title": NETWORK["q_flows"], "text": text} for text in snapshot.flows_texts()),
                {"title": NETWORK["q_printed"], "text": snapshot.PRINTED},
            ],
        ),
        seed=seed,
    )  # fmt: skip
    return text, f"{graph.number_of_nodes()} states and blocs, {graph.number_of_edges()} ties, as of {day}, {len(described)} sources"


def _fact_words(fact: str) -> str:
    """A premise of a tie in words; its treaty stands beside it on the page."""
    from viz.words import NETWORK

    kind, *parts = fact.split("|")
    if kind == "event":
        return parts[1].replace("_", " ")
    if kind == "party":
        return NETWORK["fact_party"].format(who=parts[0])
    return NETWORK["fact_tie" if kind == "tie" else "fact_instrument"]


def check_writable(path: Path) -> None:
    """Find before the work that a file cannot be written."""
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        reason = "it is a folder" if path.is_dir() else "there is no such folder" if not path.parent.is_dir() else "no permission"
        raise StoreError(f"{path}: cannot be written ({reason}); choose another -o")


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written ({error.strerror}); choose another -o") from error
