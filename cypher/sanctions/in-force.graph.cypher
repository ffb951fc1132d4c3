// Draw which sanctions and export controls are in force at a date, by whom against whom
// At most 300 measures are drawn, the first by the ids of sender and target; sanctions/in-force gives all of them. Those last seen in
// force before the date are drawn too: their end_kind is censored.
// id: sanctions/in-force.graph
// params: sender= (text, id of a state or bloc; empty for all), target= (text, id of a state; empty for all), as_of (date)
// columns: s (node), t (relationship), x (node)
// example: --as-of 2024-01-01
MATCH (s)-[t:SANCTIONS]->(x)
WHERE ($sender = '' OR s.id = $sender) AND ($target = '' OR x.id = $target) AND t.since <= $as_of
  AND (t.until > $as_of OR t.end_kind = 'censored')
RETURN s, t, x
ORDER BY s.id, x.id, t.id
LIMIT 300
