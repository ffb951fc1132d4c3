"""The Neo4j store, by the official driver.

The database may hold data that are not pactgraph's. What a load writes bears a ``fingerprint``; nothing else is changed, removed or
answered from. Where an answer would mix both, for both have a label or relationship type in common, it is refused.

Neo4j isolates by "read committed": a reader can see the first half of a commit that is being applied. So a load announces its commit
by a node in a transaction of its own, and removes it after; whoever reads looks at the start and at the end for that node, then for
the number of loads, and is told when a commit lay between.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

import neo4j
from neo4j import exceptions as neo4j_errors

from graph_loader import cyphertext
from graph_loader.errors import StoreError, UsageError
from graph_loader.schema import NODE, NODES, RELATIONSHIP, RELATIONSHIPS
from graph_loader.stores import diagnosis, statements
from graph_loader.stores.base import META_ID, Diff, Params, Rows

Auth = tuple[str, str]

OLDEST: Final = (5, 23)
"""The first version with all the Cypher of the library (CALL with a scope clause came with it)."""

# The driver's warnings would stand in the middle of a user's output; what matters of them is in the errors.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

_OWN_DATABASE: Final = "give pactgraph a database of its own (another server, or NEO4J_DATABASE)"
_ALL_TYPES: Final = (*(n.label for n in NODES), *(r.type for r in RELATIONSHIPS))


class Server(NamedTuple):
    """A Neo4j that was reached: its version (``5.26.30``), edition, and pactgraph's constraints of how many."""

    version: str
    edition: str
    constraints: int
    constraints_wanted: int


class Neo4jReader:
    """Queries in one transaction."""

    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction
        self._ours: set[str] = set()  # labels and types of which this transaction has seen that all is ours

    def run(self, text: str, params: Params) -> Rows:
        self._refuse_mixture(text)
        return self._run(text, params)

    def plan(self, text: str, params: Params) -> str:
        try:
            found = self._transaction.run(f"EXPLAIN {text}", dict(params)).consume().plan
        except neo4j_errors.AuthError:
            raise
        except neo4j_errors.ClientError as error:
            raise UsageError(f"the query failed: {_first_line(error)}") from error
        return "\n".join(_steps(found)) if found else "the server tells no plan of this query"

    def _refuse_mixture(self, text: str) -> None:
        """Refuse a query of labels and types under which the database holds data that are not ours."""
        if re.search(r"\.fingerprint\s+IS\s+NOT\s+NULL", text, re.IGNORECASE):
            return  # it tells ours apart itself
        asked = [name for name in _types_read(text) if name not in self._ours]
        foreign = {name: count for name, count in _foreign(self._transaction, asked).items() if count}
        if foreign:
            counts = ", ".join(f"{name}: {count}" for name, count in foreign.items())
            raise StoreError(
                f"the database holds data that pactgraph did not write, under labels or types that the query reads ({counts});"
                f" an answer would mix them: {_OWN_DATABASE}, or keep to pactgraph's by WHERE x.fingerprint IS NOT NULL for each"
            )
        self._ours.update(asked)

    def _run(self, text: str, params: Params) -> Rows:
        try:
            result = self._transaction.run(text, dict(params))
            columns = list(result.keys())
            return Rows(columns, [[_plain(value) for value in record.values()] for record in result])
        except neo4j_errors.AuthError:
            raise
        except neo4j_errors.ClientError as error:
            raise UsageError(f"the query failed: {_first_line(error)}") from error


class Neo4jWriter(Neo4jReader):
    """One load's transaction."""

    def apply(self, diff: Diff) -> None:
        self._refuse_removal_below_foreign(diff)
        for statement in map(statements.sharing, statements.writes(diff)):
            self._transaction.run(statement.text, statement.params).consume()

    def _refuse_mixture(self, text: str) -> None:
        """A load reads only what bears a fingerprint."""

    def _refuse_removal_below_foreign(self, diff: Diff) -> None:
        """A node of ours cannot go while a relationship that is not ours hangs on it."""
        for label in sorted({type_ for type_, _ in diff.removed if type_ in NODE}):
            ids = [id_ for type_, id_ in diff.removed if type_ == label]
            text = (
                f"MATCH (n:{label})-[r]-() WHERE n.id IN $ids AND r.fingerprint IS NULL"
                " RETURN n.id AS id, type(r) AS type ORDER BY id, type LIMIT 1"
            )
            for id_, type_ in self._run(text, {"ids": ids}).rows:
                raise StoreError(
                    f"{label} '{id_}' would be removed, but a relationship {type_} that pactgraph did not write hangs on it;"
                    " nothing was changed: remove that relationship first"
                )


