// Which ties began or ended between two dates, by instrument and domain?
// The two days are compared as they are: what began and ended between them is in neither. 'last seen': a source stops there, nothing says
// that the tie ended. A pair that one instrument ties on both days, through different spells, has not changed.
// id: instrument/changed
// params: before (date, the earlier day), domain= (text, such as DEFENCE; empty for all), as_of (date)
// columns: change, domain, instrument, title, kind, date (date), ties (int), states (list), sources (list)
// hidden: sources
// example: -p before=1989-11-09 -p domain=DEFENCE --as-of 1992-01-01
MATCH (a:State|Bloc|Actor)-[t:DEFENCE|TRADE|TECHNOLOGY|ENERGY|FINANCE|DIPLOMACY|DEVELOPMENT|CULTURE|HEALTH|CLIMATE|MIGRATION|SANCTIONS|DISPUTE]->(b)
WHERE ($domain = '' OR type(t) = $domain) AND t.since <= $as_of AND t.until > $before AND (t.since <= $before OR t.until > $as_of)
WITH a, b, type(t) AS domain, t.kind AS kind, t.instrument AS instrument, t
ORDER BY t.id
WITH a, b, domain, kind, instrument, [t IN collect(t) WHERE t.since <= $before] AS old, [t IN collect(t) WHERE t.until > $as_of] AS new
WHERE size(old) = 0 OR size(new) = 0
WITH a, b, domain, kind, instrument, CASE WHEN size(old) = 0 THEN new[0] ELSE old[0] END AS t, size(old) = 0 AS begun
WITH a.id AS one, b.id AS other, domain, kind, instrument, t.sources AS cited,
     CASE WHEN instrument = '' THEN a.id + ' ' + b.id ELSE instrument END AS unit,
     CASE WHEN begun THEN 'begun' WHEN t.end_kind = 'censored' THEN 'last seen' ELSE 'ended' END AS change,
     CASE WHEN begun THEN t.since ELSE t.until END AS date
ORDER BY unit, domain, kind, one, other
WITH change, domain, unit, instrument, kind, date, count(*) AS ties, collect([one, other]) AS pairs, collect(cited) AS lists
OPTIONAL MATCH (i:Instrument) WHERE i.id = instrument
RETURN change, domain, instrument, i.title AS title, kind, date, ties,
       reduce(all_of = [], pair IN pairs | all_of + [s IN pair WHERE NOT s IN all_of]) AS states,
       reduce(all_of = [], list IN lists | all_of + [s IN list WHERE NOT s IN all_of]) AS sources
ORDER BY domain, change, date, unit, kind
