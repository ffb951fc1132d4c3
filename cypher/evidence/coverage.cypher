// Which datasets are loaded, what do they cover, and how much do they say?
// covers_until '..' is a maintained dataset: what is open there is in force at its release. Documents are the evidence it names.
// id: evidence/coverage
// columns: dataset, title, publisher, version, released (date), covers_from, covers_until, licence, documents (int), claims (int),
// columns: facts (int), sources (list)
// hidden: publisher, covers_from, sources
// example: --format md
MATCH (d:Source) WHERE d.dataset = d.id
RETURN d.id AS dataset, d.title AS title, d.publisher AS publisher, d.version AS version, d.released AS released,
       d.covers_from AS covers_from, d.covers_until AS covers_until, d.licence AS licence,
       COUNT { MATCH (s:Source) WHERE s.dataset = d.id AND s.id <> d.id } AS documents,
       COUNT { MATCH (c:Claim) WHERE c.dataset = d.id } AS claims,
       size(COLLECT { MATCH (c:Claim) WHERE c.dataset = d.id RETURN DISTINCT c.fact }) AS facts,
       [d.id] AS sources
ORDER BY dataset
