-- Evaluations of models and of detectors, the newest first.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
--      :detector TEXT = every one; such as 'joint'
-- out: evaluation TEXT   UUID of its run
--      name TEXT         the user's own; NULL: has none
--      state TEXT        where its run is in its life
--      model TEXT        the network that was attacked, by its run
--      model_name TEXT   the user's own name of that; NULL: has none
--      detector TEXT     what is judged beside the network; NULL: the network alone
--      baseline TEXT     the network that was attacked for comparison, by its run; NULL: none
--      baseline_name TEXT  the user's own name of that; NULL: has none
--      dataset TEXT      such as 'mnist'
--      norm TEXT         that the attacks keep small: 'linf' or 'l2'
--      epsilon REAL      the main budget
--      images INTEGER    that were attacked; NULL: not known yet
--      parts INTEGER     attacks and judgements that it joins
--      created TEXT      UTC
SELECT
  evaluation, runs.name, evaluations.state, model, network.name AS model_name, detector, baseline,
  other.name AS baseline_name, dataset, norm, epsilon, image_count AS images,
  (SELECT count(*) FROM evaluation_parts AS piece WHERE piece.evaluation = evaluations.evaluation)
    AS parts,
  runs.created
FROM evaluations
JOIN runs ON runs.run = evaluations.run
LEFT JOIN runs AS network ON network.run = model
LEFT JOIN runs AS other ON other.run = baseline
WHERE evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
  AND (:evaluation IS NOT NULL OR evaluations.hidden IS NOT 'deleted')
  AND (:detector IS NULL OR detector = :detector)
ORDER BY runs.record_number DESC;
