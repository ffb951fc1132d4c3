// With whom does a state or bloc have a strategic partnership, under which label, since when?
// All dates; in_force says whether it holds at as_of. A label is what the makers call it, not an obligation: see binding.
// id: partnership/of-state
// params: party (text, id of a state or bloc), as_of (date)
// columns: partner, name, label, binding (bool), since (date), until (date), since_edtf, until_edtf, start_kind, end_kind,
// columns: in_force (bool), instrument, disputed (bool), sources (list)
// hidden: start_kind, end_kind, sources
// example: -p party=IND
MATCH (x)-[t]-(y)
WHERE x.id = $party AND t.kind = 'strategic_partnership'
MATCH (i:Instrument) WHERE i.id = t.instrument
WITH y, i, t
ORDER BY y.id, i.id, t.since, t.id
WITH y, i, t.since AS since, collect(t) AS ties
RETURN y.id AS partner, y.name AS name, i.official_label AS label, i.binding AS binding, since, ties[0].until AS until,
       ties[0].since_edtf AS since_edtf, ties[0].until_edtf AS until_edtf, ties[0].start_kind AS start_kind, ties[0].end_kind AS end_kind,
       since <= $as_of AND ties[0].until > $as_of AS in_force, i.id AS instrument, any(t IN ties WHERE t.disputed) AS disputed,
       ties[0].sources AS sources
ORDER BY partner, since, instrument
