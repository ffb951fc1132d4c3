"""Correlates of War, National Material Capabilities: yearly indicators of states."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.sources.cow import refuse_alliances
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import code, covering, figures, one_row_a_year, refuse_cut, with_states, years

COLUMNS = ("milex", "milper", "tpop", "cinc")  # the other components are read by no analysis
DOLLARS_FROM = 1914  # military expenditure is in pounds before
INDICATORS = {
    "cinc": ("Composite Index of National Capability", "share of the system"),
    "milex": ("Military expenditure from 1914 (NMC)", "thousand current US dollars"),
    "milex-gbp": ("Military expenditure until 1913 (NMC)", "thousand current British pounds"),
    "milper": ("Military personnel (NMC)", "thousands"),
    "tpop": ("Population (NMC)", "thousands"),
}


class _Nmc(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        refuse_alliances(tables)
        return covering(info, tables)

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        frame = pl.concat([_read(table).with_columns(file=pl.lit(i)) for i, table in enumerate(tables)])
        frame = one_row_a_year(tables, with_states(tables, frame, reader, {"ccode": "id"}), reader, "cow", "ccode")
        claims: list[Claim] = []
        used: set[str] = set()
        for file, row, year, id_, *values in frame.select("file", "row", "year", "id", *COLUMNS).iter_rows():
            table = tables[file]
            if all(value is None for value in values):
                reader.account.reject(table, row, "no value", f"{id_} {year}")
                continue
            for column, value in zip(COLUMNS, values, strict=True):
                if value is None:
                    continue
                name = "milex-gbp" if column == "milex" and year < DOLLARS_FROM else column
                used.add(name)
                said = {"value": value, "unit": INDICATORS[name][1]}
                claims.append(reader.claim("OBSERVED", [id_, f"nmc-{name}", str(year)], said, table=table, row=row))
        described = [reader.claim("Indicator", [f"nmc-{n}"], {"name": INDICATORS[n][0], "unit": INDICATORS[n][1]}) for n in sorted(used)]
        return [*described, *claims]


def _read(table: Table) -> pl.DataFrame:
    refuse_cut(table)
    values = figures(table, COLUMNS)
    wrong = values.filter(pl.any_horizontal(pl.col(c) < 0 for c in COLUMNS) | (pl.col("cinc") > 1))
    if wrong.height:
        raise DataError(f"{table.file}, row {wrong['row'][0]}: a value below 0 that is not -9, or a cinc above 1; are the columns shifted?")
    return pl.concat([table.frame.select("row", code("ccode")), years(table).select("year"), values.drop("row")], how="horizontal")


SOURCE = _Nmc(__file__)
