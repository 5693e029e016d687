-- Where a run comes from and what was made of it, one link a row.
--
-- group: runs
--
-- in:  :run RUN = every run; where to begin
--      :direction 'ancestors'|'descendants' = both
-- out: origin TEXT         the run to begin at
--      direction TEXT      'ancestors': what it used; 'descendants': what used it
--      depth INTEGER       links from the origin, from 1
--      run TEXT            the run at the far end of the link
--      kind TEXT           what was run
--      state TEXT          where it is in its life
--      role TEXT           as what the one run used the other
--      neighbour TEXT      the run at the near end
--      name TEXT           the user's own; NULL: has none
--      key TEXT            SHA-256 of its configuration and of its parents' keys; NULL: has none
WITH RECURSIVE
origin AS (
  SELECT run FROM runs WHERE :run IS NULL OR run = :run
),
ancestor (origin, depth, run, role, neighbour) AS (
  SELECT origin.run, 1, lineages.parent, lineages.role, lineages.run
  FROM origin
  JOIN lineages ON lineages.run = origin.run
  WHERE :direction IS NULL OR :direction = 'ancestors'
  UNION
  SELECT ancestor.origin, depth + 1, lineages.parent, lineages.role, lineages.run
  FROM ancestor
  JOIN lineages ON lineages.run = ancestor.run
),
descendant (origin, depth, run, role, neighbour) AS (
  SELECT origin.run, 1, lineages.run, lineages.role, lineages.parent
  FROM origin
  JOIN lineages ON lineages.parent = origin.run
  WHERE :direction IS NULL OR :direction = 'descendants'
  UNION
  SELECT descendant.origin, depth + 1, lineages.run, lineages.role, lineages.parent
  FROM descendant
  JOIN lineages ON lineages.parent = descendant.run
),
link AS (
  SELECT 'ancestors' AS direction, ancestor.* FROM ancestor
  UNION ALL
  SELECT 'descendants', descendant.* FROM descendant
)
SELECT
  link.origin, link.direction, link.depth, link.run, runs.kind, runs.state, link.role,
  link.neighbour, runs.name, runs.key
FROM link
JOIN runs ON runs.run = link.run
ORDER BY link.origin, link.direction, link.depth, runs.kind, link.role, link.run, link.neighbour;