class Neo4jStore:
    """A Neo4j by URL.

    Parameters
    ----------
    url : str
        ``bolt://`` or ``neo4j://``, with ``+s`` or ``+ssc`` for TLS.
    auth : tuple of str
        User and password.
    database : str, optional
        Name of the database; the user's home database when not given.
    """

    def __init__(self, url: str, auth: Auth, database: str | None = None) -> None:
        self.url = url
        self._auth = auth
        self._database = database

    def misread(self, text: str) -> str | None:
        return None

    def exists(self) -> bool:
        return True

    @contextmanager
    def _session(self, access: str) -> Iterator[neo4j.Session]:
        with self._connected() as driver, self._opened(driver, access) as session:
            yield session

    def _opened(self, driver: neo4j.Driver, access: str) -> neo4j.Session:
        return driver.session(default_access_mode=access, fetch_size=5_000, database=self._database)

    @contextmanager
    def _connected(self) -> Iterator[neo4j.Driver]:
        try:
            diagnosis.address(self.url)
            driver = neo4j.GraphDatabase.driver(
                self.url, auth=self._auth, connection_timeout=10, connection_acquisition_timeout=15, max_transaction_retry_time=5,
                notifications_min_severity="OFF",
            )  # fmt: skip
        except (neo4j_errors.ConfigurationError, ValueError) as error:
            raise UsageError(f"{self.url}: {_first_line(error)}; write --db bolt://HOST:7687 or neo4j+s://HOST") from error
        try:
            with driver:
                self._refuse_old(driver)
                yield driver
        except (neo4j_errors.Neo4jError, neo4j_errors.DriverError) as error:
            raise StoreError(f"{self.url}: {self._said(error)}") from error

    def _refuse_old(self, driver: neo4j.Driver) -> None:
        version = version_of(driver.get_server_info().agent)
        if version and version < OLDEST:
            raise StoreError(f"{self.url}: {_too_old(f'{version[0]}.{version[1]}')}")

    def _too_old_for_options(self) -> str:
        """Servers before 5.7 know no filter of notifications; without that option they tell their version."""
        try:
            with neo4j.GraphDatabase.driver(self.url, auth=self._auth, connection_timeout=10, connection_acquisition_timeout=15) as driver:
                version = version_of(driver.get_server_info().agent)
        except (neo4j_errors.Neo4jError, neo4j_errors.DriverError):
            version = None
        return _too_old(f"{version[0]}.{version[1]}" if version else "before 5.7")

    def _said(self, error: neo4j_errors.Neo4jError | neo4j_errors.DriverError) -> str:
        """What is wrong and the remedy: user, password, database, host, port, TLS."""
        code = str(getattr(error, "code", None) or "").rpartition(".")[2]
        if isinstance(error, neo4j_errors.IncompleteCommit):
            return f"the connection broke {_COMMITTING}; should Neo4j have run out of memory, {_MORE_MEMORY}"
        if code == "MemoryPoolOutOfMemoryError":
            return f"the load is more than one transaction may hold there, nothing was changed: {_MORE_MEMORY}"
        if isinstance(error, _NOT_REACHED):
            return diagnosis.unreachable(self.url)
        if isinstance(error, neo4j_errors.ConfigurationError) and "otification" in str(error):
            return self._too_old_for_options()
        if isinstance(error, neo4j_errors.DriverError):
            return f"the driver says: {str(error).strip().splitlines()[0]}"
        if code == "AuthenticationRateLimit":
            return "Neo4j lets nobody in for some seconds after several wrong passwords: wait, then try again with the right NEO4J_PASSWORD"
        if code == "CredentialsExpired":
            return f"the password of {self._auth[0]} must be changed first: log in once with Neo4j Browser or cypher-shell"
        if isinstance(error, neo4j_errors.AuthError):
            return f"Neo4j refuses the user '{self._auth[0]}' or the password: correct NEO4J_USERNAME and NEO4J_PASSWORD, or the profile"
        if code == "DatabaseNotFound":
            return f"the server has no database '{self._database}': correct NEO4J_DATABASE or the profile's database"
        if code == "Forbidden":
            return f"the user '{self._auth[0]}' may not do that ({_first_line(error)}): ask the server's administrator for the right"
        if isinstance(error, neo4j_errors.ConstraintError) or code in _SCHEMA_ERRORS:
            return f"{_first_line(error)}; no data were changed. Data that are not pactgraph's stand in the way: {_OWN_DATABASE}"
        return f"Neo4j answers: {_first_line(error)}"

    def server(self) -> Server:
        """Ask the server what it is.

        Raises
        ------
        StoreError, UsageError
            When it cannot be reached or refuses the user.
        """
        with self._session(neo4j.READ_ACCESS) as session:
            record = session.run(
                "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version, edition"
            ).single(strict=True)
            names = [r["name"] for r in session.run("SHOW CONSTRAINTS YIELD name WHERE name STARTS WITH 'pactgraph_' RETURN name")]
        wanted = sum("CREATE CONSTRAINT" in text for text in statements.neo4j_schema())
        return Server(str(record["version"]), str(record["edition"]), len(names), wanted)

    def foreign(self) -> dict[str, int]:
        """Count, for each label and type of ours that has any, the nodes or relationships that are not ours.

        Raises
        ------
        StoreError, UsageError
            When the server cannot be reached or refuses the user.
        """
        with self._session(neo4j.READ_ACCESS) as session, session.begin_transaction() as transaction:
            return {name: count for name, count in _foreign(transaction, _ALL_TYPES).items() if count}

    @contextmanager
    def reading(self) -> Iterator[Neo4jReader]:
        with self._session(neo4j.READ_ACCESS) as session, session.begin_transaction() as transaction:
            before = self._settled(transaction)
            yield Neo4jReader(transaction)
            with suppress(neo4j_errors.TransactionError):  # a query failed, and the transaction takes no other
                if _committing(transaction) or _loads(transaction) != before:
                    raise StoreError(f"{self.url}: a load ended while the data were read, the answer would mix old and new; run it again")

    def _settled(self, transaction: neo4j.Transaction) -> int:
        """Wait until no load is being committed; how many there were."""
        until = time.monotonic() + _SETTLE_S
        while True:
            loads = _loads(transaction)
            if not _committing(transaction):
                return loads
            if time.monotonic() > until:
                raise StoreError(
                    f"{self.url}: a load is being committed, or broke off while it was; run it again in a moment. If a load broke off, run"
                    " that load again"
                )
            time.sleep(0.1)

    @contextmanager
    def writing(self) -> Iterator[Neo4jWriter]:
        with self._connected() as driver, self._opened(driver, neo4j.WRITE_ACCESS) as session:
            # Neo4j takes no schema change in a transaction that writes data; empty constraints change no answer.
            for text in statements.neo4j_schema():
                session.run(text).consume()
            session.run("CALL db.awaitIndexes(120)").consume()
            with self._undone(), session.begin_transaction() as transaction:
                # The write lock on this node makes a second load wait for the first.
                locked = transaction.run("MERGE (m:Meta {id: $id}) ON CREATE SET m.fingerprint = '' SET m.id = $id", id=META_ID).consume()
                if locked.counters.nodes_created:
                    _refuse_unknown_fingerprints(transaction)
                yield Neo4jWriter(transaction)
                with self._announced(driver):
                    transaction.commit()

    @contextmanager
    def _announced(self, driver: neo4j.Driver) -> Iterator[None]:
        """Tell readers of the commit in the block. Only the holder of the lock comes here: the announcements of others are of the dead."""
        with self._opened(driver, neo4j.WRITE_ACCESS) as session:
            mine = secrets.token_hex(8)
            session.run("OPTIONAL MATCH (c:PactgraphCommit) DELETE c").consume()
            session.run("CREATE (:PactgraphCommit {load: $mine, at: timestamp()})", mine=mine).consume()
            try:
                yield
            except KeyboardInterrupt as interrupt:
                raise StoreError(f"{self.url}: stopped {_COMMITTING}") from interrupt
            except neo4j_errors.Neo4jError:  # the server refused the commit; of one that broke nobody knows whether it goes on
                self._withdraw(session, mine)
                raise
            self._withdraw(session, mine)

    def _withdraw(self, session: neo4j.Session, announcement: str) -> None:
        with suppress(*_NOT_REACHED):  # the commit is decided all the same, and the announcement goes out of date
            session.run("MATCH (c:PactgraphCommit {load: $mine}) DELETE c", mine=announcement).consume()

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Say of a connection that breaks in the load's transaction that the server undoes it."""
        try:
            yield
        except neo4j_errors.IncompleteCommit:
            raise
        except _NOT_REACHED as error:
            now = diagnosis.unreachable(self.url)
            raise StoreError(f"{self.url}: the connection broke and nothing was changed; run the same load again. Now: {now}") from error


