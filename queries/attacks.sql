-- What each attack did: how often it succeeded, and how far it moved the images.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
-- out: study TEXT          run of the study or of the model
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      parameters TEXT     its parameters, as JSON; none of an imported set
--      images INTEGER      attacked, held-out half included
--      success_rate REAL   0...1; targeted attacks succeed when the target is reached
--      mean_l0 REAL        pixels changed
--      mean_l2 REAL        Euclidean length of the change, pixels in 0...1
--      mean_linf REAL      largest change of a pixel, in 0...1
--      success_rate_low REAL   95% confidence interval by Wilson's score
--      success_rate_high REAL  its upper end
SELECT DISTINCT
  study, label AS attack, parameters, image_count AS images, success_rate,
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
FROM studies
JOIN adversarial_sets ON adversarial_sets.run = studies.adversarial_set
WHERE study = :study OR (:study IS NULL AND kind = 'reproduce' AND trial IS NULL)
ORDER BY study, label;
