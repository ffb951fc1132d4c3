// Who is bound by treaty to defend a state at a date?
// One row a defender and instrument. A one-sided tie runs from the obliged to the protected state.
// id: obligations/defenders
// params: state (state), as_of (date)
// columns: defender, name, instrument, title, mutual (bool), since (date), until (date), since_edtf, until_edtf, start_kind,
// columns: end_kind, disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p state=JPN --as-of 1970
MATCH (x:State)-[t:DEFENCE]-(g:State)
WHERE x.id = $state AND 'defence' IN t.obligations AND (t.mutual OR endNode(t) = x)
  AND t.since <= $as_of AND t.until > $as_of
OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument
RETURN g.id AS defender, g.name AS name, t.instrument AS instrument, i.title AS title, t.mutual AS mutual, t.since AS since,
       t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind, t.end_kind AS end_kind, t.disputed AS disputed, t.id AS fact, t.sources AS sources
ORDER BY defender, fact
