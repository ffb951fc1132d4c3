"""explain: what an answer rests on, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import RESAMPLES, RUNS, progress, read_options, reading
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, PactgraphError, UsageError

if TYPE_CHECKING:
    from graph_loader.analysis.explain import Change, Table
    from graph_loader.claims import Claim
    from graph_loader.pipeline import Assembled
    from graph_loader.whatif import Question, World

_COLUMNS = ["part", "change", "what", "property", "before", "after", "source", "locator", "matched", "sources"]
_SHOWN = 40  # lines of one part that are shown to the eye; csv and json have all


@click.command(
    epilog="\b\nExamples:\n  pactgraph explain 'member|FRA|NATO-IMS|1' --without-source adst-france-1966\n"
    "  pactgraph explain 'member|FRA|NATO-IMS|1' --prefer nato-update-1966\n"
    "  pactgraph explain camp:USA --as-of 1975 --each-source\n"
    "  pactgraph explain hhi:EU:natural-gas --as-of 2022-06 --with ./mydata\n"
    "  pactgraph explain query:membership/members -p bloc=NATO --as-of 1985 --without-source curated"
)
@click.argument("answer", metavar="ANSWER")
@click.option("-p", "--param", "params", metavar="NAME=VALUE", multiple=True, help="A parameter of the query (repeat for several).")
@click.option("--prefer", metavar="SOURCE[,SOURCE]...", help="With these sources' word first where sources disagree.")
@click.option("--without-source", "without", metavar="SOURCE", multiple=True,
              help="Without this dataset (its documents included) or document (repeat for several).")  # fmt: skip
@click.option("--with", "folder", metavar="FOLDER", type=click.Path(path_type=Path),
              help="With a source of your own, in pactgraph's layout (see 'sources new').")  # fmt: skip
@click.option("--each-source", is_flag=True, help="Leave out each source of the answer in turn: whose removal alone changes it?")
@read_options
def explain(
    answer: str, params: tuple[str, ...], prefer: str | None, without: tuple[str, ...], folder: Path | None, each_source: bool,
    db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Which facts and claims an ANSWER rests on, and what it becomes without a source, under another precedence, or with yours added.

    \b
    ANSWER is one of
      camp:STATE          the members of its camp (as 'clusters') at --as-of, with their certainty
      hhi:IMPORTER:GOOD   concentration of supply (as 'concentration'), with each supplier's share
      defenders:STATE     who must defend it
      query:ID            the rows of a query of the library, with -p
      the id of a fact    as answers print it: member|FRA|NATO-IMS|1, tie|..., flow|...

    Everything is resolved again in memory from the stored claims; nothing is ever written. Rows are gone, new, changed or the same;
    below them the facts that changed and the claims behind them, each with its source, where in it, and the words found there.
    """
    from graph_loader import whatif

    order = tuple(name.strip() for name in (prefer or "").split(",") if name.strip())
    if prefer is not None and not order:
        raise UsageError("--prefer names no source")
    varied = bool(order or without or folder)
    if each_source and varied:
        raise UsageError("--each-source leaves out one source at a time; use it without --prefer, --without-source and --with")
    if params and not answer.startswith("query:"):
        raise UsageError("-p is for query:ID")
    with reading(db, as_of) as (store, reader, held, day), progress(quiet) as say, whatif.sandbox() as sand:
        asked = whatif.question(answer, day, sand, cypher=_cypher(answer, params, day, store), runs=RUNS, resamples=RESAMPLES)
        say("reading claims")
        world = whatif.stored_world(reader, asked.types)
        say(f"resolving {len(world.claims)} claims")
        before = world.assembled(asked.types)
        base = _asked(asked, before)
        _require_answer(asked, base, before, varied)
        notes = [f"{asked.text}: {note}." for note in _stops(base.notes)]
        rows: list[dict[str, Any]] = []
        if varied:
            other = whatif.changed(world, prefer=order, without=without, folder=folder)
            say(f"resolving {len(other.claims)} claims again")
            after = other.assembled(asked.types)
            table = _asked(asked, after)
            rows, told = _compared(base, table, before, after)
            notes += [f"Then: {note}." for note in _stops(table.notes)] + told + _held(asked, base, table, after)[1] + other.notes
            notes.append(f"Precedence then: {', '.join(after.precedence)}.")
        else:
            rows = _rests_on(base, before)
            after = before
        if each_source:
            tested, told = _each(asked, base, before, world, say)
            rows = [*(r for r in rows if r["part"] == "answer"), *tested]
            notes += told
        named = {s for row in rows for s in row["sources"]} | {s for row in base.rows for s in row.get("sources") or []}
        named |= {s for id_ in base.facts for s in _sources(before, id_)}
        result = Answer(list(_COLUMNS), rows, {"answer": answer, "prefer": list(order), "without": list(without),
                        "with": str(folder) if folder else None}, day, held.newest_source)  # fmt: skip
        known = {**after.sources, **before.sources}
        result.sources = [_described(known[s]) for s in sorted(named) if s in known]
        result.notes = [*notes, "Computed in memory; the store is as it was."]
    result.hidden = ("sources",) if varied or each_source else ("sources", "change", "after")
    result.compact = _cut(result)
    emit(result, form, cite)


