-- The adversarial sets that reports are about, by study and by model, the newest first.
--
-- A study is reported with its own attacks; a model, trained here or imported, with all of its
-- sets, attacked here or imported, whose thresholds were chosen, by the newest that were.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study and model
--      :kind 'reproduce'|'train' = both; 'reproduce' for studies, 'train' for models
-- out: study TEXT          run of the study or of the model
--      kind TEXT           'reproduce' or 'train'
--      created TEXT        UTC, of that run
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      origin TEXT         'attacked' here or 'imported'
--      measure TEXT        the measure of uncertainty that tables are about
--      model TEXT          run of the training
--      adversarial_set TEXT  run of the attack
--      measurement TEXT    run of the set's measurement
--      thresholds TEXT     run of the thresholds
--      passes INTEGER      stochastic passes an image
--      crop_side INTEGER   in pixels
--      pairs INTEGER       clean images, and so many adversarial ones, in the selection
--      epsilon REAL        of the attack; NULL: has none, or is not known
--      sweep TEXT          the sweep whose trial computed the study; NULL: none did
--      trial INTEGER       the trial's number
--      is_published INTEGER   1 where published numbers of the attack may stand beside it: 0 for
--                          other data than MNIST, and for models
--      selection TEXT      run that drew the images
SELECT
  studies.study, studies.kind, subject.created, label AS attack, origin, measure,
  studies.model, studies.adversarial_set, studies.measurement, thresholds, passes, crop_side,
  (SELECT count(*) FROM selected_images
   WHERE selected_images.selection = measurements.selection AND part = 'selection') AS pairs,
  epsilon, sweep_name AS sweep, trial,
  EXISTS (SELECT 1 FROM published_results AS published
          WHERE published.attack = studies.published_attack) AS is_published,
  measurements.selection
FROM studies
JOIN runs AS subject ON subject.run = studies.study
JOIN measurements USING (measurement)
JOIN adversarial_sets ON adversarial_sets.adversarial_set = studies.adversarial_set
WHERE (:study IS NULL OR studies.study = :study) AND (:kind IS NULL OR studies.kind = :kind)
ORDER BY subject.record_number DESC, label, thresholds;
