"""What ``concentration`` answers with --by-relation, --criteria, --asymmetry and --look-through."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph_loader.cli.exposure import ALIGNMENT, camps_at
from graph_loader.cli.options import doubts, sources_of, state_of
from graph_loader.cli.output import Answer
from graph_loader.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from graph_loader.stores.base import Reader

_GROUP = ["importer", "good", "stage", "basis", "from_year", "to_year"]
_FLOWS = ("DEPENDS_ON",)


def answer(
    mode: str, reader: Reader, flows: pl.DataFrame, wanted: pl.Expr, day: str, *, with_camps: bool, file: Path | None, good: str | None,
    importer: str | None,
) -> Answer:  # fmt: skip
    """The answer of one mode; ``flows`` are of all periods, ``wanted`` picks those of the good and importer."""
    from graph_loader.analysis.concentration import select_period

    params: dict[str, Any] = {"good": good, "importer": importer, "mode": mode}
    every, flows = flows, flows.filter(wanted)
    try:
        if mode == "by-relation":
            found = _by_relation(reader, select_period(flows, day), day, with_camps, params)
        elif mode == "criteria":
            found = _criteria(reader, every, wanted, day, params)
        elif mode == "asymmetry":
            found = _asymmetry(select_period(every, day), params)
        else:
            assert file is not None
            found = _look_through(select_period(flows, day), file, day, params)
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"flows: {error}; correct the source and load it again") from error
    found.rows = [{c: round(row[c], 6) if isinstance(row[c], float) else row[c] for c in found.columns} for row in found.rows]
    found.sources = sources_of(reader, found.rows)
    found.notes += doubts(reader, day, (*ALIGNMENT, *_FLOWS) if mode == "by-relation" else _FLOWS)
    return found


def _scopes(rows: list[dict[str, Any]], who: str = "importer") -> list[str]:
    seen = {(r[who], r["good"], r["basis"], r["from_year"], r["to_year"], r["scope"]): None for r in rows}
    if len(seen) > 6:
        return [f"Shares of {len(seen)} totals of different scope; --format json or csv has each in the column scope."]
    return [f"{w}, {g} by {b}, {a if a == z else f'{a}-{z}'}: share of {what or 'a total not described'}." for w, g, b, a, z, what in seen]


def _by_relation(reader: Reader, flows: pl.DataFrame, day: str, with_camps: bool, params: dict[str, Any]) -> Answer:
    from graph_loader import snapshot
    from graph_loader.analysis.dependence import by_relation

    graph = snapshot.ties(reader, day, ALIGNMENT)
    rows = by_relation(flows, graph, snapshot.members(reader, day), camps_at(graph, day) if with_camps else None)
    columns = [*_GROUP, "relation", "share", "hhi_part", "n_suppliers", "suppliers", "because", "scope", "disputed", "ties_disputed",
               "facts", "sources"]  # fmt: skip
    notes = [
        f"Relations as of {day}: ally, a defence obligation in force; rival, sanctions or a dispute in force (the EU's are its members')"
        + (", or another camp without an obligation" if with_camps else "") + "; neutral, none of these in the loaded data.",
        "Rows of a bloc are of the bloc as a whole: never add them to its members'. hhi_part: these suppliers' part of the least HHI.",
        *_scopes(rows),
    ]  # fmt: skip
    hidden = ("stage", "n_suppliers", "scope", "facts", "sources")
    return Answer(columns, rows, params | {"camps": with_camps}, notes=notes, hidden=hidden)


def _criteria(reader: Reader, every: pl.DataFrame, wanted: pl.Expr, day: str, params: dict[str, Any]) -> Answer:
    import polars as pl

    from graph_loader import snapshot
    from graph_loader.analysis.dependence import criteria
    from graph_loader.analysis.trade import UNION, exports_by_good, trade_of

    of_good = every if params["good"] is None else every.filter(pl.col("good") == params["good"])
    spells = [m for m in snapshot.memberships(reader) if m["bloc"] == UNION and not m["suspended"]]
    members = {year: {m["state"] for m in spells if m["since"] <= f"{year:04}-12-31" < m["until"]} for year in set(of_good["to_year"])}
    # Coverage of a member without imports of the good shows in its imports of others, so that all goods are given.
    trade = trade_of(every, members, exports_by_good(snapshot.exports(reader)))
    good, importer = params["good"], params["importer"]
    chosen = {key: found for key, found in trade.items() if good in (None, key[1]) and importer in (None, key[0])}
    rows = criteria(every.filter(wanted), day, trade=chosen)
    columns = [*_GROUP, "criterion", "threshold", "value_lo", "value_hi", "met", "n_years", "reason", "scope", "disputed", "sources"]
    known = [row["met"] for row in rows if row["met"] is not None]
    notes = [
        f"{sum(known)} of {len(known)} criteria that can be judged are met; {len(rows) - len(known)} cannot be judged, with the reason.",
        "CDI: European Commission SWD(2021)352, defined for the EU and for trade values; GeoDep: CEPII.",
    ]
    return Answer(columns, rows, params, notes=notes, hidden=("stage", "scope", "disputed", "sources"))


def _asymmetry(flows: pl.DataFrame, params: dict[str, Any]) -> Answer:
    from graph_loader.analysis.dependence import asymmetry

    good, importer = params["good"], params["importer"]
    rows = [r for r in asymmetry(flows) if good in (None, r["good"]) and (importer is None or importer in (r["i"], r["j"]))]
    columns = ["i", "j", *_GROUP[1:], "s_ij", "s_ji_lo", "s_ji_hi", "asymmetry_lo", "asymmetry_hi", "reason", "scope", "disputed", "facts",
               "sources"]  # fmt: skip
    known = sum(row["asymmetry_lo"] is not None for row in rows)
    notes = [
        f"{known} of {len(rows)} pairs can be judged; of the others the imports of j are not loaded, which is not a share of 0.",
        "Above 0: i depends on j for the good more than j on i (Hirschman 1945, here of one good, not of all trade).",
    ]
    return Answer(columns, rows, params, notes=notes, hidden=("stage", "scope", "disputed", "facts", "sources"))


def _look_through(flows: pl.DataFrame, file: Path, day: str, params: dict[str, Any]) -> Answer:
    from graph_loader.analysis.concentration import hhi_bounds
    from graph_loader.analysis.dependence import look_through

    passed = _reexports(file, day)
    rows, notes = [], [f"Re-exports as stated in {file.name}: {len(passed)} states pass on what they bought; all others deliver their own."]
    for key, group in flows.filter(flows["importer"] != "WORLD").sort([*_GROUP, "supplier"]).group_by(_GROUP, maintain_order=True):
        direct = {f["supplier"]: f["share"] for f in group.iter_rows(named=True) if f["share"]}
        try:
            found = look_through(direct, passed)
        except ValueError as error:
            raise UsageError(f"{file.name} with imports of {key[0]}: {error}") from error
        common = dict(zip(_GROUP, key, strict=True)) | {"scope": group["scope"][0], "named_share": min(1.0, sum(direct.values()))}
        common["sources"] = sorted({s for f in group.iter_rows(named=True) for s in f["sources"] or ()})
        for origin in sorted({*direct, *found}, key=lambda o: (-found.get(o, 0.0), o)):
            rows.append(common | {"origin": origin, "share_direct": direct.get(origin), "share_ultimate": found.get(origin, 0.0)})
        before = hhi_bounds(direct.values(), named_largest=all(group["named_largest"]))
        after = hhi_bounds(found.values(), named_largest=False)
        notes.append(f"{key[0]}, {key[1]}: HHI by direct supplier {_interval(before)}, by origin {_interval(after)}.")
    columns = [*_GROUP, "origin", "share_direct", "share_ultimate", "named_share", "scope", "sources"]
    notes.append("share_direct -: not named as a direct supplier. The unnamed rest is in neither column.")
    return Answer(columns, rows, params | {"look_through": file.name}, notes=notes + _scopes(rows), hidden=("stage", "scope", "sources"))


def _interval(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.4f}" if round(bounds[0], 4) == round(bounds[1], 4) else f"{bounds[0]:.4f} to {bounds[1]:.4f}"


def _reexports(file: Path, day: str) -> dict[str, dict[str, float]]:
    """The user's table: columns state, source, share (0..1)."""
    found: dict[str, dict[str, float]] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text)
            if not {"state", "source", "share"} <= set(table.fieldnames or ()):
                raise UsageError(f"{file.name}: the header must hold state,source,share")
            for row in table:
                where = f"{file.name}, line {table.line_num}"
                try:
                    state, source, share = state_of(row["state"] or "", day), state_of(row["source"] or "", day), float(row["share"] or "")
                except UsageError as error:
                    raise UsageError(f"{where}: {error}") from error
                except ValueError as error:
                    raise UsageError(f"{where}: share '{row['share']}' is no number; write 0.8 for 80 per cent") from error
                if source in found.setdefault(state, {}):
                    raise UsageError(f"{where}: {source} is given twice as a source of {state}")
                found[state][source] = share
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file.name} cannot be read: {error}") from error
    return found
