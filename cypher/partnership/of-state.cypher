// With whom does a state or bloc have a strategic partnership, under which label, since when?
// All dates; in_force says whether it holds at as_of: both are party, and of a treaty not only signatories. A label is what the makers
// call it, not an obligation: see binding and obligations.
// id: partnership/of-state
// params: party (text, id of a state or bloc), as_of (date)
// columns: partner, name, label, binding (bool), obligations (list), since (date), until (date), since_edtf, until_edtf, start_kind,
// columns: end_kind, in_force (bool), instrument, disputed (bool), sources (list)
// hidden: start_kind, end_kind, sources
// example: -p party=IND
MATCH (x:State|Bloc|Actor)-[p:PARTY_TO]->(i:Instrument)
MATCH (y)-[q:PARTY_TO]->(i)
WHERE x.id = $party AND y.id <> $party AND (i.type = 'strategic_partnership' OR i.official_label CONTAINS 'strategic')
  AND NOT (i.scope = 'maxilateral' AND 'State' IN labels(x) AND 'State' IN labels(y))
WITH y, i, p, q, CASE WHEN q.since > p.since THEN q ELSE p END AS later, CASE WHEN q.until < p.until THEN q ELSE p END AS earlier
RETURN y.id AS partner, y.name AS name, i.official_label AS label, i.binding AS binding, i.obligations AS obligations,
       later.since AS since, earlier.until AS until, later.since_edtf AS since_edtf, earlier.until_edtf AS until_edtf,
       later.start_kind AS start_kind, earlier.end_kind AS end_kind,
       later.since <= $as_of AND earlier.until > $as_of AND p.role <> 'signatory' AND q.role <> 'signatory' AS in_force,
       i.id AS instrument, p.disputed OR q.disputed AS disputed, q.sources AS sources
ORDER BY partner, since, instrument
