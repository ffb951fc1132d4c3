"""Trade agreements from DESTA: dyads of parties, the list of treaties, withdrawals, and the index of depth.

Entries (base treaties, accessions, consolidated versions) are folded into one instrument for each base treaty. In a treaty of a union with
others the members of the union are not tied to each other by it: the parties of one side. Where a treaty's members changed so that
states are named in it that were never party together, its accessions and consolidated versions are instruments of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import Identity, UnknownStateError
from graph_loader.schema import Value
from graph_loader.sources.base import Reading
from graph_loader.sources.files import FileSource, Reader, Table, renewed

ENTRY_TYPES = ("base_treaty", "accession", "consolidated")
KOSOVO = "900"  # no code of ISO 3166
LEFT_OUT = {
    "negotiation": "negotiation, no treaty", "withdrawal": "withdrawal without its date for each party; see the file of withdrawals",
}  # fmt: skip
_PARTS = ("full_fta", "standards", "investments", "services", "procurement", "competition", "iprs")
_Pair = tuple[str, str]


@dataclass
class _Entry:
    """One entry of DESTA: what was signed in one year, with the pairs of states that it joins."""

    number: str
    base: str
    name: str
    kind: str
    year: str
    in_force: str
    place: tuple[Table, int]
    pairs: dict[_Pair, tuple[Table, int]] = field(default_factory=dict)

    def members(self) -> set[str]:
        return {state for pair in self.pairs for state in pair}

    def order(self) -> tuple[str, str, int, str]:
        return self.in_force or "9999", self.year, ENTRY_TYPES.index(self.kind) if self.kind in ENTRY_TYPES else 9, self.number


class _Desta(FileSource):
    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        reading = super().read(path, identity, known)
        if any(c.type == "PARTY_TO" for c in reading.claims) and not any("layout 'withdrawals'" in note for note in reading.notes):
            reading.notes.append("without the file of withdrawals beside it, every party stays in its treaties")
        return reading

    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        columns = [(t, c) for t in tables if t.layout.name != "indices" for c in ("year", "entryforceyear")]
        years = {y for t, c in columns for y in t.frame[c].drop_nulls().unique() if _is_year(y)}
        return renewed(info, covers_until=max(years)) if years else info

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        return _Reading(reader).claims(tables)


def _is_year(text: str | None) -> bool:
    return bool(text) and len(text or "") == 4 and (text or "").isascii() and (text or "").isdigit()


def _text(cell: str | None) -> str:
    text = (cell or "").strip()
    return "" if text in ("NA", ".") else text


class _Reading:
    def __init__(self, reader: Reader) -> None:
        self.reader, self.account = reader, reader.account
        self.entries: dict[str, _Entry] = {}
        self.protocols: list[_Entry] = []
        self.found: list[Claim] = []

    def claims(self, tables: Sequence[Table]) -> list[Claim]:
        by_layout: dict[str, list[Table]] = defaultdict(list)
        for table in tables:
            by_layout[table.layout.name].append(table)
        for table in by_layout["dyads"]:
            self.dyads(table)
        for table in by_layout["treaties"]:
            self.treaties(table)
        depth = self.depth(by_layout["indices"])
        left = self.withdrawals(by_layout["withdrawals"])
        groups: dict[str, list[_Entry]] = defaultdict(list)
        for entry in sorted(self.entries.values(), key=_Entry.order):
            groups[self.base(entry.base)].append(entry)
        for base, entries in sorted(groups.items()):
            sides = _sides({pair for e in entries for pair in e.pairs})
            if sides is not None and _folds(entries):
                self.instrument(_id(base), entries, sides, left.get(base, {}), depth)
                continue
            first = next((e for e in entries if e.number == base), entries[0])
            for entry in entries:
                id_ = _id(base) if entry is first else _id(entry.number)
                own = _sides(set(entry.pairs))
                self.instrument(id_, [entry], own or {}, left.get(base, {}), depth, derives="none" if own is None else "dyads")
                if entry is not first:
                    self.found.append(self.reader.claim("AMENDS" if entry.kind == "consolidated" else "PROTOCOL_TO", [id_, _id(base)], {}))
        for protocol in self.protocols:
            self.protocol(protocol, groups)
        return self.found

    # -- rows --

    def entry(self, table: Table, row: int, cells: Sequence[str | None]) -> _Entry | None:
        """What a row says of its entry; None, and rejected, when that is not enough."""
        number, base, name, kind, year, in_force = (_text(cell) for cell in cells)
        if kind in LEFT_OUT or (kind not in ENTRY_TYPES and kind != "protocol or amendment"):
            self.account.reject(table, row, LEFT_OUT.get(kind, "type of entry not known"), f"{number} {name}")
            return None
        if not number or not base or not name or not _is_year(year) or (in_force and not _is_year(in_force)):
            self.account.reject(table, row, "no number, base treaty, name or year", f"{number} {base} {year} {in_force}")
            return None
        return _Entry(number, base, name, kind, year, in_force, (table, row))

    def dyads(self, table: Table) -> None:
        columns = ("number", "base_treaty", "name", "entry_type", "year", "entryforceyear")
        for row, one, two, iso1, iso2, *cells in table.rows("country1", "country2", "iso1", "iso2", *columns):
            said = self.entry(table, row, cells)
            if said is None:
                continue
            try:
                pair = _pair(self.state(iso1, one, said.year), self.state(iso2, two, said.year))
            except UnknownStateError as error:
                self.account.reject(table, row, "unknown state", error)
                continue
            if pair[0] == pair[1]:
                self.account.reject(table, row, "a state with itself", pair[0])
                continue
            known = self.entries.setdefault(said.number, said)
            if (known.base, known.kind, known.year, known.in_force) != (said.base, said.kind, said.year, said.in_force):
                self.account.reject(table, row, "entry stated twice with different years or base", said.number)
            elif pair in known.pairs:
                self.account.merged += 1  # the same row in another format
            else:
                known.pairs[pair] = (table, row)
                earlier = [e for e in self.entries.values() if e is not known and e.base == known.base and pair in e.pairs]
                self.account.merged += bool(earlier)  # a consolidated version repeats the pairs of its base treaty

    def treaties(self, table: Table) -> None:
        members = [c for c in table.header if c[:1] == "c" and c[1:].isdigit()]
        width = len(members)
        columns = ("number", "base_treaty", "name", "entry_type", "year", "entryforceyear", "typememb")
        sides = [f"m{c}" if f"m{c}" in table.header else c for c in members]
        for row, *cells in table.rows(*columns, *members, *sides):
            said = self.entry(table, row, cells[:6])
            if said is None:
                continue
            who, side = cells[7 : 7 + width], cells[7 + width :]
            if said.kind == "protocol or amendment":
                self.protocols.append(said)
                continue
            if said.number in self.entries:
                self.account.merged += 1
                continue
            try:
                states = [(self.state(code, None, said.year), _text(s)) for code, s in zip(who, side, strict=True) if _text(code)]
            except UnknownStateError as error:
                self.account.reject(table, row, "unknown state", error)
                continue
            type_ = _text(cells[6])
            one_side = len({s for _, s in states}) == 1
            pairs = [_pair(a, b) for (a, x), (b, y) in combinations(states, 2) if a != b and (one_side or _joined(type_, x, y))]
            said.pairs = dict.fromkeys(pairs, (table, row))
            self.entries[said.number] = said

    def state(self, code: str | None, name: str | None, year: str) -> str:
        """By its ISO number, else by its name, at the end of the year or at its beginning."""
        problem: UnknownStateError | None = None
        if _text(code) == KOSOVO:
            return "XKX"
        for scheme, text in (("iso3n", _text(code).zfill(3)), ("name", _text(name))):
            for day in (f"{year}-12-31", f"{year}-01-01"):
                try:
                    return self.reader.state(scheme, text, day)
                except UnknownStateError as error:
                    problem = problem or error
            if name is None:
                break
        assert problem is not None
        raise problem

    def base(self, number: str) -> str:
        """The base treaty in the end: that of a consolidated version '27a' holds for '27' too, which it consolidates."""
        seen = {number}
        while number not in self.entries and f"{number}a" in self.entries and self.entries[f"{number}a"].base not in seen:
            number = self.entries[f"{number}a"].base
            seen.add(number)
        return number

    def withdrawals(self, tables: Sequence[Table]) -> dict[str, dict[str, list[str]]]:
        """Years in which states left, by base treaty; a row for each of the parties that stayed."""
        left: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        members: dict[str, set[str]] = defaultdict(set)
        for entry in self.entries.values():
            members[self.base(entry.base)] |= entry.members()
        for table in tables:
            for row, country, iso, number, base, kind, year in table.rows(
                "country1", "iso1", "number", "base_treaty", "entry_type", "year"
            ):
                if _text(kind) != "withdrawal" or not _is_year(year):
                    self.account.reject(table, row, "no withdrawal or no year", f"{number} {kind} {year}")
                    continue
                base = self.base(_text(base))
                try:
                    state = self.state(iso, country, str(year))
                except UnknownStateError as error:
                    self.account.reject(table, row, "unknown state", error)
                    continue
                if base not in members:
                    self.account.reject(table, row, "withdrawal from a treaty that is not in these files", f"{number}, {country}")
                elif state not in members[base]:
                    self.account.reject(table, row, "withdrawal of a state that is no party", f"{number}, {country}")
                elif str(year) in left[base][state]:
                    self.account.merged += 1
                else:
                    left[base][state].append(str(year))
        return left

    def depth(self, tables: Sequence[Table]) -> Mapping[str, str]:
        """The coding of depth, in words, by number of the entry."""
        found: dict[str, str] = {}
        for table in tables:
            parts = [c for c in _PARTS if c in table.header]
            for row, number, base, name, kind, year, index, *coded in table.rows(
                "number", "base_treaty", "name", "entry_type", "year", "depth_index", *parts
            ):
                number = _text(number)
                if not _text(index).isdigit():
                    self.account.reject(table, row, "no index of depth", number)
                    continue
                words = [f"{part.replace('_', ' ')} {_text(value) or 'not coded'}" for part, value in zip(parts, coded, strict=True)]
                if number in found:
                    self.account.merged += 1
                    continue
                found[number] = f"DESTA depth index {_text(index)} of 7 ({', '.join(words)})"
                if number not in self.entries:
                    said = self.entry(table, row, (number, base, name, kind, year, None))
                    if said is not None:
                        self.entries[number] = said
                elif self.base(self.entries[number].base) != number:
                    self.account.merged += 1
        return found

    # -- claims --

    def instrument(
        self, id_: str, entries: Sequence[_Entry], sides: Mapping[str, str], left: Mapping[str, Sequence[str]],
        depth: Mapping[str, str], derives: str = "dyads",
    ) -> None:  # fmt: skip
        first = next((e for e in entries if e.kind == "base_treaty"), min(entries, key=lambda e: (e.year, e.number)))
        values: dict[str, Value] = {
            "title": first.name, "form": "treaty", "type": "trade", "domains": ["TRADE"], "binding": True, "obligations": [],
            "derives": derives,
        }  # fmt: skip
        if first.number in depth:
            values["coding_reason"] = depth[first.number]
        table, row = first.place
        self.found.append(self.reader.claim("Instrument", [id_], values, table=table, row=row, locator=f"number {first.number}"))
        self.found.append(self.reader.claim("Event", [id_, "signed"], {"date_edtf": first.year}, table=table, row=row))
        begun = min((e.in_force for e in entries if e.in_force), default="")
        if begun:
            self.found.append(self.reader.claim("Event", [id_, "in_force"], {"date_edtf": begun}, table=table, row=row))
        for state in sorted({s for e in entries for s in e.members()}):
            mine = [e for e in entries if state in e.members()]
            for number, (role, since, until) in enumerate(_spells(mine, left.get(state, ())), start=1):
                said: dict[str, Value] = {"role": role, "since_edtf": since, "until_edtf": until}
                if sides.get(state):
                    said["side"] = sides[state]
                table, row = mine[0].place
                self.found.append(self.reader.claim("PARTY_TO", [state, id_], said, spell=number, table=table, row=row))

    def protocol(self, entry: _Entry, groups: Mapping[str, Sequence[_Entry]]) -> None:
        """A protocol or amendment to a base treaty: an instrument of its own from which no tie follows."""
        table, row = entry.place
        base = self.base(entry.base)
        id_ = _id(entry.number)
        if entry.number in self.entries or any(c.key == (id_,) for c in self.found):
            self.account.merged += 1
            return
        self.found.append(self.reader.claim("Instrument", [id_], {
            "title": entry.name, "form": "protocol", "type": "trade", "domains": ["TRADE"], "binding": True, "obligations": [],
            "derives": "none",
        }, table=table, row=row, locator=f"number {entry.number}"))  # fmt: skip
        for kind, year in (("signed", entry.year), ("in_force", entry.in_force)):
            if year:
                self.found.append(self.reader.claim("Event", [id_, kind], {"date_edtf": year}, table=table, row=row))
        if base in groups and id_ != _id(base):
            self.found.append(self.reader.claim("AMENDS", [id_, _id(base)], {}, table=table, row=row))


def _pair(one: str, two: str) -> _Pair:
    return (one, two) if one < two else (two, one)


def _id(number: str) -> str:
    return "desta-" + number.replace("+", "-").replace("_", "-")


def _joined(type_: str, one: str, two: str) -> bool:
    """Whether the list of treaties joins two members by their sides (columns mc): those of different sides, and in an accession
    (type 5) also those who accede together (side 1)."""
    return one != two or (type_ == "5" and one == "1")


def _folds(entries: Sequence[_Entry]) -> bool:
    """Whether one instrument with its parties' dates ties each pair from the very year in which an entry joins it."""
    party: dict[str, str] = {}
    joined: dict[_Pair, str] = {}
    for entry in entries:  # in the order of their entry into force
        for state in entry.members():
            party[state] = party.get(state) or entry.in_force
        for pair in entry.pairs:
            joined[pair] = joined.get(pair) or entry.in_force
    return all(
        (max(party[one], party[two]) if party[one] and party[two] else "") == since for (one, two), since in joined.items()
    )


