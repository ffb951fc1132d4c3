// Draw what each source says about a fact
// At most 100 claims are drawn, the first by the ids of fact and claim; evidence/claims gives all of them, with the words. A claim and
// its source show the rest at a click: locator, what is printed there, address.
// id: evidence/claims.graph
// params: fact (text, id of a node or relationship as other answers print it)
// columns: c (node), f (relationship), s (node)
// example: -p fact=member|FRA|NATO-IMS|1
OPTIONAL MATCH ()-[t]->() WHERE t.id = $fact
WITH coalesce(t.premises, []) + [$fact] AS facts
MATCH (c:Claim)-[f:FROM]->(s:Source)
WHERE c.fact IN facts
RETURN c, f, s
ORDER BY c.fact, c.id
LIMIT 100
