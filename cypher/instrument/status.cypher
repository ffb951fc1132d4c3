// Which instruments of a type or domain are in force, signed, provisional, stalled, suspended or ended at a date?
// status follows from the last event by as_of; a review, and a notice by one of many parties, change none. 'signed' is not in force;
// 'launched' and 'concluded' speak of negotiations.
// id: instrument/status
// params: type= (text, such as trade; empty for all), domain= (text, such as ENERGY; empty for all), as_of (date)
// columns: instrument, title, type, status, date (date), date_edtf, parties (list), events (list), disputed (bool), sources (list)
// hidden: type, events, sources
// example: -p type=trade
MATCH (i:Instrument)
WHERE ($type = '' OR i.type = $type) AND ($domain = '' OR $domain IN i.domains)
OPTIONAL MATCH (i)-[:HAS_EVENT]->(e:Event) WHERE e.date <= $as_of
WITH i, e
ORDER BY i.id, e.date,
  CASE e.kind WHEN 'launched' THEN 0 WHEN 'concluded' THEN 1 WHEN 'signed' THEN 2 WHEN 'provisional' THEN 3 WHEN 'in_force' THEN 4 ELSE 5 END,
  e.id
WITH i, collect(e) AS happened
WHERE size(happened) > 0
OPTIONAL MATCH (p)-[r:PARTY_TO]->(i) WHERE r.since <= $as_of
WITH i, happened, p
ORDER BY i.id, p.id
WITH i, happened, collect(DISTINCT p.id) AS parties
WITH i, happened, parties, [x IN happened WHERE NOT (x.kind = 'review' OR (x.kind = 'denounced' AND size(parties) <> 2))] AS telling
WHERE size(telling) > 0
WITH i, happened, parties, telling[size(telling) - 1] AS last
RETURN i.id AS instrument, i.title AS title, i.type AS type,
       CASE last.kind
         WHEN 'in_force' THEN 'in force' WHEN 'resumed' THEN 'in force' WHEN 'provisional' THEN 'provisionally applied'
         WHEN 'signed' THEN CASE WHEN i.form IN ['declaration', 'memorandum', 'arrangement'] THEN 'in effect' ELSE 'signed' END
         WHEN 'launched' THEN 'in negotiation' WHEN 'concluded' THEN 'negotiations concluded' ELSE last.kind END AS status,
       last.date AS date, last.date_edtf AS date_edtf, parties, [x IN happened | x.kind + ' ' + x.date_edtf] AS events,
       i.disputed OR any(x IN happened WHERE x.disputed) AS disputed, i.sources AS sources
ORDER BY status, date, instrument
