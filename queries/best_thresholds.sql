-- The thresholds L, H and C with the highest detection accuracy, exactly.
--
-- Algorithm 1 declares an image clean if its score is below L, adversarial if it is above H, and
-- asks voters in between, such as the crops: clean if and only if at least C of them agree. The
-- score is the measure, negated where low values mean adversarial. Only pairs whose clean image the
-- undefended network classifies correctly count.
--
-- Count a clean image as +1 and an adversarial one as -1. The number of correct decisions is then
-- the sum of all images below H, less the sum of those between L and H that fewer than C voters
-- agree on, plus all adversarial images. So a running maximum over the cuts gives the best L for
-- each H.
--
-- An image has a row for each five values of C, so that one pass decides about five of them.
--
-- Cuts lie midway between neighbouring scores; where no number lies between two, there is no cut.
-- Of equally good choices the one that sends fewest images to the voters is taken, then the one
-- with the widest gap around its narrower cut, then the lower L, then the larger C.
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
--        'crops' asks the voters about all images, 'every' is each of the three
--      :agreement INTEGER = the best of 0 to the number of voters; C
--      :voters TEXT = 'crops'; a voter set, one of the view voter_sets. Without all of its votes
--        there is only the detector 'uncertainty'
--      :pooled INTEGER = 0; 1: all mixes that are asked about are one, with one choice for all;
--        2: their two parts, too
-- out: measurement TEXT          run of the measurement; NULL where mixes are pooled
--      attack TEXT               the attack; NULL where mixes are pooled
--      part TEXT                 the images that the thresholds were chosen on; NULL: both parts
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
--      voter_set TEXT            whose votes count from L to H
WITH
-- Either part of the mixes that are asked about; a number sorts faster than a name.
mix AS MATERIALIZED (
  SELECT
    CASE :pooled
      WHEN 1 THEN dense_rank() OVER (ORDER BY half.column1 DESC)
      WHEN 2 THEN 1
      ELSE row_number() OVER (ORDER BY attack, half.column1, measurement)
    END AS mix,
    measurement, attack, half.column1 AS part,
    -- Of any image, since votes are recorded of all or none.
    (SELECT agreement IS NOT NULL FROM voted_scores AS image
     WHERE image.measurement = measurements.measurement AND voter_set = coalesce(:voters, 'crops')
       AND measure = coalesce(:measure, 'softmax_std')
     LIMIT 1) AS has_votes
  FROM measurements
  CROSS JOIN (VALUES ('selection'), ('heldout')) AS half
  WHERE adversarial_set IS NOT NULL
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR half.column1 = :part)
    AND (:protocol IS NULL OR half.column1 = iif(:protocol = 'paper', 'selection', :protocol))
),
-- Five values of C, the highest of them fifth, as a shift from 1...5; what lies below 1 is as 0 is.
five AS MATERIALIZED (
  SELECT key AS place, value AS shift
  FROM voter_sets
  CROSS JOIN json_each((
    WITH RECURSIVE
    high (c) AS (
      SELECT coalesce(:agreement, voters)
      UNION ALL
      SELECT c - 5 FROM high WHERE c > 5 AND :agreement IS NULL
    )
    SELECT json_group_array(c - 5) FROM high))
  WHERE voter_set = coalesce(:voters, 'crops') AND coalesce(:agreement, 0) BETWEEN 0 AND voters
),
-- A clean image counts +1, an adversarial one -1. Counts are kept in the upper half of a number,
-- and how many images were counted in the lower half. A series is a mix with five values of C.
image AS NOT MATERIALIZED (
  SELECT
    1048576 * mix + place AS series, score, agreement - shift AS agreement, balance, 1 AS size
  FROM (
    SELECT
      mix, iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score, agreement,
      iif(is_adversarial, -4294967296, 4294967296) AS balance
    FROM mix
    JOIN voted_scores USING (measurement, part)
    WHERE kept AND measure = coalesce(:measure, 'softmax_std')
      AND voter_set = coalesce(:voters, 'crops')
    -- Without a limit, votes would be counted anew for each five.
    LIMIT -1)
  CROSS JOIN five
  UNION ALL
  -- No image: the cut above all of them.
  SELECT DISTINCT 1048576 * mix + place, 9e999, 9e999, 0, 0 FROM mix CROSS JOIN five
),
-- One row an image, with what lies below it: all images, and by C those that fewer voters agree on.
below AS NOT MATERIALIZED (
  SELECT
    series, score, size,
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
  WINDOW upwards AS (PARTITION BY series ORDER BY score ROWS UNBOUNDED PRECEDING)
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
-- For each H and C the best L has the highest sum below it and then the most images. What the
-- voters win over L = H is the difference of the two sums, less the images that are sent to them.
pair AS MATERIALIZED (
  SELECT
    series, series >> 20 AS mix, shift, position, size, gap, below, balance, won_1, won_2, won_3,
    won_4, won_5,
    balance + iif(:agreement IS NULL, max(won_1, won_2, won_3, won_4, won_5), won_5) AS value,
    -- What the voters alone win, with C in the last twenty bits.
    iif(
      size = 0,
      iif(
        :agreement IS NULL,
        max(
          0, max(0, shift + 1) - 1048576 * (fewer_1 >> 32),
          max(0, shift + 2) - 1048576 * (fewer_2 >> 32),
          max(0, shift + 3) - 1048576 * (fewer_3 >> 32),
          max(0, shift + 4) - 1048576 * (fewer_4 >> 32),
          shift + 5 - 1048576 * (fewer_5 >> 32)),
        shift + 5 - 1048576 * (fewer_5 >> 32)),
      NULL) AS voted
  FROM (
    SELECT
      series, position, size, coalesce(score - last_score, 9e999) AS gap,
      all_below & 4294967295 AS below, all_below - (all_below & 4294967295) AS balance,
      max(fewer_1) OVER lower - fewer_1 AS won_1,
      max(fewer_2) OVER lower - fewer_2 AS won_2,
      max(fewer_3) OVER lower - fewer_3 AS won_3,
      max(fewer_4) OVER lower - fewer_4 AS won_4,
      max(fewer_5) OVER lower - fewer_5 AS won_5,
      fewer_1, fewer_2, fewer_3, fewer_4, fewer_5
    FROM cut
    WHERE size = 0 OR last_score IS NULL OR (last_score < position AND position < score)
    WINDOW lower AS (PARTITION BY series ORDER BY score ROWS UNBOUNDED PRECEDING)
  )
  CROSS JOIN five ON place = series & 1048575
),
best AS MATERIALIZED (
  SELECT
    mix, max(shift) AS highest_shift, max(value) AS value, max(balance) AS balance,
    max(voted) AS voted, max(below) AS images, max(balance) FILTER (WHERE size = 0) AS whole,
    (SELECT min(has_votes) FROM mix WHERE mix.mix = pair.mix) AS has_votes
  FROM pair
  GROUP BY mix
  HAVING max(below) > 0
),
hybrid AS MATERIALIZED (
  SELECT
    best.mix, series, position AS high_threshold, gap AS high_gap,
    max(0, pair.shift + vote.column1) AS agreement_threshold,
    (best.value + (-best.value & 4294967295)) >> 32 AS balance, -best.value & 4294967295 AS sent,
    below - (-best.value & 4294967295) AS low_below
  FROM pair
  CROSS JOIN best ON best.mix = pair.mix AND best.value = pair.value
  CROSS JOIN (VALUES (1), (2), (3), (4), (5)) AS vote
    ON pair.value = pair.balance + CASE vote.column1
      WHEN 1 THEN won_1 WHEN 2 THEN won_2 WHEN 3 THEN won_3 WHEN 4 THEN won_4 ELSE won_5 END
  WHERE has_votes AND (:detector IS NULL OR :detector IN ('hybrid', 'every'))
    AND (:agreement IS NULL OR vote.column1 = 5)
),
choice (mix, detector, low_threshold, high_threshold, agreement_threshold, balance, sent, gap) AS (
  SELECT
    low.mix, 'hybrid', low.position, high_threshold, agreement_threshold, hybrid.balance, sent,
    min(high_gap, low.gap)
  FROM pair AS low
  CROSS JOIN hybrid
    ON hybrid.series = low.series AND hybrid.low_below = low.below
  UNION ALL
  SELECT
    best.mix, 'uncertainty', position, position, highest_shift + 5, best.balance >> 32, 0, gap
  FROM pair
  CROSS JOIN best
    ON best.mix = pair.mix AND best.highest_shift = pair.shift AND best.balance = pair.balance
  WHERE :detector IN ('uncertainty', 'every')
  UNION ALL
  SELECT
    best.mix, 'crops', position, 9e999, best.voted & 1048575,
    (best.whole >> 32) + (best.voted >> 20), images, 9e999
  FROM pair
  CROSS JOIN best ON best.mix = pair.mix AND best.highest_shift = pair.shift
  WHERE below = 0 AND has_votes AND :detector IN ('crops', 'every')
),
ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY mix, detector ORDER BY gap DESC, low_threshold, agreement_threshold DESC
    ) AS place
  FROM choice
)
SELECT
  measurement, attack, part, measures.measure,
  coalesce(:orientation, measures.orientation) AS orientation, detector, low_threshold,
  high_threshold, agreement_threshold, images,
  ranked.balance + (images - (whole >> 32)) / 2 AS correct,
  sent AS sent_to_crops,
  CAST(ranked.balance + (images - (whole >> 32)) / 2 AS REAL) / images AS detection_accuracy,
  coalesce(:voters, 'crops') AS voter_set
FROM ranked
JOIN (
  SELECT DISTINCT
    mix, iif(:pooled > 0, NULL, measurement) AS measurement,
    iif(:pooled > 0, NULL, attack) AS attack, iif(:pooled = 2, NULL, part) AS part
  FROM mix) USING (mix)
JOIN best USING (mix)
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
WHERE place = 1
ORDER BY attack, part, measurement, detector;
