-- Table 1: how many images of the mix the undefended network classifies correctly.
--
-- On all pairs of the selection, clean and adversarial half together, whatever the network makes of
-- the clean images.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
-- out: study TEXT          run of the study
--      table_number INTEGER  the paper's table
--      protocol TEXT       NULL: no thresholds are involved
--      attack TEXT         the attack
--      quantity TEXT       what the number is
--      unit TEXT           'fraction', 0...1, or 'images'
--      ours REAL           the study's own number
--      reproduction REAL   of Wang and Zhang; NULL where they have none
--      original REAL       of Alshemali, Graham and Kalita; NULL where they have none
WITH
study AS (
  SELECT DISTINCT lineages.run AS study, detection_results.measurement, detection_results.attack
  FROM lineages
  JOIN detection_results ON detection_results.run = lineages.parent
  WHERE lineages.kind = 'reproduce' AND (:study IS NULL OR lineages.run = :study)
),
accuracy AS (
  SELECT
    study.study, study.attack, 'undefended_accuracy' AS quantity,
    avg(mix.deterministic_prediction = mix.true_label) AS ours
  FROM study
  JOIN detection_mixes AS mix ON mix.measurement = study.measurement AND mix.part = 'selection'
  GROUP BY study.study, study.attack
)
SELECT
  study, 1 AS table_number, NULL AS protocol, attack, quantity, 'fraction' AS unit, ours,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'reproduction' AND published.table_number = 1
     AND published.attack = accuracy.attack AND published.quantity = accuracy.quantity)
    AS reproduction,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'original' AND published.table_number = 1
     AND published.attack = accuracy.attack AND published.quantity = accuracy.quantity)
    AS original
FROM accuracy
ORDER BY study, attack;
