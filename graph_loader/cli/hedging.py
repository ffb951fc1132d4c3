"""hedging: where states stand between poles."""

from __future__ import annotations

from typing import Any

import click

from graph_loader.cli.options import date_of, domain_option, domains_of, doubts, progress, read_options, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import UsageError
from graph_loader.schema import NEGATIVE_DOMAINS

_COLUMNS = ["state", "name", "as_of", "class", "lead", "lean", "spread", "evenness", "instruments", "by_domain", "decided_by", "turned_by",
            "binding", "binding_class", "binding_lead", "binding_lean", "supply_goods", "sources"]  # fmt: skip


@click.command(
    epilog="\b\nExamples:\n  pactgraph hedging India Vietnam --poles USA,CHN\n  pactgraph hedging --of MIKTA --poles USA,CHN --supply\n"
    "  pactgraph hedging --of BRICS --poles USA,CHN,EU,RUS --format csv\n"
    "  pactgraph hedging IND --poles USA,RUS --dates 1985,1995,2005,2015,2025"
)
@click.argument("names", metavar="[STATE]...", nargs=-1)
@click.option("--poles", required=True, metavar="A,B[,C]...", help="Two states or blocs or more; the lean is positive towards the first.")
@click.option("--of", "bloc", metavar="BLOC", help="The members of this bloc or category at the date, such as MIKTA.")
@domain_option
@click.option("--dates", metavar="DATE[,DATE]...", help="At each of these dates instead of --as-of.")
@click.option("--supply", "with_supply", is_flag=True, help="The poles' shares in the state's supply count as one more domain.")
@click.option("--weight", type=click.Choice(["equal", "volume"]), default="equal", show_default=True,
              help="Domains count alike, or by their number of instruments.")  # fmt: skip
@click.option("--lean", "lean_above", type=click.FloatRange(0, 1), default=1 / 3, show_default="1/3", help="|L| above this is aligned.")
@click.option("--spread", "spread_from", type=click.FloatRange(0, 1), default=1 / 9, show_default="1/9",
              help="V from this on is a cross-domain hedge.")  # fmt: skip
@click.option("--least", type=click.IntRange(1), default=2, show_default=True, help="Fewer instruments than this: uncommitted.")
@click.option("--defence", "counted", type=click.Choice(["alliances", "all"]), default="alliances", show_default=True,
              help="In defence, where there is an obligation to assist, count such instruments only; or all.")  # fmt: skip
