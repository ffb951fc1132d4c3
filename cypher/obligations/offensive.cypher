// Which states owe each other offence as well as defence, by which instrument, and when?
// Obligations to join an attack, not only to resist one. All dates; in_force says whether the tie holds at as_of.
// id: obligations/offensive
// params: as_of (date)
// columns: a, b, instrument, title, obligations (list), since (date), until (date), since_edtf, until_edtf, start_kind, end_kind,
// columns: in_force (bool), disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: --as-of 1941-01-01
MATCH (x:State)-[t:DEFENCE]->(y:State)
WHERE 'offence' IN t.obligations
OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument
RETURN x.id AS a, y.id AS b, t.instrument AS instrument, i.title AS title, t.obligations AS obligations, t.since AS since,
       t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind, t.end_kind AS end_kind,
       t.since <= $as_of AND t.until > $as_of AS in_force, t.disputed AS disputed, t.id AS fact, t.sources AS sources
ORDER BY since, a, b, fact
