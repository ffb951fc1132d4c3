"""Forms of Cypher that the embedded engine answers wrongly without an error and that can be told from the tokens alone.

Each was measured against Neo4j 5.26; tests/queries/test_engines.py holds every one, with its remedy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from graph_loader.cyphertext import Token, tokens

_OPEN, _CLOSE = "([{", ")]}"
_AGGREGATES = frozenset(("collect", "count", "sum", "avg", "min", "max", "stdev", "stdevp", "percentilecont", "percentiledisc"))
_PREDICATES = frozenset(("any", "all", "none", "single", "reduce"))
_SUBQUERIES = frozenset(("EXISTS", "COUNT", "COLLECT", "CALL"))
_TESTS = frozenset(("IS", "IN", "NOT", "AND", "OR", "XOR", "STARTS", "ENDS", "CONTAINS"))
_BEFORE_PATTERN = frozenset(
    ("MATCH", "WHERE", "AND", "OR", "XOR", "NOT", "EXISTS", "RETURN", "WITH", "CASE", "WHEN", "THEN", "ELSE", "IN", "SHORTEST", "DISTINCT",
     "BY", "IS", "UNWIND")
)  # fmt: skip
_ENDS_OF_EXPRESSION = frozenset(
    ("AS", "WHEN", "THEN", "ELSE", "CASE", "END", "WHERE", "RETURN", "DISTINCT", "ORDER", "BY", "ASC", "DESC", "ASCENDING", "DESCENDING",
     "SKIP", "OFFSET", "LIMIT", "UNION", "MATCH", "OPTIONAL", "UNWIND", "CALL", "YIELD")
)  # fmt: skip
_CLAUSES = frozenset(
    ("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL", "ORDER", "SKIP", "OFFSET", "LIMIT", "WHERE", "UNION", "YIELD")
)


def token_form(text: str) -> str | None:
    """What in the text the embedded engine answers wrongly without an error, with the remedy; None when there is nothing.

    - A relationship variable read inside the property map of a pattern: no rows.
    - One read in the ORDER BY of a WITH that does not pass it on: another order.
    - MATCH, UNWIND and again a MATCH that reads what was unwound: no rows.
    - An aggregate under a logical operator or a test (IS NULL, IN, NOT, AND, STARTS WITH …): null or false, and no grouping.
    - A property of an aggregate's value, ``collect(x)[0].id``: null.
    - A map projection inside a map, ``{a: 1, b: n {.id}}``: the projection alone.

    Sound queries of the same form are refused as well: the remedy is always a small change.
    """
    found = tokens(text)
    brackets = _brackets(found)
    relationships = _relationship_variables(found)
    places = range(len(found))
    for place in places:
        if _name(found[place]) in relationships and _is_read(found, place) and _in_pattern_map(found, brackets, place):
            name = found[place].text
            return (
                f"the relationship variable '{name}' is read inside an inline map, which the embedded engine answers"
                f" with no rows; write it as a condition instead, as in WHERE c.fact = {name}.id"
            )
    for place in places:
        message = _aggregate(found, brackets, place) if found[place].text.lower() in _AGGREGATES else None
        if message:
            return message
    if any(_is_projection(found, brackets, place) and _inside_map(found, brackets, place) for place in places):
        return (
            "a map projection stands inside a map, of which the embedded engine answers only the projection; bind it first, as in"
            " WITH n {.id} AS part RETURN {part: part}"
        )
    for clauses in _clauses(found, brackets):
        message = _order(found, clauses, relationships) or _unwind(found, clauses)
        if message:
            return message
    return None


# -- names and brackets ---------------------------------------------------------------------------------------------------


def _name(token: Token) -> str:
    return token.text.strip("`") if token.kind in ("word", "quoted") else ""


def _is_read(found: Sequence[Token], place: int) -> bool:
    """Whether the name at that place is a variable, neither a property nor a map's key."""
    before = found[place - 1].text if place else ""
    after = found[place + 1].text if place + 1 < len(found) else ""
    return before != "." and not (after == ":" and before in ("{", ","))


def _relationship_variables(found: Sequence[Token]) -> frozenset[str]:
    names = set()
    for place in range(2, len(found)):
        if found[place - 1].text == "[" and found[place - 2].text == "-" and _name(found[place]):
            inside = [t.text for t in found[place : place + 40]]
            if "*" not in inside[: inside.index("]") if "]" in inside else None]:  # a list of relationships is read rightly
                names.add(_name(found[place]))
    return frozenset(names)


