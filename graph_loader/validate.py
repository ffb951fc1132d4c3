"""Findings on a dataset in pactgraph's own layout: what keeps it from loading, what its evidence does not show, what looks wrong."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_loader import dates
from graph_loader.checks import DatasetError
from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.evidence import prints_date, prints_figure
from graph_loader.identity import Identity
from graph_loader.schema import DOMAINS, fact_id
from graph_loader.sources.package import place_of, stated

LEVELS = ("error", "warning", "note")
_DATES = {"since": "since_edtf", "until": "until_edtf", "date": "date_edtf"}
_FIGURES = ("share", "value", "total")
_ASSISTANCE = {"defence", "offence"}
_LONGEST_PRINT = 160  # characters: longer is a sentence, and sentences are not ours to copy
_MOST_PARTIES = 40  # of an instrument from which every pair of parties is tied


@dataclass(frozen=True)
class Finding:
    """Something about a dataset.

    Attributes
    ----------
    level : str
        ``error`` keeps it from loading or contradicts its own evidence; ``warning`` should be looked at; ``note`` is to be known.
    rule : str
        Name of the rule, stable over versions.
    """

    level: str
    rule: str
    file: str
    row: int | None
    fact: str
    text: str


def validate(
    folder: Path, identity: Identity, known: frozenset[str] = frozenset(), described: Path | None = None
) -> list[Finding]:
    """All findings on a folder (or a single CSV file with its description), errors first, then by file and row.

    Parameters
    ----------
    known : frozenset of str
        Ids that other datasets describe, such as blocs.
    """
    try:
        _, read, documents = stated(place_of(folder, described), identity, known)
    except DatasetError as error:
        return [Finding("error", "layout", p.file, p.row, "", f"{p.column}: {p.text}" if p.column else p.text) for p in error.problems]
    except DataError as error:
        return [Finding("error", "layout", str(folder), None, "", str(error))]
    facts = {fact_id(c.type, c.key, c.spell): c for c in read.claims}
    structural = {fact_id(c.type, c.key, c.spell) for c in read.structural}
    found = [*_evidence(folder, facts, structural, documents), *_states(facts, identity)]
    found += [*_instruments(facts), *_memberships(facts), *_flows(facts)]
    return sorted(found, key=lambda f: (LEVELS.index(f.level), f.file, f.row or 0, f.rule, f.fact, f.text))


def _place(claim: Claim) -> tuple[str, int | None]:
    return (claim.origin.file, claim.origin.row) if claim.origin else ("", None)


def _of(claim: Claim, id_: str, level: str, rule: str, text: str) -> Finding:
    return Finding(level, rule, *_place(claim), id_, text)


def _list(claim: Claim, name: str) -> list[str]:
    value = claim.values.get(name)
    return list(value) if isinstance(value, list) else []


# -- evidence ---------------------------------------------------------------------------------------------------------


def _evidence(
    folder: Path, facts: Mapping[str, Claim], structural: set[str], documents: Mapping[str, SourceInfo]
) -> Iterator[Finding]:
    file = folder / "evidence.csv"
    if not file.is_file():
        yield Finding("note", "no-evidence-file", "evidence.csv", None, "", "the dataset is its own only source")
        return
    confirmed: dict[str, set[str]] = defaultdict(set)
    used = set()
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        for row in reader:
            used.add(row["source"])
            claim = facts.get(row["fact"])
            place = ("evidence.csv", reader.line_num, row["fact"])
            if claim is None:
                if row["fact"] not in structural:
                    yield Finding("error", "evidence-fact", *place, f"'{row['fact']}' is no fact of this dataset")
                continue
            if row["source"] not in documents:
                yield Finding("error", "evidence-document", *place, f"'{row['source']}' is not in documents.csv")
            confirmed[row["fact"]] |= {name.strip() for name in row["property"].split(";")}
            if len(row["matched"]) > _LONGEST_PRINT:
                yield Finding("warning", "evidence-length", *place, "matched is long: it holds dates, figures and names, not sentences")
            for name, expected in _unprinted(claim, row):
                yield Finding("error", "evidence-print", *place, f"{name} {expected} is not printed in '{row['matched']}'")
    for id_, claim in facts.items():
        wanted = [name for name, column in _DATES.items() if _is_day(str(claim.values.get(column) or ""))]
        wanted = ["date"] if claim.type == "SUCCEEDED_BY" and wanted else wanted
        wanted += [name for name in _FIGURES if name in claim.values] if claim.type in ("DEPENDS_ON", "PRODUCES", "OBSERVED") else []
        wanted += ["obligations"] if _list(claim, "obligations") else []
        missing = [name for name in wanted if name not in confirmed[id_]]
        if claim.type == "PRODUCES" and {"value", "total"} <= confirmed[id_]:
            missing = [name for name in missing if name != "share"]  # a share that follows from two confirmed figures
        if missing:
            yield _of(claim, id_, "warning", "evidence-missing", f"no document confirms {', '.join(missing)}")
    for id_ in sorted(set(documents) - used):
        yield Finding("warning", "document-unused", "documents.csv", None, id_, "is evidence of nothing")


def _unprinted(claim: Claim, row: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Properties that the row says are printed, and are not. Where a document's own value stands in ``value`` its year must be printed."""
    names = [name.strip() for name in row["property"].split(";")]
    given = (row.get("value") or "").split(";") if len(names) > 1 else [row.get("value") or ""]
    for position, name in enumerate(names):
        own = given[position].strip() if position < len(given) else ""
        if name in _DATES:
            said = own or str(claim.values.get("since_edtf" if claim.type == "SUCCEEDED_BY" else _DATES[name], ""))
            if not _is_day(said):
                continue
            ends = {said[:4], _eve(said)[:4]} if own else {said}
            if not any(prints_date(row["matched"], end) for end in ends):
                yield name, said
        elif name in _FIGURES:
            figure = float(own) if own else claim.values.get(name)
            if isinstance(figure, float) and not prints_figure(row["matched"], name, figure):
                yield name, f"{figure:g}"


