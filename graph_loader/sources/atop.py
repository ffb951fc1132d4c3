"""ATOP's directed dyad-years: what one state owes another in a year, by all alliances together, as spells of DEFENCE ties.

The rows of a pair and year are read together: what both owe is a mutual tie, what only one owes runs from it to the other. A tie's kind
is that of its strongest obligation, so that a one-sided guarantee stands beside a mutual promise to consult.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import code, covering, figures, refuse_cut, with_states, years

OBLIGATIONS = {"defense": "defence", "offense": "offence", "neutral": "neutrality", "nonagg": "nonaggression", "consul": "consultation"}
FIRST_YEAR = 1815  # alliances are coded from then on; a file that begins later was cut, and what it begins with is older
_BITS = {name: 1 << place for place, name in enumerate(OBLIGATIONS)}
_ASSISTANCE, _ABSTENTION = _BITS["defense"] | _BITS["offense"], _BITS["neutral"] | _BITS["nonagg"]
_YEAR = pl.col("year")


class _Atop(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        return covering(info, tables)

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        frame = pl.concat([_read(table).with_columns(file=pl.lit(i)) for i, table in enumerate(tables)])
        frame = _mirrored(tables, frame)
        frame = with_states(tables, frame, reader, {"stateA": "a", "stateB": "b"})
        spells = _spells(_ties(tables, frame, reader))
        first, last = int(reader.info.covers_from), int(reader.info.covers_until)
        claims, own = [], set()
        numbers: dict[tuple[str, str, str], int] = {}
        for spell in spells.iter_rows(named=True):
            key = (spell["start"], spell["end"], spell["kind"])
            numbers[key] = numbers.get(key, 0) + 1
            values: dict[str, str | bool | list[str]] = {
                "mutual": spell["mutual"],
                "obligations": [name for column, name in OBLIGATIONS.items() if spell["owed"] & _BITS[column]],
                "until_edtf": f"{spell['to']:04}" if spell["to"] < last else "..",
            }
            if spell["from"] > first or first <= FIRST_YEAR:
                values["since_edtf"] = f"{spell['from']:04}"
            locator = f"ATOP {', '.join(spell['pacts'])}" if spell["pacts"] else ""
            own.add((spell["file"], spell["row"]))
            claims.append(reader.claim(
                "DEFENCE", key, values, spell=numbers[key], table=tables[spell["file"]], row=spell["row"], locator=locator))  # fmt: skip
        account = reader.account
        account.merged = account.read - len(account.rejected) - len(own)
        return claims


def _read(table: Table) -> pl.DataFrame:
    refuse_cut(table)
    marks = figures(table, OBLIGATIONS, ())
    for column in OBLIGATIONS:
        wrong = marks.filter(~pl.col(column).is_in([0.0, 1.0]).fill_null(False))
        if wrong.height:
            said = table.frame.filter(pl.col("row") == wrong["row"][0])[column][0]
            raise DataError(f"{table.file}, row {wrong['row'][0]}, column {column}: '{said or ''}' is not 0 or 1; is the file cut short?")
    owed = pl.sum_horizontal(pl.col(c).cast(pl.Int64) * bit for c, bit in _BITS.items())
    named = [code(c) for c in table.frame.columns if c.startswith("atopid")]
    pacts = pl.concat_list(named).list.drop_nulls() if named else pl.lit([], dtype=pl.List(pl.String))
    return pl.concat([
        table.frame.select("row", code("stateA"), code("stateB"), pacts=pacts), years(table).select("year"), marks.select(owed=owed),
    ], how="horizontal")  # fmt: skip


def _mirrored(tables: Sequence[Table], frame: pl.DataFrame) -> pl.DataFrame:
    """Each pair and year stands there from both sides; one side alone would make a mutual pact one-sided."""
    other = frame.select(pl.col("stateA").alias("stateB"), pl.col("stateB").alias("stateA"), "year").unique()
    alone = frame.join(other, ["stateA", "stateB", "year"], how="anti").sort("file", "row")
    if alone.height:
        at = alone.row(0, named=True)
        raise DataError(
            f"{tables[at['file']].file}, row {at['row']}: {at['stateA']} to {at['stateB']} in {at['year']}, but no row of "
            f"{at['stateB']} to {at['stateA']}; is the file cut short or not of directed dyads?")  # fmt: skip
    return frame


def _kind(owed: pl.Expr) -> pl.Expr:
    return pl.when(owed & _ASSISTANCE != 0).then(pl.lit("alliance")).when(owed & _ABSTENTION != 0).then(
        pl.lit("nonaggression")).otherwise(pl.lit("consultation"))  # fmt: skip


def _ties(tables: Sequence[Table], frame: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """The ties of each pair and year: start, end, kind, mutual, owed, and the row that says so."""
    at = pl.struct("file", "row").sort().first()
    sides = frame.group_by("a", "b", "year").agg(
        owed=pl.col("owed").bitwise_or(), at=at, pacts=pl.col("pacts").explode().drop_nulls().unique(maintain_order=True))  # fmt: skip
    there = sides.filter(pl.col("a") < pl.col("b"))
    back = sides.filter(pl.col("a") > pl.col("b")).select(
        pl.col("b").alias("a"), pl.col("a").alias("b"), "year", back="owed", at_back="at")  # fmt: skip
    both = there.join(back, ["a", "b", "year"]).with_columns(
        common=pl.col("owed") & pl.col("back"),
        more=pl.col("owed") & ~pl.col("back"), more_back=pl.col("back") & ~pl.col("owed"),
    )  # fmt: skip
    nothing = both.filter((pl.col("owed") | pl.col("back")) == 0)
    empty = pl.concat([nothing.select("a", "b", "year"), nothing.select(a="b", b="a", year="year")])
    for file, row in frame.join(empty, ["a", "b", "year"], how="semi").select("file", "row").sort("file", "row").iter_rows():
        reader.account.reject(tables[file], row, "an alliance without any of the five obligations")
    # A surplus of the same kind as what is common cannot stand beside it: then each side's whole obligation is a tie of its own.
    clash = (pl.col("common") != 0) & (
        ((pl.col("more") != 0) & (_kind(pl.col("more")) == _kind(pl.col("common"))))
        | ((pl.col("more_back") != 0) & (_kind(pl.col("more_back")) == _kind(pl.col("common"))))
    )
    both = both.with_columns(clash=clash)
    parts = []
    for start, end, mutual, owed, source in (
        ("a", "b", True, pl.when("clash").then(0).otherwise(pl.col("common")), "at"),
        ("a", "b", False, pl.when("clash").then(pl.col("owed")).otherwise(pl.col("more")), "at"),
        ("b", "a", False, pl.when("clash").then(pl.col("back")).otherwise(pl.col("more_back")), "at_back"),
    ):
        parts.append(both.select(
            pl.col(start).alias("start"), pl.col(end).alias("end"), "year", "pacts", mutual=pl.lit(mutual), owed=owed,
            file=pl.col(source).struct.field("file"), row=pl.col(source).struct.field("row"),
        ).filter(pl.col("owed") != 0))  # fmt: skip
    return pl.concat(parts).with_columns(kind=_kind(pl.col("owed")))


def _spells(ties: pl.DataFrame) -> pl.DataFrame:
    """Consecutive years with equal obligations as one."""
    key = ("start", "end", "kind")
    ties = ties.sort(*key, "year")
    new = (_YEAR.diff() != 1) | (pl.col("owed").diff() != 0) | (pl.col("mutual") != pl.col("mutual").shift(1))
    ties = ties.with_columns(new.over(key).fill_null(True).cum_sum().over(key).alias("n"))
    return ties.group_by(*key, "n", maintain_order=True).agg(
        pl.col("mutual", "owed", "file", "row").first(), _YEAR.min().alias("from"), _YEAR.max().alias("to"),
        pl.col("pacts").explode().drop_nulls().unique().sort(),
    )  # fmt: skip


SOURCE = _Atop(__file__)
