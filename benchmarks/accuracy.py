"""The bundled data beside the publishers' files, where both speak of the same fact: python benchmarks/accuracy.py [REFERENCE]

REFERENCE (default: $PACTGRAPH_REFERENCE) is the folder of publishers' files, with ``cow/``, ``internacia/`` and ``atop/``.

``cow``         Full members by the Correlates of War (IGO 3.0), member-years 2000-2014: a state is a member in a year if it is one on
                31 December. The file has no days; of 1 January, 1 July and 31 December the last is the one that agrees most, and
                ``--day`` tries another. Only states that the file has in that year; what it says of a bloc that it takes as not
                existing (-1) is shown apart.
``internacia``  Full members on the day of its snapshot, 31 December 2025.
``atop``        Who owes whom defence, directed dyad-years 1990-2018: a promise counts in a year if it was in force on any day of it, as
                ATOP counts. The file names no treaties, so recall asks an instrument of ours for the dyad-years of theirs whose states
                we list as its parties (signatories too, and members of the bloc that it founds), from the year of its signature, or
                of an accession if that came later, to its end for the pair; ``--all-years`` asks in all years. Any promise of defence
                that we have between the two is an answer. Precision asks of all our dyad-years.

Suspended members are members. Ours counts where it is certain: a year in which our own date is too vague to tell (or unknown) is neither
right nor wrong, and stands under ``unsaid``; ``wide`` is the recall with what is unsaid counted as missed. Every disagreement is one spell,
with its cause and reason from the table in docs/data-notes.md (``--notes``). The targets are for the row ``all``. Beneath it, ``confirmed``
leaves out 'gap' (we list the fact, but no document confirms its dates, so we make no tie), and ``settled`` leaves out 'theirs' (their file
is wrong or out of date) and 'definition' (both are right, by their own rules); 'ours' is our error, and stays in.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from graph_loader import dates, pipeline
from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import default_identity
from graph_loader.schema import Fact
from graph_loader.sources import base
from graph_loader.sources.cow_igo import BLOCS

COW, INTERNACIA, ATOP = "cow", "internacia", "atop"
FILES = {
    COW: ("cow-igo", "cow/state_year_formatv3_2000_2014.csv"), INTERNACIA: ("internacia", "internacia"),
    ATOP: ("atop", "atop/atop5_1ddyr_1990_2018.csv"),
}  # fmt: skip
TARGETS = {COW: (0.99, 0.99), INTERNACIA: (0.99, 0.99), ATOP: (0.98, 0.95)}
WHAT = {COW: "member-years", INTERNACIA: "members", ATOP: "directed dyad-years of defence"}
ASIDE = {"confirmed": ("gap",), "settled": ("theirs", "definition")}
CLAIMED = ("member", "defence")  # how a disagreement says that the fact is ours
_ENDS = ("terminated", "expired")
NOTES = Path(__file__).resolve().parent.parent / "docs" / "data-notes.md"

Units = set[tuple[str, int]]
"""Who (a state, or 'A>B') in which year."""


@dataclass(frozen=True)
class Score:
    """One bloc or instrument beside one dataset. ``ours`` and ``theirs`` count units, ``both`` those that agree.

    ``asked`` are the units of theirs by which recall is counted, ``found`` those of them that ours has; ``unsaid`` those on which ours is
    not certain either way.
    """

    dataset: str
    subject: str
    ours: int
    theirs: int
    both: int
    asked: int
    found: int
    unsaid: int

    @property
    def precision(self) -> float | None:
        return self.both / self.ours if self.ours else None

    @property
    def recall(self) -> float | None:
        return self.found / self.asked if self.asked else None

    @property
    def wide(self) -> float | None:
        return self.found / (self.asked + self.unsaid) if self.asked + self.unsaid else None


@dataclass(frozen=True)
class Disagreement:
    """A spell of years in which one says what the other does not."""

    dataset: str
    subject: str
    who: str
    first: int
    last: int
    ours: str
    theirs: str
    cause: str = ""
    reason: str = ""

    @property
    def units(self) -> int:
        return (self.last - self.first + 1) * (2 if "-" in self.who else 1)


@dataclass(frozen=True)
class Reason:
    """A row of the table of disagreements in the notes."""

    dataset: str
    subject: str
    who: frozenset[str]
    first: int
    last: int
    cause: str
    text: str

    def fits(self, one: Disagreement) -> bool:
        states = set(re.split("[>-]", one.who)) if one.dataset == ATOP else {one.who}
        ours = not self.who or one.who in self.who or bool(states & self.who)
        return (self.dataset, self.subject) == (one.dataset, one.subject) and ours and self.first <= one.first and one.last <= self.last


# -- ours -------------------------------------------------------------------------------------------------------------


def bundled(curated: Path | None) -> dict[str, Fact]:
    """The facts of the bundled data (or of another copy of the curated folder), resolved and derived in memory."""
    claims: list[Claim] = []
    sources: dict[str, SourceInfo] = {}
    known: frozenset[str] = frozenset()
    for name in (pipeline.ALWAYS, "curated"):
        reading = base.get(name).read(curated if name == "curated" else None, default_identity(), known)
        claims += reading.claims
        sources |= {info.id: info for info in (reading.info, *reading.documents)}
        known |= {c.key[0] for c in reading.claims if c.type in ("State", "Bloc", "Actor")}
    return pipeline.assemble(claims, sources).facts


def boundaries(fact: Fact) -> tuple[dates.Boundary, dates.Boundary]:
    """Both ends of a fact, with the interval in which each can lie."""
    since, until = (str(fact.props.get(name, "")) for name in ("since_edtf", "until_edtf"))
    return dates.since(since), dates.censored(until) if fact.props["end_kind"] == "censored" else dates.until(until)


def last_year(until: dates.Boundary) -> int:
    """The year of the last day that the end allows: the day before the latest first day no longer in force."""
    return int(dates.day_before(until.latest)[:4])


def holds(fact: Fact, first: str, last: str) -> tuple[bool, bool]:
    """Whether the fact certainly, and possibly, held on any day from ``first`` to ``last``. It ends before the day of its ``until``."""
    since, until = boundaries(fact)
    certain = since.latest < until.earliest and since.latest <= last and until.earliest > first
    return certain, since.earliest <= last and until.latest > first


def said(facts: Iterable[tuple[str, Fact]], years: Iterable[int], days: Callable[[int], tuple[str, str]]) -> tuple[Units, Units]:
    """What holds certainly, and what possibly does but not certainly."""
    certain: Units = set()
    possible: Units = set()
    spans = [(year, *days(year)) for year in years]
    for who, fact in facts:
        for year, first, last in spans:
            sure, maybe = holds(fact, first, last)
            if sure:
                certain.add((who, year))
            elif maybe:
                possible.add((who, year))
    return certain, possible - certain


def full_members(facts: Mapping[str, Fact]) -> dict[str, list[tuple[str, Fact]]]:
    """Spells of full membership by bloc."""
    found: dict[str, list[tuple[str, Fact]]] = defaultdict(list)
    for fact in facts.values():
        if fact.type == "MEMBER_OF" and fact.start and fact.end and fact.props["role"] == "full":
            found[fact.end[1]].append((fact.start[1], fact))
    return found


def _list(fact: Fact, name: str) -> list[str]:
    value = fact.props.get(name)
    return value if isinstance(value, list) else []


def promises(facts: Mapping[str, Fact]) -> dict[str, list[tuple[str, Fact]]]:
    """Directed ties of defence by instrument; one that is stated without an instrument stands under its own id."""
    found: dict[str, list[tuple[str, Fact]]] = defaultdict(list)
    for fact in facts.values():
        if fact.type == "DEFENCE" and fact.start and fact.end and "defence" in _list(fact, "obligations"):
            subject = str(fact.props.get("instrument") or fact.id)
            found[subject].append((f"{fact.start[1]}>{fact.end[1]}", fact))
            if fact.props["mutual"]:
                found[subject].append((f"{fact.end[1]}>{fact.start[1]}", fact))
    return found


def listed_pairs(facts: Mapping[str, Fact], all_years: bool) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """The directed pairs that each instrument with a promise of defence has parties for, and the years to ask about."""
    instruments = {id_: f for id_, f in facts.items() if f.type == "Instrument" and "defence" in _list(f, "obligations")}
    events: dict[str, list[Fact]] = defaultdict(list)
    parties: dict[str, list[tuple[str, Fact]]] = defaultdict(list)
    members = full_members(facts)
    for fact in facts.values():
        if fact.type == "Event" and fact.props["instrument"] in instruments:
            events[str(fact.props["instrument"])].append(fact)
        elif fact.type == "PARTY_TO" and fact.start and fact.end and fact.end[1] in instruments:
            parties[fact.end[1]].append((fact.start[1], fact))
        elif fact.type == "FOUNDS" and fact.start and fact.end and fact.start[1] in instruments:
            parties[fact.start[1]] += members[fact.end[1]]
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for id_ in instruments:
        pairs = found.setdefault(id_, defaultdict(list))
        dated = {str(e.props["kind"]): str(e.props["date"])[:4] for e in events[id_] if e.props.get("date")}
        signed = int(dated.get("signed", dated.get("in_force", "1")))
        begun = int(dated.get("in_force", "9999"))
        ended = min((last_year(dates.until(str(e.props["date_edtf"]))) for e in events[id_] if e.props["kind"] in _ENDS), default=9999)
        for a, one in parties[id_]:
            for b, two in parties[id_]:
                if a == b:
                    continue
                ends = [boundaries(fact) for fact in (one, two)]
                accession = max(int(since.earliest[:4]) for since, _ in ends)  # unknown: year 1
                first = accession if accession > begun else signed
                last = min(ended, *(last_year(until) for _, until in ends))
                if all_years or first <= last:
                    pairs[f"{a}>{b}"].append((1, 9999) if all_years else (first, last))
    for fact in facts.values():  # stated without an instrument
        if fact.type == "DEFENCE" and fact.start and fact.end and "defence" in _list(fact, "obligations"):
            if fact.props.get("instrument"):
                continue
            since, until = boundaries(fact)
            span = (1, 9999) if all_years else (int(since.earliest[:4]), last_year(until))
            a, b = fact.start[1], fact.end[1]
            found[fact.id] = {f"{a}>{b}": [span], f"{b}>{a}": [span]}
    return found


# -- theirs -----------------------------------------------------------------------------------------------------------


def published(dataset: str, reference: Path) -> tuple[list[Claim], int, int]:
    """What the publisher's file says, and the first and last year that it covers."""
    name, place = FILES[dataset]
    reading = base.get(name).read(reference / place, default_identity(), frozenset())
    last = int(reading.info.covers_until[:4])
    return reading.claims, int(reading.info.covers_from[:4]) if reading.info.covers_from else last, last


