// Who supplied an importer with a good, in every period that is recorded?
// Shares of the importer's total in the period, as the source defines it (scope). "Other countries" is never a supplier: named_share
// says how much of the total the named suppliers make.
// id: dependency/suppliers
// params: importer (text, id of a state or bloc), good= (text, id of a good; empty for all), as_of (date)
// columns: good, basis, from_year (int), to_year (int), supplier, name, share (float), share_lo (float), share_hi (float),
// columns: named_share (float), scope, disputed (bool), fact, sources (list)
// denominator: the importer's total imports of the good in the period, as the source defines them (scope)
// hidden: share_lo, share_hi, scope, fact, sources
// example: -p importer=DEU -p good=natural-gas
MATCH (i:State|Bloc)-[d:DEPENDS_ON]->(s)
WHERE i.id = $importer AND ($good = '' OR d.good = $good) AND d.since <= $as_of
WITH i, d.good AS good, d.basis AS basis, d.stage AS stage, d.from_year AS from_year, d.to_year AS to_year, sum(d.share) AS named_share
MATCH (i)-[d:DEPENDS_ON]->(s)
WHERE d.good = good AND d.basis = basis AND d.stage = stage AND d.from_year = from_year AND d.to_year = to_year
RETURN good, basis, from_year, to_year, s.id AS supplier, s.name AS name, d.share AS share, d.share_lo AS share_lo, d.share_hi AS share_hi,
       round(named_share * 1000000.0) / 1000000.0 AS named_share, d.scope AS scope, d.disputed AS disputed, d.id AS fact,
       d.sources AS sources
ORDER BY good, basis, to_year, from_year, share DESC, supplier
