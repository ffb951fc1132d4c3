// What stands behind a strategic label: binding instruments, domains, obligations?
// One row a pair with a labelled partnership in force: how many other instruments in force tie the two, how many of them bind in law,
// in which domains, and whether any obliges to defend. Instruments of blocs in which both are members count where they derive ties.
// id: typology/label-and-substance
// params: party= (text, id of a state or bloc; empty for all), as_of (date)
// columns: a, b, label, since (date), instruments (int), binding (int), domains (list), defence_duty (bool), sources (list)
// denominator: instruments recorded; what is not recorded is not counted
// hidden: sources
// example: -p party=IND
MATCH (x)-[p:PARTY_TO]->(i:Instrument)
MATCH (y)-[q:PARTY_TO]->(i)
WHERE x.id < y.id AND i.type = 'strategic_partnership' AND ($party = '' OR x.id = $party OR y.id = $party)
  AND p.since <= $as_of AND p.until > $as_of AND q.since <= $as_of AND q.until > $as_of AND p.role <> 'signatory' AND q.role <> 'signatory'
  AND NOT (i.scope = 'maxilateral' AND 'State' IN labels(x) AND 'State' IN labels(y))
WITH x, y, i, CASE WHEN q.since > p.since THEN q.since ELSE p.since END AS begun
WITH x, y, i, begun
ORDER BY x.id, y.id, begun, i.id
WITH x, y, collect(i) AS labelled, max(begun) AS since
WITH x, y, labelled[size(labelled) - 1] AS named, since
OPTIONAL MATCH (x)-[u]-(y)
WHERE u.mutual IS NOT NULL AND u.kind <> 'strategic_partnership' AND u.since <= $as_of AND u.until > $as_of
OPTIONAL MATCH (j:Instrument) WHERE j.id = u.instrument
WITH x, y, named, since, u, j, type(u) AS domain
ORDER BY x.id, y.id, domain, u.id
WITH x, y, named, since, collect(DISTINCT j.id) AS others, collect(DISTINCT CASE WHEN j.binding THEN j.id ELSE null END) AS bound,
     collect(DISTINCT domain) AS domains, collect(u.obligations) AS owed
RETURN x.id AS a, y.id AS b, named.official_label AS label, since, size(others) AS instruments, size(bound) AS binding, domains,
       any(list IN owed WHERE 'defence' IN list) AS defence_duty, named.sources AS sources
ORDER BY a, b
