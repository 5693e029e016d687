-- Adversarial sets, the newest first.
--
-- group: images
--
-- in:  :model RUN train = every one
--      :trials INTEGER = 1; 0 leaves out what only trials of sweeps computed
-- out: run TEXT            UUID
--      attack TEXT         the attack, or what an imported set is called
--      origin TEXT         'attacked' here or 'imported'
--      state TEXT          where its run is in its life
--      model TEXT          run of the model that judges the images: success is by its classes
--      images INTEGER      held-out half included; NULL until the set is whole
--      success_rate REAL   0...1; targeted attacks succeed when the target is reached
--      mean_l0 REAL        pixels changed
--      mean_l2 REAL        Euclidean length of the change, pixels in 0...1
--      mean_linf REAL      largest change of a pixel, in 0...1
--      created TEXT        UTC
--      epsilon REAL        largest change that the attack may make; NULL: has no such, or imported
--      parameters TEXT     all of the attack's parameters, as JSON; none of an imported set
--      model_name TEXT     the user's own name of the model that judges the images; NULL: has none
--      file_success_rate REAL  of an imported set: by the predictions in its file, which are those
--                          of the network that was attacked; NULL where the file had none
SELECT
  adversarial_set AS run, attack, origin, adversarial_sets.state, adversarial_sets.model,
  image_count AS images, success_rate, mean_l0, mean_l2, mean_linf, runs.created, epsilon,
  parameters, judge.name AS model_name,
  (
    SELECT value FROM metrics
    WHERE metrics.run = adversarial_set AND metric = 'file_success_rate'
  ) AS file_success_rate
FROM adversarial_sets
JOIN runs USING (run)
JOIN runs AS judge ON judge.run = adversarial_sets.model
WHERE (:model IS NULL OR adversarial_sets.model = :model) AND runs.hidden IS NOT 'deleted'
  AND (
    coalesce(:trials, 1)
    OR EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = runs.record_number))
ORDER BY runs.record_number DESC;
