// What ties two states or blocs, in every domain?
// Ties in force at as_of, those of both states' blocs not included. One row a tie; a one-sided tie names who is obliged.
// id: partnership/pair
// params: a (text, id of a state or bloc), b (text, id of a state or bloc), as_of (date)
// columns: domain, kind, label, instrument, title, form, binding (bool), obligations (list), obliged, since (date), until (date),
// columns: since_edtf, until_edtf, start_kind, end_kind, disputed (bool), fact, sources (list)
// hidden: form, start_kind, end_kind, fact, sources
// example: -p a=JPN -p b=USA
MATCH (x:State|Bloc|Actor)-[t]-(y)
WHERE x.id = $a AND y.id = $b AND t.mutual IS NOT NULL AND t.since <= $as_of AND t.until > $as_of
OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument
WITH t, i, startNode(t) AS first
RETURN type(t) AS domain, t.kind AS kind, t.label AS label, t.instrument AS instrument, i.title AS title, i.form AS form,
       i.binding AS binding, t.obligations AS obligations,
       CASE WHEN size(t.obligations) = 0 THEN null WHEN t.mutual THEN 'both' ELSE first.id END AS obliged,
       t.since AS since, t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind,
       t.end_kind AS end_kind, t.disputed AS disputed, t.id AS fact, t.sources AS sources
ORDER BY domain, since, fact