def years_of(claim: Claim, first: int, last: int) -> range:
    """The years of a claim made of yearly data: it begins and ends with whole years."""
    since, until = str(claim.values.get("since_edtf", "")), str(claim.values["until_edtf"])
    begin = first if not since or since.startswith("..") else max(first, int(since[:4]))
    return range(begin, (last if until == ".." else int(until[:4])) + 1)


# -- beside each other ------------------------------------------------------------------------------------------------


@dataclass
class Comparison:
    """Scores and disagreements with one dataset. ``total`` counts each unit once, however many instruments it belongs to."""

    dataset: str
    scores: list[Score]
    total: Score
    disagreements: list[Disagreement]
    remarks: list[str]

    def without(self, name: str, causes: Sequence[str]) -> Score:
        """The total without the disagreements of these causes."""
        aside = [one for one in self.disagreements if one.cause in causes]
        wrong, missed = (sum(one.units for one in aside if (one.ours in CLAIMED) == said) for said in (True, False))
        whole = self.total
        return Score(
            self.dataset, name, whole.ours - wrong, whole.theirs - missed, whole.both, whole.asked - missed, whole.found, whole.unsaid
        )

    def totals(self) -> list[Score]:
        return [self.total, *(self.without(name, causes) for name, causes in ASIDE.items())]


