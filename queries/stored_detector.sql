-- The hybrid detectors of a model, the newest first; of one run the held-out thresholds first, and
-- those of the measure that tables are about.
--
-- in:  :thresholds TEXT    run of thresholds; unbound = every one
--      :model TEXT         run of a training; unbound = every one
-- out: run TEXT            run of the thresholds
--      attack TEXT         the attack that they were chosen for
--      protocol TEXT       'paper' or 'heldout'
--      measure TEXT        the measure that is the score
--      orientation TEXT    'high' or 'low' means adversarial
--      low_threshold REAL  L, on the score: the measure, negated where low means adversarial
--      high_threshold REAL H, on the score
--      agreement_threshold INTEGER  C
SELECT
  detection_results.run, attack, protocol, measure, orientation, low_threshold, high_threshold,
  agreement_threshold
FROM detection_results
JOIN runs ON runs.run = detection_results.run
WHERE detector = 'hybrid' AND method IN ('exact', 'given')
  AND (:thresholds IS NULL OR detection_results.run = :thresholds)
  AND (:model IS NULL OR model = :model)
ORDER BY
  runs.recorded DESC, protocol = 'heldout' DESC,
  -- The measure that a study names first is the only one whose thresholds are chosen twice.
  measure = (
    SELECT measure FROM detection_results AS first
    WHERE first.run = detection_results.run AND first.method IN ('information_gain', 'given')
    LIMIT 1) DESC,
  measure;
