// Which bases or stationed forces were given up, and when?
// Ties of the kind basing whose end is dated and lies at or before as_of.
// id: basing/left
// params: state= (text, id of the stationing state; empty for all), host= (text, id of the host; empty for all), as_of (date)
// columns: until (date), until_edtf, state, host, name, label, end_kind, disputed (bool), fact, sources (list)
// hidden: end_kind, fact, sources
// example: -p state=USA
MATCH (s)-[t:DEFENCE]-(h)
WHERE t.kind = 'basing' AND t.until <= $as_of AND t.end_kind = 'dated'
  AND ($state = '' OR s.id = $state) AND ($host = '' OR h.id = $host) AND (startNode(t) = s OR t.mutual)
RETURN t.until AS until, t.until_edtf AS until_edtf, s.id AS state, h.id AS host, h.name AS name, t.label AS label,
       t.end_kind AS end_kind, t.disputed AS disputed, t.id AS fact, t.sources AS sources
ORDER BY until, state, host, fact
