"""The two engines on the same data: the Cypher that analysts write gives equal rows, and what one engine misreads is refused there.

The rows of the original form on Neo4j, of the rewritten form on Neo4j and of the rewritten form on the embedded store must be one.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import answer, assert_same
from support import Both, Cli, query

from graph_loader import cyphertext
from graph_loader.errors import UsageError
from graph_loader.stores.base import Rows, Store

pytestmark = pytest.mark.neo4j

# -- what analysts write ------------------------------------------------------------------------------------------------------

ANALYST = {
    "nodes with a property map": "MATCH (b:Bloc {id: 'NATO'})<-[m:MEMBER_OF {role: 'full'}]-(s:State) RETURN s.id AS s ORDER BY s",
    "relationship with a property map": "MATCH (a)-[t:DEFENCE {instrument: 'us-japan-1960'}]->(b) RETURN a.id AS a, b.id AS b, t.mutual"
                                        " AS m",
    "node variable in an inline map": "MATCH (b:Bloc) MATCH (c:Claim {fact: b.id}) RETURN b.id AS b, count(c) AS n ORDER BY b",
    "parameter in an inline map": "MATCH (s:State {id: $state})-[m:MEMBER_OF]->(b) RETURN b.id AS b, m.since AS since ORDER BY b, since",
    "as of a date": "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE m.since <= $as_of AND m.until > $as_of RETURN b.id AS b, count(s) AS n"
                    " ORDER BY b",
    "undirected": "MATCH (x:State)-[t:DEFENCE]-(g:State) WHERE x.id = $state RETURN g.id AS g, t.id AS t ORDER BY g, t",
    "undirected, both ends free": "MATCH (a)-[t:DEFENCE]-(b) RETURN count(*) AS rows, count(DISTINCT t) AS ties",
    "who owes": "MATCH (x:State)-[t:DEFENCE]-(g) WHERE x.id = 'JPN' AND (t.mutual OR endNode(t) = x) RETURN g.id AS g, t.id AS t ORDER"
                " BY t",
    "not disputed": "MATCH ()-[t:DEFENCE]->() WHERE NOT t.disputed RETURN count(t) AS n",
    "not derived": "MATCH ()-[m:MEMBER_OF]->() WHERE NOT m.suspended RETURN count(m) AS n",
    "disputed or not": "MATCH ()-[m:MEMBER_OF]->() RETURN m.disputed AS disputed, count(m) AS n ORDER BY disputed",
    "list parameter": "MATCH (s:State) WHERE s.id IN $states RETURN s.name AS name ORDER BY name",
    "value in a stored list": "MATCH ()-[t:DEFENCE]->() WHERE 'consultation' IN t.obligations RETURN count(t) AS n",
    "any of a stored list": "MATCH (i:Instrument) WHERE any(d IN i.domains WHERE d IN $domains) RETURN i.id AS i ORDER BY i",
    "all of a stored list": "MATCH (i:Instrument) WHERE all(o IN i.obligations WHERE o = 'consultation') RETURN i.id AS i ORDER BY i",
    "bounded chain": "MATCH (a:State {id: 'JPN'})-[:DEFENCE*1..2]-(b:State) RETURN count(DISTINCT b) AS n",
    "chain with a condition a hop": "MATCH p = (a:State {id: 'KOR'})-[ts:DEFENCE*1..2]-(b:State) WHERE all(t IN relationships(p) WHERE"
                                    " t.since <= $as_of AND t.until > $as_of) RETURN b.id AS b, count(*) AS paths ORDER BY b",
    "quantified relationship": "MATCH (a:State {id: 'KOR'})-[:DEFENCE]-{1,2}(b:State) RETURN count(DISTINCT b.id) AS n",
    "shortest path": "MATCH (a:State {id: 'KOR'}), (b:State {id: 'AUS'}) MATCH p = shortestPath((a)-[:DEFENCE*..3]-(b)) RETURN length(p)"
                     " AS n,"
                     " [x IN nodes(p) | x.id] AS via",
    "optional": "MATCH (s:State) WHERE s.id IN $states OPTIONAL MATCH (s)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) RETURN s.id AS s, m.since AS"
                " since ORDER BY s",
    "optional with a condition": "MATCH (s:State) WHERE s.id IN $states OPTIONAL MATCH (s)-[m:MEMBER_OF]->(b) WHERE m.until <= $as_of"
                                 " RETURN s.id AS s, count(m) AS n ORDER BY s",
    "aggregates": "MATCH ()-[d:DEPENDS_ON]->() RETURN d.good AS good, count(*) AS n, sum(d.share) AS total, avg(d.share) AS mean,"
                  " min(d.share)"
                  " AS least, max(d.to_year) AS year ORDER BY good",
    "aggregate of nothing": "MATCH (b:Bloc {id: 'NONE'}) RETURN count(b) AS n, sum(b.x) AS s, collect(b.id) AS c, max(b.id) AS m",
    "having": "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WITH b, count(DISTINCT s) AS n WHERE n > 10 RETURN b.id AS b, n ORDER BY b",
    "ordered before collect": "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) WITH s, m ORDER BY m.since, s.id RETURN"
                              " collect(s.id)[..14] AS"
                              " s",
    "distinct": "MATCH (a:State)-[:DEFENCE]-(b:State) RETURN DISTINCT a.region AS region ORDER BY region",
    "skip and limit": "MATCH (s:State) RETURN s.id AS s ORDER BY s SKIP 10 LIMIT 5",
    "case": "MATCH (s:State) RETURN CASE WHEN size(s.spells) = 0 THEN 'none' WHEN size(s.spells) = 1 THEN 'one' ELSE 'more' END AS spells,"
            " count(*) AS n ORDER BY spells",
    "union": "MATCH (b:Bloc) RETURN b.id AS id, 'bloc' AS what UNION MATCH (i:Instrument) RETURN i.id AS id, 'instrument' AS what",
    "union all": "MATCH (s:State {id: 'FRA'}) RETURN s.name AS n UNION ALL MATCH (s:State {id: 'FRA'}) RETURN s.name AS n",
    "exists": "MATCH (s:State) WHERE EXISTS { MATCH (s)-[:MEMBER_OF]->(:Bloc {id: 'WARSAW-PACT'}) } RETURN s.id AS s ORDER BY s",
    "not exists": "MATCH (b:Bloc) WHERE NOT EXISTS { (b)<-[:FOUNDS]-(:Instrument) } RETURN b.id AS b ORDER BY b",
    "pattern as condition": "MATCH (s:State) WHERE (s)-[:MEMBER_OF]->(:Bloc {id: 'QUAD'}) AND NOT (s)-[:MEMBER_OF]->(:Bloc {id: 'AUKUS'})"
                            " RETURN s.id AS s ORDER BY s",
    "count subquery": "MATCH (b:Bloc) RETURN b.id AS b, COUNT { (b)<-[m:MEMBER_OF]-() WHERE m.until = '9999-12-31' } AS n ORDER BY b",
    "collect subquery": "MATCH (b:Bloc) RETURN b.id AS b, COLLECT { MATCH (b)<-[m:MEMBER_OF]-(s) RETURN s.id ORDER BY m.since, s.id"
                        " LIMIT 3 }"
                        " AS first ORDER BY b",
    "call subquery": "MATCH (b:Bloc) CALL (b) { MATCH (b)<-[m:MEMBER_OF]-(s) RETURN s.id AS s, m.since AS since ORDER BY since DESC, s"
                     " LIMIT 1 }"
                     " RETURN b.id AS b, s, since ORDER BY b",
    "comprehension": "MATCH (b:Bloc) RETURN b.id AS b, size([(b)<-[m:MEMBER_OF]-(s:State) WHERE m.role = 'full' | s.id]) AS n ORDER BY b",
    "list comprehension": "MATCH (i:Instrument) RETURN i.id AS i, [d IN i.domains WHERE d STARTS WITH 'D' | toLower(d)] AS d ORDER BY i",
    "reduce": "MATCH (i:Instrument) RETURN i.id AS i, reduce(t = '', d IN i.domains | t + left(d, 1)) AS d ORDER BY i",
    "map projection": "MATCH (b:Bloc) RETURN b {.id, .kind, open: b.until = '9999-12-31'} AS b ORDER BY b.id",
    "unwind a parameter": "UNWIND $states AS id MATCH (s:State {id: id}) RETURN id, s.name AS name ORDER BY id",
    "unwind a stored list": "MATCH (i:Instrument) UNWIND i.domains AS domain RETURN domain, count(i) AS n ORDER BY domain",
    "null": "MATCH (s:State) WHERE s.cow IS NULL RETURN count(s) AS n",
    "coalesce": "MATCH (i:Instrument) RETURN i.id AS i, coalesce(i.official_label, '-') AS label ORDER BY i",
    "text": "MATCH (s:State) WHERE s.name CONTAINS 'Republic' AND NOT s.name STARTS WITH 'D' AND s.id =~ '[A-M].*' RETURN"
            " toUpper(s.name) AS name"
            " ORDER BY name",
    "type and labels": "MATCH (a)-[t]->(b) RETURN labels(a)[0] AS a, type(t) AS t, labels(b)[0] AS b, count(*) AS n ORDER BY a, t, b",
    "several types": "MATCH (s:State {id: 'FRA'})-[t:DEFENCE|DIPLOMACY|TRADE|ENERGY]-(o) RETURN type(t) AS t, count(t) AS n ORDER BY t",
    "label expression": "MATCH (n:Bloc|Instrument) WHERE NOT n:Bloc RETURN count(n) AS n",
    "inline condition": "MATCH (s:State WHERE s.id < 'C')-[m:MEMBER_OF WHERE m.since < '1950']->(b) RETURN s.id AS s, b.id AS b ORDER BY"
                        " s, b",
    "arithmetic": "MATCH (i)-[d:DEPENDS_ON]->(s) RETURN d.id AS d, round(d.share * 100, 1) AS percent, d.to_year - d.from_year AS span,"
                  " 7 / 2 AS i, 7.0 / 2 AS f, 7 % 4 AS r ORDER BY d",
    "squares": "MATCH (i)-[d:DEPENDS_ON]->() WITH i.id AS i, d.good AS g, d.to_year AS y, sum(d.share * d.share) AS hhi RETURN i, g, y, hhi"
               " ORDER BY i, g, y",
    "common allies": "MATCH (a:State {id: 'JPN'})-[:DEFENCE]-(x)-[:DEFENCE]-(b:State {id: 'KOR'}) RETURN DISTINCT x.id AS x ORDER BY x",
    "claims of a fact": "MATCH (c:Claim)-[:FROM]->(s:Source) WHERE c.fact = 'member|FRA|NATO-IMS|1' RETURN s.id AS s, c.matched AS m"
                        " ORDER BY s",
    "facts with most sources": "MATCH (c:Claim) WITH c.fact AS fact, count(DISTINCT c.source) AS n WHERE n > 5 RETURN fact, n ORDER BY n"
                               " DESC, fact",
    "two matches": "MATCH (a:State)-[t:DEFENCE]->(b:State) MATCH (i:Instrument) WHERE i.id = t.instrument RETURN i.id AS i, count(t) AS"
                   " n ORDER BY i",
    "cross product": "MATCH (a:Bloc), (b:Bloc) WHERE a.id < b.id RETURN count(*) AS n",
    "succession": "MATCH (a:State)-[r:SUCCEEDED_BY]->(b:State) RETURN a.id AS a, b.id AS b, r.kind AS k, r.since AS s ORDER BY a, b",
}  # fmt: skip
def stores(both: Both) -> list[Store]:
    return [both.embedded, both.neo4j]


PARAMS = {"state": "FRA", "as_of": "1985-06-01", "states": ["FRA", "DEU", "JPN", "XXX", "SWE"], "domains": ["ENERGY", "FINANCE"]}


@pytest.mark.parametrize("text", ANALYST.values(), ids=list(ANALYST))
def test_both_engines_answer_alike(both: Both, text: str) -> None:
    params = {name: PARAMS[name] for name in cyphertext.parameters(text)}
    for store in stores(both):
        assert query(store, text, **params), "no rows: nothing is compared"  # by the command's path: it is not refused
    one, other = (answer(store, text, **params) for store in stores(both))
    if "UNION" in text:  # which gives no order
        one, other = (Rows(found.columns, sorted(found.rows, key=repr)) for found in (one, other))
    assert_same(one, other)


# -- what the embedded engine misreads ----------------------------------------------------------------------------------------


class Form(NamedTuple):
    original: str
    remedy: str  # a part of the message
    rewritten: str


M = "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE s.id = 'FRA' "
N = " RETURN b.id AS b, count(*) AS n ORDER BY b"
CLAIMS = M + "MATCH (c:Claim) WHERE c.fact = m.id" + N
T = "MATCH (a:State)-[t:DEFENCE]->(b:State) WHERE b.id = 'USA' OR a.id = 'USA' "
SAME_INSTRUMENT = T + "MATCH (x:State)-[u:DEFENCE]->(y:State) WHERE u.instrument = t.instrument RETURN count(u) AS n"
ORDERED = "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) WITH s, m ORDER BY m.since DESC, s.id RETURN collect(s.id)[..5] AS s"
SOURCES = M + "UNWIND m.sources AS x WITH * MATCH (d:Source {id: x}) RETURN b.id AS b, count(d) AS n ORDER BY b"
WHERE = "write it as a condition instead, as in WHERE"
BIND = "bind it first, as in WITH"
PASS = "pass it on, as in WITH"
BIND_MAP = "bind it first, as in WITH n {.id} AS part"
STAR = "write WITH * before the second MATCH"

FORMS = {
    "node map": Form(M + "MATCH (c:Claim {fact: m.id})" + N, WHERE, CLAIMS),
    "node map, one key of two": Form(M + "MATCH (c:Claim {fact_type: 'MEMBER_OF', fact: m.id})" + N, WHERE,
                                     M + "MATCH (c:Claim {fact_type: 'MEMBER_OF'}) WHERE c.fact = m.id" + N),
    "node map, after WITH *": Form(M + "WITH * MATCH (c:Claim {fact: m.id})" + N, WHERE, CLAIMS),
    "node map, bound path": Form(M + "MATCH p = (c:Claim {fact: m.id})-[:FROM]->(:Source)" + N, WHERE,
                                 M + "MATCH p = (c:Claim)-[:FROM]->(:Source) WHERE c.fact = m.id" + N),
    "node map, backticks": Form(M + "MATCH (c:Claim {fact: `m`.id})" + N, WHERE, CLAIMS),
    "node map, backticks where declared": Form(M.replace("[m:", "[`m`:") + "MATCH (c:Claim {fact: m.id})" + N, WHERE, CLAIMS),
    "node map, by subscript": Form(M + "MATCH (c:Claim {fact: m['id']})" + N, WHERE, CLAIMS),
    "node map, in a function": Form(M + "MATCH (c:Claim {fact: toString(m.id)})" + N, WHERE, CLAIMS),
    "node map, properties()": Form(M + "MATCH (c:Claim {fact: properties(m).id})" + N, WHERE, CLAIMS),
    "node map, in brackets": Form(M + "MATCH (c:Claim {fact: (m).id})" + N, WHERE, CLAIMS),
    "node map, map in the map": Form(M + "MATCH (c:Claim {fact: {x: m.id}.x})" + N, WHERE, CLAIMS),
    "node map, over lines, with a comment": Form(M + "MATCH (c:Claim {\n  fact: /* the tie */ m\n  .id })" + N, WHERE, CLAIMS),
    "node map, startNode": Form(T + "MATCH (x:State {id: startNode(t).id}) RETURN count(x) AS n", WHERE,
                                T + "MATCH (x:State) WHERE x = startNode(t) RETURN count(x) AS n"),
    "node map, optional": Form(M + "OPTIONAL MATCH (c:Claim {fact: m.id})" + N, WHERE,
                               M + "OPTIONAL MATCH (c:Claim) WHERE c.fact = m.id" + N),
    "node map, pattern as condition": Form(
        M + "AND (:Claim {fact: m.id})-[:FROM]->(:Source)" + N, WHERE,
        M + "AND EXISTS { MATCH (c:Claim)-[:FROM]->(:Source) WHERE c.fact = m.id }" + N),
    "node map, negated pattern": Form(
        M + "AND NOT (:Claim {fact: m.id})-[:FROM]->(:Source) RETURN count(*) AS n", WHERE,
        M + "AND NOT EXISTS { MATCH (c:Claim)-[:FROM]->(:Source) WHERE c.fact = m.id } RETURN count(*) AS n"),
    "relationship map": Form(
        T + "MATCH (x:State)-[u:DEFENCE {instrument: t.instrument}]->(y:State) RETURN count(u) AS n", WHERE, SAME_INSTRUMENT),
    "relationship map, from right to left": Form(
        T + "MATCH (x:State)<-[u:DEFENCE {instrument: t.instrument}]-(y:State) RETURN count(u) AS n", WHERE, SAME_INSTRUMENT),
    "WITH ordered by what it drops": Form(
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) WITH s ORDER BY m.since DESC, s.id RETURN collect(s.id)[..5] AS"
        " s", PASS, ORDERED),
    "WITH * ordered": Form(
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) WITH * ORDER BY m.since DESC, s.id RETURN collect(s.id)[..5] AS"
        " s", PASS, ORDERED),
    "WITH ordered and limited": Form(
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) WITH s ORDER BY m.since DESC, s.id LIMIT 5 RETURN collect(s.id) AS s", PASS,
        ORDERED),
    "WITH ordered in a subquery": Form(
        "MATCH (b:Bloc) CALL (b) { MATCH (b)<-[m:MEMBER_OF]-(s) WITH s ORDER BY m.since DESC, s.id LIMIT 1 RETURN s } RETURN b.id AS b,"
        " s.id AS s"
        " ORDER BY b", PASS,
        "MATCH (b:Bloc) CALL (b) { MATCH (b)<-[m:MEMBER_OF]-(s) RETURN s ORDER BY m.since DESC, s.id LIMIT 1 } RETURN b.id AS b, s.id AS s"
        " ORDER BY b"),
    "unwound between two matches": Form(M + "UNWIND m.sources AS x MATCH (d:Source {id: x}) RETURN b.id AS b, count(d) AS n ORDER BY"
                                            " b", STAR,
                                        SOURCES),
    "unwound, read in WHERE": Form(M + "UNWIND m.sources AS x MATCH (d:Source) WHERE d.id = x RETURN b.id AS b, count(d) AS n ORDER BY"
                                       " b", STAR,
                                   SOURCES),
    "unwound of a node": Form("MATCH (b:Bloc) UNWIND b.sources AS x MATCH (d:Source {id: x}) RETURN count(d) AS n", STAR,
                              "MATCH (b:Bloc) UNWIND b.sources AS x WITH x MATCH (d:Source {id: x}) RETURN count(d) AS n"),
    "unwound of a parameter": Form("MATCH (b:Bloc) UNWIND ['FRA', 'DEU'] AS x MATCH (s:State {id: x}) RETURN count(*) AS n", STAR,
                                   "MATCH (b:Bloc) UNWIND ['FRA', 'DEU'] AS x WITH * MATCH (s:State {id: x}) RETURN count(*) AS n"),
    "collect IS NOT NULL": Form("MATCH (b:Bloc) RETURN collect(b.id) IS NOT NULL AS x", BIND,
                                "MATCH (b:Bloc) WITH collect(b.id) AS v RETURN v IS NOT NULL AS x"),
    "max IS NULL": Form("MATCH (b:Bloc) RETURN b.kind AS k, max(b.since) IS NULL AS x ORDER BY k", BIND,
                        "MATCH (b:Bloc) WITH b.kind AS k, max(b.since) AS v RETURN k, v IS NULL AS x ORDER BY k"),
    "aggregate in brackets": Form("MATCH (b:Bloc) RETURN (max(b.since)) IS NOT NULL AS x", BIND,
                                  "MATCH (b:Bloc) WITH max(b.since) AS v RETURN v IS NOT NULL AS x"),
    "function of an aggregate": Form("MATCH (b:Bloc) RETURN size(collect(b.id)) IS NOT NULL AS x", BIND,
                                     "MATCH (b:Bloc) WITH collect(b.id) AS v RETURN size(v) IS NOT NULL AS x"),
    "aggregate in CASE": Form("MATCH (b:Bloc) RETURN CASE WHEN max(b.since) IS NULL THEN 'none' ELSE 'some' END AS x", BIND,
                              "MATCH (b:Bloc) WITH max(b.since) AS v RETURN CASE WHEN v IS NULL THEN 'none' ELSE 'some' END AS x"),
    "aggregate under NOT": Form("MATCH (b:Bloc) RETURN NOT count(b) > 3 AS x", BIND, "MATCH (b:Bloc) WITH count(b) AS v RETURN NOT v > 3"
            " AS x"),
    "aggregate under AND": Form("MATCH (b:Bloc) RETURN count(b) > 3 AND count(b) < 99 AS x", BIND,
                                "MATCH (b:Bloc) WITH count(b) AS v RETURN v > 3 AND v < 99 AS x"),
    "aggregate in IN": Form("MATCH (b:Bloc) RETURN 'NATO' IN collect(b.id) AS x", BIND,
                            "MATCH (b:Bloc) WITH collect(b.id) AS v RETURN 'NATO' IN v AS x"),
    "aggregate before IN": Form("MATCH (b:Bloc) RETURN max(b.id) IN ['NATO', 'WARSAW-PACT'] AS x", BIND,
                                "MATCH (b:Bloc) WITH max(b.id) AS v RETURN v IN ['NATO', 'WARSAW-PACT'] AS x"),
    "aggregate STARTS WITH": Form("MATCH (b:Bloc) WITH min(b.id) STARTS WITH 'A' AS x RETURN x", BIND,
                                  "MATCH (b:Bloc) WITH min(b.id) AS v RETURN v STARTS WITH 'A' AS x"),
    "aggregate and pattern of text": Form("MATCH (b:Bloc) RETURN min(b.id) =~ 'A.*' AS x", BIND,
                                          "MATCH (b:Bloc) WITH min(b.id) AS v RETURN v =~ 'A.*' AS x"),
    "property of a collected node": Form(
        "MATCH (b:Bloc) WITH b ORDER BY b.id RETURN collect(b)[0].id AS x", BIND,
        "MATCH (b:Bloc) WITH b ORDER BY b.id WITH collect(b) AS v RETURN v[0].id AS x"),
    "projection inside a map": Form("MATCH (b:Bloc) RETURN {n: 1, bloc: b {.id}} AS x ORDER BY b.id", BIND_MAP,
                                    "MATCH (b:Bloc) WITH b, b {.id} AS p RETURN {n: 1, bloc: p} AS x ORDER BY b.id"),
    "projection in a collected map": Form(
        "MATCH (b:Bloc) WITH b ORDER BY b.id RETURN collect({n: 1, bloc: b {.id}}) AS x", BIND_MAP,
        "MATCH (b:Bloc) WITH b, b {.id} AS p ORDER BY b.id RETURN collect({n: 1, bloc: p}) AS x"),
    "projection without a dot": Form("MATCH (b:Bloc {id: 'EU'}) RETURN {n: 1, bloc: b {x: 1}} AS x", BIND_MAP,
                                     "MATCH (b:Bloc {id: 'EU'}) WITH b {x: 1} AS p RETURN {n: 1, bloc: p} AS x"),
    "projection in a subquery in a map": Form(
        "MATCH (b:Bloc) RETURN {n: COLLECT { MATCH (b)<-[:FOUNDS]-(i) RETURN i {.id} ORDER BY i.id }, m: 1} AS x ORDER BY b.id", BIND_MAP,
        "MATCH (b:Bloc) WITH b, COLLECT { MATCH (b)<-[:FOUNDS]-(i) RETURN i {.id} ORDER BY i.id } AS p RETURN {n: p, m: 1} AS x ORDER BY"
        " b.id"),
    "property of the head": Form(
        "MATCH (b:Bloc) WITH b ORDER BY b.id RETURN toLower(head(collect(b)).id) AS x", BIND,
        "MATCH (b:Bloc) WITH b ORDER BY b.id WITH head(collect(b)) AS v RETURN toLower(v.id) AS x"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_a_misread_form_is_refused_and_its_remedy_is_right(both: Both, form: Form) -> None:
    with pytest.raises(UsageError) as caught:
        query(both.embedded, form.original)
    assert form.remedy in str(caught.value)
    wanted = answer(both.neo4j, form.rewritten)
    assert wanted.rows
    assert query(both.neo4j, form.original) == wanted.dicts()  # not refused there
    assert query(both.embedded, form.rewritten) == wanted.dicts()


def test_the_refusal_reaches_the_user_of_the_command(both: Both, cli: Cli) -> None:
    for name in ("node map", "collect IS NOT NULL", "WITH * ordered", "unwound of a node"):
        form = FORMS[name]
        cli("query", "-", db=both.embedded, stdin=form.original).fails(2, form.remedy)
        assert cli("query", "-", "--format", "json", db=both.neo4j, stdin=form.original).ok().rows == query(both.neo4j, form.rewritten)


SOUND = [
    "MATCH (b:Bloc) RETURN [x IN collect(b.id) WHERE x IS NOT NULL AND x <> 'EU' | x] AS x",
    "MATCH (b:Bloc) RETURN any(x IN collect(b.id) WHERE x = 'NATO' OR x = 'EU') AS x",
    "MATCH (b:Bloc) RETURN reduce(t = 0, x IN collect(b.id) | t + size(x)) AS x",
    "MATCH (b:Bloc) RETURN sum(CASE WHEN b.until IS NOT NULL AND NOT b.kind = 'union' THEN 1 ELSE 0 END) AS x",
    "MATCH (b:Bloc) WITH b.kind AS k, count(*) AS n WHERE n > 1 AND k IS NOT NULL RETURN k, n ORDER BY k",
    "MATCH (b:Bloc) RETURN b.kind IN ['union'] AS u, count(*) AS n ORDER BY u",
    "MATCH (b:Bloc) RETURN max(b.id) = 'WARSAW-PACT' AS x, count(*) > 3 AS y, count(*) * 2 + 1 AS z",
    "MATCH (s:State {id: 'FRA'})-[m:MEMBER_OF]->(b) RETURN b.id AS b ORDER BY m.since, b",
    "MATCH (s:State {id: 'FRA'})-[m:MEMBER_OF]->(b) WITH b, m.since AS since ORDER BY since, b.id RETURN collect(b.id) AS b",
    "MATCH (s:State {id: 'FRA'})-[m:MEMBER_OF]->(b) RETURN {fact: m.id, bloc: {id: b.id}} AS x ORDER BY m.id",
    "MATCH (b:Bloc) RETURN b {.id, dates: {since: b.since}, m: b {.name}} AS x ORDER BY b.id",
    "MATCH (b:Bloc {id: 'EU'}) RETURN {n: COUNT { (b {kind: 'union'})<--(:State {id: 'FRA'}) }} AS x",
    "MATCH (b:Bloc) RETURN [b {.id}, 1] AS x, {n: 1} AS y ORDER BY b.id",
    "MATCH (s:State {id: 'FRA'})-[m:MEMBER_OF]->(b) WITH m.id AS fact MATCH (c:Claim {fact: fact}) RETURN count(c) AS n",
    "UNWIND ['FRA'] AS id MATCH (s:State {id: id}) MATCH (s)-[:MEMBER_OF]->(b) RETURN count(b) AS n",
    "MATCH (b:Bloc) UNWIND b.sources AS x RETURN count(x) AS n",
    "MATCH (b:Bloc) UNWIND b.sources AS x OPTIONAL MATCH (d:Source {id: x}) RETURN count(d) AS n",
    "MATCH (b:Bloc) RETURN COUNT { (b)<-[:MEMBER_OF]-() } > 2 AS x, b.id AS b ORDER BY b",
    "MATCH (m:Bloc) MATCH (c:Claim {fact: m.id}) RETURN count(c) AS n",
]


@pytest.mark.parametrize("text", SOUND)
def test_sound_forms_that_look_alike_are_answered_and_alike(both: Both, text: str) -> None:
    assert query(both.embedded, text) == query(both.neo4j, text)


_PARTS = st.sampled_from(
    ["MATCH", "(", ")", "[", "]", "{", "}", "-", "->", "t", "`t`", ".", ":", ",", "|", "collect", "IS", "NOT", "NULL", "IN", "WITH",
     "ORDER BY", "UNWIND", "AS", "RETURN", "*", "=~", "'a", "'b'", "COUNT", "$p", "1", "//", "/*", ";", "WHERE", "any", "reduce", "="]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=30))
def test_reading_of_any_text_ends_with_an_answer(parts: list[str]) -> None:
    text = " ".join(parts)
    assert cyphertext.misread_form(text) is None or cyphertext.misread_form(text)
    cyphertext.returned_columns(text)


def test_paths_and_missing_values(both: Both) -> None:
    """Null is never equal, sorts last, and aggregates pass over it: in both engines (openCypher 9)."""
    text = "UNWIND [1, null, 3] AS x RETURN count(x) AS n, sum(x) AS s, collect(x) AS c, count(*) AS rows"
    assert query(both.embedded, text) == query(both.neo4j, text) == [{"n": 2, "s": 4, "c": [1, 3], "rows": 3}]
    text = "UNWIND [3, null, 1] AS x RETURN x ORDER BY x"
    assert query(both.embedded, text) == query(both.neo4j, text) == [{"x": 1}, {"x": 3}, {"x": None}]
    text = "RETURN null = null AS a, null <> 1 AS b, NOT null AS c, null IN [1] AS d, 1 IN [1, null] AS e, 2 IN [1, null] AS f"
    wanted = [{"a": None, "b": None, "c": None, "d": None, "e": True, "f": None}]
    assert query(both.embedded, text) == query(both.neo4j, text) == wanted


def test_counts_of_ties_by_hand(both: Both) -> None:
    """NATO in 1950: 12 parties, so 12 x 11 / 2 = 66 pairs; an undirected match with both ends free finds each twice."""
    where = "WHERE t.instrument = 'north-atlantic-treaty' AND t.since <= '1950-01-01' AND t.until > '1950-01-01' RETURN count(t) AS n"
    for store in stores(both):
        assert query(store, f"MATCH (:State)-[t:DEFENCE]->(:State) {where}") == [{"n": 66}]
        assert query(store, f"MATCH (:State)-[t:DEFENCE]-(:State) {where}") == [{"n": 132}]
