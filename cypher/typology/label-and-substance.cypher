// What stands behind a strategic label: binding instruments, domains, obligations?
// One row a pair with a labelled partnership in force: how many other instruments in force tie the two, how many of them bind in law,
// in which domains, and whether any obliges to defend. Instruments of blocs in which both are members count where they derive ties.
// id: typology/label-and-substance
// params: party= (text, id of a state or bloc; empty for all), as_of (date)
// columns: a, b, label, since (date), instruments (int), binding (int), domains (list), defence_duty (bool), sources (list)
// denominator: instruments recorded; what is not recorded is not counted
// hidden: sources
// example: -p party=IND
MATCH (x)-[t]->(y)
WHERE t.kind = 'strategic_partnership' AND t.since <= $as_of AND t.until > $as_of AND ($party = '' OR x.id = $party OR y.id = $party)
MATCH (i:Instrument) WHERE i.id = t.instrument
WITH x, y, i, min(t.since) AS since
WITH x, y, i, since
ORDER BY x.id, y.id, since, i.id
WITH x, y, collect(i) AS labelled, min(since) AS since
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
