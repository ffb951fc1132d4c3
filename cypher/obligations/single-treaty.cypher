// Which treaties would leave states without any defender if they ended?
// States all of whose defenders owe it by one instrument: in the graph of states and instruments they hang on one edge. A state that a second
// treaty protects is not among them, however few its parties; a tie without an instrument counts as one of its own.
// id: obligations/single-treaty
// params: as_of (date)
// columns: instrument, title, states (list), alone (int), protects (int), disputed (bool), sources (list)
// denominator: protects: states that the instrument obliges another to defend at the date
// hidden: sources
// example: --as-of 1970
MATCH (x:State)-[t:DEFENCE]-(g:State)
WHERE 'defence' IN t.obligations AND (t.mutual OR endNode(t) = x) AND t.since <= $as_of AND t.until > $as_of
WITH x, CASE WHEN t.instrument = '' THEN t.id ELSE t.instrument END AS instrument, t
ORDER BY x.id, instrument, t.id
WITH x, instrument, collect(t.disputed) AS doubts, collect(t.sources) AS lists
WITH x, collect({id: instrument, disputed: any(d IN doubts WHERE d), lists: lists}) AS found
UNWIND found AS one
WITH one.id AS instrument, x, size(found) = 1 AS single, one
ORDER BY instrument, x.id
WITH instrument, count(x) AS protects, collect(CASE WHEN single THEN x.id ELSE null END) AS states,
     collect(CASE WHEN single THEN one.disputed ELSE null END) AS doubts, collect(CASE WHEN single THEN one.lists ELSE null END) AS lists
WHERE size(states) > 0
MATCH (i:Instrument) WHERE i.id = instrument
RETURN instrument, i.title AS title, states, size(states) AS alone, protects, any(d IN doubts WHERE d) AS disputed,
       reduce(all_of = [], per_state IN lists | reduce(so_far = all_of, list IN per_state | so_far + [s IN list WHERE NOT s IN so_far])) AS sources
ORDER BY alone DESC, instrument
