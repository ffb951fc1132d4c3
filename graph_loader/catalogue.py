"""The Cypher library: each query is a file with a header that says what it asks, takes and returns.

    // Who supplies more than half?
    // id: dependency/top-supplier
    // params: as_of (date), min_share=0.5 (float, share of imports)
    // columns: state, good, supplier, share (float), allied (bool)
    // denominator: states with any DEPENDS_ON in that period
    // hidden: sources
    // example: -p min_share=0.6
    MATCH …

``hidden`` columns stand in CSV and JSON, not in tables made for the eye.

A picture of a query is a file beside it, ``top-supplier.graph.cypher``: it takes parameters of that query, returns nodes and
relationships alone, for Neo4j Browser to draw, and ends with a LIMIT that its header states::

    // Draw the suppliers of …: at most 300 relationships.
    // id: dependency/top-supplier.graph
    // columns: i (node), d (relationship), s (node)

A user's own folder has the same layout, and its queries stand beside those of the library.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from graph_loader import cyphertext, dates
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import Identity
from graph_loader.resources import cypher_folder

PARAM_TYPES = ("date", "state", "id", "text", "int", "float", "bool")
COLUMN_TYPES = ("text", "int", "float", "bool", "list", "map", "date")
PICTURE_TYPES = ("node", "relationship")
PICTURE = ".graph"
"""Ends the id of a picture."""
_ID = re.compile(r"(?:[a-z0-9][a-z0-9-]*/)?[a-z0-9][a-z0-9-]*")
_FIELD = re.compile(r"//\s*(id|params|columns|hidden|denominator|example)\s*:\s*(.*)")
_PARAM = re.compile(r"(\w+)\s*(?:=\s*([^\s()]*))?\s*\((\w+)(?:,\s*([^)]*))?\)")
_COLUMN = re.compile(r"(\w+)\s*(?:\((\w+)\))?")
_LIMIT = re.compile(r"\bLIMIT\s+(\d+)\s*;?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Param:
    """A parameter: required when it has no default."""

    name: str
    type: str
    default: str | None
    doc: str


@dataclass(frozen=True)
class Query:
    """A query of the library."""

    id: str
    title: str
    about: str
    text: str
    params: tuple[Param, ...]
    columns: tuple[tuple[str, str], ...]
    denominator: str
    example: str
    hidden: tuple[str, ...] = ()

    @property
    def is_picture(self) -> bool:
        """Whether it returns nodes and relationships, to be drawn."""
        return self.id.endswith(PICTURE)

    def example_values(self) -> tuple[dict[str, str], str | None]:
        """The parameters that its example gives, as texts, and the example's ``--as-of``.

        Raises
        ------
        DataError
            When the example is not what a shell would read.
        """
        try:
            words = shlex.split(self.example)
        except ValueError as error:
            raise DataError(f"{self.id}: its example cannot be read ({error}): {self.example}") from error
        options = list(pairwise(words))
        given = [value.partition("=") for option, value in options if option in ("-p", "--param")]
        return {name: value for name, _, value in given}, next((value for option, value in options if option == "--as-of"), None)

    def bind(self, given: Mapping[str, str], as_of: str, identity: Identity) -> dict[str, Any]:
        """Values for the parameters from the texts a user gave; ``as_of`` fills the parameter of that name.

        Raises
        ------
        UsageError
            For a missing, unknown or badly typed parameter.
        """
        unknown = sorted(set(given) - {p.name for p in self.params})
        if unknown:
            takes = ", ".join(p.name for p in self.params) or "none"
            raise UsageError(f"{self.id} takes no parameter '{unknown[0]}'; it takes: {takes}")
        values: dict[str, Any] = {}
        for param in self.params:
            text = given.get(param.name, as_of if param.name == "as_of" else param.default)
            if text is None:
                raise UsageError(f"{self.id} needs -p {param.name}=… ({param.doc or param.type}); example: {self.example}")
            values[param.name] = convert(param, text, as_of, identity)
        return values


def convert(param: Param, text: str, as_of: str, identity: Identity) -> Any:
    """A parameter's value from text; states are found by id or name at the date."""
    try:
        if param.type == "date":
            return dates.as_of(text)
        if param.type == "state":
            return identity.resolve(text, as_of) if text else ""
        if param.type == "int":
            return int(text)
        if param.type == "float":
            return float(text)
        if param.type == "bool":
            return {"true": True, "false": False}[text.lower()]
    except DataError as error:
        raise UsageError(f"-p {param.name}: {error}") from error
    except (ValueError, KeyError) as error:
        detail = str(error) if isinstance(error, dates.DateError) else f"'{text}' is not a {param.type}"
        raise UsageError(f"-p {param.name}: {detail}") from error
    return text


