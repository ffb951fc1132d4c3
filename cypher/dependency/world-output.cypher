// How concentrated is world output of each good (HHI, 0..1), and who leads?
// The newest period that was complete at as_of and at most five years old. hhi_lo takes the named producers alone; hhi_hi packs the
// unnamed rest into as few producers as possible, none above the smallest named one where the named are the largest.
// id: dependency/world-output
// params: good= (text, id of a good; empty for all), as_of (date)
// columns: good, name, stage, basis, from_year (int), to_year (int), top_producer, top_share (float), named_share (float),
// columns: hhi_lo (float), hhi_hi (float), producers (list), scope, disputed (bool), sources (list)
// denominator: world output of the good in the period, as the source defines it (scope)
// hidden: producers, scope, sources
// example: -p good=rare-earths
MATCH (s:State)-[d:PRODUCES]->(g:Good)
WHERE d.until <= $as_of AND (g.id = $good OR $good = '')
  AND toString(toInteger(substring(d.until, 0, 4)) + 5) + substring(d.until, 4, 6) >= $as_of
WITH g, d.stage AS stage, d.basis AS basis, max(d.to_year) AS to_year
MATCH (s:State)-[d:PRODUCES]->(h:Good)
WHERE h.id = g.id AND d.stage = stage AND d.basis = basis AND d.to_year = to_year AND d.share > 0
WITH g, stage, basis, to_year, d, s
ORDER BY g.id, stage, basis, d.share DESC, s.id
WITH g, stage, basis, to_year, min(d.from_year) AS from_year, collect({id: s.id, share: d.share}) AS named, sum(d.share) AS total,
     sum(d.share * d.share) AS lo, min(d.share) AS least, collect(d.named_largest) AS largest, collect(d.disputed) AS doubts,
     collect(d.sources) AS lists, min(d.scope) AS scope
WITH *, CASE WHEN total < 0.999999999 THEN 1.0 - total ELSE 0.0 END AS rest
WITH *, toInteger(floor(rest / least + 0.000000001)) AS packed
WITH *, lo + CASE WHEN all(x IN largest WHERE x) THEN packed * least * least + (rest - packed * least) * (rest - packed * least)
                  ELSE rest * rest END AS hi
RETURN g.id AS good, g.name AS name, stage, basis, from_year, to_year,
       CASE WHEN size(named) > 1 AND named[1].share = named[0].share THEN null ELSE named[0].id END AS top_producer,
       named[0].share AS top_share, round(total * 1000000.0) / 1000000.0 AS named_share,
       round(lo * 1000000.0) / 1000000.0 AS hhi_lo, round(hi * 1000000.0) / 1000000.0 AS hhi_hi,
       [x IN named | x.id] AS producers, scope, any(x IN doubts WHERE x) AS disputed,
       reduce(all_of = [], list IN lists | all_of + [x IN list WHERE NOT x IN all_of]) AS sources
ORDER BY good, stage, basis
