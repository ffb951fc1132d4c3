"""A seeded generator of read queries in the shapes that analysts write, and the small graph that they are asked of.

Every query has one right answer: LIMIT stands only behind an ORDER BY of all columns, lists whose order Cypher leaves open are
marked in ``bags``, and floats of the graph are multiples of 1/64, so that sums do not depend on their order.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph_loader.schema import DOMAINS, Fact, Value, make_fact
from graph_loader.stores.base import META_ID

# -- the graph ------------------------------------------------------------------------------------------------------------------

_NAMES = ("Arland", "Österau", "Côte-Basse", "Dorne", "Elbia", "Fal'ar", "Gond", "arcadia", "Ilmen", "Jura", "Këlcyrë", "Lund ")
STATES = ("ARL", "BOR", "COB", "DOR", "ELB", "FAL", "GON", "HAL", "ILM", "JUR", "KEL", "LUN")
BLOCS = ("ALLI", "UNIO", "FORU", "TRAD")


def world() -> list[Fact]:
    """A made-up graph in our schema: 12 states, 4 blocs, some 90 relationships; missing properties, parallel ties, lists, booleans."""
    rng = random.Random(20_260_101)
    facts = [_state(i) for i in range(len(STATES))]
    for i, (id_, kind) in enumerate(zip(BLOCS, ("alliance", "union", "forum", "trade_area"), strict=True)):
        since, until = (
            ("1949-04-04", "9999-12-31"),
            ("1993-11-01", "9999-12-31"),
            ("0001-01-01", "2001-01-01"),
            ("1960-05-03", "1991-07-01"),
        )[i]
        facts.append(_node("Bloc", id_, name=f"The {id_.title()}", kind=kind, since=since, until=until, sources=["atlas"], disputed=i == 2))
    facts += _instruments()
    for i, (id_, stage) in enumerate((("gas", "product"), ("cobalt", "mined"), ("cobalt-oxide", "refined"), ("chips", None))):
        facts.append(_node("Good", id_, name=id_.replace("-", " "), stage=stage, hs=("2711", None, "2822", None)[i], sources=[]))
    facts.append(_rel("PART_OF", "part|cobalt-oxide|cobalt", ("Good", "cobalt-oxide"), ("Good", "cobalt")))
    facts += [_node("Indicator", "milex", name="military expenditure", unit="USD"), _node("Indicator", "gdp", name="GDP", unit="USD")]
    for i, id_ in enumerate(("atlas", "yearbook", "gazette")):
        facts.append(
            _node(
                "Source",
                id_,
                title=id_.title(),
                publisher=(None, "The Press", "")[i],
                precedence=(1, 2, None)[i],
                covers_until=("..", "2015", None)[i],
                dataset=id_,
            )
        )
    facts += _memberships() + _ties(rng) + _flows(rng)
    facts.append(_rel("SUCCEEDED_BY", "successor|KEL|LUN", ("State", "KEL"), ("State", "LUN"), kind="successor", since="1992-01-01"))
    facts += _claims(facts)
    facts.append(_node("Meta", META_ID, format=1, release_date="2026-01-01", newest_source="atlas", precedence=["atlas", "yearbook"]))
    return facts


def _rows(text: str) -> list[tuple[str, ...]]:
    """A table written as ``a/b/c d/e/f``."""
    return [tuple(row.split("/")) for row in text.split()]


def _node(label: str, id_: str, **props: Value | None) -> Fact:
    return make_fact(label, id_, props)


def _rel(type_: str, id_: str, start: tuple[str, str], end: tuple[str, str], **props: Value | None) -> Fact:
    return make_fact(type_, id_, props, start, end)


def _state(i: int) -> Fact:
    regions = ("North", "South", "East", None)
    return _node(
        "State",
        STATES[i],
        name=_NAMES[i],
        kind="territory" if i in (3, 10) else "state",
        region=regions[i % 4],
        disputed=i % 5 == 0,
        iso2=STATES[i][:2] if i % 3 else None,
        cow=str(2 + 45 * i) if i % 4 != 1 else None,
        sources=["atlas", "yearbook"][: i % 3],
        spells=[[], ["1816/.."], ["1920-08-10/1940", "1991/.."], ["1958-10/.."]][i % 4],
    )


def _instruments() -> list[Fact]:
    facts = []
    for i, id_ in enumerate(("pact-of-dorne", "arl-bor-1951", "charter", "gas-deal", "accord-x", "old-entente")):
        obligations: list[str] = [
            ["defence", "consultation"],
            ["defence"],
            [],
            [],
            ["nonaggression"],
            ["offence", "defence", "neutrality"],
        ][i]
        facts.append(
            _node(
                "Instrument",
                id_,
                title=id_.replace("-", " ").title(),
                form=("treaty", "treaty", "treaty", "arrangement", "memorandum", "treaty")[i],
                type=("alliance", "alliance", "trade", "trade", "nonaggression", "alliance")[i],
                obligations=obligations,
                binding=i not in (3, 4),
                domains=[["DEFENCE"], ["DEFENCE"], ["TRADE", "FINANCE"], ["ENERGY", "TRADE"], ["DEFENCE"], ["DEFENCE"]][i],
                scope=(None, "bilateral", "multilateral", "bilateral", None, "minilateral")[i],
                official_label=(None, None, "charter", "", None, "entente")[i],
                thickness="rules" if i in (0, 2) else None,
                derives=("dyads", "dyads", "none", "dyads", "hub", "dyads")[i],
                disputed=i == 5,
                sources=[["atlas"], ["atlas", "gazette"], ["yearbook"], [], ["gazette"], ["atlas"]][i],
            )
        )
        for n, (kind, date) in enumerate(
            (("signed", f"19{49 + 8 * i}-03-0{i + 1}"), ("in_force", f"19{50 + 8 * i}-01-01"), ("denounced", "1999-06-30"))
        ):
            if n < 1 + i % 3:
                event = f"event|{id_}|{kind}|1"
                facts.append(_node("Event", event, instrument=id_, kind=kind, date=date if n != 1 or i != 4 else None, sources=["atlas"]))
                facts.append(_rel("HAS_EVENT", f"has|{event}", ("Instrument", id_), ("Event", event)))
    facts.append(_rel("FOUNDS", "founds|pact-of-dorne|ALLI", ("Instrument", "pact-of-dorne"), ("Bloc", "ALLI")))
    facts.append(_rel("FOUNDS", "founds|charter|UNIO", ("Instrument", "charter"), ("Bloc", "UNIO")))
    facts.append(_rel("AMENDS", "amends|accord-x|arl-bor-1951", ("Instrument", "accord-x"), ("Instrument", "arl-bor-1951")))
    facts.append(_rel("REPLACES", "replaces|arl-bor-1951|old-entente", ("Instrument", "arl-bor-1951"), ("Instrument", "old-entente")))
    for n, (who, what) in enumerate(
        _rows(
            "ARL/arl-bor-1951 BOR/arl-bor-1951 COB/charter DOR/charter ARL/gas-deal ILM/gas-deal ELB/old-entente FAL/old-entente "
            "GON/accord-x UNIO/accord-x ARL/old-entente"
        )
    ):
        facts.append(
            _rel(
                "PARTY_TO",
                f"party|{who}|{what}|1",
                ("Bloc" if who in BLOCS else "State", who),
                ("Instrument", what),
                since=f"19{50 + 4 * n}-01-01",
                until="9999-12-31" if n % 3 else "1990-10-03",
                role="guarantor" if n == 5 else "party",
                end_kind="open" if n % 3 else "dated",
                reservations="article 5" if n in (1, 6) else None,
                sources=["atlas"] if n % 2 else [],
                disputed=n == 4,
            )
        )
    return facts


def _memberships() -> list[Fact]:
    facts = []
    spells = _rows(
        "ARL/ALLI/1 BOR/ALLI/1 COB/ALLI/1 COB/ALLI/2 DOR/ALLI/1 ARL/UNIO/1 BOR/UNIO/1 ELB/UNIO/1 FAL/UNIO/1 GON/FORU/1 "
        "ARL/FORU/1 HAL/TRAD/1 ELB/TRAD/1 ILM/FORU/1"
    )
    for n, (state, bloc, spell) in enumerate(spells):
        facts.append(
            _rel(
                "MEMBER_OF",
                f"member|{state}|{bloc}|{spell}",
                ("State", state),
                ("Bloc", bloc),
                role="observer" if n in (9, 12) else "full",
                suspended=n == 8,
                since=f"{1949 + 4 * n}-04-04",
                until="1966-07-01" if n == 2 else "9999-12-31",
                start_kind="dated",
                end_kind="dated" if n == 2 else "open",
                since_edtf=str(1949 + 4 * n) if n % 4 else None,
                disputed=n in (4, 11),
                sources=[["atlas"], ["atlas", "yearbook"], []][n % 3],
            )
        )
    facts.append(_rel("PART_OF", "part|TRAD|UNIO", ("Bloc", "TRAD"), ("Bloc", "UNIO"), since="1973-01-01", sources=["atlas"]))
    return facts


def _ties(rng: random.Random) -> list[Fact]:
    facts = []
    pairs = _rows(
        "DEFENCE/ARL/BOR/arl-bor-1951 DEFENCE/ARL/BOR/pact-of-dorne DEFENCE/ARL/COB/pact-of-dorne DEFENCE/ARL/DOR/pact-of-dorne "
        "DEFENCE/BOR/COB/pact-of-dorne DEFENCE/BOR/DOR/pact-of-dorne DEFENCE/COB/DOR/pact-of-dorne DEFENCE/ARL/HAL/ "
        "DEFENCE/ELB/FAL/old-entente DEFENCE/FAL/ELB/ DEFENCE/GON/ILM/accord-x DEFENCE/ILM/JUR/ DEFENCE/GON/UNIO/accord-x "
        "TRADE/ARL/ILM/gas-deal TRADE/ARL/BOR/ TRADE/COB/DOR/charter TRADE/ELB/GON/ TRADE/ELB/UNIO/ TRADE/UNIO/TRAD/ "
        "TRADE/HAL/ARL/ ENERGY/ARL/ILM/gas-deal ENERGY/FAL/ILM/ SANCTIONS/UNIO/ILM/ SANCTIONS/ARL/ILM/ SANCTIONS/BOR/JUR/ "
        "SANCTIONS/ILM/ARL/ DISPUTE/GON/HAL/ DIPLOMACY/KEL/LUN/"
    )
    for n, (domain, start, end, instrument) in enumerate(pairs):
        negative = domain in ("SANCTIONS", "DISPUTE")
        obligations = {"DEFENCE": [["defence", "consultation"], ["defence"], ["nonaggression"], []][n % 4]}.get(domain, [])
        facts.append(
            _rel(
                domain,
                f"tie|{instrument or 'none'}|{start}|{end}|{domain}|{n}",
                _end(start),
                _end(end),
                kind="alliance" if domain == "DEFENCE" else "cooperation",
                obligations=obligations,
                mutual=not negative and n % 4 != 3,
                sign=-1 if negative else 1,
                instrument=instrument,
                derived=bool(instrument),
                rule="dyads" if instrument else None,
                premises=[f"party|{start}|{instrument}|1"] if instrument else [],
                since=f"{1945 + 3 * n}-0{1 + n % 9}-15" if n % 6 else "0001-01-01",
                start_kind="dated" if n % 6 else "unknown",
                until=("9999-12-31", "1999-12-31", "1991-07-01")[rng.randrange(3)],
                since_edtf=str(1945 + 3 * n) if n % 6 else None,
                end_kind="open",
                disputed=n % 7 == 2,
                sources=[["atlas"], ["yearbook", "atlas"], [], ["gazette"]][n % 4],
            )
        )
    return facts


def _end(id_: str) -> tuple[str, str]:
    return ("Bloc" if id_ in BLOCS else "State", id_)


def _flows(rng: random.Random) -> list[Fact]:
    facts = []
    for n, (start, end, good) in enumerate(
        _rows(
            "ARL/ILM/gas ARL/BOR/gas ARL/HAL/gas BOR/ILM/gas BOR/ARL/gas COB/ILM/gas DOR/JUR/cobalt DOR/KEL/cobalt ELB/JUR/cobalt "
            "ELB/FAL/chips UNIO/ILM/gas UNIO/HAL/gas ARL/ILM/gas HAL/FAL/chips"
        )
    ):
        year = 2021 if n != 12 else 2016
        share = rng.randrange(1, 48) / 64
        facts.append(
            _rel(
                "DEPENDS_ON",
                f"flow|{start}|{end}|{good}|product|value|{year}-{year}",
                _end(start),
                _end(end),
                good=good,
                stage="product",
                basis="value",
                from_year=year,
                to_year=year,
                since=f"{year}-01-01",
                until=f"{year + 1}-01-01",
                share=share,
                value=share * 128 if n % 3 else None,
                total=128.0 if n % 3 else None,
                unit="USD" if n % 3 else None,
                share_lo=share - 1 / 64 if n % 4 == 0 else None,
                share_hi=share + 1 / 64 if n % 4 == 0 else None,
                named_largest=n % 2 == 0,
                sources=["yearbook"] if n % 2 else [],
                disputed=n == 7,
            )
        )
    for state, good, share in (("JUR", "cobalt", 0.5), ("KEL", "cobalt", 0.25), ("FAL", "chips", 0.625), ("ILM", "gas", 0.125)):
        facts.append(
            _rel(
                "PRODUCES",
                f"prod|{state}|{good}|mined|mass|2020-2021",
                ("State", state),
                ("Good", good),
                stage="mined",
                basis="mass",
                from_year=2020,
                to_year=2021,
                share=share,
                since="2020-01-01",
                until="2022-01-01",
                sources=["yearbook"],
            )
        )
    for n, state in enumerate(STATES[:7]):
        for year in (2019, 2020)[: 1 + n % 2]:
            facts.append(
                _rel(
                    "OBSERVED",
                    f"observed|{state}|milex|{year}",
                    ("State", state),
                    ("Indicator", "milex"),
                    year=year,
                    value=float(n * 3 - 2) + year % 2 / 4,
                    unit="USD" if n % 2 else None,
                    sources=["yearbook"],
                )
            )
    facts.append(_rel("OBSERVED", "observed|ARL|gdp|2020", ("State", "ARL"), ("Indicator", "gdp"), year=2020, value=-0.0))
    return facts


def _claims(facts: list[Fact]) -> list[Fact]:
    made = []
    spoken = [f for f in facts if f.type in ("MEMBER_OF", "PARTY_TO", "DEPENDS_ON", "State")]
    for n, fact in enumerate(spoken[::2]):
        source = ("atlas", "yearbook", "gazette")[n % 3]
        id_ = f"claim|{n}"
        made.append(
            _node(
                "Claim",
                id_,
                fact=fact.id,
                fact_type=fact.type,
                source=source,
                dataset=source,
                spell=1 + n % 2,
                order=n if n % 3 else None,
                locator=f"p. {n}" if n % 2 else None,
                key=fact.id.split("|"),
                share=(n % 5) / 8 if n % 4 == 0 else None,
                seen="2025-11-01",
            )
        )
        made.append(_rel("FROM", f"from|{id_}", ("Claim", id_), ("Source", source)))
    return made


# -- what the generator knows of it ------------------------------------------------------------------------------------------------

_EDGES = _rows(
    "State/DEFENCE/State/5 State/DEFENCE/Bloc/1 State/TRADE/State/3 State/TRADE/Bloc/1 Bloc/TRADE/Bloc/1 "
    "State/ENERGY/State/1 State/SANCTIONS/State/2 Bloc/SANCTIONS/State/2 State/MEMBER_OF/Bloc/6 State/PARTY_TO/Instrument/4 "
    "Bloc/PARTY_TO/Instrument/1 Instrument/FOUNDS/Bloc/1 Instrument/HAS_EVENT/Event/2 State/DEPENDS_ON/State/4 "
    "Bloc/DEPENDS_ON/State/1 State/PRODUCES/Good/1 Good/PART_OF/Good/1 State/OBSERVED/Indicator/2 Claim/FROM/Source/2 "
    "State/SUCCEEDED_BY/State/1 Instrument/AMENDS/Instrument/1 Bloc/PART_OF/Bloc/1"
)
_NODES = ("State", "Bloc", "Instrument", "Event", "Good", "Indicator", "Source", "Claim")
_SCALARS = ("str", "int", "float", "bool")
_SKIPPED = ("fingerprint",)


@dataclass(frozen=True)
class Generated:
    """A query with what is needed to compare its answers.

    ``ordered``: the ORDER BY is total, so rows are compared in sequence. ``bags``: places of columns whose lists have no order.
    ``shapes``: what the query is made of.
    """

    text: str
    params: Mapping[str, Any]
    ordered: bool
    bags: frozenset[int]
    shapes: frozenset[str]


class Known:
    """Properties of each label and type by the kind of their values, and values to ask for."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, list[str]]] = {}
        self.values: dict[tuple[str, str], list[Any]] = {}
        for fact in world():
            kinds = self.kinds.setdefault(fact.type, {kind: [] for kind in (*_SCALARS, "list")})
            for name, value in {"id": fact.id, **fact.props}.items():
                if name in _SKIPPED:
                    continue
                kind = "list" if isinstance(value, list) else type(value).__name__
                if name not in kinds[kind]:
                    kinds[kind].append(name)
                values = self.values.setdefault((fact.type, name), [])
                values += [v for v in (value if isinstance(value, list) else [value]) if v not in values]


