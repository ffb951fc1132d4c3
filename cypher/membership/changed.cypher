// Who joined, left or changed role in which bloc between two dates?
// The two days are compared as they are: who came and went between them is in neither. 'last seen': a source stops there, nothing says
// that the membership ended. 'suspended' and 'resumed' members stay members.
// id: membership/changed
// params: before (date, the earlier day), bloc= (text, id of a bloc; empty for all), as_of (date)
// columns: bloc, name, state, change, role, date (date), date_edtf, disputed (bool), facts (list), sources (list)
// hidden: facts, sources
// example: -p before=2004-01-01 --as-of 2004-12-31
MATCH (s:State|Bloc)-[m:MEMBER_OF]->(b:Bloc)
WHERE ($bloc = '' OR b.id = $bloc) AND m.since <= $as_of AND m.until > $before
WITH s, b, m
ORDER BY s.id, b.id, m.until, m.id
WITH s, b, collect(m) AS spells
WITH s, b, [m IN spells WHERE m.since <= $before] AS first, [m IN spells WHERE m.until > $as_of] AS second, spells
WHERE NOT (size(first) = 0 AND size(second) = 0)
WITH s, b, spells, CASE WHEN size(first) > 0 THEN first[0] ELSE null END AS old, CASE WHEN size(second) > 0 THEN second[0] ELSE null END AS new,
     spells[size(spells) - 1] AS final
WITH s, b, old, new, final,
     CASE WHEN old IS NULL THEN 'joined'
          WHEN new IS NULL THEN CASE WHEN final.end_kind = 'censored' THEN 'last seen' ELSE 'left' END
          WHEN old.suspended <> new.suspended THEN CASE WHEN new.suspended THEN 'suspended' ELSE 'resumed' END
          WHEN old.role <> new.role THEN 'new role'
          ELSE '' END AS change
WHERE change <> ''
WITH s, b, change, CASE WHEN old IS NULL THEN [new] WHEN new IS NULL THEN [old] ELSE [old, new] END AS told,
     CASE WHEN new IS NULL THEN old.role ELSE new.role END AS role, CASE WHEN new IS NULL THEN final.until ELSE new.since END AS date,
     CASE WHEN new IS NULL THEN final.until_edtf ELSE new.since_edtf END AS date_edtf
RETURN b.id AS bloc, b.name AS name, s.id AS state, change, role, date, date_edtf, any(m IN told WHERE m.disputed) AS disputed,
       [m IN told | m.id] AS facts, reduce(all_of = [], m IN told | all_of + [x IN m.sources WHERE NOT x IN all_of]) AS sources
ORDER BY bloc, state
