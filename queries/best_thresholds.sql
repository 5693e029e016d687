-- The thresholds L, H and C with the highest detection accuracy, exactly.
--
-- Algorithm 1 declares an image clean if its score is below L, adversarial if it is above H, and
-- asks the crops in between: clean if and only if at least C of them agree. The score is the
-- measure, negated where low values mean adversarial. Only pairs whose clean image the undefended
-- network classifies correctly count.
--
-- Count a clean image as +1 and an adversarial one as -1. The number of correct decisions is then
-- the sum of all images below H, less the sum of those between L and H that fewer than C crops
-- agree on, plus all adversarial images. So a running maximum over the cuts gives the best L for
-- each H.
--
-- Cuts lie midway between neighbouring scores; where no number lies between two, there is no cut.
-- Of equally good choices the one that sends fewest images to the crops is taken, then the one with
-- the widest gap around its narrower cut, then the lower L, then the larger C.
--
-- group: detection
--
-- in:  :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = both, each for itself
--      :protocol 'paper'|'heldout' = both; another name of the part: thresholds are chosen on the
--        selection itself or on the held-out half
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :orientation 'high'|'low' = as the measure has it; which values mean adversarial
--      :detector 'hybrid'|'uncertainty'|'crops'|'every' = 'hybrid'; 'uncertainty' has L = H,
--        'crops' asks the crops about all images, 'every' is each of the three
--      :agreement INTEGER = the best of 0...5; C
-- out: measurement TEXT          run of the measurement
--      attack TEXT               the attack
--      part TEXT                 the images that the thresholds were chosen on
--      measure TEXT              the measure
--      orientation TEXT          which means adversarial
--      detector TEXT             the detector
--      low_threshold REAL        L, on the score
--      high_threshold REAL       H, on the score
--      agreement_threshold INTEGER  C
--      images INTEGER            clean and adversarial images together
--      correct INTEGER           images declared what they are
--      sent_to_crops INTEGER     images with a score from L to H
--      detection_accuracy REAL   correct / images, 0...1
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
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR half.column1 = :part)
    AND (:protocol IS NULL OR half.column1 = iif(:protocol = 'paper', 'selection', :protocol))
),
-- A clean image counts +1, an adversarial one -1. Counts are kept in the upper half of a number,
-- and how many images were counted in the lower half.
image AS NOT MATERIALIZED (
  SELECT
    mix, iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score, agreement,
    iif(is_adversarial, -4294967296, 4294967296) AS balance, 1 AS size
  FROM mix
  JOIN detection_scores USING (measurement, part)
  WHERE kept AND measure = coalesce(:measure, 'softmax_std')
  UNION ALL
  -- No image: the cut above all of them.
  SELECT mix, 9e999, 9, 0, 0 FROM mix
),
-- One row an image, with what lies below it: all images, and by C those that fewer crops agree on.
below AS NOT MATERIALIZED (
  SELECT
    mix, score, size,
    lag(score) OVER upwards AS last_score,
    sum(balance + size) OVER upwards - balance - size AS all_below,
    sum(iif(agreement < 1, balance, 0) + size) OVER upwards
      - iif(agreement < 1, balance, 0) - size AS fewer_1,
    sum(iif(agreement < 2, balance, 0) + size) OVER upwards
      - iif(agreement < 2, balance, 0) - size AS fewer_2,
    sum(iif(agreement < 3, balance, 0) + size) OVER upwards
      - iif(agreement < 3, balance, 0) - size AS fewer_3,
    sum(iif(agreement < 4, balance, 0) + size) OVER upwards
      - iif(agreement < 4, balance, 0) - size AS fewer_4,
    sum(iif(agreement < 5, balance, 0) + size) OVER upwards
      - iif(agreement < 5, balance, 0) - size AS fewer_5
  FROM image
  WINDOW upwards AS (PARTITION BY mix ORDER BY score ROWS UNBOUNDED PRECEDING)
),
cut AS NOT MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN size = 0 THEN 9e999
      WHEN last_score IS NULL THEN iif(score >= 0, 0.0, -9e999)
      ELSE last_score + (score - last_score) / 2
    END AS position
  FROM below
),
-- For each H and C the best L has the highest sum below it and then the most images. What the crops
-- win over L = H is the difference of the two sums, less the images that are sent to them.
pair AS MATERIALIZED (
  SELECT
    mix, position, size, gap, below, balance, won_1, won_2, won_3, won_4, won_5,
    balance + CASE :agreement
      WHEN 0 THEN 0 WHEN 1 THEN won_1 WHEN 2 THEN won_2 WHEN 3 THEN won_3 WHEN 4 THEN won_4
      WHEN 5 THEN won_5 ELSE max(0, won_1, won_2, won_3, won_4, won_5) END AS value,
    -- What the crops alone win, with C in the last three bits.
    iif(size = 0, CASE :agreement
      WHEN 0 THEN 0
      WHEN 1 THEN 1 - 8 * (fewer_1 >> 32)
      WHEN 2 THEN 2 - 8 * (fewer_2 >> 32)
      WHEN 3 THEN 3 - 8 * (fewer_3 >> 32)
      WHEN 4 THEN 4 - 8 * (fewer_4 >> 32)
      WHEN 5 THEN 5 - 8 * (fewer_5 >> 32)
      ELSE max(
        0, 1 - 8 * (fewer_1 >> 32), 2 - 8 * (fewer_2 >> 32), 3 - 8 * (fewer_3 >> 32),
        4 - 8 * (fewer_4 >> 32), 5 - 8 * (fewer_5 >> 32)) END, NULL) AS crops
  FROM (
    SELECT
      mix, position, size, coalesce(score - last_score, 9e999) AS gap,
      all_below & 4294967295 AS below, all_below - (all_below & 4294967295) AS balance,
      max(fewer_1) OVER lower - fewer_1 AS won_1,
      max(fewer_2) OVER lower - fewer_2 AS won_2,
      max(fewer_3) OVER lower - fewer_3 AS won_3,
      max(fewer_4) OVER lower - fewer_4 AS won_4,
      max(fewer_5) OVER lower - fewer_5 AS won_5,
      fewer_1, fewer_2, fewer_3, fewer_4, fewer_5
    FROM cut
    WHERE size = 0 OR last_score IS NULL OR (last_score < position AND position < score)
    WINDOW lower AS (PARTITION BY mix ORDER BY score ROWS UNBOUNDED PRECEDING)
  )
),
best AS MATERIALIZED (
  SELECT
    mix, max(value) AS value, max(balance) AS balance, max(crops) AS crops,
    max(below) AS images, max(balance) FILTER (WHERE size = 0) AS whole
  FROM pair
  GROUP BY mix
  HAVING max(below) > 0
),
hybrid AS MATERIALIZED (
  SELECT
    best.mix, position AS high_threshold, gap AS high_gap, vote.column1 AS agreement_threshold,
    (best.value + (-best.value & 4294967295)) >> 32 AS balance, -best.value & 4294967295 AS sent,
    below - (-best.value & 4294967295) AS low_below
  FROM pair
  CROSS JOIN best ON best.mix = pair.mix AND best.value = pair.value
  CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5)) AS vote
    ON pair.value = pair.balance + CASE vote.column1
      WHEN 0 THEN 0 WHEN 1 THEN won_1 WHEN 2 THEN won_2 WHEN 3 THEN won_3 WHEN 4 THEN won_4
      ELSE won_5 END
  WHERE :detector IS NULL OR :detector IN ('hybrid', 'every')
),
choice (mix, detector, low_threshold, high_threshold, agreement_threshold, balance, sent, gap) AS (
  SELECT
    low.mix, 'hybrid', low.position, high_threshold, agreement_threshold, hybrid.balance, sent,
    min(high_gap, low.gap)
  FROM pair AS low
  CROSS JOIN hybrid ON hybrid.mix = low.mix AND hybrid.low_below = low.below
  UNION ALL
  SELECT
    best.mix, 'uncertainty', position, position, coalesce(:agreement, 5), best.balance >> 32, 0, gap
  FROM pair
  CROSS JOIN best ON best.mix = pair.mix AND best.balance = pair.balance
  WHERE :detector IN ('uncertainty', 'every')
  UNION ALL
  SELECT
    best.mix, 'crops', position, 9e999, coalesce(:agreement, best.crops & 7),
    (best.whole >> 32) + (best.crops >> 3), images, 9e999
  FROM pair
  CROSS JOIN best ON best.mix = pair.mix
  WHERE below = 0 AND :detector IN ('crops', 'every')
),
ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY mix, detector ORDER BY gap DESC, low_threshold, agreement_threshold DESC
    ) AS place
  FROM choice
  WHERE agreement_threshold = coalesce(:agreement, agreement_threshold)
    AND agreement_threshold BETWEEN 0 AND 5
)
SELECT
  measurement, attack, part, measures.measure,
  coalesce(:orientation, measures.orientation) AS orientation, detector, low_threshold,
  high_threshold, agreement_threshold, images,
  ranked.balance + (images - (whole >> 32)) / 2 AS correct,
  sent AS sent_to_crops,
  CAST(ranked.balance + (images - (whole >> 32)) / 2 AS REAL) / images AS detection_accuracy
FROM ranked
JOIN mix USING (mix)
JOIN best USING (mix)
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
WHERE place = 1
ORDER BY attack, part, measurement, detector;
