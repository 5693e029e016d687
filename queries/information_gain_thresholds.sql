-- The thresholds L and H that tell most about clean and adversarial, and the best C between them.
--
-- The first cut of the score is the one with the highest information gain about clean versus
-- adversarial; the second one adds most to it, given the first. The lower is L, the higher H. C
-- then has the highest detection accuracy, the larger one of equals. Of cuts that gain the same the
-- one with the wider gap is taken, then the lower one. Cuts lie midway between neighbouring scores;
-- the score is the measure, negated where low values mean adversarial. Only pairs whose clean image
-- the undefended network classifies correctly count.
--
-- group: detection
--
-- in:  :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = both, each for itself
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :orientation 'high'|'low' = as the measure has it; which values mean adversarial
--      :voters TEXT = 'crops'; a voter set, one of the view voter_sets
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
--      voter_set TEXT            whose votes count from L to H
WITH
-- Either part of the mixes that are asked about; a number sorts faster than a name.
mix AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY attack, half.column1, measurement) AS mix, measurement, attack,
    half.column1 AS part
  FROM measurements
  CROSS JOIN (VALUES ('selection'), ('heldout')) AS half
  WHERE adversarial_set IS NOT NULL
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR half.column1 = :part)
),
image AS MATERIALIZED (
  SELECT
    mix, is_adversarial, agreement,
    iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score
  FROM mix
  JOIN voted_scores USING (measurement, part)
  WHERE kept AND measure = coalesce(:measure, 'softmax_std')
    AND voter_set = coalesce(:voters, 'crops') AND agreement IS NOT NULL
),
size AS MATERIALIZED (
  SELECT
    mix, CAST(sum(NOT is_adversarial) AS REAL) AS clean,
    CAST(sum(is_adversarial) AS REAL) AS adversarial
  FROM image
  GROUP BY mix
),
-- One row an image, with how many of either kind lie below it.
below AS NOT MATERIALIZED (
  SELECT
    mix, score, lag(score) OVER upwards AS last_score,
    CAST(sum(NOT is_adversarial) OVER upwards - NOT is_adversarial AS REAL) AS clean_below,
    CAST(sum(is_adversarial) OVER upwards - is_adversarial AS REAL) AS adversarial_below
  FROM image
  WINDOW upwards AS (PARTITION BY mix ORDER BY score ROWS UNBOUNDED PRECEDING)
),
-- Either side's entropy times its size: the lower their sum, the higher the gain.
cut AS MATERIALIZED (
  SELECT
    mix, last_score + (score - last_score) / 2 AS position, score - last_score AS gap, clean_below,
    adversarial_below, clean, adversarial,
    iif(
      clean_below > 0, -clean_below * ln(clean_below / (clean_below + adversarial_below)), 0)
    + iif(
      adversarial_below > 0,
      -adversarial_below * ln(adversarial_below / (clean_below + adversarial_below)), 0)
    + iif(
      clean > clean_below,
      -(clean - clean_below) * ln(
        (clean - clean_below) / (clean - clean_below + adversarial - adversarial_below)), 0)
    + iif(
      adversarial > adversarial_below,
      -(adversarial - adversarial_below) * ln(
        (adversarial - adversarial_below)
        / (clean - clean_below + adversarial - adversarial_below)), 0) AS remaining
  FROM below
  JOIN size USING (mix)
  WHERE last_score < last_score + (score - last_score) / 2
    AND last_score + (score - last_score) / 2 < score
),
first_cut AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT
      cut.*, row_number() OVER (PARTITION BY cut.mix ORDER BY gap DESC, position) AS place
    FROM cut
    CROSS JOIN (SELECT mix, min(remaining) AS least FROM cut GROUP BY mix) AS best
      ON best.mix = cut.mix AND best.least = cut.remaining
  )
  WHERE place = 1
),
-- The three parts that each second cut makes beside the first: below both, between, above both.
three AS (
  SELECT
    cut.mix, cut.gap,
    min(cut.position, first_cut.position) AS low_threshold,
    max(cut.position, first_cut.position) AS high_threshold,
    min(cut.clean_below, first_cut.clean_below) AS clean_1,
    min(cut.adversarial_below, first_cut.adversarial_below) AS adversarial_1,
    abs(cut.clean_below - first_cut.clean_below) AS clean_2,
    abs(cut.adversarial_below - first_cut.adversarial_below) AS adversarial_2,
    cut.clean - max(cut.clean_below, first_cut.clean_below) AS clean_3,
    cut.adversarial - max(cut.adversarial_below, first_cut.adversarial_below) AS adversarial_3
  FROM cut
  CROSS JOIN first_cut
    ON first_cut.mix = cut.mix AND first_cut.position <> cut.position
),
second_cut AS MATERIALIZED (
  SELECT
    mix, gap, low_threshold, high_threshold,
    iif(clean_1 > 0, -clean_1 * ln(clean_1 / (clean_1 + adversarial_1)), 0)
    + iif(adversarial_1 > 0, -adversarial_1 * ln(adversarial_1 / (clean_1 + adversarial_1)), 0)
    + iif(clean_2 > 0, -clean_2 * ln(clean_2 / (clean_2 + adversarial_2)), 0)
    + iif(adversarial_2 > 0, -adversarial_2 * ln(adversarial_2 / (clean_2 + adversarial_2)), 0)
    + iif(clean_3 > 0, -clean_3 * ln(clean_3 / (clean_3 + adversarial_3)), 0)
    + iif(adversarial_3 > 0, -adversarial_3 * ln(adversarial_3 / (clean_3 + adversarial_3)), 0)
      AS remaining
  FROM three
),
chosen AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT
      second_cut.*,
      row_number() OVER (
        PARTITION BY second_cut.mix ORDER BY gap DESC, low_threshold + high_threshold) AS place
    FROM second_cut
    CROSS JOIN (SELECT mix, min(remaining) AS least FROM second_cut GROUP BY mix) AS best
      ON best.mix = second_cut.mix AND best.least = second_cut.remaining
  )
  WHERE place = 1
),
-- The images that are declared what they are without the votes, and between the thresholds, by C.
decided AS (
  SELECT
    chosen.mix,
    sum(score < low_threshold AND NOT is_adversarial OR score > high_threshold AND is_adversarial)
      AS decided
  FROM image
  CROSS JOIN chosen USING (mix)
  GROUP BY chosen.mix
),
level AS MATERIALIZED (
  SELECT chosen.mix, agreement, sum(NOT is_adversarial) AS clean, sum(is_adversarial) AS adversarial
  FROM image
  CROSS JOIN chosen USING (mix)
  WHERE score BETWEEN low_threshold AND high_threshold
  GROUP BY chosen.mix, agreement
),
voted AS (
  SELECT
    chosen.mix, threshold.value AS agreement_threshold,
    (SELECT coalesce(sum(iif(agreement >= threshold.value, clean, adversarial)), 0)
     FROM level WHERE level.mix = chosen.mix) AS voted
  FROM chosen
  CROSS JOIN json_each((
    WITH RECURSIVE
    threshold (c) AS (
      SELECT voters FROM voter_sets WHERE voter_set = coalesce(:voters, 'crops')
      UNION ALL
      SELECT c - 1 FROM threshold WHERE c > 0
    )
    SELECT json_group_array(c) FROM threshold)) AS threshold
),
ranked AS (
  SELECT
    chosen.*, agreement_threshold, decided + voted AS correct,
    -- The larger C of equals.
    row_number() OVER (
      PARTITION BY chosen.mix ORDER BY voted DESC, agreement_threshold DESC) AS choice
  FROM chosen
  JOIN decided USING (mix)
  JOIN voted USING (mix)
)
SELECT
  measurement, attack, part, measures.measure,
  coalesce(:orientation, measures.orientation) AS orientation, low_threshold, high_threshold,
  agreement_threshold, CAST(clean + adversarial AS INTEGER) AS images, correct,
  correct / (clean + adversarial) AS detection_accuracy,
  (-clean * ln(clean / (clean + adversarial))
    - adversarial * ln(adversarial / (clean + adversarial))
    - remaining) / (clean + adversarial) AS information_gain,
  coalesce(:voters, 'crops') AS voter_set
FROM ranked
JOIN size USING (mix)
JOIN mix USING (mix)
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
WHERE choice = 1
ORDER BY attack, part, measurement;
