"""clusters and concentration: which camps exist, and who depends on whom how narrowly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graph_loader.cli.options import (
    RESAMPLES,
    RUNS,
    date_of,
    domain_option,
    domains_of,
    doubts,
    offered,
    progress,
    read_options,
    reading,
    sources_of,
    state_of,
)
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import UsageError
from graph_loader.schema import DOMAINS, OBLIGATIONS


@click.command(
    epilog="\b\nExamples:\n  pactgraph clusters --as-of 1975\n  pactgraph clusters --as-of 2020 --bootstrap-unit instrument --format csv\n"
    "  pactgraph clusters --domain defence --domain trade --domain-weight defence=2\n  pactgraph clusters --as-of 1992 --compare 1990\n"
    "  pactgraph clusters --as-of 1975 --why FRA\n  pactgraph clusters --balance\n  pactgraph clusters --signed --as-of 2022"
)
@domain_option
@click.option("--domain-weight", "weights", multiple=True, metavar="DOMAIN=N",
              help="Weight of a domain among several, which otherwise count alike, however many ties each has.")  # fmt: skip
@click.option("--obligation", "obligations", multiple=True, metavar="KIND",
              help=f"Ties with any of these obligations make camps: {', '.join(OBLIGATIONS)}; 'any' for every tie."
                   "  [default: defence, offence]")  # fmt: skip
@click.option("--weight", type=click.Choice(["binary", "instruments"]), default="binary", show_default=True,
              help="A pair counts once, or by its number of instruments.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random numbers.")
@click.option("--runs", type=click.IntRange(1, 10_000), default=RUNS, show_default=True, help="Runs of Leiden; the best is shown.")
@click.option(
    "--bootstrap",
    type=click.IntRange(0, 10_000),
    default=RESAMPLES,
    show_default=True,
    help="Resamples that measure certainty; 0 for none.",
)
@click.option("--bootstrap-unit", type=click.Choice(["tie", "instrument"]), default="tie", show_default=True,
              help="What is doubted: single ties, or whole instruments.")  # fmt: skip
@click.option("--resolution", default="auto", show_default=True, metavar="GAMMA|auto",
              help="Gamma: higher gives smaller camps; auto: the largest of 1, .75, .5, .25 about as certain as the best.")  # fmt: skip
@click.option("--compare", metavar="DATE", help="What moved between this date and --as-of: states, NMI, ARI.")
@click.option("--why", metavar="STATE", help="Which instruments hold this state in its camp: where it would be without each.")
@click.option("--balance", is_flag=True, help="Sanctions and disputes against the camps: structural balance, frustration.")
@click.option("--signed", is_flag=True,
              help="Camps of obligations and, as negative ties, sanctions and disputes together (needs pip install 'pactgraph[signed]').")
@read_options
def clusters(
    domains: tuple[str, ...], weights: tuple[str, ...], obligations: tuple[str, ...], weight: str, seed: int, runs: int, bootstrap: int,
    bootstrap_unit: str, resolution: str, compare: str | None, why: str | None, balance: bool, signed: bool, db: str | None,
    as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Which camps states form at a date, and how sure that is (Leiden on defence obligations).

    Certainty is the mean probability, over resampled ties, that a state falls in one camp with the other members of its camp; below
    0.8 "same camp" should not be said. States without such an obligation stand apart: that is what the loaded data say, not neutrality.

    With --domain other than defence, every positive tie of that domain counts; of defence ties those with the obligations.
    """
    from graph_loader import snapshot
    from graph_loader.analysis.clusters import camps
    from graph_loader.cli import camps as more

    chosen = _obligations(obligations)
    gamma = _resolution(resolution)
    limits = domains_of(domains)
    factors = more.domain_weights(weights, limits if domains else ())
    if sum((compare is not None, why is not None, balance, signed)) > 1:
        raise UsageError("give one of --compare, --why, --balance and --signed")
    if signed and (domains or weight != "binary" or bootstrap_unit != "tie"):
        raise UsageError("--signed counts each pair once a sign, of all domains: leave --domain, --weight and --bootstrap-unit out")
    other = date_of(compare, "--compare") if compare else None
    # Obligations stand on defence ties; of another domain every positive tie counts.
    layers = bool(domains) and limits != ("DEFENCE",)
    with reading(db, as_of) as (_, reader, held, day), progress(quiet) as say:
        if other == day:
            raise UsageError(f"--compare: {day} is the date of the answer; give another")
        state = state_of(why, day) if why else None
        say("reading ties")
        if signed:
            say(f"{runs} runs, {bootstrap} resamples of ties of both signs")
            answer = more.signed(snapshot.ties(reader, day), chosen, seed, runs, bootstrap, gamma)
            answer.as_of, answer.newest_source = day, held.newest_source
            answer.sources = sources_of(reader, answer.rows)
            answer.notes += doubts(reader, day, DOMAINS)
            emit(answer, form, cite)
            return

        def read(at: str) -> Any:
            graph = snapshot.ties(reader, at, limits)
            return more.layered(graph, limits, chosen) if layers else graph

        def solve(graph: Any, at: str, gamma: float | str, null_runs: int = 100) -> Any:
            return camps(graph, seed=seed, runs=runs, bootstrap=bootstrap, bootstrap_unit=bootstrap_unit, resolution=gamma, weight=weight,
                         obligations=owed, domains=limits if domains else None, domain_weights=factors, null_runs=null_runs,
                         as_of=at)  # fmt: skip

        owed = None if layers else chosen
        graph = read(day)
        say(f"{runs} runs, {bootstrap} resamples")
        result = solve(graph, day, gamma, 0 if compare or why or balance else 100)
        by_state = _sources_by_state(graph, owed)
        rows: list[dict[str, Any]] = [{**row, "sources": by_state.get(row["state"], [])} for row in result.rows]
        params = {k: v for k, v in result.settings.items() if k != "as_of"}
        answer = Answer(["state", "name", "camp", "certainty", "n_ties", "note", "sources"], [], params, day, held.newest_source)
        answer.rows = [{c: rounded(row[c]) for c in answer.columns} for row in rows]
        answer.sources = sources_of(reader, answer.rows)
        answer.notes = _quality(result) + result.notes + doubts(reader, day, limits)
        if layers:
            answer.notes.insert(0, more.layer_notes(graph, limits, chosen, weight, factors, day)[0])
        answer.hidden = ("sources",)
        if other or state or balance:
            answer.notes = [] if not layers else answer.notes[:1]
            if other:
                then = read(other)
                second = solve(then, other, result.settings["resolution"], 0)
                then_by_state = _sources_by_state(then, owed)
                by_state = {s: sorted({*by_state.get(s, ()), *then_by_state.get(s, ())}) for s in by_state | then_by_state}
                more.compared(answer, *((second, result) if other < day else (result, second)), by_state)
            elif state:
                say(f"without each tie of {state}")
                more.held_by(answer, graph, state, result, owed, limits if domains else None, runs, bootstrap)
            else:
                more.against(answer, snapshot.ties(reader, day), result, chosen, day)
            answer.sources = sources_of(reader, answer.rows)
            answer.notes += result.notes + doubts(reader, day, DOMAINS if balance else limits)
            emit(answer, form, cite)
            return
    tied = [row for row in answer.rows if row["camp"] is not None]
    apart = [row["state"] for row in answer.rows if row["camp"] is None]
    answer.compact = tied
    if apart:
        answer.notes.insert(
            0,
            f"{len(apart)} states without such {'a tie' if layers else 'an obligation'} in the loaded data are not shown"
            " (--format json lists them).",
        )
    emit(answer, form, cite)


