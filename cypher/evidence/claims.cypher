// What does each source say about a fact?
// Of a derived tie the claims are those of its instrument, parties and events. Empty values: the source does not speak of it.
// id: evidence/claims
// params: fact (text, id of a node or relationship as other answers print it)
// columns: fact, source, title, publisher, said (list), matched, locator, seen (date), url, sources (list)
// hidden: title, publisher, seen, url, sources
// example: -p fact=member|FRA|NATO-IMS|1
OPTIONAL MATCH ()-[t:DEFENCE|TRADE|TECHNOLOGY|ENERGY|FINANCE|DIPLOMACY|DEVELOPMENT|CULTURE|HEALTH|CLIMATE|MIGRATION|SANCTIONS|DISPUTE]->()
WHERE t.id = $fact
WITH coalesce(t.premises, []) + [$fact] AS facts
MATCH (c:Claim)-[:FROM]->(s:Source)
WHERE c.fact IN facts
RETURN c.fact AS fact, s.id AS source, s.title AS title, s.publisher AS publisher,
       [x IN [
         'since ' + c.since_edtf, 'until ' + c.until_edtf, 'date ' + c.date_edtf, 'role ' + c.role,
         'suspended ' + toString(c.suspended), 'kind ' + c.kind, 'type ' + c.type, 'form ' + c.form,
         'binding ' + toString(c.binding), 'mutual ' + toString(c.mutual), 'name ' + c.name, 'title ' + c.title,
         'official label ' + c.official_label, 'derives ' + c.derives, 'scope ' + c.scope, 'thickness ' + c.thickness,
         'coding reason: ' + c.coding_reason, 'reservations ' + c.reservations,
         'obligations ' + reduce(text = '', x IN c.obligations | text + CASE WHEN text = '' THEN '' ELSE ', ' END + x),
         'domains ' + reduce(text = '', x IN c.domains | text + CASE WHEN text = '' THEN '' ELSE ', ' END + x),
         'spells ' + reduce(text = '', x IN c.spells | text + CASE WHEN text = '' THEN '' ELSE ', ' END + x),
         'share ' + toString(c.share), 'share from ' + toString(c.share_lo), 'share to ' + toString(c.share_hi),
         'value ' + toString(c.value), 'total ' + toString(c.total), 'unit ' + c.unit,
         'named are the largest ' + toString(c.named_largest), 'stage ' + c.stage, 'HS ' + c.hs, 'HS revision ' + c.hs_revision,
         'ISO 3166-1 alpha-2 ' + c.iso2, 'ISO 3166-1 alpha-3 ' + c.iso3, 'COW code ' + c.cow, 'Gleditsch-Ward number ' + c.gw,
         'region ' + c.region
       ] WHERE x IS NOT NULL] AS said,
       c.matched AS matched, c.locator AS locator, c.seen AS seen, s.url AS url, [s.id] AS sources
ORDER BY fact, source, c.id
