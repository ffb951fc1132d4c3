"""Conditions and patterns that the embedded engine answers wrongly without an error, found by comparing it with Neo4j.

docs/engines.md lists them; tests/queries/test_generated.py holds each with its remedy. Forms that the tokens alone tell are in
tokenforms.py. Here the query is read clause by clause, with the variables in reach, but not parsed in full: what cannot be read raises
nothing, for the engine then refuses it itself. Where it is not certain that a form is answered rightly, it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from graph_loader.cyphertext import Token, tokens

_OPEN, _CLOSE = "([{", ")]}"
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

LIMITED = "WITH … LIMIT (or SKIP) … WHERE is filtered before it is limited in the embedded engine; write WITH * before that WHERE"
COUNTED = (
    "a comparison of COUNT {{ … }} {0} is wrong in the embedded engine; bind it first, as in WITH *, COUNT {{ … }} AS number … number > 1 …"
)


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
        query.walk(0, len(found), {})
    except _Found as message:
        return str(message)
    except (_Unreadable, IndexError, KeyError, ValueError):
        return None  # no Cypher: the engine refuses it itself
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
        state, returned = dict(outer), _State()
        clauses = self.clauses(low, high)
        for number, (word, begin, end) in enumerate(clauses):
            following = clauses[number + 1] if number + 1 < len(clauses) else ("", 0, 0)
            if word in ("MATCH", "OPTIONAL MATCH"):
                state = self.match(begin, end, state, word == "OPTIONAL MATCH", following)
            elif word in ("WITH", "RETURN"):
                self.expression(begin, end, state)
                self.counts(begin, end)
                state = self.projected(begin, end, state)
                if word == "RETURN":
                    returned |= {name: returned.get(name, False) or null for name, null in state.items()}
            elif word == "UNWIND":
                self.expression(begin, end, state)
                name = self.text(end - 1)
                items = [t.text for t in self.found[begin : end - 2]]
                state[name] = self.text(begin) == "[" and any(state.get(i) or i.lower() == "null" for i in items)
            elif word == "CALL":
                state |= self.call(begin, end, state)
            elif word == "UNION":
                state = dict(outer)
            elif word == "WHERE":
                self.where_of_with([name for name, _, _ in clauses[:number]], begin, end, state)
            else:
                self.expression(begin, end, state)
                self.counts(begin, end)
        return returned

    def where_of_with(self, before: Sequence[str], begin: int, end: int, state: _State) -> None:
        head = next((word for word in reversed(before) if word not in ("ORDER", "SKIP", "LIMIT")), "")
        if head != "WITH":
            return
        if before[-1] in ("SKIP", "LIMIT"):
            raise _Found(LIMITED)
        self.where(begin, end, state)
        self.not_null(begin, end, state)

    def match(self, begin: int, end: int, state: _State, optional: bool, following: tuple[str, int, int]) -> _State:
        paths = self.paths(begin, end)
        for path in paths:
            self.check_path(path, state, optional)
        self.expression(begin, end, state, skip_patterns=True)
        fresh = [name for path in paths for name in path.names() if name not in state]
        inside = state | dict.fromkeys(fresh, False)
        if following[0] == "WHERE":
            self.where(following[1], following[2], inside)
            starts = {path.elements[0].variable for path in paths}
            if None in starts or not starts <= set(state):
                turn = {name: number for number, path in reversed(list(enumerate(paths))) for name in path.names() if name in fresh}
                self.early_conditions(following[1], following[2], set(state) - set(fresh), turn, starts)
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
            if self.found[place].upper in _SUBQUERIES and self.text(place + 1) == "{":
                self.walk(place + 2, self.pair[place + 1], state)
                place = self.pair[place + 1] + 1
                continue
            begins = self.text(place) == "(" and self.joined(self.pair[place] + 1) and self.text(place - 1) not in ("-", ">")
            if begins and not skip_patterns:
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
        self.counts(low, high, condition=True)

    def counts(self, low: int, high: int, condition: bool = False) -> None:
        """Comparisons of COUNT {} beside a logical operator, but for the conditions of a WHERE, and of what is computed from it."""
        for begin, end in self.split_plainly(low, high):
            words = {self.upper(p) for p in self.top(begin, end)}
            own = condition and "CASE" not in words
            for place in self.top(begin, end):
                if self.found[place].upper == "COUNT" and self.text(place + 1) == "{":
                    if _LOGIC & words and not own:
                        raise _Found(COUNTED.format("beside AND, OR, XOR or NOT outside WHERE"))
                    near = (self.text(place - 1), self.text(self.pair[place + 1] + 1))
                    if {"+", "-", "*", "/", "%", "^"} & set(near) and any(self.text(p) in ("=", "<", ">") for p in self.top(begin, end)):
                        raise _Found(COUNTED.format("after arithmetic"))
                elif place in self.pair and self.found[place - 1].upper not in _SUBQUERIES:
                    grouped = self.text(place) == "(" and (place == low or not self.calls(place))
                    self.counts(place + 1, self.pair[place], own and grouped)

    def calls(self, place: int) -> bool:
        """Whether the bracket opens the arguments of a function."""
        return self.found[place - 1].kind in _NAME and self.upper(place - 1) not in _LOGIC | _CLAUSES | {"WHEN", "THEN", "ELSE", "CASE"}

    def split_plainly(self, low: int, high: int) -> list[tuple[int, int]]:
        commas = [p for p in self.top(low, high) if self.text(p) == ","]
        return [(a + 1, b) for a, b in zip([low - 1, *commas], [*commas, high], strict=True)]

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
            if not cases and (word in _TESTS or (self.text(place) in ("=", "<", ">", ":") and not self.joined(place))):
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
                elif self.text(place) == "(" and self.joined(self.pair[place] + 1) and self.text(begin).lower() != "exists":
                    raise _Found(NESTED_TEST.format("a pattern "))
                place += 1

    def early_conditions(self, low: int, high: int, known: set[str], turn: dict[str, int], starts: set[str | None]) -> None:
        """Conditions that the engine tests too early, for it overlooks some of their variables.

        A condition is tested as soon as the variables that the engine takes note of are there: those known before, and the first
        node of a path, or a whole path before the next one. The variables of comparisons are taken note of; those of bare booleans,
        quantifiers, CASE and subqueries are not. ``turn``: the new variables, and which path of the MATCH brings each.
        """
        for begin, end in self.conjuncts(low, high):
            seen: set[str] = set()
            mentioned: set[str] = set()
            for part in self.parts(begin, end):
                mentioned |= set(self.names(*part, turn))
                if self.compares(*part) or any(self.text(p) == "(" and self.joined(self.pair[p] + 1) for p in self.top(*part)):
                    seen |= set(self.names(*part, known | turn.keys(), plain=True))
            overlooked = mentioned - seen
            if not seen or not overlooked:
                continue
            new = seen & turn.keys()
            if new <= starts or max(turn[name] for name in new) < max(turn[name] for name in overlooked):
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