def _is_day(said: str) -> bool:
    """Whether a date is said that a document must print; '../2019' and '2023/..' say when something was seen in force."""
    return said not in ("", "..") and "/" not in said


def _eve(said: str) -> str:
    """The day before an end: documents print the last day in force, rows the first no longer."""
    return dates.day_before(said) if len(said) == 10 else said


# -- what looks wrong -------------------------------------------------------------------------------------------------


def _states(facts: Mapping[str, Claim], identity: Identity) -> Iterator[Finding]:
    """Facts of a state at a time at which, as far as is recorded, it did not exist."""
    own = {c.key[0]: _list(c, "spells") for c in facts.values() if c.type == "State" and "spells" in c.values}
    for id_, claim in facts.items():
        if claim.type not in (*DOMAINS, "MEMBER_OF", "PARTY_TO", "OBSERVED"):
            continue
        ends = claim.key[:2] if claim.type in DOMAINS else claim.key[:1]
        since = claim.since()
        first = f"{claim.key[2].zfill(4)}-12-31" if claim.type == "OBSERVED" else since.latest if since.kind == "dated" else ""
        for state in ends:
            spells = own.get(state) or identity.spells.get(state, [])
            starts = [s.split("/")[0] for s in spells]
            if not first or not spells or "" in starts:
                continue
            before = first < min(dates.since(s).earliest for s in starts)
            last = max(dates.until(s.split("/")[1] if "/" in s else "..").stored for s in spells)
            if before or (since.kind == "dated" and since.earliest >= last):
                when = "before it began" if before else "after it ended"
                yield _of(claim, id_, "warning", "state-existence", f"{state} {when}, as far as is recorded ({', '.join(spells)})")


