-- How the attacks of an evaluation fare step by step: their losses, and the images misled so far.
--
-- An attack that has converged gains nothing in its last steps. The loss is the cross-entropy at the
-- true class, of the logits that the attack was given: means over draws for one that averages over
-- them. An image that an attack has left, since it is misled, counts with its last step. Attacks
-- that were made before version 19 of the schema have no such rows, and attacks without gradients
-- or without a budget neither.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
-- out: evaluation TEXT     run of the evaluation
--      part_number INTEGER of the evaluation
--      part_role TEXT      'attack', 'doubled', 'restarted', 'fixed' or 'baseline'
--      attack TEXT         such as 'pgd'
--      is_adaptive INTEGER 1: the attack knows the detector; 0: it doesn't
--      epsilon REAL        the budget
--      is_main INTEGER     1: it is the evaluation's own
--      attack_step INTEGER steps taken, all starts together; 0: none yet
--      images INTEGER      that are attacked
--      mean_loss REAL      the mean over the images
--      loss_deviation REAL the deviation over the images
--      misled_share REAL   images of a wrong class by those logits, 0...1 of them
--      scored_images INTEGER  images whose score the attack was given
--      mean_score REAL     the mean of those, in the attack's units, low where the detector sees
--        nothing; NULL: none
SELECT
  piece.evaluation, part_number, part_role, piece.attack, is_adaptive,
  CAST(piece.epsilon AS REAL) AS epsilon, abs(piece.epsilon - chosen.epsilon) < 1e-9 AS is_main,
  attack_step, attack_steps.image_count AS images, mean_loss, loss_deviation, misled_share,
  scored_count AS scored_images, mean_score
FROM evaluations AS chosen
CROSS JOIN evaluation_parts AS piece ON piece.evaluation = chosen.evaluation
CROSS JOIN attack_steps ON attack_steps.adversarial_set = piece.adversarial_set
WHERE chosen.evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
  AND (:evaluation IS NOT NULL OR chosen.hidden IS NOT 'deleted')
ORDER BY piece.evaluation, part_number, attack_step;
