-- What each attack did: how often it succeeded, and how far it moved the images.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
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
  study, label AS attack, parameters, image_count AS images, success_rate, mean_l0, mean_l2,
  mean_linf, success_rate_low, success_rate_high
FROM studies
JOIN adversarial_sets USING (adversarial_set)
WHERE study = :study OR (:study IS NULL AND is_default)
ORDER BY study, label;
