-- The numbers that papers published, which reports print beside ours.
--
-- Only what was read in a paper itself, in its authors' code or in a second source is here. The
-- papers' networks, attacks and images are not ours.
--
-- group: detectors
--
-- in:  :study TEXT = every one; 'feinman', 'graese', 'guo' or 'distillation'
--      :dataset TEXT = every one; such as 'mnist'
-- out: study TEXT          the study of the same systems here
--      table_name TEXT     of the study's report
--      row TEXT            what the number is of, such as a detector
--      measure TEXT        the measure that it is here; NULL: none, or several joined
--      attack TEXT         the attack; '' for all or none
--      dataset TEXT        such as 'mnist'; '' for none
--      quantity TEXT       what it is, such as 'auroc'
--      unit TEXT           'fraction', 0...1, or as it says
--      value REAL          as published
--      certainty TEXT      'S': read in the paper; 'C': in its authors' code; '2': in a second source
--      place TEXT          where it stands
SELECT
  published_study AS study, table_name, row,
  CASE published_study || ' ' || row
    WHEN 'feinman uncertainty' THEN 'softmax_variance'
    WHEN 'feinman density' THEN 'kernel_density'
  END AS measure,
  attack, dataset, quantity, unit, value, certainty, place
FROM published_values
WHERE (:study IS NULL OR published_study = :study) AND (:dataset IS NULL OR dataset = :dataset)
ORDER BY published_study, table_name, dataset, attack, row, quantity;
