"""What ``pactgraph clusters`` answers besides the camps: layers, two dates, what holds a state in its camp, rivalries against camps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from graph_loader.cli.output import Answer
from graph_loader.errors import UsageError
from graph_loader.schema import DOMAINS

if TYPE_CHECKING:
    import networkx as nx

    from graph_loader.analysis.clusters import CampResult


def domain_weights(texts: Sequence[str], domains: Sequence[str]) -> dict[str, float]:
    """Weights of domains as given on the command line, 'defence=2'."""
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.partition("=")
        domain = name.strip().upper()
        if domain not in DOMAINS:
            raise UsageError(f"--domain-weight: there is no domain '{name}'; there are {', '.join(d.lower() for d in DOMAINS)}")
        if domain not in domains or len(domains) < 2:
            raise UsageError(f"--domain-weight {text}: weights are for several chosen domains; name {name} and others with --domain")
        if domain in found:
            raise UsageError(f"--domain-weight: {name} is given twice")
        try:
            found[domain] = float(number)
        except ValueError:
            found[domain] = 0.0
        if not 0 < found[domain] < 1_000:
            raise UsageError(f"--domain-weight {text}: write it as {name}=2, with a number above 0; leave a domain out with --domain")
    return found


def layered(graph: nx.MultiGraph[str], domains: Sequence[str], obligations: Sequence[str] | None) -> nx.MultiGraph[str]:
    """The ties of the chosen domains that make camps."""
    from graph_loader.analysis.layers import chosen_ties

    try:
        return chosen_ties(graph, domains, obligations)
    except ValueError as error:
        raise UsageError(f"--domain: {error}; see --balance") from error


def layer_notes(
    graph: nx.MultiGraph[str], domains: Sequence[str], obligations: Sequence[str] | None, weight: str, weights: dict[str, float], day: str
) -> list[str]:
    """How much each layer weighs."""
    from graph_loader.analysis.layers import layer_table

    rows = layer_table(graph, domains, weight=weight, domain_weights=weights, as_of=day)
    said = "; ".join(f"{r['domain'].lower()} {r['share']:.0%} ({r['pairs']} pairs of {r['states']} states)" for r in rows)
    owed = f"; of defence ties those with {' or '.join(obligations)}" if obligations and "DEFENCE" in domains else ""
    return [f"Layers, each scaled to the same total weight and then by --domain-weight: {said}{owed}."]


def compared(answer: Answer, before: CampResult, after: CampResult, by_state: dict[str, list[str]]) -> None:
    """Fill the answer with what moved between two dates."""
    from graph_loader.analysis.change import compare

    rows, summary = compare(before, after)
    answer.columns = ["state", "name", "camp_before", "camp_after", "certainty_before", "certainty_after", "moved", "sources"]
    answer.rows = [{c: _rounded(row.get(c, by_state.get(row["state"], []))) for c in answer.columns} for row in rows]
    answer.compact = [row for row in answer.rows if row["moved"] != "stayed"]
    stayed = len(rows) - len(answer.compact)
    answer.params = {**answer.params, "before": before.as_of, "after": after.as_of, "nmi": _rounded(summary["nmi"]),
                     "ari": _rounded(summary["ari"]), "n_states": summary["n_states"]}  # fmt: skip
    said = "no camps at either date"
    if summary["nmi"] is not None:
        said = f"NMI {summary['nmi']:.4f}, ARI {summary['ari']:.4f} over {summary['n_states']} states with a camp at either date"
    moved = sum(row["moved"] == "moved" for row in rows)
    answer.notes += [
        f"From {before.as_of} to {after.as_of}: {said} (1 is unchanged); a state outside all camps at one of the dates is a group of its"
        f" own there. {moved} moved, {len(summary['left'])} left, {len(summary['joined'])} joined, {stayed} stayed (see --format json).",
        f"A camp keeps the number of the earlier camp that it shares most members with. Both dates at gamma"
        f" {after.settings['resolution']:g}; Q {_q(before)} and {_q(after)}. A move of a state with certainty below 0.8 at either date may"
        " be chance.",
    ]


def held_by(
    answer: Answer, graph: nx.MultiGraph[str], state: str, base: CampResult, obligations: Sequence[str] | None,
    domains: Sequence[str] | None, runs: int, bootstrap: int,
) -> None:  # fmt: skip
    """Fill the answer with what holds a state in its camp."""
    from graph_loader.analysis.change import why

    try:
        rows = why(graph, state, base, obligations=obligations, domains=domains, runs=runs, bootstrap=bootstrap)
    except ValueError as error:
        raise UsageError(f"--why: {error}") from error
    answer.columns = ["removed", "title", "n_ties", "n_partners", "partners", "camp", "certainty", "kept", "moved", "sure", "sources"]
    answer.rows = [{c: _rounded(row[c]) for c in answer.columns} for row in rows]
    answer.hidden = ("sources", "partners", "sure")
    answer.params = {**answer.params, "why": state}
    (row,) = (r for r in base.rows if r["state"] == state)
    if row["camp"] is None:
        answer.notes.append(f"{state} is in no camp: {row['note']}.")
        return
    members = base.members[row["camp"]]
    movers = [r["removed"] for r in rows if r["moved"] != "stays"]
    what = f"without {', or without '.join(movers)}, it would not be in that camp" if movers else "no single instrument moves it"
    answer.notes += [
        f"{state} is in camp {row['camp']} with {len(members) - 1} others ({', '.join(m for m in members if m != state)}), certainty"
        f" {row['certainty']:.2f}; {what}.",
        "One row an instrument: the state's own ties under it are removed, its other parties keep theirs, and camps are sought anew at the"
        " same gamma and seed. camp: as numbered with all ties; kept: share of its former fellows still with it; n_partners: partners with"
        " whom nothing chosen would be left.",
    ]


def against(answer: Answer, graph: nx.MultiGraph[str], base: CampResult, obligations: Sequence[str] | None, day: str) -> None:
    """Fill the answer with rivalries held against the camps."""
    from graph_loader.analysis.balance import EXACT, balance, signed_pairs

    plus, minus, left_out = signed_pairs(graph, day, obligations=obligations)
    found = balance(plus, minus, {row["state"]: row["camp"] for row in base.rows})
    answer.columns = ["a", "b", "ties", "sign", "camp_a", "camp_b", "place", "sources"]
    answer.rows = [{c: pair[c] for c in answer.columns} for pair in found.pairs]
    n = sum(found.triangles.values())
    counts = ", ".join(f"{sign} {count}" for sign, count in found.triangles.items())
    share = "no triangle"
    if found.share is not None:
        rival = n - found.triangles["+++"]
        # One large treaty fills the count with triangles of allies only.
        share = (
            f"{found.share:.4f} of {n} triangles are balanced ({counts}), of the {rival} with a rivalry {found.triangles['+--']}"
        )
    least, bound = ("", "") if found.exact else ("at most ", f" (parts of more than {EXACT} states are searched, not enumerated)")
    answer.params = {
        **answer.params, "triangles": found.triangles, "balanced_share": _rounded(found.share), "frustration_index": found.index,
        "frustration_exact": found.exact, "frustrated_by_camps": found.frustrated, "positive": found.positive, "negative": found.negative,
    }  # fmt: skip
    if not found.negative and not found.ambivalent:
        answer.notes.append("The loaded data hold no sanction or dispute between two states at that date: balance says nothing then.")
    answer.notes += [
        f"{found.positive} pairs of allies, {found.negative} of rivals (sanctions, disputes), {len(found.ambivalent)} of both (sign +-, not"
        " counted).",
        f"Structural balance: {share} (Cartwright and Harary 1956). Frustration index {least}{found.index} of"
        f" {found.positive + found.negative} pairs{bound}: fewest pairs that two factions, friendly inside and hostile"
        " across, leave unexplained.",
        f"Against the camps, which come from positive ties alone: of {found.negative} pairs of rivals {found.within} lie within a camp,"
        f" {found.across} across camps, {found.outside} have a state outside all camps; {found.between} of {found.positive} pairs of allies"
        " lie across camps.",
    ]
    if left_out:
        answer.notes.append(f"{left_out} negative ties of blocs or actors are left out: which members take part is not said there.")


def signed(
    graph: nx.MultiGraph[str], obligations: Sequence[str] | None, seed: int, runs: int, bootstrap: int, resolution: float | str
) -> Answer:
    """Camps of ties of both signs, with each state's allies and rivals."""
    from graph_loader.analysis.balance import signed_pairs
    from graph_loader.analysis.signed import signed_camps

    found = signed_camps(graph, seed=seed, runs=runs, bootstrap=bootstrap, resolution=resolution, obligations=obligations)
    plus, minus, _ = signed_pairs(graph, found.as_of, obligations=obligations)
    camp = {row["state"]: row["camp"] for row in found.rows}
    allies, rivals = _partners(plus), _partners(minus)
    by_state: dict[str, set[str]] = {}
    for a, b, tie in graph.edges(data=True):
        if (pair := (min(a, b), max(a, b))) in minus or pair in plus:
            for state in pair:
                by_state.setdefault(state, set()).update(tie["sources"])
    rows = []
    for row in found.rows:
        state, number = row["state"], row["camp"]
        inside = [other for other in rivals.get(state, ()) if number is not None and camp[other] == number]
        rows.append({
            "state": state, "name": row["name"], "camp": number, "certainty": _rounded(row["certainty"]),
            "n_allies": len(allies.get(state, ())), "n_rivals": len(rivals.get(state, ())), "rivals_within": inside, "note": row["note"],
            "sources": sorted(by_state.get(state, ())),
        })  # fmt: skip
    columns = ["state", "name", "camp", "certainty", "n_allies", "n_rivals", "rivals_within", "note", "sources"]
    answer = Answer(columns, rows, found.settings | {"q": _rounded(found.q)}, hidden=("sources",))
    answer.compact = [row for row in rows if row["n_allies"] or row["n_rivals"]]
    with_rivals = sum(row["camp"] is None for row in answer.compact)
    within = sum(camp[a] is not None and camp[a] == camp[b] for a, b in minus)
    across = sum(camp[a] != camp[b] or camp[a] is None for a, b in plus)
    if found.q is not None:
        answer.notes.append(
            f"Leiden on both signs, gamma {found.settings['resolution']:g}, seed {seed}, {runs} runs: signed Q {found.q:.4f} (from"
            f" {found.q_min:.4f} to {found.q_max:.4f}); certainty from {bootstrap} resamples by pair."
        )
        answer.notes.append(f"{within} of {len(minus)} pairs of rivals lie within a camp, {across} of {len(plus)} pairs of allies do not.")
        answer.notes.append(
            f"{with_rivals} states with such ties are in no camp, most for having rivals only: an enemy's enemy is no ally (column note)."
        )
    answer.notes += found.notes
    if apart := len(rows) - len(answer.compact):
        answer.notes.insert(0, f"{apart} states without such a tie in the loaded data are not shown (--format json lists them).")
    return answer


def _partners(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for a, b in sorted(pairs):
        found.setdefault(a, []).append(b)
        found.setdefault(b, []).append(a)
    return found


def _q(result: Any) -> str:
    return "-" if result.q is None else f"{result.q:.4f}"


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value