def parse(text: str, name: str) -> Query:
    """Read one query with its header.

    Raises
    ------
    DataError
        When the header is incomplete, the RETURN disagrees with ``columns``, a parameter is undeclared or unused, the query writes,
        or it holds a form that an engine answers wrongly.
    """
    header = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        header.append(line)
    fields: dict[str, str] = {}
    about = []
    for line in header:
        match = _FIELD.match(line)
        if match:
            fields[match[1]] = (fields.get(match[1], "") + " " + match[2]).strip()
        else:
            about.append(line.removeprefix("//").strip())
    for wanted in ("id", "columns", "example"):
        if wanted not in fields:
            raise DataError(f"{name}: the header has no line '// {wanted}: …'")
    params = tuple(Param(m[1], m[3], m[2], m[4] or "") for m in _PARAM.finditer(fields.get("params", "")))
    columns = tuple((m[1], m[2] or "text") for m in _COLUMN.finditer(fields["columns"]))
    query = Query(
        fields["id"],
        about[0] if about else "",
        " ".join(about[1:]),
        text,
        params,
        columns,
        fields.get("denominator", ""),
        fields["example"],
        tuple(m[1] for m in _COLUMN.finditer(fields.get("hidden", ""))),
    )
    _check(query, name)
    return query


def _check(query: Query, name: str) -> None:
    if not query.title:
        raise DataError(f"{name}: the first line must be '// ' and what the query asks")
    for param in query.params:
        if param.type not in PARAM_TYPES:
            raise DataError(f"{name}: parameter {param.name} has type '{param.type}'; there are {', '.join(PARAM_TYPES)}")
    types = PICTURE_TYPES if query.is_picture else COLUMN_TYPES
    for column, type_ in query.columns:
        if type_ not in types:
            raise DataError(f"{name}: column {column} has type '{type_}'; there are {', '.join(types)}")
    if query.is_picture:
        limit = _LIMIT.search(query.text)
        if limit is None or f"at most {limit[1]} " not in f"{query.title} {query.about}".lower():
            raise DataError(f"{name}: a picture ends with LIMIT and a number, and its header says 'at most' and that number")
    try:
        cyphertext.refuse_writes(query.text)
    except UsageError as error:
        raise DataError(f"{name}: {error}") from error
    returned, declared = cyphertext.returned_columns(query.text), [column for column, _ in query.columns]
    if returned != declared:
        raise DataError(f"{name}: RETURN gives {', '.join(returned)} but the header's columns are {', '.join(declared)}")
    used, known = cyphertext.parameters(query.text), {p.name for p in query.params}
    if used != known:
        wrong = ", ".join(sorted(used ^ known))
        raise DataError(f"{name}: parameters differ between header and text: {wrong}")
    misread = cyphertext.misread_form(query.text)
    if misread:
        raise DataError(f"{name}: {misread}")


