"""What readers of tables by state and year share: figures with missing codes, states of a year, a file's own coverage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import polars as pl

from graph_loader.claims import SourceInfo
from graph_loader.errors import DataError
from graph_loader.identity import UnknownStateError
from graph_loader.sources.files import Reader, Table, renewed

_ABSENT = ("", "NA", "na", "NaN", "nan", ".", "..", "n.a.", "NULL")


def figures(table: Table, columns: Iterable[str], missing: Collection[float] = (-9,)) -> pl.DataFrame:
    """The row number and the columns as numbers; missing codes and absent cells are null.

    Raises
    ------
    DataError
        When a cell holds anything else: then columns are shifted or the file was cut.
    """
    names = list(columns)
    text = table.frame.select("row", *(pl.col(c).str.strip_chars().replace(list(_ABSENT), None) for c in names))
    frame = text.select("row", *(pl.col(c).cast(pl.Float64, strict=False) for c in names))
    for name in names:
        wrong = text.filter(pl.col(name).is_not_null() & ~frame[name].is_finite().fill_null(False))
        if wrong.height:
            row, said = wrong["row"][0], wrong[name][0]
            raise DataError(f"{table.file}, row {row}, column {name}: '{said}' is no number; is the file cut short or edited?")
    codes = [float(code) for code in missing]
    return frame.with_columns(pl.when(pl.col(c).is_in(codes)).then(None).otherwise(pl.col(c)).alias(c) for c in names) if codes else frame


def years(table: Table, column: str = "year") -> pl.DataFrame:
    """The row number and the year, which every row must have."""
    frame = figures(table, [column], ())
    wrong = frame.filter(~(pl.col(column).is_between(1, 9998) & (pl.col(column) % 1 == 0)).fill_null(False))
    if wrong.height:
        raise DataError(f"{table.file}, row {wrong['row'][0]}, column {column}: no year; is the file cut short or are its columns shifted?")
    return frame.with_columns(pl.col(column).cast(pl.Int64))


def refuse_cut(table: Table) -> None:
    """Refuse a file that ends within a row: its last column is filled everywhere but there."""
    column = next((c for c in reversed(table.frame.columns) if c != "row"), "")
    if table.frame.height > 1 and table.frame[column].null_count() == 1 and table.frame[column][-1] is None:
        raise DataError(f"{table.file}, row {table.frame['row'][-1]}: ends early, its column {column} is empty; is the file cut short?")


def refuse_lost_years(tables: Sequence[Table], frame: pl.DataFrame, reader: Reader, scheme: str, column: str) -> None:
    """Refuse state-years that were cut between rows: the state of the last row would seem to end there.

    ``frame`` has the columns file, row, year and the codes in ``column``, in the order of the files.
    """
    for index, table in enumerate(tables):
        own = frame.filter(pl.col("file") == index)
        if not own.height:
            continue
        last, year = str(own[column][-1]), int(own["year"][-1])
        newest = max(own["year"].to_list())
        after = own.filter((pl.col(column) == last) & (pl.col("year") == year + 1)).height
        if year == newest:  # sorted by year, or whole
            there, before = (set(own.filter(pl.col("year") == y)[column]) for y in (year, year - 1))
            lost = len(before - there) > max(3, len(before) // 10) and own["year"].is_sorted()
        else:
            follows = states_of(reader, scheme, pl.DataFrame({"code": [last], "year": [year + 1]}))
            lost = not after and follows["id"][0] is not None
        if lost:
            row = table.frame["row"][-1]
            raise DataError(f"{table.file}, row {row}: ends with {last} in {year}, but covers years until {newest}; is the file cut short?")


def code(column: str) -> pl.Expr:
    """A numeric code as text: '2', ' 2' and '2.0' are one."""
    return pl.col(column).str.strip_chars().str.strip_suffix(".0")


def states_of(reader: Reader, scheme: str, codes: pl.DataFrame) -> pl.DataFrame:
    """Ids of codes in years (columns ``code`` and ``year``): of the state on 31 December, or on 1 January where it ended in the year.

    Returns
    -------
    polars.DataFrame
        code, year, id (null where no state bears the code) and why.
    """
    found: list[tuple[str | None, int, str | None, str | None]] = []
    for text, year in codes.unique().iter_rows():
        problem = ""
        for day in ("12-31", "01-01"):
            try:
                found.append((text, year, reader.state(scheme, text or "", f"{year:04}-{day}"), None))
                break
            except UnknownStateError as error:
                problem = str(error)
        else:
            found.append((text, year, None, problem))
    return pl.DataFrame(found, schema={"code": pl.String, "year": pl.Int64, "id": pl.String, "why": pl.String}, orient="row")


def with_states(
    tables: Sequence[Table], frame: pl.DataFrame, reader: Reader, ends: dict[str, str], scheme: str = "cow"
) -> pl.DataFrame:  # fmt: skip
    """Ids beside codes (``ends``: column of codes -> column of ids); rows with a code of no state, or with one state twice, are rejected.

    ``frame`` has the columns file (index of the table), row and year.
    """
    frame = frame.with_columns(pl.col(list(ends)).fill_null(""))
    codes = pl.concat([frame.select(pl.col(c).alias("code"), "year") for c in ends])
    ids = states_of(reader, scheme, codes)
    for column, name in ends.items():
        named = ids.rename({"code": column, "id": name, "why": f"why_{name}"})
        frame = frame.join(named, [column, "year"], how="left", maintain_order="left")
    names = list(ends.values())
    unknown = pl.any_horizontal(pl.col(n).is_null() for n in names)
    same = (pl.col(names[0]) == pl.col(names[1])).fill_null(False) if len(names) == 2 else pl.lit(False)
    why = pl.coalesce(*(f"why_{n}" for n in names), names[0])
    for file, row, is_unknown, detail in frame.filter(unknown | same).select("file", "row", unknown.alias("unknown"), why).iter_rows():
        reader.account.reject(tables[file], row, "unknown state" if is_unknown else "a state and itself", detail)
    return frame.filter(~(unknown | same)).drop(f"why_{n}" for n in names)


def one_row_a_year(tables: Sequence[Table], frame: pl.DataFrame, reader: Reader, scheme: str, column: str) -> pl.DataFrame:
    """One row of a state and year (columns ``id`` and ``year``); the others are rejected.

    In the year in which a state got a new code (Germany and Yemen 1990) the row of the code that lasts is kept.
    """
    twice = frame.filter(pl.struct("id", "year").is_duplicated())
    if not twice.height:
        return frame
    after = states_of(reader, scheme, twice.select(pl.col(column).alias("code"), pl.col("year") + 1))
    lasting = after.select(pl.col("code").alias(column), pl.col("year") - 1, lasts=pl.col("id").is_not_null())
    ranked = twice.join(lasting, [column, "year"], how="left").sort("lasts", column, "file", "row", descending=[True, False, False, False])
    extra = ranked.filter(~pl.struct("id", "year").is_first_distinct()).sort("file", "row")
    for file, row, id_, year in extra.select("file", "row", "id", "year").iter_rows():
        reader.account.reject(tables[file], row, "state and year stated twice", f"{id_} {year}")
    return frame.join(extra.select("file", "row"), ["file", "row"], how="anti", maintain_order="left")


def covering(info: SourceInfo, tables: Sequence[Table], column: str = "year") -> SourceInfo:
    """The description with the first and last year that the files hold."""
    found = [year for t in tables for year in years(t, column)[column].unique()]
    return renewed(info, covers_from=f"{min(found):04}", covers_until=f"{max(found):04}") if found else info
