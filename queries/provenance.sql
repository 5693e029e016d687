-- The runs that the numbers of a study or of a model come from, with what identifies them.
--
-- group: runs
--
-- in:  :study RUN reproduce|train|study|evaluation = every study of kind reproduce of the
--        user's own; a model stands for all of its sets with thresholds
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
SELECT
  study_runs.study, runs.run, runs.kind, study_runs.label AS attack, runs.key, runs.seed,
  runs.finished, runs.program_version, runs.git_commit, runs.git_dirty,
  coalesce(
    training_runs.dataset,
    (SELECT dataset FROM selected_images WHERE selection = runs.run LIMIT 1)) AS dataset,
  coalesce(training_runs.dataset_sha256, runs.configuration ->> '$.dataset_sha256')
    AS dataset_sha256
FROM study_runs
JOIN runs USING (run)
LEFT JOIN training_runs USING (run)
WHERE study_runs.study = :study
  OR (
    :study IS NULL AND study_kind = 'reproduce'
    AND study IN (SELECT run FROM own_runs))
ORDER BY study_runs.study, study_runs.label, runs.record_number;
