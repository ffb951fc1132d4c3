"""Global Sanctions Data Base: cases of sanctions, by type, as SANCTIONS ties from each sender to each target.

A sender or target may be a list of states and organisations, and names in it may hold commas themselves. An organisation stays one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.identity import UnknownStateError, fold
from graph_loader.sources.files import FileSource, Reader, Table, renewed
from graph_loader.sources.groups import bloc_claims
from graph_loader.sources.yearly import figures, refuse_cut

TYPES = ("trade", "arms", "military", "financial", "travel", "other")
ORGANISATIONS = {
    "African Union": "AU", "ChinCom": "CHINCOM", "CoCom": "COCOM", "Comecon": "COMECON", "Commonwealth": "COMMONWEALTH", "CSCE": "OSCE",
    "ECOWAS": "ECOWAS", "EEC": "EEC", "EU": "EU", "G7": "G7", "G8": "G8", "Kimberly Process Participants": "KIMBERLEY-PROCESS",
    "League of Arab States": "LEAGUE-OF-ARAB-STATES", "MERCOSUR": "MERCOSUR", "NAFTA": "NAFTA", "NATO": "NATO", "OAPEC": "OAPEC",
    "OIC": "OIC", "OSCE": "OSCE", "Organisation of African Unity": "OAU", "Organization of American States": "OAS",
    "Organization of Eastern Carribean States": "OECS", "Organization of Eastern Caribbean States": "OECS", "Pacific Islands Forum": "PIF",
    "SADC": "SADC", "UN": "UN", "UNASUR": "UNASUR",
}  # fmt: skip
OUTCOMES = {"failed", "nego_settlement", "ongoing", "success_part", "success_total"}
TRADE = {"exp_compl": "all exports", "exp_part": "exports in part", "imp_compl": "all imports", "imp_part": "imports in part"}
_BY_NAME = {fold(name): id_ for name, id_ in ORGANISATIONS.items()}
_MOST_COMMAS = 3  # in one name: 'Congo, Democratic Republic of the'


@dataclass
class _Spell:
    """A case, or several of one pair and type that share a year."""

    begin: int
    end: int
    ongoing: bool
    row: tuple[int, int]
    cases: list[str]
    labels: list[str] = field(default_factory=list)


class _Gsdb(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        ends = [int(end) for t in tables for end in figures(t, ["end"])["end"].drop_nulls()]
        last = f"{max(ends):04}" if ends else info.covers_until
        return info if last == info.covers_until else renewed(info, covers_until=last, version=f"cases to {last}")

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        last = int(reader.info.covers_until)
        stated: dict[tuple[str, str, str], list[_Spell]] = defaultdict(list)
        cases: set[str] = set()
        for index, table in enumerate(tables):
            marks = _marks(table)
            trade = "descr_trade" if "descr_trade" in table.frame.columns else "trade"
            texts = table.rows("case_id", "sanctioned_state", "sanctioning_state", "success", trade)
            for (row, case, target, sender, success, detail), (begin, end, *types) in zip(texts, marks.iter_rows(), strict=True):
                if begin is None or end is None or end < begin or not 1 <= begin <= end <= 9998:
                    reader.account.reject(table, row, "no years, or an end before the beginning", f"{begin} to {end}")
                    continue
                if case in cases:
                    reader.account.reject(table, row, "case stated twice", case)
                    continue
                try:
                    senders, targets = (_parties(reader, text or "", int(begin), int(end)) for text in (sender, target))
                except UnknownStateError as error:
                    reader.account.reject(table, row, "a sender or target without an id", error)
                    continue
                outcomes = {word.strip() for word in (success or "").split(",")}
                if not outcomes <= OUTCOMES:
                    reader.account.reject(table, row, "unknown outcome", success)
                    continue
                pairs = [(s, t) for s in senders for t in targets if s != t]
                if not pairs or not any(types):
                    reader.account.reject(table, row, "a sender and itself" if not pairs else "no type of sanction", case)
                    continue
                cases.add(case or "")
                ongoing = int(end) == last and "ongoing" in outcomes
                for type_, said in zip(TYPES, types, strict=True):
                    for pair in pairs if said else ():
                        labels = [TRADE.get(d.strip(), d.strip()) for d in (detail or "").split(",")] if type_ == "trade" != trade else []
                        spell = _Spell(int(begin), int(end), ongoing, (index, row), [case or ""], [x for x in labels if x])
                        stated[*pair, type_].append(spell)
        return self._ties(tables, reader, stated)

    def _ties(self, tables: Sequence[Table], reader: Reader, stated: dict[tuple[str, str, str], list[_Spell]]) -> list[Claim]:
        claims, own = [], set()
        for key, spells in sorted(stated.items()):
            for number, spell in enumerate(_apart(spells), start=1):
                index, row = spell.row
                own.add(spell.row)
                values: dict[str, str | bool | list[str]] = {
                    "mutual": False, "obligations": [], "since_edtf": f"{spell.begin:04}",
                    "until_edtf": ".." if spell.ongoing else f"{spell.end:04}",
                }  # fmt: skip
                if spell.labels:
                    values["label"] = ", ".join(sorted(set(spell.labels)))
                locator = f"case {', '.join(sorted(set(spell.cases), key=lambda c: (len(c), c)))}"
                claims.append(reader.claim("SANCTIONS", key, values, spell=number, table=tables[index], row=row, locator=locator))
        reader.account.merged = reader.account.read - len(reader.account.rejected) - len(own)
        return [*bloc_claims(reader, {end for key in stated for end in key[:2] if end in _BY_NAME.values()}), *claims]


def _marks(table: Table) -> pl.DataFrame:
    """begin, end and the types as numbers; a type is 0 or 1."""
    refuse_cut(table)
    marks = figures(table, ("begin", "end", *TYPES))
    for name in TYPES:
        wrong = marks.filter(~pl.col(name).is_in([0.0, 1.0]).fill_null(False))
        if wrong.height:
            raise DataError(f"{table.file}, row {wrong['row'][0]}, column {name}: not 0 or 1; cut short, or columns shifted?")
    cut = table.frame.filter(pl.col("success").is_null())
    if cut.height:
        raise DataError(f"{table.file}, row {cut['row'][0]}, column success: empty; is the file cut short?")
    return marks.select("begin", "end", *TYPES)


def _parties(reader: Reader, text: str, begin: int, end: int) -> list[str]:
    """The states and organisations of a list, the longest names first: 'Egypt, Arab Rep., Syria' are two."""
    parts = [part.strip() for part in text.split(",")]
    found: list[str] = []
    start = 0
    while start < len(parts):
        stops = range(min(len(parts), start + _MOST_COMMAS + 1), start, -1)
        names = ((", ".join(parts[start:stop]), stop) for stop in stops)
        name, start = next(((n, stop) for n, stop in names if fold(n) in _BY_NAME or reader.identity.knows(n)), (parts[start], start + 1))
        found.append(_party(reader, name, begin, end))
    return list(dict.fromkeys(found))


def _party(reader: Reader, name: str, begin: int, end: int) -> str:
    if fold(name) in _BY_NAME:
        return _BY_NAME[fold(name)]
    days = [f"{begin:04}-12-31", f"{begin:04}-01-01"]
    for day in days:
        try:
            return reader.state("name", name, day)
        except UnknownStateError:
            continue
    return reader.state("name", name, f"{end:04}-01-01")


def _apart(spells: list[_Spell]) -> list[_Spell]:
    """Cases in order of time; those that share a year are one."""
    joined: list[_Spell] = []
    for spell in sorted(spells, key=lambda s: (s.begin, s.end, s.row)):
        if not joined or spell.begin > joined[-1].end:
            joined.append(spell)
            continue
        known = joined[-1]
        known.end = max(known.end, spell.end)
        known.ongoing |= spell.ongoing
        known.cases += spell.cases
        known.labels += spell.labels
    return joined


SOURCE = _Gsdb(__file__)