def _cypher(answer: str, params: tuple[str, ...], day: str, store: Any) -> tuple[str, dict[str, Any]] | None:
    if not answer.startswith("query:"):
        return None
    from graph_loader.catalogue import catalogue
    from graph_loader.cli.query import _given, _nearest
    from graph_loader.identity import default_identity

    id_ = answer.removeprefix("query:")
    if id_ not in catalogue():
        raise UsageError(f"there is no query '{id_}'{_nearest(id_)}; 'pactgraph queries list' shows all")
    found = catalogue()[id_]
    return found.text, found.bind(_given(params), day, default_identity())


def _asked(asked: Question, found: Assembled) -> Table:
    try:
        return asked.ask(found)
    except ValueError as error:
        raise DataError(f"{asked.text}: {error}") from error


def _require_answer(asked: Question, base: Table, before: Assembled, varied: bool) -> None:
    if base.rows or varied:
        return
    if asked.text.startswith(("camp:", "defenders:", "query:")):
        return
    if asked.text.startswith("hhi:"):
        raise UsageError(f"{asked.text}: no such shares are loaded at that date; 'pactgraph concentration' lists what there is")
    import difflib

    near = difflib.get_close_matches(asked.text, before.facts, n=2, cutoff=0.75)
    hint = f" (nearest: {', '.join(near)})" if near else ""
    raise UsageError(f"there is no fact '{asked.text}'{hint}; ANSWER is a fact's id, camp:, hhi:, defenders: or query:")


def _stops(notes: list[str]) -> list[str]:
    return [note.rstrip(".") for note in notes]


