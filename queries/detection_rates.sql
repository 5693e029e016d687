-- What share of the adversarial images a measure of uncertainty detects at given false positive
-- rates.
--
-- The score is the measure, negated where low values mean adversarial. The cut is the lowest that
-- calls no more than the given share of the clean images adversarial, so the true positive rate is
-- one that a threshold reaches, not a point between two. Only pairs whose clean image the
-- undefended network classifies correctly count.
--
-- group: detection
--
-- in:  :study RUN reproduce|train|study = every measurement; a model stands for all of its sets
--        with thresholds
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = 'selection'
--      :measure TEXT = every measure; one of the view measures
--      :rate REAL = 0.01 and 0.05, each for itself; the largest share of clean images that may be
--        called adversarial, 0...1
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
mix AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY label, measurement) AS place, measurement, label
  FROM (
    SELECT DISTINCT measurement, label
    FROM study_measurements
    WHERE study IS :study
      AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
      AND (:attack IS NULL OR attack = :attack))
),
-- A measure of a measurement is a series; numbers sort faster than names.
image AS MATERIALIZED (
  SELECT 1000000 * place + measure_number AS series, is_adversarial, score
  FROM mix
  JOIN detection_scores USING (measurement)
  WHERE kept AND part = coalesce(:part, 'selection')
    AND measure = coalesce(:measure, measure)
),
ranked AS (
  SELECT series, score, row_number() OVER (PARTITION BY series ORDER BY score DESC) AS rank
  FROM image
  WHERE NOT is_adversarial
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
  JOIN cut USING (series)
  GROUP BY cut.series, rate
)
SELECT
  measurement, label AS attack, coalesce(:part, 'selection') AS part, measure, rate, cut, clean,
  false_positives, CAST(false_positives AS REAL) / nullif(clean, 0) AS false_positive_rate,
  adversarial, true_positives,
  CAST(true_positives AS REAL) / nullif(adversarial, 0) AS true_positive_rate
FROM called
JOIN mix ON mix.place = called.series / 1000000
JOIN measures ON measure_number = called.series % 1000000
ORDER BY called.series, rate;
