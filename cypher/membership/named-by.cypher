// Which lists name a state a member, and which states do they share? (categories, such as who counts as a middle power)
// A category is a list of states that an author makes; it dates from its publication. It says who is named so by whom, nothing else.
// id: membership/named-by
// params: as_of (date), word= (text, part of the category's name; empty for all)
// columns: state, name, lists (int), named_by (list), sources (list)
// hidden: sources
// example: -p word=middle
MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc)
WHERE b.kind = 'category' AND toLower(b.name) CONTAINS toLower($word) AND m.since <= $as_of AND m.until > $as_of
WITH s, b, m
ORDER BY s.id, b.id, m.id
WITH s, collect(b.name) AS named_by, collect(m.sources) AS cited
RETURN s.id AS state, s.name AS name, size(named_by) AS lists, named_by,
       reduce(all_of = [], list IN cited | all_of + [x IN list WHERE NOT x IN all_of]) AS sources
ORDER BY lists DESC, state
