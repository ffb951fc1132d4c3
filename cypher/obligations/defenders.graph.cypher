// Draw who is bound by treaty to defend a state at a date
// At most 300 ties are drawn, the first by the defender's id; obligations/defenders gives all of them. A one-sided tie runs from the
// obliged to the protected state.
// id: obligations/defenders.graph
// params: state (state), as_of (date)
// columns: x (node), t (relationship), g (node)
// example: -p state=JPN --as-of 1970
MATCH (x:State)-[t:DEFENCE]-(g:State)
WHERE x.id = $state AND 'defence' IN t.obligations AND (t.mutual OR endNode(t) = x) AND t.since <= $as_of AND t.until > $as_of
RETURN x, t, g
ORDER BY g.id, t.id
LIMIT 300
