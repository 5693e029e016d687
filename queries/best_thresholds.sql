-- The thresholds L, H and C with the highest detection accuracy, exactly.
--
-- Algorithm 1 declares an image clean if its score is below L, adversarial if it is above H, and
-- asks the crops in between: clean exactly if at least C of them agree. The score is the measure,
-- negated where low values mean adversarial. Only pairs whose clean image the undefended network
-- classifies correctly count.
--
-- The number of correct decisions separates: with A, B and M the counts of clean images below a
-- cut, of adversarial images above it, and of images below it that the crops decide correctly, it
-- is (A - M) at L plus (B + M) at H. So a running maximum over the cuts gives the best L for each
-- H.
-- Cuts lie midway between neighbouring scores; where no number lies between two, there is no cut.
-- Of equally good choices the one that sends fewest images to the crops is taken, then the one with
-- the widest gap around its narrower cut, then the lower L, then the larger C.
--
-- in:  :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = both, each for itself
--      :protocol TEXT      'paper' or 'heldout', another name of the part: thresholds are chosen on
--                          the selection itself or on the held-out half; unbound = both
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :orientation TEXT   'high' or 'low' means adversarial; unbound = as the measure has it
--      :detector TEXT      'hybrid', 'uncertainty' (L = H) or 'crops' (all); unbound = 'hybrid'
--      :agreement INTEGER  C; unbound = the best of 0...5
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
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure,
    coalesce(:detector, 'hybrid') AS detector,
    coalesce(
      :orientation,
      CASE
        WHEN :measure IN ('logit_std', 'margin', 'max_probability', 'deterministic_max_probability')
          THEN 'low'
        ELSE 'high'
      END) AS orientation
),
image AS (
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
    AND (:protocol IS NULL OR part = iif(:protocol = 'paper', 'selection', :protocol))
),
-- Images with one score cannot be told apart by a cut. vote_C counts those that the crops decide
-- correctly.
level AS (
  SELECT
    measurement, part, score,
    count(*) AS images,
    sum(NOT is_adversarial) AS clean,
    sum(is_adversarial) AS adversarial,
    sum((agreement >= 0) <> is_adversarial) AS vote_0,
    sum((agreement >= 1) <> is_adversarial) AS vote_1,
    sum((agreement >= 2) <> is_adversarial) AS vote_2,
    sum((agreement >= 3) <> is_adversarial) AS vote_3,
    sum((agreement >= 4) <> is_adversarial) AS vote_4,
    sum((agreement >= 5) <> is_adversarial) AS vote_5
  FROM image
  WHERE score IS NOT NULL
  GROUP BY measurement, part, score
  UNION ALL
  -- The cut below all images.
  SELECT DISTINCT measurement, part, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM image
),
-- One row a cut: above the level whose score it has, with what lies below it.
cut AS (
  SELECT
    measurement, part, score,
    lead(score) OVER above AS next_score,
    min(score) OVER whole AS lowest_score,
    sum(images) OVER whole AS total,
    sum(images) OVER below AS below,
    sum(clean) OVER below AS clean_below,
    sum(adversarial) OVER whole - sum(adversarial) OVER below AS adversarial_above,
    sum(vote_0) OVER below AS vote_0,
    sum(vote_1) OVER below AS vote_1,
    sum(vote_2) OVER below AS vote_2,
    sum(vote_3) OVER below AS vote_3,
    sum(vote_4) OVER below AS vote_4,
    sum(vote_5) OVER below AS vote_5
  FROM level
  WINDOW
    whole AS (PARTITION BY measurement, part),
    above AS (PARTITION BY measurement, part ORDER BY score),
    below AS (PARTITION BY measurement, part ORDER BY score ROWS UNBOUNDED PRECEDING)
),
placed AS MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN score IS NULL THEN iif(lowest_score >= 0, 0.0, -9e999)
      WHEN next_score IS NULL THEN 9e999
      ELSE score + (next_score - score) / 2
    END AS position,
    coalesce(next_score - score, 9e999) AS gap
  FROM cut
),
-- For each H the best L of each C: the highest gain, then the most images below it, packed into one
-- number.
pair AS MATERIALIZED (
  SELECT
    measurement, part, position, gap, next_score, total, below,
    adversarial_above + vote_0 AS high_gain_0,
    adversarial_above + vote_1 AS high_gain_1,
    adversarial_above + vote_2 AS high_gain_2,
    adversarial_above + vote_3 AS high_gain_3,
    adversarial_above + vote_4 AS high_gain_4,
    adversarial_above + vote_5 AS high_gain_5,
    CASE (SELECT detector FROM option)
      WHEN 'hybrid' THEN max((clean_below - vote_0 + total) << 32 | below) OVER lower
      WHEN 'uncertainty' THEN (clean_below - vote_0 + total) << 32 | below
      ELSE total << 32
    END AS low_0,
    CASE (SELECT detector FROM option)
      WHEN 'hybrid' THEN max((clean_below - vote_1 + total) << 32 | below) OVER lower
      WHEN 'uncertainty' THEN (clean_below - vote_1 + total) << 32 | below
      ELSE total << 32
    END AS low_1,
    CASE (SELECT detector FROM option)
      WHEN 'hybrid' THEN max((clean_below - vote_2 + total) << 32 | below) OVER lower
      WHEN 'uncertainty' THEN (clean_below - vote_2 + total) << 32 | below
      ELSE total << 32
    END AS low_2,
    CASE (SELECT detector FROM option)
      WHEN 'hybrid' THEN max((clean_below - vote_3 + total) << 32 | below) OVER lower
      WHEN 'uncertainty' THEN (clean_below - vote_3 + total) << 32 | below
      ELSE total << 32
    END AS low_3,
    CASE (SELECT detector FROM option)
      WHEN 'hybrid' THEN max((clean_below - vote_4 + total) << 32 | below) OVER lower
      WHEN 'uncertainty' THEN (clean_below - vote_4 + total) << 32 | below
      ELSE total << 32
    END AS low_4,
    CASE (SELECT detector FROM option)
      WHEN 'hybrid' THEN max((clean_below - vote_5 + total) << 32 | below) OVER lower
      WHEN 'uncertainty' THEN (clean_below - vote_5 + total) << 32 | below
      ELSE total << 32
    END AS low_5
  FROM placed
  WHERE score IS NULL OR next_score IS NULL OR (score < position AND position < next_score)
  WINDOW lower AS (PARTITION BY measurement, part ORDER BY below ROWS UNBOUNDED PRECEDING)
),
choice (measurement, part, position, gap, next_score, total, below, agreement, low, high_gain) AS (
  SELECT measurement, part, position, gap, next_score, total, below, 0, low_0, high_gain_0
  FROM pair
  UNION ALL
  SELECT measurement, part, position, gap, next_score, total, below, 1, low_1, high_gain_1
  FROM pair
  UNION ALL
  SELECT measurement, part, position, gap, next_score, total, below, 2, low_2, high_gain_2
  FROM pair
  UNION ALL
  SELECT measurement, part, position, gap, next_score, total, below, 3, low_3, high_gain_3
  FROM pair
  UNION ALL
  SELECT measurement, part, position, gap, next_score, total, below, 4, low_4, high_gain_4
  FROM pair
  UNION ALL
  SELECT measurement, part, position, gap, next_score, total, below, 5, low_5, high_gain_5
  FROM pair
),
counted AS MATERIALIZED (
  SELECT
    measurement, part, agreement, position, gap, total,
    low & 4294967295 AS low_below,
    (low >> 32) - total + high_gain AS correct,
    below - (low & 4294967295) AS sent
  FROM choice
  WHERE (:agreement IS NULL OR agreement = :agreement)
    AND ((SELECT detector FROM option) <> 'crops' OR next_score IS NULL)
),
best AS (
  SELECT measurement, part, max((correct << 32) - sent) AS value
  FROM counted
  GROUP BY measurement, part
),
ranked AS (
  SELECT
    counted.*, low.position AS low_position,
    row_number() OVER (
      PARTITION BY counted.measurement, counted.part
      ORDER BY min(counted.gap, low.gap) DESC, low.position, counted.agreement DESC) AS place
  FROM best
  JOIN counted
    ON counted.measurement = best.measurement AND counted.part = best.part
    AND (counted.correct << 32) - counted.sent = best.value
  JOIN pair AS low
    ON low.measurement = counted.measurement AND low.part = counted.part
    AND low.below = counted.low_below
)
SELECT
  ranked.measurement, measurements.attack, ranked.part,
  (SELECT measure FROM option) AS measure,
  (SELECT orientation FROM option) AS orientation,
  (SELECT detector FROM option) AS detector,
  low_position AS low_threshold, position AS high_threshold, agreement AS agreement_threshold,
  total AS images, correct, sent AS sent_to_crops,
  CAST(correct AS REAL) / total AS detection_accuracy
FROM ranked
JOIN measurements ON measurements.run = ranked.measurement
WHERE place = 1
ORDER BY attack, ranked.part, ranked.measurement;