_KNOWN = Known()
_JOINS = (
    ("fact", "id"),
    ("instrument", "id"),
    ("id", "instrument"),
    ("source", "id"),
    ("kind", "kind"),
    ("good", "good"),
    ("stage", "stage"),
    ("role", "role"),
    ("region", "region"),
    ("since", "since"),
    ("form", "form"),
    ("id", "good"),
    ("id", "fact"),
)
_MISSING = "nickname"  # no thing has it


@dataclass
class Scope:
    """Variables in reach: name -> type. Types: a label, ``DEFENCE|TRADE`` of a relationship, str int float bool list bag map path."""

    vars: dict[str, str] = field(default_factory=dict)

    def of(self, *types: str) -> list[str]:
        return [name for name, type_ in self.vars.items() if type_ in types]

    def things(self) -> list[str]:
        return [name for name, type_ in self.vars.items() if _is_thing(type_)]

    def nodes(self) -> list[str]:
        return [name for name, type_ in self.vars.items() if type_ in _NODES]

    def rels(self) -> list[str]:
        return [name for name, type_ in self.vars.items() if _is_rel(type_)]

    def copy(self) -> Scope:
        return Scope(dict(self.vars))


def _is_rel(type_: str) -> bool:
    return type_.isupper()


def _is_thing(type_: str) -> bool:
    return type_ in _NODES or _is_rel(type_)


