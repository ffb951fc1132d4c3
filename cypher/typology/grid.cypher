// Which instruments sit in which cell of scope and institutional thickness, and why?
// The grid is Flockhart's; the placements are ours, each with its reason. Instruments without a placement are left out.
// id: typology/grid
// params: scope= (text, such as minilateral; empty for all), thickness= (text, such as values; empty for all), as_of (date)
// columns: scope, thickness, instrument, title, type, binding (bool), reason, sources (list)
// hidden: sources
// example: -p scope=minilateral
MATCH (i:Instrument)
WHERE i.scope IS NOT NULL AND i.thickness IS NOT NULL AND ($scope = '' OR i.scope = $scope) AND ($thickness = '' OR i.thickness = $thickness)
  AND EXISTS { MATCH (i)-[:HAS_EVENT]->(e:Event) WHERE e.date <= $as_of }
RETURN i.scope AS scope, i.thickness AS thickness, i.id AS instrument, i.title AS title, i.type AS type, i.binding AS binding,
       i.coding_reason AS reason, i.sources AS sources
ORDER BY scope, thickness, instrument
