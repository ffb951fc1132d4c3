"""Reading Cypher text without running it: is it read-only, what does it return, does it hold a form that an engine gets wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph_loader.errors import UsageError

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
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
     "GRANT", "DENY", "REVOKE", "USE", "TERMINATE", "START", "STOP", "ENABLE", "DEALLOCATE", "REALLOCATE")
)  # fmt: skip
ALLOWED_PROCEDURES = frozenset(("db.labels", "db.relationshiptypes", "db.propertykeys"))
_AGGREGATES = frozenset(("collect", "count", "sum", "avg", "min", "max", "stdev", "stdevp"))
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
        if word == "LOAD" and after and after.upper == "CSV":
            raise UsageError("LOAD CSV is refused: queries are read-only; use 'pactgraph load' to read files")
        if word == "CALL" and after and after.text not in ("{", "("):
            _refuse_procedure(found, place)
        if word == "IN" and after and after.upper in ("TRANSACTIONS", "CONCURRENT"):
            raise UsageError("IN TRANSACTIONS is refused: queries are read-only")


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
    items: list[list[Token]] = [[]]
    for token, depth in list(zip(found, depths, strict=True))[places[-1] + 1 :]:
        if depth == 0 and (token.upper in ("ORDER", "SKIP", "LIMIT", "UNION") or token.text == ";"):
            break
        if depth == 0 and token.text == ",":
            items.append([])
        elif not (token.upper == "DISTINCT" and items == [[]]):
            items[-1].append(token)
    names = []
    for item in items:
        if not item or item[0].text == "*":
            return []
        named = [i for i, t in enumerate(item) if t.upper == "AS"]
        names.append(item[-1].text.strip("`") if named else text[item[0].start : item[-1].end])
    return names


def parameters(text: str) -> set[str]:
    """Names of the parameters that the text uses."""
    return {t.text[1:].strip("`") for t in tokens(text) if t.kind == "param"}


def misread_form(text: str) -> str | None:
    """What in the text the embedded engine answers wrongly without an error, with the remedy; None when there is nothing.

    Known forms (measured): a relationship variable read inside an inline map of a pattern gives no rows; an aggregate under
    IS NULL or IS NOT NULL is false.
    """
    found = tokens(text)
    relationships = {
        t.text
        for i, t in enumerate(found)
        if t.kind in ("word", "quoted") and i >= 2 and found[i - 1].text == "[" and found[i - 2].text == "-"
    }
    stack: list[int] = []
    for place, token in enumerate(found):
        if token.kind == "symbol" and token.text in _OPEN:
            stack.append(place)
        elif token.kind == "symbol" and token.text in _CLOSE and stack:
            opened = stack.pop()
            message = _misread_aggregate(found, opened, place)
            if message:
                return message
        elif token.text in relationships and _in_pattern_map(found, stack) and found[place - 1].text != ".":
            after = found[place + 1].text if place + 1 < len(found) else ""
            if after == ".":
                return (
                    f"the relationship variable '{token.text}' is read inside an inline map, which the embedded engine answers"
                    f" with no rows; write it as a condition instead, as in WHERE c.fact = {token.text}.id"
                )
    return None


def _in_pattern_map(found: Sequence[Token], stack: Sequence[int]) -> bool:
    """Whether the innermost brace is the property map of a node or relationship pattern."""
    braces = [p for p in stack if found[p].text == "{"]
    if not braces:
        return False
    enclosing = [p for p in stack if p < braces[-1] and found[p].text in "(["]
    if not enclosing:
        return False
    opener = enclosing[-1]
    if found[opener].text == "[":
        return opener > 0 and found[opener - 1].text == "-"
    # A word before the bracket makes it a function call, unless the word is a clause.
    before = found[opener - 1] if opener else None
    clause = before is not None and before.upper in ("MATCH", "WHERE", "AND", "OR", "NOT", "EXISTS", "XOR", "RETURN")
    inside = found[opener + 1 : braces[-1]]
    simple = all(t.kind in ("word", "quoted") or t.text in (":", "|", "&", "!") for t in inside)
    return simple and (before is None or before.kind not in ("word", "quoted") or clause)


def _misread_aggregate(found: Sequence[Token], opened: int, closed: int) -> str | None:
    name = found[opened - 1] if opened else None
    after = [t.upper for t in found[closed + 1 : closed + 4]]
    if name is None or name.text.lower() not in _AGGREGATES or found[opened].text != "(":
        return None
    if after[:2] == ["IS", "NULL"] or after == ["IS", "NOT", "NULL"]:
        return (
            f"{name.text}(…) under {' '.join(after[:3] if 'NOT' in after else after[:2])} is false in the embedded engine; bind it"
            f" first, as in WITH {name.text}(…) AS value … value IS NOT NULL"
        )
    return None
