// What share of GDP does each state spend on defence, against a target?
// Each state's newest year complete at as_of, at most five years old. meets compares the value rounded to two decimals, as it is printed:
// 2.00 meets 2. A state without a value has no row: unknown.
// id: obligations/burden
// params: bloc= (text, id of a bloc; empty for all states with a value), target=2.0 (float, per cent of GDP), as_of (date)
// columns: state, name, year (int), value (float), gap (float), meets (bool), disputed (bool), fact, sources (list)
// denominator: GDP of the year, as the source has it
// hidden: fact, sources
// example: -p bloc=NATO --as-of 2025-06-01
MATCH (s)-[o:OBSERVED]->(i:Indicator)
WHERE i.id = 'defence-expenditure-share-of-gdp' AND o.year < toInteger(substring($as_of, 0, 4))
  AND o.year >= toInteger(substring($as_of, 0, 4)) - 6
  AND ($bloc = '' OR EXISTS { MATCH (s)-[m:MEMBER_OF]->(b:Bloc) WHERE b.id = $bloc AND m.role = 'full' AND NOT m.suspended
                              AND m.since <= $as_of AND m.until > $as_of })
WITH s, i, max(o.year) AS year
MATCH (s)-[o:OBSERVED]->(i)
WHERE o.year = year
RETURN s.id AS state, s.name AS name, year, o.value AS value, round((o.value - $target) * 1000000.0) / 1000000.0 AS gap,
       round(o.value * 100.0) / 100.0 >= $target AS meets, o.disputed AS disputed, o.id AS fact, o.sources AS sources
ORDER BY value DESC, state
