// What ties a state or bloc to all others, in one domain or in every one?
// Ties in force at as_of, those of its blocs not included. One row a tie; a one-sided tie names who is obliged.
// id: partnership/ties-of
// params: party (text, id of a state or bloc), domain= (text, such as SANCTIONS; empty for all), as_of (date)
// columns: domain, other, name, kind, label, instrument, title, binding (bool), obligations (list), obliged, since (date), until (date),
// columns: since_edtf, until_edtf, start_kind, end_kind, disputed (bool), fact, sources (list)
// hidden: start_kind, end_kind, fact, sources
// example: -p party=JPN -p domain=DEFENCE
MATCH (x:State|Bloc|Actor)-[t]-(y)
WHERE x.id = $party AND ($domain = '' OR type(t) = $domain) AND t.mutual IS NOT NULL AND t.since <= $as_of AND t.until > $as_of
OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument
WITH t, i, y, startNode(t) AS first
RETURN type(t) AS domain, y.id AS other, y.name AS name, t.kind AS kind, t.label AS label, t.instrument AS instrument,
       i.title AS title, i.binding AS binding, t.obligations AS obligations,
       CASE WHEN size(t.obligations) = 0 THEN null WHEN t.mutual THEN 'both' ELSE first.id END AS obliged,
       t.since AS since, t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind,
       t.end_kind AS end_kind, t.disputed AS disputed, t.id AS fact, t.sources AS sources
ORDER BY domain, since, fact
