// By which instruments were two states allied, with which obligations, and when?
// All dates; in_force says whether the tie holds at as_of. Obliged names who owes the obligations: one state, both, or nobody where
// the instrument has none.
// id: alignment/alliance-pair
// params: a (state), b (state), as_of (date)
// columns: instrument, title, kind, obligations (list), obliged (list), since (date), until (date), since_edtf, until_edtf, start_kind, end_kind,
// columns: in_force (bool), disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p a=USA -p b=JPN
MATCH (x:State)-[t:DEFENCE]-(y)
WHERE x.id = $a AND y.id = $b
OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument
WITH t, i, startNode(t) AS first, endNode(t) AS second
RETURN t.instrument AS instrument, i.title AS title, t.kind AS kind, t.obligations AS obligations,
       CASE WHEN size(t.obligations) = 0 THEN [] WHEN t.mutual THEN [first.id, second.id] ELSE [first.id] END AS obliged,
       t.since AS since, t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind, t.end_kind AS end_kind,
       t.since <= $as_of AND t.until > $as_of AS in_force, t.disputed AS disputed, t.id AS fact, t.sources AS sources
ORDER BY since, fact