@dataclass(frozen=True)
class _Brackets:
    """Where brackets open and close: ``partner`` of each bracket, and ``around``, the opening bracket around each token (-1: none)."""

    partner: Mapping[int, int]
    around: Sequence[int]


def _brackets(found: Sequence[Token]) -> _Brackets:
    partner: dict[int, int] = {}
    around: list[int] = []
    stack = [-1]
    for place, token in enumerate(found):
        if token.kind == "symbol" and token.text in _CLOSE and len(stack) > 1:
            partner[place] = stack.pop()
            partner[partner[place]] = place
        around.append(stack[-1])
        if token.kind == "symbol" and token.text in _OPEN:
            stack.append(place)
    return _Brackets(partner, around)


# -- maps -----------------------------------------------------------------------------------------------------------------


def _in_pattern_map(found: Sequence[Token], brackets: _Brackets, place: int) -> bool:
    """Whether some brace around is the property map of a node or relationship pattern."""
    brace = brackets.around[place]
    while brace >= 0:
        opener = brackets.around[brace]
        if found[brace].text == "{" and opener >= 0 and _opens_pattern(found, opener, brace):
            return True
        brace = opener
    return False


def _opens_pattern(found: Sequence[Token], opener: int, brace: int) -> bool:
    if found[opener].text == "[":
        return opener > 0 and found[opener - 1].text == "-"
    if found[opener].text != "(":
        return False
    # A word before the bracket makes it a function call, unless the word is a clause.
    before = found[opener - 1] if opener else None
    simple = all(t.kind in ("word", "quoted") or t.text in (":", "|", "&", "!", "%") for t in found[opener + 1 : brace])
    return simple and (before is None or before.kind not in ("word", "quoted") or before.upper in _BEFORE_PATTERN)


def _is_subquery(found: Sequence[Token], place: int) -> bool:
    """Whether the brace opens a subquery; ``CALL (x) {`` has a bracket before it."""
    return place > 0 and (found[place - 1].upper in _SUBQUERIES or found[place - 1].text == ")")


def _is_projection(found: Sequence[Token], brackets: _Brackets, place: int) -> bool:
    """Whether a brace opens a map projection, ``n {.id, x: 1}``, and not the property map of a pattern, ``(n {id: 1})``."""
    if found[place].text != "{" or not place or not _name(found[place - 1]) or _is_subquery(found, place):
        return False
    if found[place - 1].upper in _BEFORE_PATTERN | _ENDS_OF_EXPRESSION:
        return False
    around = brackets.around[place]
    if around >= 0 and found[around].text == "{" and not _is_subquery(found, around):
        return True
    inside = range(place + 1, brackets.partner.get(place, len(found)))
    return any(found[at].text == "." and found[at - 1].text in ("{", ",") and brackets.around[at] == place for at in inside)


def _inside_map(found: Sequence[Token], brackets: _Brackets, place: int) -> bool:
    around = brackets.around[place]
    while around >= 0:
        if found[around].text == "{" and not _is_projection(found, brackets, around) and not _is_subquery(found, around):
            return True
        around = brackets.around[around]
    return False


# -- aggregates -----------------------------------------------------------------------------------------------------------


def _aggregate(found: Sequence[Token], brackets: _Brackets, place: int) -> str | None:
    """Climb from an aggregate outwards: what stands beside it in each expression that holds it."""
    partner = brackets.partner
    if found[place].kind != "word" or place + 1 not in partner or found[place + 1].text != "(" or (place and found[place - 1].text == "."):
        return None
    shown = f"{found[place].text}(…)"
    first, last = place, partner[place + 1]
    while True:
        opener = brackets.around[first]
        close = partner.get(opener, len(found))
        begin, end = first, last
        while begin - 1 > opener and not _separates(found, begin - 1):
            begin = partner.get(begin - 1, begin - 1)
        while end + 1 < close and not _separates(found, end + 1):
            end = partner.get(end + 1, end + 1)
        at = begin
        while at <= end:
            if _is_test(found, at) and not (at == begin + 1 and found[at].upper == "IN" and _ranges(found, opener)):
                test = " ".join(_test(found, at))
                return (
                    f"{shown} under {test} is answered wrongly by the embedded engine; bind it first, as in"
                    f" WITH {shown} AS value … value {test}"
                )
            at = max(at, partner.get(at, at)) + 1
        while last + 1 < close and found[last + 1].text == "[":
            last = partner.get(last + 1, close)
        if last + 1 < close and found[last + 1].text == ".":
            return (
                f"a property of what {shown} gives is null in the embedded engine; bind it first, as in"
                f" WITH {shown} AS value … value.name"
            )
        if opener < 0 or opener not in partner or (found[opener].text == "{" and _is_subquery(found, opener)):
            return None
        caller = found[opener - 1] if opener else None
        called = found[opener].text == "(" and caller is not None and caller.kind == "word" and caller.upper not in _BEFORE_PATTERN
        first, last = opener - called, partner[opener]


