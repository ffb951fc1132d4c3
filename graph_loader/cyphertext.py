"""Reading Cypher text without running it: is it read-only, what does it return, does it hold a form that an engine gets wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph_loader.errors import UsageError

_TOKEN = re.compile(
    r"""(?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))
      | (?P<string>'(?:[^'\\]|\\.)*(?:'|\Z)|"(?:[^"\\]|\\.)*(?:"|\Z))
      | (?P<quoted>`(?:[^`]|``)*(?:`|\Z))
      | (?P<param>\$(?:\w+|`(?:[^`]|``)*`))
      | (?P<word>[^\W\d]\w*)
      | (?P<number>\d\w*(?:\.\d+)?)
      | (?P<symbol>\S)""",
    re.VERBOSE | re.DOTALL,
)
_WRITES = frozenset(
    ("CREATE", "MERGE", "DELETE", "DETACH", "NODETACH", "SET", "REMOVE", "FOREACH", "INSERT", "DROP", "ALTER", "RENAME",
     "GRANT", "DENY", "REVOKE", "USE", "TERMINATE")
)  # fmt: skip
_ADMINISTRATION = frozenset(("START", "STOP", "ENABLE", "DEALLOCATE", "REALLOCATE"))  # of a database or server; else a common name
ALLOWED_PROCEDURES = frozenset(("db.labels", "db.relationshiptypes", "db.propertykeys"))
_AGGREGATES = frozenset(("collect", "count", "sum", "avg", "min", "max", "stdev", "stdevp", "percentilecont", "percentiledisc"))
_SUBQUERIES = frozenset(("EXISTS", "COUNT", "COLLECT"))
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def tokens(text: str) -> list[Token]:
    """Tokens of a Cypher text without its comments."""
    # Neo4j translates \uXXXX escapes before it parses, so they could hide a keyword or end a comment or string.
    if re.search(r"\\u[0-9a-fA-F]{4}", text):
        raise UsageError("the query holds a \\uXXXX escape, which could hide a clause; write the character itself or a parameter")
    return [
        Token(str(m.lastgroup), m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text) if m.lastgroup != "comment"
    ]


def refuse_writes(text: str) -> None:
    """Raise a UsageError unless the text is one read-only query.

    Refused: clauses that write, LOAD CSV, USE, administration, CALL of a procedure outside a short list, CALL … IN TRANSACTIONS,
    more than one statement.
    """
    found = tokens(text)
    if not found:
        raise UsageError("the query is empty")
    for place, token in enumerate(found):
        before = found[place - 1].text if place else ""
        after = found[place + 1] if place + 1 < len(found) else None
        if token.text == ";" and after is not None:
            raise UsageError("more than one statement; give one query at a time")
        if token.kind != "word" or before in (".", ":", "$", "&", "|", "!") or (after and after.text == ":" and before in "{,"):
            continue
        word = token.upper
        if word in _WRITES:
            raise UsageError(f"{word} is refused: queries are read-only; use 'pactgraph load' to change data (a name: put it in backticks)")
        if word in _ADMINISTRATION and after and after.upper.startswith(("DATABASE", "SERVER")):
            raise UsageError(f"{word} {after.upper} is refused: queries are read-only")
        if word == "LOAD" and after and after.upper == "CSV":
            raise UsageError("LOAD CSV is refused: queries are read-only; use 'pactgraph load' to read files")
        if word == "CALL" and after and after.text not in ("{", "("):
            _refuse_procedure(found, place)
        if word == "IN" and _in_transactions(found[place + 1 : place + 4]):
            raise UsageError("IN TRANSACTIONS is refused: queries are read-only")


def _in_transactions(after: Sequence[Token]) -> bool:
    """Whether ``IN`` goes on as ``[[n] CONCURRENT] TRANSACTIONS``; a list can have that name, too: ``1 IN transactions AS x``."""
    words = [t.upper for t in after]
    return words[:1] == ["CONCURRENT"] or words[1:2] == ["CONCURRENT"] or (
        words[:1] == ["TRANSACTIONS"] and words[1:2] not in (["AS"], ["AND"], ["OR"], ["THEN"])
    )


def _refuse_procedure(found: Sequence[Token], place: int) -> None:
    name = ""
    for token in found[place + 1 :]:
        if token.kind in ("word", "quoted") or token.text == ".":
            name += token.text.strip("`")
        else:
            break
    if name.lower() not in ALLOWED_PROCEDURES:
        raise UsageError(f"CALL {name} is refused; allowed: {', '.join(sorted(ALLOWED_PROCEDURES))} and CALL {{ subqueries }}")


def _depths(found: Sequence[Token]) -> list[int]:
    depths, depth = [], 0
    for token in found:
        if token.text in _CLOSE and token.kind == "symbol":
            depth -= 1
        depths.append(depth)
        if token.text in _OPEN and token.kind == "symbol":
            depth += 1
    return depths


def returned_columns(text: str) -> list[str]:
    """Names of the columns of the query's RETURN, in order; empty when they cannot be told (``RETURN *``)."""
    found = tokens(text)
    depths = _depths(found)
    places = [i for i, t in enumerate(found) if t.upper == "RETURN" and depths[i] == 0]
    if not places:
        return []
    items: list[list[tuple[Token, int]]] = [[]]
    for place in range(places[-1] + 1, len(found)):
        token, depth = found[place], depths[place]
        # A property or a column may have the name of a clause: c.order AS limit.
        named = found[place - 1].text == "." or found[place - 1].upper == "AS"
        if depth == 0 and ((token.upper in ("ORDER", "SKIP", "LIMIT", "UNION") and not named) or token.text == ";"):
            break
        if depth == 0 and token.text == ",":
            items.append([])
        elif not (token.upper == "DISTINCT" and items == [[]]):
            items[-1].append((token, depth))
    names = []
    for item in items:
        if not item or item[0][0].text == "*":
            return []
        first, last = item[0][0], item[-1][0]
        if any(token.upper == "AS" and depth == 0 for token, depth in item):
            names.append(last.text.strip("`"))
        elif len(item) > 2 and first.kind == "word" and item[1][0].text == "{" and last.text == "}" and first.upper not in _SUBQUERIES:
            names.append(first.text)  # a map projection has the name of its variable
        else:
            names.append(text[first.start : last.end])
    return names


def parameters(text: str) -> set[str]:
    """Names of the parameters that the text uses."""
    return {t.text[1:].strip("`") for t in tokens(text) if t.kind == "param"}


def misread_form(text: str) -> str | None:
    """What in the text the embedded engine answers wrongly without an error, with the remedy; None when there is nothing."""
    from graph_loader import misreads, tokenforms  # they read with the tokens of this module

    return tokenforms.token_form(text) or misreads.misread_form(text)
