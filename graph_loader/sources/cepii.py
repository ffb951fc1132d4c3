"""CEPII Gravity: of a state's imports of goods the share of each supplier in a year, and population and gross domestic product.

Shares need every origin of an importer's goods. An extract with fewer origins than the whole database gives indicators only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import Identity
from graph_loader.sources.base import Reading
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import covering, figures, refuse_cut, with_states, years

GOOD = "all-goods"
UNIT = "thousand current US dollars"
FLOWS = {  # in the order of preference: one of them for all suppliers of an importer in a year
    "tradeflow_baci": "as reconciled in BACI", "tradeflow_comtrade_d": "as the importer reported to UN Comtrade",
    "tradeflow_imf_d": "as the importer reported to the IMF",
}  # fmt: skip
INDICATORS = {
    "cepii-gdp": ("gdp", "Gross domestic product (CEPII Gravity)", UNIT),
    "cepii-population": ("pop", "Population (CEPII Gravity)", "thousand persons"),
}
ORIGINS = 200  # the database has a row for each of 252 origins
LEAST = 0.01
_SMALL = "suppliers of less than one per cent are in the total only"


class _Gravity(FileSource):
    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        reading = super().read(path, identity, known)
        if not any(c.type == "DEPENDS_ON" for c in reading.claims):
            what = f"no importer has all of some {ORIGINS} or more origins in a year, so no total is known"
            reading.notes.append(f"no shares of imports: {what}; load the whole file")
        return reading

    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        return covering(info, tables)

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        frame = pl.concat([_read(table).with_columns(file=pl.lit(i)) for i, table in enumerate(tables)])
        gone = (pl.col("country_exists_o") == 0) | (pl.col("country_exists_d") == 0)
        for file, row, one, two, year in frame.filter(gone).select("file", "row", "iso3_o", "iso3_d", "year").iter_rows():
            reader.account.reject(tables[file], row, "a country that did not exist in that year", f"{one} {two} {year}")
        # In the whole database there are as many origins as destinations; fewer are left of a file that was cut short.
        wanted = frame.group_by("year").agg(wanted=pl.max_horizontal(pl.col("country_id_d").n_unique(), ORIGINS))
        origins = frame.group_by("iso3_d", "year").agg(origins=pl.col("country_id_o").n_unique()).join(wanted, "year")
        origins = origins.select("iso3_d", "year", whole=pl.col("origins") >= pl.col("wanted"))
        frame = with_states(tables, frame.filter(~gone.fill_null(False)), reader, {"iso3_o": "supplier", "iso3_d": "importer"}, "iso3")
        frame = frame.join(origins, ["iso3_d", "year"], how="left", maintain_order="left")
        claims, own = _indicators(tables, frame, reader)
        flows, used = _flows(tables, frame, reader)
        reader.account.merged = frame.height - len(own | used)
        return claims + flows


def _read(table: Table) -> pl.DataFrame:
    refuse_cut(table)
    exists = ("country_exists_o", "country_exists_d")
    numbers = figures(table, (*exists, *(f"{c}_{side}" for c in ("pop", "gdp") for side in "od"), *FLOWS), ())
    codes = table.frame.select("row", *(pl.col(c).str.strip_chars() for c in ("country_id_o", "country_id_d", "iso3_o", "iso3_d")))
    return pl.concat([codes, years(table).select("year"), numbers.drop("row")], how="horizontal")


def _indicators(tables: Sequence[Table], frame: pl.DataFrame, reader: Reader) -> tuple[list[Claim], set[tuple[int, int]]]:
    """A state's figures stand in every row of it: the first row states them."""
    claims, own = [], set()
    for id_, (column, name, unit) in INDICATORS.items():
        ends = (("o", "supplier"), ("d", "importer"))
        sides = [frame.select("file", "row", "year", state=state, value=f"{column}_{side}") for side, state in ends]
        stated = pl.concat(sides).filter(pl.col("value").is_not_null()).unique(["state", "year"], keep="first", maintain_order=True)
        if stated.height:
            claims.append(reader.claim("Indicator", [id_], {"name": name, "unit": unit}))
        for file, row, year, state, value in stated.sort("state", "year").iter_rows():
            own.add((file, row))
            said = {"value": round(value, 3), "unit": unit}
            claims.append(reader.claim("OBSERVED", [state, id_, str(year)], said, table=tables[file], row=row))
    return claims, own


def _flows(tables: Sequence[Table], frame: pl.DataFrame, reader: Reader) -> tuple[list[Claim], set[tuple[int, int]]]:
    whole = frame.filter(pl.col("whole"))
    chosen = whole.with_columns(
        source=pl.coalesce(pl.when(pl.col(c).is_not_null().any().over("importer", "year")).then(pl.lit(c)) for c in FLOWS)
    )
    value = pl.coalesce(pl.when(pl.col("source") == c).then(pl.col(c)) for c in FLOWS)
    flows = chosen.with_columns(value=value).filter(pl.col("value").is_not_null())
    flows = flows.sort("value", descending=True).unique(["importer", "supplier", "year"], keep="first", maintain_order=True)
    flows = flows.with_columns(total=pl.col("value").sum().over("importer", "year")).filter(pl.col("total") > 0)
    flows = flows.with_columns(share=pl.col("value") / pl.col("total")).filter(pl.col("share") >= LEAST)
    claims = [reader.claim("Good", [GOOD], {"name": "All goods", "stage": "product"})] if flows.height else []
    used = set()
    for file, row, year, importer, supplier, amount, total, share, source in flows.sort("importer", "year", "supplier").select(
        "file", "row", "year", "importer", "supplier", "value", "total", "share", "source"
    ).iter_rows():
        used.add((file, row))
        scope = f"imports of goods, {FLOWS[source]}; the total is the sum over all origins known here; {_SMALL}"
        claims.append(reader.claim("DEPENDS_ON", [importer, supplier, GOOD, "product", "value", str(year), str(year)], {
            "share": round(share, 6), "value": round(amount, 3), "total": round(total, 3), "unit": UNIT, "scope": scope,
            "named_largest": True,
        }, table=tables[file], row=row))  # fmt: skip
    return claims, used


SOURCE = _Gravity(__file__)
