// Draw the blocs to which a state belongs at a date
// At most 300 memberships are drawn, the first by the bloc's id; membership/of-state gives all of them.
// id: membership/of-state.graph
// params: state (state), as_of (date)
// columns: s (node), m (relationship), b (node)
// example: -p state=TUR
MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc)
WHERE s.id = $state AND m.since <= $as_of AND m.until > $as_of
RETURN s, m, b
ORDER BY b.id, m.id
LIMIT 300
