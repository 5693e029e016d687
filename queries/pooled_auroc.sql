-- How well a measure or a learned detector tells adversarial images from clean ones, and from clean
-- and noisy ones, over several attacks together and for each.
--
-- The area under the ROC curve is the chance that an adversarial image scores higher than another
-- one, ties counted half. Clean images that several attacks share count once; noisy ones are those
-- that are as strong as the attacks. Only images whose clean image the undefended network
-- classifies correctly count. All attacks together have a row if each of them has scores.
--
-- group: detectors
--
-- in:  :study RUN study|reproduce|train = every measurement; a study's own, or a model's
--      :model RUN train = every one; the network that was attacked
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout'|'all' = 'selection'; 'all': both
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :negatives 'clean'|'clean and noisy' = both, each for itself
-- out: attack TEXT       the attack; NULL: all of them together
--      measure TEXT      the measure
--      orientation TEXT  which values mean adversarial
--      part TEXT         'selection', 'heldout' or 'all'
--      negatives TEXT    'clean' or 'clean and noisy'
--      adversarial INTEGER adversarial images
--      clean INTEGER     clean images
--      noisy INTEGER     noisy images
--      auroc REAL        0...1; NULL where a half is empty
--      auroc_low REAL    95% confidence interval by DeLong's variance; NULL where a half has fewer
--        than two images
--      auroc_high REAL   its upper end
WITH
attacked AS MATERIALIZED (
  SELECT measurement, clean_measurement, adversarial_set, attack
  FROM measurements
  WHERE adversarial_set IS NOT NULL AND NOT is_noisy
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR hidden IS NOT 'deleted')
    AND (:model IS NULL OR model = :model)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR measurement IN (
      SELECT run FROM study_runs WHERE study = :study AND kind = 'measure'))
),
-- What is compared: each attack by itself, and all of them.
pool AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY attack) AS pool, attack
  FROM (SELECT DISTINCT attack FROM attacked)
  UNION ALL
  SELECT 0, NULL
  WHERE (SELECT count(DISTINCT attack) FROM attacked) > 1
),
member AS MATERIALIZED (
  SELECT DISTINCT pool, kind.column1 AS kind, kind.column2 AS is_adversarial,
    iif(kind.column2, attacked.measurement, clean_measurement) AS measurement
  FROM pool
  CROSS JOIN attacked ON pool.attack IS NULL OR attacked.attack = pool.attack
  CROSS JOIN (VALUES ('clean', 0), ('adversarial', 1)) AS kind
  UNION
  SELECT pool, 'noisy', 0, noisy.measurement
  FROM pool
  CROSS JOIN attacked ON pool.attack IS NULL OR attacked.attack = pool.attack
  JOIN noisy_sets ON noisy_sets.matched_set = attacked.adversarial_set
  JOIN measurements AS noisy ON noisy.adversarial_set = noisy_sets.adversarial_set
  WHERE noisy.hidden IS NOT 'deleted'
),
-- Read once, whatever the number of pools.
image AS MATERIALIZED (
  SELECT known.measurement, score
  FROM (SELECT DISTINCT measurement FROM member) AS known
  CROSS JOIN image_scores AS image ON image.measurement = known.measurement
  WHERE kept AND measure = coalesce(:measure, 'softmax_std')
    AND (:part = 'all' OR part = coalesce(:part, 'selection'))
),
series AS MATERIALIZED (
  SELECT 2 * pool + with_noise.column1 AS series, pool, with_noise.column2 AS negatives
  FROM pool
  CROSS JOIN (VALUES (0, 'clean'), (1, 'clean and noisy')) AS with_noise
  WHERE (:negatives IS NULL OR with_noise.column2 = :negatives)
    AND (with_noise.column1 = 0 OR EXISTS (
      SELECT 1 FROM member WHERE member.pool = pool.pool AND kind = 'noisy'))
),
tie AS (
  SELECT
    series, sum(is_adversarial) AS adversarial, sum(kind = 'clean') AS clean,
    sum(kind = 'noisy') AS noisy, sum(NOT is_adversarial) AS negative,
    sum(sum(is_adversarial)) OVER up AS highest_adversarial_rank,
    sum(sum(NOT is_adversarial)) OVER up AS highest_negative_rank
  FROM series
  CROSS JOIN member
    ON member.pool = series.pool AND (kind <> 'noisy' OR negatives = 'clean and noisy')
  JOIN image USING (measurement)
  GROUP BY series, score
  WINDOW up AS (PARTITION BY series ORDER BY score ROWS UNBOUNDED PRECEDING)
),
-- Placements, as auroc.sql has them, the variance of their means, and from it half the interval.
placement AS (
  SELECT
    series, CAST(sum(adversarial) AS REAL) AS adversarial, CAST(sum(negative) AS REAL) AS negative,
    sum(clean) AS clean, sum(noisy) AS noisy,
    sum(adversarial * (highest_negative_rank - negative / 2.0)) AS above,
    sum(adversarial * (highest_negative_rank - negative / 2.0)
      * (highest_negative_rank - negative / 2.0)) AS adversarial_squares,
    sum(negative * (highest_adversarial_rank - adversarial / 2.0)
      * (highest_adversarial_rank - adversarial / 2.0)) AS negative_squares
  FROM tie
  GROUP BY series
),
area AS (
  SELECT *, above / nullif(adversarial * negative, 0) AS auroc FROM placement
),
spread AS (
  SELECT
    *,
    1.959963984540054 * sqrt(max(0.0,
      (adversarial_squares / (negative * negative) / nullif(adversarial, 0) - auroc * auroc)
        / nullif(adversarial - 1, 0)
      + (negative_squares / (adversarial * adversarial) / nullif(negative, 0)
          - (1 - auroc) * (1 - auroc)) / nullif(negative - 1, 0))) AS half_width
  FROM area
)
SELECT
  attack, measures.measure, orientation, coalesce(:part, 'selection') AS part, negatives,
  CAST(adversarial AS INTEGER) AS adversarial, clean, noisy, auroc,
  max(0.0, auroc - half_width) AS auroc_low, min(1.0, auroc + half_width) AS auroc_high
FROM spread
JOIN series USING (series)
JOIN pool USING (pool)
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
WHERE pool > 0 OR NOT EXISTS (
  SELECT 1 FROM attacked WHERE measurement NOT IN (SELECT measurement FROM image))
ORDER BY pool, negatives;
