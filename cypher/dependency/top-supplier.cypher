// Who is the main supplier of each importer and good, and how concentrated is supply (HHI, 0..1)?
// The newest period that was complete at as_of and at most five years old. hhi_lo takes the named suppliers alone; hhi_hi packs
// the unnamed rest into as few suppliers as possible, none above the smallest named one where the named are the largest. cr3: the share
// of the three largest, bounded the same way. No top_supplier: two are equal, or an unnamed one may be larger.
// id: dependency/top-supplier
// params: as_of (date), good= (text, id of a good; empty for all)
// columns: importer, good, stage, basis, from_year (int), to_year (int), top_supplier, top_share (float), named_share (float),
// columns: hhi_lo (float), hhi_hi (float), cr3_lo (float), cr3_hi (float), suppliers (list), scope, disputed (bool), sources (list)
// denominator: the importer's total imports of the good in the period, as the source defines them (scope)
// hidden: stage, cr3_lo, cr3_hi, suppliers, scope, sources
// example: -p good=natural-gas --as-of 2022-06-01
MATCH (i)-[d:DEPENDS_ON]->()
WHERE d.until <= $as_of AND (d.good = $good OR $good = '')
  AND toString(toInteger(substring(d.until, 0, 4)) + 5) + substring(d.until, 4, 6) >= $as_of
WITH i, d.good AS good, d.stage AS stage, d.basis AS basis, max(d.to_year) AS to_year
MATCH (i)-[d:DEPENDS_ON]->(s)
WHERE d.good = good AND d.stage = stage AND d.basis = basis AND d.to_year = to_year
WITH i, good, stage, basis, to_year, max(d.from_year) AS from_year
MATCH (i)-[d:DEPENDS_ON]->(s)
WHERE d.good = good AND d.stage = stage AND d.basis = basis AND d.to_year = to_year AND d.from_year = from_year AND d.share > 0
WITH i, good, stage, basis, from_year, to_year, d, s
ORDER BY i.id, good, stage, basis, d.share DESC, s.id
WITH i, good, stage, basis, from_year, to_year, collect({id: s.id, share: d.share}) AS named, sum(d.share) AS total,
     sum(d.share * d.share) AS lo, min(d.share) AS least, collect(d.named_largest) AS largest, collect(d.disputed) AS doubts,
     collect(d.sources) AS lists, min(d.scope) AS scope
WITH *, all(x IN largest WHERE x) AS known, [x IN named | x.share] AS shares
WITH *, reduce(so_far = 0.0, x IN shares[0..2] | so_far + x) AS two, reduce(so_far = 0.0, x IN shares[0..3] | so_far + x) AS three
WITH *, CASE WHEN total < 0.999999999 THEN 1.0 - total ELSE 0.0 END AS rest
WITH *, toInteger(floor(rest / least + 0.000000001)) AS packed
WITH *, lo + CASE WHEN known THEN packed * least * least + (rest - packed * least) * (rest - packed * least) ELSE rest * rest END AS hi,
     CASE WHEN NOT known AND rest + two > three THEN rest + two
          WHEN known AND size(shares) < 3 THEN three + CASE WHEN rest < (3 - size(shares)) * least THEN rest ELSE (3 - size(shares)) * least END
          ELSE three END AS most
WITH *, reduce(all_of = [], list IN lists | all_of + [x IN list WHERE NOT x IN all_of]) AS sources
RETURN i.id AS importer, good, stage, basis, from_year, to_year,
       CASE WHEN (size(named) > 1 AND named[1].share = named[0].share) OR (NOT known AND rest > named[0].share - 0.000000001) THEN null
            ELSE named[0].id END AS top_supplier,
       named[0].share AS top_share, round(total * 1000000.0) / 1000000.0 AS named_share,
       round(lo * 1000000.0) / 1000000.0 AS hhi_lo, round(hi * 1000000.0) / 1000000.0 AS hhi_hi,
       round(three * 1000000.0) / 1000000.0 AS cr3_lo, round(most * 1000000.0) / 1000000.0 AS cr3_hi,
       [x IN named | x.id] AS suppliers, scope, any(x IN doubts WHERE x) AS disputed, sources
ORDER BY importer, good, stage, basis
