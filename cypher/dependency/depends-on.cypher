// Who depends on a supplier, for what, and by how much?
// The mirror of dependency/suppliers: every importer that names this supplier, in periods complete at as_of, largest share first.
// id: dependency/depends-on
// params: supplier (text, id of a state, bloc or actor), good= (text, id of a good; empty for all), min_share=0.0 (float, 0..1), as_of (date)
// columns: importer, good, basis, from_year (int), to_year (int), share (float), scope, disputed (bool), fact, sources (list)
// denominator: the importer's total imports of the good in the period, as the source defines them (scope)
// hidden: scope, fact, sources
// example: -p supplier=RUS -p good=natural-gas
MATCH (i)-[d:DEPENDS_ON]->(s:State|Bloc|Actor)
WHERE s.id = $supplier AND ($good = '' OR d.good = $good) AND d.until <= $as_of AND d.share >= $min_share
RETURN i.id AS importer, d.good AS good, d.basis AS basis, d.from_year AS from_year, d.to_year AS to_year, d.share AS share,
       d.scope AS scope, d.disputed AS disputed, d.id AS fact, d.sources AS sources
ORDER BY good, to_year DESC, share DESC, importer, basis, from_year
