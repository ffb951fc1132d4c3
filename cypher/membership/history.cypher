// Who has ever been a member of a bloc, since when, until when, and in which role?
// Every spell of every date; in_force says whether it holds at as_of. A change of role or a suspension begins a new spell, so a
// suspended or downgraded member has not left.
// id: membership/history
// params: bloc (id, such as WARSAW-PACT), as_of (date)
// columns: state, name, role, suspended (bool), since (date), until (date), since_edtf, until_edtf, start_kind, end_kind,
// columns: in_force (bool), disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p bloc=WARSAW-PACT
MATCH (s)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.id = $bloc
RETURN s.id AS state, s.name AS name, m.role AS role, m.suspended AS suspended, m.since AS since, m.until AS until,
       m.since_edtf AS since_edtf, m.until_edtf AS until_edtf, m.start_kind AS start_kind, m.end_kind AS end_kind,
       m.since <= $as_of AND m.until > $as_of AS in_force, m.disputed AS disputed, m.id AS fact, m.sources AS sources
ORDER BY state, since, fact
