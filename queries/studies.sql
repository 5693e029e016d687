-- The adversarial sets that reports are about, by study and by model, the newest first.
--
-- A study is reported with its own attacks; a model, trained here or imported, with all of its
-- sets, attacked here or imported, whose thresholds were chosen, by the newest that were.
--
-- in:  :study TEXT         run of a study or of a model; unbound = every one
--      :kind TEXT          'reproduce' for studies, 'train' for models; unbound = both
-- out: study TEXT          run of the study or of the model
--      kind TEXT           'reproduce' or 'train'
--      created TEXT        UTC, of that run
--      attack TEXT         the attack; of a model's sets of one name, with the set's first digits
--      origin TEXT         'attacked' here or 'imported'
--      measure TEXT        the measure of uncertainty that tables are about
--      model TEXT          run of the training
--      adversarial_set TEXT  run of the attack
--      measurement TEXT    run of the set's measurement
--      thresholds TEXT     run of the thresholds
--      passes INTEGER      stochastic passes an image
--      crop_side INTEGER   in pixels
SELECT
  studies.study, studies.kind, subject.created, label AS attack,
  iif(attacked.configuration ->> '$.imported' IS NULL, 'attacked', 'imported') AS origin, measure,
  studies.model, studies.adversarial_set, measurement, thresholds, passes, crop_side
FROM studies
JOIN runs AS subject ON subject.run = studies.study
JOIN runs AS attacked ON attacked.run = studies.adversarial_set
JOIN measurements ON measurements.run = studies.measurement
WHERE (:study IS NULL OR studies.study = :study) AND (:kind IS NULL OR studies.kind = :kind)
ORDER BY subject.recorded DESC, label, thresholds;
