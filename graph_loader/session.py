"""pactgraph in Python: open a store, ask, and get polars, pandas or networkx.

    import graph_loader
    graph = graph_loader.connect()
    members = graph.query("membership/members", bloc="NATO", as_of=1985)
    members.polars(), members.pandas()
    graph.ties(1985)                            # networkx.MultiGraph

An answer knows its date, its sources and what is in doubt, and shows them in Jupyter.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from graph_loader import dates
from graph_loader.catalogue import Query, catalogue
from graph_loader.errors import UsageError
from graph_loader.schema import DOMAINS, RELATIONSHIP
from graph_loader.stores import open_store
from graph_loader.stores.base import Reader, Store
from graph_loader.wording import in_doubt, offered

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import polars as pl

    from graph_loader.snapshot import Release

Day = str | int | date
"""A date: '1985-06-01', '1985-06' or 1985 (their last day), or a datetime.date."""

_SHOWN_ROWS = 50
_POLARS = {"text": "String", "date": "String", "int": "Int64", "float": "Float64", "bool": "Boolean"}


@dataclass(frozen=True)
class Result:
    """The rows of an answer, with all that a reader must know to quote it.

    Attributes
    ----------
    columns : list of str
    rows : list of list
        One list of values a row. Dates are text in ISO form, which sorts; '9999-12-31' is open, '0001-01-01' unknown.
    types : dict
        Column -> ``text int float bool list map date``, as the query's header declares them; empty for your own Cypher.
    as_of, newest_source : str
    params : dict
        The parameters as they were bound.
    sources : list of dict
        The sources that the rows name: id, title, publisher, version, url, licence, citation, dataset.
    notes : list of str
        What is in doubt.
    denominator : str
        What shares and counts are of; empty when the query states none.
    """

    columns: list[str]
    rows: list[list[Any]]
    types: Mapping[str, str] = field(default_factory=dict)
    as_of: str = ""
    newest_source: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    sources: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    denominator: str = ""
    hidden: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.dicts())

    def dicts(self) -> list[dict[str, Any]]:
        """One dict a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def polars(self) -> pl.DataFrame:
        """As a polars frame, with the types that the query declares, also when there is no row."""
        import polars as pl

        known = {name: getattr(pl, _POLARS[type_]) for name, type_ in self.types.items() if type_ in _POLARS}
        values = {name: [row[place] for row in self.rows] for place, name in enumerate(self.columns)}
        return pl.DataFrame([pl.Series(name, values[name], dtype=known.get(name), strict=False) for name in self.columns])

    def pandas(self) -> pd.DataFrame:
        """As a pandas frame; whole numbers and truth values with gaps stay such (``Int64``, ``boolean``).

        Raises
        ------
        UsageError
            When pandas is not installed; pactgraph does not need it otherwise.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise UsageError("pandas is not installed: pip install pandas, or take .polars()") from error
        frame = pd.DataFrame({name: pd.Series([row[i] for row in self.rows], dtype=object) for i, name in enumerate(self.columns)})
        dtypes = {"int": "Int64", "bool": "boolean", "float": "float64", "text": "string", "date": "string"}
        return frame.astype({name: dtypes[type_] for name, type_ in self.types.items() if type_ in dtypes})

    def networkx(self, source: str, target: str) -> nx.MultiDiGraph[Any]:
        """As a networkx graph: one edge a row, between the values of two columns, with the other columns as its attributes.

        Raises
        ------
        UsageError
            When a column does not exist.
        """
        import networkx as nx

        for name in (source, target):
            if name not in self.columns:
                raise UsageError(f"there is no column '{name}'; there are {', '.join(self.columns)}")
        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(as_of=self.as_of, newest_source=self.newest_source)
        for row in self.dicts():
            if row[source] is not None and row[target] is not None:
                graph.add_edge(row[source], row[target], **{k: v for k, v in row.items() if k not in (source, target)})
        return graph

    def remarks(self) -> list[str]:
        """Date, newest source, denominator, doubts and number of sources, a sentence each."""
        said = [f"As of {self.as_of}; newest source: {self.newest_source}."] if self.as_of else []
        if self.denominator:
            said.append(f"Denominator: {self.denominator}.")
        count = len(self.sources)
        return [*said, *self.notes, *([f"{count} source{'s' * (count != 1)}: .sources describes them."] if count else [])]

    def __repr__(self) -> str:
        return f"{len(self)} row{'s' * (len(self) != 1)} of {', '.join(self.columns)}. {' '.join(self.remarks())}".strip()

    def _repr_html_(self) -> str:
        """A table for Jupyter. All that comes from data is escaped."""
        shown = [(place, name) for place, name in enumerate(self.columns) if name not in self.hidden and not name.endswith("_edtf")]
        head = "".join(f"<th>{html.escape(name)}</th>" for _, name in shown)
        body = "".join("<tr>" + "".join(f"<td>{_cell(row[i])}</td>" for i, _ in shown) + "</tr>" for row in self.rows[:_SHOWN_ROWS])
        said = self.remarks()
        if len(self) > _SHOWN_ROWS:
            said.insert(0, f"{_SHOWN_ROWS} of {len(self)} rows are shown.")
        foot = "".join(f"<p>{html.escape(text)}</p>" for text in said)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (dates.FOREVER, dates.BEGINNING):
        return "open" if value == dates.FOREVER else "unknown"
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return html.escape(f"{value:,.4g}" if isinstance(value, float) else str(value))


class Graph:
    """What a store holds. Each call reads the store anew and leaves it free: a load beside it shows in the next call.

    Parameters
    ----------
    store : Store
    library : sequence of path, optional
        Folders of the user's own queries; by default those of the configuration.
    """

    def __init__(self, store: Store, library: Sequence[Any] | None = None) -> None:
        from pathlib import Path

        from graph_loader import profiles

        self.store = store
        self._library = profiles.query_folders() if library is None else tuple(Path(folder) for folder in library)

    def __repr__(self) -> str:
        return f"pactgraph in {self.store.url}"

    @property
    def release(self) -> Release:
        """The default date of every answer, and the newest source."""
        with self._reading() as (_, held):
            return held

    def queries(self, *words: str) -> Result:
        """The queries of the library and of your own folders; with words only those in which all of them stand."""
        from graph_loader.catalogue import search

        found = search(words, catalogue(self._library))
        rows = [[q.id, q.title, ", ".join(p.name + ("" if p.default is None else "=" + p.default) for p in q.params)] for q in found]
        return Result(["query", "asks", "parameters"], rows, dict.fromkeys(("query", "asks", "parameters"), "text"))

    def query(self, which: str, as_of: Day | None = None, **params: Any) -> Result:
        """Run a query of the library.

        Parameters
        ----------
        which : str
            Its id.
        as_of : Day, optional
            The release of the data when not given.
        **params
            Its parameters; states by id or name.

        Raises
        ------
        UsageError
            When there is no such query, or a parameter is wrong, missing or unknown.
        """
        known = catalogue(self._library)
        if which not in known:
            raise UsageError(f"there is no query '{which}'; {offered(which, known)}")
        from graph_loader.identity import default_identity

        asked = known[which]
        with self._reading() as (reader, held):
            given = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}
            bound = asked.bind(given, _day(as_of) or held.as_of, default_identity())
            require_known(reader, asked, bound)
            return self._answer(reader, held, asked.text, bound, asked)

    def cypher(self, text: str, as_of: Day | None = None, **params: Any) -> Result:
        """Run your own Cypher, which only reads; ``$as_of`` is the date.

        Raises
        ------
        UsageError
            When it writes, needs a parameter that is not given, or has a form that the embedded engine answers wrongly.
        """
        with self._reading() as (reader, held):
            return self._answer(reader, held, text, {"as_of": _day(as_of) or held.as_of} | params, None)

    def ask(self, command: str, *args: object, **options: Any) -> Result:
        """What a command answers: ``ask("exposure", "DEU", good="natural-gas", as_of="2022-06-01")``.

        Parameters
        ----------
        command : str
            ``clusters concentration diff explain exposure hedging obligations scenario show similarity``.
        *args
            Its arguments.
        **options
            Its options, with underscores: ``by_relation=True``, ``good=["gas", "oil"]``; ``from_`` and ``with_`` where Python has the word.

        Raises
        ------
        UsageError
            For another command, and for what the command refuses.
        """
        from graph_loader.cli.python import answer

        found = answer(self.store, command, args, options)
        rows = [[row[c] for c in found.columns] for row in found.rows]
        return Result(found.columns, rows, {}, found.as_of or "", found.newest_source, dict(found.params), found.sources, found.notes,
                      hidden=found.hidden)  # fmt: skip

    def ties(self, as_of: Day | None = None, domains: Collection[str] = DOMAINS) -> nx.MultiGraph[str]:
        """Ties in force at a date, as :func:`graph_loader.snapshot.ties` describes them."""
        from graph_loader import snapshot

        wanted = [domain.upper() for domain in domains]
        for domain in wanted:
            if domain not in DOMAINS:
                raise UsageError(f"there is no domain '{domain.lower()}'; there are {', '.join(d.lower() for d in DOMAINS)}")
        with self._reading() as (reader, held):
            return snapshot.ties(reader, _day(as_of) or held.as_of, wanted)

    def flows(self, good: str | None = None) -> pl.DataFrame:
        """Flows of all periods, one row a supplier and period, as :func:`graph_loader.snapshot.flows` describes them."""
        from graph_loader import snapshot

        with self._reading() as (reader, _):
            return snapshot.flows(reader, good)

    @contextmanager
    def _reading(self) -> Iterator[tuple[Reader, Release]]:
        from graph_loader.snapshot import release

        with self.store.reading() as reader:
            yield reader, release(reader)

    def _answer(self, reader: Reader, held: Release, text: str, bound: Mapping[str, Any], asked: Query | None) -> Result:
        from graph_loader import snapshot
        from graph_loader.stores.base import query

        rows = query(reader, self.store, text, bound)
        day = str(bound.get("as_of", held.as_of))
        named = {s for row in rows.dicts() for s in row.get("sources") or [] if isinstance(s, str)}
        return Result(
            rows.columns, rows.rows, dict(asked.columns) if asked else {}, day, held.newest_source, dict(bound),
            snapshot.sources(reader, named) if named else [], in_doubt(snapshot.censored_by(reader, day, types_in(text)), day),
            asked.denominator if asked else "", asked.hidden if asked else (),
        )  # fmt: skip


def connect(db: str | None = None, *, library: Sequence[Any] | None = None) -> Graph:
    """Open what ``--db`` names: a folder, a bolt:// URL, a profile; when nothing is given what PACTGRAPH_DB names, or your own store.

    Raises
    ------
    UsageError
        When the name, the URL or the configuration is wrong, or a password is missing.
    """
    return Graph(open_store(db or os.environ.get("PACTGRAPH_DB") or None), library)


def types_in(text: str) -> list[str]:
    """The dated relationship types that a query names; none stands for all."""
    return sorted({word for word in re.findall(r"[A-Z_]+", text) if word in RELATIONSHIP and RELATIONSHIP[word].dated})


def require_known(reader: Reader, asked: Query, values: Mapping[str, Any]) -> None:
    """A bloc or good that the store does not know is a slip, not an empty answer.

    Raises
    ------
    UsageError
        That names the nearest.
    """
    for param in asked.params:
        label = {"bloc": "Bloc", "good": "Good"}.get(param.name)
        if label and values[param.name]:
            text = f"MATCH (n:{label}) WHERE n.fingerprint IS NOT NULL RETURN n.id AS id ORDER BY id"
            known = [str(row[0]) for row in reader.run(text, {}).rows]
            if values[param.name] not in known:
                what = f"no {label.lower()} '{values[param.name]}' is loaded"
                raise UsageError(f"-p {param.name}: {what}; {offered(str(values[param.name]), known)}")


def _day(as_of: Day | None) -> str | None:
    if as_of is None:
        return None
    try:
        return dates.as_of(as_of.isoformat() if isinstance(as_of, date) else str(as_of))
    except dates.DateError as error:
        raise UsageError(f"as_of: {str(error).split(';')[0]}; write 1985, '1985-06' or '1985-06-01'") from error
