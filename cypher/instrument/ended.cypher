// Which instruments failed, lapsed, were suspended or ended, and when?
// Events of these kinds by as_of. Suspended is not ended; a later resumption stands in resumed.
// id: instrument/ended
// params: type= (text, such as strategic_partnership; empty for all), as_of (date)
// columns: date (date), date_edtf, what, instrument, title, type, parties (list), resumed (date), disputed (bool), sources (list)
// hidden: sources
// example: --as-of 2026-11-22
MATCH (i:Instrument)-[:HAS_EVENT]->(e:Event)
WHERE e.kind IN ['suspended', 'denounced', 'terminated', 'expired', 'failed'] AND e.date <= $as_of AND ($type = '' OR i.type = $type)
OPTIONAL MATCH (i)-[:HAS_EVENT]->(r:Event) WHERE r.kind = 'resumed' AND r.date >= e.date AND r.date <= $as_of
WITH i, e, min(r.date) AS resumed
OPTIONAL MATCH (p)-[:PARTY_TO]->(i)
WITH i, e, resumed, p
ORDER BY i.id, e.id, p.id
WITH i, e, resumed, collect(DISTINCT p.id) AS parties
RETURN e.date AS date, e.date_edtf AS date_edtf, e.kind AS what, i.id AS instrument, i.title AS title, i.type AS type, parties,
       resumed, e.disputed AS disputed, e.sources AS sources
ORDER BY date, instrument, what
