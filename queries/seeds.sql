-- Mean and standard deviation over the seeds of one configuration.
--
-- Studies belong together where their configurations, which name the data by SHA-256, differ in
-- nothing but the seed. Only configurations with two seeds or more have rows. The deviation is that
-- of a sample: divided by one less than the number of seeds.
--
-- group: study
--
-- in:  :study RUN reproduce = every configuration of the user's own studies
--      :studies TEXT = all; the studies that may count, a JSON array of runs
-- out: study TEXT          the study asked for; else the configuration's first one
--      attack TEXT         the attack; NULL: no attack is involved
--      protocol TEXT       which images the thresholds were chosen on; NULL: no thresholds
--      detector TEXT       'hybrid', 'uncertainty' or 'crops', thresholds chosen exactly; NULL:
--                          no detector
--      measure TEXT        the measure of uncertainty; NULL: none is involved
--      metric TEXT         'test_accuracy', 'success_rate', 'undefended_accuracy', 'auroc',
--                          'detection_accuracy' or 'classification_accuracy'
--      seeds INTEGER       how many seeds have the metric
--      mean REAL           0...1
--      deviation REAL      in the same unit
WITH
member AS (
  SELECT study, member, seed, count(*) OVER (PARTITION BY study) AS seeds
  FROM seed_studies
  WHERE (study = :study OR (:study IS NULL AND is_default AND place = 1))
    AND (:studies IS NULL OR member IN (SELECT value FROM json_each(:studies)))
),
result AS (
  SELECT
    member.study, seed, thresholds, model, adversarial_set, measurement, attack, protocol, method,
    detector, measure, detection_accuracy, classification_accuracy
  FROM member
  JOIN study_results ON study_results.study = member
  WHERE seeds > 1
),
used AS (
  SELECT DISTINCT study, seed, thresholds, model, adversarial_set, measurement, attack FROM result
),
value (study, seed, attack, protocol, detector, measure, metric, value) AS (
  SELECT DISTINCT study, used.seed, NULL, NULL, NULL, NULL, 'test_accuracy', test_accuracy
  FROM used
  JOIN training_runs USING (model)
  UNION ALL
  SELECT DISTINCT study, seed, used.attack, NULL, NULL, NULL, 'success_rate', success_rate
  FROM used
  JOIN adversarial_sets USING (adversarial_set)
  UNION ALL
  SELECT DISTINCT
    study, seed, used.attack, NULL, NULL, NULL, 'undefended_accuracy', undefended_accuracy
  FROM used
  JOIN undefended_results USING (measurement)
  WHERE part = 'selection'
  UNION ALL
  SELECT study, seed, used.attack, NULL, NULL, measure, 'auroc', auroc
  FROM used
  JOIN measure_results USING (thresholds)
  UNION ALL
  SELECT study, seed, attack, protocol, detector, measure, 'detection_accuracy', detection_accuracy
  FROM result
  WHERE method = 'exact'
  UNION ALL
  SELECT
    study, seed, attack, protocol, detector, measure, 'classification_accuracy',
    classification_accuracy
  FROM result
  WHERE method = 'exact'
),
-- The mean first, then the squares around it, so that no digits are lost; in the order of seeds,
-- so that the last digit is always the same.
centred AS (
  SELECT
    *,
    avg(value) OVER (
      PARTITION BY study, attack, protocol, detector, measure, metric
      ORDER BY seed ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS mean
  FROM value
  WHERE value IS NOT NULL
)
SELECT
  study, attack, protocol, detector, measure, metric, count(*) AS seeds, mean,
  sqrt(sum((value - mean) * (value - mean)) / nullif(count(*) - 1, 0)) AS deviation
FROM centred
GROUP BY study, attack, protocol, detector, measure, metric
ORDER BY study, attack, metric, protocol DESC, detector, measure;
