// Which sanctions and export controls are in force at a date, by whom against whom?
// The sender is who imposes them: a measure of the EU or UN stands as the organisation's, not as each member's. status is 'in force',
// or 'last seen' where a source saw the measure in force before the date and nothing says that it ended.
// id: sanctions/in-force
// params: sender= (text, id of a state or bloc; empty for all), target= (text, id of a state; empty for all), as_of (date)
// columns: sender, target, kind, label, since (date), until (date), since_edtf, until_edtf, start_kind, end_kind, status,
// columns: disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: --as-of 2024-01-01
MATCH (s)-[t:SANCTIONS]->(x)
WHERE ($sender = '' OR s.id = $sender) AND ($target = '' OR x.id = $target) AND t.since <= $as_of
  AND (t.until > $as_of OR t.end_kind = 'censored')
RETURN s.id AS sender, x.id AS target, t.kind AS kind, t.label AS label, t.since AS since, t.until AS until, t.since_edtf AS since_edtf,
       t.until_edtf AS until_edtf, t.start_kind AS start_kind, t.end_kind AS end_kind,
       CASE WHEN t.until > $as_of THEN 'in force' ELSE 'last seen' END AS status, t.disputed AS disputed, t.id AS fact,
       t.sources AS sources
ORDER BY sender, target, kind, fact
