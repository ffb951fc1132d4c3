// Does a bloc rest on a treaty that obliges its members to defend each other?
// One row a bloc and founding instrument. duty is 'mutual defence' where the instrument binds in law and its obligations hold defence;
// consultation alone, or a declaration, is no such duty. 'not recorded' means that no founding instrument is in the data.
// id: obligations/bloc-duties
// params: bloc= (text, id of a bloc; empty for all), as_of (date)
// columns: bloc, name, kind, instrument, form, binding (bool), obligations (list), duty, begun (date), disputed (bool), sources (list)
// hidden: sources
// example: -p bloc=QUAD
MATCH (b:Bloc)
WHERE (b.id = $bloc OR $bloc = '') AND b.since <= $as_of AND b.kind <> 'category'
OPTIONAL MATCH (i:Instrument)-[:FOUNDS]->(b)
OPTIONAL MATCH (i)-[:HAS_EVENT]->(e:Event) WHERE e.kind IN ['signed', 'in_force'] AND e.date <= $as_of
WITH b, i, min(e.date) AS begun
RETURN b.id AS bloc, b.name AS name, b.kind AS kind, i.id AS instrument, i.form AS form, i.binding AS binding,
       i.obligations AS obligations,
       CASE WHEN i.id IS NULL THEN 'not recorded'
            WHEN i.binding AND 'defence' IN i.obligations THEN 'mutual defence'
            WHEN 'consultation' IN i.obligations THEN 'consultation only'
            ELSE 'none' END AS duty,
       begun, coalesce(i.disputed, b.disputed) AS disputed, coalesce(i.sources, b.sources) AS sources
ORDER BY bloc, begun, instrument
