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
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graph_loader import cyphertext, dates
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import Identity
from graph_loader.resources import cypher_folder

PARAM_TYPES = ("date", "state", "id", "text", "int", "float", "bool")
COLUMN_TYPES = ("text", "int", "float", "bool", "list", "map", "date")
_FIELD = re.compile(r"//\s*(id|params|columns|hidden|denominator|example)\s*:\s*(.*)")
_PARAM = re.compile(r"(\w+)\s*(?:=\s*([^\s()]*))?\s*\((\w+)(?:,\s*([^)]*))?\)")
_COLUMN = re.compile(r"(\w+)\s*(?:\((\w+)\))?")


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
    for column, type_ in query.columns:
        if type_ not in COLUMN_TYPES:
            raise DataError(f"{name}: column {column} has type '{type_}'; there are {', '.join(COLUMN_TYPES)}")
    returned, declared = cyphertext.returned_columns(query.text), [column for column, _ in query.columns]
    if returned != declared:
        raise DataError(f"{name}: RETURN gives {', '.join(returned)} but the header's columns are {', '.join(declared)}")
    used, known = cyphertext.parameters(query.text), {p.name for p in query.params}
    if used != known:
        wrong = ", ".join(sorted(used ^ known))
        raise DataError(f"{name}: parameters differ between header and text: {wrong}")
    try:
        cyphertext.refuse_writes(query.text)
    except UsageError as error:
        raise DataError(f"{name}: {error}") from error
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


@cache
def catalogue() -> dict[str, Query]:
    """All queries of the library by id, sorted."""
    folder = cypher_folder()
    found = {}
    for path in sorted(folder.glob("*/*.cypher")):
        query = read_file(path, path.relative_to(folder).as_posix())
        expected = path.relative_to(folder).with_suffix("").as_posix()
        if query.id != expected:
            raise DataError(f"{expected}.cypher: its id is '{query.id}'; file and id must agree")
        found[query.id] = query
    return found
