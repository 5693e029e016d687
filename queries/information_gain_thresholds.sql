-- The thresholds L and H that tell most about clean and adversarial, and the best C between them.
--
-- The first cut of the score is the one with the highest information gain about clean versus
-- adversarial; the second one adds most to it, given the first. The lower is L, the higher H. C
-- then has the highest detection accuracy, the larger one of equals. Of cuts that gain the same the
-- one with the wider gap is taken, then the lower one. Cuts lie midway between neighbouring scores;
-- the score is the measure, negated where low values mean adversarial. Only pairs whose clean image
-- the undefended network classifies correctly count.
--
-- in:  :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = both, each for itself
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :orientation TEXT   'high' or 'low' means adversarial; unbound = as the measure has it
-- out: measurement TEXT          run of the measurement
--      attack TEXT               the attack
--      part TEXT                 the images that the thresholds were chosen on
--      measure TEXT              the measure
--      orientation TEXT          which means adversarial
--      low_threshold REAL        L, on the score
--      high_threshold REAL       H, on the score
--      agreement_threshold INTEGER  C
--      images INTEGER            clean and adversarial images together
--      correct INTEGER           images declared what they are
--      detection_accuracy REAL   correct / images, 0...1
--      information_gain REAL     of the two cuts together, in nats
WITH
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure,
    coalesce(
      :orientation,
      CASE
        WHEN :measure IN ('logit_std', 'margin', 'max_probability', 'deterministic_max_probability')
          THEN 'low'
        ELSE 'high'
      END) AS orientation
),
image AS MATERIALIZED (
  SELECT
    measurement, part, is_adversarial, agreement,
    CASE (SELECT orientation FROM option) WHEN 'low' THEN -1.0 ELSE 1.0 END
    * CASE (SELECT measure FROM option)
        WHEN 'softmax_std' THEN softmax_std
        WHEN 'logit_std' THEN logit_std
        WHEN 'predictive_entropy' THEN predictive_entropy
        WHEN 'mutual_information' THEN mutual_information
        WHEN 'max_probability' THEN max_probability
        WHEN 'margin' THEN margin
        WHEN 'deterministic_max_probability' THEN deterministic_max_probability
      END AS score
  FROM detection_mixes
  WHERE kept
    AND measurement IN (
      SELECT run FROM measurements WHERE :measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR part = :part)
),
level AS (
  SELECT
    measurement, part, score,
    CAST(sum(NOT is_adversarial) AS REAL) AS clean, CAST(sum(is_adversarial) AS REAL) AS adversarial
  FROM image
  WHERE score IS NOT NULL
  GROUP BY measurement, part, score
),
-- One row a cut, above the level whose score it has: how many of either kind lie below and in all.
cut AS MATERIALIZED (
  SELECT
    measurement, part,
    score + (next_score - score) / 2 AS position,
    next_score - score AS gap,
    clean_below, adversarial_below, clean, adversarial
  FROM (
    SELECT
      measurement, part, score,
      lead(score) OVER above AS next_score,
      sum(clean) OVER below AS clean_below,
      sum(adversarial) OVER below AS adversarial_below,
      sum(clean) OVER whole AS clean,
      sum(adversarial) OVER whole AS adversarial
    FROM level
    WINDOW
      whole AS (PARTITION BY measurement, part),
      above AS (PARTITION BY measurement, part ORDER BY score),
      below AS (PARTITION BY measurement, part ORDER BY score ROWS UNBOUNDED PRECEDING)
  )
  WHERE score < score + (next_score - score) / 2 AND score + (next_score - score) / 2 < next_score
),
-- Either side's entropy times its size: the lower their sum, the higher the gain.
first_cut AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT
      *,
      row_number() OVER (
        PARTITION BY measurement, part
        ORDER BY
          iif(
            clean_below > 0,
            -clean_below * ln(clean_below / (clean_below + adversarial_below)), 0)
          + iif(
            adversarial_below > 0,
            -adversarial_below * ln(adversarial_below / (clean_below + adversarial_below)), 0)
          + iif(
            clean > clean_below,
            -(clean - clean_below) * ln(
              (clean - clean_below)
              / (clean - clean_below + adversarial - adversarial_below)), 0)
          + iif(
            adversarial > adversarial_below,
            -(adversarial - adversarial_below) * ln(
              (adversarial - adversarial_below)
              / (clean - clean_below + adversarial - adversarial_below)), 0),
          gap DESC, position) AS place
    FROM cut
  )
  WHERE place = 1
),
-- The three parts that each second cut makes beside the first: below both, between, above both.
three AS (
  SELECT
    cut.measurement, cut.part, cut.gap,
    min(cut.position, first_cut.position) AS low_threshold,
    max(cut.position, first_cut.position) AS high_threshold,
    min(cut.clean_below, first_cut.clean_below) AS clean_1,
    min(cut.adversarial_below, first_cut.adversarial_below) AS adversarial_1,
    abs(cut.clean_below - first_cut.clean_below) AS clean_2,
    abs(cut.adversarial_below - first_cut.adversarial_below) AS adversarial_2,
    cut.clean - max(cut.clean_below, first_cut.clean_below) AS clean_3,
    cut.adversarial - max(cut.adversarial_below, first_cut.adversarial_below) AS adversarial_3,
    cut.clean, cut.adversarial
  FROM cut
  JOIN first_cut
    ON first_cut.measurement = cut.measurement AND first_cut.part = cut.part
    AND first_cut.position <> cut.position
),
chosen AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT
      *,
      row_number() OVER (
        PARTITION BY measurement, part ORDER BY remaining, gap DESC, low_threshold + high_threshold
      ) AS place
    FROM (
      SELECT
        *,
        iif(clean_1 > 0, -clean_1 * ln(clean_1 / (clean_1 + adversarial_1)), 0)
        + iif(adversarial_1 > 0, -adversarial_1 * ln(adversarial_1 / (clean_1 + adversarial_1)), 0)
        + iif(clean_2 > 0, -clean_2 * ln(clean_2 / (clean_2 + adversarial_2)), 0)
        + iif(adversarial_2 > 0, -adversarial_2 * ln(adversarial_2 / (clean_2 + adversarial_2)), 0)
        + iif(clean_3 > 0, -clean_3 * ln(clean_3 / (clean_3 + adversarial_3)), 0)
        + iif(adversarial_3 > 0, -adversarial_3 * ln(adversarial_3 / (clean_3 + adversarial_3)), 0)
          AS remaining
      FROM three
    )
  )
  WHERE place = 1
),
vote (agreement_threshold) AS (VALUES (0), (1), (2), (3), (4), (5)),
judged AS (
  SELECT
    chosen.*, vote.agreement_threshold,
    sum(
      CASE
        WHEN image.score < low_threshold THEN NOT is_adversarial
        WHEN image.score > high_threshold THEN is_adversarial
        ELSE (agreement >= vote.agreement_threshold) <> is_adversarial
      END) AS correct
  FROM chosen
  JOIN image ON image.measurement = chosen.measurement AND image.part = chosen.part
  CROSS JOIN vote
  GROUP BY chosen.measurement, chosen.part, vote.agreement_threshold
),
ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY measurement, part ORDER BY correct DESC, agreement_threshold DESC) AS choice
  FROM judged
)
SELECT
  ranked.measurement, measurements.attack, ranked.part,
  (SELECT measure FROM option) AS measure,
  (SELECT orientation FROM option) AS orientation,
  low_threshold, high_threshold, agreement_threshold,
  CAST(clean + adversarial AS INTEGER) AS images, correct,
  correct / (clean + adversarial) AS detection_accuracy,
  (-clean * ln(clean / (clean + adversarial))
    - adversarial * ln(adversarial / (clean + adversarial))
    - remaining) / (clean + adversarial) AS information_gain
FROM ranked
JOIN measurements ON measurements.run = ranked.measurement
WHERE choice = 1
ORDER BY attack, ranked.part, ranked.measurement;
