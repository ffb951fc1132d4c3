"""CEPII BACI: of a state's imports the share of each supplier in a year, of all goods or of each product of an extract.

A file of a whole year, with some five thousand products, gives shares of all goods. An extract of up to fifty products gives shares
of each of them; anything between is neither. The amounts of groups and residuals (codes such as 'Other Asia') are in the totals.
Exports of a state are observations of an indicator, unless the file has so few importers that it may hold some only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import code, covering, figures, refuse_cut, states_of, years

GOOD = "all-goods"
UNIT = "thousand current US dollars"
MOST_PRODUCTS, WHOLE = 50, 4000
LEAST = 0.01
LEAST_EXPORTERS = 0.9  # nearly every importer is an exporter too
ALL_IMPORTERS = 150  # of some 220 in a year; an extract by importer has fewer, and nobody's whole exports
SCOPE = "imports as reconciled in BACI; the total is the sum over all suppliers; suppliers of less than one per cent are in the total only"
# CEPII's codes of states that are not those of ISO 3166 (country_codes_V202301.csv). 490, 'Other Asia', is Taiwan there.
CODES = {"251": "FRA", "490": "TWN", "579": "NOR", "699": "IND", "736": "SDN", "757": "CHE", "842": "USA"}
GROUPS = ("58", "697", "711", "849")
HS = {"92": "1992", "96": "1996", "02": "2002", "07": "2007", "12": "2012", "17": "2017", "22": "2022"}


class _Baci(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        return covering(info, _flows(tables), "t")

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        flows = _flows(tables)
        if not flows:
            raise DataError(f"{tables[0].file}: codes without flows; give the folder with the file of flows too (t, i, j, k, v, q)")
        lists = [t for t in tables if t not in flows]
        reader.account.merged += sum(t.frame.height for t in lists)
        frame = pl.concat([_read(table).with_columns(file=pl.lit(i)) for i, table in enumerate(flows)])
        repeated = pl.struct("t", "i", "j", "k").is_first_distinct()
        for file, row in frame.filter(~repeated).select("file", "row").iter_rows():
            reader.account.reject(flows[file], row, "flow stated twice")
        frame = frame.filter(repeated)
        products = frame["k"].n_unique()
        if MOST_PRODUCTS < products < WHOLE:
            raise DataError(
                f"{flows[0].file}: {products} products; a whole year has over {WHOLE}, which give shares of all goods, an extract of up to "
                f"{MOST_PRODUCTS} shares of each; if the file was not cut short, filter it to the products that matter"
            )
        if products >= WHOLE and frame["i"].n_unique() < LEAST_EXPORTERS * frame["j"].n_unique():
            raise DataError(f"{flows[0].file}: exporters are missing, so that shares would be wrong; is the file cut short?")
        one = products <= MOST_PRODUCTS
        keys = ["t", "j", "i", *(["k"] if one else [])]
        trade = frame.group_by(keys).agg(value=pl.col("v").sum(), file=pl.col("file").first(), row=pl.col("row").first())
        trade = trade.with_columns(total=pl.col("value").sum().over([k for k in keys if k != "i"]))
        trade = _named(trade).filter(pl.col("total") > 0).with_columns(share=pl.col("value") / pl.col("total"))
        groups = pl.col("i").is_in(GROUPS) | pl.col("j").is_in(GROUPS)
        known = _states(frame, reader)
        for file, row, i, j in frame.filter(groups).select("file", "row", "i", "j").iter_rows():
            reader.account.reject(flows[file], row, "a group of states, or a residual", f"{i} {j}")
        unknown = [c for c, id_ in known.items() if id_ is None]
        missed = (pl.col("i").is_in(unknown) | pl.col("j").is_in(unknown)) & ~groups
        for file, row, i, j in frame.filter(missed).select("file", "row", "i", "j").iter_rows():
            reader.account.reject(flows[file], row, "unknown state", f"{i} {j}")
        reader.account.merged += frame.filter(~groups & ~missed).height
        large = trade.filter(~groups & ~missed & (pl.col("share") >= LEAST)).sort(keys)
        revision = _revision(flows)
        names = _names(lists)
        made: dict[str, Claim] = {}
        claims = []
        for t, j, i, k, value, total, share, file, row in large.select(
            "t", "j", "i", "k", "value", "total", "share", "file", "row"
        ).iter_rows():
            good = f"hs{revision}-{k}" if k else GOOD
            if good not in made:
                made[good] = reader.claim("Good", [good], _good(k, revision, names))
            key = [known[j] or "", known[i] or "", good, "product", "value", str(t), str(t)]
            claims.append(reader.claim("DEPENDS_ON", key, {
                "share": round(share, 6), "value": round(value, 3), "total": round(total, 3), "unit": UNIT, "scope": SCOPE,
                "named_largest": True,
            }, table=flows[file], row=row))  # fmt: skip
        reader.account.merged -= len({c.origin for c in claims})
        return [*made.values(), *claims, *_exports(frame, keys, known, revision, reader)]


def _exports(frame: pl.DataFrame, keys: Sequence[str], known: dict[str, str | None], revision: str, reader: Reader) -> list[Claim]:
    """What each state exported to anybody, of each good that the file gives shares of."""
    if frame["j"].n_unique() < ALL_IMPORTERS:
        return []
    sold = _named(frame.group_by([k for k in keys if k != "j"]).agg(value=pl.col("v").sum())).sort("k", "i", "t")
    made: dict[str, Claim] = {}
    claims = []
    for t, i, k, value in sold.select("t", "i", "k", "value").iter_rows():
        if not known[i] or i in GROUPS:
            continue
        good = f"hs{revision}-{k}" if k else GOOD
        id_ = f"baci-exports-{good}"
        if id_ not in made:
            made[id_] = reader.claim("Indicator", [id_], {"name": f"Exports, {good.replace('-', ' ')} (BACI)", "unit": UNIT})
        claims.append(reader.claim("OBSERVED", [known[i] or "", id_, str(t)], {"value": round(value, 3), "unit": UNIT}))
    return [*made.values(), *claims]


def _flows(tables: Sequence[Table]) -> list[Table]:
    return [t for t in tables if t.layout.name == "trade flows"]


def _read(table: Table) -> pl.DataFrame:
    refuse_cut(table)
    value = figures(table, ["v"], ())
    wrong = value.filter(pl.col("v").is_null() | (pl.col("v") < 0))
    if wrong.height:
        raise DataError(f"{table.file}, row {wrong['row'][0]}, column v: no amount, or one below 0; are the columns shifted?")
    codes = table.frame.select("row", code("i"), code("j"), code("k").str.zfill(6))
    return pl.concat([codes, years(table, "t").select("t"), value.select("v")], how="horizontal")


def _named(trade: pl.DataFrame) -> pl.DataFrame:
    return trade if "k" in trade.columns else trade.with_columns(k=pl.lit(""))


def _states(frame: pl.DataFrame, reader: Reader) -> dict[str, str | None]:
    """Ids by CEPII's codes; a code that means another state in another year of the file is known in none."""
    codes = pl.concat([frame.select(own=pl.col(c), code=pl.col(c).str.zfill(3), year=pl.col("t")) for c in ("i", "j")]).unique()
    found = states_of(reader, "iso3n", codes.select("code", "year"))
    ids: dict[str, str | None] = {}
    for own, id_ in codes.join(found, ["code", "year"], how="left").select("own", "id").sort("own").iter_rows():
        ids[own] = id_ if ids.get(own, id_) == id_ else None
    return ids | {c: id_ for c, id_ in CODES.items() if c in ids}


def _revision(flows: Sequence[Table]) -> str:
    """The revision of the Harmonized System, from names such as BACI_HS17_Y2021_V202301.csv; '' when the name does not say."""
    found = {HS.get(m.group(1), "") for t in flows if (m := re.search(r"HS(\d\d)_", t.file))}
    return found.pop() if len(found) == 1 else ""


def _names(lists: Sequence[Table]) -> dict[str, str]:
    return {
        (text or "").zfill(6): description or ""
        for table in lists if table.layout.name == "product codes" for _, text, description in table.rows("code", "description")
    }  # fmt: skip


def _good(product: str, revision: str, names: dict[str, str]) -> dict[str, str | int | float | bool | list[str]]:
    if not product:
        return {"name": "All goods", "stage": "product"}
    said: dict[str, str | int | float | bool | list[str]] = {
        "name": names.get(product) or f"HS {product}", "stage": "product", "hs": f"{product[:4]}.{product[4:]}",
    }  # fmt: skip
    return said | ({"hs_revision": f"HS{revision}"} if revision else {})


SOURCE = _Baci(__file__)
