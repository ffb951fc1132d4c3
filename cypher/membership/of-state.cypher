// To which blocs does a state belong at a date, in which role?
// id: membership/of-state
// params: state (state), as_of (date)
// columns: bloc, name, kind, role, suspended (bool), since (date), until (date), since_edtf, until_edtf, start_kind, end_kind,
// columns: disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p state=TUR
MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc)
WHERE s.id = $state AND m.since <= $as_of AND m.until > $as_of
RETURN b.id AS bloc, b.name AS name, b.kind AS kind, m.role AS role, m.suspended AS suspended, m.since AS since, m.until AS until,
       m.since_edtf AS since_edtf, m.until_edtf AS until_edtf, m.start_kind AS start_kind, m.end_kind AS end_kind,
       m.disputed AS disputed, m.id AS fact, m.sources AS sources
ORDER BY bloc, fact
