// Which datasets are loaded, what do they cover, and how much do they say?
// covers_until '..' is a maintained dataset: what is open there is in force at its release. Documents are the evidence it names.
// id: evidence/coverage
// columns: dataset, title, publisher, version, released (date), covers_from, covers_until, licence, documents (int), claims (int),
// columns: facts (int), sources (list)
// hidden: publisher, covers_from, sources
// example: --format md
MATCH (c:Claim)
WITH c.dataset AS dataset, count(c) AS claims, count(DISTINCT c.fact) AS facts
WITH collect({dataset: dataset, claims: claims, facts: facts}) AS counted
MATCH (d:Source) WHERE d.dataset = d.id
WITH d, [x IN counted WHERE x.dataset = d.id] AS found
RETURN d.id AS dataset, d.title AS title, d.publisher AS publisher, d.version AS version, d.released AS released,
       d.covers_from AS covers_from, d.covers_until AS covers_until, d.licence AS licence,
       COUNT { MATCH (s:Source) WHERE s.dataset = d.id AND s.id <> d.id } AS documents,
       CASE WHEN size(found) = 0 THEN 0 ELSE found[0].claims END AS claims, CASE WHEN size(found) = 0 THEN 0 ELSE found[0].facts END AS facts,
       [d.id] AS sources
ORDER BY dataset
