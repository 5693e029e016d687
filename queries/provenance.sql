-- The runs that a study's numbers come from, with what identifies them.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
-- out: study TEXT          run of the study
--      run TEXT            the study's own run, or one that it used, directly or not
--      kind TEXT           what was run
--      attack TEXT         the attack that it is about; NULL: all of them use it
--      key TEXT            SHA-256 of its configuration and of its parents' keys
--      seed INTEGER        NULL: nothing random
--      finished TEXT       UTC
--      program_version TEXT  of Assay
--      git_commit TEXT     of the working directory; NULL: was no repository
--      git_dirty INTEGER   1 where files differed from it
--      dataset TEXT        of trainings and selections
--      dataset_sha256 TEXT of the data themselves, wherever a run read them
WITH RECURSIVE
used (study, run) AS (
  SELECT run, run FROM runs WHERE kind = 'reproduce' AND (:study IS NULL OR run = :study)
  UNION
  SELECT used.study, lineages.parent FROM used JOIN lineages ON lineages.run = used.run
),
about AS (
  SELECT run, attack FROM adversarial_sets
  UNION ALL
  SELECT run, attack FROM measurements WHERE attack IS NOT NULL
  UNION ALL
  SELECT DISTINCT run, attack FROM detection_results
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
LEFT JOIN about ON about.run = runs.run
LEFT JOIN training_runs ON training_runs.run = runs.run
ORDER BY used.study, about.attack, runs.created, runs.run;