def _line(part: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(_COLUMNS[:-1]) | {"part": part, "sources": []} | values


def _of(change: Change, part: str, sources: list[str]) -> dict[str, Any]:
    name = None if change.property in ("", "value") and part == "answer" else change.property or None
    return _line(part, change=change.kind, what=change.what, property=name, before=change.before,
                 after=change.after, sources=sources)  # fmt: skip


def _claim_line(fact: str, claim: Claim, before: str | None, after: str | None) -> dict[str, Any]:
    kind = "same" if before == after else "gone" if after is None else "new" if before is None else "changed"
    return _line("claim", change=kind, what=fact, before=before, after=after, source=claim.source, locator=claim.locator or None,
                 matched=claim.matched or None, sources=[claim.source])  # fmt: skip


def _rests_on(base: Table, found: Assembled) -> list[dict[str, Any]]:
    from graph_loader.analysis import explain as pure

    rows = [_of(change, "answer", []) for change in pure.compare(base, base)]
    ids = pure.with_premises(found.facts, base.facts)
    for fact, claim in pure.claims_behind(found.claims, found.resolved.fact_of_claim, ids):
        text = pure.said(claim)
        rows.append(_claim_line(fact, claim, text, text))
    return rows


def _compared(one: Table, two: Table, before: Assembled, after: Assembled) -> tuple[list[dict[str, Any]], list[str]]:
    from graph_loader.analysis import explain as pure

    if one.rows and two.rows and one.key != two.key:
        one.key = two.key = pure.answer_key(list(one.rows[0]), one.rows, two.rows)
    changes = pure.compare(one, two)
    same = sum(change.kind == "same" for change in changes)
    shown = [c for c in changes if c.kind != "same" or one.whole]
    rows = [_of(change, "answer", []) for change in shown]
    ids = list(dict.fromkeys([*pure.with_premises(before.facts, one.facts), *pure.with_premises(after.facts, two.facts)]))
    facts, support = pure.changed_facts(before.facts, after.facts, ids)
    for change in facts:
        rows.append(_of(change, "fact", _sources(before, change.what) or _sources(after, change.what)))
    moved = list(dict.fromkeys(change.what for change in facts))
    behind = list(dict.fromkeys([*moved, *pure.with_premises(before.facts, moved), *pure.with_premises(after.facts, moved), *support]))
    old = {c.id: (fact, c) for fact, c in pure.claims_behind(before.claims, before.resolved.fact_of_claim, behind)}
    new = {c.id: (fact, c) for fact, c in pure.claims_behind(after.claims, after.resolved.fact_of_claim, behind)}
    touched = {fact for id_ in old.keys() ^ new.keys() for fact, _ in [old.get(id_) or new[id_]]} | set(moved)
    for id_ in dict.fromkeys((*old, *new)):
        fact, claim = old.get(id_) or new[id_]
        words = [pure.said(side[id_][1]) if id_ in side else None for side in (old, new)]
        if fact in touched:
            rows.append(_claim_line(fact, claim, *words))
    notes = [f"{_count(changes, 'gone')} rows gone, {_count(changes, 'new')} new, {_count(changes, 'changed')} changed, {same} the same."]
    if not any(c.kind != "same" for c in changes):
        notes.insert(0, "The answer does not change.")
    if support:
        notes.append(f"{len(support)} facts of the answer keep what they say, on other sources than before.")
    return rows, notes


def _held(asked: Question, base: Table, then: Table, after: Assembled) -> tuple[list[Change] | None, list[str]]:
    """Where the method chose another resolution: what changes at the old one, and that in words; else None."""
    from graph_loader.analysis import explain as pure

    if asked.held is None or not base.settings or not then.settings or base.settings == then.settings:
        return None, []
    changes = [c for c in pure.compare(base, asked.held(after, base.settings)) if c.kind != "same"]
    told = ", ".join(f"{_count(changes, kind)} {kind}" for kind in ("gone", "new", "changed"))
    gamma = base.settings["resolution"]
    return changes, [f"gamma is chosen anew; held at {gamma:g} as before: {told}."]


def _count(changes: list[Change], kind: str) -> int:
    return len({c.what for c in changes if c.kind == kind})


def _sources(found: Assembled, id_: str) -> list[str]:
    value = found.facts[id_].props.get("sources") if id_ in found.facts else None
    return value if isinstance(value, list) else []


def _each(
    asked: Question, base: Table, before: Assembled, world: World, say: Callable[[str], None]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Leave-one-out over the sources of the answer."""
    from graph_loader import whatif
    from graph_loader.analysis import explain as pure

    ids = pure.with_premises(before.facts, base.facts)
    behind = {claim.source for _, claim in pure.claims_behind(before.claims, before.resolved.fact_of_claim, ids)}
    listed = {s for row in base.rows for s in row.get("sources") or []} & set(world.sources)
    candidates = sorted(behind | listed | {world.sources[s].dataset for s in behind | listed})
    if not candidates:
        raise UsageError(f"{asked.text}: its rows name neither facts nor sources, so there is nothing to leave out")
    rows = []
    for number, name in enumerate(candidates, start=1):
        say(f"{_bar(number, len(candidates))} without {name}")
        after = whatif.changed(world, without=[name]).assembled(asked.types)
        kind = "dataset" if world.sources[name].dataset == name else "document"
        try:
            # Where no fact on which the answer can rest says anything else, the answer is the same and need not be computed.
            table = base if not asked.text.startswith("query:") and _unmoved(before, after) else _asked(asked, after)
            changes = [c for c in pure.compare(base, table) if c.kind != "same"]
            held = _held(asked, base, table, after)[0] if changes else None
            changes = held or changes
        except PactgraphError as error:
            rows.append(_line("without", change="no answer", what=name, property=kind, after=str(error), source=name, sources=[name]))
            continue
        if changes:
            verdict = "changes" if held is None or held else "by gamma"
            rows.append(_line("without", change=verdict, what=name, property=kind, before=_told(changes, "before"),
                              after=_told(changes, "after"), source=name, sources=[name]))  # fmt: skip
    n = len(candidates)
    alone = sum(row["change"] != "by gamma" for row in rows)
    notes = [f"{n} source{'s' * (n != 1)} left out one at a time: {alone} of them change{'s' * (alone == 1)} the answer alone."]
    if base.settings:
        notes.append(f"Compared at gamma {base.settings['resolution']:g}; by gamma: only the gamma that is chosen automatically changes.")
    return rows, notes


def _unmoved(before: Assembled, after: Assembled) -> bool:
    from graph_loader.analysis import explain as pure

    resolved = [id_ for found in (before, after) for id_ in found.resolved.facts]
    return not pure.changed_facts(before.facts, after.facts, resolved)[0]


def _told(changes: list[Change], side: str) -> str:
    """The first changes in words, and how many more there are."""
    from graph_loader.analysis import explain as pure

    lines = []
    for change in changes[:3]:
        value = getattr(change, side)
        text = "-" if value is None else pure.in_words(value)
        lines.append(" ".join(part for part in (change.what, change.property) if part not in ("", "value")) + f": {text}")
    more = len(changes) - len(lines)
    return "; ".join(lines) + (f"; {more} more" if more > 0 else "")


def _bar(number: int, total: int) -> str:
    done = 20 * number // total
    return f"{'#' * done}{'.' * (20 - done)} {number}/{total}"


def _described(info: Any) -> dict[str, str]:
    names = ("id", "title", "publisher", "version", "url", "licence", "citation", "dataset")
    return {name: str(getattr(info, name) or "") for name in names}


def _cut(result: Answer) -> list[dict[str, Any]]:
    """What fits a screen: the first lines of each part."""
    shown: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for row in result.rows:
        counts[row["part"]] = counts.get(row["part"], 0) + 1
        if counts[row["part"]] <= _SHOWN:
            shown.append(row)
    for part, count in counts.items():
        if count > _SHOWN:
            result.notes.append(f"{_SHOWN} of {count} lines '{part}' are shown; --format csv or json has all.")
    return shown