def _obligations(texts: tuple[str, ...]) -> tuple[str, ...] | None:
    if texts == ("any",):
        return None
    for text in texts:
        if text not in OBLIGATIONS:
            raise UsageError(f"--obligation: '{text}' is not one of {', '.join(OBLIGATIONS)}, or 'any' alone")
    return texts or ("defence", "offence")


def _resolution(text: str) -> float | str:
    if text == "auto":
        return text
    try:
        gamma = float(text)
    except ValueError:
        gamma = 0.0
    if not 0 < gamma < 1_000:
        raise UsageError(f"--resolution: '{text}' is neither 'auto' nor a number above 0")
    return gamma


def _sources_by_state(graph: Any, chosen: tuple[str, ...] | None) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for start, end, tie in graph.edges(data=True):
        if chosen is None or set(chosen) & set(tie["obligations"]):
            for state in (start, end):
                found.setdefault(state, set()).update(tie["sources"])
    return {state: sorted(names) for state, names in found.items()}


def _quality(result: Any) -> list[str]:
    if result.q is None:
        return ["No state has such an obligation at that date in the loaded data."]
    z = f"z against rewired graphs {result.z:.1f}" if result.z is not None else f"no z ({result.z_reason})"
    settings = result.settings
    lines = [
        f"Leiden, gamma {settings['resolution']:g}{' (auto)' if len(result.profile) > 1 else ''}, seed {settings['seed']},"
        f" {settings['runs']} runs:"
        f" Q {result.q:.4f} (from {result.q_min:.4f} to {result.q_max:.4f}), {z}; certainty from {settings['bootstrap']} resamples by"
        f" {settings['bootstrap_unit']}."
    ]
    if len(result.profile) > 1:
        tried = "; ".join(f"{p['resolution']:g}: {p['camps']} ({p['sure_share']:.0%})" for p in result.profile)
        lines.append(f"Camps (states placed with certainty of .8 or more) by gamma: {tried}.")
    return lines


