// Which instruments join states or blocs with firms, agencies, funds or non-governmental organisations?
// Public-private and sub-state partnerships, as far as they are recorded.
// id: partnership/with-actors
// params: as_of (date)
// columns: instrument, title, actors (list), parties (list), scope, last_event, date (date), sources (list)
// hidden: sources
// example: --as-of 2026-11-22
MATCH (i:Instrument)<-[:PARTY_TO]-(a:Actor)
WITH DISTINCT i
MATCH (i)<-[:PARTY_TO]-(p)
WITH i, p
ORDER BY i.id, p.id
WITH i, collect({id: p.id, kinds: labels(p)}) AS all_parties
OPTIONAL MATCH (i)-[:HAS_EVENT]->(e:Event) WHERE e.date <= $as_of
WITH i, all_parties, e
ORDER BY i.id, e.date, e.id
WITH i, all_parties, collect(e) AS events
RETURN i.id AS instrument, i.title AS title, [x IN all_parties WHERE 'Actor' IN x.kinds | x.id] AS actors,
       [x IN all_parties WHERE NOT 'Actor' IN x.kinds | x.id] AS parties, i.scope AS scope,
       CASE WHEN size(events) = 0 THEN null ELSE events[size(events) - 1].kind END AS last_event,
       CASE WHEN size(events) = 0 THEN null ELSE events[size(events) - 1].date END AS date, i.sources AS sources
ORDER BY instrument
