// To which instruments is a state, bloc or actor a party?
// type and domain narrow it. The parties of a treaty that founds a bloc are the bloc's members: see membership/of-state.
// id: instrument/of-party
// params: party (text, id of a state, bloc or actor), type= (text, such as investment; empty for all),
// params: domain= (text, such as MIGRATION; empty for all), as_of (date)
// columns: instrument, title, type, role, since (date), until (date), since_edtf, until_edtf, start_kind, end_kind, others (list),
// columns: last_event, date (date), disputed (bool), sources (list)
// hidden: type, start_kind, end_kind, sources
// example: -p party=AUS -p domain=TECHNOLOGY
MATCH (p:State|Bloc|Actor)-[r:PARTY_TO]->(i:Instrument)
WHERE p.id = $party AND ($type = '' OR i.type = $type) AND ($domain = '' OR $domain IN i.domains) AND r.since <= $as_of
OPTIONAL MATCH (o)-[:PARTY_TO]->(i) WHERE o.id <> $party
WITH i, r, o
ORDER BY i.id, r.id, o.id
WITH i, r, collect(DISTINCT o.id) AS others
OPTIONAL MATCH (i)-[:HAS_EVENT]->(e:Event) WHERE e.date <= $as_of
WITH i, r, others, e
ORDER BY i.id, r.id, e.date, e.id
WITH i, r, others, collect(e) AS events
RETURN i.id AS instrument, i.title AS title, i.type AS type, r.role AS role, r.since AS since, r.until AS until,
       r.since_edtf AS since_edtf, r.until_edtf AS until_edtf, r.start_kind AS start_kind, r.end_kind AS end_kind, others,
       CASE WHEN size(events) = 0 THEN null ELSE events[size(events) - 1].kind END AS last_event,
       CASE WHEN size(events) = 0 THEN null ELSE events[size(events) - 1].date END AS date, i.disputed OR r.disputed AS disputed,
       r.sources AS sources
ORDER BY since, instrument, role
