// Which states would have no defender left without one guarantor?
// States whose only defender by a treaty obligation in force is that state. A one-sided tie runs from the obliged to the protected.
// id: obligations/orphans
// params: guarantor (state), as_of (date)
// columns: state, name, instruments (list), disputed (bool), facts (list), sources (list)
// denominator: states that any state is obliged to defend at the date
// hidden: facts, sources
// example: -p guarantor=USA --as-of 1970
MATCH (x:State)-[t:DEFENCE]-(g:State)
WHERE 'defence' IN t.obligations AND (t.mutual OR endNode(t) = x) AND t.since <= $as_of AND t.until > $as_of
WITH x, g, t
ORDER BY x.id, t.id
WITH x, collect(DISTINCT g.id) AS defenders, collect(t.id) AS facts, collect(t.instrument) AS instruments,
     collect(t.disputed) AS doubts, collect(t.sources) AS lists
WHERE size(defenders) = 1 AND defenders[0] = $guarantor AND x.id <> $guarantor
RETURN x.id AS state, x.name AS name,
       reduce(all_of = [], i IN instruments | CASE WHEN i = '' OR i IN all_of THEN all_of ELSE all_of + [i] END) AS instruments,
       any(d IN doubts WHERE d) AS disputed, facts,
       reduce(all_of = [], list IN lists | all_of + [s IN list WHERE NOT s IN all_of]) AS sources
ORDER BY state
