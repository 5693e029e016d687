-- What becomes of attacks on networks that may say that an image is none of the classes: recovered,
-- detected or successful.
--
-- An adversarial image counts if the same network classifies its clean image correctly. It is
-- recovered where the network gives the true class, detected where the network gives its outlier
-- class, and the attack is successful elsewhere. Clean images have a row of their own: correct,
-- detected or wrong.
--
-- group: detectors
--
-- in:  :study RUN study|reproduce|train = every adversarial set; a study's own, or a model's
--      :model RUN train = every one
--      :attack TEXT = clean images and every attack; such as 'fgsm', or 'clean'
--      :part 'selection'|'heldout'|'all' = 'selection'; 'all': both
-- out: model TEXT        the network, by the run of its training
--      name TEXT         the user's name for it; NULL: has none
--      targets TEXT      what it learnt: 'labels', 'soft_labels' or 'outlier_class'
--      temperature REAL  of the softmax in training
--      attack TEXT       the attack; 'clean' for clean images
--      adversarial_set TEXT run of the attack; NULL for clean images
--      part TEXT         'selection', 'heldout' or 'all'
--      images INTEGER    images that count
--      recovered INTEGER images that are given the true class
--      detected INTEGER  images that are given the outlier class
--      successful INTEGER images that are given another class
--      recovered_share REAL recovered / images, 0...1
--      recovered_share_low REAL 95% confidence interval by Wilson's score
--      recovered_share_high REAL its upper end
--      detected_share REAL detected / images, 0...1
--      detected_share_low REAL 95% confidence interval by Wilson's score
--      detected_share_high REAL its upper end
--      successful_share REAL successful / images, 0...1
--      successful_share_low REAL 95% confidence interval by Wilson's score
--      successful_share_high REAL its upper end
WITH
network AS MATERIALIZED (
  SELECT
    model, name, targets, temperature, training_runs.seed,
    -- The number of the output that means none of the classes.
    iif(targets = 'outlier_class', outputs - 1, NULL) AS outlier
  FROM training_runs
  JOIN runs USING (run)
  WHERE model BETWEEN coalesce(:model, '') AND coalesce(:model, 'g') AND hidden IS NOT 'deleted'
),
clean AS MATERIALIZED (
  SELECT model, selection, min(measurement) AS measurement
  FROM measurements
  WHERE adversarial_set IS NULL AND state = 'finished' AND hidden IS NOT 'deleted'
  GROUP BY model, selection
),
adversarial AS MATERIALIZED (
  SELECT adversarial_set, attack, adversarial_sets.model, clean.measurement
  FROM adversarial_sets
  JOIN clean USING (model, selection)
  WHERE state = 'finished' AND NOT is_noisy AND hidden IS NOT 'deleted'
    AND (:study IS NULL OR adversarial_set IN (SELECT run FROM study_runs WHERE study = :study))
),
image AS (
  SELECT
    adversarial.model, adversarial.attack, adversarial.adversarial_set,
    attacked.deterministic_prediction AS prediction, clean_image.true_label
  FROM adversarial
  CROSS JOIN image_uncertainties AS clean_image
    ON clean_image.measurement = adversarial.measurement
  CROSS JOIN adversarial_images AS attacked
    ON attacked.adversarial_set = adversarial.adversarial_set
    AND attacked.image_index = clean_image.image_index
  WHERE clean_image.kept AND (:attack IS NULL OR adversarial.attack = :attack)
    AND (:part = 'all' OR clean_image.part = coalesce(:part, 'selection'))
  UNION ALL
  SELECT clean.model, 'clean', NULL, deterministic_prediction, true_label
  FROM clean
  CROSS JOIN image_uncertainties AS clean_image ON clean_image.measurement = clean.measurement
  WHERE (:attack IS NULL OR :attack = 'clean')
    AND (:part = 'all' OR part = coalesce(:part, 'selection'))
    AND (:study IS NULL OR clean.measurement IN (SELECT measurement FROM adversarial))
),
counted AS (
  SELECT
    model, attack, adversarial_set, count(*) AS images, sum(prediction = true_label) AS recovered,
    sum(prediction IS outlier) AS detected,
    sum(prediction <> true_label AND prediction IS NOT outlier) AS successful
  FROM image
  JOIN network USING (model)
  GROUP BY model, attack, adversarial_set
)
SELECT
  model, name, targets, temperature, attack, adversarial_set, coalesce(:part, 'selection') AS part,
  images, recovered, detected, successful, CAST(recovered AS REAL) / images AS recovered_share,
  max(0.0, (recovered + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * recovered * (images - recovered) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS recovered_share_low,
  min(1.0, (recovered + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * recovered * (images - recovered) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS recovered_share_high,
  CAST(detected AS REAL) / images AS detected_share,
  max(0.0, (detected + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detected_share_low,
  min(1.0, (detected + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detected_share_high,
  CAST(successful AS REAL) / images AS successful_share,
  max(0.0, (successful + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * successful * (images - successful) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS successful_share_low,
  min(1.0, (successful + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * successful * (images - successful) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS successful_share_high
FROM counted
JOIN network USING (model)
ORDER BY
  targets = 'outlier_class', targets, temperature, name, model, attack <> 'clean', attack,
  adversarial_set;
