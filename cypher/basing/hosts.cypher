// Where does a state have bases or stationed forces, by which arrangement, at a date?
// One row a tie of the kind basing. Only confirmed ones are recorded: no row means not recorded, not that there is none. status is
// 'in force', or 'last seen' where a source saw them before the date and nothing says that they left.
// id: basing/hosts
// params: state= (text, id of the stationing state; empty for all), host= (text, id of the host; empty for all), as_of (date)
// columns: state, host, name, label, instrument, since (date), until (date), since_edtf, until_edtf, start_kind, end_kind, status,
// columns: disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p state=USA --as-of 1955
MATCH (s)-[t:DEFENCE]-(h)
WHERE t.kind = 'basing' AND t.since <= $as_of AND (t.until > $as_of OR t.end_kind = 'censored')
  AND ($state = '' OR s.id = $state) AND ($host = '' OR h.id = $host) AND (startNode(t) = s OR t.mutual)
RETURN s.id AS state, h.id AS host, h.name AS name, t.label AS label, t.instrument AS instrument, t.since AS since, t.until AS until,
       t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind, t.end_kind AS end_kind,
       CASE WHEN t.until > $as_of THEN 'in force' ELSE 'last seen' END AS status, t.disputed AS disputed, t.id AS fact,
       t.sources AS sources
ORDER BY state, host, fact
