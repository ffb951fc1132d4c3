// How do states rank by an indicator in a year?
// id: indicator/ranking
// params: indicator (text, id of an indicator), year (int), at_least=0.0 (float, lowest value shown)
// columns: state, name, value (float), unit, year (int), disputed (bool), fact, sources (list)
// hidden: fact, sources
// example: -p indicator=defence-expenditure-share-of-gdp -p year=2024
MATCH (s:State)-[o:OBSERVED]->(i:Indicator)
WHERE i.id = $indicator AND o.year = $year AND o.value >= $at_least
RETURN s.id AS state, s.name AS name, o.value AS value, i.unit AS unit, o.year AS year, o.disputed AS disputed, o.id AS fact,
       o.sources AS sources
ORDER BY value DESC, state
