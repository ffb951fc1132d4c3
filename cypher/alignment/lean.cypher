// How do the members of a bloc or list lean, domain by domain, between given poles?
// Distinct instruments in force that tie the state to each pole; of two poles more is nearer, but a count weighs a treaty like a
// declaration: see typology/label-and-substance. A pole that is a bloc counts ties to the bloc itself.
// id: alignment/lean
// params: bloc (id, whose members are asked about), poles=USA,CHN,EU,RUS (text, ids separated by commas), as_of (date)
// columns: state, name, domain, pole, instruments (int), binding (int), sources (list)
// denominator: instruments recorded between the state and the pole
// hidden: sources
// example: -p bloc=NATO --as-of 2010
MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.id = $bloc AND m.since <= $as_of AND m.until > $as_of
WITH DISTINCT s, split($poles, ',') AS wanted
MATCH (s)-[t:DEFENCE|TRADE|TECHNOLOGY|ENERGY|FINANCE|DIPLOMACY|DEVELOPMENT|CULTURE|HEALTH|CLIMATE|MIGRATION]-(p)
WHERE p.id IN wanted AND t.instrument <> '' AND t.since <= $as_of AND t.until > $as_of
MATCH (i:Instrument) WHERE i.id = t.instrument
WITH s, p, type(t) AS domain, i, t.sources AS cited
ORDER BY s.id, domain, p.id, i.id
WITH s, p, domain, collect(DISTINCT i.id) AS found, collect(DISTINCT CASE WHEN i.binding THEN i.id ELSE null END) AS bound, collect(cited) AS lists
RETURN s.id AS state, s.name AS name, domain, p.id AS pole, size(found) AS instruments, size(bound) AS binding,
       reduce(all_of = [], list IN lists | all_of + [x IN list WHERE NOT x IN all_of]) AS sources
ORDER BY state, domain, pole