def compared(dataset: str, subject: str, certain: Units, unsaid: Units, theirs: Units) -> Score:
    asked = theirs - unsaid
    return Score(dataset, subject, len(certain), len(theirs), len(certain & theirs), len(asked), len(certain & asked), len(theirs & unsaid))


def spells(units: Iterable[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Successive years as one."""
    found: list[tuple[str, int, int]] = []
    for who, year in sorted(units):
        if found and found[-1][0] == who and found[-1][2] == year - 1:
            found[-1] = (who, found[-1][1], year)
        else:
            found.append((who, year, year))
    return found


def summed(dataset: str, scores: Sequence[Score]) -> Score:
    columns = ("ours", "theirs", "both", "asked", "found", "unsaid")
    return Score(dataset, "all", *(sum(getattr(s, column) for s in scores) for column in columns))


def memberships(dataset: str, facts: Mapping[str, Fact], reference: Path, day: str) -> Comparison:
    """Full members of each bloc that both have."""
    claims, first, last = published(dataset, reference)
    members = full_members(facts)
    theirs: dict[str, Units] = defaultdict(set)
    other: dict[tuple[str, str, int], str] = {}
    seen: Units = set()
    for claim in claims:
        if claim.type == "MEMBER_OF":
            state, bloc = claim.key
            for year in years_of(claim, first, last):
                seen.add((state, year))
                if claim.values["role"] == "full":
                    theirs[bloc].add((state, year))
                else:
                    other[state, bloc, year] = str(claim.values["role"])
    scores, disagreements, remarks = [], [], []
    blocs = {claim.key[0] for claim in claims if claim.type == "Bloc"}
    existing = sorted(b for b in members if theirs[b])
    for bloc in existing:
        certain, possible = said(members[bloc], range(first, last + 1), lambda year: (f"{year:04}-{day}", f"{year:04}-{day}"))
        certain, possible = ({unit for unit in units if unit in seen} for units in (certain, possible))
        scores.append(compared(dataset, bloc, certain, possible, theirs[bloc]))
        for who, begin, end in spells(certain - theirs[bloc]):
            role = other.get((who, bloc, begin), "no member")
            disagreements.append(Disagreement(dataset, bloc, who, begin, end, "member", role))
        for who, begin, end in spells(theirs[bloc] - certain - possible):
            mine = sorted({
                str(f.props["role"]) for f in facts.values()
                if f.type == "MEMBER_OF" and f.start and f.end and (f.start[1], f.end[1]) == (who, bloc) and f.props["role"] != "full"
                and holds(f, f"{begin}-{day}", f"{begin}-{day}")[0]
            })  # fmt: skip
            disagreements.append(Disagreement(dataset, bloc, who, begin, end, " and ".join(mine) or "no member", "member"))
    if dataset == COW:
        for bloc in sorted(set(BLOCS.values()) & set(members) - set(existing)):
            certain, _ = said(members[bloc], range(first, last + 1), lambda year: (f"{year:04}-{day}", f"{year:04}-{day}"))
            if certain:
                years = sorted({year for _, year in certain})
                when = years_text(years[0], years[-1])
                remarks.append(f"{bloc}: no members in the file; {len(certain)} member-years of ours ({when}) not counted")
    described = {fact.id for fact in facts.values() if fact.type == "Bloc"}
    without = sorted((blocs | {bloc for bloc in theirs if theirs[bloc]}) & described - set(members))
    if without:
        remarks.append(f"no members in our data, so not compared: {', '.join(without)}")
    return Comparison(dataset, scores, summed(dataset, scores), disagreements, remarks)


def defence(facts: Mapping[str, Fact], reference: Path, all_years: bool) -> Comparison:
    """Promises of defence, by instrument and over all."""
    claims, first, last = published(ATOP, reference)
    theirs: Units = set()
    for claim in claims:
        if claim.type == "DEFENCE" and "defence" in claim.values.get("obligations", ()):  # type: ignore[operator]
            a, b = claim.key[:2]
            for year in years_of(claim, first, last):
                theirs |= {(f"{a}>{b}", year), (f"{b}>{a}", year)} if claim.values["mutual"] else {(f"{a}>{b}", year)}
    made, pairs = promises(facts), listed_pairs(facts, all_years)
    everything: dict[str, tuple[Units, Units]] = {
        subject: said(made.get(subject, []), range(first, last + 1), lambda year: (f"{year:04}-01-01", f"{year:04}-12-31"))
        for subject in sorted({*made, *pairs})
    }
    certain = set().union(*(units for units, _ in everything.values()))
    unsaid = set().union(*(units for _, units in everything.values())) - certain
    asked_of: dict[str, Units] = {
        subject: {
            (pair, year) for pair, windows in pairs.get(subject, {}).items() for begin, end in windows
            for year in range(max(begin, first), min(end, last) + 1) if (pair, year) in theirs
        } for subject in everything
    }  # fmt: skip
    scores, disagreements = [], []
    wrong: dict[tuple[str, int], str] = {}
    missed: dict[tuple[str, int], str] = {}
    for subject, (units, _) in everything.items():
        asked = asked_of[subject]
        if not units and not asked:
            continue
        answered = asked - unsaid
        scores.append(Score(ATOP, subject, len(units), len(asked), len(units & theirs), len(answered), len(answered & certain),
                            len(asked & unsaid)))  # fmt: skip
        for unit in units - theirs:
            wrong.setdefault(unit, subject)
        for unit in answered - certain:
            missed.setdefault(unit, subject)
    for found, mine, other in ((wrong, "defence", "none"), (missed, "none", "defence")):
        for subject in sorted(set(found.values())):
            disagreements += [Disagreement(ATOP, subject, who, begin, end, mine, other) for who, begin, end in _both_ways(
                spells(unit for unit, by in found.items() if by == subject))]  # fmt: skip
    asked = set().union(*asked_of.values())
    answered = asked - unsaid
    total = Score(ATOP, "all", len(certain), len(asked), len(certain & theirs), len(answered), len(answered & certain), len(asked & unsaid))
    return Comparison(ATOP, scores, total, disagreements, [])


def _both_ways(found: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """A spell that stands there in both directions once, as 'A-B'."""
    there, merged = set(found), []
    for who, begin, end in found:
        a, _, b = who.partition(">")
        if (f"{b}>{a}", begin, end) not in there:
            merged.append((who, begin, end))
        elif a < b:
            merged.append((f"{a}-{b}", begin, end))
    return merged


# -- reasons ----------------------------------------------------------------------------------------------------------


def reasons(notes: Path) -> list[Reason]:
    """The rows of the table that begins with ``| Dataset | Subject | Who | Years | Cause | Reason |``.

    Who: states, or pairs as A-B or A>B, or 'all'; a state stands for all its pairs. Years: 2007-2008, 2007, or 'all'.
    """
    found = []
    within = False
    for line in notes.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[:4] == ["Dataset", "Subject", "Who", "Years"]:
            within = True
        elif within and not line.startswith("|"):
            within = False
        elif within and len(cells) == 6 and not set(cells[0]) <= set("-: "):
            dataset, subject, who, years, cause, text = cells
            first, _, last = ("1", "", "9999") if years == "all" else years.partition("-")
            names = frozenset() if who == "all" else frozenset(who.replace(",", " ").split())
            found.append(Reason(dataset, subject.strip("`"), names, int(first), int(last or first), cause, text))
    return found


def explained(one: Disagreement, known: Sequence[Reason]) -> Disagreement:
    why = next((reason for reason in known if reason.fits(one)), None)
    return Disagreement(**(asdict(one) | {"cause": why.cause, "reason": why.text})) if why else one


# -- shown ------------------------------------------------------------------------------------------------------------


def percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f}"


def years_text(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}-{last}"


def show_table(results: Sequence[Comparison]) -> None:
    for result in results:
        goals = TARGETS[result.dataset]
        print(f"\n{result.dataset}: {WHAT[result.dataset]}   (targets: precision {goals[0]:.0%}, recall {goals[1]:.0%})")
        print(f"{'':44} {'ours':>7} {'agree':>7} {'prec %':>7}   {'theirs':>7} {'found':>7} {'rec %':>7} {'unsaid':>6} {'wide %':>7}")
        for score in [*result.scores, *result.totals()]:
            print(
                f"{score.subject:44} {score.ours:7} {score.both:7} {percent(score.precision):>7}   "
                f"{score.asked:7} {score.found:7} {percent(score.recall):>7} {score.unsaid:6} {percent(score.wide):>7}"
            )
        values = zip((result.total.precision, result.total.recall), goals, strict=True)
        met = ["meets" if (value or 0) >= goal else "MISSES" for value, goal in values]
        print(f"precision {met[0]} its target, recall {met[1]} its target")
        for remark in result.remarks:
            print(f"  {remark}")
    print("\nDisagreements (of pairs those with equal years are put together)")
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in (one for result in results for one in result.disagreements):
        key = (one.dataset, one.subject, years_text(one.first, one.last), one.ours, one.theirs, one.cause, one.reason)
        together[key].append(one.who)
    for (dataset, subject, years, ours, theirs, cause, reason), who in together.items():
        names = " ".join(who)
        if len(who) > 12:
            names = f"{len(who)} pairs among {' '.join(sorted({state for pair in who for state in re.split('[>-]', pair)}))}"
        why = f"{cause}: {reason}" if cause else "NOT SETTLED"
        print(f"  {dataset} {subject}: {names} {years}: ours {ours}, theirs {theirs}; {why}")
    causes = Counter(one.cause or "not settled" for result in results for one in result.disagreements)
    print(f"\n{causes.total()} disagreements: {', '.join(f'{cause} {number}' for cause, number in causes.items())}")


def score_row(score: Score) -> dict[str, object]:
    return asdict(score) | {"precision": score.precision, "recall": score.recall, "wide": score.wide}


def show_csv(results: Sequence[Comparison]) -> None:
    rows = [{"row": "score", **score_row(score)} for result in results for score in [*result.scores, *result.totals()]]
    rows += [{"row": "disagreement", **{f"said_{k}" if k in ("ours", "theirs") else k: v for k, v in asdict(one).items()}}
             for result in results for one in result.disagreements]  # fmt: skip
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def show_json(results: Sequence[Comparison]) -> None:
    print(json.dumps([
        {"dataset": result.dataset, "what": WHAT[result.dataset], "targets": TARGETS[result.dataset],
         "totals": [score_row(score) for score in result.totals()], "scores": [score_row(score) for score in result.scores],
         "remarks": result.remarks, "disagreements": [asdict(one) for one in result.disagreements]} for result in results
    ], indent=1, ensure_ascii=False))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", nargs="?", default=os.environ.get("PACTGRAPH_REFERENCE"), help="folder of the publishers' files")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
    parser.add_argument("--day", default="12-31", help="day of the year on which memberships are compared (MM-DD)")
    parser.add_argument("--all-years", action="store_true", help="ask of an instrument's parties in all years, also before it and after it")
    parser.add_argument("--curated", type=Path, help="another copy of data/curated, to try a correction")
    parser.add_argument("--notes", type=Path, default=NOTES, help="where the reasons stand")
    arguments = parser.parse_args()
    if not arguments.reference:
        parser.error("name the folder of publishers' files, or set PACTGRAPH_REFERENCE")
    reference, facts = Path(arguments.reference), bundled(arguments.curated)
    results = [
        memberships(COW, facts, reference, arguments.day), memberships(INTERNACIA, facts, reference, "12-31"),
        defence(facts, reference, arguments.all_years),
    ]  # fmt: skip
    known = reasons(arguments.notes)
    for result in results:
        result.disagreements = [explained(one, known) for one in result.disagreements]
    {"table": show_table, "csv": show_csv, "json": show_json}[arguments.format](results)


if __name__ == "__main__":
    main()
