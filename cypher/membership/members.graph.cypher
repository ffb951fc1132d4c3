// Draw the members of a bloc at a date
// At most 300 memberships are drawn, the first by the state's id; membership/members gives all of them.
// id: membership/members.graph
// params: bloc (id, such as NATO), as_of (date)
// columns: s (node), m (relationship), b (node)
// example: -p bloc=NATO --as-of 1985-06-01
MATCH (s)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.id = $bloc AND m.since <= $as_of AND m.until > $as_of
RETURN s, m, b
ORDER BY s.id, m.id
LIMIT 300
