-- The runs that the numbers of a study or of a model come from, with what identifies them.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
-- out: study TEXT          run of the study or of the model
--      run TEXT            that run itself, or one that its numbers use, directly or not
--      kind TEXT           what was run
--      attack TEXT         the attack that it is about, as tables call it; NULL: all of them use it
--      key TEXT            SHA-256 of its configuration and of its parents' keys
--      seed INTEGER        NULL: nothing random
--      finished TEXT       UTC
--      program_version TEXT  of Assay
--      git_commit TEXT     of the working directory; NULL: was no repository
--      git_dirty INTEGER   1 where files differed from it
--      dataset TEXT        of trainings and selections
--      dataset_sha256 TEXT of the data themselves, wherever a run read them
WITH RECURSIVE
subject AS (
  SELECT study, thresholds, measurement, adversarial_set, label
  FROM studies
  WHERE study = :study OR (:study IS NULL AND kind = 'reproduce' AND trial IS NULL)
),
used (study, run) AS (
  SELECT run, run FROM runs
  WHERE kind IN ('reproduce', 'train')
    AND (
      run = :study
      OR (
        :study IS NULL AND kind = 'reproduce'
        AND run NOT IN (SELECT run FROM trial_runs WHERE computed = 1)))
  UNION
  SELECT study, thresholds FROM subject
  UNION
  SELECT used.study, lineages.parent FROM used JOIN lineages ON lineages.run = used.run
),
about (study, run, attack) AS (
  SELECT study, adversarial_set, label FROM subject
  UNION
  SELECT study, measurement, label FROM subject
  UNION
  SELECT study, thresholds, label FROM subject
)
SELECT
  used.study, runs.run, runs.kind, about.attack, runs.key, runs.seed, runs.finished,
  (SELECT program_version FROM executions WHERE executions.run = runs.run
   ORDER BY number DESC LIMIT 1) AS program_version,
  runs.git_commit, runs.git_dirty,
  coalesce(
    training_runs.dataset,
    (SELECT dataset FROM selected_images WHERE selection = runs.run LIMIT 1)) AS dataset,
  coalesce(training_runs.dataset_sha256, runs.configuration ->> '$.dataset_sha256')
    AS dataset_sha256
FROM used
JOIN runs ON runs.run = used.run
LEFT JOIN about ON about.study = used.study AND about.run = runs.run
LEFT JOIN training_runs ON training_runs.run = runs.run
ORDER BY used.study, about.attack, runs.recorded;
