"""Fixtures of the fault tests; the lines of their tallies are printed at the end of a run (see the conftest.py above).

``tally``    counts one kind of fault: ``tally("Neo4j: client killed")``
``clients``  the command in forked processes (``clients.Clients``)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from clients import Clients
from table import Tally

# Fixtures of the other module: an old store, and a load over it.
from test_embedded import scene  # noqa: F401


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Callable[[str], Tally]]:
    """Makes tallies; their lines stand in the run's summary, and in its JUnit file."""
    made: list[Tally] = []

    def make(kind: str) -> Tally:
        made.append(Tally(kind))
        return made[-1]

    yield make
    for each in made:
        record_property("faults", each.line)


@pytest.fixture(scope="session")
def clients() -> Iterator[Clients]:
    with Clients() as found:
        yield found
