"""The forty questions that the bundled data answer: what is asked, and the commands that answer. The documentation prints the same."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from graph_loader.resources import cypher_folder


@dataclass(frozen=True)
class Ask:
    """One command of a question.

    Attributes
    ----------
    shell : str
        As the documentation prints it, pipes included.
    command : str
        ``pactgraph …`` before its pipes; empty where ``cypher`` is asked.
    cypher : str
        A query that the command reads from a pipe.
    rows : str
        A regular expression on a row as CSV: only such rows answer. Empty for all.
    count : tuple of str
        Columns of which rows alike are counted; empty for the rows themselves.
    """

    shell: str
    command: str
    cypher: str
    rows: str
    count: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question: its number, theme and title, what the documentation says of the answer, and its commands."""

    n: int
    theme: str
    title: str
    about: str
    asks: tuple[Ask, ...]


@cache
def questions() -> dict[int, Question]:
    """The questions by number."""
    rows = tomllib.loads((cypher_folder() / "questions.toml").read_text(encoding="utf-8"))["question"]
    return {
        row["n"]: Question(row["n"], row["theme"], row["title"], row.get("about", ""), tuple(_ask(ask) for ask in row["ask"]))
        for row in rows
    }


def _ask(row: dict[str, object]) -> Ask:
    shell, cypher = str(row["shell"]), str(row.get("cypher", ""))
    count = row.get("count", ())
    command = "" if cypher else shell.split(" | ")[0]
    return Ask(shell, command, cypher, str(row.get("rows", "")), tuple(map(str, count)) if isinstance(count, list) else ())
