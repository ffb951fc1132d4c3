"""The query library for Neo4j Browser: favourites, and what a guide walks through. Browser's own ways decide the form:

- A favourite's name is its first line without ``//``, of which the list shows some 25 characters, sorted: a number, what it does, the id.
- Several statements in one favourite show neither table nor graph: a query's parameters are a favourite of their own before it.
- ``:param n => 2`` keeps an integer, where ``:params {n: 2}`` makes a float that ``LIMIT $n`` refuses. The right side is sent to the
  server as an expression: so the default date is asked of the graph when the favourite runs, and stays right after the next load.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_loader import dates
from graph_loader.catalogue import Query, convert
from graph_loader.errors import UsageError
from graph_loader.exports.cypherscript import literal
from graph_loader.identity import Identity

FOLDER = "pactgraph"
"""Folder of the favourites in Browser."""
GUIDED = (
    "membership/members", "obligations/defenders", "partnership/of-state", "partnership/pair", "dependency/suppliers",
    "sanctions/in-force", "evidence/claims",
)  # fmt: skip
"""The questions that the guide walks through."""
SETTINGS = {"autoComplete": False}
DRAW_ONLY = f":config {json.dumps(SETTINGS)}"
"""By default Browser adds every relationship among the nodes of an answer, also those of other dates."""
RELEASE = "COLLECT { MATCH (m:Meta) WHERE m.fingerprint <> '' RETURN m.release_date }[0]"
"""Expression for the release of the loaded data: what ``as_of`` is by default everywhere."""

_LATEST = "9998-12-31"  # finds the states that exist now


@dataclass(frozen=True)
class Favourite:
    """A saved script of Browser.

    Attributes
    ----------
    id
        The query's id, with ``:parameters`` for its parameters; the same in every kit.
    name
        As Browser lists it.
    text
        The script, the name as a comment before it.
    """

    id: str
    name: str
    text: str


def favourites(queries: Iterable[Query], pictures: Mapping[str, Query], identity: Identity) -> list[Favourite]:
    """All favourites in their order: two settings, then each query after its parameters and before its picture.

    Parameters
    ----------
    queries, pictures
        As :func:`graph_loader.catalogue.catalogue` and :func:`graph_loader.catalogue.pictures` give them.
    identity
        Finds the states that examples name.

    Raises
    ------
    UsageError, DataError
        When a query's example does not fit its parameters; the message names the query.
    """
    listed = list(queries)
    digits = max(2, len(str(len(listed) + 1)))
    found = [_favourite("draw-only", f"{0:0{digits}} Draw only what a query returns", DRAW_ONLY)]
    every: dict[str, str] = {"as_of": RELEASE}
    optional: dict[str, str] = {}
    numbered = []
    for number, query in enumerate(listed, start=2):
        start = f"{number:0{digits}}"
        values = expressions(query, identity)
        for param in query.params:
            # Together no query's filter may narrow the answer of another.
            if param.default is None:
                every.setdefault(param.name, values[param.name])
            else:
                optional.setdefault(param.name, expression(convert(param, param.default, _LATEST, identity)))
        if set(values) - {"as_of"}:
            numbered.append(_favourite(f"{query.id}:parameters", f"{start}.1 Set {query.id}", parameters_text(values, query)))
        numbered.append(_favourite(query.id, f"{start}.2 Ask {query.id}", query.text))
        if query.id in pictures:
            picture = pictures[query.id]
            numbered.append(_favourite(picture.id, f"{start}.3 Draw {query.id}", picture.text))
    about = "// Every parameter that a query of this folder takes, once: run this first, then change one at a time.\n"
    found.append(_favourite("parameters", f"{1:0{digits}} Parameters", about + parameters_text(optional | every)))
    return found + numbered


def statement(query: Query) -> str:
    """A query's text without its header."""
    return re.sub(r"\A(?://[^\n]*\n)+", "", query.text)


def expressions(query: Query, identity: Identity, *, own_date: bool = False) -> dict[str, str]:
    """A query's parameters, with the values of its example, as Cypher expressions.

    Parameters
    ----------
    own_date
        Take the example's date; else the date is the release of whatever data are loaded.
    """
    given, as_of = query.example_values()
    given = {name: value for name, value in given.items() if name != "as_of"}
    day = dates.as_of(as_of) if as_of else None
    try:
        values = query.bind(given, day or _LATEST, identity)
    except UsageError as error:
        raise UsageError(f"{query.id}: its example '{query.example}' cannot be used: {error}") from error
    found = {name: expression(value) for name, value in values.items()}
    if "as_of" in found and not (own_date and day):
        found["as_of"] = RELEASE
    return found


def expression(value: Any) -> str:
    """A value as the right side of ``:param``.

    Browser looks for the last ``=>`` and stops at a ``$``, in strings too.
    """
    text = literal(value)
    return text.replace("$", "\\u0024").replace(">", "\\u003E") if isinstance(value, str) else text


def parameters_text(values: Mapping[str, str], query: Query | None = None) -> str:
    """One ``:param`` a line, with what the parameter is before it."""
    lines = []
    told = {param.name: param.doc or param.type for param in query.params} if query else {}
    for name, value in values.items():
        if name == "as_of":
            lines.append("// as_of: a day such as '1985-06-01'" + ("; here the release of the loaded data" if value == RELEASE else ""))
        elif name in told:
            lines.append(f"// {name}: {told[name]}")
        lines.append(f":param {name} => {value};")
    return "\n".join(lines) + "\n"


def archive(found: Iterable[Favourite]) -> bytes:
    """The favourites as a zip that Browser imports when it is dropped there.

    Equal favourites give equal bytes: stored without compression, whose output differs between versions of zlib, and without times.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
        for place, favourite in enumerate(found):
            name = re.sub(r"[^a-z0-9]+", "-", favourite.id)
            entry = zipfile.ZipInfo(f"{FOLDER}/{place:03}-{name}.cypher", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            out.writestr(entry, favourite.text)
    return made.getvalue()


def slides(queries: Mapping[str, Query], pictures: Mapping[str, Query], identity: Identity) -> list[dict[str, str]]:
    """What the guide shows: ``title``, ``about``, ``parameters``, ``query`` and ``picture`` (empty where there is none) a question."""
    found = []
    for id_ in GUIDED:
        query, picture = queries[id_], pictures.get(id_)
        found.append({
            "id": id_, "title": query.title, "about": query.about, "query": statement(query),
            "parameters": parameters_text(expressions(query, identity, own_date=True)), "picture": statement(picture) if picture else "",
        })  # fmt: skip
    return found


def _favourite(id_: str, name: str, text: str) -> Favourite:
    return Favourite(id_, name, f"// {name}\n{text.rstrip()}\n")