def text_of(value: Any) -> str:
    """A literal of Cypher."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, list):
        return "[" + ", ".join(text_of(v) for v in value) + "]"
    return "null" if value is None else repr(value)


class Generator:
    """Makes one query from a seed."""

    def __init__(self, seed: int, long: bool = False) -> None:
        self.rng = random.Random(seed)
        self.most_hops = 4 if long else 3
        self.clauses = (3, 4, 2, 1) if long else (6, 4, 1, 0)
        self.shapes: set[str] = set()
        self.params: dict[str, Any] = {}
        self.used = 0
        self.hops = 0
        self.depth = 0
        self.grouped = False
        self.quantified_paths: bool | None = None  # Neo4j refuses to mix -[*1..2]- with -[]-{1,2}
        self.union_all: bool | None = None  # nor UNION with UNION ALL

    # -- small helpers --

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def pick(self, items: Any) -> Any:
        return self.rng.choice(list(items))

    def name(self, prefix: str) -> str:
        self.used += 1
        return f"{prefix}{self.used}"

    def param(self, prefix: str, value: Any) -> str:
        name = self.name(prefix)
        self.params[name] = value
        return f"${name}"

    def shape(self, name: str) -> None:
        self.shapes.add(name)

    # -- values --

    def prop(self, scope: Scope, kind: str) -> tuple[str, str, str] | None:
        """A property access of the kind: (text, type of its thing, name)."""
        found = [(v, name) for v in scope.things() for name in self._props(scope.vars[v], kind)]
        if not found:
            return None
        var, name = self.pick(found)
        if kind == "str" and self.chance(0.03):
            self.shape("missing property")
            name = _MISSING
        return f"{var}.{name}", scope.vars[var], name

    @staticmethod
    def _props(type_: str, kind: str) -> list[str]:
        return [p for t in type_.split("|") for p in _KNOWN.kinds.get(t, {}).get(kind, [])]

    def _has(self, type_: str, name: str) -> bool:
        return name in self._props(type_, "str")

    def value_of(self, type_: str, name: str) -> Any:
        values = [v for t in type_.split("|") for v in _KNOWN.values.get((t, name), [])]
        return self.pick(values) if values else "x"

    def literal(self, kind: str) -> str:
        if kind == "str":
            return text_of(self.pick(["a", "State", "1991-01-01", "defence", "", "ARL", "full", "The "]))
        if kind == "int":
            return str(self.pick([0, 1, 2, 3, 5, 10, 2020]))
        if kind == "float":
            return str(self.pick([0.25, 0.5, 1.0, 2.5, 0.125]))
        if kind == "bool":
            return self.pick(["true", "false"])
        return text_of(self.pick([["defence"], [], ["atlas", "yearbook"], ["ARL", "ILM", "UNIO"]]))

    def expr(self, scope: Scope, kind: str) -> str:
        """An expression of a kind: str int float bool list."""
        self.depth += 1
        try:
            makers: dict[str, Callable[[Scope], str]] = {
                "str": self.str_expr,
                "int": self.int_expr,
                "float": self.float_expr,
                "bool": self.bool_expr,
                "list": self.list_expr,
            }
            return makers[kind](scope)
        finally:
            self.depth -= 1

    def atom(self, scope: Scope, kind: str) -> str:
        found = self.prop(scope, kind)
        variables = scope.of(kind)
        if variables and (found is None or self.chance(0.4)):
            return str(self.pick(variables))
        return found[0] if found else self.literal(kind)

    def str_expr(self, scope: Scope) -> str:
        simple = self.atom(scope, "str")
        if self.depth > 2 or self.chance(0.5):
            return simple
        e = self.expr
        options: list[Callable[[], str]] = [
            lambda: f"{simple} + {text_of(self.pick(['/', '-', ' x']))}",
            lambda: f"toUpper({simple})",
            lambda: f"toLower({simple})",
            lambda: f"substring({simple}, {self.pick([0, 1, 2])}, {self.pick([1, 4])})",
            lambda: f"left({simple}, {self.pick([0, 3])})",
            lambda: f"right({simple}, {self.pick([1, 3])})",
            lambda: f"trim({simple})",
            lambda: f"replace({simple}, 'a', 'o')",
            lambda: f"toString({e(scope, self.pick(['int', 'bool', 'float']))})",
            lambda: f"coalesce({simple}, {e(scope, 'str')})",
            lambda: f"coalesce({simple}, {self.literal('str')})",
            lambda: self.case(scope, "str"),
            lambda: f"{self._list(scope)}[{self.pick([0, 1, -1, 7])}]",
            lambda: f"head({self._list(scope)})",
            lambda: f"last({self._list(scope)})",
            lambda: f"split({simple}, '-')[0]",
            lambda: f"reduce(text = '', item IN {self._list(scope)} | text + item + ';')",
            lambda: f"nullIf({simple}, {self.literal('str')})",
        ]
        if scope.rels():
            rel = self.pick(scope.rels())
            options += [lambda: f"type({rel})", lambda: f"startNode({rel}).id", lambda: f"endNode({rel}).name", lambda: f"type({rel})"]
        if scope.nodes():
            options += [lambda: f"head(labels({self.pick(scope.nodes())}))"]
        if scope.of("map"):
            options += [lambda: f"{self.pick(scope.of('map'))}.id"] * 3
        return str(self.pick(options)())

    def int_expr(self, scope: Scope) -> str:
        simple = self.atom(scope, "int")
        if self.depth > 2 or self.chance(0.35):
            return simple
        e = self.expr
        options: list[Callable[[], str]] = [
            lambda: f"{simple} + {self.literal('int')}",
            lambda: f"({simple} - {e(scope, 'int')})",
            lambda: f"{simple} * {self.literal('int')}",
            lambda: f"{simple} / {self.pick([2, 3, -2])}",
            lambda: f"{simple} % {self.pick([2, 3, 7])}",
            lambda: f"-{simple}",
            lambda: f"abs({simple})",
            lambda: f"sign({simple})",
            lambda: f"size({self._list(scope)})",
            lambda: f"size({e(scope, 'str')})",
            lambda: f"toInteger({self.atom(scope, 'str')})",
            lambda: f"toInteger(left({self.date(scope)}, 4))",
            lambda: f"toInteger({self.atom(scope, 'float')})",
            lambda: f"coalesce({simple}, 0)",
            lambda: self.case(scope, "int"),
            lambda: f"reduce(total = 0, item IN {self._list(scope)} | total + size(item))",
            lambda: f"size([item IN {self._list(scope)} WHERE item <> {self.literal('str')}])",
        ]
        if scope.of("path"):
            options += [lambda: f"length({self.pick(scope.of('path'))})"] * 3
        if scope.of("bag"):
            options += [lambda: f"size({self.pick(scope.of('bag'))})"] * 3
        if self.depth == 1 and scope.nodes():
            options += [lambda: self.count_subquery(scope)] * 3
        return str(self.pick(options)())

    def float_expr(self, scope: Scope) -> str:
        simple = self.atom(scope, "float")
        if self.depth > 2 or self.chance(0.35):
            return simple
        e = self.expr
        options: list[Callable[[], str]] = [
            lambda: f"{simple} * {self.literal('float')}",
            lambda: f"{simple} + {self.atom(scope, 'float')}",
            lambda: f"{simple} - {self.literal('int')}",
            lambda: f"{simple} / {self.pick([2, 4, 0.5])}",
            lambda: f"{simple} * {simple}",
            lambda: f"1.0 * {e(scope, 'int')}",
            lambda: f"toFloat({e(scope, 'int')})",
            lambda: f"round({simple})",
            lambda: f"round({simple}, {self.pick([1, 2])})",
            lambda: f"round({simple} * 100.0) / 100.0",
            lambda: f"floor({simple})",
            lambda: f"ceil({simple})",
            lambda: f"abs({simple})",
            lambda: f"sqrt(abs({simple}))",
            lambda: f"{simple} ^ 2",
            lambda: f"coalesce({simple}, 0.0)",
            lambda: f"toFloat({text_of(self.pick(['0.5', '12', 'none', '']))})",
            lambda: self.case(scope, "float"),
            lambda: f"reduce(total = 0.0, item IN {self._list(scope)} | total + {simple})",
        ]
        return str(self.pick(options)())

    def date(self, scope: Scope) -> str:
        dates = [f"{v}.{n}" for v in scope.things() for n in ("since", "until", "date") if n in self._props(scope.vars[v], "str")]
        return str(self.pick(dates)) if dates else "'1991-01-01'"

    def bool_expr(self, scope: Scope) -> str:
        e = self.expr
        if self.depth <= 2 and self.chance(0.25):
            op = self.pick(["AND", "AND", "OR", "OR", "XOR"])
            self.shape("logic")
            left, right = e(scope, "bool"), e(scope, "bool")
            return f"({left} {op} {right})" if self.depth > 1 or self.chance(0.5) else f"{left} {op} {right}"
        if self.depth <= 2 and self.chance(0.12):
            return f"NOT {self.pick([self.atom(scope, 'bool'), '(' + e(scope, 'bool') + ')'])}"
        options: list[Callable[[], str]] = [
            *[lambda: self.comparison(scope)] * 6,
            *[lambda: self.in_force(scope)] * 2,
            lambda: (
                f"{e(scope, 'str')} {self.pick(['STARTS WITH', 'ENDS WITH', 'CONTAINS'])} '{self.pick(['A', 'a', 'n', '', 'The', '1'])}'"
            ),
            lambda: f"{self.atom(scope, 'str')} IN {self.literal('list')}",
            lambda: f"{self.literal('str')} IN {self._list(scope)}",
            lambda: f"{self.atom(scope, 'str')} IN {self.param('ids', [*self.rng.sample(STATES, 3), 'full', 'state'])}",
            lambda: f"{self.atom(scope, 'int')} IN [2020, 2021, 1, null]",
            lambda: f"{self.pick([self.atom(scope, k) for k in ('str', 'float', 'bool', 'int')])} {self.pick(['IS NULL', 'IS NOT NULL'])}",
            lambda: self.quantified(scope),
            lambda: self.bare(scope),
            lambda: self.atom(scope, "bool"),
            lambda: f"{self.atom(scope, 'bool')} {self.pick(['=', '<>'])} {self.literal('bool')}",
            lambda: f"{self.atom(scope, 'bool')} = {self.atom(scope, 'bool')}",
            lambda: f"coalesce({self.atom(scope, 'bool')}, false)",
            lambda: f"{self._list(scope)} {self.pick(['=', '<>'])} {self.literal('list')}",
            lambda: f"size({self._list(scope)}) {self.pick(['>', '=', '<='])} {self.pick([0, 1, 2])}",
            lambda: f"isEmpty({self._list(scope)})",
            lambda: f"{e(scope, 'str')} =~ {text_of(self.pick(['[A-L].*', '.*a', '(?i)the.*']))}",
            lambda: self.case(scope, "bool"),
        ]
        if scope.of("path"):
            path = self.pick(scope.of("path"))
            options += [
                lambda: f"{self.pick(['all', 'any', 'none'])}(r IN relationships({path}) WHERE r.since <= '2000-01-01' < r.until)",
                lambda: f"{self.pick(['all', 'any', 'none', 'single'])}(n IN nodes({path}) WHERE n.kind = 'state')",
            ]
        things = scope.things()
        if things:
            options.append(lambda: f"{self.pick(things)} {self.pick(['IS NULL', 'IS NOT NULL'])}")
        nodes = scope.nodes()
        if nodes:
            options.append(lambda: f"{self.pick(nodes)}:{self.pick(_NODES[:3])}")
            options.append(lambda: f"{self.pick(_NODES[:2])!r} IN labels({self.pick(nodes)})")
            if self.depth <= 2:
                options += [lambda: self.exists_subquery(scope)] * 3
                options.append(lambda: f"{self.count_subquery(scope)} {self.pick(['> 0', '= 1', '>= 2', '= 0'])}")
        if len(nodes) > 1:
            options.append(lambda: f"{nodes[0]} {self.pick(['=', '<>'])} {nodes[-1]}")
            options.append(lambda: f"{nodes[0]}.id {self.pick(['<', '<>', '='])} {nodes[-1]}.id")
        rels = scope.rels()
        if rels:
            rel = self.pick(rels)
            options.append(lambda: f"type({rel}) {self.pick(['=', '<>'])} {text_of(self.pick(DOMAINS[:4]))}")
            if nodes:
                options.append(lambda: f"{self.pick(['startNode', 'endNode'])}({rel}) = {self.pick(nodes)}")
        return str(self.pick(options)())

    def bare(self, scope: Scope) -> str:
        """A boolean property that stands beside something else."""
        self.shape("boolean property beside a comparison")
        found = self.prop(scope, "bool")
        flag = f"{self.pick(['', 'NOT '])}{found[0] if found else 'true'}"
        return self.pick([f"({flag} {{}} {self.comparison(scope)})", f"({self.comparison(scope)} {{}} {flag})"]).format(
            self.pick(["OR", "OR", "AND"])
        )

    def in_force(self, scope: Scope) -> str:
        dated = [v for v in scope.things() if "since" in self._props(scope.vars[v], "str")]
        if not dated:
            return self.comparison(scope)
        self.shape("in force")
        var, day = self.pick(dated), self.param("as_of", self.pick(["1985-06-01", "2000-01-01", "2021-06-01"]))
        return f"{var}.since <= {day} AND {var}.until > {day}" if self.chance(0.7) else f"{var}.since <= {day} < {var}.until"

    def comparison(self, scope: Scope) -> str:
        kinds = [k for k in ("str", "str", "int", "float") if self.prop(scope, k)]
        kind = self.pick(kinds or ["str"])
        op = self.pick(["=", "=", "<>", "<>", "<", "<=", ">", ">="])
        found = self.prop(scope, kind)
        if found is None:
            return f"{self.expr(scope, kind)} {op} {self.literal(kind)}"
        text, type_, name = found
        if self.chance(0.15):
            self.shape("property against property")
            return f"{text} {op} {self.atom(scope, kind)}"
        value = self.value_of(type_, name)
        if self.chance(0.1):
            self.shape("optional parameter")
            given = self.param("given", self.pick([None, value]))
            return f"({given} IS NULL OR {text} = {given})"
        right = self.param("value", value) if self.chance(0.4) else text_of(value)
        return f"{text} {op} {right}" if self.chance(0.93) else f"{right} {op} {text}"

    def quantified(self, scope: Scope) -> str:
        self.shape("quantifier")
        word = self.pick(["any", "all", "none", "single"])
        test = self.pick(
            ["item = 'defence'", "item STARTS WITH 'a'", "item <> 'atlas'", f"item = {self.atom(scope, 'str')}", "size(item) > 5"]
        )
        return f"{word}(item IN {self._list(scope, bags=True)} WHERE {test})"

    def case(self, scope: Scope, kind: str) -> str:
        if self.depth > 2:
            return self.atom(scope, kind)
        e = self.expr
        if self.chance(0.5):
            self.shape("simple CASE")
            subject = self.atom(scope, "str")
            whens = " ".join(f"WHEN {self.literal('str')} THEN {e(scope, kind)}" for _ in range(self.pick([1, 2])))
            return f"CASE {subject} {whens}{f' ELSE {e(scope, kind)}' if self.chance(0.7) else ''} END"
        self.shape("searched CASE")
        whens = " ".join(f"WHEN {e(scope, 'bool')} THEN {e(scope, kind)}" for _ in range(self.pick([1, 1, 2])))
        return f"CASE {whens}{f' ELSE {e(scope, kind)}' if self.chance(0.7) else ''} END"

    def _list(self, scope: Scope, bags: bool = False) -> str:
        if bags and scope.of("bag") and self.chance(0.5):
            return str(self.pick(scope.of("bag")))
        return self.atom(scope, "list")

    def list_expr(self, scope: Scope) -> str:
        simple = self._list(scope)
        if self.depth > 2 or self.chance(0.3):
            return simple
        self.shape("lists")
        options: list[Callable[[], str]] = [
            lambda: f"[item IN {simple} WHERE {self.pick(['item <> ', 'item > ', 'NOT item = '])}{self.literal('str')}]",
            lambda: f"[item IN {simple} WHERE item CONTAINS 'a' | toUpper(item)]",
            lambda: f"[item IN {simple} | item + {self.atom(scope, 'str')}]",
            lambda: f"{simple}[{self.pick(['0..1', '1..', '..2', '-1..', '0..10', '..-1'])}]",
            lambda: f"{simple} + {self.literal('list')}",
            lambda: f"reverse([item IN {simple} | item])",
            lambda: f"tail({simple})",
            lambda: f"coalesce({simple}, [])",
            lambda: f"[{self.atom(scope, 'str')}, {self.atom(scope, 'str')}]",
            lambda: f"split({self.atom(scope, 'str')}, '-')",
            lambda: f"[item IN range(1, {self.pick([0, 3])}) | toString(item)]",
            lambda: f"reduce(seen = [], item IN {simple} | CASE WHEN item IN seen THEN seen ELSE seen + item END)",
            lambda: f"CASE WHEN {self.expr(scope, 'bool')} THEN {simple} ELSE [] END",
        ]
        if scope.of("path"):
            path = self.pick(scope.of("path"))
            options += [lambda: f"[n IN nodes({path}) | n.id]", lambda: f"[r IN relationships({path}) | type(r)]"] * 2
        if scope.nodes():
            options.append(lambda: f"labels({self.pick(scope.nodes())})")
            if self.depth == 1:
                options += [lambda: self.collect_subquery(scope)] * 2
        return str(self.pick(options)())

    # -- subqueries --

    def condition(self, scope: Scope) -> str:
        """What stands behind WHERE: there a bare pattern is a condition too."""
        nodes = [n for n in scope.nodes() if self.edge(scope.vars[n])]
        if self.depth or not nodes or not self.chance(0.1):
            return self.expr(scope, "bool")
        self.shape("pattern predicate")
        var = self.pick(nodes)
        type_, other, outgoing = self.edge(scope.vars[var]) or ("DEFENCE", "State", True)
        arrow = f"-[:{type_}]-" if self.chance(0.3) else f"-[:{type_}]->" if outgoing else f"<-[:{type_}]-"
        same = [n for n in scope.nodes() if scope.vars[n] == other and n != var]
        end = self.pick(same) if same and self.chance(0.6) else self.pick(["", f":{other}", "{disputed: false}"])
        text = f"{self.pick(['', 'NOT '])}({var}){arrow}({end})"
        return f"{text} {self.pick(['AND', 'OR'])} ({self.expr(scope, 'bool')})" if self.chance(0.4) else text

    def count_subquery(self, scope: Scope) -> str:
        self.shape("COUNT {}")
        return f"COUNT {{ {self.inner(scope)} }}"

    def exists_subquery(self, scope: Scope) -> str:
        self.shape("EXISTS {}")
        return f"{self.pick(['', 'NOT '])}EXISTS {{ {self.inner(scope)} }}"

    def inner(self, scope: Scope) -> str:
        inside = scope.copy()
        saved, self.depth = self.depth, 2
        pattern = self.path_pattern(inside, anchored=True, longest=2)
        match = "MATCH " if self.chance(0.8) else ""
        text = f"{match}{pattern}"
        if self.chance(0.5):
            text += f" WHERE {self.expr(inside, 'bool')}"
        self.depth = saved
        return text

    def collect_subquery(self, scope: Scope) -> str:
        self.shape("COLLECT {}")
        inside = scope.copy()
        saved, self.depth = self.depth, 2
        text = f"MATCH {self.path_pattern(inside, anchored=True, longest=1)}"
        if self.chance(0.4):
            text += f" WHERE {self.expr(inside, 'bool')}"
        new = [v for v in inside.things() if v not in scope.vars]
        self.depth = saved
        var = self.pick(new or inside.things())
        return (
            f"COLLECT {{ {text} RETURN {self.pick(['', 'DISTINCT '])}{var}.id AS x ORDER BY x{self.pick(['', '', ' DESC', ' LIMIT 2'])} }}"
        )

    # -- patterns --

    def edge(self, label: str) -> tuple[str, str, bool] | None:
        """A relationship type from the label: (type, label of the other end, outgoing)."""
        found = [(t, b, True, w) for a, t, b, w in _EDGES if a == label] + [(t, a, False, w) for a, t, b, w in _EDGES if b == label]
        if not found:
            return None
        type_, other, outgoing, _ = self.rng.choices(found, [int(w) for *_, w in found])[0]
        return type_, other, outgoing

    def inline_map(self, scope: Scope, type_: str) -> str:
        props = [(k, p) for k in ("str", "str", "bool", "int") for p in self._props(type_, k)]
        if not props:
            return ""
        kind, name = self.pick(props)
        joins = [f"{v}.{p}" for v in scope.things() for n, p in _JOINS if p in self._props(scope.vars[v], "str") and self._has(type_, n)]
        joins = [j for j in joins if not _is_rel(scope.vars[j.split(".")[0]]) or self.chance(0.15)]
        if joins and self.chance(0.4):
            self.shape("variable in inline map")
            access = self.pick(joins)
            return f" {{{self.pick([n for n, p in _JOINS if p == access.split('.')[1] and self._has(type_, n)])}: {access}}}"
        if kind == "str" and self.chance(0.25):
            found = self.prop(scope, "str")
            if found:
                node = not _is_rel(found[1])
                if node or self.chance(0.1):
                    self.shape("variable in inline map" if node else "relationship variable in inline map")
                    return f" {{{name}: {found[0]}}}"
            if scope.of("str") and self.chance(0.5):
                self.shape("variable in inline map")
                return f" {{{name}: {self.pick(scope.of('str'))}}}"
        self.shape("inline map")
        value = self.value_of(type_, name)
        return f" {{{name}: {self.param('value', value) if self.chance(0.3) else text_of(value)}}}"

    def node_pattern(self, scope: Scope, label: str, known: str | None) -> tuple[str, str | None]:
        if known:
            return (f"({known})", known) if self.chance(0.85) else (f"({known}:{label})", known)
        variable = self.name(label[0].lower()) if self.chance(0.8) else None
        if variable is None:
            return f"({self.pick([':' + label, ':' + label, ''])})", None
        shown = f":{label}" if self.chance(0.8) else ("" if self.chance(0.6) else f":{label}|{self.pick(_NODES[:3])}")
        text = f"{variable}{shown}"
        if self.chance(0.18):
            text += self.inline_map(scope, label)
        elif self.chance(0.06):
            self.shape("inline WHERE")
            own = Scope({variable: label})
            saved, self.depth = self.depth, 2
            text += f" WHERE {self.comparison(own)}"
            self.depth = saved
        return f"({text})", variable

    def path_pattern(self, scope: Scope, anchored: bool = False, longest: int = 3) -> str:
        """A path; its new variables enter the scope."""
        nodes = [n for n in scope.nodes() if self.edge(scope.vars[n])]
        start = self.pick(nodes) if nodes and (anchored or self.chance(0.75)) else None
        label = scope.vars[start] if start else self.rng.choices(_NODES, [8, 3, 3, 1, 1, 1, 1, 2])[0]
        text, first = self.node_pattern(scope, label, start)
        new: dict[str, str] = {first: label} if first and not start else {}
        for _ in range(self.rng.choices([0, 1, 2, 3], [1 if not anchored else 0, 7, 3, 1])[0]):
            edge = self.edge(label)
            if edge is None or self.hops >= self.most_hops or longest == 0:
                break
            self.hops += 1
            longest -= 1
            type_, other, outgoing = edge
            reach = scope.copy()
            reach.vars |= new
            arrow, rel = self.rel_pattern(reach, type_, label, outgoing)
            if rel:
                new[rel] = type_ if "|" not in arrow else next(t for t in _types_in(arrow))
            known = [n for n in reach.nodes() if reach.vars[n] == other]
            again = self.pick(known) if known and self.chance(0.22) else None
            shown, variable = self.node_pattern(reach, other, again)
            if again and again not in scope.vars:
                self.shape("cycle")
            text += arrow + shown
            if variable and not again:
                new[variable] = other
            label = other
        scope.vars |= new
        return text

    def rel_pattern(self, scope: Scope, type_: str, label: str, outgoing: bool) -> tuple[str, str | None]:
        variable = self.name("t") if self.chance(0.65) else None
        types = type_
        if self.chance(0.12):
            self.shape("types alternative")
            others = {t for a, t, b, _ in _EDGES if label in (a, b)} - {type_}
            types = "|".join([type_, *self.rng.sample(sorted(others), min(len(others), 1))])
        length = ""
        if self.chance(0.1) and label in ("State", "Bloc"):
            self.shape("variable length")
            if self.quantified_paths is None:
                self.quantified_paths = self.chance(0.5)
            if not self.quantified_paths:
                length = self.pick(["*1..2", "*2", "*0..1", "*1..3"])
                variable = None
            else:
                undirected = self.chance(0.3)
                quantifier = self.pick(["{1,2}", "{2}", "{0,1}"])
                body = f"-[:{types}]-"
                return (body if undirected else f"{body}>" if outgoing else f"<{body}") + quantifier, None
        inside = variable or ""
        if self.chance(0.95):
            inside += f":{types}{length}"
            typed = True
        else:
            self.shape("untyped relationship")
            inside += length
            typed = False
            if variable:
                # Its properties are those of any type; only id is sure.
                pass
        if not length and variable and self.chance(0.12) and typed:
            inside += self.inline_map(scope, type_)
        elif not length and variable and self.chance(0.04) and typed:
            self.shape("inline WHERE")
            saved, self.depth = self.depth, 2
            inside += f" WHERE {self.comparison(Scope({variable: type_}))}"
            self.depth = saved
        body = f"-[{inside}]-" if inside else "--"
        if self.chance(0.3):
            self.shape("undirected")
            return body, variable
        return (f"{body}>" if outgoing else f"<{body}"), variable

    # -- clauses --

    def match(self, scope: Scope, optional: bool = False) -> str:
        before = scope.copy()
        self.shape("OPTIONAL MATCH" if optional else "MATCH")
        count = 1 if optional else self.rng.choices([1, 2], [4, 1])[0]
        paths = []
        for _ in range(count):
            text = self.path_pattern(scope, anchored=bool(paths) and self.chance(0.85))
            if self.chance(0.08) and ("-[" in text or "--" in text) and "{1,2}" not in text:
                path = self.name("p")
                scope.vars[path] = "path"
                self.shape("named path")
                text = f"{path} = {text}"
            paths.append(text)
        if count > 1:
            self.shape("comma patterns")
        if not optional and not self.quantified_paths and self.chance(0.05):
            self.quantified_paths = False
            return self.shortest(scope, before)
        text = f"{'OPTIONAL ' if optional else ''}MATCH {', '.join(paths)}"
        if self.chance(0.55):
            text += f" WHERE {self.condition(scope)}"
        return text

    def shortest(self, scope: Scope, before: Scope) -> str:
        self.shape("shortestPath")
        scope.vars = dict(before.vars)
        a, b, path = self.name("s"), self.name("s"), self.name("p")
        scope.vars |= {a: "State", b: "State"}
        arrow = self.pick(["-[:DEFENCE*..4]-", "-[:DEFENCE|TRADE*..5]->", "-[:MEMBER_OF|TRADE*1..4]-"])
        ends = self.rng.sample(STATES[:10], 2)
        # Which of several shortest paths is found is open: only its length enters the scope.
        scope.vars.pop(path, None)
        length = self.name("d")
        text = (
            f"MATCH ({a}:State {{id: '{ends[0]}'}}), ({b}:State {{id: '{ends[1]}'}}) MATCH {path} = shortestPath(({a}){arrow}({b}))"
            f" WITH {', '.join([*scope.vars])}, length({path}) AS {length}"
        )
        scope.vars[length] = "int"
        return text

    def unwind(self, scope: Scope) -> str:
        self.shape("UNWIND")
        name = self.name("x")
        source = self._list(scope, bags=True) if self.chance(0.7) else self.param("list", list(self.rng.sample(STATES, 3)))
        text = f"UNWIND {source} AS {name}"
        scope.vars[name] = "str"
        return text

    def keys(self, scope: Scope) -> list[str] | None:
        """Expressions that order rows of the scope totally; None when there are none."""
        found = []
        for name, type_ in scope.vars.items():
            if _is_thing(type_):
                found.append(f"{name}.id")
            elif type_ in (*_SCALARS, "list"):
                found.append(name)
            elif type_ == "path":
                found += [f"[n IN nodes({name}) | n.id]", f"[r IN relationships({name}) | r.id]"]
            else:
                return None
        self.rng.shuffle(found)
        return found

    def order_by(self, keys: list[str]) -> str:
        self.shape("ORDER BY")
        return "ORDER BY " + ", ".join(k + self.pick(["", "", " DESC", " ASC"]) for k in keys)

    def page(self) -> str:
        if self.chance(0.35):
            self.shape("SKIP and LIMIT")
            return f" {self.pick(['', 'SKIP 1 ', 'SKIP 2 '])}LIMIT {self.pick([1, 3, 5, '$n'])}"
        return ""

    def with_clause(self, scope: Scope) -> str:
        self.shape("WITH")
        if self.chance(0.3):
            return self.with_aggregate(scope)
        kept = [n for n in scope.vars if self.chance(0.8)] or list(scope.vars)[:1]
        after = Scope({n: scope.vars[n] for n in kept})
        items = list(kept)
        for kind in self.rng.sample((*_SCALARS, "list"), self.pick([0, 1, 1])):
            name = self.name("v")
            items.append(f"{self.expr(scope, kind)} AS {name}")
            after.vars[name] = kind
        if self.chance(0.08) and scope.nodes():
            name = self.name("m")
            items.append(f"{self.map_projection(scope)} AS {name}")
            after.vars[name] = "map"
        distinct = ""
        if self.chance(0.2) and not any(t in ("map", "bag", "path") for t in after.vars.values()):
            distinct = "DISTINCT "
            self.shape("WITH DISTINCT")
        text = f"WITH {distinct}{', '.join(items)}"
        keys = self.keys(after)
        page = ""
        if keys and self.chance(0.25):
            page = self.page()
            text += f" {self.order_by(keys)}{page}"
        if self.chance(0.35):
            star = " WITH *" if page and self.chance(0.95) else ""
            text += f"{star} WHERE {self.condition(after)}"
            self.shape("WITH WHERE")
        scope.vars = after.vars
        return text

    def map_projection(self, scope: Scope) -> str:
        self.shape("map projection")
        var = self.pick(scope.things())
        props = self._props(scope.vars[var], self.pick(["str", "bool"])) or ["id"]
        extra = f", x: {self.expr(scope, self.pick(['str', 'int']))}" if self.chance(0.4) else ""
        return f"{var} {{.id, .{self.pick(props)}{extra}}}"

    def aggregate(self, scope: Scope, ordered: bool) -> tuple[str, str]:
        """An aggregate and its type."""
        self.shape("aggregate")
        things = [*scope.things(), *scope.of("str", "int", "bool", "float")]
        options: list[Callable[[], tuple[str, str]]] = [
            lambda: ("count(*)", "int"),
            lambda: (f"count({self.pick(things)})" if things else "count(*)", "int"),
            lambda: (f"count(DISTINCT {self.pick(things)})" if things else "count(*)", "int"),
            lambda: (f"count({self.expr(scope, 'str')})", "int"),
            lambda: (f"sum({self.expr(scope, 'int')})", "int"),
            lambda: (f"sum({self.atom(scope, 'float')})", "float"),
            lambda: (f"round(avg({self.pick([self.atom(scope, 'float'), self.atom(scope, 'int')])}), 6)", "float"),
            lambda: (f"min({self.expr(scope, 'str')})", "str"),
            lambda: (f"max({self.expr(scope, 'str')})", "str"),
            lambda: (f"max({self.expr(scope, 'int')})", "int"),
            lambda: (f"min({self.atom(scope, 'float')})", "float"),
            lambda: (f"max({self.date(scope)})", "str"),
            lambda: (f"collect({self.atom(scope, 'str')})", "list" if ordered else "bag"),
            lambda: (f"collect(DISTINCT {self.atom(scope, 'str')})", "list" if ordered else "bag"),
            lambda: (f"size(collect(DISTINCT {self.atom(scope, 'str')}))", "int"),
            lambda: (f"collect({self.atom(scope, 'str')})[0]" if ordered else "count(*) > 1", "str" if ordered else "bool"),
            lambda: (f"sum(CASE WHEN {self.expr(scope, 'bool')} THEN 1 ELSE 0 END)", "int"),
            lambda: (f"count(CASE WHEN {self.expr(scope, 'bool')} THEN 1 END)", "int"),
            lambda: ("1.0 * count(*) / 2", "float"),
            lambda: ("count(*) / 2", "int"),
            lambda: (f"max({self.atom(scope, 'int')}) - min({self.atom(scope, 'int')})", "int"),
            lambda: ("collect({{id: {}, x: {}}})".format(self.atom(scope, "str"), self.atom(scope, "int")), "maps"),
            lambda: ("count(*) + 1", "int"),
            lambda: (f"sum({self.atom(scope, 'int')}) * 1.0 / (count(*) + 1)", "float"),
            lambda: (f"{{n: count(*), top: max({self.atom(scope, 'str')})}}", "map"),
            lambda: (
                f"collect({self.atom(scope, 'str')})[..2]" if ordered else f"count(DISTINCT {self.atom(scope, 'str')}) = 1",
                "list" if ordered else "bool",
            ),
        ]
        return self.pick(options)()  # type: ignore[no-any-return]

    def with_aggregate(self, scope: Scope) -> str:
        self.shape("grouping WITH")
        text = ""
        keys = self.keys(scope)
        ordered = bool(keys) and self.chance(0.5)
        if ordered and keys:
            text = f"WITH {', '.join(scope.vars)} {self.order_by(keys)} "
        groups = [n for n in scope.vars if scope.vars[n] not in ("bag", "map", "path", "maps") and self.chance(0.35)]
        after = Scope({n: scope.vars[n] for n in groups})
        items = list(groups)
        if self.chance(0.3):
            name = self.name("k")
            kind = self.pick(["str", "bool"])
            saved, self.depth = self.depth, 1
            items.append(f"{self.expr(scope, kind)} AS {name}")
            self.depth = saved
            after.vars[name] = kind
        for _ in range(self.pick([1, 1, 2])):
            name = self.name("g")
            expression, type_ = self.aggregate(scope, ordered)
            items.append(f"{expression} AS {name}")
            after.vars[name] = type_
        text += f"WITH {', '.join(items)}"
        if self.chance(0.35):
            text += f" WHERE {self.expr(after, 'bool')}"
        scope.vars = after.vars
        return text

    def call(self, scope: Scope) -> str:
        self.shape("CALL {}")
        imported = self.rng.sample(scope.nodes(), min(len(scope.nodes()), self.pick([1, 1, 2])))
        inside = Scope({n: scope.vars[n] for n in imported})
        body = self.match(inside, optional=self.chance(0.2))
        name = self.name("c")
        if self.chance(0.5):
            expression, type_ = self.aggregate(inside, False)
            body += f" RETURN {expression} AS {name}"
        elif self.chance(0.3):
            kind = self.pick(["str", "int"])
            body += f" RETURN {self.expr(inside, kind)} AS {name}"
            type_ = kind
            second = Scope({n: scope.vars[n] for n in imported})
            self.shape("UNION in CALL")
            body += f" UNION{self.pick(['', ' ALL'])} {self.match(second)} RETURN {self.expr(second, kind)} AS {name}"
        else:
            new = [v for v in inside.things() if v not in imported]
            if new:
                thing = self.pick(new)
                type_ = inside.vars[thing]
                body += f" RETURN {self.pick(['', 'DISTINCT '])}{thing} AS {name}"
                if self.chance(0.4):
                    body += f" ORDER BY {name}.id LIMIT {self.pick([1, 2])}"
            else:
                type_ = "str"
                body += f" RETURN {self.expr(inside, 'str')} AS {name}"
        scope.vars[name] = type_
        return f"CALL ({', '.join(imported)}) {{ {body} }}"

    # -- whole queries --

    def columns(self, scope: Scope, kinds: list[str] | None = None) -> tuple[list[tuple[str, str, str]], str]:
        """RETURN's items as (expression, alias, type), and DISTINCT or nothing."""
        if kinds is not None:
            return [(self.expr(scope, kind), f"out{i}", kind) for i, kind in enumerate(kinds)], ""
        items: list[tuple[str, str, str]] = []
        self.grouped = self.chance(0.35)
        if self.grouped:
            for name in scope.vars:
                if self.chance(0.4) and scope.vars[name] not in ("path",):
                    type_ = scope.vars[name]
                    items.append((f"{name}.id" if _is_thing(type_) else name, "", "str" if _is_thing(type_) else type_))
            items = [(e, f"out{i}", t) for i, (e, _, t) in enumerate(x for x in items if x[2] not in ("map", "bag", "maps"))]
            for _ in range(self.pick([1, 1, 2])):
                expression, type_ = self.aggregate(scope, False)
                items.append((expression, f"out{len(items)}", type_))
            self.shape("grouping RETURN")
            return items, ""
        for name, type_ in scope.vars.items():
            if self.chance(0.6) and type_ != "path":
                items.append((f"{name}.id" if _is_thing(type_) else name, f"out{len(items)}", "str" if _is_thing(type_) else type_))
        for kind in self.rng.choices((*_SCALARS, "list"), k=self.pick([0, 1, 1, 2]) or (not items)):
            items.append((self.expr(scope, kind), f"out{len(items)}", kind))
        if self.chance(0.05) and scope.things():
            items.append((self.map_projection(scope), f"out{len(items)}", "map"))
        if self.chance(0.03) and scope.things():
            self.shape("whole things")
            items.append((self.pick(scope.things()), f"out{len(items)}", "map"))
        if self.chance(0.02) and scope.nodes():
            self.shape("pattern comprehension")
            var = self.pick(scope.nodes())
            items.append((f"[({var})-[r]-(o) WHERE o.id <> 'ARL' | o.id]", f"out{len(items)}", "bag"))
        distinct = ""
        if self.chance(0.25) and not any(t in ("map", "bag", "maps") for _, _, t in items):
            self.shape("RETURN DISTINCT")
            distinct = "DISTINCT "
        return items, distinct

    def reading(self, scope: Scope) -> str:
        """Everything before RETURN."""
        clauses = [self.match(scope)] if self.chance(0.96) else [self.unwind(scope)]
        for _ in range(self.rng.choices([0, 1, 2, 3], self.clauses)[0]):
            makers: list[Callable[[Scope], str]] = [self.match, lambda s: self.match(s, True), self.with_clause, self.unwind, self.call]
            maker = self.rng.choices(makers, [3, 3, 4, 0.7, 1])[0]
            if not scope.nodes() and maker in (makers[1], makers[4]):
                maker = self.with_clause
            if not scope.vars:
                maker = self.match
            clauses.append(maker(scope))
        return " ".join(clauses)

    def query(self) -> Generated:
        """A whole query."""
        scope = Scope()
        text = self.reading(scope)
        if self.chance(0.06):
            return self.union(text, scope)
        items, distinct = self.columns(scope)
        aliased = self.chance(0.93) or len({e for e, _, _ in items}) < len(items) or any(t == "map" for _, _, t in items)
        text += f" RETURN {distinct}" + ", ".join(f"{e} AS {a}" if aliased else e for e, a, _ in items)
        bags = frozenset(i for i, (_, _, type_) in enumerate(items) if type_ in ("bag", "maps"))
        orderable = not bags and not any(type_ == "map" for _, _, type_ in items)
        ordered = orderable and aliased and self.chance(0.55)
        if ordered:
            keys = [a for _, a, _ in items]
            self.rng.shuffle(keys)
            text += f" {self.order_by(keys)}{self.page()}"
        elif not distinct and not self.grouped and self.chance(0.3):
            hidden = self.keys(scope)
            if hidden:
                self.shape("ORDER BY what is not returned")
                ordered = True
                text += f" {self.order_by(hidden)}{self.page()}"
        return self.done(text, ordered, bags)

    def union(self, text: str, scope: Scope) -> Generated:
        kinds = self.rng.choices(_SCALARS, k=self.pick([1, 2]))
        items, _ = self.columns(scope, kinds)
        self.shape("UNION")
        text += " RETURN " + ", ".join(f"{e} AS {a}" for e, a, _ in items)
        for _ in range(self.pick([1, 1, 2])):
            other = Scope()
            self.hops = 0
            text += f" {self.union_word()} {self.match(other)}"
            items, _ = self.columns(other, kinds)
            text += " RETURN " + ", ".join(f"{e} AS {a}" for e, a, _ in items)
        return self.done(text, False, frozenset())

    def union_word(self) -> str:
        if self.union_all is None:
            self.union_all = self.chance(0.5)
        return "UNION ALL" if self.union_all else "UNION"

    def done(self, text: str, ordered: bool, bags: frozenset[int]) -> Generated:
        if "$n" in text:
            self.params["n"] = 4
        return Generated(text, self.params, ordered, bags, frozenset(self.shapes))


def _types_in(arrow: str) -> Iterator[str]:
    yield from (t for t in arrow.replace("]", " ").replace(":", " ").replace("{", " ").split() if "|" in t)


def queries(seed: int, long: bool = False) -> Iterator[Generated]:
    """Distinct queries without end; the same ones for the same seed. ``long``: of more clauses and longer paths."""
    seen: set[str] = set()
    place = 0
    while True:
        made = Generator(seed * 1_000_003 + place, long).query()
        place += 1
        if made.text not in seen:
            seen.add(made.text)
            yield made
