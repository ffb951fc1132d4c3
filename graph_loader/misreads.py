"""Forms of Cypher that the embedded engine answers wrongly without an error, found by comparing it with Neo4j (docs/engines.md).

The query is read clause by clause, with the variables in reach, but not parsed in full: what cannot be read raises nothing here, for
the engine then refuses it itself. Where it is not certain that a form is answered rightly, it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from graph_loader.cyphertext import Token, tokens

_OPEN, _CLOSE = "([{", ")]}"
_AGGREGATES = frozenset(("collect", "count", "sum", "avg", "min", "max", "stdev", "stdevp", "percentilecont", "percentiledisc"))
_QUANTIFIERS = frozenset(("any", "all", "none", "single"))
_CLAUSES = frozenset(
    ("MATCH", "OPTIONAL", "WITH", "RETURN", "UNWIND", "CALL", "UNION", "WHERE", "ORDER", "SKIP", "LIMIT", "YIELD", "FINISH")
)
_LOGIC = frozenset(("AND", "OR", "XOR", "NOT"))
_TESTS = frozenset(("IN", "IS", "STARTS", "ENDS", "CONTAINS"))
_SUBQUERIES = frozenset(("EXISTS", "COUNT", "COLLECT"))
_NAME = ("word", "quoted")

MISSING_END = (
    "'{0}' can be null here (it comes from OPTIONAL MATCH or an expression) and stands in a later pattern, where the embedded engine takes"
    " any thing for it; write another name there and compare, as in MATCH (a)-[t]->(other) WHERE other = {0}, or filter before, as in"
    " WITH … WHERE {0} IS NOT NULL"
)
EARLY_CONDITION = (
    "in the WHERE of this MATCH one condition joins '{0}' with '{1}' where the embedded engine overlooks '{1}' and tests too early; write"
    " WITH * before that WHERE, or comparisons alone, as in {1}.disputed = false for NOT {1}.disputed"
)
NESTED_TEST = (
    "{0} inside CASE or a function under WHERE is read by the embedded engine as if it stood alone; bind it first, as in"
    " WITH *, {0}… AS found WHERE … found …"
)
INLINE_MAP = (
    "the relationship variable '{0}' is read inside an inline map, which the embedded engine answers with no rows; write it as a condition"
    " instead, as in WHERE c.fact = {0}.id"
)
AGGREGATE = "{0}(…) {1} is wrong in the embedded engine; bind it first, as in WITH {0}(…) AS value RETURN … value …"
ORDERED_WITH = (
    "WITH … ORDER BY {0} is not ordered in the embedded engine, for {0} is not listed in the WITH (or only by *); pass it on, as in"
    " WITH s, {0} ORDER BY {0}.since"
)
UNWOUND = (
    "'{0}' is unwound between two MATCHes and read in the second, which the embedded engine answers with no rows; write WITH * before the"
    " second MATCH"
)
PROJECTION = "the map projection of '{0}' inside a map is wrong in the embedded engine; bind it first, as in WITH n {{.id}} AS part"


class _Found(Exception):  # noqa: N818 - it is a result that leaves the recursion, not an error
    pass


class _Unreadable(Exception):  # noqa: N818
    pass


@dataclass
class _Element:
    """A node or relationship of a path; ``bare``: nothing but its variable."""

    is_node: bool
    variable: str | None
    bare: bool


@dataclass
class _Path:
    elements: list[_Element] = field(default_factory=list)
    variable: str | None = None
    shortest: bool = False
    end: int = 0

    def names(self) -> Iterator[str]:
        yield from (e.variable for e in self.elements if e.variable)
        if self.variable:
            yield self.variable


_State = dict[str, bool]
"""Variables in reach: whether each can be null."""


def misread_form(text: str) -> str | None:
    """What in the text the embedded engine answers wrongly without an error, with the remedy; None when there is nothing."""
    found = tokens(text)
    try:
        query = _Query(found)
        query.everywhere()
        query.walk(0, len(found), {})
    except _Found as message:
        return str(message)
    except _Unreadable:
        return None
    return None


class _Query:
    def __init__(self, found: Sequence[Token]) -> None:
        self.found = found
        self.pair: dict[int, int] = {}
        stack: list[int] = []
        for place, token in enumerate(found):
            if token.kind != "symbol":
                continue
            if token.text in _OPEN:
                stack.append(place)
            elif token.text in _CLOSE:
                if not stack or _OPEN.index(found[stack[-1]].text) != _CLOSE.index(token.text):
                    raise _Unreadable
                self.pair[stack.pop()] = place
        if stack:
            raise _Unreadable

    # -- reading --

    def text(self, place: int) -> str:
        return self.found[place].text if 0 <= place < len(self.found) else ""

    def upper(self, place: int) -> str:
        """The word in capitals; nothing for a property, label, parameter or alias of that name."""
        if not 0 <= place < len(self.found) or self.text(place - 1) in (".", ":", "|", "&", "!") or self.text(place + 1) == ":":
            return ""
        return "" if place and self.found[place - 1].upper == "AS" else self.found[place].upper

    def top(self, low: int, high: int) -> Iterator[int]:
        """Places between low and high outside all brackets; an opening bracket counts as outside."""
        place = low
        while place < high:
            yield place
            place = self.pair.get(place, place) + 1

    def split(self, low: int, high: int, *words: str) -> list[tuple[int, int]]:
        """Parts between the words (or symbols) outside brackets and CASE."""
        parts, begin, cases = [], low, 0
        for place in self.top(low, high):
            word = self.upper(place)
            cases += (word == "CASE") - (word == "END" and cases > 0)
            if not cases and (word in words or self.text(place) in words):
                parts.append((begin, place))
                begin = place + 1
        return [(a, b) for a, b in [*parts, (begin, high)] if a < b]

    def clauses(self, low: int, high: int) -> list[tuple[str, int, int]]:
        """Clauses as (word, begin, end), their keyword left out; MATCH when the text begins with a pattern."""
        starts: list[tuple[str, int, int]] = []
        cases = 0
        for place in self.top(low, high):
            word = self.upper(place)
            cases += (word == "CASE") - (word == "END" and cases > 0)
            if cases or word not in _CLAUSES or (word == "WITH" and self.upper(place - 1) in ("STARTS", "ENDS")):
                continue
            if word == "MATCH" and starts and starts[-1][0] == "OPTIONAL" and starts[-1][2] == place:
                starts[-1] = ("OPTIONAL MATCH", starts[-1][1], place + 1)
            else:
                starts.append((word, place, place + 1))
        if low < high and (not starts or starts[0][1] > low):
            starts.insert(0, ("MATCH", low, low))
        ends = [begin for _, begin, _ in starts[1:]] + [high]
        return [(word, body, end) for (word, _, body), end in zip(starts, ends, strict=True)]

    # -- paths --

    def joined(self, place: int) -> bool:
        """Whether a relationship follows at this place."""
        here = [self.text(p) for p in range(place, place + 3)]
        return here[:2] in (["-", "["], ["-", "-"]) or here in (["<", "-", "["], ["<", "-", "-"])

    def element(self, place: int) -> _Element:
        inside = place + 1
        named = inside < self.pair[place] and self.found[inside].kind in _NAME and self.text(inside + 1) != "("
        variable = self.text(inside) if named and not (self.upper(inside) == "WHERE" and inside + 1 < self.pair[place]) else None
        return _Element(self.text(place) == "(", variable, variable is not None and inside + 1 == self.pair[place])

    def path(self, place: int) -> _Path:
        """The path whose first node opens at the place."""
        path = _Path([self.element(place)])
        place = self.pair[place] + 1
        while self.joined(place):
            while self.text(place) in ("<", "-", ">"):
                place += 1
            if self.text(place) == "[":
                path.elements.append(self.element(place))
                place = self.pair[place] + 1
            while self.text(place) in ("<", "-", ">", "+", "*", "{"):
                place = self.pair.get(place, place) + 1
            if self.text(place) != "(":
                break
            path.elements.append(self.element(place))
            place = self.pair[place] + 1
        path.end = place
        return path

    def paths(self, low: int, high: int) -> list[_Path]:
        """The paths of a MATCH."""
        found = []
        for begin, end in self.split(low, high, ","):
            variable = None
            place = begin
            if self.text(begin + 1) == "=" and self.found[begin].kind in _NAME:
                variable, place = self.text(begin), begin + 2
            shortest = self.text(place).lower() in ("shortestpath", "allshortestpaths")
            if shortest:
                place += 2
            while place < end and self.text(place) != "(":
                place += 1
            if place >= end:
                continue
            path = self.path(place)
            path.variable, path.shortest = variable, shortest
            found.append(path)
        return found

    # -- the walk over clauses --

    def walk(self, low: int, high: int, outer: _State) -> _State:
        """Check a (sub)query; the columns that it returns, and whether each can be null."""
        state: _State = dict(outer)
        before, returned = state, _State()
        unwound: list[str] = []
        clauses = self.clauses(low, high)
        for number, (word, begin, end) in enumerate(clauses):
            following = clauses[number + 1] if number + 1 < len(clauses) else ("", 0, 0)
            if word in ("MATCH", "OPTIONAL MATCH"):
                if word == "MATCH" and unwound:
                    self.unwound(begin, following[2] if following[0] == "WHERE" else end, unwound, state)
                state = self.match(begin, end, state, word == "OPTIONAL MATCH", following)
            elif word in ("WITH", "RETURN"):
                self.expression(begin, end, state)
                self.aggregates(begin, end)
                before, state = state, self.projected(begin, end, state)
                if word == "WITH" and following[0] == "WHERE":
                    self.where(following[1], following[2], state)
                    self.not_null(following[1], following[2], state)
                elif word == "RETURN":
                    returned |= {name: returned.get(name, False) or null for name, null in state.items()}
            elif word == "UNWIND":
                self.expression(begin, end, state)
                name = self.text(end - 1)
                if number and clauses[number - 1][0] in ("MATCH", "WHERE", "UNWIND") and self.follows_match(clauses[:number]):
                    unwound.append(name)
                items = [t.text for t in self.found[begin : end - 2]]
                state[name] = self.text(begin) == "[" and any(state.get(i) or i.lower() == "null" for i in items)
            elif word == "CALL":
                state |= self.call(begin, end, state)
            elif word == "UNION":
                state = dict(outer)
            elif word != "WHERE":
                self.expression(begin, end, state)
                if word == "ORDER" and clauses[number - 1][0] == "WITH":
                    self.ordered_with(clauses[number - 1], begin, end, before, state)
            if word not in ("UNWIND", "WHERE"):
                unwound = []
        return returned

    @staticmethod
    def follows_match(clauses: Sequence[tuple[str, int, int]]) -> bool:
        """Whether the last clause but UNWIND and WHERE is a MATCH."""
        words = [word for word, _, _ in clauses if word != "UNWIND"]
        while words and words[-1] == "WHERE":
            words.pop()
        return bool(words) and words[-1] == "MATCH"

    def unwound(self, begin: int, end: int, names: Sequence[str], state: _State) -> None:
        alone = any(
            len(path.elements) == 1 and path.elements[0].variable not in state
            for path in self.paths(begin, next((p for p in self.top(begin, end) if self.upper(p) == "WHERE"), end))
        )
        read = set(self.names(begin, end, names))
        if alone and read:
            raise _Found(UNWOUND.format(min(read)))

    def ordered_with(self, clause: tuple[str, int, int], begin: int, end: int, before: _State, after: _State) -> None:
        starred = any(self.text(low) == "*" for low, _ in self.split(clause[1], clause[2], ","))
        for name in self.names(begin, end, {**before, **after}):
            if (starred or name not in after) and self.text(begin) not in _AGGREGATES:
                raise _Found(ORDERED_WITH.format(name))

    def aggregates(self, begin: int, end: int) -> None:
        """Aggregates under a logical operator, or whose result's property is read, in the items of a WITH or RETURN."""
        for low, high in self.split(begin, end, ","):
            for place in range(low, high - 1):
                if self.found[place].text.lower() in _AGGREGATES and self.text(place + 1) == "(" and self.upper(place):
                    self.aggregate(place, low, high)

    def aggregate(self, place: int, low: int, high: int) -> None:
        name, closed = self.text(place), self.pair[place + 1]
        after = closed + 1
        while after < high and self.text(after) in ("[", ")"):
            after = self.pair.get(after, after) + 1
        if self.text(after) == ".":
            raise _Found(AGGREGATE.format(name, "with a property read from its result"))
        openers = [p for p, q in self.pair.items() if low <= p < place and q > closed and q <= high]
        for opener, closer in [(low - 1, high), *((p, self.pair[p]) for p in openers)]:
            lambda_ = self.found[opener + 1].kind in _NAME and self.upper(opener + 2) == "IN" if opener >= low else False
            reduces = opener >= low and self.text(opener - 1).lower() == "reduce"
            if self.text(opener) == "{" and opener >= low and self.upper(opener - 1) in _SUBQUERIES:
                continue
            for inside in self.top(opener + 1, closer):
                word = self.upper(inside)
                if not lambda_ and not reduces and (word in _LOGIC or word in _TESTS or self.text(inside) == "~"):
                    shown = " ".join(t.text for t in self.found[inside : inside + 1])
                    raise _Found(AGGREGATE.format(name, f"under {shown if shown != '~' else '=~'}"))

    def match(self, begin: int, end: int, state: _State, optional: bool, following: tuple[str, int, int]) -> _State:
        paths = self.paths(begin, end)
        for path in paths:
            self.check_path(path, state, optional)
        self.expression(begin, end, state, skip_patterns=True)
        fresh = [name for path in paths for name in path.names() if name not in state]
        inside = state | dict.fromkeys(fresh, False)
        if following[0] == "WHERE":
            first = {path.elements[0].variable for path in paths} & set(fresh)
            self.where(following[1], following[2], inside)
            self.early_conditions(following[1], following[2], set(fresh), first)
        after = state | dict.fromkeys(fresh, optional)
        if not optional:
            after |= {name: False for path in paths for name in path.names()}
            if following[0] == "WHERE":
                self.not_null(following[1], following[2], after)
        return after

    def call(self, begin: int, end: int, state: _State) -> _State:
        place, imported = begin, dict(state)
        if self.text(place) == "(":
            names = {t.text for t in self.found[place + 1 : self.pair[place]]}
            imported = state if "*" in names else {name: null for name, null in state.items() if name in names}
            place = self.pair[place] + 1
        return self.walk(place + 1, self.pair[place], imported) if self.text(place) == "{" else {}

    def projected(self, begin: int, end: int, state: _State) -> _State:
        """Variables after WITH or RETURN."""
        if self.upper(begin) == "DISTINCT":
            begin += 1
        after: _State = {}
        for low, high in self.split(begin, end, ","):
            if self.text(low) == "*":
                after |= state
                continue
            named = [p for p in self.top(low, high) if self.found[p].upper == "AS"]
            name = self.text(named[-1] + 1) if named else self.text(low)
            after[name] = self.can_be_null(low, named[-1] if named else high, state)
        return after

    def can_be_null(self, low: int, high: int, state: _State) -> bool:
        words = [t.text for t in self.found[low:high]]
        if len(words) == 1:
            return state.get(words[0], words[0].lower() == "null")
        if len(words) == 4 and words[0].lower() in ("startnode", "endnode"):
            return state.get(words[2], False)
        if [w.lower() for w in words[:3:2]] in (["head", "nodes"], ["last", "nodes"]) or words[0].lower() == "nodes":
            return any(state.get(w, False) for w in words)
        return True

    def not_null(self, low: int, high: int, state: _State) -> None:
        """Take note of ``x IS NOT NULL`` among the conditions that must all hold."""
        for begin, end in self.split(low, high, "AND"):
            if end - begin == 4 and [self.upper(p) for p in range(begin + 1, end)] == ["IS", "NOT", "NULL"]:
                state[self.text(begin)] = False

    # -- expressions --

    def expression(self, low: int, high: int, state: _State, skip_patterns: bool = False) -> None:
        """Check the subqueries and patterns of an expression."""
        place = low
        while place < high:
            if self.upper(place) in _SUBQUERIES and self.text(place + 1) == "{":
                self.walk(place + 2, self.pair[place + 1], state)
                place = self.pair[place + 1] + 1
                continue
            if self.text(place) == "(" and not skip_patterns and self.joined(self.pair[place] + 1) and self.text(place - 1) not in ("-", ">"):
                for name in self.path(place).names():
                    if state.get(name):
                        raise _Found(MISSING_END.format(name))
            if self.text(place) == "(" and skip_patterns and self.text(place + 1) != "(":
                self.inline_where(place, state)
            place += 1

    def inline_where(self, place: int, state: _State) -> None:
        for inside in self.top(place + 1, self.pair[place]):
            if self.upper(inside) == "WHERE":
                self.where(inside + 1, self.pair[place], state)
                return

    def check_path(self, path: _Path, state: _State, optional: bool) -> None:
        for number, element in enumerate(path.elements):
            if not element.variable or not state.get(element.variable) or path.shortest:
                continue
            alone = len(path.elements) == 1 and element.bare and not optional
            if number or not element.is_node or alone:
                raise _Found(MISSING_END.format(element.variable))

    def where(self, low: int, high: int, state: _State) -> None:
        self.expression(low, high, state)
        self.nested_tests(low, high)

    def parts(self, low: int, high: int) -> list[tuple[int, int]]:
        """The conditions that AND, OR, XOR and NOT join, through brackets."""
        parts = self.split(low, high, *_LOGIC)
        if len(parts) == 1 and parts[0] == (low, high):
            if self.pair.get(low) == high - 1 and not self.joined(high):
                return self.parts(low + 1, high - 1)
            return parts
        return [inner for begin, end in parts for inner in self.parts(begin, end)]

    def compares(self, low: int, high: int) -> bool:
        cases = 0
        for place in self.top(low, high):
            word = self.upper(place)
            cases += (word == "CASE") - (word == "END" and cases > 0)
            if not cases and (word in _TESTS or self.text(place) in ("=", "<", ">", ":") and not self.joined(place)):
                return True
        return False

    def nested_tests(self, low: int, high: int) -> None:
        """A quantifier or a pattern within CASE or a function, unless the whole is compared with something."""
        for begin, end in self.parts(low, high):
            if self.compares(begin, end) or self.text(begin) == "[":
                continue
            if self.found[begin].text.lower() in (*_QUANTIFIERS, "isempty") and self.text(begin + 1) == "(":
                continue
            place = begin + 1
            while place < end:
                name = self.found[place].text.lower()
                if self.text(place) == "{" or (self.text(place) == "[" and not self.joined(place - 1)):
                    place = self.pair[place]
                elif name in _QUANTIFIERS and self.text(place + 1) == "(":
                    raise _Found(NESTED_TEST.format(f"{name}("))
                elif self.text(place) == "(" and self.joined(self.pair[place] + 1) and not self.text(begin).lower() == "exists":
                    raise _Found(NESTED_TEST.format("a pattern "))
                place += 1

    def early_conditions(self, low: int, high: int, fresh: set[str], first: set[str | None]) -> None:
        """Conditions that the engine tests when it has the node a path begins with, for it overlooks the other variables in them."""
        for begin, end in self.conjuncts(low, high):
            seen: set[str] = set()
            mentioned: set[str] = set()
            for part in self.parts(begin, end):
                compared = self.compares(*part)
                mentioned |= set(self.names(*part, fresh))
                if compared:
                    seen |= set(self.names(*part, fresh, plain=True))
            overlooked = mentioned - seen
            if seen and overlooked and seen <= first:
                raise _Found(EARLY_CONDITION.format(min(seen), min(overlooked)))

    def conjuncts(self, low: int, high: int) -> list[tuple[int, int]]:
        parts = self.split(low, high, "AND") if len(self.split(low, high, "OR", "XOR")) == 1 else [(low, high)]
        if parts == [(low, high)]:
            return self.conjuncts(low + 1, high - 1) if self.pair.get(low) == high - 1 and high - low > 2 else parts
        return [inner for begin, end in parts for inner in self.conjuncts(begin, end)]

    def names(self, low: int, high: int, wanted: Iterable[str], plain: bool = False) -> Iterator[str]:
        """Variables used; ``plain``: only where the engine takes note of them."""
        place = low
        while place < high:
            if plain and self.overlooks(place):
                place = self.after(place, high)
                continue
            if self.is_use(place, wanted) and not (plain and self.text(place + 1) in ("[", "{")):
                yield self.text(place)
            place += 1

    def is_use(self, place: int, wanted: Iterable[str]) -> bool:
        """Whether a variable is read here: not a property, label, map key or function of that name."""
        token, before, after = self.found[place], self.text(place - 1), self.text(place + 1)
        if token.kind not in _NAME or token.text.strip("`") not in wanted or before == "." or after == "(":
            return False
        return not (after == ":" and before in ("{", ",")) and not (before == ":" and after != ".")

    def overlooks(self, place: int) -> bool:
        """Whether the engine does not look for variables in the expression that opens here."""
        text = self.text(place)
        if text == "(":
            closed = self.pair[place]
            return self.text(closed + 1) == "." or self.upper(place + 1) == "NOT" or len(self.split(place + 1, closed, *_LOGIC)) > 1
        return text == "{" or self.upper(place) == "CASE" or (text.lower() == "reduce" and self.text(place + 1) == "(")

    def after(self, place: int, high: int) -> int:
        if self.upper(place) == "CASE":
            return next((p for p in self.top(place, high) if self.upper(p) == "END"), high) + 1
        return self.pair[place if place in self.pair else place + 1] + 1

    # -- forms that can be told from the tokens alone --

    def everywhere(self) -> None:
        relationships = {
            t.text.strip("`") for i, t in enumerate(self.found) if t.kind in _NAME and self.text(i - 1) == "[" and self.text(i - 2) == "-"
        }
        stack: list[int] = []
        for place in range(len(self.found)):
            if place in self.pair:
                if self.text(place) == "{" and self.projects(place) and any(self.is_map(p) for p in stack):
                    raise _Found(PROJECTION.format(self.text(place - 1)))
                stack.append(place)
            elif stack and self.pair[stack[-1]] == place:
                stack.pop()
            elif self.is_use(place, relationships) and self.in_pattern_map(stack):
                raise _Found(INLINE_MAP.format(self.text(place).strip("`")))

    def projects(self, place: int) -> bool:
        """Whether the brace opens a map projection, ``n {.id}``."""
        name = self.found[place - 1] if place else None
        if name is None or name.kind not in _NAME or self.text(place - 2) in (":", "|", "&", "."):
            return False
        if name.upper in _SUBQUERIES | _LOGIC | _CLAUSES | {"IN", "THEN", "ELSE", "WHEN", "AS", "CASE", "DISTINCT"}:
            return False
        return self.text(place - 2) not in ("(", "[") or self.text(place + 1) == "."

    def is_map(self, place: int) -> bool:
        """Whether the brace opens a literal map."""
        if self.text(place) != "{" or self.projects(place) or self.text(place - 1) == ")" or self.text(place + 2) != ":":
            return False
        return self.found[place - 1].upper not in _SUBQUERIES and not self.of_pattern(place)

    def of_pattern(self, place: int) -> bool:
        """Whether the brace is the property map of a node or relationship."""
        opener = max((p for p, q in self.pair.items() if p < place < q), default=-1)
        if self.text(opener) == "[":
            return self.text(opener - 1) == "-"
        if opener < 0 or self.text(opener) != "(":
            return False
        # A word before the bracket makes it a function call, unless the word is a clause.
        before = self.found[opener - 1] if opener else None
        inside = self.found[opener + 1 : place]
        simple = all(t.kind in _NAME or t.text in (":", "|", "&", "!", "(", ")") for t in inside)
        clause = before is None or before.kind not in _NAME or before.upper in _CLAUSES | _LOGIC | _SUBQUERIES | {"WHEN", "THEN", "ELSE"}
        return simple and clause

    def in_pattern_map(self, stack: Sequence[int]) -> bool:
        return any(self.text(place) == "{" and self.of_pattern(place) for place in stack)
