-- Table 2: how many images the detector declares what they are.
--
-- The papers call clean positive: their false negatives are clean images declared adversarial.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
--      :protocol 'paper'|'heldout' = both; where the thresholds were chosen
--      :measure TEXT = the one that thresholds name first; one of the view measures
--      :detector 'hybrid'|'uncertainty'|'crops' = 'hybrid'
-- out: study TEXT          run of the study or of the model
--      table_number INTEGER  the paper's table
--      protocol TEXT       which images the thresholds were chosen on
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      quantity TEXT       what the number is
--      unit TEXT           'fraction', 0...1, or 'images'
--      ours REAL           the study's own number
--      reproduction REAL   of Wang and Zhang; NULL where they have none, for a model, and where
--                          the data are not MNIST
--      original REAL       of Alshemali, Graham and Kalita; NULL likewise
--      ours_low REAL       95% confidence interval of ours by Wilson's score; NULL for counts
--      ours_high REAL      its upper end
SELECT
  study, table_number, protocol, label AS attack, quantity, unit, ours, reproduction, original,
  ours_low, ours_high
FROM table_numbers
WHERE table_number = 2 AND (study = :study OR (:study IS NULL AND is_default))
  AND (:protocol IS NULL OR protocol = :protocol)
  AND (measure = :measure OR (:measure IS NULL AND is_tabled))
  AND detector = coalesce(:detector, 'hybrid')
ORDER BY study, protocol DESC, label, place;
