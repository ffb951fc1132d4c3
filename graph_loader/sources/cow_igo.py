"""Correlates of War, intergovernmental organisations version 3: one row a state and year, one column an organisation."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.sources.cow import refuse_alliances
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.groups import bloc_claims
from graph_loader.sources.yearly import code, covering, figures, one_row_a_year, refuse_cut, refuse_lost_years, with_states, years

FIRST_YEAR = 1816
ROLES = {1: "full", 2: "associate", 3: "observer"}
NOT_A_MEMBER, MISSING, NO_SUCH = 0, -9, -1
BLOCS = {  # organisations with an id that other sources use too
    **{name: name for name in (
        "ANZUS", "ASEAN", "AU", "CENTO", "CIS", "CSTO", "ECOWAS", "ECSC", "EEC", "EFTA", "EU", "GCC", "MERCOSUR", "NAFTA", "NATO",
        "OAPEC", "OAS", "OAU", "OECS", "OIC", "OPEC", "OSCE", "PIF", "SADC", "SCHENGEN", "SCO", "SEATO", "UN", "WTO")},
    "ACP": "OACPS", "CMEA": "COMECON", "COMSEC": "COMMONWEALTH", "LOAS": "LEAGUE-OF-ARAB-STATES", "LON": "LEAGUE-OF-NATIONS",
    "WASSEN": "WASSENAAR", "WPACT": "WARSAW-PACT",
}  # fmt: skip
_NOT_ORGANISATIONS = ("ccode", "year", "state", "version", "row")
_GAP = 5  # years between observations of a file with five-year steps


class _Igo(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        refuse_alliances(tables)
        return covering(info, tables)

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        frame = pl.concat([_read(table).with_columns(file=pl.lit(i)) for i, table in enumerate(tables)])
        rows = frame.select("file", "row", "ccode", "year").unique(maintain_order=True)
        refuse_lost_years(tables, rows, reader, "cow", "ccode")
        known = one_row_a_year(tables, with_states(tables, rows, reader, {"ccode": "id"}), reader, "cow", "ccode")
        frame = frame.join(known.select("file", "row", "id"), ["file", "row"])
        last, own, claims, blocs = int(reader.info.covers_until), set(), [], set()
        numbers: dict[tuple[str, str], int] = {}
        for spell in _spells(frame).iter_rows(named=True):
            bloc = BLOCS.get(spell["igo"], f"IGO-{spell['igo']}")
            blocs.add(spell["igo"])
            key = (spell["id"], bloc)
            numbers[key] = numbers.get(key, 0) + 1
            values: dict[str, str | bool] = {
                "role": ROLES[spell["role"]], "suspended": False,
                "until_edtf": ".." if spell["seen"] >= last else f"{spell['to']:04}",
            }  # fmt: skip
            first = int(reader.info.covers_from)
            if spell["from"] > first or first <= FIRST_YEAR:
                values["since_edtf"] = f"{spell['from']:04}"
            own.add((spell["file"], spell["row"]))
            table = tables[spell["file"]]
            claims.append(reader.claim("MEMBER_OF", key, values, spell=numbers[key], table=table, row=spell["row"], locator=spell["igo"]))
        members = set(frame.filter(pl.col("role").is_in(list(ROLES))).select("file", "row").unique().iter_rows())
        for file, row, id_ in known.select("file", "row", "id").iter_rows():
            if (file, row) not in members:
                reader.account.reject(tables[file], row, "no membership", id_)
        reader.account.merged = len(members - own)
        named = bloc_claims(reader, (BLOCS[igo] for igo in blocs if igo in BLOCS))
        others = [reader.claim("Bloc", [f"IGO-{n}"], {"name": n, "kind": "organisation"}) for n in sorted(blocs) if n not in BLOCS]
        return [*named, *others, *claims]


def _read(table: Table) -> pl.DataFrame:
    """Long: row, ccode, year, igo, role."""
    igos = [c for c in table.frame.columns if c not in _NOT_ORGANISATIONS and c.isupper() and "#" not in c]
    refuse_cut(table)
    marks = figures(table, igos, ())
    allowed = [float(mark) for mark in (*ROLES, NOT_A_MEMBER, MISSING, NO_SUCH)]
    for igo in igos:
        wrong = marks.filter(pl.col(igo).is_not_null() & ~pl.col(igo).is_in(allowed))
        if wrong.height:
            row, said = wrong["row"][0], wrong[igo][0]
            raise DataError(f"{table.file}, row {row}, column {igo}: {said:g} is not 1, 2, 3, 0, -1 or -9; are the columns shifted?")
    wide = pl.concat([table.frame.select("row", code("ccode")), years(table).select("year"), marks.drop("row")], how="horizontal")
    long = wide.unpivot(igos, index=["row", "ccode", "year"], variable_name="igo", value_name="role")
    return long.with_columns(pl.col("role").cast(pl.Int64).fill_null(MISSING))


def _spells(frame: pl.DataFrame) -> pl.DataFrame:
    """Successive years with the same role as one; years with missing data neither begin, end nor interrupt a membership.

    ``to`` is the last year with the role, ``seen`` the last year in which nothing speaks against it.
    """
    observed = sorted(frame["year"].unique())
    place = pl.DataFrame({"year": observed, "place": range(len(observed))}, schema={"year": pl.Int64, "place": pl.Int64})
    key = ("id", "igo")
    ever = frame.filter(pl.col("role").is_in(list(ROLES))).select(*key).unique()
    frame = frame.join(ever, key, how="semi").join(place, "year").sort(*key, "year")
    # Rows with missing data take the role before them, if the file has the state in every year between.
    frame = frame.with_columns(
        gap=((pl.col("place").diff() != 1) | (pl.col("year").diff() > _GAP)).over(key).fill_null(True),
        known=pl.when(pl.col("role") == MISSING).then(None).otherwise(pl.col("role")),
    ).with_columns(run=pl.col("gap").cum_sum().over(key))  # fmt: skip
    frame = frame.with_columns(carried=pl.col("known").forward_fill().over(*key, "run")).filter(pl.col("carried").is_not_null())
    new = (pl.col("carried").diff() != 0).over(*key, "run").fill_null(True)
    frame = frame.with_columns(new.cum_sum().over(key).alias("n")).filter(pl.col("carried").is_in(list(ROLES)))
    stated = pl.col("known").is_not_null()
    return frame.group_by(*key, "n", maintain_order=True).agg(
        pl.col("carried").first().alias("role"), pl.col("file", "row").filter(stated).first(),
        pl.col("year").filter(stated).min().alias("from"), pl.col("year").filter(stated).max().alias("to"),
        pl.col("year").max().alias("seen"),
    )  # fmt: skip


SOURCE = _Igo(__file__)
