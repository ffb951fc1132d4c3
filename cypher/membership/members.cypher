// Who is a member of a bloc at a date, in which role?
// A suspended member stays a member and is flagged. Of NATO's integrated command and others only confirmed memberships are recorded.
// id: membership/members
// params: bloc (id, such as NATO), as_of (date)
// columns: state, name, role, suspended (bool), since (date), until (date), since_edtf, until_edtf, start_kind,
// columns: end_kind, disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p bloc=NATO --as-of 1985-06-01
MATCH (s)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.id = $bloc AND m.since <= $as_of AND m.until > $as_of
RETURN s.id AS state, s.name AS name, m.role AS role, m.suspended AS suspended, m.since AS since, m.until AS until,
       m.since_edtf AS since_edtf, m.until_edtf AS until_edtf, m.start_kind AS start_kind, m.end_kind AS end_kind, m.disputed AS disputed, m.id AS fact, m.sources AS sources
ORDER BY state, fact
