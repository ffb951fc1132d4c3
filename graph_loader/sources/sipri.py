"""SIPRI's arms transfers: shares of a recipient's deliveries of major arms, by supplier, over windows of five years, and yearly totals.

The trade register has a row for each deal and year of delivery, so nothing is split. A TIV table has a row for each partner of one
state and a column for each year. Of a share the denominator is all that the recipient received, from unknown suppliers and armed
groups too; it is known only where a file holds all suppliers of that recipient: what a file was asked for stands above its header. A
table of one supplier's exports gives no share: only its total of each year.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.identity import UnknownStateError
from graph_loader.sources.files import FileSource, Reader, Table, renewed
from graph_loader.sources.groups import bloc_claims

GOOD = "major-arms"
UNIT = "million SIPRI TIV"
SCOPE = (
    "deliveries of major conventional arms in SIPRI trend-indicator values (military capability, not price), licensed production "
    "included; the total includes unknown suppliers and armed groups"
)
EXPORTS, IMPORTS = "sipri-arms-exports", "sipri-arms-imports"
INDICATORS = {EXPORTS: "Exports of major arms (SIPRI)", IMPORTS: "Imports of major arms (SIPRI)"}
NAMES = {"Congo": "COG"}  # DR Congo has a name of its own there
ORGANISATIONS = {
    "African Union": "AU", "European Union": "EU", "NATO": "NATO", "OSCE": "OSCE", "Regional Security System": "RSS",
    "United Nations": "UN",
}  # fmt: skip
ALL = "all countries"
_WINDOW = 5
_REGISTER = re.compile(r"\bfrom\s+(?P<supplier>.+?)\s+to\s+(?P<recipient>.+?)\s*\.\s*Deals with deliveries.*?'(\d{4})' to '(\d{4})'", re.S)
_TABLE = re.compile(r"TIV of arms (?:(?P<by>exports) from|(?:imports|exports) to)\s+(?P<state>.+?),\s*\d{4}", re.S)
_GENERATED = re.compile(r"(?i)generated:\s*(\d{1,2} [a-z]+ \d{4}|\d{4}-\d{2}-\d{2})")
_AGAIN = "download it again and leave the lines above the header as they are"


def windows(first: int, last: int) -> list[tuple[int, int]]:
    """The five-year windows that lie within the years: those that end in 4 or 9, the newest, and the one before it.

    >>> windows(2008, 2021)
    [(2010, 2014), (2012, 2016), (2015, 2019), (2017, 2021)]
    """
    ends = {year for year in range(first, last + 1) if year % 5 == 4} | {last, last - _WINDOW}
    return [(end - _WINDOW + 1, end) for end in sorted(ends) if end - _WINDOW + 1 >= first]


@dataclass
class _Part:
    """A file's deliveries: ``frame`` has row, supplier, recipient, year, lo, value, hi. Import tables also state totals."""

    table: Table
    frame: pl.DataFrame
    first: int
    last: int
    totals: pl.DataFrame | None = None
    asked: str = ""
    state: str = ""