def _sides(pairs: Iterable[_Pair]) -> dict[str, str] | None:
    """The side of each state, '' where it is alone on it, or None when the pairs are not those of such a treaty: all states of
    different sides joined, none of one side."""
    joined: dict[str, set[str]] = defaultdict(set)
    for one, two in pairs:
        joined[one].add(two)
        joined[two].add(one)
    sides: dict[str, str] = {}
    left = sorted(joined)
    names = _letters()
    while left:
        # States of one side are joined to the same others, and not to each other.
        side = [state for state in left if joined[state] == joined[left[0]]]
        if set(joined) - joined[left[0]] != set(side):
            return None
        name = next(names) if len(side) > 1 else ""
        sides |= dict.fromkeys(side, name)
        left = [state for state in left if state not in side]
    return sides


def _letters() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"side {number}"


def _spells(entries: Sequence[_Entry], left: Sequence[str]) -> list[tuple[str, str, str]]:
    """Role, since and until of a party from the entries that name it and the years in which it left."""
    in_force = sorted(e.in_force for e in entries if e.in_force)
    if not in_force:
        return [("signatory", min(e.year for e in entries), "..")]
    spells: list[tuple[str, str, str]] = []
    ends = sorted(left)
    for since in in_force:
        if spells and (spells[-1][2] == ".." or since <= spells[-1][2]):
            continue  # named again while a party
        until = next((year for year in ends if year >= since), "..")
        spells.append(("party", since, until))
    return spells


SOURCE = _Desta(__file__)
