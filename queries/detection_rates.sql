-- What share of the adversarial images a measure of uncertainty detects at set false positive rates.
--
-- The score is the measure, negated where low values mean adversarial. The cut is the lowest that
-- calls no more than the given share of the clean images adversarial, so the true positive rate is
-- one that a threshold reaches, not a point between two. Only pairs whose clean image the
-- undefended network classifies correctly count.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every measurement
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = 'selection'
--      :measure TEXT       a column of image_uncertainties; unbound = every measure
--      :rate REAL          the most clean images that may be called adversarial, 0...1 of them;
--                          unbound = 0.01 and 0.05, each for itself
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      part TEXT           'selection' or 'heldout'
--      measure TEXT        the measure
--      rate REAL           the false positive rate that was asked for
--      cut REAL            scores above it are called adversarial; NULL calls every image so
--      clean INTEGER       how many clean images there are
--      false_positives INTEGER  how many of them are called adversarial
--      false_positive_rate REAL  the same, 0...1 of them
--      adversarial INTEGER how many adversarial images there are
--      true_positives INTEGER  how many of them are called adversarial
--      true_positive_rate REAL   the same, 0...1 of them
WITH
chosen AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY attack, run) AS place, run AS measurement,
    coalesce(
      (SELECT label FROM studies WHERE study = :study AND studies.measurement = measurements.run),
      attack) AS attack
  FROM measurements
  WHERE attack IS NOT NULL
    AND (:measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR run IN (SELECT measurement FROM studies WHERE study = :study))
),
mix AS MATERIALIZED (
  SELECT
    chosen.place, is_adversarial, softmax_std, logit_std, predictive_entropy, mutual_information,
    max_probability, margin, deterministic_max_probability
  FROM chosen
  JOIN detection_mixes ON detection_mixes.measurement = chosen.measurement
  WHERE kept AND part = coalesce(:part, 'selection')
),
-- A measure of a measurement is a series; numbers sort faster than names.
image (series, is_adversarial, score) AS MATERIALIZED (
  SELECT 7 * place + 0, is_adversarial, softmax_std FROM mix
  WHERE coalesce(:measure, 'softmax_std') = 'softmax_std'
  UNION ALL
  SELECT 7 * place + 1, is_adversarial, -logit_std FROM mix
  WHERE coalesce(:measure, 'logit_std') = 'logit_std'
  UNION ALL
  SELECT 7 * place + 2, is_adversarial, predictive_entropy FROM mix
  WHERE coalesce(:measure, 'predictive_entropy') = 'predictive_entropy'
  UNION ALL
  SELECT 7 * place + 3, is_adversarial, mutual_information FROM mix
  WHERE coalesce(:measure, 'mutual_information') = 'mutual_information'
  UNION ALL
  SELECT 7 * place + 4, is_adversarial, -max_probability FROM mix
  WHERE coalesce(:measure, 'max_probability') = 'max_probability'
  UNION ALL
  SELECT 7 * place + 5, is_adversarial, -margin FROM mix
  WHERE coalesce(:measure, 'margin') = 'margin'
  UNION ALL
  SELECT 7 * place + 6, is_adversarial, -deterministic_max_probability FROM mix
  WHERE coalesce(:measure, 'deterministic_max_probability') = 'deterministic_max_probability'
),
ranked AS (
  SELECT
    series, score, row_number() OVER (PARTITION BY series ORDER BY score DESC) AS rank
  FROM image
  WHERE NOT is_adversarial AND score IS NOT NULL
),
size AS (
  SELECT series, count(*) AS clean FROM ranked GROUP BY series
),
allowed AS (
  SELECT column1 AS rate FROM (VALUES (0.01), (0.05)) WHERE :rate IS NULL
  UNION ALL
  SELECT CAST(:rate AS REAL) WHERE :rate IS NOT NULL
),
-- As many clean images as are allowed score above the next one's score, or fewer where some tie.
cut AS MATERIALIZED (
  SELECT size.series, size.clean, allowed.rate, ranked.score AS cut
  FROM size
  CROSS JOIN allowed
  LEFT JOIN ranked
    ON ranked.series = size.series AND ranked.rank = CAST(rate * clean + 1e-9 AS INTEGER) + 1
),
called AS (
  SELECT
    cut.series, rate, cut, clean,
    sum(NOT is_adversarial AND (cut IS NULL OR score > cut)) AS false_positives,
    sum(is_adversarial) AS adversarial,
    sum(is_adversarial AND (cut IS NULL OR score > cut)) AS true_positives
  FROM image
  JOIN cut ON cut.series = image.series
  WHERE score IS NOT NULL
  GROUP BY cut.series, rate
)
SELECT
  measurement, attack, coalesce(:part, 'selection') AS part, measure.name AS measure, rate, cut,
  clean, false_positives,
  CAST(false_positives AS REAL) / nullif(clean, 0) AS false_positive_rate,
  adversarial, true_positives,
  CAST(true_positives AS REAL) / nullif(adversarial, 0) AS true_positive_rate
FROM called
JOIN chosen ON chosen.place = called.series / 7
JOIN (
  SELECT column1 AS number, column2 AS name
  FROM (VALUES
    (0, 'softmax_std'), (1, 'logit_std'), (2, 'predictive_entropy'), (3, 'mutual_information'),
    (4, 'max_probability'), (5, 'margin'), (6, 'deterministic_max_probability'))
) AS measure ON measure.number = called.series % 7
ORDER BY chosen.place, measure.number, rate;
