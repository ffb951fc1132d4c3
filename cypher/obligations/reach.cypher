// How far do a state's obligations to defend reach, in chains of one, two and three?
// hops is the length of the shortest chain, through the states one hop nearer that owe (or are owed) the last obligation. A chain of
// obligations is none: it says how a war can spread. inward: chains that lead to the state, of those who must come to its help.
// id: obligations/reach
// params: state (state), inward=false (bool, who must defend it instead of whom it must defend), as_of (date)
// columns: hops (int), other, name, through (list), disputed (bool), facts (list), sources (list)
// denominator: obligations to defend that are in force in the loaded data
// hidden: facts, sources
// example: -p state=JPN -p inward=true --as-of 1970
MATCH (x:State)-[t:DEFENCE]-(a)
WHERE x.id = $state AND 'State' IN labels(a) AND 'defence' IN t.obligations AND t.since <= $as_of AND t.until > $as_of
  AND (t.mutual OR startNode(t) = CASE WHEN $inward THEN a ELSE x END)
WITH x.id AS start, collect(DISTINCT a.id) AS one
CALL (start, one) {
  MATCH (a:State)-[t:DEFENCE]-(b)
  WHERE a.id IN one AND 'State' IN labels(b) AND b.id <> start AND NOT b.id IN one AND 'defence' IN t.obligations
    AND t.since <= $as_of AND t.until > $as_of AND (t.mutual OR startNode(t) = CASE WHEN $inward THEN b ELSE a END)
  RETURN collect(DISTINCT b.id) AS two
}
CALL (start, one, two) {
  MATCH (a:State)-[t:DEFENCE]-(b)
  WHERE a.id IN two AND 'State' IN labels(b) AND b.id <> start AND NOT b.id IN one AND NOT b.id IN two AND 'defence' IN t.obligations
    AND t.since <= $as_of AND t.until > $as_of AND (t.mutual OR startNode(t) = CASE WHEN $inward THEN b ELSE a END)
  RETURN collect(DISTINCT b.id) AS three
}
UNWIND [1, 2, 3] AS hops
WITH hops, CASE hops WHEN 1 THEN [start] WHEN 2 THEN one ELSE two END AS nearer,
     CASE hops WHEN 1 THEN one WHEN 2 THEN two ELSE three END AS reached
MATCH (a:State)-[t:DEFENCE]-(b)
WHERE a.id IN nearer AND b.id IN reached AND 'defence' IN t.obligations AND t.since <= $as_of AND t.until > $as_of
  AND (t.mutual OR startNode(t) = CASE WHEN $inward THEN b ELSE a END)
WITH hops, a, b, t
ORDER BY hops, b.id, a.id, t.id
WITH hops, b, collect(DISTINCT a.id) AS through, collect(t.disputed) AS doubts, collect(t.id) AS facts, collect(t.sources) AS lists
RETURN hops, b.id AS other, b.name AS name, through, any(d IN doubts WHERE d) AS disputed, facts,
       reduce(all_of = [], list IN lists | all_of + [s IN list WHERE NOT s IN all_of]) AS sources
ORDER BY hops, other
