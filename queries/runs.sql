-- Runs, the newest first: the one that was recorded last, whatever the clock said.
--
-- group: runs
--
-- in:  :kind TEXT = every kind; such as 'train'
--      :state 'queued'|'running'|'finished'|'failed'|'interrupted' = all
--      :since TEXT = any time; created then or later, UTC, such as '2026-11-28'
--      :trials INTEGER = 1; 0 leaves out what only trials of sweeps computed
--      :hidden 'none'|'archived'|'deleted' = 'none'; with archived runs, or deleted ones alone
--      :runs TEXT = every run; UUIDs as a JSON array
--      :sort 'created'|'duration'|'kind'|'name'|'state' = 'created'
--      :limit INTEGER = all; so many rows
-- out: run TEXT            UUID
--      kind TEXT           what was run
--      state TEXT          where it is in its life
--      name TEXT           the user's own; NULL: has none
--      seed INTEGER        NULL: nothing random
--      created TEXT        UTC
--      duration_seconds REAL  of all executions together
--      progress_done INTEGER  how much of its work is recorded
--      progress_total INTEGER how much it has; NULL: not known yet
--      details TEXT        what tells it from others of its kind, such as 'fgsm, epsilon 0.3'
--      group_name TEXT     what the user put it together with others under; NULL: nothing
--      tags TEXT           the user's words for it, a JSON array
--      note TEXT           the newest note; NULL: there is none
--      hidden TEXT         'archived' or 'deleted'; NULL: is not put aside
WITH wanted AS (
  SELECT record_number AS wanted_number
  -- Runs that are named are found by their names, however many others there are.
  FROM (
    SELECT record_number AS number FROM runs WHERE :runs IS NULL
    UNION ALL
    SELECT record_number FROM runs WHERE run IN (SELECT value FROM json_each(:runs)))
  CROSS JOIN runs ON record_number = number
  WHERE (:kind IS NULL OR kind = :kind) AND (:state IS NULL OR state = :state)
    AND (:since IS NULL OR created >= :since)
    AND CASE :hidden
      WHEN 'archived' THEN hidden IS NOT 'deleted' WHEN 'deleted' THEN hidden IS 'deleted'
      ELSE hidden IS NULL
    END
    AND (coalesce(:trials, 1)
      OR EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = runs.record_number))
  ORDER BY
    CASE :sort WHEN 'duration' THEN -duration_seconds END,
    CASE :sort WHEN 'kind' THEN kind WHEN 'name' THEN coalesce(name, x'') WHEN 'state' THEN state
    END,
    record_number DESC
  LIMIT coalesce(:limit, -1)
),
-- With the attack whose images a later stage is about, its seed as one of the parameters.
attacked AS (
  SELECT
    run, kind, state, name, seed, configuration, created, duration_seconds, progress_done,
    progress_total, record_number, group_name, tags, note, hidden,
    (SELECT json_object(
       'attack', attack.configuration ->> '$.attack',
       'parameters', json_insert(attack.configuration -> '$.parameters', '$.seed', attack.seed))
     FROM lineages AS sets
     JOIN runs AS attack ON attack.run = sets.parent
     WHERE sets.role = 'adversarial_set'
       AND sets.run = CASE
         WHEN runs.kind = 'measure' THEN runs.run
         WHEN runs.kind IN ('thresholds', 'score') THEN
           (SELECT measured.parent FROM lineages AS measured
            WHERE measured.run = runs.run AND measured.role = 'measurement')
       END) AS attack
  FROM wanted
  CROSS JOIN runs ON record_number = wanted_number
),
-- What tells sets of one attack and one epsilon apart, among those of the runs above.
telling AS (
  SELECT attack_name, epsilon, key
  FROM (
    SELECT DISTINCT
      attack ->> '$.attack' AS attack_name, attack ->> '$.parameters.epsilon' AS epsilon,
      attack -> '$.parameters' AS parameters
    FROM attacked)
  CROSS JOIN json_each(parameters)
  GROUP BY attack_name, epsilon, key
  HAVING count(DISTINCT value) > 1
),
-- Epsilon and what tells the set apart are enough, and lines stay short; attacks without epsilon have
-- all of their parameters.
named AS (
  SELECT
    attacked.*,
    (attack ->> '$.attack')
    || (SELECT coalesce(group_concat(', ' || key || ' ' || value, ''), '')
        FROM json_each(attack, '$.parameters') AS parameter
        WHERE key = 'epsilon'
          OR (key <> 'seed' AND attack ->> '$.parameters.epsilon' IS NULL)
          OR EXISTS (
            SELECT 1 FROM telling
            WHERE attack_name = attack ->> '$.attack'
              AND epsilon IS attack ->> '$.parameters.epsilon'
              AND telling.key = parameter.key)) AS set_name
  FROM attacked
)
SELECT
  run, kind, state, name, seed, created, duration_seconds, progress_done, progress_total,
  CASE kind
    WHEN 'attack' THEN
      (configuration ->> '$.attack')
      || coalesce((SELECT group_concat(', ' || key || ' ' || value, '')
                   FROM json_each(configuration, '$.parameters')), '')
    WHEN 'train' THEN
      (configuration ->> '$.dataset')
      || coalesce(', ' || (configuration ->> '$.training.epochs')
        || iif(configuration ->> '$.training.epochs' = 1, ' epoch', ' epochs'), '')
    WHEN 'select' THEN
      (configuration ->> '$.dataset')
      || coalesce(', ' || (configuration ->> '$.size')
        || iif(configuration ->> '$.size' = 1, ' image', ' images'), '')
    WHEN 'measure' THEN
      coalesce(set_name, 'clean images')
      || coalesce(', ' || (configuration ->> '$.passes')
        || iif(configuration ->> '$.passes' = 1, ' pass', ' passes'), '')
    WHEN 'thresholds' THEN set_name
    WHEN 'score' THEN
      coalesce(set_name, 'clean images')
      || (SELECT CASE count(*)
            WHEN 0 THEN '' WHEN 1 THEN ', ' || min(value) ELSE ', ' || count(*) || ' measures' END
          FROM json_each(configuration, '$.measures'))
      || (SELECT CASE count(*)
            WHEN 0 THEN '' WHEN 1 THEN ', 1 voter' ELSE ', ' || count(*) || ' voters' END
          FROM json_each(configuration, '$.voters'))
    WHEN 'learn' THEN
      (configuration ->> '$.learner')
      || (SELECT iif(count(*) = 1, ', 1 input', ', ' || count(*) || ' inputs')
          FROM json_each(configuration, '$.inputs'))
    WHEN 'fit' THEN configuration ->> '$.detector'
    WHEN 'reproduce' THEN
      (configuration ->> '$.dataset') || iif(configuration ->> '$.quick', ', quick', '')
    WHEN 'program' THEN
      (SELECT group_concat(value, ' ') FROM json_each(configuration, '$.command'))
  END AS details,
  group_name, tags, note, hidden
FROM named
ORDER BY
  CASE :sort WHEN 'duration' THEN -duration_seconds END,
  CASE :sort WHEN 'kind' THEN kind WHEN 'name' THEN coalesce(name, x'') WHEN 'state' THEN state END,
  record_number DESC;