class _Sipri(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        days = sorted(day for t in tables if (day := _generated(t)))
        parts = [_register(t) if t.layout.name == "trade register" else _tiv_table(t) for t in tables]
        years = {"covers_until": str(max(p.last for p in parts))}
        if days:
            years |= {"version": f"generated {days[-1].isoformat()}", "released": days[-1].isoformat()}
        return renewed(info, **years)

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        registers = [_register(t) for t in tables if t.layout.name == "trade register"]
        totals = [t for t in tables if t.layout.name == "TIV table"]
        done: set[tuple[str, ...]] = set()
        claims: list[Claim] = []
        for group in _groups(registers):
            claims += _Shares(reader, done).of_registers(group)
        for table in totals:
            read = _Shares(reader, done).of_exports if _title(table)["by"] else _Shares(reader, done).of_imports
            claims += read(_tiv_table(table))
        used = {c.key[1] for c in claims if c.type == "OBSERVED"}
        described = [reader.claim("Indicator", [id_], {"name": INDICATORS[id_], "unit": UNIT}) for id_ in sorted(used)]
        if any(c.type == "DEPENDS_ON" for c in claims):
            described.append(reader.claim("Good", [GOOD], {"name": "Major conventional arms", "stage": "product"}))
        groups = {end for c in claims if c.type == "DEPENDS_ON" for end in c.key[:2] if end in ORGANISATIONS.values()}
        return [*described, *bloc_claims(reader, groups), *claims]


# -- what a file holds ------------------------------------------------------------------------------------------------


def _generated(table: Table) -> date | None:
    found = _GENERATED.search(table.preamble)
    if not found:
        return None
    for form in ("%d %B %Y", "%d %b %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(found[1], form).date()
        except ValueError:
            continue
    return None


def _last_year(asked: int, seen: int, generated: date | None) -> int:
    """The last year that the file speaks about: a year's deliveries are published in March of the next."""
    if generated is None:
        return min(asked, seen)
    return min(asked, max(seen, generated.year - 1 if generated.month > 3 else generated.year - 2))


def _register(table: Table) -> _Part:
    asked = _REGISTER.search(table.preamble)
    if not asked:
        raise DataError(f"{table.file}: the lines above the header do not say which suppliers and years were asked for; {_AGAIN}")
    if asked["supplier"].strip().casefold() != ALL:
        raise DataError(
            f"{table.file}: a register of deliveries from {asked['supplier']} alone; a share is of all that a recipient imports: "
            "choose all suppliers")  # fmt: skip
    frame = table.frame.select(
        "row", supplier=_text("Supplier"), recipient=_text("Recipient"), year=pl.col("Delivery year").cast(pl.Int64, strict=False),
        value=pl.col("TIV delivery values").cast(pl.Float64, strict=False), end=_text("Local production"),
        said=pl.col("TIV delivery values"),
    )  # fmt: skip
    cut = frame.filter(~pl.col("end").is_in(["Yes", "No"]).fill_null(False))
    _demand(table, cut, "Local production", "is the file cut short? A row does not end in Yes or No")
    _demand(table, frame.filter(pl.col("year").is_null()), "Delivery year", "no year; are the columns shifted?")
    wrong = pl.col("said").is_not_null() & ~(pl.col("value").is_finite() & (pl.col("value") >= 0)).fill_null(False)
    _demand(table, frame.filter(wrong), "TIV delivery values", "no number; are the columns shifted?")
    _demand(table, frame.filter(pl.col("supplier").is_null() | pl.col("recipient").is_null()), "Supplier, Recipient", "empty")
    first, until = int(asked[3]), int(asked[4])
    outside = frame.filter(~pl.col("year").is_between(first, until))
    _demand(table, outside, "Delivery year", f"outside {first}-{until}, which the lines above the header name; {_AGAIN}")
    seen = frame["year"].max()
    last = _last_year(until, int(seen) if isinstance(seen, int) else until, _generated(table))
    recipients = asked["recipient"].strip().casefold()
    if recipients == ALL:
        present = set(frame.filter(pl.col("supplier") == "United States")["year"])
        missing = [year for year in range(first, last + 1) if year not in present]
        if missing:
            raise DataError(
                f"{table.file}: a register of all suppliers, but without a delivery by the United States in {missing[0]}; "
                "is the file cut short or filtered?")  # fmt: skip
    deliveries = frame.select("row", "supplier", "recipient", "year", lo="value", value="value", hi="value")
    return _Part(table, deliveries, first, last, asked=recipients)


def _title(table: Table) -> Mapping[str, str | None]:
    found = _TABLE.search(table.preamble)
    if not found:
        raise DataError(f"{table.file}: the lines above the header do not say whose exports or imports these are; {_AGAIN}")
    return found.groupdict()


def _partner(table: Table) -> str:
    return next(c for c in table.frame.columns if c.startswith("#"))


def _text(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars()


def _demand(table: Table, wrong: pl.DataFrame, column: str, what: str) -> None:
    if wrong.height:
        raise DataError(f"{table.file}, row {wrong['row'][0]}, column {column}: {what}")


def _tiv_table(table: Table) -> _Part:
    """Cells are rounded to whole millions: '0' is more than nothing and less than half; an empty one is nothing."""
    partner, title = _partner(table), _title(table)
    years = [c for c in table.frame.columns if re.fullmatch(r"\d{4}", c)]
    frame = table.frame.select("row", pl.col(partner).str.strip_chars().alias("partner"), *years, "Total")
    long = frame.unpivot(years, index=["row", "partner"], variable_name="year", value_name="said").filter(pl.col("said").is_not_null())
    long = long.with_columns(year=pl.col("year").cast(pl.Int64), value=pl.col("said").str.strip_chars().cast(pl.Float64, strict=False))
    wrong = long.filter(~(pl.col("value").is_finite() & (pl.col("value") >= 0)).fill_null(False))
    _demand(table, wrong, str(wrong["year"][0]) if wrong.height else "", "no number; is the file cut short or edited?")
    bottom = frame.filter(pl.col("partner") == "Total")
    if bottom.height != 1:
        raise DataError(f"{table.file}: no row 'Total' at the end; is the file cut short?")
    _demand(table, frame.filter(pl.col("partner").is_null()), "1", "figures without a partner")
    half = pl.when(pl.col("value") == pl.col("value").round(0)).then(0.5).otherwise(0.0)
    long = long.with_columns(lo=(pl.col("value") - half).clip(0), hi=pl.col("value") + half)
    state = title["state"]
    named = long.filter(pl.col("partner") != "Total")
    ends = {"recipient": pl.lit(state), "supplier": pl.col("partner")} if title["by"] is None else {
        "supplier": pl.lit(state), "recipient": pl.col("partner")}  # fmt: skip
    first, asked = min(map(int, years)), max(map(int, years))
    seen = long["year"].max()
    last = _last_year(asked, int(seen) if isinstance(seen, int) else asked, _generated(table))
    deliveries = named.select("row", "year", "lo", "value", "hi", **ends)
    totals = long.filter(pl.col("partner") == "Total").select("row", "year", "lo", "value", "hi")
    short = named.group_by("year").agg(pl.col("lo").sum()).join(totals, "year", how="left").filter(
        pl.col("hi").is_null() | (pl.col("lo") > pl.col("hi") + 1e-9)).sort("year")  # fmt: skip
    if short.height:
        year = short["year"][0]
        raise DataError(f"{table.file}, column {year}: the partners' figures are more than the row 'Total' says; was it edited?")
    return _Part(table, deliveries, first, last, totals, state=str(state))


def _groups(registers: Sequence[_Part]) -> list[list[_Part]]:
    """Registers by the recipients asked for, each group in order of years; they must not state a delivery twice."""
    for one, other in combinations(registers, 2):
        alike = one.asked == other.asked or set(one.frame["recipient"]) & set(other.frame["recipient"])
        if alike and (one.asked != other.asked or (one.first <= other.last and other.first <= one.last)):
            raise DataError(
                f"{other.table.file}: covers {other.first}-{other.last}, and {one.table.file} {one.first}-{one.last}, of the same "
                "recipients; deliveries would count twice: give registers that do not overlap")  # fmt: skip
    groups: dict[str, list[_Part]] = defaultdict(list)
    for part in sorted(registers, key=lambda p: p.first):
        groups[part.asked].append(part)
    return list(groups.values())


# -- shares -----------------------------------------------------------------------------------------------------------


class _Shares:
    """Turns deliveries into claims; what an earlier file has stated is not stated again."""

    def __init__(self, reader: Reader, done: set[tuple[str, ...]]) -> None:
        self.reader, self.done = reader, done

    def of_registers(self, registers: Sequence[_Part]) -> list[Claim]:
        spans: list[tuple[int, int]] = []
        for part in registers:
            if spans and part.first == spans[-1][1] + 1:
                spans[-1] = (spans[-1][0], part.last)
            else:
                spans.append((part.first, part.last))
        chosen = [w for first, last in spans for w in windows(first, last)]
        frame = pl.concat([p.frame.with_columns(file=pl.lit(i)) for i, p in enumerate(registers)])
        claims = self._claims(registers, frame, chosen, None)
        known = self._with_ends(frame).filter(pl.col("value").is_not_null() & pl.any_horizontal(
            pl.col("year").is_between(p.first, p.last) for p in registers))  # fmt: skip
        sides = [("recipient_id", IMPORTS)] + ([("supplier_id", EXPORTS)] if registers[0].asked == ALL else [])
        for side, indicator in sides:
            yearly = known.filter(pl.col(side).is_not_null()).group_by(side, "year").agg(
                pl.col("value").sum(), pl.struct("file", "row").sort().first().alias("at")).sort(side, "year")  # fmt: skip
            for state, year, value, at in yearly.iter_rows():
                claims += self._observed(state, indicator, year, value, registers[at["file"]].table, at["row"])
        return claims

    def of_imports(self, part: _Part) -> list[Claim]:
        claims = self._claims([part], part.frame.with_columns(file=pl.lit(0)), windows(part.first, part.last), part.totals)
        return claims + self._totals(part, IMPORTS)

    def of_exports(self, part: _Part) -> list[Claim]:
        """The row 'Total' alone: of its partners' imports one supplier's table says too little."""
        claims = self._totals(part, EXPORTS)
        partners = part.table.frame.height - 1
        if claims:
            self.reader.account.merged += partners
        else:
            for row, name in part.table.rows(_partner(part.table)):
                if (name or "").strip() != "Total":
                    self.reader.account.reject(part.table, row, "supplier without an id, or its totals stated by another file", name)
        return claims

    def _totals(self, part: _Part, indicator: str) -> list[Claim]:
        """The row 'Total' as yearly totals of the state that the table is about."""
        assert part.totals is not None
        claims: list[Claim] = []
        for row, year, value in part.totals.filter(pl.col("year") <= part.last).select("row", "year", "value").iter_rows():
            state, _ = self._id(part.state, year)
            claims += self._observed(state, indicator, year, value, part.table, row) if state else []
        if not claims:
            self.reader.account.merged += 1
        return claims

    def _observed(self, state: str, indicator: str, year: int, value: float, table: Table, row: int) -> list[Claim]:
        key = (state, indicator, str(year))
        if key in self.done or state in ORGANISATIONS.values():
            return []
        self.done.add(key)
        return [self.reader.claim("OBSERVED", key, {"value": round(value, 4), "unit": UNIT}, table=table, row=row)]

    def _with_ends(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(self._ends(frame, "recipient"), ["recipient", "year"]).join(self._ends(frame, "supplier"), ["supplier", "year"])

    def _claims(
        self, parts: Sequence[_Part], frame: pl.DataFrame, chosen: Sequence[tuple[int, int]], totals: pl.DataFrame | None
    ) -> list[Claim]:
        frame = self._with_ends(frame)
        usable = frame.filter(pl.col("recipient_id").is_not_null() & pl.col("value").is_not_null())
        claims: list[Claim] = []
        used: set[tuple[int, int]] = set()  # rows that a claim rests on, if only through its total
        own: set[tuple[int, int]] = set()
        for first, last in chosen:
            within = usable.filter(pl.col("year").is_between(first, last))
            for key, values, file, row, rows in self._window(within, totals, first, last):
                used |= rows
                if key in self.done:
                    continue
                self.done.add(key)
                own.add((file, row))
                claims.append(self.reader.claim("DEPENDS_ON", key, values, table=parts[file].table, row=row))
        self._account(parts, frame, own, used, chosen)
        return claims

    def _window(
        self, within: pl.DataFrame, totals: pl.DataFrame | None, first: int, last: int
    ) -> Iterator[tuple[tuple[str, ...], dict[str, str | float | bool], int, int, set[tuple[int, int]]]]:
        bounds = ("lo", "value", "hi")
        if totals is None:
            of_importer = within.group_by("recipient_id").agg(
                *(pl.col(b).sum().alias(f"all_{b}") for b in bounds), pl.struct("file", "row").alias("all_rows"))  # fmt: skip
        else:  # as the table itself states it
            sums = totals.filter(pl.col("year").is_between(first, last)).select(pl.col(b).sum().alias(f"all_{b}") for b in bounds)
            of_importer = within.group_by("recipient_id").agg(pl.struct("file", "row").alias("all_rows")).join(sums, how="cross")
        of_pair = within.filter(pl.col("supplier_id").is_not_null()).group_by("recipient_id", "supplier_id").agg(
            *(pl.col(b).sum() for b in bounds), pl.struct("file", "row").sort().first().alias("at"),
        ).join(of_importer, "recipient_id").sort("recipient_id", "supplier_id")  # fmt: skip
        for pair in of_pair.filter((pl.col("all_value") > 0) & (pl.col("all_hi") > 0)).iter_rows(named=True):
            value, total = round(pair["value"], 4), round(pair["all_value"], 4)
            key = (pair["recipient_id"], pair["supplier_id"], GOOD, "product", "tiv", str(first), str(last))
            values: dict[str, str | float | bool] = {
                "share": min(round(value / total, 6), 1.0), "value": value, "total": total, "unit": UNIT, "scope": SCOPE,
                "named_largest": False,
            }  # fmt: skip
            if pair["lo"] < pair["hi"]:
                values |= {
                    "share_lo": round(pair["lo"] / pair["all_hi"], 6),
                    "share_hi": min(round(pair["hi"] / pair["all_lo"], 6), 1.0) if pair["all_lo"] > 0 else 1.0,
                }  # fmt: skip
                values["share_hi"] = max(float(values["share_hi"]), float(values["share"]))
            rows = {(cell["file"], cell["row"]) for cell in pair["all_rows"]}
            yield key, values, pair["at"]["file"], pair["at"]["row"], rows

    def _ends(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """The id of each name in each year; null for unknown ones, armed groups and whatever has no id of ours."""
        found = [(name, year, *self._id(name, year)) for name, year in frame.select(column, "year").unique().iter_rows()]
        schema = {column: pl.String, "year": pl.Int64, f"{column}_id": pl.String, f"{column}_reason": pl.String}
        return pl.DataFrame(found, schema=schema, orient="row")

    def _id(self, name: str, year: int) -> tuple[str | None, str | None]:
        bare = name.rstrip("*").strip()
        if bare.casefold().startswith("unknown"):
            return None, "unknown"
        if bare in ORGANISATIONS:
            return ORGANISATIONS[bare], None
        if name.endswith("**"):
            return None, "an organisation without an id"
        if name.endswith("*"):
            return None, "an armed group"
        if bare in NAMES:
            return NAMES[bare], None
        for day in ("12-31", "01-01"):
            try:
                return self.reader.state("name", bare, f"{year}-{day}"), None
            except UnknownStateError:
                continue
        return None, "no state that is known by that name"

    def _account(
        self, parts: Sequence[_Part], frame: pl.DataFrame, own: set[tuple[int, int]], used: set[tuple[int, int]],
        chosen: Sequence[tuple[int, int]],
    ) -> None:  # fmt: skip
        """A row that is the first of its pair in some window is loaded; one that counts in a share or a total is merged."""
        account = self.reader.account
        silent = set()
        for row, file, name, supplier, year, value, reason in frame.select(
            "row", "file", "recipient", "supplier", "year", "value", "recipient_reason"
        ).sort("file", "row", "year").iter_rows():  # fmt: skip
            at = (file, row)
            if at in own or at in used or at in silent:
                continue
            silent.add(at)
            table = parts[file].table
            if value is None:
                account.reject(table, row, "no TIV of deliveries")
            elif reason is not None:
                account.reject(table, row, f"recipient is {reason}" if reason != "unknown" else "recipient unknown", name)
            elif not any(first <= year <= last for first, last in chosen):
                account.reject(table, row, "in no complete window of five years", year)
            else:
                account.reject(table, row, "no known supplier of the recipient in the window", f"{name} from {supplier}")
        account.merged += len(used - own)
        for part in parts:
            if part.totals is not None:
                there = set(part.frame["row"])
                empty = [row for row, name in part.table.rows(_partner(part.table)) if row not in there and (name or "").strip() != "Total"]
                for row in empty:
                    account.reject(part.table, row, "no deliveries in the years of the table")


SOURCE = _Sipri(__file__)