def _instruments(facts: Mapping[str, Claim]) -> Iterator[Finding]:
    events: dict[str, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    parties: dict[str, int] = defaultdict(int)
    founding = {i for i, c in facts.items() if c.type == "Instrument"}
    for claim in facts.values():
        if claim.type == "Event":
            events[claim.key[0]][claim.key[1]].append(claim)
        elif claim.type == "PARTY_TO":
            parties[claim.key[1]] += 1
    for id_ in sorted(founding):
        claim = facts[id_]
        kinds = events[id_]
        assistance = _ASSISTANCE & set(_list(claim, "obligations"))
        if claim.values.get("type") == "strategic_partnership" and assistance:
            yield _of(claim, id_, "warning", "label-with-duty", "a strategic partnership that obliges to assist: check the wording")
        if claim.values.get("binding") is False and assistance:
            yield _of(claim, id_, "warning", "duty-not-binding", "obliges to assist, yet does not bind in law: check both")
        if not kinds:
            yield _of(claim, id_, "warning", "no-event", "has no event: not even when it was signed")
        for signed in kinds["signed"]:
            for kind in ("in_force", "provisional"):
                for later in kinds[kind]:
                    first, second = signed.since(), later.since()
                    if second.latest < first.earliest:
                        yield _of(later, id_, "error", "order-of-events", f"{kind} {second.said} before signed {first.said}")
        if claim.values.get("derives") == "dyads":
            if parties[id_] > _MOST_PARTIES:
                yield _of(claim, id_, "warning", "many-dyads", f"{parties[id_]} parties, tied pair by pair; is 'none' meant?")
            elif parties[id_] == 1:
                yield _of(claim, id_, "warning", "one-party", "has one party: no tie follows from it")


def _memberships(facts: Mapping[str, Claim]) -> Iterator[Finding]:
    for id_, claim in facts.items():
        bloc = facts.get(claim.key[1]) if claim.type == "MEMBER_OF" else None
        if bloc is None or bloc.type != "Bloc":
            continue
        ended = dates.until(str(bloc.values.get("until_edtf", "")))
        until = dates.until(str(claim.values.get("until_edtf", "")))
        if ended.kind == "dated" and (until.kind == "open" or (until.kind == "dated" and until.earliest > ended.latest)):
            yield _of(claim, id_, "error", "outlives-bloc", f"until {until.said or 'unknown'}, but {bloc.key[0]} ended {ended.said}")


def _flows(facts: Mapping[str, Claim]) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[tuple[str, Claim]]] = defaultdict(list)
    for id_, claim in facts.items():
        if claim.type == "DEPENDS_ON":
            groups["of imports", claim.key[0], *claim.key[2:]].append((id_, claim))
            if claim.key[0] == claim.key[1]:
                yield _of(claim, id_, "error", "own-supplier", "the importer is its own supplier")
        elif claim.type == "PRODUCES":
            groups["of output", *claim.key[1:]].append((id_, claim))
    for key, rows in groups.items():
        id_, first = rows[0]
        shares = [c.values["share_lo"] if "share_lo" in c.values else c.values.get("share", 0.0) for _, c in rows]
        least = sum(s for s in shares if isinstance(s, float))
        if least > 1 + 1e-9:
            yield _of(first, id_, "error", "shares-above-one", f"the {len(rows)} shares {key[0]} add up to at least {least:.3f}")
        for column in ("scope", "total", "unit", "named_largest"):
            if len({str(c.values.get(column)) for _, c in rows}) > 1:
                text = f"{column} differs among the {len(rows)} rows of one importer, good and period"
                yield _of(first, id_, "warning", "one-denominator", text)


def worst(findings: Iterable[Finding]) -> str | None:
    """The gravest level among the findings."""
    return min((f.level for f in findings), key=LEVELS.index, default=None)


def summary(findings: Sequence[Finding]) -> str:
    """How many of each level, in words."""
    return ", ".join(f"{n} {level}{'s' * (n != 1)}" for level in LEVELS for n in [sum(f.level == level for f in findings)])
