// Who left a bloc, was suspended in it, or changed role, and when?
// Spells that ended before as_of. 'then' says what followed: left, the end of the bloc itself, or the role or
// suspension of the next spell.
// id: membership/left
// params: bloc (id, such as WARSAW-PACT), as_of (date)
// columns: state, name, role, suspended (bool), until (date), until_edtf, then, end_kind, disputed (bool), fact, sources (list)
// hidden: end_kind, fact, sources
// example: -p bloc=NATO-IMS
MATCH (s)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.id = $bloc AND m.until <= $as_of AND m.end_kind = 'dated'
OPTIONAL MATCH (s)-[n:MEMBER_OF]->(c:Bloc)
WHERE c.id = $bloc AND n.since = m.until
WITH s, b, m, n
ORDER BY s.id, m.since, m.id, n.id
WITH s, b, m, collect(n) AS next
RETURN s.id AS state, s.name AS name, m.role AS role, m.suspended AS suspended, m.until AS until, m.until_edtf AS until_edtf,
       CASE WHEN size(next) = 0 AND m.until_edtf = b.until_edtf THEN 'the bloc ended' WHEN size(next) = 0 THEN 'left' WHEN next[0].suspended THEN 'suspended' ELSE next[0].role + ' member' END AS then,
       m.end_kind AS end_kind, m.disputed AS disputed, m.id AS fact, m.sources AS sources
ORDER BY until, state, fact