@click.command(
    epilog="\b\nExamples:\n  pactgraph concentration --as-of 2022-06-01\n  pactgraph concentration --good rare-earths --format json\n"
    "  pactgraph concentration --by-relation --importer DEU --as-of 2022-06"
)
@click.option("--good", metavar="ID", help="Only this good, such as natural-gas.")
@click.option("--importer", metavar="STATE|BLOC", help="Only this importer; WORLD for world output.")
@click.option("--by-relation", is_flag=True, help="Shares by relation of the supplier: ally, rival, both, neutral, unnamed.")
@click.option("--criteria", is_flag=True, help="Criteria of the European Commission (CDI1-3) and GeoDep: met, not met, or unknown and why.")
@click.option("--asymmetry", is_flag=True, help="Pairs: how much more the one depends on the other for a good.")
@click.option("--look-through", "reexports", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv",
              help="With --good: shares by origin, given what suppliers pass on (columns state,source,share).")  # fmt: skip
@click.option("--camps", "with_camps", is_flag=True, help="With --by-relation: another camp makes a rival too (some seconds).")
@read_options
def concentration(
    good: str | None, importer: str | None, by_relation: bool, criteria: bool, asymmetry: bool, reexports: Path | None, with_camps: bool,
    db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Who depends on whom for what, and how narrowly: HHI with its bounds, the largest supplier's share, effective suppliers.

    Of each importer and good the newest period that was complete at the date, at most five years old. The importer WORLD stands for
    world output. HHI is on 0..1; where suppliers are unnamed it is a range.
    """
    from graph_loader import snapshot
    from graph_loader.analysis.concentration import concentration as measure
    from graph_loader.analysis.concentration import select_period
    from graph_loader.errors import DataError

    chosen = {"by-relation": by_relation, "criteria": criteria, "asymmetry": asymmetry, "look-through": reexports is not None}
    modes = [name for name, given in chosen.items() if given]
    if len(modes) > 1:
        raise UsageError(f"give one of --{', --'.join(modes)}")
    if reexports is not None and not good:
        raise UsageError("--look-through needs --good: what is passed on differs from good to good")
    if with_camps and not by_relation:
        raise UsageError("--camps belongs to --by-relation")
    date_of(as_of)
    with reading(db, as_of) as (_, reader, held, day):
        flows = snapshot.flows(reader)
        goods, importers = sorted(set(flows["good"])), sorted({*flows["importer"], *(("EU",) if criteria else ())})
        if good and good not in goods:
            raise UsageError(f"--good: no flows of '{good}' are loaded; {offered(good, goods)}")
        if importer and importer not in importers:
            importer = state_of(importer, day)
            if importer not in importers:
                raise UsageError(f"--importer: no flows to {importer} are loaded; {offered(importer, importers)}")
        import polars as pl

        wanted = pl.lit(True)
        if good:
            wanted &= pl.col("good") == good
        if importer:
            wanted &= pl.col("importer") == importer
        if modes:
            from graph_loader.cli.dependence import answer as answer_mode

            found = answer_mode(modes[0], reader, flows, wanted, day, with_camps=with_camps, file=reexports, good=good, importer=importer)
            found.as_of, found.newest_source = day, held.newest_source
            emit(found, form, cite)
            return
        try:
            table = measure(select_period(flows.filter(wanted), day))
        except ValueError as error:
            raise DataError(f"flows: {error}; correct the source and load it again") from error
        rows = table.to_dicts()
        columns = ["importer", "good", "stage", "basis", "from_year", "to_year", "top_supplier", "cr1", "hhi_lo", "hhi_hi", "cr3_lo",
                   "cr3_hi", "effective_lo", "effective_hi", "n_named", "named_share", "scope", "disputed", "sources"]  # fmt: skip
        rows = [{c: rounded(row[_NAMES.get(c, c)]) for c in columns} for row in rows]
        answer = Answer(columns, rows, {"good": good, "importer": importer}, day, held.newest_source, sources_of(reader, rows))
        answer.notes = doubts(reader, day, ("DEPENDS_ON", "PRODUCES"))
    answer.hidden = ("sources", "scope", "stage", "basis", "cr3_lo", "cr3_hi")
    emit(answer, form, cite)


_NAMES = {"cr1": "top_share"}


def rounded(value: Any) -> Any:
    """Six decimals: beyond the sources' precision, without the dust of binary fractions."""
    return round(value, 6) if isinstance(value, float) else value
