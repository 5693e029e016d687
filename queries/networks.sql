-- The networks that are attacked, and how well they do on images that nobody changed.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
-- out: study TEXT          run of the study or of the model
--      network TEXT        run of the training
--      architecture TEXT   such as 'lenet'; of a served model what its process calls it
--      epochs INTEGER      of training; NULL: trained elsewhere
--      test_images INTEGER   all test images of the data set
--      test_accuracy REAL  0...1, dropout off
--      test_accuracy_low REAL   95% confidence interval by Wilson's score
--      test_accuracy_high REAL  its upper end
SELECT DISTINCT
  study, model AS network, coalesce(served_name, architecture) AS architecture, epochs, test_images, test_accuracy, test_accuracy_low,
  test_accuracy_high
FROM studies
JOIN training_runs USING (model)
LEFT JOIN served_models USING (model)
WHERE study = :study OR (:study IS NULL AND is_default)
ORDER BY study, network;