def _separates(found: Sequence[Token], place: int) -> bool:
    """Whether an expression ends there."""
    token = found[place]
    if token.kind == "symbol" and token.text in (",", "|", ":", ";"):
        return True
    if token.upper == "WITH":
        return not (place and found[place - 1].upper in ("STARTS", "ENDS"))
    return token.upper in _ENDS_OF_EXPRESSION and not (place and found[place - 1].text == ".")


def _is_test(found: Sequence[Token], place: int) -> bool:
    if found[place].upper in _TESTS:
        return place == 0 or found[place - 1].text != "."
    return found[place].text == "=" and place + 1 < len(found) and found[place + 1].text == "~"


def _test(found: Sequence[Token], place: int) -> list[str]:
    words = [t.upper or t.text for t in found[place : place + 3]]
    if words[0] == "IS":
        return words[: 3 if words[1:2] == ["NOT"] else 2]
    return ["=~"] if words[0] == "=" else words[: 2 if words[0] in ("STARTS", "ENDS") else 1]


def _ranges(found: Sequence[Token], opener: int) -> bool:
    """Whether the bracket opens a comprehension, any(), all(), none(), single() or reduce(): there ``x IN`` names the variable."""
    return opener >= 0 and (found[opener].text == "[" or (found[opener].text == "(" and found[opener - 1].text.lower() in _PREDICATES))


# -- clauses --------------------------------------------------------------------------------------------------------------

_Clause = tuple[str, int, int]
"""Word, its place, and where the clause ends."""


def _clauses(found: Sequence[Token], brackets: _Brackets) -> list[list[_Clause]]:
    """Clauses of the query and of each subquery, in order."""
    groups: dict[int, list[tuple[str, int]]] = {}
    for place, token in enumerate(found):
        if token.upper in _CLAUSES:
            before = found[place - 1] if place else None
            if before is None or not (before.text in (".", ":") or before.upper in ("STARTS", "ENDS", "OPTIONAL", "AS")):
                groups.setdefault(brackets.around[place], []).append((token.upper, place))
    clauses = []
    for opened, starts in groups.items():
        ends = [place for _, place in starts[1:]] + [brackets.partner.get(opened, len(found))]
        clauses.append([(word, place, end) for (word, place), end in zip(starts, ends, strict=True)])
    return clauses


def _order(found: Sequence[Token], clauses: Sequence[_Clause], relationships: frozenset[str]) -> str | None:
    for (word, start, _), (order, place, end) in pairwise(clauses):
        if word != "WITH" or order != "ORDER":
            continue
        projected = {_name(t) for t in found[start:place]}
        for at in range(place, end):
            name = _name(found[at])
            if name in relationships and name not in projected and _is_read(found, at):
                return (
                    f"WITH … ORDER BY reads the relationship variable '{name}', which WITH does not pass on: the embedded engine sorts"
                    f" otherwise; pass it on, as in WITH …, {name} ORDER BY {name}.since"
                )
    return None


def _unwind(found: Sequence[Token], clauses: Sequence[_Clause]) -> str | None:
    unwound: set[str] = set()
    after_match = False
    for number, (word, place, end) in enumerate(clauses):
        if word == "MATCH":
            # Its WHERE, too, may read what was unwound.
            last = clauses[number + 1][2] if number + 1 < len(clauses) and clauses[number + 1][0] == "WHERE" else end
            for at in range(place, last):
                if _name(found[at]) in unwound and _is_read(found, at):
                    return (
                        f"'{found[at].text}' is unwound between two MATCH clauses and read in the second, which the embedded engine"
                        " answers with no rows; write WITH * before the second MATCH"
                    )
            after_match, unwound = True, set()
        elif word == "UNWIND" and after_match:
            unwound.add(_name(found[end - 1]))
        elif word != "WHERE":
            after_match, unwound = False, set()
    return None
