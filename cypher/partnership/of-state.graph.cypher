// Draw with whom a state or bloc has a strategic partnership in force at a date, by which instrument
// At most 300 pairs of parties are drawn, the first by the partner's id; partnership/of-state gives all of them, ended ones too. A
// label is what the makers call it, not an obligation.
// id: partnership/of-state.graph
// params: party (text, id of a state or bloc), as_of (date)
// columns: x (node), p (relationship), i (node), q (relationship), y (node)
// example: -p party=IND
MATCH (x:State|Bloc|Actor)-[p:PARTY_TO]->(i:Instrument)
MATCH (y)-[q:PARTY_TO]->(i)
WHERE x.id = $party AND y.id <> $party AND (i.type = 'strategic_partnership' OR i.official_label CONTAINS 'strategic')
  AND NOT (i.scope = 'maxilateral' AND 'State' IN labels(x) AND 'State' IN labels(y))
  AND p.since <= $as_of AND p.until > $as_of AND q.since <= $as_of AND q.until > $as_of
  AND p.role <> 'signatory' AND q.role <> 'signatory'
RETURN x, p, i, q, y
ORDER BY y.id, i.id, p.id, q.id
LIMIT 300
