-- What a transformation of the images does: how many clean images stay right, and how many
-- adversarial ones become right.
--
-- A voter is the network behind a transformation. Of clean images that the network classifies
-- correctly, those that it still does behind the transformation are kept; of adversarial images
-- that it does not, those that it then does are restored. Accuracy is of all images. A study that
-- names its voters has those alone; a name may leave out values that are as by default.
--
-- group: detectors
--
-- in:  :study RUN study|reproduce|train = every measurement; a study's own, or a model's
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = clean images and every attack; such as 'fgsm', or 'clean'
--      :part 'selection'|'heldout'|'all' = 'selection'; 'all': both
--      :voter TEXT = every voter; one of the view voters
-- out: model TEXT        the network, by the run of its training
--      voter TEXT        the voter
--      title TEXT        what people call it
--      attack TEXT       the attack; 'clean' for clean images
--      measurement TEXT  run of the measurement of these images
--      part TEXT         'selection', 'heldout' or 'all'
--      images INTEGER    all images
--      correct INTEGER   images that are classified correctly behind the transformation
--      accuracy REAL     correct / images, 0...1
--      accuracy_low REAL 95% confidence interval by Wilson's score
--      accuracy_high REAL its upper end
--      undefended_correct INTEGER images that are classified correctly without it
--      considered INTEGER clean images that are classified correctly without it, adversarial ones
--        that are not
--      changed INTEGER   clean ones that stay right, adversarial ones that become right
--      share REAL        changed / considered, 0...1: kept or restored; NULL: none is considered
--      share_low REAL    95% confidence interval by Wilson's score
--      share_high REAL   its upper end
WITH
measured AS MATERIALIZED (
  SELECT
    measurement, model, coalesce(attack, 'clean') AS attack,
    adversarial_set IS NOT NULL AS is_attacked
  FROM measurements
  WHERE NOT is_noisy
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR hidden IS NOT 'deleted')
    AND (:attack IS NULL OR coalesce(attack, 'clean') = :attack)
    AND (:study IS NULL OR measurement IN (
      SELECT run FROM study_runs WHERE study = :study AND kind = 'measure'))
),
named AS MATERIALIZED (
  SELECT value AS name
  FROM runs CROSS JOIN json_each(configuration, '$.settings.voters')
  WHERE run = :study
),
chosen AS MATERIALIZED (
  SELECT voter
  FROM voters
  WHERE (:voter IS NULL OR voter = :voter)
    AND (NOT EXISTS (SELECT 1 FROM named) OR EXISTS (
      SELECT 1 FROM named WHERE voter = name OR voter GLOB name || '_*'))
),
counted AS (
  SELECT
    measured.model, image.voter, voter_number, measured.attack, measured.measurement,
    count(*) AS images, sum(vote = true_label) AS correct,
    sum(deterministic_prediction = true_label) AS undefended_correct,
    sum((deterministic_prediction = true_label) <> is_attacked) AS considered,
    sum((deterministic_prediction = true_label) <> is_attacked AND vote = true_label) AS changed
  FROM measured
  CROSS JOIN chosen
  CROSS JOIN image_votes AS image
    ON image.measurement = measured.measurement AND image.voter = chosen.voter
  WHERE (:part = 'all' OR part = coalesce(:part, 'selection'))
  GROUP BY measured.measurement, voter_number
)
SELECT
  model, voter, title, attack, measurement, coalesce(:part, 'selection') AS part, images, correct,
  CAST(correct AS REAL) / images AS accuracy,
  max(0.0, (correct + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * correct * (images - correct) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS accuracy_low,
  min(1.0, (correct + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * correct * (images - correct) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS accuracy_high,
  undefended_correct, considered, changed, CAST(changed AS REAL) / nullif(considered, 0) AS share,
  max(0.0, (changed + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * changed * (considered - changed) / considered + 0.960364705173531))
    / (considered + 3.841458820694124)) AS share_low,
  min(1.0, (changed + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * changed * (considered - changed) / considered + 0.960364705173531))
    / (considered + 3.841458820694124)) AS share_high
FROM counted
JOIN voters USING (voter)
ORDER BY attack <> 'clean', attack, measurement, counted.voter_number;
