// Draw who supplied an importer, in the newest period of each good that was complete at a date
// At most 300 flows are drawn, the first by good and supplier; dependency/suppliers gives all periods. What is not drawn is not zero:
// "other countries" is no supplier.
// id: dependency/suppliers.graph
// params: importer (text, id of a state or bloc), good= (text, id of a good; empty for all), as_of (date)
// columns: i (node), d (relationship), s (node)
// example: -p importer=DEU -p good=natural-gas
MATCH (i:State|Bloc)-[d:DEPENDS_ON]->()
WHERE i.id = $importer AND ($good = '' OR d.good = $good) AND d.until <= $as_of
WITH i, d.good AS good, d.basis AS basis, d.stage AS stage, max(d.to_year) AS to_year
MATCH (i)-[d:DEPENDS_ON]->(s)
WHERE d.good = good AND d.basis = basis AND d.stage = stage AND d.to_year = to_year AND d.until <= $as_of
RETURN i, d, s
ORDER BY d.good, s.id, d.id
LIMIT 300
