// Who supplies a state, and is the supplier its ally or under sanctions?
// The newest period of each good that was complete at as_of and at most five years old. allied: an obligation to defend is in force
// between the two. hostile: sanctions or a dispute in force between them, or between the supplier and a union (the EU) that the state
// belongs to, or the other way round. Neither means: none in the loaded data.
// id: dependency/exposure
// params: state (state), good= (text, id of a good; empty for all), as_of (date)
// columns: good, stage, basis, from_year (int), to_year (int), supplier, name, share (float), allied (bool), hostile (bool), scope,
// columns: disputed (bool), fact, ties (list), sources (list)
// denominator: the state's total imports of the good in the period, as the source defines them (scope)
// hidden: stage, scope, fact, ties, sources
// example: -p state=DEU -p good=natural-gas --as-of 2022-06-01
MATCH (i:State)-[d:DEPENDS_ON]->(s)
WHERE i.id = $state AND d.until <= $as_of AND ($good = '' OR d.good = $good)
  AND toString(toInteger(substring(d.until, 0, 4)) + 5) + substring(d.until, 4, 6) >= $as_of
WITH i, d.good AS good, d.stage AS stage, d.basis AS basis, max(d.to_year) AS to_year
MATCH (i)-[d:DEPENDS_ON]->(s)
WHERE d.good = good AND d.stage = stage AND d.basis = basis AND d.to_year = to_year
WITH i, good, stage, basis, to_year, max(d.from_year) AS from_year
MATCH (i)-[d:DEPENDS_ON]->(s)
WHERE d.good = good AND d.stage = stage AND d.basis = basis AND d.to_year = to_year AND d.from_year = from_year AND d.share > 0
OPTIONAL MATCH (i)-[t:DEFENCE]-(s) WHERE 'defence' IN t.obligations AND t.since <= $as_of AND t.until > $as_of
WITH i, d, s, t
ORDER BY d.id, t.id
WITH i, d, s, collect(t.id) AS duties, collect(t.sources) AS duty_lists
OPTIONAL MATCH (i)-[h:SANCTIONS|DISPUTE]-(s) WHERE h.since <= $as_of AND h.until > $as_of
WITH i, d, s, duties, duty_lists, h
ORDER BY d.id, h.id
WITH i, d, s, duties, duty_lists, collect(h.id) AS direct, collect(h.sources) AS direct_lists
OPTIONAL MATCH (i)-[m:MEMBER_OF]->(u:Bloc)-[h:SANCTIONS|DISPUTE]-(s)
WHERE u.kind = 'union' AND m.role = 'full' AND NOT m.suspended AND m.since <= $as_of AND m.until > $as_of
  AND h.since <= $as_of AND h.until > $as_of
WITH i, d, s, duties, duty_lists, direct, direct_lists, h
ORDER BY d.id, h.id
WITH i, d, s, duties, duty_lists, direct, direct_lists, collect(h.id) AS ours, collect(h.sources) AS our_lists
OPTIONAL MATCH (s)-[m:MEMBER_OF]->(u:Bloc)-[h:SANCTIONS|DISPUTE]-(i)
WHERE u.kind = 'union' AND m.role = 'full' AND NOT m.suspended AND m.since <= $as_of AND m.until > $as_of
  AND h.since <= $as_of AND h.until > $as_of
WITH d, s, duties, duty_lists, direct, direct_lists, ours, our_lists, h
ORDER BY d.id, h.id
WITH d, s, duties, duty_lists, direct, direct_lists, ours, our_lists, collect(h.id) AS theirs, collect(h.sources) AS their_lists
WITH d, s, duties, direct + ours + theirs AS hostile, direct_lists, our_lists, their_lists,
     reduce(all_of = d.sources, list IN duty_lists | all_of + [x IN list WHERE NOT x IN all_of]) AS cited
WITH d, s, duties, hostile, our_lists, their_lists,
     reduce(all_of = cited, list IN direct_lists | all_of + [x IN list WHERE NOT x IN all_of]) AS cited
WITH d, s, duties, hostile, their_lists, reduce(all_of = cited, list IN our_lists | all_of + [x IN list WHERE NOT x IN all_of]) AS cited
RETURN d.good AS good, d.stage AS stage, d.basis AS basis, d.from_year AS from_year, d.to_year AS to_year, s.id AS supplier,
       s.name AS name, d.share AS share, size(duties) > 0 AS allied, size(hostile) > 0 AS hostile, d.scope AS scope,
       d.disputed AS disputed, d.id AS fact, duties + hostile AS ties,
       reduce(all_of = cited, list IN their_lists | all_of + [x IN list WHERE NOT x IN all_of]) AS sources
ORDER BY good, stage, basis, share DESC, supplier
