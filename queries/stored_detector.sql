-- The hybrid detectors of a model, the newest first; of one run the held-out thresholds first, and
-- those of the measure that tables are about.
--
-- Where no run is named, what trials of sweeps chose is left out, since nobody asked for it.
--
-- group: detection
--
-- in:  :thresholds RUN thresholds = every one of the user's own
--      :model RUN train = every one
--      :monte_carlo INTEGER = 0; 1: those alone that dropout and the five crops can judge images by
-- out: run TEXT            run of the thresholds
--      attack TEXT         the attack that they were chosen for
--      protocol TEXT       'paper' or 'heldout'
--      measure TEXT        the measure that is the score
--      orientation TEXT    'high' or 'low' means adversarial
--      low_threshold REAL  L, on the score: the measure, negated where low means adversarial
--      high_threshold REAL H, on the score
--      agreement_threshold INTEGER  C
--      passes INTEGER      the passes with dropout on that they were chosen by
--      crop_side INTEGER   the side of the crops that they were chosen by, in pixels
--      voter_set TEXT      whose votes count from L to H
SELECT
  detection_results.thresholds AS run, attack, protocol, measure, orientation, low_threshold,
  high_threshold, agreement_threshold, passes, crop_side, voter_set
FROM detection_results
JOIN runs USING (run)
WHERE detector = 'hybrid' AND method IN ('exact', 'given')
  AND (
    :thresholds IS NOT NULL
    OR (
      hidden IS NOT 'deleted'
      AND EXISTS (
        SELECT 1 FROM own_runs WHERE own_runs.record_number = runs.record_number)))
  AND (:thresholds IS NULL OR detection_results.thresholds = :thresholds)
  AND (:model IS NULL OR model = :model)
  AND (
    coalesce(:monte_carlo, 0) = 0
    OR (
      voter_set = 'crops'
      AND measure IN (SELECT measure FROM measures WHERE measure_kind = 'monte_carlo')))
ORDER BY
  runs.record_number DESC, protocol = 'heldout' DESC,
  -- The measure that a study names first is the only one whose thresholds are chosen twice.
  measure = (
    SELECT measure FROM detection_results AS first
    WHERE first.thresholds = detection_results.thresholds
      AND first.method IN ('information_gain', 'given')
    LIMIT 1) DESC,
  measure;
