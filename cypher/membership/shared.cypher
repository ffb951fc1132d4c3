// Which blocs do two states share at a date, and how much does each say?
// Each shared bloc of m full members weighs 1/(m - 1) (Newman 2001): one of two members counts 1, a worldwide one next to nothing.
// id: membership/shared
// params: a (state), b (state), as_of (date)
// columns: bloc, name, kind, a_since (date), b_since (date), members (int), weight (float), disputed (bool), sources (list)
// denominator: blocs of which both are full members in the loaded data; weight rests on the loaded lists of members
// hidden: sources
// example: -p a=GBR -p b=FRA --as-of 1975
MATCH (x:State)-[m:MEMBER_OF]->(g:Bloc)
WHERE x.id = $a AND g.kind <> 'category' AND m.role = 'full' AND m.since <= $as_of AND m.until > $as_of
WITH g, m
MATCH (y)-[k:MEMBER_OF]->(g)
WHERE y.id = $b AND k.role = 'full' AND k.since <= $as_of AND k.until > $as_of
MATCH (s:State)-[r:MEMBER_OF]->(g)
WHERE r.role = 'full' AND r.since <= $as_of AND r.until > $as_of
WITH g, m, k, count(DISTINCT s.id) AS members
RETURN g.id AS bloc, g.name AS name, g.kind AS kind, m.since AS a_since, k.since AS b_since, members,
       1.0 / (members - 1) AS weight, m.disputed OR k.disputed AS disputed,
       m.sources + [x IN k.sources WHERE NOT x IN m.sources] AS sources
ORDER BY bloc