_SETTLE_S: Final = 10.0
_ANNOUNCED_MS: Final = 300_000
_COMMITTING: Final = "while the load was being committed: it is stored whole or not at all; run the same load again"
_MORE_MEMORY: Final = (
    "give it a larger heap ('pactgraph neo4j start --heap 4g'; on a server of yours server.memory.heap.max_size and"
    " dbms.memory.transaction.total.max), or load into the embedded store and import 'pactgraph export neo4j-admin'"
)
_NOT_REACHED: Final = (neo4j_errors.ServiceUnavailable, neo4j_errors.SessionExpired, neo4j_errors.ConnectionPoolError,
                       neo4j_errors.UnsupportedServerProduct)  # fmt: skip
_SCHEMA_ERRORS: Final = ("ConstraintCreationFailed", "ConstraintValidationFailed", "IndexAlreadyExists", "ConstraintAlreadyExists",
                         "IndexWithNameAlreadyExists", "ConstraintWithNameAlreadyExists")  # fmt: skip


def version_of(agent: str) -> tuple[int, int] | None:
    """Major and minor version in a server's name for itself (``Neo4j/5.26.30``); None when it says none."""
    found = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
    return (int(found[1]), int(found[2])) if found else None


def _types_read(text: str) -> list[str]:
    """Our labels and relationship types that a query names; all where it has a relationship without type, or a node alone without label."""
    found = cyphertext.tokens(text)
    words = {token.text.strip("`") for token in found if token.kind in ("word", "quoted")}
    plain = "".join(token.text if token.kind in ("word", "symbol") else "x" for token in found)
    if re.search(r"-\[\w*[\]{*]|-\[\w*WHERE|--|(MATCH|[,={])\((\w*\)(?![-<])|\w*[{]|\w*WHERE)", plain, re.IGNORECASE):
        return list(_ALL_TYPES)
    return [name for name in _ALL_TYPES if name in words]


