"""A second opinion: the same query on Neo4j, over the same facts, compared row by row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from graph_loader.cyphertext import tokens
from graph_loader.errors import StoreError
from graph_loader.stores.base import Params, Reader, Rows, Store, stored_facts


def verified(rows: Rows, reader: Reader, text: str, params: Params, other: Store) -> str:
    """Run the query on another store as well and say that the rows are equal.

    Parameters
    ----------
    rows : Rows
        The answer to verify.
    reader : Reader
        The view that gave it.
    other : Store
        A Neo4j that holds the same facts.

    Returns
    -------
    str
        ``Verified on Neo4j 5.26.30: 12 rows equal.``

    Raises
    ------
    StoreError
        When the other store holds other facts, or its rows differ: the message has the first that does.
    """
    with other.reading() as second:
        _require_same_facts(reader, second, other.url)
        found = second.run(text, params)
        engine = _engine(second)
    problem, note = compared(rows, found, ordered="ORDER" in {t.upper for t in tokens(text)})
    if problem:
        raise StoreError(
            f"{engine} answers otherwise: {problem}. Do not quote this answer before you know which is right (docs/engines.md)"
        )
    count = len(rows.rows)
    return f"Verified on {engine}: {count} row{'s' * (count != 1)} equal{note}."


def compared(rows: Rows, other: Rows, ordered: bool) -> tuple[str, str]:
    """What differs, or nothing, and a remark on what is equal.

    Floats are equal to one part in 10^9. The order of rows counts where the query orders them; that of lists is remarked on, for
    collect() without ORDER BY gives any.
    """
    if rows.columns != other.columns:
        return f"its columns are {', '.join(other.columns)}", ""
    mine, theirs = _sorted(rows.rows), _sorted(other.rows)
    different = _first_difference(mine, theirs)
    if different is None:
        place = _first_difference(rows.rows, other.rows) if ordered else None
        if place is None:
            return "", ""
        return f"the same rows, but from row {place + 1} on in another order; ORDER BY more columns, so that it leaves nothing open", ""
    bags, others = _sorted([_bag(row) for row in rows.rows]), _sorted([_bag(row) for row in other.rows])
    if _first_difference(bags, others) is None:
        return "", ", lists in another order (ORDER BY before collect() settles it)"
    count = f"{len(other.rows)} rows instead of {len(rows.rows)}; " if len(rows.rows) != len(other.rows) else ""
    here = _shown(mine, different)
    return f"{count}first difference: here {here}, there {_shown(theirs, different)}", ""


def _require_same_facts(reader: Reader, second: Reader, url: str) -> None:
    held, there = (
        {id_: (fact.type, fact.fingerprint) for id_, fact in stored_facts(r).items() if fact.type != "Run"} for r in (reader, second)
    )
    if held == there:
        return
    missing, more = sorted(held.keys() - there.keys()), sorted(there.keys() - held.keys())
    other = sorted(id_ for id_ in held.keys() & there.keys() if held[id_] != there[id_])
    counts = [f"{len(ids)} {what} (such as {ids[0]})" for ids, what in ((missing, "missing"), (other, "changed"), (more, "more")) if ids]
    raise StoreError(f"{url}: holds other facts than this store: {', '.join(counts)}; load the same there first: pactgraph load --db {url}")


def _engine(reader: Reader) -> str:
    found = reader.run("CALL dbms.components() YIELD name, versions RETURN name, versions[0] AS version LIMIT 1", {}).rows
    return f"Neo4j {found[0][1]}" if found else "Neo4j"


def _first_difference(rows: Sequence[Sequence[Any]], others: Sequence[Sequence[Any]]) -> int | None:
    for place, (row, other) in enumerate(zip(rows, others, strict=False)):
        if not _same(list(row), list(other)):
            return place
    return None if len(rows) == len(others) else min(len(rows), len(others))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    if _is_number(one) and _is_number(other):  # 1 and 1.0 are equal in Cypher, and one group
        return one == other or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    return bool(one == other)


def _key(value: Any) -> tuple[str, Any]:
    """A key that sorts any values, floats by what is compared of them."""
    if _is_number(value):
        return "number", f"{float(value) + 0.0:.8e}"
    if isinstance(value, (list, tuple)):
        return "list", tuple(_key(item) for item in value)
    if isinstance(value, dict):
        return "map", tuple((name, _key(value[name])) for name in sorted(value))
    return type(value).__name__, str(value)


def _sorted(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return sorted((list(row) for row in rows), key=_key)


def _bag(row: Sequence[Any]) -> list[Any]:
    """The row with its lists sorted."""
    return [_in_order(value) for value in row]


def _in_order(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_in_order(item) for item in value), key=_key)
    if isinstance(value, dict):
        return {name: _in_order(item) for name, item in value.items()}
    return value


def _shown(rows: Sequence[Sequence[Any]], place: int) -> str:
    if place >= len(rows):
        return "nothing more"
    text = ", ".join(str(value) for value in rows[place])
    return f"({text if len(text) <= 300 else text[:299] + '…'})"
