"""The one error that the local Neo4j server raises to its user."""

from __future__ import annotations

from graph_loader.errors import PactgraphError


class ServerError(PactgraphError):
    """The local server cannot be fetched, started or stopped; the message names the remedy (exit code 1)."""