def read_file(path: Path, name: str | None = None) -> Query:
    """Read and check one query file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    return parse(text, name or str(path))


def catalogue(folders: Iterable[Path] = ()) -> dict[str, Query]:
    """All queries of the library by id, sorted, and those of a user's own folders.

    Raises
    ------
    DataError
        When a file has a fault (see :func:`parse`), file and id disagree, or a user's query has the id of another.
    UsageError
        When a folder cannot be read.
    """
    return {id_: query for id_, query in _all(tuple(folders)).items() if not query.is_picture}


def pictures(folders: Iterable[Path] = ()) -> dict[str, Query]:
    """The pictures by the id of the query that they draw; errors as of :func:`catalogue`."""
    return {id_.removesuffix(PICTURE): query for id_, query in _all(tuple(folders)).items() if query.is_picture}


def search(words: Iterable[str], queries: Mapping[str, Query]) -> list[Query]:
    """The queries in whose header or text all the words stand, in any order and case; those with more of them in id and title first."""
    wanted = [word.lower() for word in words]
    found = []
    for query in queries.values():
        if all(word in query.text.lower() for word in wanted):
            head = f"{query.id} {query.title}".lower()
            found.append((-sum(word in head for word in wanted), query.id, query))
    return [query for *_, query in sorted(found, key=lambda item: item[:2])]


def template(id_: str, taken: Iterable[str]) -> str:
    """The text of a new query file that passes all checks, to be changed by its author.

    Raises
    ------
    UsageError
        When the id is not one, or taken.
    """
    if not _ID.fullmatch(id_):
        raise UsageError(f"'{id_}' is no id: write theme/name or name, in small letters, digits and '-'")
    if id_ in set(taken):
        raise UsageError(f"there is a query '{id_}' already; choose another id")
    return _TEMPLATE.format(id=id_)


_TEMPLATE = """\
// What does this query ask? One line, as a question.
// What a reader must know to quote the answer: what a row is, what is left out, what no row means.
// id: {id}
// params: bloc (id, such as NATO), as_of (date)
// columns: state, name, since (date), until (date), disputed (bool), fact, sources (list)
// denominator: what a share or count is of; leave the line out when there is none
// hidden: fact, sources
// example: -p bloc=NATO --as-of 1985-06-01
MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.id = $bloc AND m.since <= $as_of AND m.until > $as_of
RETURN s.id AS state, s.name AS name, m.since AS since, m.until AS until, m.disputed AS disputed, m.id AS fact, m.sources AS sources
ORDER BY state, fact
"""


@cache
def _all(folders: tuple[Path, ...]) -> dict[str, Query]:
    library = cypher_folder()
    found = _read_folder(library, sorted(library.glob("*/*.cypher")), "")
    origin = dict.fromkeys(found, "the library")
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder}: there is no such folder of queries; correct --library, PACTGRAPH_LIBRARY or the configuration")
        own = _read_folder(folder, sorted({*folder.glob("*.cypher"), *folder.glob("*/*.cypher")}), f"{folder}/")
        for id_ in own:
            if id_ in found:
                raise DataError(f"{folder / id_}.cypher: {origin[id_]} has a query '{id_}' already; rename the file and its id")
        found |= own
        origin |= dict.fromkeys(own, str(folder))
    return found


def _read_folder(folder: Path, files: Iterable[Path], shown: str) -> dict[str, Query]:
    found: dict[str, Query] = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        query = read_file(path, shown + name)
        expected = name.removesuffix(".cypher")
        if query.id != expected:
            raise DataError(f"{shown}{name}: its id is '{query.id}'; file and id must agree")
        if not _ID.fullmatch(expected.removesuffix(PICTURE)):
            raise DataError(f"{shown}{name}: '{expected}' is no id: theme/name or name, in small letters, digits and '-'")
        found[query.id] = query
    for id_, query in found.items():
        base = found.get(id_.removesuffix(PICTURE))
        if not query.is_picture:
            continue
        if base is None:
            raise DataError(f"{shown}{id_}.cypher: it is a picture of no query: {id_.removesuffix(PICTURE)}.cypher is missing")
        if not {(p.name, p.type) for p in query.params} <= {(p.name, p.type) for p in base.params}:
            raise DataError(f"{shown}{id_}.cypher: it takes a parameter that {base.id} does not take")
    return found
