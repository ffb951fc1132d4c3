// How has an indicator of a state moved over the years?
// id: indicator/series
// params: state (state), indicator= (text, id of an indicator; empty for all), as_of (date)
// columns: indicator, name, year (int), value (float), unit, disputed (bool), fact, sources (list)
// hidden: fact, sources
// example: -p state=DEU -p indicator=defence-expenditure-share-of-gdp
MATCH (s:State)-[o:OBSERVED]->(i)
WHERE s.id = $state AND ($indicator = '' OR i.id = $indicator) AND o.since <= $as_of
RETURN i.id AS indicator, i.name AS name, o.year AS year, o.value AS value, i.unit AS unit, o.disputed AS disputed, o.id AS fact,
       o.sources AS sources
ORDER BY indicator, year
