"""The Neo4j store, by the official driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import neo4j
from neo4j import exceptions as neo4j_errors

from graph_loader.errors import StoreError, UsageError
from graph_loader.stores import statements
from graph_loader.stores.base import META_ID, Diff, Params, Rows

Auth = tuple[str, str]


class Neo4jReader:
    """Queries in one transaction."""

    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction

    def run(self, text: str, params: Params) -> Rows:
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
        for statement in statements.writes(diff):
            self._transaction.run(statement.text, statement.params).consume()


class Neo4jStore:
    """A Neo4j by URL (``bolt://``, ``neo4j://``, with ``+s`` or ``+ssc``)."""

    def __init__(self, url: str, auth: Auth) -> None:
        self.url = url
        self._auth = auth

    def misread(self, text: str) -> str | None:
        return None

    def exists(self) -> bool:
        return True

    @contextmanager
    def _session(self, access: str) -> Iterator[neo4j.Session]:
        try:
            driver = neo4j.GraphDatabase.driver(
                self.url, auth=self._auth, connection_timeout=10, connection_acquisition_timeout=15, max_transaction_retry_time=5,
                notifications_min_severity="OFF",
            )  # fmt: skip
        except (neo4j_errors.ConfigurationError, ValueError) as error:
            raise UsageError(f"{self.url}: {_first_line(error)}; write --db bolt://HOST:7687 or neo4j+s://HOST") from error
        try:
            with driver, driver.session(default_access_mode=access, fetch_size=5_000) as session:
                yield session
        except neo4j_errors.AuthError as error:
            raise StoreError(f"{self.url}: Neo4j refuses the user or password; set NEO4J_USERNAME and NEO4J_PASSWORD") from error
        except neo4j_errors.ServiceUnavailable as error:
            raise StoreError(f"{self.url}: no Neo4j answers there; start it, or correct host and port in --db") from error
        except neo4j_errors.ConstraintError as error:
            raise StoreError(f"{self.url}: {_first_line(error)}; nothing was changed") from error
        except (neo4j_errors.Neo4jError, neo4j_errors.DriverError) as error:
            raise StoreError(f"{self.url}: Neo4j answers: {_first_line(error)}") from error

    @contextmanager
    def reading(self) -> Iterator[Neo4jReader]:
        with self._session(neo4j.READ_ACCESS) as session, session.begin_transaction() as transaction:
            yield Neo4jReader(transaction)

    @contextmanager
    def writing(self) -> Iterator[Neo4jWriter]:
        with self._session(neo4j.WRITE_ACCESS) as session:
            # Neo4j takes no schema change in a transaction that writes data; empty constraints change no answer.
            for text in statements.neo4j_schema():
                session.run(text).consume()
            session.run("CALL db.awaitIndexes(120)").consume()
            with session.begin_transaction() as transaction:
                # The write lock on this node makes a second load wait for the first.
                transaction.run("MERGE (m:Meta {id: $id}) ON CREATE SET m.fingerprint = '' SET m.id = $id", id=META_ID).consume()
                yield Neo4jWriter(transaction)
                transaction.commit()


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error)
    return str(message).strip().splitlines()[0].rstrip(".")


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
