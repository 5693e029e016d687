-- Table 1: how many images of the mix the undefended network classifies correctly.
--
-- On all pairs of the selection, clean and adversarial half together, whatever the network makes of
-- the clean images.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
-- out: study TEXT          run of the study or of the model
--      table_number INTEGER  the paper's table
--      protocol TEXT       NULL: no thresholds are involved
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
WHERE table_number = 1 AND (study = :study OR (:study IS NULL AND is_default))
ORDER BY study, label;
