// Must a state defend both sides of a dispute or of sanctions, or the side that it is against?
// 'both sides': it must defend both; 'own side': it is on one side and must defend the other. A union (the EU) is a side through its full
// members: bound_a and bound_b list whom the state must defend. Other organisations and actors are no side.
// id: obligations/conflicts
// params: state (state), as_of (date)
// columns: kind, side_a, side_b, bound_a (list), bound_b (list), disputed (bool), facts (list), sources (list)
// denominator: sanctions and disputes in force in the loaded data; where none is loaded, that there is no conflict is not known
// hidden: facts, sources
// example: -p state=USA --as-of 2022-06-01
MATCH (s:State)-[t:DEFENCE]-(x)
WHERE s.id = $state AND 'State' IN labels(x) AND 'defence' IN t.obligations AND (t.mutual OR startNode(t) = s)
  AND t.since <= $as_of AND t.until > $as_of
WITH s, x, t
ORDER BY x.id, t.id
WITH s, collect(DISTINCT x.id) AS owed, collect({to: x.id, fact: t.id, sources: t.sources, disputed: t.disputed}) AS duties
MATCH (a)-[h:SANCTIONS|DISPUTE]-(b)
WHERE a.id < b.id AND h.since <= $as_of AND h.until > $as_of AND ('State' IN labels(a) OR a.kind = 'union')
  AND ('State' IN labels(b) OR b.kind = 'union')
WITH s, owed, duties, a, b, h
ORDER BY a.id, b.id, h.id
WITH s, owed, duties, a, b, collect({fact: h.id, sources: h.sources, disputed: h.disputed}) AS hostile
OPTIONAL MATCH (m)-[r:MEMBER_OF]->(a)
WHERE a.kind = 'union' AND 'State' IN labels(m) AND r.role = 'full' AND NOT r.suspended AND r.since <= $as_of AND r.until > $as_of
WITH s, owed, duties, a, b, hostile, collect(m.id) AS members
WITH s, owed, duties, a, b, hostile, CASE WHEN 'State' IN labels(a) THEN [a.id] ELSE members END AS left_side
OPTIONAL MATCH (m)-[r:MEMBER_OF]->(b)
WHERE b.kind = 'union' AND 'State' IN labels(m) AND r.role = 'full' AND NOT r.suspended AND r.since <= $as_of AND r.until > $as_of
WITH s, owed, duties, a, b, hostile, left_side, collect(m.id) AS members
WITH s, owed, duties, a, b, hostile, left_side, CASE WHEN 'State' IN labels(b) THEN [b.id] ELSE members END AS right_side
WHERE none(m IN left_side WHERE m IN right_side)
WITH duties, a, b, hostile, s.id IN left_side AS is_left, s.id IN right_side AS is_right, [o IN owed WHERE o IN left_side] AS on_left,
     [o IN owed WHERE o IN right_side] AS on_right
WHERE CASE WHEN is_left THEN size(on_right) > 0 WHEN is_right THEN size(on_left) > 0 ELSE size(on_left) > 0 AND size(on_right) > 0 END
WITH duties, a, b, hostile, is_left OR is_right AS own, CASE WHEN is_left THEN [] ELSE on_left END AS bound_a,
     CASE WHEN is_right THEN [] ELSE on_right END AS bound_b
WITH a, b, own, bound_a, bound_b, [d IN duties WHERE d.to IN bound_a OR d.to IN bound_b] + hostile AS ties
RETURN CASE WHEN own THEN 'own side' ELSE 'both sides' END AS kind, a.id AS side_a, b.id AS side_b, bound_a, bound_b,
       any(x IN ties WHERE x.disputed) AS disputed, [x IN ties | x.fact] AS facts,
       reduce(all_of = [], x IN ties | all_of + [y IN x.sources WHERE NOT y IN all_of]) AS sources
ORDER BY kind, side_a, side_b
