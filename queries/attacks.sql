-- What each attack did: how often it succeeded, and how far it moved the images.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
-- out: study TEXT          run of the study
--      attack TEXT         the attack
--      parameters TEXT     its parameters, as JSON
--      images INTEGER      attacked, held-out half included
--      success_rate REAL   0...1; targeted attacks succeed when the target is reached
--      mean_l0 REAL        pixels changed
--      mean_l2 REAL        Euclidean length of the change, pixels in 0...1
--      mean_linf REAL      largest change of a pixel, in 0...1
--      success_rate_low REAL   95% confidence interval by Wilson's score
--      success_rate_high REAL  its upper end
SELECT DISTINCT
  lineages.run AS study, adversarial_sets.attack, parameters, image_count AS images, success_rate,
  mean_l0, mean_l2, mean_linf,
  max(0.0, (success_count + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(success_count AS REAL) * (image_count - success_count) / image_count
        + 3.841458820694124 / 4))
    / (image_count + 3.841458820694124)) AS success_rate_low,
  min(1.0, (success_count + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(success_count AS REAL) * (image_count - success_count) / image_count
        + 3.841458820694124 / 4))
    / (image_count + 3.841458820694124)) AS success_rate_high
FROM lineages
JOIN detection_results ON detection_results.run = lineages.parent
JOIN adversarial_sets ON adversarial_sets.run = detection_results.adversarial_set
WHERE lineages.kind = 'reproduce' AND (:study IS NULL OR lineages.run = :study)
ORDER BY study, adversarial_sets.attack;