def _loads(transaction: neo4j.Transaction) -> int:
    """How many loads the database has seen."""
    text = "MATCH (r:Run) WHERE r.fingerprint IS NOT NULL RETURN count(r) AS n"
    return int(transaction.run(text).single(strict=True)["n"])


def _committing(transaction: neo4j.Transaction) -> bool:
    """Whether a load has announced its commit; one that died in it is forgotten after some minutes, far more than a commit takes."""
    text = "MATCH (c:PactgraphCommit) WHERE timestamp() - c.at < $age RETURN count(c) AS n"
    return int(transaction.run(text, age=_ANNOUNCED_MS).single(strict=True)["n"]) > 0


def _pattern(type_: str) -> str:
    return f"(f:{type_})" if type_ in NODE else f"()-[f:{type_}]->()"


def _foreign(transaction: neo4j.Transaction, types: Sequence[str]) -> dict[str, int]:
    """How many nodes or relationships of each label or type are not ours."""
    if not types:
        return {}
    parts = [f"MATCH {_pattern(name)} WHERE f.fingerprint IS NULL RETURN '{name}' AS name, count(f) AS n" for name in types]
    return {str(record["name"]): int(record["n"]) for record in transaction.run(" UNION ALL ".join(parts))}


def _refuse_unknown_fingerprints(transaction: neo4j.Transaction) -> None:
    """Before the first load nothing can be ours: what bears a fingerprint would be taken for ours, and removed."""
    parts = [
        f"MATCH {_pattern(name)} WHERE f.fingerprint IS NOT NULL{' AND f.id <> $meta' if name == 'Meta' else ''} RETURN '{name}' AS name"
        for name in _ALL_TYPES if name in NODE or name in RELATIONSHIP
    ]  # fmt: skip
    record = transaction.run(" UNION ".join(parts), meta=META_ID).peek()
    if record is not None:
        raise StoreError(
            f"the database holds data of {record['name']} with a property 'fingerprint' that pactgraph did not write, and could not tell"
            f" from its own; nothing was changed: {_OWN_DATABASE}"
        )


def _too_old(version: str) -> str:
    return (
        f"the server is Neo4j {version}, pactgraph needs {OLDEST[0]}.{OLDEST[1]} or later (5.26 is the long-term one): update it, or run"
        " 'pactgraph neo4j start' for one of your own"
    )


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error)
    return str(message).strip().splitlines()[0].rstrip(".")


def _steps(plan: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The operators of a plan, the last first, each with what it works on and the rows that the planner expects."""
    told = plan["args"]
    name = str(plan["operatorType"]).partition("@")[0]
    details = " ".join(str(told.get("Details", "")).split())
    expected = f"  (about {told['EstimatedRows']:.0f} rows)" if "EstimatedRows" in told else ""
    yield f"{'  ' * depth}+ {name}{'  ' if details else ''}{details}{expected}"
    for child in plan.get("children", []):
        yield from _steps(child, depth + 1)


def _plain(value: Any) -> Any:
    """Nodes and relationships as maps of their properties, paths as lists of nodes and relationships, temporal values as text."""
    if isinstance(value, (neo4j.graph.Node, neo4j.graph.Relationship)):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, neo4j.graph.Path):
        nodes, ties = list(value.nodes), list(value.relationships)
        return [_plain(part) for pair in zip(nodes, [*ties, None], strict=True) for part in pair if part is not None]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (neo4j.time.Date, neo4j.time.DateTime, neo4j.time.Time)):
        return value.iso_format()
    return value
