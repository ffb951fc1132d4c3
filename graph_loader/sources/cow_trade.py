"""Correlates of War, dyadic trade version 4: of a state's imports of goods, the share of each supplier in a year."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.sources.cow import refuse_alliances
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import code, covering, figures, refuse_cut, with_states, years

GOOD = "all-goods"
UNIT = "million current US dollars"
MOST_STATES = 0.95  # of a year, come first in a pair in whole files
FEWEST_STATES = 30  # of a year, in whole files
LEAST = 0.01  # smaller shares are in the total only
SCOPE = (
    "imports of goods; the total is the sum of the imports from partners with data, not all imports; suppliers of less than one per cent "
    "are in the total only"
)


class _Trade(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        refuse_alliances(tables)
        return covering(info, tables)

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        frame = pl.concat([_read(table).with_columns(file=pl.lit(i)) for i, table in enumerate(tables)])
        _refuse_lost_partners(tables, frame)
        frame = with_states(tables, frame, reader, {"ccode1": "one", "ccode2": "two"})
        columns = ("file", "row", "year")
        flows = pl.concat([
            frame.select(*columns, importer="one", supplier="two", value="flow1"), frame.select(*columns, importer="two", supplier="one",
                                                                                              value="flow2"),
        ]).filter(pl.col("value").is_not_null())  # fmt: skip
        # Two codes can mean one state in the year in which it changed: its trade stands under both.
        flows = flows.sort("value", descending=True).unique(["importer", "supplier", "year"], keep="first", maintain_order=True)
        flows = flows.with_columns(total=pl.col("value").sum().over("importer", "year")).filter(pl.col("total") > 0)
        flows = flows.with_columns(share=pl.col("value") / pl.col("total"))
        counted = set(flows.select("file", "row").iter_rows())
        own = set()
        claims = [reader.claim("Good", [GOOD], {"name": "All goods", "stage": "product"})]
        large = flows.filter(pl.col("share") >= LEAST).sort("importer", "year", "supplier")
        for file, row, year, importer, supplier, value, total, share in large.select(
            *columns, "importer", "supplier", "value", "total", "share"
        ).iter_rows():
            own.add((file, row))
            key = (importer, supplier, GOOD, "product", "value", str(year), str(year))
            values: dict[str, str | float | bool] = {
                "share": round(share, 6), "value": round(value, 6), "total": round(total, 6), "unit": UNIT, "scope": SCOPE,
                "named_largest": True,
            }  # fmt: skip
            claims.append(reader.claim("DEPENDS_ON", key, values, table=tables[file], row=row))
        for file, row, flow1, flow2 in frame.select("file", "row", "flow1", "flow2").iter_rows():
            if (file, row) not in counted:
                nothing = flow1 is None and flow2 is None
                reader.account.reject(tables[file], row, "no flow known" if nothing else "no imports of either side, or stated twice")
        reader.account.merged = len(counted - own)
        return claims


def _refuse_lost_partners(tables: Sequence[Table], frame: pl.DataFrame) -> None:
    """Shares need all partners: in a whole file every state but one is the first of some pair in each year."""
    whole = frame.group_by("year").agg(
        first=pl.col("ccode1").n_unique(), states=pl.concat_list("ccode1", "ccode2").explode().n_unique()).sort("year")  # fmt: skip
    few = (pl.col("first") < (pl.col("states") - 1) * MOST_STATES) | (pl.col("states") < FEWEST_STATES)
    lost = whole.filter(few)
    if lost.height:
        year, first, states = lost.row(0)
        raise DataError(
            f"{tables[-1].file}: of {states} states in {year} only {first} come first in a pair, so partners are missing and shares would "
            "be wrong; is the file cut short or filtered?")  # fmt: skip


def _read(table: Table) -> pl.DataFrame:
    refuse_cut(table)
    flows = figures(table, ("flow1", "flow2"))
    wrong = flows.filter((pl.col("flow1") < 0) | (pl.col("flow2") < 0))
    if wrong.height:
        raise DataError(f"{table.file}, row {wrong['row'][0]}: a flow below 0 that is not -9; are the columns shifted?")
    return pl.concat([
        table.frame.select("row", code("ccode1"), code("ccode2")), years(table).select("year"), flows.drop("row"),
    ], how="horizontal")  # fmt: skip


SOURCE = _Trade(__file__)