@read_options
def hedging(
    names: tuple[str, ...], poles: str, bloc: str | None, domains: tuple[str, ...], dates: str | None, with_supply: bool, weight: str,
    lean_above: float, spread_from: float, least: int, counted: str, db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Where states stand between poles: equidistant, cross-domain hedge, aligned or uncommitted, and what decides it.

    In each domain the lean is (a - b) / (a + b) over the distinct instruments in force with each pole. L is the mean of the leans, V their
    variance: with |L| small, V small is equidistant and V large a cross-domain hedge (security with one, trade with the other); |L|
    large is aligned; too few instruments are uncommitted, which is no hedge. For more than two poles the lead's mean share takes the
    place of L. decided_by: domains without which the class were another; turned_by: single instruments that would change it.
    """
    from graph_loader import snapshot
    from graph_loader.analysis import hedging as pure

    if dates and as_of:
        raise UsageError("give --dates or --as-of, not both")
    if with_supply and weight == "volume":
        raise UsageError("--supply has no number of instruments; use it with --weight equal")
    limits = pure.Thresholds(lean_above, spread_from, least)
    chosen = tuple(d for d in domains_of(domains) if d not in NEGATIVE_DOMAINS)
    if len(chosen) < len(domains) or not chosen:
        raise UsageError("--domain: sanctions and disputes are no ties that lean; leave them out")
    with reading(db, as_of) as (_, reader, held, release), progress(quiet) as say:
        days = [date_of(d.strip()) or "" for d in dates.split(",")] if dates else [release]
        flows = snapshot.flows(reader) if with_supply else None
        text = "MATCH (i:Instrument) WHERE i.binding AND i.fingerprint IS NOT NULL RETURN i.id AS id"
        bound = {row[0] for row in reader.run(text, {}).rows}
        rows: list[dict[str, Any]] = []
        own: set[str] = set()
        away: set[str] = set()
        for day in days:
            say(f"ties at {day}")
            graph = snapshot.ties(reader, day, chosen)
            between = _poles(graph, poles, day)
            states = _states(reader, graph, names, bloc, between, day)
            period = None
            if flows is not None:
                from graph_loader.analysis.concentration import select_period

                period = select_period(flows, day)
            away |= _away(graph, between, day)
            for state in states:
                row = _row(graph, state, between, chosen, bound, period, weight, limits, counted == "alliances")
                if row["instruments"] or names or bloc:
                    rows.append(row | {"as_of": day})
            own |= _own(reader, states, between, day)
        rows.sort(key=lambda r: (r["state"], r["as_of"]) if len(days) > 1 else (r["class"], -(r["lean"] or 0), r["state"]))
        params = {"poles": between, "of": bloc, "domains": [d.lower() for d in chosen], "weight": weight, "supply": with_supply,
                  "lean": lean_above, "spread": spread_from, "least": least}  # fmt: skip
        answer = Answer(list(_COLUMNS), rows, params, max(days), held.newest_source, sources_of(reader, rows))
        turned = sorted({r["state"] for r in rows if r["turned_by"]})
        answer.notes = _method(between, limits, weight, counted)
        answer.notes += [f"{pair}: ties within a pole count as ties to it." for pair in sorted(own)]
        answer.notes += [f"{text}; what its predecessor signed is not its own unless a source says so." for text in sorted(away)]
        if turned:
            answer.notes.append(f"Leaving out a single instrument would change the class of {len(turned)} of"
                                f" {len({r['state'] for r in rows})}: {', '.join(turned)} (turned_by in csv and json).")  # fmt: skip
        answer.notes += doubts(reader, max(days), chosen)
    hidden = {"sources", "turned_by", "binding_lean", "name"} | ({"as_of"} if len(days) == 1 else set())
    answer.hidden = tuple(hidden | (set() if with_supply else {"supply_goods"}) | ({"lean"} if len(between) > 2 else set()))
    emit(answer, form, cite)


def _poles(graph: Any, text: str, day: str) -> list[str]:
    given = [name.strip() for name in text.split(",") if name.strip()]
    found = [name if name in graph else state_of(name, day) for name in given]
    if len(found) < 2 or len(set(found)) != len(found):
        raise UsageError(f"--poles {text}: name two poles or more, each once")
    return found


def _states(reader: Any, graph: Any, names: tuple[str, ...], bloc: str | None, poles: list[str], day: str) -> list[str]:
    if bloc is not None:
        text = (
            "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE b.id = $bloc AND m.since <= $day AND m.until > $day"
            " RETURN DISTINCT s.id AS id ORDER BY id"
        )
        members = [row[0] for row in reader.run(text, {"bloc": bloc, "day": day}).rows]
        if not members:
            known = reader.run("MATCH (b:Bloc) WHERE b.id = $bloc AND b.fingerprint IS NOT NULL RETURN b.id AS id", {"bloc": bloc}).rows
            raise UsageError(f"--of {bloc}: no members at {day}" if known else f"--of {bloc}: no such bloc or category is loaded")
    elif names:
        members = []
    else:
        members = sorted(n for n, data in graph.nodes(data=True) if data["label"] == "State")
    wanted = dict.fromkeys([*(state_of(name, day) for name in names), *members])
    return [state for state in wanted if state not in poles]


def _away(graph: Any, poles: list[str], day: str) -> set[str]:
    """Poles that do not exist at the date, by their recorded spells."""
    from graph_loader.analysis.clusters import existing_states

    there = set(existing_states(graph, day)[0])
    return {f"{p} does not exist at {day}" for p in poles if graph.nodes[p].get("kind") == "state" and p not in there}


def _own(reader: Any, states: list[str], poles: list[str], day: str) -> set[str]:
    """Poles with members among the states asked about."""
    text = (
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE b.id IN $poles AND s.id IN $states AND m.since <= $day AND m.until > $day"
        " AND m.role = 'full' RETURN DISTINCT s.id AS state, b.id AS pole ORDER BY state, pole"
    )
    found = reader.run(text, {"poles": poles, "states": states, "day": day}).rows
    return {f"{state} is a member of {pole}" for state, pole in found} if len(found) <= 5 else {f"{len(found)} are members of a pole"}


def _row(
    graph: Any, state: str, poles: list[str], domains: tuple[str, ...], bound: set[str], period: Any, weight: str, limits: Any,
    alliances_first: bool,
) -> dict[str, Any]:  # fmt: skip
    from graph_loader.analysis import hedging as pure

    if state in graph:
        found, sources = pure.instruments(graph, state, poles, domains, alliances_first=alliances_first)
    else:
        found, sources = {}, set()
    shares, goods = None, None
    if period is not None:
        shares, counts, used = pure.supply(period, state, poles)
        goods = f"{counts['named']} of {counts['goods']} goods name all poles" + (f", {counts['some']} some" if counts["some"] else "")
        sources |= used
    result = pure.hedging(found, poles, binding=bound, shares=shares, weight=weight, limits=limits)
    whole, binding = result["all"], result["binding"]
    return {
        "state": state, "name": graph.nodes[state]["name"] if state in graph else state, "as_of": None, "class": whole.kind,
        "lead": whole.lead, "lean": _rounded(whole.lean), "spread": _rounded(whole.spread), "evenness": _rounded(whole.evenness),
        "instruments": whole.volume, "by_domain": [_domain(d, s, found, poles) for d, s in sorted(whole.domains.items())],
        "decided_by": [d.lower() for d in whole.decided_by], "turned_by": result["turned_by"], "binding": binding.volume,
        "binding_class": binding.kind, "binding_lead": binding.lead, "binding_lean": _rounded(binding.lean), "supply_goods": goods,
        "sources": sorted(sources),
    }  # fmt: skip


def _domain(domain: str, shares: dict[str, float], found: Any, poles: list[str]) -> str:
    """'defence USA 3, CHN 0 (+1.00)': the counts, and for two poles the lean."""
    counts = found.get(domain)
    said = " : ".join(f"{p} {len(counts.get(p, ())) if counts else format(shares[p], '.0%')}" for p in poles)
    lean = f" ({shares[poles[0]] - shares[poles[1]]:+.2f})" if len(poles) == 2 else ""
    return f"{domain.lower()} {said}{lean}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6) + 0.0


def _method(poles: list[str], limits: Any, weight: str, counted: str) -> list[str]:
    most = (1 + limits.lean) / 2
    rule = f"|L| > {limits.lean:.3g}" if len(poles) == 2 else f"the lead's mean share > {most:.3g}"
    toward = f" L > 0 leans to {poles[0]}, L < 0 to {poles[1]}." if len(poles) == 2 else ""
    return [
        f"Aligned: {rule}; else cross-domain hedge: V >= {limits.spread:.3g}; else equidistant; uncommitted: fewer than {limits.least}"
        f" instruments with all poles together. The thresholds are ours.{toward}",
        "In defence, where there is an obligation to assist, only such instruments count: a partnership is no counterweight to an alliance."
        if counted == "alliances" else "In defence all instruments count alike, alliances and partnerships.",
        f"Distinct instruments in force with positive sign; domains count {'alike' if weight == 'equal' else 'by number of instruments'};"
        " what is not recorded is not counted, which is not the same as its absence.",
    ]
