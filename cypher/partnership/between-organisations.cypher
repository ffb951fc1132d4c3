// Which partnerships tie organisations to organisations?
// Instruments all of whose recorded parties are blocs, with what last happened to them by as_of.
// id: partnership/between-organisations
// params: as_of (date)
// columns: instrument, title, parties (list), form, binding (bool), scope, last_event, date (date), sources (list)
// hidden: sources
// example: --as-of 2026-11-22
MATCH (i:Instrument)<-[p:PARTY_TO]-(b)
WITH i, b
ORDER BY i.id, b.id
WITH i, collect(b.id) AS parties, collect(labels(b)) AS kinds
WHERE size(parties) > 1 AND all(k IN kinds WHERE 'Bloc' IN k)
OPTIONAL MATCH (i)-[:HAS_EVENT]->(e:Event) WHERE e.date <= $as_of
WITH i, parties, e
ORDER BY i.id, e.date, e.id
WITH i, parties, collect(e) AS events
RETURN i.id AS instrument, i.title AS title, parties, i.form AS form, i.binding AS binding, i.scope AS scope,
       CASE WHEN size(events) = 0 THEN null ELSE events[size(events) - 1].kind END AS last_event,
       CASE WHEN size(events) = 0 THEN null ELSE events[size(events) - 1].date END AS date, i.sources AS sources
ORDER BY instrument
